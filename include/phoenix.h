/*
 * phoenix.h - take in, keep and give back the traces of LLM programs.
 *
 *     OTLP bytes --> spans --> store --> query --> rows
 *
 * Five rules hold for every function in this file.
 *
 * Errors   A PHX_CALL returns PHX_OK, or PHX_DONE when a cursor has run out or
 *          compaction has nothing to do, or PHX_UNMET when spans are not as
 *          expected, or a negative status. On failure the
 *          outputs are untouched, the store is as it was before the call, and
 *          *err, if given, says why.
 * Owners   What you open or decode is yours to close or free: once, in any
 *          order, NULL allowed. What you are lent (const struct, phx_text)
 *          stays good until the next call on the handle that lent it.
 * Text     UTF-8 throughout. Text lent by the library also ends in a NUL.
 * Threads  Any number of threads may use one phx_store, or one phx_tracer.
 *          Every other handle is for one thread at a time. The library has no global state, needs
 *          no initialisation and starts no thread of its own.
 * Growth   Structs that begin with `size` may gain fields at their end; start
 *          them from their PHX_..._INIT. So may the rows that are only lent
 *          (phx_span, phx_trace, ...): never copy them whole. All others are
 *          fixed.
 *
 * A comment states inputs and outputs where their names do not, with [shape]
 * and unit, then after "Errors:" the statuses a call can return besides
 * MISUSE and NO_MEMORY. Tools read these comments: keep their form.
 */
#ifndef PHOENIX_H
#define PHOENIX_H

#include <stddef.h>
#include <stdint.h>

#ifndef PHX_API
#  if defined(__GNUC__)
#    define PHX_API __attribute__((visibility("default")))
#  else
#    define PHX_API
#  endif
#endif

/* Begins every function that can fail; its result may not be dropped. */
#if defined(__GNUC__)
#  define PHX_CALL PHX_API __attribute__((warn_unused_result)) phx_status
#else
#  define PHX_CALL PHX_API phx_status
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- Library ------------------------------------------------------------- */

#define PHX_VERSION_MAJOR 0
#define PHX_VERSION_MINOR 1
#define PHX_VERSION_PATCH 0
#define PHX_VERSION \
    (PHX_VERSION_MAJOR * 1000000 + PHX_VERSION_MINOR * 1000 + PHX_VERSION_PATCH)

/* PHX_VERSION of the library that is loaded; compare with the macro. */
PHX_API int32_t phx_version(void);

/* The same as text, "0.1.0". Lent for ever. */
PHX_API const char *phx_version_text(void);

/* 1 if this build has the part ("sqlite"), else 0. */
PHX_API int32_t phx_has_feature(const char *name);

/* --- Errors -------------------------------------------------------------- */

/* Statuses differ by what the caller can do, not by where they arose. */
typedef int32_t phx_status;
enum {
    PHX_OK = 0,
    PHX_DONE = 1,          /* no more rows or work; not a failure */
    PHX_UNMET = 2,         /* an expectation is not met; not a failure */
    PHX_NO_MEMORY = -1,    /* nothing changed; free something and try again */
    PHX_MISUSE = -2,       /* the call broke a rule of this file */
    PHX_INVALID = -3,      /* the data given is malformed; see err->offset */
    PHX_NOT_FOUND = -4,    /* nothing has that name or id */
    PHX_CONFLICT = -5,     /* it exists, or changed since you read it */
    PHX_TOO_BIG = -6,      /* a documented limit was passed */
    PHX_BUSY = -7,         /* another writer holds the store; try again */
    PHX_INTERRUPTED = -8,  /* phx_store_interrupt() was called */
    PHX_IO = -9,           /* disk or network failed; see err->os_code */
    PHX_CORRUPT = -10,     /* the store holds what was never written */
    PHX_UNSUPPORTED = -11, /* not in this build, or the store is newer */
    PHX_INTERNAL = -12     /* a bug in libphoenix; please report it */
};

/* Filled by a failing call. It is the caller's, so any thread may read it. */
typedef struct phx_error {
    phx_status status; /* what the call returned */
    int32_t os_code;   /* errno or the database's own code; 0 if none */
    int64_t offset;    /* input byte, or array index, at fault; -1 if none */
    char message[496]; /* one English sentence, ends in a NUL */
} phx_error;           /* 512 bytes */

/* "PHX_NOT_FOUND" for PHX_NOT_FOUND, and so on. Lent for ever. */
PHX_API const char *phx_status_name(phx_status status);

/* --- Text ---------------------------------------------------------------- */

/* Borrowed bytes. data NULL means absent, which is not the same as empty. */
typedef struct phx_text {
    const char *data;
    size_t size; /* bytes, without the NUL */
} phx_text;

/* Bytes the library writes for the caller, who may reuse it and frees it. */
typedef struct phx_buf {
    char *data;  /* ends in a NUL; NULL until first written */
    size_t size; /* bytes, without the NUL */
    size_t capacity;
} phx_buf;
#define PHX_BUF_INIT {NULL, 0, 0}

PHX_API void phx_buf_free(phx_buf *buf);

/* --- Spans from the wire ------------------------------------------------- */

enum {
    PHX_OTLP_PROTOBUF = 0, /* an ExportTraceServiceRequest */
    PHX_OTLP_JSON = 1,     /* the same as OTLP/JSON */
    PHX_SPAN_JSON = 2,     /* {"data": [span ...]} as REST shows spans */
    PHX_LOGS_PROTOBUF = 3, /* an ExportLogsServiceRequest */
    PHX_LOGS_JSON = 4,     /* the same as OTLP/JSON */
    PHX_METRICS_PROTOBUF = 5, /* an ExportMetricsServiceRequest, ... */
    PHX_METRICS_JSON = 6,     /* ... of which nothing is kept */
    PHX_ATIF = 7 /* an agent trajectory, ATIF-v1, or a JSON array of them */
};

enum { PHX_SPAN_UNSET = 0, PHX_SPAN_OK = 1, PHX_SPAN_ERROR = 2 };

typedef int64_t phx_id; /* a row of the store, > 0; 0 means none */

/* Where a span that a search found has its first word. */
typedef struct phx_match {
    phx_text path;    /* of the text: "name", "status_message", or that of an
                         attribute: "llm.input_messages[0].message.content" */
    size_t offset;    /* of the word in the text, bytes */
    size_t size;      /* of the word there, bytes */
    phx_text snippet; /* the word and up to 64 bytes on each side of it, whole
                         characters */
    size_t mark;      /* offset of the word in the snippet */
} phx_match;

/* One span, lent. Times are nanoseconds since 1970-01-01 UTC. */
typedef struct phx_span {
    phx_id id;                 /* its number in the store; 0 until stored */
    phx_id trace;              /* its trace's; 0 until stored */
    phx_id session;            /* its session's; 0 if none */
    phx_id project_id;         /* its project's; 0 until stored */
    uint64_t start_time;       /* ns */
    uint64_t end_time;         /* ns */
    int64_t prompt_tokens;     /* -1 if not an LLM span */
    int64_t completion_tokens; /* -1 if not an LLM span */
    int32_t status;            /* PHX_SPAN_... */
    int32_t flags;             /* W3C trace flags as sent */
    phx_text trace_id;         /* lower-case hex of the bytes sent, mostly 16 */
    phx_text span_id;          /* the same, mostly of 8 bytes */
    phx_text parent_id;        /* the same; absent for a root */
    phx_text project;          /* name */
    phx_text session_id;       /* as a span of a batch gives it; else absent */
    phx_text name;
    phx_text kind;             /* "LLM", "CHAIN", "TOOL", ... or "UNKNOWN" */
    phx_text status_message;
    phx_text trace_state;
    phx_text attributes;       /* JSON object, as the query asks for it */
    phx_text events;           /* JSON array of {name, timestamp, attributes} */
    phx_text kind_attribute;   /* JSON: the attribute openinference.span.kind as
                                  sent, which flat attributes leave out; absent
                                  if there is none */
    int64_t cumulative_prompt_tokens; /* with those of all spans below it in its */
    int64_t cumulative_completion_tokens; /* trace, if PHX_SPAN_TOTALS is asked */
    double cumulative_cost;    /* the same in USD; NaN without a price */
    const phx_match *match;    /* NULL without a search */
    phx_text links;            /* JSON array of {trace_id, span_id, trace_state,
                                  attributes} */
} phx_span;

typedef struct phx_batch phx_batch;

/*
 * Decodes one request, without a store. A span that cannot be kept (no trace
 * or span id, attributes nested over 255 levels, over 16384 attributes, events
 * or links) is left out and counted: see phx_batch_rejected. PHX_SPAN_JSON is
 * taken whole or not at all, and the offset of a bad span is its index; so is
 * PHX_ATIF, and there it is the index of the step.
 *
 * A log record belongs to the span it names. Stored before it or after it, the
 * record becomes one of its events; messages that it carries (gen_ai.*) become
 * the span's llm.input_messages and llm.output_messages if it has none, for
 * every reader and filter, from the same commit on. But where many small
 * records have had large spans written again, those to come are held until the
 * next of their span, or phx_store_compact, brings them in. Records that wait,
 * or name no span, are kept as phx_store_retain_due says. The data points of
 * metrics are counted as left out, all of them.
 *
 * bytes   [size] uncompressed, up to 64 MiB; yours again after the call. What
 *         is in them may take up to 512 MiB of memory.
 * project overrides the project of every span; NULL leaves it to the resource
 *         attribute openinference.project.name, else "default".
 * Errors: INVALID (offset is where decoding stopped), TOO_BIG.
 */
PHX_CALL phx_batch_decode(int32_t format, const void *bytes, size_t size,
                          const char *project, phx_batch **out,
                          phx_error *err);

PHX_API size_t phx_batch_size(const phx_batch *batch); /* spans or records */

/* The format it was decoded from; -1 of NULL. */
PHX_API int32_t phx_batch_format(const phx_batch *batch);

/* Bytes of memory that the batch holds until it is freed, for hosts that bound
 * what waits for a commit. */
PHX_API size_t phx_batch_memory(const phx_batch *batch);

/* How many spans, records or data points were left out; *reason, if given, is
 * lent until the batch is freed: why the first was, or "". */
PHX_API size_t phx_batch_rejected(const phx_batch *batch, const char **reason);

/* The span at index, or NULL past the end or without memory. Lent until the
 * next call on the batch. */
PHX_API const phx_span *phx_batch_span(phx_batch *batch, size_t index);

PHX_API void phx_batch_free(phx_batch *batch);

/*
 * The body of an ExportTraceServiceResponse, or of that of logs or metrics.
 *
 * format   of the request; not PHX_SPAN_JSON or PHX_ATIF.
 * rejected what was left out, for partial_success; 0 for a full success.
 * reason   why; NULL or "" for none.
 */
PHX_CALL phx_otlp_answer(int32_t format, uint64_t rejected,
                         const char *reason, phx_buf *out, phx_error *err);

/* --- Attributes ---------------------------------------------------------- */

/*
 * {"llm.token_count.total": 7} becomes {"llm": {"token_count": {"total": 7}}}.
 * A number between dots opens an array only if an object follows it. What
 * would be nested deeper than 255 stays a dotted key.
 *
 * json    [size] one object of dotted keys; of equal keys the last wins.
 * Errors: INVALID, TOO_BIG (a value is nested deeper than 255).
 */
PHX_CALL phx_attributes_unflatten(const char *json, size_t size, phx_buf *out,
                                  phx_error *err);

/* The way back; arrays of objects become keys with numbers, nulls and empty
 * objects vanish. Errors: INVALID, TOO_BIG. */
PHX_CALL phx_attributes_flatten(const char *json, size_t size, phx_buf *out,
                                phx_error *err);

/* --- Store --------------------------------------------------------------- */

typedef struct phx_store phx_store;

enum {
    PHX_OPEN_READ_ONLY = 1,  /* beside a writing process, too */
    PHX_OPEN_NO_MIGRATE = 2, /* an older store is UNSUPPORTED */
    PHX_OPEN_NO_COMPACT = 4  /* ingest leaves phx_store_compact to the host */
};

typedef struct phx_store_options {
    size_t size;
    uint32_t flags;        /* PHX_OPEN_..., or-ed */
    uint32_t busy_timeout; /* ms to wait for another program's lock */
    const char *sqlite_vfs; /* name of a registered SQLite VFS; NULL: default */
    int64_t retention_days; /* of the default retention policy, once, when the
                               store gets it; 0: traces are kept for ever */
} phx_store_options;
#define PHX_STORE_OPTIONS_INIT {sizeof(phx_store_options), 0, 5000, NULL, 0}

/*
 * Opens a store; makes its tables, or brings older ones up to date.
 *
 * url     "sqlite:PATH", "sqlite:///PATH" (an absolute path has four
 *         slashes), "sqlite::memory:" or "sqlite:///:memory:". One process
 *         writes a store at a time, from open to close.
 * options NULL for the defaults.
 * Errors: INVALID (url), NOT_FOUND (read-only), IO, BUSY (the message has
 *         the process id of the writer), CORRUPT (no store), UNSUPPORTED.
 */
PHX_CALL phx_store_open(const char *url, const phx_store_options *options,
                        phx_store **out, phx_error *err);

