/*
 * annotation_write.c - POST of annotations and notes. With sync=true they are
 * written all or none and their ids told; else those whose targets have not
 * come yet wait in the store, and nothing is told. A note is an annotation of
 * a reserved name.
 */
#include "base/base.h"
#include "server/metrics.h"
#include "server/rest/inside.h"

static const char NOTE[] = "note";

enum { MISSING_BYTES = 800 }; /* of ids that a 404 names */

/* --- the form of a body ------------------------------------------------------ */

static const struct place in_body = {NULL, "body", 0};

/* In the order in which the contract declares the members. */
static void check_item(struct check *check, const struct annotation_form *form,
                       const struct place *place, const struct value *data)
{
    struct place kind = {place, "annotator_kind", 0};
    struct place metadata = {place, "metadata", 0};
    struct place position = {place, "document_position", 0};
    struct place result = {place, "result", 0};
    const struct value *member;
    double score = 0;
    int64_t number;

    if (!check_model(check, place, data))
        return;
    check_text_member(check, place, data, "name", true);
    member = check_member(check, place, data, "annotator_kind", true);
    if (member != NULL)
        check_word(check, &kind, member, annotator_names, 3);
    member = check_optional(data, "result");
    if (member != NULL)
        check_result(check, &result, member, &score);
    check_object(check, &metadata, check_optional(data, "metadata"));
    check_text_member(check, place, data, "identifier", false);
    check_text_member(check, place, data, form->id_key, true);
    if (form->kind != PHX_DOCUMENT_ANNOTATION)
        return;
    member = check_member(check, place, data, "document_position", true);
    if (member != NULL)
        check_int_member(check, &position, member, &number);
}

/* The list of items, or NULL if an answer has been given. */
static const struct value *check_items(struct request *request,
                                       const struct annotation_form *form,
                                       const struct value *body, bool *sync)
{
    struct place list = {&in_body, "data", 0};
    const struct value *data;
    struct check check;

    check_begin(&check, request);
    *sync = check_bool(&check, "sync", false);
    data = check_list(&check, &in_body, body, "data", true);
    for (uint32_t i = 0; data != NULL && i < data->count; i++) {
        struct place place = {&list, NULL, i};

        check_item(&check, form, &place, &data->items[i]);
    }
    return check_end(&check) ? data : NULL;
}

/* --- items -------------------------------------------------------------------- */

/* An item of checked data. A position that no document can have is one that
 * none has. False without memory. */
static bool read_item(struct request *request,
                      const struct annotation_form *form,
                      const struct value *data, phx_annotation_item *out)
{
    const struct value *result = check_optional(data, "result");
    const struct value *position = value_member(data, "document_position");
    struct check check;
    double score = 0;
    int64_t number = 0;

    check_begin(&check, request); /* finds no problem */
    *out = (phx_annotation_item){
        .kind = form->kind,
        .target_id = member_text(data, form->id_key),
        .name = member_text(data, "name"),
        .identifier = member_text(data, "identifier"),
        .label = member_text(result, "label"),
        .explanation = member_text(result, "explanation"),
        .annotator =
            check_word(&check, &in_body, value_member(data, "annotator_kind"),
                       annotator_names, 3),
    };
    if (result != NULL)
        out->has_score =
            check_number_member(&check, &in_body, result, "score", &score);
    out->score = out->has_score ? score : 0;
    if (position != NULL && form->kind == PHX_DOCUMENT_ANNOTATION)
        check_int_member(&check, &in_body, position, &number);
    out->position = number == (int32_t)number ? (int32_t)number : INT32_MAX;
    return member_json(request_arena(request), data, "metadata",
                       &out->metadata);
}

/* What the contract forbids beyond the form; answered if false. */
static bool check_rules(struct request *request,
                        const struct annotation_form *form,
                        const phx_annotation_item *items, size_t count)
{
    bool documents = form->kind == PHX_DOCUMENT_ANNOTATION;

    for (size_t i = 0; i < count; i++) {
        if (!documents && text_is(items[i].name, NOTE)) {
            answer_text(request, 400,
                        "The name 'note' is reserved: use /v1/%s_notes",
                        form->noun);
            return false;
        }
        if (documents && text_strip(items[i].identifier).size > 0) {
            answer_text(request, 422,
                        "A document annotation takes no identifier, but one "
                        "has '%.*s'",
                        (int)items[i].identifier.size,
                        items[i].identifier.data);
            return false;
        }
    }
    return true;
}

static const phx_annotation_item *read_items(struct request *request,
                                             const struct annotation_form *form,
                                             const struct value *data)
{
    size_t size = size_mul(data->count, sizeof(phx_annotation_item));
    phx_annotation_item *items = arena_new(request_arena(request), size);

    bool read = items != NULL;

    for (uint32_t i = 0; read && i < data->count; i++)
        read = read_item(request, form, &data->items[i], &items[i]);
    if (!read) {
        answer_later(request, "no memory");
        return NULL;
    }
    return check_rules(request, form, items, data->count) ? items : NULL;
}

/* --- answers ------------------------------------------------------------------ */

/* Names every id that is not stored, each once where they follow. */
static void answer_missing(struct request *request,
                           const struct annotation_form *form,
                           const phx_annotation_item *items, size_t count)
{
    phx_store *store = request_service(request)->store;
    struct buf ids;
    phx_id id;

    buf_init(&ids, SIZE_MAX);
    for (size_t i = 0; i < count && ids.size < MISSING_BYTES; i++) {
        phx_text text = items[i].target_id;
        size_t size = text.size < 64 ? text.size : 64;

        if ((i == 0 || !text_equal(text, items[i - 1].target_id)) &&
            phx_store_find(store, form->row, text.data, text.size, &id, NULL) ==
                PHX_NOT_FOUND)
            buf_add_format(&ids, "%s%.*s", ids.size > 0 ? ", " : "", (int)size,
                           text.data);
    }
    answer_text(request, 404, "%ss not found: %.*s", form->title, (int)ids.size,
                ids.size > 0 ? (const char *)ids.data : "");
    buf_clear(&ids);
}

