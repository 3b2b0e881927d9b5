/*
 * store: blocks and rows on disk; the only room that speaks to a database.
 *
 * Ingest only appends: a commit writes one block (or a few), the rows of new
 * traces, sessions and projects, one update a known trace, and the counters.
 * Compaction, on its own connection, rewrites young blocks in lasting order.
 * docs/architecture.md has the tables; docs/decisions/ says why.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"
#include "model/model.h"

struct store;

enum { ANNOTATION_KINDS = PHX_DOCUMENT_ANNOTATION + 1 };

/* --- functions of SQL --------------------------------------------------------- */

enum store_function_kind {
    STORE_OF_VALUES = 0, /* call [count]: of its arguments */
    STORE_OF_ATTRIBUTE,  /* name(ref, path ...), call [1]: of the first value
                            that one of the paths leads to and that is not
                            missing, else of null */
    STORE_OF_KIND,       /* the same, where a text's bytes are not asked for */
    STORE_OF_ROWS        /* an aggregate: add [1] for each row, then get */
};
enum { STORE_ARGUMENTS = 2 };

/* A function that statements of SQL can call besides SQLite's. What it means is
 * its owner's; it must give the same for the same arguments. */
struct store_function {
    const char *name;
    uint8_t kind;
    uint8_t count;     /* of arguments, of STORE_OF_VALUES */
    size_t state_size; /* of STORE_OF_ROWS; zeros before the first row */
    phx_status (*call)(struct arena *arena, const struct value *values,
                       struct value *out, phx_error *err);
    void (*add)(void *state, const struct value *value);
    struct value (*get)(const void *state);
};

struct store_options {
    bool read_only;
    bool no_migrate;
    bool no_compact;
    bool anew; /* what lies at the path is removed, once it is locked */
    uint32_t busy_timeout;  /* ms */
    const char *vfs;        /* NULL for SQLite's own */
    int64_t retention_days; /* of the default policy, when it is made */
    const struct store_function *functions; /* outlive the store */
    size_t function_count;
};

/* path NULL for a store in memory. Errors: as phx_store_open. */
phx_status store_open(const char *path, const struct store_options *options,
                      struct store **out, phx_error *err);
void store_retain(struct store *store);
void store_release(struct store *store); /* the last one closes */
void store_interrupt(struct store *store);

/* Interrupts so far; INTERRUPTED if there have been others. */
unsigned store_interrupts(struct store *store);
phx_status store_check_interrupt(struct store *store, unsigned since,
                                 phx_error *err);

/* --- writing ---------------------------------------------------------------- */

struct store_batch {
    struct span_list spans;   /* interpreted; numbers are filled in */
    struct log_list logs;     /* to be joined to their spans */
    phx_ingest_report report; /* accepted and duplicate are filled in */
};

/* All or nothing; calls that wait together share a commit. Compacts a little
 * afterwards unless opened with no_compact. */
phx_status store_put(struct store *store, struct store_batch *const *batches,
                     size_t count, phx_error *err);

phx_status store_create_project(struct store *store, phx_text name,
                                phx_text description, int64_t *out,
                                phx_error *err);
phx_status store_update_project(struct store *store, int64_t project,
                                phx_text description, phx_error *err);

/* kind is PHX_PROJECT ... */
phx_status store_delete(struct store *store, int32_t kind, int64_t id,
                        phx_error *err);

/* As phx_store_transfer; *out counts each trace once. */
phx_status store_transfer(struct store *store, const int64_t *traces,
                          size_t count, int64_t project, int64_t *out,
                          phx_error *err);

/* When a row of another store was made and changed: one that is here and was
 * changed after that stays as it is. */
struct annotation_times {
    uint64_t created_at, updated_at; /* ns, of whole us */
};

/* Ids are raw here, metadata is given. times [count], or NULL for now.
 * Errors: as phx_store_annotate. */
phx_status store_annotate(struct store *store, const phx_annotation_item *items,
                          const struct annotation_times *times, size_t count,
                          phx_id *ids, phx_error *err);
/* Those whose targets are missing wait. */
phx_status store_annotate_later(struct store *store,
                                const phx_annotation_item *items, size_t count,
                                phx_annotate_report *out, phx_error *err);
/* *out counts also what was done before a failure. */
phx_status store_annotate_waiting(struct store *store, uint64_t before,
                                  phx_annotate_report *out, phx_error *err);
phx_status store_delete_annotations(struct store *store,
                                    const phx_annotation_query *query,
                                    int64_t *out, phx_error *err);

