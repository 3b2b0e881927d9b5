/*
 * join.c - log records -> events of their span.
 *
 *     event   name        event name, "exception", or "log"
 *             time        of the record, or when it was observed
 *             attributes  those of the record, then log.record.*: body,
 *                         severity, flags, observed time; and what of its
 *                         resource and scope is not the span's
 *
 * So nothing of a record is lost, and it is known again when it comes twice:
 * the same record makes the same event.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <stdlib.h>

#include "attr/inside.h"

/* The one that every such event has. */
#define OBSERVED_KEY LOG_KEY "observed_time_unix_nano"

static const struct value *member_of(const struct attributes *attributes,
                                     const char *key)
{
    for (uint32_t i = 0; i < attributes->count; i++) {
        if (text_is(attributes->members[i].key, key))
            return &attributes->members[i].value;
    }
    return NULL;
}

const struct value *log_event_member(const struct span_event *event,
                                     const char *key)
{
    if (member_of(&event->attributes, OBSERVED_KEY) == NULL)
        return NULL;
    return member_of(&event->attributes, key);
}

/* --- a record as event -------------------------------------------------------- */

/* An event's attributes in the making, in room for all that there can be. */
struct making {
    struct arena *arena;
    struct attributes attributes;
    phx_status status;
    phx_error *err;
};

static void put(struct making *making, const char *key, struct value value)
{
    making->attributes.members[making->attributes.count++] =
        (struct member){.key = text_of(key), .value = value};
}

static void put_int(struct making *making, const char *key, uint64_t value)
{
    if (value != 0)
        put(making, key, value_int((int64_t)value));
}

static void put_text(struct making *making, const char *key, phx_text text)
{
    if (text.size > 0)
        put(making, key, value_text(text));
}

/* Attributes of another message, under a longer key. */
static void put_all(struct making *making, const char *prefix,
                    const struct attributes *from)
{
    size_t size = strlen(prefix);

    for (uint32_t i = 0; i < from->count && making->status >= 0; i++) {
        phx_text key = from->members[i].key;
        size_t whole = size_add(size, key.size);
        char *copy = arena_new(making->arena, whole);
        if (copy == NULL) {
            making->status = arena_status(making->arena, whole, making->err);
            return;
        }
        memcpy(copy, prefix, size);
        memcpy(copy + size, key.data, key.size);
        making->attributes.members[making->attributes.count++] =
            (struct member){text_span(copy, whole), from->members[i].value};
    }
}

static bool same_attributes(const struct attributes *a,
                            const struct attributes *b)
{
    struct value left = {.kind = JSON_OBJECT, .count = a->count};
    struct value right = {.kind = JSON_OBJECT, .count = b->count};

    left.members = a->members;
    right.members = b->members;
    return a->dropped == b->dropped && value_equal(&left, &right);
}

static void put_resource(struct making *making, const struct resource *own,
                         const struct resource *other)
{
    if (same_attributes(&own->attributes, &other->attributes) &&
        text_equal(own->schema_url, other->schema_url))
        return;
    put_all(making, LOG_KEY "resource.", &other->attributes);
    put_text(making, LOG_KEY "resource.schema_url", other->schema_url);
    put_int(making, LOG_KEY "resource.dropped_attributes_count",
            other->attributes.dropped);
}

static void put_scope(struct making *making, const struct scope *own,
                      const struct scope *other)
{
    if (same_attributes(&own->attributes, &other->attributes) &&
        text_equal(own->name, other->name) &&
        text_equal(own->version, other->version) &&
        text_equal(own->schema_url, other->schema_url))
        return;
    put_text(making, LOG_KEY "scope.name", other->name);
    put_text(making, LOG_KEY "scope.version", other->version);
    put_all(making, LOG_KEY "scope.", &other->attributes);
    put_text(making, LOG_KEY "scope.schema_url", other->schema_url);
    put_int(making, LOG_KEY "scope.dropped_attributes_count",
            other->attributes.dropped);
}

