/*
 * listener.c - libmicrohttpd's daemon and the life of a request:
 *
 *     request line   request_new, from the raw URI
 *     headers        look_at_headers: what can be refused is, early
 *     body           take_body: into a buf, or dropped if refused
 *     its end        dispatch: the handler runs here or on a worker, the
 *                    connection sleeping meanwhile (suspended)
 *     resumed        answer_send
 *     sent or lost   completed: request_free
 *
 * A connection belongs to one of the daemon's threads, so only request_resume
 * and the counters are ever called from two.
 */
#include "base/base.h"
#include "server/address.h"
#include "server/http/inside.h"
#include "server/lane.h"
#include "server/log.h"
#include "server/metrics.h"

#include <errno.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    INLINE_BODY = 256 << 10,  /* larger ones are a worker's */
    INLINE_PACKED = 32 << 10, /* packed ones, if they unpack to INLINE_BODY */
    BODY_BUDGET = 512 << 20,  /* of all requests being received */
    DROP_LIMIT = 256 << 20,   /* of a refused body, read past */
    IDLE_SECONDS = 75,
    CONNECTION_MEMORY = 32 << 10, /* request line and headers fit in it */
    MOST_CONNECTIONS = 16384,
    FEW_CONNECTIONS = 32, /* of a listener with one thread, for metrics */
    OWN_FILES = 128,      /* kept for the store and the rest */
    DRAIN_MS = 5000       /* for those still sending at the end */
};

/* libmicrohttpd would take the query apart once more, into the connection's
 * memory; 0.9.75 neither answers nor tells of the end when it has too many
 * parameters for that. So it finds an empty one. */
static void cut_query(const char *uri)
{
    char *query = strchr((char *)(uintptr_t)uri, '?');

    if (query != NULL && query[1] != '\0')
        query[1] = '\0';
}

static void *begin(void *ctx, const char *uri,
                   struct MHD_Connection *connection)
{
    struct http *http = ctx;
    struct request *request = request_new(http, uri);

    (void)connection;
    cut_query(uri);
    if (request != NULL)
        atomic_fetch_add(&http->active, 1);
    return request;
}

static void log_request(const struct request *request)
{
    char method[16], path[256], status[8], ms[24];

    if (!log_is_on(LOG_DEBUG) || request->connection == NULL)
        return;
    snprintf(method, sizeof method, "%.*s", (int)request->method.size,
             request->method.data);
    snprintf(path, sizeof path, "%.*s", (int)request->path.size,
             request->path.data);
    snprintf(status, sizeof status, "%u", request->answer.status);
    snprintf(ms, sizeof ms, "%.3f",
             (double)(time_monotonic() - request->started) / 1e6);
    log_event(LOG_DEBUG, "request", "method", method, "path", path, "status",
              status, "ms", ms, NULL);
}

static void completed(void *ctx, struct MHD_Connection *connection,
                      void **context, enum MHD_RequestTerminationCode why)
{
    struct http *http = ctx;
    struct request *request = *context;

    (void)connection;
    (void)why;
    if (request == NULL)
        return;
    log_request(request);
    request_free(request);
    *context = NULL;
    atomic_fetch_sub(&http->active, 1);
}

static bool is_too_long(phx_text length)
{
    char *end = NULL;

    if (length.size == 0)
        return false;
    errno = 0;
    unsigned long long size = strtoull(length.data, &end, 10);
    return errno != 0 || size > HTTP_BODY_LIMIT;
}

static void refuse_size(struct request *request)
{
    metrics_add(METRIC_REJECTED_SIZE, 1);
    answer_text(request, 413, "request body is over %d bytes",
                (int)HTTP_BODY_LIMIT);
}

struct framing {
    unsigned lengths;
    unsigned encodings;
    bool odd; /* an encoding that is not "chunked" */
};

