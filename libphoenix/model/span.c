/*
 * span.c - arrays of spans and of log records that grow inside an arena; a
 * span's events and links as JSON.
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

static void write_attributes(struct json_writer *json,
                             const struct attributes *attributes)
{
    json_open_object(json);
    for (uint32_t i = 0; i < attributes->count; i++) {
        const struct member *member = &attributes->members[i];
        bool last = true;
        for (uint32_t j = i + 1; j < attributes->count && last; j++)
            last = !text_equal(attributes->members[j].key, member->key);
        if (last) {
            json_key_text(json, member->key);
            json_any(json, &member->value);
        }
    }
    json_close_object(json);
}

void span_write_events(const struct span *span,
                       void (*print_time)(uint64_t ns, char out[40]),
                       struct buf *out)
{
    struct json_writer json;
    char time[40];

    json_begin(&json, out);
    json_open_array(&json);
    for (uint32_t i = 0; i < span->event_count; i++) {
        const struct span_event *event = &span->events[i];
        print_time(event->time, time);
        json_open_object(&json);
        json_key(&json, "name");
        json_text(&json, event->name);
        json_key(&json, "timestamp");
        json_string(&json, time);
        json_key(&json, "attributes");
        write_attributes(&json, &event->attributes);
        json_close_object(&json);
    }
    json_close_array(&json);
}

void span_write_links(const struct span *span, struct buf *out)
{
    struct json_writer json;

    json_begin(&json, out);
    json_open_array(&json);
    for (uint32_t i = 0; i < span->link_count; i++) {
        const struct span_link *link = &span->links[i];
        json_open_object(&json);
        json_key(&json, "trace_id");
        json_hex(&json, link->trace_id);
        json_key(&json, "span_id");
        json_hex(&json, link->span_id);
        json_key(&json, "trace_state");
        json_text(&json, link->trace_state);
        json_key(&json, "attributes");
        write_attributes(&json, &link->attributes);
        json_close_object(&json);
    }
    json_close_array(&json);
}
