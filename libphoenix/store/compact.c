/*
 * compact.c - rewrites blocks in lasting order: project, day, session, trace,
 * start. Only this step rewrites blocks; deletes are requests to it, so a copy
 * in the making never brings back a deleted row.
 *
 *     read     ids and order of all rows         a snapshot, no lock
 *     encode   output block by output block      no lock
 *     swap     new blocks and run in, old out    one short transaction
 *
 * Memory holds the open input blocks and the rows of one output block.
 */
#include "base/base.h"

#include "store/inside.h"

#define DAY_NS (UINT64_C(86400) * 1000000000)

struct input {
    struct stored_block stored;
    struct block_row row;
};

/* Where a row is now and where it belongs. */
struct place {
    int64_t project, day, session, trace;
    uint64_t start;
    int64_t number;
    uint32_t input; /* index into inputs */
    uint32_t row;
};

struct output {
    struct block_image image;
    int level;
    int64_t day;
};

struct pass {
    struct store *store;
    const struct rewrite *rewrite;
    struct connection *connection;
    struct input *inputs;
    size_t input_count;
    struct place *places;
    size_t place_count;
    const struct gone *gone;
    struct output **outputs;
    size_t output_count, output_capacity;
    struct posting_list postings; /* of the outputs; a block is its index */
    struct arena arena;           /* of one output block */
    unsigned interrupts;
};

/* --- reading ------------------------------------------------------------------- */

static phx_status open_inputs(struct pass *pass, phx_error *err)
{
    const struct block_set *blocks = &pass->rewrite->blocks;
    size_t size = size_mul(size_add(blocks->count, 1), sizeof *pass->inputs);
    size_t total = 0, bytes = 0;
    phx_status status;

    if ((pass->inputs = memory_new(size)) == NULL)
        return fail_memory(err, size);
    for (size_t i = 0; i < blocks->count; i++) {
        struct input *input = &pass->inputs[pass->input_count];
        status =
            block_row_find(pass->connection, blocks->ids[i], &input->row, err);
        if (status == PHX_DONE)
            continue;
        if (status < 0 ||
            (status = stored_block_open(pass->connection, input->row.id,
                                        &input->stored, err)) < 0)
            return status;
        bytes += block_size(input->stored.block);
        /* Of two, one becomes full or both one: small blocks get fewer. */
        if (bytes > REWRITE_BYTES && pass->input_count > 1 &&
            pass->rewrite->some) {
            stored_block_close(&input->stored);
            break;
        }
        total += block_rows(input->stored.block);
        pass->input_count++;
    }
    size = size_mul(size_add(total, 1), sizeof *pass->places);
    if ((pass->places = memory_new(size)) == NULL)
        return fail_memory(err, size);
    return PHX_OK;
}

/* What the trace's row says of a row's place; DONE if it is gone. */
static phx_status place_trace(struct pass *pass, struct place *place,
                              phx_error *err)
{
    struct trace_row trace;
    phx_status status;

    if (gone_has(pass->gone, PHX_PROJECT, place->project) ||
        gone_has(pass->gone, PHX_TRACE, place->trace))
        return PHX_DONE;
    if ((status = trace_row_get(pass->connection, place->trace, &trace, err)) <
        0)
        return status;
    place->project = trace.project;
    place->session = trace.session;
    place->day = (int64_t)(trace.start / DAY_NS);
    return PHX_OK;
}

static phx_status place_rows(struct pass *pass, uint32_t input, phx_error *err)
{
    const struct stored_block *stored = &pass->inputs[input].stored;
    struct block *block = stored->block;
    struct block_ints numbers, starts, projects, traces, trace_numbers;
    struct place known = {0};
    phx_status status, found = PHX_DONE;

    if ((status = block_read_ints(block, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_START, &starts, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_PROJECT, &projects, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE_NUMBER, &trace_numbers,
                                  err)) < 0)
        return status;
    for (uint32_t i = 0; i < block_rows(block); i++) {
        int64_t trace =
            block_int(&trace_numbers, (uint32_t)block_int(&traces, i));
        if (row_is_outgrown(stored, i))
            continue; /* its trace may have gone, with the newer row */
        if (trace != known.trace) { /* rows of a trace are neighbours */
            known = (struct place){.project = block_int(&projects, i),
                                   .trace = trace};
            if ((found = place_trace(pass, &known, err)) < 0)
                return found;
        }
        int64_t number = block_int(&numbers, i);
        if (found == PHX_DONE || gone_has(pass->gone, PHX_SPAN, number))
            continue;
        struct place *place = &pass->places[pass->place_count++];
        *place = known;
        place->number = number;
        place->start = (uint64_t)block_int(&starts, i);
        place->input = input;
        place->row = i;
    }
    return PHX_OK;
}

