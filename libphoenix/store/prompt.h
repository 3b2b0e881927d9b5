/*
 * prompt.h - prompts that people keep, their versions, and tags that point to
 * them. What a version says is a text here.
 *
 *     prompt.c       rows of all three
 *     prompt_put.c   versions are added, tags moved, prompts changed
 *     prompt_find.c  rows, read in pages
 */
#ifndef STORE_PROMPT_H
#define STORE_PROMPT_H

#include "store/annotation.h"

struct prompt_row {
    phx_prompt prompt; /* the texts are the statement's */
    int64_t tags;      /* how many it has */
    int64_t sum;       /* as read */
};

/* Errors: CORRUPT, unless each is as it was written. */
phx_status prompt_read(struct statement *read, struct prompt_row *out,
                       phx_error *err);
phx_status prompt_version_read(struct statement *read, phx_prompt_version *out,
                               phx_error *err);
phx_status prompt_tag_read(struct statement *read, phx_prompt_tag *out,
                           phx_error *err);

/* In the place of the row of the same number, if there is one. */
phx_status prompt_write(struct connection *connection,
                        const struct prompt_row *row, phx_error *err);
phx_status prompt_version_write(struct connection *connection,
                                const phx_prompt_version *row, phx_error *err);
phx_status prompt_tag_write(struct connection *connection,
                            const phx_prompt_tag *row, phx_error *err);

/* Its texts become copies. */
phx_status prompt_keep(struct arena *arena, phx_prompt *row, phx_error *err);
phx_status prompt_tag_keep(struct arena *arena, phx_prompt_tag *row,
                           phx_error *err);

#endif