static void answer_ids(struct request *request,
                       const struct annotation_form *form, const phx_id *ids,
                       size_t count)
{
    struct json_writer json;

    data_begin(request, &json);
    json_open_array(&json);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&json);
        write_id(&json, "id", form->type, ids[i]);
        json_close_object(&json);
    }
    json_close_array(&json);
    data_end(request, &json);
}

static void write_now(struct request *request,
                      const struct annotation_form *form,
                      const phx_annotation_item *items, size_t count)
{
    phx_id *ids =
        arena_new(request_arena(request), size_mul(count, sizeof *ids));
    phx_error err = {0};
    phx_status status;

    if (ids == NULL) {
        answer_later(request, "no memory");
        return;
    }
    status = phx_store_annotate(request_service(request)->store, items, count,
                                ids, &err);
    if (status == PHX_NOT_FOUND)
        answer_missing(request, form, items, count);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_ids(request, form, ids, count);
}

static void write_later(struct request *request,
                        const struct annotation_form *form,
                        const phx_annotation_item *items, size_t count)
{
    phx_annotate_report report;
    phx_error err = {0};
    phx_status status = phx_store_annotate_later(
        request_service(request)->store, items, count, &report, &err);

    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    metrics_add(METRIC_ANNOTATIONS_DROPPED, report.dropped);
    answer_ids(request, form, NULL, 0);
}

static void write_items(struct request *request,
                        const struct annotation_form *form)
{
    const phx_annotation_item *items;
    const struct value *data;
    struct value body;
    bool sync;

    if (!check_body(request, &body) ||
        (data = check_items(request, form, &body, &sync)) == NULL ||
        (items = read_items(request, form, data)) == NULL)
        return;
    if (data->count == 0)
        answer_ids(request, form, NULL, 0);
    else if (sync)
        write_now(request, form, items, data->count);
    else
        write_later(request, form, items, data->count);
}

void span_annotate(struct request *request)
{
    write_items(request, &annotation_forms[PHX_SPAN_ANNOTATION]);
}

void trace_annotate(struct request *request)
{
    write_items(request, &annotation_forms[PHX_TRACE_ANNOTATION]);
}

void session_annotate(struct request *request)
{
    write_items(request, &annotation_forms[PHX_SESSION_ANNOTATION]);
}

void document_annotate(struct request *request)
{
    write_items(request, &annotation_forms[PHX_DOCUMENT_ANNOTATION]);
}

/* --- notes -------------------------------------------------------------------- */

enum { STAMP_SIZE = 64 };

/* "px-span-note:" and a random UUID: no other note has it. */
static bool stamp(const struct annotation_form *form, char out[STAMP_SIZE],
                  phx_error *err)
{
    uint8_t bytes[16];
    char hex[33];

    if (random_bytes(bytes, sizeof bytes, err) < 0)
        return false;
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
    hex_print(bytes, sizeof bytes, hex);
    snprintf(out, STAMP_SIZE, "px-%s-note:%.8s-%.4s-%.4s-%.4s-%.12s",
             form->noun, hex, hex + 8, hex + 12, hex + 16, hex + 20);
    return true;
}

/* The texts of a checked note; answered if false. */
static bool read_note(struct request *request,
                      const struct annotation_form *form,
                      const struct value *body, phx_annotation_item *out)
{
    struct place place = {&in_body, "data", 0};
    const struct value *data, *identifier = NULL;
    struct check check;

    check_begin(&check, request);
    data = check_member(&check, &in_body, body, "data", true);
    if (data != NULL && check_model(&check, &place, data)) {
        out->target_id = check_trimmed(&check, &place, data, form->id_key);
        out->explanation = check_trimmed(&check, &place, data, "note");
        identifier =
            check_text_member(&check, &place, data, "identifier", false);
    }
    if (identifier != NULL)
        out->identifier = identifier->text;
    return check_end(&check);
}

static void write_note(struct request *request,
                       const struct annotation_form *form)
{
    phx_annotation_item item = {.kind = form->kind,
                                .name = {NOTE, sizeof NOTE - 1},
                                .annotator = PHX_ANNOTATOR_HUMAN};
    const struct service *service = request_service(request);
    char identifier[STAMP_SIZE];
    struct json_writer json;
    struct value body;
    phx_error err = {0};
    phx_status status = PHX_OK;
    phx_id id;

    if (!check_body(request, &body) || !read_note(request, form, &body, &item))
        return;
    if (item.identifier.size == 0) {
        status = stamp(form, identifier, &err) ? PHX_OK : err.status;
        item.identifier = text_of(identifier);
    }
    if (status >= 0)
        status = phx_store_annotate(service->store, &item, 1, &id, &err);
    if (status == PHX_NOT_FOUND) {
        answer_missing(request, form, &item, 1);
    } else if (status < 0) {
        answer_failure(request, status, &err);
    } else {
        data_begin(request, &json);
        json_open_object(&json);
        write_id(&json, "id", form->type, id);
        json_close_object(&json);
        data_end(request, &json);
    }
}

void span_note(struct request *request)
{
    write_note(request, &annotation_forms[PHX_SPAN_ANNOTATION]);
}

void trace_note(struct request *request)
{
    write_note(request, &annotation_forms[PHX_TRACE_ANNOTATION]);
}

void session_note(struct request *request)
{
    write_note(request, &annotation_forms[PHX_SESSION_ANNOTATION]);
}
