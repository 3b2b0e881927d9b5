/*
 * filled.h - a template, its variables as JSON, and what becomes of them.
 */
#ifndef UNIT_PROMPT_FILLED_H
#define UNIT_PROMPT_FILLED_H

#include "json/json.h"
#include "prompt/prompt.h"

static inline phx_status fill(int32_t format, const char *template,
                              const char *variables, struct buf *out,
                              phx_error *err)
{
    struct arena arena;
    struct value values;

    arena_init(&arena, SIZE_MAX);
    phx_status status =
        json_read(&arena, text_of(variables), JSON_LENIENT, &values, err);
    if (status >= 0)
        status =
            prompt_render(&arena, format, text_of(template), &values, out, err);
    arena_clear(&arena);
    return status;
}

static inline void eq_filled(int32_t format, const char *template,
                             const char *variables, const char *expected)
{
    phx_error err = {0};
    struct buf out;

    buf_init(&out, SIZE_MAX);
    phx_status status = fill(format, template, variables, &out, &err);
    if (status < 0 || out.size != strlen(expected) ||
        (out.size > 0 && memcmp(out.data, expected, out.size) != 0))
        wrong("'%s' with %s gives '%.*s', not '%s': %s", template, variables,
              (int)out.size, out.data ? (const char *)out.data : "", expected,
              err.message);
    buf_clear(&out);
}

static inline void fails_to_fill(int32_t format, const char *template,
                                 const char *variables, const char *part)
{
    phx_error err = {0};
    struct buf out;

    buf_init(&out, SIZE_MAX);
    phx_status status = fill(format, template, variables, &out, &err);
    if ((status != PHX_INVALID && status != PHX_TOO_BIG) ||
        strstr(err.message, part) == NULL)
        wrong("'%s' with %s: status %d: '%s'", template, variables, status,
              err.message);
    buf_clear(&out);
}

/* Names, each with a blank behind it. */
static inline void eq_names(int32_t format, const char *template,
                            const char *expected)
{
    struct prompt_names names;
    struct arena arena;
    char told[256] = "";
    size_t used = 0;

    arena_init(&arena, SIZE_MAX);
    succeeds(prompt_variables(&arena, format, text_of(template), &names, err));
    for (size_t i = 0; i < names.count; i++)
        used += (size_t)snprintf(told + used, sizeof told - used, "%.*s ",
                                 (int)names.items[i].size, names.items[i].data);
    arena_clear(&arena);
    eq_string(told, expected);
}

#endif
