/*
 * experiment_csv.c - all runs of an experiment as a table, with columns for
 * each name that something is said under, in the order in which names appear.
 * What a program gave is a cell as pandas prints it, for that is who wrote
 * these files first: an object as JSON, a list as Python has it, whole numbers
 * as reals if not all cells have one.
 */
#include "base/base.h"
#include "server/csv.h"
#include "server/rest/inside.h"

enum { MOST_NAMES = 400, CELLS_OF_NAME = 9 };

/* --- a value as Python prints it ------------------------------------------------ */

static void print_python(struct buf *out, const struct value *value);

/* In single quotes, unless it has some and no double ones. */
static void print_python_text(struct buf *out, phx_text text)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    bool single = text.size > 0 && memchr(text.data, '\'', text.size) != NULL;
    bool twice = text.size > 0 && memchr(text.data, '"', text.size) != NULL;
    uint8_t quote = single && !twice ? '"' : '\'';

    buf_add_byte(out, quote);
    while (at < end) {
        const uint8_t *start = at;
        uint32_t c = utf8_next(&at, end);
        if (c == quote || c == '\\')
            buf_add_format(out, "\\%c", (char)c);
        else if (c == '\n' || c == '\r' || c == '\t')
            buf_add_string(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else if (c < ' ' || (c >= 0x7F && c <= 0xA0) || c == 0xAD)
            buf_add_format(out, "\\x%02x", (unsigned)c);
        else
            buf_add(out, start, (size_t)(at - start));
    }
    buf_add_byte(out, quote);
}

static void print_python_items(struct buf *out, const struct value *value)
{
    bool object = value->kind == JSON_OBJECT;

    buf_add_byte(out, object ? '{' : '[');
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0)
            buf_add_string(out, ", ");
        if (object) {
            print_python_text(out, value->members[i].key);
            buf_add_string(out, ": ");
        }
        print_python(out, object ? &value->members[i].value : &value->items[i]);
    }
    buf_add_byte(out, object ? '}' : ']');
}

/* Values are not deeper than JSON_DEPTH. */
static void print_python(struct buf *out, const struct value *value)
{
    if (value->kind == JSON_NULL)
        buf_add_string(out, "None");
    else if (value->kind == JSON_BOOL)
        buf_add_string(out, value->integer ? "True" : "False");
    else if (value->kind == JSON_TEXT)
        print_python_text(out, value->text);
    else if (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT)
        print_python_items(out, value);
    else
        json_write_value(out, value, 0);
}

/* --- CSV ----------------------------------------------------------------------- */

struct table {
    phx_text *names; /* in the arena of the request */
    size_t count, capacity;
    bool reals; /* each output is a number or null, and not each an integer */
};

static bool add_name(struct arena *arena, struct table *table, phx_text name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (text_equal(table->names[i], name))
            return true;
    }
    phx_text *larger = arena_grow(arena, table->names, &table->capacity,
                                  table->count, sizeof *larger);
    if (larger == NULL || !keep_text(arena, &name))
        return false;
    table->names = larger;
    larger[table->count++] = name;
    return true;
}

/* The first look at all runs. */
static phx_status read_table(struct request *request, phx_cursor *cursor,
                             struct table *out, phx_error *err)
{
    struct arena *arena = request_arena(request);
    bool numbers = true, integers = true;
    struct arena values;
    const phx_run *run;
    phx_status status;

    arena_init(&values, SIZE_MAX);
    while ((status = phx_cursor_next_run(cursor, &run, err)) == PHX_OK) {
        struct value value;
        arena_reset(&values);
        if ((status = json_read(&values, run->output, 0, &value, err)) < 0)
            break;
        integers &= value.kind == JSON_INT;
        numbers &= value.kind == JSON_INT || value.kind == JSON_REAL ||
                   value.kind == JSON_NULL;
        for (size_t i = 0; i < run->evaluation_count && status >= 0; i++) {
            if (!add_name(arena, out, run->evaluations[i].name))
                status = PHX_NO_MEMORY;
            if (out->count > MOST_NAMES)
                status = PHX_TOO_BIG;
        }
        if (status < 0)
            break;
    }
    arena_clear(&values);
    out->reals = numbers && !integers;
    return status < 0 ? status : PHX_OK;
}

