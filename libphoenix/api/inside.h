/*
 * inside.h - what the files of the api room share.
 */
#ifndef API_INSIDE_H
#define API_INSIDE_H

#include "attr/attr.h"
#include "expect/expect.h"
#include "frame/frame.h"
#include "json/json.h"
#include "model/model.h"
#include "query/query.h"
#include "store/store.h"
#include "wire/wire.h"

/* MISUSE: an argument breaks a rule of phoenix.h. */
phx_status fail_argument(phx_error *err);

/* The bytes become the caller's, with a NUL behind them. */
phx_status give_buf(struct buf *from, const char *what, phx_buf *out,
                    phx_error *err);

/* TOO_BIG or INVALID, with the item as the offset, unless the text is UTF-8 of
 * at most `limit` bytes. */
phx_status text_check(phx_text text, size_t limit, const char *what,
                      int64_t item, phx_error *err);

enum { REQUEST_SIZE = 64 << 20 };

/* --- batch.c, span_json.c ------------------------------------------------- */

struct phx_batch {
    int32_t format; /* PHX_OTLP_PROTOBUF ... */
    struct arena arena;
    struct store_batch put;
    uint64_t rejected;
    char reason[160];
    struct lent_span *lent; /* made by phx_batch_span */
};

/* {"data": [span ...]} -> spans, their attributes still flat. */
phx_status span_json_read(struct arena *arena, phx_text json,
                          struct span_list *out, phx_error *err);

/* --- atif.c ----------------------------------------------------------------- */

/* A trajectory, or an array of them -> spans, their attributes still flat. */
phx_status atif_read(struct arena *arena, phx_text json, struct span_list *out,
                     phx_error *err);

/* --- span_query.c ------------------------------------------------------------- */

/* The words of a search, none of an absent one. Errors: as query_words. */
phx_status search_read(struct arena *arena, phx_text search,
                       struct span_words *out, phx_error *err);

/* Errors: INVALID (a test's JSON, offset indexes tests; or the filter), and the
 * search's. */
phx_status span_query_copy(struct arena *arena, const phx_span_query *query,
                           struct span_filter *out, phx_error *err);

/* --- filter.c ------------------------------------------------------------------ */

/* The text as what a list takes, in the arena. Errors: INVALID (offset is the
 * byte at fault). */
phx_status condition_read(struct arena *arena, int32_t grain, phx_text text,
                          struct store_condition *out, phx_error *err);

/* The same, and the checked tree. */
phx_status condition_compile(struct arena *arena, int32_t grain, phx_text text,
                             struct query *query, struct store_condition *out,
                             phx_error *err);

/* --- row.c: a span as the caller sees it ------------------------------------ */

struct lent_span {
    phx_span row;
    struct arena arena;
    struct buf attributes, events, links, kind;
};

phx_status lent_span_new(struct lent_span **out, phx_error *err);
void lent_span_free(struct lent_span *lent);

/* attributes is PHX_ATTRIBUTES_...; the texts are the lent span's or those of
 * the span, which must outlive the row. project may be absent. */
phx_status lent_span_fill(struct lent_span *lent, const struct span *span,
                          phx_text project, int32_t attributes, phx_error *err);

/* --- columns.c: spans as columns --------------------------------------------- */

/* The source's free ends what this began. */
struct column_source; /* arrow/arrow.h */
phx_status span_source_open(phx_store *store, const phx_span_query *query,
                            const phx_attribute_column *columns, size_t count,
                            struct column_source *out, phx_error *err);

/* --- store.c ------------------------------------------------------------------ */

struct phx_store {
    struct store *store;
};

/* A caller's struct that begins with its `size`, onto the defaults in *out;
 * NULL leaves them. False if it is too small to have a size. */
bool take_options(void *out, size_t size, const void *given);

/* --- totals.c ------------------------------------------------------------ */

struct span_total {
    int64_t prompt, completion;
    double cost; /* NaN without a price, or where costs are not asked for */
};

/* Of a page's spans, in its arena [page->count]. */
phx_status totals_read(struct store *store, struct span_page *page, bool costs,
                       struct span_total **out, phx_error *err);

/* --- cursor.c ------------------------------------------------------------ */

/* The name of the project asked for last: spans mostly share theirs. */
struct project_name {
    int64_t project;
    phx_text name; /* absent if the project is gone */
    struct arena arena;
};
void project_name_init(struct project_name *name);
void project_name_clear(struct project_name *name);
phx_status project_name_read(struct project_name *name, struct store *store,
                             int64_t project, phx_error *err);

enum cursor_kind {
    CURSOR_SPANS,
    CURSOR_TRACES,
    CURSOR_SESSIONS,
    CURSOR_PROJECTS,
    CURSOR_ROLLUPS,
    CURSOR_COSTS,
    CURSOR_ANNOTATIONS,
    CURSOR_WORDS,
    CURSOR_POLICIES,
    CURSOR_CONFIGS,
    CURSOR_LOGS,
    CURSOR_FINDINGS,
    CURSOR_DATASETS,
    CURSOR_VERSIONS,
    CURSOR_EXAMPLES,
    CURSOR_CHANGES,
    CURSOR_SPLITS,
    CURSOR_LABELS,
    CURSOR_PROMPTS,
    CURSOR_PROMPT_VERSIONS,
    CURSOR_PROMPT_TAGS,
    CURSOR_EXPERIMENTS,
    CURSOR_RUNS,
    CURSOR_INCOMPLETE_RUNS,
    CURSOR_TAGS
};

