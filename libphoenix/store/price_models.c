/*
 * price_models.c - models of users, at the front of the price list: each change
 * of one makes a new version of it.
 */
#include "base/base.h"

#include "store/price.h"

/* The user's model with this id, or NULL. */
static struct value *find_model(const struct price_change *change, int64_t id)
{
    for (uint32_t i = 0; i < change->models.count && id < BUILT_IN_ID; i++) {
        struct value *found = value_member(&change->models.items[i], "id");
        if (found != NULL && found->integer == id)
            return &change->models.items[i];
    }
    return NULL;
}

static int64_t next_id(const struct price_change *change)
{
    int64_t next = 1;

    for (uint32_t i = 0; i < change->models.count; i++) {
        const struct value *id = value_member(&change->models.items[i], "id");
        if (id->integer < BUILT_IN_ID && id->integer >= next)
            next = id->integer + 1;
    }
    return next;
}

/* A model of the user's at the front, with room for it. */
static phx_status add_model(struct price_change *change, struct value **out,
                            phx_error *err)
{
    uint32_t count = change->models.count;
    size_t size = size_mul((size_t)count + 1, sizeof(struct value));
    struct value *items = arena_new(&change->arena, size);

    if (items == NULL)
        return arena_status(&change->arena, size, err);
    if (count > 0)
        memcpy(items + 1, change->models.items, count * sizeof *items);
    change->models.items = items;
    change->models.count = count + 1;
    *out = items;
    return PHX_OK;
}

/* A copy of the model with its id. */
static phx_status with_id(struct price_change *change,
                          const struct value *model, int64_t id,
                          struct value *out, phx_error *err)
{
    size_t size = size_mul((size_t)model->count + 1, sizeof(struct member));
    struct member *members = arena_new(&change->arena, size);

    if (members == NULL)
        return arena_status(&change->arena, size, err);
    members[0] = (struct member){text_of("id"), value_int(id)};
    if (model->count > 0)
        memcpy(members + 1, model->members, model->count * sizeof *members);
    *out = (struct value){
        .kind = JSON_OBJECT, .count = model->count + 1, .members = members};
    return PHX_OK;
}

/* What is wrong with a model is told by compiling it, on its own. */
static phx_status check_model(const struct price_change *change,
                              struct value *model, phx_error *err)
{
    const struct value one = {.kind = JSON_ARRAY, .count = 1, .items = model};
    struct price_list list;
    struct buf text;
    phx_status status = price_list_init(&list, err);

    if (status < 0)
        return status;
    buf_init(&text, SIZE_MAX);
    json_write_value(&text, &one, 0);
    if ((status = buf_status(&text, "a model", err)) >= 0)
        status = price_list_read(&list, text_span(text.data, text.size), err);
    buf_clear(&text);
    price_list_clear(&list);
    if (status >= 0 && change->models.count > PRICE_MODELS)
        status =
            fail(err, PHX_TOO_BIG, -1, "the list has %d models", PRICE_MODELS);
    return status;
}

phx_status store_put_price(struct store *store, const struct value *model,
                           int64_t *id, phx_error *err)
{
    struct price_change change;
    struct value *place = NULL;
    phx_status status = price_change_begin(store, &change, err);

    if (status < 0)
        return status;
    int64_t number = *id > 0 ? *id : next_id(&change);
    if (*id > 0 && (place = find_model(&change, *id)) == NULL)
        status = fail(err, PHX_NOT_FOUND, -1, "no model %lld of a user",
                      (long long)*id);
    else if (*id == 0)
        status = add_model(&change, &place, err);
    if (status >= 0 &&
        (status = with_id(&change, model, number, place, err)) >= 0 &&
        (status = check_model(&change, place, err)) >= 0)
        status = price_change_write(&change, change.counter.span,
                                    change.newest.built_in, err);
    status = price_change_end(&change, status, err);
    if (status >= 0)
        *id = number;
    return status;
}

phx_status store_delete_price(struct store *store, int64_t id, phx_error *err)
{
    struct price_change change;
    phx_status status = price_change_begin(store, &change, err);

    if (status < 0)
        return status;
    struct value *place = find_model(&change, id);
    if (place == NULL) {
        status = fail(err, PHX_NOT_FOUND, -1, "no model %lld of a user",
                      (long long)id);
    } else {
        size_t after =
            (size_t)(change.models.items + change.models.count - (place + 1));
        memmove(place, place + 1, after * sizeof *place);
        change.models.count--;
        status = price_change_write(&change, change.counter.span,
                                    change.newest.built_in, err);
    }
    return price_change_end(&change, status, err);
}
