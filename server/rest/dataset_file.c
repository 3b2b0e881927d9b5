/*
 * dataset_file.c - uploads as a form with a file: rows of CSV or JSON lines,
 * and fields that say which of their columns are what of an example.
 *
 *     input_keys[]=q  output_keys[]=a  split_key=s  file: q,a,s
 *                                                         why?,so,train
 *     {"input": {"q": "why?"}, "output": {"a": "so"}}, in "train"
 */
#include "base/base.h"
#include "server/csv.h"
#include "server/encoding.h"
#include "server/http/multipart.h"
#include "server/rest/dataset_upload.h"

#include <strings.h>

enum { INPUT, OUTPUT, METADATA, SPLITS, SPLIT, SPAN_ID, EXAMPLE_ID };
enum { BUCKETS = SPLITS };

/* A column that a field names, and what it is for. */
struct file_key {
    phx_text name;
    int use;
    bool flatten; /* its members are the bucket's, not it itself */
    bool known;   /* some row has it */
    size_t cell;  /* of CSV */
};

struct file_reader {
    struct upload *upload;
    struct arena *kept; /* of items, which is the request's */
    struct arena row_arena, *arena;
    const struct part_body *file;
    struct buf unpacked;
    struct file_key *keys;
    size_t key_count;
    bool dotted; /* keys are paths: "input.a.b" */
    bool lines;  /* JSON lines */
    size_t capacity;
    int64_t line;
    struct csv_record record;
    struct value row; /* of JSON lines */
};

static const struct {
    const char *field;
    int use;
} key_fields[] = {
    {"input_keys[]", INPUT},        {"output_keys[]", OUTPUT},
    {"split_keys[]", SPLITS},       {"metadata_keys[]", METADATA},
    {"split_key", SPLIT},           {"span_id_key", SPAN_ID},
    {"example_id_key", EXAMPLE_ID},
};
static const char *const prefixes[] = {"input.", "output.", "metadata."};

/* --- the form ----------------------------------------------------------------- */

static bool lacks_memory(struct file_reader *reader)
{
    answer_later(reader->upload->request, "no memory for the examples");
    return false;
}

static phx_text field_text(const struct multipart *form, const char *name)
{
    for (size_t i = form->count; i > 0; i--) {
        if (text_is(form->parts[i - 1].name, name))
            return form->parts[i - 1].body;
    }
    return (phx_text){NULL, 0};
}

static int field_use(phx_text name)
{
    for (size_t i = 0; i < sizeof key_fields / sizeof *key_fields; i++) {
        if (text_is(name, key_fields[i].field))
            return key_fields[i].use;
    }
    return -1;
}

static bool is_flat(const struct multipart *form, phx_text key)
{
    for (size_t i = 0; i < form->count; i++) {
        if (text_is(form->parts[i].name, "flatten_keys[]") &&
            text_equal(form->parts[i].body, key))
            return true;
    }
    return false;
}

/* Paths, unless columns are flattened. */
static bool is_dotted(const struct multipart *form,
                      const struct file_reader *reader)
{
    bool dotted = false;

    for (size_t i = 0; i < form->count; i++) {
        if (text_is(form->parts[i].name, "flatten_keys[]"))
            return false;
    }
    for (size_t i = 0; i < reader->key_count && !dotted; i++) {
        for (int j = 0; j < BUCKETS; j++)
            dotted |= reader->keys[i].use < BUCKETS &&
                      text_starts(reader->keys[i].name, prefixes[j]);
    }
    return dotted;
}

static bool read_keys(struct file_reader *reader, const struct multipart *form)
{
    struct request *request = reader->upload->request;
    bool has_split = false, has_splits = false;

    reader->keys = arena_new(reader->kept,
                             size_mul(form->count + 1, sizeof *reader->keys));
    if (reader->keys == NULL)
        return lacks_memory(reader);
    for (size_t i = 0; i < form->count; i++) {
        const struct part_body *part = &form->parts[i];
        int use = field_use(part->name);
        if (use < 0 || part->body.size == 0)
            continue;
        reader->keys[reader->key_count++] = (struct file_key){
            .name = part->body,
            .use = use,
            .flatten = use < BUCKETS && is_flat(form, part->body)};
        has_split |= use == SPLIT;
        has_splits |= use == SPLITS;
    }
    reader->dotted = is_dotted(form, reader);
    if (!has_split || !has_splits)
        return true;
    answer_text(request, 422,
                "split_key and split_keys[] cannot both be given");
    return false;
}

