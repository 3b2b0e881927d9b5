/*
 * prompted.h - prompts in a line: versions that say a model's name and one
 * message, and what a store tells of them.
 */
#ifndef CONTRACT_PROMPTED_H
#define CONTRACT_PROMPTED_H

#include "t.h"

static inline phx_text prompt_text(const char *string)
{
    return (phx_text){string, string ? strlen(string) : 0};
}

/* The JSON of a version; good until the next. */
static inline const char *version_saying(const char *model, const char *says)
{
    static char json[1024];

    snprintf(json, sizeof json,
             "{\"description\":\"\",\"model_provider\":\"OPENAI\","
             "\"model_name\":\"%s\",\"template\":{\"type\":\"chat\","
             "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]},"
             "\"template_type\":\"CHAT\",\"template_format\":\"MUSTACHE\","
             "\"invocation_parameters\":{\"type\":\"openai\",\"openai\":{"
             "\"temperature\":0.50}}}",
             model, says);
    return json;
}

static inline phx_status try_prompt(phx_store *store, const phx_prompt *prompt,
                                    const char *model, phx_id *out,
                                    phx_error *err)
{
    const char *json = version_saying(model, "Hi {{x}}");

    return phx_prompt_put(store, prompt, json, strlen(json), out, err);
}

/* The number of a new version. */
static inline phx_id prompt(phx_store *store, const char *name,
                            const char *model)
{
    const phx_prompt about = {.name = prompt_text(name)};
    phx_id version = 0;

    succeeds(try_prompt(store, &about, model, &version, err));
    return version;
}

/* The model's name in a version; "" if there is no version. */
static inline const char *model_of(phx_store *store,
                                   const phx_prompt_version_query *query)
{
    static char names[4][64];
    static int at;
    const phx_prompt_version *row = NULL;
    phx_cursor *cursor = NULL;
    char *out = names[at++ % 4];

    out[0] = '\0';
    succeeds(phx_store_find_prompt_versions(store, query, &cursor, err));
    if (phx_cursor_next_prompt_version(cursor, &row, NULL) == PHX_OK)
        sscanf(strstr(row->body.data, "model_name\":\"") + 13, "%63[^\"]", out);
    phx_cursor_close(cursor);
    return out;
}

/* "number=name/versions<source description " of all. */
static inline const char *prompts_of(phx_store *store)
{
    static char told[1024];
    const phx_prompt *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_prompts(store, 0, 0, NULL, 0, &cursor, err));
    while (phx_cursor_next_prompt(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(
            told + used, sizeof told - used, "%d=%s/%d<%d %s ", (int)row->id,
            row->name.data, (int)row->versions, (int)row->source,
            row->description.data ? row->description.data : "-");
    phx_cursor_close(cursor);
    return told;
}

/* "name>version " of a prompt's tags. */
static inline const char *prompt_tags_of(phx_store *store, phx_id prompt_id)
{
    static char told[512];
    const phx_prompt_tag *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(
        phx_store_find_prompt_tags(store, prompt_id, 0, 0, 0, &cursor, err));
    while (phx_cursor_next_prompt_tag(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(told + used, sizeof told - used, "%s>%d ",
                                 row->name.data, (int)row->version);
    phx_cursor_close(cursor);
    return told;
}

#endif
