/*
 * store.c - the store's part of phoenix.h: arguments are checked, URLs read.
 */
#include "base/base.h"

#include "api/inside.h"
#include "query/query.h"

bool take_options(void *out, size_t size, const void *given)
{
    size_t known;

    if (given == NULL)
        return true;
    memcpy(&known, given, sizeof known);
    if (known < sizeof known)
        return false;
    memcpy(out, given, known < size ? known : size);
    return true;
}

/* "sqlite:PATH" and "sqlite:///PATH" -> PATH; NULL for memory. */
static phx_status read_url(const char *url, const char **path, phx_error *err)
{
    phx_text text = text_of(url);

    if (!text_starts(text, "sqlite:"))
        return fail(
            err, text_starts(text, "postgres") ? PHX_UNSUPPORTED : PHX_INVALID,
            0, "the store's URL is not 'sqlite:PATH': '%.64s'", url);
    url += strlen("sqlite:");
    if (strncmp(url, "///", 3) == 0)
        url += 3;
    else if (strncmp(url, "//", 2) == 0)
        return fail(err, PHX_INVALID, 7,
                    "a URL of a store names no host: 'sqlite:///PATH'");
    if (*url == '\0')
        return fail(err, PHX_INVALID, 7, "the store's URL has no path");
    *path = strcmp(url, ":memory:") == 0 ? NULL : url;
    return PHX_OK;
}

phx_status phx_store_open(const char *url, const phx_store_options *options,
                          phx_store **out, phx_error *err)
{
    phx_store_options wanted = PHX_STORE_OPTIONS_INIT;
    const char *path = NULL;
    phx_status status;

    if (url == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, options) ||
        wanted.retention_days < 0)
        return fail_argument(err);
    if ((status = read_url(url, &path, err)) < 0)
        return status;
    struct store_options inner = {
        .read_only = (wanted.flags & PHX_OPEN_READ_ONLY) != 0,
        .no_migrate = (wanted.flags & PHX_OPEN_NO_MIGRATE) != 0,
        .no_compact = (wanted.flags & PHX_OPEN_NO_COMPACT) != 0,
        .busy_timeout = wanted.busy_timeout,
        .vfs = wanted.sqlite_vfs,
        .retention_days = wanted.retention_days,
    };
    inner.functions = query_functions(&inner.function_count);
    phx_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_memory(err, sizeof *store);
    if ((status = store_open(path, &inner, &store->store, err)) < 0)
        memory_free(store);
    else
        *out = store;
    return status;
}

void phx_store_close(phx_store *store)
{
    if (store == NULL)
        return;
    store_release(store->store);
    memory_free(store);
}

void phx_store_interrupt(phx_store *store)
{
    if (store != NULL)
        store_interrupt(store->store);
}

phx_status phx_store_put(phx_store *store, phx_batch **batches, size_t count,
                         phx_ingest_report *out, phx_error *err)
{
    phx_status status;

    if (store == NULL || (batches == NULL && count != 0))
        return fail_argument(err);
    for (size_t i = 0; i < count; i++) {
        if (batches[i] == NULL)
            return fail_argument(err);
    }
    struct store_batch **puts =
        memory_new(size_mul(size_add(count, 1), sizeof *puts));
    if (puts == NULL)
        return fail_memory(err, size_mul(count, sizeof *puts));
    for (size_t i = 0; i < count; i++)
        puts[i] = &batches[i]->put;
    status = store_put(store->store, puts, count, err);
    for (size_t i = 0; status >= 0 && out != NULL && i < count; i++) {
        out[i] = batches[i]->put.report;
        out[i].rejected = (int64_t)batches[i]->rejected;
    }
    memory_free(puts);
    return status;
}

phx_status phx_store_ingest(phx_store *store, const char *project,
                            int32_t format, const void *bytes, size_t size,
                            phx_ingest_report *out, phx_error *err)
{
    phx_batch *batch = NULL;
    phx_ingest_report report;
    phx_status status;

    if (store == NULL)
        return fail_argument(err);
    if ((status = phx_batch_decode(format, bytes, size, project, &batch, err)) <
        0)
        return status;
    status = phx_store_put(store, &batch, 1, &report, err);
    phx_batch_free(batch);
    if (status >= 0 && out != NULL)
        *out = report;
    return status;
}

phx_status phx_store_compact(phx_store *store, uint32_t budget, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_compact(store->store, budget, err);
}

phx_status phx_store_verify(phx_store *store, phx_verify_fn found, void *ctx,
                            phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_verify(store->store, found, ctx, err);
}

phx_status phx_store_backup(phx_store *store, const char *path, phx_error *err)
{
    if (store == NULL || path == NULL)
        return fail_argument(err);
    return store_backup(store->store, path, err);
}

phx_status phx_store_stat(phx_store *store, phx_store_stats *out,
                          phx_error *err)
{
    if (store == NULL || out == NULL)
        return fail_argument(err);
    return store_stat(store->store, out, err);
}

phx_status phx_project_create(phx_store *store, const char *name,
                              const char *description, phx_id *out,
                              phx_error *err)
{
    phx_text text = text_of(name), about = text_of(description);

    if (store == NULL || name == NULL || out == NULL)
        return fail_argument(err);
    if (text.size == 0)
        return fail(err, PHX_INVALID, -1, "the project's name is empty");
    if (utf8_check(text.data, text.size) != text.size ||
        utf8_check(about.data, about.size) != about.size)
        return fail(err, PHX_INVALID, -1, "a project's text is not UTF-8");
    return store_create_project(store->store, text, about, out, err);
}

phx_status phx_project_update(phx_store *store, phx_id project,
                              const char *description, phx_error *err)
{
    phx_text about = text_of(description);

    if (store == NULL)
        return fail_argument(err);
    if (utf8_check(about.data, about.size) != about.size)
        return fail(err, PHX_INVALID, -1, "a project's text is not UTF-8");
    return store_update_project(store->store, project, about, err);
}

phx_status phx_store_find(phx_store *store, int32_t kind, const char *name,
                          size_t size, phx_id *out, phx_error *err)
{
    phx_text text = text_span(name, size);
    uint8_t *bytes = NULL;
    phx_status status;

    if (store == NULL || out == NULL || (name == NULL && size != 0) ||
        kind < PHX_PROJECT || kind > PHX_SPAN)
        return fail_argument(err);
    if (name == NULL)
        text.data = "";
    if (kind == PHX_TRACE || kind == PHX_SPAN) {
        if ((bytes = memory_new(size / 2 + 1)) == NULL)
            return fail_memory(err, size / 2 + 1);
        if (hex_read(text, bytes, &text.size, NULL) < 0) {
            memory_free(bytes);
            return fail(err, PHX_NOT_FOUND, -1, "no %s '%.*s'",
                        kind == PHX_TRACE ? "trace" : "span",
                        size < 64 ? (int)size : 64, name);
        }
        text.data = (const char *)bytes;
    }
    status = store_find(store->store, kind, text, out, err);
    memory_free(bytes);
    return status;
}

phx_status phx_store_delete(phx_store *store, int32_t kind, phx_id id,
                            phx_error *err)
{
    if (store == NULL || kind < PHX_PROJECT || kind > PHX_SPAN)
        return fail_argument(err);
    return store_delete(store->store, kind, id, err);
}

phx_status phx_store_transfer(phx_store *store, const phx_id *traces,
                              size_t count, phx_id project, int64_t *out,
                              phx_error *err)
{
    if (store == NULL || traces == NULL || count == 0 || out == NULL)
        return fail_argument(err);
    return store_transfer(store->store, traces, count, project, out, err);
}
