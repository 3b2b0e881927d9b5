/*
 * rest: the routes of REST v1 and OTLP over HTTP, one table row each.
 */
#ifndef SERVER_REST_REST_H
#define SERVER_REST_REST_H

#include "server/http/http.h"

const struct route *rest_routes(size_t *count);

/* /metrics alone, for a port of its own. */
const struct route *rest_metrics_routes(size_t *count);

#endif
