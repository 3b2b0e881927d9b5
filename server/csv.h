/*
 * csv: records of CSV (RFC 4180), read and written.
 */
#ifndef SERVER_CSV_H
#define SERVER_CSV_H

#include "base/base.h"

struct csv_reader {
    const char *at, *end;
    int64_t line;        /* of what comes next, from 1 */
    struct arena *arena; /* of cells that had quotes in them */
};

struct csv_record {
    phx_text *cells; /* kept from one record to the next */
    size_t count, capacity;
    int64_t line; /* that it begins in */
};

/* The text is UTF-8; a byte order mark before it is passed over. */
void csv_init(struct csv_reader *reader, phx_text text, struct arena *arena);

/* OK, or DONE after the last; lines with nothing in them are none. Lines end in
 * LF, CR LF or CR. Errors: INVALID (a quote is not closed, or followed by
 * anything but the end of its cell; offset is the line), NO_MEMORY. */
phx_status csv_next(struct csv_reader *reader, struct csv_record *out,
                    phx_error *err);

void csv_clear(struct csv_record *record);

/* A cell, quoted only where it must be. */
void csv_write_cell(struct buf *out, phx_text text);

#endif
