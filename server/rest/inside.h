/*
 * inside.h - what the files of rest/ share.
 */
#ifndef SERVER_REST_INSIDE_H
#define SERVER_REST_INSIDE_H

#include "base/base.h"
#include "json/json.h"
#include "server/http/http.h"

enum {
    PAGE_BYTES = 32 << 20, /* a page ends early when it is this long */
    ID_SIZE = 80,          /* of a printed global id */
    TRACE_CURSOR = 128     /* of a printed cursor of a list of traces */
};

/* Of a file of examples: its columns, and bytes of memory for a row. */
enum { MOST_COLUMNS = 16384, ROW_MEMORY = 256 << 20 };

/* --- id.c: global ids, base64 of "Span:12" ------------------------------- */

void id_print(const char *type, phx_id row, char out[ID_SIZE]);

/* Decodes leniently, as the reference's clients may rely on; the parts are
 * in the arena. False if the text is no global id. */
bool id_split(struct arena *arena, phx_text text, phx_text *type,
              phx_text *row);

/* The row of a global id; of any type if type is NULL. Rows beyond 64 bits
 * become its limits. */
bool id_read(struct arena *arena, phx_text text, const char *type, phx_id *out);

/* White_Space off both ends, as str.strip() takes it. */
phx_text text_strip(phx_text text);

/* An integer as Python's int() takes it: blanks, sign, 1_000, any digits. */
bool id_read_integer(phx_text text, int64_t *out);

/* --- check.c: the form of parameters and bodies --------------------------
 * Problems gather; check_end answers them all as 422 {"detail": [...]} with
 * the types and sentences that pydantic has for them. */

struct check {
    struct request *request;
    struct json_writer json;
    size_t count;
};

/* Where in the request: parts from the last to the first. */
struct place {
    const struct place *parent;
    const char *key; /* NULL for an index */
    size_t index;
};

void check_begin(struct check *check, struct request *request);
bool check_end(struct check *check); /* false: it has been answered */

void check_problem(struct check *check, const struct place *place,
                   const char *type, const char *message,
                   const struct value *input);
/* The same with "ctx": {key: value}. */
void check_problem_with(struct check *check, const struct place *place,
                        const char *type, const char *message,
                        const struct value *input, const char *key,
                        const struct value *value);

/* The same with "ctx", an object or NULL. */
void check_problem_in(struct check *check, const struct place *place,
                      const char *type, const char *message,
                      const struct value *input, const struct value *context);

/* Those of a report of the library, whose places are within this one. */
void check_problems(struct check *check, const struct place *place,
                    const struct value *problems);

/* Query parameters. */
int64_t check_limit(struct check *check, int64_t usual, int64_t most);
bool check_bool(struct check *check, const char *name, bool usual);
/* The index of the value in choices [count]. */
int check_choice(struct check *check, const char *name,
                 const char *const *choices, size_t count, int usual);
/* A text that is not empty, if it is given. */
phx_text check_filled(struct check *check, const char *name);
/* A condition; grain is PHX_FILTER_... . Absent if none is given. */
phx_text check_filter(struct check *check, int32_t grain);
/* The text of search=, absent if it is not given. */
phx_text check_search(struct check *check);
/* True if given; a time the store cannot hold is the nearest it can. */
bool check_time(struct check *check, const char *name, uint64_t *out);

/* The JSON object of the body; false if it has been answered. */
bool check_body(struct request *request, struct value *out);

/* Members of a body. Each returns NULL, or the member if it is well formed. */
const struct value *check_member(struct check *check, const struct place *place,
                                 const struct value *object, const char *key,
                                 bool required);
void check_text(struct check *check, const struct place *place,
                const struct value *value);
const struct value *check_list(struct check *check, const struct place *place,
                               const struct value *object, const char *key,
                               bool required);
/* A time member; *naive is set if it has no zone. With naive NULL the time is
 * a bound: one the store cannot hold is the nearest it can. */
void check_time_member(struct check *check, const struct place *place,
                       const struct value *value, uint64_t *out, bool *naive);
void check_bool_member(struct check *check, const struct place *place,
                       const struct value *value, bool *out);
void check_int_member(struct check *check, const struct place *place,
                      const struct value *value, int64_t *out);

/* check_member.c: more of them. */

bool check_model(struct check *check, const struct place *place,
                 const struct value *value); /* an object of known members */
void check_object(struct check *check, const struct place *place,
                  const struct value *value); /* of any; NULL is well */
const struct value *check_text_member(struct check *check,
                                      const struct place *place,
                                      const struct value *object,
                                      const char *key, bool required);
/* The member, or NULL if it is absent or null. */
const struct value *check_optional(const struct value *object, const char *key);
/* A required text, which without the blanks around it is not empty. */
phx_text check_trimmed(struct check *check, const struct place *place,
                       const struct value *object, const char *key);
