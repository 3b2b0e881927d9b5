/*
 * span_query.c - the query of a cursor of spans, copied: ids as bytes, paths as
 * keys, JSON as values, the filter as SQL, the search as words.
 */
#include "base/base.h"

#include "api/inside.h"

static phx_status copy_texts(struct arena *arena, const phx_text *from,
                             size_t count, bool hex, const phx_text **out,
                             size_t *out_count, phx_error *err)
{
    phx_text *texts = arena_new(arena, size_mul(count, sizeof *texts));

    if (texts == NULL)
        return arena_status(arena, size_mul(count, sizeof *texts), err);
    for (size_t i = 0; i < count; i++) {
        size_t size = from[i].size;
        if (from[i].data == NULL && size != 0)
            return fail_argument(err);
        uint8_t *bytes = arena_copy(arena, from[i].data, size);
        if (bytes == NULL)
            return arena_status(arena, size, err);
        if (hex && hex_read(from[i], bytes, &size, NULL) < 0)
            size = 0; /* no row has it */
        texts[i] = text_span(bytes, size);
    }
    *out = texts;
    *out_count = count;
    return PHX_OK;
}

static phx_status copy_path(struct arena *arena, const char *path,
                            struct attribute_test *test, phx_error *err)
{
    size_t size = strlen(path), count = 1;
    char *copy = arena_copy(arena, path, size + 1);

    for (size_t i = 0; i < size; i++)
        count += path[i] == '.';
    phx_text *keys = arena_new(arena, size_mul(count, sizeof *keys));
    if (copy == NULL || keys == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < count; i++) {
        size_t key = strcspn(copy, ".");
        keys[i] = text_span(copy, key);
        copy += key + 1;
    }
    test->keys = keys;
    test->key_count = count;
    return PHX_OK;
}

static phx_status copy_tests(struct arena *arena, const phx_span_query *query,
                             struct span_filter *filter, phx_error *err)
{
    size_t size = size_mul(query->test_count, sizeof *filter->tests);
    struct attribute_test *tests = arena_new(arena, size);
    phx_status status;

    if (tests == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < query->test_count; i++) {
        const phx_attribute_test *from = &query->tests[i];
        if (from->path == NULL ||
            (from->json.data == NULL && from->json.size != 0))
            return fail_argument(err);
        char *json = arena_copy(arena, from->json.data, from->json.size);
        if (json == NULL)
            return arena_status(arena, from->json.size, err);
        if ((status = copy_path(arena, from->path, &tests[i], err)) < 0)
            return status;
        status = json_read(arena, text_span(json, from->json.size), 0,
                           &tests[i].value, err);
        int kind = status < 0 ? JSON_NULL : tests[i].value.kind;
        if (status == PHX_NO_MEMORY)
            return status;
        if (kind == JSON_NULL || kind == JSON_ARRAY || kind == JSON_OBJECT)
            return fail(err, PHX_INVALID, (int64_t)i,
                        "an attribute is tested against a JSON text, number"
                        " or boolean");
    }
    filter->tests = tests;
    filter->test_count = query->test_count;
    return PHX_OK;
}

phx_status search_read(struct arena *arena, phx_text search,
                       struct span_words *out, phx_error *err)
{
    *out = (struct span_words){NULL, 0};
    if (search.data == NULL)
        return search.size == 0 ? PHX_OK : fail_argument(err);
    return query_words(arena, search, out, err);
}

phx_status phx_search_check(const char *text, size_t size, phx_error *err)
{
    struct span_words words;
    struct arena arena;

    if (text == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    phx_status status = query_words(&arena, text_span(text, size), &words, err);
    arena_clear(&arena);
    return status;
}

phx_status span_query_copy(struct arena *arena, const phx_span_query *query,
                           struct span_filter *out, phx_error *err)
{
    phx_status status;

    *out = (struct span_filter){
        .project = query->project,
        .start_time = query->start_time,
        .end_time = query->end_time,
        .kinds = query->kinds,
        .statuses = query->statuses,
        .roots_only = query->roots_only != 0,
        .until = query->until,
        .stop = query->stop,
        .stop_ctx = query->stop_ctx,
    };
    if ((status =
             copy_texts(arena, query->trace_ids, query->trace_id_count, true,
                        &out->trace_ids, &out->trace_id_count, err)) < 0 ||
        (status = copy_texts(arena, query->span_ids, query->span_id_count, true,
                             &out->span_ids, &out->span_id_count, err)) < 0 ||
        (status =
             copy_texts(arena, query->parent_ids, query->parent_id_count, true,
                        &out->parent_ids, &out->parent_id_count, err)) < 0 ||
        (status = copy_texts(arena, query->names, query->name_count, false,
                             &out->names, &out->name_count, err)) < 0)
        return status;
    if ((status = copy_tests(arena, query, out, err)) < 0)
        return status;
    if ((status = condition_read(arena, PHX_FILTER_SPANS, query->filter,
                                 &out->condition, err)) < 0)
        return status;
    return search_read(arena, query->search, &out->words, err);
}
