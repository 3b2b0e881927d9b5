/*
 * Random conditions over random spans: what SQL chooses is what evaluation
 * chooses. FILTERS=n tries so many (of which some are refused), SEED=n others.
 */
#include "t.h"

#include "base/base.h"
#include "query/query.h"
#include "unit/query/world_store.h"

enum { SPANS = 48, TRACES = 9, MOST = 3 };

/* --- chance ---------------------------------------------------------------------- */

static uint64_t state;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 20) % below);
}

#define pick(list) (list)[chance(sizeof(list) / sizeof *(list))]

/* --- spans ----------------------------------------------------------------------- */

static const char *const texts[] = {
    "",        "a",    "A",    "1",        "0",
    "3",       "3.0",  "-0",   "true",     "false",
    "TOOL",    "LLM",  "gold", "Z29sZA==", "[1]",
    "{}",      "1e3",  "+3",   " 3",       "é",
    "STRASSE", "É",    "a.b",  "0x1",      "9007199254740993",
    "1e400",   "null", "nan",  "ERROR",
};
static const int64_t wholes[] = {
    0,         1,         -1, 3, 7, 1000, 9007199254740992, 9007199254740993,
    INT64_MAX, INT64_MIN,
};
static const double reals[] = {
    0.0,         -0.0,
    1.0,         3.0,
    0.5,         -2.25,
    1e3,         9007199254740992.0,
    1e300,       (double)INFINITY,
    (double)NAN, 9.3e18,
};
static const char *const keys[] = {
    "k",
    "k.a",
    "k.b.c",
    "m",
    "llm.model_name",
    "metadata.k",
    "user.id",
    "input.value",
    "output.value",
    "x.a.b",
    "llm.token_count.prompt",
};
static const char *const names[] = {"q", "t", "q'r"};

static struct world world;
static struct world_store stored;

static struct value random_value(int depth)
{
    struct value value = value_null();
    struct value *items = arena_new(&world.arena, 2 * sizeof *items);
    static char longest[5000];

    switch (chance(depth > 0 ? 9 : 7)) {
    case 0:
        return value_int(pick(wholes));
    case 1:
        return value_real(pick(reals));
    case 2:
        return value_bool(chance(2));
    case 3:
        value = value_text(text_of(pick(texts)));
        value.kind = JSON_BYTES;
        return value;
    case 4:
        memset(longest, 'g', sizeof longest);
        return value_text(text_span(longest, 4000 + chance(2)));
    case 7:
        value.kind = JSON_ARRAY;
        value.count = chance(3);
        value.items = items;
        for (uint32_t i = 0; i < value.count; i++)
            items[i] = random_value(depth - 1);
        return value;
    default:
        return value_text(text_of(pick(texts)));
    }
}

static void put(struct span *span, const char *key, struct value value)
{
    struct attributes *to = &span->attributes;

    for (uint32_t i = 0; i < to->count; i++) {
        if (text_is(to->members[i].key, key))
            return;
    }
    to->members[to->count++] = (struct member){text_of(key), value};
}

static phx_text id_of(const char *letter, uint32_t number, size_t size)
{
    char *id = arena_new(&world.arena, size);

    memset(id, *letter, size);
    id[size - 1] = (char)number;
    return text_span(id, size);
}

/* Parents go anywhere: up, round in circles, to other traces, to nowhere. */
static void make_span(struct span *span, uint32_t i)
{
    static const char *const kinds[] = {"LLM", "LLM", "TOOL", "CHAIN", "x"};
    uint32_t trace = chance(TRACES);

    span->trace_id = id_of("t", trace, 16);
    span->span_id = id_of("s", i, 8);
    if (chance(3) > 0)
        span->parent_id = id_of("s", chance(SPANS + 4), 8);
    span->name = text_of(pick(texts));
    span->status_message = text_of(pick(texts));
    span->otlp_status = (int32_t)chance(3);
    span->start_time = 1700000000000000000 + chance(4) * 499999600ull;
    if (chance(20) == 0)
        span->start_time = chance(2) ? 1 : 10000000000000000000u;
    span->end_time = span->start_time + chance(5) * 700300200ull;
    if (chance(20) == 0)
        span->end_time = 1700000000000000000;
    span->attributes.members =
        arena_new(&world.arena, 16 * sizeof(struct member));
    put(span, "openinference.span.kind", value_text(text_of(pick(kinds))));
    if (trace % 4 > 0) {
        char *session = arena_copy(&world.arena, "s0", 3);
        session[1] = (char)('0' + trace % 4);
        put(span, "session.id", value_text(text_of(session)));
    }
    if (chance(2))
        put(span, "llm.token_count.prompt", value_int(chance(2000)));
    if (chance(2))
        put(span, "llm.token_count.completion", value_int(chance(2000)));
    for (uint32_t j = chance(6); j > 0; j--)
        put(span, pick(keys), random_value(2));
}

