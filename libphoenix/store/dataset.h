/*
 * dataset.h - examples that people keep, and all that they have been.
 *
 *     dataset.c         rows of datasets, versions, examples and revisions
 *     edition.c         a version in the making
 *     dataset_put.c     one of items: what of the old one stays, changes, ends
 *     dataset_revert.c  one of what was before
 *     dataset_find.c    datasets, versions and the examples of one, read
 *     dataset_diff.c    what has changed between two versions
 *     example_span.c    which spans examples are from
 *     split.c           splits, and which examples are in them
 *     label.c           labels, and which datasets have them
 *
 * docs/datasets.md has the picture.
 */
#ifndef STORE_DATASET_H
#define STORE_DATASET_H

#include "store/annotation.h"

/* A version as its row has it. */
struct version_row {
    int64_t id, dataset;
    int64_t created; /* us */
    int64_t examples;
    int64_t last;                /* example that there was */
    int64_t revision, revisions; /* the first of its own, and how many */
    struct multiset state;
    int64_t sum; /* as read; -1 if the state is none */
};

/* An example as it was from one version on and before another. */
struct revision {
    int64_t id, dataset, example;
    int64_t version, until;
    uint8_t hash[EXAMPLE_HASH_SIZE], strict[SHA256_SIZE];
    int64_t sum;          /* as read; -1 if a hash is none */
    phx_text external_id; /* the example's, lent by the statement */
};

/* The texts are the statement's; *sum is the row's. */
void dataset_read(struct statement *statement, phx_dataset *out, int64_t *sum);
uint32_t dataset_sum(const phx_dataset *dataset);
phx_status dataset_insert(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err);
phx_status dataset_update(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err);

void version_read(struct statement *statement, struct version_row *out);
uint32_t version_sum(const struct version_row *version);
phx_status version_insert(struct connection *connection,
                          const struct version_row *version, phx_error *err);

uint32_t example_sum(int64_t id, int64_t dataset, phx_text external_id);

void revision_read(struct statement *statement, struct revision *out);
uint32_t revision_sum(const struct revision *revision);
/* What a living revision adds to the state of its version. */
void revision_item(const struct revision *revision, uint8_t out[SHA256_SIZE]);

/* Reads the newest version of a dataset. Errors: NOT_FOUND, CORRUPT. */
phx_status dataset_newest(struct connection *connection, int64_t dataset,
                          int64_t *version, phx_error *err);
/* The revision that lives of an example, which lends its texts from the
 * statement, to be ended; DONE if none does. */
phx_status revision_living(struct connection *connection, int64_t dataset,
                           int64_t example, struct statement **read,
                           struct revision *out, phx_error *err);

uint32_t content_sum(int64_t id, phx_text input, phx_text output,
                     phx_text metadata);

/* A change under way: the writer in its transaction, and the counters that it
 * will leave. */
struct change {
    struct connection *writer;
    struct counter *counter;
};
/* Rows that belong to examples and datasets, which the counters count: those
 * that an INSERT has made, or a DELETE with the one parameter takes. */
phx_status parts_insert(const struct change *change, struct statement *insert,
                        phx_error *err);
phx_status parts_delete(const struct change *change, enum sql id, int64_t value,
                        phx_error *err);

/* --- edition.c --------------------------------------------------------------- */

/* A version in the making, in the writer's change. */
struct edition {
    struct store *store;
    struct connection *writer;
    struct counter counter;
    struct change parts; /* of the two */
    struct arena arena;
    phx_dataset dataset;
    struct version_row version;
    bool fresh;                /* the dataset is new */
    int64_t example, revision; /* the last numbers */
    phx_dataset_change change; /* examples, as who makes it counts them */
};
void edition_init(struct edition *edition, struct store *store);
void edition_clear(struct edition *edition);

/* After the newest version of the dataset. Errors: NOT_FOUND, CORRUPT. */
phx_status edition_open(struct edition *edition, int64_t dataset,
                        phx_error *err);
/* The same by name, of a new dataset if there is none. Errors: CONFLICT (it is
 * to be created, and exists), CORRUPT. */
