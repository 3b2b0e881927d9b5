/*
 * genai.c - attributes of OpenTelemetry's gen_ai conventions -> OpenInference.
 *
 * What a span says in OpenInference itself wins: only keys it does not have
 * are added. Inside the synthesis a later group overwrites an earlier one.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

#define TEXT(string) text_span(string, sizeof(string) - 1)

/* The keys that are looked at, without "gen_ai.". */
enum source {
    OPERATION_NAME,
    PROVIDER_NAME,
    SYSTEM,
    CONVERSATION_ID,
    REQUEST_MODEL,
    TEMPERATURE,
    TOP_P,
    TOP_K,
    MAX_TOKENS,
    FREQUENCY_PENALTY,
    PRESENCE_PENALTY,
    SEED,
    STREAM,
    CHOICE_COUNT,
    STOP_SEQUENCES,
    ENCODING_FORMATS,
    OUTPUT_TYPE,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    CACHE_READ_TOKENS,
    CACHE_CREATION_TOKENS,
    SYSTEM_INSTRUCTIONS,
    INPUT_MESSAGES,
    OUTPUT_MESSAGES,
    FINISH_REASONS,
    RESPONSE_ID,
    RESPONSE_MODEL,
    TOOL_DEFINITIONS,
    TOOL_NAME,
    TOOL_DESCRIPTION,
    TOOL_CALL_ID,
    TOOL_CALL_ARGUMENTS,
    TOOL_CALL_RESULT,
    QUERY_TEXT,
    DOCUMENTS,
    DIMENSION_COUNT,
    SOURCE_COUNT
};

#define NAME(string)                                                           \
    {                                                                          \
        string, sizeof(string) - 1                                             \
    }

static const phx_text source_names[SOURCE_COUNT] = {
    [OPERATION_NAME] = NAME("operation.name"),
    [PROVIDER_NAME] = NAME("provider.name"),
    [SYSTEM] = NAME("system"),
    [CONVERSATION_ID] = NAME("conversation.id"),
    [REQUEST_MODEL] = NAME("request.model"),
    [TEMPERATURE] = NAME("request.temperature"),
    [TOP_P] = NAME("request.top_p"),
    [TOP_K] = NAME("request.top_k"),
    [MAX_TOKENS] = NAME("request.max_tokens"),
    [FREQUENCY_PENALTY] = NAME("request.frequency_penalty"),
    [PRESENCE_PENALTY] = NAME("request.presence_penalty"),
    [SEED] = NAME("request.seed"),
    [STREAM] = NAME("request.stream"),
    [CHOICE_COUNT] = NAME("request.choice.count"),
    [STOP_SEQUENCES] = NAME("request.stop_sequences"),
    [ENCODING_FORMATS] = NAME("request.encoding_formats"),
    [OUTPUT_TYPE] = NAME("output.type"),
    [INPUT_TOKENS] = NAME("usage.input_tokens"),
    [OUTPUT_TOKENS] = NAME("usage.output_tokens"),
    [CACHE_READ_TOKENS] = NAME("usage.cache_read.input_tokens"),
    [CACHE_CREATION_TOKENS] = NAME("usage.cache_creation.input_tokens"),
    [SYSTEM_INSTRUCTIONS] = NAME("system_instructions"),
    [INPUT_MESSAGES] = NAME("input.messages"),
    [OUTPUT_MESSAGES] = NAME("output.messages"),
    [FINISH_REASONS] = NAME("response.finish_reasons"),
    [RESPONSE_ID] = NAME("response.id"),
    [RESPONSE_MODEL] = NAME("response.model"),
    [TOOL_DEFINITIONS] = NAME("tool.definitions"),
    [TOOL_NAME] = NAME("tool.name"),
    [TOOL_DESCRIPTION] = NAME("tool.description"),
    [TOOL_CALL_ID] = NAME("tool.call.id"),
    [TOOL_CALL_ARGUMENTS] = NAME("tool.call.arguments"),
    [TOOL_CALL_RESULT] = NAME("tool.call.result"),
    [QUERY_TEXT] = NAME("retrieval.query.text"),
    [DOCUMENTS] = NAME("retrieval.documents"),
    [DIMENSION_COUNT] = NAME("embeddings.dimension.count"),
};

/* The last value of each source; NULL if there is none, or it is null. */
struct sources {
    const struct value *of[SOURCE_COUNT];
};

static bool has(const struct sources *sources, enum source source)
{
    return sources->of[source] != NULL && attr_is_truthy(sources->of[source]);
}

