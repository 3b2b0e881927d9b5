/* Reading some rows, some parts, and the columns every row has. */
#include "t.h"

#include "make.h"

static struct made made;

static void make_rows(int count)
{
    static struct member member = {.key = {"service.name", 12}};
    static struct resource resources[2];
    char json[200];

    member.value = value_text(text_of("a service whose name is quite long, "
                                      "so that its resource is a long text"));
    resources[0].attributes = (struct attributes){&member, 1, 0};
    resources[1].schema_url = text_of("short");
    made_init(&made);
    for (int i = 0; i < count; i++) {
        snprintf(json, sizeof json,
                 i % 3 ? "{\"a\":{\"b\":%d},\"c\":\"text%d\"}"
                       : "{\"a\":[{\"b\":%d},{\"x\":\"text%d\"}],\"z\":[1]}",
                 i, i % 7);
        struct span *span = made_span(&made, json);
        span->resource = &resources[i / 5 % 2];
        span->status_message = text_of(i % 4 ? "" : "failed");
        span->session = i / 8;
        if (i % 6)
            span->parent_id = made.spans[i - i % 6].span_id;
        if (i % 11 == 0)
            span->parent_id = text_of("outside!");
        if (i % 2)
            span->tree.members[0].value.count = 1;
    }
    made_encode(&made);
}

TEST(rows_come_in_any_order)
{
    UNUSED_STATE;
    make_rows(60);
    struct span spans[60];
    struct arena arena;
    arena_init(&arena, 1 << 24);
    const uint32_t rows[] = {59, 0, 3, 4, 2, 58, 1};
    for (size_t count = 1; count <= 7; count++) {
        struct block *block = made_open(&made);
        succeeds(block_read_spans(block, &arena, rows, count, BLOCK_WHOLE,
                                  spans, err));
        made_check_json(block, rows, count);
        block_close(block);
        for (size_t i = 0; i < count; i++)
            ok(same_span(&spans[i], &made.spans[rows[i]]));
    }
    arena_clear(&arena);
    made_clear(&made);
}

TEST(reading_stops_where_the_arena_holds_enough)
{
    UNUSED_STATE;
    make_rows(60);
    struct span spans[60];
    uint32_t rows[60];
    for (uint32_t i = 0; i < 60; i++)
        rows[i] = i;
    for (size_t most = 0; most < 40000; most += 2500) {
        struct block *block = made_open(&made);
        struct arena arena;
        size_t count = 60, fewer;
        arena_init(&arena, 1 << 24);
        succeeds(block_read_some(block, &arena, most, rows, &count, BLOCK_WHOLE,
                                 spans, err));
        ok(count == 1 || most > 0);
        ok(count == 60 || arena.total > most);
        for (size_t i = 0; i < count; i++)
            ok(same_span(&spans[i], &made.spans[i]));
        arena_clear(&arena);
        fewer = count - 1;
        succeeds(block_read_some(block, &arena, most, rows, &fewer, BLOCK_WHOLE,
                                 spans, err));
        ok(fewer == count - 1 && (fewer == 0 || arena.total <= most));
        arena_clear(&arena);
        block_close(block);
    }
    made_clear(&made);
}

TEST(a_row_past_the_last_is_refused)
{
    UNUSED_STATE;
    make_rows(3);
    struct span span;
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct block *block = made_open(&made);
    uint32_t row = 3;
    fails_with(PHX_INVALID, "no row 3",
               block_read_spans(block, &arena, &row, 1, 0, &span, err));
    block_close(block);
    arena_clear(&arena);
    made_clear(&made);
}

TEST(bare_spans_have_no_attributes)
{
    UNUSED_STATE;
    make_rows(20);
    struct span spans[20];
    uint32_t rows[20];
    struct arena arena;
    arena_init(&arena, 1 << 24);
    for (uint32_t i = 0; i < 20; i++)
        rows[i] = i;
    struct block *block = made_open(&made);
    succeeds(block_read_spans(block, &arena, rows, 20, BLOCK_BARE, spans, err));
    block_close(block);
    for (uint32_t i = 0; i < 20; i++) {
        eq_int(spans[i].tree.count, 0);
        ok(spans[i].resource == NULL);
        struct span bare = made.spans[i];
        bare.tree = (struct value){.kind = JSON_OBJECT};
        bare.resource = NULL;
        ok(same_span(&spans[i], &bare));
    }
    arena_clear(&arena);
    made_clear(&made);
}

