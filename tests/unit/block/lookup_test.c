/* Attributes by path, and rows by value. */
#include "t.h"

#include "make.h"

#include <stdlib.h>

static struct made made;
static struct arena arena;

static void open_made(void)
{
    made_init(&made);
    arena_init(&arena, 1 << 26);
}

static void clear_made(void)
{
    arena_clear(&arena);
    made_clear(&made);
}

/* "a.b.0.c": steps of digits are indexes. */
static struct block_path *path_to(struct block *block, const char *text)
{
    struct block_step steps[40];
    size_t count = 0;
    struct block_path *path = NULL;

    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, ".");
        phx_text key = text_span(text, (size_t)(end - text));
        bool index = *text >= '0' && *text <= '9';
        steps[count++] = index ? (struct block_step){.index = atoi(text)}
                               : (struct block_step){made_text(&made, key), 0};
    }
    succeeds(block_path_open(block, &arena, steps, count, &path, err));
    return path;
}

/* The JSON text of what a path finds in row `row`, or "" if nothing. */
static const char *found(struct block *block, const char *text, uint32_t row)
{
    static char out[400];
    struct value value;
    struct buf json;
    bool is = false;

    succeeds(
        block_path_value(path_to(block, text), &arena, row, &value, &is, err));
    out[0] = 0;
    if (!is) {
        eq_int(value.kind, JSON_NULL);
        return out;
    }
    buf_init(&json, sizeof out - 1);
    json_write_value(&json, &value, 0);
    eq_int(json.status, PHX_OK);
    memcpy(out, json.data, json.size);
    out[json.size] = 0;
    buf_clear(&json);
    return out;
}

TEST(a_path_finds_leaf_subtree_and_element)
{
    UNUSED_STATE;
    open_made();
    made_span(&made, "{\"llm\":{\"model\":\"m\",\"in\":[{\"r\":\"u\",\"n\":{"
                     "\"x\":1}},{\"r\":\"v\"}]},\"list\":[1,[2,3],"
                     "{\"k\":{\"z\":\"deep\"}}],\"none\":null,\"e\":{}}");
    made_span(&made, "{\"llm\":\"leaf\",\"llm2\":{\"model\":5},\"list\":7}");
    made_span(&made, "{}");
    made_encode(&made);
    struct block *block = made_open(&made);
    eq_string(found(block, "llm.model", 0), "\"m\"");
    eq_string(found(block, "llm.in.0.r", 0), "\"u\"");
    eq_string(found(block, "llm.in.1", 0), "{\"r\":\"v\"}");
    eq_string(found(block, "llm.in.0.n", 0), "{\"x\":1}");
    eq_string(found(block, "llm.in", 0),
              "[{\"n\":{\"x\":1},\"r\":\"u\"},{\"r\":\"v\"}]");
    eq_string(found(block, "llm", 0),
              "{\"in\":[{\"n\":{\"x\":1},\"r\":\"u\"},{\"r\":\"v\"}],"
              "\"model\":\"m\"}");
    eq_string(found(block, "list", 0), "[1,[2,3],{\"k\":{\"z\":\"deep\"}}]");
    eq_string(found(block, "list.1.0", 0), "2");
    eq_string(found(block, "list.2.k.z", 0), "\"deep\"");
    eq_string(found(block, "list.2.k", 0), "{\"z\":\"deep\"}");
    eq_string(found(block, "list.3", 0), "");
    eq_string(found(block, "list.k", 0), "");
    eq_string(found(block, "none", 0), "null");
    eq_string(found(block, "e", 0), "{}");
    eq_string(found(block, "e.f", 0), "");
    eq_string(found(block, "llm.in.2", 0), "");
    eq_string(found(block, "llm.in.r", 0), "");
    eq_string(found(block, "0", 0), "");
    eq_string(found(block, "llm", 1), "\"leaf\"");
    eq_string(found(block, "llm.model", 1), "");
    eq_string(found(block, "list", 1), "7");
    eq_string(found(block, "list.0", 1), "");
    eq_string(found(block, "llm", 2), "");
    block_close(block);
    clear_made();
}

TEST(a_member_with_an_empty_key_is_found)
{
    UNUSED_STATE;
    open_made();
    made_span(&made, "{\"\":{\"x\":{\"y\":1}}}")->flags = 1;
    made_span(&made, "{\"\":[{\"a\":1},{\"a\":2}]}")->flags = 1;
    made_encode(&made);
    struct block *block = made_open(&made);
    const struct block_step step = {text_of(""), 0};
    struct block_path *path;
    struct value value;
    bool is;
    succeeds(block_path_open(block, &arena, &step, 1, &path, err));
    succeeds(block_path_value(path, &arena, 0, &value, &is, err));
    ok(is && value.kind == JSON_OBJECT && value.count == 1);
    succeeds(block_path_value(path, &arena, 1, &value, &is, err));
    ok(is && value.kind == JSON_ARRAY && value.count == 2);
    block_close(block);
    clear_made();
}