/* The text of a source; absent if it is none, or empty. */
static phx_text text_at(const struct sources *sources, enum source source)
{
    if (has(sources, source) && sources->of[source]->kind == JSON_TEXT)
        return sources->of[source]->text;
    return (phx_text){NULL, 0};
}

static bool find_sources(const struct attributes *flat, struct sources *out)
{
    static const char prefix[] = "gen_ai.";
    enum { PREFIX = sizeof prefix - 1 };
    bool found = false;

    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < flat->count; i++) {
        const struct member *member = &flat->members[i];
        if (member->key.size < PREFIX ||
            memcmp(member->key.data, prefix, PREFIX) != 0)
            continue;
        phx_text name =
            text_span(member->key.data + PREFIX, member->key.size - PREFIX);
        found = true;
        for (size_t j = 0; j < SOURCE_COUNT; j++) {
            if (name.size == source_names[j].size &&
                memcmp(name.data, source_names[j].data, name.size) == 0)
                out->of[j] =
                    member->value.kind == JSON_NULL ? NULL : &member->value;
        }
    }
    return found;
}

/* --- kind, provider, session, model -------------------------------------- */

static int kind_of(const struct sources *sources)
{
    static const struct {
        const char *operation;
        int kind;
    } operations[] = {
        {"chat", KIND_LLM},
        {"text_completion", KIND_LLM},
        {"generate_content", KIND_LLM},
        {"embeddings", KIND_EMBEDDING},
        {"execute_tool", KIND_TOOL},
        {"retrieval", KIND_RETRIEVER},
        {"invoke_agent", KIND_AGENT},
        {"create_agent", KIND_AGENT},
    };
    const struct value *operation = sources->of[OPERATION_NAME];

    if (operation != NULL) {
        for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
            if (value_is_text(operation, operations[i].operation))
                return operations[i].kind;
        }
        return KIND_UNKNOWN;
    }
    if (has(sources, TOOL_CALL_ID) || has(sources, TOOL_NAME))
        return KIND_TOOL;
    if (has(sources, DOCUMENTS) || has(sources, QUERY_TEXT))
        return KIND_RETRIEVER;
    if (sources->of[DIMENSION_COUNT] != NULL)
        return KIND_EMBEDDING;
    if (has(sources, INPUT_MESSAGES) || has(sources, OUTPUT_MESSAGES) ||
        has(sources, REQUEST_MODEL))
        return KIND_LLM;
    return KIND_UNKNOWN;
}

static phx_text lower_case(struct genai *genai, phx_text text)
{
    char *copy = arena_copy(genai->arena, text.data, text.size);

    if (copy == NULL) {
        genai->status = arena_status(genai->arena, text.size, genai->err);
        return text;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    }
    return text_span(copy, text.size);
}

static void put_provider(struct genai *genai, const struct sources *sources)
{
    static const struct {
        const char *name;
        const char *provider;
        const char *system;
    } providers[] = {
        {"openai", "openai", "openai"},
        {"anthropic", "anthropic", "anthropic"},
        {"cohere", "cohere", "cohere"},
        {"mistral_ai", "mistralai", "mistralai"},
        {"deepseek", "deepseek", NULL},
        {"groq", "groq", NULL},
        {"perplexity", "perplexity", NULL},
        {"x_ai", "xai", NULL},
        {"azure.ai.openai", "azure", "openai"},
        {"azure.ai.inference", "azure", NULL},
        {"aws.bedrock", "aws", NULL},
        {"gcp.vertex_ai", "google", "vertexai"},
        {"gcp.gen_ai", "google", NULL},
        {"gcp.gemini", "google", NULL},
    };
    const struct value *given = sources->of[PROVIDER_NAME];
    phx_text name;

    if (given != NULL && given->kind == JSON_TEXT)
        name = given->text;
    else if (has(sources, SYSTEM) && sources->of[SYSTEM]->kind == JSON_TEXT)
        name = lower_case(genai, sources->of[SYSTEM]->text);
    else
        return;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        if (!text_is(name, providers[i].name))
            continue;
        genai_put_text(genai, TEXT("llm."), "provider",
                       text_of(providers[i].provider));
        if (providers[i].system != NULL)
            genai_put_text(genai, TEXT("llm."), "system",
                           text_of(providers[i].system));
        return;
    }
    genai_put_text(genai, TEXT("llm."), "system", name);
}

static void put_session(struct genai *genai, const struct sources *sources)
{
    phx_text id;

    if (!has(sources, CONVERSATION_ID) || genai->status < 0)
        return;
    genai->status =
        attr_print(genai->arena, sources->of[CONVERSATION_ID], &id, genai->err);
    genai_put_text(genai, TEXT("session."), "id", id);
}

