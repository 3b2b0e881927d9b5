/*
 * dataset_csv.c - the examples of a version as CSV, as pandas prints them: a
 * column for each leaf of their objects, in order of first appearance. How a
 * number is printed depends on the whole column, so that the examples are read
 * twice: for the columns, and as they are sent.
 *
 *     id,node_id,input.q,output.a,splits
 *     x,RGF0YXNldEV4YW1wbGU6MQ==,"a,b",1.0,"[""train""]"
 */
#include "base/base.h"
#include "server/csv.h"
#include "server/rest/inside.h"

enum { NAMES_SIZE = 16 << 20 };

/* What the values of a column are, besides missing. */
enum { HAS_INT = 1, HAS_REAL = 2, HAS_OTHER = 4 };

struct csv_column {
    phx_text name;
    int kinds;
    int64_t values; /* that are not missing */
};

struct csv_form {
    struct example_form form; /* the first: it is found by it */
    struct arena *arena;      /* of the names */
    struct map index;         /* hash of a name -> column */
    struct csv_column *columns;
    size_t count, capacity;
    int64_t rows;
    bool adding; /* what columns there are is not known yet */
};

/* A row as it is made. */
struct csv_row {
    struct csv_form *form;
    struct arena *arena;
    struct value *cells; /* [form->count]; NULL while columns are added */
    phx_status status;
};

static struct csv_form *csv_of(const struct example_form *form)
{
    return (struct csv_form *)(uintptr_t)form;
}

/* --- columns ------------------------------------------------------------------ */

static phx_status add_column(struct csv_form *form, phx_text name,
                             uint32_t *slot)
{
    struct csv_column *larger;

    if (form->count == MOST_COLUMNS)
        return PHX_TOO_BIG;
    larger = arena_grow(form->arena, form->columns, &form->capacity,
                        form->count, sizeof *larger);
    if (larger == NULL || !keep_text(form->arena, &name))
        return PHX_NO_MEMORY;
    form->columns = larger;
    *slot = (uint32_t)form->count;
    larger[form->count++] = (struct csv_column){.name = name};
    return PHX_OK;
}

/* The column of a name: DONE if there is none. */
static phx_status find_column(struct csv_form *form, phx_text name, size_t *out)
{
    for (uint64_t seed = 0;; seed++) {
        uint64_t hash = hash_bytes(name.data, name.size, seed) | 1;
        const uint32_t *known = map_find(&form->index, hash);
        bool fresh;
        if (known == NULL && !form->adding)
            return PHX_DONE;
        if (known == NULL) {
            uint32_t *slot = map_slot(&form->index, hash, &fresh);
            *out = form->count;
            return slot ? add_column(form, name, slot) : PHX_NO_MEMORY;
        }
        *out = *known;
        if (text_equal(form->columns[*known].name, name))
            return PHX_OK;
    }
}

static void note_kind(struct csv_column *column, const struct value *value)
{
    if (value->kind == JSON_NULL)
        return;
    column->values++;
    column->kinds |= value->kind == JSON_INT    ? HAS_INT
                     : value->kind == JSON_REAL ? HAS_REAL
                                                : HAS_OTHER;
}

static void add_cell(struct csv_row *row, phx_text name,
                     const struct value *value)
{
    size_t at = 0;
    phx_status status = find_column(row->form, name, &at);

    if (status == PHX_OK && row->cells != NULL)
        row->cells[at] = *value;
    else if (status == PHX_OK)
        note_kind(&row->form->columns[at], value);
    else if (status < 0)
        row->status = status;
}

/* Objects are told by the path to their leaves; as deep as JSON may be. */
static void add_leaves(struct csv_row *row, phx_text path,
                       const struct value *value)
{
    if (value->kind != JSON_OBJECT) {
        add_cell(row, path, value);
        return;
    }
    for (uint32_t i = 0; i < value->count && row->status >= 0; i++) {
        const struct member *member = &value->members[i];
        size_t size = size_add(path.size, size_add(member->key.size, 1));
        char *text = size > NAMES_SIZE ? NULL : arena_new(row->arena, size);
        if (text == NULL) {
            row->status = PHX_NO_MEMORY;
            return;
        }
        memcpy(text, path.data, path.size);
        text[path.size] = '.';
        if (member->key.size > 0)
            memcpy(text + path.size + 1, member->key.data, member->key.size);
        add_leaves(row, text_span(text, size), &member->value);
    }
}

static phx_status add_example(struct csv_row *row, const phx_example *example,
                              phx_error *err)
{
    static const char *const parts[] = {"input", "output", "metadata"};
    const phx_text texts[] = {example->input, example->output,
                              example->metadata};
    char *id = arena_new(row->arena, ID_SIZE);
    struct value value, node;
    phx_status status;

    if (id == NULL)
        return PHX_NO_MEMORY;
    id_print("DatasetExample", example->id, id);
    node = value_text(text_of(id));
    value = example->external_id.data ? value_text(example->external_id) : node;
    add_cell(row, text_of("id"), &value);
    add_cell(row, text_of("node_id"), &node);
    for (int i = 0; i < 3; i++) {
        if ((status = json_read(row->arena, texts[i], 0, &value, err)) < 0)
            return status;
        add_leaves(row, text_of(parts[i]), &value);
    }
    if ((status = json_read(row->arena, example->splits, 0, &value, err)) < 0)
        return status;
    if (value.count > 0)
        add_cell(row, text_of("splits"), &value);
    return row->status;
}