phx_status edition_open_named(struct edition *edition, phx_text name,
                              int32_t action, phx_text description,
                              phx_error *err);
/* A row of revisions, and the living one of an example, or DONE; with their
 * texts in the arena. */
phx_status edition_take(struct edition *edition, struct statement *read,
                        struct revision *out, phx_error *err);
phx_status edition_living(struct edition *edition, int64_t example,
                          struct revision *out, phx_error *err);
/* From this version on the example, of which nothing lives, is the item; or
 * what lived of it does no more. */
phx_status edition_put(struct edition *edition, int64_t example,
                       phx_text external_id, const struct store_example *item,
                       phx_error *err);
phx_status edition_end(struct edition *edition, struct revision *revision,
                       phx_error *err);
/* Writes the version, if anything has changed by the counts. */
bool edition_is_new(const struct edition *edition);
phx_status edition_close(struct edition *edition, phx_error *err);

/* --- example_span.c --------------------------------------------------------- */

/* Looks up the spans of examples, in a snapshot of a reader. *out is NULL if
 * none has one; number 0 is a span that is not there. */
phx_status example_spans_find(struct store *store,
                              const struct store_example *examples,
                              size_t count, struct arena *arena,
                              struct target **out, phx_error *err);
/* The writer: the example is from the span, unless that has gone since. */
phx_status example_span_put(struct store *store, const struct change *change,
                            int64_t example, struct target *span,
                            phx_error *err);
uint32_t example_span_sum(int64_t example, int64_t trace, int64_t span,
                          phx_text span_id);

/* --- split.c ---------------------------------------------------------------- */

/* A row that says that an example is in a split; see schema.c. */
struct split_member {
    int64_t id, dataset, example, split, version, until;
    int64_t sum; /* as read */
};
void member_read(struct statement *statement, struct split_member *out);
uint32_t member_sum(const struct split_member *member);
/* The texts are the statement's; *sum is the row's. */
void split_read(struct statement *statement, phx_split *out, int64_t *sum);
uint32_t split_sum(const phx_split *split);

/* From a version on an example is in the splits of these names, which are made
 * where they are missing, and in no other. *changed if that is not how it was.
 */
phx_status splits_set(const struct change *change, int64_t dataset,
                      int64_t version, int64_t example, const phx_text *names,
                      size_t count, bool *changed, phx_error *err);

/* --- label.c ---------------------------------------------------------------- */

void label_read(struct statement *statement, phx_dataset_label *out,
                int64_t *sum);
uint32_t label_sum(const phx_dataset_label *label);
uint32_t labelled_sum(int64_t id, int64_t dataset, int64_t label);

/* --- dataset_find.c --------------------------------------------------------- */

/* Rows of one kind, in an arena. */
struct list {
    struct arena *arena;
    void *rows;
    size_t count, capacity;
    const struct gone *gone; /* of the snapshot, for spans of examples */
};
/* Room for one more; NULL and err if there is none. */
void *list_add(struct list *list, size_t size, phx_error *err);
/* Reads rows of a statement with `take` until there are `limit` (0: all). */
typedef phx_status (*take_row)(struct list *list, struct statement *read,
                               phx_error *err);
phx_status list_take(struct list *list, struct statement *read, int64_t limit,
                     take_row take, phx_error *err);

/* Of a row of SQL_EXAMPLES. */
phx_status example_take(struct list *list, struct statement *read,
                        phx_error *err);
/* As store_find_examples, in a snapshot. */
phx_status examples_find(struct connection *connection,
                         struct store_examples *examples, phx_error *err);

/* --- dataset_diff.c --------------------------------------------------------- */

/* Revisions that live in the earlier and in the later of two versions; 0 for
 * none. */
struct changed {
    int64_t earlier, later;
    struct store_changes at; /* where reading goes on behind it */
};
/* At most `limit` from where *changes stands, in a snapshot. */
phx_status changes_read(struct connection *connection,
                        struct store_changes *changes, struct changed *rows,
                        size_t limit, size_t *count, phx_error *err);

#endif
