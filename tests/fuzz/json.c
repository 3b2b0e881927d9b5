/*
 * JSON, against cJSON and against itself.
 *
 *     byte 0       bits 0-1: lenient, ASCII; bits 2-7: the allocation that
 *                  fails, 0 for none
 *     the rest     a document
 *
 * What we read, cJSON reads to the same values, as far as it can: it knows
 * neither half surrogate pairs nor numbers of over 62 characters, and keeps
 * all of equal keys. It takes more than the RFC, so what it reads we may
 * refuse. What we read and write comes back the same, in value and in bytes,
 * the canonical text of a value is its own, and where it stands too deep it is
 * read past.
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "json/json.h"

enum { LIMIT = 1 << 26, FEW_BYTES = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

/* --- against cJSON -------------------------------------------------------- */

static bool is_beyond_cjson(phx_text text)
{
    size_t run = 0;

    for (size_t i = 0; i < text.size; i++) {
        run = strchr("+-.eE0123456789", text.data[i]) ? run + 1 : 0;
        if (run > 62)
            return true;
        if (i + 2 < text.size && text.data[i] == '\\' &&
            text.data[i + 1] == 'u' && (text.data[i + 2] | 0x20) == 'd')
            return true;
    }
    return false;
}

/* cJSON's strings end at their first U+0000. */
static bool same_text(phx_text text, const char *string)
{
    size_t size = strnlen(text.data, text.size);

    return strlen(string) == size && memcmp(text.data, string, size) == 0;
}

static const cJSON *last_item(const cJSON *object, phx_text key)
{
    const cJSON *found = NULL;

    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (same_text(key, item->string))
            found = item;
    }
    return found;
}

static bool same_value(const struct value *value, const cJSON *item)
{
    const cJSON *next = item ? item->child : NULL;

    if (item == NULL)
        return false;
    switch (value->kind) {
    case JSON_NULL:
        return cJSON_IsNull(item);
    case JSON_BOOL:
        return value->integer ? cJSON_IsTrue(item) : cJSON_IsFalse(item);
    case JSON_INT:
        return cJSON_IsNumber(item) &&
               item->valuedouble == (double)value->integer;
    case JSON_REAL:
        return cJSON_IsNumber(item) &&
               memcmp(&item->valuedouble, &value->real, sizeof(double)) == 0;
    case JSON_NUMBER:
        return cJSON_IsNumber(item);
    case JSON_TEXT:
        return cJSON_IsString(item) &&
               same_text(value->text, item->valuestring);
    case JSON_ARRAY:
        for (uint32_t i = 0; i < value->count; i++, next = next->next) {
            if (!same_value(&value->items[i], next))
                return false;
        }
        return cJSON_IsArray(item) && next == NULL;
    default:
        /* Keys that differ only behind a U+0000 are one to cJSON. */
        for (uint32_t i = 0; i < value->count; i++) {
            phx_text key = value->members[i].key;
            if (memchr(key.data, '\0', key.size) != NULL)
                return true;
        }
        for (uint32_t i = 0; i < value->count; i++) {
            const cJSON *member = last_item(item, value->members[i].key);
            if (!same_value(&value->members[i].value, member))
                return false;
        }
        return cJSON_IsObject(item);
    }
}

static void compare(phx_text text, const struct value *value)
{
    char *copy;
    cJSON *item;

    if (is_beyond_cjson(text) || (copy = memory_new(text.size + 1)) == NULL)
        return;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    item = cJSON_ParseWithLengthOpts(copy, text.size + 1, NULL, 1);
    check(item != NULL, "what we read, cJSON reads");
    check(same_value(value, item), "cJSON reads the same value");
    cJSON_Delete(item);
    memory_free(copy);
}

/* --- against itself
 * ------------------------------------------------------------ */

static void come_back(const struct value *value, int flags)
{
    struct arena arena;
    struct buf first, second;
    struct value again;
    phx_error err;

    arena_init(&arena, LIMIT);
    buf_init(&first, LIMIT);
    buf_init(&second, LIMIT);
    json_write_value(&first, value, flags | JSON_NONFINITE);
    check(first.status == PHX_OK, "what was read is written");
    check(json_read(&arena, text_span(first.data, first.size), JSON_LENIENT,
                    &again, &err) == PHX_OK,
          "what was written is read");
    check(value_equal(value, &again), "it comes back the same");
    json_write_value(&second, &again, flags | JSON_NONFINITE);
    check(first.size == second.size &&
              memcmp(first.data, second.data, first.size) == 0,
          "the same value has the same text");
    buf_clear(&first);
    buf_clear(&second);
    arena_clear(&arena);
}

/* The canonical text is that of what is read from it. */
static void settle(const struct value *value, bool exact)
{
    struct arena arena;
    struct buf first, second;
    struct value again;
    phx_error err;

    arena_init(&arena, LIMIT);
    buf_init(&first, LIMIT);
    buf_init(&second, LIMIT);
    json_write_canonical(&first, &arena, value, exact);
    check(first.status == PHX_OK, "what was read has a canonical text");
    check(json_read(&arena, text_span(first.data, first.size), 0, &again,
                    &err) == PHX_OK,
          "a canonical text is read");
    json_write_canonical(&second, &arena, &again, exact);
    check(first.size == second.size &&
              memcmp(first.data, second.data, first.size) == 0,
          "the canonical text of one is itself");
    buf_clear(&first);
    buf_clear(&second);
    arena_clear(&arena);
}

/* Below the deepest level that is kept, it is read past. */
static void be_skipped(phx_text text, int flags)
{
    struct arena arena;
    struct value value;
    struct buf deep;

    arena_init(&arena, LIMIT);
    buf_init(&deep, LIMIT);
    for (int i = 0; i < JSON_DEPTH_DEEP; i++)
        buf_add_byte(&deep, '[');
    buf_add_text(&deep, text);
    for (int i = 0; i < JSON_DEPTH_DEEP; i++)
        buf_add_byte(&deep, ']');
    check(json_read(&arena, text_span(deep.data, deep.size), flags | JSON_DEEP,
                    &value, NULL) == PHX_OK,
          "what is read is read past, too");
    buf_clear(&deep);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct value value;
    phx_error err = {0};
    int64_t before = memory_faults.balance;

    if (size == 0)
        return 0;
    int read_flags = data[0] & 1 ? JSON_LENIENT : 0;
    int write_flags = data[0] & 2 ? JSON_ASCII | JSON_SPACED : 0;
    phx_text text = text_span(data + 1, size - 1);
    arena_init(&arena, LIMIT);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0] >> 2;
    phx_status status = json_read(&arena, text, read_flags, &value, &err);
    bool met = memory_faults.fail_at > 0 &&
               memory_faults.seen >= memory_faults.fail_at;
    memory_faults.fail_at = 0;
    check(!met || status < 0, "a failed allocation is told");
    check(met || status != PHX_NO_MEMORY, "memory is not wanting");
    check(status == PHX_OK || err.message[0] != '\0', "failures have a story");
    if (status == PHX_INVALID)
        check(err.offset >= 0 && (size_t)err.offset <= text.size,
              "the offset lies in the text");
    if (status == PHX_OK) {
        come_back(&value, write_flags);
        settle(&value, false);
        settle(&value, true);
        if (text.size < FEW_BYTES)
            be_skipped(text, read_flags);
        if (read_flags == 0)
            compare(text, &value);
    }
    arena_clear(&arena);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}