/* Open cursors stay usable; the store goes away with the last of them. */
PHX_API void phx_store_close(phx_store *store);

/* Makes the calls now running on the store return INTERRUPTED. */
PHX_API void phx_store_interrupt(phx_store *store);

typedef struct phx_ingest_report {
    int64_t accepted;  /* spans or records stored */
    int64_t duplicate; /* spans whose id was known, records that were there;
                          the first is kept */
    int64_t rejected;  /* those left out, see phx_batch_decode */
} phx_ingest_report;

/*
 * Decodes a request and stores its spans durably. Calls that wait for a
 * commit at the same time share the next one.
 *
 * project overrides that of every span; NULL as in phx_batch_decode.
 * Errors: INVALID, TOO_BIG, IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_ingest(phx_store *store, const char *project,
                          int32_t format, const void *bytes, size_t size,
                          phx_ingest_report *out, phx_error *err);

/*
 * Stores decoded batches in one durable commit, all or nothing. The batches
 * stay yours, and may not be used again but to be freed.
 *
 * batches [count].
 * out     [count] reports, or NULL.
 * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_put(phx_store *store, phx_batch **batches, size_t count,
                       phx_ingest_report *out, phx_error *err);

/*
 * Rewrites young blocks into their lasting order, merges indexes and sweeps
 * deleted rows; DONE when nothing is left to do. Ingest does what is overdue
 * itself unless the store was opened with PHX_OPEN_NO_COMPACT.
 *
 * budget  ms, about; 0 for what is overdue alone, however long that takes.
 * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_compact(phx_store *store, uint32_t budget, phx_error *err);

/* Told of each fault found; message is lent for the call. */
typedef void (*phx_verify_fn)(void *ctx, const char *message);

/*
 * Checks every invariant of the store: checksums, bounds, row counts, zone
 * maps, postings, numbers and totals. Reads all of it.
 *
 * found   told of each fault, up to 100 of them; NULL to stop at the first.
 * Errors: CORRUPT (err has the first fault), IO, INTERRUPTED.
 */
PHX_CALL phx_store_verify(phx_store *store, phx_verify_fn found, void *ctx,
                          phx_error *err);

/* Copies the store as it is now to a new file, while others read and write.
 * Errors: CONFLICT (the file exists), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_store_backup(phx_store *store, const char *path, phx_error *err);

typedef struct phx_store_stats {
    int64_t spans;        /* rows kept, deleted ones that are not swept too */
    int64_t traces;
    int64_t sessions;
    int64_t projects;
    int64_t blocks;
    int64_t young_blocks; /* not rewritten yet */
    int64_t bytes;        /* of the file and its log */
    int64_t free_bytes;   /* of the file, for use again */
    int64_t deleted;      /* rows of projects, traces, spans to be swept */
    int64_t log_bytes;    /* of bytes, those in the log */
} phx_store_stats;

/* Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_stat(phx_store *store, phx_store_stats *out,
                        phx_error *err);

/* --- Tracing --------------------------------------------------------------- */

/*
 * A program traces itself, without an SDK: what it starts and ends become
 * spans of a store, with the meaning that the same spans have when they come as
 * OTLP. Keys of OpenInference are in phoenix_openinference.h.
 */

typedef struct phx_tracer phx_tracer;       /* for any number of threads */
typedef struct phx_live_span phx_live_span; /* started, and not ended */

typedef struct phx_tracer_options {
    size_t size;
    const char *project;       /* name; NULL: "default" */
    const char *service;       /* service.name of the resource; or NULL */
    const char *scope;         /* name of the instrumentation scope; or NULL */
    const char *scope_version; /* or NULL */
    size_t waiting; /* ended spans that wait for a commit, at most; 0: 512 */
} phx_tracer_options;
#define PHX_TRACER_OPTIONS_INIT \
    {sizeof(phx_tracer_options), NULL, NULL, NULL, NULL, 0}

/*
 * Opens a tracer for a store. Ended spans wait in it, and go into one commit
 * when one of them has no parent among the tracer's, when so many wait or they
 * hold 16 MiB of memory, or at a flush. What a store does not take waits on,
 * 256 MiB of it; then spans that end are dropped, and their ends say so.
 *
 * options NULL for the defaults; copied.
 * Errors: INVALID (a text is not UTF-8).
 */
PHX_CALL phx_tracer_open(phx_store *store, const phx_tracer_options *options,
                         phx_tracer **out, phx_error *err);

/* Stores all spans that have ended. Errors: IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_tracer_flush(phx_tracer *tracer, phx_error *err);

/* Stores what waits, if it can: flush first to learn of a failure. Live spans
 * stay usable; each is stored as it ends. */
PHX_API void phx_tracer_close(phx_tracer *tracer);

/*
 * Starts a span, now.
 *
 * name    one byte or more.
 * parent  a live span; NULL begins a trace.
 * Errors: INVALID (name), TOO_BIG (name), IO (no random bytes).
 */
PHX_CALL phx_span_start(phx_tracer *tracer, const char *name,
                        const phx_live_span *parent, phx_live_span **out,
                        phx_error *err);

/*
 * Starts a span whose parent is of another program, by the headers of W3C
 * trace context.
 *
 * traceparent  "00-TRACE-SPAN-FLAGS"; of a later version what is known of it.
 * tracestate   or NULL; left out if it is not printable ASCII or over 8 KiB.
 * Errors: INVALID (name; traceparent: offset is the byte), TOO_BIG (name), IO.
 */
PHX_CALL phx_span_start_remote(phx_tracer *tracer, const char *name,
                               const char *traceparent, const char *tracestate,
                               phx_live_span **out, phx_error *err);

/* Sets when a span started, if that was not when phx_span_start was called: for
 * work that is told of afterwards. start_time: ns since 1970, not 0. Errors:
 * none more. */
PHX_CALL phx_span_set_start(phx_live_span *span, uint64_t start_time,
                            phx_error *err);

/* The headers for a program that is called: 55 bytes with the ids of the span,
 * and what came with start_remote, or "". Lent until the span ends. */
PHX_API const char *phx_span_traceparent(const phx_live_span *span);
PHX_API const char *phx_span_tracestate(const phx_live_span *span);

/*
 * Sets an attribute; of equal keys the last wins. A span has up to 16384 of
 * them, and as many events and links, and is given 64 MiB of texts in all; a
 * text that replaces one counts alone, so that an answer may be set anew with
 * each word that comes. A call that fails leaves the span as it was.
 *
 * key     one byte or more.
 * value   [size], may hold NULs.
 * Errors: INVALID (a text is not UTF-8), TOO_BIG.
 */
PHX_CALL phx_span_set_text(phx_live_span *span, const char *key,
                           const char *value, size_t size, phx_error *err);

/* Errors: as phx_span_set_text: INVALID, TOO_BIG. */
PHX_CALL phx_span_set_int(phx_live_span *span, const char *key, int64_t value,
                          phx_error *err);
PHX_CALL phx_span_set_real(phx_live_span *span, const char *key, double value,
                           phx_error *err);

/* value: 0 or not. Errors: as phx_span_set_text: INVALID, TOO_BIG. */
PHX_CALL phx_span_set_bool(phx_live_span *span, const char *key, int32_t value,
                           phx_error *err);

/* Sets an attribute to a list, an object or whatever else JSON says; null
 * takes it away. Errors: INVALID (offset is the bad byte of json), TOO_BIG
 * (nested deeper than 255, too). */
PHX_CALL phx_span_set_json(phx_live_span *span, const char *key,
                           const char *json, size_t size, phx_error *err);

/* kind: "LLM", "TOOL", ... in any case, see phx_kind_name. Errors: INVALID (no
 * kind), TOO_BIG. */
PHX_CALL phx_span_set_kind(phx_live_span *span, const char *kind,
                           phx_error *err);

/* status: PHX_SPAN_... ; message: or NULL. Errors: INVALID (message is not
 * UTF-8), TOO_BIG. */
PHX_CALL phx_span_set_status(phx_live_span *span, int32_t status,
                             const char *message, phx_error *err);

enum { PHX_INPUT_MESSAGES = 0, PHX_OUTPUT_MESSAGES = 1 };

/*
 * Adds the next message of an LLM span: its attributes
 * llm.input_messages.N.message.role and .content, or those of output_messages.
 *
 * list    PHX_..._MESSAGES.
 * content [size].
 * Errors: INVALID (a text is not UTF-8), TOO_BIG.
 */
PHX_CALL phx_span_add_message(phx_live_span *span, int32_t list,
                              const char *role, const char *content,
                              size_t size, phx_error *err);

/*
 * Adds an event, of now.
 *
 * json    [size] its attributes, an object; NULL for none.
 * Errors: INVALID (offset is the bad byte of json; or a text is not UTF-8),
 *         TOO_BIG.
 */
PHX_CALL phx_span_add_event(phx_live_span *span, const char *name,
                            const char *json, size_t size, phx_error *err);

/* Adds a link to the span of a traceparent; json: [size] as of an event.
 * Errors: INVALID (traceparent or json, offset is the bad byte), TOO_BIG. */
PHX_CALL phx_span_add_link(phx_live_span *span, const char *traceparent,
                           const char *json, size_t size, phx_error *err);

/* Adds the event "exception"; any of its three texts may be NULL. The span's
 * status stays as it is. Errors: INVALID (a text is not UTF-8), TOO_BIG. */
PHX_CALL phx_span_record_exception(phx_live_span *span, const char *type,
                                   const char *message, const char *stacktrace,
                                   phx_error *err);

/*
 * Ends a span, which is gone then, whatever is returned: in what order those
 * of a trace end makes no difference. Without a failure it is in the store, or
 * waits for a commit; after one of the store it waits, too.
 *
 * end_time ns since 1970; 0 for now. No span ends before its start.
 * Errors:  TOO_BIG (what the attributes mean takes over 512 MiB); of the
 *          commit IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_span_end(phx_live_span *span, uint64_t end_time, phx_error *err);

/* Frees a span that is not to be stored; NULL is nothing. */
PHX_API void phx_span_discard(phx_live_span *span);

/* --- Projects, traces, sessions ------------------------------------------- */

typedef struct phx_project {
    phx_id id;
    uint64_t created_at; /* ns */
    uint64_t updated_at; /* ns */
    phx_text name;
    phx_text description; /* or absent */
    phx_id policy;        /* for retention; 0: the default one */
    phx_id experiment;    /* whose it is; 0 for none */
} phx_project;

/* Totals are of the spans whose kind is LLM. Times grow with the spans that come,
 * and stay when one of them is deleted, as of a session and its traces. */
typedef struct phx_trace {
    phx_id id;
    phx_id project;
    phx_id session;      /* 0 if none */
    uint64_t start_time; /* ns, the earliest of its spans */
    uint64_t end_time;   /* ns, the latest */
    int64_t spans;
    int64_t errors;      /* spans whose status is ERROR */
    int64_t prompt_tokens;
    int64_t completion_tokens;
    phx_text trace_id;   /* hex */
} phx_trace;

typedef struct phx_session {
    phx_id id;
    phx_id project;
    uint64_t start_time; /* ns */
    uint64_t end_time;   /* ns */
    int64_t traces;
    phx_text session_id; /* as the host gave it */
} phx_session;

/* name: one byte or more. description: or NULL. Errors: CONFLICT (name),
 * INVALID, IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_project_create(phx_store *store, const char *name,
                            const char *description, phx_id *out,
                            phx_error *err);

/* description: NULL leaves it as it is. Errors: NOT_FOUND, INVALID (not
 * UTF-8), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_project_update(phx_store *store, phx_id project,
                            const char *description, phx_error *err);

enum { PHX_PROJECT = 1, PHX_TRACE = 2, PHX_SESSION = 3, PHX_SPAN = 4 };

/*
 * The number of a project or session by its name, of a trace or span by its
 * id in hex, upper or lower case.
 *
 * kind    PHX_PROJECT ...
 * Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find(phx_store *store, int32_t kind, const char *name,
                        size_t size, phx_id *out, phx_error *err);

/*
 * Deletes one project, trace, session or span, with all that belongs to it,
 * annotations included.
 * It is gone for every later call; its room is given back by
 * phx_store_compact. A trace whose last span is deleted goes too.
 *
 * Errors: NOT_FOUND, CONFLICT (the project "default"), IO, BUSY, CORRUPT,
 *         INTERRUPTED.
 */
PHX_CALL phx_store_delete(phx_store *store, int32_t kind, phx_id id,
                          phx_error *err);

/*
 * Moves traces of one project to another, all of them in one commit or none:
 * their spans and what is said of them, and what comes for them later.
 * Sessions stay in the project that they began in.
 *
 * traces  [count] numbers, at least one; one that is there twice counts once.
 * out     how many there are; those of the project itself stay, and count.
 * Errors: NOT_FOUND (a trace, the project), INVALID (traces of more than one
 *         project), IO, BUSY, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_transfer(phx_store *store, const phx_id *traces,
                            size_t count, phx_id project, int64_t *out,
                            phx_error *err);

/* --- Annotations --------------------------------------------------------- */

/* What an annotation is of. Each kind has numbers of its own. */
enum {
    PHX_SPAN_ANNOTATION = 0,
    PHX_TRACE_ANNOTATION = 1,
    PHX_SESSION_ANNOTATION = 2,
    PHX_DOCUMENT_ANNOTATION = 3 /* of one document that a span retrieved */
};

