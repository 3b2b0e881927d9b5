/*
 * request.c - a request as handlers see it: path and query are taken apart
 * from the raw request line, since a percent-encoded NUL or a key given twice
 * would be lost on the way through C strings.
 */
#include "base/base.h"
#include "server/http/inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    ARENA_LIMIT = 512 << 20,
    ANSWER_LIMIT = 1 << 30 /* far over any page: a page ends early instead */
};

/* Bytes that are not UTF-8 become U+FFFD, one each. */
static phx_text repair(struct arena *arena, phx_text text)
{
    size_t valid = utf8_check(text.data, text.size);
    char *out, *at;

    if (valid == text.size)
        return text;
    out = at = arena_new(arena, size_mul(text.size, 3));
    if (out == NULL)
        return (phx_text){text.data, valid};
    while (text.size > 0) {
        valid = utf8_check(text.data, text.size);
        memcpy(at, text.data, valid);
        at += valid;
        if (valid < text.size) {
            memcpy(at, "\xEF\xBF\xBD", 3);
            at += 3;
            valid++;
        }
        text.data += valid;
        text.size -= valid;
    }
    return (phx_text){out, (size_t)(at - out)};
}

/* Undoes %XX, and '+' for a blank where that is meant. */
static phx_text decode(struct arena *arena, phx_text text, bool plus)
{
    char *out = arena_new(arena, text.size + 1);
    size_t size = 0;

    if (out == NULL)
        return (phx_text){"", 0};
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        int high, low;

        if (c == '%' && i + 2 < text.size &&
            (high = hex_digit(text.data[i + 1])) >= 0 &&
            (low = hex_digit(text.data[i + 2])) >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[size++] = c;
    }
    out[size] = '\0';
    return (phx_text){out, size};
}

/* The bytes of *text before the first separator; *text keeps those after. */
static phx_text split(phx_text *text, char separator)
{
    const char *at =
        text->size ? memchr(text->data, separator, text->size) : NULL;
    phx_text head = {text->data, at ? (size_t)(at - text->data) : text->size};
    size_t taken = at ? head.size + 1 : head.size;

    text->data += taken;
    text->size -= taken;
    return head;
}

static void read_query(struct request *request, phx_text text)
{
    struct arena *arena = &request->arena;
    size_t count = 1;

    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == '&';
    request->query = arena_new(arena, size_mul(count, sizeof *request->query));
    if (request->query == NULL)
        return;
    while (text.size > 0) {
        phx_text value = split(&text, '&');
        phx_text key = split(&value, '=');

        if (key.size == 0 && value.size == 0)
            continue;
        value = decode(arena, value, true);
        request->query[request->query_count++] = (struct query_item){
            .key = repair(arena, decode(arena, key, true)),
            .value = repair(arena, value),
            .sent = value,
        };
    }
}

/* The path behind the root, if it is there: a proxy may strip it or not. */
static phx_text without_root(phx_text path, const char *root)
{
    size_t size = strlen(root);

    if (size > 0 && text_starts(path, root) &&
        (path.size == size || path.data[size] == '/')) {
        path.data += size;
        path.size -= size;
    }
    return path.size > 0 ? path : text_of("/");
}

struct request *request_new(struct http *http, const char *uri)
{
    struct request *request = memory_new(sizeof *request);
    phx_text query = text_of(uri);
    phx_text path = split(&query, '?');

    if (request == NULL)
        return NULL;
    *request = (struct request){.http = http, .started = time_monotonic()};
    arena_init(&request->arena, ARENA_LIMIT);
    buf_init(&request->packed, HTTP_BODY_LIMIT);
    buf_init(&request->answer.body, ANSWER_LIMIT);
    path = repair(&request->arena, decode(&request->arena, path, false));
    request->path = without_root(path, http->options.root);
    read_query(request, query);
    return request;
}

void request_free(struct request *request)
{
    if (request == NULL)
        return;
    request_drop_body(request);
    stream_free(request->answer.stream);
    buf_clear(&request->answer.body);
    arena_clear(&request->arena);
    memory_free(request);
}

/* Only zlib's form of deflate is taken, as by the reference. */
static bool is_bare_deflate(const struct buf *packed)
{
    const uint8_t *bytes = packed->data;

    return packed->size < 2 || (bytes[0] & 15) != 8 ||
           (bytes[0] << 8 | bytes[1]) % 31 != 0;
}

