/*
 * needle_test.c - lower case, and texts that are looked for: places, letters
 * whose capitals have another size, and random texts against a simple search.
 */
#include "t.h"

#include "base/base.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

TEST(letters_have_one_lower_case)
{
    UNUSED_STATE;
    static const uint32_t pairs[][2] = {
        {'A', 'a'},         {'Z', 'z'},           {'@', '@'},
        {0xC0, 0xE0},       {0xD7, 0xD7},         {0x100, 0x101},
        {0x101, 0x101},     {0x130, 0x130},       {0x178, 0xFF},
        {0x1E9E, 0xDF},     {0x212A, 'k'},        {0x10400, 0x10428},
        {0x1E921, 0x1E943}, {0x10FFFF, 0x10FFFF},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        eq_int(utf8_lower(pairs[i][0]), pairs[i][1]);
}

TEST(capitals_are_those_that_have_the_lower_case)
{
    UNUSED_STATE;
    static uint8_t counts[0x110000];
    uint32_t capitals[4];

    for (uint32_t i = 0; i <= 0x10FFFF; i++) {
        if (utf8_lower(i) != i)
            counts[utf8_lower(i)]++;
    }
    for (uint32_t i = 0; i <= 0x10FFFF; i++) {
        size_t count = utf8_capitals(i, capitals);
        eq_int(count, counts[i]);
        while (count > 0)
            eq_int(utf8_lower(capitals[--count]), i);
    }
}

/* Where and how long it is, or "none". */
static const char *place(const char *needle_text, const char *text)
{
    static char out[40];
    struct needle needle;
    phx_text found;

    arena_reset(&arena);
    succeeds(needle_init(&needle, &arena, text_of(needle_text), err));
    if (!needle_find(&needle, text_of(text), &found))
        return "none";
    snprintf(out, sizeof out, "%d+%d", (int)(found.data - text),
             (int)found.size);
    return out;
}

TEST(the_first_place_is_found_whatever_the_case)
{
    UNUSED_STATE;
    eq_string(place("", ""), "0+0");
    eq_string(place("", "abc"), "0+0");
    eq_string(place("a", ""), "none");
    eq_string(place("Word", "a wo, WORD word"), "6+4");
    eq_string(place("AabAaa", "xaabaabaaax"), "4+6");
    eq_string(place("AabAaa", "aabaabaab"), "none");
    eq_string(place("z", "a text of more than sixteen bytes, with a Z"),
              "42+1");
    eq_string(place("end", "a text of more than sixteen bytes to its END"),
              "41+3");
    eq_string(place("`a", "@A `a"), "3+2");
    eq_string(place("a\nb", "a b A\nB"), "4+3");
}

TEST(letters_past_ascii_are_found_whatever_their_size)
{
    UNUSED_STATE;
    /* K U+212A, sought and found */
    eq_string(place("task", "the TAS\xE2\x84\xAA of it"), "4+6");
    eq_string(place("\xE2\x84\xAA", "a k"), "2+1");
    eq_string(place("kk", "\xE2\x84\xAAk"), "0+4");
    /* U+023A is two bytes, its lower case three */
    eq_string(place("\xC8\xBA", "x\xE2\xB1\xA5"), "1+3");
    eq_string(place("\xE2\xB1\xA5", "x\xC8\xBA"), "1+2");
    /* e with acute, Cyrillic, Chinese */
    eq_string(place("\xC3\xA9t\xC3\xA9", "l'\xC3\x89T\xC3\x89"), "2+5");
    eq_string(place("\xD1\x82\xD0\xB5\xD0\xBA", "\xD0\xA2\xD0\x95\xD0\x9A"),
              "0+6");
    eq_string(place("\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE4\xB8\xAD"
                                                "\xE6\x96\x87"),
              "3+6");
    eq_string(place("stra\xC3\x9F"
                    "e",
                    "STRASSE"),
              "none");
}

/* --- against a search that is too simple to be wrong ---------------------------- */

static uint32_t chance = 1;

static uint32_t dice(uint32_t sides)
{
    chance = chance * 1664525 + 1013904223;
    return (chance >> 8) % sides;
}

/* So many letters of one of three alphabets. */
static phx_text random_text(uint32_t letters, int alphabet)
{
    static const uint32_t few[] = {'a', 'A', 'b'};
    static const uint32_t odd[] = {'a',    'k',    'K',     0x212A, 0xE9,
                                   0xC9,   0x23A,  0x2C65,  0x440,  0x420,
                                   0x4E2D, 0x1F40, 0x10428, 0x10400};
    uint8_t *bytes = arena_new(&arena, letters * 4 + 1);
    size_t size = 0;

    for (uint32_t i = 0; i < letters; i++) {
        uint32_t letter = alphabet == 0   ? few[dice(3)]
                          : alphabet == 1 ? odd[dice(14)]
                                          : 'a' + dice(26);
        size += utf8_put(bytes + size, letter);
    }
    return text_span(bytes, size);
}

/* Whether the text begins with the needle; the bytes that are it. */
static bool begins(phx_text text, phx_text needle, size_t *size)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    const uint8_t *wanted = (const uint8_t *)needle.data;
    const uint8_t *last = wanted + needle.size;

    while (wanted < last) {
        if (at == end || utf8_lower(utf8_next(&at, end)) !=
                             utf8_lower(utf8_next(&wanted, last)))
            return false;
    }
    *size = (size_t)(at - (const uint8_t *)text.data);
    return true;
}

