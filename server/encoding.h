/*
 * encoding: the compressions of requests and answers. HTTP and gRPC name and
 * read them alike.
 */
#ifndef SERVER_ENCODING_H
#define SERVER_ENCODING_H

#include "base/base.h"

enum encoding {
    ENCODING_IDENTITY,
    ENCODING_GZIP,
    ENCODING_DEFLATE, /* zlib's form, or bare as some senders have it */
    ENCODING_ZSTD
};

/* The encoding of a name ("gzip", any case); false if it is not one of ours.
 * The absent and the empty text are the identity. */
bool encoding_find(phx_text name, enum encoding *out);

/*
 * Appends what the bytes unpack to. out->limit bounds it, whatever sizes the
 * bytes claim; memory grows with what is really there.
 *
 * Errors: INVALID (corrupt, cut short, or bytes follow), TOO_BIG, NO_MEMORY.
 */
phx_status encoding_inflate(enum encoding encoding, const void *bytes,
                            size_t size, struct buf *out, phx_error *err);

/* Appends a gzip member of the bytes, made fast rather than small.
 * Errors: TOO_BIG (out->limit), NO_MEMORY. */
phx_status encoding_gzip(const void *bytes, size_t size, struct buf *out,
                         phx_error *err);

/* The same from bytes that come in pieces, the last of which ends it. Errors:
 * as above. */
struct packer;
phx_status packer_new(struct packer **out, phx_error *err);
phx_status packer_add(struct packer *packer, const void *bytes, size_t size,
                      bool last, struct buf *out, phx_error *err);
void packer_free(struct packer *packer); /* NULL allowed */

#endif
