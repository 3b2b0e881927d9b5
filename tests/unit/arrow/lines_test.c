/*
 * Columns as JSON lines and CSV.
 */
#include "t.h"

#include "arrow/arrow.h"

#include <math.h>

static const struct column_field member = {.name = {"m", 1},
                                           .type = ARROW_TEXT};
static const struct column_field group = {.name = {"item", 4},
                                          .type = ARROW_STRUCT,
                                          .child_count = 1,
                                          .children = &member};
static const struct column_field fields[] = {
    {.name = {"b", 1}, .type = ARROW_BOOL},
    {.name = {"r", 1}, .type = ARROW_REAL},
    {.name = {"us", 2}, .type = ARROW_TIME_US},
    {.name = {"ns", 2}, .type = ARROW_TIME_NS},
    {.name = {"y", 1}, .type = ARROW_BYTES},
    {.name = {"j", 1}, .type = ARROW_TEXT, .is_json = true},
    {.name = {"w,", 2}, .type = ARROW_WORD},
    {.name = {"l", 1},
     .type = ARROW_LIST,
     .child_count = 1,
     .children = &group},
};
static const struct column_schema schema = {
    .fields = fields, .count = sizeof fields / sizeof *fields};

static void fill(struct column_batch *batch)
{
    struct column *list = column_batch_at(batch, 7);
    struct column *item = column_child(list, 0);

    column_add_bool(column_batch_at(batch, 0), true);
    column_add_real(column_batch_at(batch, 1), 0.1);
    column_add_int(column_batch_at(batch, 2), INT64_MIN);
    column_add_int(column_batch_at(batch, 3), -1);
    column_add_text(column_batch_at(batch, 4), text_of("ab"));
    column_add_text(column_batch_at(batch, 5), text_of("{\"a\":[1]}"));
    column_add_text(column_batch_at(batch, 6), text_of("a\r\n\"b\""));
    column_add_text(column_child(item, 0), text_of("x"));
    column_add_struct(item);
    column_add_null(item);
    column_add_list(list);
    column_batch_end_row(batch);
    column_add_real(column_batch_at(batch, 1), (double)NAN);
    column_add_int(column_batch_at(batch, 2), INT64_MAX);
    column_add_int(column_batch_at(batch, 3), INT64_MIN);
    column_add_text(column_batch_at(batch, 6), text_of(""));
    column_batch_end_row(batch);
}

static phx_status take(void *ctx, const void *bytes, size_t size,
                       phx_error *err)
{
    (void)err;
    buf_add(ctx, bytes, size);
    return PHX_OK;
}

static void writes(enum arrow_format format, const char *expected)
{
    struct column_batch *batch;
    struct arrow_writer *writer;
    struct buf out;
    struct arrow_sink sink = {take, &out};

    buf_init(&out, SIZE_MAX);
    succeeds(column_batch_new(&schema, &batch, err));
    fill(batch);
    succeeds(arrow_writer_new(format, &schema, &sink, &writer, err));
    succeeds(arrow_writer_put(writer, batch, err));
    succeeds(arrow_writer_end(writer, err));
    arrow_writer_free(writer);
    column_batch_free(batch);
    buf_add_byte(&out, 0);
    eq_string((const char *)out.data, expected);
    buf_clear(&out);
}

TEST(json_lines)
{
    UNUSED_STATE;
    writes(ARROW_JSON_LINES,
           "{\"b\":true,\"r\":0.1,\"us\":\"-290308-12-21T19:59:05.224192Z\","
           "\"ns\":\"1969-12-31T23:59:59.999999999Z\",\"y\":\"YWI=\","
           "\"j\":{\"a\":[1]},\"w,\":\"a\\r\\n\\\"b\\\"\","
           "\"l\":[{\"m\":\"x\"},null]}\n"
           "{\"b\":null,\"r\":null,\"us\":\"294247-01-10T04:00:54.775807Z\","
           "\"ns\":\"1677-09-21T00:12:43.145224192Z\",\"y\":null,\"j\":null,"
           "\"w,\":\"\",\"l\":null}\n");
}

TEST(csv)
{
    UNUSED_STATE;
    writes(ARROW_CSV, "b,r,us,ns,y,j,\"w,\",l\r\n"
                      "true,0.1,-290308-12-21T19:59:05.224192Z,"
                      "1969-12-31T23:59:59.999999999Z,YWI=,\"{\"\"a\"\":[1]}\","
                      "\"a\r\n\"\"b\"\"\",\"[{\"\"m\"\":\"\"x\"\"},null]\"\r\n"
                      ",,294247-01-10T04:00:54.775807Z,"
                      "1677-09-21T00:12:43.145224192Z,,,\"\",\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_lines),
        cmocka_unit_test(csv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
