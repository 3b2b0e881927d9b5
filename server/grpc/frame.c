/*
 * frame.c - what gRPC adds to HTTP/2.
 *
 *     +--------+--------+--------+--------+--------+-----------
 *     | packed |     size, big-endian 32 bits      | message ...
 *     +--------+--------+--------+--------+--------+-----------
 *
 * A unary call is one such message. Its status comes in trailers: grpc-status,
 * grpc-message and, in base64, grpc-status-details-bin.
 */
#include "server/grpc/inside.h"

#include <stdio.h>

enum { RESERVE = 16 << 10 };

bool refuse(struct verdict *verdict, enum grpc_code code, const char *format,
            ...)
{
    va_list values;

    *verdict = (struct verdict){.code = code, .http = 200};
    va_start(values, format);
    vsnprintf(verdict->message, sizeof verdict->message, format, values);
    va_end(values);
    return false;
}

bool refuse_http(struct verdict *verdict, int status, const char *message)
{
    refuse(verdict, GRPC_INTERNAL, "%s", message);
    verdict->http = status;
    return false;
}

static bool read_prefix(struct frame *frame, struct verdict *verdict)
{
    const uint8_t *prefix = frame->prefix;

    frame->size = (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 |
                  (size_t)prefix[3] << 8 | prefix[4];
    frame->packed = prefix[0] == 1;
    if (prefix[0] > 1)
        return refuse(verdict, GRPC_INTERNAL,
                      "message begins with byte %u, not 0 or 1", prefix[0]);
    if (frame->size > MESSAGE_MAX)
        return refuse(verdict, GRPC_RESOURCE_EXHAUSTED,
                      "message is %zu bytes, limit is %zu", frame->size,
                      MESSAGE_MAX);
    return true;
}

/* A claimed size is not believed until a quarter of it is here. */
static void reserve(const struct frame *frame, struct buf *body, size_t size)
{
    size_t left = frame->size - body->size;

    if (size <= body->capacity - body->size)
        return;
    if (left <= RESERVE || body->size >= frame->size / 4)
        buf_room(body, left);
}

bool frame_add(struct frame *frame, const uint8_t *bytes, size_t size,
               struct buf *body, struct verdict *verdict)
{
    while (frame->prefix_size < sizeof frame->prefix && size > 0) {
        frame->prefix[frame->prefix_size++] = *bytes++;
        size--;
        if (frame->prefix_size == sizeof frame->prefix &&
            !read_prefix(frame, verdict))
            return false;
    }
    if (size == 0)
        return true;
    if (size > frame->size - body->size)
        return refuse(verdict, GRPC_UNIMPLEMENTED,
                      "more than one message in a unary call");
    reserve(frame, body, size);
    buf_add(body, bytes, size);
    if (body->status < 0) {
        refuse(verdict, GRPC_RESOURCE_EXHAUSTED, "no memory for the message");
        verdict->retry = true;
        return false;
    }
    return true;
}

bool frame_end(const struct frame *frame, const struct buf *body,
               struct verdict *verdict)
{
    if (frame->prefix_size == 0)
        return refuse(verdict, GRPC_UNIMPLEMENTED,
                      "no message in a unary call");
    if (frame->prefix_size < sizeof frame->prefix || body->size < frame->size)
        return refuse(verdict, GRPC_INTERNAL,
                      "message ends after %zu bytes of %zu", body->size,
                      frame->size);
    return true;
}

void frame_print(uint8_t prefix[5], size_t size)
{
    prefix[0] = 0;
    for (int i = 0; i < 4; i++)
        prefix[1 + i] = (uint8_t)(size >> (24 - 8 * i));
}

bool timeout_read(phx_text text, uint64_t *out_ns)
{
    static const struct {
        char letter;
        uint64_t ns;
    } units[] = {{'n', 1},          {'u', 1000},        {'m', 1000000},
                 {'S', 1000000000}, {'M', 60000000000}, {'H', 3600000000000}};
    const uint64_t day = 86400000000000;
    uint64_t count = 0;
    size_t i;

    if (text.size < 2 || text.size > 9)
        return false;
    for (i = 0; i + 1 < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        count = count * 10 + (uint64_t)(text.data[i] - '0');
    }
    for (size_t j = 0; j < sizeof units / sizeof *units; j++) {
        if (units[j].letter != text.data[i])
            continue;
        *out_ns = count > day / units[j].ns ? 0 : count * units[j].ns;
        if (count == 0)
            *out_ns = 1;
        return true;
    }
    return false;
}

void message_print(struct buf *out, const char *message)
{
    for (; *message != '\0'; message++) {
        if (*message >= ' ' && *message <= '~' && *message != '%')
            buf_add_byte(out, (uint8_t)*message);
        else
            buf_add_format(out, "%%%02X", (unsigned)(uint8_t)*message);
    }
}

static void add_field(struct buf *out, uint8_t tag, const void *bytes,
                      size_t size)
{
    buf_add_byte(out, tag);
    buf_add_varint(out, size);
    buf_add(out, bytes, size);
}

/*
 *     Status    1 code   2 message   3 details: Any
 *     Any       1 type_url           2 value: RetryInfo
 *     RetryInfo 1 retry_delay: Duration {1 seconds}
 */
void retry_print(struct buf *out, const struct verdict *verdict)
{
    static const char type[] = "type.googleapis.com/google.rpc.RetryInfo";
    static const uint8_t retry_info[] = {0x0A, 2, 0x08, 1};
    struct buf any;
    struct buf status;

    buf_init(&any, 64);
    buf_init(&status, 512);
    add_field(&any, 0x0A, type, sizeof type - 1);
    add_field(&any, 0x12, retry_info, sizeof retry_info);
    buf_add_byte(&status, 0x08);
    buf_add_varint(&status, verdict->code);
    add_field(&status, 0x12, verdict->message, strlen(verdict->message));
    add_field(&status, 0x1A, any.data, any.size);
    size_t size = base64_size(status.size);
    uint8_t *room = buf_room(out, size + 1);
    if (any.status >= 0 && status.status >= 0 && room != NULL) {
        base64_print(status.data, status.size, (char *)room);
        while (size > 0 && room[size - 1] == '=')
            size--;
        buf_used(out, size);
    }
    buf_clear(&status);
    buf_clear(&any);
}
