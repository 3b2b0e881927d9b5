/*
 * span.c - arrays of spans and of log records that grow inside an arena.
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

struct log_record *log_list_add(struct arena *arena, struct log_list *list)
{
    struct log_record *records = arena_grow(
        arena, list->records, &list->capacity, list->count, sizeof *records);

    if (records == NULL)
        return NULL;
    list->records = records;
    struct log_record *record = &list->records[list->count++];
    *record = (struct log_record){0};
    return record;
}
