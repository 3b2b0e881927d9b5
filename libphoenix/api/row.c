/*
 * row.c - a span as the caller sees it: ids in hex, attributes, events and
 * links as JSON, every text with a NUL behind it. Where spans come with their
 * JSON, that is lent as it is.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

phx_status lent_span_new(struct lent_span **out, phx_error *err)
{
    struct lent_span *lent = memory_new(sizeof *lent);

    if (lent == NULL)
        return fail_memory(err, sizeof *lent);
    *lent = (struct lent_span){0};
    arena_init(&lent->arena, SIZE_MAX);
    buf_init(&lent->attributes, SIZE_MAX);
    buf_init(&lent->events, SIZE_MAX);
    buf_init(&lent->links, SIZE_MAX);
    buf_init(&lent->kind, SIZE_MAX);
    *out = lent;
    return PHX_OK;
}

void lent_span_free(struct lent_span *lent)
{
    if (lent == NULL)
        return;
    arena_clear(&lent->arena);
    buf_clear(&lent->attributes);
    buf_clear(&lent->events);
    buf_clear(&lent->links);
    buf_clear(&lent->kind);
    memory_free(lent);
}

static phx_status lend_json(struct buf *json, const char *what, phx_text *out,
                            phx_error *err)
{
    buf_add_byte(json, 0);
    *out = text_span(json->data, json->size - 1);
    return buf_status(json, what, err);
}

/* The kind goes out apart. JSON has no NaN and no infinities: a null, which
 * flat attributes leave out. */
static phx_status trim_flat(struct lent_span *lent, struct attributes *flat,
                            phx_error *err)
{
    uint32_t kept = 0;

    buf_reset(&lent->kind);
    for (uint32_t i = 0; i < flat->count; i++) {
        const struct member *member = &flat->members[i];
        if (text_is(member->key, "openinference.span.kind")) {
            buf_reset(&lent->kind);
            json_write_value(&lent->kind, &member->value, 0);
        } else if (member->value.kind != JSON_REAL ||
                   isfinite(member->value.real)) {
            flat->members[kept++] = *member;
        }
    }
    flat->count = kept;
    if (lent->kind.size == 0)
        return PHX_OK;
    return lend_json(&lent->kind, "a span's kind", &lent->row.kind_attribute,
                     err);
}

static phx_status write_attributes(struct lent_span *lent,
                                   const struct span *span, int32_t how,
                                   phx_error *err)
{
    struct attributes flat;
    struct value object = span->tree;
    phx_status status;

    if (span->tree_json.data != NULL) {
        lent->row.attributes = span->tree_json;
        return PHX_OK;
    }
    buf_reset(&lent->attributes);
    if (how == PHX_ATTRIBUTES_FLAT) {
        if ((status = attr_flatten(&lent->arena, &span->tree, NULL,
                                   ATTR_RECURSE, &flat, err)) < 0 ||
            (status = trim_flat(lent, &flat, err)) < 0)
            return status;
        object = (struct value){
            .kind = JSON_OBJECT, .count = flat.count, .members = flat.members};
    }
    if (how == PHX_ATTRIBUTES_NONE || object.kind != JSON_OBJECT)
        buf_add_string(&lent->attributes, "{}");
    else
        json_write_value(&lent->attributes, &object, 0);
    return lend_json(&lent->attributes, "a span's attributes",
                     &lent->row.attributes, err);
}

static phx_status write_events(struct lent_span *lent, const struct span *span,
                               phx_error *err)
{
    if (span->events_json.data != NULL) {
        lent->row.events = span->events_json;
        return PHX_OK;
    }
    buf_reset(&lent->events);
    span_write_events(span, time_print, &lent->events);
    return lend_json(&lent->events, "a span's events", &lent->row.events, err);
}

static phx_status write_links(struct lent_span *lent, const struct span *span,
                              phx_error *err)
{
    buf_reset(&lent->links);
    span_write_links(span, &lent->links);
    return lend_json(&lent->links, "a span's links", &lent->row.links, err);
}

/* A copy in the lent span's arena with a NUL behind it. */
static phx_status lend_text(struct lent_span *lent, phx_text from,
                            phx_text *out, phx_error *err)
{
    *out = from;
    return arena_keep(&lent->arena, out, err);
}

static phx_status lend_hex(struct lent_span *lent, phx_text id, phx_text *out,
                           phx_error *err)
{
    char *hex = arena_new(&lent->arena, size_add(size_mul(id.size, 2), 1));

    if (hex == NULL)
        return arena_status(&lent->arena, id.size * 2, err);
    hex_print(id.data, id.size, hex);
    *out = text_span(hex, id.size * 2);
    return PHX_OK;
}

static phx_status lend_texts(struct lent_span *lent, const struct span *span,
                             phx_text project, phx_error *err)
{
    phx_span *row = &lent->row;
    phx_status status;

    if ((status = lend_hex(lent, span->trace_id, &row->trace_id, err)) < 0 ||
        (status = lend_hex(lent, span->span_id, &row->span_id, err)) < 0 ||
        (span->parent_id.size > 0 &&
         (status = lend_hex(lent, span->parent_id, &row->parent_id, err)) <
             0) ||
        (status = lend_text(lent, project, &row->project, err)) < 0 ||
        (status = lend_text(lent, span->session_name, &row->session_id, err)) <
            0 ||
        (status = lend_text(lent, span->name, &row->name, err)) < 0 ||
        (status = lend_text(lent, span->trace_state, &row->trace_state, err)) <
            0)
        return status;
    return lend_text(lent, span->status_message, &row->status_message, err);
}

phx_status lent_span_fill(struct lent_span *lent, const struct span *span,
                          phx_text project, int32_t attributes, phx_error *err)
{
    phx_status status;

    arena_reset(&lent->arena);
    lent->row = (phx_span){
        .id = span->number,
        .trace = span->trace,
        .session = span->session,
        .project_id = span->project,
        .start_time = span->start_time,
        .end_time = span->end_time,
        .prompt_tokens = span->prompt_tokens,
        .completion_tokens = span->completion_tokens,
        .status = span->status,
        .flags = (int32_t)span->flags,
        .cumulative_cost = (double)NAN,
        .kind = text_of(span_kind_name(span->kind)),
    };
    if ((status = lend_texts(lent, span, project, err)) < 0 ||
        (status = write_attributes(lent, span, attributes, err)) < 0 ||
        (status = write_events(lent, span, err)) < 0)
        return status;
    return write_links(lent, span, err);
}
