/*
 * totals.c - what spans and all that is below them in their traces add up to:
 * tokens and dollars. That is told by all spans of the traces, whenever they
 * came; children that form a cycle count for none but themselves.
 */
#include "base/base.h"

#include "api/inside.h"
#include "cost/cost.h"

#include <math.h>
#include <stdlib.h>

/* A span of one of the traces; parent is an index, or -1. */
struct node {
    phx_text id, parent_id;
    int64_t trace, number, prompt, completion;
    struct cost_sum cost;
    bool priced;
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
    if (row[6].kind == JSON_REAL) {
        cost_sum_add(&node.cost, row[6].real);
        node.priced = true;
    }
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
                             size_t count, bool costs, struct nodes *out,
                             phx_error *err)
{
    static const char cost[] = "(SELECT iif(count(c.cost) > 0,"
                               " filter_cost(c.cost), NULL) FROM span_cost c"
                               " WHERE c.ref = s.ref)";
    struct store_query query = {.values = traces, .count = count};
    const struct value *row;
    struct store_rows *rows;
    phx_status status;
    struct buf sql;

    buf_init(&sql, SIZE_MAX);
    buf_add_string(&sql, "SELECT trace, no, span_id, parent_id, prompt_tokens,"
                         " completion_tokens, ");
    buf_add_string(&sql, costs ? cost : "NULL");
    buf_add_string(&sql, " FROM stored_span s WHERE trace IN (?");
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
            cost_sum_merge(&parent->cost, &node->cost);
            parent->priced |= node->priced;
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

/* The traces of the spans, each once; *count is how many. */
static struct value *list_traces(struct span_page *page, size_t *count)
{
    struct value *traces =
        arena_new(&page->arena, size_mul(page->count, sizeof *traces));

    *count = 0;
    if (traces == NULL || page->count == 0)
        return traces;
    for (size_t i = 0; i < page->count; i++)
        traces[i] = value_int(page->spans[i].trace);
    qsort(traces, page->count, sizeof *traces, compare_ints);
    for (size_t i = 0; i < page->count; i++) {
        if (i == 0 || traces[i].integer != traces[*count - 1].integer)
            traces[(*count)++] = traces[i];
    }
    return traces;
}

/* Nothing of a span that was deleted in between. */
static struct span_total total_of(const struct nodes *nodes,
                                  const struct span *span)
{
    const struct node key = {.number = span->number};
    const struct node *node =
        nodes->count == 0
            ? NULL
            : bsearch(&key, nodes->items, nodes->count, sizeof key, by_number);

    if (node == NULL)
        return (struct span_total){.cost = (double)NAN};
    return (struct span_total){node->prompt, node->completion,
                               node->priced ? cost_sum_get(&node->cost)
                                            : (double)NAN};
}

phx_status totals_read(struct store *store, struct span_page *page, bool costs,
                       struct span_total **out, phx_error *err)
{
    size_t size = size_mul(page->count, sizeof **out), count;
    struct span_total *totals = arena_new(&page->arena, size);
    struct value *traces = list_traces(page, &count);
    struct nodes nodes = {.count = 0};
    phx_status status = PHX_OK;

    if (totals == NULL || traces == NULL)
        return arena_status(&page->arena, size, err);
    arena_init(&nodes.arena, SIZE_MAX);
    if (count > 0)
        status = read_nodes(store, traces, count, costs, &nodes, err);
    if (status >= 0) {
        link_nodes(&nodes);
        add_up(&nodes);
        sort_nodes(&nodes, by_number);
    }
    for (size_t i = 0; status >= 0 && i < page->count; i++)
        totals[i] = total_of(&nodes, &page->spans[i]);
    arena_clear(&nodes.arena);
    *out = totals;
    return status;
}
