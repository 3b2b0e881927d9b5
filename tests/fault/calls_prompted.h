/*
 * calls_prompted.h - those of calls.h that keep prompts.
 */
#ifndef FAULT_CALLS_PROMPTED_H
#define FAULT_CALLS_PROMPTED_H

#include "fault/calls_kept.h"

static phx_status call_put_prompt(phx_error *err)
{
    const phx_prompt about = {.name = prompt_text("p")};
    phx_id version;

    return try_prompt(scene.place.store, &about, "m", &version, err);
}

static phx_status call_update_prompt(phx_error *err)
{
    const phx_prompt change = {.id = 1, .description = prompt_text("other")};

    return phx_prompt_update(scene.place.store, &change, PHX_PROMPT_DESCRIPTION,
                             err);
}

/* It may be gone by the call that failed. */
static phx_status call_delete_prompt(phx_error *err)
{
    phx_status status = phx_prompt_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_set_prompt_tag(phx_error *err)
{
    return phx_prompt_set_tag(scene.place.store, 1, "prod", "d", err);
}

static phx_status call_delete_prompt_tag(phx_error *err)
{
    phx_status status =
        phx_prompt_delete_tag(scene.place.store, 1, "prod", err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_prompts(phx_error *err)
{
    const phx_prompt *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompts(scene.place.store, 0, 0, NULL, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_prompt(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_prompt_versions(phx_error *err)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    const phx_prompt_version *row;
    phx_cursor *cursor = NULL;

    query.prompt = 1;
    phx_status status =
        phx_store_find_prompt_versions(scene.place.store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_prompt_version(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_prompt_tags(phx_error *err)
{
    const phx_prompt_tag *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompt_tags(scene.place.store, 1, 0, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_prompt_tag(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

#endif
