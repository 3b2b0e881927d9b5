/*
 * atif.c - trajectories of agents as ATIF has them, versions 1.0 to 1.7, read
 * and checked:
 *
 *     {"schema_version": "ATIF-v1.6", "session_id", "agent": {"name",
 *      "version"}, "steps": [{"step_id": 1, "source": "user", "message"} ...]}
 *
 * or an array of them, which may refer to each other: a sub-agent's hangs under
 * the tool call whose result names it. atif_spans.c makes spans of them.
 */
#include "base/base.h"

#include "api/atif.h"

enum {
    NESTED_MOST = 8,  /* trajectories inside each other */
    CALLS_MOST = 1024 /* tool calls of a step, and results */
};

/* --- checks ----------------------------------------------------------------- */

static phx_status fail_root(phx_error *err, const char *what)
{
    return fail(err, PHX_INVALID, -1, "a trajectory %s", what);
}

/* A text member, absent if there is none. */
static phx_status read_text(const struct value *object, const char *key,
                            phx_text *out, phx_error *err)
{
    const struct value *value = value_member(object, key);

    *out = (phx_text){NULL, 0};
    if (value == NULL || value->kind == JSON_NULL)
        return PHX_OK;
    if (value->kind != JSON_TEXT)
        return fail(err, PHX_INVALID, -1, "a trajectory's '%s' is no text",
                    key);
    *out = value->text;
    return PHX_OK;
}

static bool is_number(const struct value *value)
{
    return value->kind == JSON_INT || value->kind == JSON_REAL ||
           value->kind == JSON_NUMBER || value->kind == JSON_NULL;
}

static phx_status check_metrics(const struct value *step, uint32_t index,
                                phx_error *err)
{
    static const char *const names[] = {"prompt_tokens", "completion_tokens",
                                        "cached_tokens", "cost_usd"};
    const struct value *metrics = value_member(step, "metrics");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct value *value = value_member(metrics, names[i]);
        if (value != NULL && !is_number(value))
            return fail(err, PHX_INVALID, index,
                        "metrics.%s of step %u is no number", names[i],
                        index + 1);
    }
    return PHX_OK;
}

static phx_status check_calls(const struct value *step, uint32_t index,
                              phx_error *err)
{
    const struct value *calls = value_member(step, "tool_calls");
    const struct value *results = value_at(step, "observation.results");

    if (results != NULL && results->kind == JSON_ARRAY &&
        results->count > CALLS_MOST)
        return fail(err, PHX_TOO_BIG, index,
                    "step %u has %u results, limit is %d", index + 1,
                    results->count, CALLS_MOST);
    if (calls == NULL || calls->kind != JSON_ARRAY)
        return PHX_OK;
    if (calls->count > CALLS_MOST)
        return fail(err, PHX_TOO_BIG, index,
                    "step %u has %u tool calls, limit is %d", index + 1,
                    calls->count, CALLS_MOST);
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct value *id = value_member(&calls->items[i], "tool_call_id");
        const struct value *name =
            value_member(&calls->items[i], "function_name");
        if (id == NULL || id->kind != JSON_TEXT || name == NULL ||
            name->kind != JSON_TEXT)
            return fail(err, PHX_INVALID, index,
                        "tool call %u of step %u has no 'tool_call_id' and "
                        "'function_name'",
                        i + 1, index + 1);
    }
    return PHX_OK;
}

static enum atif_source source_of(const struct value *step)
{
    const struct value *source = value_member(step, "source");

    return source == NULL                    ? ATIF_NONE
           : value_is_text(source, "user")   ? ATIF_USER
           : value_is_text(source, "agent")  ? ATIF_AGENT
           : value_is_text(source, "system") ? ATIF_SYSTEM
                                             : ATIF_NONE;
}

