/*
 * dataset.c - examples to keep, checked and hashed before the writer's turn;
 * and cursors of datasets, versions and examples.
 */
#include "base/base.h"

#include "api/inside.h"

enum { SHORT_TEXT = 4096, OBJECT_SIZE = 16 << 20, PAGE_ROWS = SHRUNK(1000, 3) };

/* --- items ------------------------------------------------------------------- */

/* What hashing an item needs, kept from one to the next. */
struct hashing {
    struct arena arena;
    struct buf text;
};

static phx_status read_object(struct hashing *hashing, phx_text *text,
                              const char *what, size_t item, struct value *out,
                              phx_error *err)
{
    phx_error why = {0};
    phx_status status;

    if (text->data == NULL)
        *text = text_of("{}");
    if ((status = text_check(*text, OBJECT_SIZE, what, (int64_t)item, err)) < 0)
        return status;
    status = json_read(&hashing->arena, *text, 0, out, &why);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, text->size);
    if (status >= 0 && out->kind == JSON_OBJECT)
        return PHX_OK;
    return fail(err, PHX_INVALID, (int64_t)item, "the %s is no JSON object%s%s",
                what, status < 0 ? ": " : "", status < 0 ? why.message : "");
}

/* Both hashes; their texts mostly are the same. */
static phx_status hash_value(struct hashing *hashing, const struct value *value,
                             struct store_example *out, phx_error *err)
{
    struct buf *text = &hashing->text;
    uint8_t hash[SHA256_SIZE];
    phx_status status;

    buf_reset(text);
    json_write_canonical(text, &hashing->arena, value, true);
    size_t size = text->size;
    json_write_canonical(text, &hashing->arena, value, false);
    if ((status = buf_status(text, "an example", err)) < 0)
        return status;
    sha256(text->data, size, out->strict);
    if (text->size == 2 * size &&
        memcmp(text->data, text->data + size, size) == 0)
        memcpy(hash, out->strict, sizeof hash);
    else
        sha256(text->data + size, text->size - size, hash);
    memcpy(out->hash, hash, sizeof out->hash);
    return PHX_OK;
}

static phx_status hash_item(struct hashing *hashing, struct store_example *out,
                            size_t item, phx_error *err)
{
    struct member members[] = {{.key = text_of("input")},
                               {.key = text_of("output")},
                               {.key = text_of("metadata")}};
    const struct value whole = {
        .kind = JSON_OBJECT, .count = 3, .members = members};
    phx_status status;

    arena_reset(&hashing->arena);
    if ((status = read_object(hashing, &out->input, "input", item,
                              &members[0].value, err)) < 0 ||
        (status = read_object(hashing, &out->output, "output", item,
                              &members[1].value, err)) < 0 ||
        (status = read_object(hashing, &out->metadata, "metadata", item,
                              &members[2].value, err)) < 0)
        return status;
    return hash_value(hashing, &whole, out, err);
}

/* The names in the arena, each once. */
static phx_status read_splits(struct arena *arena, phx_text text, size_t item,
                              struct store_example *out, phx_error *err)
{
    struct value list;
    phx_text *names;
    phx_status status;

    if (text.data == NULL)
        return PHX_OK;
    if ((status = text_check(text, OBJECT_SIZE, "splits", (int64_t)item, err)) <
        0)
        return status;
    status = json_read(arena, text, 0, &list, NULL);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, text.size);
    if (status < 0 || list.kind != JSON_ARRAY)
        return fail(err, PHX_INVALID, (int64_t)item,
                    "the splits are no JSON array");
    size_t size = size_mul((size_t)list.count + 1, sizeof *names);
    if ((names = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    for (uint32_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != JSON_TEXT || list.items[i].text.size == 0)
            return fail(err, PHX_INVALID, (int64_t)item,
                        "a split's name must be a text that is not empty");
        names[i] = list.items[i].text;
        if ((status = text_check(names[i], SHORT_TEXT, "split's name",
                                 (int64_t)item, err)) < 0)
            return status;
    }
    out->placed = true;
    out->splits = names;
    out->split_count = list.count;
    return PHX_OK;
}

static phx_status read_span_id(struct arena *arena, phx_text hex,
                               struct store_example *out, phx_error *err)
{
    uint8_t *bytes;
    size_t size;

