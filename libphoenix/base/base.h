/*
 * base: memory, bytes, text, time and errors. Knows nothing of traces.
 *
 * Readers return a status at every step. Writers (buf_*) remember their
 * first failure, do nothing after it, and are asked once, at the end.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "phoenix.h"

#include "base/banned.h"
#include "base/faults.h"

/* --- error.c -------------------------------------------------------------- */

/* Writes the story of a failure to err, if given, and returns status. */
phx_status fail(phx_error *err, phx_status status, int64_t offset,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for a failed system call, with its errno. */
phx_status fail_os(phx_error *err, phx_status status, int os_code,
                   const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* NO_MEMORY, for a piece of `size` bytes. */
phx_status fail_memory(phx_error *err, size_t size);

/* --- alloc.c: the only file that calls malloc ------------------------------ */

void *memory_new(size_t size);               /* NULL if there is none */
void *memory_resize(void *old, size_t size); /* old stays good on NULL */
void memory_free(void *memory);              /* NULL allowed */

/* An array that doubles: room for one item after `count` of `item` bytes. The
 * array, perhaps moved, with its new *capacity (in items, 0 at first). NULL
 * and err, NO_MEMORY, if the larger one cannot be had; the old stays good. */
void *memory_grow(void *items, size_t *capacity, size_t count, size_t item,
                  phx_error *err);

/* The two as zstd asks for them; ctx is not looked at. */
void *memory_new_for(void *ctx, size_t size);
void memory_free_for(void *ctx, void *memory);

/* A bound of ours, and the small one of test builds, where it is to matter. */
#ifdef TEST_BUILD
#define SHRUNK(bound, in_tests) (in_tests)
#else
#define SHRUNK(bound, in_tests) (bound)
#endif

/* For a process of its own that makes and frees some MiB many times a second.
 * Left alone, glibc maps and unmaps each piece (1,700 page faults, a fifth of
 * the time, in a page of 1,000 spans) and keeps what is free apart for each
 * thread. */
void memory_keep(void);

/* Sums and products of sizes that input has a say in: SIZE_MAX when too big,
 * which no allocation can satisfy. */
size_t size_add(size_t a, size_t b);
size_t size_mul(size_t a, size_t b);
size_t size_grown(size_t capacity); /* of an array that doubles */

/* --- arena.c: pieces with a common end -------------------------------------- */

struct arena_chunk;
struct arena {
    struct arena_chunk *chunk; /* newest first */
    size_t used;               /* bytes of it that are taken */
    size_t total;              /* bytes of all chunks */
    size_t limit;              /* of total; a request past it gets NULL */
    bool over;                 /* such a request was made */
};

void arena_init(struct arena *arena, size_t limit);

/* size bytes aligned to 8, not cleared; NULL when out of memory or limit. */
void *arena_new(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);

/* The text becomes a copy that ends in a NUL; an absent one stays absent. */
phx_status arena_keep(struct arena *arena, phx_text *text, phx_error *err);

/* As memory_grow, but a NULL is asked about with arena_status. The smaller
 * arrays stay in the arena. */
void *arena_grow(struct arena *arena, void *items, size_t *capacity,
                 size_t count, size_t item);

/* What a NULL of arena_new means: NO_MEMORY, or TOO_BIG past the limit. */
phx_status arena_status(const struct arena *arena, size_t size, phx_error *err);

void arena_reset(struct arena *arena); /* keeps one chunk for the next use */
void arena_clear(struct arena *arena); /* gives everything back */

/* --- buf.c: bytes that grow, up to a ceiling -------------------------------- */

struct buf {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t limit;
    phx_status status; /* the first failure; then nothing is added */
};

void buf_init(struct buf *buf, size_t limit);
void buf_clear(struct buf *buf); /* frees; may be used again */
void buf_reset(struct buf *buf); /* forgets the bytes, keeps the memory */

void buf_add(struct buf *buf, const void *bytes, size_t size);
void buf_add_byte(struct buf *buf, uint8_t byte);
void buf_add_text(struct buf *buf, phx_text text);
void buf_add_string(struct buf *buf, const char *string);
void buf_add_format(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Little-endian. */
void buf_add_u16(struct buf *buf, uint16_t value);
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);
void buf_add_varint(struct buf *buf, uint64_t value); /* as protobuf's */

/* Room for size more bytes, to be filled and then counted with buf_used;
 * NULL after a failure. */
uint8_t *buf_room(struct buf *buf, size_t size);
void buf_used(struct buf *buf, size_t size);

/* OK, or the failure: NO_MEMORY or TOO_BIG ("WHAT is over N bytes"). */
phx_status buf_status(const struct buf *buf, const char *what, phx_error *err);

/* --- reader.c: bytes taken from the front, bounds checked -------------------- */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed; /* set by the first read past the end; then reads give 0 */
};

void reader_init(struct reader *reader, const void *bytes, size_t size);
size_t reader_left(const struct reader *reader);
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);
uint64_t reader_varint(struct reader *reader);
const uint8_t *reader_bytes(struct reader *reader, size_t size); /* or NULL */