static phx_status check_step(const struct trajectory *trajectory,
                             uint32_t index, phx_error *err)
{
    const struct value *step = &trajectory->steps->items[index];
    const struct value *id = value_member(step, "step_id");
    phx_status status;

    if (id == NULL || id->kind != JSON_INT || id->integer != (int64_t)index + 1)
        return fail(err, PHX_INVALID, index,
                    "step_id of step %u is not %u: they count from 1",
                    index + 1, index + 1);
    if (source_of(step) == ATIF_NONE)
        return fail(err, PHX_INVALID, index,
                    "the source of step %u is not user, agent or system",
                    index + 1);
    if (trajectory->version >= 7 && value_member(step, "message") == NULL)
        return fail(err, PHX_INVALID, index, "step %u has no message",
                    index + 1);
    if ((status = check_metrics(step, index, err)) < 0)
        return status;
    return check_calls(step, index, err);
}

/* The number behind "ATIF-v1.". */
static phx_status read_version(struct trajectory *trajectory, phx_error *err)
{
    static const char begin[] = "ATIF-v1.";
    phx_text text;
    phx_status status =
        read_text(trajectory->object, "schema_version", &text, err);

    if (status < 0)
        return status;
    if (text.size != sizeof begin ||
        memcmp(text.data, begin, sizeof begin - 1) != 0 ||
        text.data[text.size - 1] < '0' || text.data[text.size - 1] > '9')
        return fail_root(err, "has no 'schema_version' of ATIF-v1");
    trajectory->version = text.data[text.size - 1] - '0';
    return PHX_OK;
}

static phx_status check_trajectory(struct trajectory *trajectory,
                                   phx_error *err)
{
    const struct value *object = trajectory->object;
    phx_status status;

    if (object->kind != JSON_OBJECT)
        return fail_root(err, "is no object");
    trajectory->agent = value_member(object, "agent");
    trajectory->steps = value_member(object, "steps");
    if ((status = read_version(trajectory, err)) < 0 ||
        (status = read_text(object, "session_id", &trajectory->session, err)) <
            0 ||
        (status =
             read_text(object, "trajectory_id", &trajectory->own_id, err)) < 0)
        return status;
    if (trajectory->session.size == 0 && trajectory->version < 7)
        return fail_root(err, "has no 'session_id'");
    phx_text version;
    if ((status = read_text(trajectory->agent, "name", &trajectory->name,
                            err)) < 0 ||
        (status = read_text(trajectory->agent, "version", &version, err)) < 0)
        return status;
    if (trajectory->name.data == NULL || version.data == NULL)
        return fail_root(err, "has no 'agent' with a name and a version");
    if (trajectory->steps == NULL || trajectory->steps->kind != JSON_ARRAY ||
        trajectory->steps->count == 0)
        return fail_root(err, "has no 'steps'");
    for (uint32_t i = 0; i < trajectory->steps->count; i++) {
        if ((status = check_step(trajectory, i, err)) < 0)
            return status;
    }
    return PHX_OK;
}

/* --- steps ------------------------------------------------------------------ */

/* Times that are not given follow the step before by a second; the first is
 * that of the next that is given, or now. */
static phx_status read_times(struct trajectory *trajectory, phx_error *err)
{
    uint64_t first = 0;
    phx_status status;

    for (uint32_t i = 0; i < trajectory->steps->count; i++) {
        struct atif_step *step = &trajectory->list[i];
        phx_text text;
        if ((status = read_text(step->object, "timestamp", &text, err)) < 0 ||
            (text.data != NULL &&
             (status = time_read(text, TIME_NAIVE_UTC, &step->start, err)) < 0))
            return status;
        step->timed = text.data != NULL;
        if (step->timed && first == 0)
            first = step->start;
    }
    if (!trajectory->list[0].timed)
        trajectory->list[0].start = first != 0 ? first : time_now();
    for (uint32_t i = 0; i < trajectory->steps->count; i++) {
        struct atif_step *step = &trajectory->list[i];
        if (i > 0 && !step->timed)
            step->start = step[-1].start < UINT64_MAX - ATIF_SECOND
                              ? step[-1].start + ATIF_SECOND
                              : UINT64_MAX;
        if (i > 0)
            step[-1].end =
                step->start > step[-1].start ? step->start : step[-1].start;
        step->end = step->start < UINT64_MAX - ATIF_SECOND
                        ? step->start + ATIF_SECOND
                        : UINT64_MAX;
    }
    return PHX_OK;
}

