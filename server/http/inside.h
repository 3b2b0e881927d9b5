/*
 * inside.h - what the files of http/ share.
 */
#ifndef SERVER_HTTP_INSIDE_H
#define SERVER_HTTP_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "base/base.h"
#include "server/encoding.h"
#include "server/http/http.h"

struct query_item {
    phx_text key;
    phx_text value;
    phx_text sent; /* the value before it was made UTF-8 */
};

struct answer {
    unsigned status;  /* 0 until there is one */
    const char *type; /* NULL for no body */
    struct buf body;
    const char *file;      /* Content-Disposition, or NULL */
    bool gzip;             /* the body is packed */
    bool retry;            /* Retry-After: 1 */
    struct stream *stream; /* where more of the body comes from, or NULL */
};

struct request {
    struct http *http;
    struct MHD_Connection *connection;
    const struct route *route;
    struct arena arena;
    phx_text method;
    phx_text path; /* decoded, without the root */
    phx_text params[HTTP_PATH_PARAMS];
    struct query_item *query; /* in the arena */
    size_t query_count;
    struct buf packed;   /* the body as it comes */
    struct buf unpacked; /* and as it was before, if it was encoded */
    enum encoding encoding;
    size_t charged;   /* bytes taken from the listener's budget */
    uint64_t dropped; /* bytes of a refused body that were read past */
    uint64_t started; /* time_monotonic */
    struct answer answer;
    struct request *next; /* in the workers' queue */
    bool seen;            /* headers were looked at */
    bool suspended;       /* until request_resume */
    bool close;           /* end the connection after the answer */
};

/* One queue of requests, some threads that run their handlers. */
struct workers {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct request *first;
    struct request **last;
    pthread_t *threads;
    unsigned count;
    bool stop;
};

enum { HTTP_SOCKETS = 4 }; /* addresses of one host */

struct http {
    struct http_options options;
    struct MHD_Daemon *daemons[HTTP_SOCKETS]; /* one a socket */
    size_t daemon_count;
    struct workers workers;
    atomic_size_t body_bytes; /* held by all requests */
    atomic_int active;        /* requests whose answer is not sent */
    atomic_int suspended;     /* those of them that handlers hold */
    atomic_bool stopping;     /* no new requests */
    atomic_bool closed;       /* and no more that handlers may hold */
    uint16_t port;
};

/* request.c */
struct request *request_new(struct http *http, const char *uri);
void request_free(struct request *request);
bool request_accepts_gzip(const struct request *request);

/* Whether the client is on this machine and no proxy: packing what is long
 * would cost both ends more than it saves. */
bool request_stays_here(const struct request *request);

/* Unpacks the body, unless that was done. An answer is given if it cannot be
 * done; false if the body is over `most` bytes, which may be fewer than a body
 * can have, and nothing has changed. */
bool request_unpack(struct request *request, size_t most);

/* route.c: the row of a request, and its params; answers 404, 405, 501. */
void route_find(struct request *request);
bool route_match(const char *pattern, phx_text path, phx_text *params);

/* response.c: packs the answer if the client takes it; sends it. */
void answer_pack(struct request *request);
enum MHD_Result answer_send(struct request *request);

/* stream.c: packs the first piece; its response; makes the next piece, on a
 * worker, and sends it on its way. */
bool stream_pack(struct request *request);
struct MHD_Response *stream_response(struct request *request);
void stream_continue(struct request *request);
void stream_free(struct stream *stream); /* NULL allowed */

/* workers.c */
phx_status workers_start(struct workers *workers, unsigned count,
                         phx_error *err);
void workers_add(struct workers *workers, struct request *request);
void workers_stop(struct workers *workers);

/* listener.c: runs the handler of a request whose body is there; sends the
 * answer if the request is suspended and its route is no ROUTE_LATER. */
void request_run(struct request *request);

#endif