TEST(chosen_attributes_are_those_of_the_whole)
{
    UNUSED_STATE;
    make_rows(40);
    const struct block_step c = {.key = text_of("c")};
    const struct block_step b[] = {{.key = text_of("a")},
                                   {.key = text_of("b")}};
    struct block_path *paths[2];
    const struct block_choice choice = {.paths = paths, .count = 2};
    struct span spans[40];
    uint32_t rows[40];
    struct arena arena;
    arena_init(&arena, 1 << 24);
    for (uint32_t i = 0; i < 40; i++)
        rows[i] = 39 - i;
    struct block *block = made_open(&made);
    succeeds(block_path_open(block, &arena, &c, 1, &paths[0], err));
    succeeds(block_path_open(block, &arena, b, 2, &paths[1], err));
    size_t count = 40;
    succeeds(block_read_chosen(block, &arena, SIZE_MAX, rows, &count, &choice,
                               spans, err));
    block_close(block);
    for (uint32_t i = 0; i < 40; i++) {
        const struct span *whole = &made.spans[rows[i]];
        eq_int(spans[i].number, whole->number);
        ok(spans[i].resource == NULL);
        for (uint32_t j = 0; j < whole->tree.count; j++) {
            const struct member *member = &whole->tree.members[j];
            const struct value *found = value_member(
                &spans[i].tree, text_is(member->key, "c") ? "c" : "a");
            if (text_is(member->key, "z"))
                ok(value_member(&spans[i].tree, "z") == NULL);
            else if (member->value.kind == JSON_ARRAY)
                ok(found == NULL); /* a list has no b */
            else
                ok(found != NULL && value_equal(found, &member->value));
        }
    }
    arena_clear(&arena);
    made_clear(&made);
}

TEST(equal_resources_of_neighbours_are_shared)
{
    UNUSED_STATE;
    make_rows(20);
    struct span spans[20];
    uint32_t rows[20];
    struct arena arena;
    arena_init(&arena, 1 << 24);
    for (uint32_t i = 0; i < 20; i++)
        rows[i] = i;
    struct block *block = made_open(&made);
    succeeds(block_read_spans(block, &arena, rows, 20, BLOCK_LENT, spans, err));
    ok(spans[0].resource == spans[4].resource);
    ok(spans[4].resource != spans[5].resource);
    ok(spans[5].resource == spans[9].resource);
    for (uint32_t i = 0; i < 20; i++)
        ok(same_span(&spans[i], &made.spans[i]));
    block_close(block);
    arena_clear(&arena);
    made_clear(&made);
}

TEST(columns_of_every_row_are_read_alone)
{
    UNUSED_STATE;
    make_rows(60);
    struct block *block = made_open(&made);
    struct block_ints numbers, traces, parents, sessions;
    const struct block_texts *ids, *outside, *trace_ids;
    succeeds(block_read_ints(block, COLUMN_NUMBER, &numbers, err));
    succeeds(block_read_ints(block, COLUMN_TRACE, &traces, err));
    succeeds(block_read_ints(block, COLUMN_PARENT, &parents, err));
    succeeds(block_read_ints(block, COLUMN_TRACE_SESSION, &sessions, err));
    succeeds(block_read_texts(block, COLUMN_SPAN_ID, &ids, err));
    succeeds(block_read_texts(block, COLUMN_TRACE_ID, &trace_ids, err));
    succeeds(block_read_texts(block, COLUMN_OUTSIDE_PARENT, &outside, err));
    eq_int(block_texts_count(ids), 60);
    eq_int(block_texts_count(outside), 1);
    eq_text(block_text(outside, 0), "outside!");
    for (uint32_t i = 0; i < 60; i++) {
        const struct span *span = &made.spans[i];
        uint32_t trace = (uint32_t)block_int(&traces, i);
        eq_int(block_int(&numbers, i), span->number);
        ok(same(block_text(ids, i), span->span_id));
        ok(same(block_text(trace_ids, trace), span->trace_id));
        eq_int(block_int(&sessions, trace), span->session);
        eq_int(block_texts_find(ids, span->span_id, 0), i);
        eq_int(block_texts_find(ids, span->span_id, i + 1), 60);
        int64_t parent = i % 11 == 0 ? 61 : i % 6 ? i - i % 6 + 1 : 0;
        eq_int(block_int(&parents, i), parent);
    }
    eq_int(block_texts_find(ids, text_of("none"), 0), 60);
    eq_int(block_texts_find(ids, text_of("nonenone"), 0), 60);
    block_close(block);
    made_clear(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_any_order),
        cmocka_unit_test(reading_stops_where_the_arena_holds_enough),
        cmocka_unit_test(a_row_past_the_last_is_refused),
        cmocka_unit_test(bare_spans_have_no_attributes),
        cmocka_unit_test(chosen_attributes_are_those_of_the_whole),
        cmocka_unit_test(equal_resources_of_neighbours_are_shared),
        cmocka_unit_test(columns_of_every_row_are_read_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
