/*
 * inside.h - what the files of the gRPC room share, in the order bytes walk
 * through them.
 *
 *     listener    the loop, on its thread
 *     socket      listening and accepting
 *     connection  one socket's reading, writing and time limits
 *     session     its HTTP/2
 *     frame       what gRPC adds to HTTP/2: prefixes, timeouts, details
 *     call        a call, from its body to its answer
 *     decode      the threads that decode large bodies
 *
 * All of it belongs to the loop's thread, but for a call that is BUSY: its
 * frame, body, verdict and answer belong to who decodes or stores it.
 */
#ifndef SERVER_GRPC_INSIDE_H
#define SERVER_GRPC_INSIDE_H

/* Comes first: it names members `malloc`, which base.h poisons. */
#include <nghttp2/nghttp2.h>

#include "base/base.h"
#include "server/grpc/grpc.h"

#include "server/encoding.h"

#include <pthread.h>
#include <stdatomic.h>

/* Of one message, as sent and unpacked. */
#define MESSAGE_MAX ((size_t)64 << 20)

/* --- frame.c -------------------------------------------------------------- */

/* Codes of google.rpc.Code that we answer with. */
enum grpc_code {
    GRPC_OK = 0,
    GRPC_INVALID_ARGUMENT = 3,
    GRPC_DEADLINE_EXCEEDED = 4,
    GRPC_RESOURCE_EXHAUSTED = 8,
    GRPC_UNIMPLEMENTED = 12,
    GRPC_INTERNAL = 13,
    GRPC_UNAVAILABLE = 14
};

/* How a call ends. */
struct verdict {
    enum grpc_code code;
    int http;          /* status, 200 unless the request is not gRPC at all */
    bool retry;        /* tell the client to come again in a second */
    bool encodings;    /* tell it which encodings there are */
    char message[200]; /* why; "" if all is well */
};

/* The verdict of a failed gRPC call, or of a request that is none. Returns
 * false, for `return refuse(...)`. */
bool refuse(struct verdict *verdict, enum grpc_code code, const char *format,
            ...) __attribute__((format(printf, 3, 4)));
bool refuse_http(struct verdict *verdict, int status, const char *message);

/* The one message of a unary call, as its bytes come in. */
struct frame {
    uint8_t prefix[5];
    uint8_t prefix_size; /* bytes of it that are here */
    bool packed;
    size_t size; /* of the message, once the prefix is here */
};

/* Takes more bytes of the stream; false if they break the framing. */
bool frame_add(struct frame *frame, const uint8_t *bytes, size_t size,
               struct buf *body, struct verdict *verdict);

/* The stream has ended; false unless the message is whole. */
bool frame_end(const struct frame *frame, const struct buf *body,
               struct verdict *verdict);

/* The prefix of an answer that is not packed. */
void frame_print(uint8_t prefix[5], size_t size);

/* "250m" is 250,000,000; 0 if it is longer than a day. False if malformed. */
bool timeout_read(phx_text text, uint64_t *out_ns);

/* The value of grpc-message: all but printable ASCII as %XX. */
void message_print(struct buf *out, const char *message);

/* The value of grpc-status-details-bin: a google.rpc.Status that holds a
 * RetryInfo of one second. */
void retry_print(struct buf *out, const struct verdict *verdict);

/* --- call.c --------------------------------------------------------------- */

enum call_state {
    CALL_RECEIVING, /* its headers or body come in */
    CALL_BUSY,      /* with a decoder or the writer */
    CALL_ANSWERED   /* waits for its stream to close */
};

struct call {
    struct grpc *grpc;
    struct connection *connection; /* NULL once its stream is gone */
    struct call *next;             /* of its connection, or spare */
    struct call *previous;
    struct call *following; /* for the decoders, or answered */
    enum call_state state;
    int32_t stream;
    uint64_t deadline; /* monotonic ns; 0 for none */
    uint64_t started;
    uint64_t heard; /* when bytes last came */

    size_t header_bytes;
    bool is_post;
    bool is_export;
    int32_t format; /* of its request, PHX_OTLP_PROTOBUF ... */
    bool is_grpc;
    bool has_encoding; /* and it is one of ours */
    bool has_timeout;  /* and it is well formed */
    enum encoding encoding;

    struct frame frame;
    struct buf body;
    size_t held;      /* bytes of it that grpc->held counts */
    size_t withheld;  /* bytes received but not given back to the sender */
    size_t discarded; /* bytes received after it was refused */
    struct verdict verdict;
    phx_buf answer; /* empty for a full success */
    size_t answer_sent;
};

/* A call for a new stream; NULL without memory. */
struct call *call_new(struct connection *connection, int32_t stream);
void call_free(struct call *call);

/* The next header. */
void call_header(struct call *call, phx_text name, phx_text value);

/* All headers are here. */
void call_start(struct call *call);

/* Bytes of the body. */
void call_receive(struct call *call, const uint8_t *bytes, size_t size);

/* The client has sent all. The call is then BUSY, or refused. */
void call_end(struct call *call);