/* --- retention -------------------------------------------------------------- */

/* These work in slices that a commit can go between: OK if the budget (0: no
 * end) ran out, DONE if nothing is due any more. *removed, in traces, is added
 * to as slices are committed, also before a failure. */
phx_status store_expire(struct store *store, int64_t project,
                        const phx_retention_rule *rule, uint64_t now,
                        uint32_t budget_ms, int64_t *removed, phx_error *err);
phx_status store_expire_due(struct store *store, uint64_t now,
                            uint32_t budget_ms, int64_t *removed,
                            phx_error *err);
/* The oldest blocks go until the store uses no more than this. */
phx_status store_shrink(struct store *store, int64_t bytes, uint32_t budget_ms,
                        int64_t *removed, phx_error *err);

/* Of the policy, its id apart. Errors: INVALID (cron). */
phx_status store_create_policy(struct store *store,
                               const phx_retention_policy *policy, int64_t *out,
                               phx_error *err);
/* What is absent, or has no limits, stays as it is. */
phx_status store_update_policy(struct store *store,
                               const phx_retention_policy *policy,
                               phx_error *err);
phx_status store_delete_policy(struct store *store, int64_t policy,
                               phx_error *err);
phx_status store_set_policy(struct store *store, int64_t project,
                            int64_t policy, phx_error *err);
/* `only` -1 for all; rows in the arena. */
phx_status store_read_policies(struct store *store, int64_t only,
                               struct arena *arena, phx_retention_policy **out,
                               size_t *count, phx_error *err);

/* --- annotation configs ------------------------------------------------------ */

/* Checked; the choices in one form. */
phx_status store_create_config(struct store *store,
                               const phx_annotation_config *config,
                               int64_t *out, phx_error *err);
phx_status store_update_config(struct store *store,
                               const phx_annotation_config *config,
                               phx_error *err);
phx_status store_delete_config(struct store *store, int64_t id, phx_error *err);
enum assignment {
    CONFIGS_LEAVE, /* the project */
    CONFIGS_JOIN,  /* what it has */
    CONFIGS_ARE    /* all that it has */
};
phx_status store_assign_configs(struct store *store, int64_t project,
                                const phx_id *ids, size_t count,
                                enum assignment how, phx_error *err);
/* Rows in the arena. */
phx_status store_read_configs(struct store *store,
                              const phx_config_query *query,
                              struct arena *arena, phx_annotation_config **out,
                              size_t *count, phx_error *err);

/* --- datasets --------------------------------------------------------------- */

enum { EXAMPLE_HASH_SIZE = 16 };

/* An example as it is to be. Objects are given, and checked. */
struct store_example {
    phx_text input, output, metadata;
    phx_text external_id;            /* or absent */
    int64_t example;                 /* or 0 */
    uint8_t hash[EXAMPLE_HASH_SIZE]; /* of what Phoenix takes for equal */
    uint8_t strict[SHA256_SIZE];     /* of what is equal */
    phx_text span_id;                /* raw, or absent */
    const phx_text *splits;          /* the names of all that it is in */
    uint32_t split_count;
    bool placed; /* whether splits are given */
};

/* As phx_dataset_put. */
phx_status store_put_examples(struct store *store, phx_text name,
                              int32_t action, phx_text description,
                              const struct store_example *examples,
                              size_t count, phx_dataset_change *out,
                              phx_error *err);
phx_status store_delete_dataset(struct store *store, int64_t dataset,
                                phx_error *err);

/* Rows in the arena; `only` 0 and the name absent for all. */
phx_status store_read_datasets(struct store *store, int64_t only, int64_t from,
                               phx_text name, int64_t limit,
                               struct arena *arena, phx_dataset **out,
                               size_t *count, phx_error *err);
phx_status store_read_versions(struct store *store, int64_t dataset,
                               int64_t from, int64_t limit, struct arena *arena,
                               phx_dataset_version **out, size_t *count,
                               phx_error *err);

/* The examples of a version, from one number on. */
struct store_examples {
    int64_t dataset, version;
    int64_t from, last;
    phx_text splits; /* JSON array of the numbers of those they are in; absent:
                        all */
    bool then;       /* in those of the version, not in those of now */
    int64_t count;   /* of them in all */
};

/* version 0 is the newest. Errors: NOT_FOUND. */
phx_status store_find_examples(struct store *store, int64_t dataset,
                               int64_t version, struct store_examples *out,
                               phx_error *err);
/* At most `limit`, in order of number, in the arena; `from` is then that of the
 * next one, or 0. */
