/*
 * The Arrow C data interface: who owns what, and how failures leave.
 */
#include "t.h"

#include "arrow/inside.h"

#include <errno.h>

static const struct column_field fields[] = {
    {.name = {"text", 4}, .type = ARROW_TEXT},
    {.name = {"word", 4}, .type = ARROW_WORD},
};
static const struct column_note note = {{"key", 3}, {"value", 5}};
static const struct column_schema schema = {
    .fields = fields, .count = 2, .notes = &note, .note_count = 1};

struct told {
    int batches;
    phx_status then; /* after those */
    int freed;
};

static phx_status fill(void *ctx, struct column_batch *batch, phx_error *err)
{
    struct told *told = ctx;

    if (told->batches-- <= 0)
        return told->then < 0 ? fail(err, told->then, -1, "told so")
                              : told->then;
    column_add_text(column_batch_at(batch, 0), text_of("a text"));
    column_add_text(column_batch_at(batch, 1), text_of("a word"));
    column_batch_end_row(batch);
    return PHX_OK;
}

static void end(void *ctx)
{
    ((struct told *)ctx)->freed++;
}

static void open_stream(struct told *told, struct ArrowArrayStream *out)
{
    struct column_source source = {&schema, fill, end, told};

    succeeds(arrow_stream_open(&source, out, err));
}

TEST(a_schema_has_formats_names_and_metadata)
{
    UNUSED_STATE;
    struct ArrowSchema out;

    succeeds(arrow_export_schema(&schema, &out, err));
    eq_string(out.format, "+s");
    eq_int(out.n_children, 2);
    eq_string(out.children[0]->format, "u");
    eq_string(out.children[0]->name, "text");
    eq_int(out.children[0]->flags, ARROW_FLAG_NULLABLE);
    eq_string(out.children[1]->format, "i");
    eq_string(out.children[1]->dictionary->format, "u");
    eq_int(memcmp(out.metadata, "\1\0\0\0\3\0\0\0key\5\0\0\0value", 20), 0);
    out.release(&out);
    assert_null(out.release);
}

TEST(a_child_may_outlive_its_parent_and_the_stream)
{
    UNUSED_STATE;
    struct told told = {.batches = 1, .then = PHX_DONE};
    struct ArrowArrayStream stream;
    struct ArrowArray array, child;

    open_stream(&told, &stream);
    eq_int(stream.get_next(&stream, &array), 0);
    child = *array.children[1];
    array.children[1]->release = NULL;
    array.release(&array);
    stream.release(&stream);
    eq_int(told.freed, 1);
    assert_null(stream.release);
    eq_int(memcmp(child.dictionary->buffers[2], "a word", 6), 0);
    child.release(&child);
}

TEST(a_stream_ends_with_an_array_that_is_released)
{
    UNUSED_STATE;
    struct told told = {.batches = 2, .then = PHX_DONE};
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    int rows = 0;

    open_stream(&told, &stream);
    for (;;) {
        eq_int(stream.get_next(&stream, &array), 0);
        if (array.release == NULL)
            break;
        rows += (int)array.length;
        array.release(&array);
    }
    eq_int(rows, 2);
    stream.release(&stream);
}

TEST(a_status_leaves_as_a_code_and_a_story)
{
    UNUSED_STATE;
    static const struct {
        phx_status status;
        int code;
    } cases[] = {
        {PHX_NO_MEMORY, ENOMEM},      {PHX_INVALID, EINVAL},
        {PHX_TOO_BIG, EOVERFLOW},     {PHX_IO, EIO},
        {PHX_INTERRUPTED, ECANCELED}, {PHX_CORRUPT, EIO},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told = {.then = cases[i].status};
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        open_stream(&told, &stream);
        eq_int(stream.get_next(&stream, &array), cases[i].code);
        eq_string(stream.get_last_error(&stream), "told so");
        stream.release(&stream);
        eq_int(told.freed, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schema_has_formats_names_and_metadata),
        cmocka_unit_test(a_child_may_outlive_its_parent_and_the_stream),
        cmocka_unit_test(a_stream_ends_with_an_array_that_is_released),
        cmocka_unit_test(a_status_leaves_as_a_code_and_a_story),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