/* The bytes of the file, unpacked; checked to be UTF-8. */
static bool unpack(struct file_reader *reader, phx_text *out)
{
    struct request *request = reader->upload->request;
    const struct part_body *file = reader->file;
    enum encoding encoding;
    phx_error err = {0};
    phx_status status;

    *out = file->body;
    if (!encoding_find(file->encoding, &encoding)) {
        answer_text(request, 422,
                    "the file's Content-Encoding '%.*s' is none of "
                    "gzip and deflate",
                    (int)file->encoding.size, file->encoding.data);
        return false;
    }
    if (encoding != ENCODING_IDENTITY) {
        status = encoding_inflate(encoding, out->data, out->size,
                                  &reader->unpacked, &err);
        if (status < 0) {
            if (status == PHX_NO_MEMORY)
                return lacks_memory(reader);
            answer_text(request, status == PHX_TOO_BIG ? 413 : 422,
                        "the file cannot be unpacked: %s", err.message);
            return false;
        }
        *out = text_span(reader->unpacked.data, reader->unpacked.size);
    }
    size_t sound = utf8_check(out->data, out->size), line = 1;
    for (size_t i = 0; i < sound && sound < out->size; i++)
        line += out->data[i] == '\n';
    if (sound == out->size)
        return true;
    answer_text(request, 422, "line %zu of the file is not UTF-8", line);
    return false;
}

/* --- cells -------------------------------------------------------------------- */

static bool refuse_line(struct file_reader *reader, const char *why,
                        phx_text name)
{
    answer_text(reader->upload->request, 422, "line %lld: %s '%.*s'",
                (long long)reader->line, why,
                name.size < 64 ? (int)name.size : 64, name.data);
    return false;
}

/* What the row has in a column; false if nothing. */
static bool find_cell(const struct file_reader *reader,
                      const struct file_key *key, struct value *out)
{
    if (reader->lines) {
        char name[256];
        const struct value *found = NULL;
        if (key->name.size < sizeof name) {
            memcpy(name, key->name.data, key->name.size);
            name[key->name.size] = '\0';
            found = value_member(&reader->row, name);
        }
        if (found != NULL)
            *out = *found;
        return found != NULL;
    }
    if (key->cell >= reader->record.count ||
        text_strip(reader->record.cells[key->cell]).size == 0)
        return false;
    *out = value_text(reader->record.cells[key->cell]);
    return true;
}

/* What looks like a list or an object and is one is that. */
static void read_nested(struct file_reader *reader, struct value *value)
{
    phx_text text = value->kind == JSON_TEXT ? text_strip(value->text)
                                             : (phx_text){NULL, 0};
    struct value read;

    if (text.size > 0 && (text.data[0] == '[' || text.data[0] == '{') &&
        json_read(reader->arena, text, 0, &read, NULL) >= 0)
        *value = read;
}

/* --- objects ------------------------------------------------------------------ */

/* The member of a key, made if it is not there; NULL without memory. */
static struct value *make_member(struct file_reader *reader,
                                 struct value *object, phx_text key,
                                 bool *fresh)
{
    struct member *larger;

    for (uint32_t i = 0; i < object->count; i++) {
        if (text_equal(object->members[i].key, key))
            return &object->members[i].value;
    }
    larger =
        arena_new(reader->arena, ((size_t)object->count + 1) * sizeof *larger);
    if (larger == NULL)
        return NULL;
    if (object->count > 0)
        memcpy(larger, object->members, object->count * sizeof *larger);
    larger[object->count] = (struct member){.key = key};
    object->members = larger;
    *fresh = true;
    return &larger[object->count++].value;
}

