/*
 * shape.c - the form of a JSON value as a table says it, checked and written in
 * one walk. What is wrong is told as pydantic tells it:
 *
 *     {"type": "missing", "loc": ["template", "chat", "messages"],
 *      "msg": "Field required", "input": {...}}
 *
 * Where a value was told apart by its tag, the tag is part of its place.
 */
#include "base/base.h"

#include "prompt/inside.h"

#include <strings.h>

/* Where in the value: parts from the last to the first. */
struct place {
    const struct place *parent;
    const char *key; /* NULL for an index */
    size_t index;
};

struct walk {
    struct json_writer json;
    struct buf *problems;
    size_t count; /* of problems */
    phx_error *err;
    phx_status status;
};

/* --- problems ------------------------------------------------------------------ */

static void add_place(struct json_writer *json, const struct place *place)
{
    if (place == NULL)
        return;
    add_place(json, place->parent);
    if (place->key != NULL)
        json_string(json, place->key);
    else
        json_uint(json, place->index);
}

/* The same for a sentence, "messages.0.role". */
static void print_place(struct buf *out, const struct place *place)
{
    if (place == NULL)
        return;
    print_place(out, place->parent);
    if (out->size > 0)
        buf_add_byte(out, '.');
    if (place->key != NULL)
        buf_add_string(out, place->key);
    else
        buf_add_format(out, "%zu", place->index);
}

/* The first one is the story of the failure. */
static void tell(struct walk *walk, const struct place *place,
                 const char *message)
{
    struct buf where;

    buf_init(&where, 512);
    print_place(&where, place);
    walk->status = fail(walk->err, PHX_INVALID, -1, "%.*s: %.200s",
                        (int)where.size, (const char *)where.data, message);
    buf_clear(&where);
}

/* context is the JSON of an object, or NULL. */
static void problem(struct walk *walk, const struct place *place,
                    const char *type, const char *message,
                    const struct value *input, const char *context)
{
    struct json_writer json;

    if (walk->count++ == 0)
        tell(walk, place, message);
    if (walk->problems == NULL || walk->count > PROMPT_PROBLEMS)
        return;
    if (walk->count > 1)
        buf_add_byte(walk->problems, ',');
    json_begin(&json, walk->problems);
    json_open_object(&json);
    json_key(&json, "type");
    json_string(&json, type);
    json_key(&json, "loc");
    json_open_array(&json);
    add_place(&json, place);
    json_close_array(&json);
    json_key(&json, "msg");
    json_string(&json, message);
    json_key(&json, "input");
    json_any(&json, input);
    if (context != NULL) {
        json_key(&json, "ctx");
        json_raw(&json, text_of(context));
    }
    json_close_object(&json);
}

/* --- scalars ------------------------------------------------------------------- */

static void write_text(struct walk *walk, const struct place *place,
                       const struct value *value)
{
    if (value->kind == JSON_TEXT)
        json_text(&walk->json, value->text);
    else
        problem(walk, place, "string_type", "Input should be a valid string",
                value, NULL);
}

static void add_words(struct buf *out, const char *const *words,
                      const char *last)
{
    for (size_t i = 0; words[i] != NULL; i++)
        buf_add_format(out, "%s'%s'",
                       i == 0                 ? ""
                       : words[i + 1] == NULL ? last
                                              : ", ",
                       words[i]);
    buf_add_byte(out, '\0');
}

static void write_word(struct walk *walk, const struct place *place,
                       const struct shape *shape, const struct value *value)
{
    struct buf list, message, context;

    for (size_t i = 0; shape->words[i] != NULL; i++) {
        if (value_is_text(value, shape->words[i])) {
            json_string(&walk->json, shape->words[i]);
            return;
        }
    }
    buf_init(&list, 1024);
    buf_init(&message, 1024);
    buf_init(&context, 1024);
    add_words(&list, shape->words, " or ");
    if (list.status >= 0) {
        buf_add_format(&message, "Input should be %s", (char *)list.data);
        buf_add_format(&context, "{\"expected\":\"%s\"}", (char *)list.data);
    }
    buf_add_byte(&message, '\0');
    buf_add_byte(&context, '\0');
    if (list.status >= 0 && message.status >= 0 && context.status >= 0)
        problem(walk, place,
                shape->kind == SHAPE_NAME ? "enum" : "literal_error",
                (char *)message.data, value, (char *)context.data);
    else
        walk->status = fail_memory(walk->err, 1024);
    buf_clear(&list);
    buf_clear(&message);
    buf_clear(&context);
}

