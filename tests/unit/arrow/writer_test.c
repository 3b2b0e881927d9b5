/*
 * Batches out as bytes, and back by readers that know the formats alone.
 */
#include "t.h"

#include "columns/ways.h"

/* --- every type ----------------------------------------------------------------- */

/* Bytes that look random, and are the same in each run. */
static void fill_bytes(uint8_t *bytes, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(seed >> 56);
    }
}

static void comes_back(enum way way)
{
    uint8_t bytes[3000];
    struct buf made, seen;
    size_t rows = 0;

    buf_init(&made, SIZE_MAX);
    buf_init(&seen, SIZE_MAX);
    for (uint64_t seed = 0; seed < 200; seed++) {
        size_t size = seed % 7 == 0 ? 40 : sizeof bytes;
        fill_bytes(bytes, size, seed);
        buf_reset(&made);
        buf_reset(&seen);
        way_rows_made(bytes, size, &made);
        eq_int(way_rows_seen(way, bytes, size, 0, &seen), PHX_OK);
        if (made.size != seen.size ||
            (made.size > 0 && memcmp(made.data, seen.data, made.size) != 0))
            wrong("seed %d: rows differ", (int)seed);
        for (size_t i = 0; i < made.size; i++)
            rows += made.data[i] == '\n';
    }
    assert_in_range(rows, 4000, 1000000);
    buf_clear(&made);
    buf_clear(&seen);
}

TEST(ipc_streams_are_read_back)
{
    UNUSED_STATE;
    comes_back(WAY_IPC);
}

TEST(parquet_files_are_read_back)
{
    UNUSED_STATE;
    comes_back(WAY_PARQUET);
}

TEST(c_streams_are_read_back)
{
    UNUSED_STATE;
    comes_back(WAY_STREAM);
}

/* --- the bytes themselves -------------------------------------------------------- */

static const struct column_field one[] = {
    {.name = {"n", 1}, .type = ARROW_INT}};
static const struct column_schema small = {.fields = one, .count = 1};

static phx_status take(void *ctx, const void *bytes, size_t size,
                       phx_error *err)
{
    (void)err;
    buf_add(ctx, bytes, size);
    return PHX_OK;
}

/* 1, null. */
static void write_small(enum arrow_format format, struct buf *out)
{
    struct arrow_sink sink = {take, out};
    struct arrow_writer *writer;
    struct column_batch *batch;

    buf_init(out, SIZE_MAX);
    succeeds(column_batch_new(&small, &batch, err));
    column_add_int(column_batch_at(batch, 0), 1);
    column_batch_end_row(batch);
    column_batch_end_row(batch);
    succeeds(arrow_writer_new(format, &small, &sink, &writer, err));
    succeeds(arrow_writer_put(writer, batch, err));
    succeeds(arrow_writer_end(writer, err));
    arrow_writer_free(writer);
    column_batch_free(batch);
}

static void eq_bytes(const struct buf *out, const char *hex)
{
    char text[1600];

    ok(out->size * 2 < sizeof text);
    hex_print(out->data, out->size, text);
    eq_string(text, hex);
}

TEST(an_ipc_stream_byte_by_byte)
{
    UNUSED_STATE;
    struct buf out;

    write_small(ARROW_IPC, &out);
    eq_bytes(&out,
             /* a message with the schema */
             "ffffffff88000000100000000c0018000400060008001000"
             "0c0000000400010018000000000000000000000000000000"
             "080008000000040008000000040000000100000014000000"
             "100014000400080009000c00000010001000000010000000"
             "010200001c00000024000000010000006e00000000000000"
             "080009000400080008000000400000000100000000000000"
             /* a message with a batch */
             "ffffffff90000000100000000c0018000400060008001000"
             "0c0000000400030020000000000000001800000000000000"
             "0000000000000a0018000800100014000a00000000000000"
             "02000000000000000c000000200000000000000001000000"
             "020000000000000001000000000000000000000002000000"
             "000000000000000001000000000000000800000000000000"
             "1000000000000000"
             /* its body: validity, values */
             "010000000000000001000000000000000000000000000000"
             /* the end */
             "ffffffff00000000");
    buf_clear(&out);
}

TEST(a_parquet_file_byte_by_byte)
{
    UNUSED_STATE;
    struct buf out;

    write_small(ARROW_PARQUET, &out);
    out.size = 4 + 17 + 23; /* the footer has our version */
    eq_bytes(&out,
             /* magic */
             "50415231"
             /* a page's header */
             "1500151c152e2c15041500150615060000"
             /* zstd{ levels 1 0, the value 1 } */
             "28b52ffd200e7100000200000003010100000000000000");
    buf_clear(&out);
}

/* --- failures -------------------------------------------------------------------- */

struct stop {
    int left;
};

static phx_status stop(void *ctx, const void *bytes, size_t size,
                       phx_error *err)
{
    struct stop *at = ctx;

    (void)bytes;
    (void)size;
    return at->left-- > 0 ? PHX_OK : fail(err, PHX_IO, -1, "no more");
}

static phx_status write_until(enum arrow_format format, struct stop *at,
                              phx_error *told)
{
    struct arrow_sink sink = {stop, at};
    struct arrow_writer *writer = NULL;
    struct column_batch *batch;
    phx_status status;

    succeeds(column_batch_new(&small, &batch, err));
    column_batch_end_row(batch);
    if ((status = arrow_writer_new(format, &small, &sink, &writer, told)) ==
            PHX_OK &&
        (status = arrow_writer_put(writer, batch, told)) == PHX_OK)
        status = arrow_writer_end(writer, told);
    arrow_writer_free(writer);
    column_batch_free(batch);
    return status;
}

TEST(a_sink_s_failure_is_the_writer_s)
{
    UNUSED_STATE;
    struct stop at;

    for (enum arrow_format format = 0; format < ARROW_FORMATS; format++) {
        phx_status status = PHX_IO;
        int written = 0;
        for (; status != PHX_OK; written++) {
            phx_error told = {0};
            at.left = written;
            status = write_until(format, &at, &told);
            if (status != PHX_OK)
                eq_string(told.message, "no more");
        }
        assert_in_range(written, 2, 10);
    }
}

TEST(a_schema_that_is_wrong_begins_nothing)
{
    UNUSED_STATE;
    const struct column_schema none = {0};
    struct stop at = {0};
    struct arrow_sink sink = {stop, &at};
    struct arrow_writer *writer;
    struct column_batch *batch;

    fails_with(PHX_INVALID, "no columns",
               arrow_writer_new(ARROW_IPC, &none, &sink, &writer, err));
    fails_with(PHX_INVALID, "no columns", column_batch_new(&none, &batch, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipc_streams_are_read_back),
        cmocka_unit_test(parquet_files_are_read_back),
        cmocka_unit_test(c_streams_are_read_back),
        cmocka_unit_test(an_ipc_stream_byte_by_byte),
        cmocka_unit_test(a_parquet_file_byte_by_byte),
        cmocka_unit_test(a_sink_s_failure_is_the_writer_s),
        cmocka_unit_test(a_schema_that_is_wrong_begins_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
