/*
 * cells.c - values as cells show them: ids in hex, times as times, attributes
 * that are true or false as 1 or 0, as the reference has them from SQLite.
 */
#include "base/base.h"
#include "frame/inside.h"

#include <math.h>

static struct value hex_cell(struct frame *frame, phx_text id)
{
    char *hex = arena_new(&frame->scratch, size_add(size_mul(id.size, 2), 1));

    if (hex == NULL) {
        frame->failed = true;
        return value_null();
    }
    hex_print(id.data, id.size, hex);
    return value_text(text_span(hex, id.size * 2));
}

struct value cell_of(struct frame *frame, const struct query_column *column,
                     const struct query_span *span)
{
    struct value value = query_column_value(column, span);

    if (column->field == NULL) {
        if (value.kind == JSON_BOOL)
            value.kind = JSON_INT;
    } else if (value.kind == JSON_BYTES) {
        value = hex_cell(frame, value.text);
    } else if (column->field->type == QUERY_TIME && value.kind == JSON_INT) {
        value.kind = CELL_TIME;
    } else if (column->field->id == FIELD_LATENCY && value.kind == JSON_INT) {
        value = value_real((double)value.integer);
    }
    return value;
}

/* {"name", "timestamp", "attributes"} */
static bool fill_event(struct arena *arena, const struct span_event *event,
                       struct value *out)
{
    enum { NAME, TIME, ATTRIBUTES, COUNT };
    struct member *members = arena_new(arena, COUNT * sizeof *members);
    char *time = arena_new(arena, 40);

    if (members == NULL || time == NULL)
        return false;
    time_print(event->time, time);
    members[NAME] = (struct member){text_of("name"), value_text(event->name)};
    members[TIME] =
        (struct member){text_of("timestamp"), value_text(text_of(time))};
    members[ATTRIBUTES] =
        (struct member){text_of("attributes"),
                        {.kind = JSON_OBJECT,
                         .count = event->attributes.count,
                         .members = event->attributes.members}};
    *out =
        (struct value){.kind = JSON_OBJECT, .count = COUNT, .members = members};
    return true;
}

struct value cell_of_events(struct frame *frame, const struct span *span)
{
    struct value list = {.kind = JSON_ARRAY};

    list.items = arena_new(&frame->scratch,
                           size_mul(span->event_count, sizeof *list.items));
    while (list.items != NULL && list.count < span->event_count &&
           fill_event(&frame->scratch, &span->events[list.count],
                      &list.items[list.count]))
        list.count++;
    frame->failed |= list.count < span->event_count;
    return list;
}

struct value cell_of_part(const struct value *element,
                          const struct frame_part *part)
{
    for (uint32_t i = 0; i < part->key_count; i++) {
        const struct value *object = element;
        element = NULL;
        for (uint32_t j = 0;
             object->kind == JSON_OBJECT && j < object->count && !element;
             j++) {
            if (text_equal(object->members[j].key, part->keys[i]))
                element = &object->members[j].value;
        }
        if (element == NULL)
            return value_null();
    }
    return element->kind == JSON_REAL && !isfinite(element->real) ? value_null()
                                                                  : *element;
}

/* As Python's str() prints it; lists and objects as JSON. */
static void add_text(struct buf *out, const struct value *value)
{
    if (value->kind == JSON_TEXT)
        buf_add_text(out, value->text);
    else if (value->kind == JSON_BOOL)
        buf_add_string(out, value->integer ? "True" : "False");
    else
        json_write_value(out, value, JSON_SPACED);
}

phx_status cell_joined(struct frame *frame, const struct value *list,
                       const struct frame_part *part, struct value *out,
                       phx_error *err)
{
    bool found = part == NULL;
    uint32_t joined = 0;
    phx_status status;
    struct buf text;

    buf_init(&text, SIZE_MAX);
    for (uint32_t i = 0; i < list->count; i++) {
        struct value value =
            part ? cell_of_part(&list->items[i], part) : list->items[i];
        if (value.kind == JSON_NULL)
            continue;
        if (joined++ > 0)
            buf_add_text(&text, frame->query->separator);
        add_text(&text, &value);
        found = true;
    }
    *out = value_null();
    status = buf_status(&text, "a joined text", err);
    if (status >= 0 && found) {
        const char *copy = arena_copy(&frame->scratch, text.data, text.size);
        *out = value_text(text_span(copy, text.size));
        if (copy == NULL)
            status = arena_status(&frame->scratch, text.size, err);
    }
    buf_clear(&text);
    return status;
}
