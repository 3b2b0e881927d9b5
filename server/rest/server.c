/*
 * server.c - routes about the server itself.
 */
#include "base/base.h"
#include "server/metrics.h"
#include "server/rest/inside.h"

void server_health(struct request *request)
{
    answer_text(request, 200, "OK");
}

void server_version(struct request *request)
{
    answer_text(request, 200, "20.3.0");
}

/* Ready is who can read the store. */
void server_ready(struct request *request)
{
    const struct service *service = request_service(request);
    phx_store_stats stats;
    phx_error err = {0};
    phx_status status = phx_store_stat(service->store, &stats, &err);

    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    buf_add_string(answer_buf(request), "{}");
    answer_json(request, 200);
}

void server_metrics(struct request *request)
{
    metrics_write(request_service(request)->store, answer_buf(request));
    answer_body(request, 200, "text/plain; version=0.0.4; charset=utf-8");
}