/* Who judged, and by which way it came. */
enum { PHX_ANNOTATOR_LLM = 0, PHX_ANNOTATOR_CODE = 1, PHX_ANNOTATOR_HUMAN = 2 };
enum { PHX_SOURCE_API = 0, PHX_SOURCE_APP = 1 };

/* An annotation to write. Names, identifiers and labels have up to 4,096
 * bytes, explanations and metadata up to 1 MiB. */
typedef struct phx_annotation_item {
    phx_id target;        /* number of a span, trace or session; or 0 and */
    phx_text target_id;   /* a hex id of a span or trace, a session's name */
    phx_text name;        /* one byte or more */
    phx_text identifier;  /* tells annotations of one name apart; absent: "" */
    phx_text label;       /* or absent */
    phx_text explanation; /* or absent */
    phx_text metadata;    /* a JSON object; absent: {} */
    phx_id author;        /* number of a user; 0 for none */
    double score;         /* finite; counts if has_score is 1 */
    int32_t has_score;
    int32_t kind;         /* PHX_SPAN_ANNOTATION ... */
    int32_t position;     /* of a document, from 0; else 0 */
    int32_t annotator;    /* PHX_ANNOTATOR_... */
    int32_t source;       /* PHX_SOURCE_... */
    int32_t flags;        /* 0, for later use */
} phx_annotation_item;

/*
 * Writes annotations in one durable commit, all or nothing. One of the same
 * kind, target, position, name and identifier is replaced, all but its number
 * and the time it was created; of equal items the last wins.
 *
 * items   [count].
 * ids     [count] numbers, or NULL.
 * Errors: NOT_FOUND (a target), INVALID (a text is not UTF-8, the name empty,
 *         metadata no object, the score not finite, a position not below the
 *         number of documents), TOO_BIG (a text); offset is the item. IO,
 *         BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_annotate(phx_store *store, const phx_annotation_item *items,
                            size_t count, phx_id *ids, phx_error *err);

typedef struct phx_annotate_report {
    int64_t written; /* found their targets */
    int64_t waiting; /* their targets have not come */
    int64_t dropped; /* waited too long, or are of a document that the span
                        has not */
} phx_annotate_report;

/*
 * The same, but one whose target is not stored yet waits for it, durably: see
 * phx_store_annotate_waiting. Of those that wait for the same the last wins; one
 * that is written meanwhile is not undone.
 *
 * out     or NULL.
 * Errors: INVALID and TOO_BIG as above, but for positions. BUSY (a million
 *         wait already, too), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_annotate_later(phx_store *store,
                                  const phx_annotation_item *items,
                                  size_t count, phx_annotate_report *out,
                                  phx_error *err);

/*
 * Writes the annotations that wait and whose targets have come. A host calls it
 * now and then.
 *
 * before  ns since 1970: those that came earlier, and whose targets have not,
 *         are dropped; 0: none is.
 * out     those that waited, also when the call fails in the end; or NULL.
 * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_annotate_waiting(phx_store *store, uint64_t before,
                                    phx_annotate_report *out, phx_error *err);

typedef struct phx_annotation {
    phx_id id;            /* its number among those of its kind */
    phx_id target;        /* number of the span, trace or session */
    phx_id trace;         /* of the span; 0 of a session */
    phx_id project;
    phx_id author;        /* 0 for none */
    uint64_t created_at;  /* ns, of whole us */
    uint64_t updated_at;
    double score;         /* 0 without one */
    int32_t has_score;
    int32_t kind;
    int32_t position;     /* of a document; else -1 */
    int32_t annotator;
    int32_t source;
    phx_text target_id;   /* hex, or a session's name */
    phx_text name;
    phx_text identifier;
    phx_text label;       /* or absent */
    phx_text explanation; /* or absent */
    phx_text metadata;    /* JSON object, as it was sent */
} phx_annotation;

/* All that is given must hold; of the values of one list, any. At most 30,000
 * values in all. */
typedef struct phx_annotation_query {
    size_t size;
    phx_id project;       /* 0 for all */
    phx_id only;          /* one number; 0 for all */
    phx_id from;          /* the first number that may come; 0 for no bound */
    uint64_t start_time;  /* ns, inclusive, of created_at; 0 for no bound */
    uint64_t end_time;    /* ns, exclusive; 0 for no bound */
    int64_t limit;        /* rows; 0 for no limit */
    int32_t kind;         /* PHX_SPAN_ANNOTATION ... */
    uint32_t annotators;  /* 1 << PHX_ANNOTATOR_..., or-ed; 0: all */
    const phx_id *targets; /* [target_count] numbers */
    size_t target_count;
    const phx_text *target_ids; /* hex, or names of sessions */
    size_t target_id_count;
    const phx_text *identifiers;
    size_t identifier_count;
    const phx_text *names;
    size_t name_count;
    const phx_text *not_names; /* none of these */
    size_t not_name_count;
} phx_annotation_query;
#define PHX_ANNOTATION_QUERY_INIT \
    {sizeof(phx_annotation_query), 0, 0, 0, 0, 0, 0, 0, 0, \
     NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0}

/* --- Annotation configs -------------------------------------------------- */

/* What annotations of a name should be like, for who asks people for them: no
 * annotation is held against it. */
enum { PHX_CATEGORICAL = 0, PHX_CONTINUOUS = 1, PHX_FREEFORM = 2 };

/* Which scores are better. */
enum {
    PHX_NO_DIRECTION = 0, /* of PHX_FREEFORM only */
    PHX_MINIMIZE = 1,
    PHX_MAXIMIZE = 2,
    PHX_NEITHER = 3
};

enum { PHX_LOWER_BOUND = 1, PHX_UPPER_BOUND = 2, PHX_THRESHOLD = 4 };
enum { PHX_MOST_CHOICES = 1000 };

typedef struct phx_annotation_config {
    phx_id id;
    double lower_bound; /* of the score, below the upper one */
    double upper_bound;
    double threshold;
    int32_t type;       /* PHX_CATEGORICAL ... */
    int32_t direction;  /* PHX_MINIMIZE ... */
    int32_t bounds;     /* PHX_LOWER_BOUND ..., or-ed: those it has, which a
                           categorical one has not; a threshold only a freeform */
    phx_text name;
    phx_text description; /* or absent */
    phx_text choices;   /* JSON of a categorical one, else absent:
                           [{"label": "good", "score": 1.0}, ...], each label
                           once, scores may be null */
} phx_annotation_config;

/* What the config's id is counts not. Errors: INVALID (a text is not UTF-8, the
 * name empty, choices or bounds are not as above), TOO_BIG (a name over 4,096
 * bytes, a text over 1 MiB, over 1,000 choices), CONFLICT (the name is taken),
 * IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_config_create(phx_store *store,
                           const phx_annotation_config *config, phx_id *out,
                           phx_error *err);

/* Replaces all of the config with the id, its type too; projects keep it.
 * Errors: NOT_FOUND, INVALID, TOO_BIG, CONFLICT (as above), IO, BUSY,
 * INTERRUPTED, CORRUPT. */
PHX_CALL phx_config_update(phx_store *store,
                           const phx_annotation_config *config,
                           phx_error *err);

/* No project has it then; annotations stay. Errors: NOT_FOUND, IO, BUSY,
 * INTERRUPTED, CORRUPT. */
PHX_CALL phx_config_delete(phx_store *store, phx_id config, phx_error *err);

/*
 * Gives a project these configs, and no others.
 *
 * configs [count].
 * Errors: NOT_FOUND (the project; or a config, and offset is which), IO, BUSY,
 *         INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_project_set_configs(phx_store *store, phx_id project,
                                 const phx_id *configs, size_t count,
                                 phx_error *err);

/* Gives it this one, too, if assigned is 1, or takes it if that is 0. Errors:
 * NOT_FOUND (project or config), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_project_set_config(phx_store *store, phx_id project,
                                phx_id config, int32_t assigned,
                                phx_error *err);

typedef struct phx_config_query {
    size_t size;
    phx_id project; /* whose; 0 for all */
    phx_id only;    /* one number; 0 for all */
    phx_id from;    /* the first number that may come; 0 for no bound */
    int64_t limit;  /* rows; 0 for no limit */
    phx_text name;  /* or absent */
} phx_config_query;
#define PHX_CONFIG_QUERY_INIT \
    {sizeof(phx_config_query), 0, 0, 0, 0, {NULL, 0}}

/* --- Datasets ------------------------------------------------------------ */

/* What an upload does besides adding and changing examples. */
enum {
    PHX_DATASET_CREATE = 0, /* makes the dataset: CONFLICT if there is one */
    PHX_DATASET_APPEND = 1, /* nothing */
    PHX_DATASET_UPDATE = 2  /* deletes what is not among the items */
};

/* An example as it is to be. Objects have up to 16 MiB, ids 4,096 bytes. */
typedef struct phx_example_item {
    phx_text input;       /* a JSON object; absent: {} */
    phx_text output;      /* the same */
    phx_text metadata;    /* the same */
    phx_text external_id; /* the sender's own, unique in the dataset; or absent */
    phx_id example;       /* number of one that is there; or 0 */
    phx_text span_id;     /* hex, what a new one is from; a span that is not there
                             is none; or absent */
    phx_text splits;      /* JSON array of names: those it is in, all of them, made
                             where they are not there; absent: as they are */
} phx_example_item;

typedef struct phx_dataset_change {
    phx_id dataset;
    phx_id version;  /* the newest */
    int64_t created; /* examples */
    int64_t updated;
    int64_t deleted;
} phx_dataset_change;

/*
 * Brings a dataset to a new version in one durable commit, all or nothing. An
 * item is the example of its number, or the one of its external id, or else the
 * first with an equal hash that no item before it was; if there is none it is
 * new. Where nothing changes no version is made.
 *
 * name        one byte or more.
 * action      PHX_DATASET_..., all but CREATE make the dataset if it is missing.
 * description of a new dataset; or NULL.
 * items       [count].
 * Errors: CONFLICT (name), NOT_FOUND (an item's example does not live in the
 *         dataset), INVALID (a text is not UTF-8, the name or an id empty, an
 *         object none, splits no names, an example given twice), TOO_BIG (a
 *         text); offset is the item. IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_dataset_put(phx_store *store, const char *name, int32_t action,
                         const char *description,
                         const phx_example_item *items, size_t count,
                         phx_dataset_change *out, phx_error *err);

/*
 * Brings a dataset to a new version with the examples of an old one, in one
 * durable commit at the cost of what has changed since. Examples keep their
 * numbers; one that comes back is in the splits that it was in then, one that
 * goes leaves its own. The versions between stay. Where nothing has changed no
 * version is made.
 *
 * Errors: NOT_FOUND (the dataset, or a version of it), IO, BUSY, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_dataset_revert(phx_store *store, phx_id dataset, phx_id version,
                            phx_dataset_change *out, phx_error *err);

/* Deletes a dataset with all its versions. Errors: NOT_FOUND, IO, BUSY,
 * INTERRUPTED, CORRUPT. */
PHX_CALL phx_dataset_delete(phx_store *store, phx_id dataset, phx_error *err);

typedef struct phx_dataset {
    phx_id id;
    uint64_t created_at;  /* ns, of whole us */
    uint64_t updated_at;  /* of the newest version */
    phx_id first_version;
    phx_id version;       /* the newest */
    int64_t versions;
    int64_t examples;     /* of the newest */
    phx_text name;
    phx_text description; /* or absent */
    phx_text metadata;    /* JSON object */
} phx_dataset;

typedef struct phx_dataset_version {
    phx_id id;
    phx_id dataset;
    uint64_t created_at; /* ns, of whole us */
    int64_t examples;
    phx_text hash;       /* hex: equal in any store for equal examples with equal
                            external ids, whatever their order and numbers */
} phx_dataset_version;

typedef struct phx_example {
    phx_id id;
    phx_id version;       /* that it is from */
    uint64_t updated_at;  /* ns, when that was made */
    phx_text external_id; /* or absent */
    phx_text input;       /* JSON objects, as they were sent */
    phx_text output;
    phx_text metadata;
    phx_text hash;        /* hex: Phoenix's, which takes 1 for 1.0 and integers past
                             2^53 for the double next to them */
    phx_text strict_hash; /* hex: of every digit */
    phx_id span;          /* that it is from; or 0 */
    phx_text span_id;     /* hex; or absent */
    phx_text splits;      /* JSON array of the names of those it is in now */
} phx_example;

/* A split is a part of every dataset, by name. What is in it belongs to the
 * versions: the splits of a version are those that it had when the next came. */
typedef struct phx_split {
    phx_id id;
    uint64_t created_at;  /* ns, of whole us */
    uint64_t updated_at;
    int64_t examples;     /* in it now, of the dataset that was asked for */
    phx_text name;
    phx_text description; /* or absent */
    phx_text color;
    phx_text metadata;    /* JSON object */
} phx_split;

