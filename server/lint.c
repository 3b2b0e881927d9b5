/*
 * lint.c - are recorded spans as the conventions say? The files are read twice:
 * into a store in memory, in which parents are looked for, and then to be
 * looked at request by request, as they were on the wire.
 */
#include "base/base.h"
#include "server/commands.h"
#include "server/recording.h"

#include "json/json.h"

enum form { FORM_TEXT, FORM_JSON };

struct linter {
    phx_store *store;
    const char *path;
    enum form form;
    int64_t counts[PHX_LINT_ERROR + 1]; /* by severity */
    int64_t spans;
};

static const char *const severities[] = {"info", "warning", "error"};

static phx_status store_request(void *ctx, int32_t format, const uint8_t *bytes,
                                size_t size, phx_error *err)
{
    struct linter *linter = ctx;

    return phx_store_ingest(linter->store, NULL, format, bytes, size, NULL,
                            err);
}

static void write_text(struct buf *out, const char *path,
                       const phx_finding *finding)
{
    buf_add_format(out, "%s: %s: %s: span %s '", path,
                   severities[finding->rule->severity], finding->rule->id,
                   finding->span_id.data);
    buf_add_text(out, finding->name);
    buf_add_string(out, "': ");
    if (finding->path.data != NULL)
        buf_add_format(out, "%s: ", finding->path.data);
    buf_add_text(out, finding->message);
}

static void write_json(struct buf *out, const char *path,
                       const phx_finding *finding)
{
    struct json_writer json;

    json_begin(&json, out);
    json_open_object(&json);
    json_key(&json, "file");
    json_string(&json, path);
    json_key(&json, "rule");
    json_string(&json, finding->rule->id);
    json_key(&json, "severity");
    json_string(&json, severities[finding->rule->severity]);
    json_key(&json, "trace_id");
    json_text(&json, finding->trace_id);
    json_key(&json, "span_id");
    json_text(&json, finding->span_id);
    json_key(&json, "name");
    json_text(&json, finding->name);
    json_key(&json, "path");
    json_text(&json, finding->path);
    json_key(&json, "message");
    json_text(&json, finding->message);
    json_close_object(&json);
}

static phx_status print_finding(struct linter *linter,
                                const phx_finding *finding, phx_error *err)
{
    struct buf line;

    buf_init(&line, SIZE_MAX);
    if (linter->form == FORM_JSON)
        write_json(&line, linter->path, finding);
    else
        write_text(&line, linter->path, finding);
    buf_add_byte(&line, '\n');
    phx_status status = buf_status(&line, "a finding", err);
    if (status >= 0)
        fwrite(line.data, 1, line.size, stdout);
    buf_clear(&line);
    linter->counts[finding->rule->severity]++;
    return status;
}

static phx_status look_at_request(void *ctx, int32_t format,
                                  const uint8_t *bytes, size_t size,
                                  phx_error *err)
{
    struct linter *linter = ctx;
    const phx_finding *finding;
    phx_cursor *cursor = NULL;
    phx_batch *batch = NULL;
    phx_status status =
        phx_batch_decode(format, bytes, size, NULL, &batch, err);

    if (status < 0)
        return status;
    linter->spans += (int64_t)phx_batch_size(batch);
    status = phx_batch_lint(batch, linter->store, &cursor, err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_finding(cursor, &finding, err)) == PHX_OK)
        status = print_finding(linter, finding, err);
    phx_cursor_close(cursor);
    phx_batch_free(batch);
    return status < 0 ? status : PHX_OK;
}

static int read_files(struct linter *linter, const struct command_flags *flags,
                      recording_fn each)
{
    phx_error err = {0};

    for (int i = 0; i < flags->word_count; i++) {
        linter->path = flags->words[i];
        if (recording_read(linter->path, false, each, linter, &err) < 0)
            return command_failed(linter->path, &err);
    }
    return EXIT_DONE;
}

int command_lint(int argc, char **argv)
{
    struct linter linter = {.form = FORM_TEXT};
    struct command_flags flags;
    phx_error err = {0};

    if (!command_flags(&flags, argc, argv, "f"))
        return EXIT_USAGE;
    bool is_json = flags.format != NULL && strcmp(flags.format, "json") == 0;
    if (flags.word_count == 0 || (flags.format != NULL && !is_json &&
                                  strcmp(flags.format, "text") != 0)) {
        fprintf(stderr,
                "usage: phoenix-server lint [--format text|json] FILE ...\n");
        return EXIT_USAGE;
    }
    linter.form = is_json ? FORM_JSON : FORM_TEXT;
    if (phx_store_open("sqlite::memory:", NULL, &linter.store, &err) < 0)
        return command_failed("cannot open a store in memory", &err);
    int result = read_files(&linter, &flags, store_request);
    if (result == EXIT_DONE)
        result = read_files(&linter, &flags, look_at_request);
    phx_store_close(linter.store);
    if (result != EXIT_DONE)
        return result;
    fprintf(stderr, "%lld spans: %lld errors, %lld warnings, %lld notes\n",
            (long long)linter.spans, (long long)linter.counts[PHX_LINT_ERROR],
            (long long)linter.counts[PHX_LINT_WARNING],
            (long long)linter.counts[PHX_LINT_INFO]);
    return linter.counts[PHX_LINT_ERROR] > 0 ? EXIT_FAILED : EXIT_DONE;
}
