/*
 * check.c - what a request's form must be, told in the shape clients parse:
 *
 *     {"detail": [{"type": "missing", "loc": ["body", "data", 0, "name"],
 *                  "msg": "Field required", "input": {...}}]}
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <strings.h>

void check_begin(struct check *check, struct request *request)
{
    *check = (struct check){.request = request};
    json_begin(&check->json, answer_buf(request));
}

bool check_end(struct check *check)
{
    if (check->count == 0)
        return true;
    json_close_array(&check->json);
    json_close_object(&check->json);
    answer_json(check->request, 422);
    return false;
}

static void write_place(struct json_writer *json, const struct place *place)
{
    if (place->parent != NULL)
        write_place(json, place->parent);
    if (place->key != NULL)
        json_string(json, place->key);
    else
        json_uint(json, place->index);
}

static struct json_writer *begin_problem(struct check *check)
{
    struct json_writer *json = &check->json;

    if (check->count++ == 0) {
        json_open_object(json);
        json_key(json, "detail");
        json_open_array(json);
    }
    json_open_object(json);
    return json;
}

void check_problem_in(struct check *check, const struct place *place,
                      const char *type, const char *message,
                      const struct value *input, const struct value *context)
{
    struct json_writer *json = begin_problem(check);

    json_key(json, "type");
    json_string(json, type);
    json_key(json, "loc");
    json_open_array(json);
    write_place(json, place);
    json_close_array(json);
    json_key(json, "msg");
    json_string(json, message);
    json_key(json, "input");
    json_any(json, input);
    if (context != NULL) {
        json_key(json, "ctx");
        json_any(json, context);
    }
    json_close_object(json);
}

void check_problem_with(struct check *check, const struct place *place,
                        const char *type, const char *message,
                        const struct value *input, const char *key,
                        const struct value *value)
{
    struct member member = {text_of(key), *value};
    struct value context = {
        .kind = JSON_OBJECT, .count = 1, .members = &member};

    check_problem_in(check, place, type, message, input, &context);
}

void check_problems(struct check *check, const struct place *place,
                    const struct value *problems)
{
    for (uint32_t i = 0; i < problems->count; i++) {
        const struct value *problem = &problems->items[i];
        struct json_writer *json = begin_problem(check);

        for (uint32_t j = 0; j < problem->count; j++) {
            const struct member *member = &problem->members[j];

            json_key_text(json, member->key);
            if (!text_is(member->key, "loc")) {
                json_any(json, &member->value);
                continue;
            }
            json_open_array(json);
            write_place(json, place);
            for (uint32_t k = 0; k < member->value.count; k++)
                json_any(json, &member->value.items[k]);
            json_close_array(json);
        }
        json_close_object(json);
    }
}

void check_problem(struct check *check, const struct place *place,
                   const char *type, const char *message,
                   const struct value *input)
{
    check_problem_in(check, place, type, message, input, NULL);
}

/* --- query parameters
 * ---------------------------------------------------------- */

static const struct place in_query = {NULL, "query", 0};

/* Pydantic's text to integer: as Python's int(), or with ".000" behind it. */
static bool read_integer(phx_text text, int64_t *out)
{
    const char *point =
        text.size > 0 ? memchr(text.data, '.', text.size) : NULL;
    size_t zeros = point ? (size_t)(text.data + text.size - point) - 1 : 0;

    if (point != NULL) {
        if (zeros == 0 || strspn(point + 1, "0") < zeros)
            return false;
        text.size -= zeros + 1;
    }
    return id_read_integer(text, out);
}

int64_t check_limit(struct check *check, int64_t usual, int64_t most)
{
    struct place place = {&in_query, "limit", 0};
    phx_text given = request_query(check->request, "limit");
    struct value input = value_text(given);
    struct value bound;
    char message[80];
    int64_t limit = usual;

    if (given.data == NULL)
        return usual;
    if (!read_integer(given, &limit)) {
        check_problem(check, &place, "int_parsing",
                      "Input should be a valid integer, unable to parse "
                      "string as an integer",
                      &input);
    } else if (limit <= 0) {
        bound = value_int(0);
        check_problem_with(check, &place, "greater_than",
                           "Input should be greater than 0", &input, "gt",
                           &bound);
    } else if (limit > most) {
        snprintf(message, sizeof message,
                 "Input should be less than or equal to %lld", (long long)most);
        bound = value_int(most);
        check_problem_with(check, &place, "less_than_equal", message, &input,
                           "le", &bound);
    }
    return limit;
}

