/*
 * span_query.c - the filters that lists and exports of spans take, and the page
 * that lists make. One row more than the limit is read: its id is the next
 * cursor.
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <strings.h>

enum { DEFAULT_LIMIT = 100, MOST_LIMIT = 1000 };

/* The values that can be ids at all: lower-case hex of whole bytes. */
static size_t keep_hex(phx_text *texts, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool is_hex = texts[i].size > 0 && texts[i].size % 2 == 0;

        for (size_t j = 0; j < texts[i].size && is_hex; j++) {
            char c = texts[i].data[j];

            is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        if (is_hex)
            texts[kept++] = texts[i];
    }
    return kept;
}

/* Ids of one parameter; if some were given, but none can match: nothing. */
static const phx_text *read_ids(struct request *request, const char *key,
                                size_t *count, bool *nothing)
{
    size_t given;
    phx_text *texts = query_texts(request, key, &given);

    *count = keep_hex(texts, given);
    *nothing |= given > 0 && *count == 0;
    return texts;
}

static void read_parent(struct request *request, struct span_filter *filter)
{
    phx_span_query *query = &filter->query;
    phx_text given = request_query(request, "parent_id");
    phx_text *parent = arena_new(request_arena(request), sizeof *parent);

    if (given.data == NULL || parent == NULL)
        return;
    if (text_is(given, "null")) {
        query->roots_only = 1;
        return;
    }
    *parent = given;
    query->parent_ids = parent;
    query->parent_id_count = keep_hex(parent, 1);
    filter->nothing |= query->parent_id_count == 0;
}

static bool same_letters(phx_text text, const char *string)
{
    return text.size == strlen(string) &&
           strncasecmp(text.data, string, text.size) == 0;
}

static bool read_kinds(struct request *request, phx_span_query *query)
{
    size_t count;
    phx_text *texts = query_texts(request, "span_kind", &count);

    for (size_t i = 0; i < count; i++) {
        int32_t kind = 0;

        while (phx_kind_name(kind) != NULL &&
               !same_letters(texts[i], phx_kind_name(kind)))
            kind++;
        if (phx_kind_name(kind) == NULL) {
            answer_text(request, 422, "Invalid span_kind: %.*s",
                        (int)texts[i].size, texts[i].data);
            return false;
        }
        query->kinds |= 1u << kind;
    }
    return true;
}

const char *status_code_name(int32_t status)
{
    return status == PHX_SPAN_OK      ? "OK"
           : status == PHX_SPAN_ERROR ? "ERROR"
                                      : "UNSET";
}

static bool read_statuses(struct request *request, phx_span_query *query)
{
    size_t count;
    phx_text *texts = query_texts(request, "status_code", &count);

    for (size_t i = 0; i < count; i++) {
        int32_t code = PHX_SPAN_UNSET;

        while (code <= PHX_SPAN_ERROR &&
               !same_letters(texts[i], status_code_name(code)))
            code++;
        if (code > PHX_SPAN_ERROR) {
            answer_text(request, 422, "Invalid status_code: %.*s",
                        (int)texts[i].size, texts[i].data);
            return false;
        }
        query->statuses |= 1u << code;
    }
    return true;
}

/* The JSON of an attribute's value: as given, or quoted if it is none. */
static bool read_test_value(struct request *request, phx_text given,
                            phx_attribute_test *test, bool *nothing)
{
    struct arena *arena = request_arena(request);
    struct value value;
    struct buf quoted;

    if (json_read(arena, given, JSON_LENIENT, &value, NULL) == PHX_OK) {
        if (value.kind == JSON_NULL || value.kind == JSON_ARRAY ||
            value.kind == JSON_OBJECT)
            return false;
        *nothing |= value.kind == JSON_REAL &&
                    !(value.real - value.real == 0.0); /* NaN, Infinity */
        test->json = given;
        return true;
    }
    buf_init(&quoted, SIZE_MAX);
    json_write_text(&quoted, given, 0);
    test->json =
        text_span(arena_copy(arena, quoted.data, quoted.size), quoted.size);
    buf_clear(&quoted);
    return test->json.data != NULL;
}

