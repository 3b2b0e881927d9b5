/*
 * parquet.c - batches as a Parquet file, written from front to back:
 *
 *     "PAR1", row groups, footer, u32 size of the footer, "PAR1"
 *     row group   a chunk a leaf column (chunk.c)
 *     footer      schema, where the chunks are and what is in them, metadata
 *
 * A batch is a row group. Of what was written only the footer's part is kept,
 * some 100 bytes a chunk. Arrow's own schema goes along as metadata, by which
 * Arrow readers restore dictionaries and time zones.
 */
#include "base/base.h"

#include "arrow/parquet.h"

static const char MAGIC[4] = {'P', 'A', 'R', '1'};

struct parquet {
    struct arena arena;
    struct parquet_leaf *leaves;
    uint32_t leaf_count;
    uint64_t rows;
    size_t group_count;
    struct buf groups; /* the footer's list of them */
    struct chunk_writer chunk;
};

static int32_t physical_type(enum column_type type)
{
    static const int8_t types[ARROW_TYPES] = {
        [ARROW_BOOL] = PHYSICAL_BOOLEAN,    [ARROW_INT] = PHYSICAL_INT64,
        [ARROW_REAL] = PHYSICAL_DOUBLE,     [ARROW_TEXT] = PHYSICAL_BYTE_ARRAY,
        [ARROW_WORD] = PHYSICAL_BYTE_ARRAY, [ARROW_BYTES] = PHYSICAL_BYTE_ARRAY,
        [ARROW_TIME_US] = PHYSICAL_INT64,   [ARROW_TIME_NS] = PHYSICAL_INT64,
        [ARROW_LIST] = PHYSICAL_NONE,       [ARROW_STRUCT] = PHYSICAL_NONE,
    };

    return types[type];
}

/* --- leaves -------------------------------------------------------------------- */

/* `above` is the way so far. */
static void find_leaves(struct parquet *parquet,
                        const struct column_field *fields, uint32_t count,
                        const struct parquet_leaf *above)
{
    for (uint32_t i = 0; i < count; i++) {
        struct parquet_leaf leaf = *above;
        leaf.field = &fields[i];
        leaf.path[leaf.depth++] = i;
        leaf.definition += fields[i].type == ARROW_LIST ? 2 : 1;
        leaf.repetition += fields[i].type == ARROW_LIST;
        if (fields[i].child_count == 0)
            parquet->leaves[parquet->leaf_count++] = leaf;
        find_leaves(parquet, fields[i].children, fields[i].child_count, &leaf);
    }
}

phx_status parquet_begin(struct arrow_writer *writer, phx_error *err)
{
    const struct column_schema *schema = writer->schema;
    struct parquet_leaf top = {0};
    phx_status status;
    uint32_t words;
    size_t size = schema_columns(schema, &words) * sizeof top;
    struct parquet *parquet = memory_new(sizeof *parquet);

    if (parquet == NULL)
        return fail_memory(err, sizeof *parquet);
    *parquet = (struct parquet){0};
    writer->parquet = parquet;
    arena_init(&parquet->arena, SIZE_MAX);
    buf_init(&parquet->groups, INT32_MAX);
    if ((status = chunk_writer_init(&parquet->chunk, err)) < 0)
        return status;
    if ((parquet->leaves = arena_new(&parquet->arena, size)) == NULL)
        return arena_status(&parquet->arena, size, err);
    find_leaves(parquet, schema->fields, schema->count, &top);
    return writer_write(writer, MAGIC, sizeof MAGIC, err);
}

void parquet_free(struct parquet *parquet)
{
    if (parquet == NULL)
        return;
    chunk_writer_clear(&parquet->chunk);
    buf_clear(&parquet->groups);
    arena_clear(&parquet->arena);
    memory_free(parquet);
}

/* --- row groups ------------------------------------------------------------------ */

/* The names from the top down. */
static void add_path(struct thrift *thrift, const struct column_schema *schema,
                     const struct parquet_leaf *leaf)
{
    const struct column_field *fields = schema->fields;
    bool item = false;

    thrift_list(thrift, CHUNK_PATH, THRIFT_BINARY,
                leaf->depth + leaf->repetition);
    for (uint32_t i = 0; i < leaf->depth; i++) {
        const struct column_field *field = &fields[leaf->path[i]];
        thrift_item_text(thrift, item ? text_of("element") : field->name);
        item = field->type == ARROW_LIST;
        if (item)
            thrift_item_text(thrift, text_of("list"));
        fields = field->children;
    }
}

static void add_statistics(struct thrift *thrift,
                           const struct chunk_facts *facts)
{
    thrift_open(thrift, CHUNK_STATISTICS);
    thrift_i64(thrift, STATISTICS_NULLS, (int64_t)facts->nulls);
    if (facts->has_bounds) {
        thrift_text(thrift, STATISTICS_MAX,
                    text_span(&facts->most, sizeof facts->most));
        thrift_text(thrift, STATISTICS_MIN,
                    text_span(&facts->least, sizeof facts->least));
    }
    thrift_close(thrift);
}

