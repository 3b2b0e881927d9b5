/*
 * find.c - identifiers in paths and parameters to rows of the store. What does
 * not decode to a global id of the type wanted is taken as a name.
 */
#include "base/base.h"
#include "server/rest/inside.h"

const char *text_string(struct request *request, phx_text text)
{
    char *out = arena_new(request_arena(request), text.size + 1);

    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL) {
        answer_text(request, 422, "a name may not hold a NUL");
        return NULL;
    }
    if (out == NULL) {
        answer_later(request, "no memory");
        return NULL;
    }
    if (text.size > 0)
        memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return out;
}

const phx_project *open_project(struct request *request, phx_id project,
                                phx_cursor **cursor)
{
    const struct service *service = request_service(request);
    const phx_project *found = NULL;
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (project > 0 &&
        (status = phx_store_find_projects(service->store, project, 0, NULL, 1,
                                          cursor, &err)) == PHX_OK)
        status = phx_cursor_next_project(*cursor, &found, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_text(request, 404, "Project with ID %lld not found",
                    (long long)project);
    return found;
}

bool find_project(struct request *request, phx_text identifier, phx_id *out)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;

    if (id_read(request_arena(request), identifier, "Project", out)) {
        phx_cursor *cursor = NULL;
        bool exists = open_project(request, *out, &cursor) != NULL;

        phx_cursor_close(cursor);
        return exists;
    }
    status = phx_store_find(service->store, PHX_PROJECT, identifier.data,
                            identifier.size, out, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Project with name '%.*s' not found",
                    (int)identifier.size, identifier.data);
    else if (status < 0)
        answer_failure(request, status, &err);
    return status == PHX_OK;
}

static const char *type_name(int32_t kind)
{
    switch (kind) {
    case PHX_PROJECT:
        return "Project";
    case PHX_TRACE:
        return "Trace";
    case PHX_SESSION:
        return "ProjectSession";
    default:
        return "Span";
    }
}

phx_status find_id(struct request *request, int32_t kind, phx_text identifier,
                   phx_id *out, phx_error *err)
{
    const struct service *service = request_service(request);

    if (id_read(request_arena(request), identifier, type_name(kind), out))
        return *out > 0 ? PHX_OK : PHX_NOT_FOUND;
    return phx_store_find(service->store, kind, identifier.data,
                          identifier.size, out, err);
}

bool find_row(struct request *request, int32_t kind, phx_text identifier,
              phx_id *out)
{
    phx_error err = {0};
    phx_status status = find_id(request, kind, identifier, out, &err);

    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "%s '%.*s' not found", type_name(kind),
                    (int)identifier.size, identifier.data);
    else if (status < 0)
        answer_failure(request, status, &err);
    return status == PHX_OK;
}

phx_text *query_texts(struct request *request, const char *key, size_t *count)
{
    size_t all = request_query_count(request);
    phx_text *out =
        arena_new(request_arena(request), size_mul(all + 1, sizeof *out));

    *count = 0;
    for (size_t i = 0; out != NULL && i < all; i++) {
        if (text_is(request_query_key(request, i), key))
            out[(*count)++] = request_query_value(request, i);
    }
    return out;
}

bool find_cursor(struct request *request, phx_id *out)
{
    phx_text cursor = request_query(request, "cursor");

    *out = 0;
    if (cursor.size == 0)
        return true;
    if (!id_read(request_arena(request), cursor, NULL, out)) {
        answer_text(request, 422, "Invalid cursor format: %.*s",
                    (int)cursor.size, cursor.data);
        return false;
    }
    if (*out <= 0)
        *out = -1;
    return true;
}

bool find_cursor_of(struct request *request, const char *type, phx_id *out)
{
    phx_text cursor = request_query(request, "cursor");

    if (!find_cursor(request, out))
        return false;
    if (cursor.size == 0 || id_read(request_arena(request), cursor, type, out))
        return true;
    answer_text(request, 422, "Invalid cursor: %.*s", (int)cursor.size,
                cursor.data);
    return false;
}