/* --- text ------------------------------------------------------------------- */

phx_text text_of(const char *string); /* NULL gives the absent text */
phx_text text_span(const void *bytes, size_t size);
bool text_equal(phx_text a, phx_text b);
bool text_is(phx_text text, const char *string);
bool text_starts(phx_text text, const char *prefix);
bool text_ends(phx_text text, const char *suffix);
int text_compare(phx_text a, phx_text b); /* bytewise; absent first */
phx_text text_trim(phx_text text); /* without ASCII blanks at both ends */

/* --- utf8.c, unicode.c ---------------------------------------------------- */

/* Offset of the first byte that is not UTF-8, or size. */
size_t utf8_check(const void *bytes, size_t size);

/* Decodes one code point of valid UTF-8 at *at and moves on. */
uint32_t utf8_next(const uint8_t **at, const uint8_t *end);
size_t utf8_put(uint8_t out[4], uint32_t code_point); /* bytes written */

/* Unicode White_Space, as str.strip() of Python trims it. */
bool utf8_is_space(uint32_t code_point);

/* 0-9 for a decimal digit of any script (Nd), else -1. */
int utf8_digit(uint32_t code_point);

/* The one letter that is the lower case of a code point, or itself; and all
 * others whose lower case is this one. */
uint32_t utf8_lower(uint32_t code_point);
size_t utf8_capitals(uint32_t code_point, uint32_t out[4]);

/* --- needle.c: a text to look for, upper and lower case alike ------------------ */

/* A byte of the needle, and the bits that may be 0 in a capital's. */
struct needle_byte {
    uint32_t at; /* bytes behind the begin of the stretch */
    uint8_t byte, fold;
};

struct needle {
    const uint8_t *bytes;    /* in lower case */
    const uint32_t *shorter; /* where to go on when a front does not match */
    size_t size;
    size_t letters;
    size_t before, stretch;     /* letters before a stretch, and its bytes, */
    struct needle_byte rare[2]; /* of which these are looked for first */
};
phx_status needle_init(struct needle *needle, struct arena *arena,
                       phx_text text, phx_error *err);

/* Its first place, in time that grows with the sizes of both, not with their
 * product. *found is the part of the text that it is; NULL if not wanted. */
bool needle_find(const struct needle *needle, phx_text text, phx_text *found);

/* --- hash.c: xxHash, for what need not be cryptographic ----------------------- */

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);
uint32_t checksum32(const void *bytes, size_t size);

/* --- multiset.c: what must withstand a forger -------------------------------- */

enum { SHA256_SIZE = 32, MULTISET_NUMBERS = 1024, MULTISET_SIZE = 2048 };

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE]);

/* The hash of a multiset of SHA-256 sums; zeros for the empty one. */
struct multiset {
    uint16_t numbers[MULTISET_NUMBERS];
};
void multiset_add(struct multiset *sum, const uint8_t item[SHA256_SIZE]);
void multiset_take(struct multiset *sum, const uint8_t item[SHA256_SIZE]);
/* The same as bytes, little-endian. */
void multiset_write(const struct multiset *sum, uint8_t out[MULTISET_SIZE]);
void multiset_read(const uint8_t bytes[MULTISET_SIZE], struct multiset *out);

/* --- map.c: 64-bit hash -> 32-bit value, open addressing ------------------------
 * For hashes of a few thousand keys whose owner compares the keys itself. */

