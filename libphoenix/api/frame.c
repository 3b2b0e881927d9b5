/*
 * frame.c - frames of phoenix.h. The first piece costs a look at every span:
 * only then are the columns known. The spans are read again for the pieces
 * that follow, unless they were few enough to be kept.
 *
 * Spans that were stored together lie in one block: in order of number each
 * block is read about once, in order of start a block may be read with every
 * few thousand spans. So the look is in order of number, whatever the frame's.
 */
#include "base/base.h"

#include "api/inside.h"

enum { PIECE_BYTES = SHRUNK(1 << 20, 512), PIECE_LIMIT = 1 << 30 };

struct phx_frame {
    struct store *store;
    struct arena arena; /* the query */
    phx_frame_query wanted;
    struct frame_query query;
    struct frame *frame;
    struct numbers numbers;
    size_t at; /* of the numbers: the first that is not read */
    struct frame_rows rows;
    size_t row; /* of the rows: the first that is not written */
    bool begun, ended, failed;
};

static phx_status read_query(phx_frame *frame, phx_error *err)
{
    phx_text json = frame->wanted.json;
    phx_status status;

    if (json.data == NULL)
        json = text_of("{}");
    json.data = arena_copy(&frame->arena, json.data, json.size);
    if (json.data == NULL)
        return arena_status(&frame->arena, json.size, err);
    if ((status = frame_query_read(&frame->arena, json, &frame->query, err)) <
        0)
        return status;
    if ((status = frame_rows_choose(&frame->query, &frame->arena,
                                    &frame->rows.choice, err)) < 0)
        return status;
    return frame_new(&frame->query,
                     frame->wanted.format == PHX_FRAME_ARROW ? FRAME_ARROW
                                                             : FRAME_TABLE,
                     &frame->frame, err);
}

phx_status phx_store_open_frame(phx_store *store, const phx_frame_query *query,
                                phx_frame **out, phx_error *err)
{
    phx_frame_query wanted = PHX_FRAME_QUERY_INIT;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || wanted.project < 0 ||
        wanted.limit < -1 || wanted.roots < 0 ||
        wanted.roots > PHX_STRICT_ROOTS || wanted.format < 0 ||
        wanted.format > PHX_FRAME_ARROW ||
        (wanted.json.data == NULL && wanted.json.size != 0))
        return fail_argument(err);
    phx_frame *frame = memory_new(sizeof *frame);
    if (frame == NULL)
        return fail_memory(err, sizeof *frame);
    *frame = (phx_frame){.store = store->store, .wanted = wanted};
    store_retain(frame->store);
    arena_init(&frame->arena, SIZE_MAX);
    frame_rows_init(&frame->rows, frame->store, wanted.project, &frame->query);
    if ((status = read_query(frame, err)) < 0)
        phx_frame_close(frame);
    else
        *out = frame;
    return status;
}

void phx_frame_close(phx_frame *frame)
{
    if (frame == NULL)
        return;
    frame_free(frame->frame);
    frame_rows_clear(&frame->rows);
    memory_free(frame->numbers.items);
    arena_clear(&frame->arena);
    store_release(frame->store);
    memory_free(frame);
}

/* --- pieces ---------------------------------------------------------------------- */

static phx_status read_rows(phx_frame *frame, const struct numbers *numbers,
                            phx_error *err)
{
    phx_status status =
        frame_rows_read(&frame->rows, numbers->items + frame->at,
                        numbers->count - frame->at, err);

    if (status >= 0)
        frame->at += frame->rows.taken;
    frame->row = 0;
    return status;
}

static phx_status note_rows(phx_frame *frame, const struct numbers *numbers,
                            phx_error *err)
{
    phx_status status = PHX_OK;

    while (status >= 0 && frame->at < numbers->count) {
        status = read_rows(frame, numbers, err);
        for (size_t i = 0; status >= 0 && i < frame->rows.page.count; i++)
            status = frame_note(frame->frame, &frame->rows.rows[i], err);
    }
    return status;
}

/* Notes every span. If they can be held at once, they are. */
static phx_status note_all(phx_frame *frame, phx_error *err)
{
    struct numbers sorted = frame->numbers;
    phx_status status;

    if (sorted.count <= FRAME_ROWS) {
        status = note_rows(frame, &sorted, err);
        if (frame->rows.taken == sorted.count)
            return status;
    } else {
        size_t size = size_mul(sorted.count, sizeof *sorted.items);
        if ((sorted.items = memory_new(size)) == NULL)
            return fail_memory(err, size);
        memcpy(sorted.items, frame->numbers.items, size);
        numbers_sort(&sorted);
        status = note_rows(frame, &sorted, err);
        memory_free(sorted.items);
    }
    frame_rows_clear(&frame->rows);
    frame->at = 0;
    return status;
}

static phx_status begin(phx_frame *frame, struct buf *out, phx_error *err)
{
    phx_status status;

    if ((status = frame_select(frame->store, &frame->wanted, &frame->query,
                               &frame->numbers, err)) < 0 ||
        (status = note_all(frame, err)) < 0)
        return status;
    frame->begun = true;
    return frame_begin(frame->frame, out, err);
}

static phx_status write_rows(phx_frame *frame, struct buf *out, phx_error *err)
{
    phx_status status = PHX_OK;

    while (status >= 0 && out->size < PIECE_BYTES) {
        if (frame->row < frame->rows.page.count) {
            status = frame_write(frame->frame, &frame->rows.rows[frame->row],
                                 out, err);
            frame->row += status >= 0;
        } else if (frame->at < frame->numbers.count) {
            status = read_rows(frame, &frame->numbers, err);
        } else {
            status = frame_end(frame->frame, out, err);
            frame->ended = true;
            break;
        }
    }
    return status;
}

phx_status phx_frame_next(phx_frame *frame, phx_buf *out, phx_error *err)
{
    phx_status status = PHX_OK;
    struct buf piece;

    if (frame == NULL || out == NULL || frame->failed)
        return fail_argument(err);
    if (frame->ended)
        return PHX_DONE;
    buf_init(&piece, PIECE_LIMIT);
    buf_room(&piece, PIECE_BYTES + PIECE_BYTES / 4);
    if (!frame->begun)
        status = begin(frame, &piece, err);
    if (status >= 0)
        status = write_rows(frame, &piece, err);
    if (status >= 0)
        status = give_buf(&piece, "a piece of a frame", out, err);
    buf_clear(&piece);
    frame->failed = status < 0;
    return status;
}
