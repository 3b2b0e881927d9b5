/*
 * check_member.c - the form of members that bodies of several routes have:
 * objects, words of a few, numbers, texts without blanks around them.
 */
#include "base/base.h"
#include "server/rest/inside.h"

bool check_model(struct check *check, const struct place *place,
                 const struct value *value)
{
    if (value->kind == JSON_OBJECT)
        return true;
    check_problem(check, place, "model_attributes_type",
                  "Input should be a valid dictionary or object to extract "
                  "fields from",
                  value);
    return false;
}

void check_object(struct check *check, const struct place *place,
                  const struct value *value)
{
    if (value != NULL && value->kind != JSON_OBJECT)
        check_problem(check, place, "dict_type",
                      "Input should be a valid dictionary", value);
}

const struct value *check_text_member(struct check *check,
                                      const struct place *place,
                                      const struct value *object,
                                      const char *key, bool required)
{
    const struct value *value =
        check_member(check, place, object, key, required);
    struct place here = {place, key, 0};

    check_text(check, &here, value);
    return value != NULL && value->kind == JSON_TEXT ? value : NULL;
}

const struct value *check_optional(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);

    return value != NULL && value->kind != JSON_NULL ? value : NULL;
}

phx_text check_trimmed(struct check *check, const struct place *place,
                       const struct value *object, const char *key)
{
    const struct value *value =
        check_text_member(check, place, object, key, true);
    struct place here = {place, key, 0};
    struct value least = value_int(1);
    phx_text text = value ? text_strip(value->text) : (phx_text){NULL, 0};

    if (value != NULL && text.size == 0)
        check_problem_with(check, &here, "string_too_short",
                           "String should have at least 1 character", value,
                           "min_length", &least);
    return text;
}

/* The index of a text among words, or a problem of the type. */
static int choose(struct check *check, const struct place *place,
                  const char *type, const struct value *given,
                  const char *const *words, size_t count)
{
    struct buf list;
    struct value expected;
    char message[160];

    for (size_t i = 0; i < count; i++) {
        if (value_is_text(given, words[i]))
            return (int)i;
    }
    buf_init(&list, sizeof message);
    for (size_t i = 0; i < count; i++)
        buf_add_format(&list, "%s'%s'",
                       i == 0           ? ""
                       : i == count - 1 ? " or "
                                        : ", ",
                       words[i]);
    expected = value_text(text_span(list.data, list.size));
    snprintf(message, sizeof message, "Input should be %.*s", (int)list.size,
             (const char *)list.data);
    check_problem_with(check, place, type, message, given, "expected",
                       &expected);
    buf_clear(&list);
    return 0;
}

int check_word(struct check *check, const struct place *place,
               const struct value *given, const char *const *words,
               size_t count)
{
    return choose(check, place, "literal_error", given, words, count);
}

int check_enum(struct check *check, const struct place *place,
               const struct value *given, const char *const *words,
               size_t count)
{
    return choose(check, place, "enum", given, words, count);
}

/* A text that is a number, as JSON has them. */
static bool read_number(struct check *check, phx_text text, double *out)
{
    struct value value;

    if (json_read(request_arena(check->request), text_strip(text), JSON_LENIENT,
                  &value, NULL) < 0 ||
        (value.kind != JSON_INT && value.kind != JSON_REAL))
        return false;
    *out = value.kind == JSON_INT ? (double)value.integer : value.real;
    return true;
}

bool check_number_member(struct check *check, const struct place *place,
                         const struct value *object, const char *key,
                         double *out)
{
    const struct value *value = check_optional(object, key);
    struct place here = {place, key, 0};

    if (value == NULL)
        return false;
    if (value->kind == JSON_INT || value->kind == JSON_BOOL)
        *out = (double)value->integer;
    else if (value->kind == JSON_REAL)
        *out = value->real;
    else if (value->kind != JSON_TEXT && value->kind != JSON_NUMBER)
        check_problem(check, &here, "float_type",
                      "Input should be a valid number", value);
    else if (!read_number(check, value->text, out))
        check_problem(check, &here, "float_parsing",
                      "Input should be a valid number, unable to parse string "
                      "as a number",
                      value);
    return *out - *out == 0.0;
}

bool check_result(struct check *check, const struct place *place,
                  const struct value *result, double *score)
{
    bool scored;

    if (!check_model(check, place, result))
        return false;
    if (check_optional(result, "label") != NULL)
        check_text_member(check, place, result, "label", false);
    scored = check_number_member(check, place, result, "score", score);
    if (check_optional(result, "explanation") != NULL)
        check_text_member(check, place, result, "explanation", false);
    return scored;
}

void check_instant(struct check *check, const struct place *place,
                   const struct value *object, const char *key, uint64_t *out)
{
    const struct value *value = check_member(check, place, object, key, true);
    struct place here = {place, key, 0};
    bool naive = false;

    if (value == NULL)
        return;
    if (value->kind == JSON_TEXT)
        check_time_member(check, &here, value, out, &naive);
    else
        check_problem(check, &here, "datetime_type",
                      "Input should be a valid datetime", value);
}

phx_text member_text(const struct value *object, const char *key)
{
    const struct value *value = check_optional(object, key);

    return value != NULL ? value->text : (phx_text){NULL, 0};
}

bool value_json(struct arena *arena, const struct value *value, phx_text *out)
{
    struct buf json;

    buf_init(&json, SIZE_MAX);
    json_write_value(&json, value, 0);
    *out = text_span(json.data, json.size);
    bool kept = json.status >= 0 && keep_text(arena, out);
    buf_clear(&json);
    return kept;
}

bool member_json(struct arena *arena, const struct value *object,
                 const char *key, phx_text *out)
{
    const struct value *value = check_optional(object, key);

    *out = (phx_text){NULL, 0};
    return value == NULL || value_json(arena, value, out);
}
