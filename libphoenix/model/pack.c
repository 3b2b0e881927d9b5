/*
 * pack.c - values and parts of spans <-> bytes.
 *
 *     value       u8 kind, then
 *                 bool u8 · int zigzag varint · real f64 ·
 *                 text, bytes, number: varint size, bytes ·
 *                 array: varint count, values ·
 *                 object: varint count, (varint size, key, value)s ·
 *                 reals (an array of nothing but reals): varint count, f64s
 *     text        varint 0 if absent, else size + 1, bytes
 *     attributes  varint count, varint dropped, (varint size, key, value)s
 *     events      varint count, (u64 time, text name, attributes)s
 *     links       varint count, (text trace, span, state, varint flags,
 *                 attributes)s
 *     resource    attributes, text schema
 *     scope       text name, version, attributes, text schema
 *
 * Kinds are stored in files: their numbers never change. Values may nest as
 * deep as they like, so both ways keep their own stack.
 */
#include "base/base.h"

#include "model/model.h"

enum { PACKED_REALS = 9, PACK_LIMIT = 1 << 30 };

_Static_assert(JSON_NULL == 0 && JSON_BOOL == 1 && JSON_INT == 2 &&
                   JSON_REAL == 3 && JSON_NUMBER == 4 && JSON_TEXT == 5 &&
                   JSON_BYTES == 6 && JSON_ARRAY == 7 && JSON_OBJECT == 8,
               "packed kinds are stored in files");

/* --- packing --------------------------------------------------------------- */

/* A container of which `next` children are done. */
struct open_value {
    const struct value *value;
    uint32_t next;
};

static void pack_bytes(struct buf *out, phx_text text)
{
    buf_add_varint(out, text.size);
    buf_add(out, text.data, text.size);
}

static void pack_text(struct buf *out, phx_text text)
{
    buf_add_varint(out, text.data ? (uint64_t)text.size + 1 : 0);
    if (text.data)
        buf_add(out, text.data, text.size);
}

static void pack_real(struct buf *out, double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    buf_add_u64(out, bits);
}

static bool all_reals(const struct value *array)
{
    for (uint32_t i = 0; i < array->count; i++)
        if (array->items[i].kind != JSON_REAL)
            return false;
    return array->count > 0;
}

/* Packs a value but for the children of a container. True if it has some
 * still to come. */
static bool pack_head(struct buf *out, const struct value *value)
{
    bool reals = value->kind == JSON_ARRAY && all_reals(value);

    buf_add_byte(out, reals ? PACKED_REALS : value->kind);
    switch (value->kind) {
    case JSON_BOOL:
        buf_add_byte(out, value->integer != 0);
        return false;
    case JSON_INT:
        buf_add_varint(out, (uint64_t)value->integer << 1 ^
                                (value->integer < 0 ? UINT64_MAX : 0));
        return false;
    case JSON_REAL:
        pack_real(out, value->real);
        return false;
    case JSON_NUMBER:
    case JSON_TEXT:
    case JSON_BYTES:
        pack_bytes(out, value->text);
        return false;
    case JSON_ARRAY:
    case JSON_OBJECT:
        buf_add_varint(out, value->count);
        for (uint32_t i = 0; reals && i < value->count; i++)
            pack_real(out, value->items[i].real);
        return !reals && value->count > 0;
    default:
        return false;
    }
}

void pack_value(struct buf *out, const struct value *value)
{
    struct buf stack;

    if (!pack_head(out, value))
        return;
    buf_init(&stack, PACK_LIMIT);
    struct open_value top = {value, 0};
    for (;;) {
        if (top.next == top.value->count) {
            if (stack.size == 0)
                break;
            stack.size -= sizeof top;
            memcpy(&top, stack.data + stack.size, sizeof top);
            continue;
        }
        const struct value *child;
        if (top.value->kind == JSON_OBJECT) {
            pack_bytes(out, top.value->members[top.next].key);
            child = &top.value->members[top.next].value;
        } else {
            child = &top.value->items[top.next];
        }
        top.next++;
        if (!pack_head(out, child))
            continue;
        buf_add(&stack, &top, sizeof top);
        if (stack.status < 0) {
            if (out->status == PHX_OK)
                out->status = stack.status;
            break;
        }
        top = (struct open_value){child, 0};
    }
    buf_clear(&stack);
}

void pack_attributes(struct buf *out, const struct attributes *attributes)
{
    buf_add_varint(out, attributes->count);
    buf_add_varint(out, attributes->dropped);
    for (uint32_t i = 0; i < attributes->count; i++) {
        pack_bytes(out, attributes->members[i].key);
        pack_value(out, &attributes->members[i].value);
    }
}

void pack_event(struct buf *out, const struct span_event *event)
{
    buf_add_u64(out, event->time);
    pack_text(out, event->name);
    pack_attributes(out, &event->attributes);
}

