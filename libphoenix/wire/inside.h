/*
 * inside.h - what the files of the wire room share: the tags of OTLP, and the
 * parts of reading that are the same for both forms.
 */
#ifndef WIRE_INSIDE_H
#define WIRE_INSIDE_H

#include "wire/wire.h"

/* One request being read, in either form. */
struct decoder {
    struct arena *arena;
    const uint8_t *base; /* the request, in the arena */
    size_t size;
    struct wire_request request;
    const struct resource *resource; /* of what is being walked */
    const struct scope *scope;
    bool barred; /* one of these two is unusable */
    phx_error *err;
};

/* What a request is a list of, and how one of them is read, which is also
 * how it comes into the request. */
struct signal {
    const char *resources, *scopes, *items; /* names of the lists in JSON */
    phx_status (*read)(struct decoder *decoder, struct reader item);
    phx_status (*read_json)(struct decoder *decoder, const struct value *item);
};

static const phx_text EMPTY = {"", 0};

/* --- protobuf.c: fields of a protobuf message ------------------------- */

enum {
    VARINT = 0,
    FIXED64 = 1,
    BYTES = 2,
    GROUP = 3,
    END_GROUP = 4,
    FIXED32 = 5
};

/* Tags, number * 8 + wire type, of the messages of opentelemetry-proto. A
 * known field of another wire type has another tag, so it is skipped. */
enum {
    /* alike for spans, logs and metrics */
    REQUEST_RESOURCES = 1 * 8 + BYTES,

    RESOURCES_RESOURCE = 1 * 8 + BYTES,
    RESOURCES_SCOPES = 2 * 8 + BYTES,
    RESOURCES_SCHEMA_URL = 3 * 8 + BYTES,

    SCOPES_SCOPE = 1 * 8 + BYTES,
    SCOPES_ITEMS = 2 * 8 + BYTES,
    SCOPES_SCHEMA_URL = 3 * 8 + BYTES,

    RESOURCE_ATTRIBUTES = 1 * 8 + BYTES,
    RESOURCE_DROPPED = 2 * 8 + VARINT,

    SCOPE_NAME = 1 * 8 + BYTES,
    SCOPE_VERSION = 2 * 8 + BYTES,
    SCOPE_ATTRIBUTES = 3 * 8 + BYTES,
    SCOPE_DROPPED = 4 * 8 + VARINT,

    SPAN_TRACE_ID = 1 * 8 + BYTES,
    SPAN_SPAN_ID = 2 * 8 + BYTES,
    SPAN_TRACE_STATE = 3 * 8 + BYTES,
    SPAN_PARENT_ID = 4 * 8 + BYTES,
    SPAN_NAME = 5 * 8 + BYTES,
    SPAN_KIND = 6 * 8 + VARINT,
    SPAN_START_TIME = 7 * 8 + FIXED64,
    SPAN_END_TIME = 8 * 8 + FIXED64,
    SPAN_ATTRIBUTES = 9 * 8 + BYTES,
    SPAN_DROPPED_ATTRIBUTES = 10 * 8 + VARINT,
    SPAN_EVENTS = 11 * 8 + BYTES,
    SPAN_DROPPED_EVENTS = 12 * 8 + VARINT,
    SPAN_LINKS = 13 * 8 + BYTES,
    SPAN_DROPPED_LINKS = 14 * 8 + VARINT,
    SPAN_STATUS = 15 * 8 + BYTES,
    SPAN_FLAGS = 16 * 8 + FIXED32,

    EVENT_TIME = 1 * 8 + FIXED64,
    EVENT_NAME = 2 * 8 + BYTES,
    EVENT_ATTRIBUTES = 3 * 8 + BYTES,
    EVENT_DROPPED = 4 * 8 + VARINT,

    LINK_TRACE_ID = 1 * 8 + BYTES,
    LINK_SPAN_ID = 2 * 8 + BYTES,
    LINK_TRACE_STATE = 3 * 8 + BYTES,
    LINK_ATTRIBUTES = 4 * 8 + BYTES,
    LINK_DROPPED = 5 * 8 + VARINT,
    LINK_FLAGS = 6 * 8 + FIXED32,

    STATUS_MESSAGE = 2 * 8 + BYTES,
    STATUS_CODE = 3 * 8 + VARINT,