/* The index of the text among words [count], a literal's or an enum's. */
int check_enum(struct check *check, const struct place *place,
               const struct value *given, const char *const *words,
               size_t count);
int check_word(struct check *check, const struct place *place,
               const struct value *given, const char *const *words,
               size_t count);
/* An optional number; true if there is one, and it is finite. */
bool check_number_member(struct check *check, const struct place *place,
                         const struct value *object, const char *key,
                         double *out);
/* An object with a label, a score and an explanation; true if there is a score,
 * and it is finite. */
bool check_result(struct check *check, const struct place *place,
                  const struct value *result, double *score);
/* A required text that is a time; one without a zone is UTC. */
void check_instant(struct check *check, const struct place *place,
                   const struct value *object, const char *key, uint64_t *out);
/* The text of a member, absent if there is none. */
phx_text member_text(const struct value *object, const char *key);
/* JSON of a value, as a text; false without memory. */
bool value_json(struct arena *arena, const struct value *value, phx_text *out);
/* A member that is absent or JSON, as a text; false without memory. */
bool member_json(struct arena *arena, const struct value *object,
                 const char *key, phx_text *out);

/* --- find.c: identifiers to rows ----------------------------------------- */

/* A copy that ends in a NUL; NULL if the text holds one, or without memory:
 * then it has been answered. */
const char *text_string(struct request *request, phx_text text);

/* By global id or name; 404 has been answered if false. */
bool find_project(struct request *request, phx_text identifier, phx_id *out);

/* Lent until the cursor is closed; NULL if 404 has been answered. */
const phx_project *open_project(struct request *request, phx_id project,
                                phx_cursor **cursor);

/* In dataset.c. The number in the path; 422 answered if it is none, by the
 * second 404 if it is one of another type. */
bool find_dataset(struct request *request, phx_id *out);
bool find_dataset_typed(struct request *request, phx_id *out);
/* The same by global id or name; 404 answered if there is none. */
bool find_dataset_named(struct request *request, phx_id *out);
const phx_dataset *open_dataset(struct request *request, phx_id dataset,
                                phx_cursor **cursor);

/* A trace, span or session by global id or its own id; a global id is not
 * looked up. NOT_FOUND, or a failure of the store. */
phx_status find_id(struct request *request, int32_t kind, phx_text identifier,
                   phx_id *out, phx_error *err);

/* The same; answered if false. */
bool find_row(struct request *request, int32_t kind, phx_text identifier,
              phx_id *out);

/* The values of a repeated query parameter. */
phx_text *query_texts(struct request *request, const char *key, size_t *count);

/* A cursor: 0 for none; negative and zero rows are -1. 422 answered if
 * false. */
bool find_cursor(struct request *request, phx_id *out);
/* The same of a type. */
bool find_cursor_of(struct request *request, const char *type, phx_id *out);

/* --- handlers ------------------------------------------------------------ */

void otlp_traces(struct request *request);
void otlp_logs(struct request *request);
void otlp_metrics(struct request *request);
void project_list(struct request *request);
void project_get(struct request *request);
void project_create(struct request *request);
void project_update(struct request *request);
void project_delete(struct request *request);
void span_list(struct request *request);
void span_list_otlp(struct request *request);
void span_export(struct request *request);
void span_create(struct request *request);
void span_delete(struct request *request);
void span_frames(struct request *request);
void trace_list(struct request *request);
void trace_delete(struct request *request);
void trace_transfer(struct request *request);
void session_list(struct request *request);
void session_get(struct request *request);
void session_delete(struct request *request);
void session_delete_many(struct request *request);
void span_annotate(struct request *request);
void trace_annotate(struct request *request);
void session_annotate(struct request *request);
void document_annotate(struct request *request);
void span_note(struct request *request);
void trace_note(struct request *request);
void session_note(struct request *request);
void span_annotations(struct request *request);
void trace_annotations(struct request *request);
void session_annotations(struct request *request);
void span_annotations_delete(struct request *request);
void trace_annotations_delete(struct request *request);
void session_annotations_delete(struct request *request);
void annotation_config_list(struct request *request);
void annotation_config_create(struct request *request);
void annotation_config_get(struct request *request);
void annotation_config_update(struct request *request);
void annotation_config_delete(struct request *request);
void project_config_list(struct request *request);
void project_config_set(struct request *request);
void project_config_assign(struct request *request);
void project_config_leave(struct request *request);
void dataset_list(struct request *request);
void dataset_get(struct request *request);
void dataset_delete(struct request *request);
void dataset_versions(struct request *request);
void dataset_examples(struct request *request);
void dataset_upload(struct request *request);
void dataset_jsonl(struct request *request);
void dataset_openai_ft(struct request *request);
void dataset_openai_evals(struct request *request);
void dataset_csv(struct request *request);
void dataset_split_create(struct request *request);
void dataset_split_update(struct request *request);
void dataset_split_delete(struct request *request);
void dataset_label_list(struct request *request);
void dataset_label_create(struct request *request);
void dataset_label_get(struct request *request);
void dataset_label_update(struct request *request);
void dataset_label_delete(struct request *request);
void dataset_labels(struct request *request);
void dataset_labels_set(struct request *request);
void dataset_label_assign(struct request *request);
void dataset_label_leave(struct request *request);
void prompt_list(struct request *request);
void prompt_create(struct request *request);
void prompt_update(struct request *request);
void prompt_delete(struct request *request);
void prompt_versions(struct request *request);
void prompt_latest(struct request *request);
void prompt_tagged(struct request *request);
void prompt_version_get(struct request *request);
void prompt_tag_list(struct request *request);
void prompt_tag_create(struct request *request);
void prompt_tag_delete(struct request *request);
void user_viewer(struct request *request);
void user_list(struct request *request);
void api_keys_off(struct request *request);
void experiment_list(struct request *request);
void experiment_create(struct request *request);
void experiment_get(struct request *request);
void experiment_update(struct request *request);
void experiment_delete(struct request *request);
void experiment_tags(struct request *request);
void experiment_tag_set(struct request *request);
void experiment_tag_delete(struct request *request);
void experiment_runs(struct request *request);
void experiment_run_create(struct request *request);
void experiment_runs_left(struct request *request);
void experiment_evaluations_left(struct request *request);
void experiment_evaluation_put(struct request *request);
void experiment_json(struct request *request);
void experiment_csv(struct request *request);
void server_health(struct request *request);
void server_ready(struct request *request);
void server_version(struct request *request);
void server_metrics(struct request *request);

