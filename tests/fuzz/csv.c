/*
 * CSV of anybody's making: what is read and written again reads the same; what
 * is refused has a line.
 */
#include "../../server/csv.c"

#include <stdio.h>
#include <stdlib.h>

enum { LIMIT = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static int64_t count_lines(phx_text text)
{
    int64_t lines = 1;

    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n' || text.data[i] == '\r';
    return lines;
}

static void write_record(struct buf *out, const struct csv_record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        csv_write_cell(out, record->cells[i]);
    }
    /* An empty line is no record. */
    if (record->count == 1 && record->cells[0].size == 0)
        buf_add_string(out, "\"\"");
    buf_add_byte(out, '\n');
}

/* All records as they would be written. */
static phx_status rewrite(phx_text text, struct buf *out, phx_error *err)
{
    struct csv_record record = {.cells = NULL};
    struct csv_reader reader;
    struct arena arena;
    phx_status status;

    arena_init(&arena, LIMIT);
    csv_init(&reader, text, &arena);
    buf_add_byte(out, '\n'); /* so that no mark is the first of it */
    while ((status = csv_next(&reader, &record, err)) == PHX_OK) {
        check(record.count > 0 && record.line > 0, "a record has cells");
        write_record(out, &record);
    }
    csv_clear(&record);
    arena_clear(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    phx_text text = text_span(data, size);
    struct buf once, twice;
    phx_error err = {0};

    buf_init(&once, LIMIT);
    buf_init(&twice, LIMIT);
    phx_status status = rewrite(text, &once, &err);
    if (status == PHX_DONE) {
        check(rewrite(text_span(once.data, once.size), &twice, &err) ==
                  PHX_DONE,
              "what is written reads");
        check(once.size == twice.size &&
                  (once.size == 0 ||
                   memcmp(once.data, twice.data, once.size) == 0),
              "what is written reads the same");
    } else {
        check(status == PHX_INVALID && err.offset > 0 &&
                  err.offset <= count_lines(text),
              "a refusal has a line of the text");
    }
    buf_clear(&once);
    buf_clear(&twice);
    return 0;
}
