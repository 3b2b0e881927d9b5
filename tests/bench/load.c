/*
 * load.c - loads a server with agent traces, or sends it recorded requests.
 *
 *     load http|grpc --port PORT [options]     prints one line of JSON
 *     load send FILE ... [--http PORT] [--grpc PORT]
 *
 *     --connections N         at once (1)
 *     --streams N             calls at once on a gRPC connection (1)
 *     --spans-per-request N   (512)
 *     --spans N               stop after so many (100000)
 *     --seconds S             or after so long
 *     --rate R                spans/s, open loop: latency counts from when a
 *                             request was due; without it each connection
 *                             sends as soon as it is answered
 *     --sessions N            interleaved (64)
 *     --pool N                spans made beforehand (16384)
 *     --giant N               spans of one giant trace (0)
 *     --seed N                of all chance (the time, so that no run sends
 *                             the span ids of another)
 *     --log FILE              append the ids of acknowledged spans, in hex
 *     --requests FILE         send these instead of what is made here: of each
 *                             two u32 in little-endian, spans and bytes, then
 *                             the bytes
 *
 * One thread does everything; the answers' statuses are counted, refused
 * requests are not sent again.
 */
#define _GNU_SOURCE /* for epoll_pwait2 */
#include "generate.h"
#include "send.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum {
    STATUSES = 16,
    EVENTS = 64,
    REFUSED_PAUSE_MS = 100,
    END_SECONDS = 60,
    REQUEST_MAX = 16 << 20 /* of a file */
};

/* Latencies in us: exact up to 64, then 64 steps an octave. */
enum { STEPS = 64, OCTAVES = 40 };

struct options {
    bool grpc;
    uint16_t port;
    size_t connections;
    size_t streams;
    size_t spans_per_request;
    uint64_t spans;
    double seconds;
    double rate;
    const char *log;
    const char *requests;
    struct generate_options generate;
};

/* One that sends: a stream of a connection. */
struct sender {
    struct exchange exchange; /* first */
    struct wire *wire;        /* NULL once it is lost */
    uint64_t due;             /* ns */
    uint64_t paused;          /* until then, after a refusal */
    size_t spans;
    uint8_t *ids;
};

struct load {
    struct options options;
    struct generator *generator;
    struct sender *senders;
    size_t sender_count;
    struct wire **wires;
    size_t wires_alive;
    int epoll;
    FILE *log;
    FILE *file;       /* of requests; NULL: they are made */
    uint32_t next[2]; /* spans and bytes of the next of the file; 0: none */
    uint64_t start;
    uint64_t issued; /* spans */
    uint64_t acknowledged;
    uint64_t requests;
    uint64_t answered;
    uint64_t bytes;
    uint64_t under_way; /* requests */
    uint64_t worst;     /* us */
    struct {
        int status;
        uint64_t count;
    } statuses[STATUSES];
    uint64_t histogram[STEPS * OCTAVES];
};

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t wall_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static _Noreturn void give_up(const char *message)
{
    fprintf(stderr, "load: %s\n", message);
    exit(2);
}

/* --- figures -------------------------------------------------------------- */

static size_t bucket_of(uint64_t us)
{
    size_t octave = 0;

    while (us >= 2 * STEPS) {
        us >>= 1;
        octave++;
    }
    size_t bucket = us < STEPS ? us : octave * STEPS + us;
    return bucket < STEPS * OCTAVES ? bucket : STEPS * OCTAVES - 1;
}

static double bucket_ms(size_t bucket)
{
    if (bucket < 2 * STEPS)
        return (double)bucket / 1000;
    size_t octave = bucket / STEPS - 1;
    return (double)((uint64_t)(bucket % STEPS + STEPS) << octave) / 1000;
}

static double percentile(const struct load *load, double part)
{
    uint64_t wanted = (uint64_t)((double)load->answered * part);
    uint64_t seen = 0;

    for (size_t i = 0; i < STEPS * OCTAVES; i++) {
        seen += load->histogram[i];
        if (seen > wanted)
            return bucket_ms(i);
    }
    return (double)load->worst / 1000;
}

