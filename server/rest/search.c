/*
 * search.c - what lists with filter= and search= share: what ends them, how
 * many searches may be under way, and where their words were found.
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <stdatomic.h>

enum { MOST_SEARCHES = 3 }; /* at once: a worker is left to others */

static atomic_int searches;

phx_stop_fn list_stop(phx_text filter, phx_text search)
{
    return filter.size > 0 || search.data != NULL ? request_is_gone : NULL;
}

bool search_begin(struct request *request, phx_text search)
{
    if (search.data == NULL || atomic_fetch_add(&searches, 1) < MOST_SEARCHES)
        return true;
    atomic_fetch_sub(&searches, 1);
    answer_later(request, "too many searches are under way");
    return false;
}

void search_end(phx_text search)
{
    if (search.data != NULL)
        atomic_fetch_sub(&searches, 1);
}

void write_match(struct json_writer *json, phx_text span_id,
                 const phx_match *match)
{
    const char *word = match->snippet.data + match->mark;
    size_t end = match->mark + match->size;

    json_key(json, "match");
    json_open_object(json);
    if (span_id.data != NULL)
        write_text(json, "span_id", span_id);
    write_text(json, "path", match->path);
    json_key(json, "offset");
    json_int(json, (int64_t)match->offset);
    write_text(json, "before", text_span(match->snippet.data, match->mark));
    write_text(json, "word", text_span(word, match->size));
    write_text(json, "after",
               text_span(word + match->size, match->snippet.size - end));
    json_close_object(json);
}
