/*
 * serve.c - the server's life: read the settings, open the store, start the
 * writer and the listeners, wait for a signal; then the same backwards, so
 * that what was taken in is stored and answered before the end.
 */
#include "base/base.h"
#include "server/commands.h"
#include "server/config.h"
#include "server/grpc/grpc.h"
#include "server/http/http.h"
#include "server/keeper.h"
#include "server/lane.h"
#include "server/log.h"
#include "server/rest/rest.h"
#include "server/writer.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

enum {
    HTTP_THREADS = 2,
    HTTP_WORKERS = 4,
    METRICS_PORT = 9090,
    WANTED_FILES = 32768
};

struct server {
    struct config config;
    phx_store *store;
    struct writer *writer;
    struct keeper *keeper;
    struct lane *lane;
    struct grpc *grpc;
    struct http *http;
    struct http *metrics; /* NULL unless asked for */
};

/* As many connections as the system lets us have. */
static void raise_file_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= WANTED_FILES)
        return;
    files.rlim_cur =
        files.rlim_max > WANTED_FILES ? WANTED_FILES : files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

/* Blocked here, signals stay blocked in every thread, for sigwait. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void wait_for_end(const sigset_t *set)
{
    int signal_number = 0;

    while (sigwait(set, &signal_number) != 0 || signal_number == SIGHUP)
        continue;
    log_event(LOG_INFO, "stopping", "signal",
              signal_number == SIGINT ? "SIGINT" : "SIGTERM", NULL);
}

static phx_status start_http(struct server *server, uint16_t port,
                             const struct route *routes, size_t count,
                             struct http **out, phx_error *err)
{
    bool is_main = out == &server->http;
    struct http_options options = {
        .host = server->config.host,
        .port = port,
        .root = server->config.root_path,
        .routes = routes,
        .route_count = count,
        .threads = is_main ? HTTP_THREADS : 1,
        .workers = is_main ? HTTP_WORKERS : 1,
        .service = {server->store, server->writer, server->lane}};

    return http_start(&options, out, err);
}

static phx_status start(struct server *server, phx_error *err)
{
    struct config *config = &server->config;
    const struct route *routes, *metrics_routes;
    size_t count, metrics_count;
    phx_status status;

    routes = rest_routes(&count);
    metrics_routes = rest_metrics_routes(&metrics_count);
    if ((status = config_make_folder(config, err)) < 0 ||
        (status = phx_store_open(
             config->store_url,
             &(phx_store_options){.size = sizeof(phx_store_options),
                                  .flags = PHX_OPEN_NO_COMPACT,
                                  .busy_timeout = 5000,
                                  .retention_days = config->retention_days},
             &server->store, err)) < 0 ||
        (status = writer_start(server->store, config->queue_spans,
                               config->queue_bytes, &server->writer, err)) <
            0 ||
        (status = keeper_start(config, server->store, server->writer,
                               &server->keeper, err)) < 0 ||
        (status = lane_start(&server->lane, err)) < 0 ||
        (status = grpc_start(config, server->writer, server->lane,
                             &server->grpc, err)) < 0)
        return status;
    if (config->prometheus &&
        (status = start_http(server, METRICS_PORT, metrics_routes,
                             metrics_count, &server->metrics, err)) < 0)
        return status;
    return start_http(server, config->port, routes, count, &server->http, err);
}

static void stop(struct server *server)
{
    http_stop(server->http);
    http_stop(server->metrics);
    grpc_stop(server->grpc);
    lane_stop(server->lane);
    keeper_stop(server->keeper);
    if (server->writer != NULL)
        writer_stop(server->writer);
    phx_store_close(server->store);
}

static void announce(const struct server *server)
{
    char port[8], grpc[8];

    snprintf(port, sizeof port, "%u", (unsigned)http_port(server->http));
    snprintf(grpc, sizeof grpc, "%u", (unsigned)grpc_port(server->grpc));
    log_event(LOG_INFO, "listening", "version", phx_version_text(), "host",
              server->config.host, "port", port, "grpc_port", grpc, "store",
              server->config.store_url, NULL);
}

int command_serve(int argc, char **argv)
{
    struct server server = {0};
    phx_error err = {0};
    sigset_t signals;
    int result = EXIT_DONE;

    if (config_read(&server.config, argc, argv, &err) < 0) {
        fprintf(stderr, "phoenix-server: %s\n", err.message);
        return EXIT_USAGE;
    }
    raise_file_limit();
    block_signals(&signals);
    if (start(&server, &err) < 0) {
        result = command_failed("cannot start", &err);
    } else {
        announce(&server);
        wait_for_end(&signals);
    }
    stop(&server);
    if (result == EXIT_DONE)
        log_event(LOG_INFO, "stopped", NULL);
    return result;
}