/* --- text --------------------------------------------------------------------- */

/* Integers are doubles in a column of numbers that has others or gaps. */
static void write_int(const struct csv_form *form,
                      const struct csv_column *column, struct buf *out,
                      int64_t value)
{
    if (column->kinds == (HAS_INT | HAS_REAL) ||
        (column->kinds == HAS_INT && column->values < form->rows))
        json_write_real(out, (double)value);
    else
        json_write_int(out, value);
}

/* As JSON in a cell. */
static void write_json(struct buf *out, const struct value *value)
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    json_write_value(&text, value, JSON_SPACED);
    csv_write_cell(out, text_span(text.data, text.size));
    if (text.status < 0)
        out->status = text.status;
    buf_clear(&text);
}

static void write_value(const struct csv_form *form,
                        const struct csv_column *column, struct buf *out,
                        const struct value *value)
{
    if (value->kind == JSON_BOOL)
        buf_add_string(out, value->integer ? "True" : "False");
    else if (value->kind == JSON_INT)
        write_int(form, column, out, value->integer);
    else if (value->kind == JSON_TEXT)
        csv_write_cell(out, value->text);
    else if (value->kind != JSON_NULL)
        write_json(out, value);
}

static void write_header(const struct csv_form *form, struct buf *out)
{
    for (size_t i = 0; i < form->count; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        csv_write_cell(out, form->columns[i].name);
    }
    buf_add_byte(out, '\n');
}

static phx_status write_row(const struct example_form *form,
                            struct json_writer *json, struct arena *arena,
                            const phx_example *example, phx_error *err)
{
    struct csv_form *csv = csv_of(form);
    size_t size = size_mul(csv->count, sizeof(struct value));
    struct csv_row row = {.form = csv, .arena = arena};
    phx_status status;

    if ((row.cells = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    memset(row.cells, 0, size); /* null, all of them */
    if ((status = add_example(&row, example, err)) < 0)
        return status;
    for (size_t i = 0; i < csv->count; i++) {
        if (i > 0)
            buf_add_byte(json->out, ',');
        write_value(csv, &csv->columns[i], json->out, &row.cells[i]);
    }
    buf_add_byte(json->out, '\n');
    return PHX_OK;
}

/* --- the file ----------------------------------------------------------------- */

static phx_status read_columns(struct csv_form *form, phx_cursor *cursor,
                               phx_error *err)
{
    struct csv_row row = {.form = form};
    const phx_example *example;
    struct arena arena;
    phx_status status;

    arena_init(&arena, ROW_MEMORY);
    row.arena = &arena;
    form->adding = true;
    while ((status = phx_cursor_next_example(cursor, &example, err)) ==
           PHX_OK) {
        arena_reset(&arena);
        form->rows++;
        if ((status = add_example(&row, example, err)) < 0)
            break;
    }
    form->adding = false;
    arena_clear(&arena);
    if (status == PHX_TOO_BIG)
        fail(err, status, -1, "the examples have over %d columns",
             MOST_COLUMNS);
    if (status == PHX_NO_MEMORY)
        fail_memory(err, NAMES_SIZE);
    return status;
}

static void end_form(const struct example_form *form)
{
    map_clear(&csv_of(form)->index);
}

static phx_status open_csv(struct request *request, struct csv_form *form,
                           phx_id dataset, phx_id version, phx_cursor **out,
                           phx_error *err)
{
    const struct service *service = request_service(request);
    phx_status status = phx_store_find_examples(service->store, dataset,
                                                version, 0, 0, out, err);

    if (status < 0)
        return status;
    status = read_columns(form, *out, err);
    phx_cursor_close(*out);
    *out = NULL;
    return status < 0 ? status
                      : phx_store_find_examples(service->store, dataset,
                                                version, 0, 0, out, err);
}

/* Of a version of another dataset, or an empty one, a line without columns. */
void dataset_csv(struct request *request)
{
    struct csv_form *form = arena_new(request_arena(request), sizeof *form);
    phx_cursor *cursor = NULL;
    struct json_writer json;
    phx_error err = {0};
    phx_id dataset, version;
    phx_status status;

    if (form == NULL) {
        answer_later(request, "no memory for the file");
        return;
    }
    *form =
        (struct csv_form){.form = {"text/csv", ".csv", "", write_row, end_form},
                          .arena = request_arena(request)};
    map_init(&form->index);
    if (!find_file(request, form->form.ending, &dataset, &version))
        return;
    status = open_csv(request, form, dataset, version, &cursor, &err);
    json_begin(&json, answer_buf(request));
    if (status >= 0 || status == PHX_NOT_FOUND)
        write_header(form, json.out);
    if (status >= 0) {
        send_examples(request, cursor, &json, &form->form);
        return;
    }
    if (status == PHX_NOT_FOUND)
        answer_body(request, 200, form->form.type);
    else if (status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err.message);
    else
        answer_failure(request, status, &err);
    end_form(&form->form);
}