static void count_status(struct load *load, int status)
{
    size_t i = 0;

    while (i < STATUSES - 1 && load->statuses[i].count > 0 &&
           load->statuses[i].status != status)
        i++;
    load->statuses[i].status = status;
    load->statuses[i].count++;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void report(const struct load *load, double seconds, double cpu)
{
    const struct options *options = &load->options;
    double spans = (double)load->acknowledged;

    printf("{\"mode\":\"%s\",\"connections\":%zu,\"streams\":%zu,"
           "\"spans_per_request\":%zu,\"seed\":%llu,\"span_bytes\":%.0f,"
           "\"seconds\":%.3f,\"spans\":%llu,\"acknowledged\":%llu,"
           "\"spans_per_s\":%.0f,\"requests\":%llu,\"requests_per_s\":%.0f,"
           "\"mb_per_s\":%.1f,\"latency_ms\":{\"p50\":%.3f,\"p99\":%.3f,"
           "\"worst\":%.3f},\"statuses\":{",
           options->grpc ? "grpc" : "http", options->connections,
           options->streams, options->spans_per_request,
           (unsigned long long)options->generate.seed,
           load->issued > 0 ? (double)load->bytes / (double)load->issued : 0,
           seconds, (unsigned long long)load->issued,
           (unsigned long long)load->acknowledged, spans / seconds,
           (unsigned long long)load->answered, (double)load->answered / seconds,
           (double)load->bytes / seconds / 1e6, percentile(load, 0.5),
           percentile(load, 0.99), (double)load->worst / 1000);
    for (size_t i = 0; i < STATUSES && load->statuses[i].count > 0; i++) {
        printf("%s\"%d\":%llu", i > 0 ? "," : "", load->statuses[i].status,
               (unsigned long long)load->statuses[i].count);
    }
    printf("},\"client_cpu_s\":%.3f,\"client_us_per_span\":%.3f}\n", cpu,
           load->issued > 0 ? cpu * 1e6 / (double)load->issued : 0);
}

/* --- sending -------------------------------------------------------------- */

static void log_ids(struct load *load, const struct sender *sender)
{
    for (size_t i = 0; i < sender->spans; i++) {
        for (size_t j = 0; j < SPAN_ID_SIZE; j++)
            fprintf(load->log, "%02x", sender->ids[i * SPAN_ID_SIZE + j]);
        fputc('\n', load->log);
    }
    fflush(load->log);
}

static void answered(void *ctx, struct exchange *exchange, int status)
{
    struct load *load = ctx;
    struct sender *sender = (struct sender *)(void *)exchange;
    uint64_t now = now_ns();
    uint64_t us = (now - sender->due) / 1000;

    load->under_way--;
    load->answered++;
    count_status(load, status);
    load->histogram[bucket_of(us)]++;
    if (us > load->worst)
        load->worst = us;
    if (status == (load->options.grpc ? 0 : 200)) {
        load->acknowledged += sender->spans;
        if (load->log != NULL)
            log_ids(load, sender);
    } else {
        sender->paused = now + REFUSED_PAUSE_MS * 1000000;
    }
}

static bool is_over(const struct load *load, uint64_t now)
{
    const struct options *options = &load->options;

    return (options->spans > 0 && load->issued >= options->spans) ||
           (load->file != NULL && load->next[0] == 0) ||
           (options->seconds > 0 &&
            (double)(now - load->start) / 1e9 >= options->seconds);
}

/* The sizes of the next request of the file, if there is one. */
static void look_ahead(struct load *load)
{
    if (fread(load->next, sizeof load->next, 1, load->file) != 1)
        load->next[0] = 0;
    else if (load->next[1] > REQUEST_MAX)
        give_up("a request of the file is too large");
}

static void take_request(struct load *load, struct sender *sender)
{
    struct exchange *exchange = &sender->exchange;
    uint8_t *out = exchange->memory + HEAD_ROOM;

    sender->spans = load->next[0];
    exchange->size = load->next[1];
    if (fread(out, 1, exchange->size, load->file) != exchange->size)
        give_up("the file of requests is cut off");
    look_ahead(load);
}

static void make_request(struct load *load, struct sender *sender)
{
    struct exchange *exchange = &sender->exchange;

    sender->spans = load->options.spans_per_request;
    exchange->size = generator_next(load->generator, sender->spans,
                                    exchange->memory + HEAD_ROOM, sender->ids);
}

static void start(struct load *load, struct sender *sender, uint64_t due)
{
    struct exchange *exchange = &sender->exchange;

    if (load->file != NULL)
        take_request(load, sender);
    else
        make_request(load, sender);
    exchange->path = "/v1/traces";
    exchange->content_type = "application/x-protobuf";
    sender->due = due;
    load->issued += sender->spans;
    load->bytes += exchange->size;
    load->requests++;
    load->under_way++;
    wire_start(sender->wire, exchange);
}

/* Starts what is due on the senders that are free. Returns ns until the next
 * thing to do, at most one second. */
static uint64_t start_due(struct load *load, uint64_t now)
{
    const struct options *options = &load->options;
    double interval =
        options->rate > 0
            ? 1e9 * (double)options->spans_per_request / options->rate
            : 0;
    uint64_t wait = 1000000000;

    for (size_t i = 0; i < load->sender_count && !is_over(load, now); i++) {
        struct sender *sender = &load->senders[i];
        if (sender->wire == NULL || sender->exchange.is_busy)
            continue;
        if (sender->paused > now) {
            uint64_t left = sender->paused - now;
            wait = left < wait ? left : wait;
            continue;
        }
        uint64_t due =
            load->start + (uint64_t)(interval * (double)load->requests);
        if (interval > 0 && due > now) {
            wait = due - now < wait ? due - now : wait;
            break;
        }
        start(load, sender, interval > 0 ? due : now);
    }
    return wait;
}

static void lose(struct load *load, struct wire *wire)
{
    for (size_t i = 0; i < load->sender_count; i++) {
        if (load->senders[i].wire == wire)
            load->senders[i].wire = NULL;
    }
    for (size_t i = 0; i < load->options.connections; i++) {
        if (load->wires[i] == wire)
            load->wires[i] = NULL;
    }
    wire_close(wire);
    load->wires_alive--;
}

static void run(struct load *load)
{
    struct epoll_event events[EVENTS];
    uint64_t over = 0;

    load->start = now_ns();
    while (load->wires_alive > 0) {
        uint64_t now = now_ns();
        uint64_t wait = start_due(load, now);
        if (is_over(load, now)) {
            over = over > 0 ? over : now;
            if (load->under_way == 0 ||
                now - over > END_SECONDS * UINT64_C(1000000000))
                break;
        }
        struct timespec timeout = {(time_t)(wait / 1000000000),
                                   (long)(wait % 1000000000)};
        int count = epoll_pwait2(load->epoll, events, EVENTS, &timeout, NULL);
        for (int i = 0; i < count; i++) {
            struct wire *wire = events[i].data.ptr;
            if (!wire_event(wire, events[i].events))
                lose(load, wire);
        }
    }
}

/* --- options -------------------------------------------------------------- */

static void *get(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL)
        give_up("no memory");
    return memory;
}

