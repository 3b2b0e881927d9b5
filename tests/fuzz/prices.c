/*
 * Price lists of users on names of senders.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     line 1, 2    a model name, a provider
 *     the rest     a price list as JSON
 *
 * A list is read or refused with a story. Which model is found is what the
 * rules say, tried one model at a time; it is so again from memory. Costs are
 * never negative, and their sums are those of their rows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "cost/cost.h"
#include "json/json.h"

enum { LIMIT = 1 << 26, FEW_MODELS = 12 };

static const char ATTRIBUTES[] =
    "{\"llm\":{\"token_count\":{\"prompt\":300000,\"completion\":7,"
    "\"prompt_details\":{\"cache_read\":1000,\"audio\":1,\"input\":2.5},"
    "\"completion_details\":{\"reasoning\":3}}}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static phx_text take_line(phx_text *text)
{
    const char *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    size_t taken = size + (end != NULL);
    phx_text line = text_span(text->data, size);

    *text = text_span(text->data + taken, text->size - taken);
    return line;
}

/* --- by the rules --------------------------------------------------------- */

struct question {
    phx_text name;
    phx_text provider;
    uint64_t start_time;
};

static const struct price_model *ask(const struct price_list *list,
                                     const struct question *question)
{
    struct price_matcher matcher;
    const struct price_model *first, *again;

    check(price_matcher_init(&matcher, list, NULL) == PHX_OK, "a matcher");
    for (int i = 0; i < 2; i++) {
        check(price_match(&matcher, question->name, question->provider,
                          question->start_time, i == 0 ? &first : &again,
                          NULL) == PHX_OK,
              "a question has an answer");
    }
    check(first == again, "the answer is remembered");
    price_matcher_clear(&matcher);
    return first;
}

static bool is_candidate(const struct price_model *model,
                         const struct question *question)
{
    struct price_list one;

    check(price_list_init(&one, NULL) == PHX_OK, "a list");
    check(price_list_add(&one, model, NULL) == PHX_OK, "taken again");
    bool found = ask(&one, question) != NULL;
    price_list_clear(&one);
    return found;
}

static bool is_better(const struct price_model *a, const struct price_model *b,
                      phx_text provider)
{
    bool a_fits = provider.size > 0 && text_equal(a->provider, provider);
    bool b_fits = provider.size > 0 && text_equal(b->provider, provider);
    int64_t a_score = price_specificity(a->pattern);
    int64_t b_score = price_specificity(b->pattern);

    if (a->is_built_in != b->is_built_in)
        return b->is_built_in;
    if (a_fits != b_fits)
        return a_fits;
    if (a_score != b_score)
        return a_score > b_score;
    if (a->start_time != b->start_time)
        return a->start_time > b->start_time;
    return (a->id < b->id) == a->is_built_in;
}

static void check_choice(const struct price_list *list,
                         const struct value *models,
                         const struct question *question)
{
    const struct price_model *best = NULL;

    for (uint32_t i = 0; i < models->count; i++) {
        const struct value *id = value_member(&models->items[i], "id");
        const struct price_model *model = price_list_find(list, id->integer);
        check(model != NULL, "what was read is found by its id");
        if (is_candidate(model, question) &&
            (best == NULL || is_better(model, best, question->provider)))
            best = model;
    }
    check(ask(list, question) == best, "the rules choose the same");
}

/* --- costs ---------------------------------------------------------------- */

static void check_costs(struct arena *arena, const struct price_model *model)
{
    struct value tree;
    struct cost cost;
    struct cost_sum sum = {{0}};
    int64_t tokens = 0;

    check(json_read(arena, text_of(ATTRIBUTES), 0, &tree, NULL) == PHX_OK &&
              cost_of_span(arena, model, &tree, &cost, NULL) == PHX_OK,
          "a span has costs");
    for (size_t i = cost.count; i-- > 0;) {
        check(isnan(cost.rows[i].cost) || cost.rows[i].cost >= 0,
              "a cost is not negative");
        cost_sum_add(&sum, cost.rows[i].cost);
        tokens += cost.rows[i].tokens;
    }
    check(tokens == cost.total.tokens, "all tokens are counted");
    check(cost_sum_get(&sum) == (isnan(cost.total.cost) ? 0 : cost.total.cost),
          "the total is the sum of the rows");
}

static void check_list(const struct price_list *list, phx_text name,
                       phx_text provider, phx_text json)
{
    static const uint64_t starts[] = {0, UINT64_C(1700000000000000000),
                                      UINT64_MAX};
    struct arena arena;
    struct value models;

    arena_init(&arena, LIMIT);
    check(json_read(&arena, json, 0, &models, NULL) == PHX_OK, "JSON");
    for (size_t i = 0; i < 3 && models.count <= FEW_MODELS; i++) {
        struct question question = {name, provider, starts[i]};
        check_choice(list, &models, &question);
        check_costs(&arena, ask(list, &question));
    }
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct price_list list;
    phx_error err = {0};
    int64_t before = memory_faults.balance;

    if (size == 0)
        return 0;
    phx_text text = text_span(data + 1, size - 1);
    phx_text name = take_line(&text);
    phx_text provider = take_line(&text);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status = price_list_init(&list, &err);
    if (status == PHX_OK)
        status = price_list_read(&list, text, &err);
    bool met = memory_faults.fail_at > 0 &&
               memory_faults.seen >= memory_faults.fail_at;
    memory_faults.fail_at = 0;
    check(met || status != PHX_NO_MEMORY, "memory is not wanting");
    check(!met || status < 0, "a failed allocation is told");
    check(status == PHX_OK || err.message[0] != '\0', "failures have a story");
    if (status == PHX_OK)
        check_list(&list, name, provider, text);
    price_list_clear(&list);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}
