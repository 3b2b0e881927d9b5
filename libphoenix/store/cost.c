/*
 * cost.c - the cost of a span of a block, by the prices of its number.
 *
 * A connection keeps the versions of its last snapshot and the lists it used
 * last, compiled; a list never changes, so that its id says all of it.
 */
#include "base/base.h"

#include "store/price.h"

#include <math.h>

enum { LISTS = SHRUNK(4, 1) };

struct price_range {
    int64_t span; /* the first number */
    int64_t version;
};

/* A list and the answers that were found in it. */
struct price_open {
    int64_t version; /* 0: none */
    uint64_t used;   /* by `turn` */
    struct price_list list;
    struct price_matcher matcher;
};

struct price_book {
    int64_t prices; /* the counter's, when the ranges were read */
    bool read;
    struct price_range *ranges; /* as rows were: the last that fits counts */
    size_t range_count, range_capacity;
    struct price_open open[LISTS];
    uint64_t turn;
    struct buf paths; /* packed, one after the other */
    phx_text kind, name, provider, tokens;
};

static void price_close(struct price_open *open)
{
    if (open->version != 0) {
        price_matcher_clear(&open->matcher);
        price_list_clear(&open->list);
    }
    *open = (struct price_open){0};
}

void price_book_free(struct price_book *book)
{
    if (book == NULL)
        return;
    for (int i = 0; i < LISTS; i++)
        price_close(&book->open[i]);
    memory_free(book->ranges);
    buf_clear(&book->paths);
    memory_free(book);
}

/* --- paths ------------------------------------------------------------------------ */

/* "llm.model_name" as the packed array of its keys. */
static phx_status pack_path(struct buf *out, const char *path, phx_error *err)
{
    struct value keys[4], whole = {.kind = JSON_ARRAY, .items = keys};

    for (const char *end; *path != '\0'; path = *end ? end + 1 : end) {
        end = path + strcspn(path, ".");
        keys[whole.count++] = value_text(text_span(path, (size_t)(end - path)));
    }
    pack_value(out, &whole);
    return buf_status(out, "a path", err);
}

static phx_status pack_paths(struct price_book *book, phx_error *err)
{
    static const char *const paths[] = {"openinference.span.kind",
                                        "llm.model_name", "llm.provider",
                                        "llm.token_count"};
    phx_text *const places[] = {&book->kind, &book->name, &book->provider,
                                &book->tokens};
    size_t ends[5] = {0};
    phx_status status = PHX_OK;

    for (int i = 0; i < 4 && status >= 0; i++) {
        status = pack_path(&book->paths, paths[i], err);
        ends[i + 1] = book->paths.size;
    }
    for (int i = 0; i < 4 && status >= 0; i++)
        *places[i] =
            text_span(book->paths.data + ends[i], ends[i + 1] - ends[i]);
    return status;
}

/* --- versions --------------------------------------------------------------------- */

static phx_status read_ranges(struct price_book *book,
                              const struct snapshot *snapshot, phx_error *err)
{
    struct statement *read = sql(snapshot->connection, SQL_PRICE_VERSIONS);
    int64_t all = 0, sum;
    phx_status status;

    book->range_count = 0;
    while ((status = sql_next(read, err)) == PHX_OK) {
        struct price_version version;
        if ((status = price_version_read(read, &version, &sum, err)) < 0)
            break;
        struct price_range *ranges =
            memory_grow(book->ranges, &book->range_capacity, book->range_count,
                        sizeof *ranges, err);
        if (ranges == NULL) {
            status = PHX_NO_MEMORY;
            break;
        }
        book->ranges = ranges;
        ranges[book->range_count++] =
            (struct price_range){version.span, version.id};
        all ^= sum;
    }
    sql_end(read);
    if (status < 0)
        return status;
    if (all != snapshot->counter.prices)
        return fail(err, PHX_CORRUPT, -1, "a version of the prices is lost");
    book->prices = all;
    book->read = true;
    return PHX_OK;
}

