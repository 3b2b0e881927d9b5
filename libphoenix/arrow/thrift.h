/*
 * thrift.h - Thrift's compact protocol, as much of it as Parquet needs, and the
 * numbers of parquet.thrift.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
#ifndef ARROW_THRIFT_H
#define ARROW_THRIFT_H

#include "base/base.h"

/* --- thrift.c ------------------------------------------------------------------- */

enum { THRIFT_DEPTH = 8 };
enum { THRIFT_I32 = 5, THRIFT_I64 = 6, THRIFT_BINARY = 8, THRIFT_STRUCT = 12 };

/* Fields of a struct come in order of their numbers. */
struct thrift {
    struct buf *out;
    int depth;
    uint8_t last[THRIFT_DEPTH]; /* the number of the last field */
};

void thrift_begin(struct thrift *thrift, struct buf *out);
void thrift_end(struct thrift *thrift);
void thrift_bool(struct thrift *thrift, uint8_t field, bool value);
void thrift_i32(struct thrift *thrift, uint8_t field, int32_t value);
void thrift_i64(struct thrift *thrift, uint8_t field, int64_t value);
void thrift_text(struct thrift *thrift, uint8_t field, phx_text value);

/* A struct within the struct, or an item of a list. */
void thrift_open(struct thrift *thrift, uint8_t field);
void thrift_open_item(struct thrift *thrift);
void thrift_close(struct thrift *thrift);

/* Then `count` items of the kind THRIFT_... */
void thrift_list(struct thrift *thrift, uint8_t field, uint8_t kind,
                 size_t count);
void thrift_item_i32(struct thrift *thrift, int32_t value);
void thrift_item_text(struct thrift *thrift, phx_text value);

/* --- parquet.thrift ---------------------------------------------------------------- */

enum { PHYSICAL_BOOLEAN = 0, PHYSICAL_INT64 = 2, PHYSICAL_DOUBLE = 5 };
enum { PHYSICAL_BYTE_ARRAY = 6, PHYSICAL_NONE = -1 };
enum { CONVERTED_UTF8 = 0, CONVERTED_LIST = 3, CONVERTED_TIME_US = 10 };
enum { CONVERTED_NONE = -1 };
enum { REPETITION_OPTIONAL = 1, REPETITION_REPEATED = 2 };
enum { ENCODING_PLAIN = 0, ENCODING_RLE = 3, ENCODING_RLE_DICTIONARY = 8 };
enum { CODEC_ZSTD = 6 };
enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };
enum { LOGICAL_STRING = 1, LOGICAL_LIST = 3, LOGICAL_TIMESTAMP = 8 };
enum { LOGICAL_NONE = 0 };
enum { TIMESTAMP_IS_UTC = 1, TIMESTAMP_TIME_UNIT = 2 };
enum { TIME_UNIT_MICROS = 2, TIME_UNIT_NANOS = 3 };

enum {
    ELEMENT_TYPE = 1,
    ELEMENT_REPETITION = 3,
    ELEMENT_NAME = 4,
    ELEMENT_CHILDREN = 5,
    ELEMENT_CONVERTED = 6,
    ELEMENT_LOGICAL = 10
};

enum {
    PAGE_TYPE = 1,
    PAGE_UNCOMPRESSED_SIZE = 2,
    PAGE_COMPRESSED_SIZE = 3,
    PAGE_DATA_HEADER = 5,
    PAGE_DICTIONARY_HEADER = 7
};
enum { PAGE_HEADER_VALUES = 1, PAGE_HEADER_ENCODING = 2 };
enum { PAGE_HEADER_DEFINITIONS = 3, PAGE_HEADER_REPETITIONS = 4 };

enum {
    CHUNK_TYPE = 1,
    CHUNK_ENCODINGS = 2,
    CHUNK_PATH = 3,
    CHUNK_CODEC = 4,
    CHUNK_VALUES = 5,
    CHUNK_UNCOMPRESSED_SIZE = 6,
    CHUNK_COMPRESSED_SIZE = 7,
    CHUNK_DATA_OFFSET = 9,
    CHUNK_DICTIONARY_OFFSET = 11,
    CHUNK_STATISTICS = 12
};
enum { CHUNK_FILE_OFFSET = 2, CHUNK_METADATA = 3 };
enum { STATISTICS_NULLS = 3, STATISTICS_MAX = 5, STATISTICS_MIN = 6 };
enum { GROUP_CHUNKS = 1, GROUP_SIZE = 2, GROUP_ROWS = 3 };

enum {
    FILE_VERSION = 1,
    FILE_SCHEMA = 2,
    FILE_ROWS = 3,
    FILE_GROUPS = 4,
    FILE_NOTES = 5,
    FILE_CREATED_BY = 6,
    FILE_ORDERS = 7
};
enum { NOTE_KEY = 1, NOTE_VALUE = 2 };
enum { ORDER_BY_TYPE = 1 };

#endif
