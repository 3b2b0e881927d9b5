/*
 * inside.h - what the files of the frame room share.
 */
#ifndef FRAME_INSIDE_H
#define FRAME_INSIDE_H

#include "frame/frame.h"

/* --- a form of the table that spans become --------------------------------------- */

struct frame;

/* The row is in the frame's cells. What is NULL does nothing. */
struct frame_form {
    phx_status (*open)(struct frame *frame, phx_error *err);
    phx_status (*note)(struct frame *frame, phx_error *err);
    phx_status (*begin)(struct frame *frame, struct buf *out, phx_error *err);
    phx_status (*put)(struct frame *frame, struct buf *out, phx_error *err);
    phx_status (*end)(struct frame *frame, struct buf *out, phx_error *err);
    void (*close)(struct frame *frame);
};
extern const struct frame_form frame_table, frame_arrow;

/* --- shape.c: what values of a column have in common ------------------------------- */

enum {
    SHAPE_DEPTH = 6,         /* lists and objects in each other */
    SHAPES = SHRUNK(2048, 8) /* in shapes, in all */
};

struct shape_member;

struct shape {
    uint32_t kinds;     /* bits of enum json_kind, but null */
    bool is_wild;       /* too deep, or there are too many shapes */
    struct shape *item; /* of what lists hold; NULL before the first */
    struct shape_member *members;
    size_t member_room;
    uint32_t member_count;
};

struct shape_member {
    phx_text name;
    struct shape shape;
};

/* Where those lie that are in shapes, and their names; how many. */
struct shapes {
    struct arena *arena;
    uint32_t count;
};

/* One value more. */
phx_status shape_note(struct shapes *all, struct shape *shape,
                      const struct value *value, phx_error *err);

/* The member of an object that is `shape`'s member i, or NULL. */
const struct value *shape_member_of(const struct shape *shape, uint32_t i,
                                    const struct value *object);

/* --- columns.c ------------------------------------------------------------------ */

/* A cell is a value; times have a kind that JSON lacks: us, in the integer. */
enum { CELL_TIME = JSON_OBJECT + 1 };

struct frame_column {
    phx_text name;      /* by which rows find it */
    phx_text shown;     /* renamed */
    phx_text key;       /* as the rows of a table begin its cell */
    struct shape shape; /* of its cells; lists and objects only in Arrow */
    uint64_t filled;    /* cells that are not null */
    bool is_index;
    bool may_vanish; /* if all its cells are null */
};

struct frame {
    const struct frame_query *query;
    const struct frame_form *form;
    struct arrow_frame *arrow; /* what its form keeps */
    struct arena arena;        /* names */
    struct arena scratch;      /* of one span */
    struct map names;          /* of `columns` from `first_found` on */
    struct frame_column *columns;
    struct value *cells; /* of the row at hand */
    size_t column_room, cell_room;
    uint32_t count;
    uint32_t first_joined; /* the columns of the concatenation */
    uint32_t first_part;   /* those of the exploded list */
    uint32_t first_found;  /* those that rows bring */
    uint64_t rows;
    uint64_t rows_written;
    bool written; /* the columns are settled */
    bool failed;  /* there was no memory for a cell */
};

phx_status columns_make(struct frame *frame, phx_error *err);

/* The column of a name that rows bring, made at its first use; *out is
 * UINT32_MAX for one that a selected column hides. Of a whole span it is an
 * attribute's name. */
phx_status column_find(struct frame *frame, phx_text name, uint32_t *out,
                       phx_error *err);
bool column_is_shown(const struct frame *frame,
                     const struct frame_column *column);
enum frame_type column_type(const struct frame *frame,
                            const struct frame_column *column);

/* --- project.c ------------------------------------------------------------------ */

/* Takes the row that is in the frame's cells. */
typedef phx_status (*row_taker)(struct frame *frame, void *ctx, phx_error *err);
phx_status frame_project(struct frame *frame, const struct query_span *span,
                         row_taker take, void *ctx, phx_error *err);

/* --- cells.c: values -> cells --------------------------------------------------- */

/* In the scratch; frame->failed is set where there is no room for one. */
struct value cell_of(struct frame *frame, const struct query_column *column,
                     const struct query_span *span);
struct value cell_of_events(struct frame *frame, const struct span *span);
/* The element's value at a path of keys, or null. */
struct value cell_of_part(const struct value *element,
                          const struct frame_part *part);
/* The texts of the elements, or of a part of each, joined. */
phx_status cell_joined(struct frame *frame, const struct value *list,
                       const struct frame_part *part, struct value *out,
                       phx_error *err);

#endif
