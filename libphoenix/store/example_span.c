/*
 * example_span.c - which spans examples are from. Spans are looked up before
 * the writer's turn, as those of annotations are; the rows go with them.
 */
#include "base/base.h"

#include "store/dataset.h"

static bool has_span(const struct store_example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (examples[i].span_id.data != NULL)
            return true;
    }
    return false;
}

phx_status example_spans_find(struct store *store,
                              const struct store_example *examples,
                              size_t count, struct arena *arena,
                              struct target **out, phx_error *err)
{
    size_t size = size_mul(count, sizeof **out);
    struct snapshot snapshot;
    struct target *spans;
    phx_status status;

    *out = NULL;
    if (!has_span(examples, count))
        return PHX_OK;
    if ((spans = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    memset(spans, 0, size);
    if ((status = snapshot_take(store, &snapshot, err)) < 0)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++) {
        if (examples[i].span_id.data == NULL)
            continue;
        if ((status = snapshot_check(&snapshot, err)) < 0)
            break;
        status = target_find(&snapshot, arena, PHX_SPAN_ANNOTATION, 0,
                             examples[i].span_id, &spans[i], err);
        if (status == PHX_NOT_FOUND) {
            spans[i].number = 0;
            status = PHX_OK;
        }
    }
    snapshot_give(&snapshot);
    *out = spans;
    return status;
}

uint32_t example_span_sum(int64_t example, int64_t trace, int64_t span,
                          phx_text span_id)
{
    const uint64_t values[] = {(uint64_t)example, (uint64_t)trace,
                               (uint64_t)span, text_sum(span_id, 26)};

    return checksum32(values, sizeof values);
}

phx_status example_span_put(struct store *store, const struct change *change,
                            int64_t example, struct target *span,
                            phx_error *err)
{
    phx_status status = target_check(store, span, err);
    struct statement *insert;

    if (status < 0)
        return status == PHX_NOT_FOUND ? PHX_OK : status;
    insert = sql(change->writer, SQL_INSERT_EXAMPLE_SPAN);
    sql_bind_int(insert, 1, example);
    sql_bind_int(insert, 2, span->trace);
    sql_bind_int(insert, 3, span->number);
    sql_bind_blob(insert, 4, span->id.data, span->id.size);
    sql_bind_int(insert, 5,
                 (int64_t)example_span_sum(example, span->trace, span->number,
                                           span->id));
    return parts_insert(change, insert, err);
}
