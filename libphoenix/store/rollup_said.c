/*
 * rollup_said.c - what the spans of a bin say besides numbers: the first input
 * and the last output of its roots, and the types of exceptions that spans
 * failed with.
 */
#include "base/base.h"

#include "store/rollup.h"

#include <stdlib.h>

enum { TYPES = SHRUNK(256, 4) }; /* a host may name any; the rest are "other" */

/* --- roots --------------------------------------------------------------------- */

void said_add_root(struct said *said, const struct opened *opened, uint32_t row,
                   uint64_t start, int64_t number)
{
    const struct said_root root = {opened->stored.id, row, start, number};
    const struct said_root *first = &said->first, *last = &said->last;

    if (first->block == 0 || start < first->start ||
        (start == first->start && number < first->number))
        said->first = root;
    if (last->block == 0 || start > last->start ||
        (start == last->start && number > last->number))
        said->last = root;
}

/* The packed path of `input.value` or `output.value`. */
static phx_status pack_path(const char *side, struct buf *out, phx_error *err)
{
    struct value keys[] = {value_text(text_of(side)),
                           value_text(text_of("value"))};
    const struct value path = {.kind = JSON_ARRAY, .count = 2, .items = keys};

    pack_value(out, &path);
    return buf_status(out, "a path", err);
}

/* A text as it is, anything else as JSON; absent if there is none. */
static phx_status give_value(const struct value *value, struct arena *arena,
                             phx_text *out, phx_error *err)
{
    struct buf json;
    phx_status status = PHX_OK;

    *out = (phx_text){NULL, 0};
    if (value->kind == JSON_NULL)
        return PHX_OK;
    buf_init(&json, SIZE_MAX);
    if (value->kind == JSON_TEXT) {
        *out = value->text;
    } else {
        json_write_value(&json, value, 0);
        status = buf_status(&json, "a text", err);
        *out = text_span(json.data, json.size);
    }
    if (status >= 0)
        status = arena_keep(arena, out, err);
    buf_clear(&json);
    return status;
}

static phx_status read_text(struct snapshot *snapshot,
                            const struct said_root *root, const char *side,
                            struct arena *arena, phx_text *out, phx_error *err)
{
    struct block_path *path;
    struct opened *opened;
    struct value value;
    struct buf packed;
    phx_status status;
    bool found;

    *out = (phx_text){NULL, 0};
    if (root->block == 0)
        return PHX_OK;
    if ((status = snapshot_open(snapshot, root->block, &opened, err)) < 0)
        return status;
    buf_init(&packed, SIZE_MAX);
    arena_reset(&snapshot->scratch);
    if ((status = pack_path(side, &packed, err)) >= 0 &&
        (status = attribute_open(opened, text_span(packed.data, packed.size),
                                 &path, err)) >= 0 &&
        (status = block_path_value(path, &snapshot->scratch, root->row, &value,
                                   &found, err)) >= 0)
        status = give_value(&value, arena, out, err);
    buf_clear(&packed);
    snapshot_close(snapshot, opened);
    return status;
}

/* --- exceptions ----------------------------------------------------------------- */

/* The type of the last exception among a span's events; empty without one. */
static phx_text type_of(const struct span *span)
{
    for (uint32_t i = span->event_count; i-- > 0;) {
        const struct span_event *event = &span->events[i];
        if (!text_is(event->name, "exception"))
            continue;
        for (uint32_t j = 0; j < event->attributes.count; j++) {
            const struct member *member = &event->attributes.members[j];
            if (text_is(member->key, "exception.type") &&
                member->value.kind == JSON_TEXT)
                return member->value.text;
        }
        break;
    }
    return text_of("");
}

static phx_exception *find_type(const struct said *said, phx_text type)
{
    for (size_t i = 0; i < said->exception_count; i++) {
        if (text_equal(said->exceptions[i].type, type))
            return &said->exceptions[i];
    }
    return NULL;
}

static phx_status add_type(struct said *said, struct arena *arena,
                           phx_text type, phx_error *err)
{
    phx_exception *found = find_type(said, type), *rows;
    phx_status status;

    if (found == NULL && said->exception_count >= TYPES) {
        type = text_of("other");
        found = find_type(said, type);
    }
    if (found != NULL) {
        found->spans++;
        return PHX_OK;
    }
    if ((status = arena_keep(arena, &type, err)) < 0)
        return status;
    rows = arena_grow(arena, said->exceptions, &said->exception_capacity,
                      said->exception_count, sizeof *rows);
    if (rows == NULL)
        return arena_status(arena, sizeof *rows, err);
    said->exceptions = rows;
    rows[said->exception_count++] = (phx_exception){type, 1};
    return PHX_OK;
}

phx_status said_add_error(struct said *said, struct arena *arena,
                          struct opened *opened, uint32_t row,
                          struct arena *scratch, phx_error *err)
{
    static const struct block_choice events = {NULL, 0, true};
    struct span span;
    size_t count = 1;
    phx_status status;

    arena_reset(scratch);
    if ((status = block_read_chosen(opened->stored.block, scratch, SIZE_MAX,
                                    &row, &count, &events, &span, err)) < 0)
        return status;
    return add_type(said, arena, type_of(&span), err);
}

static int by_type(const void *a, const void *b)
{
    const phx_exception *x = a, *y = b;

    return text_compare(x->type, y->type);
}

phx_status said_give(const struct said *said, struct snapshot *snapshot,
                     struct arena *arena, phx_rollup *row, phx_error *err)
{
    phx_status status = read_text(snapshot, &said->first, "input", arena,
                                  &row->first_input, err);

    if (status >= 0)
        status = read_text(snapshot, &said->last, "output", arena,
                           &row->last_output, err);
    if (said->exception_count > 0)
        qsort(said->exceptions, said->exception_count, sizeof *said->exceptions,
              by_type);
    row->exceptions = said->exceptions;
    row->exception_count = said->exception_count;
    return status;
}
