/*
 * route.c - which row of the table a request means. A path that no row has is
 * 404 when it is read and 405 when it is written to, as the reference answers;
 * a path with other methods is 405.
 */
#include "base/base.h"
#include "server/http/inside.h"

/* The bytes up to the next slash; moves *text behind it. */
static phx_text next_segment(phx_text *text)
{
    const char *slash =
        text->size > 0 ? memchr(text->data, '/', text->size) : NULL;
    size_t size = slash ? (size_t)(slash - text->data) : text->size;
    phx_text segment = {text->data, size};
    size_t taken = slash ? size + 1 : size;

    text->data += taken;
    text->size -= taken;
    return segment;
}

bool route_match(const char *pattern, phx_text path, phx_text *params)
{
    phx_text left = text_of(pattern);
    size_t param_count = 0;

    for (;;) {
        bool last = memchr(left.data, '/', left.size) == NULL;
        bool path_last =
            path.size == 0 || memchr(path.data, '/', path.size) == NULL;
        phx_text wanted = next_segment(&left);
        phx_text given = next_segment(&path);

        if (last != path_last)
            return false;
        if (wanted.size > 0 && wanted.data[0] == '{') {
            if (given.size == 0 || param_count == HTTP_PATH_PARAMS)
                return false;
            params[param_count++] = given;
        } else if (!text_equal(wanted, given)) {
            return false;
        }
        if (last)
            return true;
    }
}

static bool method_fits(const struct route *route, phx_text method)
{
    return text_is(method, route->method) ||
           (text_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

void route_find(struct request *request)
{
    const struct http_options *options = &request->http->options;
    bool reads =
        text_is(request->method, "GET") || text_is(request->method, "HEAD");
    bool known = false;

    for (size_t i = 0; i < options->route_count; i++) {
        const struct route *route = &options->routes[i];
        phx_text params[HTTP_PATH_PARAMS] = {{NULL, 0}};

        if (!route_match(route->pattern, request->path, params))
            continue;
        known = true;
        if (!method_fits(route, request->method))
            continue;
        request->route = route;
        memcpy(request->params, params, sizeof params);
        if (route->flags & ROUTE_ABSENT)
            answer_text(request, 501, "%s %s is not part of this server",
                        route->method, route->pattern);
        return;
    }
    if (known || !reads)
        answer_text(request, 405, "Method Not Allowed");
    else
        answer_text(request, 404, "Not Found");
}
