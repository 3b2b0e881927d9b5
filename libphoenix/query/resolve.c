/*
 * resolve.c - names: fields, attributes, annotations and the variables of
 * loops. For spans every name that is no field is an attribute; for traces and
 * sessions names are known or refused.
 */
#include "base/base.h"
#include "query/inside.h"

/* --- paths as written ----------------------------------------------------- */

phx_text path_name(const struct syntax *path, uint32_t i)
{
    const struct syntax *step = path->parts[i];

    return step->kind == SYNTAX_NAME ? step->value.text : (phx_text){NULL, 0};
}

bool path_has_index(const struct syntax *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        if (path->parts[i]->kind == SYNTAX_INDEX)
            return true;
    }
    return false;
}

/* The names from the i-th on with dots between them, cut to what messages and
 * tables need. */
struct fragment path_dotted(const struct syntax *path, uint32_t from)
{
    char text[sizeof(struct fragment) * 2];
    size_t size = 0;

    for (uint32_t i = from; i < path->count && size + 1 < sizeof text; i++) {
        phx_text name = path_name(path, i);
        if (name.data == NULL)
            break;
        if (i > from)
            text[size++] = '.';
        size_t left = sizeof text - size;
        size_t most = name.size < left ? name.size : left;
        memcpy(text + size, name.data, most);
        size += most;
    }
    return fragment_of(text_span(text, size));
}

/* --- annotations ---------------------------------------------------------- */

static const struct accessor {
    const char *name;
    uint8_t grain; /* where it can be used */
    uint8_t owner; /* whose annotations it names */
} accessors[] = {
    {"annotations", QUERY_SPAN, QUERY_SPAN_ROW},
    {"evals", QUERY_SPAN, QUERY_SPAN_ROW},
    {"trace_annotations", QUERY_SPAN, QUERY_TRACE_ROW},
    {"trace_annotations", QUERY_TRACE, QUERY_TRACE_ROW},
    {"session_annotations", QUERY_SESSION, QUERY_SESSION_ROW},
};

static const struct accessor *find_accessor(const struct checker *checker,
                                            phx_text name)
{
    for (size_t i = 0; i < sizeof accessors / sizeof *accessors; i++) {
        if (accessors[i].grain == checker->query->grain &&
            text_is(name, accessors[i].name))
            return &accessors[i];
    }
    return NULL;
}

static phx_status keep_note(struct checker *checker, struct query_note note,
                            uint32_t offset, uint32_t *out)
{
    uint32_t count = checker->query->note_count;

    for (*out = 0; *out < count; ++*out) {
        if (checker->notes[*out].owner == note.owner &&
            text_equal(checker->notes[*out].name, note.name))
            return PHX_OK;
    }
    if (count == QUERY_NAMES)
        return fail(checker->err, PHX_INVALID, offset,
                    "condition has over %d different annotation names",
                    QUERY_NAMES);
    struct query_note *notes =
        arena_grow(checker->arena, checker->notes, &checker->note_room, count,
                   sizeof note);
    if (notes == NULL)
        return arena_status(checker->arena, sizeof note, checker->err);
    checker->notes = notes;
    notes[count] = note;
    checker->query->note_count++;
    return PHX_OK;
}

/* The member behind annotations['name'], if one is written. */
static phx_status find_member(struct checker *checker,
                              const struct syntax *path,
                              const struct query_field **out)
{
    struct suggestion like = {0};
    uint32_t offset = path->parts[path->count - 1]->offset;

    *out = NULL;
    if (path->count == 2)
        return PHX_OK;
    phx_text name = path_name(path, 2);
    if (path->count == 3 && name.data != NULL &&
        (*out = field_find(QUERY_NOTE_MEMBER, name)) != NULL)
        return PHX_OK;
    suggestion_try_fields(&like, QUERY_NOTE_MEMBER, name);
    return fail(checker->err, PHX_INVALID, offset,
                "an annotation has .score, .label and .explanation%s",
                like.text);
}

static phx_status check_note(struct checker *checker,
                             const struct accessor *accessor,
                             const struct syntax *path, struct query_node **out)
{
    struct query_node node = {
        .op = QUERY_NOTE, .type = QUERY_BOOLEAN, .offset = path->offset};
    const struct syntax *step = path->parts[1];
    const struct syntax *name =
        step->kind == SYNTAX_INDEX ? step->parts[0] : step;
    struct query_note note = {.owner = accessor->owner};
    phx_status status;

    if (name->kind != SYNTAX_CONSTANT || name->value.kind != JSON_TEXT ||
        name->value.text.size == 0)
        return fail(checker->err, PHX_INVALID, name->offset,
                    "the name of an annotation is a text that is not empty");
    note.name = name->value.text;
    if ((status = find_member(checker, path, &node.field)) < 0 ||
        (status = keep_note(checker, note, path->offset, &node.note)) < 0)
        return status;
    if (node.field != NULL)
        node.type = node.field->type;
    return node_new(checker, node, NULL, 0, out);
}

/* --- the variables of loops ----------------------------------------------- */

/* The level of a variable's loop, 0 if it is none. */
int checker_find_variable(const struct checker *checker, phx_text name)
{
    int level = checker->loop_count;

    while (level > 0 && !text_equal(checker->loops[level - 1]->name, name))
        level--;
    return level;
}

