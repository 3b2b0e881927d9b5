/*
 * verify_prompts.c - prompts held against their versions and tags, and these
 * against their prompts.
 */
#include "base/base.h"

#include "store/prompt.h"
#include "store/verify.h"

/* How many rows a prompt has, and the last of them. */
static phx_status count_rows(struct verify *verify, enum sql id, int64_t prompt,
                             int64_t *count, int64_t *last, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(verify->connection, id, prompt, &read, err);

    *count = status == PHX_OK ? sql_int(read, 0) : 0;
    *last = status == PHX_OK ? sql_int(read, 1) : 0;
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

static phx_status check_prompt(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    struct prompt_row row;
    int64_t versions, newest, tags, last;
    phx_status status;

    if (prompt_read(read, &row, NULL) < 0)
        return verify_fault(verify, "prompt %lld: its row is damaged",
                            (long long)sql_int(read, 0));
    int64_t id = row.prompt.id;
    if ((status = count_rows(verify, SQL_PROMPT_VERSIONS_OF, id, &versions,
                             &newest, err)) < 0 ||
        (status =
             count_rows(verify, SQL_PROMPT_TAGS_OF, id, &tags, &last, err)) < 0)
        return status;
    if (versions != row.prompt.versions || newest != row.prompt.version)
        return verify_fault(verify, "prompt %lld: a version is lost",
                            (long long)id);
    return tags == row.tags ? PHX_OK
                            : verify_fault(verify, "prompt %lld: a tag is lost",
                                           (long long)id);
}

static phx_status has_row(struct verify *verify, enum sql id, int64_t number,
                          bool *out, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(verify->connection, id, number, &read, err);

    *out = status == PHX_OK;
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

static phx_status check_version(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    phx_prompt_version row;
    bool has_prompt;
    phx_status status;

    if (prompt_version_read(read, &row, NULL) < 0)
        return verify_fault(verify, "prompt version %lld: its row is damaged",
                            (long long)sql_int(read, 0));
    status = has_row(verify, SQL_PROMPT_BY_ID, row.prompt, &has_prompt, err);
    return status < 0 || has_prompt
               ? status
               : verify_fault(verify, "prompt version %lld: its prompt is lost",
                              (long long)row.id);
}

static phx_status check_tag(struct verify *verify, struct statement *read,
                            phx_error *err)
{
    phx_prompt_tag row;
    struct statement *find;
    phx_status status;

    if (prompt_tag_read(read, &row, NULL) < 0)
        return verify_fault(verify, "prompt tag %lld: its row is damaged",
                            (long long)sql_int(read, 0));
    status = sql_find(verify->connection, SQL_PROMPT_VERSION_BY_ID, row.version,
                      &find, err);
    bool is_sound = status == PHX_OK && sql_int(find, 1) == row.prompt;
    sql_end(find);
    return status < 0 || is_sound
               ? status
               : verify_fault(verify, "prompt tag %lld: its version is lost",
                              (long long)row.id);
}

phx_status verify_prompts(struct verify *verify, phx_error *err)
{
    int64_t rows;
    phx_status status;

    if ((status = verify_each(verify, SQL_PROMPTS_ALL, check_prompt, INT64_MIN,
                              &rows, err)) < 0 ||
        (status = verify_each(verify, SQL_PROMPT_VERSIONS_ALL, check_version,
                              INT64_MIN, &rows, err)) < 0)
        return status;
    return verify_each(verify, SQL_PROMPT_TAGS_ALL, check_tag, INT64_MIN, &rows,
                       err);
}
