/*
 * slip.c - what in a condition is right by the language, and mostly a slip. Who
 * lists spans sees that nothing comes; a test that expects nothing does not.
 */
#include "base/base.h"
#include "query/inside.h"

static bool is_word(uint8_t field, phx_text word)
{
    return field == FIELD_SPAN_KIND ? span_kind_read(word, true) >= 0
                                    : span_status_read(word, true) >= 0;
}

static phx_status check_word(const struct query_field *field,
                             const struct query_node *node, phx_error *err)
{
    if (node->op != QUERY_CONSTANT || node->constant.kind != JSON_TEXT ||
        is_word(field->id, node->constant.text))
        return PHX_OK;
    phx_text word = node->constant.text;
    return fail(err, PHX_INVALID, node->offset, "there is no %s '%.*s'",
                field->name, word.size < 100 ? (int)word.size : 100, word.data);
}

static const struct query_field *field_of_words(const struct query_node *node)
{
    return node->op == QUERY_FIELD && node->field != NULL &&
                   (node->field->id == FIELD_SPAN_KIND ||
                    node->field->id == FIELD_STATUS_CODE)
               ? node->field
               : NULL;
}

static phx_status check_node(const struct query_node *node, phx_error *err)
{
    const struct query_field *field = NULL;
    phx_status status = PHX_OK;

    if (node->op == QUERY_EQUAL || node->op == QUERY_UNEQUAL ||
        node->op == QUERY_IN) {
        for (uint32_t i = 0; i < node->count && field == NULL; i++)
            field = field_of_words(node->args[i]);
    }
    for (uint32_t i = 0; i < node->count && status >= 0; i++) {
        if (field != NULL)
            status = check_word(field, node->args[i], err);
        if (status >= 0 && node->args[i] != NULL)
            status = check_node(node->args[i], err);
    }
    return status;
}

phx_status query_check_words(const struct query *query, phx_error *err)
{
    return query->condition != NULL ? check_node(query->condition, err)
                                    : PHX_OK;
}

bool query_slip_next(const struct query *query, size_t *index,
                     struct query_slip *out)
{
    while (*index < query->path_count) {
        const struct query_path *path = query->paths[(*index)++];
        struct suggestion suggestion = {0};
        if (path->count != 1 || path->steps[0].key.data == NULL)
            continue;
        suggestion_try_fields(&suggestion, QUERY_SPAN_ROW, path->steps[0].key);
        out->path = path;
        memcpy(out->suggestion, suggestion.text, sizeof out->suggestion);
        if (suggestion.text[0] != '\0')
            return true;
    }
    return false;
}
