/*
 * verify_datasets.c - datasets held against their versions, versions against
 * their revisions, revisions against their contents, and the newest version of
 * each against what lives.
 */
#include "base/base.h"

#include "store/dataset.h"
#include "store/verify.h"

static phx_status check_version(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    struct version_row row;
    phx_status status;

    version_read(read, &row);
    if (row.sum != (int64_t)version_sum(&row))
        return verify_fault(verify, "version %lld: its row is damaged",
                            (long long)sql_int(read, 0));
    struct statement *count = sql(verify->connection, SQL_REVISIONS_OF_VERSION);
    sql_bind_int(count, 1, row.revision);
    sql_bind_int(count, 2, row.revisions);
    sql_bind_int(count, 3, row.id);
    status = sql_next(count, err);
    int64_t found = status == PHX_OK ? sql_int(count, 0) : 0;
    sql_end(count);
    verify->revisions += row.revisions;
    return status < 0 || found == row.revisions
               ? status
               : verify_fault(verify,
                              "version %lld: %lld revisions, its row says %lld",
                              (long long)row.id, (long long)found,
                              (long long)row.revisions);
}

static phx_status check_revision(struct verify *verify, struct statement *read,
                                 phx_error *err)
{
    struct revision row;

    (void)err;
    revision_read(read, &row);
    if (row.sum != (int64_t)revision_sum(&row))
        return verify_fault(verify, "revision %lld: its row is damaged",
                            (long long)row.id);
    if (row.until <= row.version)
        return verify_fault(verify, "revision %lld: it ends before it begins",
                            (long long)row.id);
    return sql_int(read, 9) == row.dataset
               ? PHX_OK
               : verify_fault(verify, "revision %lld: its example is lost",
                              (long long)row.id);
}

static phx_status check_example(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    int64_t id = sql_int(read, 0), dataset = sql_int(read, 1);
    struct statement *find;
    phx_status status;

    if (sql_int(read, 3) !=
        (int64_t)example_sum(id, dataset, sql_text(read, 2)))
        return verify_fault(verify, "example %lld: its row is damaged",
                            (long long)id);
    status =
        sql_find(verify->connection, SQL_DATASET_BY_ID, dataset, &find, err);
    sql_end(find);
    return status != PHX_DONE
               ? status
               : verify_fault(verify, "example %lld: its dataset is lost",
                              (long long)id);
}

static phx_status check_content(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    int64_t id = sql_int(read, 0);

    (void)err;
    if (!sql_has(read, 5))
        return verify_fault(verify, "content %lld is of no revision",
                            (long long)id);
    return sql_int(read, 4) == (int64_t)content_sum(id, sql_text(read, 1),
                                                    sql_text(read, 2),
                                                    sql_text(read, 3))
               ? PHX_OK
               : verify_fault(verify, "content %lld: its row is damaged",
                              (long long)id);
}

/* Adds up what lives in a dataset. */
static phx_status sum_living(struct verify *verify, int64_t dataset,
                             struct version_row *out, phx_error *err)
{
    struct statement *read = sql(verify->connection, SQL_REVISIONS_LIVING);
    struct revision row;
    uint8_t item[SHA256_SIZE];
    phx_status status;

    *out = (struct version_row){.dataset = dataset};
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, 0);
    sql_bind_int(read, 3, INT64_MAX);
    while ((status = sql_next(read, err)) == PHX_OK) {
        revision_read(read, &row);
        revision_item(&row, item);
        multiset_add(&out->state, item);
        out->examples++;
    }
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

static phx_status check_newest(struct verify *verify,
                               const phx_dataset *dataset, phx_error *err)
{
    struct version_row living, newest;
    struct statement *read;
    phx_status status = sum_living(verify, dataset->id, &living, err);

    if (status < 0 || (status = sql_find(verify->connection, SQL_VERSION_BY_ID,
                                         dataset->version, &read, err)) < 0)
        return status;
    if (status == PHX_OK)
        version_read(read, &newest);
    sql_end(read);
    if (status == PHX_DONE || newest.dataset != dataset->id)
        return verify_fault(verify, "dataset %lld: its version %lld is lost",
                            (long long)dataset->id,
                            (long long)dataset->version);
    return living.examples == dataset->examples &&
                   living.examples == newest.examples &&
                   memcmp(&living.state, &newest.state, sizeof living.state) ==
                       0
               ? PHX_OK
               : verify_fault(
                     verify, "dataset %lld: what lives is not its version %lld",
                     (long long)dataset->id, (long long)dataset->version);
}

static phx_status check_dataset(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    struct statement *count = sql(verify->connection, SQL_VERSIONS_OF_DATASET);
    phx_dataset row;
    int64_t sum;
    phx_status status;

    dataset_read(read, &row, &sum);
    if (sum != (int64_t)dataset_sum(&row))
        return verify_fault(verify, "dataset %lld: its row is damaged",
                            (long long)row.id);
    sql_bind_int(count, 1, row.id);
    status = sql_next(count, err);
    bool right = status == PHX_OK && sql_int(count, 0) == row.versions &&
                 sql_int(count, 1) == row.first_version &&
                 sql_int(count, 2) == row.version;
    sql_end(count);
    if (status < 0)
        return status;
    verify->versions += row.versions;
    return right ? check_newest(verify, &row, err)
                 : verify_fault(verify, "dataset %lld: a version is lost",
                                (long long)row.id);
}