/* A number that is given as a text, as the JSON that it is. */
static bool read_number(phx_text text, struct value *out)
{
    struct arena arena;
    struct value value = {.kind = JSON_NULL};

    arena_init(&arena, 1 << 12);
    phx_status status = json_read(&arena, text_trim(text), 0, &value, NULL);
    arena_clear(&arena);
    *out = value;
    return status >= 0 && (value.kind == JSON_INT || value.kind == JSON_REAL ||
                           value.kind == JSON_NUMBER);
}

static void write_number(struct walk *walk, const struct place *place,
                         const struct value *value)
{
    struct value number;

    if (value->kind == JSON_INT || value->kind == JSON_NUMBER ||
        (value->kind == JSON_REAL && value->real - value->real == 0))
        json_any(&walk->json, value);
    else if (value->kind == JSON_BOOL)
        json_int(&walk->json, value->integer);
    else if (value->kind != JSON_TEXT)
        problem(walk, place, "float_type", "Input should be a valid number",
                value, NULL);
    else if (read_number(value->text, &number))
        json_raw(&walk->json, text_trim(value->text));
    else
        problem(walk, place, "float_parsing",
                "Input should be a valid number, unable to parse string as a "
                "number",
                value, NULL);
}

/* The integer that a value is: its digits, if they are too many for 64 bits.
 * False with what is wrong. */
static bool read_int(const struct value *value, struct value *out,
                     const char **type, const char **message)
{
    const double bound = 9223372036854775808.0;

    *out = *value;
    *type = "int_type";
    *message = "Input should be a valid integer";
    if (value->kind == JSON_NUMBER || value->kind == JSON_TEXT) {
        *type = "int_parsing";
        *message = "Input should be a valid integer, unable to parse string as "
                   "an integer";
        if (!read_number(value->text, out))
            return false;
    }
    if (out->kind == JSON_BOOL)
        *out = value_int(out->integer);
    if (out->kind == JSON_NUMBER)
        return memchr(out->text.data, '.', out->text.size) == NULL &&
               memchr(out->text.data, 'e', out->text.size) == NULL &&
               memchr(out->text.data, 'E', out->text.size) == NULL;
    if (out->kind != JSON_REAL)
        return out->kind == JSON_INT;
    if (out->real >= -bound && out->real < bound &&
        (double)(int64_t)out->real == out->real) {
        *out = value_int((int64_t)out->real);
        return true;
    }
    *type = "int_from_float";
    *message = "Input should be a valid integer, got a number with a "
               "fractional part";
    return false;
}

static void write_int(struct walk *walk, const struct place *place,
                      const struct shape *shape, const struct value *value)
{
    struct value number;
    const char *type, *message;
    char sentence[96], context[48];

    if (!read_int(value, &number, &type, &message)) {
        problem(walk, place, type, message, value, NULL);
    } else if (number.kind == JSON_INT && number.integer < shape->least) {
        snprintf(sentence, sizeof sentence,
                 "Input should be greater than or equal to %lld",
                 (long long)shape->least);
        snprintf(context, sizeof context, "{\"ge\":%lld}",
                 (long long)shape->least);
        problem(walk, place, "greater_than_equal", sentence, value, context);
    } else {
        json_any(&walk->json, &number);
    }
}

static void write_bool(struct walk *walk, const struct place *place,
                       const struct value *value)
{
    static const char *const words[] = {"0", "1", "false", "true",
                                        "f", "t", "no",    "yes",
                                        "n", "y", "off",   "on"};
    struct value number;
    const char *type, *message;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (value->kind == JSON_TEXT && value->text.size == strlen(words[i]) &&
            strncasecmp(value->text.data, words[i], value->text.size) == 0) {
            json_bool(&walk->json, i % 2);
            return;
        }
    }
    if (value->kind != JSON_TEXT && read_int(value, &number, &type, &message) &&
        number.kind == JSON_INT && (uint64_t)number.integer <= 1)
        json_bool(&walk->json, number.integer);
    else if (value->kind == JSON_TEXT || value->kind == JSON_INT)
        problem(walk, place, "bool_parsing",
                "Input should be a valid boolean, unable to interpret input",
                value, NULL);
    else
        problem(walk, place, "bool_type", "Input should be a valid boolean",
                value, NULL);
}