static int place_order(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->project != y->project)
        return x->project < y->project ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    if (x->trace != y->trace)
        return x->trace < y->trace ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* --- encoding --------------------------------------------------------------------- */

/* Rows [from, to) of one project and day: whole traces past GOOD_ROWS. */
static size_t group_end(const struct pass *pass, size_t from)
{
    const struct place *places = pass->places;
    size_t to = from + 1;

    while (
        to < pass->place_count && places[to].project == places[from].project &&
        places[to].day == places[from].day &&
        (to - from < GOOD_ROWS || (to - from < 2 * GOOD_ROWS &&
                                   places[to].trace == places[to - 1].trace)))
        to++;
    return to;
}

/* Spans of places [from, to), in their order; input by input, so that each
 * block is walked once. */
static phx_status read_group(struct pass *pass, size_t from, size_t to,
                             const struct span **order, phx_error *err)
{
    size_t count = to - from, done = 0;
    struct span *spans =
        arena_new(&pass->arena, size_mul(count, sizeof *spans));
    uint32_t *rows = arena_new(&pass->arena, count * sizeof *rows);
    size_t *positions = arena_new(&pass->arena, count * sizeof *positions);
    phx_status status;

    if (spans == NULL || rows == NULL || positions == NULL)
        return arena_status(&pass->arena, count * sizeof *spans, err);
    for (uint32_t input = 0; input < pass->input_count; input++) {
        size_t found = 0;
        for (size_t i = from; i < to; i++) {
            if (pass->places[i].input == input) {
                rows[found] = pass->places[i].row;
                positions[found++] = i;
            }
        }
        if (found == 0)
            continue;
        if ((status = block_read_spans(pass->inputs[input].stored.block,
                                       &pass->arena, rows, found, BLOCK_LENT,
                                       spans + done, err)) < 0)
            return status;
        for (size_t i = 0; i < found; i++) {
            struct span *span = &spans[done + i];
            const struct place *place = &pass->places[positions[i]];
            span->project = place->project;
            span->session = place->session;
            order[positions[i] - from] = span;
        }
        done += found;
    }
    return PHX_OK;
}

