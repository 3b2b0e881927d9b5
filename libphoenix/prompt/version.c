/*
 * version.c - the form of a version of a prompt, row by row: its template,
 * tools, response format, and the parameters of each provider.
 */
#include "base/base.h"

#include "prompt/inside.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FIELDS(...) ((const struct field[]){__VA_ARGS__, {.key = NULL}})
#define CHOICES(...) ((const struct choice[]){__VA_ARGS__, {.tag = NULL}})
#define MODEL(...)                                                             \
    {                                                                          \
        .kind = SHAPE_MODEL, .fields = FIELDS(__VA_ARGS__)                     \
    }
#define UNION(...)                                                             \
    {                                                                          \
        .kind = SHAPE_UNION, .choices = CHOICES(__VA_ARGS__)                   \
    }

/* clang-format off */
static const struct shape
    text = {.kind = SHAPE_TEXT},
    integer = {.kind = SHAPE_INT, .least = INT64_MIN},
    number = {.kind = SHAPE_NUMBER},
    boolean = {.kind = SHAPE_BOOL},
    object = {.kind = SHAPE_OBJECT},
    any = {.kind = SHAPE_ANY},
    tag = {.kind = SHAPE_TAG},
    texts = {.kind = SHAPE_LIST, .item = &text};

#define NEEDS(name, its) {.key = name, .shape = its, .required = true}
#define MAY(name, its) {.key = name, .shape = its}
#define AS(its_tag, its) {.tag = its_tag, .shape = its}
#define TAGGED NEEDS("type", &tag)

/* --- templates --- */

static const struct shape
    text_part = MODEL(TAGGED, NEEDS("text", &text)),
    call_function = MODEL(TAGGED, NEEDS("name", &text),
                          NEEDS("arguments", &text)),
    call = UNION(AS("function", &call_function)),
    call_part = MODEL(TAGGED, NEEDS("tool_call_id", &text),
                      NEEDS("tool_call", &call)),
    result_part = MODEL(TAGGED, NEEDS("tool_call_id", &text),
                        NEEDS("tool_result", &any)),
    part = UNION(AS("text", &text_part), AS("tool_call", &call_part),
                 AS("tool_result", &result_part)),
    parts = {.kind = SHAPE_LIST, .item = &part, .least = 1},
    content = {.kind = SHAPE_TEXT_OR, .item = &parts,
               .title = "list[tagged-union[TextContentPart,"
                        "ToolCallContentPart,ToolResultContentPart]]"},
    role = {.kind = SHAPE_WORD,
            .words = WORDS("user", "assistant", "model", "ai", "tool", "system",
                           "developer")},
    message = MODEL(NEEDS("role", &role), NEEDS("content", &content)),
    messages = {.kind = SHAPE_LIST, .item = &message},
    chat = MODEL(TAGGED, NEEDS("messages", &messages)),
    string = MODEL(TAGGED, NEEDS("template", &text)),
    template = UNION(AS("chat", &chat), AS("string", &string));

/* --- tools and response formats --- */

static const struct shape
    definition = MODEL(NEEDS("name", &text), MAY("description", &text),
                       MAY("parameters", &object), MAY("strict", &boolean)),
    tool_function = MODEL(TAGGED, NEEDS("function", &definition)),
    tool_raw = MODEL(TAGGED, NEEDS("raw", &object)),
    tool = UNION(AS("function", &tool_function), AS("raw", &tool_raw)),
    tool_list = {.kind = SHAPE_LIST, .item = &tool, .least = 1},
    bare = MODEL(TAGGED),
    specific = MODEL(TAGGED, NEEDS("function_name", &text)),
    tool_choice = UNION(AS("none", &bare), AS("zero_or_more", &bare),
                        AS("one_or_more", &bare),
                        AS("specific_function", &specific)),
    tools_word = {.kind = SHAPE_WORD, .words = WORDS("tools")},
    tools = MODEL(NEEDS("type", &tools_word), NEEDS("tools", &tool_list),
                  MAY("tool_choice", &tool_choice),
                  MAY("disable_parallel_tool_calls", &boolean)),
    schema = MODEL(NEEDS("name", &text), MAY("description", &text),
                   MAY("schema", &object), MAY("strict", &boolean)),
    json_schema = MODEL(TAGGED, NEEDS("json_schema", &schema)),
    response_format = UNION(AS("json_schema", &json_schema));

/* --- parameters --- */

static const struct shape
    effort = {.kind = SHAPE_WORD,
              .words = WORDS("none", "minimal", "low", "medium", "high",
                             "xhigh")},
    openai = MODEL(MAY("temperature", &number), MAY("max_tokens", &integer),
                   MAY("max_completion_tokens", &integer),
                   MAY("frequency_penalty", &number),
                   MAY("presence_penalty", &number), MAY("top_p", &number),
                   MAY("seed", &integer), MAY("stop", &texts),
                   MAY("reasoning_effort", &effort), MAY("extra_body", &object)),
    anthropic_effort = {.kind = SHAPE_WORD,
                        .words = WORDS("low", "medium", "high", "xhigh",
                                       "max")},
    output_config = MODEL(MAY("effort", &anthropic_effort)),
    display = {.kind = SHAPE_WORD, .words = WORDS("summarized", "omitted")},
    budget = {.kind = SHAPE_INT, .least = 1024},
    thinking_on = MODEL(TAGGED, NEEDS("budget_tokens", &budget),
                        MAY("display", &display)),
    thinking_adaptive = MODEL(TAGGED, MAY("display", &display)),
    thinking = UNION(AS("disabled", &bare), AS("enabled", &thinking_on),
                     AS("adaptive", &thinking_adaptive));

