/*
 * What the files of the wire room share: the tags of OTLP, and the parts of
 * reading that are the same for both forms.
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
    bool barred; /* the spans being walked have an unusable resource or scope */
    phx_error *err;
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
    REQUEST_RESOURCE_SPANS = 1 * 8 + BYTES,

    RESOURCE_SPANS_RESOURCE = 1 * 8 + BYTES,
    RESOURCE_SPANS_SCOPE_SPANS = 2 * 8 + BYTES,
    RESOURCE_SPANS_SCHEMA_URL = 3 * 8 + BYTES,

    SCOPE_SPANS_SCOPE = 1 * 8 + BYTES,
    SCOPE_SPANS_SPANS = 2 * 8 + BYTES,
    SCOPE_SPANS_SCHEMA_URL = 3 * 8 + BYTES,

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

/* --- any_value.c: KeyValue and AnyValue ------------------------------- */

phx_status attribute_read(struct decoder *decoder, phx_text bytes,
                          struct member *out);

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

/* The attributes of a message and the count of those dropped; `what` names
 * them where there are too many. */
phx_status attributes_read_json(struct decoder *decoder,
                                const struct value *message, const char *what,
                                struct attributes *out);

/* --- intake.c: what both forms do alike ------------------------------- */

/* What a span's reader returns when the span is to be left out. It never
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

/* A span to be filled, whose texts are empty. */
struct span *wire_add_span(struct arena *arena, struct wire_request *request);

/* Settles the span added last, with the status of reading it: it stays, or
 * is taken back and counted, or its failure is passed on. */
phx_status wire_settle_span(struct wire_request *request, phx_status status);

/* Of members with one key keeps the last value at the first place. */
phx_status wire_unique_keys(struct member *members, uint32_t *count,
                            phx_error *err);

#endif