static bool read_bool(phx_text given, bool *out)
{
    static const char *const words[2][6] = {
        {"0", "off", "f", "false", "n", "no"},
        {"1", "on", "t", "true", "y", "yes"}};

    for (int is = 0; is < 2; is++) {
        for (size_t i = 0; i < 6; i++) {
            if (given.size == strlen(words[is][i]) &&
                strncasecmp(given.data, words[is][i], given.size) == 0) {
                *out = is;
                return true;
            }
        }
    }
    return false;
}

static void bool_problem(struct check *check, const struct place *place,
                         const struct value *input)
{
    check_problem(check, place, "bool_parsing",
                  "Input should be a valid boolean, unable to interpret input",
                  input);
}

bool check_bool(struct check *check, const char *name, bool usual)
{
    struct place place = {&in_query, name, 0};
    phx_text given = request_query(check->request, name);
    struct value input = value_text(given);
    bool value = usual;

    if (given.data != NULL && !read_bool(given, &value))
        bool_problem(check, &place, &input);
    return value;
}

int check_choice(struct check *check, const char *name,
                 const char *const *choices, size_t count, int usual)
{
    struct place place = {&in_query, name, 0};
    struct value input = value_text(request_query(check->request, name));

    return input.text.data == NULL
               ? usual
               : check_word(check, &place, &input, choices, count);
}

phx_text check_filled(struct check *check, const char *name)
{
    struct place place = {&in_query, name, 0};
    phx_text given = request_query(check->request, name);
    struct value input = value_text(given), least = value_int(1);

    if (given.data != NULL && given.size == 0)
        check_problem_with(check, &place, "string_too_short",
                           "String should have at least 1 character", &input,
                           "min_length", &least);
    return given;
}

/* A malformed time; reason is the sentence time_read has for it. */
static void time_problem(struct check *check, const struct place *place,
                         const struct value *input, const char *reason)
{
    bool is_year_0 = strcmp(reason, "year 0 is out of range") == 0;
    struct value value = value_text(text_of(reason));
    char message[256];

    snprintf(message, sizeof message, "Input should be a valid datetime%s, %s",
             is_year_0 ? "" : " or date", reason);
    check_problem_with(check, place,
                       is_year_0 ? "datetime_parsing"
                                 : "datetime_from_date_parsing",
                       message, input, "error", &value);
}

bool check_time(struct check *check, const char *name, uint64_t *out)
{
    struct place place = {&in_query, name, 0};
    phx_text given = request_query(check->request, name);
    struct value input = value_text(given);
    phx_error err = {0};

    if (given.data == NULL)
        return false;
    if (time_read(given, TIME_NAIVE_UTC, out, &err) == PHX_INVALID)
        time_problem(check, &place, &input, err.message);
    return true;
}

/* What is wrong with a text at a byte of it. */
static void offset_problem(struct check *check, const char *name,
                           const phx_error *err)
{
    struct place place = {&in_query, name, 0};
    struct value input = value_text(request_query(check->request, name));
    struct value offset = value_int(err->offset);

    check_problem_with(check, &place, "value_error", err->message, &input,
                       "offset", &offset);
}

phx_text check_filter(struct check *check, int32_t grain)
{
    phx_text given = request_query_sent(check->request, "filter");
    phx_error err = {0};

    if (phx_filter_check(grain, given.data, given.size, NULL, &err) < 0)
        offset_problem(check, "filter", &err);
    return given;
}

phx_text check_search(struct check *check)
{
    phx_text given = request_query_sent(check->request, "search");
    phx_error err = {0};

    if (given.data != NULL &&
        phx_search_check(given.data, given.size, &err) < 0)
        offset_problem(check, "search", &err);
    return given;
}

/* --- bodies
 * ------------------------------------------------------------------------ */

static const struct place in_body = {NULL, "body", 0};

static bool is_json(const struct request *request)
{
    phx_text type = request_header(request, "Content-Type");
    const char *end;

    if (request_is_type(request, "application/json"))
        return true;
    if (type.size < 12 || strncasecmp(type.data, "application/", 12) != 0)
        return false;
    end = memchr(type.data, ';', type.size);
    type.size = end ? (size_t)(end - type.data) : type.size;
    return type.size >= 5 &&
           strncasecmp(type.data + type.size - 5, "+json", 5) == 0;
}

