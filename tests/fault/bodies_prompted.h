/*
 * bodies_prompted.h - those of bodies.h that keep, fill and compare prompts.
 */
#ifndef FAULT_BODIES_PROMPTED_H
#define FAULT_BODIES_PROMPTED_H

#include "contract/prompted.h"

#include "fault/bodies.h"

/* Two prompts, one made from the other, a tag that moves, and one that goes. */
static phx_status change_prompts(struct scene *scene, phx_error *err)
{
    phx_prompt about = {.name = prompt_text("a")};
    phx_id one, two, other;
    phx_status status;

    if ((status = try_prompt(scene->store, &about, "m1", &one, err)) < 0 ||
        (status = try_prompt(scene->store, &about, "m2", &two, err)) < 0)
        return status;
    about = (phx_prompt){.name = prompt_text("b"), .source = 1};
    if ((status = try_prompt(scene->store, &about, "m3", &other, err)) < 0 ||
        (status = phx_prompt_set_tag(scene->store, one, "t", "d", err)) < 0 ||
        (status = phx_prompt_set_tag(scene->store, two, "t", NULL, err)) < 0)
        return status;
    about.id = 1;
    about.metadata = prompt_text("{\"k\": [1]}");
    if ((status = phx_prompt_update(scene->store, &about, PHX_PROMPT_METADATA,
                                    err)) < 0 ||
        (status = phx_prompt_delete_tag(scene->store, 1, "t", err)) < 0)
        return status;
    return phx_prompt_delete(scene->store, 1, err);
}

static phx_status walk_prompts(struct scene *scene, phx_error *err)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    phx_prompt about = {.name = prompt_text("a")};
    const phx_prompt_version *version;
    const phx_prompt_tag *tag;
    const phx_prompt *row;
    phx_cursor *cursor = NULL;
    phx_status status = PHX_OK;

    for (int i = 0; i < 3 && status >= 0; i++)
        status = try_prompt(scene->store, &about, "m", &query.only, err);
    if (status >= 0)
        status = phx_prompt_set_tag(scene->store, 1, "t", "d", err);
    if (status >= 0)
        status =
            phx_store_find_prompts(scene->store, 0, 0, "a", 0, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_prompt(cursor, &row, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    query.only = 0;
    query.prompt = 1;
    if (status >= 0)
        status =
            phx_store_find_prompt_versions(scene->store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_prompt_version(cursor, &version, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status =
            phx_store_find_prompt_tags(scene->store, 1, 0, 0, 0, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_prompt_tag(cursor, &tag, err);
    phx_cursor_close(cursor);
    return status < 0 ? status
                      : phx_store_verify(scene->store, NULL, NULL, err);
}

/* What is wrong is told, unless memory is wanted for that. */
static phx_status refuse_prompts(phx_error *err)
{
    static const char bad[] =
        "{\"model_provider\":1,\"template\":{\"type\":\"x\"},"
        "\"invocation_parameters\":{\"type\":\"xai\",\"xai\":{\"z\":\"\"}}}";
    phx_buf out = PHX_BUF_INIT;
    phx_status status = phx_prompt_check(bad, sizeof bad - 1, NULL, &out, err);

    phx_buf_free(&out);
    return status == PHX_INVALID ? PHX_OK : status;
}

static phx_status fill_prompts(struct scene *scene, phx_error *err)
{
    static const char mustache[] = "{{#l}}{{.}}{{/l}}{{=<% %>=}}<%o.x%>";
    static const char f_string[] = "{o!r:>{w}}{w:08,.3f}{w!s}";
    static const char values[] = "{\"l\":[1,2],\"o\":{\"x\":\"y\"},\"w\":8}";
    char before[1024];
    phx_buf out[5] = {PHX_BUF_INIT};
    phx_status status = refuse_prompts(err);

    (void)scene;
    snprintf(before, sizeof before, "%s", version_saying("m1", "a\\n{{w}}"));
    const char *after = version_saying("m2", "b\\n{{w}}");
    if (status >= 0)
        status = phx_prompt_render(PHX_MUSTACHE, mustache, sizeof mustache - 1,
                                   values, sizeof values - 1, &out[0], err);
    if (status >= 0)
        status = phx_prompt_render(PHX_F_STRING, f_string, sizeof f_string - 1,
                                   values, sizeof values - 1, &out[1], err);
    if (status >= 0)
        status = phx_prompt_variables(PHX_F_STRING, f_string,
                                      sizeof f_string - 1, &out[2], err);
    if (status >= 0)
        status = phx_prompt_fill(before, strlen(before), values,
                                 sizeof values - 1, &out[3], err);
    if (status >= 0)
        status = phx_prompt_diff(before, strlen(before), after, strlen(after),
                                 &out[4], err);
    for (int i = 0; i < 5; i++)
        phx_buf_free(&out[i]);
    return status;
}

#endif
