/*
 * annotation_find.c - the annotations that a query asks for, as one statement
 * of fixed pieces with bound values: its rows are read, or deleted. The index
 * is chosen here, because SQLite knows nothing of how many rows share a name.
 */
#include "base/base.h"

#include "store/annotation.h"

enum {
    VALUES = 30000,                     /* of a query; SQLite takes 32,766 */
    OTHER_VALUES = 8,                   /* of the statement */
    PAGE_BYTES = SHRUNK(16 << 20, 4096) /* a page closes past that */
};

struct selection {
    struct buf text;
    struct value *values; /* of the question marks */
    size_t count;
};

static size_t value_count(const phx_annotation_query *query)
{
    size_t count = size_add(query->target_count, query->target_id_count);

    count = size_add(count, query->identifier_count);
    count = size_add(count, query->name_count);
    return size_add(count, query->not_name_count);
}

phx_status store_check_annotation_query(const phx_annotation_query *query,
                                        phx_error *err)
{
    size_t count = value_count(query);

    return count <= VALUES ? PHX_OK
                           : fail(err, PHX_TOO_BIG, -1,
                                  "the query has %zu values, the limit is %d",
                                  count, VALUES);
}

/* --- the statement ------------------------------------------------------------ */

static void add_term(struct selection *selection, const char *text,
                     struct value value)
{
    buf_add_string(&selection->text, text);
    selection->values[selection->count++] = value;
}

static void add_texts(struct selection *selection, const char *text,
                      const phx_text *texts, size_t count, enum json_kind kind)
{
    if (count == 0)
        return;
    buf_add_string(&selection->text, text);
    for (size_t i = 0; i < count; i++) {
        struct value value = value_text(texts[i]);
        value.kind = (uint8_t)kind;
        add_term(selection, i == 0 ? "(?" : ", ?", value);
    }
    buf_add_string(&selection->text, ")");
}

static void add_targets(struct selection *selection,
                        const phx_annotation_query *query)
{
    if (query->target_count == 0)
        return;
    buf_add_string(&selection->text, " AND target IN ");
    for (size_t i = 0; i < query->target_count; i++)
        add_term(selection, i == 0 ? "(?" : ", ?",
                 value_int(query->targets[i]));
    buf_add_string(&selection->text, ")");
}

/* Rows without an identifier are not in its index. */
static bool by_identifier(const phx_annotation_query *query)
{
    for (size_t i = 0; i < query->identifier_count; i++) {
        if (query->identifiers[i].size == 0)
            return false;
    }
    return query->identifier_count > 0;
}

static const char *index_of(const phx_annotation_query *query)
{
    return query->only != 0             ? ""
           : query->target_count > 0    ? " INDEXED BY annotation_key"
           : query->target_id_count > 0 ? " INDEXED BY annotation_target"
           : by_identifier(query)       ? " INDEXED BY annotation_identifier"
           : query->project != 0        ? " INDEXED BY annotation_name"
                                        : " NOT INDEXED";
}

/* A bound of ids; numbers that no row can have bound nothing. */
static int64_t row_id(const phx_annotation_query *query, int64_t number)
{
    return number > INT64_MAX / ANNOTATION_KINDS - 1
               ? INT64_MAX
               : annotation_row_id(query->kind, number);
}

/* The first us that is not before. */
static int64_t us_from(uint64_t ns)
{
    return (int64_t)(ns / 1000 + (ns % 1000 != 0));
}

/* "FROM annotation ... ORDER BY id DESC LIMIT ?" */
static void add_rows(struct selection *selection,
                     const phx_annotation_query *query, int64_t limit)
{
    struct buf *text = &selection->text;

    buf_add_string(text, " FROM annotation");
    buf_add_string(text, index_of(query));
    add_term(selection, " WHERE kind = ?", value_int(query->kind));
    buf_add_string(text, " AND project NOT IN"
                         " (SELECT id FROM gone WHERE gone.kind = 1)");
    if (query->only != 0)
        add_term(selection, " AND id = ?",
                 value_int(row_id(query, query->only)));
    if (query->from != 0)
        add_term(selection, " AND id <= ?",
                 value_int(row_id(query, query->from)));
    if (query->project != 0)
        add_term(selection, " AND project = ?", value_int(query->project));
    add_targets(selection, query);
    add_texts(selection, " AND target_id IN ", query->target_ids,
              query->target_id_count, JSON_BYTES);
    add_texts(selection, " AND identifier IN ", query->identifiers,
              query->identifier_count, JSON_TEXT);
    if (by_identifier(query))
        buf_add_string(text, " AND identifier <> ''");
    add_texts(selection, " AND name IN ", query->names, query->name_count,
              JSON_TEXT);
    add_texts(selection, " AND name NOT IN ", query->not_names,
              query->not_name_count, JSON_TEXT);
    if (query->start_time != 0)
        add_term(selection, " AND created >= ?",
                 value_int(us_from(query->start_time)));
    if (query->end_time != 0)
        add_term(selection, " AND created < ?",
                 value_int(us_from(query->end_time)));
    if (query->annotators != 0)
        add_term(selection, " AND (1 << annotator) & ?",
                 value_int(query->annotators));
    add_term(selection, " ORDER BY id DESC LIMIT ?", value_int(limit));
}