static phx_text event_name(const struct log_record *record)
{
    const struct value *name = member_of(&record->attributes, "event.name");

    if (record->event_name.size > 0)
        return record->event_name;
    if (name != NULL && name->kind == JSON_TEXT && name->text.size > 0)
        return name->text;
    if (member_of(&record->attributes, "exception.type") != NULL ||
        member_of(&record->attributes, "exception.message") != NULL)
        return text_of("exception");
    return text_of("log");
}

static phx_status make_event(struct arena *arena, const struct span *span,
                             const struct log_record *record,
                             struct span_event *out, phx_error *err)
{
    enum { KEYS = 12 }; /* that records and their sources have at most */
    static const struct resource no_resource = {.schema_url = {"", 0}};
    static const struct scope no_scope = {
        .name = {"", 0}, .version = {"", 0}, .schema_url = {"", 0}};
    const struct attributes *own = &record->attributes;
    const struct resource *resource =
        record->resource ? record->resource : &no_resource;
    const struct scope *scope = record->scope ? record->scope : &no_scope;
    struct making making = {.arena = arena, .err = err};
    size_t size = size_mul((size_t)own->count + resource->attributes.count +
                               scope->attributes.count + KEYS,
                           sizeof(struct member));

    making.attributes.members = arena_new(arena, size);
    if (making.attributes.members == NULL)
        return arena_status(arena, size, err);
    if (own->count > 0)
        memcpy(making.attributes.members, own->members,
               own->count * sizeof *own->members);
    making.attributes.count = own->count;
    making.attributes.dropped = own->dropped;
    put(&making, OBSERVED_KEY, value_int((int64_t)record->observed_time));
    put_int(&making, LOG_KEY "severity_number",
            (uint64_t)(int64_t)record->severity);
    put_text(&making, LOG_KEY "severity_text", record->severity_text);
    put_int(&making, LOG_KEY "flags", record->flags);
    if (record->body.kind != JSON_NULL)
        put(&making, LOG_KEY "body", record->body);
    put_resource(&making, span->resource ? span->resource : &no_resource,
                 resource);
    put_scope(&making, span->scope ? span->scope : &no_scope, scope);
    *out = (struct span_event){.time = record->time ? record->time
                                                    : record->observed_time,
                               .name = event_name(record),
                               .attributes = making.attributes};
    return making.status < 0 ? making.status
                             : attr_settle_event(arena, out, err);
}

/* --- which of them are new ----------------------------------------------------- */

/* Events by what they are, packed. */
struct known {
    struct buf bytes;
    size_t *ends; /* of each in the bytes */
    size_t count;
    struct map by_hash; /* -> index */
};

static phx_text known_event(const struct known *known, size_t index)
{
    size_t start = index > 0 ? known->ends[index - 1] : 0;

    return text_span(known->bytes.data + start, known->ends[index] - start);
}

/* Enters an event, unless it is there: then DONE. */
static phx_status known_add(struct known *known, const struct span_event *event,
                            phx_error *err)
{
    uint32_t *index;
    phx_status status;
    bool fresh;

    pack_event(&known->bytes, event);
    if ((status = buf_status(&known->bytes, "events of a span", err)) < 0)
        return status;
    known->ends[known->count] = known->bytes.size;
    phx_text packed = known_event(known, known->count);
    uint64_t slot = hash_bytes(packed.data, packed.size, 0);
    while ((index = map_slot(&known->by_hash, slot, &fresh)) != NULL &&
           !fresh && !text_equal(known_event(known, *index), packed))
        slot++;
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        *index = (uint32_t)known->count++;
        return PHX_OK;
    }
    known->bytes.size -= packed.size;
    return PHX_DONE;
}