/* --- write.c: what answers are made of ----------------------------------- */

/* Members of a row; times in ns. */
void write_id(struct json_writer *json, const char *key, const char *type,
              phx_id row);
void write_text(struct json_writer *json, const char *key, phx_text text);
void write_time(struct json_writer *json, const char *key, uint64_t ns);
void write_times(struct json_writer *json, uint64_t start, uint64_t end);
void write_tokens(struct json_writer *json, int64_t prompt, int64_t completion);

/* Of counts that are not negative; it stops at the largest. */
int64_t sum_tokens(int64_t a, int64_t b);

/* The frame of one row or of a list; the end answers 200. next is a cursor,
 * or "" if there is no more. */
void data_begin(struct request *request, struct json_writer *json);
void data_end(struct request *request, struct json_writer *json);
void list_begin(struct request *request, struct json_writer *json);
void list_end(struct request *request, struct json_writer *json,
              const char *next);

/* --- search.c: lists with filter= and search= ------------------------------ */

/* What ends a list that may read much, as both do: its client has gone. */
phx_stop_fn list_stop(phx_text filter, phx_text search);

/* Between the two a search is under way, if the text is not absent; answered
 * if false. */
bool search_begin(struct request *request, phx_text search);
void search_end(phx_text search);

/* Member "match"; span_id may be absent. */
void write_match(struct json_writer *json, phx_text span_id,
                 const phx_match *match);

/* --- dataset_split.c: splits that are asked for ----------------------------- */

struct split_choice {
    phx_id *ids; /* [count] in the arena */
    phx_text *names;
    size_t count;
};

/* Each by global id or name; 404 or 422 answered if false, or want of memory if
 * nothing is given. */
bool find_splits(struct request *request, const phx_text *given, size_t count,
                 struct split_choice *out);

/* --- send.c: rows, sent as they are read ------------------------------------- */

struct row_form {
    const char *type; /* of the answer */
    /* The next row of the cursor; or DONE. */
    phx_status (*write)(struct json_writer *json, struct arena *arena,
                        phx_cursor *cursor, void *ctx, phx_error *err);
    void (*end)(struct json_writer *json, void *ctx); /* behind the last */
    void (*clear)(void *ctx); /* after all, failed or not; or NULL */
    void *ctx;                /* in the arena of the request */
};

/* What the answer holds goes first; the writer goes on in it. The cursor is the
 * answer's. The first piece is made before the answer begins: a failure has a
 * status of its own. */
void send_rows(struct request *request, phx_cursor *cursor,
               const struct json_writer *begun, const struct row_form *form);

/* --- dataset_send.c: examples, sent as they are read ------------------------ */

struct example_form {
    const char *type;   /* of the answer */
    const char *ending; /* of the file's name; NULL if it is none */
    const char *end;    /* behind the last example */
    phx_status (*write)(const struct example_form *form,
                        struct json_writer *json, struct arena *arena,
                        const phx_example *example, phx_error *err);
    void (*clear)(
        const struct example_form *form); /* after the last; or NULL */
};

