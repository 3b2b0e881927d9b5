/*
 * delete.c - DELETE of one span, trace or session by either of its ids.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static void delete_row(struct request *request, int32_t kind)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!find_row(request, kind, request_param(request, 0), &id))
        return;
    status = phx_store_delete(service->store, kind, id, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

void span_delete(struct request *request)
{
    delete_row(request, PHX_SPAN);
}

void trace_delete(struct request *request)
{
    delete_row(request, PHX_TRACE);
}

void session_delete(struct request *request)
{
    delete_row(request, PHX_SESSION);
}