static void open_all(struct load *load)
{
    const struct options *options = &load->options;
    size_t room = HEAD_ROOM + REQUEST_MAX;

    if (options->requests == NULL)
        room = HEAD_ROOM +
               generator_bound(load->generator, options->spans_per_request);
    else if ((load->file = fopen(options->requests, "rb")) == NULL)
        give_up("cannot open the file of requests");
    else
        look_ahead(load);
    load->epoll = epoll_create1(0);
    load->wires = get(options->connections, sizeof *load->wires);
    load->sender_count = options->connections * options->streams;
    load->senders = get(load->sender_count, sizeof *load->senders);
    for (size_t i = 0; i < options->connections; i++) {
        load->wires[i] = wire_open(options->grpc, options->port, load->epoll,
                                   answered, load);
        if (load->wires[i] == NULL)
            give_up("cannot connect");
        load->wires_alive++;
    }
    for (size_t i = 0; i < load->sender_count; i++) {
        struct sender *sender = &load->senders[i];
        sender->wire = load->wires[i % options->connections];
        sender->exchange.memory = get(1, room);
        if (options->log != NULL)
            sender->ids = get(options->spans_per_request, SPAN_ID_SIZE);
    }
    if (options->log != NULL && (load->log = fopen(options->log, "a")) == NULL)
        give_up("cannot open the log");
}

