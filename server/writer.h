/*
 * writer: the queue in front of the store. Listeners decode requests on their
 * own threads and submit the batches; one thread takes all that wait, stores
 * them in one commit and tells each submitter. Nothing is acknowledged before
 * its commit is durable.
 */
#ifndef SERVER_WRITER_H
#define SERVER_WRITER_H

#include "base/base.h"

struct writer;

/* Called once for each batch that was taken, on the writer's thread: must be
 * short and may not submit. status is that of the commit; report and err are
 * lent for the call. */
typedef void (*writer_done)(void *ctx, phx_status status,
                            const phx_ingest_report *report,
                            const phx_error *err);

/* Limits count what waits, spans and the bytes they hold; a batch that finds
 * the queue empty is always taken. Starts the writer's and the compactor's
 * threads. */
phx_status writer_start(phx_store *store, int64_t max_spans, int64_t max_bytes,
                        struct writer **out, phx_error *err);

/*
 * Takes the batch (*batch becomes NULL) and calls done later; or leaves it
 * and returns BUSY: the queue is full, try again in about a second; or what
 * writer_check says.
 */
phx_status writer_submit(struct writer *writer, phx_batch **batch,
                         writer_done done, void *ctx, phx_error *err);

/* Whether what adds to the store is refused: IO with ENOSPC, "507" to clients
 * of HTTP. What is taken already is stored. */
void writer_block(struct writer *writer, bool blocked);
phx_status writer_check(const struct writer *writer, phx_error *err);

/* Deletes have left work for the compactor's thread. */
void writer_wake(struct writer *writer);

/* Submits and waits, for a thread that may: REST routes. */
phx_status writer_put(struct writer *writer, phx_batch **batch,
                      phx_ingest_report *out, phx_error *err);

/* Stores what waits, ends the threads and frees. Submitters must be gone. */
void writer_stop(struct writer *writer);

#endif
