/*
 * sql_equal.c - conditions on one attribute that are equalities of scalars: the
 * dictionary of a block decides each at once, and long texts stay packed.
 *
 *     attribute == 'm3'        the values whose text is this: one of TEXT, and
 *                              of bytes, numbers and booleans printed so
 *     attribute == True        true, "true" and 1
 *     attribute in ['a', 'b']  all of these
 */
#include "base/base.h"
#include "query/sql.h"

enum { MOST_OF_ONE = 4, MOST_TESTED = 32 };

/* The values of a test, behind the path. */
struct test {
    struct sql *sql;
    struct value items[1 + MOST_OF_ONE * MOST_TESTED];
    uint32_t count;
    bool wider; /* it lets through what the condition does not */
    bool open;  /* it lacks something that the condition lets through */
};

static void put(struct test *test, struct value value)
{
    test->items[test->count++] = value;
}

/* Bytes are texts in base64. */
static void put_bytes(struct test *test, phx_text text)
{
    struct sql *sql = test->sql;
    struct value bytes = {.kind = JSON_BYTES};
    uint8_t *read = arena_new(sql->arena, text.size / 4 * 3);
    char *print = arena_new(sql->arena, text.size + 1);
    size_t size;

    if (read == NULL || print == NULL) {
        sql_fail(sql, arena_status(sql->arena, text.size, sql->err));
        return;
    }
    if (base64_read(text, read, &size, NULL) < 0)
        return;
    base64_print(read, size, print);
    if (base64_size(size) != text.size || memcmp(print, text.data, text.size))
        return;
    bytes.text = text_span(read, size);
    put(test, bytes);
}

/* What is printed as this text. An integer's test finds reals, too, whose
 * texts are others. */
static void put_text(struct test *test, phx_text text)
{
    struct value number;
    struct arena none; /* a number takes no memory */

    put(test, value_text(text));
    arena_init(&none, 0);
    if (text.size > 0 && (*text.data == '[' || *text.data == '{')) {
        test->open = true;
    } else if (text_is(text, "1") || text_is(text, "0")) {
        put(test, value_bool(*text.data == '1'));
    }
    if (json_read(&none, text, 0, &number, NULL) >= 0 &&
        (value_is_number(&number) || number.kind == JSON_NUMBER)) {
        put(test, number);
        test->wider = true;
    }
    put_bytes(test, text);
}

static void put_boolean(struct test *test, bool boolean)
{
    put(test, value_bool(boolean));
    put(test, value_text(text_of(boolean ? "true" : "false")));
    put(test, value_int(boolean));
}

static void put_constant(struct test *test, const struct query_node *conversion,
                         const struct query_node *constant)
{
    if (conversion->op == QUERY_TO_TEXT)
        put_text(test, constant->constant.text);
    else
        put_boolean(test, constant->constant.integer != 0);
}

static bool is_tested(const struct query_node *node)
{
    return node->op == QUERY_TO_TEXT || node->op == QUERY_TO_BOOLEAN;
}

/* The conversion that is compared, or NULL. */
static const struct query_node *collect(struct test *test,
                                        const struct query_node *node)
{
    const struct query_node *left = node->args[0], *right;

    if (node->op == QUERY_IN) {
        if (!is_tested(left) || node->count - 1 > MOST_TESTED)
            return NULL;
        for (uint32_t i = 1; i < node->count; i++)
            put_constant(test, left, node->args[i]);
        return left;
    }
    right = node->args[1];
    if (is_tested(right)) {
        const struct query_node *swap = left;
        left = right;
        right = swap;
    }
    if (!is_tested(left) || right->op != QUERY_CONSTANT)
        return NULL;
    put_constant(test, left, right);
    return left;
}

enum test_result sql_add_test(struct sql *sql, const struct query_node *node)
{
    struct test test = {.sql = sql, .count = 1};
    const struct query_node *tested;
    struct value whole = {.kind = JSON_ARRAY, .items = test.items};

    if (sql->query->grain != QUERY_SPAN ||
        (node->op != QUERY_EQUAL && node->op != QUERY_IN) ||
        (tested = collect(&test, node)) == NULL || test.open || sql->status < 0)
        return TEST_NONE;
    test.items[0] = sql_path_value(sql, tested->args[0]->path, 1);
    whole.count = test.count;
    sql_add(sql, "attr_is(r.ref, ");
    sql_add_packed(sql, &whole);
    sql_add(sql, ")");
    return test.wider ? TEST_WIDER : TEST_SAME;
}