/* Those of the last output. */
static phx_status add_postings(struct pass *pass,
                               const struct span *const *spans, size_t count,
                               phx_error *err)
{
    uint32_t output = (uint32_t)pass->output_count - 1;
    uint64_t secret = pass->store->secret;
    phx_status status;

    for (size_t i = 0; i < count; i++) {
        uint64_t hash = posting_hash(secret, POSTING_SPAN, spans[i]->span_id);
        if ((status = posting_add(&pass->postings, hash, output, err)) < 0)
            return status;
        if (i > 0 && spans[i]->trace == spans[i - 1]->trace)
            continue;
        hash = posting_hash(secret, POSTING_TRACE, spans[i]->trace_id);
        if ((status = posting_add(&pass->postings, hash, output, err)) < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status new_output(struct pass *pass, struct output **out,
                             phx_error *err)
{
    struct output **outputs =
        memory_grow(pass->outputs, &pass->output_capacity, pass->output_count,
                    sizeof *outputs, err);

    if (outputs == NULL)
        return PHX_NO_MEMORY;
    pass->outputs = outputs;
    struct output *output = memory_new(sizeof *output);
    if (output == NULL)
        return fail_memory(err, sizeof *output);
    block_image_init(&output->image);
    pass->outputs[pass->output_count++] = output;
    *out = output;
    return PHX_OK;
}

static phx_status encode_group(struct pass *pass, size_t from, size_t to,
                               phx_error *err)
{
    size_t size = size_mul(to - from, sizeof(struct span *));
    const struct span **order;
    phx_status status;

    arena_reset(&pass->arena);
    if ((order = arena_new(&pass->arena, size)) == NULL)
        return arena_status(&pass->arena, size, err);
    if ((status = read_group(pass, from, to, order, err)) < 0)
        return status;
    for (size_t done = 0; done < to - from;) {
        struct output *output = NULL;
        size_t taken;
        if ((status = new_output(pass, &output, err)) < 0 ||
            (status = block_encode(pass->store->compact_encoder, order + done,
                                   to - from - done, &output->image, &taken,
                                   err)) < 0 ||
            (status = add_postings(pass, order + done, taken, err)) < 0)
            return status;
        output->day = pass->places[from].day;
        done += taken;
        output->level = done < to - from ? LEVEL_FULL : LEVEL_LASTING;
    }
    return PHX_OK;
}

/* --- swapping ---------------------------------------------------------------------- */

/* Bits of the rows of inputs that are outgrown by now. */
static phx_status read_outgrown(struct pass *pass, uint8_t **bits,
                                phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < pass->input_count && status >= 0; i++) {
        const struct block_row *row = &pass->inputs[i].row;
        status = outgrown_read(pass->connection, row->id, row->zone.rows,
                               &bits[i], err);
    }
    return status;
}

/* The outputs have the rows of all places, in their order: those that were
 * outgrown while they were written are so in the output, too. */
static phx_status mark_outputs(struct pass *pass, uint8_t *const *bits,
                               int64_t first_block, uint32_t *rows,
                               phx_error *err)
{
    const struct place *place = pass->places;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < pass->output_count && status >= 0; i++) {
        uint32_t count = pass->outputs[i]->image.zone.rows;
        size_t found = 0;
        for (uint32_t row = 0; row < count; row++, place++) {
            if (bits[place->input] != NULL &&
                row_is_set(bits[place->input], place->row))
                rows[found++] = row;
        }
        if (found > 0)
            status = outgrown_add(pass->connection, first_block + (int64_t)i,
                                  count, rows, found, err);
    }
    return status;
}

static phx_status carry_outgrown(struct pass *pass, int64_t first_block,
                                 phx_error *err)
{
    size_t size = size_mul(pass->input_count, sizeof(uint8_t *));
    uint8_t **bits = memory_new(size_add(size, 1));
    uint32_t *rows = memory_new(BLOCK_ROWS * sizeof *rows);
    phx_status status = PHX_OK;

    if (bits == NULL || rows == NULL) {
        status = fail_memory(err, size);
    } else {
        memset(bits, 0, size);
        if ((status = read_outgrown(pass, bits, err)) >= 0)
            status = mark_outputs(pass, bits, first_block, rows, err);
        for (size_t i = 0; i < pass->input_count; i++)
            memory_free(bits[i]);
    }
    memory_free(rows);
    memory_free(bits);
    return status;
}

static phx_status swap(struct pass *pass, phx_error *err)
{
    struct connection *connection = pass->connection;
    struct counter counter = pass->store->counter;
    phx_status status;

    if ((status = sql_begin(connection, true, err)) < 0)
        return status;
    for (size_t i = 0; i < pass->postings.count; i++)
        pass->postings.items[i].block += (uint32_t)counter.block;
    status = carry_outgrown(pass, counter.block, err);
    for (size_t i = 0; i < pass->output_count && status >= 0; i++) {
        const struct output *output = pass->outputs[i];
        status = block_write(connection, counter.block++, output->level,
                             output->day, &output->image, err);
    }
    if (status >= 0)
        status = run_write(connection, &counter, &pass->postings, err);
    for (size_t i = 0; i < pass->input_count && status >= 0; i++)
        status = block_remove(connection, pass->inputs[i].row.id, err);
    const struct gone *forgotten = pass->rewrite->forgotten;
    for (size_t i = 0; forgotten && i < forgotten->count && status >= 0; i++)
        status = gone_forget(connection, &counter, &forgotten->rows[i], err);
    return store_change_end(pass->store, connection, status, &counter, err);
}

/* The swap is durable: memory follows. */
static void settle(struct pass *pass)
{
    struct store *store = pass->store;
    int64_t spans = 0, blocks = 0;

    for (size_t i = 0; i < pass->input_count; i++) {
        const struct block_row *row = &pass->inputs[i].row;
        if (row->level < LEVEL_LASTING) {
            spans += row->zone.rows;
            blocks++;
        }
    }
    atomic_fetch_sub(&store->young_spans, spans);
    atomic_fetch_sub(&store->young_blocks, blocks);
    atomic_store(&store->merge_wanted, true);
    atomic_store(&store->small_wanted, true);
    if (pass->rewrite->young && pass->input_count > 0) {
        int64_t last = pass->inputs[pass->input_count - 1].row.id;
        /* Hints that stay for want of memory are harmless. */
        pthread_mutex_lock(&store->memory_lock);
        if (store->memtable_from < INT64_MAX &&
            memtable_forget(store->memtable, (uint32_t)last, NULL) >= 0)
            store->memtable_from = last;
        pthread_mutex_unlock(&store->memory_lock);
    }
    const struct gone *forgotten = pass->rewrite->forgotten;
    if (forgotten != NULL) {
        atomic_fetch_add(&store->forgotten, 1);
        gone_drop(&store->gone, forgotten->rows, forgotten->count);
    }
}

static void close_inputs(struct pass *pass)
{
    for (size_t i = 0; i < pass->input_count; i++)
        stored_block_close(&pass->inputs[i].stored);
}

static void pass_clear(struct pass *pass)
{
    close_inputs(pass);
    memory_free(pass->inputs);
    memory_free(pass->places);
    for (size_t i = 0; i < pass->output_count; i++) {
        block_image_clear(&pass->outputs[i]->image);
        memory_free(pass->outputs[i]);
    }
    memory_free(pass->outputs);
    posting_clear(&pass->postings);
    arena_clear(&pass->arena);
}

static phx_status read_and_encode(struct pass *pass, phx_error *err)
{
    struct counter counter;
    phx_status status;

    if ((status = counter_read(pass->connection, &counter, err)) < 0 ||
        (status = gone_of(pass->connection, &counter, &pass->gone, err)) < 0 ||
        (status = open_inputs(pass, err)) < 0)
        return status;
    for (uint32_t i = 0; i < pass->input_count; i++) {
        if ((status = place_rows(pass, i, err)) < 0)
            return status;
    }
    qsort(pass->places, pass->place_count, sizeof *pass->places, place_order);
    for (size_t from = 0; from < pass->place_count;) {
        size_t to = group_end(pass, from);
        if ((status = store_check_interrupt(pass->store, pass->interrupts,
                                            err)) < 0 ||
            (status = encode_group(pass, from, to, err)) < 0)
            return status;
        from = to;
    }
    posting_sort(&pass->postings);
    return PHX_OK;
}

phx_status compact_blocks(struct store *store, const struct rewrite *rewrite,
                          phx_error *err)
{
    struct pass pass = {.store = store,
                        .rewrite = rewrite,
                        .connection = store->background,
                        .interrupts = store_interrupts(store)};
    bool memory = store->path == NULL;
    phx_status status;

    arena_init(&pass.arena, SIZE_MAX);
    if (store->compact_encoder == NULL &&
        (status = block_writer_new(&store->compact_encoder, err)) < 0)
        return status;
    status = memory ? store_write_begin(store, err)
                    : sql_begin(pass.connection, false, err);
    if (status < 0)
        return status;
    status = read_and_encode(&pass, err);
    close_inputs(&pass);
    if (!memory)
        sql_rollback(pass.connection);
    if (status >= 0 &&
        (memory || (status = store_write_begin(store, err)) >= 0)) {
        if ((status = swap(&pass, err)) >= 0)
            settle(&pass);
        if (!memory)
            store_write_end(store);
    }
    if (memory)
        store_write_end(store);
    pass_clear(&pass);
    return status;
}