    LOG_TIME = 1 * 8 + FIXED64,
    LOG_SEVERITY = 2 * 8 + VARINT,
    LOG_SEVERITY_TEXT = 3 * 8 + BYTES,
    LOG_BODY = 5 * 8 + BYTES,
    LOG_ATTRIBUTES = 6 * 8 + BYTES,
    LOG_DROPPED = 7 * 8 + VARINT,
    LOG_FLAGS = 8 * 8 + FIXED32,
    LOG_TRACE_ID = 9 * 8 + BYTES,
    LOG_SPAN_ID = 10 * 8 + BYTES,
    LOG_OBSERVED_TIME = 11 * 8 + FIXED64,
    LOG_EVENT_NAME = 12 * 8 + BYTES,

    METRIC_GAUGE = 5 * 8 + BYTES,
    METRIC_SUM = 7 * 8 + BYTES,
    METRIC_HISTOGRAM = 9 * 8 + BYTES,
    METRIC_EXPONENTIAL_HISTOGRAM = 10 * 8 + BYTES,
    METRIC_SUMMARY = 11 * 8 + BYTES,
    METRIC_DATA_POINTS = 1 * 8 + BYTES, /* of each of these */

    ATTRIBUTE_KEY = 1 * 8 + BYTES,
    ATTRIBUTE_VALUE = 2 * 8 + BYTES,

    VALUE_STRING = 1 * 8 + BYTES,
    VALUE_BOOL = 2 * 8 + VARINT,
    VALUE_INT = 3 * 8 + VARINT,
    VALUE_DOUBLE = 4 * 8 + FIXED64,
    VALUE_ARRAY = 5 * 8 + BYTES,
    VALUE_KVLIST = 6 * 8 + BYTES,
    VALUE_BYTES = 7 * 8 + BYTES,
    VALUE_STRING_INDEX = 8 * 8 + VARINT,

    LIST_VALUES = 1 * 8 + BYTES,

    ANSWER_PARTIAL_SUCCESS = 1 * 8 + BYTES,
    PARTIAL_SUCCESS_REJECTED = 1 * 8 + VARINT,
    PARTIAL_SUCCESS_MESSAGE = 2 * 8 + BYTES
};

struct field {
    uint32_t tag;
    uint64_t number; /* of VARINT, FIXED64 and FIXED32 */
    phx_text bytes;  /* of BYTES; lent */
};

/* The next field of a message that is not at its end. A group is skipped, and
 * shows by its tag alone. */
phx_status field_next(struct decoder *decoder, struct reader *message,
                      struct field *out);

/* The bytes of a string field, checked; `what` names it in the story. */
phx_status field_text(struct decoder *decoder, const struct field *field,
                      const char *what, phx_text *out);

/* How often each BYTES field numbered below FIELD_COUNTS comes. */
enum { FIELD_COUNTS = 16 };
phx_status field_count(struct decoder *decoder, struct reader message,
                       uint32_t counts[FIELD_COUNTS]);

/* The one submessage with this tag: empty if it is not there, its pieces
 * joined, which is their merger, if it came in several. */
phx_status field_part(struct decoder *decoder, struct reader message,
                      uint32_t tag, struct reader *out);

static inline struct reader reader_over(phx_text bytes)
{
    struct reader reader;

    reader_init(&reader, bytes.data, bytes.size);
    return reader;
}

/* --- any_value.c: KeyValue and AnyValue ------------------------------- */

phx_status any_value_read(struct decoder *decoder, struct reader in,
                          struct value *out);

/* Room for a list of attributes that comes count times in its message, which
 * `what` names in the plural; then one after the other. */
phx_status attributes_start(struct decoder *decoder, uint32_t count,
                            const char *what, struct attributes *out);
phx_status attributes_add(struct decoder *decoder, const struct field *field,
                          struct attributes *out);

/* --- otlp_json_field.c: members of a message in OTLP/JSON ------------- */

struct enum_name {
    const char *name; /* NULL ends a table */
    int32_t number;
};

phx_status message_wrong(struct decoder *decoder, const char *name,
                         const char *wanted); /* 'NAME' is not WANTED */

/* Whether a key is the name, or the name as it stands in the .proto file:
 * traceId is trace_id there. */
