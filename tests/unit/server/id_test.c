/* Global ids: the vectors' decodings, which are Python's. */
#include "t.h"

#include "server/rest/inside.h"

/* The row that an id of a type decodes to, or -99. */
static int64_t row_of(const char *text, const char *type)
{
    struct arena arena;
    phx_id row = -99;

    arena_init(&arena, 1 << 16);
    if (!id_read(&arena, text_of(text), type, &row))
        row = -99;
    arena_clear(&arena);
    return row;
}

TEST(ids_print_as_padded_base64)
{
    char id[ID_SIZE];

    UNUSED_STATE;
    id_print("Project", 1, id);
    eq_string(id, "UHJvamVjdDox");
    id_print("Span", 123456789, id);
    eq_string(id, "U3BhbjoxMjM0NTY3ODk=");
    id_print("ProjectSession", INT64_MAX, id);
    eq_int(row_of(id, "ProjectSession"), INT64_MAX);
}

TEST(ids_are_read_as_python_reads_them)
{
    UNUSED_STATE;
    eq_int(row_of("U3BhbjoxMg==", "Span"), 12);
    eq_int(row_of("VHJhY2U6MTI=", "Span"), -99);
    eq_int(row_of("VHJhY2U6MTI=", NULL), 12);
    eq_int(row_of("U3BhbjotNQ==", "Span"), -5);
    eq_int(row_of("U3BhbjorNw==", "Span"), 7);
    eq_int(row_of("U3BhbjogNyA=", "Span"), 7);
    eq_int(row_of("U3BhbjoxXzA=", "Span"), 10);
    eq_int(row_of("U3Bhbjox", "Span"), 1);
    eq_int(row_of("U3Bhbjox=", "Span"), 1);
    eq_int(row_of("U3Bh=bjox", "Span"), 1);
    eq_int(row_of("U3Bh bjox", "Span"), 1);
    eq_int(row_of("U3Bh!\nbjoxMg==", "Span"), 12);
    eq_int(row_of("U3Bhbjo5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "Span"), INT64_MAX);
}

TEST(what_is_no_id_is_refused)
{
    static const char *const texts[] = {
        "",        "U3BhbjEy", "U3Bhbjo=",     "U3BhbjoxLjA=", "U3BhbjoweDE=",
        "====",    "abcd",     "my-project",   "\xC3\xA9",     "U3Bhbjox_w==",
        "U3Bhbjo", "q",        "U3AAYW46MQ==", "OjEy",
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        eq_int(row_of(texts[i], "Span"), -99);
}

TEST(integers_are_those_of_python)
{
    int64_t value;

    UNUSED_STATE;
    ok(id_read_integer(text_of(" 1_000\n"), &value));
    eq_int(value, 1000);
    ok(id_read_integer(text_of("\xD9\xA1\xD9\xA2"), &value)); /* Arabic 12 */
    eq_int(value, 12);
    ok(!id_read_integer(text_of("_1"), &value));
    ok(!id_read_integer(text_of("1_"), &value));
    ok(!id_read_integer(text_of("1__0"), &value));
    ok(!id_read_integer(text_of("+"), &value));
    ok(!id_read_integer(text_of("1 0"), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_print_as_padded_base64),
        cmocka_unit_test(ids_are_read_as_python_reads_them),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(integers_are_those_of_python),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
