/*
 * Diffs: fields, tools by name, messages that stay, come, go and change, lines
 * of them.
 */
#include "t.h"

#include "json/json.h"
#include "prompt/prompt.h"

static void eq_diff(const char *before, const char *after, const char *expected)
{
    struct value old, new;
    struct arena arena;
    struct buf out;

    arena_init(&arena, SIZE_MAX);
    buf_init(&out, SIZE_MAX);
    succeeds(json_read(&arena, text_of(before), JSON_DIGITS, &old, err));
    succeeds(json_read(&arena, text_of(after), JSON_DIGITS, &new, err));
    succeeds(prompt_diff(&arena, &old, &new, &out, err));
    if (out.size != strlen(expected) ||
        memcmp(out.data, expected, out.size) != 0)
        wrong("%s\nand %s\ngive %.*s\nnot %s", before, after, (int)out.size,
              (const char *)out.data, expected);
    buf_clear(&out);
    arena_clear(&arena);
}

TEST(what_is_equal_has_no_diff)
{
    UNUSED_STATE;
    eq_diff("{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":2,\"b\":1}}",
            "{\"fields\":[],\"messages\":[]}");
}

TEST(fields_are_told_by_their_paths)
{
    UNUSED_STATE;
    eq_diff("{\"a\":1,\"o\":{\"x.y\":[1],\"z\":0.50}}",
            "{\"a\":1.0,\"o\":{\"x.y\":[1,2],\"w\":null}}",
            "{\"fields\":[{\"path\":[\"a\"],\"before\":1,\"after\":1.0},"
            "{\"path\":[\"o\",\"x.y\"],\"before\":[1],\"after\":[1,2]},"
            "{\"path\":[\"o\",\"z\"],\"before\":0.50},"
            "{\"path\":[\"o\",\"w\"],\"after\":null}],\"messages\":[]}");
}

#define TOOL(name, strict)                                                     \
    "{\"type\":\"function\",\"function\":{\"name\":\"" name                    \
    "\",\"strict\":" strict "}}"

TEST(tools_are_told_by_their_names)
{
    UNUSED_STATE;
    eq_diff(
        "{\"tools\":{\"tools\":[" TOOL("f", "true") "," TOOL("g", "true") "]}}",
        "{\"tools\":{\"tools\":[" TOOL("h", "true") "," TOOL("f",
                                                             "false") "]}}",
        "{\"fields\":[{\"path\":[\"tools\",\"tools\",\"f\",\"function\","
        "\"strict\"],\"before\":true,\"after\":false},"
        "{\"path\":[\"tools\",\"tools\",\"g\"],\"before\":" TOOL(
            "g", "true") "},{\"path\":[\"tools\",\"tools\",\"h\"],"
                         "\"after\":" TOOL("h", "true") "}],"
                                                        "\"messages\":[]}");
    eq_diff("{\"tools\":{\"tools\":[1]}}", "{\"tools\":{\"tools\":[2]}}",
            "{\"fields\":[{\"path\":[\"tools\",\"tools\"],\"before\":[1],"
            "\"after\":[2]}],\"messages\":[]}");
}

#define SAYS(role, text) "{\"role\":\"" role "\",\"content\":\"" text "\"}"
#define CHAT(messages) "{\"template\":{\"messages\":[" messages "]}}"

TEST(messages_come_go_and_change)
{
    UNUSED_STATE;
    eq_diff(
        CHAT(SAYS("system", "s") "," SAYS("user", "a\\nb\\n") "," SAYS("ai",
                                                                       "x")),
        CHAT(
            SAYS("user", "a\\nc\\n") "," SAYS("ai", "x") "," SAYS("tool", "t")),
        "{\"fields\":[],\"messages\":["
        "{\"change\":\"removed\",\"before\":0,\"message\":" SAYS(
            "system",
            "s") "},"
                 "{\"change\":\"changed\",\"before\":1,\"after\":0,\"lines\":["
                 "{\"change\":\"same\",\"text\":\"a\\n\"},"
                 "{\"change\":\"removed\",\"text\":\"b\\n\"},"
                 "{\"change\":\"added\",\"text\":\"c\\n\"}]},"
                 "{\"change\":\"same\",\"before\":2,\"after\":1},"
                 "{\"change\":\"added\",\"after\":2,\"message\":" SAYS(
                     "tool", "t") "}]}");
    eq_diff(CHAT("{\"role\":\"ai\",\"content\":[]}"), CHAT(SAYS("ai", "x")),
            "{\"fields\":[],\"messages\":[{\"change\":\"changed\",\"before\":0,"
            "\"after\":0,\"content\":{\"before\":[],\"after\":\"x\"}}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_equal_has_no_diff),
        cmocka_unit_test(fields_are_told_by_their_paths),
        cmocka_unit_test(tools_are_told_by_their_names),
        cmocka_unit_test(messages_come_go_and_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