static struct query_annotation *make_annotations(size_t *count)
{
    struct query_annotation *all = arena_new(&world.arena, MOST * sizeof *all);

    *count = chance(MOST);
    for (size_t i = 0; i < *count; i++) {
        all[i] = (struct query_annotation){.name = text_of(pick(names)),
                                           .score = (double)NAN};
        if (chance(2))
            all[i].label = text_of(pick(texts));
        if (chance(2))
            all[i].explanation = text_of(pick(texts));
        if (chance(3))
            all[i].score = chance(9) / 4.0 - 1;
    }
    return all;
}

static struct query_cost *make_costs(size_t *count)
{
    static const char *const types[] = {"input", "output", "audio"};
    struct query_cost *all = arena_new(&world.arena, MOST * sizeof *all);

    *count = chance(MOST);
    for (size_t i = 0; i < *count; i++)
        all[i] = (struct query_cost){.token_type = text_of(types[i]),
                                     .is_prompt = i == 0,
                                     .tokens = chance(3) * 50,
                                     .cost = chance(4) ? chance(100) / 64.0
                                                       : (double)NAN};
    return all;
}

static void make_world(uint64_t seed)
{
    struct span_list *spans = &world.request.spans;

    state = seed * 0x9E3779B97F4A7C15u + 1;
    world = (struct world){0};
    arena_init(&world.arena, SIZE_MAX);
    for (uint32_t i = 0; i < SPANS; i++)
        make_span(span_list_add(&world.arena, spans), i);
    world_build(&world);
    for (size_t i = 0; i < world.span_count; i++) {
        struct query_span *span = &world.spans[i];
        span->annotations = make_annotations(&span->annotation_count);
        span->costs = make_costs(&span->cost_count);
    }
    for (size_t i = 0; i < world.trace_count; i++) {
        struct query_trace *trace = &world.traces[i];
        trace->annotations = make_annotations(&trace->annotation_count);
    }
    for (size_t i = 0; i < world.session_count; i++) {
        struct query_session *session = &world.sessions[i];
        session->annotations = make_annotations(&session->annotation_count);
    }
    world_store_make(&stored, &world, 1 + chance(SPANS));
}

/* --- conditions ------------------------------------------------------------------ */

static struct buf out;
static enum query_grain grain;

/* What stands inside a loop: its variable, and what it runs over. */
struct inside {
    char variable; /* 0 outside */
    enum query_owner owner;
};

static void add_boolean(struct inside in, int depth);
static void add_number(struct inside in, int depth);

static void add(const char *text)
{
    buf_add_string(&out, text);
}

static void add_literal_text(void)
{
    add("'");
    add(pick(texts));
    add("'");
}

static void add_literal_number(void)
{
    static const char *const numbers[] = {"0",
                                          "1",
                                          "3",
                                          "3.0",
                                          "0.5",
                                          "-1",
                                          "7",
                                          "1e3",
                                          "1_000",
                                          "9007199254740993",
                                          "9007199254740992.0",
                                          "9223372036854775807",
                                          "1e300",
                                          "100",
                                          "2",
                                          "1400",
                                          "700"};

    add(pick(numbers));
}

/* A field of this type; false if there is none. */
static bool add_field(struct inside in, int type)
{
    enum query_owner owner = in.variable ? in.owner : (enum query_owner)grain;
    const struct query_field *field, *found = NULL;
    size_t index = 0;
    uint32_t seen = 0;

    while ((field = query_field_next(owner, &index)) != NULL) {
        if (field->type == type && chance(++seen) == 0)
            found = field;
    }
    if (found == NULL)
        return false;
    if (in.variable)
        buf_add_format(&out, "%c.%s", in.variable,
                       owner == QUERY_SPAN_OF_TRACE && chance(6) == 0 &&
                               type != QUERY_THING
                           ? "parent_span."
                           : "");
    add(found->name);
    return true;
}

static void add_attribute(void)
{
    static const char *const steps[] = {"k", "a", "b", "c", "k.a", "x.a.b"};

    if (grain == QUERY_SPAN && chance(2)) {
        add(pick(keys));
        return;
    }
    add(chance(4) ? "attributes" : "metadata");
    for (uint32_t i = chance(3); i < 3; i++)
        buf_add_format(&out, "['%s']", i == 1 ? pick(steps) : pick(keys));
    if (chance(6) == 0)
        add("[0]");
}

static void add_note(const char *member)
{
    static const char *const accessors[QUERY_GRAINS] = {
        "annotations", "trace_annotations", "session_annotations"};
    int of = grain == QUERY_SPAN && chance(3) == 0 ? QUERY_TRACE : (int)grain;

    buf_add_format(&out, "%s[\"%s\"]%s", accessors[of], pick(names), member);
}

