/*
 * verify.h - what is known of a store that is verified: verify_blocks.c sums up
 * what blocks and runs say, verify.c holds the rows against it, verify_said.c
 * what is said of spans, traces and sessions, verify_datasets.c datasets,
 * verify_experiments.c what was tried on them.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store/inside.h"

/* What the blocks say of a trace, against its row. */
struct trace_sum {
    int64_t number; /* 0: its row is found, or need not be */
    int64_t project, spans;
    uint64_t start, end;
    uint64_t id_hash;
};

/* What the runs say of a block's ids: how many, and the sum of their hashes,
 * mixed. A lost, added or damaged posting changes it, so that no id needs a
 * look-up of its own. */
struct posting_sum {
    uint64_t sum;
    uint64_t count;
};

struct verify {
    struct store *store;
    struct connection *connection;
    struct counter counter;
    struct gone gone;
    struct map trace_index; /* verify_trace_key -> index into traces */
    struct trace_sum *traces;
    size_t trace_count, trace_capacity;
    struct map span_ids;      /* hash of id -> 1 */
    struct map span_numbers;  /* hash of number -> 1 */
    struct map posting_index; /* block -> index into postings */
    struct posting_sum *postings;
    size_t posting_count, posting_capacity;
    bool unread;                 /* a page of the file was, nobody said why */
    int64_t prices;              /* checksums of their versions, xor-ed */
    int64_t versions, revisions; /* of datasets, as their rows say */
    /* Of experiments, the same. */
    int64_t chosen, runs, evaluations;
    phx_verify_fn found;
    void *ctx;
    phx_error first;
    int faults;
    unsigned interrupts;
};

/* Notes a fault. CORRUPT stops the walk: enough is known. */
phx_status verify_fault(struct verify *verify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A failure whose story is `why`: a fault where it is one of the store, of `id`
 * if not 0; else passed on. */
phx_status verify_failure(struct verify *verify, phx_status status,
                          const char *what, int64_t id, const phx_error *why,
                          phx_error *err);

/* Calls check with every row of a table after the last, in order of id. */
typedef phx_status (*verify_row)(struct verify *verify, struct statement *row,
                                 phx_error *err);
phx_status verify_each(struct verify *verify, enum sql after, verify_row check,
                       int64_t last, int64_t *rows, phx_error *err);

phx_status verify_count(struct verify *verify, const char *nouns, int64_t rows,
                        int64_t counted);

/* Whether a statement has a row for a number. */
phx_status verify_exists(struct verify *verify, enum sql id, int64_t value,
                         bool *out, phx_error *err);

uint64_t verify_trace_key(int64_t trace);
uint64_t verify_id_hash(phx_text trace_id);

/* The runs first: blocks are held against their postings. */
phx_status verify_runs(struct verify *verify, const struct run_list *runs,
                       phx_error *err);
phx_status verify_blocks(struct verify *verify, phx_error *err);
phx_status verify_datasets(struct verify *verify, phx_error *err);
phx_status verify_prompts(struct verify *verify, phx_error *err);
phx_status verify_experiments(struct verify *verify, phx_error *err);
/* The last: it asks for what the others have noted. */
phx_status verify_said(struct verify *verify, phx_error *err);

#endif