/* The connection's book, as this snapshot has the versions. */
static phx_status book_of(struct snapshot *snapshot, struct price_book **out,
                          phx_error *err)
{
    struct price_book *book = snapshot->connection->prices;
    phx_status status;

    if (book == NULL) {
        if ((book = memory_new(sizeof *book)) == NULL)
            return fail_memory(err, sizeof *book);
        *book = (struct price_book){0};
        buf_init(&book->paths, SIZE_MAX);
        if ((status = pack_paths(book, err)) < 0) {
            price_book_free(book);
            return status;
        }
        snapshot->connection->prices = book;
    }
    *out = book;
    if (book->read && book->prices == snapshot->counter.prices)
        return PHX_OK;
    book->read = false;
    return read_ranges(book, snapshot, err);
}

static phx_status open_list(struct snapshot *snapshot, int64_t version,
                            struct price_open *open, phx_error *err)
{
    struct statement *read;
    struct price_version row;
    int64_t sum;
    phx_status status = price_list_init(&open->list, err);

    if (status < 0)
        return status;
    if ((status = sql_find(snapshot->connection, SQL_PRICE_VERSION, version,
                           &read, err)) == PHX_OK) {
        if ((status = price_version_read(read, &row, &sum, err)) >= 0)
            status = price_list_read(&open->list, row.models, err);
        sql_end(read);
    }
    if (status >= 0)
        status = price_matcher_init(&open->matcher, &open->list, err);
    if (status < 0)
        price_list_clear(&open->list);
    else
        open->version = version;
    return status;
}

/* The list for a span's number; NULL if it came before there were prices. */
static phx_status list_of(struct snapshot *snapshot, struct price_book *book,
                          int64_t number, struct price_open **out,
                          phx_error *err)
{
    struct price_open *open = &book->open[0];
    size_t at = book->range_count;
    phx_status status;

    while (at > 0 && book->ranges[at - 1].span > number)
        at--;
    *out = NULL;
    if (at == 0)
        return PHX_OK;
    int64_t version = book->ranges[at - 1].version;
    for (int i = 0; i < LISTS; i++) {
        if (book->open[i].version == version)
            open = &book->open[i];
        else if (open->version != version && book->open[i].used < open->used)
            open = &book->open[i];
    }
    if (open->version != version) {
        price_close(open);
        if ((status = open_list(snapshot, version, open, err)) < 0)
            return status;
    }
    open->used = ++book->turn;
    *out = open;
    return PHX_OK;
}

/* --- a row ------------------------------------------------------------------------- */

/* What of a block's row a cost is made from. */
struct priced_row {
    struct opened *opened;
    uint32_t row;
    struct arena *arena;
};

static phx_status attribute_of(const struct priced_row *from, phx_text packed,
                               struct value *out, phx_error *err)
{
    struct block_path *path;
    bool found;
    phx_status status = attribute_open(from->opened, packed, &path, err);

    *out = value_null();
    if (status < 0)
        return status;
    return block_path_value(path, from->arena, from->row, out, &found, err);
}

/* Where a threshold looks elsewhere than at token counts. */
static bool needs_all(const struct price_model *model)
{
    static const char counts[] = "llm.token_count.";

    for (size_t i = 0; model != NULL && i < model->rate_count; i++) {
        const char *key = model->rates[i].threshold_key;
        if (key != NULL && strncmp(key, counts, sizeof counts - 1) != 0)
            return true;
    }
    return false;
}

/* The span's attributes, or as many of them as its cost depends on. */
static phx_status read_attributes(const struct priced_row *from,
                                  const struct price_book *book,
                                  const struct price_model *model,
                                  struct value *out, phx_error *err)
{
    struct member *members = arena_new(from->arena, 2 * sizeof *members);
    phx_status status;
    struct span span;

    if (members == NULL)
        return arena_status(from->arena, 2 * sizeof *members, err);
    if (needs_all(model)) {
        status = block_read_spans(from->opened->stored.block, from->arena,
                                  &from->row, 1, BLOCK_WHOLE, &span, err);
        *out = span.tree;
        return status;
    }
    members[0] = (struct member){
        text_of("llm"),
        {.kind = JSON_OBJECT, .count = 1, .members = &members[1]}};
    members[1].key = text_of("token_count");
    *out =
        (struct value){.kind = JSON_OBJECT, .count = 1, .members = &members[0]};
    return attribute_of(from, book->tokens, &members[1].value, err);
}

