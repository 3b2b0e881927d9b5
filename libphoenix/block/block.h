/*
 * block: spans <-> columns in zstd frames. Pure: knows no database.
 *
 * A block is a directory and some frames. Reading one column decodes one
 * frame, reading one row those of its columns. Bytes of any kind decode to
 * an error or to a block whose every access stays in bounds.
 */
#ifndef BLOCK_BLOCK_H
#define BLOCK_BLOCK_H

#include "base/base.h"
#include "model/model.h"

enum {
    BLOCK_ROWS = 65535,    /* at most, a row number is 16 bits */
    BLOCK_COLUMNS = 4096,  /* attribute columns at most */
    BLOCK_TEXTS = 8 << 20, /* bytes of texts kept; one span may pass */
    BLOCK_LEAVES = 3000,   /* attribute columns of one span; subtrees
                              past that are one packed value each */
    BLOCK_LEVELS = 32,     /* deeper subtrees are one packed value */
    BLOCK_FRAMES = 4096
};

/* What a reader may prune by, without opening the block. */
struct block_zone {
    int64_t project;            /* -1 if mixed */
    int64_t min_time, max_time; /* start, us */
    int64_t min_number, max_number;
    int64_t max_latency; /* us */
    int64_t max_tokens;
    uint64_t kinds;    /* bit per kind */
    uint64_t projects; /* bit per project number modulo 64 */
    uint32_t rows;
};

struct block_frame {
    size_t offset; /* into block_image.bytes */
    size_t size;
};

struct block_image {
    struct buf bytes;                        /* all frames, compressed */
    struct block_frame frames[BLOCK_FRAMES]; /* [0] is the directory */
    uint32_t frame_count;
    struct block_zone zone;
};

/* Encoding keeps its tables from one block to the next. One thread at a time.
 */
struct block_writer;
phx_status block_writer_new(struct block_writer **out, phx_error *err);
void block_writer_free(struct block_writer *writer);

/*
 * Encodes spans in the order given. *taken is how many went in: fewer than
 * count where the next would pass a limit above; at least one.
 */
phx_status block_encode(struct block_writer *writer,
                        const struct span *const *spans, size_t count,
                        struct block_image *out, size_t *taken, phx_error *err);
void block_image_init(struct block_image *image);
void block_image_clear(struct block_image *image);

/* --- reading --------------------------------------------------------------- */

/* Lends the compressed bytes of frame `number` until the next call or
 * block_close. Returns a failure of its own to stop the read. */
typedef phx_status (*block_fetch)(void *ctx, uint32_t number, phx_text *out,
                                  phx_error *err);

/* What decoding keeps from one block to the next. One thread at a time uses it
 * and its blocks, and it lives until the last of them is closed or moved. */
struct block_reader;
phx_status block_reader_new(struct block_reader **out, phx_error *err);
void block_reader_free(struct block_reader *reader);

struct block;
phx_status block_open(struct block_reader *reader, block_fetch fetch, void *ctx,
                      struct block **out, phx_error *err);
void block_close(struct block *block);
uint32_t block_rows(const struct block *block);
size_t block_size(const struct block *block);   /* of all frames, decoded */
size_t block_memory(const struct block *block); /* what it takes so far */

/* Reads on with another reader; the first may end before the block then. */
void block_move(struct block *block, struct block_reader *reader);

/* Columns every row has. Ints unless noted. */
enum block_column {
    COLUMN_NUMBER,
    COLUMN_START,
    COLUMN_DURATION,
    COLUMN_KIND,
    COLUMN_STATUS,
    COLUMN_PROJECT,
    COLUMN_TRACE, /* row's index among the block's traces */
    COLUMN_PARENT,
    COLUMN_PROMPT_TOKENS,
    COLUMN_COMPLETION_TOKENS,
    COLUMN_NAME, /* texts */
    /* by index of trace */
    COLUMN_TRACE_NUMBER,
    COLUMN_TRACE_SESSION,
    COLUMN_TRACE_ID, /* texts */
    /* by row, and by index of parent outside the block */
    COLUMN_SPAN_ID,        /* texts */
    COLUMN_OUTSIDE_PARENT, /* texts */
    COLUMN_FIXED
};

/* value = base + little-endian unsigned of width bytes */
struct block_ints {
    uint32_t count;
    uint8_t width;
    int64_t base;
    const uint8_t *bytes;
};
int64_t block_int(const struct block_ints *ints, uint32_t index);

struct block_texts;
phx_text block_text(const struct block_texts *texts, uint32_t index);
uint32_t block_texts_count(const struct block_texts *texts);

/*
 * Lent until block_close. Indexes of COLUMN_TRACE are in bounds of the columns
 * by trace; of COLUMN_PARENT, 0 is none, row + 1 a row, and rows + 1 + index
 * one of COLUMN_OUTSIDE_PARENT. Errors: CORRUPT, and the fetch's.
 */
phx_status block_read_ints(struct block *block, enum block_column column,
                           struct block_ints *out, phx_error *err);
phx_status block_read_texts(struct block *block, enum block_column column,
                            const struct block_texts **out, phx_error *err);