static bool check_anthropic(const struct value *value, const char **problem);

static const struct shape
    anthropic = {.kind = SHAPE_MODEL, .check = check_anthropic,
                 .fields = FIELDS(NEEDS("max_tokens", &integer),
                                  MAY("temperature", &number), MAY("top_p", &number),
                                  MAY("stop_sequences", &texts),
                                  MAY("output_config", &output_config),
                                  MAY("thinking", &thinking),
                                  MAY("extra_body", &object))},
    thinking_level = {.kind = SHAPE_WORD,
                      .words = WORDS("minimal", "low", "medium", "high")},
    thinking_config = MODEL(MAY("thinking_budget", &integer),
                            MAY("thinking_level", &thinking_level),
                            MAY("include_thoughts", &boolean)),
    google = MODEL(MAY("temperature", &number), MAY("max_output_tokens", &integer),
                   MAY("stop_sequences", &texts), MAY("presence_penalty", &number),
                   MAY("frequency_penalty", &number), MAY("top_p", &number),
                   MAY("top_k", &integer), MAY("thinking_config", &thinking_config)),
    aws = MODEL(MAY("max_tokens", &integer), MAY("temperature", &number),
                MAY("top_p", &number), MAY("stop_sequences", &texts));

/* What speaks OpenAI's language is kept as OpenAI's. */
#define LIKE_OPENAI(name) \
    {.tag = name, .written = "openai", .shape = &(const struct shape)MODEL( \
        TAGGED, {.key = name, .shape = &openai, .required = true, \
                 .written = "openai"})}
#define OWN(name, its) \
    AS(name, (&(const struct shape)MODEL(TAGGED, NEEDS(name, its))))

static const struct shape parameters =
    UNION(LIKE_OPENAI("openai"), LIKE_OPENAI("azure_openai"),
          OWN("anthropic", &anthropic), OWN("google", &google),
          LIKE_OPENAI("deepseek"), LIKE_OPENAI("xai"), LIKE_OPENAI("ollama"),
          OWN("aws", &aws), LIKE_OPENAI("cerebras"), LIKE_OPENAI("fireworks"),
          LIKE_OPENAI("groq"), LIKE_OPENAI("moonshot"),
          LIKE_OPENAI("perplexity"), LIKE_OPENAI("together"));

/* --- the whole --- */

static bool check_version(const struct value *value, const char **problem);

static const struct shape
    provider = {.kind = SHAPE_NAME,
                .words = WORDS("OPENAI", "AZURE_OPENAI", "ANTHROPIC", "GOOGLE",
                               "DEEPSEEK", "XAI", "OLLAMA", "AWS", "CEREBRAS",
                               "FIREWORKS", "GROQ", "MOONSHOT", "PERPLEXITY",
                               "TOGETHER")},
    template_type = {.kind = SHAPE_NAME, .words = WORDS("STR", "CHAT")},
    template_format = {.kind = SHAPE_NAME,
                       .words = WORDS("MUSTACHE", "F_STRING", "NONE")},
    version = {.kind = SHAPE_MODEL, .open = true, .check = check_version,
               .fields = FIELDS(
                   {.key = "description", .shape = &text, .nullable = true,
                    .if_absent = "\"\""},
                   NEEDS("model_provider", &provider),
                   NEEDS("model_name", &text), NEEDS("template", &template),
                   NEEDS("template_type", &template_type),
                   NEEDS("template_format", &template_format),
                   NEEDS("invocation_parameters", &parameters),
                   {.key = "tools", .shape = &tools, .nullable = true},
                   {.key = "response_format", .shape = &response_format,
                    .nullable = true})};
/* clang-format on */

/* Of a value whose fields are well formed. */
static bool check_anthropic(const struct value *value, const char **problem)
{
    const struct value *most = value_member(value, "max_tokens");
    const struct value *spent = value_at(value, "thinking.budget_tokens");

    *problem = "Value error, budget_tokens must be less than max_tokens";
    return spent == NULL || spent->kind != JSON_INT || most->kind != JSON_INT ||
           spent->integer < most->integer;
}

static bool check_version(const struct value *value, const char **problem)
{
    bool is_chat = value_is_text(value_at(value, "template.type"), "chat");

    *problem = "Value error, Template type and template do not match";
    return value_is_text(value_member(value, "template_type"),
                         is_chat ? "CHAT" : "STR");
}

phx_status prompt_check(const struct value *given, struct buf *out,
                        struct buf *problems, phx_error *err)
{
    return shape_write(&version, given, out, problems, err);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool prompt_is_name(phx_text name)
{
    for (size_t i = 0; i < name.size; i++) {
        bool is_edge = i == 0 || i == name.size - 1;

        if (!is_letter(name.data[i]) &&
            (is_edge || (name.data[i] != '-' && name.data[i] != '_')))
            return false;
    }
    return name.size > 0;
}
