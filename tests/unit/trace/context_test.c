/*
 * context_test.c - the headers of W3C trace context: what level 1 takes and
 * refuses, and that what is printed reads back.
 */
#include "t.h"

#include "trace/trace.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"
#define ZEROS "0000000000000000"

TEST(a_traceparent_reads_back)
{
    static const char text[] = "00-" TRACE "-" SPAN "-01";
    struct trace_context context;
    char printed[TRACEPARENT_SIZE + 1];

    UNUSED_STATE;
    succeeds(context_read(text_of(text), &context, err));
    eq_int(context.trace_id[0], 0x4b);
    eq_int(context.span_id[7], 0xb7);
    eq_int(context.flags, 1);
    context_print(&context, printed);
    eq_string(printed, text);
}

TEST(later_versions_may_go_on)
{
    static const char *const taken[] = {
        "cc-" TRACE "-" SPAN "-01",
        "cc-" TRACE "-" SPAN "-01-what the future brings",
        "01-" TRACE "-" SPAN "-09-",
    };
    struct trace_context context;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        succeeds(context_read(text_of(taken[i]), &context, err));
        eq_int(context.flags, 1);
    }
}

TEST(what_is_malformed_is_told_with_its_place)
{
    static const struct {
        const char *text;
        int offset;
    } refused[] = {
        {"", 0},
        {"00-" TRACE "-" SPAN "-0", 54},
        {"ff-" TRACE "-" SPAN "-01", 0},
        {"0x-" TRACE "-" SPAN "-01", 1},
        {"00-4BF92f3577b34da6a3ce929d0e0e4736-" SPAN "-01", 4},
        {"00-" TRACE "-" SPAN "-0X", 54},
        {"00_" TRACE "-" SPAN "-01", 2},
        {"00-" TRACE "_" SPAN "-01", 35},
        {"00-" TRACE "-" SPAN "_01", 52},
        {"00-" ZEROS ZEROS "-" SPAN "-01", 3},
        {"00-" TRACE "-" ZEROS "-01", 36},
        {"00-" TRACE "-" SPAN "-01-", 55},
        {"00-" TRACE "-" SPAN "-01 ", 55},
        {"cc-" TRACE "-" SPAN "-01.more", 55},
    };
    struct trace_context context;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        phx_error why = {0};
        phx_status status =
            context_read(text_of(refused[i].text), &context, &why);
        if (status != PHX_INVALID || why.offset != refused[i].offset)
            wrong("'%s': %d at %d", refused[i].text, (int)status,
                  (int)why.offset);
    }
}

TEST(a_state_is_printable)
{
    static char large[8194];

    UNUSED_STATE;
    ok(context_is_state(text_of("rojo=00f067aa0ba902b7,\tcongo=t61rcWkgMzE")));
    ok(context_is_state(text_of(NULL)));
    ok(!context_is_state(text_of("a=\n")));
    ok(!context_is_state(text_of("a=\x7f")));
    ok(!context_is_state(text_of("a=\xc3\xa4")));
    memset(large, 'a', sizeof large - 1);
    ok(!context_is_state(text_of(large)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traceparent_reads_back),
        cmocka_unit_test(later_versions_may_go_on),
        cmocka_unit_test(what_is_malformed_is_told_with_its_place),
        cmocka_unit_test(a_state_is_printable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