bool message_key_is(phx_text key, const char *name);

phx_status message_check(struct decoder *decoder, const struct value *message,
                         const char *name); /* that it is an object */

/* A member that is there and not null, or NULL. */
const struct value *message_find(const struct value *message, const char *name);

/* Those give what proto3 has by default if the member is not there: an empty
 * list, message or text, or 0. */
phx_status message_list(struct decoder *decoder, const struct value *message,
                        const char *name, struct value *out);
phx_status message_part(struct decoder *decoder, const struct value *message,
                        const char *name, struct value *out);
phx_status message_text(struct decoder *decoder, const struct value *message,
                        const char *name, phx_text *out);
phx_status message_id(struct decoder *decoder, const struct value *message,
                      const char *name, phx_text *out); /* raw bytes of hex */
phx_status message_u64(struct decoder *decoder, const struct value *message,
                       const char *name, uint64_t *out);
phx_status message_u32(struct decoder *decoder, const struct value *message,
                       const char *name, uint32_t *out);
phx_status message_enum(struct decoder *decoder, const struct value *message,
                        const char *name, const struct enum_name *names,
                        int32_t *out);

/* An integer as number or text; false if it is none of 64 bits. */
bool message_int64(const struct value *value, int64_t *out);

/* A JSON_NUMBER rounded to a double; `name` is the member's. */
phx_status message_real(struct decoder *decoder, phx_text digits,
                        const char *name, double *out);

/* --- otlp_json_value.c: attributes of OTLP/JSON ---------------------- */

phx_status any_value_read_json(struct decoder *decoder, const struct value *any,
                               struct value *out);

/* The attributes of a message and the count of those dropped; `what` names
 * them where there are too many. */
phx_status attributes_read_json(struct decoder *decoder,
                                const struct value *message, const char *what,
                                struct attributes *out);

/* --- otlp.c, otlp_json.c, otlp_log.c, otlp_metric.c: one of each ------ */

phx_status span_read(struct decoder *decoder, struct reader item);
phx_status span_read_json(struct decoder *decoder, const struct value *item);
phx_status log_read(struct decoder *decoder, struct reader item);
phx_status log_read_json(struct decoder *decoder, const struct value *item);
phx_status metric_read(struct decoder *decoder, struct reader item);
phx_status metric_read_json(struct decoder *decoder, const struct value *item);

/* --- intake.c: what both forms do alike ------------------------------- */

/* What a reader returns when its span or record is to be left out. It never
 * leaves the room. */
enum { WIRE_REFUSED = -100 };

/* Copies a request into the arena, for spans to point into. TOO_BIG over
 * 2 GiB, which is protobuf's own limit and lets counts be 32 bits. */
phx_status wire_copy_request(struct arena *arena, const void *bytes,
                             size_t size, const uint8_t **out, phx_error *err);

/* Hands the request over; a reason stays only if a span was left out. */
void wire_finish(const struct wire_request *request, struct wire_request *out);

/* Notes why, if it is the first, and returns WIRE_REFUSED. */
phx_status wire_refuse(struct wire_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Refuses a list of over WIRE_ATTRIBUTES; `what` names it, in the plural. */
phx_status wire_check_count(struct wire_request *request, size_t count,
                            const char *what);

/* Room for count members; none if count is 0. */
phx_status wire_new_members(struct arena *arena, size_t count,
                            struct member **out, phx_error *err);

/* Makes *out an array or an object with room for count entries. */
phx_status wire_new_list(struct arena *arena, uint8_t kind, size_t count,
                         struct value *out, phx_error *err);

const struct signal *wire_signal(enum wire_signal signal);

/* Settles the last one of a list of *count, with the status of reading it: it
 * stays, or is taken back and counted, or its failure is passed on. */
phx_status wire_settle(struct wire_request *request, size_t *count,
                       phx_status status);

/* To be filled, with its resource and scope and with texts that are empty. */
phx_status wire_add_span(struct decoder *decoder, struct span **out);
phx_status wire_settle_span(struct wire_request *request, phx_status status);
phx_status wire_add_log(struct decoder *decoder, struct log_record **out);

/* Of members with one key keeps the last value at the first place. */
phx_status wire_unique_keys(struct member *members, uint32_t *count,
                            phx_error *err);

#endif