/* --- what holds others --------------------------------------------------------- */

static void write_shape(struct walk *walk, const struct place *place,
                        const struct shape *shape, const struct value *value,
                        const char *tag);

static bool is_model(struct walk *walk, const struct place *place,
                     const struct value *value)
{
    if (value->kind == JSON_OBJECT)
        return true;
    problem(walk, place, "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields "
            "from",
            value, NULL);
    return false;
}

static void write_field(struct walk *walk, const struct place *place,
                        const struct field *field, const struct value *object,
                        const char *tag)
{
    const struct value *value = value_member(object, field->key);
    struct place here = {place, field->key, 0};

    if (value != NULL && value->kind == JSON_NULL && field->nullable)
        value = NULL;
    else if (value == NULL && field->required)
        problem(walk, &here, "missing", "Field required", object, NULL);
    if (value == NULL && field->if_absent == NULL)
        return;
    json_key(&walk->json, field->written ? field->written : field->key);
    if (value == NULL)
        json_raw(&walk->json, text_of(field->if_absent));
    else
        write_shape(walk, &here, field->shape, value, tag);
}

static bool has_field(const struct shape *shape, phx_text key)
{
    for (const struct field *field = shape->fields; field->key; field++) {
        if (text_is(key, field->key))
            return true;
    }
    return false;
}

/* A key of the sender's becomes part of a place. */
static void refuse_member(struct walk *walk, const struct place *place,
                          const struct member *member)
{
    struct place here = {place, NULL, 0};
    struct buf key;

    buf_init(&key, SIZE_MAX);
    buf_add_text(&key, member->key);
    buf_add_byte(&key, '\0');
    here.key = (const char *)key.data;
    if (key.status < 0)
        walk->status = fail_memory(walk->err, member->key.size);
    else
        problem(walk, &here, "extra_forbidden",
                "Extra inputs are not permitted", &member->value, NULL);
    buf_clear(&key);
}

static void write_model(struct walk *walk, const struct place *place,
                        const struct shape *shape, const struct value *value,
                        const char *tag)
{
    size_t before = walk->count;
    const char *wrong;

    if (!is_model(walk, place, value))
        return;
    json_open_object(&walk->json);
    for (const struct field *field = shape->fields; field->key; field++)
        write_field(walk, place, field, value, tag);
    json_close_object(&walk->json);
    for (uint32_t i = 0; !shape->open && i < value->count; i++) {
        if (!has_field(shape, value->members[i].key))
            refuse_member(walk, place, &value->members[i]);
    }
    if (shape->check != NULL && walk->count == before &&
        !shape->check(value, &wrong))
        problem(walk, place, "value_error", wrong, value, "{\"error\":{}}");
}

static void write_list(struct walk *walk, const struct place *place,
                       const struct shape *shape, const struct value *value)
{
    if (value->kind != JSON_ARRAY) {
        problem(walk, place, "list_type", "Input should be a valid list", value,
                NULL);
        return;
    }
    if ((int64_t)value->count < shape->least) {
        problem(walk, place, "too_short",
                "List should have at least 1 item after validation, not 0",
                value,
                "{\"field_type\":\"List\",\"min_length\":1,"
                "\"actual_length\":0}");
        return;
    }
    json_open_array(&walk->json);
    for (uint32_t i = 0; i < value->count; i++) {
        struct place here = {place, NULL, i};

        write_shape(walk, &here, shape->item, &value->items[i], NULL);
    }
    json_close_array(&walk->json);
}

/* What is neither a text nor a good list is told as both. */
static void write_text_or(struct walk *walk, const struct place *place,
                          const struct shape *shape, const struct value *value)
{
    struct place as_text = {place, "str", 0};
    struct place as_list = {place, shape->title, 0};
    struct walk trial = {.problems = NULL};
    struct buf ignored;

    if (value->kind == JSON_TEXT) {
        json_text(&walk->json, value->text);
        return;
    }
    buf_init(&ignored, SIZE_MAX);
    json_begin(&trial.json, &ignored);
    write_list(&trial, &as_list, shape->item, value);
    if (trial.count > 0)
        write_text(walk, &as_text, value);
    write_list(walk, &as_list, shape->item, value);
    buf_clear(&ignored);
}

