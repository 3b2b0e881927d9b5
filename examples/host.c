/*
 * host.c - a host program that keeps the traces it is sent, and answers from
 * them. A request is decoded without the store, so on any thread; it is stored
 * with others in one commit; then a condition chooses spans.
 *
 *     cc host.c $(pkg-config --cflags --libs libphoenix)
 *     ./a.out sqlite:traces.db "latency_ms > 1000" FILE.json...
 */
#include <phoenix.h>

#include <stdio.h>
#include <string.h>

enum { MOST = 16 };
static phx_error err;

static phx_batch *receive(const char *path)
{
    static char bytes[16 << 20];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    int32_t format = strstr(path, ".json") ? PHX_OTLP_JSON : PHX_OTLP_PROTOBUF;
    phx_batch *batch = NULL;

    if (file)
        fclose(file);
    if (phx_batch_decode(format, bytes, size, NULL, &batch, &err) < 0)
        fprintf(stderr, "%s: %s\n", path, err.message);
    return batch;
}

static phx_status print_chosen(phx_store *store, const char *filter)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *spans;
    phx_status status;

    query.filter = (phx_text){filter, strlen(filter)};
    if (phx_store_find_spans(store, &query, &spans, &err) < 0)
        return err.status;
    while ((status = phx_cursor_next_span(spans, &span, &err)) == PHX_OK)
        printf("%s %s %.3f s\n", span->kind.data, span->name.data,
               (double)(span->end_time - span->start_time) / 1e9);
    phx_cursor_close(spans);
    return status;
}

static phx_status print_counts(phx_store *store)
{
    phx_store_stats stats;

    if (phx_store_stat(store, &stats, &err) < 0)
        return err.status;
    printf("%d spans in %d traces\n", (int)stats.spans, (int)stats.traces);
    return PHX_OK;
}

int main(int argc, char **argv)
{
    phx_batch *batches[MOST];
    phx_store *store = NULL;
    size_t count = 0;
    int i;

    if (argc < 3)
        return fprintf(stderr, "usage: host STORE CONDITION [FILE...]\n"), 2;
    for (i = 3; i < argc && count < MOST; i++)
        count += (batches[count] = receive(argv[i])) != NULL;
    int failed = phx_store_open(argv[1], NULL, &store, &err) < 0 ||
                 phx_store_put(store, batches, count, NULL, &err) < 0 ||
                 print_chosen(store, argv[2]) < 0 || print_counts(store) < 0;
    if (failed)
        fprintf(stderr, "%s\n", err.message);
    while (count > 0)
        phx_batch_free(batches[--count]);
    phx_store_close(store);
    return failed;
}
