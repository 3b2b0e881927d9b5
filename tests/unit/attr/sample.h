/*
 * sample.h: attributes from JSON text, and trees as JSON text.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "base/base.h"
#include "attr/attr.h"

static inline struct value sample(struct arena *arena, const char *json)
{
    struct value value;

    succeeds(json_read(arena, text_of(json), JSON_LENIENT, &value, err));
    return value;
}

/* Pairs of a JSON array [[key, value], ...]; keys may repeat. */
static inline struct attributes sample_list(struct arena *arena,
                                            const char *json)
{
    struct value pairs = sample(arena, json);
    struct attributes list = {.count = pairs.count};

    list.members = arena_new(arena, pairs.count * sizeof *list.members);
    ok(list.members != NULL);
    for (uint32_t i = 0; i < pairs.count; i++) {
        list.members[i].key = pairs.items[i].items[0].text;
        list.members[i].value = pairs.items[i].items[1];
    }
    return list;
}

/* Members in order. */
#define eq_json(value, json) t_eq_json(value, json, __FILE__, __LINE__)
static inline void t_eq_json(const struct value *value, const char *json,
                             const char *file, int line)
{
    struct buf buf;

    buf_init(&buf, SIZE_MAX / 2);
    json_write_value(&buf, value, JSON_NONFINITE);
    t_eq_text(text_span(buf.data, buf.size), json, strlen(json), file, line);
    buf_clear(&buf);
}

static inline struct value sample_object(const struct attributes *list)
{
    struct value object = {.kind = JSON_OBJECT, .count = list->count};

    object.members = list->members;
    return object;
}

#endif
