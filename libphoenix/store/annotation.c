/*
 * annotation.c - rows of annotations. A row's id is its number * 4 + kind, so
 * that each kind has numbers of its own in one table. Times in rows are us.
 */
#include "base/base.h"

#include "store/annotation.h"

int64_t annotation_row_id(int32_t kind, int64_t number)
{
    return number * ANNOTATION_KINDS + kind;
}

uint64_t real_sum(double value)
{
    uint64_t bits;

    value += 0.0; /* SQLite keeps no sign of zero */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint64_t text_sum(phx_text text, uint64_t seed)
{
    return text.data == NULL ? 0 : hash_bytes(text.data, text.size, seed);
}

uint32_t annotation_sum(const phx_annotation *row)
{
    const uint64_t values[] = {
        (uint64_t)row->id,
        (uint64_t)row->kind,
        (uint64_t)row->target,
        (uint64_t)row->position,
        (uint64_t)row->trace,
        (uint64_t)row->project,
        (uint64_t)row->annotator,
        (uint64_t)row->source,
        (uint64_t)row->author,
        row->created_at,
        row->updated_at,
        (uint64_t)row->has_score,
        real_sum(row->score),
        text_sum(row->name, 10),
        text_sum(row->identifier, 11),
        text_sum(row->label, 12),
        text_sum(row->target_id, 13),
        text_sum(row->metadata, 14),
        text_sum(row->explanation, 15),
    };

    return checksum32(values, sizeof values);
}

void annotation_read(struct statement *statement, phx_annotation *out,
                     int64_t *sum)
{
    int64_t id = sql_int(statement, 0);

    *out = (phx_annotation){
        .id = id / ANNOTATION_KINDS,
        .kind = (int32_t)sql_int(statement, 1),
        .target = sql_int(statement, 2),
        .position = (int32_t)sql_int(statement, 3),
        .trace = sql_int(statement, 4),
        .project = sql_int(statement, 5),
        .annotator = (int32_t)sql_int(statement, 6),
        .source = (int32_t)sql_int(statement, 7),
        .author = sql_int(statement, 8),
        .created_at = ns_of(sql_int(statement, 9), 0),
        .updated_at = ns_of(sql_int(statement, 10), 0),
        .name = sql_text(statement, 12),
        .identifier = sql_text(statement, 13),
        .has_score = sql_has(statement, 14),
        .score = sql_real(statement, 14),
        .label = sql_text(statement, 15),
        .target_id = sql_text(statement, 16),
        .metadata = sql_text(statement, 17),
        .explanation = sql_text(statement, 18),
    };
    *sum = sql_int(statement, 11);
    /* What is cut to 32 bits or to ns here must be what the row says. */
    if (id != annotation_row_id(out->kind, out->id) ||
        out->kind != sql_int(statement, 1) ||
        out->position != sql_int(statement, 3) ||
        out->annotator != sql_int(statement, 6) ||
        out->source != sql_int(statement, 7) ||
        !ns_fits(out->created_at, sql_int(statement, 9), 0) ||
        !ns_fits(out->updated_at, sql_int(statement, 10), 0))
        *sum = -1;
}

phx_status annotation_put(struct connection *connection, enum sql id,
                          const phx_annotation *row, phx_error *err)
{
    struct statement *put = sql(connection, id);
    const int64_t numbers[] = {
        annotation_row_id(row->kind, row->id),
        row->kind,
        row->target,
        row->position,
        row->trace,
        row->project,
        row->annotator,
        row->source,
        row->author,
        (int64_t)(row->created_at / 1000),
        (int64_t)(row->updated_at / 1000),
        (int64_t)annotation_sum(row),
    };
    int at = 1;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sql_bind_int(put, at++, numbers[i]);
    sql_bind_text(put, at++, row->name);
    sql_bind_text(put, at++, row->identifier);
    if (row->has_score)
        sql_bind_real(put, at, row->score);
    else
        sql_bind_text(put, at, (phx_text){NULL, 0});
    sql_bind_text(put, ++at, row->label);
    sql_bind_blob(put, ++at, row->target_id.data, row->target_id.size);
    sql_bind_text(put, ++at, row->metadata);
    sql_bind_text(put, ++at, row->explanation);
    return sql_run(put, err);
}

phx_status annotation_keep(struct arena *arena, phx_annotation *row,
                           phx_error *err)
{
    phx_status status;

    if ((status = arena_keep(arena, &row->name, err)) < 0 ||
        (status = arena_keep(arena, &row->identifier, err)) < 0 ||
        (status = arena_keep(arena, &row->label, err)) < 0 ||
        (status = arena_keep(arena, &row->explanation, err)) < 0)
        return status;
    return arena_keep(arena, &row->metadata, err);
}

phx_status annotation_find(struct connection *connection, phx_annotation *row,
                           uint64_t *updated_at, phx_error *err)
{
    struct statement *find = sql(connection, SQL_ANNOTATION_BY_KEY);
    phx_status status;

    sql_bind_int(find, 1, row->kind);
    sql_bind_int(find, 2, row->target);
    sql_bind_int(find, 3, row->position);
    sql_bind_text(find, 4, row->name);
    sql_bind_text(find, 5, row->identifier);
    if ((status = sql_next(find, err)) == PHX_OK) {
        row->id = sql_int(find, 0) / ANNOTATION_KINDS;
        row->created_at = ns_of(sql_int(find, 1), 0);
        *updated_at = ns_of(sql_int(find, 2), 0);
        sql_end(find);
    }
    return status;
}