/* attribute=key:value; all of them must hold. */
static bool read_tests(struct request *request, struct span_filter *filter)
{
    size_t count;
    phx_text *texts = query_texts(request, "attribute", &count);
    phx_attribute_test *tests =
        arena_new(request_arena(request), size_mul(count + 1, sizeof *tests));

    for (size_t i = 0; tests != NULL && i < count; i++) {
        phx_text text = texts[i];
        const char *colon =
            text.size > 0 ? memchr(text.data, ':', text.size) : NULL;
        size_t key_size = colon ? (size_t)(colon - text.data) : 0;
        size_t taken = key_size + 1;

        if (key_size == 0 || taken == text.size ||
            !read_test_value(request,
                             (phx_text){text.data + taken, text.size - taken},
                             &tests[i], &filter->nothing)) {
            answer_text(request, 422,
                        "Invalid attribute filter '%.*s': it must be "
                        "key:value, the value a text, number or boolean",
                        (int)text.size, text.data);
            return false;
        }
        tests[i].path = text_string(request, (phx_text){text.data, key_size});
        if (tests[i].path == NULL)
            return false;
    }
    filter->query.tests = tests;
    filter->query.test_count = tests ? count : 0;
    return true;
}

bool span_filter_read(struct request *request, int flags,
                      struct span_filter *out)
{
    phx_span_query *query = &out->query;
    struct check check;
    phx_id cursor;

    *out = (struct span_filter){.query = PHX_SPAN_QUERY_INIT};
    check_begin(&check, request);
    query->limit = (flags & SPAN_FILTER_NO_LIMIT) != 0
                       ? check_limit(&check, 0, INT64_MAX)
                       : check_limit(&check, DEFAULT_LIMIT, MOST_LIMIT);
    check_time(&check, "start_time", &query->start_time);
    if (check_time(&check, "end_time", &query->end_time))
        out->nothing = query->end_time == 0;
    query->filter = check_filter(&check, PHX_FILTER_SPANS);
    query->search = check_search(&check);
    query->stop = list_stop(query->filter, query->search);
    query->stop_ctx = request;
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &out->project) ||
        !find_cursor(request, &cursor))
        return false;
    query->project = out->project;
    query->from = cursor;
    out->nothing |= cursor < 0;
    query->trace_ids =
        read_ids(request, "trace_id", &query->trace_id_count, &out->nothing);
    query->span_ids =
        read_ids(request, "span_id", &query->span_id_count, &out->nothing);
    query->names = query_texts(request, "name", &query->name_count);
    read_parent(request, out);
    return ((flags & SPAN_FILTER_KINDS) == 0 || read_kinds(request, query)) &&
           read_statuses(request, query) && read_tests(request, out);
}

/* Writes rows up to the limit; next is the row after them, if any. */
static phx_status write_rows(struct request *request,
                             const struct span_filter *filter,
                             span_writer write, struct json_writer *json,
                             char next[ID_SIZE], phx_error *err)
{
    const struct service *service = request_service(request);
    phx_span_query query = filter->query;
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_status status;

    query.limit++;
    status = phx_store_find_spans(service->store, &query, &cursor, err);
    for (int64_t count = 0; status == PHX_OK; count++) {
        status = phx_cursor_next_span(cursor, &span, err);
        if (status != PHX_OK)
            break;
        if (count == filter->query.limit ||
            answer_buf(request)->size > PAGE_BYTES) {
            id_print("Span", span->id, next);
            break;
        }
        write(request, json, span);
    }
    phx_cursor_close(cursor);
    return status;
}

void span_page(struct request *request, const struct span_filter *filter,
               span_writer write)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (!search_begin(request, filter->query.search))
        return;
    list_begin(request, &json);
    if (!filter->nothing)
        status = write_rows(request, filter, write, &json, next, &err);
    search_end(filter->query.search);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}