static void add_tags(struct buf *out, const struct choice *choices)
{
    for (size_t i = 0; choices[i].tag != NULL; i++)
        buf_add_format(out, "%s'%s'", i == 0 ? "" : ", ", choices[i].tag);
    buf_add_byte(out, '\0');
}

static void refuse_tag(struct walk *walk, const struct place *place,
                       const struct shape *shape, const struct value *value,
                       const struct value *given)
{
    struct buf tags, tag, message, context;

    buf_init(&tags, 512);
    buf_init(&tag, SIZE_MAX);
    buf_init(&message, SIZE_MAX);
    buf_init(&context, SIZE_MAX);
    add_tags(&tags, shape->choices);
    print_value(&tag, given);
    if (tags.status >= 0 && tag.status >= 0) {
        phx_text printed = written(&tag);
        buf_add_format(&message,
                       "Input tag '%.*s' found using 'type' does not match any "
                       "of the expected tags: %s",
                       printed.size < 64 ? (int)printed.size : 64, printed.data,
                       (const char *)tags.data);
        buf_add_string(&context, "{\"discriminator\":\"'type'\",\"tag\":");
        json_write_text(&context, printed, 0);
        buf_add_format(&context, ",\"expected_tags\":\"%s\"}",
                       (const char *)tags.data);
    }
    buf_add_byte(&message, '\0');
    buf_add_byte(&context, '\0');
    if (tags.status >= 0 && message.status >= 0 && context.status >= 0)
        problem(walk, place, "union_tag_invalid", (const char *)message.data,
                value, (const char *)context.data);
    else
        walk->status = fail_memory(walk->err, tag.size);
    buf_clear(&tags);
    buf_clear(&tag);
    buf_clear(&message);
    buf_clear(&context);
}

static void write_union(struct walk *walk, const struct place *place,
                        const struct shape *shape, const struct value *value)
{
    const struct value *tag = value_member(value, "type");

    if (!is_model(walk, place, value))
        return;
    if (tag == NULL || tag->kind == JSON_NULL) {
        problem(walk, place, "union_tag_not_found",
                "Unable to extract tag using discriminator 'type'", value,
                "{\"discriminator\":\"'type'\"}");
        return;
    }
    for (const struct choice *choice = shape->choices; choice->tag; choice++) {
        struct place here = {place, choice->tag, 0};

        if (value_is_text(tag, choice->tag)) {
            write_shape(walk, &here, choice->shape, value,
                        choice->written ? choice->written : choice->tag);
            return;
        }
    }
    refuse_tag(walk, place, shape, value, tag);
}

static void write_shape(struct walk *walk, const struct place *place,
                        const struct shape *shape, const struct value *value,
                        const char *tag)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
        write_text(walk, place, value);
        break;
    case SHAPE_INT:
        write_int(walk, place, shape, value);
        break;
    case SHAPE_NUMBER:
        write_number(walk, place, value);
        break;
    case SHAPE_BOOL:
        write_bool(walk, place, value);
        break;
    case SHAPE_WORD:
    case SHAPE_NAME:
        write_word(walk, place, shape, value);
        break;
    case SHAPE_TAG:
        json_string(&walk->json, tag);
        break;
    case SHAPE_OBJECT:
        if (value->kind != JSON_OBJECT)
            problem(walk, place, "dict_type",
                    "Input should be a valid dictionary", value, NULL);
        json_any(&walk->json, value);
        break;
    case SHAPE_ANY:
        json_any(&walk->json, value);
        break;
    case SHAPE_MODEL:
        write_model(walk, place, shape, value, tag);
        break;
    case SHAPE_LIST:
        write_list(walk, place, shape, value);
        break;
    case SHAPE_TEXT_OR:
        write_text_or(walk, place, shape, value);
        break;
    case SHAPE_UNION:
        write_union(walk, place, shape, value);
        break;
    }
}

phx_status shape_write(const struct shape *shape, const struct value *value,
                       struct buf *out, struct buf *problems, phx_error *err)
{
    struct walk walk = {.problems = problems, .err = err};
    phx_status status;

    json_begin(&walk.json, out);
    write_shape(&walk, NULL, shape, value, NULL);
    if (problems != NULL &&
        (status = buf_status(problems, "what is wrong with a version", err)) <
            0)
        return status;
    if (walk.status < 0)
        return walk.status;
    return buf_status(out, "a version", err);
}
