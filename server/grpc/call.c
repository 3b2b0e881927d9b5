/*
 * call.c - one call of an Export method, from its headers to the verdict.
 *
 *     RECEIVING --(body whole)--> BUSY: decode --> writer --> ANSWERED
 *         \                          \                          ^
 *          `-- refused ---------------`-- refused -------------/
 *
 * Bodies under way are counted in grpc->held. Over the budget, streams get no
 * new window; over twice the budget, calls are refused and their bytes
 * dropped. One favourite is spared both, so that something always finishes:
 * twice the budget and one message is the most that is held.
 */
#include "server/grpc/inside.h"

#include "server/metrics.h"

#include <errno.h>
#include <strings.h>

enum {
    INLINE_SIZE = 128 << 10,  /* larger bodies go to the decoders */
    INLINE_PACKED = 16 << 10, /* the same for compressed ones */
    KEPT_SIZE = 16 << 10,     /* of body memory that a spare call keeps */
    SPARE_CALLS = 256,
    HEADERS_MAX = 16 << 10, /* bytes, counted as HTTP/2 does */
    DISCARD_MAX = 64 << 10  /* bytes awaited before a refusal is sent */
};

/* The methods there are, and what their requests are to the library. */
static const struct {
    const char *path;
    int32_t format;
} methods[] = {
    {"/opentelemetry.proto.collector.trace.v1.TraceService/Export",
     PHX_OTLP_PROTOBUF},
    {"/opentelemetry.proto.collector.logs.v1.LogsService/Export",
     PHX_LOGS_PROTOBUF},
    {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
     PHX_METRICS_PROTOBUF},
};

/* --- birth and death ------------------------------------------------------ */

/* Counts what the body's memory has grown by. */
static void hold(struct call *call)
{
    size_t grown = call->body.capacity - call->held;

    if (grown > 0)
        atomic_fetch_add(&call->grpc->held, (long long)grown);
    call->held = call->body.capacity;
}

static void release_body(struct call *call)
{
    if (call->held > 0)
        atomic_fetch_sub(&call->grpc->held, (long long)call->held);
    call->held = 0;
    if (call->body.capacity > KEPT_SIZE)
        buf_clear(&call->body);
    buf_reset(&call->body);
}

struct call *call_new(struct connection *connection, int32_t stream)
{
    struct grpc *grpc = connection->grpc;
    struct call *call = grpc->spare;
    struct buf body;

    buf_init(&body, MESSAGE_MAX);
    if (call != NULL) {
        grpc->spare = call->next;
        grpc->spare_count--;
        body = call->body;
    } else if ((call = memory_new(sizeof *call)) == NULL) {
        return NULL;
    }
    *call = (struct call){.grpc = grpc,
                          .connection = connection,
                          .next = connection->calls,
                          .stream = stream,
                          .started = grpc->now,
                          .heard = grpc->now,
                          .has_encoding = true,
                          .has_timeout = true,
                          .body = body};
    if (call->next != NULL)
        call->next->previous = call;
    connection->calls = call;
    grpc->call_count++;
    return call;
}

void call_free(struct call *call)
{
    struct grpc *grpc = call->grpc;

    release_body(call);
    phx_buf_free(&call->answer);
    grpc->call_count--;
    if (grpc->spare_count == SPARE_CALLS) {
        buf_clear(&call->body);
        memory_free(call);
        return;
    }
    call->next = grpc->spare;
    grpc->spare = call;
    grpc->spare_count++;
}

/* --- window --------------------------------------------------------------- */

static void withhold(struct call *call, size_t size)
{
    if (call->withheld == 0)
        call->grpc->withholding++;
    call->withheld += size;
}

static void grant(struct call *call)
{
    if (call->withheld == 0)
        return;
    session_grant(call, call->withheld);
    call->withheld = 0;
    call->grpc->withholding--;
}

static bool may_go_on(const struct call *call)
{
    const struct grpc *grpc = call->grpc;

    return atomic_load(&grpc->held) <= grpc->budget || grpc->favourite == call;
}

/* Grants all that may go on; returns the oldest of those that may not. */
static struct call *grant_all(struct grpc *grpc)
{
    struct call *oldest = NULL;

    for (struct connection *connection = grpc->connections; connection != NULL;
         connection = connection->next) {
        for (struct call *call = connection->calls; call != NULL;
             call = call->next) {
            if (call->withheld == 0)
                continue;
            if (may_go_on(call))
                grant(call);
            else if (oldest == NULL || call->started < oldest->started)
                oldest = call;
        }
    }
    return oldest;
}

void calls_grant(struct grpc *grpc)
{
    if (grpc->withholding == 0 ||
        (grpc->favourite != NULL && atomic_load(&grpc->held) > grpc->budget))
        return;
    struct call *oldest = grant_all(grpc);
    if (oldest != NULL && grpc->favourite == NULL) {
        grpc->favourite = oldest;
        grant(oldest);
    }
}

