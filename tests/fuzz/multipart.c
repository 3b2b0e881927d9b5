/*
 * Forms of anybody's making: the first line is the content type, the rest the
 * body. Parts lie in the body one behind the other, none has a boundary in it,
 * and what is refused has a place.
 */
#include "../../server/http/multipart.c"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static bool has(phx_text text, const char *bytes, size_t size)
{
    for (size_t i = 0; i + size <= text.size; i++) {
        if (memcmp(text.data + i, bytes, size) == 0)
            return true;
    }
    return false;
}

static void check_parts(const struct multipart *form, phx_text type,
                        phx_text body)
{
    const char *last = body.data;
    struct parts_reader reader = {.body = body};
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    check(read_boundary(&arena, type, &reader, NULL) == PHX_OK, "a boundary");
    for (size_t i = 0; i < form->count; i++) {
        phx_text part = form->parts[i].body;
        check(part.data >= last &&
                  part.data + part.size <= body.data + body.size,
              "a part lies behind the one before it");
        last = part.data + part.size;
        check(!has(part, reader.end, reader.end_size),
              "a part has no boundary in it");
    }
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t line = end ? (size_t)(end - data) : size;
    size_t taken = line + (end != NULL);
    phx_text type = text_span(data, line);
    phx_text body = text_span(data + taken, size - taken);
    struct multipart form;
    struct arena arena;
    phx_error err = {0};

    arena_init(&arena, SIZE_MAX);
    phx_status status = multipart_read(&arena, type, body, &form, &err);
    if (status == PHX_OK)
        check_parts(&form, type, body);
    else
        check((status == PHX_INVALID || status == PHX_TOO_BIG) &&
                  err.offset >= 0 && err.offset <= (int64_t)body.size,
              "a refusal has its place");
    arena_clear(&arena);
    return 0;
}
