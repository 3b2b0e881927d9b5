/*
 * Every vector of tests/vectors/attributes.json and gen_ai.json.
 */
#include "t.h"

#include "base/base.h"
#include "attr/attr.h"
#include "unit/attr/vectors.h"

static struct attributes list_of(const struct value *object)
{
    return (struct attributes){.members = object->members,
                               .count = object->count};
}

static struct value object_of(const struct attributes *list)
{
    struct value object = {.kind = JSON_OBJECT, .count = list->count};

    object.members = list->members;
    return object;
}

static struct attr_options options_of(struct arena *arena,
                                      const struct value *vector)
{
    const struct value *separator = value_at(vector, "opts.separator");
    const struct value *excluded = value_at(vector, "opts.prefix_exclusions");
    struct attr_options options = {.separator = text_of(".")};

    if (separator)
        options.separator = separator->text;
    if (excluded) {
        phx_text *texts = arena_new(arena, excluded->count * sizeof *texts);
        for (uint32_t i = 0; i < excluded->count; i++)
            texts[i] = excluded->items[i].text;
        options.excluded = texts;
        options.excluded_count = excluded->count;
    }
    return options;
}

static struct value flat_of(struct arena *arena, const struct value *vector)
{
    const struct value *pairs = value_member(vector, "flat_pairs");

    return pairs ? vectors_pairs(arena, pairs)
                 : vectors_member(arena, vector, "flat");
}

static bool check_unflatten(struct arena *arena, const struct value *vector,
                            phx_text name)
{
    struct attr_options options = options_of(arena, vector);
    struct value flat = flat_of(arena, vector);
    struct value nested = vectors_member(arena, vector, "nested");
    struct value tree;
    const struct value *independent = value_member(vector, "order_independent");

    succeeds(
        attr_unflatten(arena, flat.members, flat.count, &options, &tree, err));
    if (value_member(vector, "error"))
        return tree.count == 1;
    if (!vectors_same(name, "tree", &tree, &nested))
        return false;
    if (!independent || !independent->integer)
        return true;
    for (uint32_t i = 0; i < flat.count / 2; i++) {
        struct member other = flat.members[i];
        flat.members[i] = flat.members[flat.count - 1 - i];
        flat.members[flat.count - 1 - i] = other;
    }
    succeeds(
        attr_unflatten(arena, flat.members, flat.count, &options, &tree, err));
    return vectors_same(name, "tree, other order", &tree, &nested);
}

static bool check_flatten(struct arena *arena, const struct value *vector,
                          phx_text name)
{
    struct attr_options options = options_of(arena, vector);
    const struct value *prefix = value_at(vector, "opts.prefix");
    struct value nested = vectors_member(arena, vector, "nested");
    struct value flat = flat_of(arena, vector);
    struct member under;
    struct attributes list;
    int flags = 0;

    if (value_at(vector, "opts.recurse_on_sequence"))
        flags |= ATTR_RECURSE;
    if (value_at(vector, "opts.json_string_attributes"))
        flags |= ATTR_JSON_TEXTS;
    if (prefix) {
        under = (struct member){.key = prefix->text, .value = nested};
        nested.count = 1;
        nested.members = &under;
    }
    succeeds(attr_flatten(arena, &nested, &options, flags, &list, err));
    struct value object = object_of(&list);
    if (!value_member(vector, "flat_pairs"))
        return vectors_same(name, "flat", &object, &flat);
    ok(list.count == flat.count);
    for (uint32_t i = 0; i < list.count; i++) {
        ok(text_equal(list.members[i].key, flat.members[i].key));
        ok(value_equal(&list.members[i].value, &flat.members[i].value));
    }
    return true;
}

/* Interpreting what restoring gives leads to the same tree. */
static bool check_restored(struct arena *arena, struct span *span,
                           phx_text name)
{
    struct span again = *span;

    again.attributes = (struct attributes){0};
    succeeds(attr_restore(arena, &again, err));
    succeeds(attr_interpret(arena, &again, err));
    return vectors_same(name, "tree, restored", &again.tree, &span->tree);
}

static bool check_ingest(struct arena *arena, const struct value *vector,
                         phx_text name)
{
    struct value flat = flat_of(arena, vector);
    struct value nested = vectors_member(arena, vector, "nested");
    struct span span = {.attributes = list_of(&flat)};

    succeeds(attr_interpret(arena, &span, err));
    return vectors_same(name, "tree", &span.tree, &nested) &&
           check_restored(arena, &span, name);
}

TEST(every_vector_of_attributes_holds)
{
    UNUSED_STATE;
    struct arena arena;
    uint32_t passed = 0;

    arena_init(&arena, SIZE_MAX);
    struct value vectors =
        vectors_read(&arena, "tests/vectors/attributes.json");
    for (uint32_t i = 0; i < vectors.count; i++) {
        const struct value *vector = &vectors.items[i];
        const struct value *op = value_member(vector, "op");
        phx_text name = value_member(vector, "name")->text;
        if (value_is_text(op, "unflatten"))
            passed += check_unflatten(&arena, vector, name);
        else if (value_is_text(op, "flatten"))
            passed += check_flatten(&arena, vector, name);
        else
            passed += check_ingest(&arena, vector, name);
    }
    eq_int(vectors.count, 104);
    eq_int(passed, vectors.count);
    arena_clear(&arena);
}

/* What is made of the gen_ai keys alone; others hide nothing. */
static struct value synthesis_of(struct arena *arena,
                                 const struct value *attributes)
{
    struct member *members =
        arena_new(arena, attributes->count * sizeof *members);
    struct attributes flat = {.members = members};

    for (uint32_t i = 0; i < attributes->count; i++) {
        if (text_starts(attributes->members[i].key, "gen_ai."))
            members[flat.count++] = attributes->members[i];
    }
    uint32_t given = flat.count;
    succeeds(attr_add_genai(arena, &flat, err));
    flat.members += given;
    flat.count -= given;
    return object_of(&flat);
}

TEST(every_vector_of_gen_ai_holds)
{
    UNUSED_STATE;
    struct arena arena;
    uint32_t passed = 0;

    arena_init(&arena, SIZE_MAX);
    struct value vectors = vectors_read(&arena, "tests/vectors/gen_ai.json");
    for (uint32_t i = 0; i < vectors.count; i++) {
        const struct value *vector = &vectors.items[i];
        const struct value *expect = value_member(vector, "expect");
        phx_text id = value_member(vector, "id")->text;
        struct value in =
            vectors_member(&arena, value_member(vector, "in"), "attributes");
        struct value synth = vectors_member(&arena, expect, "synth");
        struct value nested = vectors_member(&arena, expect, "attributes");
        struct value made = synthesis_of(&arena, &in);
        struct span span = {.attributes = list_of(&in)};
        succeeds(attr_interpret(&arena, &span, err));
        bool holds = vectors_same(id, "synthesis", &made, &synth) &&
                     vectors_same(id, "tree", &span.tree, &nested) &&
                     check_restored(&arena, &span, id);
        if (!value_is_text(value_member(expect, "span_kind"),
                           span_kind_name(span.kind))) {
            fprintf(stderr, "%.*s: kind is %s\n", (int)id.size, id.data,
                    span_kind_name(span.kind));
            holds = false;
        }
        passed += holds;
    }
    eq_int(vectors.count, 85);
    eq_int(passed, vectors.count);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_attributes_holds),
        cmocka_unit_test(every_vector_of_gen_ai_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
