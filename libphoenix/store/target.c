/*
 * target.c - what an annotation or a cost is of. Ids are looked up in a
 * reader's snapshot, whose blocks stay open: while many are looked up, commits
 * go on. The writer then asks only whether what was found is still there.
 */
#include "base/base.h"

#include "store/annotation.h"

static phx_status fail_target(int32_t kind, int64_t number, phx_text id,
                              phx_error *err)
{
    static const char *const nouns[] = {"span", "trace", "session", "span"};
    char hex[65];
    size_t size = id.size < 32 ? id.size : 32;

    if (number != 0)
        return fail(err, PHX_NOT_FOUND, -1, "no %s %lld", nouns[kind],
                    (long long)number);
    if (kind == PHX_SESSION_ANNOTATION)
        return fail(err, PHX_NOT_FOUND, -1, "no session '%.*s'",
                    id.size < 64 ? (int)id.size : 64, id.data);
    hex_print(id.data, size, hex);
    return fail(err, PHX_NOT_FOUND, -1, "no %s '%s'", nouns[kind], hex);
}

static phx_status keep_id(struct arena *arena, phx_text id, struct target *out,
                          phx_error *err)
{
    const char *copy = arena_copy(arena, id.data, id.size);

    if (copy == NULL)
        return arena_status(arena, id.size, err);
    out->id = text_span(copy, id.size);
    return PHX_OK;
}

/* --- spans ------------------------------------------------------------------ */

/* How many documents a span retrieved, or reranked. */
static phx_status count_documents(struct opened *opened, uint32_t row,
                                  uint32_t *out, phx_error *err)
{
    struct arena arena;
    struct span span;

    arena_init(&arena, SIZE_MAX);
    phx_status status = block_read_spans(opened->stored.block, &arena, &row, 1,
                                         BLOCK_LENT, &span, err);
    if (status >= 0) {
        const struct value *list = value_at(
            &span.tree, span.kind == KIND_RERANKER ? "reranker.output_documents"
                                                   : "retrieval.documents");
        *out = list != NULL && list->kind == JSON_ARRAY ? list->count : 0;
    }
    arena_clear(&arena);
    return status;
}

/* DONE if the row is gone. */
static phx_status describe_span(struct snapshot *snapshot,
                                struct opened *opened, uint32_t row,
                                struct arena *arena, struct target *out,
                                phx_error *err)
{
    const struct block_ints *numbers, *traces, *trace_numbers, *projects;
    const struct block_texts *ids;
    struct trace_row trace;
    phx_status status;

    if ((status = opened_ints(opened, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_TRACE_NUMBER, &trace_numbers,
                              err)) < 0 ||
        (status = opened_ints(opened, COLUMN_PROJECT, &projects, err)) < 0 ||
        (status = block_read_texts(opened->stored.block, COLUMN_SPAN_ID, &ids,
                                   err)) < 0)
        return status;
    out->number = block_int(numbers, row);
    out->trace = block_int(trace_numbers, (uint32_t)block_int(traces, row));
    if (gone_has(snapshot->gone, PHX_PROJECT, block_int(projects, row)) ||
        gone_has(snapshot->gone, PHX_TRACE, out->trace) ||
        gone_has(snapshot->gone, PHX_SPAN, out->number))
        return PHX_DONE;
    if ((status =
             trace_row_get(snapshot->connection, out->trace, &trace, err)) < 0)
        return status;
    if (out->kind == PHX_DOCUMENT_ANNOTATION &&
        (status = count_documents(opened, row, &out->documents, err)) < 0)
        return status;
    return keep_id(arena, block_text(ids, row), out, err);
}

static phx_status find_row(struct opened *opened, int64_t number, uint32_t *row,
                           phx_error *err)
{
    const struct block_ints *numbers;
    phx_status status = opened_ints(opened, COLUMN_NUMBER, &numbers, err);

    if (status < 0)
        return status;
    for (*row = 0; *row < numbers->count; ++*row) {
        if (block_int(numbers, *row) == number &&
            !row_is_outgrown(&opened->stored, *row))
            return PHX_OK;
    }
    return PHX_DONE;
}

static phx_status span_by_number(struct snapshot *snapshot, int64_t number,
                                 struct arena *arena, struct target *out,
                                 phx_error *err)
{
    struct statement *blocks = sql(snapshot->connection, SQL_BLOCKS_OF_NUMBER);
    phx_status status, found = PHX_DONE;

    sql_bind_int(blocks, 1, number);
    while (found == PHX_DONE && (status = sql_next(blocks, err)) == PHX_OK) {
        struct opened *opened;
        uint32_t row;
        if ((found =
                 snapshot_open(snapshot, sql_int(blocks, 0), &opened, err)) < 0)
            break;
        if ((found = find_row(opened, number, &row, err)) == PHX_OK)
            found = describe_span(snapshot, opened, row, arena, out, err);
        snapshot_close(snapshot, opened);
    }
    sql_end(blocks);
    return found != PHX_DONE ? found : status;
}

