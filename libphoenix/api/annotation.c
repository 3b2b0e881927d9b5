/*
 * annotation.c - annotations to write and queries for them, checked and copied:
 * ids as bytes, texts within their bounds; and the cursor, which reads pages of
 * one snapshot each.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

enum { SHORT_TEXT = 4096, LONG_TEXT = 1 << 20, PAGE_ROWS = SHRUNK(1000, 7) };

/* --- items ------------------------------------------------------------------- */

static phx_status check_metadata(phx_text metadata, size_t item, phx_error *err)
{
    struct arena arena;
    struct value value = value_null();
    phx_error why = {0};

    arena_init(&arena, SIZE_MAX);
    phx_status status = json_read(&arena, metadata, 0, &value, &why);
    arena_clear(&arena);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, metadata.size);
    return status >= 0 && value.kind == JSON_OBJECT
               ? PHX_OK
               : fail(err, PHX_INVALID, (int64_t)item,
                      "the metadata is no JSON object");
}

static bool is_misused(const phx_annotation_item *item)
{
    const phx_text texts[] = {item->target_id,   item->name,
                              item->identifier,  item->label,
                              item->explanation, item->metadata};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].data == NULL && texts[i].size != 0)
            return true;
    }
    return item->kind < PHX_SPAN_ANNOTATION ||
           item->kind > PHX_DOCUMENT_ANNOTATION ||
           item->annotator < PHX_ANNOTATOR_LLM ||
           item->annotator > PHX_ANNOTATOR_HUMAN ||
           item->source < PHX_SOURCE_API || item->source > PHX_SOURCE_APP ||
           item->target < 0 || item->author < 0 || item->has_score < 0 ||
           item->has_score > 1 || item->flags != 0;
}

static phx_status check_item(const phx_annotation_item *item, size_t i,
                             phx_error *err)
{
    int64_t at = (int64_t)i;
    phx_status status;

    if (is_misused(item))
        return fail_argument(err);
    if (item->name.size == 0)
        return fail(err, PHX_INVALID, at, "the name is empty");
    if (item->has_score && !isfinite(item->score))
        return fail(err, PHX_INVALID, at, "the score is not finite");
    if (item->position < 0)
        return fail(err, PHX_INVALID, at, "the position %d is below 0",
                    (int)item->position);
    if ((status = text_check(item->target_id, LONG_TEXT, "id", at, err)) < 0 ||
        (status = text_check(item->name, SHORT_TEXT, "name", at, err)) < 0 ||
        (status = text_check(item->identifier, SHORT_TEXT, "identifier", at,
                             err)) < 0 ||
        (status = text_check(item->label, SHORT_TEXT, "label", at, err)) < 0 ||
        (status = text_check(item->explanation, LONG_TEXT, "explanation", at,
                             err)) < 0 ||
        (status = text_check(item->metadata, LONG_TEXT, "metadata", at, err)) <
            0)
        return status;
    return item->metadata.data == NULL ? PHX_OK
                                       : check_metadata(item->metadata, i, err);
}

/* What no id can be finds nothing. */
static phx_status copy_id(struct arena *arena, int32_t kind, phx_text *id,
                          phx_error *err)
{
    size_t size = id->size;
    uint8_t *bytes;

    if (kind == PHX_SESSION_ANNOTATION)
        return arena_keep(arena, id, err);
    if ((bytes = arena_new(arena, size / 2 + 1)) == NULL)
        return arena_status(arena, size / 2, err);
    if (hex_read(*id, bytes, &size, NULL) < 0)
        size = 0;
    *id = text_span(bytes, size);
    return PHX_OK;
}

static phx_status copy_item(struct arena *arena, phx_annotation_item *item,
                            phx_error *err)
{
    if (item->identifier.data == NULL)
        item->identifier = text_of("");
    if (item->metadata.data == NULL)
        item->metadata = text_of("{}");
    if (item->target_id.data == NULL)
        item->target_id = text_of("");
    return copy_id(arena, item->kind, &item->target_id, err);
}

/* Checked copies of items in the arena, as the store takes them. */
static phx_status copy_items(struct arena *arena,
                             const phx_annotation_item *items, size_t count,
                             phx_annotation_item **out, phx_error *err)
{
    size_t size = size_mul(count, sizeof *items);
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++)
        status = check_item(&items[i], i, err);
    if (status < 0)
        return status;
    phx_annotation_item *copies = arena_new(arena, size);
    if (copies == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        copies[i] = items[i];
        status = copy_item(arena, &copies[i], err);
    }
    *out = copies;
    return status;
}

