/*
 * Names of kinds and statuses, and lists of spans.
 */
#include "t.h"

#include "base/base.h"
#include "model/model.h"

TEST(every_kind_is_read_back_from_its_name)
{
    UNUSED_STATE;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        eq_int(span_kind_read(text_of(span_kind_name(kind)), true), kind);
        eq_int(span_kind_read(text_of(span_kind_name(kind)), false), kind);
    }
    for (int status = 0; status < STATUS_COUNT; status++)
        eq_int(span_status_read(text_of(span_status_name(status)), true),
               status);
}

TEST(kinds_have_the_numbers_that_files_have)
{
    UNUSED_STATE;
    eq_string(span_kind_name(0), "UNKNOWN");
    eq_string(span_kind_name(1), "TOOL");
    eq_string(span_kind_name(2), "CHAIN");
    eq_string(span_kind_name(3), "LLM");
    eq_string(span_kind_name(4), "PROMPT");
    eq_string(span_kind_name(5), "RETRIEVER");
    eq_string(span_kind_name(6), "EMBEDDING");
    eq_string(span_kind_name(7), "AGENT");
    eq_string(span_kind_name(8), "RERANKER");
    eq_string(span_kind_name(9), "EVALUATOR");
    eq_string(span_kind_name(10), "GUARDRAIL");
    eq_string(span_status_name(2), "ERROR");
}

TEST(names_are_read_in_any_case)
{
    UNUSED_STATE;
    eq_int(span_kind_read(text_of("llm"), true), KIND_LLM);
    eq_int(span_kind_read(text_of("rEtRiEvEr"), true), KIND_RETRIEVER);
    eq_int(span_status_read(text_of("Error"), true), STATUS_ERROR);
}

TEST(names_are_not_trimmed_nor_begun)
{
    UNUSED_STATE;
    static const char *const names[] = {" LLM ", "LL", "LLMS", "",
                                        "123",   "_",  "LLM ", "\xC4\xB0"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        eq_int(span_kind_read(text_of(names[i]), false), KIND_UNKNOWN);
        eq_int(span_kind_read(text_of(names[i]), true), -1);
        eq_int(span_status_read(text_of(names[i]), false), STATUS_UNSET);
        eq_int(span_status_read(text_of(names[i]), true), -1);
    }
    eq_int(span_kind_read((phx_text){NULL, 0}, true), -1);
    eq_int(span_kind_read((phx_text){"LLM", 4}, true), -1);
}

TEST(numbers_out_of_range_have_the_name_of_zero)
{
    UNUSED_STATE;
    eq_string(span_kind_name(-1), "UNKNOWN");
    eq_string(span_kind_name(KIND_COUNT), "UNKNOWN");
    eq_string(span_status_name(-1), "UNSET");
    eq_string(span_status_name(STATUS_COUNT), "UNSET");
}

TEST(span_list_keeps_its_spans_as_it_grows)
{
    UNUSED_STATE;
    struct arena arena;
    struct span_list list = {0};

    arena_init(&arena, 1 << 20);
    for (int i = 0; i < 100; i++) {
        struct span *span = span_list_add(&arena, &list);
        assert_non_null(span);
        eq_int(span->number, 0);
        span->number = i;
    }
    eq_int(list.count, 100);
    for (int i = 0; i < 100; i++)
        eq_int(list.spans[i].number, i);
    arena_clear(&arena);
}

TEST(span_list_without_memory_stays_as_it_is)
{
    UNUSED_STATE;
    struct arena arena;
    struct span_list list = {0};

    arena_init(&arena, sizeof(struct span));
    assert_non_null(span_list_add(&arena, &list));
    assert_null(span_list_add(&arena, &list));
    eq_int(list.count, 1);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read_back_from_its_name),
        cmocka_unit_test(kinds_have_the_numbers_that_files_have),
        cmocka_unit_test(names_are_read_in_any_case),
        cmocka_unit_test(names_are_not_trimmed_nor_begun),
        cmocka_unit_test(numbers_out_of_range_have_the_name_of_zero),
        cmocka_unit_test(span_list_keeps_its_spans_as_it_grows),
        cmocka_unit_test(span_list_without_memory_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
