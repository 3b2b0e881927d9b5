/*
 * prompt.c - rows of prompts, their versions and tags, with their checksums.
 * Times in rows are us.
 */
#include "base/base.h"

#include "store/prompt.h"

/* --- prompts ------------------------------------------------------------------ */

static int64_t prompt_sum(const struct prompt_row *row)
{
    const phx_prompt *prompt = &row->prompt;
    const uint64_t values[] = {
        (uint64_t)prompt->id,
        prompt->created_at,
        prompt->updated_at,
        (uint64_t)prompt->source,
        (uint64_t)prompt->version,
        (uint64_t)prompt->versions,
        (uint64_t)row->tags,
        text_sum(prompt->name, 16),
        text_sum(prompt->description, 17),
        text_sum(prompt->metadata, 18),
    };

    return (int64_t)checksum32(values, sizeof values);
}

phx_status prompt_read(struct statement *read, struct prompt_row *out,
                       phx_error *err)
{
    out->prompt = (phx_prompt){
        .id = sql_int(read, 0),
        .name = sql_text(read, 1),
        .description = sql_text(read, 2),
        .metadata = sql_text(read, 3),
        .created_at = ns_of(sql_int(read, 4), 0),
        .updated_at = ns_of(sql_int(read, 5), 0),
        .source = sql_int(read, 6),
        .version = sql_int(read, 7),
        .versions = sql_int(read, 8),
    };
    out->tags = sql_int(read, 9);
    out->sum = sql_int(read, 10);
    return out->sum == prompt_sum(out) &&
                   ns_fits(out->prompt.created_at, sql_int(read, 4), 0) &&
                   ns_fits(out->prompt.updated_at, sql_int(read, 5), 0)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "prompt %lld is damaged",
                      (long long)out->prompt.id);
}

phx_status prompt_write(struct connection *connection,
                        const struct prompt_row *row, phx_error *err)
{
    const phx_prompt *prompt = &row->prompt;
    struct statement *put = sql(connection, SQL_PUT_PROMPT);

    sql_bind_int(put, 1, prompt->id);
    sql_bind_text(put, 2, prompt->name);
    sql_bind_text(put, 3, prompt->description);
    sql_bind_text(put, 4, prompt->metadata);
    sql_bind_int(put, 5, (int64_t)(prompt->created_at / 1000));
    sql_bind_int(put, 6, (int64_t)(prompt->updated_at / 1000));
    sql_bind_int(put, 7, prompt->source);
    sql_bind_int(put, 8, prompt->version);
    sql_bind_int(put, 9, prompt->versions);
    sql_bind_int(put, 10, row->tags);
    sql_bind_int(put, 11, prompt_sum(row));
    return sql_run(put, err);
}

phx_status prompt_keep(struct arena *arena, phx_prompt *row, phx_error *err)
{
    phx_status status;

    if ((status = arena_keep(arena, &row->name, err)) < 0 ||
        (status = arena_keep(arena, &row->description, err)) < 0)
        return status;
    return arena_keep(arena, &row->metadata, err);
}

/* --- versions ------------------------------------------------------------------ */

static int64_t version_sum(const phx_prompt_version *row)
{
    const uint64_t values[] = {(uint64_t)row->id, (uint64_t)row->prompt,
                               row->created_at, text_sum(row->body, 19)};

    return (int64_t)checksum32(values, sizeof values);
}

phx_status prompt_version_read(struct statement *read, phx_prompt_version *out,
                               phx_error *err)
{
    *out = (phx_prompt_version){
        .id = sql_int(read, 0),
        .prompt = sql_int(read, 1),
        .created_at = ns_of(sql_int(read, 2), 0),
        .body = sql_text(read, 3),
    };
    return sql_int(read, 4) == version_sum(out) &&
                   ns_fits(out->created_at, sql_int(read, 2), 0)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "prompt version %lld is damaged",
                      (long long)out->id);
}

phx_status prompt_version_write(struct connection *connection,
                                const phx_prompt_version *row, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_PROMPT_VERSION);

    sql_bind_int(insert, 1, row->id);
    sql_bind_int(insert, 2, row->prompt);
    sql_bind_int(insert, 3, (int64_t)(row->created_at / 1000));
    sql_bind_text(insert, 4, row->body);
    sql_bind_int(insert, 5, version_sum(row));
    return sql_run(insert, err);
}

/* --- tags ---------------------------------------------------------------------- */

static int64_t tag_sum(const phx_prompt_tag *row)
{
    const uint64_t values[] = {
        (uint64_t)row->id,       (uint64_t)row->prompt,
        (uint64_t)row->version,  row->updated_at,
        text_sum(row->name, 20), text_sum(row->description, 21),
    };

    return (int64_t)checksum32(values, sizeof values);
}

phx_status prompt_tag_read(struct statement *read, phx_prompt_tag *out,
                           phx_error *err)
{
    *out = (phx_prompt_tag){
        .id = sql_int(read, 0),
        .prompt = sql_int(read, 1),
        .version = sql_int(read, 2),
        .name = sql_text(read, 3),
        .description = sql_text(read, 4),
        .updated_at = ns_of(sql_int(read, 5), 0),
    };
    return sql_int(read, 6) == tag_sum(out) &&
                   ns_fits(out->updated_at, sql_int(read, 5), 0)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "prompt tag %lld is damaged",
                      (long long)out->id);
}

phx_status prompt_tag_write(struct connection *connection,
                            const phx_prompt_tag *row, phx_error *err)
{
    struct statement *put = sql(connection, SQL_PUT_PROMPT_TAG);

    sql_bind_int(put, 1, row->id);
    sql_bind_int(put, 2, row->prompt);
    sql_bind_int(put, 3, row->version);
    sql_bind_text(put, 4, row->name);
    sql_bind_text(put, 5, row->description);
    sql_bind_int(put, 6, (int64_t)(row->updated_at / 1000));
    sql_bind_int(put, 7, tag_sum(row));
    return sql_run(put, err);
}

phx_status prompt_tag_keep(struct arena *arena, phx_prompt_tag *row,
                           phx_error *err)
{
    phx_status status = arena_keep(arena, &row->name, err);

    return status < 0 ? status : arena_keep(arena, &row->description, err);
}