static void add_chunk(struct thrift *thrift, const struct column_schema *schema,
                      const struct chunk_writer *chunk)
{
    const struct chunk_facts *facts = &chunk->facts;
    bool word = chunk->is_word;

    thrift_open_item(thrift);
    thrift_i64(thrift, CHUNK_FILE_OFFSET, 0);
    thrift_open(thrift, CHUNK_METADATA);
    thrift_i32(thrift, CHUNK_TYPE, physical_type(chunk->leaf->field->type));
    thrift_list(thrift, CHUNK_ENCODINGS, THRIFT_I32, word ? 3 : 2);
    thrift_item_i32(thrift, ENCODING_PLAIN);
    thrift_item_i32(thrift, ENCODING_RLE);
    if (word)
        thrift_item_i32(thrift, ENCODING_RLE_DICTIONARY);
    add_path(thrift, schema, chunk->leaf);
    thrift_i32(thrift, CHUNK_CODEC, CODEC_ZSTD);
    thrift_i64(thrift, CHUNK_VALUES, (int64_t)facts->values);
    thrift_i64(thrift, CHUNK_UNCOMPRESSED_SIZE, (int64_t)facts->size);
    thrift_i64(thrift, CHUNK_COMPRESSED_SIZE, (int64_t)facts->packed_size);
    thrift_i64(thrift, CHUNK_DATA_OFFSET, (int64_t)facts->data_page);
    if (word)
        thrift_i64(thrift, CHUNK_DICTIONARY_OFFSET, (int64_t)facts->first_page);
    add_statistics(thrift, facts);
    thrift_close(thrift);
    thrift_close(thrift);
}

phx_status parquet_put(struct arrow_writer *writer,
                       const struct column_batch *batch, phx_error *err)
{
    struct parquet *parquet = writer->parquet;
    struct thrift thrift;
    uint64_t size = 0;
    phx_status status;

    if (batch->rows == 0)
        return PHX_OK;
    thrift_begin(&thrift, &parquet->groups);
    thrift_list(&thrift, GROUP_CHUNKS, THRIFT_STRUCT, parquet->leaf_count);
    for (uint32_t i = 0; i < parquet->leaf_count; i++) {
        if ((status = chunk_write(&parquet->chunk, writer, &parquet->leaves[i],
                                  batch, err)) < 0)
            return status;
        add_chunk(&thrift, writer->schema, &parquet->chunk);
        size += parquet->chunk.facts.size;
    }
    thrift_i64(&thrift, GROUP_SIZE, (int64_t)size);
    thrift_i64(&thrift, GROUP_ROWS, (int64_t)batch->rows);
    thrift_end(&thrift);
    parquet->group_count++;
    parquet->rows += batch->rows;
    return buf_status(&parquet->groups, "a footer", err);
}

/* --- footer ----------------------------------------------------------------------- */

/* converted_type is the older way of saying what the logical type does. */
static void add_kind(struct thrift *thrift, enum column_type type)
{
    bool us = type == ARROW_TIME_US;

    switch (type) {
    case ARROW_TEXT:
    case ARROW_WORD:
        thrift_i32(thrift, ELEMENT_CONVERTED, CONVERTED_UTF8);
        thrift_open(thrift, ELEMENT_LOGICAL);
        thrift_open(thrift, LOGICAL_STRING);
        break;
    case ARROW_LIST:
        thrift_i32(thrift, ELEMENT_CONVERTED, CONVERTED_LIST);
        thrift_open(thrift, ELEMENT_LOGICAL);
        thrift_open(thrift, LOGICAL_LIST);
        break;
    case ARROW_TIME_US:
    case ARROW_TIME_NS:
        if (us)
            thrift_i32(thrift, ELEMENT_CONVERTED, CONVERTED_TIME_US);
        thrift_open(thrift, ELEMENT_LOGICAL);
        thrift_open(thrift, LOGICAL_TIMESTAMP);
        thrift_bool(thrift, TIMESTAMP_IS_UTC, true);
        thrift_open(thrift, TIMESTAMP_TIME_UNIT);
        thrift_open(thrift, us ? TIME_UNIT_MICROS : TIME_UNIT_NANOS);
        thrift_close(thrift);
        thrift_close(thrift);
        break;
    default:
        return;
    }
    thrift_close(thrift);
    thrift_close(thrift);
}

static void add_group(struct thrift *thrift, const char *name,
                      int32_t repetition, uint32_t children)
{
    thrift_open_item(thrift);
    if (repetition >= 0)
        thrift_i32(thrift, ELEMENT_REPETITION, repetition);
    thrift_text(thrift, ELEMENT_NAME, text_of(name));
    thrift_i32(thrift, ELEMENT_CHILDREN, (int32_t)children);
    thrift_close(thrift);
}