struct csv {
    struct buf *out;
    bool pending; /* a comma */
};

static void csv_text(struct csv *csv, phx_text text)
{
    if (csv->pending)
        buf_add_byte(csv->out, ',');
    csv->pending = true;
    csv_write_cell(csv->out, text);
}

static void csv_string(struct csv *csv, const char *string)
{
    csv_text(csv, text_of(string));
}

static void csv_end_row(struct csv *csv)
{
    buf_add_byte(csv->out, '\n');
    csv->pending = false;
}

static void csv_buf(struct csv *csv, struct buf *text)
{
    if (text->status < 0 && csv->out->status >= 0)
        csv->out->status = text->status;
    csv_text(csv, text_span(text->data, text->size));
    buf_reset(text);
}

static void csv_real(struct csv *csv, struct buf *text, double value)
{
    json_write_real(text, value);
    csv_buf(csv, text);
}

static void csv_time(struct csv *csv, uint64_t time)
{
    char text[40];

    time_print(time, text);
    csv_string(csv, text);
}

/* An object as json.dumps writes it. */
static phx_status csv_json(struct csv *csv, struct buf *text,
                           struct arena *arena, phx_text json, phx_error *err)
{
    struct value value;
    phx_status status = json_read(arena, json, 0, &value, err);

    if (status < 0)
        return status;
    json_write_value(text, &value, JSON_SPACED | JSON_ASCII);
    csv_buf(csv, text);
    return PHX_OK;
}

static phx_status csv_output(struct csv *csv, struct buf *text,
                             struct arena *arena, const struct table *table,
                             phx_text json, phx_error *err)
{
    struct value value;
    phx_status status = json_read(arena, json, 0, &value, err);

    if (status < 0)
        return status;
    if (value.kind == JSON_OBJECT)
        json_write_value(text, &value, JSON_SPACED | JSON_ASCII);
    else if (value.kind == JSON_TEXT)
        buf_add_text(text, value.text);
    else if (value.kind == JSON_INT && table->reals)
        json_write_real(text, (double)value.integer);
    else if (value.kind != JSON_NULL)
        print_python(text, &value);
    csv_buf(csv, text);
    return PHX_OK;
}

static phx_status csv_said(struct csv *csv, struct buf *text,
                           struct arena *arena, const phx_evaluation *said,
                           phx_error *err)
{
    csv_text(csv, said->label);
    if (said->has_score)
        csv_real(csv, text, said->score);
    else
        csv_string(csv, NULL);
    csv_text(csv, said->explanation);
    phx_status status = csv_json(csv, text, arena, said->metadata, err);
    csv_string(csv, annotator_names[said->annotator]);
    csv_text(csv, said->trace_id);
    csv_text(csv, said->error);
    csv_time(csv, said->start_time);
    csv_time(csv, said->end_time);
    return status;
}

static phx_status csv_names(struct csv *csv, struct buf *text,
                            struct arena *arena, const struct table *table,
                            const phx_run *run, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < table->count && status >= 0; i++) {
        const phx_evaluation *said = run->evaluations;
        const phx_evaluation *end = said + run->evaluation_count;
        while (said < end && !text_equal(said->name, table->names[i]))
            said++;
        if (said < end)
            status = csv_said(csv, text, arena, said, err);
        for (int j = 0; said == end && j < CELLS_OF_NAME; j++)
            csv_string(csv, NULL);
    }
    return status;
}

