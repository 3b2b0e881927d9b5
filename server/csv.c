/*
 * csv.c - records of CSV. A cell without a quote points into the text; one that
 * had quotes doubled is a copy without them.
 *
 *     a,"b, c","say ""hi"""      a | b, c | say "hi"
 */
#include "base/base.h"

#include "server/csv.h"

void csv_init(struct csv_reader *reader, phx_text text, struct arena *arena)
{
    static const char mark[] = "\xef\xbb\xbf";

    if (text.size == 0)
        text = text_of("");
    else if (text_starts(text, mark))
        text = text_span(text.data + 3, text.size - 3);
    *reader = (struct csv_reader){.at = text.data,
                                  .end = text.data + text.size,
                                  .line = 1,
                                  .arena = arena};
}

static bool is_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* Past the end of a line, if one is here. */
static void pass_end(struct csv_reader *reader)
{
    if (reader->at == reader->end || !is_end(*reader->at))
        return;
    if (*reader->at == '\r' && reader->end - reader->at > 1 &&
        reader->at[1] == '\n')
        reader->at++;
    reader->at++;
    reader->line++;
}

/* Behind the opening quote; the reader is left behind the closing one. */
static phx_status read_quoted(struct csv_reader *reader, phx_text *out,
                              phx_error *err)
{
    const char *from = ++reader->at;
    int64_t line = reader->line;
    size_t doubled = 0;

    for (; reader->at < reader->end; reader->at++) {
        reader->line += *reader->at == '\n';
        if (*reader->at != '"')
            continue;
        if (reader->end - reader->at < 2 || reader->at[1] != '"')
            break;
        reader->at++;
        doubled++;
    }
    if (reader->at == reader->end)
        return fail(err, PHX_INVALID, line, "line %lld: a quote is not closed",
                    (long long)line);
    *out = text_span(from, (size_t)(reader->at++ - from));
    if (doubled == 0)
        return PHX_OK;
    char *copy = arena_new(reader->arena, out->size);
    size_t size = 0;
    if (copy == NULL)
        return arena_status(reader->arena, out->size, err);
    for (size_t i = 0; i < out->size; i++) {
        copy[size++] = out->data[i];
        i += out->data[i] == '"';
    }
    *out = text_span(copy, size);
    return PHX_OK;
}

static phx_status read_cell(struct csv_reader *reader, phx_text *out,
                            phx_error *err)
{
    const char *from = reader->at;
    phx_status status;

    if (from == reader->end || *from != '"') {
        while (reader->at < reader->end && *reader->at != ',' &&
               !is_end(*reader->at))
            reader->at++;
        *out = text_span(from, (size_t)(reader->at - from));
        return PHX_OK;
    }
    if ((status = read_quoted(reader, out, err)) < 0)
        return status;
    return reader->at == reader->end || *reader->at == ',' ||
                   is_end(*reader->at)
               ? PHX_OK
               : fail(err, PHX_INVALID, reader->line,
                      "line %lld: a cell goes on behind its closing quote",
                      (long long)reader->line);
}

phx_status csv_next(struct csv_reader *reader, struct csv_record *out,
                    phx_error *err)
{
    phx_status status;

    while (reader->at < reader->end && is_end(*reader->at))
        pass_end(reader);
    if (reader->at == reader->end)
        return PHX_DONE;
    out->count = 0;
    out->line = reader->line;
    for (;;) {
        phx_text *larger = memory_grow(out->cells, &out->capacity, out->count,
                                       sizeof *larger, err);
        if (larger == NULL)
            return PHX_NO_MEMORY;
        out->cells = larger;
        if ((status = read_cell(reader, &larger[out->count++], err)) < 0)
            return status;
        if (reader->at == reader->end || *reader->at != ',')
            break;
        reader->at++;
    }
    pass_end(reader);
    return PHX_OK;
}

void csv_clear(struct csv_record *record)
{
    memory_free(record->cells);
    *record = (struct csv_record){.cells = NULL};
}

void csv_write_cell(struct buf *out, phx_text text)
{
    bool plain = true;

    for (size_t i = 0; i < text.size && plain; i++)
        plain = memchr(",\"\r\n", text.data[i], 4) == NULL;
    if (plain) {
        buf_add_text(out, text);
        return;
    }
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, (uint8_t)text.data[i]);
    }
    buf_add_byte(out, '"');
}
