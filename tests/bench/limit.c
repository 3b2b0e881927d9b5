/*
 * limit.c - the least that durable ingestion can cost here: the requests of
 * the load, as they are, packed with zstd -1, appended to one file and synced;
 * no server, no index, one thread.
 *
 *     limit FILE SPANS REQUESTS COMMITS      prints one line of JSON
 *
 * A commit is REQUESTS requests of SPANS spans each. Making the requests is
 * not counted.
 */
#include "generate.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <zstd.h>

enum { POOL = 16384, SESSIONS = 64, LEVEL = 1, MOST_COMMITS = 10000 };

struct limit {
    struct generator *generator;
    ZSTD_CCtx *packer;
    uint8_t *raw;
    uint8_t *packed;
    size_t packed_room;
    size_t spans;    /* a request */
    size_t requests; /* a commit */
    int file;
    double pack_s;
    double sync_s;
    size_t raw_bytes;
    size_t packed_bytes;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void give_up(const char *message)
{
    fprintf(stderr, "limit: %s\n", message);
    exit(2);
}

/* Returns the seconds that writing and syncing took. */
static double commit(struct limit *limit)
{
    size_t size = 0;

    for (size_t i = 0; i < limit->requests; i++)
        size += generator_next(limit->generator, limit->spans,
                               limit->raw + size, NULL);
    double start = now();
    size_t packed =
        ZSTD_compressCCtx(limit->packer, limit->packed, limit->packed_room,
                          limit->raw, size, LEVEL);
    double ready = now();
    if (ZSTD_isError(packed))
        give_up("cannot compress");
    for (size_t done = 0; done < packed;) {
        ssize_t more = write(limit->file, limit->packed + done, packed - done);
        if (more <= 0)
            give_up("cannot write");
        done += (size_t)more;
    }
    if (fdatasync(limit->file) != 0)
        give_up("cannot sync");
    double end = now();
    limit->pack_s += ready - start;
    limit->sync_s += end - ready;
    limit->raw_bytes += size;
    limit->packed_bytes += packed;
    return end - ready;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void report(const struct limit *limit, double *syncs, size_t commits)
{
    double requests = (double)(limit->requests * commits);
    double spans = (double)limit->spans * requests;
    double seconds = limit->pack_s + limit->sync_s;

    qsort(syncs, commits, sizeof *syncs, by_value);
    printf("{\"spans_per_s\":%.0f,\"requests_per_s\":%.0f,"
           "\"pack_mb_per_s\":%.0f,\"pack_us_per_span\":%.2f,"
           "\"bytes_per_span\":%.0f,\"sync_ms\":{\"p50\":%.3f,"
           "\"p99\":%.3f,\"worst\":%.3f}}\n",
           spans / seconds, requests / seconds,
           (double)limit->raw_bytes / limit->pack_s / 1e6,
           limit->pack_s * 1e6 / spans, (double)limit->packed_bytes / spans,
           syncs[commits / 2] * 1e3, syncs[commits * 99 / 100] * 1e3,
           syncs[commits - 1] * 1e3);
}

static void limit_init(struct limit *limit, const char *path, size_t spans,
                       size_t requests)
{
    struct generate_options options = {POOL, SESSIONS, 1, 0};

    *limit = (struct limit){.spans = spans, .requests = requests};
    limit->generator = generator_new(&options);
    size_t room = requests * generator_bound(limit->generator, spans);
    limit->raw = malloc(room);
    limit->packed_room = ZSTD_compressBound(room);
    limit->packed = malloc(limit->packed_room);
    limit->packer = ZSTD_createCCtx();
    limit->file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (limit->raw == NULL || limit->packed == NULL || limit->packer == NULL)
        give_up("no memory");
    if (limit->file < 0)
        give_up("cannot open the file");
}

static void limit_clear(struct limit *limit)
{
    close(limit->file);
    ZSTD_freeCCtx(limit->packer);
    free(limit->raw);
    free(limit->packed);
    generator_free(limit->generator);
}

int main(int argc, char **argv)
{
    static double syncs[MOST_COMMITS];
    struct limit limit;

    size_t spans = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
    size_t requests = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
    size_t commits = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
    if (spans == 0 || requests == 0 || commits == 0 || commits > MOST_COMMITS) {
        fprintf(stderr, "usage: limit FILE SPANS REQUESTS COMMITS\n");
        return 2;
    }
    limit_init(&limit, argv[1], spans, requests);
    for (size_t i = 0; i < commits; i++)
        syncs[i] = commit(&limit);
    report(&limit, syncs, commits);
    limit_clear(&limit);
    return 0;
}