static phx_status known_start(struct known *known, struct arena *arena,
                              const struct span *span, size_t more,
                              phx_error *err)
{
    size_t size = size_mul(span->event_count + more, sizeof *known->ends);
    phx_status status = PHX_OK;

    *known = (struct known){0};
    buf_init(&known->bytes, SIZE_MAX);
    map_init(&known->by_hash);
    if ((known->ends = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    for (uint32_t i = 0; i < span->event_count && status >= 0; i++)
        status = known_add(known, &span->events[i], err);
    return status < 0 ? status : PHX_OK;
}

/* Adds the record's event behind those of the span, which have room. */
static phx_status add_record(struct arena *arena, struct span *span,
                             const struct log_record *record,
                             struct known *known, uint8_t *fate, phx_error *err)
{
    struct span_event event;
    phx_status status;

    if ((status = make_event(arena, span, record, &event, err)) < 0 ||
        (status = known_add(known, &event, err)) < 0)
        return status;
    *fate = JOIN_KNOWN;
    if (status == PHX_DONE)
        return PHX_OK;
    *fate = JOIN_NO_ROOM;
    if (span->event_count >= JOIN_EVENTS || known->bytes.size > JOIN_BYTES)
        return PHX_OK;
    *fate = JOIN_ADDED;
    span->events[span->event_count++] = event;
    return PHX_OK;
}

/* --- their order ------------------------------------------------------------------ */

struct place {
    const struct span_event *event; /* in the order of coming */
    bool was_record;
};

static int place_order(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->was_record != y->was_record)
        return x->was_record ? 1 : -1;
    if (x->was_record && x->event->time != y->event->time)
        return x->event->time < y->event->time ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

/* The span's own events as they are, then those that were records, by time. */
static phx_status order_events(struct arena *arena, struct span *span,
                               phx_error *err)
{
    size_t count = span->event_count;
    struct place *places = arena_new(arena, count * sizeof *places);
    struct span_event *events = arena_new(arena, count * sizeof *events);

    if (places == NULL || events == NULL)
        return arena_status(arena, count * sizeof *events, err);
    for (size_t i = 0; i < count; i++) {
        const struct span_event *event = &span->events[i];
        places[i] = (struct place){
            event, log_event_member(event, OBSERVED_KEY) != NULL};
    }
    qsort(places, count, sizeof *places, place_order);
    for (size_t i = 0; i < count; i++)
        events[i] = *places[i].event;
    span->events = events;
    return PHX_OK;
}

/* --- the whole -------------------------------------------------------------------- */

static phx_status add_records(struct arena *arena, struct span *span,
                              const struct log_record *records, size_t count,
                              struct known *known, uint8_t *fates,
                              phx_error *err)
{
    size_t size =
        size_mul(size_add(span->event_count, count), sizeof *span->events);
    struct span_event *events = arena_new(arena, size);
    phx_status status = PHX_OK;

    if (events == NULL)
        return arena_status(arena, size, err);
    if (span->event_count > 0)
        memcpy(events, span->events, span->event_count * sizeof *events);
    span->events = events;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = add_record(arena, span, &records[i], known, &fates[i], err);
    return status;
}

phx_status attr_join(struct arena *arena, struct span *span,
                     const struct log_record *records, size_t count,
                     uint8_t *fates, phx_error *err)
{
    struct known known;
    struct value before, after;
    uint32_t events = span->event_count;
    phx_status status = known_start(&known, arena, span, count, err);

    if (status >= 0 && (status = log_messages_read(arena, span->events, events,
                                                   &before, err)) >= 0)
        status = add_records(arena, span, records, count, &known, fates, err);
    map_clear(&known.by_hash);
    buf_clear(&known.bytes);
    if (status < 0 || span->event_count == events)
        return status;
    if ((status = order_events(arena, span, err)) < 0 ||
        (status = log_messages_read(arena, span->events, span->event_count,
                                    &after, err)) < 0)
        return status;
    return log_messages_put(arena, &before, &after, &span->tree, err);
}