static phx_status read_steps(struct atif *atif, struct trajectory *trajectory,
                             phx_error *err)
{
    uint32_t count = trajectory->steps->count;
    size_t size = size_mul(count, sizeof *trajectory->list);

    if ((trajectory->list = arena_new(atif->arena, size)) == NULL)
        return arena_status(atif->arena, size, err);
    for (uint32_t i = 0; i < count; i++) {
        const struct value *object = &trajectory->steps->items[i];
        trajectory->list[i] =
            (struct atif_step){.object = object, .source = source_of(object)};
        trajectory->users += trajectory->list[i].source == ATIF_USER;
    }
    return read_times(trajectory, err);
}

/* --- names ------------------------------------------------------------------ */

/* The session that an "-cont-2" of it goes on. */
static phx_text session_begun(phx_text session)
{
    static const char mark[] = "-cont-";
    size_t end = session.size;

    while (end > 0 && session.data[end - 1] >= '0' &&
           session.data[end - 1] <= '9')
        end--;
    if (end < session.size && end >= sizeof mark - 1 &&
        memcmp(session.data + end - (sizeof mark - 1), mark, sizeof mark - 1) ==
            0)
        end -= sizeof mark - 1;
    else
        end = session.size;
    return text_span(session.data, end);
}

/* What ids are made of. From 1.7 on sessions have several trajectories: their
 * own ids are part of it, or all that they hold. */
static phx_status name_trajectory(struct atif *atif,
                                  struct trajectory *trajectory, phx_error *err)
{
    bool by_content = trajectory->version >= 7 && !trajectory->own_id.data;
    uint8_t sum[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    if (by_content || !trajectory->inside)
        json_write_value(&text, trajectory->object, 0);
    if ((status = buf_status(&text, "a trajectory", err)) < 0)
        goto done;
    trajectory->json = text_span(text.data, text.size);
    if (!trajectory->inside &&
        (status = arena_keep(atif->arena, &trajectory->json, err)) < 0)
        goto done;
    if (by_content) {
        sha256(text.data, text.size, sum);
        hex_print(sum, sizeof sum, hex);
    }
    buf_reset(&text);
    buf_add_text(&text, trajectory->session);
    if (trajectory->version >= 7) {
        buf_add_byte(&text, ':');
        buf_add_text(&text, by_content ? text_of(hex) : trajectory->own_id);
    }
    if ((status = buf_status(&text, "a trajectory's name", err)) < 0)
        goto done;
    trajectory->key = text_span(text.data, text.size);
    status = arena_keep(atif->arena, &trajectory->key, err);
    trajectory->trace_key =
        trajectory->version < 7 || (trajectory->session.size > 0 &&
                                    trajectory->own_id.data != NULL)
            ? session_begun(trajectory->session)
            : trajectory->key;
done:
    buf_clear(&text);
    return status;
}

/* --- all of a document ------------------------------------------------------- */

static phx_status add(struct atif *atif, const struct value *object, int level,
                      phx_error *err)
{
    struct trajectory *list = arena_grow(
        atif->arena, atif->list, &atif->capacity, atif->count, sizeof *list);
    struct trajectory *one;
    phx_status status;

    if (list == NULL)
        return arena_status(atif->arena, sizeof *list, err);
    if (level > NESTED_MOST)
        return fail(err, PHX_TOO_BIG, -1,
                    "trajectories are nested over %d levels", NESTED_MOST);
    atif->list = list;
    one = &list[atif->count];
    *one = (struct trajectory){
        .object = object, .inside = level > 0, .top = atif->count};
    if ((status = check_trajectory(one, err)) < 0 ||
        (status = read_steps(atif, one, err)) < 0 ||
        (status = name_trajectory(atif, one, err)) < 0)
        return status;
    atif->count++;
    const struct value *nested = value_member(object, "subagent_trajectories");
    for (uint32_t i = 0;
         nested != NULL && nested->kind == JSON_ARRAY && i < nested->count; i++)
        if ((status = add(atif, &nested->items[i], level + 1, err)) < 0)
            return status;
    return PHX_OK;
}

static size_t top_of(struct atif *atif, size_t index)
{
    while (atif->list[index].top != index) {
        atif->list[index].top = atif->list[atif->list[index].top].top;
        index = atif->list[index].top;
    }
    return index;
}

/* A trajectory has one parent at most, and none below itself. */
static void link_child(struct atif *atif, size_t parent, phx_text name,
                       phx_text tool_span)
{
    const uint32_t *found =
        name.size > 0
            ? map_find(&atif->by_name, hash_bytes(name.data, name.size, 0))
            : NULL;

    if (found == NULL)
        return;
    struct trajectory *child = &atif->list[*found];
    if ((!text_equal(child->session, name) &&
         !text_equal(child->own_id, name)) ||
        child->parent_id.size > 0 || top_of(atif, parent) == *found)
        return;
    child->parent_id = tool_span;
    child->top = top_of(atif, parent);
}

/* The trajectories that the result of a tool call names. */
static phx_status link_result(struct atif *atif, size_t parent,
                              const struct value *step,
                              const struct value *result, phx_error *err)
{
    const struct value *call = value_member(result, "source_call_id");
    const struct value *refs = value_member(result, "subagent_trajectory_ref");
    phx_text id, tool_span;
    phx_status status;

    if (call == NULL || call->kind != JSON_TEXT || refs == NULL ||
        refs->kind != JSON_ARRAY)
        return PHX_OK;
    status = atif_tool_id(atif->arena, &atif->list[parent],
                          value_member(step, "step_id")->integer, call->text,
                          &tool_span, err);
    for (uint32_t i = 0; status >= 0 && i < refs->count; i++) {
        if ((status = read_text(&refs->items[i], "trajectory_id", &id, err)) <
            0)
            return status;
        if (id.data == NULL &&
            (status = read_text(&refs->items[i], "session_id", &id, err)) < 0)
            return status;
        link_child(atif, parent, id, tool_span);
    }
    return status;
}

static phx_status link_all(struct atif *atif, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < atif->count; i++) {
        const struct value *steps = atif->list[i].steps;
        for (uint32_t j = 0; j < steps->count; j++) {
            const struct value *results =
                value_at(&steps->items[j], "observation.results");
            for (uint32_t k = 0;
                 results != NULL && results->kind == JSON_ARRAY &&
                 k < results->count;
                 k++)
                if ((status = link_result(atif, i, &steps->items[j],
                                          &results->items[k], err)) < 0)
                    return status;
        }
    }
    return status;
}

