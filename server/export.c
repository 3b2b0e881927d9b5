/*
 * export.c - spans of the store, oldest first: as OTLP requests, of protobuf
 * one long request, since requests in a row are one, of JSON one a line; or as
 * columns; or their traces as a store of their own.
 */
#include "base/base.h"
#include "server/commands.h"

#include <errno.h>
#include <unistd.h>

enum { SPANS_AT_ONCE = 1000 };

struct format {
    const char *name;
    bool columns;
    int32_t number; /* PHX_OTLP_..., or PHX_PARQUET and the like */
};

static const struct format formats[] = {
    {"protobuf", false, PHX_OTLP_PROTOBUF},
    {"json", false, PHX_OTLP_JSON},
    {"arrow", true, PHX_ARROW_STREAM},
    {"parquet", true, PHX_PARQUET},
    {"jsonl", true, PHX_JSON_LINES},
    {"csv", true, PHX_CSV},
    {"atif", false, PHX_ATIF},
};

struct export
{
    phx_store *store;
    const struct format *format;
    phx_cursor *cursor;  /* of OTLP */
    phx_export *columns; /* of the others */
    FILE *file;
};

static phx_status fail_write(phx_error *err)
{
    return fail_os(err, PHX_IO, errno, "cannot write: %s", strerror(errno));
}

static phx_status next_piece(struct export *export, phx_buf *out,
                             phx_error *err)
{
    if (export->format->columns)
        return phx_export_next(export->columns, out, err);
    return phx_cursor_next_otlp(export->cursor, export->format->number,
                                SPANS_AT_ONCE, out, err);
}

static phx_status write_piece(struct export *export, const phx_buf *piece,
                              phx_error *err)
{
    bool lines =
        !export->format->columns && export->format->number == PHX_OTLP_JSON;

    if (fwrite(piece->data, 1, piece->size, export->file) != piece->size ||
        (lines && fputc('\n', export->file) == EOF))
        return fail_write(err);
    return PHX_OK;
}

static phx_status write_all(struct export *export, phx_error *err)
{
    phx_buf piece = PHX_BUF_INIT;
    phx_status status;

    while ((status = next_piece(export, &piece, err)) == PHX_OK) {
        if ((status = write_piece(export, &piece, err)) < 0)
            break;
    }
    phx_buf_free(&piece);
    return status < 0 ? status : PHX_OK;
}

static phx_status choose(phx_store *store, const struct command_flags *flags,
                         phx_span_query *out, phx_error *err)
{
    out->order = PHX_OLDEST_FIRST;
    if (flags->filter != NULL)
        out->filter = text_of(flags->filter);
    return flags->project == NULL
               ? PHX_OK
               : phx_store_find(store, PHX_PROJECT, flags->project,
                                strlen(flags->project), &out->project, err);
}

static phx_status open_spans(struct export *export, const phx_span_query *query,
                             phx_error *err)
{
    if (export->format->columns)
        return phx_export_open(export->store, query, NULL, 0,
                               export->format->number, &export->columns, err);
    return phx_store_find_spans(export->store, query, &export->cursor, err);
}

/* On disk, or the command has failed. */
static phx_status settle(FILE *file, phx_error *err)
{
    if (fflush(file) != 0 || (file != stdout && fsync(fileno(file)) != 0))
        return fail_write(err);
    return PHX_OK;
}

static phx_status export_spans(struct export *export,
                               const struct command_flags *flags,
                               const phx_span_query *query, phx_error *err)
{
    phx_status status = open_spans(export, query, err);

    if (status == PHX_OK && flags->output != NULL &&
        (export->file = fopen(flags->output, "wbx")) == NULL)
        status = fail_os(err, PHX_IO, errno, "cannot create '%.300s': %s",
                         flags->output, strerror(errno));
    if (status == PHX_OK)
        status = write_all(export, err);
    if (status == PHX_OK)
        status = settle(export->file, err);
    if (export->file != NULL && export->file != stdout)
        fclose(export->file);
    phx_cursor_close(export->cursor);
    phx_export_close(export->columns);
    return status;
}

/* NULL if there is none of that name; the first without a name. */
static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (name == NULL || strcmp(name, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

int command_export(int argc, char **argv)
{
    struct export export = {.file = stdout};
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    struct command_flags flags;
    phx_error err = {0};
    phx_status status;

    if (!command_flags(&flags, argc, argv, "pfcoa"))
        return EXIT_USAGE;
    export.format = find_format(flags.format);
    if (flags.word_count != 0 || export.format == NULL ||
        (flags.archive != NULL &&
         (flags.format != NULL || flags.output != NULL))) {
        fprintf(stderr,
                "usage: phoenix-server export [--format protobuf|json|"
                "arrow|parquet|jsonl|csv|atif] [-o FILE] | --archive FILE, "
                "[--project NAME] [--filter CONDITION]\n");
        return EXIT_USAGE;
    }
    int result = command_open(&flags, PHX_OPEN_READ_ONLY, &export.store);
    if (result != EXIT_DONE)
        return result;
    bool all = flags.filter == NULL && flags.project == NULL;
    status = choose(export.store, &flags, &query, &err);
    if (status == PHX_OK && flags.archive != NULL)
        status = phx_store_save(export.store, all ? NULL : &query,
                                flags.archive, &err);
    else if (status == PHX_OK)
        status = export_spans(&export, &flags, &query, &err);
    phx_store_close(export.store);
    return status < 0 ? command_failed("cannot export", &err) : EXIT_DONE;
}