static phx_status csv_run(struct csv *csv, struct buf *text,
                          struct arena *arena, const struct table *table,
                          const phx_run *run, phx_error *err)
{
    phx_status status;
    char id[ID_SIZE];

    id_print("DatasetExample", run->example, id);
    csv_string(csv, id);
    buf_add_format(text, "%lld", (long long)run->repetition);
    csv_buf(csv, text);
    if ((status = csv_json(csv, text, arena, run->content->input, err)) < 0 ||
        (status = csv_json(csv, text, arena, run->content->output, err)) < 0 ||
        (status = csv_output(csv, text, arena, table, run->output, err)) < 0 ||
        (status = csv_json(csv, text, arena, run->content->metadata, err)) < 0)
        return status;
    csv_text(csv, run->error);
    csv_real(csv, text, latency_ms(run));
    csv_time(csv, run->start_time);
    csv_time(csv, run->end_time);
    csv_text(csv, run->trace_id);
    csv_string(csv, NULL); /* tokens of prompt and completion */
    csv_string(csv, NULL);
    status = csv_names(csv, text, arena, table, run, err);
    csv_end_row(csv);
    return status;
}

static phx_status write_line(struct json_writer *json, struct arena *arena,
                             phx_cursor *cursor, void *ctx, phx_error *err)
{
    const phx_run *run;
    struct csv csv = {.out = json->out};
    struct buf text;
    phx_status status = phx_cursor_next_run(cursor, &run, err);

    if (status != PHX_OK)
        return status;
    buf_init(&text, SIZE_MAX);
    status = csv_run(&csv, &text, arena, ctx, run, err);
    buf_clear(&text);
    return status;
}

static void end_lines(struct json_writer *json, void *ctx)
{
    (void)json;
    (void)ctx;
}

static void write_head(struct buf *out, const struct table *table)
{
    static const char *const columns[] = {"example_id",
                                          "repetition_number",
                                          "input",
                                          "reference_output",
                                          "output",
                                          "metadata",
                                          "error",
                                          "latency_ms",
                                          "start_time",
                                          "end_time",
                                          "trace_id",
                                          "prompt_token_count",
                                          "completion_token_count"};
    static const char *const parts[CELLS_OF_NAME] = {
        "label",    "score", "explanation", "metadata", "annotator_kind",
        "trace_id", "error", "start_time",  "end_time"};
    struct csv csv = {.out = out};
    struct buf text;

    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_string(&csv, columns[i]);
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < CELLS_OF_NAME; j++) {
            buf_add_string(&text, "annotation_");
            buf_add_text(&text, table->names[i]);
            buf_add_format(&text, "_%s", parts[j]);
            csv_buf(&csv, &text);
        }
    }
    csv_end_row(&csv);
    buf_clear(&text);
}

void experiment_csv(struct request *request)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    struct table *table = arena_new(request_arena(request), sizeof *table);
    struct json_writer json;
    phx_error err = {0};
    phx_text name;
    phx_cursor *cursor = open_runs(request, &query, &name);

    if (cursor == NULL)
        return;
    phx_status status = table == NULL ? PHX_NO_MEMORY : PHX_OK;
    if (status >= 0) {
        *table = (struct table){NULL, 0, 0, false};
        status = read_table(request, cursor, table, &err);
    }
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_runs(request_service(request)->store, &query,
                                     &cursor, &err);
    if (status == PHX_TOO_BIG) {
        answer_text(request, 422, "over %d names of evaluations: ask for JSON",
                    MOST_NAMES);
    } else if (status == PHX_NO_MEMORY) {
        answer_later(request, "no memory");
    } else if (status < 0) {
        answer_failure(request, status, &err);
    } else if (!answer_file(request, name, ".csv")) {
        phx_cursor_close(cursor);
    } else {
        json_begin(&json, answer_buf(request));
        write_head(answer_buf(request), table);
        send_rows(
            request, cursor, &json,
            &(struct row_form){"text/csv", write_line, end_lines, NULL, table});
    }
}
