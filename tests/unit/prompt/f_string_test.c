/*
 * f-strings: fields, conversions, and the mini-language of specifications, each
 * as Python 3.11 has it.
 */
#include "t.h"

#include "prompt/prompt.h"
#include "unit/prompt/filled.h"

static const char values[] =
    "{\"s\":\"h\u00e9llo\",\"q\":\"it's\",\"n\":1234567,\"m\":-5,"
    "\"f\":1234.5678,\"z\":-0.0,\"w\":8,\"t\":true,\"e\":1e22,"
    "\"big\":123456789012345678901234567890,\"o\":{\"k\":[1,{\"x\":null}]}}";

TEST(fields_are_filled)
{
    static const char *const cases[][2] = {
        {"{s}{{}}{n}", "h\u00e9llo{}1234567"},
        {"{o}", "{\"k\": [1, {\"x\": null}]}"},
        {"{o.k[1].x}", "null"},
        {"{o[k][0]}", "1"},
        {"{s[1]}", "\u00e9"},
        {"{o.}", "{\"k\": [1, {\"x\": null}]}"},
        {"{t} {z} {e}", "true -0.0 1e+22"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        eq_filled(PHX_F_STRING, cases[i][0], values, cases[i][1]);
}

TEST(values_are_converted)
{
    UNUSED_STATE;
    eq_filled(PHX_F_STRING, "{s!r} {s!a} {s!s} {q!r}", values,
              "'h\u00e9llo' 'h\\xe9llo' h\u00e9llo \"it's\"");
    eq_filled(PHX_F_STRING, "{a!r}", "{\"a\":\"\\\\\\n\\u0001\\u200b\\\"'\"}",
              "'\\\\\\n\\x01\\u200b\"\\''");
    eq_filled(PHX_F_STRING, "{n!r:>10}|{o!s}", values,
              "   1234567|{\"k\": [1, {\"x\": null}]}");
    eq_filled(PHX_F_STRING, "{a!a}", "{\"a\":\"\\ud83d\\ude00\\uffff\"}",
              "'\\U0001f600\\uffff'");
}

TEST(specifications_are_those_of_python)
{
    static const char *const cases[][2] = {
        {"{s:>8}|{s:<8}|{s:^8}|{s:*^9}|{s:.2}", "   h\u00e9llo|h\u00e9llo   "
                                                "| h\u00e9llo  |**h\u00e9llo**|"
                                                "h\u00e9"},
        {"{s:{w}}|{s:\u00e9>{w}}", "h\u00e9llo   |\u00e9\u00e9\u00e9h\u00e9"
                                   "llo"},
        {"{n:,} {n:_} {n:_x} {n:#x} {n:X}", "1,234,567 1_234_567 12_d687 "
                                            "0x12d687 12D687"},
        {"{m:b} {m:#o} {m:+} {n: } {m:05} {m:=5}", "-101 -0o5 -5  1234567 "
                                                   "-0005 -   5"},
        {"{n:012,}|{n:+015,}", "0,001,234,567|+00,001,234,567"},
        {"{f:.2f} {f:,.1f} {f:e} {f:.3g} {f:g} {f:G}", "1234.57 1,234.6 "
                                                       "1.234568e+03 1.23e+03 "
                                                       "1234.57 1234.57"},
        {"{f:.5} {f:.2} {e:.3} {f:%}", "1234.6 1.2e+03 1e+22 123456.780000%"},
        {"{z:.1f} {z:z.1f} {t:d} {t:>6}", "-0.0 0.0 1      1"},
        {"{e:,} {e:#} {e:f}", "1e+22 1.e+22 10000000000000000000000.000000"},
        {"{big:,} {big:d} {big:>32}", "123,456,789,012,345,678,901,234,567,890 "
                                      "123456789012345678901234567890   "
                                      "123456789012345678901234567890"},
        {"{w:c}|{w:.1%}|{w:e}", "\b|800.0%|8.000000e+00"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        eq_filled(PHX_F_STRING, cases[i][0], values, cases[i][1]);
    eq_filled(PHX_F_STRING, "{a} {b} {a:.1f}", "{\"a\":NaN,\"b\":-Infinity}",
              "nan -inf nan");
}

TEST(bad_templates_are_refused)
{
    static const char *const templates[] = {
        "{",
        "}",
        "{s",
        "{s!}",
        "{s!r",
        "{s!rx}",
        "{s!z}",
        "{s:{w}",
        "{ s}",
        "{}",
        "{0}",
        "{s.up}",
        "{o._k}",
        "{o[k]x}",
        "{o[]}",
        "{o.k[9]}",
        "{o[0]}",
        "{s[99]}",
        "{s:=8}",
        "{s:+}",
        "{s:,}",
        "{s:d}",
        "{n:.2}",
        "{n:s}",
        "{n:,_}",
        "{f:d}",
        "{f:x}",
        "{o:>5}",
        "{n:,x}",
        "{n:+c}",
        "{n:5.}",
        "{none}",
        "{o.k.x}",
        "{s:{none}}",
        "{s:99999999}",
        "{w:{w:{w:{w}}}}",
        "{a{b}}",
        "{big:x}",
        "{f:.99999999f}",
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        fails_to_fill(PHX_F_STRING, templates[i], values, "");
}

TEST(names_are_told)
{
    UNUSED_STATE;
    eq_names(PHX_F_STRING, "{a}{b.c}{b[0]}{a!r:{w}}{}{{d}}", "a b.c b[0] ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_filled),
        cmocka_unit_test(values_are_converted),
        cmocka_unit_test(specifications_are_those_of_python),
        cmocka_unit_test(bad_templates_are_refused),
        cmocka_unit_test(names_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