static void add_elements(struct thrift *thrift,
                         const struct column_field *fields, uint32_t count,
                         bool item)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct column_field *field = &fields[i];
        bool list = field->type == ARROW_LIST;
        thrift_open_item(thrift);
        if (field->child_count == 0)
            thrift_i32(thrift, ELEMENT_TYPE, physical_type(field->type));
        thrift_i32(thrift, ELEMENT_REPETITION, REPETITION_OPTIONAL);
        thrift_text(thrift, ELEMENT_NAME,
                    item ? text_of("element") : field->name);
        if (field->child_count > 0)
            thrift_i32(thrift, ELEMENT_CHILDREN, (int32_t)field->child_count);
        add_kind(thrift, field->type);
        thrift_close(thrift);
        if (list)
            add_group(thrift, "list", REPETITION_REPEATED, 1);
        add_elements(thrift, field->children, field->child_count, list);
    }
}

static uint32_t count_lists(const struct column_field *fields, uint32_t count)
{
    uint32_t lists = 0;

    for (uint32_t i = 0; i < count; i++)
        lists += (fields[i].type == ARROW_LIST) +
                 count_lists(fields[i].children, fields[i].child_count);
    return lists;
}

static void add_schema(struct thrift *thrift,
                       const struct column_schema *schema)
{
    uint32_t words;
    uint32_t elements = 1 + schema_columns(schema, &words) +
                        count_lists(schema->fields, schema->count);

    thrift_list(thrift, FILE_SCHEMA, THRIFT_STRUCT, elements);
    add_group(thrift, "schema", -1, schema->count);
    add_elements(thrift, schema->fields, schema->count, false);
}

static void add_note(struct thrift *thrift, phx_text key, phx_text value)
{
    thrift_open_item(thrift);
    thrift_text(thrift, NOTE_KEY, key);
    thrift_text(thrift, NOTE_VALUE, value);
    thrift_close(thrift);
}

static phx_status add_notes(struct thrift *thrift, struct arrow_writer *writer,
                            phx_error *err)
{
    const struct column_schema *schema = writer->schema;
    struct buf *message = &writer->metadata;
    struct arena *arena = &writer->parquet->arena;
    phx_status status;

    buf_reset(message);
    ipc_add_schema(message, schema);
    if ((status = buf_status(message, "a schema", err)) < 0)
        return status;
    size_t size = base64_size(message->size);
    char *base64 = arena_new(arena, size + 1);
    if (base64 == NULL)
        return arena_status(arena, size, err);
    base64_print(message->data, message->size, base64);
    thrift_list(thrift, FILE_NOTES, THRIFT_STRUCT, schema->note_count + 1);
    for (uint32_t i = 0; i < schema->note_count; i++)
        add_note(thrift, schema->notes[i].key, schema->notes[i].value);
    add_note(thrift, text_of("ARROW:schema"), text_span(base64, size));
    return PHX_OK;
}

/* Without them readers may not rely on the bounds of a column. */
static void add_orders(struct thrift *thrift, uint32_t count)
{
    thrift_list(thrift, FILE_ORDERS, THRIFT_STRUCT, count);
    for (uint32_t i = 0; i < count; i++) {
        thrift_open_item(thrift);
        thrift_open(thrift, ORDER_BY_TYPE);
        thrift_close(thrift);
        thrift_close(thrift);
    }
}

phx_status parquet_end(struct arrow_writer *writer, phx_error *err)
{
    struct parquet *parquet = writer->parquet;
    char created_by[64];
    struct buf footer;
    struct thrift thrift;
    phx_status status;

    snprintf(created_by, sizeof created_by, "libphoenix version %d.%d.%d",
             PHX_VERSION_MAJOR, PHX_VERSION_MINOR, PHX_VERSION_PATCH);
    buf_init(&footer, INT32_MAX);
    thrift_begin(&thrift, &footer);
    thrift_i32(&thrift, FILE_VERSION, 2);
    add_schema(&thrift, writer->schema);
    thrift_i64(&thrift, FILE_ROWS, (int64_t)parquet->rows);
    thrift_list(&thrift, FILE_GROUPS, THRIFT_STRUCT, parquet->group_count);
    buf_add(&footer, parquet->groups.data, parquet->groups.size);
    if ((status = add_notes(&thrift, writer, err)) < 0)
        goto done;
    thrift_text(&thrift, FILE_CREATED_BY, text_of(created_by));
    add_orders(&thrift, parquet->leaf_count);
    thrift_end(&thrift);
    buf_add_u32(&footer, (uint32_t)footer.size);
    buf_add(&footer, MAGIC, sizeof MAGIC);
    if ((status = buf_status(&footer, "a footer", err)) == PHX_OK)
        status = writer_write(writer, footer.data, footer.size, err);
done:
    buf_clear(&footer);
    return status;
}
