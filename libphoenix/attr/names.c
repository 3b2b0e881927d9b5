/*
 * names.c - attributes as columns of a table: one for each name of
 * OpenInference (openinference-semantic-conventions 0.1.42), however deep it
 * lies, and one for each member at the top that holds anything else.
 *
 *     {"llm": {"model_name": "m", "x": {"y": 1}}, "message": {"role": "user"}}
 *         -> {"llm.model_name": "m", "llm": {"x": {"y": 1}},
 *             "message.role": "user"}
 *
 * So it is inside what is nested. It means flattening and unflattening with
 * the names as segments, and is done so where keys have dots or digits; other
 * trees are walked along with the names.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

#define NAME(text)                                                             \
    {                                                                          \
        text, sizeof text - 1                                                  \
    }

/* Those with a dot, sorted: one comes before those that it begins. */
static const phx_text names[] = {
    NAME("agent.name"),
    NAME("annotation.annotator_kind"),
    NAME("annotation.explanation"),
    NAME("annotation.identifier"),
    NAME("annotation.label"),
    NAME("annotation.metadata"),
    NAME("annotation.name"),
    NAME("annotation.score"),
    NAME("audio.mime_type"),
    NAME("audio.transcript"),
    NAME("audio.url"),
    NAME("completion.text"),
    NAME("decision.model_name"),
    NAME("decision.provider"),
    NAME("decision.request.model_name"),
    NAME("decision.response.model_name"),
    NAME("decision.system"),
    NAME("decision.token_count.input"),
    NAME("decision.token_count.output"),
    NAME("document.content"),
    NAME("document.id"),
    NAME("document.metadata"),
    NAME("document.mime_type"),
    NAME("document.name"),
    NAME("document.score"),
    NAME("document.url"),
    NAME("embedding.embeddings"),
    NAME("embedding.invocation_parameters"),
    NAME("embedding.model_name"),
    NAME("embedding.text"),
    NAME("embedding.vector"),
    NAME("evaluation.annotator_kind"),
    NAME("evaluation.explanation"),
    NAME("evaluation.identifier"),
    NAME("evaluation.label"),
    NAME("evaluation.metadata"),
    NAME("evaluation.name"),
    NAME("evaluation.score"),
    NAME("graph.node.id"),
    NAME("graph.node.name"),
    NAME("graph.node.parent_id"),
    NAME("image.url"),
    NAME("input.documents"),
    NAME("input.images"),
    NAME("input.mime_type"),
    NAME("input.value"),
    NAME("llm.choices"),
    NAME("llm.cost.completion"),
    NAME("llm.cost.completion_details"),
    NAME("llm.cost.completion_details.audio"),
    NAME("llm.cost.completion_details.output"),
    NAME("llm.cost.completion_details.reasoning"),
    NAME("llm.cost.prompt"),
    NAME("llm.cost.prompt_details"),
    NAME("llm.cost.prompt_details.audio"),
    NAME("llm.cost.prompt_details.cache_input"),
    NAME("llm.cost.prompt_details.cache_read"),
    NAME("llm.cost.prompt_details.cache_write"),
    NAME("llm.cost.prompt_details.input"),
    NAME("llm.cost.total"),
    NAME("llm.finish_reason"),
    NAME("llm.function_call"),
    NAME("llm.input_messages"),
    NAME("llm.invocation_parameters"),
    NAME("llm.model_name"),
    NAME("llm.output_messages"),
    NAME("llm.prompt_template.template"),
    NAME("llm.prompt_template.variables"),
    NAME("llm.prompt_template.version"),
    NAME("llm.prompts"),
    NAME("llm.provider"),
    NAME("llm.request.model_name"),
    NAME("llm.response.model_name"),
    NAME("llm.system"),
    NAME("llm.token_count.completion"),
    NAME("llm.token_count.completion_details.audio"),
    NAME("llm.token_count.completion_details.reasoning"),
    NAME("llm.token_count.prompt"),
    NAME("llm.token_count.prompt_details"),
    NAME("llm.token_count.prompt_details.audio"),
    NAME("llm.token_count.prompt_details.cache_input"),
    NAME("llm.token_count.prompt_details.cache_read"),
    NAME("llm.token_count.prompt_details.cache_write"),
    NAME("llm.token_count.total"),
    NAME("llm.tools"),
    NAME("message.content"),
    NAME("message.contents"),
    NAME("message.function_call_arguments_json"),
    NAME("message.function_call_name"),
    NAME("message.name"),
    NAME("message.role"),
    NAME("message.tool_call_id"),
    NAME("message.tool_calls"),
    NAME("message_content.audio"),
    NAME("message_content.data"),
    NAME("message_content.document"),
    NAME("message_content.encrypted_content"),
    NAME("message_content.id"),
    NAME("message_content.image"),
    NAME("message_content.signature"),
    NAME("message_content.text"),
    NAME("message_content.type"),
    NAME("message_content.video"),
    NAME("openinference.span.kind"),
    NAME("output.documents"),
    NAME("output.images"),
    NAME("output.mime_type"),
    NAME("output.value"),
    NAME("prompt.id"),
    NAME("prompt.text"),
    NAME("prompt.url"),
    NAME("prompt.vendor"),
    NAME("reranker.input_documents"),
    NAME("reranker.model_name"),
    NAME("reranker.output_documents"),
    NAME("reranker.query"),
    NAME("reranker.top_k"),
    NAME("retrieval.documents"),
    NAME("session.annotations"),
    NAME("session.evaluations"),
    NAME("session.id"),
    NAME("tag.tags"),
    NAME("tool.description"),
    NAME("tool.id"),
    NAME("tool.json_schema"),
    NAME("tool.name"),
    NAME("tool.parameters"),
    NAME("tool_call.function.arguments"),
    NAME("tool_call.function.name"),
    NAME("tool_call.id"),
    NAME("tool_call.reasoning_signature"),
    NAME("trace.annotations"),
    NAME("trace.evaluations"),
    NAME("user.id"),
    NAME("video.url"),
};
enum { NAMES = sizeof names / sizeof *names };

