/*
 * library.c - version, statuses, texts that are given, and buffers that the
 * caller owns.
 */
#include "base/base.h"

#include "api/inside.h"

#define TEXT_OF(x) #x
#define VERSION_TEXT(a, b, c) TEXT_OF(a) "." TEXT_OF(b) "." TEXT_OF(c)

int32_t phx_version(void)
{
    return PHX_VERSION;
}

const char *phx_version_text(void)
{
    return VERSION_TEXT(PHX_VERSION_MAJOR, PHX_VERSION_MINOR,
                        PHX_VERSION_PATCH);
}

int32_t phx_has_feature(const char *name)
{
    return name != NULL && strcmp(name, "sqlite") == 0;
}

const char *phx_status_name(phx_status status)
{
    switch (status) {
    case PHX_OK:
        return "PHX_OK";
    case PHX_DONE:
        return "PHX_DONE";
    case PHX_UNMET:
        return "PHX_UNMET";
    case PHX_NO_MEMORY:
        return "PHX_NO_MEMORY";
    case PHX_MISUSE:
        return "PHX_MISUSE";
    case PHX_INVALID:
        return "PHX_INVALID";
    case PHX_NOT_FOUND:
        return "PHX_NOT_FOUND";
    case PHX_CONFLICT:
        return "PHX_CONFLICT";
    case PHX_TOO_BIG:
        return "PHX_TOO_BIG";
    case PHX_BUSY:
        return "PHX_BUSY";
    case PHX_INTERRUPTED:
        return "PHX_INTERRUPTED";
    case PHX_IO:
        return "PHX_IO";
    case PHX_CORRUPT:
        return "PHX_CORRUPT";
    case PHX_UNSUPPORTED:
        return "PHX_UNSUPPORTED";
    default:
        return "PHX_INTERNAL";
    }
}

const char *phx_kind_name(int32_t index)
{
    return index >= 0 && index < KIND_COUNT ? span_kind_name(index) : NULL;
}

void phx_buf_free(phx_buf *buf)
{
    if (buf == NULL)
        return;
    memory_free(buf->data);
    *buf = (phx_buf)PHX_BUF_INIT;
}

phx_status fail_argument(phx_error *err)
{
    return fail(err, PHX_MISUSE, -1, "an argument is NULL or out of range");
}

phx_status text_check(phx_text text, size_t limit, const char *what,
                      int64_t item, phx_error *err)
{
    if (text.size > limit)
        return fail(err, PHX_TOO_BIG, item,
                    "the %s has %zu bytes, the limit is %zu", what, text.size,
                    limit);
    return utf8_check(text.data, text.size) == text.size
               ? PHX_OK
               : fail(err, PHX_INVALID, item, "the %s is not UTF-8", what);
}

phx_status give_buf(struct buf *from, const char *what, phx_buf *out,
                    phx_error *err)
{
    buf_add_byte(from, 0);
    phx_status status = buf_status(from, what, err);
    if (status < 0) {
        buf_clear(from);
        return status;
    }
    phx_buf_free(out);
    out->data = (char *)from->data;
    out->size = from->size - 1;
    out->capacity = from->capacity;
    from->data = NULL;
    buf_clear(from);
    return PHX_OK;
}

/* --- attributes ------------------------------------------------------------------ */

static phx_status read_object(struct arena *arena, const char *json,
                              size_t size, struct value *out, phx_error *err)
{
    phx_status status = json_read(arena, text_span(json, size), 0, out, err);

    if (status >= 0 && out->kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, 0, "attributes are no JSON object");
    return status;
}

phx_status phx_attributes_unflatten(const char *json, size_t size, phx_buf *out,
                                    phx_error *err)
{
    struct arena arena;
    struct buf text;
    struct value flat, tree;
    phx_status status;

    if (json == NULL || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&text, SIZE_MAX);
    if ((status = read_object(&arena, json, size, &flat, err)) >= 0 &&
        (status = attr_unflatten(&arena, flat.members, flat.count, NULL, &tree,
                                 err)) >= 0) {
        json_write_value(&text, &tree, 0);
        status = give_buf(&text, "the nested attributes", out, err);
    }
    buf_clear(&text);
    arena_clear(&arena);
    return status;
}

phx_status phx_attributes_flatten(const char *json, size_t size, phx_buf *out,
                                  phx_error *err)
{
    struct arena arena;
    struct buf text;
    struct value tree;
    struct attributes flat;
    phx_status status;

    if (json == NULL || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&text, SIZE_MAX);
    if ((status = read_object(&arena, json, size, &tree, err)) >= 0 &&
        (status = attr_flatten(&arena, &tree, NULL, ATTR_RECURSE, &flat,
                               err)) >= 0) {
        struct value object = {
            .kind = JSON_OBJECT, .count = flat.count, .members = flat.members};
        json_write_value(&text, &object, 0);
        status = give_buf(&text, "the flat attributes", out, err);
    }
    buf_clear(&text);
    arena_clear(&arena);
    return status;
}