static bool find_simply(phx_text text, phx_text needle, phx_text *found)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;

    for (;;) {
        phx_text rest = text_span(at, (size_t)(end - at));
        size_t size;
        if (begins(rest, needle, &size)) {
            *found = text_span(at, size);
            return true;
        }
        if (at == end)
            return false;
        utf8_next(&at, end);
    }
}

TEST(random_needles_are_found_where_a_simple_search_finds_them)
{
    UNUSED_STATE;
    int hits = 0;

    for (int i = 0; i < 60000; i++) {
        int alphabet = i % 3;
        struct needle needle;
        phx_text found = {NULL, 0}, expected = {NULL, 0};
        arena_reset(&arena);
        phx_text text = random_text(dice(120), alphabet);
        phx_text sought =
            random_text(1 + dice(alphabet == 0 ? 9 : 3), alphabet);
        succeeds(needle_init(&needle, &arena, sought, err));
        bool here = needle_find(&needle, text, &found);
        if (here != find_simply(text, sought, &expected) ||
            found.data != expected.data || found.size != expected.size)
            wrong("'%.*s' in '%.*s'", (int)sought.size, sought.data,
                  (int)text.size, text.data);
        hits += here;
    }
    ok(hits > 10000);
}

TEST(bytes_that_are_no_text_harm_nobody)
{
    UNUSED_STATE;
    uint8_t bytes[40];
    struct needle needle;
    phx_text found;

    for (int i = 0; i < 20000; i++) {
        arena_reset(&arena);
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)(dice(2) ? 0x80 + dice(128) : 'k' + dice(2));
        succeeds(needle_init(&needle, &arena, text_span("l\xC3\xA9k", 4), err));
        if (needle_find(&needle, text_span(bytes, dice(40)), &found))
            ok((const uint8_t *)found.data >= bytes);
    }
}

TEST(a_needle_without_memory_is_told)
{
    UNUSED_STATE;
    struct needle needle;

    arena_clear(&arena);
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    fails_with(PHX_NO_MEMORY, "memory",
               needle_init(&needle, &arena, text_of("x"), err));
    memory_faults.fail_at = 0;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(letters_have_one_lower_case),
        T(capitals_are_those_that_have_the_lower_case),
        T(the_first_place_is_found_whatever_the_case),
        T(letters_past_ascii_are_found_whatever_their_size),
        T(random_needles_are_found_where_a_simple_search_finds_them),
        T(bytes_that_are_no_text_harm_nobody),
        T(a_needle_without_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
