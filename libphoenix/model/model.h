/*
 * model: the nouns that pass from room to room.
 *
 *     wire  fills a span's wire part: ids, times, flat attributes, events ...
 *     attr  adds what it means: the attribute tree, kind, session, tokens
 *     store adds numbers: which span, trace, session and project it is
 *     block keeps all of it, but for the flat attributes
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/base.h"
#include "json/json.h"

/* OpenInference span kinds. Stored in files: numbers never change. */
enum span_kind {
    KIND_UNKNOWN = 0,
    KIND_TOOL,
    KIND_CHAIN,
    KIND_LLM,
    KIND_PROMPT,
    KIND_RETRIEVER,
    KIND_EMBEDDING,
    KIND_AGENT,
    KIND_RERANKER,
    KIND_EVALUATOR,
    KIND_GUARDRAIL,
    KIND_COUNT
};

enum span_status { STATUS_UNSET = 0, STATUS_OK, STATUS_ERROR, STATUS_COUNT };

/* An attribute list as OTLP has it: keys in order, values AnyValue: null is
 * an AnyValue without a value. */
struct attributes {
    struct member *members;
    uint32_t count;
    uint32_t dropped;
};

struct span_event {
    uint64_t time; /* ns */
    phx_text name;
    struct attributes attributes;
};

struct span_link {
    phx_text trace_id; /* raw bytes */
    phx_text span_id;
    phx_text trace_state;
    uint32_t flags;
    struct attributes attributes;
};

struct resource {
    struct attributes attributes;
    phx_text schema_url;
};

struct scope {
    phx_text name;
    phx_text version;
    struct attributes attributes;
    phx_text schema_url;
};

struct span {
    /* wire */
    phx_text trace_id;  /* raw bytes, mostly 16; never empty once accepted */
    phx_text span_id;   /* raw bytes, mostly 8 */
    phx_text parent_id; /* raw bytes; size 0 for a root */
    phx_text trace_state;
    phx_text name;
    phx_text status_message;
    uint64_t start_time; /* ns */
    uint64_t end_time;   /* ns */
    uint32_t flags;
    int32_t otlp_kind;   /* SpanKind as sent */
    int32_t otlp_status; /* Status.code as sent */
    uint32_t dropped_events;
    uint32_t dropped_links;
    struct attributes attributes; /* flat; members NULL once stored */
    struct span_event *events;
    struct span_link *links;
    uint32_t event_count;
    uint32_t link_count;
    const struct resource *resource; /* shared between spans; may be NULL */
    const struct scope *scope;       /* the same */

    /* attr */
    struct value tree;     /* JSON_OBJECT: the nested attributes */
    struct attributes raw; /* JSON texts parsed into the tree that writing it
                              again would not give back: flat key -> text */
    phx_text project_name;
    phx_text session_name; /* absent if none */
    int64_t prompt_tokens; /* -1 if not an LLM span */
    int64_t completion_tokens;
    uint8_t kind;   /* enum span_kind */
    uint8_t status; /* enum span_status */

    /* store */
    int64_t number;
    int64_t trace;
    int64_t session; /* 0 if none */
    int64_t project;

    /* block, asked for JSON: as json_write_value writes the tree, and
     * span_write_events the events; else absent */
    phx_text tree_json, events_json;
};

/* What a program logged, perhaps inside a span: gen_ai events, exceptions. */
struct log_record {
    uint64_t time;          /* ns; 0 if it is not known */
    uint64_t observed_time; /* ns; 0 the same */
    int32_t severity;       /* SeverityNumber as sent */
    uint32_t flags;
    phx_text severity_text;
    phx_text event_name;
    phx_text trace_id; /* raw bytes; the span's, empty or zero for none */
    phx_text span_id;
    struct value body; /* null if there is none */
    struct attributes attributes;
    const struct resource *resource; /* shared between records */
    const struct scope *scope;       /* the same */
};

/* Arrays of spans and of records that grow inside an arena. */
struct span_list {
    struct span *spans;
    size_t count;
    size_t capacity;
};
struct log_list {
    struct log_record *records;
    size_t count;
    size_t capacity;
};

/* Cleared, at the end of the list; or NULL (arena_status tells why). */
struct span *span_list_add(struct arena *arena, struct span_list *list);
struct log_record *log_list_add(struct arena *arena, struct log_list *list);

/* [{"name", "timestamp", "attributes"}], flat, of equal keys the last. */
void span_write_events(const struct span *span,
                       void (*print_time)(uint64_t ns, char out[40]),
                       struct buf *out);

/* [{"trace_id", "span_id", "trace_state", "attributes"}], ids in hex. */
void span_write_links(const struct span *span, struct buf *out);

/* names.c -------------------------------------------------------------------
 */

const char *span_kind_name(int kind);     /* "LLM" */
const char *span_status_name(int status); /* "UNSET" */

/* Case-insensitive, ASCII, not trimmed; KIND_UNKNOWN, or -1 if `strict`, for
 * what is no kind. */
int span_kind_read(phx_text name, bool strict);
int span_status_read(phx_text name, bool strict);

/* pack.c: values and parts of spans <-> bytes ---------------------------------
 *
 *     value   u8 kind, then: bool u8 · int zigzag varint · real f64 ·
 *             text, bytes, number: varint size, bytes ·
 *             array: varint count, values · object: varint count, (key, value)
 *
 * Exact: every value, NaN and bytes included, comes back as it was. */
void pack_value(struct buf *out, const struct value *value);
phx_status unpack_value(struct arena *arena, struct reader *in,
                        struct value *out, phx_error *err);

void pack_event(struct buf *out, const struct span_event *event);
void pack_events(struct buf *out, const struct span *span);
phx_status unpack_events(struct arena *arena, struct reader *in,
                         struct span *span, phx_error *err);
void pack_links(struct buf *out, const struct span *span);
phx_status unpack_links(struct arena *arena, struct reader *in,
                        struct span *span, phx_error *err);
void pack_resource(struct buf *out, const struct resource *resource);
phx_status unpack_resource(struct arena *arena, struct reader *in,
                           struct resource *out, phx_error *err);
void pack_scope(struct buf *out, const struct scope *scope);
phx_status unpack_scope(struct arena *arena, struct reader *in,
                        struct scope *out, phx_error *err);
void pack_attributes(struct buf *out, const struct attributes *attributes);
phx_status unpack_attributes(struct arena *arena, struct reader *in,
                             struct attributes *out, phx_error *err);

#endif