/*
 * Makes a split with examples of a dataset in it. Of the split, the texts count.
 *
 * split    its color absent: #808080; metadata absent: {}.
 * dataset  whose newest version the examples live in; 0 without any.
 * examples [count].
 * Errors:  CONFLICT (name), NOT_FOUND (the dataset; or an example, and offset is
 *          which), INVALID (a text is not UTF-8, the name empty, the metadata no
 *          object), TOO_BIG (a text), IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_split_create(phx_store *store, const phx_split *split,
                          phx_id dataset, const phx_id *examples, size_t count,
                          phx_id *out, phx_error *err);

/*
 * Changes the split with the id: its texts that are not absent, an empty
 * description to none; then puts examples of a dataset in, and takes others out.
 *
 * dataset  whose newest version the examples live in; 0 without any.
 * added    [added_count].
 * removed  [removed_count].
 * Errors:  NOT_FOUND (the split, with no offset; else as phx_split_create, and
 *          offset counts through both lists), and all others of it.
 */
PHX_CALL phx_split_update(phx_store *store, const phx_split *split,
                          phx_id dataset, const phx_id *added,
                          size_t added_count, const phx_id *removed,
                          size_t removed_count, phx_error *err);

/* Deletes a split from all datasets; examples stay. Errors: NOT_FOUND, IO, BUSY,
 * INTERRUPTED, CORRUPT. */
PHX_CALL phx_split_delete(phx_store *store, phx_id split, phx_error *err);

/* A mark on datasets. */
typedef struct phx_dataset_label {
    phx_id id;
    phx_text name;
    phx_text description; /* or absent */
    phx_text color;
} phx_dataset_label;

/* What the label's id is counts not. Errors: INVALID (a text is not UTF-8, the
 * name empty), TOO_BIG (a text), CONFLICT (name), IO, BUSY, INTERRUPTED,
 * CORRUPT. */
PHX_CALL phx_label_create(phx_store *store, const phx_dataset_label *label,
                          phx_id *out, phx_error *err);

/* Changes the texts that are not absent of the label with the id, an empty
 * description to none. Errors: NOT_FOUND, and those of phx_label_create. */
PHX_CALL phx_label_update(phx_store *store, const phx_dataset_label *label,
                          phx_error *err);

/* Deletes a label from all datasets. Errors: NOT_FOUND, IO, BUSY, INTERRUPTED,
 * CORRUPT. */
PHX_CALL phx_label_delete(phx_store *store, phx_id label, phx_error *err);

/*
 * Gives a dataset these labels, and no others.
 *
 * labels [count].
 * Errors: NOT_FOUND (the dataset; or a label, and offset is which), IO, BUSY,
 *         INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_dataset_set_labels(phx_store *store, phx_id dataset,
                                const phx_id *labels, size_t count,
                                phx_error *err);

/* Gives it this one, too, if assigned is 1, or takes it if that is 0: then the
 * label need not be there. Errors: NOT_FOUND (dataset or label), IO, BUSY,
 * INTERRUPTED, CORRUPT. */
PHX_CALL phx_dataset_set_label(phx_store *store, phx_id dataset, phx_id label,
                               int32_t assigned, phx_error *err);

/* --- Prompts ------------------------------------------------------------- */

/* How a template names its variables: {{name}}, {name}, or not at all. */
enum { PHX_MUSTACHE = 0, PHX_F_STRING = 1, PHX_NO_FORMAT = 2 };

/* What of a prompt changes. */
enum { PHX_PROMPT_DESCRIPTION = 1, PHX_PROMPT_METADATA = 2 };

typedef struct phx_prompt {
    phx_id id;
    uint64_t created_at;  /* ns, of whole us */
    uint64_t updated_at;  /* of its newest version, or of a change of it */
    phx_id source;        /* the prompt that it was made from; or 0 */
    phx_id version;       /* the newest */
    int64_t versions;
    phx_text name;        /* a-z and 0-9, and within it - and _ */
    phx_text description; /* or absent */
    phx_text metadata;    /* JSON object */
} phx_prompt;

typedef struct phx_prompt_version {
    phx_id id;
    phx_id prompt;
    uint64_t created_at; /* ns, of whole us */
    phx_text body;       /* JSON object, as phx_prompt_check gives it */
} phx_prompt_version;

typedef struct phx_prompt_tag {
    phx_id id;
    phx_id prompt;
    phx_id version;       /* that it points to */
    uint64_t updated_at;  /* ns, of whole us */
    phx_text name;        /* as a prompt's; unique in the prompt */
    phx_text description; /* or absent */
} phx_prompt_tag;

/*
 * Checks a version of a prompt: the members that `POST /v1/prompts` of Phoenix
 * has for it, docs/prompts.md tells them.
 *
 * json    [size] at most 16 MiB.
 * out     the version in the form it is kept in: members in order, numbers with
 *         the digits that they were sent with; or NULL.
 * report  where it is not well formed, a JSON array of what is wrong, each
 *         {"type", "loc", "msg", "input", "ctx"?}, 100 at most; or NULL.
 * Errors: INVALID (the first of the report; or offset is the byte that is no
 *         JSON), TOO_BIG.
 */
PHX_CALL phx_prompt_check(const char *json, size_t size, phx_buf *out,
                          phx_buf *report, phx_error *err);

/*
 * Adds a version to the prompt of a name, which is made if there is none. What
 * the others say of a prompt that is there counts not.
 *
 * prompt  name, description, metadata (absent: {}) and source are looked at;
 *         texts have up to 1 MiB, a name 4,096 bytes.
 * json    [size] the version; its template must be one of messages.
 * out     the version's number.
 * Errors: INVALID (a name, a text that is not UTF-8, metadata that is no JSON
 *         object, the version), TOO_BIG, NOT_FOUND (the source), IO, BUSY,
 *         INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_prompt_put(phx_store *store, const phx_prompt *prompt,
                        const char *json, size_t size, phx_id *out,
                        phx_error *err);

/* Gives the prompt of the number another description or metadata: `changes` is
 * PHX_PROMPT_..., or-ed. Errors: NOT_FOUND, INVALID, TOO_BIG (as above), IO,
 * BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_prompt_update(phx_store *store, const phx_prompt *prompt,
                           int32_t changes, phx_error *err);

/* With its versions and tags; prompts made from it have no source then. Errors:
 * NOT_FOUND, IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_prompt_delete(phx_store *store, phx_id prompt, phx_error *err);

/* Points a tag of the version's prompt to the version: makes it, or moves it
 * from another. description: NULL for none, which takes the one it had. Errors:
 * NOT_FOUND (the version), INVALID, TOO_BIG (as above), IO, BUSY, INTERRUPTED,
 * CORRUPT. */
PHX_CALL phx_prompt_set_tag(phx_store *store, phx_id version, const char *name,
                            const char *description, phx_error *err);

/* Errors: NOT_FOUND (the prompt, or a tag of it), IO, BUSY, INTERRUPTED,
 * CORRUPT. */
PHX_CALL phx_prompt_delete_tag(phx_store *store, phx_id prompt,
                               const char *name, phx_error *err);

/*
 * Fills a template.
 *
 * format    PHX_MUSTACHE ...
 * template_ [template_size] at most 16 MiB.
 * variables [variables_size] a JSON object.
 * out       at most 64 MiB.
 * Errors:   INVALID (the template; what it asks for is not among the variables,
 *           or cannot be formatted so), TOO_BIG.
 */
PHX_CALL phx_prompt_render(int32_t format, const char *template_,
                           size_t template_size, const char *variables,
                           size_t variables_size, phx_buf *out, phx_error *err);

/* The names that a template asks for, each once, as a JSON array; those within
 * sections of Mustache are not told. Errors: INVALID, TOO_BIG (as above). */
PHX_CALL phx_prompt_variables(int32_t format, const char *template_,
                              size_t template_size, phx_buf *out,
                              phx_error *err);

/*
 * Fills the templates of a version.
 *
 * json      [size] a version.
 * variables [variables_size] a JSON object.
 * out       its messages, a JSON array of {"role", "content"}.
 * Errors:   INVALID, TOO_BIG (as phx_prompt_check and phx_prompt_render).
 */
PHX_CALL phx_prompt_fill(const char *json, size_t size, const char *variables,
                         size_t variables_size, phx_buf *out, phx_error *err);

/*
 * How two versions differ.
 *
 * before, after  [..._size] versions.
 * out     {"fields": [{"path", "before"?, "after"?}, ...], "messages":
 *         [{"change", "before"?, "after"?, ...}, ...]}; docs/prompts.md has an
 *         example.
 * Errors: INVALID, TOO_BIG (as phx_prompt_check).
 */
PHX_CALL phx_prompt_diff(const char *before, size_t before_size,
                         const char *after, size_t after_size, phx_buf *out,
                         phx_error *err);

/* --- Experiments --------------------------------------------------------- */

/* A program tried on the examples of a version of a dataset, each one as often
 * as there are repetitions. What it was tried on stays as it was, whatever
 * becomes of the dataset's examples, until the dataset is deleted. */

enum { PHX_MOST_REPETITIONS = 10000 };

/* An experiment to make. Names have up to 4,096 bytes, other texts 16 MiB. */
typedef struct phx_experiment_item {
    size_t size;
    phx_id dataset;
    phx_id version;       /* 0 for the newest */
    int64_t repetitions;  /* of each example, up to PHX_MOST_REPETITIONS */
    phx_text name;        /* absent or empty: made of the dataset's */
    phx_text description; /* or absent */
    phx_text metadata;    /* a JSON object; absent: {} */
    phx_text parameters;  /* of the program, a JSON object; absent: {} */
    phx_text evaluators;  /* what is to judge it, a JSON array; absent: [] */
    const phx_id *examples; /* of the version, these, and those that are in one
                               of the splits now; both NULL: all */
    size_t example_count;
    const phx_id *splits;
    size_t split_count;
} phx_experiment_item;
#define PHX_EXPERIMENT_ITEM_INIT \
    {sizeof(phx_experiment_item), 0, 0, 1, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
     {NULL, 0}, {NULL, 0}, NULL, 0, NULL, 0}

/*
 * Makes an experiment, and a project for the traces of its runs.
 *
 * Errors: NOT_FOUND (the dataset, the version in it; or an example or split, and
 *         offset, which counts through both lists, is which), INVALID (a text is
 *         not UTF-8 or not the JSON it should be, repetitions below 1, an example
 *         given twice), TOO_BIG (a text, repetitions), IO, BUSY, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_experiment_create(phx_store *store,
                               const phx_experiment_item *item, phx_id *out,
                               phx_error *err);

enum { PHX_CLEAR_DESCRIPTION = 1 };

/*
 * Changes what is told of an experiment. What is NULL stays as it is.
 *
 * flags   PHX_CLEAR_DESCRIPTION, which then has none; or 0.
 * Errors: NOT_FOUND, INVALID, TOO_BIG (as above), IO, BUSY, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_experiment_update(phx_store *store, phx_id experiment,
                               const char *name, const char *description,
                               const char *metadata, int32_t flags,
                               phx_error *err);

/* Deletes an experiment with its runs, what is said of them, and its tags; and
 * its project, if with_project is 1. Errors: NOT_FOUND, IO, BUSY, INTERRUPTED,
 * CORRUPT. */
PHX_CALL phx_experiment_delete(phx_store *store, phx_id experiment,
                               int32_t with_project, phx_error *err);

/* A run to write. Times are kept to the us. */
typedef struct phx_run_item {
    phx_id example;
    int64_t repetition;  /* from 1 on, perhaps past those that were planned */
    uint64_t start_time; /* ns */
    uint64_t end_time;
    phx_text output;     /* JSON, up to 16 MiB; absent: null */
    phx_text error;      /* of a run that failed, up to 1 MiB; else absent */
    phx_text trace_id;   /* up to 4,096 bytes; or absent */
} phx_run_item;

/*
 * Writes runs in one durable commit, all or nothing. One that failed gives way
 * to another of its example and repetition, which gets its number.
 *
 * items   [count].
 * ids     [count] numbers, or NULL.
 * Errors: NOT_FOUND (the experiment; or an item's example is not in it),
 *         CONFLICT (a run without an error is there), INVALID (a text is not
 *         UTF-8, the output no JSON, a repetition below 1), TOO_BIG (a text);
 *         offset is the item. IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_experiment_put_runs(phx_store *store, phx_id experiment,
                                 const phx_run_item *items, size_t count,
                                 phx_id *ids, phx_error *err);

/* What is said of a run. Names, labels and ids have up to 4,096 bytes, other
 * texts 1 MiB. */
typedef struct phx_evaluation_item {
    phx_id run;
    uint64_t start_time;  /* ns, kept to the us */
    uint64_t end_time;
    double score;         /* finite; counts if has_score is 1 */
    int32_t has_score;
    int32_t annotator;    /* PHX_ANNOTATOR_... */
    phx_text name;        /* one byte or more */
    phx_text label;       /* or absent */
    phx_text explanation; /* or absent */
    phx_text error;       /* of an evaluation that failed; or absent */
    phx_text trace_id;    /* or absent */
    phx_text metadata;    /* a JSON object; absent: {} */
} phx_evaluation_item;

