/*
 * send.c - sends recorded requests as their names say:
 *
 *     NNN.pb .json    HTTP, or gRPC if only its port is given
 *     NNN.grpc        the data of a gRPC stream
 *     .gz .zlib ...   after it: the content encoding
 *     .stored.gz      after it: packed for keeping only, unpacked first
 */
#include "send.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <zlib.h>

enum { FILE_MAX = 64 << 20, WAIT_MS = 60000 };

/* One kind of request each; a port of 0 was not given. */
struct ports {
    uint16_t http;
    uint16_t grpc;
};

static bool ends_with(const char *name, size_t size, const char *end)
{
    size_t end_size = strlen(end);

    return size >= end_size &&
           memcmp(name + size - end_size, end, end_size) == 0;
}

/* gzread gives files that are not packed as they are; those whose packing
 * is the request's are read bare. */
static size_t read_file(const char *path, bool unpack, uint8_t *out)
{
    gzFile packed = unpack ? gzopen(path, "rb") : NULL;
    FILE *bare = unpack ? NULL : fopen(path, "rb");
    size_t size = 0;

    if (packed != NULL) {
        int count = gzread(packed, out, FILE_MAX);
        size = count > 0 ? (size_t)count : 0;
        gzclose(packed);
    } else if (bare != NULL) {
        size = fread(out, 1, FILE_MAX, bare);
        fclose(bare);
    } else {
        fprintf(stderr, "load: cannot read %s\n", path);
        exit(2);
    }
    return size;
}

static const char *encoding_of(const char *name, size_t *size)
{
    static const char *const table[][2] = {
        {".gz", "gzip"},  {".deflate", "deflate"}, {".zlib", "zlib"},
        {".zst", "zstd"}, {".snappy", "snappy"},   {".sz", "x-snappy-framed"},
        {".lz4", "lz4"}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (ends_with(name, *size, table[i][0])) {
            *size -= strlen(table[i][0]);
            return table[i][1];
        }
    }
    return NULL;
}

/* The message of a recorded stream; its packing shows in its first bytes. */
static void unframe(struct exchange *exchange)
{
    uint8_t *body = exchange->memory + HEAD_ROOM;
    bool packed = exchange->size > 5 && body[0] == 1;

    if (exchange->size < 5)
        return;
    exchange->size -= 5;
    memmove(body, body + 5, exchange->size);
    if (packed)
        exchange->encoding = body[0] == 0x1F   ? "gzip"
                             : body[0] == 0x28 ? "zstd"
                                               : "snappy";
}

/* What the file's name says of the request; true for gRPC. */
static bool prepare(const char *path, struct exchange *exchange)
{
    size_t size = strlen(path);
    bool stored = ends_with(path, size, ".stored.gz");

    exchange->size = read_file(path, stored, exchange->memory + HEAD_ROOM);
    size -= stored ? strlen(".stored.gz") : 0;
    exchange->encoding = encoding_of(path, &size);
    exchange->path = "/v1/traces";
    exchange->content_type = ends_with(path, size, ".json")
                                 ? "application/json"
                                 : "application/x-protobuf";
    if (!ends_with(path, size, ".grpc"))
        return false;
    unframe(exchange);
    return true;
}

static void answered(void *ctx, struct exchange *exchange, int status)
{
    (void)exchange;
    *(int *)ctx = status;
}

static int send_one(bool grpc, uint16_t port, struct exchange *exchange)
{
    int status = WIRE_LOST;
    int epoll = epoll_create1(0);
    struct wire *wire = wire_open(grpc, port, epoll, answered, &status);
    struct epoll_event event;

    if (wire != NULL) {
        wire_start(wire, exchange);
        while (exchange->is_busy && epoll_wait(epoll, &event, 1, WAIT_MS) > 0 &&
               wire_event(wire, event.events))
            ;
    }
    wire_close(wire);
    return status;
}

static struct ports read_ports(int argc, char **argv)
{
    struct ports ports = {0, 0};

    for (int i = 0; i + 1 < argc; i++) {
        uint16_t port = (uint16_t)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--http") == 0)
            ports.http = port;
        else if (strcmp(argv[i], "--grpc") == 0)
            ports.grpc = port;
    }
    return ports;
}

int send_files(int argc, char **argv)
{
    struct ports ports = read_ports(argc, argv);
    struct exchange exchange = {.memory = malloc(HEAD_ROOM + FILE_MAX)};
    int failed = 0;

    if (exchange.memory == NULL)
        return 2;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            i++; /* its value */
            continue;
        }
        bool grpc = prepare(argv[i], &exchange) || ports.http == 0;
        uint16_t port = grpc ? ports.grpc : ports.http;
        if (port == 0) {
            printf("%s: no --%s port\n", argv[i], grpc ? "grpc" : "http");
            failed++;
            continue;
        }
        int status = send_one(grpc, port, &exchange);
        printf("%s: %s %d\n", argv[i], grpc ? "grpc-status" : "HTTP", status);
        failed += status != (grpc ? 0 : 200);
    }
    free(exchange.memory);
    return failed > 0 ? 1 : 0;
}
