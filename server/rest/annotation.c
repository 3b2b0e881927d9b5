/*
 * annotation.c - annotations of spans, traces and sessions that a project has:
 * listed by their targets' ids or by identifier, deleted within a window.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { DEFAULT_LIMIT = 10, MOST_LIMIT = 10000, MOST_VALUES = 1000 };

const struct annotation_form annotation_forms[] = {
    {PHX_SPAN_ANNOTATION, PHX_SPAN, "span", "Span", "span_id", "span_ids",
     "SpanAnnotation"},
    {PHX_TRACE_ANNOTATION, PHX_TRACE, "trace", "Trace", "trace_id", "trace_ids",
     "TraceAnnotation"},
    {PHX_SESSION_ANNOTATION, PHX_SESSION, "session", "Session", "session_id",
     "session_ids", "ProjectSessionAnnotation"},
    {PHX_DOCUMENT_ANNOTATION, PHX_SPAN, "document", "Span", "span_id", NULL,
     "DocumentAnnotation"},
};

const char *const annotator_names[] = {"LLM", "CODE", "HUMAN"};

/* --- lists ------------------------------------------------------------------ */

static void write_result(struct json_writer *json, const phx_annotation *row)
{
    json_key(json, "result");
    json_open_object(json);
    write_text(json, "label", row->label);
    json_key(json, "score");
    if (row->has_score)
        json_real(json, row->score);
    else
        json_null(json);
    write_text(json, "explanation", row->explanation);
    json_close_object(json);
}

static void write_row(struct json_writer *json,
                      const struct annotation_form *form,
                      const phx_annotation *row)
{
    json_open_object(json);
    write_id(json, "id", form->type, row->id);
    write_time(json, "created_at", row->created_at);
    write_time(json, "updated_at", row->updated_at);
    json_key(json, "source");
    json_string(json, row->source == PHX_SOURCE_APP ? "APP" : "API");
    json_key(json, "user_id");
    json_null(json);
    write_text(json, "name", row->name);
    json_key(json, "annotator_kind");
    json_string(json, annotator_names[row->annotator]);
    write_result(json, row);
    json_key(json, "metadata");
    json_raw(json, row->metadata);
    write_text(json, "identifier", row->identifier);
    write_text(json, form->id_key, row->target_id);
    json_close_object(json);
}

static void check_identifiers(struct check *check, const phx_text *texts,
                              size_t count)
{
    static const struct place in_query = {NULL, "query", 0};
    static const struct place list = {&in_query, "identifier", 0};
    struct value least = value_int(1);

    for (size_t i = 0; i < count; i++) {
        struct place place = {&list, NULL, i};
        struct value input = value_text(texts[i]);

        if (texts[i].size == 0)
            check_problem_with(check, &place, "string_too_short",
                               "String should have at least 1 character",
                               &input, "min_length", &least);
    }
}

static int text_order(const void *a, const void *b)
{
    const phx_text *x = a, *y = b;
    size_t size = x->size < y->size ? x->size : y->size;
    int order = size > 0 ? memcmp(x->data, y->data, size) : 0;

    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* Each value once; false if there are too many, which has been answered. */
static bool keep_unique(struct request *request, const char *key,
                        phx_text *texts, size_t *count)
{
    size_t kept = 0;

    if (*count > 0)
        qsort(texts, *count, sizeof *texts, text_order);
    for (size_t i = 0; i < *count; i++) {
        if (i == 0 || text_order(&texts[i - 1], &texts[i]) != 0)
            texts[kept++] = texts[i];
    }
    *count = kept;
    if (kept <= MOST_VALUES)
        return true;
    answer_text(request, 422, "Too many values of %s: %zu, the limit is %d",
                key, kept, MOST_VALUES);
    return false;
}

/* The ids, identifiers and names that a list is asked by; answered if false. */
static bool read_query(struct request *request,
                       const struct annotation_form *form,
                       phx_annotation_query *query)
{
    phx_text *ids =
        query_texts(request, form->ids_key, &query->target_id_count);
    phx_text *identifiers =
        query_texts(request, "identifier", &query->identifier_count);
    struct check check;

    query->kind = form->kind;
    query->target_ids = ids;
    query->identifiers = identifiers;
    query->names =
        query_texts(request, "include_annotation_names", &query->name_count);
    query->not_names = query_texts(request, "exclude_annotation_names",
                                   &query->not_name_count);
    check_begin(&check, request);
    check_identifiers(&check, identifiers, query->identifier_count);
    query->limit = check_limit(&check, DEFAULT_LIMIT, MOST_LIMIT);
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &query->project))
        return false;
    if (query->target_id_count + query->identifier_count == 0) {
        answer_text(request, 422, "At least one of %s and identifier is needed",
                    form->ids_key);
        return false;
    }
    return keep_unique(request, form->ids_key, ids, &query->target_id_count) &&
           keep_unique(request, "identifier", identifiers,
                       &query->identifier_count);
}

