/*
 * Which schemas are taken.
 */
#include "t.h"

#include "arrow/inside.h"

static phx_status check(const struct column_field *field, phx_error *err)
{
    struct column_schema schema = {.fields = field, .count = 1};

    return schema_check(&schema, err);
}

TEST(names_are_texts_that_c_can_hold)
{
    UNUSED_STATE;
    struct column_field field = {.name = {"a\0b", 3}, .type = ARROW_INT};

    fails_with(PHX_INVALID, "U+0000", check(&field, err));
    field.name = text_of("\xff");
    fails_with(PHX_INVALID, "not UTF-8", check(&field, err));
    field.name = text_of("");
    succeeds(check(&field, err));
    field.name = text_of("\xc3\xa9 b");
    succeeds(check(&field, err));
}

TEST(lists_and_structs_have_children_and_others_none)
{
    UNUSED_STATE;
    static const struct column_field two[2] = {{.type = ARROW_INT},
                                               {.type = ARROW_INT}};
    static const struct {
        int type;
        uint32_t children;
        bool right;
    } cases[] = {
        {ARROW_LIST, 0, false},  {ARROW_LIST, 1, true},
        {ARROW_LIST, 2, false},  {ARROW_STRUCT, 0, false},
        {ARROW_STRUCT, 2, true}, {ARROW_WORD, 1, false},
        {ARROW_TYPES, 0, false}, {-1, 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct column_field field = {
            .name = {"x", 1},
            .type = (enum column_type)cases[i].type,
            .child_count = cases[i].children,
            .children = two,
        };
        if (cases[i].right)
            succeeds(check(&field, err));
        else
            fails_with(PHX_INVALID, "column 0 has a wrong type",
                       check(&field, err));
    }
}

TEST(depth_and_count_have_bounds)
{
    UNUSED_STATE;
    static struct column_field lists[COLUMN_DEPTH + 1];
    static struct column_field many[COLUMN_COUNT + 1];
    struct column_schema schema = {.fields = many, .count = 0};

    for (int i = 0; i < COLUMN_DEPTH; i++)
        lists[i] = (struct column_field){
            .type = ARROW_LIST, .child_count = 1, .children = &lists[i + 1]};
    lists[COLUMN_DEPTH].type = ARROW_INT;
    fails_with(PHX_TOO_BIG, "nested over 8 deep", check(&lists[0], err));
    succeeds(check(&lists[1], err));
    fails_with(PHX_INVALID, "no columns", schema_check(&schema, err));
    schema.count = COLUMN_COUNT + 1;
    fails_with(PHX_TOO_BIG, "over 4096 columns", schema_check(&schema, err));
    schema.count = COLUMN_COUNT;
    succeeds(schema_check(&schema, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_texts_that_c_can_hold),
        cmocka_unit_test(lists_and_structs_have_children_and_others_none),
        cmocka_unit_test(depth_and_count_have_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