/* Unpacks, decodes and submits a BUSY call, in any thread; afterwards it is
 * with the writer or among the answered. scratch is the thread's own. False,
 * and nothing has happened, if its limit is too small for a body that may be
 * larger. */
bool call_decode(struct call *call, struct buf *scratch);

/* Answers a BUSY call that it may come again, in any thread. */
void call_refuse(struct call *call, const char *message);

/* The stream is gone: frees the call, or leaves that to its answer. */
void call_gone(struct call *call);

/* Gives withheld bytes back to their senders while there is room. */
void calls_grant(struct grpc *grpc);

/* --- decode.c ------------------------------------------------------------- */

enum { DECODERS = 2 };

struct decoders {
    pthread_mutex_t mutex;
    pthread_cond_t added;
    struct call *first;
    struct call *last;
    bool stopping;
    int count; /* threads */
    pthread_t threads[DECODERS];
};

phx_status decoders_start(struct decoders *decoders, phx_error *err);
void decoders_add(struct decoders *decoders, struct call *call);
void decoders_stop(struct decoders *decoders);

/* --- connection.c --------------------------------------------------------- */

/* What epoll tells of. */
enum source { SOURCE_CONNECTION, SOURCE_LISTENER, SOURCE_WAKE };

enum connection_state {
    CONNECTION_NEW, /* its SETTINGS have not come */
    CONNECTION_OPEN,
    CONNECTION_LEAVING, /* all is said; what comes in is thrown away */
    CONNECTION_DEAD     /* freed at the end of the round */
};

struct connection {
    enum source source; /* first: epoll points here */
    int fd;
    enum connection_state state;
    uint32_t events; /* that epoll watches */
    bool touched;    /* in grpc->touched: has something to send */
    struct grpc *grpc;
    struct connection *next;
    struct connection *previous;
    struct connection *next_touched;
    struct call *calls;
    nghttp2_session *session;
    uint64_t opened;   /* or when it began to leave */
    uint64_t blocked;  /* since when `unsent` waits; 0 if it does not */
    struct buf unsent; /* what the socket did not take */
    int32_t last_stream;
    uint32_t resets; /* streams reset in the second that began at: */
    uint64_t resets_since;
};

/* Takes the socket over; closes it without memory. */
void connection_new(struct grpc *grpc, int fd);
void connection_event(struct connection *connection, uint32_t events);

/* At the end of a round: sends what there is to send, frees the dead. */
void connection_settle(struct connection *connection);

/* Says GOAWAY; the calls under way are still answered. */
void connection_shut(struct connection *connection);

/* Ends what took too long. */
void connection_sweep(struct connection *connection);

/* Drops it, whatever is under way. */
void connection_kill(struct connection *connection);

/* --- session.c ------------------------------------------------------------ */

/* Callbacks, options and memory of all sessions. */
phx_status sessions_init(struct grpc *grpc, phx_error *err);
void sessions_clear(struct grpc *grpc);

/* Makes the connection's session; NO_MEMORY. */
phx_status session_open(struct connection *connection);

/* Answers with the call's verdict, and its answer if that is OK. */
void session_answer(struct call *call);

/* Answers that it took too long. A BUSY call loses its stream. */
void session_expire(struct call *call);

/* Opens the stream's window for more bytes. */
void session_grant(struct call *call, size_t size);

/* --- socket.c ------------------------------------------------------------- */

/* Fills grpc->listeners and port. Errors: INVALID (host), IO. */
phx_status socket_listen(struct grpc *grpc, const char *host, uint16_t port,
                         phx_error *err);

/* A connection that does not block, or -1 and errno. */
int socket_accept(struct grpc *grpc, int listener);

/* --- listener.c ----------------------------------------------------------- */

enum { LISTENERS = 4, INPUT_SIZE = 256 << 10, OUTPUT_SIZE = 64 << 10 };

struct listener {
    enum source source; /* first */
    int fd;
};

struct grpc {
    struct writer *writer;
    struct lane *lane;
    int64_t budget; /* of body bytes: over it senders wait, over twice it
                       calls are refused */
    struct listener listeners[LISTENERS];
    size_t listener_count;
    bool listening; /* the listeners are watched */
    uint64_t listen_again;
    uint16_t port;
    int epoll;
    enum source wake_source;
    int wake; /* an eventfd, written by other threads */
    pthread_t thread;
    atomic_bool stopping;

    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
    nghttp2_mem memory;

    uint64_t now; /* of this round */
    struct connection *connections;
    size_t connection_count;
    struct connection *touched;
    size_t call_count;
    struct call *spare;
    size_t spare_count;
    int64_t busy;           /* calls */
    int64_t withholding;    /* calls */
    struct call *favourite; /* goes on while all others wait */
    struct buf scratch;

    struct decoders decoders;
    _Atomic(struct call *) answered; /* by other threads */
    atomic_llong held;               /* body bytes */

    uint8_t input[INPUT_SIZE];
    uint8_t output[OUTPUT_SIZE];
};

/* Hands a BUSY call back to the loop, from any thread. */
void grpc_answered(struct call *call);

/* The connection has something to send, or is to be freed: see to it at the
 * end of the round. */
void grpc_touch(struct connection *connection);

#endif