/* --- invocation parameters ----------------------------------------------- */

/* An object with room for all parameters, on the caller's stack. */
struct parameters {
    struct member members[SOURCE_COUNT];
    uint32_t count;
};

static void add_parameter(struct parameters *parameters, const char *name,
                          const struct value *value)
{
    if (value == NULL || attr_has_bytes(value))
        return;
    parameters->members[parameters->count++] =
        (struct member){.key = text_of(name), .value = *value};
}

static struct value array_of(struct value *items, uint32_t count)
{
    struct value array = {.kind = JSON_ARRAY, .count = count};

    array.items = items;
    return array;
}

/* "stop" and the encoding formats: lists that may come as one text. */
static void add_lists(struct parameters *parameters,
                      const struct sources *sources, struct value *stop)
{
    const struct value *formats = sources->of[ENCODING_FORMATS];

    if (has(sources, STOP_SEQUENCES)) {
        const struct value *given = sources->of[STOP_SEQUENCES];
        struct value list = array_of(stop, 1);
        *stop = *given;
        add_parameter(parameters, "stop",
                      given->kind == JSON_ARRAY ? given : &list);
    }
    if (!has(sources, ENCODING_FORMATS))
        return;
    if (formats->kind != JSON_ARRAY)
        add_parameter(parameters, "encoding_format", formats);
    else if (formats->count == 1)
        add_parameter(parameters, "encoding_format", formats->items);
    else
        add_parameter(parameters, "encoding_formats", formats);
}

static void put_parameters(struct genai *genai, const struct sources *sources,
                           int kind)
{
    static const struct {
        enum source source;
        const char *name;
    } scalars[] = {
        {TEMPERATURE, "temperature"},
        {TOP_P, "top_p"},
        {TOP_K, "top_k"},
        {MAX_TOKENS, "max_tokens"},
        {FREQUENCY_PENALTY, "frequency_penalty"},
        {PRESENCE_PENALTY, "presence_penalty"},
        {SEED, "seed"},
        {STREAM, "stream"},
        {CHOICE_COUNT, "n"},
    };
    struct parameters parameters = {.count = 0};
    struct value stop;
    struct member type = {.key = TEXT("type")};
    struct value format = {.kind = JSON_OBJECT, .count = 1};

    format.members = &type;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        add_parameter(&parameters, scalars[i].name,
                      sources->of[scalars[i].source]);
    add_lists(&parameters, sources, &stop);
    phx_text output = text_at(sources, OUTPUT_TYPE);
    if (text_is(output, "json") || text_is(output, "text")) {
        type.value = value_text(text_is(output, "json") ? TEXT("json_object")
                                                        : TEXT("text"));
        add_parameter(&parameters, "response_format", &format);
    }
    if (parameters.count == 0)
        return;
    struct value all = {.kind = JSON_OBJECT, .count = parameters.count};
    all.members = parameters.members;
    genai_put_json(genai,
                   kind == KIND_EMBEDDING ? TEXT("embedding.") : TEXT("llm."),
                   "invocation_parameters", &all);
}

/* --- usage, response ----------------------------------------------------- */

/* An integer, an integral double, or a text that int() takes. */
static bool read_count(struct genai *genai, const struct value *value,
                       struct value *out)
{
    bool found;

    if (value == NULL || genai->status < 0 || value->kind == JSON_BOOL)
        return false;
    genai->status = attr_int(genai->arena, value, out, &found, genai->err);
    if (genai->status < 0 || !found)
        return false;
    if (value->kind == JSON_REAL && out->kind == JSON_INT) {
        double back = (double)out->integer;
        return !(back < value->real) && !(back > value->real);
    }
    return true;
}

static void put_usage(struct genai *genai, const struct sources *sources)
{
    phx_text prefix = TEXT("llm.token_count.");
    struct value prompt;
    struct value completion;
    struct value cached;
    int64_t total;
    bool has_prompt = read_count(genai, sources->of[INPUT_TOKENS], &prompt);
    bool has_completion =
        read_count(genai, sources->of[OUTPUT_TOKENS], &completion);

    if (has_prompt)
        genai_put(genai, prefix, "prompt", prompt);
    if (has_completion)
        genai_put(genai, prefix, "completion", completion);
    if (has_prompt && has_completion && prompt.kind == JSON_INT &&
        completion.kind == JSON_INT &&
        !__builtin_add_overflow(prompt.integer, completion.integer, &total))
        genai_put(genai, prefix, "total", value_int(total));
    if (read_count(genai, sources->of[CACHE_READ_TOKENS], &cached))
        genai_put(genai, prefix, "prompt_details.cache_read", cached);
    if (read_count(genai, sources->of[CACHE_CREATION_TOKENS], &cached))
        genai_put(genai, prefix, "prompt_details.cache_write", cached);
}