phx_status phx_store_annotate(phx_store *store,
                              const phx_annotation_item *items, size_t count,
                              phx_id *ids, phx_error *err)
{
    phx_annotation_item *copies;
    struct arena arena;
    phx_status status;

    if (store == NULL || (items == NULL && count != 0))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = copy_items(&arena, items, count, &copies, err)) >= 0)
        status = store_annotate(store->store, copies, NULL, count, ids, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_store_annotate_later(phx_store *store,
                                    const phx_annotation_item *items,
                                    size_t count, phx_annotate_report *out,
                                    phx_error *err)
{
    phx_annotation_item *copies;
    struct arena arena;
    phx_status status;

    if (store == NULL || (items == NULL && count != 0))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = copy_items(&arena, items, count, &copies, err)) >= 0)
        status = store_annotate_later(store->store, copies, count, out, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_store_annotate_waiting(phx_store *store, uint64_t before,
                                      phx_annotate_report *out, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_annotate_waiting(store->store, before, out, err);
}

/* --- queries ------------------------------------------------------------------- */

static phx_status copy_texts(struct arena *arena, const phx_text **texts,
                             size_t count, phx_error *err)
{
    size_t size = size_mul(count, sizeof **texts);
    phx_text *copies = arena_new(arena, size);
    phx_status status = PHX_OK;

    if (copies == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        copies[i] = (*texts)[i];
        if (copies[i].data == NULL)
            copies[i] = text_of("");
        status = arena_keep(arena, &copies[i], err);
    }
    *texts = copies;
    return status;
}

static phx_status copy_ids(struct arena *arena, phx_annotation_query *query,
                           phx_error *err)
{
    size_t count = query->target_id_count;
    size_t size = size_mul(query->target_count, sizeof(phx_id));
    const phx_id *numbers = arena_copy(arena, query->targets, size);
    phx_text *ids = arena_new(arena, size_mul(count, sizeof *ids));
    phx_status status = PHX_OK;

    if (numbers == NULL || ids == NULL)
        return fail_memory(err, size);
    for (size_t i = 0; i < count && status >= 0; i++) {
        ids[i] = query->target_ids[i];
        if (ids[i].data == NULL)
            ids[i] = text_of("");
        status = copy_id(arena, query->kind, &ids[i], err);
    }
    query->targets = numbers;
    query->target_ids = ids;
    return status;
}

static bool query_is_misused(const phx_annotation_query *query)
{
    return query->kind < PHX_SPAN_ANNOTATION ||
           query->kind > PHX_DOCUMENT_ANNOTATION ||
           (query->targets == NULL && query->target_count != 0) ||
           (query->target_ids == NULL && query->target_id_count != 0) ||
           (query->identifiers == NULL && query->identifier_count != 0) ||
           (query->names == NULL && query->name_count != 0) ||
           (query->not_names == NULL && query->not_name_count != 0);
}

/* NULL is all. */
static phx_status copy_query(struct arena *arena,
                             const phx_annotation_query *query,
                             phx_annotation_query *out, phx_error *err)
{
    phx_annotation_query wanted = PHX_ANNOTATION_QUERY_INIT;
    phx_status status;

    if (!take_options(&wanted, sizeof wanted, query) ||
        query_is_misused(&wanted))
        return fail_argument(err);
    if ((status = store_check_annotation_query(&wanted, err)) < 0 ||
        (status = copy_ids(arena, &wanted, err)) < 0 ||
        (status = copy_texts(arena, &wanted.identifiers,
                             wanted.identifier_count, err)) < 0 ||
        (status = copy_texts(arena, &wanted.names, wanted.name_count, err)) <
            0 ||
        (status = copy_texts(arena, &wanted.not_names, wanted.not_name_count,
                             err)) < 0)
        return status;
    *out = wanted;
    return PHX_OK;
}

phx_status phx_store_delete_annotations(phx_store *store,
                                        const phx_annotation_query *query,
                                        int64_t *out, phx_error *err)
{
    phx_annotation_query wanted;
    struct arena arena;
    phx_status status;

    if (store == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = copy_query(&arena, query, &wanted, err)) >= 0)
        status = store_delete_annotations(store->store, &wanted, out, err);
    arena_clear(&arena);
    return status;
}

/* --- the cursor ------------------------------------------------------------------ */

phx_status phx_store_find_annotations(phx_store *store,
                                      const phx_annotation_query *query,
                                      phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_ANNOTATIONS, &cursor, err)) < 0)
        return status;
    if ((status = copy_query(&cursor->arena, query, &cursor->annotations,
                             err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    if (cursor->annotations.limit > 0)
        cursor->left = cursor->annotations.limit;
    *out = cursor;
    return PHX_OK;
}

static phx_status next_page(phx_cursor *cursor, phx_error *err)
{
    size_t limit = cursor->left > 0 && cursor->left < PAGE_ROWS
                       ? (size_t)cursor->left
                       : PAGE_ROWS;
    phx_annotation *rows = NULL;

    arena_reset(&cursor->rows_arena);
    cursor->at = cursor->count = 0;
    phx_status status = store_read_annotations(
        cursor->store, &cursor->annotations, limit, &cursor->rows_arena, &rows,
        &cursor->count, &cursor->next, err);
    if (status < 0)
        return status;
    cursor->rows = rows;
    cursor->annotations.from = cursor->next;
    cursor->started = true;
    return PHX_OK;
}

phx_status phx_cursor_next_annotation(phx_cursor *cursor,
                                      const phx_annotation **out,
                                      phx_error *err)
{
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_ANNOTATIONS)
        return fail_argument(err);
    if (cursor->at == cursor->count && cursor->left != 0 &&
        (!cursor->started || cursor->next != 0) &&
        (status = next_page(cursor, err)) < 0)
        return status;
    *out = NULL;
    if (cursor->left == 0 || cursor->at == cursor->count)
        return PHX_DONE;
    *out = (const phx_annotation *)cursor->rows + cursor->at++;
    if (cursor->left > 0)
        cursor->left--;
    return PHX_OK;
}
