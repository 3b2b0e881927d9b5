/*
 * sql_write.c - pieces of SQL and the values that they name.
 */
#include "base/base.h"
#include "query/sql.h"

enum {
    TEXT_LIMIT = 16 << 20,
    PATHS_LIMIT = 1 << 20 /* bytes of one packed value */
};

phx_status sql_init(struct sql *sql, const struct query *query, uint32_t first,
                    struct arena *arena, phx_error *err)
{
    size_t size = size_mul(query->path_count, sizeof *sql->path_values);

    *sql = (struct sql){
        .query = query, .first = first, .arena = arena, .err = err};
    buf_init(&sql->text, TEXT_LIMIT);
    if ((sql->path_values = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    for (uint32_t i = 0; i < query->path_count; i++)
        sql->path_values[i] = 0;
    return PHX_OK;
}

void sql_fail(struct sql *sql, phx_status status)
{
    if (sql->status >= 0)
        sql->status = status;
}

void sql_add(struct sql *sql, const char *piece)
{
    buf_add_string(&sql->text, piece);
}

void sql_add_as(struct sql *sql, const char *piece, struct alias alias)
{
    for (; *piece != '\0'; piece++) {
        if (*piece == '@')
            buf_add_string(&sql->text, alias.row);
        else if (*piece == '#' || *piece == '$')
            buf_add_format(&sql->text, "%d",
                           *piece == '#' ? alias.level : alias.level - 1);
        else
            buf_add_byte(&sql->text, (uint8_t)*piece);
    }
}

void sql_add_value(struct sql *sql, struct value value)
{
    struct value *values;

    if (sql->status < 0)
        return;
    values = arena_grow(sql->arena, sql->values, &sql->value_capacity,
                        sql->value_count, sizeof *values);
    if (values == NULL) {
        sql_fail(sql, arena_status(sql->arena, sizeof *values, sql->err));
        return;
    }
    sql->values = values;
    buf_add_format(&sql->text, "?%zu", sql->first + sql->value_count);
    sql->values[sql->value_count++] = value;
}

void sql_add_int(struct sql *sql, int64_t value)
{
    sql_add_value(sql, value_int(value));
}

void sql_add_ns(struct sql *sql, uint64_t ns)
{
    sql_add_value(sql, ns > INT64_MAX ? value_real((double)ns)
                                      : value_int((int64_t)ns));
}

void sql_add_packed(struct sql *sql, const struct value *value)
{
    struct value packed = {.kind = JSON_BYTES};
    struct buf bytes;

    buf_init(&bytes, PATHS_LIMIT);
    pack_value(&bytes, value);
    phx_status status = buf_status(&bytes, "an attribute's path", sql->err);
    if (status >= 0) {
        packed.text = text_span(arena_copy(sql->arena, bytes.data, bytes.size),
                                bytes.size);
        if (packed.text.data == NULL)
            status = arena_status(sql->arena, bytes.size, sql->err);
    }
    buf_clear(&bytes);
    if (status < 0)
        sql_fail(sql, status);
    else
        sql_add_value(sql, packed);
}

/* --- paths ----------------------------------------------------------------------- */

/* The last `joined` keys of a path, with dots between them. */
static phx_text join_keys(struct sql *sql, const struct query_path *path,
                          uint32_t joined)
{
    const struct query_step *steps = path->steps + path->count - joined;
    size_t size = joined - 1, used = 0;

    for (uint32_t i = 0; i < joined; i++)
        size += steps[i].key.size;
    char *key = arena_new(sql->arena, size);
    if (key == NULL) {
        sql_fail(sql, arena_status(sql->arena, size, sql->err));
        return (phx_text){NULL, 0};
    }
    for (uint32_t i = 0; i < joined; i++) {
        if (i > 0)
            key[used++] = '.';
        if (steps[i].key.size > 0)
            memcpy(key + used, steps[i].key.data, steps[i].key.size);
        used += steps[i].key.size;
    }
    return text_span(key, size);
}

struct value sql_path_value(struct sql *sql, const struct query_path *path,
                            uint32_t joined)
{
    uint32_t count = path->count - joined + 1;
    size_t size = size_mul(count, sizeof(struct value));
    struct value *items = arena_new(sql->arena, size);

    if (items == NULL) {
        sql_fail(sql, arena_status(sql->arena, size, sql->err));
        return value_null();
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct query_step *step = &path->steps[i];
        items[i] = step->key.data != NULL ? value_text(step->key)
                                          : value_int(step->index);
    }
    if (joined > 1)
        items[count - 1] = value_text(join_keys(sql, path, joined));
    return (struct value){.kind = JSON_ARRAY, .count = count, .items = items};
}

/* The names of a path's values, once they are there. */
static void add_names(struct sql *sql, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        buf_add_format(&sql->text, ", ?%u", first + i);
}

void sql_add_paths(struct sql *sql, const struct query_path *path)
{
    const struct query *query = sql->query;
    uint32_t ways = path_ways(path, query->grain != QUERY_SPAN), i = 0;

    while (query->paths[i] != path)
        i++;
    if (sql->path_values[i] != 0) {
        add_names(sql, sql->path_values[i], ways);
        return;
    }
    sql->path_values[i] = sql->first + (uint32_t)sql->value_count;
    for (uint32_t joined = 1; joined <= ways && sql->status >= 0; joined++) {
        struct value value = sql_path_value(sql, path, joined);
        sql_add(sql, ", ");
        if (sql->status >= 0)
            sql_add_packed(sql, &value);
    }
}