static void put_finish_reason(struct genai *genai,
                              const struct sources *sources)
{
    const struct value *reasons = sources->of[FINISH_REASONS];

    if (!has(sources, FINISH_REASONS))
        return;
    if (reasons->kind == JSON_ARRAY && reasons->count == 1)
        reasons = reasons->items;
    if (reasons->kind == JSON_TEXT || reasons->kind == JSON_ARRAY)
        genai_put(genai, TEXT("llm."), "finish_reason", *reasons);
}

static void put_response(struct genai *genai, const struct sources *sources)
{
    struct member members[2];
    struct value object = {.kind = JSON_OBJECT};
    phx_text id = text_at(sources, RESPONSE_ID);
    phx_text model = text_at(sources, RESPONSE_MODEL);

    object.members = members;
    if (id.data != NULL)
        members[object.count++] =
            (struct member){.key = TEXT("id"), .value = value_text(id)};
    if (model.data != NULL)
        members[object.count++] =
            (struct member){.key = TEXT("model"), .value = value_text(model)};
    if (object.count == 0)
        return;
    genai_put_json(genai, TEXT("output."), "value", &object);
    genai_put_text(genai, TEXT("output."), "mime_type",
                   TEXT("application/json"));
}

/* --- the whole ----------------------------------------------------------- */

static void put_tool(struct genai *genai, const struct sources *sources)
{
    const struct genai_tool tool = {
        .name = text_at(sources, TOOL_NAME),
        .description = text_at(sources, TOOL_DESCRIPTION),
        .id = text_at(sources, TOOL_CALL_ID),
        .arguments = sources->of[TOOL_CALL_ARGUMENTS],
        .result = sources->of[TOOL_CALL_RESULT],
    };

    genai_put_tool(genai, &tool);
}

static void put_all(struct genai *genai, const struct sources *sources)
{
    int kind = kind_of(sources);
    phx_text model = text_at(sources, REQUEST_MODEL);

    if (kind != KIND_UNKNOWN)
        genai_put_text(genai, TEXT("openinference."), "span.kind",
                       text_of(span_kind_name(kind)));
    put_provider(genai, sources);
    put_session(genai, sources);
    if (model.data != NULL)
        genai_put_text(
            genai, kind == KIND_EMBEDDING ? TEXT("embedding.") : TEXT("llm."),
            "model_name", model);
    put_parameters(genai, sources, kind);
    put_usage(genai, sources);
    genai_put_messages(genai, sources->of[SYSTEM_INSTRUCTIONS],
                       sources->of[INPUT_MESSAGES],
                       sources->of[OUTPUT_MESSAGES]);
    put_finish_reason(genai, sources);
    put_response(genai, sources);
    genai_put_definitions(genai, sources->of[TOOL_DEFINITIONS]);
    if (kind == KIND_TOOL)
        put_tool(genai, sources);
    if (kind == KIND_RETRIEVER)
        genai_put_retrieval(genai, text_at(sources, QUERY_TEXT),
                            sources->of[DOCUMENTS]);
}

/* flat, and of what was made the keys that flat does not have. */
static phx_status merge(struct genai *genai, struct attributes *flat)
{
    struct keys keys;
    size_t size =
        size_mul(size_add(flat->count, genai->count), sizeof(struct member));
    struct member *members = arena_new(genai->arena, size);
    uint32_t count = flat->count;
    phx_status status;

    if (members == NULL)
        return arena_status(genai->arena, size, genai->err);
    memcpy(members, flat->members, flat->count * sizeof *members);
    if ((status = keys_init(&keys, genai->arena, members,
                            flat->count + genai->count, genai->err)) < 0)
        return status;
    for (uint32_t i = 0; i < count; i++)
        keys_put(&keys, i);
    for (size_t i = 0; i < genai->count; i++) {
        members[count] = genai->made[i];
        uint32_t place = keys_put(&keys, count);
        if (place == count)
            count++;
        else if (place >= flat->count)
            members[place].value = genai->made[i].value;
    }
    flat->members = members;
    flat->count = count;
    return PHX_OK;
}

phx_status attr_add_genai(struct arena *arena, struct attributes *flat,
                          phx_error *err)
{
    struct genai genai = {.arena = arena, .err = err};
    struct sources sources;

    if (!find_sources(flat, &sources))
        return PHX_OK;
    put_all(&genai, &sources);
    if (genai.status < 0 || genai.count == 0)
        return genai.status;
    return merge(&genai, flat);
}