bool request_unpack(struct request *request, size_t most)
{
    struct buf *packed = &request->packed;
    phx_error err = {0};
    phx_status status;

    if (request->encoding == ENCODING_IDENTITY || packed->size == 0)
        return true;
    buf_init(&request->unpacked, most);
    if (request->encoding == ENCODING_DEFLATE && is_bare_deflate(packed))
        status = fail(&err, PHX_INVALID, 0, "not a zlib stream");
    else
        status = encoding_inflate(request->encoding, packed->data, packed->size,
                                  &request->unpacked, &err);
    if (status == PHX_TOO_BIG && most < HTTP_BODY_LIMIT) {
        buf_clear(&request->unpacked);
        return false;
    }
    buf_clear(packed);
    if (status == PHX_INVALID)
        answer_text(request, 400, "Invalid content encoding: %s", err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
    return true;
}

static bool has_word(phx_text text, const char *word)
{
    size_t size = strlen(word);

    for (size_t i = 0; i + size <= text.size; i++) {
        if (strncasecmp(text.data + i, word, size) == 0)
            return true;
    }
    return false;
}

/* Whether one item of Accept-Encoding takes gzip: "gzip", "gzip;q=0.5". */
static bool is_gzip(phx_text item)
{
    phx_text name = text_trim(split(&item, ';'));

    item = text_trim(item);
    return name.size == 4 && strncasecmp(name.data, "gzip", 4) == 0 &&
           !text_is(item, "q=0") && !text_starts(item, "q=0.0");
}

bool request_accepts_gzip(const struct request *request)
{
    phx_text encodings = request_header(request, "Accept-Encoding");

    if (text_is(request->method, "HEAD") ||
        has_word(request_header(request, "Accept"), "multipart/mixed"))
        return false;
    while (encodings.size > 0) {
        if (is_gzip(split(&encodings, ',')))
            return true;
    }
    return false;
}

static bool is_loopback(const struct sockaddr *address)
{
    const struct sockaddr_in *four = (const void *)address;
    const struct sockaddr_in6 *six = (const void *)address;
    const uint8_t *bytes = six->sin6_addr.s6_addr;

    if (address->sa_family == AF_INET)
        return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           (IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) ||
            (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) && bytes[12] == 127));
}

bool request_stays_here(const struct request *request)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return info != NULL && is_loopback(info->client_addr) &&
           request_header(request, "Forwarded").data == NULL &&
           request_header(request, "X-Forwarded-For").data == NULL;
}

int32_t request_is_gone(void *ctx)
{
    const struct request *request = ctx;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    ssize_t size = -1;
    char byte;

    errno = EAGAIN;
    if (info != NULL)
        size = recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

const struct service *request_service(const struct request *request)
{
    return &request->http->options.service;
}

struct arena *request_arena(struct request *request)
{
    return &request->arena;
}

phx_text request_param(const struct request *request, size_t index)
{
    return request->params[index];
}

phx_text request_header(const struct request *request, const char *name)
{
    return text_of(MHD_lookup_connection_value(request->connection,
                                               MHD_HEADER_KIND, name));
}

phx_text request_body(const struct request *request)
{
    const struct buf *body = request->encoding == ENCODING_IDENTITY
                                 ? &request->packed
                                 : &request->unpacked;

    if (body->data == NULL)
        return (phx_text){"", 0};
    return text_span(body->data, body->size);
}

void request_drop_body(struct request *request)
{
    atomic_fetch_sub(&request->http->body_bytes, request->charged);
    request->charged = 0;
    buf_clear(&request->packed);
    buf_clear(&request->unpacked);
}

bool request_is_type(const struct request *request, const char *type)
{
    phx_text given = request_header(request, "Content-Type");
    size_t size = strlen(type);

    if (given.data == NULL)
        return false;
    given = text_trim(split(&given, ';'));
    return given.size == size && strncasecmp(given.data, type, size) == 0;
}

static struct query_item find_query(const struct request *request,
                                    const char *key)
{
    for (size_t i = request->query_count; i > 0; i--) {
        if (text_is(request->query[i - 1].key, key))
            return request->query[i - 1];
    }
    return (struct query_item){.key = {NULL, 0}};
}

phx_text request_query(const struct request *request, const char *key)
{
    return find_query(request, key).value;
}

phx_text request_query_sent(const struct request *request, const char *key)
{
    return find_query(request, key).sent;
}

size_t request_query_count(const struct request *request)
{
    return request->query_count;
}

phx_text request_query_key(const struct request *request, size_t index)
{
    return request->query[index].key;
}

phx_text request_query_value(const struct request *request, size_t index)
{
    return request->query[index].value;
}
