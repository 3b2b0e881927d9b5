/*
 * filter.c - answers "this hash was never stored" from memory: a blocked Bloom
 * filter (Putze, Sanders, Singler 2007), 25 bits a key, seven probes in one
 * cache line. A wrong "maybe" costs a look at every run: about one new id in
 * twelve thousand pays that, for each full part. It grows by adding a part of
 * four times the size, so that no commit waits for a rebuild; a reopened store
 * gets one part that fits all.
 */
#include "base/base.h"

#include "store/inside.h"

enum {
    LINE_WORDS = 8,
    KEYS_PER_LINE = 20,
    PROBES = 7,
    PARTS = 16,
    FEWEST_KEYS = SHRUNK(65536, 32)
};

struct part {
    uint64_t *words;
    uint64_t lines;
    uint64_t keys; /* added so far */
};

struct filter {
    struct part parts[PARTS];
    int count;
};

static phx_status add_part(struct filter *filter, uint64_t keys, phx_error *err)
{
    struct part *part = &filter->parts[filter->count];
    uint64_t lines = keys / KEYS_PER_LINE + 1;
    size_t size = size_mul((size_t)lines, LINE_WORDS * sizeof(uint64_t));

    if ((part->words = memory_new(size)) == NULL)
        return fail_memory(err, size);
    memset(part->words, 0, size);
    part->lines = lines;
    part->keys = 0;
    filter->count++;
    return PHX_OK;
}

phx_status filter_new(uint64_t keys, struct filter **out, phx_error *err)
{
    struct filter *filter = memory_new(sizeof *filter);
    phx_status status;

    if (filter == NULL)
        return fail_memory(err, sizeof *filter);
    *filter = (struct filter){0};
    status = add_part(filter, keys < FEWEST_KEYS ? FEWEST_KEYS : keys, err);
    if (status < 0)
        filter_free(filter);
    else
        *out = filter;
    return status;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (int i = 0; i < filter->count; i++)
        memory_free(filter->parts[i].words);
    memory_free(filter);
}

/* The high bits choose the line; probes come from a second mix. */
static uint64_t *line_of(const struct part *part, uint64_t hash)
{
    uint64_t line = (hash >> 32) * part->lines >> 32;

    return part->words + line * LINE_WORDS;
}

static uint64_t probes_of(uint64_t hash)
{
    return (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u;
}

phx_status filter_add(struct filter *filter, uint64_t hash, phx_error *err)
{
    struct part *part = &filter->parts[filter->count - 1];
    uint64_t probes = probes_of(hash);

    if (part->keys >= part->lines * KEYS_PER_LINE && filter->count < PARTS) {
        phx_status status = add_part(filter, part->keys * 4, err);
        if (status < 0)
            return status;
        part++;
    }
    uint64_t *line = line_of(part, hash);
    for (int i = 0; i < PROBES; i++, probes >>= 9)
        line[probes >> 6 & 7] |= UINT64_C(1) << (probes & 63);
    part->keys++;
    return PHX_OK;
}

/* A part larger than the cache costs a miss a key: asked for early, and many
 * keys together, the misses overlap. */
void filter_prefetch(const struct filter *filter, uint64_t hash)
{
    for (int i = 0; i < filter->count; i++)
        __builtin_prefetch(line_of(&filter->parts[i], hash), 1);
}

static bool part_maybe(const struct part *part, uint64_t hash)
{
    const uint64_t *line = line_of(part, hash);
    uint64_t probes = probes_of(hash);

    for (int i = 0; i < PROBES; i++, probes >>= 9) {
        if ((line[probes >> 6 & 7] >> (probes & 63) & 1) == 0)
            return false;
    }
    return true;
}

bool filter_maybe(const struct filter *filter, uint64_t hash)
{
    for (int i = filter->count - 1; i >= 0; i--) {
        if (part_maybe(&filter->parts[i], hash))
            return true;
    }
    return false;
}
