/*
 * Versions of prompts: one form for what may come in many, and what is wrong
 * with the rest.
 */
#include "t.h"

#include "prompt/prompt.h"
#include "unit/prompt/versions.h"

TEST(members_come_in_order)
{
    char out[2048];

    UNUSED_STATE;
    check_version(
        "{\"response_format\":null,\"unknown\":1,\"template_format\":\"NONE\","
        "\"model_name\":\"m\",\"invocation_parameters\":{\"type\":\"groq\","
        "\"groq\":{\"top_p\":1.50,\"temperature\":\"0.5\",\"seed\":7.0,"
        "\"max_tokens\":true}},\"template\":{\"messages\":[{\"content\":[{"
        "\"text\":\"x\",\"type\":\"text\"}],\"role\":\"ai\"}],"
        "\"type\":\"chat\"},\"model_provider\":\"GROQ\","
        "\"template_type\":\"CHAT\"}",
        out, sizeof out);
    eq_string(out, "{\"description\":\"\",\"model_provider\":\"GROQ\","
                   "\"model_name\":\"m\",\"template\":{\"type\":\"chat\","
                   "\"messages\":[{\"role\":\"ai\",\"content\":[{\"type\":"
                   "\"text\",\"text\":\"x\"}]}]},\"template_type\":\"CHAT\","
                   "\"template_format\":\"NONE\",\"invocation_parameters\":{"
                   "\"type\":\"openai\",\"openai\":{\"temperature\":0.5,"
                   "\"max_tokens\":1,\"top_p\":1.50,\"seed\":7}}}");
}

/* The whole of a version but for its parameters, and what is wrong with them
 * as "type at.place ". */
static void eq_problems(const char *parameters, const char *expected)
{
    char version[2048], out[4096];

    snprintf(version, sizeof version,
             "{\"model_provider\":\"XAI\",\"model_name\":\"m\",\"template\":"
             "{\"type\":\"chat\",\"messages\":[]},\"template_type\":\"CHAT\","
             "\"template_format\":\"NONE\",\"invocation_parameters\":%s}",
             parameters);
    list_problems(version, out, sizeof out);
    if (strcmp(out, expected) != 0)
        wrong("%s: '%s', not '%s'", parameters, out, expected);
}

#define AT "invocation_parameters."

TEST(numbers_are_taken_as_pydantic_takes_them)
{
    static const char *const good[] = {
        "{\"seed\":-1}",       "{\"seed\":true}",
        "{\"seed\":\" 12 \"}", "{\"seed\":3.0}",
        "{\"seed\":1e30}",     "{\"top_p\":1}",
        "{\"top_p\":false}",   "{\"top_p\":\"1e-3\"}",
        "{\"top_p\":1e400}",   "{\"seed\":12345678901234567890}",
    };
    char parameters[128];

    UNUSED_STATE;
    for (size_t i = 0; i + 1 < sizeof good / sizeof *good; i++) {
        bool too_large = strstr(good[i], "e30") != NULL;

        snprintf(parameters, sizeof parameters, "{\"type\":\"xai\",\"xai\":%s}",
                 good[i]);
        eq_problems(parameters,
                    too_large ? "int_from_float " AT "xai.xai.seed " : "");
    }
    eq_problems("{\"type\":\"xai\",\"xai\":{\"seed\":0.5,\"max_tokens\":\"1.x\""
                ",\"top_p\":[],\"temperature\":\"x\"}}",
                "float_parsing " AT "xai.xai.temperature "
                "int_parsing " AT "xai.xai.max_tokens "
                "float_type " AT "xai.xai.top_p "
                "int_from_float " AT "xai.xai.seed ");
}

TEST(unions_are_told_apart_by_their_tags)
{
    UNUSED_STATE;
    eq_problems("[]", "model_attributes_type invocation_parameters ");
    eq_problems("{}", "union_tag_not_found invocation_parameters ");
    eq_problems("{\"type\":null}",
                "union_tag_not_found invocation_parameters ");
    eq_problems("{\"type\":7}", "union_tag_invalid invocation_parameters ");
    eq_problems("{\"type\":\"aws\",\"openai\":{},\"aws\":{\"seed\":1}}",
                "extra_forbidden " AT "aws.aws.seed "
                "extra_forbidden " AT "aws.openai ");
}

TEST(budgets_are_below_the_bound)
{
    UNUSED_STATE;
    eq_problems("{\"type\":\"anthropic\",\"anthropic\":{\"max_tokens\":2048,"
                "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2047}}}",
                "");
    eq_problems("{\"type\":\"anthropic\",\"anthropic\":{\"max_tokens\":2048,"
                "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}}}",
                "value_error " AT "anthropic.anthropic ");
}

TEST(a_report_has_a_bound)
{
    char version[1024], out[32768];
    size_t used = (size_t)snprintf(version, sizeof version,
                                   "{\"template\":{\"type\":\"chat\","
                                   "\"messages\":[0");

    UNUSED_STATE;
    for (int i = 0; i < 150; i++)
        used += (size_t)snprintf(version + used, sizeof version - used, ",0");
    snprintf(version + used, sizeof version - used, "]}}");
    eq_int(list_problems(version, out, sizeof out), PROMPT_PROBLEMS);
}

TEST(names_are_lower_case)
{
    static const char *const good[] = {"a", "0", "a-b_c", "a--b"};
    static const char *const bad[] = {"",    "A",   "a-",     "_a",
                                      "a b", "a.b", "\u00e9", "a\n"};

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ok(prompt_is_name(text_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(!prompt_is_name(text_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_order),
        cmocka_unit_test(numbers_are_taken_as_pydantic_takes_them),
        cmocka_unit_test(unions_are_told_apart_by_their_tags),
        cmocka_unit_test(budgets_are_below_the_bound),
        cmocka_unit_test(a_report_has_a_bound),
        cmocka_unit_test(names_are_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
