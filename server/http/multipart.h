/*
 * multipart: the parts of a multipart/form-data body (RFC 7578).
 */
#ifndef SERVER_HTTP_MULTIPART_H
#define SERVER_HTTP_MULTIPART_H

#include "base/base.h"

enum { MULTIPART_PARTS = 4096, MULTIPART_HEAD = 16 << 10 };

/* What is absent was not sent. */
struct part_body {
    phx_text name, file; /* of the field, of the file */
    phx_text type, encoding;
    phx_text body;
};

struct multipart {
    struct part_body *parts;
    size_t count;
};

/* The parts, which point into the body or the arena. `type` is the request's
 * Content-Type, which has the boundary. Errors: INVALID (no boundary, or not of
 * this form; offset is a byte of the body), TOO_BIG (parts, or the head of
 * one), NO_MEMORY. */
phx_status multipart_read(struct arena *arena, phx_text type, phx_text body,
                          struct multipart *out, phx_error *err);

#endif
