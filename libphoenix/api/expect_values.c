/*
 * expect_values.c - expectations of what chosen spans are like, each on its
 * own: a condition that all of them meet, or attributes that all of them have.
 * The report says of each that does not what it has instead.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

/* Of the chosen spans, those that are not as they should be; UNMET if there are
 * any, or nothing is chosen. */
static phx_status judge(struct expectation *expectation, phx_text filter,
                        const struct marks *chosen, const struct marks *odd,
                        phx_error *err)
{
    struct buf *report = &expectation->report;

    if (chosen->count > 0 && odd->count == 0)
        return PHX_OK;
    if (chosen->count == 0)
        buf_add_string(report, "no span chosen");
    else
        buf_add_format(report, "%lld of %lld spans chosen are not as expected",
                       (long long)odd->count, (long long)chosen->count);
    expectation_tell_filter(expectation, filter);
    return expectation_print(expectation, odd, '!', err);
}

/* --- a condition ------------------------------------------------------------- */

static phx_status note_condition(struct expectation *expectation,
                                 phx_text condition, const struct marks *odd,
                                 phx_error *err)
{
    struct buf text;
    phx_text note;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    buf_add_string(&text, "expected: ");
    buf_add_text(&text, condition);
    note = text_span(text.data, text.size);
    if ((status = buf_status(&text, "a note", err)) >= 0)
        status = arena_keep(&expectation->arena, &note, err);
    buf_clear(&text);
    for (size_t i = 0; i < expectation->forest.count && status >= 0; i++) {
        if (odd->holds[i])
            expectation->notes[i] = note;
    }
    return status;
}

phx_status phx_expect_every(phx_store *store, const char *filter, size_t size,
                            const char *condition, size_t condition_size,
                            phx_buf *report, phx_error *err)
{
    struct expectation expectation;
    struct marks chosen, good;
    phx_text texts[] = {text_span(filter, size),
                        text_span(condition, condition_size)};

    if (store == NULL || (filter == NULL && size != 0) ||
        (condition == NULL && condition_size != 0))
        return fail_argument(err);
    phx_status status = expectation_begin(&expectation, store, err);
    if (status >= 0 &&
        (status = expectation_mark(&expectation, texts[0], 0, &chosen, err)) >=
            0 &&
        (status = expectation_mark(&expectation, texts[1], 0, &good, err)) >=
            0) {
        /* From here on, those that are not. */
        good.count = 0;
        for (size_t i = 0; i < expectation.forest.count; i++) {
            good.holds[i] = chosen.holds[i] && !good.holds[i];
            good.count += good.holds[i];
        }
        if ((status = expectation_note(&expectation, err)) >= 0 &&
            (status = note_condition(&expectation, text_trim(texts[1]), &good,
                                     err)) >= 0)
            status =
                judge(&expectation, text_trim(texts[0]), &chosen, &good, err);
    }
    return expectation_end(&expectation, status, report, err);
}

/* --- attributes ------------------------------------------------------------------ */

struct wanted {
    struct expectation *expectation;
    struct attributes flat; /* what the chosen spans should have */
    struct marks chosen, odd;
};

static bool has_value(const struct value *number)
{
    return number->kind == JSON_INT || !isnan(number->real);
}

/* A number is as another one whether or not it has a point. */
static bool is_as(const struct value *a, const struct value *b)
{
    return a->kind != b->kind && value_is_number(a) && value_is_number(b) &&
                   has_value(a) && has_value(b)
               ? number_compare(a, b) == 0
               : value_equal(a, b);
}

static bool is_below(phx_text key, phx_text above)
{
    return key.size >= above.size &&
           memcmp(key.data, above.data, above.size) == 0 &&
           (key.size == above.size || key.data[above.size] == '.');
}

/* The attribute of a key, or for one that should not be there also of a longer
 * one that begins with it. */
static const struct member *find(const struct attributes *flat, phx_text key,
                                 bool below)
{
    for (uint32_t i = 0; i < flat->count; i++) {
        if (below ? is_below(flat->members[i].key, key)
                  : text_equal(flat->members[i].key, key))
            return &flat->members[i];
    }
    return NULL;
}

