/*
 * paths.c - paths: the keys of attribute columns.
 *
 *     llm.input_messages[0].message.content       metadata.a\.b
 *
 * A segment that is an index has digits, so no path begins with '[' and
 * another byte: keys that do are ours.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/inside.h"

static const char *const reserved_keys[RESERVED_COUNT] = {
    [RESERVED_REST] = "[rest",
    [RESERVED_RAW] = "[raw",
    [RESERVED_EVENTS] = "[events",
    [RESERVED_LINKS] = "[links",
    [RESERVED_RESOURCE] = "[resource",
    [RESERVED_SCOPE] = "[scope",
    [RESERVED_TRACE_STATE] = "[trace_state",
    [RESERVED_STATUS_MESSAGE] = "[status_message",
    [RESERVED_FLAGS] = "[flags",
    [RESERVED_OTLP_KIND] = "[otlp_kind",
    [RESERVED_OTLP_STATUS] = "[otlp_status",
    [RESERVED_DROPPED_ATTRIBUTES] = "[dropped_attributes",
    [RESERVED_DROPPED_EVENTS] = "[dropped_events",
    [RESERVED_DROPPED_LINKS] = "[dropped_links",
};

/* How a path goes on: it ends, then members come before elements, and both
 * before a longer key. */
enum { RANK_END, RANK_MEMBER, RANK_ITEM, RANK_BYTE };

static bool is_special(char byte)
{
    return byte == '.' || byte == '[' || byte == '\\';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int take_rank(phx_text path, size_t *at)
{
    if (*at == path.size)
        return RANK_END;
    char byte = path.data[(*at)++];
    if (byte == '.')
        return RANK_MEMBER;
    if (byte == '[')
        return RANK_ITEM;
    if (byte == '\\' && *at < path.size)
        byte = path.data[(*at)++];
    return RANK_BYTE + (uint8_t)byte;
}

static phx_text take_digits(phx_text path, size_t *at)
{
    size_t start = *at;

    while (*at < path.size && is_digit(path.data[*at]))
        (*at)++;
    return text_span(path.data + start, *at - start);
}

phx_text reserved_key(enum reserved reserved)
{
    return text_of(reserved_keys[reserved]);
}

bool path_is_reserved(phx_text path)
{
    return path.size > 1 && path.data[0] == '[' && !is_digit(path.data[1]);
}

void path_add_member(struct buf *path, phx_text key, bool first)
{
    if (!first)
        buf_add_byte(path, '.');
    for (size_t i = 0; i < key.size; i++) {
        if (is_special(key.data[i]))
            buf_add_byte(path, '\\');
        buf_add_byte(path, (uint8_t)key.data[i]);
    }
}

void path_add_item(struct buf *path, uint64_t index)
{
    buf_add_format(path, "[%llu]", (unsigned long long)index);
}

int path_compare(phx_text a, phx_text b)
{
    size_t i = 0, j = 0;

    for (;;) {
        int rank_a = take_rank(a, &i), rank_b = take_rank(b, &j);
        if (rank_a != rank_b)
            return rank_a < rank_b ? -1 : 1;
        if (rank_a == RANK_END)
            return 0;
        if (rank_a == RANK_ITEM) {
            phx_text index_a = take_digits(a, &i), index_b = take_digits(b, &j);
            if (index_a.size != index_b.size)
                return index_a.size < index_b.size ? -1 : 1;
            int order = text_compare(index_a, index_b);
            if (order != 0)
                return order;
        }
    }
}

bool path_is_below(phx_text path, phx_text prefix)
{
    return path.size > prefix.size &&
           (prefix.size == 0 ||
            memcmp(path.data, prefix.data, prefix.size) == 0) &&
           (path.data[prefix.size] == '.' || path.data[prefix.size] == '[');
}

static uint32_t count_segments(phx_text path)
{
    uint32_t count = 1;

    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] == '\\')
            i++;
        else if (path.data[i] == '.' || path.data[i] == '[')
            count++;
    }
    return count;
}

static phx_status fail_path(phx_error *err)
{
    return fail(err, PHX_CORRUPT, -1, "block has a malformed column key");
}

/* A key up to the next separator, unescaped in the arena if need be. */
static phx_status read_key(struct arena *arena, phx_text path, size_t *at,
                           phx_text *out, phx_error *err)
{
    size_t start = *at, escapes = 0, used = 0;

    while (*at < path.size && path.data[*at] != '.' && path.data[*at] != '[') {
        if (path.data[*at] == '\\') {
            escapes++;
            if (++*at == path.size || !is_special(path.data[*at]))
                return fail_path(err);
        }
        ++*at;
    }
    *out = text_span(path.data + start, *at - start);
    if (escapes == 0)
        return PHX_OK;
    char *key = arena_new(arena, out->size);
    if (!key)
        return arena_status(arena, out->size, err);
    for (size_t i = start; i < *at; i++) {
        if (path.data[i] == '\\')
            i++;
        key[used++] = path.data[i];
    }
    *out = text_span(key, used);
    return PHX_OK;
}

static phx_status read_index(phx_text path, size_t *at, int64_t *out,
                             phx_error *err)
{
    phx_text digits = take_digits(path, at);
    int64_t index = 0;

    if (digits.size == 0 || digits.size > 10 ||
        (digits.size > 1 && digits.data[0] == '0') || *at == path.size ||
        path.data[*at] != ']')
        return fail_path(err);
    ++*at;
    for (size_t i = 0; i < digits.size; i++)
        index = index * 10 + (digits.data[i] - '0');
    *out = index;
    return PHX_OK;
}

phx_status path_read(struct arena *arena, phx_text path, struct segment **out,
                     uint32_t *depth, phx_error *err)
{
    uint32_t count = count_segments(path);
    size_t size = size_mul(count, sizeof(struct segment)), at = 0;
    struct segment *segments;
    phx_status status;

    if (count > BLOCK_LEVELS)
        return fail(err, PHX_CORRUPT, -1,
                    "block has a column key of %u levels, limit is %d", count,
                    BLOCK_LEVELS);
    if ((segments = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    segments[0].index = -1;
    if ((status = read_key(arena, path, &at, &segments[0].key, err)) < 0)
        return status;
    for (uint32_t i = 1; i < count; i++) {
        segments[i] = (struct segment){.index = -1};
        if (at == path.size)
            return fail_path(err);
        if (path.data[at++] == '[')
            status = read_index(path, &at, &segments[i].index, err);
        else
            status = read_key(arena, path, &at, &segments[i].key, err);
        if (status < 0)
            return status;
    }
    if (at != path.size)
        return fail_path(err);
    *out = segments;
    *depth = count;
    return PHX_OK;
}