struct map {
    uint64_t *hashes; /* 0 marks a free slot */
    uint32_t *values;
    uint32_t mask;
    uint32_t count;
};

void map_init(struct map *map);
void map_clear(struct map *map);
void map_reset(struct map *map); /* forgets the keys, keeps the memory */

/* The value slot of a hash; *fresh tells whether it was put there by this
 * call. NULL when out of memory. Good until the next call. */
uint32_t *map_slot(struct map *map, uint64_t hash, bool *fresh);
const uint32_t *map_find(const struct map *map, uint64_t hash);

/* --- time.c --------------------------------------------------------------------- */

/* "2024-01-02T03:04:05+00:00", with six fractional digits unless they are 0.
 * Microseconds are rounded as Phoenix does, through a double. out [40]. */
void time_print(uint64_t ns, char out[40]);

/* "2024-01-02 03:04:05.000000", as SQLite's own functions write times, of the
 * same microsecond. Texts are in order as their times are. */
void time_print_sql(uint64_t ns, char out[40]);

/* The times whose texts begin as this one does are in [*low, *high). False if
 * it does not begin as a time. The bounds are wide: what follows its last whole
 * part is not looked at, and times are within TIME_NEAR of their texts, those
 * past INT64_MAX by way of a double, too. */
enum { TIME_NEAR = 5000 };
bool time_bounds_sql(phx_text text, uint64_t *low, uint64_t *high);

/* Nanoseconds -> microseconds by the same rule. */
int64_t time_microseconds(uint64_t ns);

/* ISO-8601 and epoch texts as Phoenix reads them in query parameters
 * (`how` TIME_NAIVE_UTC) or in bodies (TIME_NAIVE_REFUSED).
 * Errors: INVALID (malformed, or naive where refused; the message is the
 * reason), TOO_BIG (outside 1970..2554, what 64-bit nanoseconds hold; *out is
 * then the nearest instant they do, 0 or UINT64_MAX, which bounds the same
 * spans). */
enum { TIME_NAIVE_UTC = 0, TIME_NAIVE_REFUSED = 1 };
phx_status time_read(phx_text text, int how, uint64_t *out, phx_error *err);

/* Days since 1970-01-01 of a date, and the date of such a day, from 0 on. */
int64_t time_days(int year, int month, int day);
void time_date(int64_t days, int *year, int *month, int *day);

uint64_t time_now(void);       /* ns since 1970, wall clock */
uint64_t time_monotonic(void); /* ns, for durations */

/* --- calendar.c ------------------------------------------------------------ */

/* Bins of a calendar, which begins `offset` seconds before UTC's (3600 is an
 * hour east of Greenwich). Weeks begin on Monday. */
enum time_bin {
    BIN_NONE = 0, /* all of time is one */
    BIN_MINUTE,
    BIN_HOUR,
    BIN_DAY,
    BIN_WEEK,
    BIN_MONTH,
    BIN_YEAR,
    BIN_COUNT
};
/* The begin of the bin that holds an instant, and that of the bin after it, in
 * ns; what lies outside 1970..2554 is 0 or UINT64_MAX. */
uint64_t time_bin_begin(uint64_t ns, enum time_bin bin, int offset);
uint64_t time_bin_end(uint64_t ns, enum time_bin bin, int offset);

/* --- hex.c: hex and base64 ------------------------------------------------ */

int hex_digit(char c); /* its value, either case; -1 if it is none */
void hex_print(const void *bytes, size_t size, char *out); /* 2 * size + NUL */

/* Bytes of hex text, either case; INVALID if odd or not hex. out [size / 2] */
phx_status hex_read(phx_text text, uint8_t *out, size_t *out_size,
                    phx_error *err);

size_t base64_size(size_t size); /* characters, without a NUL */
void base64_print(const void *bytes, size_t size, char *out); /* + NUL */

/* Standard alphabet, padding needed. out [text.size / 4 * 3] */
phx_status base64_read(phx_text text, uint8_t *out, size_t *out_size,
                       phx_error *err);

/* --- random.c ----------------------------------------------------------------------- */

phx_status random_bytes(void *out, size_t size, phx_error *err);

#endif
