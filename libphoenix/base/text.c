/*
 * text.c - bytes lent: a pointer and a size, absent where the pointer is NULL.
 */
#include "base/base.h"

phx_text text_of(const char *string)
{
    return (phx_text){string, string ? strlen(string) : 0};
}

phx_text text_span(const void *bytes, size_t size)
{
    return (phx_text){bytes, size};
}

bool text_equal(phx_text a, phx_text b)
{
    return a.size == b.size && (a.data == NULL) == (b.data == NULL) &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool text_is(phx_text text, const char *string)
{
    return text.data != NULL && text_equal(text, text_of(string));
}

bool text_starts(phx_text text, const char *prefix)
{
    size_t size = strlen(prefix);

    return text.size >= size &&
           (size == 0 || memcmp(text.data, prefix, size) == 0);
}

bool text_ends(phx_text text, const char *suffix)
{
    size_t size = strlen(suffix);

    return text.size >= size &&
           (size == 0 ||
            memcmp(text.data + text.size - size, suffix, size) == 0);
}

int text_compare(phx_text a, phx_text b)
{
    if (a.data == NULL || b.data == NULL)
        return (a.data != NULL) - (b.data != NULL);
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

phx_text text_trim(phx_text text)
{
    while (text.size > 0 && is_blank(*text.data)) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}