static void tell(struct buf *note, const struct member *wanted,
                 const struct member *found)
{
    if (note->size > 0)
        buf_add_string(note, "; ");
    buf_add_text(note, found != NULL ? found->key : wanted->key);
    buf_add_string(note, " is ");
    if (found != NULL)
        json_write_value(note, &found->value, JSON_SPACED);
    else
        buf_add_string(note, "not there");
    buf_add_string(note, ", expected ");
    if (value_is_missing(&wanted->value))
        buf_add_string(note, "none");
    else
        json_write_value(note, &wanted->value, JSON_SPACED);
}

static void compare(const struct attributes *wanted,
                    const struct attributes *found, struct buf *note)
{
    for (uint32_t i = 0; i < wanted->count; i++) {
        const struct member *one = &wanted->members[i];
        bool none = value_is_missing(&one->value);
        const struct member *other = find(found, one->key, none);
        if (none ? other != NULL
                 : other == NULL || !is_as(&one->value, &other->value))
            tell(note, one, other);
    }
}

static phx_status check_span(void *ctx, const struct span *span, phx_error *err)
{
    struct wanted *wanted = ctx;
    struct expectation *expectation = wanted->expectation;
    uint32_t index = forest_find(&expectation->forest, span->number);
    struct arena scratch;
    struct attributes flat;
    struct buf note;

    if (index == EXPECT_NONE)
        return PHX_OK;
    arena_init(&scratch, SIZE_MAX);
    buf_init(&note, SIZE_MAX);
    phx_status status =
        attr_flatten(&scratch, &span->tree, NULL, ATTR_RECURSE, &flat, err);
    if (status >= 0) {
        wanted->chosen.count++;
        compare(&wanted->flat, &flat, &note);
        status = buf_status(&note, "a note", err);
    }
    if (status >= 0 && note.size > 0) {
        wanted->odd.holds[index] = 1;
        wanted->odd.count++;
        expectation->notes[index] = text_span(note.data, note.size);
        status =
            arena_keep(&expectation->arena, &expectation->notes[index], err);
    }
    buf_clear(&note);
    arena_clear(&scratch);
    return status;
}

/* Flat, as those of spans are; a null stands for none. */
static phx_status read_wanted(struct expectation *expectation, phx_text json,
                              struct attributes *out, phx_error *err)
{
    struct arena *arena = &expectation->arena;
    struct attributes flat;
    struct value tree;
    phx_status status = json_read(arena, json, 0, &tree, err);

    if (status >= 0 && tree.kind != JSON_OBJECT)
        status =
            fail(err, PHX_INVALID, 0, "expected attributes are no JSON object");
    if (status < 0 || (status = attr_flatten(arena, &tree, NULL, ATTR_RECURSE,
                                             &flat, err)) < 0)
        return status;
    size_t most = (size_t)flat.count + tree.count;
    struct member *members = arena_new(arena, most * sizeof *members);
    if (members == NULL)
        return arena_status(arena, most * sizeof *members, err);
    if (flat.count > 0)
        memcpy(members, flat.members, flat.count * sizeof *members);
    *out = (struct attributes){.members = members, .count = flat.count};
    for (uint32_t i = 0; i < tree.count; i++) {
        if (value_is_missing(&tree.members[i].value))
            members[out->count++] = tree.members[i];
    }
    return PHX_OK;
}

phx_status phx_expect_attributes(phx_store *store, const char *filter,
                                 size_t size, const char *expected,
                                 size_t expected_size, phx_buf *report,
                                 phx_error *err)
{
    struct expectation expectation;
    struct store_condition condition;
    struct wanted wanted = {.expectation = &expectation};
    phx_text text = text_span(filter, size);

    if (store == NULL || (filter == NULL && size != 0) || expected == NULL)
        return fail_argument(err);
    phx_status status = expectation_begin(&expectation, store, err);
    if (status >= 0 && (status = expectation_note(&expectation, err)) >= 0 &&
        (status = read_wanted(&expectation, text_span(expected, expected_size),
                              &wanted.flat, err)) >= 0 &&
        (status = expectation_unmarked(&expectation, &wanted.chosen, err)) >=
            0 &&
        (status = expectation_unmarked(&expectation, &wanted.odd, err)) >= 0 &&
        (status = expectation_condition(&expectation, text, &condition, err)) >=
            0 &&
        (status = each_span(expectation.store, &condition, false, check_span,
                            &wanted, err)) >= 0)
        status = judge(&expectation, text_trim(text), &wanted.chosen,
                       &wanted.odd, err);
    return expectation_end(&expectation, status, report, err);
}