phx_status store_read_examples(struct store *store,
                               struct store_examples *examples, size_t limit,
                               struct arena *arena, phx_example **out,
                               size_t *count, phx_error *err);

/* Errors: NOT_FOUND (the dataset, or a version of it). */
phx_status store_revert_dataset(struct store *store, int64_t dataset,
                                int64_t version, phx_dataset_change *out,
                                phx_error *err);

/* What has changed between two versions, from one row on. */
struct store_changes {
    int64_t dataset, before, after;
    bool ends;        /* what began is told, what ended is at hand */
    int64_t until;    /* of the last row of those that was told */
    int64_t revision; /* the last that was told */
    bool done;
};

/* 0 is the newest version. Errors: NOT_FOUND. */
phx_status store_find_changes(struct store *store, int64_t dataset,
                              int64_t before, int64_t after,
                              struct store_changes *out, phx_error *err);
/* At most `limit`, in the arena. */
phx_status store_read_changes(struct store *store,
                              struct store_changes *changes, size_t limit,
                              struct arena *arena, phx_example_change **out,
                              size_t *count, phx_error *err);

/* Checked; with all texts but the description. */
phx_status store_create_split(struct store *store, const phx_split *split,
                              int64_t dataset, const phx_id *examples,
                              size_t count, int64_t *out, phx_error *err);
phx_status store_update_split(struct store *store, const phx_split *split,
                              int64_t dataset, const phx_id *added,
                              size_t added_count, const phx_id *removed,
                              size_t removed_count, phx_error *err);
phx_status store_delete_split(struct store *store, int64_t id, phx_error *err);
phx_status store_read_splits(struct store *store, int64_t only, phx_text name,
                             int64_t dataset, struct arena *arena,
                             phx_split **out, size_t *count, phx_error *err);

phx_status store_create_label(struct store *store,
                              const phx_dataset_label *label, int64_t *out,
                              phx_error *err);
phx_status store_update_label(struct store *store,
                              const phx_dataset_label *label, phx_error *err);
phx_status store_delete_label(struct store *store, int64_t id, phx_error *err);
phx_status store_assign_labels(struct store *store, int64_t dataset,
                               const phx_id *labels, size_t count,
                               enum assignment how, phx_error *err);
phx_status store_read_labels(struct store *store, int64_t only, int64_t dataset,
                             int64_t from, int64_t limit, struct arena *arena,
                             phx_dataset_label **out, size_t *count,
                             phx_error *err);
/* --- prompts ---------------------------------------------------------------- */

/* As the calls of phoenix.h; what a version says has been checked. */
phx_status store_put_prompt(struct store *store, const phx_prompt *prompt,
                            phx_text body, int64_t *out, phx_error *err);
phx_status store_update_prompt(struct store *store, const phx_prompt *prompt,
                               int32_t changes, phx_error *err);
phx_status store_delete_prompt(struct store *store, int64_t id, phx_error *err);
phx_status store_set_prompt_tag(struct store *store, int64_t version,
                                phx_text name, phx_text description,
                                phx_error *err);
phx_status store_delete_prompt_tag(struct store *store, int64_t prompt,
                                   phx_text name, phx_error *err);

/* Rows in the arena; `only` 0 and the name absent for all. */
phx_status store_read_prompts(struct store *store, int64_t only, int64_t from,
                              phx_text name, int64_t limit, struct arena *arena,
                              phx_prompt **out, size_t *count, phx_error *err);
/* As many as may be held at once; `from` is then that of the next, or 0. */
phx_status store_read_prompt_versions(struct store *store,
                                      phx_prompt_version_query *query,
                                      struct arena *arena,
                                      phx_prompt_version **out, size_t *count,
                                      phx_error *err);
phx_status store_read_prompt_tags(struct store *store, int64_t prompt,
                                  int64_t version, int64_t from, int64_t limit,
                                  struct arena *arena, phx_prompt_tag **out,
                                  size_t *count, phx_error *err);

/* --- experiments ------------------------------------------------------------ */

/* Checked; of an item all JSON is given. Errors: as in phoenix.h. */
phx_status store_create_experiment(struct store *store,
                                   const phx_experiment_item *item,
                                   int64_t *out, phx_error *err);
/* What is absent stays. */
phx_status store_update_experiment(struct store *store, int64_t experiment,
                                   phx_text name, phx_text description,
                                   phx_text metadata, bool clear_description,
                                   phx_error *err);
phx_status store_delete_experiment(struct store *store, int64_t experiment,
                                   bool with_project, phx_error *err);
