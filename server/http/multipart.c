/*
 * multipart.c - the parts of a multipart/form-data body.
 *
 *     --BOUNDARY CRLF
 *     Content-Disposition: form-data; name="file"; filename="a.csv" CRLF
 *     Content-Type: text/csv CRLF
 *     CRLF
 *     the bytes of the part CRLF
 *     --BOUNDARY--
 */
#include "base/base.h"

#include "server/http/multipart.h"

#include <strings.h>

enum { BOUNDARY_SIZE = 70 };

/* What is left of the body, and the line that parts end in. */
struct parts_reader {
    phx_text body;
    size_t at;
    char end[BOUNDARY_SIZE + 5]; /* CR LF -- and the boundary */
    size_t end_size;
};

/* What is left of a header up to the next semicolon that is in no quotes. */
static phx_text take_piece(phx_text *rest)
{
    bool quoted = false;
    size_t at = 0;

    for (; at < rest->size && (quoted || rest->data[at] != ';'); at++) {
        if (rest->data[at] == '"')
            quoted = !quoted;
        else if (quoted && rest->data[at] == '\\' && at + 1 < rest->size)
            at++;
    }
    phx_text piece = text_span(rest->data, at);
    size_t taken = at + (at < rest->size);
    *rest = text_span(rest->data + taken, rest->size - taken);
    return text_trim(piece);
}

/* A value without its quotes and the backslashes in them. */
static phx_status unquote(struct arena *arena, phx_text value, phx_text *out,
                          phx_error *err)
{
    size_t used = 0;
    char *copy;

    *out = value;
    if (value.size < 2 || value.data[0] != '"')
        return PHX_OK;
    if ((copy = arena_new(arena, value.size)) == NULL)
        return arena_status(arena, value.size, err);
    for (size_t i = 1; i + 1 < value.size; i++) {
        i += value.data[i] == '\\' && i + 2 < value.size;
        copy[used++] = value.data[i];
    }
    *out = text_span(copy, used);
    return PHX_OK;
}

/* A parameter of a header such as: form-data; name="a". Absent if there is
 * none.
 */
static phx_status read_parameter(struct arena *arena, phx_text header,
                                 const char *name, phx_text *out,
                                 phx_error *err)
{
    size_t size = strlen(name);

    *out = (phx_text){NULL, 0};
    while (header.size > 0) {
        phx_text piece = take_piece(&header);
        if (piece.size > size && piece.data[size] == '=' &&
            strncasecmp(piece.data, name, size) == 0)
            return unquote(
                arena, text_span(piece.data + size + 1, piece.size - size - 1),
                out, err);
    }
    return PHX_OK;
}

/* Where the line that ends a part begins, from a place on; NULL if nowhere. */
static const char *find_end(const struct parts_reader *reader, const char *from)
{
    const char *end = reader->body.data + reader->body.size;

    while ((size_t)(end - from) >= reader->end_size) {
        const char *at =
            memchr(from, '\r', (size_t)(end - from) - reader->end_size + 1);
        if (at == NULL)
            return NULL;
        if (memcmp(at, reader->end, reader->end_size) == 0)
            return at;
        from = at + 1;
    }
    return NULL;
}

static phx_status fail_form(const struct parts_reader *reader, const char *why,
                            phx_error *err)
{
    return fail(err, PHX_INVALID, (int64_t)reader->at,
                "the form is malformed at byte %zu: %s", reader->at, why);
}

/* A line of the head, without its end; DONE with the empty one. */
static phx_status next_line(struct parts_reader *reader, phx_text *out,
                            phx_error *err)
{
    const char *from = reader->body.data + reader->at;
    size_t left = reader->body.size - reader->at;
    const char *end =
        memchr(from, '\n', left < MULTIPART_HEAD ? left : MULTIPART_HEAD);

    if (end == NULL)
        return left > MULTIPART_HEAD
                   ? fail(err, PHX_TOO_BIG, (int64_t)reader->at,
                          "the head of a part is over %d bytes", MULTIPART_HEAD)
                   : fail_form(reader, "the head of a part has no end", err);
    if (end == from || end[-1] != '\r')
        return fail_form(reader, "a line does not end in CR LF", err);
    *out = text_span(from, (size_t)(end - from) - 1);
    reader->at += (size_t)(end - from) + 1;
    return out->size == 0 ? PHX_DONE : PHX_OK;
}