/*
 * Writes evaluations of runs, of whatever experiments, in one durable commit,
 * all or nothing. One of the same run and name is replaced, all but its number.
 *
 * items   [count].
 * ids     [count] numbers, or NULL.
 * Errors: NOT_FOUND (a run), INVALID (a text is not UTF-8, the name empty, the
 *         metadata no object, the score not finite), TOO_BIG (a text); offset is
 *         the item. IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_put_evaluations(phx_store *store,
                                   const phx_evaluation_item *items,
                                   size_t count, phx_id *ids, phx_error *err);

/*
 * Gives an experiment a tag, which another one of its dataset may lose by it.
 *
 * name        one byte or more, up to 4,096.
 * description up to 16 MiB; NULL for none, whatever the tag had.
 * Errors: NOT_FOUND, INVALID, TOO_BIG (a text), IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_experiment_set_tag(phx_store *store, phx_id experiment,
                                const char *name, const char *description,
                                phx_id *out, phx_error *err);

/* Takes a tag from an experiment, if it has it. Errors: NOT_FOUND (the
 * experiment), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_experiment_delete_tag(phx_store *store, phx_id experiment,
                                   const char *name, phx_error *err);

typedef struct phx_experiment {
    phx_id id;
    phx_id dataset;
    phx_id version;
    int64_t repetitions;
    int64_t examples;
    int64_t runs;         /* that were written */
    int64_t failed;       /* those of them with an error */
    uint64_t created_at;  /* ns, of whole us */
    uint64_t updated_at;
    phx_text name;
    phx_text description; /* or absent */
    phx_text project;     /* the name of the one for its traces */
    phx_text metadata;    /* JSON, as it was given */
    phx_text parameters;
    phx_text evaluators;
} phx_experiment;

typedef struct phx_experiment_query {
    size_t size;
    phx_id dataset; /* 0 for all */
    phx_id only;    /* one number; 0 for all */
    phx_id from;    /* the first number that may come; 0 for no bound */
    int64_t limit;  /* rows; 0 for no limit */
} phx_experiment_query;
#define PHX_EXPERIMENT_QUERY_INIT {sizeof(phx_experiment_query), 0, 0, 0, 0}

typedef struct phx_evaluation {
    phx_id id;
    phx_id run;
    uint64_t start_time;  /* ns, of whole us */
    uint64_t end_time;
    double score;         /* 0 without one */
    int32_t has_score;
    int32_t annotator;
    phx_text name;
    phx_text label;       /* or absent */
    phx_text explanation; /* or absent */
    phx_text error;       /* or absent */
    phx_text trace_id;    /* or absent */
    phx_text metadata;    /* JSON object */
} phx_evaluation;

typedef struct phx_run {
    phx_id id;
    phx_id experiment;
    phx_id example;
    int64_t repetition;
    uint64_t start_time; /* ns, of whole us */
    uint64_t end_time;
    phx_text output;     /* JSON, as it was given */
    phx_text error;      /* or absent */
    phx_text trace_id;   /* or absent */
    const phx_example *content; /* the example as it was; NULL if unasked */
    const phx_evaluation *evaluations; /* [evaluation_count], by number */
    size_t evaluation_count;
    const phx_text *missing; /* [missing_count] of the query's evaluators */
    size_t missing_count;
} phx_run;

enum { PHX_BY_EXAMPLE = 2 }; /* by example, then by repetition */
enum { PHX_RUN_CONTENT = 1, PHX_RUN_EVALUATIONS = 2 };

typedef struct phx_run_query {
    size_t size;
    phx_id experiment;
    phx_id from;    /* the first number that may come; 0 for no bound */
    int64_t limit;  /* rows; 0 for no limit */
    int32_t order;  /* PHX_NEWEST_FIRST, PHX_OLDEST_FIRST or PHX_BY_EXAMPLE */
    int32_t flags;  /* PHX_RUN_..., or-ed: what comes with a run */
    const phx_text *evaluators; /* names: only runs without an error for which
                                   an evaluation of one of these is missing, or
                                   has an error */
    size_t evaluator_count;
} phx_run_query;
#define PHX_RUN_QUERY_INIT {sizeof(phx_run_query), 0, 0, 0, 0, 0, NULL, 0}

/* What is left to do of an example. */
typedef struct phx_incomplete_run {
    const phx_example *content;
    const int64_t *repetitions; /* [repetition_count] that have not succeeded */
    size_t repetition_count;
} phx_incomplete_run;

typedef struct phx_experiment_tag {
    phx_id id;
    phx_id dataset;
    phx_id experiment;
    phx_text name;
    phx_text description; /* or absent */
} phx_experiment_tag;

/* --- Retention ----------------------------------------------------------- */

enum { PHX_MAX_DAYS = 1, PHX_MAX_COUNT = 2 };

/* A trace is due if one limit does not keep it. Times are those of its start. */
typedef struct phx_retention_rule {
    int32_t limits;    /* PHX_MAX_DAYS, PHX_MAX_COUNT, or-ed: those it has */
    double max_days;   /* traces that started earlier are due; 0: none is */
    int64_t max_count; /* of a project, all but the newest; 0: none is */
} phx_retention_rule;

/*
 * Deletes the traces that a rule does not keep, oldest first, and log records
 * that wait for their spans, in slices that commits go between. Blocks all of whose traces are due go whole.
 *
 * project 0 for all, each by itself; then log records that wait, or name no
 *         span, and came over max_days ago, go as well.
 * now     ns since 1970, from which days are counted back.
 * budget  ms, about; 0 for no end. OK: it ran out; DONE: nothing is due.
 * removed traces, also when the call fails in the end; or NULL.
 * Errors: INVALID (the rule), NOT_FOUND (project), IO, BUSY, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_store_retain(phx_store *store, phx_id project,
                          const phx_retention_rule *rule, uint64_t now,
                          uint32_t budget, int64_t *removed, phx_error *err);

/*
 * The same by the policies whose schedule has the UTC hour of `now`, each for
 * its projects, the default one for log records that wait, too. Then sessions
 * that have no trace, and ended over an hour ago, are deleted. A host calls it
 * once an hour, till it is DONE.
 *
 * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_retain_due(phx_store *store, uint64_t now, uint32_t budget,
                              int64_t *removed, phx_error *err);

/*
 * Deletes the traces of the oldest blocks, whatever their projects and
 * policies, and log records that wait and came before all that is in blocks,
 * until the file uses at most so many bytes, its log and what is free in it
 * apart. Young blocks stay.
 *
 * Errors: INVALID (bytes), IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_shrink(phx_store *store, int64_t bytes, uint32_t budget,
                          int64_t *removed, phx_error *err);

/* Policy 0 is the default one: of projects without another, and for ever. */
typedef struct phx_retention_policy {
    phx_id id;
    int64_t projects; /* that have it */
    phx_text name;
    phx_text cron;    /* "0 HOURS * * WEEKDAYS" in UTC, Sunday is 0: each * or
                         n, n-n, with /step, or several with commas */
    phx_retention_rule rule;
} phx_retention_policy;

/* name: one byte or more of UTF-8. Errors: INVALID (offset in cron if that is
 * malformed), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_policy_create(phx_store *store, const char *name,
                           const char *cron, const phx_retention_rule *rule,
                           phx_id *out, phx_error *err);

/* What is NULL stays as it is. Errors: NOT_FOUND, INVALID (as above), IO,
 * BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_policy_update(phx_store *store, phx_id policy, const char *name,
                           const char *cron, const phx_retention_rule *rule,
                           phx_error *err);

/* Its projects have the default one then. Errors: NOT_FOUND, CONFLICT (that
 * one), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_policy_delete(phx_store *store, phx_id policy, phx_error *err);

/* Errors: NOT_FOUND (project or policy), IO, BUSY, INTERRUPTED, CORRUPT. */
PHX_CALL phx_project_set_policy(phx_store *store, phx_id project,
                                phx_id policy, phx_error *err);

/* --- Query --------------------------------------------------------------- */

typedef struct phx_cursor phx_cursor; /* rows of one kind, forwards only */

enum {
    PHX_NEWEST_FIRST = 0,  /* by number, the last stored first */
    PHX_OLDEST_FIRST = 1
};

enum {
    PHX_ATTRIBUTES_NESTED = 0, /* {"llm": {"model_name": ...}} */
    PHX_ATTRIBUTES_FLAT = 1,   /* {"llm.model_name": ...}, as REST lists them,
                                  the kind apart: see kind_attribute */
    PHX_ATTRIBUTES_NONE = 2    /* no attributes, events, links: faster */
};

enum { PHX_SPAN_TOTALS = 1 }; /* cumulative tokens and cost: all spans of the
                                 traces are read */

/* One test of a span's attribute: equal, and of equal type, except that an
 * integer finds a float of its value, too. */
typedef struct phx_attribute_test {
    const char *path; /* "metadata.tier": member names joined by dots */
    phx_text json;    /* a JSON text, number or boolean */
} phx_attribute_test;

/* Asked now and then by a call that may take long, also before its first row
 * comes: not 0 ends it, INTERRUPTED. Of the library it may call
 * phx_store_interrupt alone. */
typedef int32_t (*phx_stop_fn)(void *ctx);

/* All that is given must hold; of the values of one list, any. */
typedef struct phx_span_query {
    size_t size;
    phx_id project;      /* 0 for all */
    phx_id from;         /* the first number that may come; 0 for no bound */
    uint64_t start_time; /* ns, inclusive; 0 for no bound */
    uint64_t end_time;   /* ns, exclusive; 0 for no bound */
    int64_t limit;       /* rows; 0 for no limit */
    int32_t order;       /* PHX_NEWEST_FIRST or PHX_OLDEST_FIRST */
    int32_t attributes;  /* PHX_ATTRIBUTES_... */
    uint32_t kinds;      /* 1 << index into phx_kind_name, or-ed; 0: all */
    uint32_t statuses;   /* 1 << PHX_SPAN_..., or-ed; 0: all */
    int32_t roots_only;  /* 1 for spans without a parent id */
    int32_t flags;       /* PHX_SPAN_TOTALS or 0 */
    const phx_text *trace_ids; /* hex [trace_id_count] */
    size_t trace_id_count;
    const phx_text *span_ids; /* hex */
    size_t span_id_count;
    const phx_text *parent_ids; /* hex */
    size_t parent_id_count;
    const phx_text *names;
    size_t name_count;
    const phx_attribute_test *tests; /* all must hold */
    size_t test_count;
    phx_text filter; /* a condition on spans, see phx_filter_check; blank for
                        none */
    phx_text search; /* words and "phrases" that all occur in the span's name,
                        status message, input, output or messages, upper and
                        lower case alike: see docs/search.md; absent for none */
    phx_id until;    /* the last number that may come; 0 for no bound. Threads
                        that share a search give it each a range of numbers */
    phx_stop_fn stop; /* or NULL */
    void *stop_ctx;
} phx_span_query;
#define PHX_SPAN_QUERY_INIT \
    {sizeof(phx_span_query), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
     NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, {NULL, 0}, {NULL, 0}, 0, \
     NULL, NULL}

/* Checks a search, which has a word or a "phrase" at least. Errors: INVALID
 * (offset is the byte at fault: not UTF-8, a NUL, no word), TOO_BIG (over 1,024
 * bytes or 16 words). */
PHX_CALL phx_search_check(const char *text, size_t size, phx_error *err);

/* "UNKNOWN", "TOOL", ... : the span kind of an index, or NULL past the last. */
PHX_API const char *phx_kind_name(int32_t index);

/*
 * Spans in order of their numbers. The cursor reads ahead in pages, each of
 * one snapshot; spans that arrive meanwhile come if their turn does.
 *
 * query   NULL for all; copied.
 * Errors: INVALID (a test's JSON, offset indexes tests; the filter, as
 *         phx_filter_check; or the search, as phx_search_check), TOO_BIG (the
 *         search).
 */
PHX_CALL phx_store_find_spans(phx_store *store, const phx_span_query *query,
                              phx_cursor **out, phx_error *err);

/* Lends a row and returns OK, or returns DONE and sets *out to NULL. MISUSE
 * if the rows are of another kind. The nexts of other rows do the same.
 * Errors: IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_cursor_next_span(phx_cursor *cursor, const phx_span **out,
                              phx_error *err);

/*
 * The next spans of a cursor as one ExportTraceServiceRequest, which another
 * store takes in again: or DONE.
 *
 * format  PHX_OTLP_PROTOBUF or PHX_OTLP_JSON; of PHX_ATIF the trajectories that
 *         these spans were decoded from, a line each: perhaps none.
 * count   spans at most; fewer may come, 1,000 or what 64 MiB hold: DONE alone
 *         is the end.
 * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (one span is over 1 GiB).
 */
PHX_CALL phx_cursor_next_otlp(phx_cursor *cursor, int32_t format, size_t count,
                              phx_buf *out, phx_error *err);

enum { PHX_BY_NUMBER = 0, PHX_BY_START = 1, PHX_BY_LATENCY = 2 };