/* Paths of attribute columns, in order: lent by the block; and a path's steps,
 * made in the arena. */
uint32_t block_path_count(const struct block *block);
phx_text block_path_text(const struct block *block, uint32_t index);
struct block_step;
phx_status block_path_read(struct arena *arena, phx_text path,
                           const struct block_step **out, size_t *count,
                           phx_error *err);

/* The first index from `from` on whose text equals wanted, or the count. */
uint32_t block_texts_find(const struct block_texts *texts, phx_text wanted,
                          uint32_t from);

/*
 * One attribute by the path of its column ("metadata.tier",
 * "llm.input_messages[0].message.role"): the leaf; else, for an inner node,
 * the subtree; else an element of the nearest packed ancestor. Lives in the
 * arena, until block_close.
 *
 * steps   [count] at least one; copied. A long text is decoded only when it
 *         is the value asked for.
 */
struct block_step {
    phx_text key;  /* a member; or absent */
    int64_t index; /* an array's element, if there is no key */
};
struct block_path;
phx_status block_path_open(struct block *block, struct arena *arena,
                           const struct block_step *steps, size_t count,
                           struct block_path **out, phx_error *err);

/* JSON_NULL and *found false where the row has none. Texts are lent until
 * block_close; what is put together is made in the arena. */
phx_status block_path_value(struct block_path *path, struct arena *arena,
                            uint32_t row, struct value *out, bool *found,
                            phx_error *err);

/* Which enum json_kind it is; a long text is not decoded for that. */
phx_status block_path_kind(struct block_path *path, struct arena *arena,
                           uint32_t row, uint8_t *out, bool *found,
                           phx_error *err);

/*
 * Clears the bits of rows whose attribute is not equal to a scalar. A text of
 * a dictionary is compared once, not once a row.
 *
 * kinds   1 << enum json_kind of the stored values that may be equal. Numbers
 *         are equal by value, so an int wanted finds reals if JSON_REAL is in.
 * rows    [(block_rows + 7) / 8] bit row % 8 of byte row / 8
 */
phx_status block_path_filter(struct block_path *path, const struct value *want,
                             uint32_t kinds, uint8_t *rows, phx_error *err);

/*
 * Clears the rows in which a word is missing. A row has a word if one of the
 * texts has it that searched.c names: its name, status message, input, output
 * and messages.
 *
 * words   [count] up to BLOCK_WORDS
 * keep    [block_rows] 1 for the rows that are looked at; the others stay 0
 */
enum { BLOCK_WORDS = 16 };
phx_status block_search(struct block *block, const struct needle *words,
                        size_t count, struct arena *arena, uint8_t *keep,
                        phx_error *err);

/* Where a row has a word: the path of the text, the text, and the part of it
 * that is the word, absent if no text has it. Texts are lent until block_close
 * or lie in the arena. */
struct block_found {
    phx_text path, text, word;
};
phx_status block_search_row(struct block *block, const struct needle *word,
                            struct arena *arena, uint32_t row,
                            struct block_found *out, phx_error *err);

/*
 * Spans of some rows, each at most once. Members of the trees come in order of
 * their keys; resource and scope are shared by neighbours that are equal.
 *
 * parts   BLOCK_BARE leaves out attributes, events, links, scope, resource.
 *         BLOCK_JSON writes attributes and events as JSON, each text with a
 *         NUL behind it, and leaves out the others but links: far less work
 *         than to write it from trees. BLOCK_LENT lends texts until
 *         block_close; without it, all that the spans hold is in the arena.
 */
enum { BLOCK_WHOLE = 0, BLOCK_BARE = 1, BLOCK_LENT = 2, BLOCK_JSON = 4 };
phx_status block_read_spans(struct block *block, struct arena *arena,
                            const uint32_t *rows, size_t count, int parts,
                            struct span *out, phx_error *err);

/* The same up to the row, the first at least, with which the arena holds over
 * `most` bytes; *count becomes how many that are. */
phx_status block_read_some(struct block *block, struct arena *arena,
                           size_t most, const uint32_t *rows, size_t *count,
                           int parts, struct span *out, phx_error *err);

/* What is read of spans instead of the whole: attributes at and below some
 * paths of keys, and perhaps events. */
struct block_choice {
    struct block_path *const *paths;
    size_t count;
    bool events;
};

/* The same again, with as much of their attributes and events; links, scope
 * and resource are left out. All that the spans hold is in the arena. */
phx_status block_read_chosen(struct block *block, struct arena *arena,
                             size_t most, const uint32_t *rows, size_t *count,
                             const struct block_choice *choice,
                             struct span *out, phx_error *err);

/* One row's status message, empty if it has none; lent or in the arena. */
phx_status block_read_status_message(struct block *block, struct arena *arena,
                                     uint32_t row, phx_text *out,
                                     phx_error *err);

/* Whether a row has events: far less work than to read them. */
phx_status block_has_events(struct block *block, uint32_t row, bool *out,
                            phx_error *err);

/* Checks everything that can be told from the block alone: bounds of every
 * offset and id, counts, order of rows, zone. Errors: CORRUPT. */
phx_status block_verify(struct block *block, const struct block_zone *zone,
                        phx_error *err);

#endif
