/*
 * Every vector of tests/vectors/{span,trace,session}_filter.json: conditions
 * compiled and evaluated over the store they come with, or refused.
 */
#include "t.h"

#include "base/base.h"
#include "query/query.h"
#include "unit/query/world_store.h"

static struct world world;
static struct world_store stored;

static bool is_listed(struct arena *arena, const struct value *list,
                      enum query_grain grain, size_t number)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct value item = vectors_decode(arena, &list->items[i]);
        if (grain == QUERY_SESSION
                ? text_equal(item.text, world.sessions[number].id)
                : item.integer == (int64_t)number)
            return true;
    }
    return false;
}

/* A time of the request's range; what is not given bounds nothing. */
static uint64_t time_of(const struct value *vector, const char *path,
                        uint64_t otherwise)
{
    const struct value *value = value_at(vector, path);
    uint64_t time = otherwise;

    if (value != NULL && value->kind == JSON_TEXT)
        succeeds(time_read(value->text, TIME_NAIVE_REFUSED, &time, err));
    return time;
}

/* Traces are in a range by their start, sessions by any overlap. */
static bool is_in_range(const struct value *vector, enum query_grain grain,
                        size_t number)
{
    uint64_t from = time_of(vector, "in.start_time", 0);
    uint64_t to = time_of(vector, "in.end_time", UINT64_MAX);

    if (grain == QUERY_TRACE)
        return world.traces[number].start_time >= from &&
               world.traces[number].start_time < to;
    if (grain == QUERY_SESSION)
        return world.sessions[number].end_time >= from &&
               world.sessions[number].start_time < to;
    return true;
}

static const void *row_of(enum query_grain grain, size_t number)
{
    if (grain == QUERY_SPAN)
        return world_span(&world, number);
    return grain == QUERY_TRACE ? (const void *)&world.traces[number]
                                : &world.sessions[number];
}

static bool within_bounds(const struct query *query, const void *row)
{
    const struct query_span *span = row;
    const struct query_bounds *bounds = &query->bounds;

    return query->grain != QUERY_SPAN ||
           (span->span->start_time >= bounds->start_from &&
            span->span->start_time <= bounds->start_to &&
            (bounds->kinds >> span->span->kind & 1) &&
            (bounds->statuses >> span->span->status & 1) &&
            (query->roots != QUERY_STRICT || !span->span->parent_id.size) &&
            (query->roots != QUERY_ORPHAN_AWARE || !span->parent));
}

static bool check_rows(struct arena *arena, enum query_grain grain,
                       const struct query *query, const struct value *vector,
                       const char *id)
{
    static const char *const names[] = {"expect.spans", "expect.traces",
                                        "expect.sessions"};
    const struct value *list = value_at(vector, names[grain]);
    size_t counts[] = {world.span_count, world.trace_count,
                       world.session_count};
    bool same = true;

    for (size_t i = 0; i < counts[grain]; i++) {
        const void *row = row_of(grain, i);
        bool matches;
        succeeds(query_matches(query, row, &matches, err));
        if (matches && !within_bounds(query, row)) {
            fprintf(stderr, "%s: %zu is out of bounds\n", id, i);
            same = false;
        }
        matches = matches && is_in_range(vector, grain, i);
        if (matches != is_listed(arena, list, grain, i)) {
            fprintf(stderr, "%s: %zu should%s match\n", id, i,
                    matches ? " not" : "");
            same = false;
        }
    }
    return same;
}

/* SQL chooses what is listed, in order of number. */
static bool check_sql(struct arena *arena, enum query_grain grain,
                      const struct query *query, const struct value *vector,
                      const char *id)
{
    static const char *const names[] = {"expect.spans", "expect.traces",
                                        "expect.sessions"};
    const struct value *list = value_at(vector, names[grain]);
    struct query_scope scope = {.ascending = true,
                                .start_time =
                                    time_of(vector, "in.start_time", 0),
                                .end_time = time_of(vector, "in.end_time", 0)};
    struct world_answer answer;
    phx_error story = {0};

    if (world_ask(&stored, query, &scope, &answer, &story) < 0) {
        fprintf(stderr, "%s: %s\n", id, story.message);
        return false;
    }
    bool same = answer.count == list->count;
    for (size_t i = 0; i < answer.count; i++)
        same = same &&
               is_listed(arena, list, grain, (size_t)answer.numbers[i] - 1) &&
               (i == 0 || answer.numbers[i] > answer.numbers[i - 1]);
    if (!same)
        fprintf(stderr, "%s: %zu rows of SQL instead of %u\n", id, answer.count,
                list->count);
    return same;
}