void pack_events(struct buf *out, const struct span *span)
{
    buf_add_varint(out, span->event_count);
    for (uint32_t i = 0; i < span->event_count; i++)
        pack_event(out, &span->events[i]);
}

void pack_links(struct buf *out, const struct span *span)
{
    buf_add_varint(out, span->link_count);
    for (uint32_t i = 0; i < span->link_count; i++) {
        const struct span_link *link = &span->links[i];
        pack_text(out, link->trace_id);
        pack_text(out, link->span_id);
        pack_text(out, link->trace_state);
        buf_add_varint(out, link->flags);
        pack_attributes(out, &link->attributes);
    }
}

void pack_resource(struct buf *out, const struct resource *resource)
{
    pack_attributes(out, &resource->attributes);
    pack_text(out, resource->schema_url);
}

void pack_scope(struct buf *out, const struct scope *scope)
{
    pack_text(out, scope->name);
    pack_text(out, scope->version);
    pack_attributes(out, &scope->attributes);
    pack_text(out, scope->schema_url);
}

/* --- unpacking ------------------------------------------------------------- */

/* A container whose children from `next` on are still to be read. */
struct half_value {
    struct half_value *up;
    struct value *value;
    uint32_t next;
};

static phx_status fail_short(phx_error *err)
{
    return fail(err, PHX_CORRUPT, -1, "packed value ends too soon");
}

/* A count of things that take at least `least` bytes each: what is left of
 * the input bounds what is allocated for them. */
static phx_status read_count(struct reader *in, size_t least, uint32_t *out,
                             phx_error *err)
{
    uint64_t count = reader_varint(in);

    if (in->failed || count > reader_left(in) / least || count > UINT32_MAX)
        return fail_short(err);
    *out = (uint32_t)count;
    return PHX_OK;
}

static phx_status read_bytes(struct reader *in, phx_text *out, phx_error *err)
{
    uint64_t size = reader_varint(in);

    if (in->failed || size > reader_left(in))
        return fail_short(err);
    *out = text_span(reader_bytes(in, (size_t)size), (size_t)size);
    return PHX_OK;
}

static phx_status read_text(struct reader *in, phx_text *out, phx_error *err)
{
    uint64_t size = reader_varint(in);

    *out = (phx_text){NULL, 0};
    if (in->failed || (size > 0 && size - 1 > reader_left(in)))
        return fail_short(err);
    if (size > 0)
        *out = text_span(reader_bytes(in, (size_t)size - 1), (size_t)size - 1);
    return PHX_OK;
}

static phx_status read_u32(struct reader *in, uint32_t *out, phx_error *err)
{
    uint64_t value = reader_varint(in);

    if (in->failed)
        return fail_short(err);
    if (value > UINT32_MAX)
        return fail(err, PHX_CORRUPT, -1, "packed number is over 32 bits");
    *out = (uint32_t)value;
    return PHX_OK;
}

static phx_status new_array(struct arena *arena, uint32_t count, size_t size,
                            void **out, phx_error *err)
{
    size_t bytes = size_mul(count, size);

    *out = NULL;
    if (count > 0 && (*out = arena_new(arena, bytes)) == NULL)
        return arena_status(arena, bytes, err);
    return PHX_OK;
}

static phx_status unpack_reals(struct arena *arena, struct reader *in,
                               struct value *out, phx_error *err)
{
    phx_status status;
    void *items;

    if ((status = read_count(in, sizeof(double), &out->count, err)) < 0 ||
        (status = new_array(arena, out->count, sizeof(struct value), &items,
                            err)) < 0)
        return status;
    out->kind = JSON_ARRAY;
    out->items = items;
    for (uint32_t i = 0; i < out->count; i++) {
        uint64_t bits = reader_u64(in);
        double real;
        memcpy(&real, &bits, sizeof real);
        out->items[i] = value_real(real);
    }
    return PHX_OK;
}

/* Reads a value but for the children of a container, which gets room for
 * them. */
static phx_status unpack_head(struct arena *arena, struct reader *in,
                              struct value *out, phx_error *err)
{
    uint8_t kind = reader_u8(in);
    phx_status status;
    uint64_t bits;
    void *children;

    if (in->failed)
        return fail_short(err);
    *out = (struct value){.kind = kind};
    switch (kind) {
    case JSON_NULL:
        return PHX_OK;
    case JSON_BOOL:
        out->integer = reader_u8(in);
        if (out->integer > 1)
            return fail(err, PHX_CORRUPT, -1, "packed boolean is no boolean");
        break;
    case JSON_INT:
        bits = reader_varint(in);
        out->integer = (int64_t)(bits >> 1 ^ (0 - (bits & 1)));
        break;
    case JSON_REAL:
        bits = reader_u64(in);
        memcpy(&out->real, &bits, sizeof bits);
        break;
    case JSON_NUMBER:
    case JSON_TEXT:
    case JSON_BYTES:
        return read_bytes(in, &out->text, err);
    case JSON_ARRAY:
        if ((status = read_count(in, 1, &out->count, err)) < 0 ||
            (status = new_array(arena, out->count, sizeof(struct value),
                                &children, err)) < 0)
            return status;
        out->items = children;
        break;
    case JSON_OBJECT:
        if ((status = read_count(in, 2, &out->count, err)) < 0 ||
            (status = new_array(arena, out->count, sizeof(struct member),
                                &children, err)) < 0)
            return status;
        out->members = children;
        break;
    case PACKED_REALS:
        return unpack_reals(arena, in, out, err);
    default:
        return fail(err, PHX_CORRUPT, -1, "packed value has unknown kind %u",
                    kind);
    }
    return in->failed ? fail_short(err) : PHX_OK;
}