    if (hex.data == NULL)
        return PHX_OK;
    if ((bytes = arena_new(arena, hex.size / 2 + 1)) == NULL)
        return arena_status(arena, hex.size, err);
    /* What is no id is no span's. */
    if (hex_read(hex, bytes, &size, NULL) == PHX_OK && size > 0)
        out->span_id = text_span(bytes, size);
    return PHX_OK;
}

static bool is_misused(const phx_example_item *item)
{
    const phx_text texts[] = {item->input,       item->output,  item->metadata,
                              item->external_id, item->span_id, item->splits};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].data == NULL && texts[i].size != 0)
            return true;
    }
    return item->example < 0;
}

static phx_status read_item(struct hashing *hashing, struct arena *arena,
                            const phx_example_item *item, size_t i,
                            struct store_example *out, phx_error *err)
{
    phx_status status;

    if (is_misused(item))
        return fail_argument(err);
    if (item->external_id.data != NULL && item->external_id.size == 0)
        return fail(err, PHX_INVALID, (int64_t)i, "the external id is empty");
    if ((status = text_check(item->external_id, SHORT_TEXT, "external id",
                             (int64_t)i, err)) < 0)
        return status;
    *out = (struct store_example){.input = item->input,
                                  .output = item->output,
                                  .metadata = item->metadata,
                                  .external_id = item->external_id,
                                  .example = item->example};
    if ((status = read_splits(arena, item->splits, i, out, err)) < 0 ||
        (status = read_span_id(arena, item->span_id, out, err)) < 0)
        return status;
    return hash_item(hashing, out, i, err);
}

static phx_status read_items(struct arena *arena, const phx_example_item *items,
                             size_t count, struct store_example **out,
                             phx_error *err)
{
    size_t size = size_mul(count, sizeof **out);
    struct store_example *examples = arena_new(arena, size);
    struct hashing hashing;
    phx_status status = PHX_OK;

    if (examples == NULL)
        return arena_status(arena, size, err);
    arena_init(&hashing.arena, SIZE_MAX);
    buf_init(&hashing.text, SIZE_MAX);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = read_item(&hashing, arena, &items[i], i, &examples[i], err);
    buf_clear(&hashing.text);
    arena_clear(&hashing.arena);
    *out = examples;
    return status;
}

static phx_status check_name(phx_text name, phx_text description,
                             phx_error *err)
{
    phx_status status;

    if (name.size == 0)
        return fail(err, PHX_INVALID, -1, "the dataset's name is empty");
    status = text_check(name, SHORT_TEXT, "dataset's name", -1, err);
    return status < 0
               ? status
               : text_check(description, OBJECT_SIZE, "description", -1, err);
}

