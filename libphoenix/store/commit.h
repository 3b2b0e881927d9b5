/*
 * commit.h - a commit in the making: commit.c collects and writes its spans,
 * resolve.c numbers them.
 */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include "store/inside.h"

/* A trace this commit adds to. */
struct commit_trace {
    struct trace_row row;
    phx_text trace_id;
    uint64_t hash;
    bool fresh;
};

/* A project or session that spans of this commit name. */
struct commit_name {
    phx_text name;
    int64_t id;
    int64_t project; /* of a session */
    bool fresh;
};

struct name_list {
    struct map map; /* hash of the name -> index */
    struct commit_name *items;
    size_t count, capacity;
    enum sql find;        /* the number of a known name */
    int64_t *next, *rows; /* of the commit's counter */
};

struct commit {
    struct store *store;
    struct arena arena;
    struct counter counter; /* as it will be */
    struct span **spans;    /* new ones */
    size_t count;
    const struct span **seen; /* every span looked at, known or new */
    size_t seen_count;
    struct map ids;   /* span hash -> index into seen */
    struct map by_id; /* trace hash -> index into traces */
    struct commit_trace *traces;
    size_t trace_count, trace_capacity;
    struct name_list projects, sessions;
    struct stored_block repeated; /* where the last known span was found */
    size_t memtable_before;
    uint64_t blocks; /* written */
};

/* Gives a new span its numbers, and widens its trace. */
phx_status resolve_span(struct commit *commit, struct span *span,
                        phx_error *err);

#endif
