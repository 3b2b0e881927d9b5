/*
 * annotated.h - annotations in a line, and lists of them as text.
 */
#ifndef CONTRACT_ANNOTATED_H
#define CONTRACT_ANNOTATED_H

#include "contract/stored.h"

enum {
    SPAN = PHX_SPAN_ANNOTATION,
    TRACE = PHX_TRACE_ANNOTATION,
    SESSION = PHX_SESSION_ANNOTATION,
    DOCUMENT = PHX_DOCUMENT_ANNOTATION
};

static inline phx_text text(const char *string)
{
    return (phx_text){string, string ? strlen(string) : 0};
}

/* An item of a span or trace by its hex id, or of a session by its name. */
static inline phx_annotation_item item_of(int32_t kind, const char *id,
                                          const char *name, const char *label)
{
    return (phx_annotation_item){.kind = kind,
                                 .target_id = text(id),
                                 .name = text(name),
                                 .label = text(label)};
}

/* Its number. */
static inline phx_id annotate(phx_store *store, const phx_annotation_item *item)
{
    phx_id id = 0;

    succeeds(phx_store_annotate(store, item, 1, &id, err));
    assert_true(id > 0);
    return id;
}

static inline phx_id say(phx_store *store, int32_t kind, const char *id,
                         const char *name, const char *label)
{
    phx_annotation_item item = item_of(kind, id, name, label);

    return annotate(store, &item);
}

/* "number:target_id:name=label " in the order they come. */
static inline void list_annotations(phx_store *store,
                                    const phx_annotation_query *query,
                                    char *out, size_t size)
{
    const phx_annotation *row;
    phx_cursor *cursor = NULL;
    phx_error why = {0};
    phx_status status;
    size_t used = 0;

    out[0] = '\0';
    succeeds(phx_store_find_annotations(store, query, &cursor, err));
    while ((status = phx_cursor_next_annotation(cursor, &row, &why)) == PHX_OK)
        used +=
            (size_t)snprintf(out + used, size - used, "%d:%s:%s=%s ",
                             (int)row->id, row->target_id.data, row->name.data,
                             row->label.data ? row->label.data : "");
    if (status < 0)
        wrong("next annotation: %s", why.message);
    assert_null(row);
    phx_cursor_close(cursor);
    assert_true(used < size);
}

#define eq_annotations(store, query, expected)                                 \
    do {                                                                       \
        char t_list[4096];                                                     \
        list_annotations(store, query, t_list, sizeof t_list);                 \
        eq_string(t_list, expected);                                           \
    } while (0)

/* --- a store to annotate ------------------------------------------------------ */

/* Spans 01 and 02 in a trace, 03 of another project, 04 in the session of the
 * first. */
static inline void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    send_to(place->store, "p", &(struct sent){"a1", "01", .session = "s1"});
    send_to(place->store, "p", &(struct sent){"a1", "02", "01"});
    send_to(place->store, "q", &(struct sent){"a2", "03", .session = "s2"});
    send_to(place->store, "p", &(struct sent){"a3", "04", .session = "s1"});
}

static inline phx_annotation_query query_of(int32_t kind)
{
    phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;

    query.kind = kind;
    return query;
}

static inline phx_id project_of(struct place *place, const char *name)
{
    return number_of(place->store, PHX_PROJECT, name);
}

/* d1 retrieved two documents, d2 reranked three. */
static inline void send_documents(struct place *place)
{
    static const char body[] =
        "{\"data\":[{\"name\":\"r\",\"context\":{\"trace_id\":\"d1\","
        "\"span_id\":\"d1\"},\"span_kind\":\"RETRIEVER\","
        "\"start_time\":\"2026-03-01T10:00:00Z\","
        "\"end_time\":\"2026-03-01T10:00:01Z\",\"attributes\":{"
        "\"retrieval.documents\":[{\"document.id\":\"1\"},"
        "{\"document.id\":\"2\"}]}},"
        "{\"name\":\"k\",\"context\":{\"trace_id\":\"d1\","
        "\"span_id\":\"d2\"},\"span_kind\":\"RERANKER\","
        "\"start_time\":\"2026-03-01T10:00:00Z\","
        "\"end_time\":\"2026-03-01T10:00:01Z\",\"attributes\":{"
        "\"retrieval.documents\":[{\"document.id\":\"1\"}],"
        "\"reranker.output_documents.0.document.id\":\"1\","
        "\"reranker.output_documents.1.document.id\":\"2\","
        "\"reranker.output_documents.2.document.id\":\"3\"}}]}";
    phx_ingest_report report;

    succeeds(phx_store_ingest(place->store, "p", PHX_SPAN_JSON, body,
                              sizeof body - 1, &report, err));
    eq_int(report.accepted, 2);
}

/* Numbers 1 ... of the spans 01, 02, 03, 04 in turn. */
static inline void say_much(struct place *place, int count)
{
    static const char *const ids[] = {"01", "02", "03", "04"};
    char label[16];

    for (int i = 0; i < count; i++) {
        phx_annotation_item item =
            item_of(SPAN, ids[i % 4], i % 3 ? "tone" : "note", NULL);
        char identifier[16];
        snprintf(label, sizeof label, "%d", i);
        snprintf(identifier, sizeof identifier, "%d", i / 4);
        item.label = text(label);
        item.identifier = i < 4 ? text("") : text(identifier);
        item.annotator = i % 3;
        annotate(place->store, &item);
    }
}

#endif