phx_status phx_dataset_put(phx_store *store, const char *name, int32_t action,
                           const char *description,
                           const phx_example_item *items, size_t count,
                           phx_dataset_change *out, phx_error *err)
{
    phx_text text = text_of(name), about = text_of(description);
    struct store_example *examples = NULL;
    struct arena arena;
    phx_status status;

    if (store == NULL || name == NULL || out == NULL ||
        (items == NULL && count != 0) || action < PHX_DATASET_CREATE ||
        action > PHX_DATASET_UPDATE)
        return fail_argument(err);
    if ((status = check_name(text, about, err)) < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = read_items(&arena, items, count, &examples, err)) >= 0)
        status = store_put_examples(store->store, text, action, about, examples,
                                    count, out, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_dataset_revert(phx_store *store, phx_id dataset, phx_id version,
                              phx_dataset_change *out, phx_error *err)
{
    if (store == NULL || out == NULL)
        return fail_argument(err);
    return store_revert_dataset(store->store, dataset, version, out, err);
}

phx_status phx_dataset_delete(phx_store *store, phx_id dataset, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_dataset(store->store, dataset, err);
}

/* --- the cursor ---------------------------------------------------------------- */

/* The numbers as JSON, for SQL. */
static phx_status write_ids(struct arena *arena, const phx_id *ids,
                            size_t count, phx_text *out, phx_error *err)
{
    struct json_writer json;
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    json_begin(&json, &text);
    json_open_array(&json);
    for (size_t i = 0; i < count; i++)
        json_int(&json, ids[i]);
    json_close_array(&json);
    if ((status = buf_status(&text, "a list of splits", err)) >= 0) {
        *out = text_span(text.data, text.size);
        status = arena_keep(arena, out, err);
    }
    buf_clear(&text);
    return status;
}

/* splits NULL: those of all. */
static phx_status open_examples(phx_store *store, phx_id dataset,
                                phx_id version, const phx_id *splits,
                                size_t count, bool then, phx_id from,
                                int64_t limit, phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_status status = cursor_new(store, CURSOR_EXAMPLES, &cursor, err);

    if (status < 0)
        return status;
    if ((status = store_find_examples(cursor->store, dataset, version,
                                      &cursor->examples, err)) < 0 ||
        (splits != NULL &&
         (status = write_ids(&cursor->arena, splits, count,
                             &cursor->examples.splits, err)) < 0)) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->examples.then = then;
    cursor->examples.from = from;
    if (limit > 0)
        cursor->left = limit;
    *out = cursor;
    return PHX_OK;
}

phx_status phx_store_find_examples(phx_store *store, phx_id dataset,
                                   phx_id version, phx_id from, int64_t limit,
                                   phx_cursor **out, phx_error *err)
{
    if (store == NULL || out == NULL)
        return fail_argument(err);
    return open_examples(store, dataset, version, NULL, 0, false, from, limit,
                         out, err);
}

phx_status phx_store_find_split_examples(phx_store *store, phx_id dataset,
                                         phx_id version, const phx_id *splits,
                                         size_t count, int32_t then,
                                         phx_id from, int64_t limit,
                                         phx_cursor **out, phx_error *err)
{
    const phx_id none = 0;

    if (store == NULL || out == NULL || (splits == NULL && count != 0) ||
        then < 0 || then > 1)
        return fail_argument(err);
    return open_examples(store, dataset, version, splits ? splits : &none,
                         count, then == 1, from, limit, out, err);
}

static phx_status next_page(phx_cursor *cursor, phx_error *err)
{
    size_t limit = cursor->left > 0 && cursor->left < PAGE_ROWS
                       ? (size_t)cursor->left
                       : PAGE_ROWS;
    phx_example *rows = NULL;

    arena_reset(&cursor->rows_arena);
    cursor->at = cursor->count = 0;
    phx_status status =
        store_read_examples(cursor->store, &cursor->examples, limit,
                            &cursor->rows_arena, &rows, &cursor->count, err);
    if (status < 0)
        return status;
    cursor->rows = rows;
    cursor->started = true;
    return PHX_OK;
}

phx_status phx_cursor_next_example(phx_cursor *cursor, const phx_example **out,
                                   phx_error *err)
{
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_EXAMPLES)
        return fail_argument(err);
    if (cursor->at == cursor->count && cursor->left != 0 &&
        (!cursor->started || cursor->examples.from != 0) &&
        (status = next_page(cursor, err)) < 0)
        return status;
    *out = NULL;
    if (cursor->left == 0 || cursor->at == cursor->count)
        return PHX_DONE;
    *out = (const phx_example *)cursor->rows + cursor->at++;
    if (cursor->left > 0)
        cursor->left--;
    return PHX_OK;
}

/* --- changes ------------------------------------------------------------------- */

phx_status phx_store_find_changes(phx_store *store, phx_id dataset,
                                  phx_id before, phx_id after, phx_cursor **out,
                                  phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_CHANGES, &cursor, err)) < 0)
        return status;
    if ((status = store_find_changes(cursor->store, dataset, before, after,
                                     &cursor->changes, err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    *out = cursor;
    return PHX_OK;
}

static phx_status next_changes(phx_cursor *cursor, phx_error *err)
{
    phx_example_change *rows = NULL;

    arena_reset(&cursor->rows_arena);
    cursor->at = cursor->count = 0;
    phx_status status =
        store_read_changes(cursor->store, &cursor->changes, PAGE_ROWS,
                           &cursor->rows_arena, &rows, &cursor->count, err);
    cursor->rows = rows;
    return status;
}

phx_status phx_cursor_next_change(phx_cursor *cursor,
                                  const phx_example_change **out,
                                  phx_error *err)
{
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_CHANGES)
        return fail_argument(err);
    if (cursor->at == cursor->count && !cursor->changes.done &&
        (status = next_changes(cursor, err)) < 0)
        return status;
    *out = NULL;
    if (cursor->at == cursor->count)
        return PHX_DONE;
    *out = (const phx_example_change *)cursor->rows + cursor->at++;
    return PHX_OK;
}
