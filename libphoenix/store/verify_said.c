/*
 * verify_said.c - annotations and costs held against the spans, traces and
 * sessions that they are of, once blocks and rows of traces have been read.
 */
#include "base/base.h"

#include "store/annotation.h"
#include "store/verify.h"

/* The project of the row of a trace or session; 0 if there is none. */
static phx_status project_of(struct verify *verify, enum sql id, int64_t number,
                             int64_t *out, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(verify->connection, id, number, &read, err);

    *out = status == PHX_OK ? sql_int(read, 2) : 0;
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

static bool span_is_there(const struct verify *verify, int64_t number)
{
    return map_find(&verify->span_numbers,
                    hash_bytes(&number, sizeof number, 8)) != NULL &&
           !gone_has(&verify->gone, PHX_SPAN, number);
}

static phx_status check_annotation(struct verify *verify,
                                   struct statement *read, phx_error *err)
{
    phx_annotation row;
    int64_t sum, project;
    phx_status status;

    annotation_read(read, &row, &sum);
    long long id = sql_int(read, 0);
    if (sum != (int64_t)annotation_sum(&row) || row.kind < 0 ||
        row.kind >= ANNOTATION_KINDS ||
        row.id >= verify->counter.annotation[row.kind])
        return verify_fault(verify, "annotation %lld: its row is damaged", id);
    if (gone_has(&verify->gone, PHX_PROJECT, row.project))
        return PHX_OK; /* its trace may be swept before it */
    bool of_session = row.kind == PHX_SESSION_ANNOTATION;
    if ((status = project_of(
             verify, of_session ? SQL_SESSION_BY_ID : SQL_TRACE_BY_ID,
             of_session ? row.target : row.trace, &project, err)) < 0)
        return status;
    if (project != row.project ||
        (row.kind == PHX_TRACE_ANNOTATION && row.target != row.trace) ||
        ((row.kind == PHX_SPAN_ANNOTATION ||
          row.kind == PHX_DOCUMENT_ANNOTATION) &&
         !span_is_there(verify, row.target)))
        return verify_fault(verify, "annotation %lld: what it is of is lost",
                            id);
    return PHX_OK;
}

static phx_status check_waiting(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    phx_annotation row;
    int64_t sum;

    (void)err;
    annotation_read(read, &row, &sum);
    return sum == (int64_t)annotation_sum(&row) && row.kind >= 0 &&
                   row.kind < ANNOTATION_KINDS
               ? PHX_OK
               : verify_fault(verify,
                              "waiting annotation %lld: its row is "
                              "damaged",
                              (long long)sql_int(read, 0));
}

static phx_status check_config(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    (void)err;
    return sql_int(read, 0) < verify->counter.config &&
                   config_check(read, NULL) >= 0
               ? PHX_OK
               : verify_fault(verify, "annotation config %lld is damaged",
                              (long long)sql_int(read, 0));
}

phx_status verify_said(struct verify *verify, phx_error *err)
{
    int64_t rows;
    phx_status status =
        verify_each(verify, SQL_CONFIG_AFTER, check_config, -1, &rows, err);

    if (status >= 0)
        status = verify_count(verify, "annotation configs", rows,
                              verify->counter.configs);
    if (status >= 0)
        status =
            verify_each(verify, SQL_WAITING_ALL, check_waiting, -1, &rows, err);
    if (status >= 0)
        status = verify_count(verify, "waiting annotations", rows,
                              verify->counter.waiting);
    if (status >= 0)
        status = verify_each(verify, SQL_ANNOTATIONS_ALL, check_annotation, 0,
                             &rows, err);
    return status < 0 ? status
                      : verify_count(verify, "annotations", rows,
                                     verify->counter.annotations);
}