/* The call receives no more. */
static void received(struct call *call)
{
    if (call->grpc->favourite == call)
        call->grpc->favourite = NULL;
    grant(call);
}

void call_gone(struct call *call)
{
    struct connection *connection = call->connection;

    if (call->withheld > 0)
        call->grpc->withholding--;
    call->withheld = 0;
    received(call);
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        connection->calls = call->next;
    if (call->next != NULL)
        call->next->previous = call->previous;
    call->next = call->previous = NULL;
    call->connection = NULL;
    if (call->state != CALL_BUSY)
        call_free(call);
}

/* --- headers -------------------------------------------------------------- */

static bool is_refused(const struct call *call)
{
    return call->verdict.code != GRPC_OK;
}

/* "application/grpc", "application/grpc+proto" and parameters after either;
 * not "application/grpc-web" or "application/grpc+json". */
static bool is_grpc_type(phx_text value)
{
    static const char type[] = "application/grpc";
    static const char proto[] = "+proto";
    size_t size = sizeof type - 1;

    if (value.size < size || strncasecmp(value.data, type, size) != 0)
        return false;
    value = text_span(value.data + size, value.size - size);
    if (text_starts(value, proto))
        value = text_span(value.data + sizeof proto - 1,
                          value.size - sizeof proto + 1);
    return value.size == 0 || value.data[0] == ';' || value.data[0] == ' ';
}

static bool find_method(phx_text path, int32_t *format)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (text_is(path, methods[i].path)) {
            *format = methods[i].format;
            return true;
        }
    }
    return false;
}

void call_header(struct call *call, phx_text name, phx_text value)
{
    uint64_t timeout = 0;

    call->header_bytes += name.size + value.size + 32;
    if (call->header_bytes > HEADERS_MAX) {
        refuse(&call->verdict, GRPC_RESOURCE_EXHAUSTED,
               "headers are over %d bytes", HEADERS_MAX);
    } else if (text_is(name, ":method")) {
        call->is_post = text_is(value, "POST");
    } else if (text_is(name, ":path")) {
        call->is_export = find_method(value, &call->format);
    } else if (text_is(name, "content-type")) {
        call->is_grpc = is_grpc_type(value);
    } else if (text_is(name, "grpc-encoding")) {
        call->has_encoding = encoding_find(value, &call->encoding) &&
                             call->encoding != ENCODING_DEFLATE;
    } else if (text_is(name, "grpc-timeout")) {
        call->has_timeout = timeout_read(value, &timeout);
        call->deadline = timeout > 0 ? call->started + timeout : 0;
    }
}

void call_start(struct call *call)
{
    struct verdict *verdict = &call->verdict;

    if (is_refused(call))
        return;
    if (!call->is_grpc) {
        refuse_http(verdict, 415, "this port takes OTLP over gRPC only\n");
    } else if (!call->is_post) {
        refuse_http(verdict, 405, "gRPC calls are POST requests\n");
    } else if (!call->is_export) {
        refuse(verdict, GRPC_UNIMPLEMENTED,
               "no such method: this server has %s, and those of logs and "
               "metrics",
               methods[0].path);
        session_answer(call); /* it may be of those that stream requests */
    } else if (!call->has_timeout) {
        refuse(verdict, GRPC_INTERNAL, "malformed grpc-timeout");
    }
}

static void check_encoding(struct call *call)
{
    if (!call->frame.packed)
        return;
    if (!call->has_encoding) {
        refuse(&call->verdict, GRPC_UNIMPLEMENTED,
               "unknown grpc-encoding: use identity, gzip or zstd");
        call->verdict.encodings = true;
    } else if (call->encoding == ENCODING_IDENTITY) {
        refuse(&call->verdict, GRPC_INTERNAL,
               "message is compressed but grpc-encoding is absent");
    }
}

/* --- body ----------------------------------------------------------------- */

/* Refused exports are answered when they end, as clients expect, unless that
 * takes too long. */
static void discard(struct call *call, size_t size)
{
    received(call);
    release_body(call);
    session_grant(call, size);
    call->discarded += size;
    if (call->discarded > DISCARD_MAX)
        session_answer(call);
}

static void take(struct call *call, const uint8_t *bytes, size_t size)
{
    struct grpc *grpc = call->grpc;
    bool had_prefix = call->frame.prefix_size == sizeof call->frame.prefix;

    if (atomic_load(&grpc->held) > 2 * grpc->budget && !may_go_on(call)) {
        refuse(&call->verdict, GRPC_RESOURCE_EXHAUSTED,
               "requests under way hold %lld bytes, limit is %lld",
               atomic_load(&grpc->held), 2 * (long long)grpc->budget);
        call->verdict.retry = true;
        metrics_add(METRIC_REJECTED_QUEUE, 1);
        return;
    }
    if (!frame_add(&call->frame, bytes, size, &call->body, &call->verdict)) {
        if (call->frame.size > MESSAGE_MAX)
            metrics_add(METRIC_REJECTED_SIZE, 1);
        return;
    }
    hold(call);
    if (!had_prefix)
        check_encoding(call);
}

