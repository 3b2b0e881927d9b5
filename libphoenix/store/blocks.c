/*
 * blocks.c - blocks as rows: the zone map in `block`, the frames in `frame`
 * under block << 12 | number.
 */
#include "base/base.h"

#include "store/inside.h"

/* The zone row's own checksum: its figures are copied from the block, but
 * nothing else says which level and day it has. */
uint32_t block_row_sum(const struct block_row *row)
{
    const int64_t values[] = {
        row->id,
        row->level,
        row->day,
        row->zone.project,
        (int64_t)row->zone.rows,
        row->zone.min_time,
        row->zone.max_time,
        row->zone.min_number,
        row->zone.max_number,
        row->zone.max_latency,
        row->zone.max_tokens,
        (int64_t)row->zone.kinds,
        (int64_t)row->zone.projects,
    };

    return checksum32(values, sizeof values);
}

static phx_status write_row(struct connection *connection,
                            const struct block_row *row, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_BLOCK);
    const struct block_zone *zone = &row->zone;
    const int64_t values[] = {
        row->id,
        row->level,
        zone->project,
        row->day,
        (int64_t)zone->rows,
        zone->min_time,
        zone->max_time,
        zone->min_number,
        zone->max_number,
        zone->max_latency,
        zone->max_tokens,
        (int64_t)zone->kinds,
        (int64_t)zone->projects,
        (int64_t)block_row_sum(row),
    };

    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        sql_bind_int(insert, i + 1, values[i]);
    return sql_run(insert, err);
}

phx_status block_write(struct connection *connection, int64_t id, int level,
                       int64_t day, const struct block_image *image,
                       phx_error *err)
{
    struct block_row row = {
        .id = id, .level = level, .day = day, .zone = image->zone};
    phx_status status = write_row(connection, &row, err);

    for (uint32_t i = 0; i < image->frame_count && status >= 0; i++) {
        struct statement *insert = sql(connection, SQL_INSERT_FRAME);
        sql_bind_int(insert, 1, id << FRAME_BITS | i);
        sql_bind_blob(insert, 2, image->bytes.data + image->frames[i].offset,
                      image->frames[i].size);
        status = sql_run(insert, err);
    }
    return status;
}

phx_status block_remove(struct connection *connection, int64_t id,
                        phx_error *err)
{
    struct statement *frames = sql(connection, SQL_DELETE_FRAMES);
    phx_status status;

    sql_bind_int(frames, 1, id << FRAME_BITS);
    sql_bind_int(frames, 2, (id + 1) << FRAME_BITS);
    if ((status = sql_run(frames, err)) < 0 ||
        (status = sql_run_with(connection, SQL_DELETE_OUTGROWN, id, err)) < 0)
        return status;
    return sql_run_with(connection, SQL_DELETE_BLOCK, id, err);
}

/* The sum cannot be right where a figure does not fit its place. */
void block_row_read(struct statement *statement, struct block_row *out)
{
    int64_t level = sql_int(statement, 1), rows = sql_int(statement, 4);
    bool fits = level == (int)level && rows == (uint32_t)rows;

    *out = (struct block_row){
        .id = sql_int(statement, 0),
        .level = (int)level,
        .day = sql_int(statement, 3),
        .zone = {.project = sql_int(statement, 2),
                 .rows = (uint32_t)rows,
                 .min_time = sql_int(statement, 5),
                 .max_time = sql_int(statement, 6),
                 .min_number = sql_int(statement, 7),
                 .max_number = sql_int(statement, 8),
                 .max_latency = sql_int(statement, 9),
                 .max_tokens = sql_int(statement, 10),
                 .kinds = (uint64_t)sql_int(statement, 11),
                 .projects = (uint64_t)sql_int(statement, 12)},
        .sum = fits ? sql_int(statement, 13) : -1,
    };
}

phx_status block_row_find(struct connection *connection, int64_t id,
                          struct block_row *out, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(connection, SQL_BLOCK_BY_ID, id, &read, err);

    if (status == PHX_OK) {
        block_row_read(read, out);
        sql_end(read);
    }
    return status;
}

/* The frame stays good until the statement moves: block.h asks no more. */
static phx_status fetch(void *ctx, uint32_t number, phx_text *out,
                        phx_error *err)
{
    const struct stored_block *stored = ctx;
    struct statement *frame;
    phx_status status =
        sql_find(stored->connection, SQL_FRAME,
                 stored->id << FRAME_BITS | number, &frame, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_CORRUPT, -1, "frame %u of block %lld is lost",
                    number, (long long)stored->id);
    *out = sql_text(frame, 0);
    return PHX_OK;
}

phx_status stored_block_open(struct connection *connection, int64_t id,
                             struct stored_block *out, phx_error *err)
{
    *out = (struct stored_block){.connection = connection, .id = id};
    phx_status status =
        block_open(connection->reader, fetch, out, &out->block, err);
    if (status < 0) /* or the statement would hold its snapshot */
        sql_end(&connection->statements[SQL_FRAME]);
    if (status >= 0 &&
        (status = outgrown_read(connection, id, block_rows(out->block),
                                &out->outgrown, err)) < 0)
        stored_block_close(out);
    if (status == PHX_UNSUPPORTED) { /* the store is not newer, so: damage */
        status = PHX_CORRUPT;
        if (err != NULL)
            err->status = status;
    }
    return status;
}

void stored_block_leave(struct stored_block *stored)
{
    if (stored->connection != NULL)
        sql_end(&stored->connection->statements[SQL_FRAME]);
    stored->connection = NULL;
    memory_free(stored->outgrown);
    stored->outgrown = NULL;
}

phx_status stored_block_join(struct stored_block *stored,
                             struct connection *connection, phx_error *err)
{
    stored->connection = connection;
    block_move(stored->block, connection->reader);
    return outgrown_read(connection, stored->id, block_rows(stored->block),
                         &stored->outgrown, err);
}

void stored_block_close(struct stored_block *stored)
{
    if (stored->block == NULL)
        return;
    block_close(stored->block);
    stored->block = NULL;
    stored_block_leave(stored);
}