/* The blocks that may have the id, one after the other; DONE if none has. Of a
 * trace that is found, only the number is told. */
static phx_status find_in_blocks(struct snapshot *snapshot,
                                 enum posting_kind kind, phx_text id,
                                 const struct block_set *blocks,
                                 struct arena *arena, struct target *out,
                                 phx_error *err)
{
    phx_status status = PHX_DONE;

    for (size_t i = 0; i < blocks->count && status == PHX_DONE; i++) {
        struct location location = {0};
        struct block_row row;
        struct opened *opened;
        status =
            block_row_find(snapshot->connection, blocks->ids[i], &row, err);
        if (status != PHX_OK)
            continue;
        if ((status = snapshot_open(snapshot, row.id, &opened, err)) < 0)
            return status;
        status = lookup_in_block(&opened->stored, snapshot->gone, kind, id,
                                 &location, err);
        if (status == PHX_OK && kind == POSTING_SPAN)
            status =
                describe_span(snapshot, opened, location.row, arena, out, err);
        if (status == PHX_OK)
            out->number = location.number;
        snapshot_close(snapshot, opened);
    }
    return status;
}

static phx_status find_by_id(struct snapshot *snapshot, enum posting_kind kind,
                             phx_text id, struct arena *arena,
                             struct target *out, phx_error *err)
{
    uint64_t hash = posting_hash(snapshot->store->secret, kind, id);
    struct block_set blocks = {0};
    phx_status status = lookup_blocks(snapshot->store, snapshot->connection,
                                      &snapshot->counter, hash, &blocks, err);

    if (status >= 0)
        status = find_in_blocks(snapshot, kind, id, &blocks, arena, out, err);
    block_set_clear(&blocks);
    return status;
}

/* --- traces and sessions ------------------------------------------------------ */

static phx_status find_trace(struct snapshot *snapshot, int64_t number,
                             phx_text id, struct arena *arena,
                             struct target *out, phx_error *err)
{
    struct statement *read;
    phx_status status;

    out->number = number;
    if (number == 0 && (status = find_by_id(snapshot, POSTING_TRACE, id, arena,
                                            out, err)) != PHX_OK)
        return status;
    if ((status = sql_find(snapshot->connection, SQL_TRACE_BY_ID, out->number,
                           &read, err)) != PHX_OK)
        return status;
    out->trace = out->number;
    status = gone_has(snapshot->gone, PHX_PROJECT, sql_int(read, 2))
                 ? PHX_DONE
                 : keep_id(arena, sql_text(read, 1), out, err);
    sql_end(read);
    return status;
}

static phx_status find_session(struct snapshot *snapshot, int64_t number,
                               phx_text name, struct arena *arena,
                               struct target *out, phx_error *err)
{
    struct statement *read;
    phx_status status;

    out->number = number;
    if (number == 0 &&
        (status = lookup_name(snapshot->connection, SQL_SESSION_BY_NAME, name,
                              &out->number, err)) != PHX_OK)
        return status;
    if ((status = sql_find(snapshot->connection, SQL_SESSION_BY_ID, out->number,
                           &read, err)) != PHX_OK)
        return status;
    status = keep_id(arena, sql_text(read, 1), out, err);
    sql_end(read);
    return status;
}

phx_status target_find(struct snapshot *snapshot, struct arena *arena,
                       int32_t kind, int64_t number, phx_text id,
                       struct target *out, phx_error *err)
{
    phx_status status;

    *out = (struct target){.kind = kind};
    if (kind == PHX_SESSION_ANNOTATION)
        status = find_session(snapshot, number, id, arena, out, err);
    else if (kind == PHX_TRACE_ANNOTATION)
        status = find_trace(snapshot, number, id, arena, out, err);
    else if (number != 0)
        status = span_by_number(snapshot, number, arena, out, err);
    else
        status = find_by_id(snapshot, POSTING_SPAN, id, arena, out, err);
    return status == PHX_DONE ? fail_target(kind, number, id, err) : status;
}

phx_status target_check(struct store *store, struct target *target,
                        phx_error *err)
{
    const struct gone *gone = &store->gone;
    struct trace_row trace;
    struct statement *read;
    phx_status status;

    if (target->kind == PHX_SESSION_ANNOTATION) {
        status = sql_find(store->writer, SQL_SESSION_BY_ID, target->number,
                          &read, err);
        target->project = status == PHX_OK ? sql_int(read, 2) : 0;
        sql_end(read);
    } else {
        status = trace_row_find(store->writer, target->trace, &trace, err);
        target->project = status == PHX_OK ? trace.project : 0;
        if (target->kind != PHX_TRACE_ANNOTATION &&
            gone_has(gone, PHX_SPAN, target->number))
            status = PHX_DONE;
    }
    if (status == PHX_OK && gone_has(gone, PHX_PROJECT, target->project))
        status = PHX_DONE;
    return status == PHX_DONE ? fail_target(target->kind, 0, target->id, err)
                              : status;
}
