/*
 * match.c - the model that prices a span. Spans ask the same few questions
 * over and over, so answers are remembered by name, provider and era: no
 * start time of the list lies between two spans of one era.
 */
#include "base/base.h"
#include "cost/cost.h"

#include "cost/inside.h"

enum {
    ANSWERS = SHRUNK(4096, 4), /* remembered; then all are forgotten */
    TEXTS = 16 << 20
};

struct price_found {
    phx_text name;
    phx_text provider;
    size_t era;
    const struct price_model *model;
};

phx_status price_matcher_init(struct price_matcher *matcher,
                              const struct price_list *list, phx_error *err)
{
    *matcher = (struct price_matcher){.list = list};
    arena_init(&matcher->texts, TEXTS);
    map_init(&matcher->known);
    matcher->room = pattern_room_new(list->rules);
    if (matcher->room == NULL)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for matches");
    return PHX_OK;
}

void price_matcher_clear(struct price_matcher *matcher)
{
    pattern_room_free(matcher->room);
    map_clear(&matcher->known);
    memory_free(matcher->found);
    arena_clear(&matcher->texts);
    *matcher = (struct price_matcher){.list = NULL};
}

/* The entries stand in order of preference but for the provider's, which
 * matters only among a user's own or among built-in ones. */
static phx_status search(const struct price_matcher *matcher,
                         const struct price_found *asked, uint64_t start_time,
                         const struct price_model **out, phx_error *err)
{
    const struct price_list *list = matcher->list;
    phx_status status;
    bool matches;

    *out = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct price_entry *entry = list->entries[i];
        const struct price_model *model = &entry->model;
        if (*out != NULL && (*out)->is_built_in != model->is_built_in)
            break;
        bool fits = asked->provider.size == 0 ||
                    text_equal(model->provider, asked->provider);
        if (model->is_deleted || model->start_time > start_time ||
            (*out != NULL && !fits))
            continue;
        if ((status = pattern_search(list->rules, entry->pattern, matcher->room,
                                     asked->name, &matches, err)) < 0)
            return status;
        if (matches)
            *out = model;
        if (matches && fits)
            break;
    }
    return PHX_OK;
}

/* --- what was asked before ------------------------------------------------ */

static uint64_t hash_question(const struct price_found *asked)
{
    uint64_t hash = hash_bytes(asked->name.data, asked->name.size, asked->era);

    return hash_bytes(asked->provider.data, asked->provider.size, hash);
}

static bool is_same_question(const struct price_found *a,
                             const struct price_found *b)
{
    return a->era == b->era && text_equal(a->name, b->name) &&
           text_equal(a->provider, b->provider);
}

static void forget_all(struct price_matcher *matcher)
{
    matcher->found_count = 0;
    map_reset(&matcher->known);
    arena_reset(&matcher->texts);
}

/* Two questions of one hash take turns. */
static phx_status remember(struct price_matcher *matcher, uint64_t hash,
                           struct price_found answer, phx_error *err)
{
    struct arena *texts = &matcher->texts;
    bool is_new;

    if (matcher->found_count == ANSWERS)
        forget_all(matcher);
    struct price_found *found =
        memory_grow(matcher->found, &matcher->found_capacity,
                    matcher->found_count, sizeof *found, err);
    if (found == NULL)
        return PHX_NO_MEMORY;
    matcher->found = found;
    answer.name.data = arena_copy(texts, answer.name.data, answer.name.size);
    answer.provider.data =
        arena_copy(texts, answer.provider.data, answer.provider.size);
    if (answer.name.data == NULL || answer.provider.data == NULL)
        return arena_status(texts, PRICE_TEXT, err);
    uint32_t *slot = map_slot(&matcher->known, hash, &is_new);
    if (slot == NULL)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for known names");
    *slot = (uint32_t)matcher->found_count++;
    found[*slot] = answer;
    return PHX_OK;
}

phx_status price_match(struct price_matcher *matcher, phx_text name,
                       phx_text provider, uint64_t start_time,
                       const struct price_model **out, phx_error *err)
{
    struct price_found asked = {.name = text_trim(name), .provider = provider};
    phx_status status;

    *out = NULL;
    if (asked.name.size == 0 || asked.name.size > PRICE_TEXT)
        return PHX_OK;
    if (provider.size == 0 || provider.size > PRICE_TEXT)
        asked.provider = text_of("");
    asked.era = price_list_era(matcher->list, start_time);
    uint64_t hash = hash_question(&asked);
    const uint32_t *slot = map_find(&matcher->known, hash);
    if (slot != NULL && is_same_question(&matcher->found[*slot], &asked)) {
        *out = matcher->found[*slot].model;
        return PHX_OK;
    }
    if ((status = search(matcher, &asked, start_time, &asked.model, err)) < 0 ||
        (status = remember(matcher, hash, asked, err)) < 0)
        return status;
    *out = asked.model;
    return PHX_OK;
}
