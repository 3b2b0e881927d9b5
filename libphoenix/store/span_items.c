/*
 * span_items.c - the values of a term: one, or those of a list that SQLite
 * gives whole.
 */
#include "base/base.h"

#include "store/span_table.h"

/* The term's value, or those of its list, one by one. */
static int next_item(const struct term *term, bool first, sqlite3_value **out)
{
    if (term->letter != TERM_AMONG) {
        *out = term->value;
        return first ? SQLITE_OK : SQLITE_DONE;
    }
    return first ? sqlite3_vtab_in_first(term->value, out)
                 : sqlite3_vtab_in_next(term->value, out);
}

phx_status items_read(struct items *items, phx_error *err)
{
    const struct term *term = items->term;
    sqlite3_value *value;
    phx_status status = PHX_OK;
    int code;

    items->typed = true;
    for (code = next_item(term, true, &value);
         code == SQLITE_OK && status >= 0 && items->typed;
         code = next_item(term, false, &value)) {
        int type = sqlite3_value_type(value);
        if (type == items->type)
            status = items->add(items, value, err);
        else
            items->typed = type == SQLITE_NULL;
    }
    if (status >= 0 && code != SQLITE_OK && code != SQLITE_DONE)
        status = connection_fail(term->snapshot->connection, code, err);
    return status;
}

static phx_status add_int(struct items *items, int64_t value, phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    int64_t *ints = arena_grow(arena, items->ints, &items->capacity,
                               items->count, sizeof *ints);

    if (ints == NULL)
        return arena_status(arena, sizeof *ints, err);
    items->ints = ints;
    items->ints[items->count++] = value;
    return PHX_OK;
}

phx_status items_add_text(struct items *items, phx_text text, phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    phx_text *texts = arena_grow(arena, items->texts, &items->capacity,
                                 items->count, sizeof *texts);
    const void *bytes = arena_copy(arena, text.data, text.size);

    if (texts == NULL || bytes == NULL)
        return arena_status(arena, size_add(text.size, sizeof *texts), err);
    items->texts = texts;
    items->texts[items->count++] = text_span(bytes, text.size);
    return PHX_OK;
}

phx_status items_take_int(struct items *items, sqlite3_value *value,
                          phx_error *err)
{
    return add_int(items, sqlite3_value_int64(value), err);
}

phx_status items_take_kind(struct items *items, sqlite3_value *value,
                           phx_error *err)
{
    return add_int(items, span_kind_read(text_of_value(value), true), err);
}

phx_status items_take_status(struct items *items, sqlite3_value *value,
                             phx_error *err)
{
    return add_int(items, span_status_read(text_of_value(value), true), err);
}

phx_status items_take_text(struct items *items, sqlite3_value *value,
                           phx_error *err)
{
    const void *text = sqlite3_value_text(value);

    if (text == NULL)
        return fail_memory(err, 0);
    return items_add_text(
        items, text_span(text, (size_t)sqlite3_value_bytes(value)), err);
}

phx_status items_take_hex(struct items *items, sqlite3_value *value,
                          phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    const void *text = sqlite3_value_text(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    uint8_t *bytes = arena_new(arena, size);

    if (text == NULL || bytes == NULL)
        return arena_status(arena, size, err);
    if (hex_read(text_span(text, size), bytes, &size, NULL) < 0)
        return PHX_OK;
    return items_add_text(items, text_span(bytes, size), err);
}
