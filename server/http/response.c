/*
 * response.c - answers: their form, their headers, and their way out. An error
 * that a handler finds is the bare sentence as text/plain; only the checks of
 * a request's form answer JSON (rest/check.c).
 */
#include "base/base.h"
#include "server/http/inside.h"
#include "server/log.h"
#include "server/metrics.h"

#include <errno.h>

/* What the clients of the reference look for. */
#define PHOENIX_VERSION "20.3.0"

static const char TEXT[] = "text/plain; charset=utf-8";

struct buf *answer_buf(struct request *request)
{
    return &request->answer.body;
}

void answer_body(struct request *request, unsigned status, const char *type)
{
    struct answer *answer = &request->answer;
    phx_error err = {0};

    if (buf_status(&answer->body, "answer", &err) < 0) {
        answer_failure(request, answer->body.status, &err);
        return;
    }
    answer->status = status;
    answer->type = type;
}

void answer_json(struct request *request, unsigned status)
{
    answer_body(request, status, "application/json");
}

void answer_empty(struct request *request, unsigned status)
{
    buf_reset(&request->answer.body);
    request->answer.status = status;
    request->answer.type = NULL;
}

void answer_text(struct request *request, unsigned status, const char *format,
                 ...)
{
    struct answer *answer = &request->answer;
    char text[1024];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    buf_reset(&answer->body);
    buf_add_string(&answer->body, text);
    answer->status = status;
    answer->type = TEXT;
}

void answer_later(struct request *request, const char *message)
{
    answer_text(request, 503, "%s", message);
    request->answer.retry = true;
}

void answer_failure(struct request *request, phx_status status,
                    const phx_error *err)
{
    switch (status) {
    case PHX_NOT_FOUND:
        answer_text(request, 404, "%s", err->message);
        break;
    case PHX_CONFLICT:
        answer_text(request, 409, "%s", err->message);
        break;
    case PHX_INVALID:
        metrics_add(METRIC_REJECTED_INVALID, 1);
        answer_text(request, 422, "%s", err->message);
        break;
    case PHX_TOO_BIG:
        metrics_add(METRIC_REJECTED_SIZE, 1);
        answer_text(request, 413, "%s", err->message);
        break;
    case PHX_UNSUPPORTED:
        answer_text(request, 501, "%s", err->message);
        break;
    case PHX_IO:
        if (err->os_code == ENOSPC) /* writer_check */
            answer_text(request, 507, "%s", err->message);
        else
            answer_later(request, err->message);
        break;
    case PHX_NO_MEMORY:
    case PHX_BUSY:
    case PHX_CORRUPT:
    case PHX_INTERRUPTED:
        answer_later(request, err->message);
        break;
    default:
        log_event(LOG_ERROR, "internal error", "route",
                  request->route ? request->route->pattern : "", "error",
                  err->message, NULL);
        answer_text(request, 500, "Internal Server Error");
    }
}

void answer_pack(struct request *request)
{
    struct answer *answer = &request->answer;
    struct buf packed;

    if (answer->stream != NULL) {
        answer->gzip = request_accepts_gzip(request) &&
                       !request_stays_here(request) && stream_pack(request);
        return;
    }
    if (answer->body.size == 0 || !request_accepts_gzip(request))
        return;
    buf_init(&packed, answer->body.limit);
    if (encoding_gzip(answer->body.data, answer->body.size, &packed, NULL) <
        0) {
        buf_clear(&packed); /* it goes out as it is */
        return;
    }
    buf_clear(&answer->body);
    answer->body = packed;
    answer->gzip = true;
}

/* RFC 8187. */
bool answer_file(struct request *request, phx_text name, const char *ending)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    static const char before[] = "attachment; filename*=UTF-8''";
    char *text = arena_new(&request->arena,
                           sizeof before + 3 * name.size + strlen(ending));
    char *at = text;

    if (text == NULL) {
        answer_later(request, "no memory for the name of the file");
        return false;
    }
    memcpy(at, before, sizeof before - 1);
    at += sizeof before - 1;
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (memchr(plain, c, sizeof plain - 1) != NULL) {
            *at++ = (char)c;
            continue;
        }
        *at++ = '%';
        *at++ = digits[c >> 4];
        *at++ = digits[c & 15];
    }
    memcpy(at, ending, strlen(ending) + 1);
    request->answer.file = text;
    return true;
}

static void add_headers(const struct request *request,
                        struct MHD_Response *response)
{
    const struct answer *answer = &request->answer;

    MHD_add_response_header(response, "x-phoenix-server-version",
                            PHOENIX_VERSION);
    MHD_add_response_header(response, "x-libphoenix-version",
                            phx_version_text());
    MHD_add_response_header(response, "x-colab-notebook-cache-control",
                            "no-cache");
    if (answer->type != NULL)
        MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->file != NULL && answer->status == 200)
        MHD_add_response_header(response, "Content-Disposition", answer->file);
    if (answer->gzip) {
        MHD_add_response_header(response, "Content-Encoding", "gzip");
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    }
    if (answer->retry)
        MHD_add_response_header(response, "Retry-After", "1");
    if (request->close)
        MHD_add_response_header(response, "Connection", "close");
}

enum MHD_Result answer_send(struct request *request)
{
    struct buf *body = &request->answer.body;
    struct MHD_Response *response;
    enum MHD_Result result;

    response = request->answer.stream != NULL
                   ? stream_response(request)
                   : MHD_create_response_from_buffer_with_free_callback(
                         body->size, body->data, memory_free);
    if (response == NULL)
        return MHD_NO;
    if (request->answer.stream == NULL)
        buf_init(body, body->limit); /* the response owns the bytes now */
    add_headers(request, response);
    result = MHD_queue_response(request->connection, request->answer.status,
                                response);
    MHD_destroy_response(response);
    metrics_add(METRIC_HTTP_REQUESTS, 1);
    return result;
}
