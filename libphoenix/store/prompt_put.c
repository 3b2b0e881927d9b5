/*
 * prompt_put.c - changes of prompts. A version is never changed; a tag is a row
 * that points to another one then. A prompt's row tells how many versions and
 * tags it has, and is written with each of them.
 */
#include "base/base.h"

#include "store/prompt.h"

/* A change under way; texts that were read are in the arena. */
struct change {
    struct store *store;
    struct connection *writer;
    struct counter counter;
    struct arena arena;
    uint64_t now; /* ns, of whole us */
};

static phx_status change_begin(struct change *change, struct store *store,
                               phx_error *err)
{
    change->store = store;
    change->writer = store->writer;
    phx_status status =
        store_change_begin(store, store->writer, &change->counter, err);
    if (status < 0)
        return status;
    arena_init(&change->arena, SIZE_MAX);
    change->now = ns_of((int64_t)(time_now() / 1000), 0);
    return PHX_OK;
}

static phx_status change_end(struct change *change, phx_status status,
                             phx_error *err)
{
    status = store_change_end(change->store, change->writer, status,
                              &change->counter, err);
    store_write_end(change->store);
    arena_clear(&change->arena);
    return status;
}

/* The last numbers that were given. */
struct numbers {
    int64_t prompt, version, tag;
};

static phx_status read_numbers(struct connection *writer, struct numbers *out,
                               phx_error *err)
{
    struct statement *read = sql(writer, SQL_PROMPT_NUMBERS);
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    *out =
        (struct numbers){sql_int(read, 0), sql_int(read, 1), sql_int(read, 2)};
    sql_end(read);
    return PHX_OK;
}

/* The row that the statement stands on, kept; ends the statement. */
static phx_status take_prompt(struct change *change, struct statement *read,
                              struct prompt_row *out, phx_error *err)
{
    phx_status status = prompt_read(read, out, err);

    if (status >= 0)
        status = prompt_keep(&change->arena, &out->prompt, err);
    sql_end(read);
    return status;
}

static phx_status get_prompt(struct change *change, int64_t id,
                             struct prompt_row *out, phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(change->writer, SQL_PROMPT_BY_ID, id, &read, err);

    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no prompt %lld", (long long)id);
    return status < 0 ? status : take_prompt(change, read, out, err);
}

/* --- versions ------------------------------------------------------------------- */

static phx_status make_prompt(struct change *change, const phx_prompt *given,
                              int64_t number, struct prompt_row *out,
                              phx_error *err)
{
    struct prompt_row source;
    phx_status status = PHX_OK;

    if (given->source != 0)
        status = get_prompt(change, given->source, &source, err);
    *out = (struct prompt_row){.prompt = *given};
    out->prompt.id = number;
    out->prompt.created_at = change->now;
    out->prompt.versions = 0;
    return status;
}

static phx_status put_version(struct change *change, const phx_prompt *given,
                              phx_text body, int64_t *out, phx_error *err)
{
    struct prompt_row row;
    struct numbers numbers;
    phx_status status = read_numbers(change->writer, &numbers, err);

    if (status < 0)
        return status;
    struct statement *read = sql(change->writer, SQL_PROMPT_BY_NAME);
    sql_bind_text(read, 1, given->name);
    if ((status = sql_next(read, err)) == PHX_OK)
        status = take_prompt(change, read, &row, err);
    else if (status == PHX_DONE)
        status = make_prompt(change, given, numbers.prompt + 1, &row, err);
    if (status < 0)
        return status;
    const phx_prompt_version version = {.id = numbers.version + 1,
                                        .prompt = row.prompt.id,
                                        .created_at = change->now,
                                        .body = body};
    row.prompt.version = version.id;
    row.prompt.versions++;
    row.prompt.updated_at = change->now;
    *out = version.id;
    if ((status = prompt_version_write(change->writer, &version, err)) < 0)
        return status;
    return prompt_write(change->writer, &row, err);
}

phx_status store_put_prompt(struct store *store, const phx_prompt *prompt,
                            phx_text body, int64_t *out, phx_error *err)
{
    struct change change;
    int64_t version = 0;
    phx_status status = change_begin(&change, store, err);

    if (status < 0)
        return status;
    status = put_version(&change, prompt, body, &version, err);
    if ((status = change_end(&change, status, err)) < 0)
        return status;
    *out = version;
    store_keep_up(store);
    return PHX_OK;
}

phx_status store_update_prompt(struct store *store, const phx_prompt *prompt,
                               int32_t changes, phx_error *err)
{
    struct prompt_row row;
    struct change change;
    phx_status status = change_begin(&change, store, err);

    if (status < 0)
        return status;
    if ((status = get_prompt(&change, prompt->id, &row, err)) >= 0) {
        if (changes & PHX_PROMPT_DESCRIPTION)
            row.prompt.description = prompt->description;
        if (changes & PHX_PROMPT_METADATA)
            row.prompt.metadata = prompt->metadata;
        row.prompt.updated_at = change.now;
        status = prompt_write(change.writer, &row, err);
    }
    return change_end(&change, status, err);
}