/* Characters before a byte: clients count those. */
static int64_t characters_before(phx_text text, int64_t offset)
{
    int64_t count = 0;

    for (int64_t i = 0; i < offset && (size_t)i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

static void answer_not_json(struct request *request, phx_text body,
                            const phx_error *err)
{
    struct check check;
    struct place place = {&in_body, NULL, 0};
    struct value empty = {.kind = JSON_OBJECT};
    struct value reason = value_text(text_of("Expecting value"));

    check_begin(&check, request);
    place.index =
        err->offset > 0 ? (size_t)characters_before(body, err->offset) : 0;
    check_problem_with(&check, &place, "json_invalid", "JSON decode error",
                       &empty, "error", &reason);
    check_end(&check);
}

bool check_body(struct request *request, struct value *out)
{
    phx_text body = request_body(request);
    struct value as_text = value_text(body), absent = value_null();
    struct check check;
    phx_error err = {0};
    phx_status status;

    check_begin(&check, request);
    if (body.size == 0) {
        check_problem(&check, &in_body, "missing", "Field required", &absent);
        return check_end(&check);
    }
    if (is_json(request)) {
        status =
            json_read(request_arena(request), body, JSON_LENIENT, out, &err);
        if (status == PHX_INVALID)
            answer_not_json(request, body, &err);
        else if (status < 0)
            answer_failure(request, status, &err);
        if (status < 0)
            return false;
        if (out->kind == JSON_OBJECT)
            return true;
    } else if (utf8_check(body.data, body.size) != body.size) {
        as_text = absent;
    }
    check_problem(&check, &in_body, "model_attributes_type",
                  "Input should be a valid dictionary or object to extract "
                  "fields from",
                  is_json(request) ? out : &as_text);
    return check_end(&check);
}

const struct value *check_member(struct check *check, const struct place *place,
                                 const struct value *object, const char *key,
                                 bool required)
{
    const struct value *value = value_member(object, key);
    struct place here = {place, key, 0};

    if (value == NULL && required)
        check_problem(check, &here, "missing", "Field required", object);
    return value;
}

void check_text(struct check *check, const struct place *place,
                const struct value *value)
{
    if (value != NULL && value->kind != JSON_TEXT)
        check_problem(check, place, "string_type",
                      "Input should be a valid string", value);
}

void check_bool_member(struct check *check, const struct place *place,
                       const struct value *value, bool *out)
{
    if (value->kind == JSON_BOOL ||
        (value->kind == JSON_INT && (uint64_t)value->integer <= 1))
        *out = value->integer;
    else if (value->kind == JSON_INT || value->kind == JSON_REAL ||
             (value->kind == JSON_TEXT && !read_bool(value->text, out)))
        bool_problem(check, place, value);
    else if (value->kind != JSON_TEXT)
        check_problem(check, place, "bool_type",
                      "Input should be a valid boolean", value);
}

void check_int_member(struct check *check, const struct place *place,
                      const struct value *value, int64_t *out)
{
    const double bound = 9223372036854775808.0;
    double real = value->kind == JSON_REAL ? value->real : 0.5;

    if (value->kind == JSON_INT || value->kind == JSON_BOOL)
        *out = value->integer;
    else if (real >= -bound && real < bound && (double)(int64_t)real == real)
        *out = (int64_t)real;
    else if (value->kind == JSON_REAL)
        check_problem(check, place, "int_from_float",
                      "Input should be a valid integer, got a number with a "
                      "fractional part",
                      value);
    else if (value->kind == JSON_NUMBER ||
             (value->kind == JSON_TEXT && !read_integer(value->text, out)))
        check_problem(check, place, "int_parsing",
                      "Input should be a valid integer, unable to parse "
                      "string as an integer",
                      value);
    else if (value->kind != JSON_TEXT)
        check_problem(check, place, "int_type",
                      "Input should be a valid integer", value);
}

const struct value *check_list(struct check *check, const struct place *place,
                               const struct value *object, const char *key,
                               bool required)
{
    const struct value *value =
        check_member(check, place, object, key, required);
    struct place here = {place, key, 0};

    if (value == NULL || value->kind == JSON_ARRAY)
        return value;
    check_problem(check, &here, "list_type", "Input should be a valid list",
                  value);
    return NULL;
}

void check_time_member(struct check *check, const struct place *place,
                       const struct value *value, uint64_t *out, bool *naive)
{
    struct buf number;
    phx_text text;
    phx_error err = {0};
    phx_status status;

    buf_init(&number, 64);
    if (value->kind == JSON_TEXT) {
        text = value->text;
    } else if (value->kind == JSON_INT || value->kind == JSON_REAL ||
               value->kind == JSON_NUMBER) {
        json_write_value(&number, value, 0);
        text = text_span(number.data, number.size);
    } else {
        check_problem(check, place, "datetime_type",
                      "Input should be a valid datetime", value);
        return;
    }
    status = time_read(text, TIME_NAIVE_UTC, out, &err);
    if (status == PHX_INVALID || (status == PHX_TOO_BIG && naive != NULL))
        time_problem(check, place, value, err.message);
    else if (naive != NULL)
        *naive |= time_read(text, TIME_NAIVE_REFUSED, out, NULL) < 0;
    buf_clear(&number);
}