static phx_status price_row(struct snapshot *snapshot, struct price_book *book,
                            const struct priced_row *from, int64_t number,
                            uint64_t start, struct cost *out, phx_error *err)
{
    const struct price_model *model = NULL;
    struct value kind, name, provider, attributes;
    struct price_open *open;
    phx_status status;

    if ((status = attribute_of(from, book->kind, &kind, err)) < 0 ||
        (status = attribute_of(from, book->name, &name, err)) < 0)
        return status;
    if (!value_is_text(&kind, "LLM") || name.kind != JSON_TEXT ||
        text_trim(name.text).size == 0)
        return PHX_OK;
    if ((status = attribute_of(from, book->provider, &provider, err)) < 0 ||
        (status = list_of(snapshot, book, number, &open, err)) < 0)
        return status;
    if (open != NULL &&
        (status = price_match(&open->matcher, name.text,
                              provider.kind == JSON_TEXT ? provider.text
                                                         : text_of(""),
                              start, &model, err)) < 0)
        return status;
    if ((status = read_attributes(from, book, model, &attributes, err)) < 0)
        return status;
    return cost_of_span(from->arena, model, &attributes, out, err);
}

phx_status cost_of_row(struct snapshot *snapshot, struct opened *opened,
                       uint32_t row, struct arena *arena, struct cost *out,
                       phx_error *err)
{
    const struct priced_row from = {opened, row, arena};
    const struct block_ints *kinds, *numbers, *starts;
    struct price_book *book = NULL;
    phx_status status;

    *out = (struct cost){.prompt.cost = (double)NAN,
                         .completion.cost = (double)NAN,
                         .total.cost = (double)NAN};
    if ((status = opened_ints(opened, COLUMN_KIND, &kinds, err)) < 0 ||
        block_int(kinds, row) != KIND_LLM)
        return status;
    if ((status = opened_ints(opened, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_START, &starts, err)) < 0 ||
        (status = book_of(snapshot, &book, err)) < 0)
        return status;
    return price_row(snapshot, book, &from, block_int(numbers, row),
                     (uint64_t)block_int(starts, row), out, err);
}

/* --- one span ---------------------------------------------------------------------- */

static phx_status copy_rows(const struct cost *cost, struct arena *arena,
                            phx_cost **out, phx_error *err)
{
    phx_cost *rows = arena_new(arena, size_mul(cost->count, sizeof *rows));

    if (rows == NULL)
        return arena_status(arena, cost->count * sizeof *rows, err);
    for (size_t i = 0; i < cost->count; i++) {
        const struct cost_row *row = &cost->rows[i];
        size_t size = row->token_type.size;
        char *copy = arena_new(arena, size_add(size, 1));
        if (copy == NULL)
            return arena_status(arena, size, err);
        if (size > 0)
            memcpy(copy, row->token_type.data, size);
        copy[size] = '\0';
        rows[i] = (phx_cost){.token_type = text_span(copy, size),
                             .is_prompt = row->is_prompt,
                             .tokens = row->tokens,
                             .cost = row->cost};
    }
    *out = rows;
    return PHX_OK;
}

phx_status store_read_costs(struct store *store, int64_t span,
                            struct arena *arena, phx_cost **out, size_t *count,
                            phx_error *err)
{
    const struct search search = {
        .max_number = INT64_MAX, .numbers = &span, .number_count = 1};
    struct snapshot snapshot;
    const struct hit *hit;
    struct cost cost;
    struct find find;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    status = find_start(&find, &snapshot, &search, FIND_BY_NUMBER, false, err);
    if (status >= 0 && (status = find_next(&find, &hit, err)) == PHX_DONE)
        status = fail(err, PHX_NOT_FOUND, -1, "no span %lld", (long long)span);
    if (status >= 0 && (status = cost_of_row(&snapshot, hit->opened, hit->row,
                                             arena, &cost, err)) >= 0)
        status = copy_rows(&cost, arena, out, err);
    find_clear(&find);
    snapshot_give(&snapshot);
    *count = status < 0 ? 0 : cost.count;
    return status;
}