typedef struct phx_trace_query {
    size_t size;
    phx_id project;      /* 0 for all */
    phx_id trace;        /* only this one; 0 for all */
    phx_id from;         /* the first number that may come, whatever the sort;
                            0 for no bound */
    uint64_t start_time; /* ns, inclusive, of the trace's start; 0: no bound */
    uint64_t end_time;   /* ns, exclusive */
    int64_t limit;       /* rows; 0 for no limit */
    int32_t order;       /* PHX_NEWEST_FIRST (descending) or ..._OLDEST_... */
    int32_t sort;        /* PHX_BY_... ; equal rows by number */
    const phx_id *sessions; /* any of them [session_count] */
    size_t session_count;
    phx_id place;         /* the row to begin with, by its number and its times
                             as they were lent: whether or not it is still
                             there, rows before it do not come; 0 for none */
    uint64_t place_start; /* ns */
    uint64_t place_end;   /* ns */
    phx_text filter;      /* a condition on traces; blank for none */
    phx_text search;      /* as of spans: traces with a span that has all */
    phx_stop_fn stop;     /* or NULL */
    void *stop_ctx;
} phx_trace_query;
#define PHX_TRACE_QUERY_INIT \
    {sizeof(phx_trace_query), 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, \
     {NULL, 0}, {NULL, 0}, NULL, NULL}

/* query NULL for all. Errors: INVALID (a place with PHX_BY_NUMBER: `from` is
 * one there; or the filter or the search, as they are checked), TOO_BIG (the
 * search), IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_traces(phx_store *store, const phx_trace_query *query,
                               phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_trace(phx_cursor *cursor, const phx_trace **out,
                               phx_error *err);

typedef struct phx_session_query {
    size_t size;
    phx_id project;  /* 0 for all */
    phx_id session;  /* only this one; 0 for all */
    phx_id from;     /* the first number that may come; 0 for no bound */
    int64_t limit;   /* rows; 0 for no limit */
    int32_t order;   /* PHX_NEWEST_FIRST or PHX_OLDEST_FIRST, by number */
    int32_t flags;   /* 0, for later use */
    phx_text filter; /* a condition on sessions; blank for none */
    phx_stop_fn stop; /* or NULL */
    void *stop_ctx;
} phx_session_query;
#define PHX_SESSION_QUERY_INIT \
    {sizeof(phx_session_query), 0, 0, 0, 0, 0, 0, {NULL, 0}, NULL, NULL}

/* query NULL for all. Errors: INVALID (the filter, as phx_filter_check), IO,
 * CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_sessions(phx_store *store,
                                 const phx_session_query *query,
                                 phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_session(phx_cursor *cursor, const phx_session **out,
                                 phx_error *err);

/* Projects by number, newest first; name_contains: case-insensitive part of
 * the name, or NULL; `only` 0, or the one wanted. Errors: IO, CORRUPT,
 * INTERRUPTED. */