static void close_all(struct load *load)
{
    for (size_t i = 0; i < load->sender_count; i++) {
        free(load->senders[i].exchange.memory);
        free(load->senders[i].ids);
    }
    for (size_t i = 0; i < load->options.connections; i++)
        wire_close(load->wires[i]);
    free(load->senders);
    free(load->wires);
    if (load->log != NULL)
        fclose(load->log);
    if (load->file != NULL)
        fclose(load->file);
    generator_free(load->generator);
}

static void read_option(struct options *options, const char *name,
                        const char *value)
{
    struct {
        const char *name;
        size_t *size;
        double *real;
    } table[] = {{"--connections", &options->connections, NULL},
                 {"--streams", &options->streams, NULL},
                 {"--spans-per-request", &options->spans_per_request, NULL},
                 {"--spans", &options->spans, NULL},
                 {"--seconds", NULL, &options->seconds},
                 {"--rate", NULL, &options->rate},
                 {"--sessions", &options->generate.sessions, NULL},
                 {"--pool", &options->generate.pool, NULL},
                 {"--giant", &options->generate.giant, NULL},
                 {"--seed", &options->generate.seed, NULL}};

    if (strcmp(name, "--port") == 0) {
        options->port = (uint16_t)strtoul(value, NULL, 10);
        return;
    }
    if (strcmp(name, "--log") == 0) {
        options->log = value;
        return;
    }
    if (strcmp(name, "--requests") == 0) {
        options->requests = value;
        return;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(name, table[i].name) != 0)
            continue;
        if (table[i].size != NULL)
            *table[i].size = strtoull(value, NULL, 10);
        else
            *table[i].real = strtod(value, NULL);
        return;
    }
    fprintf(stderr, "load: unknown option %s\n", name);
    exit(2);
}

static void read_options(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .grpc = strcmp(argv[1], "grpc") == 0,
        .connections = 1,
        .streams = 1,
        .spans_per_request = 512,
        .generate = {.pool = 16384, .sessions = 64, .seed = wall_ns()}};
    for (int i = 2; i < argc; i += 2) {
        if (i + 1 == argc)
            give_up("an option lacks its value");
        read_option(options, argv[i], argv[i + 1]);
    }
    if (options->requests != NULL && options->log != NULL)
        give_up("--requests has no ids to --log");
    if (options->spans == 0 && options->seconds <= 0 &&
        options->requests == NULL)
        options->spans = 100000;
    if (!options->grpc)
        options->streams = 1;
    if (options->port == 0 || options->connections == 0 ||
        options->streams == 0 || options->streams > 100 ||
        options->spans_per_request == 0 || options->generate.pool == 0)
        give_up("--port is needed; counts are not 0; streams are 1 to 100");
}

static int load_server(int argc, char **argv)
{
    static struct load load;

    read_options(&load.options, argc, argv);
    load.generator = generator_new(&load.options.generate);
    open_all(&load);
    double cpu = cpu_seconds();
    run(&load);
    double seconds = (double)(now_ns() - load.start) / 1e9;
    report(&load, seconds, cpu_seconds() - cpu);
    bool all = load.acknowledged == load.issued;
    close_all(&load);
    return all ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "send") == 0)
        return send_files(argc - 2, argv + 2);
    if (argc > 2 &&
        (strcmp(argv[1], "http") == 0 || strcmp(argv[1], "grpc") == 0))
        return load_server(argc, argv);
    fprintf(stderr, "usage: load http|grpc --port PORT [options]\n"
                    "       load send FILE ... [--http PORT] [--grpc PORT]\n");
    return 2;
}
