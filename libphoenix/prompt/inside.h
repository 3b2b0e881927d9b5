/*
 * inside.h - what the files of the prompt room share.
 */
#ifndef PROMPT_INSIDE_H
#define PROMPT_INSIDE_H

#include "prompt/prompt.h"

/* render.c */

/* The member of a name, or NULL; also NULL if it is no object. */
const struct value *member_of(const struct value *object, phx_text name);

/* The bytes as a text, which is never absent. */
phx_text written(const struct buf *buf);

/* A text as it is, all else as JSON. */
void print_value(struct buf *out, const struct value *value);

/* A name that is not there yet. */
phx_status names_add(struct arena *arena, struct prompt_names *names,
                     phx_text name, phx_error *err);

/* mustache.c, f_string.c: the two formats that have variables. */

phx_status mustache_render(struct arena *arena, phx_text template,
                           const struct value *variables, struct buf *out,
                           phx_error *err);
phx_status mustache_variables(struct arena *arena, phx_text template,
                              struct prompt_names *out, phx_error *err);
phx_status f_string_render(struct arena *arena, phx_text template,
                           const struct value *variables, struct buf *out,
                           phx_error *err);
phx_status f_string_variables(struct arena *arena, phx_text template,
                              struct prompt_names *out, phx_error *err);

/* format_spec.c: what stands behind the colon of a field, as Python reads it.
 */
phx_status format_value(const struct value *value, phx_text spec,
                        struct buf *out, phx_error *err);

/* quote.c: a text as repr() of Python has it, or ascii(). */
void print_quoted(struct buf *out, phx_text text, bool ascii);

/* shape.c: the form of a JSON value, as a table. */

enum shape_kind {
    SHAPE_TEXT,
    SHAPE_INT,
    SHAPE_NUMBER,
    SHAPE_BOOL,
    SHAPE_WORD,    /* one of `words`, a literal */
    SHAPE_NAME,    /* the same, of an enum */
    SHAPE_TAG,     /* what a union has been told apart by */
    SHAPE_ANY,     /* any value, as it is */
    SHAPE_OBJECT,  /* any object, as it is */
    SHAPE_MODEL,   /* an object of `fields` */
    SHAPE_LIST,    /* of `item`, at least `least` of them */
    SHAPE_TEXT_OR, /* a text, or a list as `item` */
    SHAPE_UNION    /* an object as one of `choices` says, by its "type" */
};

struct shape {
    enum shape_kind kind;
    const char *const *words;   /* up to NULL */
    const struct field *fields; /* up to one without a key */
    const struct choice *choices;
    const struct shape *item;
    const char *title; /* of what a list or a text may be, for its place */
    int64_t least;     /* of an integer, or of items; INT64_MIN for none */
    bool open;         /* other members are passed over, not refused */
    bool (*check)(const struct value *value, const char **problem);
};

struct field {
    const char *key;
    const struct shape *shape;
    bool required;
    bool nullable;         /* null is as if it were absent */
    const char *written;   /* the key it gets, if another */
    const char *if_absent; /* JSON that is written then; or NULL */
};

struct choice {
    const char *tag; /* NULL behind the last */
    const struct shape *shape;
    const char *written; /* the tag it gets, if another */
};

/* As prompt_check, of any shape. */
phx_status shape_write(const struct shape *shape, const struct value *value,
                       struct buf *out, struct buf *problems, phx_error *err);

#endif
