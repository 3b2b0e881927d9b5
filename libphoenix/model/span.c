/*
 * span.c - an array of spans that grows inside an arena.
 */
#include "base/base.h"
#include "model/model.h"

struct span *span_list_add(struct arena *arena, struct span_list *list)
{
    struct span *spans = arena_grow(arena, list->spans, &list->capacity,
                                    list->count, sizeof *spans);

    if (spans == NULL)
        return NULL;
    list->spans = spans;
    struct span *span = &list->spans[list->count++];
    *span = (struct span){0};
    return span;
}