/* --- along the names --------------------------------------------------------- */

/* The names that begin with a path. */
struct range {
    uint16_t from, to;
    uint16_t size; /* of the path */
};

static bool range_is_name(struct range range)
{
    return range.from < range.to && names[range.from].size == range.size;
}

/* How the name goes on at `at`, against a whole segment. */
static int compare_segment(phx_text name, size_t at, phx_text segment)
{
    size_t left = name.size - at;
    size_t size = left < segment.size ? left : segment.size;
    int order = size > 0 ? memcmp(name.data + at, segment.data, size) : 0;

    if (order != 0)
        return order;
    if (left <= segment.size)
        return left < segment.size ? -1 : 0;
    return (uint8_t)name.data[at + size] - '.';
}

/* The first name of the range whose next segment is not below this one, or
 * not even equal to it. */
static uint16_t find_segment(struct range range, size_t at, phx_text segment,
                             bool above)
{
    while (range.from < range.to) {
        uint16_t middle = (uint16_t)((range.from + range.to) / 2);
        int order = compare_segment(names[middle], at, segment);
        if (order < 0 || (order == 0 && above))
            range.from = (uint16_t)(middle + 1);
        else
            range.to = middle;
    }
    return range.from;
}

/* Those that go on with the segment. */
static struct range range_below(struct range range, phx_text segment)
{
    size_t at = range.size > 0 ? range.size + 1u : 0;

    if (range.from < range.to && names[range.from].size < at)
        range.from++; /* the path itself */
    return (struct range){find_segment(range, at, segment, false),
                          find_segment(range, at, segment, true),
                          (uint16_t)(at + segment.size)};
}

/* --- the walk ------------------------------------------------------------------ */

/* Members of one object of the result. */
struct group {
    struct arena *arena;
    struct member *members;
    size_t room;
    uint32_t count;
    bool failed; /* there was no memory */
    bool odd;    /* a key would not stay as it is in a flat one */
};

