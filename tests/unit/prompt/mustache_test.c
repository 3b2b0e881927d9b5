/*
 * Mustache: what its corners mean, and where it ends.
 */
#include "t.h"

#include "prompt/prompt.h"
#include "unit/prompt/filled.h"

TEST(names_are_looked_for_outwards)
{
    UNUSED_STATE;
    eq_filled(PHX_MUSTACHE, "{{#o}}{{k}}{{v}}{{o.v}}{{/o}}",
              "{\"o\":{\"v\":1,\"o\":{\"v\":2}},\"k\":\"K\"}", "K12");
    eq_filled(PHX_MUSTACHE, "{{#l}}{{.}}{{#m}}<{{.}}>{{/m}}{{/l}}",
              "{\"l\":[1,2],\"m\":[3]}", "1<3>2<3>");
    eq_filled(PHX_MUSTACHE, "{{o.none.more}}|{{s.size}}",
              "{\"o\":{},\"s\":\"text\"}", "|");
}

TEST(what_is_empty_is_false)
{
    static const char *const values[] = {"null", "false", "0",  "0.0", "-0.0",
                                         "\"\"", "[]",    "{}", NULL};
    char variables[64];

    UNUSED_STATE;
    for (int i = 0; values[i]; i++) {
        snprintf(variables, sizeof variables, "{\"v\":%s}", values[i]);
        eq_filled(PHX_MUSTACHE, "{{#v}}yes{{/v}}{{^v}}no{{/v}}", variables,
                  "no");
    }
    eq_filled(PHX_MUSTACHE, "{{#v}}yes{{/v}}", "{\"v\":1e400}", "yes");
}

TEST(tags_alone_take_their_line)
{
    UNUSED_STATE;
    eq_filled(PHX_MUSTACHE, "a\n {{! note }}\nb", "{}", "a\nb");
    eq_filled(PHX_MUSTACHE, "a {{! note }}\nb", "{}", "a \nb");
    eq_filled(PHX_MUSTACHE, " {{v}} \n", "{\"v\":1}", " 1 \n");
    eq_filled(PHX_MUSTACHE, "a\r\n{{! note }}\r\nb", "{}", "a\r\nb");
}

TEST(delimiters_change)
{
    UNUSED_STATE;
    eq_filled(PHX_MUSTACHE, "{{=<% %>=}}{{v}}<%v%><%={{ }}=%>{{v}}",
              "{\"v\":1}", "{{v}}11");
    eq_filled(PHX_MUSTACHE, "{{=| |=}}|#l||.||/l|", "{\"l\":[1,2]}", "12");
    fails_to_fill(PHX_MUSTACHE, "{{=<%=}}", "{}", "two delimiters");
}

TEST(what_closes_nothing_is_text)
{
    UNUSED_STATE;
    eq_filled(PHX_MUSTACHE, "}} { }{ {{", "{}", "}} { }{ {{");
    eq_filled(PHX_MUSTACHE, "{{{v}}}|{{&v}}|{{{ v }}}", "{\"v\":\"<\"}",
              "<|<|<");
    eq_filled(PHX_MUSTACHE, "{{>part}}", "{}", "");
}

TEST(bad_templates_are_refused)
{
    UNUSED_STATE;
    fails_to_fill(PHX_MUSTACHE, "{{#a}}", "{\"a\":1}", "'a' is not closed");
    fails_to_fill(PHX_MUSTACHE, "{{#a}}{{#b}}{{/a}}{{/b}}", "{}", "'a'");
    fails_to_fill(PHX_MUSTACHE, "{{/a}}", "{\"a\":1}", "'a'");
    fails_to_fill(PHX_MUSTACHE, "{{a.b}}", "{\"b\":1}", "'a' is missing");
    fails_to_fill(PHX_MUSTACHE, "{{^a}}x{{/a}}", "{}", "'a' is missing");
}

TEST(sections_have_bounds)
{
    char deep[4096] = "";
    size_t used = 0;

    UNUSED_STATE;
    for (int i = 0; i < 101; i++)
        used += (size_t)snprintf(deep + used, sizeof deep - used, "{{#a}}");
    for (int i = 0; i < 101; i++)
        used += (size_t)snprintf(deep + used, sizeof deep - used, "{{/a}}");
    fails_to_fill(PHX_MUSTACHE, deep, "{\"a\":1}", "nested over 100");
    fails_to_fill(PHX_MUSTACHE,
                  "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}"
                  "{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}",
                  "{\"a\":[1,2,3,4,5,6,7,8,9,10]}", "steps");
}

TEST(names_outside_of_sections_are_told)
{
    UNUSED_STATE;
    eq_names(PHX_MUSTACHE, "{{a.b}}{{c}}{{#d}}{{e}}{{/d}}{{^f}}{{/f}}{{a}}",
             "a c d f ");
    eq_names(PHX_NO_FORMAT, "{{a}}", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_looked_for_outwards),
        cmocka_unit_test(what_is_empty_is_false),
        cmocka_unit_test(tags_alone_take_their_line),
        cmocka_unit_test(delimiters_change),
        cmocka_unit_test(what_closes_nothing_is_text),
        cmocka_unit_test(bad_templates_are_refused),
        cmocka_unit_test(sections_have_bounds),
        cmocka_unit_test(names_outside_of_sections_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
