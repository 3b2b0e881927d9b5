/*
 * http: an HTTP/1.1 listener, a table of routes, requests and answers.
 *
 *     connection -> request (path, query, body) -> route -> answer
 *
 * A handler runs once the whole body is there: on the connection's own thread
 * if its route is quick (ROUTE_INLINE) and the body small, else on one of a
 * few workers, so that a slow read never holds up /healthz or another sender.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "base/base.h"
#include "server/writer.h"

enum {
    HTTP_BODY_LIMIT = 64 << 20, /* of a request, packed and unpacked */
    HTTP_PATH_PARAMS = 3
};

/* What handlers work on; lent for as long as the listener runs. */
struct service {
    phx_store *store;
    struct writer *writer;
    struct lane *lane;
};

enum {
    ROUTE_INLINE = 1, /* never waits for the store */
    ROUTE_LATER = 2,  /* the handler ends with request_resume, now or later */
    ROUTE_ABSENT = 4, /* known, but not in this server: 501 */
    ROUTE_WRITES = 8  /* takes room in the store: 507 while that is used up */
};

struct request;
typedef void (*route_handler)(struct request *request);

/* A pattern is literal segments and {names}, which match one segment each.
 * The first row that fits wins. */
struct route {
    const char *method;
    const char *pattern;
    route_handler handler; /* NULL if ROUTE_ABSENT */
    int flags;             /* ROUTE_... */
};

struct http_options {
    const char *host; /* a name or an address; "::" is all, dual stack */
    uint16_t port;    /* 0 picks a free one */
    const char *root; /* a prefix that paths may have; "" for none */
    const struct route *routes;
    size_t route_count;
    unsigned threads; /* of connections */
    unsigned workers; /* of handlers that wait */
    struct service service;
};

struct http;

/* Errors: IO (address in use), INVALID (host), NO_MEMORY. */
phx_status http_start(const struct http_options *options, struct http **out,
                      phx_error *err);
uint16_t http_port(const struct http *http);

/* Takes no more connections, lets the requests at hand be answered, ends the
 * threads and frees. NULL allowed. */
void http_stop(struct http *http);

/* --- What a handler reads ------------------------------------------------- */

/* All of it is lent until the answer is sent. */
const struct service *request_service(const struct request *request);
struct arena *request_arena(struct request *request);

/* The segment that the n-th {name} of the pattern matched, percent-decoded. */
phx_text request_param(const struct request *request, size_t index);

/* A header's value, or the absent text. The name in any case. */
phx_text request_header(const struct request *request, const char *name);

/* The body, unpacked. */
phx_text request_body(const struct request *request);

/* For a handler that answers later: frees the body, all of it having been
 * read. */
void request_drop_body(struct request *request);

/* Whether Content-Type is the type, whatever its parameters and case. */
bool request_is_type(const struct request *request, const char *type);

/* Not 0 if the client has closed its end, which those that still wait for an
 * answer hardly do. The form is phx_stop_fn's. */
int32_t request_is_gone(void *request);

/* Query parameters, decoded, in order; of a key given twice the last value
 * counts where one is wanted. Absent text if there is none. */
phx_text request_query(const struct request *request, const char *key);

/* The same, but bytes that are not UTF-8 are as they were sent, not U+FFFD. */
phx_text request_query_sent(const struct request *request, const char *key);
size_t request_query_count(const struct request *request);
phx_text request_query_key(const struct request *request, size_t index);
phx_text request_query_value(const struct request *request, size_t index);

/* --- How a handler answers: once ------------------------------------------ */

/* The bytes of the answer, to be filled before answer_json or answer_body. */
struct buf *answer_buf(struct request *request);

void answer_json(struct request *request, unsigned status);
void answer_body(struct request *request, unsigned status, const char *type);
void answer_empty(struct request *request, unsigned status);

/*
 * 200 with an answer that is made as it is sent. The buf of the answer, with
 * what is in it, goes first; each time all of that is sent, `next` puts more
 * into it, on a worker.
 *
 * next    OK, or DONE with the last bytes, or a failure: the client sees the
 *         answer cut off
 * end     called once, when nothing more is wanted
 */
struct answer_source {
    phx_status (*next)(void *ctx, struct buf *out, phx_error *err);
    void (*end)(void *ctx);
    void *ctx;
};
void answer_stream(struct request *request, const char *type,
                   const struct answer_source *source);

/* The answer that is to come is a file of this name; false if there is no
 * memory for it: then it has been answered. */
bool answer_file(struct request *request, phx_text name, const char *ending);

/* text/plain, whatever the buf held. */
void answer_text(struct request *request, unsigned status, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

/* What a library call's failure means to a client. Those that pass by
 * themselves (BUSY, IO, ...) are 503 with Retry-After: never silence. */
void answer_failure(struct request *request, phx_status status,
                    const phx_error *err);

/* A 503 the client should repeat in a second. */
void answer_later(struct request *request, const char *message);

/* Only for a ROUTE_LATER: sends the answer, from any thread. The request is
 * gone after it. */
void request_resume(struct request *request);

#endif