static void add_text(struct inside in, int depth)
{
    switch (chance(in.variable ? 3 : 6)) {
    case 0:
        add_literal_text();
        break;
    case 3:
        add_note(chance(2) ? ".label" : ".explanation");
        break;
    case 4:
        add(chance(2) ? "str(" : "(");
        add_attribute();
        add(")");
        break;
    case 5:
        if (depth > 0) {
            add("(");
            add_text(in, depth - 1);
            add(" + ");
            add_text(in, depth - 1);
            add(")");
            break;
        } /* fall through */
    default:
        if (!add_field(in, QUERY_TEXT))
            add_literal_text();
    }
}

/* " for x in ...": of what there is here; the body and the rest are with it. */
static void add_loop(struct inside in, int depth)
{
    static const struct {
        const char *name;
        int element;
    } sources[QUERY_GRAINS][4] =
        {
            [QUERY_TRACE] = {{"spans", QUERY_SPAN_OF_TRACE},
                             {"span_annotations", QUERY_ANNOTATION},
                             {"span_cost_details", QUERY_COST_DETAIL},
                             {"trace_annotations", QUERY_ANNOTATION}},
            [QUERY_SESSION] = {{"spans", QUERY_SPAN_OF_SESSION},
                               {"traces", QUERY_TRACE_OF_SESSION},
                               {"span_annotations", QUERY_ANNOTATION},
                               {"session_annotations", QUERY_ANNOTATION}},
        },
      members[5] = {
          {"children", QUERY_SPAN_OF_TRACE},
          {"siblings", QUERY_SPAN_OF_TRACE},
          {"annotations", QUERY_ANNOTATION},
          {"cost_details", QUERY_COST_DETAIL},
          {"spans", QUERY_SPAN_OF_SESSION},
      };
    static const char *const opens[] = {"any(", "all(", "sum(",
                                        "max(", "min(", "len(["};
    uint32_t what = chance(6), i = chance(4), member = chance(4);
    struct inside body = {(char)(in.variable ? 'y' : 'x'), QUERY_SPAN_ROW};

    if (in.variable && in.owner == QUERY_TRACE_OF_SESSION)
        member = 4;
    bool own = in.variable && (in.owner == QUERY_SPAN_OF_TRACE || member == 4);
    body.owner = (enum query_owner)(own ? members[member].element
                                        : sources[grain][i].element);
    add(opens[what]);
    if (what < 2)
        add_boolean(body, depth - 1);
    else if (what < 5)
        add_number(body, depth - 1);
    else
        buf_add_byte(&out, (uint8_t)body.variable);
    buf_add_format(&out, " for %c in ", body.variable);
    if (own)
        buf_add_format(&out, "%c.%s", in.variable, members[member].name);
    else
        add(sources[grain][i].name);
    if (chance(2)) {
        add(" if ");
        add_boolean(body, depth - 1);
    }
    add(what == 5 ? "])" : ")");
    if (what >= 2)
        return;
    add(" == True");
}

static void add_number(struct inside in, int depth)
{
    static const char *const operators[] = {" + ", " - ", " * ", " / ", " % "};

    switch (chance(in.variable ? 5 : 8)) {
    case 0:
        add_literal_number();
        break;
    case 1:
        if (depth > 0) {
            add("(");
            add_number(in, depth - 1);
            add(pick(operators));
            add_number(in, depth - 1);
            add(")");
            break;
        } /* fall through */
    case 2:
        if (depth > 0 && chance(4) == 0) {
            add("(-");
            add_number(in, depth - 1);
            add(")");
            break;
        } /* fall through */
    default:
        if (!add_field(in, QUERY_NUMBER))
            add_literal_number();
        break;
    case 5:
        add_note(".score");
        break;
    case 6:
    case 7:
        add("float(");
        add_attribute();
        add(")");
    }
}

static const char *const ORDERS[] = {" == ", " != ", " < ",
                                     " <= ", " > ",  " >= "};

/* What a row alone has: attributes, and annotations by name. */
static void add_test_of_span(void)
{
    switch (chance(3)) {
    case 0:
        add_attribute();
        add(chance(2) ? pick(ORDERS) : " == ");
        if (chance(4) == 0)
            add_literal_number();
        else if (grain == QUERY_SPAN && chance(3) == 0)
            add(chance(2) ? "True" : "False");
        else
            add_literal_text();
        break;
    case 1:
        add_attribute();
        if (chance(3) == 0) {
            add(" is None");
            break;
        }
        add(chance(2) ? " in [" : " not in [");
        for (uint32_t i = chance(3) + 1; i > 0; i--) {
            add_literal_text();
            add(i > 1 ? ", " : "]");
        }
        break;
    default:
        add_note(chance(2) ? "" : ".label is None");
    }
}

