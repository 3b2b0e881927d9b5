/*
 * stored.h - a store in a folder of its own, and requests for it in a line.
 *
 *     struct place place;
 *     place_make(&place);
 *     place_open(&place, 0);
 *     send(&place, &(struct sent){.trace = "01", .span = "a1"});
 *     place_remove(&place);
 */
#ifndef CONTRACT_STORED_H
#define CONTRACT_STORED_H

#include "t.h"

#include "base/faults.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* --- a store --------------------------------------------------------------- */

struct place {
    char folder[64];
    char path[96];
    char url[128];
    char copy[96]; /* for a backup */
    phx_store *store;
    int64_t memory; /* pieces alive at first, and at the end */
};

/* In memory if the machine has a folder there: syncs cost nothing. */
static inline void place_make(struct place *place)
{
    *place = (struct place){.memory = memory_faults.balance};
    snprintf(place->folder, sizeof place->folder, "%s/phoenix-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/store", place->folder);
    snprintf(place->url, sizeof place->url, "sqlite:%s", place->path);
    snprintf(place->copy, sizeof place->copy, "%s/copy", place->folder);
}

static inline phx_status open_url(const char *url, uint32_t flags,
                                  phx_store **out, phx_error *err)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;

    options.flags = flags;
    options.busy_timeout = 50;
    return phx_store_open(url, &options, out, err);
}

static inline void place_open(struct place *place, uint32_t flags)
{
    succeeds(open_url(place->url, flags, &place->store, err));
}

static inline void place_close(struct place *place)
{
    phx_store_close(place->store);
    place->store = NULL;
}

static inline void place_reopen(struct place *place, uint32_t flags)
{
    place_close(place);
    place_open(place, flags);
}

static inline void place_remove(struct place *place)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    char name[128];

    place_close(place);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", place->path, ends[i]);
        unlink(name);
        snprintf(name, sizeof name, "%s%s", place->copy, ends[i]);
        unlink(name);
    }
    assert_int_equal(rmdir(place->folder), 0);
    assert_int_equal(memory_faults.balance, place->memory);
}

static inline void verify_clean(phx_store *store)
{
    succeeds(phx_store_verify(store, NULL, NULL, err));
}

/* Until nothing is left to do. */
static inline void compact_all(phx_store *store)
{
    phx_error why = {0};
    phx_status status;

    while ((status = phx_store_compact(store, 1000, &why)) == PHX_OK)
        ;
    if (status < 0)
        wrong("compact: %s: %s", phx_status_name(status), why.message);
}

/* Of a span a test gives what matters to it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* --- requests ---------------------------------------------------------------- */

/* A span as a test thinks of it; ids in hex, what is NULL or 0 is left out. */
struct sent {
    const char *trace, *span, *parent, *name, *session, *kind;
    uint64_t start, end;     /* ns */
    int status;              /* PHX_SPAN_... */
    int64_t tokens;          /* of the prompt */
    const char *key, *value; /* one more attribute, value as OTLP/JSON */
};

struct request {
    char *text;
    size_t size, capacity;
    int count;
};

static inline void request_print(struct request *request, const char *format,
                                 ...) __attribute__((format(printf, 2, 3)));
static inline void request_print(struct request *request, const char *format,
                                 ...)
{
    va_list values;
    int size;

    for (;;) {
        size_t room = request->capacity - request->size;
        va_start(values, format);
        size = vsnprintf(room ? request->text + request->size : NULL, room,
                         format, values);
        va_end(values);
        if ((size_t)size < room)
            break;
        request->capacity = request->capacity * 2 + (size_t)size + 256;
        request->text = realloc(request->text, request->capacity);
        assert_non_null(request->text);
    }
    request->size += (size_t)size;
}

static inline void request_attribute(struct request *request, const char *key,
                                     const char *value)
{
    if (value)
        request_print(request,
                      "{\"key\":\"%s\",\"value\":{\"stringValue\":"
                      "\"%s\"}},",
                      key, value);
}