static enum MHD_Result count_framing(void *ctx, enum MHD_ValueKind kind,
                                     const char *name, const char *value)
{
    struct framing *framing = ctx;

    (void)kind;
    if (strcasecmp(name, "Content-Length") == 0) {
        framing->lengths++;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        framing->encodings++;
        framing->odd |= value == NULL || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

/* Whether a proxy could take the body to end elsewhere than we do, and let
 * one client's bytes begin another's request. */
static bool is_ambiguous(struct MHD_Connection *connection)
{
    struct framing framing = {0};

    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_framing,
                              &framing);
    return framing.lengths + framing.encodings > 1 || framing.odd;
}

/* What the headers alone rule out is answered now. */
static void look_at_headers(struct request *request)
{
    phx_text encoding = request_header(request, "Content-Encoding");

    if (atomic_load(&request->http->stopping)) {
        answer_later(request, "shutting down");
        request->close = true;
        return;
    }
    route_find(request);
    if (request->answer.status != 0)
        return;
    if (!encoding_find(encoding, &request->encoding))
        answer_text(request, 415, "Unsupported content encoding: %.64s",
                    encoding.data);
    else if (is_too_long(request_header(request, "Content-Length")))
        refuse_size(request);
}

static enum MHD_Result take_body(struct request *request, const char *bytes,
                                 size_t size)
{
    struct http *http = request->http;

    if (request->answer.status != 0) {
        request->dropped += size;
        return request->dropped <= DROP_LIMIT ? MHD_YES : MHD_NO;
    }
    request->charged += size;
    if (atomic_fetch_add(&http->body_bytes, size) + size > BODY_BUDGET) {
        metrics_add(METRIC_REJECTED_QUEUE, 1);
        answer_later(request, "too many requests are being received");
    } else {
        buf_add(&request->packed, bytes, size);
        if (request->packed.status == PHX_TOO_BIG)
            refuse_size(request);
        else if (request->packed.status < 0)
            answer_later(request, "no memory for the request body");
    }
    if (request->answer.status != 0)
        request_drop_body(request);
    return MHD_YES;
}

void request_resume(struct request *request)
{
    struct http *http = request->http;
    struct MHD_Connection *connection = request->connection;

    answer_pack(request);
    MHD_resume_connection(connection);
    atomic_fetch_sub(&http->suspended, 1);
}

static bool is_refused(struct request *request)
{
    phx_error err = {0};

    if (request->answer.status == 0 && request->route->flags & ROUTE_WRITES &&
        writer_check(request_service(request)->writer, &err) < 0)
        answer_failure(request, err.status, &err);
    return request->answer.status != 0;
}

static void handle_request(struct request *request)
{
    bool later = request->route->flags & ROUTE_LATER;

    if (!is_refused(request)) {
        request->route->handler(request);
        if (later)
            return; /* the request may be gone already */
    }
    if (request->suspended)
        request_resume(request);
}

/* In the lane. */
static void run_large(void *ctx)
{
    struct request *request = ctx;

    if (atomic_load(&request->http->stopping))
        answer_later(request, "shutting down");
    else
        request_unpack(request, HTTP_BODY_LIMIT);
    handle_request(request);
}

void request_run(struct request *request)
{
    bool is_large = !request_unpack(request, LANE_BODY) ||
                    request_body(request).size > LANE_BODY;

    if (is_large &&
        lane_add(request_service(request)->lane, run_large, request))
        return;
    if (is_large) {
        metrics_add(METRIC_REJECTED_QUEUE, 1);
        answer_later(request, "too many large requests are waiting");
    }
    handle_request(request);
}

/* The whole body is there: the handler's turn. */
static enum MHD_Result dispatch(struct request *request)
{
    const struct route *route = request->route;
    size_t most =
        request->encoding == ENCODING_IDENTITY ? INLINE_BODY : INLINE_PACKED;
    bool here = (route->flags & ROUTE_INLINE) && request->packed.size <= most &&
                request_unpack(request, INLINE_BODY);

    if (!here || (route->flags & ROUTE_LATER)) {
        atomic_fetch_add(&request->http->suspended, 1);
        if (atomic_load(&request->http->closed)) {
            atomic_fetch_sub(&request->http->suspended, 1);
            answer_later(request, "shutting down");
            request->close = true;
            return answer_send(request);
        }
        request->suspended = true;
        MHD_suspend_connection(request->connection);
        if (here)
            request_run(request);
        else
            workers_add(&request->http->workers, request);
        return MHD_YES;
    }
    request_run(request);
    answer_pack(request);
    return answer_send(request);
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    struct request *request = *context;

    (void)ctx;
    (void)url;
    (void)version;
    if (request == NULL)
        return MHD_NO;
    if (!request->seen) {
        request->seen = true;
        request->connection = connection;
        request->method = text_of(method);
        if (is_ambiguous(connection)) {
            answer_text(request, 400, "the length of the body is ambiguous");
            request->close = true;
            return answer_send(request);
        }
        look_at_headers(request);
        /* A client that waits for "100 Continue" hears the refusal instead. */
        if (request->answer.status != 0 &&
            request_header(request, "Expect").data != NULL)
            return answer_send(request);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        size_t size = *upload_size;

        *upload_size = 0;
        return take_body(request, upload, size);
    }
    if (request->answer.status != 0) {
        if (!request->suspended)
            answer_pack(request);
        return answer_send(request);
    }
    return dispatch(request);
}

static void log_daemon(void *ctx, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

static void log_daemon(void *ctx, const char *format, va_list values)
{
    char text[256];

    (void)ctx;
    if (!log_is_on(LOG_DEBUG))
        return;
    vsnprintf(text, sizeof text, format, values);
    text[strcspn(text, "\n")] = '\0';
    log_event(LOG_DEBUG, "http", "message", text, NULL);
}

/* Of all sockets together. gRPC and the store need descriptors, too. */
static unsigned connection_limit(const struct http *http)
{
    struct rlimit files;

    if (http->options.threads < 2)
        return FEW_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
        files.rlim_cur / 4 * 3 > MOST_CONNECTIONS + OWN_FILES)
        return MOST_CONNECTIONS;
    return files.rlim_cur / 4 * 3 > 2 * OWN_FILES
               ? (unsigned)(files.rlim_cur / 4 * 3 - OWN_FILES)
               : OWN_FILES;
}

static struct MHD_Daemon *start_daemon(struct http *http, int fd,
                                       unsigned connections)
{
    unsigned threads = http->options.threads > 1 ? http->options.threads : 0;

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, handle, http, MHD_OPTION_EXTERNAL_LOGGER, log_daemon,
        NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, begin,
        http, MHD_OPTION_NOTIFY_COMPLETED, completed, http,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_END);
}

