/*
 * flat.h - FlatBuffers, as much of them as Arrow's messages need, and the
 * tables of those messages.
 *
 * A buffer is written forwards: what points to a thing is there before it, and
 * told when the thing is written. https://flatbuffers.dev/internals
 */
#ifndef ARROW_FLAT_H
#define ARROW_FLAT_H

#include "base/base.h"

/* --- flat.c ------------------------------------------------------------------- */

enum { FLAT_SLOTS = 8 };

/* Bytes of each slot of a table: 8, 4 (also what points), 2, 1; 0 is absent. */
struct flat_layout {
    uint8_t count;
    uint8_t widths[FLAT_SLOTS];
};

/* Each writes a thing that the four bytes at `pointer` point to. */
size_t flat_table(struct buf *out, size_t pointer,
                  const struct flat_layout *layout);
void flat_string(struct buf *out, size_t pointer, phx_text text);

/* Of zeros, to be filled: the place of the first item. width 4 or 8. */
size_t flat_vector(struct buf *out, size_t pointer, size_t count, size_t size,
                   size_t width);

/* Where a slot of a table is, and what is put there. */
size_t flat_slot(const struct buf *out, size_t table, uint32_t slot);
void flat_put(struct buf *out, size_t place, uint64_t value, size_t width);
void flat_set(struct buf *out, size_t table, uint32_t slot,
              const struct flat_layout *layout, uint64_t value);

/* --- Message.fbs and Schema.fbs of Arrow, metadata version 5 ------------------- */

enum { METADATA_VERSION = 4 }; /* V5 */

enum { MESSAGE_VERSION, MESSAGE_TYPE, MESSAGE_HEADER, MESSAGE_BODY_SIZE };
enum { HEADER_SCHEMA = 1, HEADER_DICTIONARY = 2, HEADER_BATCH = 3 };
static const struct flat_layout message_layout = {4, {2, 1, 4, 8}};

enum { SCHEMA_ENDIANNESS, SCHEMA_FIELDS, SCHEMA_METADATA };
static const struct flat_layout schema_layout = {2, {0, 4}};
static const struct flat_layout noted_schema_layout = {3, {0, 4, 4}};

enum { KEY_VALUE_KEY, KEY_VALUE_VALUE };
static const struct flat_layout key_value_layout = {2, {4, 4}};

enum {
    FIELD_NAME,
    FIELD_NULLABLE,
    FIELD_TYPE,
    FIELD_TYPE_TABLE,
    FIELD_DICTIONARY,
    FIELD_CHILDREN
};
static const struct flat_layout field_layout = {6, {4, 1, 1, 4, 0, 4}};
static const struct flat_layout word_field_layout = {6, {4, 1, 1, 4, 4, 4}};

enum {
    TYPE_INT = 2,
    TYPE_FLOATING_POINT = 3,
    TYPE_BINARY = 4,
    TYPE_UTF8 = 5,
    TYPE_BOOL = 6,
    TYPE_TIMESTAMP = 10,
    TYPE_LIST = 12,
    TYPE_STRUCT = 13
};
static const struct flat_layout empty_layout = {0, {0}};

enum { INT_BITS, INT_SIGNED };
static const struct flat_layout int_layout = {2, {4, 1}};

enum { FLOAT_PRECISION };
enum { PRECISION_DOUBLE = 2 };
static const struct flat_layout float_layout = {1, {2}};

enum { TIMESTAMP_UNIT, TIMESTAMP_ZONE };
enum { UNIT_MICROSECOND = 2, UNIT_NANOSECOND = 3 };
static const struct flat_layout timestamp_layout = {2, {2, 4}};

enum { ENCODING_ID, ENCODING_INDEX };
static const struct flat_layout encoding_layout = {2, {8, 4}};

enum { BATCH_LENGTH, BATCH_NODES, BATCH_BUFFERS };
static const struct flat_layout batch_layout = {3, {8, 4, 4}};

enum { DICTIONARY_ID, DICTIONARY_DATA };
static const struct flat_layout dictionary_layout = {2, {8, 4}};

enum { NODE_SIZE = 16, BUFFER_SIZE = 16 }; /* structs of two int64 */

#endif