/* The place of a path such as "a.b", whose objects are made on the way. */
static bool put_path(struct file_reader *reader, struct value *object,
                     phx_text path, const struct value *value)
{
    bool fresh;

    for (;;) {
        const char *dot = memchr(path.data, '.', path.size);
        size_t size = dot ? (size_t)(dot - path.data) : path.size;
        struct value *at =
            make_member(reader, object, text_span(path.data, size), &fresh);
        if (at == NULL)
            return lacks_memory(reader);
        if (dot == NULL) {
            *at = *value;
            return true;
        }
        if (at->kind != JSON_OBJECT)
            *at = (struct value){.kind = JSON_OBJECT};
        object = at;
        path = text_span(dot + 1, path.size - size - 1);
    }
}

static bool put_members(struct file_reader *reader, struct value *object,
                        const struct file_key *key, const struct value *value)
{
    struct value whole = *value;

    if (whole.kind == JSON_TEXT &&
        (json_read(reader->arena, whole.text, 0, &whole, NULL) < 0))
        return refuse_line(reader, "no JSON object is in the column",
                           key->name);
    if (whole.kind == JSON_NULL)
        return true;
    if (whole.kind != JSON_OBJECT)
        return refuse_line(reader, "no JSON object is in the column",
                           key->name);
    for (uint32_t i = 0; i < whole.count; i++) {
        bool fresh = false;
        struct value *at =
            make_member(reader, object, whole.members[i].key, &fresh);
        if (at == NULL)
            return lacks_memory(reader);
        if (!fresh)
            return refuse_line(reader, "two columns have a member",
                               whole.members[i].key);
        *at = whole.members[i].value;
    }
    return true;
}

static bool put_cell(struct file_reader *reader, struct value *object,
                     const struct file_key *key, struct value *value)
{
    phx_text path = key->name;
    bool fresh = false;

    if (key->flatten)
        return put_members(reader, object, key, value);
    if (reader->dotted) {
        size_t size = strlen(prefixes[key->use]);
        if (text_starts(path, prefixes[key->use]))
            path = text_span(path.data + size, path.size - size);
        read_nested(reader, value);
        return put_path(reader, object, path, value);
    }
    struct value *at = make_member(reader, object, path, &fresh);
    if (at == NULL)
        return lacks_memory(reader);
    if (!fresh)
        return refuse_line(reader, "two columns have a member", path);
    *at = *value;
    return true;
}

static bool keep_json(struct file_reader *reader, const struct value *value,
                      phx_text *out)
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    json_write_value(&text, value, 0);
    *out = text_span(text.data, text.size);
    bool kept = text.status >= 0 && keep_text(reader->kept, out);
    buf_clear(&text);
    return kept || lacks_memory(reader);
}

/* --- splits and ids ----------------------------------------------------------- */

/* A list of names as JSON, or one name. */
static bool put_splits(struct file_reader *reader, const struct file_key *key,
                       struct value *value, struct value *names)
{
    struct value one = *value;
    uint32_t count = 1;
    const struct value *items = &one;

    if (key->use == SPLIT)
        read_nested(reader, &one);
    if (one.kind == JSON_NULL)
        return true;
    if (one.kind == JSON_ARRAY) {
        items = one.items;
        count = one.count;
    }
    struct value *larger = arena_new(
        reader->arena, ((size_t)names->count + count + 1) * sizeof *larger);
    if (larger == NULL)
        return lacks_memory(reader);
    if (names->count > 0)
        memcpy(larger, names->items, names->count * sizeof *larger);
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind != JSON_TEXT && items[i].kind != JSON_NULL)
            return refuse_line(reader, "no name of a split is in the column",
                               key->name);
        larger[names->count + i] = items[i];
    }
    names->items = larger;
    names->count += count;
    return true;
}

/* An id as a text; absent if it is none. */
static bool read_id(struct file_reader *reader, const struct value *value,
                    phx_text *out)
{
    *out = (phx_text){NULL, 0};
    if (value->kind == JSON_TEXT)
        *out = text_strip(value->text);
    else if (value->kind == JSON_INT && !keep_json(reader, value, out))
        return false;
    if (out->size == 0 || text_is(*out, "nan"))
        *out = (phx_text){NULL, 0};
    return keep_text(reader->kept, out) || lacks_memory(reader);
}

static bool put_id(struct file_reader *reader, int use,
                   const struct value *value, phx_example_item *item)
{
    phx_text id;

    if (!read_id(reader, value, &id))
        return false;
    if (id.data != NULL && use == SPAN_ID)
        item->span_id = id;
    else if (id.data != NULL)
        upload_read_id(reader->upload, id, item);
    return true;
}