phx_status store_put_runs(struct store *store, int64_t experiment,
                          const phx_run_item *items, size_t count, phx_id *ids,
                          phx_error *err);
phx_status store_put_evaluations(struct store *store,
                                 const phx_evaluation_item *items, size_t count,
                                 phx_id *ids, phx_error *err);
phx_status store_set_tag(struct store *store, int64_t experiment, phx_text name,
                         phx_text description, int64_t *out, phx_error *err);
phx_status store_delete_tag(struct store *store, int64_t experiment,
                            phx_text name, phx_error *err);

/* Rows in the arena. */
phx_status store_read_experiments(struct store *store,
                                  const phx_experiment_query *query,
                                  struct arena *arena, phx_experiment **out,
                                  size_t *count, phx_error *err);
phx_status store_read_tags(struct store *store, int64_t dataset,
                           int64_t experiment, struct arena *arena,
                           phx_experiment_tag **out, size_t *count,
                           phx_error *err);

/* The runs that a query asks for, whose limit does not count, page by page. */
struct store_runs {
    phx_run_query query;
    int64_t example, repetition; /* PHX_BY_EXAMPLE: of the last one */
    bool ended;
};
phx_status store_read_runs(struct store *store, struct store_runs *runs,
                           size_t limit, struct arena *arena, phx_run **out,
                           size_t *count, phx_error *err);

/* What is left to do of an experiment, from one example on, as long as it is
 * not ended. */
struct store_incomplete {
    int64_t experiment, from;
    bool ended;
};
/* Errors: NOT_FOUND. */
phx_status store_check_experiment(struct store *store, int64_t experiment,
                                  phx_error *err);
phx_status store_read_incomplete(struct store *store,
                                 struct store_incomplete *walk, size_t limit,
                                 struct arena *arena, phx_incomplete_run **out,
                                 size_t *count, phx_error *err);

/* --- background ------------------------------------------------------------- */

/* DONE when nothing is left to do. */
phx_status store_compact(struct store *store, uint32_t budget_ms,
                         phx_error *err);
phx_status store_verify(struct store *store, phx_verify_fn found, void *ctx,
                        phx_error *err);
phx_status store_backup(struct store *store, const char *path, phx_error *err);
phx_status store_stat(struct store *store, phx_store_stats *out,
                      phx_error *err);

/* --- archive.c ---------------------------------------------------------------- */

/* A new store that is not there until it is ended, whole and alone in its file;
 * ended with a failure it leaves nothing, and what a crash left is removed by
 * the next. Errors: CONFLICT (the file exists), INVALID, and as store_open:
 * BUSY (another is made for the path). */
phx_status store_archive_begin(const struct store *like, const char *path,
                               struct store **out, phx_error *err);
phx_status store_archive_end(struct store *archive, const char *path,
                             phx_status status, phx_error *err);

/* --- reading ---------------------------------------------------------------- */

/* name: of a project or session; or the raw id of a trace or span. */
phx_status store_find(struct store *store, int32_t kind, phx_text name,
                      int64_t *out, phx_error *err);

struct attribute_test {
    const phx_text *keys; /* member names down to the value */
    size_t key_count;
    struct value value; /* text, number or boolean */
};

/* What must hold of the rows of a list besides, as terms of SQL: each has AND
 * before it, and calls the row r. The room of filters makes them. */
struct store_condition {
    phx_text sql;               /* empty: everything */
    const struct value *values; /* scalars: of ?CONDITION_VALUE and so on */
    size_t count;
};
enum { CONDITION_VALUE = 17 }; /* those before are the list's own */
/* The words of a search. A span has a word if one of its texts has: see
 * block_search. */
struct span_words {
    const struct needle *items;
    size_t count; /* up to BLOCK_WORDS; 0 for no search */
};

/* All that is given must hold; of the values of one list, any. */
struct span_filter {
    int64_t project;               /* 0 for all */
    uint64_t start_time, end_time; /* ns; end 0 for no bound */
    uint32_t kinds, statuses;      /* bits; 0 for all */
    bool roots_only;
    const phx_text *trace_ids; /* raw */
    size_t trace_id_count;
    const phx_text *span_ids;
    size_t span_id_count;
    const phx_text *parent_ids;
    size_t parent_id_count;
    const phx_text *names;
    size_t name_count;
    const struct attribute_test *tests;
    size_t test_count;
    struct store_condition condition;
    struct span_words words;
    int64_t until;    /* the last number that may come; 0 for no bound */
    phx_stop_fn stop; /* or NULL */
    void *stop_ctx;
};

