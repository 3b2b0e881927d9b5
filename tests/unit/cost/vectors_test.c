/*
 * Every vector of tests/vectors/cost.json: which model prices a span, what
 * its tokens cost, and how specific patterns are.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "cost/cost.h"
#include "unit/attr/vectors.h"

static const char PATH[] = "tests/vectors/cost.json";

/* The child of this name, made if it is not there. */
static struct value *child_of(struct arena *arena, struct value *object,
                              phx_text key)
{
    size_t size = (object->count + 1) * sizeof *object->members;

    for (uint32_t i = 0; i < object->count; i++) {
        if (text_equal(object->members[i].key, key))
            return &object->members[i].value;
    }
    struct member *members = arena_new(arena, size);
    if (object->count > 0)
        memcpy(members, object->members, object->count * sizeof *members);
    members[object->count] =
        (struct member){.key = key, .value = {.kind = JSON_OBJECT}};
    object->members = members;
    return &members[object->count++].value;
}

/* {"a.b": 1} -> {"a": {"b": 1}} */
static struct value nest(struct arena *arena, const struct value *flat)
{
    struct value tree = {.kind = JSON_OBJECT};

    for (uint32_t i = 0; i < flat->count; i++) {
        phx_text key = flat->members[i].key;
        struct value *at = &tree;
        const char *dot;
        while ((dot = memchr(key.data, '.', key.size)) != NULL) {
            size_t size = (size_t)(dot - key.data);
            at = child_of(arena, at, text_span(key.data, size));
            key = text_span(dot + 1, key.size - size - 1);
        }
        *child_of(arena, at, key) = flat->members[i].value;
    }
    return tree;
}

static bool same_number(const struct value *expected, double actual)
{
    if (expected->kind == JSON_NULL)
        return isnan(actual);
    return actual == (expected->kind == JSON_INT ? (double)expected->integer
                                                 : expected->real);
}

static bool same_row(const struct value *expected, const struct cost_row *row)
{
    return text_equal(value_member(expected, "token_type")->text,
                      row->token_type) &&
           value_member(expected, "is_prompt")->integer == row->is_prompt &&
           value_member(expected, "tokens")->integer == row->tokens &&
           same_number(value_member(expected, "cost"), row->cost) &&
           same_number(value_member(expected, "cost_per_token"),
                       row->cost_per_token);
}

static bool same_rows(const struct value *expected, const struct cost *cost)
{
    const struct value *rows = value_member(expected, "rows");

    if (rows->count != cost->count)
        return false;
    for (uint32_t i = 0; i < rows->count; i++) {
        size_t at = 0;
        while (at < cost->count && !same_row(&rows->items[i], &cost->rows[at]))
            at++;
        if (at == cost->count)
            return false;
    }
    return true;
}

/* Sums that are null are 0 tokens, or NaN dollars; without rows no sums are
 * recorded. */
static bool same_part(const struct value *expected, const char *tokens,
                      const char *cost, const struct cost_part *part)
{
    const struct value *count = value_member(expected, tokens);

    if (count == NULL)
        return part->tokens == 0 && isnan(part->cost);
    return part->tokens == (count->kind == JSON_NULL ? 0 : count->integer) &&
           same_number(value_member(expected, cost), part->cost);
}

static phx_text text_at(const struct value *tree, const char *path)
{
    const struct value *value = value_at(tree, path);

    return value && value->kind == JSON_TEXT ? value->text : text_of(NULL);
}

static bool check_cost(struct arena *arena, struct price_matcher *matcher,
                       const struct value *vector)
{
    const struct value *input = value_member(vector, "in");
    const struct value *expected = value_member(vector, "expect");
    const struct value *name = value_member(expected, "model");
    struct value flat = vectors_member(arena, input, "attributes");
    struct value tree = nest(arena, &flat);
    const struct price_model *model;
    struct cost cost;
    uint64_t start;

    succeeds(time_read(value_member(input, "start_time")->text, TIME_NAIVE_UTC,
                       &start, err));
    succeeds(price_match(matcher, text_at(&tree, "llm.model_name"),
                         text_at(&tree, "llm.provider"), start, &model, err));
    succeeds(cost_of_span(arena, model, &tree, &cost, err));
    return (model ? text_equal(model->name, name->text)
                  : name->kind == JSON_NULL) &&
           same_rows(expected, &cost) &&
           same_part(expected, "prompt_tokens", "prompt_cost", &cost.prompt) &&
           same_part(expected, "completion_tokens", "completion_cost",
                     &cost.completion) &&
           same_part(expected, "total_tokens", "total_cost", &cost.total);
}

/* A pattern the reference cannot compile is no model of ours. */
static bool check_specificity(struct price_list *list,
                              const struct value *vector)
{
    phx_text pattern = value_at(vector, "in.pattern")->text;
    const struct value *score = value_at(vector, "expect.score");
    struct price_model model = {.name = text_of("m"), .pattern = pattern};

    model.id = -1 - (int64_t)list->count;
    phx_status status = price_list_add(list, &model, NULL);
    if (score == NULL)
        return status == PHX_INVALID;
    return status == PHX_OK && price_specificity(pattern) == score->integer;
}

TEST(vectors_hold)
{
    UNUSED_STATE;
    struct arena arena;
    struct price_list list, scored;
    struct price_matcher matcher;
    struct value whole, models, vectors;
    struct buf json;
    int held = 0;

    arena_init(&arena, SIZE_MAX);
    buf_init(&json, SIZE_MAX / 2);
    succeeds(json_read(&arena, vectors_file(&arena, PATH), 0, &whole, err));
    models = *value_member(&whole, "models");
    vectors = *value_member(&whole, "vectors");
    json_write_value(&json, &models, 0);
    succeeds(price_list_init(&list, err));
    succeeds(price_list_init(&scored, err));
    succeeds(price_list_read(&list, text_span(json.data, json.size), err));
    succeeds(price_matcher_init(&matcher, &list, err));
    for (uint32_t i = 0; i < vectors.count; i++) {
        const struct value *vector = &vectors.items[i];
        bool is_cost = value_is_text(value_member(vector, "op"), "cost");
        if (is_cost ? check_cost(&arena, &matcher, vector)
                    : check_specificity(&scored, vector))
            held++;
        else
            fprintf(stderr, "%.*s does not hold\n",
                    (int)value_member(vector, "id")->text.size,
                    value_member(vector, "id")->text.data);
    }
    eq_int(vectors.count, 84);
    eq_int(held, vectors.count);
    price_matcher_clear(&matcher);
    price_list_clear(&scored);
    price_list_clear(&list);
    buf_clear(&json);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
