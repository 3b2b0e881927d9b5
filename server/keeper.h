/*
 * keeper: keeps the store within its limits. A thread runs the retention
 * policies at each hour, deletes the oldest traces where the store would
 * outgrow its disk, and stops the taking in where it was told to.
 */
#ifndef SERVER_KEEPER_H
#define SERVER_KEEPER_H

#include "base/base.h"
#include "server/config.h"
#include "server/writer.h"

struct keeper;

/* The store and the writer are lent. */
phx_status keeper_start(const struct config *config, phx_store *store,
                        struct writer *writer, struct keeper **out,
                        phx_error *err);

/* Ends the thread, after its slice, and frees. NULL allowed. */
void keeper_stop(struct keeper *keeper);

#endif