void call_receive(struct call *call, const uint8_t *bytes, size_t size)
{
    call->heard = call->grpc->now;
    if (call->state != CALL_RECEIVING) {
        session_grant(call, size);
        return;
    }
    if (!is_refused(call))
        take(call, bytes, size);
    if (is_refused(call)) {
        discard(call, size);
        return;
    }
    withhold(call, size);
    if (may_go_on(call))
        grant(call);
}

void call_end(struct call *call)
{
    size_t inline_size = call->frame.packed ? INLINE_PACKED : INLINE_SIZE;

    if (call->state != CALL_RECEIVING)
        return;
    received(call);
    if (is_refused(call) ||
        !frame_end(&call->frame, &call->body, &call->verdict)) {
        session_answer(call);
        return;
    }
    call->state = CALL_BUSY;
    call->grpc->busy++;
    if (call->body.size > inline_size ||
        !call_decode(call, &call->grpc->scratch))
        decoders_add(&call->grpc->decoders, call);
}

/* --- decode and store ----------------------------------------------------- */

static void judge(struct verdict *verdict, phx_status status,
                  const phx_error *err)
{
    enum grpc_code code = GRPC_UNAVAILABLE;
    bool retry = true;

    if (status == PHX_INVALID || status == PHX_TOO_BIG) {
        code = status == PHX_INVALID ? GRPC_INVALID_ARGUMENT
                                     : GRPC_RESOURCE_EXHAUSTED;
        retry = false;
    } else if (status == PHX_BUSY || status == PHX_NO_MEMORY) {
        code = GRPC_RESOURCE_EXHAUSTED;
    } else if (status == PHX_IO && err->os_code == ENOSPC) {
        code = GRPC_RESOURCE_EXHAUSTED; /* writer_check */
        retry = false;
    } else if (status == PHX_MISUSE || status == PHX_INTERNAL) {
        code = GRPC_INTERNAL;
        retry = false;
    }
    refuse(verdict, code, "%s", err->message);
    verdict->retry = retry;
}

static void count_refusal(phx_status status)
{
    if (status == PHX_INVALID)
        metrics_add(METRIC_REJECTED_INVALID, 1);
    else if (status == PHX_TOO_BIG)
        metrics_add(METRIC_REJECTED_SIZE, 1);
}

/* On the writer's thread. */
static void stored(void *ctx, phx_status status,
                   const phx_ingest_report *report, const phx_error *err)
{
    struct call *call = ctx;

    (void)report;
    if (status < 0)
        judge(&call->verdict, status, err);
    grpc_answered(call);
}

static phx_status decode(struct call *call, const void *bytes, size_t size,
                         phx_batch **out, phx_error *err)
{
    const char *reason = "";
    phx_status status = phx_batch_decode(call->format, size > 0 ? bytes : "",
                                         size, NULL, out, err);

    if (status < 0)
        return status;
    size_t rejected = phx_batch_rejected(*out, &reason);
    if (rejected == 0)
        return PHX_OK;
    return phx_otlp_answer(call->format, rejected, reason, &call->answer, err);
}

/* An empty batch needs no commit. */
static phx_status submit(struct call *call, phx_batch **batch, phx_error *err)
{
    if (phx_batch_size(*batch) > 0)
        return writer_submit(call->grpc->writer, batch, stored, call, err);
    metrics_batch(*batch, NULL);
    grpc_answered(call);
    return PHX_OK;
}

void call_refuse(struct call *call, const char *message)
{
    phx_error err = {0};
    phx_status status = fail(&err, PHX_BUSY, -1, "%s", message);

    metrics_add(METRIC_REJECTED_QUEUE, 1);
    release_body(call);
    judge(&call->verdict, status, &err);
    grpc_answered(call);
}

bool call_decode(struct call *call, struct buf *scratch)
{
    const struct buf *body = &call->body;
    phx_batch *batch = NULL;
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (call->frame.packed) {
        buf_reset(scratch);
        status = encoding_inflate(call->encoding, body->data, body->size,
                                  scratch, &err);
        if (status == PHX_TOO_BIG && scratch->limit < MESSAGE_MAX)
            return false;
        body = scratch;
    }
    if (status >= 0)
        status = decode(call, body->data, body->size, &batch, &err);
    count_refusal(status);
    release_body(call);
    if (status >= 0)
        status = submit(call, &batch, &err);
    phx_batch_free(batch);
    if (status >= 0)
        return true; /* who has it now may already have answered */
    judge(&call->verdict, status, &err);
    grpc_answered(call);
    return true;
}