/* A daemon for each socket, or none and all sockets closed. */
static phx_status start_daemons(struct http *http, const int *fds, size_t count,
                                phx_error *err)
{
    unsigned most = connection_limit(http) / (unsigned)count;

    for (size_t i = 0; i < count; i++) {
        struct MHD_Daemon *daemon = start_daemon(http, fds[i], most);
        if (daemon != NULL) {
            http->daemons[http->daemon_count++] = daemon;
            continue;
        }
        while (i < count)
            close(fds[i++]);
        while (http->daemon_count > 0)
            MHD_stop_daemon(http->daemons[--http->daemon_count]);
        return fail(err, PHX_IO, -1, "cannot start the HTTP threads");
    }
    return PHX_OK;
}

static void http_free(struct http *http)
{
    workers_stop(&http->workers);
    memory_free(http);
}

phx_status http_start(const struct http_options *options, struct http **out,
                      phx_error *err)
{
    struct http *http = memory_new(sizeof *http);
    int fds[HTTP_SOCKETS];
    phx_status status;
    size_t count;

    if (http == NULL)
        return fail_memory(err, sizeof *http);
    *http = (struct http){.options = *options, .port = options->port};
    status = workers_start(&http->workers, options->workers, err);
    if (status == PHX_OK)
        status = address_listen(options->host, &http->port, fds, HTTP_SOCKETS,
                                &count, err);
    if (status == PHX_OK)
        status = start_daemons(http, fds, count, err);
    if (status < 0) {
        http_free(http);
        return status;
    }
    *out = http;
    return PHX_OK;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

void http_stop(struct http *http)
{
    if (http == NULL)
        return;
    atomic_store(&http->stopping, true);
    int fds[HTTP_SOCKETS];
    uint64_t deadline = time_monotonic() + (uint64_t)DRAIN_MS * 1000000;

    for (size_t i = 0; i < http->daemon_count; i++)
        fds[i] = MHD_quiesce_daemon(http->daemons[i]);
    /* Handlers always come to an end; senders may not. */
    while (atomic_load(&http->suspended) > 0 ||
           (atomic_load(&http->active) > 0 && time_monotonic() < deadline))
        sleep_ms(2);
    /* A daemon may not end with a connection suspended. */
    atomic_store(&http->closed, true);
    while (atomic_load(&http->suspended) > 0)
        sleep_ms(2);
    for (size_t i = 0; i < http->daemon_count; i++) {
        MHD_stop_daemon(http->daemons[i]);
        if (fds[i] >= 0)
            close(fds[i]);
    }
    http_free(http);
}
