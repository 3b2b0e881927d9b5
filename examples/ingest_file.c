/*
 * Ingests files of OTLP, one export request each, and prints the traces of the
 * store as trees. Without files it only looks, also beside a running server.
 *
 *     ingest_file STORE [FILE...]      STORE: sqlite:PATH or sqlite::memory:
 */
#include <phoenix.h>
#include <stdio.h>
#include <string.h>

static char bytes[16 << 20];
static phx_error err;

/* Prints the children of a span (NULL: the roots), each before its own. */
static void print_tree(phx_store *store, phx_text trace_id, const char *parent,
                       int depth)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_text parent_id = {parent, parent ? strlen(parent) : 0};
    const phx_span *span;
    phx_cursor *cursor;

    query.order = PHX_OLDEST_FIRST;
    query.attributes = PHX_ATTRIBUTES_NONE;
    query.trace_ids = &trace_id;
    query.trace_id_count = 1;
    query.parent_ids = &parent_id;
    query.parent_id_count = parent ? 1 : 0;
    query.roots_only = !parent;
    if (depth > 100 || phx_store_find_spans(store, &query, &cursor, &err) < 0)
        return;
    while (phx_cursor_next_span(cursor, &span, &err) == PHX_OK) {
        printf("%*s%s (%s)%s\n", depth * 2, "", span->name.data,
               span->kind.data,
               span->status == PHX_SPAN_ERROR ? " failed" : "");
        print_tree(store, trace_id, span->span_id.data, depth + 1);
    }
    phx_cursor_close(cursor);
}

static int ingest(phx_store *store, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    int32_t form = strstr(path, ".json") ? PHX_OTLP_JSON : PHX_OTLP_PROTOBUF;
    phx_ingest_report report;

    if (!file || fclose(file) != 0 ||
        phx_store_ingest(store, NULL, form, bytes, size, &report, &err) < 0)
        return fprintf(stderr, "%s: cannot ingest: %s\n", path, err.message);
    printf("%d spans stored\n", (int)report.accepted);
    return 0;
}

int main(int argc, char **argv)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    const phx_trace *trace;
    phx_cursor *traces;
    phx_store *store;
    int i, failed = 0;

    if (argc < 2)
        return fprintf(stderr, "usage: ingest_file STORE [FILE...]\n"), 2;
    options.flags = argc > 2 ? 0 : PHX_OPEN_READ_ONLY;
    if (phx_store_open(argv[1], &options, &store, &err) < 0)
        return fprintf(stderr, "%s\n", err.message), 1;
    for (i = 2; i < argc && !failed; i++)
        failed = ingest(store, argv[i]) != 0;
    if (phx_store_find_traces(store, NULL, &traces, &err) < 0)
        return fprintf(stderr, "%s\n", err.message), 1;
    while (phx_cursor_next_trace(traces, &trace, &err) == PHX_OK) {
        printf("trace %s, %d spans\n", trace->trace_id.data, (int)trace->spans);
        print_tree(store, trace->trace_id, NULL, 1);
    }
    phx_cursor_close(traces);
    phx_store_close(store);
    return failed;
}