static inline void request_add(struct request *request, const struct sent *sent)
{
    if (request->count++ == 0)
        request_print(request,
                      "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[");
    else
        request_print(request, ",");
    request_print(request,
                  "{\"traceId\":\"%s\",\"spanId\":\"%s\",\"name\":\"%s\","
                  "\"startTimeUnixNano\":\"%" PRIu64 "\","
                  "\"endTimeUnixNano\":\"%" PRIu64 "\",",
                  sent->trace, sent->span, sent->name ? sent->name : "step",
                  sent->start, sent->end);
    if (sent->parent)
        request_print(request, "\"parentSpanId\":\"%s\",", sent->parent);
    if (sent->status)
        request_print(request, "\"status\":{\"code\":%d},", sent->status);
    request_print(request, "\"attributes\":[");
    request_attribute(request, "session.id", sent->session);
    request_attribute(request, "openinference.span.kind", sent->kind);
    if (sent->tokens)
        request_print(request,
                      "{\"key\":\"llm.token_count.prompt\",\"value\":"
                      "{\"intValue\":\"%" PRId64 "\"}},",
                      sent->tokens);
    if (sent->key)
        request_print(request, "{\"key\":\"%s\",\"value\":%s},", sent->key,
                      sent->value);
    request_print(request, "{\"key\":\"n\",\"value\":{\"intValue\":\"%d\"}}]}",
                  request->count);
}

static inline void request_end(struct request *request)
{
    if (request->count == 0)
        request_print(request, "{\"resourceSpans\":[{\"scopeSpans\":[{"
                               "\"spans\":[");
    request_print(request, "]}]}]}");
}

static inline phx_status request_ingest(struct request *request,
                                        phx_store *store, const char *project,
                                        phx_ingest_report *report,
                                        phx_error *err)
{
    request_end(request);
    phx_status status =
        phx_store_ingest(store, project, PHX_OTLP_JSON, request->text,
                         request->size, report, err);
    free(request->text);
    *request = (struct request){0};
    return status;
}

/* One span in a commit of its own; whether it was new. */
static inline int send_to(phx_store *store, const char *project,
                          const struct sent *sent)
{
    struct request request = {0};
    phx_ingest_report report = {0};

    request_add(&request, sent);
    succeeds(request_ingest(&request, store, project, &report, err));
    assert_int_equal(report.accepted + report.duplicate, 1);
    return report.accepted == 1;
}

static inline int send(struct place *place, const struct sent *sent)
{
    return send_to(place->store, NULL, sent);
}

/* --- questions --------------------------------------------------------------- */

/* The number, or 0 if it is not found. */
static inline phx_id number_of(phx_store *store, int32_t kind, const char *name)
{
    phx_error why = {0};
    phx_id id = 0;
    phx_status status =
        phx_store_find(store, kind, name, strlen(name), &id, &why);

    if (status < 0 && status != PHX_NOT_FOUND)
        wrong("find %s: %s", name, why.message);
    return status < 0 ? 0 : id;
}

static inline phx_id span_of(struct place *place, const char *id)
{
    return number_of(place->store, PHX_SPAN, id);
}

static inline phx_id trace_of(struct place *place, const char *id)
{
    return number_of(place->store, PHX_TRACE, id);
}

static inline void delete_one(phx_store *store, int32_t kind, phx_id id)
{
    succeeds(phx_store_delete(store, kind, id, err));
}

/* Span ids in the order they come, each with a space behind it. */
static inline void list_spans(phx_store *store, const phx_span_query *query,
                              char *out, size_t size)
{
    const phx_span *span;
    phx_cursor *cursor = NULL;
    phx_error why = {0};
    phx_status status;
    size_t used = 0;

    out[0] = '\0';
    succeeds(phx_store_find_spans(store, query, &cursor, err));
    while ((status = phx_cursor_next_span(cursor, &span, &why)) == PHX_OK)
        used += (size_t)snprintf(out + used, size - used, "%s ",
                                 span->span_id.data);
    if (status < 0)
        wrong("next span: %s", why.message);
    phx_cursor_close(cursor);
    assert_true(used < size);
}

#define eq_spans(store, query, expected)                                       \
    do {                                                                       \
        char t_list[4096];                                                     \
        list_spans(store, query, t_list, sizeof t_list);                       \
        eq_string(t_list, expected);                                           \
    } while (0)

static inline void list_traces(phx_store *store, const phx_trace_query *query,
                               char *out, size_t size)
{
    const phx_trace *trace;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    out[0] = '\0';
    succeeds(phx_store_find_traces(store, query, &cursor, err));
    while (phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK)
        used += (size_t)snprintf(out + used, size - used, "%s ",
                                 trace->trace_id.data);
    phx_cursor_close(cursor);
    assert_true(used < size);
}

#define eq_traces(store, query, expected)                                      \
    do {                                                                       \
        char t_list[4096];                                                     \
        list_traces(store, query, t_list, sizeof t_list);                      \
        eq_string(t_list, expected);                                           \
    } while (0)

static inline phx_store_stats stats_of(phx_store *store)
{
    phx_store_stats stats = {0};

    succeeds(phx_store_stat(store, &stats, err));
    return stats;
}

#endif
