/*
 * frame: spans as a table, as the dataframe queries of Phoenix's client ask
 * for them.
 *
 *     JSON --read--> query
 *     span --project--> rows of cells --note--> columns and their types
 *                                     --write-> JSON as pandas reads it,
 *                                               or an Arrow stream
 *
 * Which columns there are, and of which types, is known only after the last
 * row: each span is noted first, and all of them are written afterwards. The
 * room is pure: it knows no database.
 */
#ifndef FRAME_FRAME_H
#define FRAME_FRAME_H

#include "base/base.h"
#include "json/json.h"
#include "query/query.h"

enum {
    FRAME_QUERY_SIZE = 1 << 20,      /* bytes of a query */
    FRAME_NAMES = 512,               /* members of one object of a query */
    FRAME_COLUMNS = SHRUNK(4096, 32) /* of a frame */
};

/* --- read.c: what is asked for ------------------------------------------------ */

/* A column of every span's row. */
struct frame_field {
    phx_text name;
    struct query_column column; /* neither field nor path: the events */
};

/* A column from the elements of a list, by a path of keys inside them. */
struct frame_part {
    phx_text name;
    const phx_text *keys;
    uint32_t key_count;
};

/* An attribute that is a list. */
struct frame_list {
    phx_text name; /* as written; absent if there is none */
    struct query_column column;
    const struct frame_part *parts; /* none: the elements themselves */
    uint32_t part_count;
};

struct frame_query {
    struct query condition;
    struct frame_field index;
    const struct frame_field *fields;
    uint32_t field_count;
    struct frame_list explode; /* a row for each element that is an object */
    phx_text position;         /* the name of its place in the list */
    struct frame_list concat;  /* texts of the elements, joined */
    phx_text separator;
    const struct value
        *renames;         /* an object: column to its new name; or NULL */
    bool whole;           /* nothing is selected: each attribute has a column */
    uint64_t fields_read; /* by columns: bits of enum query_field_id */
};

/*
 * Reads {"select", "filter", "explode", "concat", "rename", "index"}, each of
 * which may be missing. The JSON must outlive the query, which lies in the
 * arena.
 *
 * Errors: INVALID (the message begins with the path of the wrong member),
 * TOO_BIG.
 */
phx_status frame_query_read(struct arena *arena, phx_text json,
                            struct frame_query *out, phx_error *err);

/* --- columns.c, project.c ------------------------------------------------------ */

enum frame_type {
    FRAME_ANY = 0, /* texts, objects, lists, or some of each */
    FRAME_BOOL,    /* without nulls */
    FRAME_INT,     /* without nulls */
    FRAME_REAL,    /* or integers, with nulls */
    FRAME_TIME
};

/* --- frame.c --------------------------------------------------------------------- */

enum frame_form_id {
    FRAME_TABLE, /* table.c: JSON of pandas, its orient is "table" */
    FRAME_ARROW, /* arrow.c: an Arrow IPC stream with metadata of pandas */
    FRAME_FORMS
};

/* The query must outlive the frame. */
struct frame;
phx_status frame_new(const struct frame_query *query, enum frame_form_id form,
                     struct frame **out, phx_error *err);
void frame_free(struct frame *frame);

/* Looks at the rows of one span. Errors: TOO_BIG (over FRAME_COLUMNS). */
phx_status frame_note(struct frame *frame, const struct query_span *span,
                      phx_error *err);

/* Around the rows, which are those of the spans that were noted, in any
 * order. Numbers that neither an int64 nor a double can hold go out as texts:
 * pandas would refuse the whole of it. */
phx_status frame_begin(struct frame *frame, struct buf *out, phx_error *err);
phx_status frame_write(struct frame *frame, const struct query_span *span,
                       struct buf *out, phx_error *err);
phx_status frame_end(struct frame *frame, struct buf *out, phx_error *err);

#endif
