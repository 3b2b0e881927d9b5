/*
 * otlp_json_field.c - the members of a message in OTLP/JSON.
 *
 * Names may be lowerCamelCase or as in the .proto file; null is the same as
 * absent; unknown members are never looked at. What senders make of it:
 *
 *     ids        hex
 *     integers   number or text; 64 bits exactly
 *     enums      number or name
 */
#include "base/base.h"
#include "wire/wire.h"
#include "json/json.h"

#include <math.h>
#include <stdlib.h>

#include "wire/inside.h"

phx_status message_wrong(struct decoder *decoder, const char *name,
                         const char *wanted)
{
    return fail(decoder->err, PHX_INVALID, -1, "'%s' is not %s", name, wanted);
}

bool message_key_is(phx_text key, const char *name)
{
    size_t i = 0;

    for (; *name != '\0'; name++) {
        char c = *name;
        if (i < key.size && key.data[i] == '_' && c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
            i++;
        }
        if (i == key.size || key.data[i] != c)
            return false;
        i++;
    }
    return i == key.size;
}

const struct value *message_find(const struct value *message, const char *name)
{
    const struct value *found = NULL;

    for (uint32_t i = 0; i < message->count; i++) {
        if (message_key_is(message->members[i].key, name))
            found = &message->members[i].value;
    }
    return found != NULL && found->kind != JSON_NULL ? found : NULL;
}

phx_status message_check(struct decoder *decoder, const struct value *message,
                         const char *name)
{
    return message->kind == JSON_OBJECT
               ? PHX_OK
               : message_wrong(decoder, name, "an object");
}

phx_status message_list(struct decoder *decoder, const struct value *message,
                        const char *name, struct value *out)
{
    const struct value *found = message_find(message, name);

    *out = (struct value){.kind = JSON_ARRAY};
    if (found == NULL)
        return PHX_OK;
    if (found->kind != JSON_ARRAY)
        return message_wrong(decoder, name, "an array");
    *out = *found;
    return PHX_OK;
}

phx_status message_part(struct decoder *decoder, const struct value *message,
                        const char *name, struct value *out)
{
    const struct value *found = message_find(message, name);

    *out = found != NULL ? *found : (struct value){.kind = JSON_OBJECT};
    return message_check(decoder, out, name);
}

phx_status message_text(struct decoder *decoder, const struct value *message,
                        const char *name, phx_text *out)
{
    const struct value *found = message_find(message, name);

    *out = EMPTY;
    if (found == NULL)
        return PHX_OK;
    if (found->kind != JSON_TEXT)
        return message_wrong(decoder, name, "text");
    *out = found->text;
    return PHX_OK;
}

phx_status message_id(struct decoder *decoder, const struct value *message,
                      const char *name, phx_text *out)
{
    phx_text text;
    size_t size = 0;
    phx_status status;

    if ((status = message_text(decoder, message, name, &text)) < 0)
        return status;
    *out = text;
    if (text.size == 0)
        return PHX_OK;
    uint8_t *bytes = arena_new(decoder->arena, text.size / 2);
    if (bytes == NULL)
        return arena_status(decoder->arena, text.size / 2, decoder->err);
    if (hex_read(text, bytes, &size, NULL) < 0)
        return message_wrong(decoder, name, "hex");
    *out = text_span(bytes, size);
    return PHX_OK;
}

/* An integer written in digits, of 64 bits beside its sign. */
static bool read_digits(phx_text text, bool *negative, uint64_t *out)
{
    size_t i = text_starts(text, "-") ? 1 : 0;
    uint64_t value = 0;

    *negative = i == 1;
    if (i == text.size)
        return false;
    for (; i < text.size; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9 || value > UINT64_MAX / 10 ||
            value * 10 > UINT64_MAX - digit)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

/* An integer in any of its forms: 5, "5", 5.0. */
static bool read_whole(const struct value *value, bool *negative, uint64_t *out)
{
    switch ((enum json_kind)value->kind) {
    case JSON_INT:
        *negative = value->integer < 0;
        *out =
            *negative ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
        return true;
    case JSON_REAL:
        if (value->real != floor(value->real) || fabs(value->real) >= 0x1p64)
            return false;
        *negative = value->real < 0;
        *out = (uint64_t)fabs(value->real);
        return true;
    case JSON_NUMBER:
    case JSON_TEXT:
        return read_digits(value->text, negative, out);
    default:
        return false;
    }
}

bool message_int64(const struct value *value, int64_t *out)
{
    uint64_t size;
    bool negative;

    if (!read_whole(value, &negative, &size) ||
        size > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

phx_status message_u64(struct decoder *decoder, const struct value *message,
                       const char *name, uint64_t *out)
{
    const struct value *found = message_find(message, name);
    bool negative;

    *out = 0;
    if (found != NULL &&
        (!read_whole(found, &negative, out) || (negative && *out != 0)))
        return message_wrong(decoder, name, "an unsigned 64-bit integer");
    return PHX_OK;
}

phx_status message_u32(struct decoder *decoder, const struct value *message,
                       const char *name, uint32_t *out)
{
    uint64_t wide;
    phx_status status;

    if ((status = message_u64(decoder, message, name, &wide)) < 0)
        return status;
    if (wide > UINT32_MAX)
        return message_wrong(decoder, name, "an unsigned 32-bit integer");
    *out = (uint32_t)wide;
    return PHX_OK;
}

phx_status message_enum(struct decoder *decoder, const struct value *message,
                        const char *name, const struct enum_name *names,
                        int32_t *out)
{
    const struct value *found = message_find(message, name);
    int64_t number;

    *out = 0;
    if (found == NULL)
        return PHX_OK;
    for (; found->kind == JSON_TEXT && names->name != NULL; names++) {
        if (value_is_text(found, names->name)) {
            *out = names->number;
            return PHX_OK;
        }
    }
    if (found->kind == JSON_TEXT || !message_int64(found, &number) ||
        number < INT32_MIN || number > INT32_MAX)
        return message_wrong(decoder, name, "a known name or a 32-bit integer");
    *out = (int32_t)number;
    return PHX_OK;
}

phx_status message_real(struct decoder *decoder, phx_text digits,
                        const char *name, double *out)
{
    char *text = arena_new(decoder->arena, digits.size + 1);
    char *end;

    if (text == NULL)
        return arena_status(decoder->arena, digits.size + 1, decoder->err);
    memcpy(text, digits.data, digits.size);
    text[digits.size] = '\0';
    *out = strtod(text, &end);
    if (*end != '\0' || isinf(*out))
        return message_wrong(decoder, name, "within the range of a double");
    return PHX_OK;
}