struct phx_cursor {
    enum cursor_kind kind;
    struct store *store; /* NULL if it needs none */
    struct arena arena;  /* the query, or the rows of a list */
    const void *rows;
    size_t count, at;

    /* spans */
    struct span_filter filter;
    struct span_page page;
    struct span_total *totals; /* of the page's, or NULL */
    struct lent_span *lent;
    bool totalled;
    int64_t next; /* 0 with `started`: the end */
    int64_t left; /* rows still wanted; -1 for all */
    bool started;
    bool ascending;
    enum span_parts shown; /* what is read to show spans as rows */
    enum span_parts parts; /* what has been read of the page */
    int32_t attributes;
    struct project_name project;

    /* annotations, findings, examples, changes, versions of prompts, runs:
     * `rows` is a page of them */
    phx_annotation_query annotations;
    struct store_examples examples;
    struct store_changes changes;
    phx_prompt_version_query prompt_versions;
    struct store_runs runs;
    struct store_incomplete incomplete;
    struct arena rows_arena;

    /* log records, one by one, in `rows_arena`; `lent` has the event */
    phx_log log;
};

/* Holds the store, if there is one; phx_cursor_close gives it back. */
phx_status cursor_new(phx_store *store, enum cursor_kind kind, phx_cursor **out,
                      phx_error *err);

/* --- list.c ---------------------------------------------------------------- */

/* The cursor is the caller's once its rows have been read. */
phx_status cursor_give_list(phx_cursor *cursor, const void *rows,
                            phx_status status, phx_cursor **out);
/* NULL after the last. */
const void *cursor_next_row(phx_cursor *cursor, size_t size);

/* --- expectation.c ------------------------------------------------------- */

/* Calls `each` for the spans that a condition chooses (NULL: all), by number,
 * page by page. */
phx_status each_span(struct store *store,
                     const struct store_condition *condition, bool bare,
                     phx_status (*each)(void *ctx, const struct span *span,
                                        phx_error *err),
                     void *ctx, phx_error *err);

enum { EXPECT_FILTERS = 1000 };

struct expectation {
    struct store *store;
    struct arena arena;
    struct forest forest;
    phx_text *notes; /* [spans] behind them in the report; or NULL */
    struct buf report;
};

/* Whatever it returns, expectation_end follows. */
phx_status expectation_begin(struct expectation *expectation, phx_store *store,
                             phx_error *err);

/* Gives the report, if the status is UNMET; returns the status. */
phx_status expectation_end(struct expectation *expectation, phx_status status,
                           phx_buf *report, phx_error *err);

struct marks {
    const struct forest *forest;
    uint8_t *holds; /* [spans] */
    int64_t count;
};

/* Compiles a condition. What is mostly a slip is an error here, where a
 * condition that chooses nothing may be what is expected: a kind or a status
 * that there is none of, an attribute of no span that is called much as a field
 * is. */
phx_status expectation_condition(struct expectation *expectation, phx_text text,
                                 struct store_condition *out, phx_error *err);

/* No span has a note yet. */
phx_status expectation_note(struct expectation *expectation, phx_error *err);

/* Ends a line of the report with the condition that it is about. */
void expectation_tell_filter(struct expectation *expectation, phx_text filter);

/* No span is marked. */
phx_status expectation_unmarked(struct expectation *expectation,
                                struct marks *out, phx_error *err);

/* Those that a condition chooses, which begins at `offset` of what was given.
 */
phx_status expectation_mark(struct expectation *expectation, phx_text text,
                            int64_t offset, struct marks *out, phx_error *err);

/* Adds the trees to the report, with a sign before each span that is marked;
 * UNMET. */
phx_status expectation_print(struct expectation *expectation,
                             const struct marks *marks, char sign,
                             phx_error *err);

/* --- frame.c and what belongs to it -------------------------------------------- */

/* The numbers of a frame's spans, in its order. */
struct numbers {
    int64_t *items;
    size_t count, capacity;
};

void numbers_sort(struct numbers *numbers); /* ascending */

/* frame_select.c: which spans, and in which order. */
phx_status frame_select(struct store *store, const phx_frame_query *wanted,
                        const struct frame_query *query, struct numbers *out,
                        phx_error *err);

enum { FRAME_ROWS = SHRUNK(8192, 5) }; /* held at once, at most */

/* frame_rows.c: spans with what columns ask of them besides: the tokens of
 * what is below. */
struct frame_rows {
    struct store *store;
    int64_t project; /* of all of them, or 0 */
    const struct frame_query *query;
    const struct span_choice *choice; /* NULL for all that spans have */
    struct span_page page;
    struct query_span *rows; /* [page.count] in its arena */
    size_t taken;            /* numbers, by the last call */
    size_t most;             /* by the next one */
};
void frame_rows_init(struct frame_rows *rows, struct store *store,
                     int64_t project, const struct frame_query *query);
void frame_rows_clear(struct frame_rows *rows);

/* What the columns of the query show of spans, in the arena: NULL for all. */
phx_status frame_rows_choose(const struct frame_query *query,
                             struct arena *arena,
                             const struct span_choice **out, phx_error *err);

/* Takes as many of the numbers, from the first on, as may be held at once. */
phx_status frame_rows_read(struct frame_rows *rows, const int64_t *numbers,
                           size_t count, phx_error *err);

#endif
