/*
 * versions.h - versions as JSON, checked: their one form, or what is wrong.
 */
#ifndef UNIT_PROMPT_VERSIONS_H
#define UNIT_PROMPT_VERSIONS_H

#include "json/json.h"
#include "prompt/prompt.h"

static inline void check_version(const char *json, char *out, size_t size)
{
    struct value version;
    struct arena arena;
    struct buf body;

    arena_init(&arena, SIZE_MAX);
    buf_init(&body, SIZE_MAX);
    succeeds(json_read(&arena, text_of(json), JSON_DIGITS, &version, err));
    succeeds(prompt_check(&version, &body, NULL, err));
    snprintf(out, size, "%.*s", (int)body.size, (const char *)body.data);
    buf_clear(&body);
    arena_clear(&arena);
}

/* "type place " of each, places with points between their parts. */
static inline size_t list_problems(const char *json, char *out, size_t size)
{
    struct value version, list;
    struct arena arena;
    struct buf body, problems;
    size_t used = 0;

    arena_init(&arena, SIZE_MAX);
    buf_init(&body, SIZE_MAX);
    buf_init(&problems, SIZE_MAX);
    buf_add_byte(&problems, '[');
    succeeds(json_read(&arena, text_of(json), JSON_DIGITS, &version, err));
    phx_status status = prompt_check(&version, &body, &problems, NULL);
    buf_add_byte(&problems, ']');
    succeeds(json_read(&arena, text_span(problems.data, problems.size), 0,
                       &list, err));
    eq_int(status, list.count > 0 ? PHX_INVALID : PHX_OK);
    out[0] = '\0';
    for (uint32_t i = 0; i < list.count; i++) {
        const struct value *place = value_member(&list.items[i], "loc");
        phx_text type = value_member(&list.items[i], "type")->text;

        used += (size_t)snprintf(out + used, size - used, "%.*s ",
                                 (int)type.size, type.data);
        for (uint32_t j = 0; j < place->count; j++)
            used += (size_t)snprintf(out + used, size - used, "%.*s%c",
                                     (int)place->items[j].text.size,
                                     place->items[j].text.data,
                                     j + 1 < place->count ? '.' : ' ');
    }
    buf_clear(&problems);
    buf_clear(&body);
    arena_clear(&arena);
    return list.count;
}

#endif
