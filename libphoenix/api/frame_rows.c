/*
 * frame_rows.c - the spans of some numbers with what is known of them only
 * through others: the tokens of all that is below them in their trace.
 */
#include "base/base.h"

#include "api/inside.h"

#include <stdlib.h>

enum { ROWS_BYTES = SHRUNK(24 << 20, 8 << 10) }; /* held at once, about */

void frame_rows_init(struct frame_rows *rows, struct store *store,
                     int64_t project, const struct frame_query *query)
{
    *rows = (struct frame_rows){
        .store = store, .project = project, .query = query, .most = FRAME_ROWS};
    span_page_init(&rows->page);
}

void frame_rows_clear(struct frame_rows *rows)
{
    span_page_clear(&rows->page);
    rows->rows = NULL;
}

/* --- tokens ---------------------------------------------------------------------- */

/* A span of one of the traces; parent is an index, or -1. */
struct node {
    phx_text id, parent_id;
    int64_t trace, number, prompt, completion;
    int64_t parent;
    uint32_t children; /* that are not added up yet */
};

struct nodes {
    struct arena arena;
    struct node *items; /* by trace and id, then by number */
    size_t count, room;
};

static phx_text text_or_absent(const struct value *value)
{
    return value->kind == JSON_TEXT ? value->text : (phx_text){NULL, 0};
}

static int64_t int_or_none(const struct value *value)
{
    return value->kind == JSON_INT ? value->integer : 0;
}

static phx_status keep_node(struct nodes *nodes, const struct value *row,
                            phx_error *err)
{
    struct arena *arena = &nodes->arena;
    struct node node = {.trace = int_or_none(&row[0]),
                        .number = int_or_none(&row[1]),
                        .id = text_or_absent(&row[2]),
                        .parent_id = text_or_absent(&row[3]),
                        .prompt = int_or_none(&row[4]),
                        .completion = int_or_none(&row[5]),
                        .parent = -1};
    struct node *items = arena_grow(arena, nodes->items, &nodes->room,
                                    nodes->count, sizeof node);

    node.id.data = arena_copy(arena, node.id.data, node.id.size);
    node.parent_id.data =
        arena_copy(arena, node.parent_id.data, node.parent_id.size);
    if (items == NULL || node.id.data == NULL || node.parent_id.data == NULL)
        return arena_status(arena, sizeof node, err);
    nodes->items = items;
    items[nodes->count++] = node;
    return PHX_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct node *x = a, *y = b;

    if (x->trace != y->trace)
        return x->trace < y->trace ? -1 : 1;
    return text_compare(x->id, y->id);
}

static int by_number(const void *a, const void *b)
{
    const struct node *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

/* All spans of these traces, which are values of SQL. */
static phx_status read_nodes(struct store *store, const struct value *traces,
                             size_t count, struct nodes *out, phx_error *err)
{
    struct store_query query = {.values = traces, .count = count};
    const struct value *row;
    struct store_rows *rows;
    phx_status status;
    struct buf sql;

    buf_init(&sql, SIZE_MAX);
    buf_add_string(&sql,
                   "SELECT trace, no, span_id, parent_id, prompt_tokens,"
                   " completion_tokens FROM stored_span WHERE trace IN (?");
    for (size_t i = 1; i < count; i++)
        buf_add(&sql, ",?", 2);
    buf_add_byte(&sql, ')');
    query.sql = text_span(sql.data, sql.size);
    if ((status = buf_status(&sql, "a statement", err)) >= 0 &&
        (status = store_rows_open(store, &query, &rows, err)) >= 0) {
        while ((status = store_rows_next(rows, &row, err)) == PHX_OK &&
               (status = keep_node(out, row, err)) == PHX_OK)
            ;
        store_rows_close(rows);
    }
    buf_clear(&sql);
    return status < 0 ? status : PHX_OK;
}

static void sort_nodes(struct nodes *nodes,
                       int (*compare)(const void *, const void *))
{
    if (nodes->count > 0)
        qsort(nodes->items, nodes->count, sizeof *nodes->items, compare);
}

static void link_nodes(struct nodes *nodes)
{
    sort_nodes(nodes, by_id);
    for (size_t i = 0; i < nodes->count; i++) {
        struct node *node = &nodes->items[i];
        const struct node key = {.trace = node->trace, .id = node->parent_id};
        struct node *parent =
            key.id.size == 0
                ? NULL
                : bsearch(&key, nodes->items, nodes->count, sizeof key, by_id);
        if (parent == NULL)
            continue;
        node->parent = parent - nodes->items;
        parent->children++;
    }
}

static int64_t sum(int64_t a, int64_t b)
{
    int64_t total;

    return __builtin_add_overflow(a, b, &total) ? INT64_MAX : total;
}

/* From those without children upwards; a cycle is never entered. */
static void add_up(struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        struct node *node = &nodes->items[i];
        while (node->children == 0 && node->parent >= 0) {
            struct node *parent = &nodes->items[node->parent];
            parent->prompt = sum(parent->prompt, node->prompt);
            parent->completion = sum(parent->completion, node->completion);
            parent->children--;
            node->parent = -1;
            node = parent;
        }
    }
}

static int compare_ints(const void *a, const void *b)
{
    const struct value *x = a, *y = b;

    return (x->integer > y->integer) - (x->integer < y->integer);
}