/* At session grain a loop inside another one sees its own elements only. */
static phx_status check_reach(struct checker *checker, int level,
                              const struct syntax *path)
{
    if (checker->query->grain != QUERY_SESSION || level == checker->loop_count)
        return PHX_OK;
    return fail(checker->err, PHX_INVALID, path->offset,
                "the inner loop of a session cannot use '%s' of the outer one",
                fragment_of(path_name(path, 0)).text);
}

static phx_status refuse_element(struct checker *checker,
                                 const struct syntax *path,
                                 enum query_owner owner)
{
    struct fragment variable = fragment_of(path_name(path, 0));
    struct suggestion like = {0};

    if (path->count == 1)
        return fail(checker->err, PHX_INVALID, path->offset,
                    "'%s' is an element; use one of its fields", variable.text);
    suggestion_try_fields(&like, owner, path_name(path, 1));
    return fail(checker->err, PHX_INVALID, path->parts[1]->offset,
                "'%s' has no field '%s'%s", variable.text,
                path_dotted(path, 1).text, like.text);
}

/* variable.field, variable.parent_span.field */
static phx_status check_element(struct checker *checker,
                                const struct syntax *path, int level,
                                struct query_node **out)
{
    enum query_owner owner =
        (enum query_owner)checker->loops[level - 1]->element;
    struct query_node node = {
        .op = QUERY_FIELD, .level = (uint8_t)level, .offset = path->offset};
    phx_status status = check_reach(checker, level, path);

    if (status < 0)
        return status;
    node.of_parent = path->count == 3 && owner == QUERY_SPAN_OF_TRACE &&
                     text_is(path_name(path, 1), "parent_span");
    if (!path_has_index(path) && path->count == 2u + node.of_parent)
        node.field = field_find(owner, path_name(path, path->count - 1));
    if (node.field == NULL ||
        (node.of_parent && node.field->type == QUERY_THING))
        return refuse_element(checker, path, owner);
    node.type = node.field->type;
    node.loop = checker->loops[level - 1];
    return node_new(checker, node, NULL, 0, out);
}

/* --- names ---------------------------------------------------------------- */

static phx_status refuse_name(struct checker *checker,
                              const struct syntax *path)
{
    enum query_owner row = (enum query_owner)checker->query->grain;
    struct fragment name = path_dotted(path, 0);
    struct suggestion like = {0};

    if (checker->loop_count > 0)
        return fail(checker->err, PHX_INVALID, path->offset,
                    "'%s' is no loop's variable; inside a loop only the "
                    "fields of its elements can be used",
                    name.text);
    if (source_find(row, text_of(name.text)) != NULL)
        return fail(checker->err, PHX_INVALID, path->offset,
                    "'%s' stands behind 'for ... in' only", name.text);
    suggestion_try_fields(&like, row, text_of(name.text));
    return fail(checker->err, PHX_INVALID, path->offset, "unknown name '%s'%s",
                name.text, like.text);
}

static phx_status make_field(struct checker *checker,
                             const struct query_field *field,
                             const struct syntax *path, struct query_node **out)
{
    struct query_node node = {.op = QUERY_FIELD,
                              .type = field->type,
                              .offset = path->offset,
                              .field = field};
    phx_status status;

    if (field->id != FIELD_ATTRIBUTE)
        return node_new(checker, node, NULL, 0, out);
    if ((status = check_dotted(checker, path, out)) < 0 ||
        field->type != QUERY_NUMBER)
        return status;
    if ((status = check_coerce(checker, *out, QUERY_NUMBER, out)) < 0)
        return status;
    (*out)->field = field;
    return PHX_OK;
}

/* A path with brackets, outside of loops. */
static phx_status check_indexed(struct checker *checker,
                                const struct syntax *path,
                                struct query_node **out)
{
    phx_text base = path_name(path, 0);
    const struct accessor *accessor = find_accessor(checker, base);
    struct suggestion like = {0};

    if (accessor != NULL)
        return check_note(checker, accessor, path, out);
    if (path->parts[1]->kind == SYNTAX_INDEX &&
        (text_is(base, "attributes") || text_is(base, "metadata")))
        return check_subscripts(checker, path, out);
    suggestion_try(&like, base, "attributes");
    suggestion_try(&like, base, "metadata");
    for (size_t i = 0; i < sizeof accessors / sizeof *accessors; i++) {
        if (accessors[i].grain == checker->query->grain)
            suggestion_try(&like, base, accessors[i].name);
    }
    return fail(checker->err, PHX_INVALID, path->offset,
                "'%s' takes no brackets here%s", path_dotted(path, 0).text,
                like.text);
}

phx_status check_path(struct checker *checker, const struct syntax *path,
                      struct query_node **out)
{
    enum query_owner row = (enum query_owner)checker->query->grain;
    int level = checker_find_variable(checker, path_name(path, 0));
    const struct query_field *field;

    if (level > 0)
        return check_element(checker, path, level, out);
    if (checker->loop_count > 0)
        return refuse_name(checker, path);
    if (path_has_index(path))
        return check_indexed(checker, path, out);
    if ((field = field_find(row, text_of(path_dotted(path, 0).text))) != NULL)
        return make_field(checker, field, path, out);
    if (checker_is_strict(checker))
        return refuse_name(checker, path);
    if (text_is(path_name(path, 0), "parent_span"))
        return fail(checker->err, PHX_INVALID, path->offset,
                    "'parent_span' is tested against None only");
    return check_dotted(checker, path, out);
}
