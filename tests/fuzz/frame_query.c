/*
 * Dataframe queries over a few spans.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     the rest     a query, as JSON
 *
 * What is refused, is refused with a sentence; what is read, makes a table that
 * is JSON with a row for each row and a member for each field, and the same
 * table again from the same spans; and an Arrow stream of as many rows.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "frame/frame.h"
#include "json/json.h"

#include "columns/seen_ipc.h"

enum { LIMIT = 1 << 26, SPANS = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static const char *const trees[SPANS] = {
    "{\"a\":{\"b\":[1,2.5,\"x\"]},\"l\":[{\"d\":{\"e\":1}},7,{\"f\":null}],"
    "\"retrieval\":{\"documents\":[{\"document\":{\"content\":\"c\"}}]}}",
    "{\"a.b\":true,\"l\":[[1],[{}]],\"metadata\":{\"k\":\"v\"}}",
    "{\"llm\":{\"token_count\":{\"prompt\":5},\"x\":1},\"l\":\"text\"}",
    "{\"n\":123456789012345678901234567890,\"l\":[]}",
    "{}",
};

static struct span spans[SPANS];

static void make_spans(struct arena *arena)
{
    static const char ids[] = "abcde";
    static struct span_event event;

    for (int i = 0; i < SPANS; i++) {
        spans[i] = (struct span){.trace_id = text_of("t"),
                                 .span_id = text_span(ids + i, 1),
                                 .parent_id = text_span(ids, i > 0),
                                 .name = text_of("name"),
                                 .status_message = text_of(""),
                                 .start_time = (uint64_t)i * 1500000,
                                 .end_time = UINT64_MAX,
                                 .prompt_tokens = -1,
                                 .events = &event,
                                 .event_count = (uint32_t)i % 2};
        check(json_read(arena, text_of(trees[i]), 0, &spans[i].tree, NULL) == 0,
              "the trees are JSON");
    }
}

static phx_status write_table(const struct frame_query *query,
                              enum frame_form_id form, struct buf *out,
                              phx_error *err)
{
    struct query_span row = {0};
    struct frame *frame = NULL;
    phx_status status = frame_new(query, form, &frame, err);

    for (int i = 0; i < SPANS && status >= 0; i++) {
        row.span = &spans[i];
        status = frame_note(frame, &row, err);
    }
    if (status >= 0)
        status = frame_begin(frame, out, err);
    for (int i = 0; i < SPANS && status >= 0; i++) {
        row.span = &spans[i];
        status = frame_write(frame, &row, out, err);
    }
    if (status >= 0)
        status = frame_end(frame, out, err);
    frame_free(frame);
    return status;
}

/* How many rows it has. */
static size_t check_table(struct arena *arena, const struct buf *text)
{
    struct value table;

    check(json_read(arena, text_span(text->data, text->size), 0, &table,
                    NULL) == 0,
          "a table is JSON");
    const struct value *fields = value_at(&table, "schema.fields");
    const struct value *rows = value_member(&table, "data");
    for (uint32_t i = 0; i < rows->count; i++)
        check(rows->items[i].count == fields->count,
              "a row has a member for each field");
    return rows->count;
}

static void check_stream(struct arena *arena, const struct buf *stream,
                         size_t rows)
{
    struct buf lines;
    size_t count = 0;

    buf_init(&lines, LIMIT);
    ipc_rows(arena, stream, &lines);
    for (size_t i = 0; i < lines.size; i++)
        count += lines.data[i] == '\n';
    check(count == rows, "a stream has the rows of the table");
    buf_clear(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_query query;
    struct arena arena;
    struct buf first, second, stream;
    phx_error err = {0};
    phx_status status;

    if (size == 0)
        return 0;
    arena_init(&arena, LIMIT);
    buf_init(&first, LIMIT);
    buf_init(&second, LIMIT);
    buf_init(&stream, LIMIT);
    make_spans(&arena);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    status =
        frame_query_read(&arena, text_span(data + 1, size - 1), &query, &err);
    if (status >= 0)
        status = write_table(&query, FRAME_TABLE, &first, &err);
    if (status >= 0)
        status = write_table(&query, FRAME_ARROW, &stream, &err);
    memory_faults.fail_at = 0;
    check(status >= 0 || err.message[0] != '\0', "a refusal has a sentence");
    if (status >= 0) {
        check(write_table(&query, FRAME_TABLE, &second, &err) == PHX_OK,
              "the same table can be made again");
        check(first.size == second.size &&
                  memcmp(first.data, second.data, first.size) == 0,
              "it is the same");
        check_stream(&arena, &stream, check_table(&arena, &first));
    }
    buf_clear(&first);
    buf_clear(&second);
    buf_clear(&stream);
    arena_clear(&arena);
    return 0;
}
