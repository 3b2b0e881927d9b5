/*
 * trace_page: one page of a project's traces in an order other than that of
 * their numbers, and the cursor that continues it.
 */
#ifndef SERVER_REST_TRACE_PAGE_H
#define SERVER_REST_TRACE_PAGE_H

#include "server/rest/inside.h"

struct trace_row {
    phx_id id;
    phx_id project;
    uint64_t start_time;
    uint64_t end_time;
    int64_t prompt_tokens;
    int64_t completion_tokens;
    phx_text trace_id;
};

struct trace_page {
    phx_trace_query query;  /* with the limit of the page */
    phx_text cursor;        /* as given; empty for the first page */
    struct trace_row *rows; /* in the arena; one more than the limit */
    size_t count;           /* at most the limit */
    char next[2 * ID_SIZE]; /* "" if there is no more */
};

/* False if an answer has been given. */
bool trace_page_read(struct request *request, struct trace_page *page);

#endif