static bool check_roots(const struct query *query, const struct value *vector)
{
    static const char *const names[] = {NULL, "orphan_aware", "strict"};
    const struct value *roots = value_at(vector, "expect.root_scope");

    return roots == NULL || (roots->kind == JSON_NULL
                                 ? query->roots == QUERY_ALL_SPANS
                                 : value_is_text(roots, names[query->roots]));
}

/* What is printed compiles to what prints the same, and matches the same. */
static bool check_print(struct arena *arena, enum query_grain grain,
                        const struct query *query, const struct value *vector,
                        const char *id)
{
    struct buf first, second;
    struct query again;
    phx_error story;

    buf_init(&first, SIZE_MAX / 2);
    buf_init(&second, SIZE_MAX / 2);
    query_print(query, &first);
    phx_text text = text_span(first.data, first.size);
    bool same = query_compile(arena, grain, text, &again, &story) == PHX_OK;
    if (!same)
        fprintf(stderr, "%s: %.*s: %s\n", id, (int)text.size, text.data,
                story.message);
    if (same) {
        query_print(&again, &second);
        same = text_equal(text, text_span(second.data, second.size)) &&
               check_roots(&again, vector) &&
               check_rows(arena, grain, &again, vector, id);
        if (!same)
            fprintf(stderr, "%s: %.*s\n%.*s\n", id, (int)first.size,
                    (char *)first.data, (int)second.size, (char *)second.data);
    }
    buf_clear(&first);
    buf_clear(&second);
    return same;
}

static bool check_vector(struct arena *arena, enum query_grain grain,
                         const struct value *vector)
{
    char id[32];
    phx_text name = value_member(vector, "id")->text;
    const struct value *in = value_member(vector, "in");
    phx_text text = vectors_member(arena, in, "condition").text;
    const struct value *rejected = value_at(vector, "expect.rejected");
    struct query query;
    phx_error story = {0};
    phx_status status = query_compile(arena, grain, text, &query, &story);

    snprintf(id, sizeof id, "%.*s", (int)name.size, name.data);
    if (rejected != NULL) {
        bool told = status == PHX_INVALID && story.offset >= 0 &&
                    (size_t)story.offset <= text.size &&
                    strlen(story.message) <= 300;
        if (!told)
            fprintf(stderr, "%s: is not refused: %.*s\n", id, (int)text.size,
                    text.data);
        return told;
    }
    if (status < 0) {
        fprintf(stderr, "%s: %.*s: %s at %d\n", id, (int)text.size, text.data,
                story.message, (int)story.offset);
        return false;
    }
    if (!check_roots(&query, vector)) {
        fprintf(stderr, "%s: root scope is %d\n", id, query.roots);
        return false;
    }
    return check_rows(arena, grain, &query, vector, id) &&
           check_sql(arena, grain, &query, vector, id) &&
           check_print(arena, grain, &query, vector, id);
}

static void check_family(const char *path, enum query_grain grain,
                         uint32_t count)
{
    struct arena arena;
    uint32_t passed = 0;

    arena_init(&arena, SIZE_MAX);
    struct value vectors = vectors_read(&arena, path);
    for (uint32_t i = 0; i < vectors.count; i++)
        passed += check_vector(&arena, grain, &vectors.items[i]);
    eq_int(vectors.count, count);
    eq_int(passed, count);
    arena_clear(&arena);
}

TEST(every_vector_of_span_filter_holds)
{
    UNUSED_STATE;
    check_family("tests/vectors/span_filter.json", QUERY_SPAN, 268);
}

TEST(every_vector_of_trace_filter_holds)
{
    UNUSED_STATE;
    check_family("tests/vectors/trace_filter.json", QUERY_TRACE, 86);
}

TEST(every_vector_of_session_filter_holds)
{
    UNUSED_STATE;
    check_family("tests/vectors/session_filter.json", QUERY_SESSION, 52);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_span_filter_holds),
        cmocka_unit_test(every_vector_of_trace_filter_holds),
        cmocka_unit_test(every_vector_of_session_filter_holds),
    };

    world_open(&world);
    world_store_make(&stored, &world, 7);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    world_store_remove(&stored);
    arena_clear(&world.arena);
    return failed;
}