static bool is_header(phx_text line, const char *name, phx_text *value)
{
    size_t size = strlen(name);

    if (line.size <= size || line.data[size] != ':' ||
        strncasecmp(line.data, name, size) != 0)
        return false;
    *value = text_trim(text_span(line.data + size + 1, line.size - size - 1));
    return true;
}

static phx_status read_head(struct parts_reader *reader, struct arena *arena,
                            struct part_body *out, phx_error *err)
{
    size_t begin = reader->at;
    phx_text line, value;
    phx_status status;

    while ((status = next_line(reader, &line, err)) == PHX_OK) {
        if (reader->at - begin > MULTIPART_HEAD)
            return fail(err, PHX_TOO_BIG, (int64_t)begin,
                        "the head of a part is over %d bytes", MULTIPART_HEAD);
        if (is_header(line, "Content-Type", &out->type) ||
            is_header(line, "Content-Encoding", &out->encoding) ||
            !is_header(line, "Content-Disposition", &value))
            continue;
        if ((status = read_parameter(arena, value, "name", &out->name, err)) <
                0 ||
            (status =
                 read_parameter(arena, value, "filename", &out->file, err)) < 0)
            return status;
    }
    return status < 0 ? status : PHX_OK;
}

static phx_status read_boundary(struct arena *arena, phx_text type,
                                struct parts_reader *reader, phx_error *err)
{
    phx_text boundary;
    phx_status status = read_parameter(arena, type, "boundary", &boundary, err);

    if (status < 0)
        return status;
    if (boundary.size == 0 || boundary.size > BOUNDARY_SIZE)
        return fail(err, PHX_INVALID, 0,
                    "the content type of the form has no boundary of 1 to %d "
                    "bytes",
                    BOUNDARY_SIZE);
    memcpy(reader->end, "\r\n--", 4);
    memcpy(reader->end + 4, boundary.data, boundary.size);
    reader->end_size = 4 + boundary.size;
    return PHX_OK;
}

/* At what follows a boundary: OK before a part, DONE at the end of them. */
static phx_status pass_boundary(struct parts_reader *reader, phx_error *err)
{
    phx_text line;
    size_t left = reader->body.size - reader->at;

    if (left >= 2 && memcmp(reader->body.data + reader->at, "--", 2) == 0)
        return PHX_DONE;
    phx_status status = next_line(reader, &line, err);
    if (status < 0)
        return status;
    return text_trim(line).size == 0
               ? PHX_OK
               : fail_form(reader, "a boundary's line goes on", err);
}

static phx_status read_parts(struct parts_reader *reader, struct arena *arena,
                             struct multipart *out, phx_error *err)
{
    size_t capacity = 0;
    phx_status status;

    while ((status = pass_boundary(reader, err)) == PHX_OK) {
        struct part_body *larger = arena_grow(arena, out->parts, &capacity,
                                              out->count, sizeof *larger);
        if (larger == NULL)
            return arena_status(arena, sizeof *larger, err);
        out->parts = larger;
        if (out->count == MULTIPART_PARTS)
            return fail(err, PHX_TOO_BIG, (int64_t)reader->at,
                        "the form has over %d parts", MULTIPART_PARTS);
        struct part_body *part = &larger[out->count++];
        *part = (struct part_body){.name = {NULL, 0}};
        if ((status = read_head(reader, arena, part, err)) < 0)
            return status;
        /* The empty line's end may be that of an empty part. */
        const char *from = reader->body.data + reader->at;
        const char *end = find_end(reader, from - 2);
        if (end == NULL)
            return fail_form(reader, "a part has no end", err);
        part->body = text_span(from, end > from ? (size_t)(end - from) : 0);
        reader->at = (size_t)(end - reader->body.data) + reader->end_size;
    }
    return status < 0 ? status : PHX_OK;
}

phx_status multipart_read(struct arena *arena, phx_text type, phx_text body,
                          struct multipart *out, phx_error *err)
{
    struct parts_reader reader = {.body = body};
    phx_status status = read_boundary(arena, type, &reader, err);
    size_t size = reader.end_size;

    *out = (struct multipart){.parts = NULL};
    if (status < 0)
        return status;
    if (body.size >= size - 2 &&
        memcmp(body.data, reader.end + 2, size - 2) == 0) {
        reader.at = size - 2;
    } else {
        const char *first = body.size > 0 ? find_end(&reader, body.data) : NULL;
        if (first == NULL)
            return fail_form(&reader, "it has no boundary", err);
        reader.at = (size_t)(first - body.data) + size;
    }
    return read_parts(&reader, arena, out, err);
}