static phx_status select_rows(struct selection *selection,
                              const phx_annotation_query *query,
                              const char *begin, const char *end, int64_t limit,
                              phx_error *err)
{
    size_t size =
        size_mul(value_count(query) + OTHER_VALUES, sizeof *selection->values);
    phx_status status = store_check_annotation_query(query, err);

    if (status < 0)
        return status;
    if ((selection->values = memory_new(size)) == NULL)
        return fail_memory(err, size);
    buf_add_string(&selection->text, begin);
    add_rows(selection, query, limit);
    buf_add_string(&selection->text, end);
    return buf_status(&selection->text, "a statement", err);
}

static phx_status prepare(const struct selection *selection,
                          struct connection *connection, struct statement *out,
                          phx_error *err)
{
    *out = (struct statement){.connection = connection};
    out->code =
        sqlite3_prepare_v2(connection->db, (const char *)selection->text.data,
                           (int)selection->text.size, &out->handle, NULL);
    for (size_t i = 0; i < selection->count; i++)
        sql_bind_value(out, (int)i + 1, &selection->values[i]);
    return out->code == SQLITE_OK ? PHX_OK
                                  : connection_fail(connection, out->code, err);
}

static void selection_init(struct selection *selection)
{
    *selection = (struct selection){0};
    buf_init(&selection->text, 1 << 20);
}

static void selection_clear(struct selection *selection)
{
    buf_clear(&selection->text);
    memory_free(selection->values);
}

/* --- reading ------------------------------------------------------------------- */

/* The target's id is shown in hex, but for a session's name. */
static phx_status show_target(struct arena *arena, phx_annotation *row,
                              phx_error *err)
{
    phx_text id = row->target_id;

    if (row->kind == PHX_SESSION_ANNOTATION)
        return arena_keep(arena, &row->target_id, err);
    char *hex = arena_new(arena, size_add(size_mul(id.size, 2), 1));
    if (hex == NULL)
        return arena_status(arena, id.size * 2, err);
    hex_print(id.data, id.size, hex);
    row->target_id = text_span(hex, id.size * 2);
    return PHX_OK;
}

struct page {
    phx_annotation *rows;
    size_t count, capacity;
    int64_t next; /* the number after them, 0 if there is none */
};

static phx_status read_rows(struct statement *read, size_t limit,
                            struct arena *arena, struct page *out,
                            phx_error *err)
{
    phx_annotation row;
    int64_t sum;
    phx_status status;

    while ((status = sql_next(read, err)) == PHX_OK) {
        annotation_read(read, &row, &sum);
        if (out->count == limit ||
            (out->count > 0 && arena->total > PAGE_BYTES)) {
            out->next = row.id;
            break;
        }
        if ((status = show_target(arena, &row, err)) < 0 ||
            (status = annotation_keep(arena, &row, err)) < 0)
            return status;
        phx_annotation *rows = arena_grow(arena, out->rows, &out->capacity,
                                          out->count, sizeof *rows);
        if (rows == NULL)
            return arena_status(arena, sizeof *rows, err);
        out->rows = rows;
        out->rows[out->count++] = row;
    }
    return status < 0 ? status : PHX_OK;
}

phx_status store_read_annotations(struct store *store,
                                  const phx_annotation_query *query,
                                  size_t limit, struct arena *arena,
                                  phx_annotation **out, size_t *count,
                                  int64_t *next, phx_error *err)
{
    struct selection selection;
    struct snapshot snapshot;
    struct statement read = {0};
    struct page page = {0};
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    selection_init(&selection);
    if ((status = select_rows(&selection, query, "SELECT " ANNOTATION_COLUMNS,
                              "", (int64_t)limit + 1, err)) >= 0 &&
        (status = prepare(&selection, snapshot.connection, &read, err)) >= 0)
        status = read_rows(&read, limit, arena, &page, err);
    sqlite3_finalize(read.handle);
    snapshot_give(&snapshot);
    selection_clear(&selection);
    if (status < 0)
        return status;
    *out = page.rows;
    *count = page.count;
    *next = page.next;
    return PHX_OK;
}

/* --- deleting ------------------------------------------------------------------- */

phx_status store_delete_annotations(struct store *store,
                                    const phx_annotation_query *query,
                                    int64_t *out, phx_error *err)
{
    struct selection selection;
    struct statement remove = {0};
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    int64_t before = counter.annotations;
    selection_init(&selection);
    if ((status = select_rows(
             &selection, query, "DELETE FROM annotation WHERE id IN (SELECT id",
             ")", query->limit > 0 ? query->limit : INT64_MAX, err)) >= 0 &&
        (status = prepare(&selection, store->writer, &remove, err)) >= 0)
        status = sql_delete(&remove, &counter.annotations, err);
    sqlite3_finalize(remove.handle);
    selection_clear(&selection);
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    if (status >= 0 && out != NULL)
        *out = before - counter.annotations;
    return status;
}
