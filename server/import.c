/*
 * import.c - files of recorded OTLP requests, many requests in a commit, and
 * archives, into the store.
 */
#include "base/base.h"
#include "server/commands.h"
#include "server/recording.h"

#include <unistd.h>

enum {
    GROUP = 64,             /* requests stored in one commit */
    GROUP_BYTES = 16 << 20, /* and their bytes */
};

struct import {
    phx_store *store;
    const char *project;
    bool trajectories; /* are in the files */
    phx_batch *batches[GROUP];
    size_t count;
    size_t bytes;
    phx_ingest_report total;
    bool shows_progress;
};

static phx_status flush(struct import *import, phx_error *err)
{
    phx_ingest_report reports[GROUP];
    phx_status status = PHX_OK;

    if (import->count > 0)
        status = phx_store_put(import->store, import->batches, import->count,
                               reports, err);
    for (size_t i = 0; i < import->count; i++) {
        if (status == PHX_OK) {
            import->total.accepted += reports[i].accepted;
            import->total.duplicate += reports[i].duplicate;
            import->total.rejected += reports[i].rejected;
        }
        phx_batch_free(import->batches[i]);
    }
    import->count = 0;
    import->bytes = 0;
    if (import->shows_progress)
        fprintf(stderr, "\r%lld spans", (long long)import->total.accepted);
    return status;
}

static phx_status add_request(void *ctx, int32_t format, const uint8_t *bytes,
                              size_t size, phx_error *err)
{
    struct import *import = ctx;
    phx_status status;

    status = phx_batch_decode(format, bytes, size, import->project,
                              &import->batches[import->count], err);
    if (status < 0)
        return status;
    import->count++;
    import->bytes += size;
    if (import->count == GROUP || import->bytes >= GROUP_BYTES)
        return flush(import, err);
    return PHX_OK;
}

/* Whether it begins as the files of SQLite do, which no request can. */
static bool is_archive(const char *path)
{
    static const char magic[] = "SQLite format 3";
    char found[sizeof magic] = "";
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    size_t size = fread(found, 1, sizeof found, file);
    fclose(file);
    return size == sizeof found && memcmp(found, magic, sizeof magic) == 0;
}

static phx_status merge(struct import *import, const char *path, phx_error *err)
{
    phx_ingest_report report;
    phx_status status;

    if (import->project != NULL)
        return fail(err, PHX_MISUSE, -1,
                    "spans of an archive keep their projects");
    if ((status = phx_store_merge(import->store, path, &report, err)) < 0)
        return status;
    import->total.accepted += report.accepted;
    import->total.duplicate += report.duplicate;
    return PHX_OK;
}

static phx_status import_file(struct import *import, const char *path,
                              phx_error *err)
{
    if (is_archive(path))
        return merge(import, path, err);
    phx_status status =
        recording_read(path, import->trajectories, add_request, import, err);
    if (status == PHX_OK)
        status = flush(import, err);
    for (size_t i = 0; i < import->count; i++)
        phx_batch_free(import->batches[i]);
    import->count = 0;
    import->bytes = 0;
    return status;
}

int command_import(int argc, char **argv)
{
    struct import import = {.shows_progress = isatty(STDERR_FILENO)};
    struct command_flags flags;
    phx_error err = {0};
    int result;

    if (!command_flags(&flags, argc, argv, "pf"))
        return EXIT_USAGE;
    if (flags.word_count == 0 ||
        (flags.format != NULL && strcmp(flags.format, "atif") != 0)) {
        fprintf(stderr, "usage: phoenix-server import [--project NAME] "
                        "[--format atif] FILE ...\n");
        return EXIT_USAGE;
    }
    import.trajectories = flags.format != NULL;
    if ((result = command_open(&flags, 0, &import.store)) != EXIT_DONE)
        return result;
    import.project = flags.project;
    for (int i = 0; i < flags.word_count && result == EXIT_DONE; i++) {
        if (import_file(&import, flags.words[i], &err) < 0)
            result = command_failed(flags.words[i], &err);
    }
    phx_store_close(import.store);
    if (import.shows_progress)
        fputc('\n', stderr);
    printf("spans: %lld stored, %lld known already, %lld left out\n",
           (long long)import.total.accepted, (long long)import.total.duplicate,
           (long long)import.total.rejected);
    return result;
}
