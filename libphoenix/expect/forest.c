/*
 * forest.c - spans as trees. They come by number; then each finds its parent by
 * a map of ids, rings of parents are cut, and children are put into one array,
 * list by list.
 */
#include "base/base.h"
#include "expect/expect.h"

#include <stdlib.h>

void forest_init(struct forest *forest, struct arena *arena)
{
    *forest = (struct forest){.arena = arena};
}

static phx_status keep(struct forest *forest, phx_text from, phx_text *out,
                       phx_error *err)
{
    *out = from;
    return arena_keep(forest->arena, out, err);
}

/* For one more span. */
static phx_status make_room(struct forest *forest, phx_error *err)
{
    struct forest_span *spans =
        arena_grow(forest->arena, forest->spans, &forest->capacity,
                   forest->count, sizeof *spans);

    if (spans == NULL)
        return arena_status(forest->arena, sizeof *spans, err);
    forest->spans = spans;
    return PHX_OK;
}

phx_status forest_add(struct forest *forest, const struct span *span,
                      phx_error *err)
{
    phx_status status;

    if (forest->count >= FOREST_SPANS)
        return fail(err, PHX_TOO_BIG, -1,
                    "over %d spans are too many to look at", FOREST_SPANS);
    if ((status = make_room(forest, err)) < 0)
        return status;
    struct forest_span *copy = &forest->spans[forest->count];
    *copy = (struct forest_span){
        .number = span->number,
        .trace = span->trace,
        .start = span->start_time,
        .end = span->end_time,
        .kind = span->kind,
        .status = span->status,
        .parent = EXPECT_NONE,
    };
    if ((status = keep(forest, span->span_id, &copy->span_id, err)) < 0 ||
        (status = keep(forest, span->parent_id, &copy->parent_id, err)) < 0 ||
        (status = keep(forest, span->name, &copy->name, err)) < 0)
        return status;
    forest->count++;
    return PHX_OK;
}

/* --- parents ------------------------------------------------------------------- */

/* Two ids of one hash take slots one after the other. */
static phx_status index_ids(const struct forest *forest, uint64_t seed,
                            struct map *ids, phx_error *err)
{
    for (uint32_t i = 0; i < forest->count; i++) {
        phx_text id = forest->spans[i].span_id;
        uint64_t hash = hash_bytes(id.data, id.size, seed);
        bool fresh = false;
        while (!fresh) {
            uint32_t *slot = map_slot(ids, hash++, &fresh);
            if (slot == NULL)
                return fail_memory(err, sizeof *slot);
            if (fresh)
                *slot = i;
        }
    }
    return PHX_OK;
}

static uint32_t find_parent(const struct forest *forest, const struct map *ids,
                            uint64_t seed, const struct forest_span *span)
{
    phx_text id = span->parent_id;
    uint64_t hash = hash_bytes(id.data, id.size, seed);
    const uint32_t *slot;

    while (id.size > 0 && (slot = map_find(ids, hash++)) != NULL) {
        const struct forest_span *parent = &forest->spans[*slot];
        if (text_equal(parent->span_id, id) && parent->trace == span->trace)
            return *slot;
    }
    return EXPECT_NONE;
}

static phx_status find_parents(struct forest *forest, phx_error *err)
{
    struct map ids;
    uint64_t seed = 0;
    phx_status status = random_bytes(&seed, sizeof seed, err);

    map_init(&ids);
    if (status >= 0)
        status = index_ids(forest, seed, &ids, err);
    for (size_t i = 0; i < forest->count && status >= 0; i++)
        forest->spans[i].parent =
            find_parent(forest, &ids, seed, &forest->spans[i]);
    map_clear(&ids);
    return status;
}

/* In a ring of parents the first one met becomes a root. `depth` notes in whose
 * walk a span was seen. */
static void cut_rings(struct forest *forest)
{
    for (uint32_t i = 0; i < forest->count; i++) {
        uint32_t at = i;
        while (at != EXPECT_NONE && forest->spans[at].depth == 0) {
            forest->spans[at].depth = i + 1;
            if (forest->spans[at].parent != EXPECT_NONE &&
                forest->spans[forest->spans[at].parent].depth == i + 1)
                forest->spans[at].parent = EXPECT_NONE;
            at = forest->spans[at].parent;
        }
    }
}

/* --- children -------------------------------------------------------------------- */

struct start {
    uint64_t time;
    uint32_t span;
};

static int by_start(const void *a, const void *b)
{
    const struct start *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->span > y->span) - (x->span < y->span);
}

static phx_status sort_by_start(struct forest *forest, phx_error *err)
{
    size_t size = size_mul(forest->count, sizeof(struct start));
    struct start *starts = memory_new(size);

    if (starts == NULL && size > 0)
        return fail_memory(err, size);
    for (uint32_t i = 0; i < forest->count; i++)
        starts[i] = (struct start){forest->spans[i].start, i};
    if (forest->count > 0)
        qsort(starts, forest->count, sizeof *starts, by_start);
    for (size_t i = 0; i < forest->count; i++)
        forest->sequence[i] = starts[i].span;
    memory_free(starts);
    return PHX_OK;
}

static uint32_t above(const struct forest *forest, uint32_t span)
{
    uint32_t parent = forest->spans[span].parent;

    return parent == EXPECT_NONE ? (uint32_t)forest->count : parent;
}

static void list_children(struct forest *forest)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < forest->count; i++)
        forest->spans[above(forest, i)].child_count++;
    for (size_t i = 0; i <= forest->count; i++) {
        forest->spans[i].first = used;
        used += forest->spans[i].child_count;
        forest->spans[i].child_count = 0;
    }
    for (size_t i = 0; i < forest->count; i++) {
        uint32_t span = forest->sequence[i];
        struct forest_span *parent = &forest->spans[above(forest, span)];
        forest->children[parent->first + parent->child_count++] = span;
    }
}

/* Level by level. */
static void put_in_order(struct forest *forest)
{
    size_t done = 0, found = 0;
    const struct forest_span *parent = &forest->spans[forest->count];

    for (;;) {
        for (uint32_t i = 0; i < parent->child_count; i++) {
            uint32_t child = forest->children[parent->first + i];
            forest->spans[child].depth = parent->depth + 1;
            forest->order[found++] = child;
        }
        if (done == found)
            return;
        parent = &forest->spans[forest->order[done++]];
    }
}

phx_status forest_link(struct forest *forest, phx_error *err)
{
    size_t size = size_mul(forest->count, sizeof *forest->order);
    phx_status status;

    if ((status = make_room(forest, err)) < 0)
        return status;
    forest->spans[forest->count] = (struct forest_span){0};
    forest->children = arena_new(forest->arena, size);
    forest->order = arena_new(forest->arena, size);
    forest->sequence = arena_new(forest->arena, size);
    if (forest->children == NULL || forest->order == NULL ||
        forest->sequence == NULL)
        return arena_status(forest->arena, size, err);
    if ((status = find_parents(forest, err)) < 0 ||
        (status = sort_by_start(forest, err)) < 0)
        return status;
    cut_rings(forest);
    list_children(forest);
    put_in_order(forest);
    return PHX_OK;
}

uint32_t forest_find(const struct forest *forest, int64_t number)
{
    size_t from = 0, to = forest->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (forest->spans[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from < forest->count && forest->spans[from].number == number
               ? (uint32_t)from
               : EXPECT_NONE;
}
