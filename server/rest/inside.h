/*
 * What the files of rest/ share.
 */
#ifndef SERVER_REST_INSIDE_H
#define SERVER_REST_INSIDE_H

#include "base/base.h"
#include "json/json.h"
#include "server/http/http.h"

enum {
    PAGE_BYTES = 32 << 20, /* a page ends early when it is this long */
    ID_SIZE = 64           /* of a printed global id */
};

/* --- id.c: global ids, base64 of "Span:12" ----------------------------------
 */

void id_print(const char *type, phx_id row, char out[ID_SIZE]);
void id_write(struct json_writer *json, const char *type, phx_id row);

/* Decodes leniently, as the reference's clients may rely on; the parts are
 * in the arena. False if the text is no global id. */
bool id_split(struct arena *arena, phx_text text, phx_text *type,
              phx_text *row);

/* The row of a global id; of any type if type is NULL. Rows beyond 64 bits
 * become its limits. */
bool id_read(struct arena *arena, phx_text text, const char *type, phx_id *out);

/* An integer as Python's int() takes it: blanks, sign, 1_000, any digits. */
bool id_read_integer(phx_text text, int64_t *out);

/* --- check.c: the form of parameters and bodies ------------------------------
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

/* Query parameters. */
int64_t check_limit(struct check *check, int64_t usual, int64_t most);
bool check_bool(struct check *check, const char *name, bool usual);
/* The index of the value in choices [2]. */
int check_choice(struct check *check, const char *name,
                 const char *const choices[2], int usual);
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
/* A time member; *naive is set if it has no zone. */
void check_time_member(struct check *check, const struct place *place,
                       const struct value *value, bool *naive);

/* --- find.c: identifiers to rows
 * ----------------------------------------------- */

/* A copy that ends in a NUL; NULL if the text holds one, or without memory:
 * then it has been answered. */
const char *text_string(struct request *request, phx_text text);

/* By global id or name; 404 has been answered if false. */
bool find_project(struct request *request, phx_text identifier, phx_id *out);

/* A trace, span or session by global id or its own id; a global id is not
 * looked up. Answered if false. */
bool find_row(struct request *request, int32_t kind, phx_text identifier,
              phx_id *out);

/* The values of a repeated query parameter. */
phx_text *query_texts(struct request *request, const char *key, size_t *count);

/* A cursor: 0 for none; negative and zero rows are -1. 422 answered if
 * false. */
bool find_cursor(struct request *request, phx_id *out);

/* --- handlers
 * ------------------------------------------------------------------- */

void otlp_ingest(struct request *request);
void project_list(struct request *request);
void project_get(struct request *request);
void project_create(struct request *request);
void project_update(struct request *request);
void project_delete(struct request *request);
void span_list(struct request *request);
void span_list_otlp(struct request *request);
void span_create(struct request *request);
void span_delete(struct request *request);
void trace_list(struct request *request);
void trace_delete(struct request *request);
void session_list(struct request *request);
void session_get(struct request *request);
void session_delete(struct request *request);
void session_delete_many(struct request *request);
void server_health(struct request *request);
void server_ready(struct request *request);
void server_version(struct request *request);
void server_metrics(struct request *request);

/* --- pieces that lists share
 * ------------------------------------------------------ */

/* span_query.c: the filters of both span lists; *nothing is set if no span
 * can match. Answered if false. */
struct span_filter {
    phx_span_query query;
    phx_id project;
    bool nothing;
};
bool span_filter_read(struct request *request, bool kinds,
                      struct span_filter *out);

/* Runs the query and writes {"data": [...], "next_cursor": ...}. */
typedef void (*span_writer)(struct request *request, struct json_writer *json,
                            const phx_span *span);
void span_page(struct request *request, const struct span_filter *filter,
               span_writer write);

/* "UNSET", "OK", "ERROR". */
const char *status_code_name(int32_t status);

void write_time(struct json_writer *json, uint64_t ns);

#endif