static phx_status find_trace_in(phx_store *store, phx_id trace, phx_id project,
                                phx_error *err)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *row;
    phx_cursor *cursor = NULL;
    phx_status status;

    query.trace = trace;
    query.project = project;
    if ((status = phx_store_find_traces(store, &query, &cursor, err)) == PHX_OK)
        status = phx_cursor_next_trace(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status find_session_in(phx_store *store, phx_id session,
                                  phx_id project, phx_error *err)
{
    phx_session_query query = PHX_SESSION_QUERY_INIT;
    const phx_session *row;
    phx_cursor *cursor = NULL;
    phx_status status;

    query.session = session;
    query.project = project;
    if ((status = phx_store_find_sessions(store, &query, &cursor, err)) ==
        PHX_OK)
        status = phx_cursor_next_session(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status find_span_in(phx_store *store, phx_text id, phx_id project,
                               phx_error *err)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *row;
    phx_cursor *cursor = NULL;
    phx_status status;

    query.span_ids = &id;
    query.span_id_count = 1;
    query.project = project;
    query.limit = 1;
    query.attributes = PHX_ATTRIBUTES_NONE;
    if ((status = phx_store_find_spans(store, &query, &cursor, err)) == PHX_OK)
        status = phx_cursor_next_span(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

/* OK if the project has one of the targets, DONE if it has none. */
static phx_status find_targets(struct request *request,
                               const struct annotation_form *form,
                               const phx_annotation_query *query,
                               phx_error *err)
{
    phx_store *store = request_service(request)->store;
    phx_status status = PHX_DONE;
    phx_id id;

    for (size_t i = 0; i < query->target_id_count && status == PHX_DONE; i++) {
        phx_text text = query->target_ids[i];

        status =
            phx_store_find(store, form->row, text.data, text.size, &id, err);
        if (status == PHX_OK)
            status = form->row == PHX_SPAN
                         ? find_span_in(store, text, query->project, err)
                     : form->row == PHX_TRACE
                         ? find_trace_in(store, id, query->project, err)
                         : find_session_in(store, id, query->project, err);
        if (status == PHX_NOT_FOUND)
            status = PHX_DONE;
    }
    return status;
}

static phx_status write_page(struct request *request,
                             const struct annotation_form *form,
                             const phx_annotation_query *query,
                             struct json_writer *json, char next[ID_SIZE],
                             int64_t *count, phx_error *err)
{
    phx_annotation_query wanted = *query;
    phx_cursor *cursor = NULL;
    const phx_annotation *row;
    phx_status status;

    wanted.limit++;
    status = phx_store_find_annotations(request_service(request)->store,
                                        &wanted, &cursor, err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_annotation(cursor, &row, err)) == PHX_OK) {
        if (*count == query->limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print(form->type, row->id, next);
            break;
        }
        write_row(json, form, row);
        ++*count;
    }
    phx_cursor_close(cursor);
    return status;
}

static void list_rows(struct request *request,
                      const struct annotation_form *form)
{
    phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t count = 0;

    if (!read_query(request, form, &query) ||
        !find_cursor(request, &query.from))
        return;
    list_begin(request, &json);
    if (query.from >= 0)
        status = write_page(request, form, &query, &json, next, &count, &err);
    if (status >= 0 && count == 0 && query.identifier_count == 0 &&
        (status = find_targets(request, form, &query, &err)) == PHX_DONE)
        answer_text(request, 404, "The project has none of these %ss",
                    form->noun);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void span_annotations(struct request *request)
{
    list_rows(request, &annotation_forms[PHX_SPAN_ANNOTATION]);
}

void trace_annotations(struct request *request)
{
    list_rows(request, &annotation_forms[PHX_TRACE_ANNOTATION]);
}

void session_annotations(struct request *request)
{
    list_rows(request, &annotation_forms[PHX_SESSION_ANNOTATION]);
}

/* --- deletes ---------------------------------------------------------------- */

/* What DELETE is asked for. */
struct removal {
    phx_annotation_query query;
    phx_text name, identifier;
    bool has_start, has_end, all;
};

static bool read_removal(struct request *request, struct removal *out)
{
    phx_annotation_query *query = &out->query;
    struct check check;
    int annotator;

    check_begin(&check, request);
    out->name = check_filled(&check, "name");
    out->identifier = check_filled(&check, "identifier");
    annotator = check_choice(&check, "annotator_kind", annotator_names, 3, -1);
    out->has_start = check_time(&check, "start_time", &query->start_time);
    out->has_end = check_time(&check, "end_time", &query->end_time);
    out->all = check_bool(&check, "delete_all", false);
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &query->project))
        return false;
    query->annotators = annotator < 0 ? 0 : 1u << annotator;
    query->names = &out->name;
    query->name_count = out->name.data != NULL;
    query->identifiers = &out->identifier;
    query->identifier_count = out->identifier.data != NULL;
    if (!out->all && !(out->has_start && out->has_end)) {
        answer_text(request, 422,
                    "Give both start_time and end_time, or delete_all=true");
        return false;
    }
    if (out->has_start && out->has_end &&
        query->start_time >= query->end_time) {
        answer_text(request, 422, "start_time must be before end_time");
        return false;
    }
    return true;
}

static void delete_rows(struct request *request, int32_t kind)
{
    struct removal removal = {.query = PHX_ANNOTATION_QUERY_INIT};
    phx_error err = {0};
    phx_status status = PHX_OK;

    removal.query.kind = kind;
    if (!read_removal(request, &removal))
        return;
    if (!removal.has_end || removal.query.end_time != 0)
        status = phx_store_delete_annotations(request_service(request)->store,
                                              &removal.query, NULL, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

void span_annotations_delete(struct request *request)
{
    delete_rows(request, PHX_SPAN_ANNOTATION);
}

void trace_annotations_delete(struct request *request)
{
    delete_rows(request, PHX_TRACE_ANNOTATION);
}

void session_annotations_delete(struct request *request)
{
    delete_rows(request, PHX_SESSION_ANNOTATION);
}