/* Spans of one snapshot, in order of number. */
struct span_page {
    struct arena arena;
    struct span *spans;
    phx_match *matches; /* [count] of a search, else NULL */
    size_t count;
    int64_t next;        /* number to go on from; 0 when there are no more */
    struct opened *kept; /* blocks, decoded, that the next page may need */
};
void span_page_init(struct span_page *page);
void span_page_clear(struct span_page *page);

enum span_parts {
    SPANS_WHOLE,
    SPANS_BARE,   /* without attributes, events, links, scope and resource */
    SPANS_AS_JSON /* the same, but for attributes and events as JSON */
};

/*
 * from        the first number that may come; 0 for the very first
 * ascending   oldest first
 * limit       rows at most; fewer come where they are large
 */
phx_status store_read_spans(struct store *store,
                            const struct span_filter *filter, int64_t from,
                            bool ascending, enum span_parts parts, size_t limit,
                            struct span_page *out, phx_error *err);

/* Of spans, these attributes, whose paths of keys are packed, and perhaps
 * events: neither links, scope nor resource. */
struct span_choice {
    const phx_text *paths;
    size_t path_count;
    bool events;
};

/* The spans of these numbers, in their order, each number at most once; those
 * that are gone by now are left out, and those of other projects, if one is
 * given. A page ends early, before numbers[*taken], once it holds `most`
 * bytes. choice NULL for whole spans. */
phx_status store_read_numbered(struct store *store, int64_t project,
                               const int64_t *numbers, size_t count,
                               const struct span_choice *choice, size_t most,
                               struct span_page *out, size_t *taken,
                               phx_error *err);

/* Rows in an arena, each array [count]. */
phx_status store_read_projects(struct store *store, int64_t only, int64_t from,
                               phx_text name_contains, int64_t limit,
                               struct arena *arena, phx_project **out,
                               size_t *count, phx_error *err);
phx_status store_read_traces(struct store *store, const phx_trace_query *query,
                             const struct store_condition *condition,
                             const struct span_words *words,
                             struct arena *arena, phx_trace **out,
                             size_t *count, phx_error *err);
phx_status store_read_sessions(struct store *store,
                               const phx_session_query *query,
                               const struct store_condition *condition,
                               struct arena *arena, phx_session **out,
                               size_t *count, phx_error *err);

/* The session_id of a number; the absent text if there is none. */
phx_status store_name_session(struct store *store, int64_t session,
                              struct arena *arena, phx_text *out,
                              phx_error *err);

/* At most `limit` rows of the query, whose own limit does not count, from its
 * number on; *next is the number to go on from, or 0. Ids of the query are raw,
 * those of the rows as they are shown. */
phx_status store_read_annotations(struct store *store,
                                  const phx_annotation_query *query,
                                  size_t limit, struct arena *arena,
                                  phx_annotation **out, size_t *count,
                                  int64_t *next, phx_error *err);
/* Errors: TOO_BIG (over 30,000 values). */
phx_status store_check_annotation_query(const phx_annotation_query *query,
                                        phx_error *err);

/* A log record that waits. */
struct waiting_log {
    int64_t id;
    uint64_t received_at; /* ns */
    bool held;            /* its span is stored */
    struct log_record record;
};

/* The newest up to a number, in the arena; DONE if there is none. */
phx_status store_read_log(struct store *store, int64_t upto,
                          struct arena *arena, struct waiting_log *out,
                          phx_error *err);

/* --- vocabulary.c: names for who writes a condition --------------------------- */

/* Distinct names of a project's annotations of a kind, in order of bytes. */
phx_status store_read_annotation_names(struct store *store, int32_t kind,
                                       int64_t project, size_t limit,
                                       struct arena *arena, phx_text **out,
                                       size_t *count, phx_error *err);

enum { VOCABULARY_BLOCKS = SHRUNK(64, 2) };

/* Paths of attributes, arrays of keys and indexes, in order: those that the
 * blocks with spans of a project (0: all) have which were written last, up to
 * VOCABULARY_BLOCKS of them. Of the elements of an array the first. */
phx_status store_read_attribute_paths(struct store *store, int64_t project,
                                      size_t limit, struct arena *arena,
                                      struct value **out, size_t *count,
                                      phx_error *err);

/* --- rollup.c ------------------------------------------------------------- */

/* One row a bin; its arrays lie in the arena, too. The query is checked.
 * Errors: TOO_BIG (bins), IO, CORRUPT, INTERRUPTED. */