/* --- deletes --------------------------------------------------------------------- */

static phx_status leave_source(struct change *change, int64_t source,
                               phx_error *err)
{
    struct prompt_row row;
    struct statement *read;
    phx_status status;

    while ((status = sql_find(change->writer, SQL_PROMPT_OF_SOURCE, source,
                              &read, err)) == PHX_OK) {
        if ((status = take_prompt(change, read, &row, err)) < 0)
            return status;
        row.prompt.source = 0;
        if ((status = prompt_write(change->writer, &row, err)) < 0)
            return status;
    }
    return status < 0 ? status : PHX_OK;
}

phx_status store_delete_prompt(struct store *store, int64_t id, phx_error *err)
{
    static const enum sql deletes[] = {
        SQL_DELETE_PROMPT_TAGS, SQL_DELETE_PROMPT_VERSIONS, SQL_DELETE_PROMPT};
    struct prompt_row row;
    struct change change;
    phx_status status = change_begin(&change, store, err);

    if (status < 0)
        return status;
    if ((status = get_prompt(&change, id, &row, err)) >= 0)
        status = leave_source(&change, id, err);
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes && status >= 0; i++)
        status = sql_run_with(change.writer, deletes[i], id, err);
    return change_end(&change, status, err);
}

/* --- tags ------------------------------------------------------------------------- */

/* DONE if the prompt has no tag of the name. */
static phx_status find_tag(struct change *change, int64_t prompt, phx_text name,
                           phx_prompt_tag *out, phx_error *err)
{
    struct statement *read = sql(change->writer, SQL_PROMPT_TAG_BY_NAME);
    phx_status status;

    sql_bind_int(read, 1, prompt);
    sql_bind_text(read, 2, name);
    if ((status = sql_next(read, err)) != PHX_OK)
        return status;
    if ((status = prompt_tag_read(read, out, err)) >= 0)
        status = prompt_tag_keep(&change->arena, out, err);
    sql_end(read);
    return status;
}

static phx_status find_version(struct change *change, int64_t id,
                               int64_t *prompt, phx_error *err)
{
    phx_prompt_version version;
    struct statement *read;
    phx_status status =
        sql_find(change->writer, SQL_PROMPT_VERSION_BY_ID, id, &read, err);

    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no prompt version %lld",
                    (long long)id);
    if (status >= 0 && (status = prompt_version_read(read, &version, err)) >= 0)
        *prompt = version.prompt;
    sql_end(read);
    return status;
}

static phx_status point_tag(struct change *change, int64_t version,
                            phx_text name, phx_text description, phx_error *err)
{
    struct numbers numbers;
    struct prompt_row row;
    phx_prompt_tag tag = {.id = 0};
    int64_t prompt = 0;
    phx_status status;

    if ((status = find_version(change, version, &prompt, err)) < 0 ||
        (status = get_prompt(change, prompt, &row, err)) < 0 ||
        (status = read_numbers(change->writer, &numbers, err)) < 0 ||
        (status = find_tag(change, prompt, name, &tag, err)) < 0)
        return status;
    if (status == PHX_DONE) {
        tag.id = numbers.tag + 1;
        row.tags++;
        if ((status = prompt_write(change->writer, &row, err)) < 0)
            return status;
    }
    tag.prompt = prompt;
    tag.version = version;
    tag.updated_at = change->now;
    tag.name = name;
    tag.description = description;
    return prompt_tag_write(change->writer, &tag, err);
}

phx_status store_set_prompt_tag(struct store *store, int64_t version,
                                phx_text name, phx_text description,
                                phx_error *err)
{
    struct change change;
    phx_status status = change_begin(&change, store, err);

    if (status < 0)
        return status;
    status = point_tag(&change, version, name, description, err);
    return change_end(&change, status, err);
}

static phx_status remove_tag(struct change *change, int64_t prompt,
                             phx_text name, phx_error *err)
{
    struct prompt_row row;
    phx_prompt_tag tag;
    phx_status status = get_prompt(change, prompt, &row, err);

    if (status < 0 || (status = find_tag(change, prompt, name, &tag, err)) < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no tag '%.*s' of prompt %lld",
                    name.size < 64 ? (int)name.size : 64, name.data,
                    (long long)prompt);
    row.tags--;
    if ((status = sql_run_with(change->writer, SQL_DELETE_PROMPT_TAG, tag.id,
                               err)) < 0)
        return status;
    return prompt_write(change->writer, &row, err);
}

phx_status store_delete_prompt_tag(struct store *store, int64_t prompt,
                                   phx_text name, phx_error *err)
{
    struct change change;
    phx_status status = change_begin(&change, store, err);

    if (status < 0)
        return status;
    status = remove_tag(&change, prompt, name, err);
    return change_end(&change, status, err);
}
