/*
 * price.c - the price list as the caller sees it.
 */
#include "base/base.h"

#include "api/inside.h"
#include "json/json.h"

phx_status phx_prices_read(phx_store *store, phx_buf *out, phx_error *err)
{
    struct buf text;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    buf_init(&text, SIZE_MAX);
    if ((status = store_read_prices(store->store, &text, err)) >= 0)
        status = give_buf(&text, "the prices", out, err);
    buf_clear(&text);
    return status;
}

/* What the store says of a model, which a caller cannot. */
static phx_status check_model(const struct value *model, phx_error *err)
{
    static const char *const taken[] = {"id", "is_built_in", "deleted"};

    if (model->kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, -1, "the model is not an object");
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (value_member(model, taken[i]) != NULL)
            return fail(err, PHX_INVALID, -1,
                        "the model has '%s', which the store gives it",
                        taken[i]);
    }
    return PHX_OK;
}

phx_status phx_price_put(phx_store *store, const char *json, size_t size,
                         phx_id *id, phx_error *err)
{
    struct arena arena;
    struct value model;
    phx_status status;

    if (store == NULL || json == NULL || id == NULL || *id < 0)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = json_read(&arena, text_span(json, size), 0, &model, err)) >=
            0 &&
        (status = check_model(&model, err)) >= 0)
        status = store_put_price(store->store, &model, id, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_price_delete(phx_store *store, phx_id id, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_price(store->store, id, err);
}

phx_status phx_prices_apply(phx_store *store, phx_id from, phx_error *err)
{
    if (store == NULL || from < 0)
        return fail_argument(err);
    return store_apply_prices(store->store, from, err);
}