/* --- what belongs to examples and datasets --------------------------------- */

static phx_status check_span(struct verify *verify, struct statement *read,
                             phx_error *err)
{
    int64_t example = sql_int(read, 0), trace = sql_int(read, 1);
    struct trace_row row;
    phx_status status;

    if (sql_int(read, 4) != (int64_t)example_span_sum(example, trace,
                                                      sql_int(read, 2),
                                                      sql_text(read, 3)))
        return verify_fault(verify, "the span of example %lld is damaged",
                            (long long)example);
    if (!sql_has(read, 5))
        return verify_fault(verify, "a span is of example %lld, which is lost",
                            (long long)example);
    status = trace_row_find(verify->connection, trace, &row, err);
    return status != PHX_DONE
               ? status
               : verify_fault(verify,
                              "example %lld is of a span whose trace is gone",
                              (long long)example);
}

static phx_status check_split(struct verify *verify, struct statement *read,
                              phx_error *err)
{
    phx_split row;
    int64_t sum;

    (void)err;
    split_read(read, &row, &sum);
    return sum == (int64_t)split_sum(&row)
               ? PHX_OK
               : verify_fault(verify, "split %lld: its row is damaged",
                              (long long)row.id);
}

static phx_status check_member(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    struct split_member row;

    (void)err;
    member_read(read, &row);
    if (row.sum != (int64_t)member_sum(&row) || row.until <= row.version)
        return verify_fault(verify, "member %lld: its row is damaged",
                            (long long)row.id);
    return sql_has(read, 7) && sql_int(read, 8) == row.dataset
               ? PHX_OK
               : verify_fault(verify,
                              "member %lld: its split or example is lost",
                              (long long)row.id);
}

static phx_status check_label(struct verify *verify, struct statement *read,
                              phx_error *err)
{
    phx_dataset_label row;
    int64_t sum;

    (void)err;
    label_read(read, &row, &sum);
    return sum == (int64_t)label_sum(&row)
               ? PHX_OK
               : verify_fault(verify, "label %lld: its row is damaged",
                              (long long)row.id);
}

static phx_status check_labelled(struct verify *verify, struct statement *read,
                                 phx_error *err)
{
    (void)err;
    return sql_int(read, 3) == (int64_t)labelled_sum(sql_int(read, 0),
                                                     sql_int(read, 1),
                                                     sql_int(read, 2)) &&
                   sql_has(read, 4) && sql_has(read, 5)
               ? PHX_OK
               : verify_fault(
                     verify, "label %lld of dataset %lld: one of them is lost",
                     (long long)sql_int(read, 2), (long long)sql_int(read, 1));
}

static phx_status check_belongings(struct verify *verify, phx_error *err)
{
    static const struct {
        enum sql all;
        verify_row check;
    } tables[] = {{SQL_EXAMPLE_SPANS_ALL, check_span},
                  {SQL_SPLITS_ALL, check_split},
                  {SQL_MEMBERS_ALL, check_member},
                  {SQL_LABELS_ALL, check_label},
                  {SQL_LABELLED_ALL, check_labelled}};
    phx_status status = PHX_OK;
    int64_t rows, all = 0;

    for (size_t i = 0; i < sizeof tables / sizeof *tables && status >= 0; i++) {
        status =
            verify_each(verify, tables[i].all, tables[i].check, 0, &rows, err);
        all += rows;
    }
    return status < 0 ? status
                      : verify_count(verify, "rows of splits, labels and spans",
                                     all, verify->counter.parts);
}

phx_status verify_datasets(struct verify *verify, phx_error *err)
{
    int64_t rows, contents;
    phx_status status;

    if ((status = verify_each(verify, SQL_DATASETS_ALL, check_dataset, 0, &rows,
                              err)) < 0 ||
        (status = verify_each(verify, SQL_VERSIONS_ALL, check_version, 0, &rows,
                              err)) < 0 ||
        (status = verify_count(verify, "versions of datasets", rows,
                               verify->versions)) < 0 ||
        (status = verify_each(verify, SQL_EXAMPLES_ALL, check_example, 0, &rows,
                              err)) < 0 ||
        (status = verify_each(verify, SQL_CONTENTS_ALL, check_content, 0,
                              &contents, err)) < 0 ||
        (status = verify_each(verify, SQL_REVISIONS_ALL, check_revision, 0,
                              &rows, err)) < 0 ||
        (status = verify_count(verify, "contents", contents, rows)) < 0)
        return status;
    if ((status = verify_count(verify, "revisions", rows, verify->revisions)) <
        0)
        return status;
    return check_belongings(verify, err);
}