static bool write_splits(struct file_reader *reader, const struct value *names,
                         phx_example_item *item)
{
    struct json_writer json;
    struct buf text;

    buf_init(&text, SIZE_MAX);
    json_begin(&json, &text);
    upload_write_splits(&json, names);
    item->splits = text_span(text.data, text.size);
    bool kept = text.status >= 0 && keep_text(reader->kept, &item->splits);
    buf_clear(&text);
    return kept || lacks_memory(reader);
}

/* --- rows --------------------------------------------------------------------- */

static phx_example_item *add_item(struct file_reader *reader)
{
    struct upload *upload = reader->upload;
    phx_example_item *larger =
        arena_grow(reader->kept, upload->items, &reader->capacity,
                   upload->count, sizeof *larger);

    if (larger == NULL)
        return NULL;
    upload->items = larger;
    larger[upload->count] = (phx_example_item){.example = 0};
    return &larger[upload->count++];
}

/* The row at hand becomes an item. */
static bool read_row(struct file_reader *reader)
{
    struct value objects[BUCKETS];
    struct value names = {.kind = JSON_ARRAY};
    phx_example_item *item = add_item(reader);
    bool sound = item != NULL || lacks_memory(reader);

    for (int i = 0; i < BUCKETS; i++)
        objects[i] = (struct value){.kind = JSON_OBJECT};
    for (size_t i = 0; i < reader->key_count && sound; i++) {
        struct file_key *key = &reader->keys[i];
        struct value value;
        if (!find_cell(reader, key, &value))
            continue;
        key->known = true;
        if (key->use < BUCKETS)
            sound = put_cell(reader, &objects[key->use], key, &value);
        else if (key->use == SPLIT || key->use == SPLITS)
            sound = put_splits(reader, key, &value, &names);
        else
            sound = put_id(reader, key->use, &value, item);
    }
    return sound && keep_json(reader, &objects[INPUT], &item->input) &&
           keep_json(reader, &objects[OUTPUT], &item->output) &&
           keep_json(reader, &objects[METADATA], &item->metadata) &&
           write_splits(reader, &names, item);
}

static bool check_keys(struct file_reader *reader)
{
    for (size_t i = 0; i < reader->key_count; i++) {
        phx_text name = reader->keys[i].name;
        if (reader->keys[i].known)
            continue;
        answer_text(reader->upload->request, 422,
                    "the file has no column '%.*s'",
                    name.size < 64 ? (int)name.size : 64, name.data);
        return false;
    }
    return true;
}

/* --- CSV ---------------------------------------------------------------------- */

static bool answer_csv(struct file_reader *reader, phx_status status,
                       const phx_error *err)
{
    if (status == PHX_NO_MEMORY)
        return lacks_memory(reader);
    answer_text(reader->upload->request, 422, "%s", err->message);
    return false;
}

static bool read_header(struct file_reader *reader)
{
    const struct csv_record *record = &reader->record;

    if (record->count > MOST_COLUMNS)
        return refuse_line(reader, "it has too many columns, past",
                           record->cells[MOST_COLUMNS]);
    for (size_t i = 0; i < record->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (text_equal(record->cells[i], record->cells[j]))
                return refuse_line(reader, "two columns are called",
                                   record->cells[i]);
        }
        for (size_t j = 0; j < reader->key_count; j++) {
            struct file_key *key = &reader->keys[j];
            if (!text_equal(key->name, record->cells[i]))
                continue;
            key->cell = i;
            key->known = true;
        }
    }
    return check_keys(reader);
}

static bool read_csv(struct file_reader *reader, phx_text text)
{
    struct csv_record *record = &reader->record;
    struct csv_reader csv;
    phx_error err = {0};
    phx_status status;

    csv_init(&csv, text, reader->arena);
    if ((status = csv_next(&csv, record, &err)) < 0)
        return answer_csv(reader, status, &err);
    if (status == PHX_DONE) {
        answer_text(reader->upload->request, 422, "the file has no header");
        return false;
    }
    size_t columns = record->count;
    reader->line = record->line;
    if (!read_header(reader))
        return false;
    for (;;) {
        arena_reset(reader->arena);
        if ((status = csv_next(&csv, record, &err)) != PHX_OK)
            break;
        reader->line = record->line;
        if (record->count > columns) {
            answer_text(reader->upload->request, 422,
                        "line %lld: %zu cells, the header has %zu",
                        (long long)reader->line, record->count, columns);
            return false;
        }
        if (!read_row(reader))
            return false;
    }
    return status >= 0 || answer_csv(reader, status, &err);
}

