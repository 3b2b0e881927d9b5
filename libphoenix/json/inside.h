/*
 * inside.h - what the files of json share with each other and with no one else.
 */
#ifndef JSON_INSIDE_H
#define JSON_INSIDE_H

#include "json/json.h"

/* The first byte from at on that cannot stand in a quoted text as it is: a
 * quote, a backslash or a control character; or end. */
static inline const uint8_t *plain_end(const uint8_t *at, const uint8_t *end)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t tops = 0x8080808080808080u;

    /* Eight bytes at once. A byte lower than n leaves its top bit set in
     * x - n, unless it was set in x; a byte is c where x ^ c is lower than 1.
     * A borrow can only mark bytes after a true one, so none is missed. */
    for (uint64_t eight; end - at >= 8; at += 8) {
        memcpy(&eight, at, sizeof eight);
        uint64_t control = (eight - ones * 0x20) & ~eight;
        uint64_t quote = eight ^ ones * '"';
        uint64_t slash = eight ^ ones * '\\';
        quote = (quote - ones) & ~quote;
        slash = (slash - ones) & ~slash;
        if ((control | quote | slash) & tops)
            break;
    }
    while (at < end && *at >= 0x20 && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* --- number.c ------------------------------------------------------------- */

/* Takes the number at *at, which stands on '-' or a digit, and moves past it.
 * False, and *at unmoved, if there is none. */
bool number_read(const uint8_t **at, const uint8_t *end, struct value *out);

enum { REAL_SIZE = 32 }; /* characters a double may take, and a NUL */

/* A finite double as Python's repr prints it; returns its characters. */
size_t number_print_real(double value, char out[REAL_SIZE]);

enum { INT_SIZE = 24 };

/* The same for an integer: magnitude after an optional '-'. */
size_t number_print_int(bool negative, uint64_t magnitude, char out[INT_SIZE]);

#endif