static void add_comparison(struct inside in, int depth)
{
    static const char *const times[] = {
        "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.5Z",
        "2023-11-14T22:13:21.199898Z", "1970-01-01T00:00:00Z",
        "2286-11-20T17:46:40Z"};

    switch (chance(in.variable ? 6 : 9)) {
    case 0:
        add_number(in, depth);
        add(pick(ORDERS));
        add_number(in, depth);
        break;
    case 1:
        add_text(in, depth);
        add(grain == QUERY_SPAN ? pick(ORDERS) : chance(2) ? " == " : " != ");
        add_text(in, depth);
        break;
    case 2:
        if (grain == QUERY_SPAN || in.variable)
            add_text(in, depth);
        else
            add_literal_text();
        add(chance(2) ? " in " : " not in ");
        if (grain == QUERY_SESSION && !in.variable && chance(2))
            add(chance(2) ? "any_input" : "any_output");
        else
            add_text(in, depth);
        break;
    case 3:
        if (!add_field(in, QUERY_TIME))
            add("start_time");
        buf_add_format(&out, "%s'%s'", pick(ORDERS), pick(times));
        break;
    case 4:
        if (chance(2))
            add_text(in, depth);
        else if (!add_field(in, chance(2) ? QUERY_THING : QUERY_BOOLEAN))
            add_number(in, depth);
        add(chance(2) ? " is None" : " is not None");
        break;
    case 5:
        add_number(in, depth);
        add(" in [");
        for (uint32_t i = chance(4); i > 0; i--) {
            add_literal_number();
            add(i > 1 ? ", " : "");
        }
        add("]");
        break;
    default:
        add_test_of_span();
    }
}

static void add_boolean(struct inside in, int depth)
{
    uint32_t count = chance(3) + 1;

    if (depth <= 0 || chance(3) == 0) {
        add_comparison(in, depth);
        return;
    }
    if (grain != QUERY_SPAN && chance(2)) {
        add_loop(in, depth);
        if (chance(2)) {
            add(" > ");
            add_literal_number();
        }
        return;
    }
    add(chance(4) ? "(" : "(not ");
    add_boolean(in, depth - 1);
    for (uint32_t i = 1; i < count; i++) {
        add(chance(2) ? " and " : " or ");
        add_boolean(in, depth - 1);
    }
    add(")");
}

/* --- agreement ------------------------------------------------------------------- */

static const void *row_of(size_t i)
{
    if (grain == QUERY_SPAN)
        return world_span(&world, i);
    return grain == QUERY_TRACE ? (const void *)&world.traces[i]
                                : &world.sessions[i];
}

/* 1 if the condition was tried, 0 if it was refused. */
static int try_one(phx_text text)
{
    size_t counts[] = {world.span_count, world.trace_count,
                       world.session_count};
    struct query_scope scope = {.order = (uint8_t)chance(2),
                                .ascending = chance(2)};
    struct world_answer answer;
    struct arena arena;
    struct query query;
    phx_error story = {0};
    size_t found = 0;

    arena_init(&arena, SIZE_MAX);
    phx_status status = query_compile(&arena, grain, text, &query, &story);
    if (status < 0) {
        arena_clear(&arena);
        return 0;
    }
    status = world_ask(&stored, &query, &scope, &answer, &story);
    if (status < 0)
        wrong("%.*s: %s", (int)text.size, text.data, story.message);
    for (size_t i = 0; i < counts[grain]; i++) {
        bool matches, listed = false;
        succeeds(query_matches(&query, row_of(i), &matches, err));
        for (size_t j = 0; j < answer.count; j++)
            listed = listed || answer.numbers[j] == (int64_t)i + 1;
        found += listed;
        if (matches != listed)
            wrong("%.*s: row %zu is %sfound by SQL", (int)text.size, text.data,
                  i, listed ? "" : "not ");
    }
    eq_int(found, answer.count);
    arena_clear(&arena);
    return 1;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

TEST(sql_and_evaluation_agree)
{
    UNUSED_STATE;
    uint64_t filters = number_of("FILTERS", 3000), seed = number_of("SEED", 1);
    uint64_t worlds = filters / 300 + 1, tried = 0;

    buf_init(&out, 1 << 20);
    for (uint64_t i = 0; i < worlds; i++) {
        make_world(seed + i);
        for (int j = 0; j < 300; j++) {
            grain = (enum query_grain)chance(QUERY_GRAINS);
            buf_reset(&out);
            add_boolean((struct inside){0}, 3);
            tried += (uint64_t)try_one(text_span(out.data, out.size));
        }
        world_store_remove(&stored);
        arena_clear(&world.arena);
    }
    buf_clear(&out);
    fprintf(stderr, "%d of %d\n", (int)tried, (int)filters);
    ok(tried * 3 > filters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_and_evaluation_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