/* --- JSON lines --------------------------------------------------------------- */

static bool read_line(struct file_reader *reader, phx_text line)
{
    phx_error err = {0};

    arena_reset(reader->arena);
    phx_status status = json_read(reader->arena, line, 0, &reader->row, &err);

    if (status == PHX_NO_MEMORY)
        return lacks_memory(reader);
    if (status >= 0 && reader->row.kind == JSON_OBJECT)
        return read_row(reader);
    answer_text(reader->upload->request, 422, "line %lld is no JSON object%s%s",
                (long long)reader->line, status < 0 ? ": " : "",
                status < 0 ? err.message : "");
    return false;
}

static bool read_lines(struct file_reader *reader, phx_text text)
{
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;
        phx_text line = text_strip(text_span(text.data, size));
        reader->line++;
        size += end != NULL;
        text = text_span(text.data + size, text.size - size);
        if (line.size > 0 && !read_line(reader, line))
            return false;
    }
    return check_keys(reader);
}

/* --- the upload --------------------------------------------------------------- */

static bool is_type(phx_text type, const char *wanted)
{
    const char *end = memchr(type.data, ';', type.size);
    phx_text plain = text_trim(
        text_span(type.data, end ? (size_t)(end - type.data) : type.size));

    return plain.size == strlen(wanted) &&
           strncasecmp(plain.data, wanted, plain.size) == 0;
}

static bool read_file(struct file_reader *reader)
{
    struct request *request = reader->upload->request;
    phx_text type = reader->file->type, text;
    bool csv = type.size > 0 && is_type(type, "text/csv");

    reader->lines = type.size > 0 && (is_type(type, "application/jsonl") ||
                                      is_type(type, "application/x-ndjson"));
    if (!csv && !reader->lines) {
        answer_text(request, 422,
                    "the file's type is '%.*s': text/csv and application/jsonl "
                    "are read",
                    type.size < 64 ? (int)type.size : 64, type.data);
        return false;
    }
    if (!unpack(reader, &text))
        return false;
    return csv ? read_csv(reader, text) : read_lines(reader, text);
}

static bool read_fields(struct file_reader *reader,
                        const struct multipart *form)
{
    struct upload *upload = reader->upload;
    phx_text action = field_text(form, "action");
    phx_text about = field_text(form, "description");

    for (size_t i = 0; i < form->count; i++) {
        if (text_is(form->parts[i].name, "file"))
            reader->file = &form->parts[i];
    }
    upload->action = PHX_DATASET_CREATE;
    if (action.size > 0 && !upload_read_action(upload, action))
        return false;
    if (reader->file == NULL) {
        answer_text(upload->request, 422, "the form has no file");
        return false;
    }
    if (text_strip(about).size == 0)
        about = reader->file->file;
    return upload_read_texts(upload, field_text(form, "name"), about) &&
           read_keys(reader, form);
}

bool upload_read_form(struct upload *upload)
{
    struct request *request = upload->request;
    struct file_reader reader = {.upload = upload,
                                 .kept = request_arena(request),
                                 .arena = &reader.row_arena};
    struct multipart form;
    phx_error err = {0};
    phx_status status =
        multipart_read(reader.kept, request_header(request, "Content-Type"),
                       request_body(request), &form, &err);

    if (status == PHX_NO_MEMORY)
        return lacks_memory(&reader);
    if (status < 0) {
        answer_text(request, 422, "%s", err.message);
        return false;
    }
    arena_init(&reader.row_arena, ROW_MEMORY);
    buf_init(&reader.unpacked, HTTP_BODY_LIMIT);
    bool read = read_fields(&reader, &form) && read_file(&reader);
    buf_clear(&reader.unpacked);
    csv_clear(&reader.record);
    arena_clear(&reader.row_arena);
    return read;
}
