/*
 * golden.c - the spans of a store in a normal form: read page by page, each
 * span's attributes and events as lines, in the order of their keys.
 */
#include "base/base.h"

#include "api/inside.h"

#include <stdlib.h>

struct golden {
    struct arena arena;
    struct forest forest;
    const phx_golden_options *options;
    phx_text *bodies; /* [forest.count] */
    size_t capacity;
    size_t size; /* of all bodies */
};

/* --- a span's lines ------------------------------------------------------------- */

static bool is_masked(const phx_golden_options *options, phx_text key)
{
    for (size_t i = 0; i < options->masked_count; i++) {
        phx_text mask = options->masked[i];
        bool open = mask.size > 0 && mask.data[mask.size - 1] == '*';
        size_t size = mask.size - open;
        if (key.size >= size && (open || key.size == size) &&
            (size == 0 || memcmp(key.data, mask.data, size) == 0))
            return true;
    }
    return false;
}

/* A key that could be taken for something else is quoted. */
static void print_key(phx_text key, struct buf *out)
{
    bool plain = key.size > 0 && key.data[0] != '"' && key.data[0] != '#';

    for (size_t i = 0; i < key.size && plain; i++)
        plain = (uint8_t)key.data[i] > ' ' && key.data[i] != ':';
    if (plain)
        buf_add_text(out, key);
    else
        json_write_text(out, key, 0);
}

static int by_key(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return text_compare(x->key, y->key);
}

/* The members are sorted in place. */
static void print_members(const struct golden *golden, struct member *members,
                          size_t count, const char *indent, struct buf *out)
{
    if (count > 0)
        qsort(members, count, sizeof *members, by_key);
    for (size_t i = 0; i < count; i++) {
        if (text_is(members[i].key, "openinference.span.kind"))
            continue;
        buf_add_string(out, indent);
        print_key(members[i].key, out);
        buf_add_string(out, ": ");
        if (is_masked(golden->options, members[i].key))
            buf_add_byte(out, '*');
        else
            json_write_value(out, &members[i].value, JSON_SPACED);
        buf_add_byte(out, '\n');
    }
}

static void print_events(const struct golden *golden, const struct span *span,
                         struct buf *out)
{
    for (uint32_t i = 0; i < span->event_count; i++) {
        const struct span_event *event = &span->events[i];
        buf_add_string(out, "event ");
        json_write_text(out, event->name, 0);
        buf_add_byte(out, '\n');
        print_members(golden, event->attributes.members,
                      event->attributes.count, "  ", out);
    }
}

static phx_status print_span(struct golden *golden, const struct span *span,
                             struct buf *out, phx_error *err)
{
    struct arena scratch;
    struct attributes flat;

    arena_init(&scratch, SIZE_MAX);
    phx_status status =
        attr_flatten(&scratch, &span->tree, NULL, ATTR_RECURSE, &flat, err);
    if (status >= 0) {
        if (span->status_message.size > 0) {
            buf_add_string(out, "status message: ");
            json_write_text(out, span->status_message, 0);
            buf_add_byte(out, '\n');
        }
        print_members(golden, flat.members, flat.count, "", out);
        print_events(golden, span, out);
        status = buf_status(out, "the golden text", err);
    }
    arena_clear(&scratch);
    return status;
}

static phx_status add_body(void *ctx, const struct span *span, phx_error *err)
{
    struct golden *golden = ctx;
    phx_text *bodies =
        arena_grow(&golden->arena, golden->bodies, &golden->capacity,
                   golden->forest.count, sizeof *bodies);
    struct buf text;
    phx_status status;

    if (bodies == NULL)
        return arena_status(&golden->arena, sizeof *bodies, err);
    golden->bodies = bodies;
    buf_init(&text, GOLDEN_SIZE - golden->size);
    if ((status = print_span(golden, span, &text, err)) >= 0) {
        phx_text *body = &bodies[golden->forest.count];
        *body = text_span(text.data, text.size);
        golden->size += text.size;
        status = arena_keep(&golden->arena, body, err);
    }
    buf_clear(&text);
    return status < 0 ? status : forest_add(&golden->forest, span, err);
}

/* --- all spans --------------------------------------------------------------------- */

static phx_status write_all(struct golden *golden, struct store *store,
                            struct buf *out, phx_error *err)
{
    phx_status status;

    forest_init(&golden->forest, &golden->arena);
    if ((status = each_span(store, NULL, false, add_body, golden, err)) < 0 ||
        (status = forest_link(&golden->forest, err)) < 0)
        return status;
    return golden_print(&golden->forest, golden->bodies, out, err);
}

phx_status phx_golden_write(phx_store *store, const phx_golden_options *options,
                            phx_buf *out, phx_error *err)
{
    phx_golden_options wanted = PHX_GOLDEN_OPTIONS_INIT;
    struct golden golden = {.options = &wanted};
    struct buf text;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, options) ||
        (wanted.masked == NULL && wanted.masked_count != 0))
        return fail_argument(err);
    arena_init(&golden.arena, SIZE_MAX);
    buf_init(&text, GOLDEN_SIZE);
    phx_status status = write_all(&golden, store->store, &text, err);
    if (status >= 0)
        status = give_buf(&text, "the golden text", out, err);
    buf_clear(&text);
    arena_clear(&golden.arena);
    return status;
}

phx_status phx_golden_compare(phx_store *store, const char *text, size_t size,
                              phx_buf *report, phx_error *err)
{
    phx_golden_options none = PHX_GOLDEN_OPTIONS_INIT;
    struct golden golden = {.options = &none};
    struct buf now, told;
    bool met = true;

    if (store == NULL || (text == NULL && size != 0))
        return fail_argument(err);
    if (size > GOLDEN_SIZE)
        return fail(err, PHX_TOO_BIG, -1, "the golden text is over %d bytes",
                    GOLDEN_SIZE);
    arena_init(&golden.arena, SIZE_MAX);
    buf_init(&now, GOLDEN_SIZE);
    buf_init(&told, SIZE_MAX);
    buf_add_string(&told, "the spans are not those of the golden text:\n");
    phx_status status = write_all(&golden, store->store, &now, err);
    if (status >= 0)
        status = golden_compare(
            &golden.arena, text_span(text != NULL ? text : "", size),
            text_span(now.data, now.size), &met, &told, err);
    if (status >= 0 && !met) {
        status = report != NULL ? give_buf(&told, "the report", report, err)
                                : PHX_OK;
        status = status < 0 ? status : PHX_UNMET;
    }
    buf_clear(&told);
    buf_clear(&now);
    arena_clear(&golden.arena);
    return status;
}
