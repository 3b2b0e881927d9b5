/*
 * split.c - splits and labels of datasets: their part of phoenix.h. Arguments
 * are checked, and what is absent of a new one is given.
 */
#include "base/base.h"

#include "api/inside.h"

enum { LONGEST_NAME = 4096, LONGEST_TEXT = 1 << 20 };

/* --- splits ------------------------------------------------------------------ */

static phx_status check_metadata(phx_text text, phx_error *err)
{
    struct value object;
    struct arena arena;
    phx_status status;

    if (text.data == NULL)
        return PHX_OK;
    if ((status = text_check(text, LONGEST_TEXT, "metadata", -1, err)) < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    status = json_read(&arena, text, 0, &object, NULL);
    if (status == PHX_NO_MEMORY)
        status = fail_memory(err, text.size);
    else if (status < 0 || object.kind != JSON_OBJECT)
        status = fail(err, PHX_INVALID, -1, "the metadata is no JSON object");
    arena_clear(&arena);
    return status;
}

static phx_status check_texts(const char *noun, phx_text name,
                              phx_text description, phx_text color,
                              phx_error *err)
{
    phx_status status;

    if (name.data != NULL && name.size == 0)
        return fail(err, PHX_INVALID, -1, "the %s's name is empty", noun);
    if ((status = text_check(name, LONGEST_NAME, "name", -1, err)) < 0 ||
        (status = text_check(color, LONGEST_NAME, "color", -1, err)) < 0)
        return status;
    return text_check(description, LONGEST_TEXT, "description", -1, err);
}

/* An absent text has no bytes. */
static bool are_sound(const phx_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].data == NULL && texts[i].size != 0)
            return false;
    }
    return true;
}

static phx_status check_split(const phx_split *split, phx_error *err)
{
    phx_status status;

    if (split == NULL ||
        !are_sound((const phx_text[]){split->name, split->description,
                                      split->color, split->metadata},
                   4))
        return fail_argument(err);
    status = check_texts("split", split->name, split->description, split->color,
                         err);
    return status < 0 ? status : check_metadata(split->metadata, err);
}

phx_status phx_split_create(phx_store *store, const phx_split *split,
                            phx_id dataset, const phx_id *examples,
                            size_t count, phx_id *out, phx_error *err)
{
    phx_split row;
    phx_status status;

    if (store == NULL || out == NULL || (examples == NULL && count != 0) ||
        split == NULL || split->name.data == NULL)
        return fail_argument(err);
    if ((status = check_split(split, err)) < 0)
        return status;
    row = *split;
    if (row.color.data == NULL)
        row.color = text_of("#808080");
    if (row.metadata.data == NULL)
        row.metadata = text_of("{}");
    return store_create_split(store->store, &row, dataset, examples, count, out,
                              err);
}

phx_status phx_split_update(phx_store *store, const phx_split *split,
                            phx_id dataset, const phx_id *added,
                            size_t added_count, const phx_id *removed,
                            size_t removed_count, phx_error *err)
{
    phx_status status;

    if (store == NULL || (added == NULL && added_count != 0) ||
        (removed == NULL && removed_count != 0))
        return fail_argument(err);
    if ((status = check_split(split, err)) < 0)
        return status;
    return store_update_split(store->store, split, dataset, added, added_count,
                              removed, removed_count, err);
}

phx_status phx_split_delete(phx_store *store, phx_id split, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_split(store->store, split, err);
}

/* --- labels ------------------------------------------------------------------ */

static phx_status check_label(const phx_dataset_label *label, phx_error *err)
{
    if (label == NULL ||
        !are_sound(
            (const phx_text[]){label->name, label->description, label->color},
            3))
        return fail_argument(err);
    return check_texts("label", label->name, label->description, label->color,
                       err);
}

phx_status phx_label_create(phx_store *store, const phx_dataset_label *label,
                            phx_id *out, phx_error *err)
{
    phx_dataset_label row;
    phx_status status;

    if (store == NULL || out == NULL || label == NULL ||
        label->name.data == NULL)
        return fail_argument(err);
    if ((status = check_label(label, err)) < 0)
        return status;
    row = *label;
    if (row.color.data == NULL)
        row.color = text_of("#808080");
    return store_create_label(store->store, &row, out, err);
}

phx_status phx_label_update(phx_store *store, const phx_dataset_label *label,
                            phx_error *err)
{
    phx_status status;

    if (store == NULL)
        return fail_argument(err);
    if ((status = check_label(label, err)) < 0)
        return status;
    return store_update_label(store->store, label, err);
}

phx_status phx_label_delete(phx_store *store, phx_id label, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_label(store->store, label, err);
}

phx_status phx_dataset_set_labels(phx_store *store, phx_id dataset,
                                  const phx_id *labels, size_t count,
                                  phx_error *err)
{
    if (store == NULL || (labels == NULL && count != 0))
        return fail_argument(err);
    return store_assign_labels(store->store, dataset, labels, count,
                               CONFIGS_ARE, err);
}

phx_status phx_dataset_set_label(phx_store *store, phx_id dataset, phx_id label,
                                 int32_t assigned, phx_error *err)
{
    if (store == NULL || assigned < 0 || assigned > 1)
        return fail_argument(err);
    return store_assign_labels(store->store, dataset, &label, 1,
                               assigned ? CONFIGS_JOIN : CONFIGS_LEAVE, err);
}
