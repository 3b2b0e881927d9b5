/* trace_cache_test.c - the cache of traces, and their rows in the table. */
#include "t.h"

#include "store/trace_cache.c"

static struct trace_row row_of(int64_t id, const char *trace_id)
{
    struct trace_row row = {.id = id, .project = 1, .spans = id};

    row.trace_id_size = (uint8_t)strlen(trace_id);
    memcpy(row.trace_id, trace_id, row.trace_id_size);
    return row;
}

static void add(struct trace_cache *cache, int64_t id, const char *trace_id)
{
    struct trace_row row = row_of(id, trace_id);

    succeeds(trace_cache_add(cache, (uint64_t)id, &row, err));
}

static int64_t find(struct trace_cache *cache, int64_t id, const char *trace_id)
{
    struct trace_row *row =
        trace_cache_find(cache, (uint64_t)id, text_of(trace_id));

    return row ? row->id : 0;
}

TEST(a_trace_is_found_by_hash_and_id)
{
    struct trace_cache *cache = NULL;

    UNUSED_STATE;
    succeeds(trace_cache_new(&cache, err));
    add(cache, 1, "one");
    add(cache, 2, "two");
    eq_int(find(cache, 1, "one"), 1);
    eq_int(find(cache, 2, "two"), 2);
    eq_int(find(cache, 1, "two"), 0); /* of the same hash */
    eq_int(find(cache, 3, "one"), 0);
    struct trace_row *row = trace_cache_find(cache, 1, text_of("one"));
    row->spans = 9;
    row = trace_cache_find(cache, 1, text_of("one"));
    eq_int(row->spans, 9);
    trace_cache_empty(cache);
    eq_int(find(cache, 1, "one"), 0);
    trace_cache_free(cache);
    trace_cache_free(NULL);
}

TEST(a_trace_in_use_outlives_the_others)
{
    struct trace_cache *cache = NULL;

    UNUSED_STATE;
    succeeds(trace_cache_new(&cache, err));
    add(cache, 1, "kept");
    add(cache, 2, "left");
    for (int64_t i = 3; i < 40 * GENERATION; i++) {
        add(cache, i, "other");
        eq_int(find(cache, 1, "kept"), 1);
        eq_int(find(cache, i, "other"), i);
    }
    eq_int(find(cache, 2, "left"), 0);
    ok(cache->young.count <= GENERATION);
    ok(cache->old.count <= GENERATION);
    trace_cache_free(cache);
}

TEST(the_newest_row_of_a_trace_counts)
{
    struct trace_cache *cache = NULL;

    UNUSED_STATE;
    succeeds(trace_cache_new(&cache, err));
    for (int64_t i = 1; i < 5 * GENERATION; i++) {
        struct trace_row row = row_of(i, "same");
        succeeds(trace_cache_add(cache, 7, &row, err));
        eq_int(find(cache, 7, "same"), i);
        add(cache, 100 + i, "other");
    }
    trace_cache_free(cache);
}

TEST(ids_too_long_for_a_row_are_not_kept)
{
    struct trace_cache *cache = NULL;
    struct trace_row row = {.id = 1, .trace_id_size = 0};

    UNUSED_STATE;
    succeeds(trace_cache_new(&cache, err));
    succeeds(trace_cache_add(cache, 1, &row, err));
    assert_null(trace_cache_find(cache, 1, text_of("")));
    trace_cache_free(cache);
}

/* --- rows --------------------------------------------------------------------- */

TEST(a_row_comes_back_to_the_nanosecond)
{
    static const uint64_t times[] = {0, 999, 1000, 1772359200123456789u,
                                     UINT64_MAX};
    struct connection *connection = NULL;
    struct trace_row row, read;
    char long_id[40];

    UNUSED_STATE;
    memset(long_id, 'x', sizeof long_id);
    succeeds(connection_open(NULL, NULL, false, 0, &connection, err));
    succeeds(schema_prepare(connection, &(struct store_options){0}, err));
    for (int64_t i = 0; i < 5; i++) {
        row = row_of(i + 1, "an id");
        row.session = i % 2 ? 3 : 0;
        row.start = times[i];
        row.end = times[4 - i];
        phx_text id =
            i == 4 ? text_span(long_id, sizeof long_id) : text_of("an id");
        succeeds(trace_row_write(connection, &row, id, true, err));
        succeeds(trace_row_find(connection, i + 1, &read, err));
        eq_int(read.id, i + 1);
        eq_int(read.session, row.session);
        eq_int(read.spans, row.spans);
        ok(read.start == row.start && read.end == row.end);
        eq_int(read.trace_id_size, i == 4 ? 0 : 5);
        eq_int(read.sum, trace_row_sum(&read));
        row.end = times[i];
        row.spans = 77;
        succeeds(trace_row_write(connection, &row, id, false, err));
        succeeds(trace_row_find(connection, i + 1, &read, err));
        ok(read.end == times[i] && read.spans == 77);
        eq_int(read.sum, trace_row_sum(&read));
    }
    eq_int(trace_row_find(connection, 99, &read, NULL), PHX_DONE);
    connection_close(connection);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_is_found_by_hash_and_id),
        cmocka_unit_test(a_trace_in_use_outlives_the_others),
        cmocka_unit_test(the_newest_row_of_a_trace_counts),
        cmocka_unit_test(ids_too_long_for_a_row_are_not_kept),
        cmocka_unit_test(a_row_comes_back_to_the_nanosecond),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