/* True for a container whose children are still to be read. */
static bool is_open(const struct value *value, uint8_t first_byte)
{
    return (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT) &&
           value->count > 0 && first_byte != PACKED_REALS;
}

phx_status unpack_value(struct arena *arena, struct reader *in,
                        struct value *out, phx_error *err)
{
    struct half_value *top = NULL, *spare = NULL;
    struct value *value = out;
    phx_status status;

    for (;;) {
        uint8_t first = in->at < in->end ? *in->at : 0;
        if ((status = unpack_head(arena, in, value, err)) < 0)
            return status;
        if (is_open(value, first)) {
            struct half_value *half = spare;
            if (half)
                spare = half->up;
            else if ((half = arena_new(arena, sizeof *half)) == NULL)
                return arena_status(arena, sizeof *half, err);
            *half = (struct half_value){top, value, 0};
            top = half;
        }
        while (top && top->next == top->value->count) {
            struct half_value *done = top;
            top = done->up;
            done->up = spare;
            spare = done;
        }
        if (!top)
            return PHX_OK;
        uint32_t next = top->next++;
        if (top->value->kind == JSON_OBJECT) {
            struct member *member = &top->value->members[next];
            if ((status = read_bytes(in, &member->key, err)) < 0)
                return status;
            value = &member->value;
        } else {
            value = &top->value->items[next];
        }
    }
}

phx_status unpack_attributes(struct arena *arena, struct reader *in,
                             struct attributes *out, phx_error *err)
{
    phx_status status;
    void *members;

    *out = (struct attributes){0};
    if ((status = read_count(in, 2, &out->count, err)) < 0 ||
        (status = read_u32(in, &out->dropped, err)) < 0 ||
        (status = new_array(arena, out->count, sizeof(struct member), &members,
                            err)) < 0)
        return status;
    out->members = members;
    for (uint32_t i = 0; i < out->count; i++)
        if ((status = read_bytes(in, &out->members[i].key, err)) < 0 ||
            (status = unpack_value(arena, in, &out->members[i].value, err)) < 0)
            return status;
    return PHX_OK;
}

phx_status unpack_events(struct arena *arena, struct reader *in,
                         struct span *span, phx_error *err)
{
    phx_status status;
    uint32_t count = 0;
    void *events;

    if ((status = read_count(in, 11, &count, err)) < 0 ||
        (status = new_array(arena, count, sizeof(struct span_event), &events,
                            err)) < 0)
        return status;
    span->events = events;
    span->event_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct span_event *event = &span->events[i];
        event->time = reader_u64(in);
        if ((status = read_text(in, &event->name, err)) < 0 ||
            (status = unpack_attributes(arena, in, &event->attributes, err)) <
                0)
            return status;
    }
    return PHX_OK;
}

phx_status unpack_links(struct arena *arena, struct reader *in,
                        struct span *span, phx_error *err)
{
    phx_status status;
    uint32_t count = 0;
    void *links;

    if ((status = read_count(in, 6, &count, err)) < 0 ||
        (status = new_array(arena, count, sizeof(struct span_link), &links,
                            err)) < 0)
        return status;
    span->links = links;
    span->link_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct span_link *link = &span->links[i];
        if ((status = read_text(in, &link->trace_id, err)) < 0 ||
            (status = read_text(in, &link->span_id, err)) < 0 ||
            (status = read_text(in, &link->trace_state, err)) < 0 ||
            (status = read_u32(in, &link->flags, err)) < 0 ||
            (status = unpack_attributes(arena, in, &link->attributes, err)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status unpack_resource(struct arena *arena, struct reader *in,
                           struct resource *out, phx_error *err)
{
    phx_status status;

    if ((status = unpack_attributes(arena, in, &out->attributes, err)) < 0)
        return status;
    return read_text(in, &out->schema_url, err);
}

phx_status unpack_scope(struct arena *arena, struct reader *in,
                        struct scope *out, phx_error *err)
{
    phx_status status;

    if ((status = read_text(in, &out->name, err)) < 0 ||
        (status = read_text(in, &out->version, err)) < 0 ||
        (status = unpack_attributes(arena, in, &out->attributes, err)) < 0)
        return status;
    return read_text(in, &out->schema_url, err);
}
