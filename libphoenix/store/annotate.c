/*
 * annotate.c - annotations and costs, many in one commit. Their targets are
 * looked up before the writer's turn; a sweep that ends in between may have
 * made an end of one for good, and they are looked up again.
 */
#include "base/base.h"

#include "store/annotation.h"

bool target_takes(const struct target *target, const phx_annotation_item *item)
{
    return target->kind != PHX_DOCUMENT_ANNOTATION ||
           (uint32_t)item->position < target->documents;
}

static phx_status check_document(const struct target *target,
                                 const phx_annotation_item *item,
                                 phx_error *err)
{
    return target_takes(target, item)
               ? PHX_OK
               : fail(err, PHX_INVALID, -1, "document %d of a span that has %u",
                      (int)item->position, (unsigned)target->documents);
}

/* A failure is the item's. */
static phx_status blame(phx_status status, size_t item, phx_error *err)
{
    if ((status == PHX_NOT_FOUND || status == PHX_INVALID) && err != NULL)
        err->offset = (int64_t)item;
    return status;
}

static phx_status find_targets(struct store *store,
                               const phx_annotation_item *items, size_t count,
                               struct arena *arena, struct target *targets,
                               phx_error *err)
{
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++) {
        const phx_annotation_item *item = &items[i];
        if ((status = snapshot_check(&snapshot, err)) < 0)
            break;
        status = target_find(&snapshot, arena, item->kind, item->target,
                             item->target_id, &targets[i], err);
        if (status >= 0)
            status = check_document(&targets[i], item, err);
        status = blame(status, i, err);
    }
    snapshot_give(&snapshot);
    return status;
}

void annotation_of_item(const phx_annotation_item *item,
                        const struct annotation_times *times,
                        phx_annotation *out)
{
    *out = (phx_annotation){
        .author = item->author,
        .created_at = times->created_at,
        .updated_at = times->updated_at,
        .score = item->has_score ? item->score : 0,
        .has_score = item->has_score,
        .kind = item->kind,
        .position = item->kind == PHX_DOCUMENT_ANNOTATION ? item->position : -1,
        .annotator = item->annotator,
        .source = item->source,
        .name = item->name,
        .identifier = item->identifier,
        .label = item->label,
        .explanation = item->explanation,
        .metadata = item->metadata,
    };
}

phx_status annotate_item(struct store *store, struct counter *counter,
                         const phx_annotation_item *item, struct target *target,
                         const struct annotation_times *times, phx_id *id,
                         phx_error *err)
{
    phx_status status = target_check(store, target, err);
    phx_annotation row;
    uint64_t updated_at;

    if (status < 0)
        return status;
    annotation_of_item(item, times, &row);
    row.target = target->number;
    row.trace = target->trace;
    row.project = target->project;
    row.target_id = target->id;
    if ((status = annotation_find(store->writer, &row, &updated_at, err)) < 0)
        return status;
    if (status == PHX_DONE) {
        row.id = counter->annotation[item->kind]++;
        counter->annotations++;
    }
    *id = row.id;
    if (status == PHX_OK && updated_at > times->updated_at)
        return PHX_OK;
    return annotation_put(store->writer, SQL_PUT_ANNOTATION, &row, err);
}

phx_status annotate_begin(struct store *store, struct counter *counter,
                          unsigned forgotten, phx_error *err)
{
    phx_status status = store_change_begin(store, store->writer, counter, err);

    if (status < 0 || atomic_load(&store->forgotten) == forgotten)
        return status;
    sql_rollback(store->writer);
    store_write_end(store);
    return PHX_DONE;
}

/* DONE if the targets are to be looked up again. */
static phx_status write_items(struct store *store,
                              const phx_annotation_item *items,
                              const struct annotation_times *times,
                              size_t count, unsigned forgotten,
                              struct target *targets, phx_id *ids,
                              phx_error *err)
{
    uint64_t us = time_now() / 1000 * 1000;
    const struct annotation_times now = {us, us};
    struct counter counter;
    phx_status status = annotate_begin(store, &counter, forgotten, err);

    if (status != PHX_OK)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = blame(annotate_item(store, &counter, &items[i], &targets[i],
                                     times ? &times[i] : &now, &ids[i], err),
                       i, err);
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    return status;
}

phx_status store_annotate(struct store *store, const phx_annotation_item *items,
                          const struct annotation_times *times, size_t count,
                          phx_id *ids, phx_error *err)
{
    struct arena arena;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    do {
        arena_reset(&arena);
        size_t size = size_mul(count, sizeof(struct target) + sizeof(phx_id));
        struct target *targets = arena_new(&arena, size);
        if (targets == NULL) {
            status = arena_status(&arena, size, err);
            break;
        }
        phx_id *numbers = (phx_id *)(void *)(targets + count);
        unsigned forgotten = atomic_load(&store->forgotten);
        if ((status =
                 find_targets(store, items, count, &arena, targets, err)) >= 0)
            status = write_items(store, items, times, count, forgotten, targets,
                                 numbers, err);
        if (status == PHX_OK && ids != NULL && count > 0)
            memcpy(ids, numbers, count * sizeof *ids);
    } while (status == PHX_DONE);
    arena_clear(&arena);
    return status;
}
