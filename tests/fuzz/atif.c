/*
 * Trajectories (PHX_ATIF): any bytes are refused with a story or give spans,
 * and the trajectories that their roots hold give as many again.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     the rest     a document
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

/* The trajectory that a span holds, if it does. */
static phx_text held_by(struct arena *arena, const phx_span *span)
{
    const struct value *text;
    struct value tree;

    must(json_read(arena, span->attributes, 0, &tree, NULL) == PHX_OK,
         "attributes are JSON");
    text = value_at(&tree, "atif.trajectory");
    return text != NULL && text->kind == JSON_TEXT ? text->text : text_of(NULL);
}

/* As one document: trajectories refer to each other. */
static size_t count_again(phx_batch *batch)
{
    phx_batch *again = NULL;
    struct arena arena;
    struct buf list;
    phx_error err = {0};

    arena_init(&arena, SIZE_MAX);
    buf_init(&list, SIZE_MAX);
    for (size_t i = 0; i < phx_batch_size(batch); i++) {
        const phx_span *span = phx_batch_span(batch, i);
        must(span != NULL && span->span_id.size > 0 &&
                 span->trace_id.size > 0 && span->end_time >= span->start_time,
             "a span has ids and times");
        phx_text text = held_by(&arena, span);
        if (text.data == NULL)
            continue;
        buf_add_byte(&list, list.size == 0 ? '[' : ',');
        buf_add_text(&list, text);
    }
    buf_add_byte(&list, ']');
    must(phx_batch_decode(PHX_ATIF, list.data, list.size, NULL, &again, &err) ==
             PHX_OK,
         "what roots hold is read");
    size_t count = phx_batch_size(again);
    phx_batch_free(again);
    buf_clear(&list);
    arena_clear(&arena);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t before = memory_faults.balance;
    phx_batch *batch = NULL;
    phx_error err = {0};

    if (size == 0)
        return 0;
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status =
        phx_batch_decode(PHX_ATIF, data + 1, size - 1, "project", &batch, &err);
    bool met = memory_faults.fail_at > 0 &&
               memory_faults.seen >= memory_faults.fail_at;
    memory_faults.fail_at = 0;
    must(!met || status < 0, "a failed allocation is told");
    must(met || status != PHX_NO_MEMORY, "memory is not wanting");
    if (status < 0)
        must(batch == NULL && err.message[0] != '\0', "failures have a story");
    else if (phx_batch_size(batch) > 0)
        must(count_again(batch) == phx_batch_size(batch),
             "there are as many again");
    phx_batch_free(batch);
    must(memory_faults.balance == before, "all memory is given back");
    return 0;
}