/* The dataset of the path and the version asked for of a file that is to be
 * sent; answered if false. */
bool find_file(struct request *request, const char *ending, phx_id *dataset,
               phx_id *version);

/* As send_rows; the form is the answer's, too. */
void send_examples(struct request *request, phx_cursor *cursor,
                   const struct json_writer *begun,
                   const struct example_form *form);

/* In dataset_examples.c: an object. As experiments have it, it is not whole:
 * its id is never the sender's own, and it tells of no span. */
void write_example(struct json_writer *json, const phx_example *example,
                   bool whole);

/* --- prompt_read.c: bodies about prompts; answered if false ----------------- */

bool is_identifier(phx_text text); /* a-z and 0-9, and - or _ within */
bool prompt_read_body(struct request *request, phx_prompt *out,
                      phx_text *version);
bool prompt_read_change(struct request *request, phx_prompt *out,
                        int32_t *changes);
bool prompt_read_tag(struct request *request, const char **name,
                     const char **description); /* which may be NULL */

/* --- rows.c: rows that are kept while others are read -------------------- */

/* The text becomes a copy of itself; false without memory. */
bool keep_text(struct arena *arena, phx_text *text);

/* How rows begin that are part of others: traces of sessions, spans of traces.
 * They are sorted by this, as it stands. */
struct part {
    phx_id whole;        /* 0 if it is part of none */
    uint64_t start_time; /* ns */
    phx_id id;
};

/* Arrays of rows of `size` bytes. */
void parts_sort(void *rows, size_t count, size_t size);

/* The parts of one in an array that is sorted. */
const void *parts_of(const void *rows, size_t count, size_t size, phx_id whole,
                     size_t *found);

struct trace_row {
    struct part part; /* of a session */
    phx_id project;
    uint64_t end_time; /* ns */
    int64_t prompt_tokens;
    int64_t completion_tokens;
    phx_text trace_id;
};

struct trace_rows {
    struct trace_row *rows; /* in the arena */
    size_t count, capacity;
};

/* Adds the rows of a query. */
phx_status read_traces(struct request *request, const phx_trace_query *query,
                       struct trace_rows *out, phx_error *err);

/* --- experiment.c ---------------------------------------------------------- */

/* The number in the path; answered with 422 if it is none, and with the status
 * if it is one of another type. */
bool find_experiment(struct request *request, unsigned status, phx_id *out);
/* Lent until the cursor is closed; NULL if 404 has been answered. */
const phx_experiment *open_experiment(struct request *request,
                                      phx_id experiment, phx_cursor **cursor);
/* The number of a body's id of a type; 422 or 404 answered if it is none. */
bool find_member(struct request *request, const struct value *body,
                 const char *key, const char *type, phx_id *out);
void write_run(struct json_writer *json, const phx_run *run);

/* In experiment_export.c: the runs of the experiment in the path, in the order
 * of their examples; NULL if it has been answered. *name is in the arena. */
phx_cursor *open_runs(struct request *request, phx_run_query *query,
                      phx_text *name);
double latency_ms(const phx_run *run);

/* --- annotation.c: what may be annotated ---------------------------------- */

struct annotation_form {
    int32_t kind;        /* PHX_SPAN_ANNOTATION ... */
    int32_t row;         /* PHX_SPAN ...: what it is of */
    const char *noun;    /* of the kind */
    const char *title;   /* of the target */
    const char *id_key;  /* of the target's id */
    const char *ids_key; /* the same in a query */
    const char *type;    /* of global ids */
};
extern const struct annotation_form annotation_forms[]; /* by kind */
extern const char *const annotator_names[3];            /* by PHX_ANNOTATOR_ */

/* --- trace_page.c: traces by start or latency ---------------------------- */

struct trace_page {
    phx_trace_query query; /* with the limit of the page */
    struct trace_rows traces;
    char next[TRACE_CURSOR]; /* "" if there is no more */
};

/* False if an answer has been given. */
bool trace_page_read(struct request *request, struct trace_page *page);

/* --- span_query.c: what lists and exports of spans share ------------------ */

/* *nothing is set if no span can match. Answered if false. */
struct span_filter {
    phx_span_query query;
    phx_id project;
    bool nothing;
};
enum {
    SPAN_FILTER_KINDS = 1,   /* span_kind is a filter, too */
    SPAN_FILTER_NO_LIMIT = 2 /* unless one is given */
};
bool span_filter_read(struct request *request, int flags,
                      struct span_filter *out);

/* Runs the query and answers with its rows. */
typedef void (*span_writer)(struct request *request, struct json_writer *json,
                            const phx_span *span);
void span_page(struct request *request, const struct span_filter *filter,
               span_writer write);

/* "UNSET", "OK", "ERROR". */
const char *status_code_name(int32_t status);

#endif