/* Each by its own id, or its session's. */
static phx_status name_all(struct atif *atif, phx_error *err)
{
    for (size_t i = 0; i < atif->count; i++) {
        const struct trajectory *one = &atif->list[i];
        phx_text name = one->own_id.data != NULL ? one->own_id : one->session;
        bool fresh;
        uint32_t *index = map_slot(&atif->by_name,
                                   hash_bytes(name.data, name.size, 0), &fresh);
        if (index == NULL)
            return fail_memory(err, sizeof *index);
        if (fresh)
            *index = (uint32_t)i;
    }
    return PHX_OK;
}

static phx_status read_document(struct atif *atif, const struct value *document,
                                phx_error *err)
{
    uint32_t count = document->kind == JSON_ARRAY ? document->count : 1;
    const struct value *items =
        document->kind == JSON_ARRAY ? document->items : document;
    phx_status status;

    for (uint32_t i = 0; i < count; i++) {
        if ((status = add(atif, &items[i], 0, err)) < 0)
            return status;
    }
    if ((status = name_all(atif, err)) < 0)
        return status;
    return link_all(atif, err);
}

phx_status atif_read(struct arena *arena, phx_text json, struct span_list *out,
                     phx_error *err)
{
    struct atif atif = {.arena = arena, .out = out};
    struct value document;
    phx_status status;
    char *copy = arena_copy(arena, json.data, json.size);

    if (copy == NULL)
        return arena_status(arena, json.size, err);
    map_init(&atif.by_name);
    if ((status = json_read(arena, text_span(copy, json.size), 0, &document,
                            err)) >= 0)
        status = read_document(&atif, &document, err);
    for (size_t i = 0; i < atif.count && status >= 0; i++)
        status = atif_write_spans(&atif, &atif.list[i],
                                  &atif.list[top_of(&atif, i)], err);
    map_clear(&atif.by_name);
    return status;
}