TEST(a_path_finds_what_was_too_much_for_columns)
{
    UNUSED_STATE;
    open_made();
    struct buf json;
    buf_init(&json, 1 << 20);
    buf_add_string(&json, "{\"first\":1");
    for (int i = 0; i < BLOCK_LEAVES + 5; i++)
        buf_add_format(&json, ",\"k%d\":{\"v\":%d}", i, i);
    buf_add_string(&json, ",\"last\":{\"x\":[{\"y\":3}]}}");
    buf_add_byte(&json, 0);
    made_span(&made, (const char *)json.data);
    buf_clear(&json);
    made_encode(&made);
    struct block *block = made_open(&made);
    eq_string(found(block, "first", 0), "1");
    eq_string(found(block, "k5.v", 0), "5");
    eq_string(found(block, "k3003", 0), "{\"v\":3003}");
    eq_string(found(block, "last.x.0.y", 0), "3");
    struct value three = value_int(3);
    uint8_t rows = 1;
    succeeds(block_path_filter(path_to(block, "last.x.0.y"), &three,
                               1 << JSON_INT, &rows, err));
    eq_int(rows, 1);
    block_close(block);
    clear_made();
}

/* Which of the first eight rows a filter keeps. */
static int kept(struct block *block, const char *path, struct value want,
                uint32_t kinds)
{
    uint8_t rows[2] = {255, 255};

    succeeds(block_path_filter(path_to(block, path), &want, kinds, rows, err));
    return rows[0];
}

TEST(a_filter_keeps_equal_values)
{
    UNUSED_STATE;
    open_made();
    const char *values[] = {"1",    "1.0",      "\"1\"", "true",
                            "null", "\"text\"", "[1]",   "1e400"};
    char json[100];
    for (int i = 0; i < 8; i++) {
        snprintf(json, sizeof json, "{\"a\":%s,\"b\":\"t%d\"}", values[i],
                 i % 3);
        made_span(&made, json);
    }
    made_span(&made, "{}");
    made_encode(&made);
    struct block *block = made_open(&made);
    uint32_t exact = 1 << JSON_INT, number = exact | 1 << JSON_REAL;
    eq_int(kept(block, "a", value_int(1), exact), 1);
    eq_int(kept(block, "a", value_int(1), number), 3);
    eq_int(kept(block, "a", value_real(1), 1 << JSON_REAL), 2);
    eq_int(kept(block, "a", value_int(2), number), 0);
    eq_int(kept(block, "a", value_text(text_of("1")), 1 << JSON_TEXT), 4);
    eq_int(kept(block, "a", value_bool(true), 1 << JSON_BOOL), 8);
    eq_int(kept(block, "a", value_bool(false), 1 << JSON_BOOL), 0);
    eq_int(kept(block, "a", value_null(), 1 << JSON_NULL), 16);
    eq_int(kept(block, "a", value_text(text_of("text")), 1 << JSON_TEXT), 32);
    eq_int(kept(block, "a", value_text(text_of("text")), 1 << JSON_INT), 0);
    struct value huge = {.kind = JSON_NUMBER, .text = text_of("1e400")};
    eq_int(kept(block, "a", huge, 1 << JSON_NUMBER), 128);
    eq_int(kept(block, "a.0", value_int(1), number), 64);
    eq_int(kept(block, "b", value_text(text_of("t1")), 1 << JSON_TEXT), 0x92);
    eq_int(kept(block, "none", value_int(1), number), 0);
    uint8_t rows[2] = {0x10, 0};
    struct value want = value_text(text_of("t1"));
    succeeds(block_path_filter(path_to(block, "b"), &want, 1 << JSON_TEXT, rows,
                               err));
    eq_int(rows[0], 0x10);
    block_close(block);
    clear_made();
}

TEST(a_filter_tells_long_texts_and_large_numbers_apart)
{
    UNUSED_STATE;
    open_made();
    for (int i = 0; i < 8; i++) {
        struct span *span = made_span(&made, "{\"a\":1,\"n\":1}");
        span->tree.members[0].value =
            value_text(made_long(&made, i == 5 ? 90 : 80, i % 3));
        span->tree.members[1].value = i % 2
                                          ? value_real(9007199254740992.0)
                                          : value_int(9007199254740992 + i / 2);
    }
    made_encode(&made);
    struct block *block = made_open(&made);
    phx_text text = made_long(&made, 80, 2);
    eq_int(kept(block, "a", value_text(text), 1 << JSON_TEXT), 4);
    text = made_long(&made, 80, 0);
    eq_int(kept(block, "a", value_text(text), 1 << JSON_TEXT), 0x49);
    uint32_t number = 1 << JSON_INT | 1 << JSON_REAL;
    eq_int(kept(block, "n", value_int(9007199254740992), number), 0xAB);
    eq_int(kept(block, "n", value_int(9007199254740993), number), 4);
    eq_int(kept(block, "n", value_real(9007199254740992.0), number), 0xAB);
    block_close(block);
    clear_made();
}

TEST(a_path_without_steps_is_refused)
{
    UNUSED_STATE;
    open_made();
    made_span(&made, "{\"a\":1}");
    made_encode(&made);
    struct block *block = made_open(&made);
    struct block_path *path;
    fails_with(PHX_INVALID, "0 steps",
               block_path_open(block, &arena, NULL, 0, &path, err));
    block_close(block);
    clear_made();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_leaf_subtree_and_element),
        cmocka_unit_test(a_member_with_an_empty_key_is_found),
        cmocka_unit_test(a_path_finds_what_was_too_much_for_columns),
        cmocka_unit_test(a_filter_keeps_equal_values),
        cmocka_unit_test(a_filter_tells_long_texts_and_large_numbers_apart),
        cmocka_unit_test(a_path_without_steps_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
