/*
 * docs/filters.md: its examples compile, those it says are refused are, with
 * the byte and the sentence it states, and it names every field.
 */
#include "t.h"

#include "base/base.h"
#include "query/query.h"
#include "unit/attr/vectors.h"

static const char *const grains[] = {"span", "trace", "session"};

/* The next line of a text, which becomes what is behind it. */
static phx_text take_line(phx_text *text)
{
    const char *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    phx_text line = text_span(text->data, size);

    *text = text_span(line.data + size + (end != NULL),
                      text->size - size - (end != NULL));
    return line;
}

static void must_compile(enum query_grain grain, phx_text condition)
{
    struct arena arena;
    struct query query;
    phx_error err = {0};

    arena_init(&arena, SIZE_MAX);
    if (query_compile(&arena, grain, condition, &query, &err) < 0)
        wrong("%.*s: %s", (int)condition.size, condition.data, err.message);
    arena_clear(&arena);
}

static void must_be_refused(enum query_grain grain, phx_text condition,
                            phx_text story)
{
    struct arena arena;
    struct query query;
    phx_error err = {0};
    char told[600];

    arena_init(&arena, SIZE_MAX);
    eq_int(query_compile(&arena, grain, condition, &query, &err), PHX_INVALID);
    snprintf(told, sizeof told, "%d: %s", (int)err.offset, err.message);
    eq_text(story, told);
    arena_clear(&arena);
}

/* The examples of a block of a grain; how many there are. */
static int run_block(phx_text *doc, enum query_grain grain, bool refused)
{
    int count = 0;

    for (phx_text line = take_line(doc); !text_is(line, "```");
         line = take_line(doc), count++) {
        if (refused)
            must_be_refused(grain, line, take_line(doc));
        else
            must_compile(grain, line);
    }
    return count;
}

static int run_examples(phx_text doc, bool refused)
{
    int count = 0;

    while (doc.size > 0) {
        phx_text line = take_line(&doc);
        for (int i = 0; i < QUERY_GRAINS; i++) {
            char opening[32];
            snprintf(opening, sizeof opening, "```%s%s", grains[i],
                     refused ? " refused" : "");
            if (text_is(line, opening))
                count += run_block(&doc, (enum query_grain)i, refused);
        }
    }
    return count;
}

TEST(every_example_compiles)
{
    UNUSED_STATE;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    ok(run_examples(vectors_file(&arena, "docs/filters.md"), false) > 40);
    arena_clear(&arena);
}

TEST(every_refusal_is_as_stated)
{
    UNUSED_STATE;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    ok(run_examples(vectors_file(&arena, "docs/filters.md"), true) > 10);
    arena_clear(&arena);
}

static bool holds(phx_text doc, const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; i + size <= doc.size; i++) {
        if (memcmp(doc.data + i, name, size) == 0)
            return true;
    }
    return false;
}

TEST(every_field_is_named)
{
    UNUSED_STATE;
    struct arena arena;
    const struct query_field *field;

    arena_init(&arena, SIZE_MAX);
    phx_text doc = vectors_file(&arena, "docs/filters.md");
    for (int owner = 0; owner <= QUERY_COST_DETAIL; owner++) {
        size_t index = 0;
        while ((field = query_field_next((enum query_owner)owner, &index))) {
            if (!holds(doc, field->name))
                wrong("docs/filters.md does not name %s", field->name);
        }
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_compiles),
        cmocka_unit_test(every_refusal_is_as_stated),
        cmocka_unit_test(every_field_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