/* The traces of the rows, each once; *count is how many. */
static struct value *list_traces(struct frame_rows *rows, size_t *count)
{
    struct value *traces = arena_new(
        &rows->page.arena, size_mul(rows->page.count, sizeof *traces));

    *count = 0;
    if (traces == NULL || rows->page.count == 0)
        return traces;
    for (size_t i = 0; i < rows->page.count; i++)
        traces[i] = value_int(rows->page.spans[i].trace);
    qsort(traces, rows->page.count, sizeof *traces, compare_ints);
    for (size_t i = 0; i < rows->page.count; i++) {
        if (i == 0 || traces[i].integer != traces[*count - 1].integer)
            traces[(*count)++] = traces[i];
    }
    return traces;
}

static phx_status fill_sums(struct frame_rows *rows, phx_error *err)
{
    struct nodes nodes = {.count = 0};
    size_t count;
    struct value *traces = list_traces(rows, &count);
    phx_status status = PHX_OK;

    if (traces == NULL)
        return arena_status(&rows->page.arena, sizeof *traces, err);
    arena_init(&nodes.arena, SIZE_MAX);
    if (count > 0)
        status = read_nodes(rows->store, traces, count, &nodes, err);
    if (status >= 0) {
        link_nodes(&nodes);
        add_up(&nodes);
        sort_nodes(&nodes, by_number);
    }
    for (size_t i = 0; status >= 0 && i < rows->page.count; i++) {
        const struct node key = {.number = rows->page.spans[i].number};
        const struct node *node = nodes.count == 0
                                      ? NULL
                                      : bsearch(&key, nodes.items, nodes.count,
                                                sizeof key, by_number);
        if (node == NULL)
            continue;
        rows->rows[i].cumulative_prompt = node->prompt;
        rows->rows[i].cumulative_completion = node->completion;
    }
    arena_clear(&nodes.arena);
    return status;
}

/* --- rows ------------------------------------------------------------------------ */

/* The keys of a path up to an index: what is chosen of a list is all of it. */
static phx_status pack_keys(const struct query_path *path, struct arena *arena,
                            phx_text *out, phx_error *err)
{
    size_t size = size_mul(path->count, sizeof(struct value));
    struct value keys = {.kind = JSON_ARRAY, .items = arena_new(arena, size)};
    struct buf packed;

    if (keys.items == NULL)
        return arena_status(arena, size, err);
    while (keys.count < path->count && path->steps[keys.count].key.data) {
        keys.items[keys.count] = value_text(path->steps[keys.count].key);
        keys.count++;
    }
    buf_init(&packed, SIZE_MAX);
    pack_value(&packed, &keys);
    phx_status status = buf_status(&packed, "an attribute's path", err);
    *out = text_span(packed.data, packed.size);
    if (status >= 0)
        status = arena_keep(arena, out, err);
    buf_clear(&packed);
    return status;
}

phx_status frame_rows_choose(const struct frame_query *query,
                             struct arena *arena,
                             const struct span_choice **out, phx_error *err)
{
    const struct query_path *more[] = {query->index.column.path,
                                       query->explode.column.path,
                                       query->concat.column.path};
    enum { MORE = sizeof more / sizeof *more };
    struct span_choice *choice = arena_new(arena, sizeof *choice);
    phx_text *paths = arena_new(
        arena, size_mul((size_t)query->field_count + MORE, sizeof *paths));
    phx_status status = PHX_OK;

    *out = query->whole ? NULL : choice;
    if (choice == NULL || paths == NULL)
        return arena_status(arena, sizeof *choice, err);
    *choice = (struct span_choice){.paths = paths};
    for (uint32_t i = 0; i < query->field_count + MORE && status >= 0; i++) {
        bool is_field = i < query->field_count;
        const struct query_column *column =
            is_field ? &query->fields[i].column : NULL;
        const struct query_path *path =
            is_field ? column->path : more[i - query->field_count];
        choice->events |= is_field && !column->field && !path;
        if (path != NULL)
            status = pack_keys(path, arena, &paths[choice->path_count++], err);
    }
    return status;
}

phx_status frame_rows_read(struct frame_rows *rows, const int64_t *numbers,
                           size_t count, phx_error *err)
{
    const uint64_t sums = UINT64_C(1) << FIELD_CUMULATIVE_PROMPT |
                          UINT64_C(1) << FIELD_CUMULATIVE_COMPLETION |
                          UINT64_C(1) << FIELD_CUMULATIVE_TOTAL;
    struct span_page *page = &rows->page;
    size_t asked = count < rows->most ? count : rows->most;
    phx_status status;

    if ((status = store_read_numbered(rows->store, rows->project, numbers,
                                      asked, rows->choice, ROWS_BYTES, page,
                                      &rows->taken, err)) < 0)
        return status;
    if (rows->taken < asked)
        rows->most = rows->taken;
    rows->rows =
        arena_new(&page->arena, size_mul(page->count, sizeof *rows->rows));
    if (rows->rows == NULL)
        return arena_status(&page->arena, sizeof *rows->rows, err);
    for (size_t i = 0; i < page->count; i++)
        rows->rows[i] = (struct query_span){.span = &page->spans[i]};
    return rows->query->fields_read & sums ? fill_sums(rows, err) : PHX_OK;
}
