/*
 * span.c - an array of spans that grows inside an arena.
 */
#include "base/base.h"
#include "model/model.h"

enum { FIRST_SPANS = SHRUNK(16, 1) };

struct span *span_list_add(struct arena *arena, struct span_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity =
            list->capacity ? size_mul(list->capacity, 2) : FIRST_SPANS;
        struct span *spans =
            arena_new(arena, size_mul(capacity, sizeof *spans));
        if (spans == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(spans, list->spans, list->count * sizeof *spans);
        list->spans = spans;
        list->capacity = capacity;
    }
    struct span *span = &list->spans[list->count++];
    *span = (struct span){0};
    return span;
}
