/*
 * dataset.h - examples that people keep, and all that they have been.
 *
 *     dataset.c       rows of datasets, versions, examples and revisions
 *     dataset_put.c   a new version: what of the old one stays, changes, ends
 *     dataset_find.c  datasets, versions and the examples of one, read
 *
 * docs/datasets.md has the picture.
 */
#ifndef STORE_DATASET_H
#define STORE_DATASET_H

#include "store/inside.h"

/* A version as its row has it. */
struct version_row {
    int64_t id, dataset;
    int64_t created; /* us */
    int64_t examples;
    int64_t last;                /* example that there was */
    int64_t revision, revisions; /* the first of its own, and how many */
    struct multiset state;
    int64_t sum; /* as read; -1 if the state is none */
};

/* An example as it was from one version on and before another. */
struct revision {
    int64_t id, dataset, example;
    int64_t version, until;
    uint8_t hash[EXAMPLE_HASH_SIZE], strict[SHA256_SIZE];
    int64_t sum;          /* as read; -1 if a hash is none */
    phx_text external_id; /* the example's, lent by the statement */
};

/* The texts are the statement's; *sum is the row's. */
void dataset_read(struct statement *statement, phx_dataset *out, int64_t *sum);
uint32_t dataset_sum(const phx_dataset *dataset);
phx_status dataset_insert(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err);
phx_status dataset_update(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err);

void version_read(struct statement *statement, struct version_row *out);
uint32_t version_sum(const struct version_row *version);
phx_status version_insert(struct connection *connection,
                          const struct version_row *version, phx_error *err);

uint32_t example_sum(int64_t id, int64_t dataset, phx_text external_id);

void revision_read(struct statement *statement, struct revision *out);
uint32_t revision_sum(const struct revision *revision);
/* What a living revision adds to the state of its version. */
void revision_item(const struct revision *revision, uint8_t out[SHA256_SIZE]);

uint32_t content_sum(int64_t id, phx_text input, phx_text output,
                     phx_text metadata);

#endif
