/*
 * genai_tools.c - gen_ai tool definitions, the call of a TOOL span and the
 * documents of a RETRIEVER span -> flat OpenInference attributes.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

#define TEXT(string) text_span(string, sizeof(string) - 1)

/* --- tools --------------------------------------------------------------- */

/* {"type", "function": {"name", "description"?, "parameters"?}}; false if the
 * definition is none. members [5] are the caller's. */
static bool read_definition(const struct value *definition,
                            struct member members[5], struct value *out)
{
    bool fits = definition->kind == JSON_OBJECT;
    phx_text type = genai_optional(definition, "type", &fits);
    phx_text description = genai_optional(definition, "description", &fits);
    const struct value *name = value_member(definition, "name");
    const struct value *parameters = value_member(definition, "parameters");
    struct value function = {.kind = JSON_OBJECT, .count = 1};

    if (!fits || name == NULL || name->kind != JSON_TEXT)
        return false;
    function.members = members + 2;
    members[2] = (struct member){.key = TEXT("name"), .value = *name};
    if (description.size > 0)
        members[2 + function.count++] = (struct member){
            .key = TEXT("description"), .value = value_text(description)};
    if (parameters != NULL && parameters->kind != JSON_NULL)
        members[2 + function.count++] =
            (struct member){.key = TEXT("parameters"), .value = *parameters};
    members[0] = (struct member){
        .key = TEXT("type"),
        .value = value_text(type.data ? type : TEXT("function"))};
    members[1] = (struct member){.key = TEXT("function"), .value = function};
    *out = (struct value){.kind = JSON_OBJECT, .count = 2};
    out->members = members;
    return true;
}

void genai_put_definitions(struct genai *genai, const struct value *source)
{
    struct member members[5];
    struct value list;
    struct value schema;

    if (!genai_read_list(genai, source, &list))
        return;
    for (uint32_t i = 0; i < list.count; i++) {
        if (!read_definition(&list.items[i], members, &schema))
            return;
    }
    for (uint32_t i = 0; i < list.count; i++) {
        read_definition(&list.items[i], members, &schema);
        genai_put_json(genai, genai_under(genai, TEXT("llm."), "tools.", i),
                       "tool.json_schema", &schema);
    }
}

/* The value of a JSON text, or of an attribute that is no text. */
static bool read_structure(struct genai *genai, const struct value *source,
                           struct value *out)
{
    bool found = true;

    *out = *source;
    if (source->kind == JSON_TEXT && genai->status >= 0)
        genai->status =
            attr_parse(genai->arena, source->text, out, &found, genai->err);
    return found && genai->status >= 0;
}

void genai_put_tool(struct genai *genai, const struct genai_tool *tool)
{
    phx_text prefix = TEXT("tool.");
    const struct value *arguments = tool->arguments;
    const struct value *result = tool->result;
    struct value structure;

    if (tool->name.size > 0)
        genai_put_text(genai, prefix, "name", tool->name);
    if (tool->description.size > 0)
        genai_put_text(genai, prefix, "description", tool->description);
    if (tool->id.size > 0)
        genai_put_text(genai, prefix, "id", tool->id);
    if (arguments != NULL && !attr_has_bytes(arguments)) {
        bool is_object = read_structure(genai, arguments, &structure) &&
                         structure.kind == JSON_OBJECT;
        genai_put_json(genai, prefix, "parameters",
                       is_object ? &structure : arguments);
    }
    if (result == NULL || attr_has_bytes(result))
        return;
    genai_put_json(genai, TEXT("output."), "value", result);
    if (read_structure(genai, result, &structure) &&
        (structure.kind == JSON_OBJECT || structure.kind == JSON_ARRAY))
        genai_put_text(genai, TEXT("output."), "mime_type",
                       TEXT("application/json"));
}

/* --- retrieval ----------------------------------------------------------- */

static bool is_document(const struct value *document)
{
    const struct value *id = value_member(document, "id");
    const struct value *score = value_member(document, "score");

    return id != NULL && id->kind == JSON_TEXT && score != NULL &&
           (score->kind == JSON_INT || score->kind == JSON_REAL);
}

static void put_document(struct genai *genai, const struct value *document,
                         uint32_t index)
{
    phx_text prefix =
        genai_under(genai, TEXT("retrieval."), "documents.", index);
    const struct value *id = value_member(document, "id");
    const struct value *score = value_member(document, "score");
    const struct value *content = value_member(document, "content");
    const struct value *metadata = value_member(document, "metadata");

    if (id->text.size > 0)
        genai_put(genai, prefix, "document.id", *id);
    genai_put(genai, prefix, "document.score",
              value_real(score->kind == JSON_INT ? (double)score->integer
                                                 : score->real));
    if (content != NULL && content->kind != JSON_NULL)
        genai_put_json(genai, prefix, "document.content", content);
    if (metadata != NULL && metadata->kind != JSON_NULL)
        genai_put_json(genai, prefix, "document.metadata", metadata);
}

void genai_put_retrieval(struct genai *genai, phx_text query,
                         const struct value *documents)
{
    struct value list;

    if (query.size > 0) {
        genai_put_text(genai, TEXT("input."), "value", query);
        genai_put_text(genai, TEXT("input."), "mime_type", TEXT("text/plain"));
    }
    if (!genai_read_list(genai, documents, &list))
        return;
    for (uint32_t i = 0; i < list.count; i++) {
        if (!is_document(&list.items[i]))
            return;
    }
    for (uint32_t i = 0; i < list.count; i++)
        put_document(genai, &list.items[i], i);
}
