/*
 * json: JSON text <-> values in an arena, exactly.
 *
 * What belongs to a user comes back as it went in: 64-bit integers, -0.0,
 * 1e400, U+0000 inside texts, the order and the absence of keys.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/base.h"

enum json_kind {
    JSON_NULL = 0,
    JSON_BOOL,   /* integer is 0 or 1 */
    JSON_INT,    /* integer */
    JSON_REAL,   /* real; NaN and infinities too, written as null */
    JSON_NUMBER, /* text: a number neither int64 nor a finite double can hold */
    JSON_TEXT,   /* text: UTF-8, U+0000 allowed */
    JSON_BYTES,  /* text: any bytes; written as base64 text */
    JSON_ARRAY,  /* items[count] */
    JSON_OBJECT  /* members[count], in order, keys distinct */
};

struct member;

/* A value is lent by the arena it was made in; copying the struct is cheap. */
struct value {
    uint8_t kind;   /* enum json_kind */
    uint32_t count; /* of items or members */
    union {
        int64_t integer;
        double real;
        phx_text text;
        struct value *items;
        struct member *members;
    };
};

struct member {
    phx_text key;
    struct value value;
};

enum {
    JSON_DEPTH = 255,       /* levels of nesting a document may have */
    JSON_DEPTH_DEEP = 1280, /* the same where each level is written as five */
    JSON_LENIENT = 1,       /* reading: NaN, Infinity, -Infinity, as Python */
    JSON_SPACED = 2,        /* writing: ", " and ": " between members */
    JSON_ASCII = 4,         /* writing: \uXXXX for all that is not ASCII */
    JSON_NONFINITE = 8,     /* writing: NaN, Infinity as Python writes them */
    JSON_DEEP = 16,         /* reading: JSON_DEPTH_DEEP levels, and null for
                               what is nested deeper, read past */
    JSON_QUOTED = 32,       /* writing: a JSON_NUMBER as a text */
    JSON_DIGITS = 64        /* reading: a JSON_NUMBER for a JSON_REAL, which
                               keeps its text */
};

/*
 * Reads one JSON document (RFC 8259). Texts without escapes point into the
 * input, which must outlive the value. Of equal keys the last value wins, at
 * the place of the first. A lone surrogate escape becomes U+FFFD.
 *
 * Errors: INVALID (offset is the bad byte), TOO_BIG (nested over JSON_DEPTH,
 * without JSON_DEEP).
 */
phx_status json_read(struct arena *arena, phx_text text, int flags,
                     struct value *out, phx_error *err);

/* value.c -------------------------------------------------------------------
 */

struct value value_null(void);
struct value value_bool(bool value);
struct value value_int(int64_t value);
struct value value_real(double value);
struct value value_text(phx_text value);

/* The member of an object, or NULL; also NULL if it is no object. */
struct value *value_member(const struct value *object, const char *key);

/* Follows a dotted path of member names, "llm.token_count.prompt". */
struct value *value_at(const struct value *object, const char *path);

bool value_is_text(const struct value *value, const char *string);
bool value_is_missing(const struct value *value); /* written as null */
bool value_equal(const struct value *a, const struct value *b); /* NaN == NaN,
    1 != 1.0, members in any order */

/* write.c -------------------------------------------------------------------
 */

void json_write_value(struct buf *out, const struct value *value, int flags);
void json_write_text(struct buf *out, phx_text text, int flags); /* quoted */
void json_write_int(struct buf *out, int64_t value);

/* Shortest text that reads back as the same double, always with a point or
 * an exponent ("3.0", "1e+22"), as Python's repr. NaN and infinities: null. */
void json_write_real(struct buf *out, double value);

/* canonical.c: the one text of all that are equal, for hashes: no blanks, keys
 * in order of their UTF-16 units, the fewest escapes. `exact` writes numbers as
 * json_write_value does, and 1 is not 1.0; else they are written as ECMAScript
 * prints the double next to them (RFC 8785), infinite ones as null. */
void json_write_canonical(struct buf *out, struct arena *arena,
                          const struct value *value, bool exact);

/* A streaming writer: puts the commas and colons. Compact. */
struct json_writer {
    struct buf *out;
    bool pending_comma;
};
void json_begin(struct json_writer *writer, struct buf *out);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);
void json_key_text(struct json_writer *writer, phx_text key);
void json_null(struct json_writer *writer);
void json_bool(struct json_writer *writer, bool value);
void json_int(struct json_writer *writer, int64_t value);
void json_uint(struct json_writer *writer, uint64_t value);
void json_real(struct json_writer *writer, double value);
void json_string(struct json_writer *writer, const char *value); /* or null */
void json_text(struct json_writer *writer, phx_text value); /* absent: null */
void json_any(struct json_writer *writer, const struct value *value);
void json_raw(struct json_writer *writer, phx_text json);  /* as it is */
void json_hex(struct json_writer *writer, phx_text bytes); /* "0af7" */

#endif