PHX_CALL phx_store_find_projects(phx_store *store, phx_id only, phx_id from,
                                 const char *name_contains, int64_t limit,
                                 phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_project(phx_cursor *cursor, const phx_project **out,
                                 phx_error *err);

/*
 * Annotations of a kind by number, newest first, read ahead in pages as spans
 * are.
 *
 * query   NULL for all of spans; copied.
 * Errors: TOO_BIG (over 30,000 values).
 */
PHX_CALL phx_store_find_annotations(phx_store *store,
                                    const phx_annotation_query *query,
                                    phx_cursor **out, phx_error *err);
/* Errors: IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_cursor_next_annotation(phx_cursor *cursor,
                                    const phx_annotation **out,
                                    phx_error *err);

/*
 * Deletes the annotations that a query finds, in one commit; with a limit,
 * the newest of them.
 *
 * out     how many there were; or NULL.
 * Errors: TOO_BIG (over 30,000 values), IO, BUSY, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_delete_annotations(phx_store *store,
                                      const phx_annotation_query *query,
                                      int64_t *out, phx_error *err);

/*
 * Datasets by number, newest first.
 *
 * only    the one wanted; 0 for all.
 * from    the first number that may come; 0 for no bound.
 * name    of the one wanted; NULL for all.
 * limit   rows; 0 for no limit.
 * Errors: IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find_datasets(phx_store *store, phx_id only, phx_id from,
                                 const char *name, int64_t limit,
                                 phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_dataset(phx_cursor *cursor, const phx_dataset **out,
                                 phx_error *err);

/* Versions of a dataset, newest first; none of one that is not there. Errors:
 * IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_versions(phx_store *store, phx_id dataset, phx_id from,
                                 int64_t limit, phx_cursor **out,
                                 phx_error *err);
PHX_CALL phx_cursor_next_version(phx_cursor *cursor,
                                 const phx_dataset_version **out,
                                 phx_error *err);

/* Examples of a version by number, oldest first; version 0 is the newest.
 * from: the first number that may come. Errors: NOT_FOUND (the dataset, or a
 * version of it), IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_examples(phx_store *store, phx_id dataset,
                                 phx_id version, phx_id from, int64_t limit,
                                 phx_cursor **out, phx_error *err);
/* Those of them that are in one of the splits [count] now; or, with then 1, in
 * one of the splits of the version. Errors: the same. */
PHX_CALL phx_store_find_split_examples(phx_store *store, phx_id dataset,
                                       phx_id version, const phx_id *splits,
                                       size_t count, int32_t then, phx_id from,
                                       int64_t limit, phx_cursor **out,
                                       phx_error *err);
/* Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_cursor_next_example(phx_cursor *cursor, const phx_example **out,
                                 phx_error *err);

/* What became of an example from one version to another. Its splits and its
 * span are those of now on both sides. */
typedef struct phx_example_change {
    const phx_example *before; /* NULL: it has been added */
    const phx_example *after;  /* NULL: it has been deleted */
} phx_example_change;

/*
 * How the examples of one version of a dataset became those of another, at the
 * cost of what has changed between them: first what lives in the later of the
 * two, as it came, then what only the earlier has, as it went. What has changed
 * and is again as it was (by strict hash) is no change.
 *
 * before  may be the later one; 0 is the newest.
 * after   the same.
 * Errors: NOT_FOUND (the dataset, or a version of it), IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find_changes(phx_store *store, phx_id dataset, phx_id before,
                                phx_id after, phx_cursor **out, phx_error *err);
/* Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_cursor_next_change(phx_cursor *cursor,
                                const phx_example_change **out, phx_error *err);

/*
 * Splits by number, newest first.
 *
 * only    the one wanted; 0 for all.
 * name    of the one wanted; NULL for all.
 * dataset whose examples are counted; 0 for those of all.
 * Errors: IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find_splits(phx_store *store, phx_id only, const char *name,
                               phx_id dataset, phx_cursor **out,
                               phx_error *err);
PHX_CALL phx_cursor_next_split(phx_cursor *cursor, const phx_split **out,
                               phx_error *err);

/*
 * Labels by number, newest first.
 *
 * only    the one wanted; 0 for all.
 * dataset whose; 0 for all.
 * from    the first number that may come; 0 for no bound.
 * limit   rows; 0 for no limit.
 * Errors: IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find_labels(phx_store *store, phx_id only, phx_id dataset,
                               phx_id from, int64_t limit, phx_cursor **out,
                               phx_error *err);
PHX_CALL phx_cursor_next_label(phx_cursor *cursor,
                               const phx_dataset_label **out, phx_error *err);

/*
 * Prompts by number, newest first.
 *
 * only    the one wanted; 0 for all.
 * from    the first number that may come; 0 for no bound.
 * name    of the one wanted; NULL for all.
 * limit   rows; 0 for no limit.
 * Errors: IO, CORRUPT, INTERRUPTED.
 */
PHX_CALL phx_store_find_prompts(phx_store *store, phx_id only, phx_id from,
                                const char *name, int64_t limit,
                                phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_prompt(phx_cursor *cursor, const phx_prompt **out,
                                phx_error *err);

/* Versions of a prompt, newest first; or the one of a number. */
typedef struct phx_prompt_version_query {
    size_t size;
    phx_id prompt; /* whose; needed unless `only` is given */
    phx_id only;   /* one number; 0 for all */
    phx_id from;   /* the first number that may come; 0 for no bound */
    int64_t limit; /* rows; 0 for no limit */
    phx_text tag;  /* the one that the tag points to; or absent */
} phx_prompt_version_query;
#define PHX_PROMPT_VERSION_QUERY_INIT \
    {sizeof(phx_prompt_version_query), 0, 0, 0, 0, {NULL, 0}}

/* None of a prompt that is not there. Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_prompt_versions(phx_store *store,
                                        const phx_prompt_version_query *query,
                                        phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_prompt_version(phx_cursor *cursor,
                                        const phx_prompt_version **out,
                                        phx_error *err);

/* Tags of a prompt, newest first; of one version, if that is not 0. Errors: IO,
 * CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_prompt_tags(phx_store *store, phx_id prompt,
                                    phx_id version, phx_id from, int64_t limit,
                                    phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_prompt_tag(phx_cursor *cursor,
                                    const phx_prompt_tag **out,
                                    phx_error *err);

/* Experiments by number, newest first. query NULL for all. Errors: IO, CORRUPT,
 * INTERRUPTED. */
PHX_CALL phx_store_find_experiments(phx_store *store,
                                    const phx_experiment_query *query,
                                    phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_experiment(phx_cursor *cursor,
                                    const phx_experiment **out,
                                    phx_error *err);

/* Runs of an experiment, read ahead in pages as spans are; none of one that is
 * not there. The query is copied. Errors: none more. */
PHX_CALL phx_store_find_runs(phx_store *store, const phx_run_query *query,
                             phx_cursor **out, phx_error *err);
/* Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_cursor_next_run(phx_cursor *cursor, const phx_run **out,
                             phx_error *err);

/* The examples of an experiment, by number, of which a repetition has not
 * succeeded. from: the first example that may come. Errors: NOT_FOUND, IO,
 * CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_incomplete_runs(phx_store *store, phx_id experiment,
                                        phx_id from, int64_t limit,
                                        phx_cursor **out, phx_error *err);
/* Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_cursor_next_incomplete_run(phx_cursor *cursor,
                                        const phx_incomplete_run **out,
                                        phx_error *err);

/* Tags of a dataset's experiments, and of one of them, by name; 0 for all.
 * Errors: IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_tags(phx_store *store, phx_id dataset,
                             phx_id experiment, phx_cursor **out,
                             phx_error *err);
PHX_CALL phx_cursor_next_tag(phx_cursor *cursor,
                             const phx_experiment_tag **out, phx_error *err);

/* --- Expectations ----------------------------------------------------------- */

/*
 * What a test says of the spans of a store, mostly one in memory that the code
 * under test wrote to: docs/testing.md has examples. Each call looks at all
 * spans of the store, up to 100,000, as trees: below each span its children of
 * the same trace, by start.
 *
 * If the spans are not as expected, a call returns PHX_UNMET, and what it was
 * given for a report has the trees as text, a line a span, with a sign before
 * what matters: "+" is not expected, "-" is missing, "!" is not as it should
 * be, "*" was chosen. Else the report stays as it is.
 *
 * In conditions what is mostly a slip is INVALID here, where to choose nothing
 * may be as expected: a kind or status that there is none of, and an attribute
 * that no span has and that is called much as a field is, like status_cod.
 */

/*
 * So many spans are chosen by a condition of the filter language.
 *
 * filter  [size]; blank text chooses all.
 * least   spans.
 * most    spans; -1 for no bound.
 * report  or NULL.
 * Errors: INVALID (the filter, as phx_filter_check), TOO_BIG (over 100,000
 *         spans), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_expect_count(phx_store *store, const char *filter, size_t size,
                          int64_t least, int64_t most, phx_buf *report,
                          phx_error *err);

enum { PHX_TREE_ANY_ORDER = 1 }; /* children may come in any order */

/*
 * The trees are those of a pattern, all of them and nothing else:
 *
 *     agent                       a name, or a kind in any case
 *       "search the web"?         only a name; one span at most
 *       llm*2 [latency_ms < 10]   exactly two in a row; of each a condition
 *         tool+                   one or more in a row
 *       retriever*                any number in a row
 *       ...                       any others, whatever is below them
 *
 * A line is below the nearest line above it that is indented less; lines
 * without one are roots. A pattern has up to 64 KiB, 1,000 lines, 10,000 spans.
 *
 * flags   PHX_TREE_... or 0.
 * report  or NULL.
 * Errors: INVALID (the pattern, offset is the byte at fault), TOO_BIG (over
 *         100,000 spans, or it would take too many steps), IO, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_expect_tree(phx_store *store, const char *pattern, size_t size,
                         int32_t flags, phx_buf *report, phx_error *err);

/*
 * Spans that conditions choose start one after the other: one that the first
 * chooses, behind it one that the second does, and so on. Others may be between.
 *
 * filters [count] conditions, up to 1,000.
 * report  or NULL.
 * Errors: INVALID (a filter, offset indexes filters), TOO_BIG, IO, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_expect_order(phx_store *store, const phx_text *filters,
                          size_t count, phx_buf *report, phx_error *err);

enum { PHX_BELOW_DIRECTLY = 1 }; /* the parent itself, not one further up */

/*
 * Each span that a condition chooses, at least one, is below a span that
 * another condition chooses.
 *
 * filter  [size].
 * parent  [parent_size] what is above it.
 * flags   PHX_BELOW_... or 0.
 * report  or NULL.
 * Errors: INVALID (a filter, as phx_filter_check), TOO_BIG (over 100,000
 *         spans), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_expect_below(phx_store *store, const char *filter, size_t size,
                          const char *parent, size_t parent_size,
                          int32_t flags, phx_buf *report, phx_error *err);

/*
 * Each span that a condition chooses, at least one, meets another condition.
 *
 * filter     [size].
 * condition  [condition_size].
 * report     or NULL.
 * Errors: INVALID (a condition, as phx_filter_check), TOO_BIG (over 100,000
 *         spans), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_expect_every(phx_store *store, const char *filter, size_t size,
                          const char *condition, size_t condition_size,
                          phx_buf *report, phx_error *err);

/*
 * Each span that a condition chooses, at least one, has these attributes; the
 * report says of each that has not what it has instead.
 *
 * filter    [size].
 * expected  [expected_size] a JSON object by the keys of flat attributes, as
 *           golden traces have them: {"llm.model_name": "m1",
 *           "llm.input_messages.0.message.role": "user", "llm.tools": null}.
 *           null: neither the attribute, nor any below it. 2 is as 2.0.
 * report    or NULL.
 * Errors: INVALID (the filter, as phx_filter_check; or expected), TOO_BIG (over
 *         100,000 spans), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_expect_attributes(phx_store *store, const char *filter,
                               size_t size, const char *expected,
                               size_t expected_size, phx_buf *report,
                               phx_error *err);

/* What all spans of a store may take; -1 for no bound. */
typedef struct phx_budget {
    size_t size;
    int64_t spans;
    int64_t llm_calls; /* spans whose kind is LLM */
    int64_t tokens;    /* of prompts and completions */
    double cost;       /* USD; what has no price costs nothing */
    double latency;    /* ms of a trace, the longest */
} phx_budget;
#define PHX_BUDGET_INIT {sizeof(phx_budget), -1, -1, -1, -1, -1}

/* most: NULL for no bound at all; report: or NULL. Errors: TOO_BIG (over
 * 100,000 spans), IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_expect_budget(phx_store *store, const phx_budget *most,
                           phx_buf *report, phx_error *err);

/* --- Golden traces ----------------------------------------------------------- */

typedef struct phx_golden_options {
    size_t size;
    const phx_text *masked; /* keys, flat: their values are written as *; one
                               that ends in * is for all that begin so */
    size_t masked_count;
} phx_golden_options;
#define PHX_GOLDEN_OPTIONS_INIT {sizeof(phx_golden_options), NULL, 0}

/*
 * The spans of a store in a form that is the same for each run of a program: as
 * trees in order of their starts, with names, kinds, statuses, attributes by
 * their keys, and events; without ids and times. To be kept in a file.
 *
 * options NULL for the defaults.
 * Errors: TOO_BIG (over 100,000 spans, or 16 MiB), IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_golden_write(phx_store *store, const phx_golden_options *options,
                          phx_buf *out, phx_error *err);

/*
 * Compares the spans of a store with what was kept; PHX_UNMET if they differ.
 * A value that is kept as * is as any other, whoever wrote it so; blank lines,
 * and those that begin with #, do not count.
 *
 * text    [size] of phx_golden_write.
 * report  lines of the text that are gone ("-") or new ("+"), below the spans
 *         that they are of; or NULL.
 * Errors: TOO_BIG (the spans, as phx_golden_write; or the text), IO,
 *         INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_golden_compare(phx_store *store, const char *text, size_t size,
                            phx_buf *report, phx_error *err);

/* --- Lint ----------------------------------------------------------------- */

enum { PHX_LINT_INFO = 0, PHX_LINT_WARNING = 1, PHX_LINT_ERROR = 2 };

/* What spans of OpenInference and of gen_ai's conventions should be like. */
typedef struct phx_lint_rule {
    const char *id;     /* "token-sum"; never changes */
    int32_t severity;   /* PHX_LINT_... */
    const char *reason; /* one line */
} phx_lint_rule;

/* The rule at an index, or NULL past the last. Lent for ever. */
PHX_API const phx_lint_rule *phx_lint_rule_at(size_t index);

/* A span that is not as a rule says. */
typedef struct phx_finding {
    const phx_lint_rule *rule;
    phx_id span;       /* its number; 0 of a batch */
    phx_text trace_id; /* hex */
    phx_text span_id;  /* hex */
    phx_text name;
    phx_text path;     /* of the attribute; absent if it is of the span */
    phx_text message;
} phx_finding;

/*
 * Looks at the spans of a batch, which has not been put, by all rules; of each
 * span the first 100 findings are told.
 *
 * store   where parents are looked for; NULL: they are not looked for.
 * Errors: IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_batch_lint(phx_batch *batch, phx_store *store, phx_cursor **out,
                        phx_error *err);

/* The same of all spans of a store, oldest first; what shows on the wire alone,
 * gaps in the numbers of lists, is not seen. Errors: none more. */
PHX_CALL phx_store_lint(phx_store *store, phx_cursor **out, phx_error *err);
/* Errors: IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_cursor_next_finding(phx_cursor *cursor, const phx_finding **out,
                                 phx_error *err);

/* --- Prices and costs -------------------------------------------------------- */

/*
 * What spans cost is told by a list of models: built-in ones, of the library,
 * and those of users, which go before them. A span is priced by the list as it
 * was when the span came in: a changed price is for the spans to come, unless
 * phx_prices_apply asks for more.
 */

/* The list as a JSON array of models, as phx_price_put takes them, with their
 * ids; built-in ones have ids from 1,000,000 on and is_built_in true.
 * Errors: IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_prices_read(phx_store *store, phx_buf *out, phx_error *err);

/*
 * Adds a model of a user, or replaces one.
 *
 * json    [size] {"name": "mine", "name_pattern": "^mine-", "provider": "",
 *         "start_time": null, "prices": [{"token_type": "input",
 *         "is_prompt": true, "rate": 2.5e-06, "threshold": {"key":
 *         "llm.token_count.prompt", "threshold": 200000, "new_rate": 5e-06}}]}
 *         The pattern is a regular expression, searched in the names of models
 *         of spans that start at start_time or later (null: all); a rate is in
 *         USD a token. provider, start_time and threshold may be left out.
 * id      0 for a new model, which gets one; else the one to replace.
 * Errors: INVALID, NOT_FOUND, TOO_BIG (10,000 models), IO, BUSY, CORRUPT,
 *         INTERRUPTED.
 */
PHX_CALL phx_price_put(phx_store *store, const char *json, size_t size,
                       phx_id *id, phx_error *err);

/* Deletes a user's model. Errors: NOT_FOUND, IO, BUSY, CORRUPT, INTERRUPTED. */
PHX_CALL phx_price_delete(phx_store *store, phx_id id, phx_error *err);

/* Prices the stored spans whose numbers are `from` or more, 0 for all, by the
 * list as it is now. Errors: IO, BUSY, CORRUPT, INTERRUPTED. */
PHX_CALL phx_prices_apply(phx_store *store, phx_id from, phx_error *err);

/* Tokens of one type and what they cost. */
typedef struct phx_cost {
    phx_text token_type; /* "input", "output", "cache_read", "audio" ... */
    int32_t is_prompt;   /* 1 of the prompt, 0 of the completion */
    int64_t tokens;
    double cost;         /* USD; NaN without a price */
} phx_cost;

/* What an LLM span that names its model cost, by type of token; no rows of
 * other spans. Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_costs(phx_store *store, phx_id span, phx_cursor **out,
                              phx_error *err);
PHX_CALL phx_cursor_next_cost(phx_cursor *cursor, const phx_cost **out,
                              phx_error *err);

/* --- Roll-ups -------------------------------------------------------------- */

/* Bins of a calendar; weeks begin on Monday. */
enum {
    PHX_BIN_NONE = 0, /* one row for all */
    PHX_BIN_MINUTE = 1,
    PHX_BIN_HOUR = 2,
    PHX_BIN_DAY = 3,
    PHX_BIN_WEEK = 4,
    PHX_BIN_MONTH = 5,
    PHX_BIN_YEAR = 6
};

enum {
    PHX_ROLLUP_TEXTS = 1,     /* first_input, last_output */
    PHX_ROLLUP_EXCEPTIONS = 2 /* exceptions: reads the events of failed spans */
};

/* Spans that failed with exceptions of a type. */
typedef struct phx_exception {
    phx_text type; /* exception.type of the last event `exception`; "" if there
                      is none, "other" beyond 256 types */
    int64_t spans;
} phx_exception;

/* What is summed up: spans that start in a window of time, or traces that do,
 * whenever their spans start. */
typedef struct phx_rollup_query {
    size_t size;
    int32_t of;          /* PHX_SPAN or PHX_TRACE */
    int32_t bin;         /* PHX_BIN_... */
    int32_t utc_offset;  /* minutes east of UTC of the calendar, -1440..1440 */
    uint32_t kinds;      /* of PHX_SPAN: as in phx_span_query; 0: all */
    phx_id project;      /* 0 for all */
    phx_id session;      /* 0 for all */
    phx_id trace;        /* 0 for all */
    uint64_t start_time; /* ns, inclusive; needed for bins */
    uint64_t end_time;   /* ns, exclusive; 0 for none, with bins for now */
    const double *quantiles; /* 0 to 1 each [quantile_count], up to 16 */
    size_t quantile_count;
    int32_t costs;           /* 1 for what the spans cost, too: slower */
    int32_t flags;           /* PHX_ROLLUP_..., or-ed */
} phx_rollup_query;
#define PHX_ROLLUP_QUERY_INIT \
    {sizeof(phx_rollup_query), PHX_SPAN, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0}

/* Of the spans or traces that start in the bin, or of all. A quantile lies
 * between two values where it must, in proportion (numpy's "linear"). */
typedef struct phx_rollup {
    uint64_t start_time;     /* ns, of the bin; of the window if there is none */
    uint64_t end_time;       /* ns */
    int64_t spans;
    int64_t traces;          /* that have one of the spans */
    int64_t error_spans;     /* with the status ERROR */
    int64_t error_traces;    /* that have one of those */
    int64_t prompt_tokens;   /* of LLM spans */
    int64_t completion_tokens;
    int64_t max_latency;     /* ns, of a span or trace; 0 if there is none */
    const int64_t *statuses; /* spans by PHX_SPAN_... [3] */
    const int64_t *kinds;    /* spans by index into phx_kind_name */
    const double *latencies; /* ns [quantile_count]; NaN if there is none */
    double prompt_cost;      /* USD; NaN if nothing of it has a price, or */
    double completion_cost;  /* costs are not asked for. Sums are exact: the */
    double total_cost;       /* nearest double, in whatever order spans come */
    const phx_cost *costs;   /* by type of token [cost_count] */
    size_t cost_count;
    phx_text first_input;    /* input.value of the span without a parent id that */
    phx_text last_output;    /* starts first, output.value of the one that starts
                                last; absent if they have none, or unasked */
    const phx_exception *exceptions; /* by type [exception_count]; they add */
    size_t exception_count;          /* up to error_spans, or are unasked */
} phx_rollup;

/*
 * Reads the columns of all spans of the window, 8 bytes of memory each while
 * there are quantiles. Empty bins come too, the earliest first: up to 20,000.
 *
 * Errors: INVALID (bins without start_time), TOO_BIG (bins), IO, INTERRUPTED,
 *         CORRUPT.
 */
PHX_CALL phx_store_roll_up(phx_store *store, const phx_rollup_query *query,
                           phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_rollup(phx_cursor *cursor, const phx_rollup **out,
                                phx_error *err);

/* --- Filters --------------------------------------------------------------- */

/* What a condition chooses. */
enum { PHX_FILTER_SPANS = 0, PHX_FILTER_TRACES = 1, PHX_FILTER_SESSIONS = 2 };

/*
 * Checks a condition of the filter language.
 *
 * grain   PHX_FILTER_...
 * text    [size]; blank text chooses everything.
 * out     the condition in canonical form, or NULL.
 * Errors: INVALID (offset is the byte at fault; the message is one line of at
 *         most 300 characters).
 */
PHX_CALL phx_filter_check(int32_t grain, const char *text, size_t size,
                          phx_buf *out, phx_error *err);

enum {
    PHX_WORD_FIELD = 0,
    PHX_WORD_FUNCTION = 1,
    PHX_WORD_ITERABLE = 2,   /* what a loop runs over */
    PHX_WORD_ANNOTATION = 3, /* a name that some annotation has */
    PHX_WORD_ATTRIBUTE = 4   /* a path that some span has */
};

enum {
    PHX_TYPE_BOOLEAN = 0,
    PHX_TYPE_NUMBER = 1,
    PHX_TYPE_TEXT = 2,
    PHX_TYPE_TIME = 3,
    PHX_TYPE_ANY = 4,   /* an attribute: each span has its own */
    PHX_TYPE_TEXTS = 5, /* stands right of `in` only */
    PHX_TYPE_THING = 6  /* is compared with None only */
};

/* A word that a condition can have. */
typedef struct phx_word {
    int32_t kind;     /* PHX_WORD_... */
    int32_t type;     /* PHX_TYPE_... of its value; ANY of an iterable */
    phx_text text;    /* as it stands in a condition */
    phx_text name;    /* of an annotation; else the same as text */
    phx_text of;      /* whose: "span", "trace", "annotation", "cost detail" of
                         a loop, "named annotation"; absent: of the rows */
    phx_text element; /* of an iterable, as `of`; else absent */
} phx_word;

/*
 * Words for an editor of conditions: fields, functions and iterables; with a
 * store the names of annotations and the paths of attributes that there are.
 * Paths are those of the 64 blocks written last that have spans of the
 * project; of an array's elements the first is told.
 *
 * grain   PHX_FILTER_...
 * store   or NULL.
 * project whose annotations and attributes; 0: attributes of all, and no
 *         names of annotations.
 * limit   of annotations of each kind, and of attributes; 0: 1,000.
 * Errors: IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_filter_vocabulary(int32_t grain, phx_store *store, phx_id project,
                               size_t limit, phx_cursor **out,
                               phx_error *err);

/*
 * Names that a project's annotations of a kind have, each once, in order of
 * their bytes.
 *
 * kind    PHX_SPAN_ANNOTATION ...; documents' names stand in no condition:
 *         their text is absent.
 * limit   0: 1,000.
 * Errors: IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_annotation_names(phx_store *store, int32_t kind,
                                    phx_id project, size_t limit,
                                    phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_word(phx_cursor *cursor, const phx_word **out,
                              phx_error *err);

/* Retention policies by number; `only` -1, or the one wanted. Errors: IO,
 * CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_policies(phx_store *store, phx_id only,
                                 phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_policy(phx_cursor *cursor,
                                const phx_retention_policy **out,
                                phx_error *err);

/* Annotation configs by number, newest first. query NULL for all. Errors: IO,
 * CORRUPT, INTERRUPTED. */
PHX_CALL phx_store_find_configs(phx_store *store,
                                const phx_config_query *query,
                                phx_cursor **out, phx_error *err);
PHX_CALL phx_cursor_next_config(phx_cursor *cursor,
                                const phx_annotation_config **out,
                                phx_error *err);

/* A log record that waits for its span, or names none. */
typedef struct phx_log {
    phx_id id;            /* goes up as records come */
    uint64_t received_at; /* ns since 1970 */
    phx_text trace_id;    /* hex; "" for none */
    phx_text span_id;     /* hex; "" for none */
    phx_text event;       /* JSON: what it is among the events of its span */
    int32_t held;         /* 1 if the span is stored, see phx_batch_decode */
} phx_log;

/* Such records by number, newest first; what has joined its span is an event
 * of it. from: the first number that may come; 0 for no bound.
 * Errors: none more. */
PHX_CALL phx_store_find_logs(phx_store *store, phx_id from, int64_t limit,
                             phx_cursor **out, phx_error *err);
/* Errors: IO, INTERRUPTED, CORRUPT. */
PHX_CALL phx_cursor_next_log(phx_cursor *cursor, const phx_log **out,
                             phx_error *err);

/*
 * The next rows of a cursor of spans, traces, sessions, projects, annotations
 * or findings as a JSON array of objects; or DONE. Members are the fields of
 * the struct: ns are texts of digits, what is absent or unasked is left out.
 * After a failure the cursor may only be closed.
 *
 * count   rows at most; fewer may come, of a MiB or a little more: DONE alone is
 *         the end.
 * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (one row is over 1 GiB).
 */
PHX_CALL phx_cursor_next_json(phx_cursor *cursor, size_t count, phx_buf *out,
                              phx_error *err);

PHX_API void phx_cursor_close(phx_cursor *cursor);

/* --- Frames --------------------------------------------------------------- */

typedef struct phx_frame phx_frame; /* spans as a table, once */

enum {
    PHX_EVERY_SPAN = 0,
    PHX_ROOTS = 1,       /* and those whose parent is not stored */
    PHX_STRICT_ROOTS = 2 /* those without a parent id */
};

enum {
    PHX_FRAME_JSON = 0, /* as pandas reads it: its orient is "table" */
    PHX_FRAME_ARROW = 1 /* an Arrow IPC stream with metadata of pandas */
};

typedef struct phx_frame_query {
    size_t size;
    phx_id project;      /* 0 for all */
    uint64_t start_time; /* ns, inclusive; 0 for no bound */
    uint64_t end_time;   /* ns, exclusive; 0 for no bound */
    int64_t limit;       /* spans, those that start last; -1 for no limit */
    int32_t roots;       /* PHX_EVERY_SPAN ... */
    int32_t format;      /* PHX_FRAME_... */
    phx_text json;       /* a SpanQuery of Phoenix's client; absent: {} */
} phx_frame_query;
#define PHX_FRAME_QUERY_INIT \
    {sizeof(phx_frame_query), 0, 0, 0, -1, 0, 0, {NULL, 0}}

/*
 * Begins a table of spans as SpanQuery of Phoenix's client asks for it:
 * "select", "filter", "explode", "concat", "rename", "index". With nothing
 * selected it has a column for each field and each attribute, and the span
 * that starts last comes first; else spans come in order of their numbers.
 *
 * query   NULL for all spans, whole; copied.
 * Errors: INVALID (the message begins with the path of the wrong member),
 *         TOO_BIG (a query of over 1 MiB).
 */
PHX_CALL phx_store_open_frame(phx_store *store, const phx_frame_query *query,
                              phx_frame **out, phx_error *err);

/*
 * The next piece of the table, of a MiB or a little more; or DONE. In Arrow,
 * lists and objects whose values are alike are lists and structs; cells that
 * are not, and what is nested deeper, are texts. The first chooses the spans and
 * looks at all of them; no later one shows a span that has come since. Between
 * calls no snapshot is held. After a failure a frame can only be closed.
 *
 * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (over 4,096 columns).
 */
PHX_CALL phx_frame_next(phx_frame *frame, phx_buf *out, phx_error *err);

PHX_API void phx_frame_close(phx_frame *frame);

/* --- Arrow C data interface ---------------------------------------------- */

/* As https://arrow.apache.org/docs/format/CDataInterface.html has them, under
 * its guards, so that they may be defined by others, too. */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/* --- Columns ------------------------------------------------------------- */

enum {
    PHX_COLUMN_TEXT = 0, /* what is no text as JSON */
    PHX_COLUMN_INT = 1,  /* 64 bits; what is no integer is null */
    PHX_COLUMN_REAL = 2, /* a double, also of an integer */
    PHX_COLUMN_BOOL = 3
};

/* One attribute as a column "attributes.PATH" of its own. */
typedef struct phx_attribute_column {
    const char *path; /* "llm.model_name": member names joined by dots */
    int32_t type;     /* PHX_COLUMN_... */
    int32_t flags;    /* 0, for later use */
} phx_attribute_column;

/*
 * Spans as columns, batch by batch:
 *
 *     span_id, trace_id, parent_id     text, hex
 *     project, name                    text of a dictionary
 *     session_id                       the same, that of the trace
 *     span_kind, status_code           the same, "LLM", "OK"
 *     status_message                   text
 *     start_time, end_time             timestamp in ns, UTC
 *     latency_ms                       double
 *     prompt_tokens, completion_tokens int64
 *     attributes, events               text, JSON, "{}" or "[]" if there are none;
 *                                      not with PHX_ATTRIBUTES_NONE
 *     attributes.PATH                  by its type
 *
 * What a span lacks is null; so is a time after 2262. The store lives until the
 * stream is released. After a failure a stream may only be released.
 *
 * query   NULL for all; copied.
 * columns [count] attributes with columns of their own; copied.
 * out     released by whoever reads it. Its codes are those of errno: ENOMEM,
 *         EINVAL, ECANCELED (INTERRUPTED), EIO (IO, CORRUPT).
 * Errors: INVALID (a test's JSON, offset indexes tests; or a path that is not
 *         UTF-8), TOO_BIG (over 4,000 columns).
 */
PHX_CALL phx_store_export_arrow(phx_store *store, const phx_span_query *query,
                                const phx_attribute_column *columns,
                                size_t count, struct ArrowArrayStream *out,
                                phx_error *err);

enum {
    PHX_ARROW_STREAM = 0, /* Arrow IPC, streaming */
    PHX_PARQUET = 1,
    PHX_JSON_LINES = 2,   /* attributes and events are JSON in it */
    PHX_CSV = 3           /* as RFC 4180, with a line of names */
};

typedef struct phx_export phx_export; /* a file, piece by piece */

/* The same columns as the bytes of a file. Errors: as phx_store_export_arrow. */
PHX_CALL phx_export_open(phx_store *store, const phx_span_query *query,
                         const phx_attribute_column *columns, size_t count,
                         int32_t format, phx_export **out, phx_error *err);

/*
 * The next bytes, some MiB of them at most unless one span is larger; or DONE.
 * After a failure an export may only be closed.
 *
 * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (texts of one span over 2 GiB).
 */
PHX_CALL phx_export_next(phx_export *file, phx_buf *out, phx_error *err);

PHX_API void phx_export_close(phx_export *file);

/* --- Archives ------------------------------------------------------------ */

/*
 * Writes whole traces, with what belongs to them (annotations, the descriptions
 * of projects), to a new file: a store that opens everywhere, read-only too. It
 * has numbers of its own, and is there whole or not at all. Until then it is
 * PATH-new, with PATH-new-begun beside it; what a crash leaves of that, the
 * next save to the path removes.
 *
 * query   chooses spans; their traces are written. NULL for all of the store.
 * Errors: CONFLICT (the file exists, or another PATH-new), BUSY (it is being
 *         saved), those of
 *         phx_store_find_spans, IO, INTERRUPTED, CORRUPT.
 */
PHX_CALL phx_store_save(phx_store *store, const phx_span_query *query,
                        const char *path, phx_error *err);

/*
 * Takes in what another store's file has that this one has not: once or twice,
 * that makes no difference. Of an annotation that both have the newer stays. The
 * file is verified first, and nothing is written to it.
 *
 * out     its spans, accepted and duplicate; or NULL.
 * Errors: NOT_FOUND, CORRUPT (the file, too: damaged or no store), UNSUPPORTED,
 *         IO, BUSY, INTERRUPTED.
 */
PHX_CALL phx_store_merge(phx_store *store, const char *path,
                         phx_ingest_report *out, phx_error *err);

/* --- SQL ------------------------------------------------------------------ */

enum {
    PHX_NULL = 0,
    PHX_INTEGER = 1,
    PHX_REAL = 2,
    PHX_TEXT = 3,
    PHX_BYTES = 4
};

/* A value of a row, lent; or of a statement's parameter. */
typedef struct phx_value {
    int32_t type;    /* PHX_NULL ... */
    int32_t flags;   /* 0, for later use */
    int64_t integer; /* of PHX_INTEGER */
    double real;     /* of PHX_REAL */
    phx_text text;   /* of PHX_TEXT; the bytes of PHX_BYTES */
} phx_value;

typedef struct phx_sql_options {
    size_t size;
    size_t memory;    /* bytes SQLite may take, about, up to 2 GiB; 0: no bound */
    uint32_t timeout; /* ms from phx_store_sql to the last row; 0 for none */
    int32_t flags;    /* 0, for later use */
    phx_stop_fn stop; /* or NULL */
    void *stop_ctx;
} phx_sql_options;
#define PHX_SQL_OPTIONS_INIT {sizeof(phx_sql_options), 0, 0, 0, NULL, NULL}

typedef struct phx_rows phx_rows; /* of one statement, forwards only */

/*
 * Runs one statement of SQL that reads: SQLite's SELECT over the tables that
 * docs/sql.md names. Its rows are of one snapshot, which they hold until they
 * are closed; of a store in memory they hold all of it, and no other call on it
 * may be made before.
 *
 * sql     [size] copied.
 * values  [count] of the parameters ?1, ?2 ..., copied; NULL for none.
 * options NULL for the defaults.
 * Errors: INVALID (offset is where in sql; or it is not one statement that
 *         reads, or takes another count of values), TOO_BIG (over its memory),
 *         INTERRUPTED (its time is over, too), IO, CORRUPT.
 */
PHX_CALL phx_store_sql(phx_store *store, const char *sql, size_t size,
                       const phx_value *values, size_t count,
                       const phx_sql_options *options, phx_rows **out,
                       phx_error *err);

/* How many values each row has. */
PHX_API size_t phx_rows_columns(const phx_rows *rows);

/* The column's name, or NULL past the last. Lent until the rows are closed. */
PHX_API const char *phx_rows_name(const phx_rows *rows, size_t column);

/* Lends a row, its values in [phx_rows_columns], and returns OK; or returns
 * DONE and sets *out to NULL. A text that is not UTF-8 is PHX_BYTES.
 * Errors: INVALID (an operation cannot be done, as abs of the least integer),
 * TOO_BIG, INTERRUPTED, IO, CORRUPT. */
PHX_CALL phx_rows_next(phx_rows *rows, const phx_value **out, phx_error *err);

/*
 * The next rows as a JSON array of arrays; or DONE, as phx_cursor_next_json.
 * What JSON has no word for is an object: {"bytes": hex}, {"real": "Infinity"},
 * {"integer": "9007199254740993"} past 2^53, where doubles are not exact.
 *
 * Errors: as phx_rows_next: INVALID, TOO_BIG (one row over 1 GiB, too),
 *         INTERRUPTED, IO, CORRUPT.
 */
PHX_CALL phx_rows_next_json(phx_rows *rows, size_t count, phx_buf *out,
                            phx_error *err);

PHX_API void phx_rows_close(phx_rows *rows);

#ifdef __cplusplus
}
#endif

#endif /* PHOENIX_H */