phx_status store_roll_up(struct store *store, const phx_rollup_query *query,
                         struct arena *arena, phx_rollup **out, size_t *count,
                         phx_error *err);

/* --- prices ---------------------------------------------------------------------- */

/* As phx_prices_read and so on; *id is 0 for a new model, and its id then. */
phx_status store_read_prices(struct store *store, struct buf *out,
                             phx_error *err);
phx_status store_put_price(struct store *store, const struct value *model,
                           int64_t *id, phx_error *err);
phx_status store_delete_price(struct store *store, int64_t id, phx_error *err);
phx_status store_apply_prices(struct store *store, int64_t from,
                              phx_error *err);
/* Rows in the arena. Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED. */
phx_status store_read_costs(struct store *store, int64_t span,
                            struct arena *arena, phx_cost **out, size_t *count,
                            phx_error *err);

/* --- somebody else's connection ------------------------------------------------- */

/* Makes what `store_rows_open` sees besides the store's own tables on another
 * connection, whose main database is, or is to be, a store. */
struct sqlite3;
phx_status store_show(struct sqlite3 *db, phx_error *err);

/* --- statements of SQL --------------------------------------------------------- */

/*
 * One statement that only reads, on a snapshot of its own. Besides the tables
 * of the store and what docs/sql.md names it sees `stored_span`, a row for each
 * span:
 *
 *     no, trace, project, session   numbers; session may be NULL
 *     trace_id, span_id, parent_id  lower-case hex; parent_id may be NULL
 *     name, status_message          texts
 *     kind, status, root            enum span_kind, enum span_status, 0 or 1
 *     start, "end", latency         ns; past what an integer holds a REAL
 *     prompt_tokens,                of LLM spans, else NULL
 *     completion_tokens
 *     ref                           hidden: the row, for the functions; good
 *                                   within its statement
 *     among                         hidden: for the store's own lists
 *
 *     attr(ref, step ...)           an attribute: NULL, INTEGER, REAL, TEXT;
 *                                   bytes as BLOB, arrays and objects as JSON,
 *                                   booleans as 1 or 0
 *     attr_kind(ref, step ...)      'null', 'boolean', 'integer', 'real',
 *                                   'number' (one too large for both), 'text',
 *                                   'bytes', 'array', 'object'; NULL if the
 *                                   span has none
 *     attr_json(ref, step ...)      the same value as JSON, numbers exactly
 *     attr_is(ref, test)            whether the attribute is equal to a value
 *                                   of the test; tested once a distinct text
 *                                   of a block where it stands under AND
 *     attr_test(value, step ...)    a test, of one value; a number finds
 *                                   numbers of its value
 *     parent_no(ref, within)        the number of the stored parent, or NULL;
 *                                   within 1: none of another trace
 *
 * and `span_cost`, a row for each type of token of a span whose ref is given:
 *
 *     token_type, is_prompt, tokens as phx_cost
 *     cost                          USD; NULL without a price
 *     ref                           hidden: the span's
 *
 * A path is its steps, keys (TEXT) and indexes (INTEGER), or one BLOB: what
 * pack_value makes of an array of them. A test is what it makes of an array of
 * a path and scalars; of those an integer finds reals, too, a real does not
 * find integers.
 *
 * Ordered by no or by start (and then no), rows are read lazily: with a LIMIT
 * few blocks are opened.
 */
struct store_query {
    phx_text sql;
    const struct value *values; /* of ?1 ...: scalars */
    size_t count;
    size_t memory;    /* bytes SQLite may take for it, about; 0 for no bound */
    phx_stop_fn stop; /* or NULL */
    void *stop_ctx;
};

struct store_rows;

/* The query and what it points to must outlive the rows, which hold a reader,
 * or a store in memory: no other call on it before store_rows_close.
 * Errors: INVALID (SQL, its offset; not one statement that reads; values),
 * INTERRUPTED. */
phx_status store_rows_open(struct store *store, const struct store_query *query,
                           struct store_rows **out, phx_error *err);
size_t store_rows_columns(const struct store_rows *rows);
phx_text store_rows_name(const struct store_rows *rows, size_t column);

/* DONE after the last. *out [columns] is lent until the next call. */
phx_status store_rows_next(struct store_rows *rows, const struct value **out,
                           phx_error *err);

/* Blocks that were opened so far. */
size_t store_rows_blocks(const struct store_rows *rows);
void store_rows_close(struct store_rows *rows); /* NULL allowed */

#endif
