/* The order of paths, and their way into text and back. */
#include "t.h"

#include "base/base.h"

#include "block/block.h"
#include "block/inside.h"

TEST(paths_are_ordered_depth_first)
{
    UNUSED_STATE;
    static const char *const ordered[] = {
        "",        ".",     ".a",      "[raw",   "[rest",  "[0]",  "a",
        "a.",      "a.\\.", "a.b",     "a[0]",   "a[1].b", "a[2]", "a[10]",
        "a[10].x", "a\\.b", "a\\.b.c", "a\\[0]", "a\\\\",  "ab",   "b"};
    size_t count = sizeof ordered / sizeof *ordered;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = path_compare(text_of(ordered[i]), text_of(ordered[j]));
            eq_int((order > 0) - (order < 0), i < j ? -1 : i > j);
        }
    }
}

TEST(descendants_are_told_from_neighbours)
{
    UNUSED_STATE;
    ok(path_is_below(text_of("a.b"), text_of("a")));
    ok(path_is_below(text_of("a[0].c"), text_of("a")));
    ok(!path_is_below(text_of("a"), text_of("a")));
    ok(!path_is_below(text_of("ab"), text_of("a")));
    ok(!path_is_below(text_of("a\\.b"), text_of("a")));
    ok(path_is_below(text_of(".a"), text_span(NULL, 0)));
}

TEST(a_path_is_read_as_it_was_written)
{
    UNUSED_STATE;
    struct arena arena;
    struct buf text;
    struct segment *segments;
    uint32_t depth;
    arena_init(&arena, 1 << 20);
    buf_init(&text, 1000);
    path_add_member(&text, text_of("a.[\\]b"), true);
    path_add_item(&text, 4294967295u);
    path_add_member(&text, text_of(""), false);
    path_add_member(&text, text_of("z"), false);
    phx_text path = text_span(text.data, text.size);
    eq_text(path, "a\\.\\[\\\\]b[4294967295]..z");
    succeeds(path_read(&arena, path, &segments, &depth, err));
    eq_int(depth, 4);
    eq_text(segments[0].key, "a.[\\]b");
    eq_int(segments[0].index, -1);
    eq_int(segments[1].index, 4294967295);
    eq_text(segments[2].key, "");
    eq_text(segments[3].key, "z");
    buf_clear(&text);
    arena_clear(&arena);
}

TEST(a_malformed_path_is_refused)
{
    UNUSED_STATE;
    static const char *const malformed[] = {
        "a\\",   "a\\b",           "a[",   "a[]", "a[x]", "a[01]", "a[1",
        "a[1]b", "a[12345678901]", "a[-1]"};
    struct arena arena;
    struct segment *segments;
    uint32_t depth;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        fails_with(
            PHX_CORRUPT, "malformed",
            path_read(&arena, text_of(malformed[i]), &segments, &depth, err));
    char deep[80] = "a";
    for (int i = 0; i < BLOCK_LEVELS; i++)
        strncat(deep, ".b", 3);
    fails_with(PHX_CORRUPT, "33 levels",
               path_read(&arena, text_of(deep), &segments, &depth, err));
    arena_clear(&arena);
}

TEST(a_table_tells_equal_hashes_apart)
{
    UNUSED_STATE;
    struct table table = {0};
    ok(table_reset(&table, 0));
    for (uint32_t i = 0; i < 100; i++) {
        struct slot *slot = table_first(&table, 7);
        uint32_t seen = 0;
        for (; slot->number != 0; slot = table_next(&table, slot))
            seen += slot->hash == 7;
        eq_int(seen, i);
        ok(table_put(&table, slot, 7, i));
    }
    ok(table_reset(&table, 0));
    eq_int(table_first(&table, 7)->number, 0);
    table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_ordered_depth_first),
        cmocka_unit_test(descendants_are_told_from_neighbours),
        cmocka_unit_test(a_path_is_read_as_it_was_written),
        cmocka_unit_test(a_malformed_path_is_refused),
        cmocka_unit_test(a_table_tells_equal_hashes_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
