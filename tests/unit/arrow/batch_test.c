/*
 * Columns filled row by row.
 */
#include "t.h"

#include "arrow/inside.h"

static const struct column_field item = {.name = {"item", 4},
                                         .type = ARROW_INT};
static const struct column_field members[] = {
    {.name = {"x", 1}, .type = ARROW_BOOL},
    {.name = {"y", 1}, .type = ARROW_TEXT},
};
static const struct column_field fields[] = {
    {.name = {"number", 6}, .type = ARROW_INT},
    {.name = {"word", 4}, .type = ARROW_WORD},
    {.name = {"list", 4},
     .type = ARROW_LIST,
     .child_count = 1,
     .children = &item},
    {.name = {"struct", 6},
     .type = ARROW_STRUCT,
     .child_count = 2,
     .children = members},
};
static const struct column_schema schema = {.fields = fields, .count = 4};

static struct column_batch *new_batch(void)
{
    struct column_batch *batch = NULL;

    succeeds(column_batch_new(&schema, &batch, err));
    return batch;
}

TEST(columns_that_get_nothing_get_a_null)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();

    column_add_int(column_batch_at(batch, 0), 7);
    column_batch_end_row(batch);
    column_batch_end_row(batch);
    succeeds(column_batch_status(batch, err));
    eq_int(column_batch_rows(batch), 2);
    for (uint32_t i = 0; i < schema.count; i++) {
        const struct column *column = column_batch_at(batch, i);
        eq_int(column->rows, 2);
        eq_int(column->nulls, i == 0 ? 1 : 2);
        eq_int(column_is_valid(column, 0), i == 0);
        ok(!column_is_valid(column, 1));
    }
    eq_int(column_child(column_batch_at(batch, 3), 1)->nulls, 2);
    column_batch_free(batch);
}

TEST(members_that_get_nothing_get_a_null)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *column = column_batch_at(batch, 3);

    column_add_text(column_child(column, 1), text_of("here"));
    column_add_struct(column);
    column_batch_end_row(batch);
    ok(column_is_valid(column, 0));
    ok(!column_is_valid(column_child(column, 0), 0));
    eq_text(column_text(column_child(column, 1), 0), "here");
    column_batch_free(batch);
}

TEST(what_is_no_text_is_its_json)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *column = column_child(column_batch_at(batch, 3), 1);
    struct value values[] = {value_text(text_of("a \"b\"")), value_int(-7),
                             value_bool(true)};
    struct value list = {.kind = JSON_ARRAY, .count = 3, .items = values};

    column_add_as_text(column, &values[0]);
    column_add_as_text(column, &values[1]);
    column_add_as_text(column, &list);
    eq_text(column_text(column, 0), "a \"b\"");
    eq_text(column_text(column, 1), "-7");
    eq_text(column_text(column, 2), "[\"a \\\"b\\\"\",-7,true]");
    eq_int(column->nulls, 0);
    column_batch_free(batch);
}

TEST(a_word_is_kept_once)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *column = column_batch_at(batch, 1);

    for (int i = 0; i < 9; i++) {
        column_add_text(column, text_of(i % 3 ? "LLM" : ""));
        column_batch_end_row(batch);
    }
    column_add_text(column, text_span(NULL, 0));
    column_batch_end_row(batch);
    eq_int(column->rows, 10);
    eq_int(column->nulls, 1);
    eq_int(column->dictionary->rows, 2);
    eq_text(column_text(column->dictionary, 0), "");
    eq_text(column_text(column->dictionary, 1), "LLM");
    column_batch_reset(batch);
    eq_int(column->dictionary->rows, 0);
    column_batch_free(batch);
}

TEST(a_word_whose_hash_is_another_s_is_a_new_entry)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *column = column_batch_at(batch, 1);
    bool fresh;

    column_add_text(column, text_of("first"));
    *map_slot(&column->places, hash_bytes("other", 5, 0), &fresh) = 0;
    column_add_text(column, text_of("other"));
    column_add_text(column, text_of("first"));
    eq_int(column->dictionary->rows, 2);
    eq_text(column_text(column->dictionary, 1), "other");
    eq_int(memcmp(column->values.data, (int32_t[]){0, 1, 0}, 12), 0);
    column_batch_free(batch);
}

TEST(a_batch_is_full_by_rows_or_by_bytes)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *text = column_child(column_batch_at(batch, 3), 1);
    char *large = memory_new(BATCH_BYTES);

    for (int i = 1; i < BATCH_ROWS; i++)
        ok(!column_batch_end_row(batch));
    ok(column_batch_end_row(batch));
    column_batch_reset(batch);
    ok(!column_batch_end_row(batch));
    memset(large, 'x', BATCH_BYTES);
    column_add_text(text, text_span(large, BATCH_BYTES));
    column_add_struct(column_batch_at(batch, 3));
    ok(column_batch_end_row(batch));
    succeeds(column_batch_status(batch, err));
    memory_free(large);
    column_batch_free(batch);
}

TEST(what_does_not_fit_is_told_when_asked)
{
    UNUSED_STATE;
    struct column_batch *batch = new_batch();
    struct column *text = column_child(column_batch_at(batch, 3), 1);

    text->values.limit = 3; /* instead of 2 GiB */
    column_add_text(text, text_of("four"));
    column_add_struct(column_batch_at(batch, 3));
    column_batch_end_row(batch);
    fails_with(PHX_TOO_BIG, "column 'y' is over 3 bytes",
               column_batch_status(batch, err));
    column_batch_reset(batch);
    succeeds(column_batch_status(batch, err));
    column_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_that_get_nothing_get_a_null),
        cmocka_unit_test(members_that_get_nothing_get_a_null),
        cmocka_unit_test(what_is_no_text_is_its_json),
        cmocka_unit_test(a_word_is_kept_once),
        cmocka_unit_test(a_word_whose_hash_is_another_s_is_a_new_entry),
        cmocka_unit_test(a_batch_is_full_by_rows_or_by_bytes),
        cmocka_unit_test(what_does_not_fit_is_told_when_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