static void group_add(struct group *group, phx_text key, struct value value)
{
    struct member *members =
        arena_grow(group->arena, group->members, &group->room, group->count,
                   sizeof *members);

    group->failed |= members == NULL;
    if (members == NULL)
        return;
    group->members = members;
    members[group->count++] = (struct member){key, value};
}

static struct value group_object(const struct group *group)
{
    return (struct value){
        .kind = JSON_OBJECT, .count = group->count, .members = group->members};
}

static bool tabulate(struct group *group, const struct value *from,
                     struct value *out);

static bool is_empty(const struct value *value)
{
    return value->kind == JSON_NULL ||
           (value->kind == JSON_OBJECT && value->count == 0);
}

/* Of a list that holds objects nothing else stays, and none that is empty. */
static bool tabulate_list(struct group *group, const struct value *from,
                          struct value *out)
{
    bool holds_object = false;

    for (uint32_t i = 0; i < from->count && !holds_object; i++)
        holds_object = from->items[i].kind == JSON_OBJECT;
    *out = *from;
    if (!holds_object)
        return true;
    out->count = 0;
    out->items =
        arena_new(group->arena, size_mul(from->count, sizeof *out->items));
    for (uint32_t i = 0; i < from->count && out->items != NULL; i++) {
        struct value *item = &out->items[out->count];
        if (from->items[i].kind != JSON_OBJECT)
            continue;
        if (!tabulate(group, &from->items[i], item))
            return false;
        out->count += !is_empty(item);
    }
    if (out->items != NULL && out->count == 0)
        *out = value_null();
    return out->kind == JSON_NULL || out->items != NULL;
}

/* A value that has a name, or stands at the top. */
static void show(struct group *group, phx_text key, const struct value *from)
{
    struct value value = *from;
    bool good = true;

    if (value.kind == JSON_OBJECT)
        good = tabulate(group, from, &value);
    else if (value.kind == JSON_ARRAY)
        good = tabulate_list(group, from, &value);
    group->failed |= !good;
    if (good && !is_empty(&value))
        group_add(group, key, value);
}

static bool is_odd(phx_text key)
{
    return segment_kind(key) != SEGMENT_NAME ||
           memchr(key.data, '.', key.size) != NULL;
}

/* Puts what has a name of the range into `named`, as it is shown, and all else
 * into `rest`, as it is. */
static void walk(const struct value *object, struct range range,
                 struct group *named, struct group *rest)
{
    for (uint32_t i = 0; i < object->count; i++) {
        const struct member *member = &object->members[i];
        struct range below = range_below(range, member->key);
        struct value value = member->value;
        named->odd |= is_odd(member->key);
        if (value.kind == JSON_OBJECT && below.from < below.to) {
            struct group left = {.arena = rest->arena};
            walk(&member->value, below, named, &left);
            rest->failed |= left.failed;
            value = group_object(&left);
        }
        if (is_empty(&value))
            continue;
        if (range_is_name(below))
            show(named, names[below.from], &value);
        else
            group_add(rest, member->key, value);
    }
}

/* An object as it is shown, with the memory of a group; false without. */
static bool tabulate(struct group *group, const struct value *from,
                     struct value *out)
{
    struct group inner = {.arena = group->arena}, rest = inner;

    walk(from, (struct range){0, NAMES, 0}, &inner, &rest);
    for (uint32_t i = 0; i < rest.count; i++)
        show(&inner, rest.members[i].key, &rest.members[i].value);
    group->odd |= inner.odd;
    *out = group_object(&inner);
    return !inner.failed && !rest.failed;
}

phx_status attr_tabulate(struct arena *arena, const struct value *tree,
                         struct value *out, phx_error *err)
{
    static const struct attr_options options = {
        .separator = {".", 1}, .excluded = names, .excluded_count = NAMES};
    struct group whole = {.arena = arena};
    struct attributes flat;
    phx_status status;

    if (!tabulate(&whole, tree, out))
        return arena_status(arena, sizeof(struct member), err);
    if (!whole.odd)
        return PHX_OK;
    status = attr_flatten(arena, tree, NULL, ATTR_RECURSE, &flat, err);
    return status < 0 ? status
                      : attr_unflatten(arena, flat.members, flat.count,
                                       &options, out, err);
}
