/*
 * Compiling: what is refused and where, what the bounds are, what a query
 * tells of itself, the canonical form, and memory that runs out.
 */
#include "t.h"

#include "base/base.h"
#include "query/query.h"
#include "unit/arena.h"

static struct query compiled(enum query_grain grain, const char *text)
{
    struct query query = {0};

    succeeds(query_compile(&arena, grain, text_of(text), &query, err));
    return query;
}

static void refused(enum query_grain grain, phx_text text, int64_t offset,
                    const char *part)
{
    struct query query;
    phx_error err = {0};
    phx_status status = query_compile(&arena, grain, text, &query, &err);

    if (status != PHX_INVALID || err.status != status || err.offset != offset ||
        !strstr(err.message, part))
        wrong("%.*s: %d at %d: %s", (int)(text.size < 99 ? text.size : 99),
              text.data, (int)status, (int)err.offset, err.message);
}

/* --- refusals ------------------------------------------------------------- */

static const struct {
    uint8_t grain;
    const char *text;
    int64_t offset;
    const char *part;
} refusals[] = {
    {QUERY_SPAN, "name == ", 7, "expected a name or a value at the end"},
    {QUERY_SPAN, "(name == 'a'", 12, "expected ')' at the end"},
    {QUERY_SPAN, "name == 'a' name", 12, "found 'name'"},
    {QUERY_SPAN, "name ==\n'a'", 7, "a line break stands inside brackets"},
    {QUERY_SPAN, "name == 'a\n'", 8, "text literal is not closed"},
    {QUERY_SPAN, "name == '''a'", 8, "text literal is not closed"},
    {QUERY_SPAN, "name == b'a'", 8, "bytes"},
    {QUERY_SPAN, "name == rb'a'", 8, "bytes"},
    {QUERY_SPAN, "name == ur'a'", 8, "unknown prefix"},
    {QUERY_SPAN, "name == 'x\\x6'", 10, "escape needs 2 digits"},
    {QUERY_SPAN, "name == '\\ud83d\\udc4d'", 9, "half a surrogate"},
    {QUERY_SPAN, "name == '\\U00110000'", 9, "no Unicode character"},
    {QUERY_SPAN, "name == '\\N{BULLET}'", 9, "names of ASCII"},
    {QUERY_SPAN, "name == '\\N{", 9, "names of ASCII"},
    {QUERY_SPAN,
     "\xEF\xBD\x8E"
     "ame == 'a'",
     0, "unexpected character"},
    {QUERY_SPAN,
     "name == \xE2\x80\x9C"
     "a",
     8, "unexpected character"},
    {QUERY_SPAN, "name == 'a\xFF'", 10, "not UTF-8"},
    {QUERY_SPAN, "latency_ms > 1e400", 13, "'1e400' is no number"},
    {QUERY_SPAN, "latency_ms > 1__0", 13, "'1__0' is no number"},
    {QUERY_SPAN, "latency_ms > 010", 13, "'010' is no number"},
    {QUERY_SPAN, "latency_ms > 0x", 13, "'0x' is no number"},
    {QUERY_SPAN, "latency_ms > 0xG", 13, "'0xG' is no number"},
    {QUERY_SPAN, "latency_ms > 1j", 13, "'1j' is no number"},
    {QUERY_SPAN, "latency_ms > 1.e", 13, "'1.e' is no number"},
    {QUERY_SPAN, "latency_ms ** 2 > 1", 11, "'**' is not supported"},
    {QUERY_SPAN, "name == not name", 8, "'not' behind an operator"},
    {QUERY_SPAN, "name not 'a'", 9, "expected 'in'"},
    {QUERY_SPAN, "'a'.b == 1", 3, "only a name has members"},
    {QUERY_SPAN, "float()", 5, "float() takes one value"},
    {QUERY_SPAN, "float('1', '2') > 1", 5, "float() takes one value"},
    {QUERY_SPAN, "floot(n) > 1", 0, "did you mean 'float'"},
    {QUERY_SPAN, "atributes['a'] == 1", 0, "did you mean 'attributes'"},
    {QUERY_SPAN, "evals['q'].lable == 'a'", 11, "did you mean 'label'"},
    {QUERY_SPAN, "annotations['q'].score.x > 1", 23, ".score"},
    {QUERY_SPAN, "annotations[''].score > 1", 12, "not empty"},
    {QUERY_SPAN, "annotations[q].score > 1", 12, "is a text"},
    {QUERY_SPAN, "annotations['a', 'b']", 15, "expected ']'"},
    {QUERY_SPAN, "attributes == 1 and attributes[[]] == 1", 31, "first key"},
    {QUERY_SPAN, "attributes['a'][1.5] == 1", 16, "key is a text"},
    {QUERY_SPAN, "attributes['a'][[['b']]] == 1", 17, "key is a text"},
    {QUERY_SPAN, "name in ['a', name]", 14, "a list holds"},
    {QUERY_SPAN, "name in ['a', ['b']]", 14, "a list holds"},
    {QUERY_SPAN, "name in [-'a']", 9, "a sign stands before numbers"},
    {QUERY_SPAN, "latency_ms in ['a']", 15, "cannot compare number with text"},
    {QUERY_SPAN, "1 in [1]", 0, "left of a list"},
    {QUERY_SPAN, "start_time in ['x']", 15, "is no time"},
    {QUERY_SPAN, "start_time > a.b", 11, "cannot compare time with attribute"},
    {QUERY_SPAN, "start_time - end_time > 1", 0, "calculate with time"},
    {QUERY_SPAN, "latency_ms + None > 1", 13, "calculate with None"},
    {QUERY_SPAN, "-name == 'a'", 1, "calculate with text: '-'"},
    {QUERY_SPAN, "(1 < 2) < (2 < 3)", 8, "boolean has no order"},
    {QUERY_SPAN, "name == (1 < 2)", 5, "cannot compare text with boolean"},
    {QUERY_SPAN, "(a == 1) == (b == 1) == (c == 1)", 21, "middle of a chain"},
    {QUERY_SPAN, "name in ['a'] == 'b'", 14, "middle of a chain"},
    {QUERY_SPAN, "name or 1 < 2", 0, "'or' needs a comparison, found text"},
    {QUERY_SPAN, "not a", 4, "'not' needs a comparison, found attribute"},
    {QUERY_SPAN, "parent_span in ['a']", 0, "left of a list"},
    {QUERY_SPAN, "parent_span['a'] is None", 0, "takes no brackets"},
    {QUERY_TRACE, "num_spans is 5", 10, "'is' tests for None only"},
    {QUERY_TRACE, "metadata is None", 0, "unknown name 'metadata'"},
    {QUERY_TRACE, "annotations['q']", 0, "did you mean 'trace_annotations'"},
    {QUERY_TRACE, "trace_annotations == 1", 0, "behind 'for ... in' only"},
    {QUERY_TRACE, "input in ['a', True]", 15, "values of one type"},
    {QUERY_TRACE, "user.id in [True]", 12, "cannot compare"},
    {QUERY_TRACE, "sum(s.latency_ms) > 1", 4, "takes a loop"},
    {QUERY_TRACE, "len([1]) > 1", 4, "takes a list that is a loop"},
    {QUERY_TRACE, "any(s.x for s in spns)", 17, "did you mean 'spans'"},
    {QUERY_TRACE, "any(s for s in spans)", 4, "is an element"},
    {QUERY_TRACE, "any(s.name for s in spans)", 4, "any needs a comparison"},
    {QUERY_TRACE, "any(s.nmae == 'x' for s in spans)", 6, "no field 'nmae'"},
    {QUERY_TRACE, "any(s.name == 'x' for s in 5)", 27, "runs over a name"},
    {QUERY_TRACE, "any(s.name == 'x' for s.t in spans)", 23, "expected 'in'"},
    {QUERY_TRACE, "any(a.score > 1 for a in s.annotations)", 25, "run over"},
    {QUERY_SESSION, "any(s.parent_id is None for s in spans)", 6, "no field"},
    {QUERY_SESSION, "any_input is None", 0, "right of 'in' only"},
    {QUERY_SESSION, "latency_ms > 1", 0, "unknown name 'latency_ms'"},
};

TEST(refusals_name_the_byte)
{
    UNUSED_STATE;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        refused((enum query_grain)refusals[i].grain, text_of(refusals[i].text),
                refusals[i].offset, refusals[i].part);
}

TEST(a_nul_is_refused_where_it_stands)
{
    UNUSED_STATE;
    refused(QUERY_SPAN, text_span("name \0== 'a'", 12), 5, "a NUL");
}

TEST(messages_are_one_short_line)
{
    UNUSED_STATE;
    struct buf buf;
    struct query query;
    phx_error err = {0};

    buf_init(&buf, SIZE_MAX / 2);
    for (int i = 0; i < 1000; i++)
        buf_add_string(&buf, "\xC3\xA9\xC3\xA9.");
    buf_add_string(&buf, "x(1)");
    eq_int(query_compile(&arena, QUERY_SPAN, text_span(buf.data, buf.size),
                         &query, &err),
           PHX_INVALID);
    ok(strlen(err.message) <= 300);
    eq_int(utf8_check(err.message, strlen(err.message)), strlen(err.message));
    refused(QUERY_SPAN, text_of("start_time > 'a\\n\\x7f\\x00b'"), 13,
            "'a   b' is no time");
    buf_clear(&buf);
}

/* --- bounds --------------------------------------------------------------- */

/* front, count times piece, back. */
static phx_text repeated(const char *front, const char *piece, int count,
                         const char *back)
{
    struct buf buf;

    buf_init(&buf, SIZE_MAX / 2);
    buf_add_string(&buf, front);
    for (int i = 0; i < count; i++)
        buf_add_string(&buf, piece);
    buf_add_string(&buf, back);
    phx_text text = text_span(arena_copy(&arena, buf.data, buf.size), buf.size);
    buf_clear(&buf);
    return text;
}

static phx_status compile(phx_text text)
{
    struct query query;

    return query_compile(&arena, QUERY_SPAN, text, &query, NULL);
}

TEST(texts_are_bounded)
{
    UNUSED_STATE;
    refused(QUERY_SPAN, repeated("name == '", "a", 1 << 20, "'"),
            QUERY_TEXT_SIZE, "condition is 1048586 bytes, limit is 65536");
    eq_int(compile(repeated("name == '", "a", QUERY_TEXT_SIZE - 10, "'")),
           PHX_OK);
    refused(QUERY_SPAN, repeated("name in [", "1,", 100000, "]"),
            QUERY_TEXT_SIZE, "limit is 65536");
    refused(QUERY_SPAN, repeated("n in [", "1,", 20000, "]"),
            6 + 2 * (QUERY_PARTS - 2), "over 16384 names, values");
}

TEST(brackets_are_bounded)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, SIZE_MAX / 2);
    refused(QUERY_SPAN, repeated("", "(", 10000, ""), 200, "over 200 levels");
    refused(QUERY_SPAN, repeated("", "not ", 10000, "a is None"), 800,
            "over 200 levels");
    refused(QUERY_SPAN, repeated("", "-", 10000, "1 > 2"), 200,
            "over 200 levels");
    refused(QUERY_SPAN, repeated("a", "['a']", 5000, " is None"), 0,
            "'a' takes no brackets");
    phx_text open = repeated("", "(", QUERY_SYNTAX_DEPTH, "a is None");
    buf_add_text(&buf, open);
    for (int i = 0; i < QUERY_SYNTAX_DEPTH; i++)
        buf_add_byte(&buf, ')');
    eq_int(compile(text_span(buf.data, buf.size)), PHX_OK);
    buf_clear(&buf);
}

TEST(levels_are_bounded)
{
    UNUSED_STATE;
    /* A comparison with None, and two levels for each `not`. */
    eq_int(compile(repeated("", "not ", QUERY_DEPTH / 2 - 1, "a is None")),
           PHX_OK);
    refused(QUERY_SPAN, repeated("", "not ", QUERY_DEPTH / 2, "a is None"), 0,
            "nested over 60 levels");
    refused(QUERY_SPAN, repeated("1", "+1", 5000, " > 0"), 399,
            "over 200 levels");
    eq_int(compile(repeated("1 < 2", " and 1 < 2", 3000, "")), PHX_OK);
    eq_int(compile(repeated("1", " < 2", 8000, "")), PHX_OK);
}

TEST(names_are_bounded)
{
    UNUSED_STATE;
    eq_int(compile(repeated("a", ".a", QUERY_STEPS - 1, " == 'x'")), PHX_OK);
    refused(QUERY_SPAN, repeated("a", ".a", QUERY_STEPS, " == 'x'"), 0,
            "over 100 keys");
    struct buf paths, notes;

    buf_init(&paths, SIZE_MAX / 2);
    buf_init(&notes, SIZE_MAX / 2);
    for (int i = 0; i < QUERY_PATHS; i++)
        buf_add_format(&paths, "a%d == 1 and ", i);
    for (int i = 0; i < QUERY_NAMES; i++)
        buf_add_format(&notes, "evals['%d'] and ", i);
    size_t path_size = paths.size, note_size = notes.size;
    buf_add_string(&paths, "a0 == 2");
    buf_add_string(&notes, "annotations['0']");
    eq_int(compile(text_span(paths.data, paths.size)), PHX_OK);
    eq_int(compile(text_span(notes.data, notes.size)), PHX_OK);
    buf_add_string(&paths, " and b == 2");
    buf_add_string(&notes, " and trace_annotations['0']");
    refused(QUERY_SPAN, text_span(paths.data, paths.size),
            (int64_t)path_size + 12, "over 256 different attributes");
    refused(QUERY_SPAN, text_span(notes.data, notes.size),
            (int64_t)note_size + 21, "over 16 different annotation names");
    buf_clear(&paths);
    buf_clear(&notes);
}

/* --- what a query tells --------------------------------------------------- */

static void eq_print(enum query_grain grain, const char *text,
                     const char *printed)
{
    struct query query = compiled(grain, text);
    struct buf buf;

    buf_init(&buf, SIZE_MAX / 2);
    query_print(&query, &buf);
    eq_text(text_span(buf.data, buf.size), printed);
    buf_clear(&buf);
}

TEST(the_canonical_form_tells_conversions)
{
    UNUSED_STATE;
    eq_print(QUERY_SPAN, "a.b == 3 and evals['q']",
             "float(attributes['a']['b']) == 3 and annotations['q']");
    eq_print(QUERY_SPAN, "a.b + c == 'x'",
             "str(attributes['a']['b']) + str(attributes['c']) == 'x'");
    eq_print(QUERY_SPAN, "a.b + c < d",
             "float(attributes['a']['b']) + float(attributes['c']) < "
             "float(attributes['d'])");
    eq_print(QUERY_SPAN, "'llm' != span_kind", "'LLM' != span_kind");
    eq_print(QUERY_SPAN, "a is not True", "attributes['a'] != True");
    eq_print(QUERY_SPAN, "not (name is None) and not 'x' in name",
             "name is not None and 'x' not in name");
    eq_print(QUERY_SPAN, "evals['q'] is None", "not annotations['q']");
    eq_print(QUERY_SPAN, "1 - (2 - 3) < latency_ms < (1 - 2) - 3",
             "1 - (2 - 3) < latency_ms and latency_ms < 1 - 2 - 3");
    eq_print(QUERY_SPAN, "name in ('\\x01\\'', r'\\d')",
             "name in ['\\x01\\'', '\\\\d']");
}

TEST(a_blank_text_chooses_everything)
{
    UNUSED_STATE;
    ok(compiled(QUERY_SPAN, "").condition == NULL);
    ok(compiled(QUERY_TRACE, " \t\n\xC2\xA0").condition == NULL);
    eq_int(compiled(QUERY_SPAN, "").bounds.start_to, UINT64_MAX);
}

TEST(names_and_paths_are_told_once)
{
    UNUSED_STATE;
    struct query query = compiled(
        QUERY_SPAN, "a.b == 1 and attributes['a']['b'] == 2 and evals['q'] and "
                    "annotations['q'].score > trace_annotations['q'].score");

    eq_int(query.path_count, 1);
    eq_int(query.paths[0]->count, 2);
    eq_text(query.paths[0]->steps[1].key, "b");
    eq_int(query.note_count, 2);
    eq_int(query.notes[1].owner, QUERY_TRACE_ROW);
    eq_int(compiled(QUERY_SPAN, "latency_ms > 1 or name == ''").fields,
           1u << FIELD_LATENCY | 1u << FIELD_NAME);
}

TEST(and_narrows_roots_and_or_widens_them)
{
    UNUSED_STATE;
    static const struct {
        const char *text;
        int roots;
    } cases[] = {
        {"parent_id is None and parent_span is None", QUERY_STRICT},
        {"parent_id is None or parent_span is None", QUERY_ORPHAN_AWARE},
        {"parent_id is None or name == ''", QUERY_ALL_SPANS},
        {"parent_id is not None", QUERY_ALL_SPANS},
        {"not (parent_id is not None or name == '')", QUERY_STRICT},
        {"not (parent_id is not None and name == '')", QUERY_ALL_SPANS},
        {"None == parent_span", QUERY_ORPHAN_AWARE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        eq_int(compiled(QUERY_SPAN, cases[i].text).roots, cases[i].roots);
    eq_int(compiled(QUERY_TRACE, "num_spans > 1").roots, QUERY_ALL_SPANS);
}

TEST(bounds_follow_the_condition)
{
    UNUSED_STATE;
    const uint64_t noon = 1772359200000000000;
    struct query_bounds bounds =
        compiled(QUERY_SPAN,
                 "'2026-03-01T10:00:00Z' <= start_time < "
                 "'2026-03-01T10:00:01Z' and span_kind in ['llm', 'nothing'] "
                 "and not status_code == 'error'")
            .bounds;

    ok(bounds.start_from < noon && bounds.start_from > noon - 1000000);
    ok(bounds.start_to > noon + 1000000000 &&
       bounds.start_to < noon + 1001000000);
    eq_int(bounds.kinds, 1u << KIND_LLM);
    eq_int(bounds.statuses, ~(1u << STATUS_ERROR));
    eq_int(
        compiled(QUERY_SPAN, "span_kind == 'LLM' or name == ''").bounds.kinds,
        UINT32_MAX);
    eq_int(compiled(QUERY_SPAN, "span_kind == 'LLM' or span_kind == 'TOOL'")
               .bounds.kinds,
           1u << KIND_LLM | 1u << KIND_TOOL);
    eq_int(compiled(QUERY_SPAN, "span_kind not in ['LLM']").bounds.kinds,
           ~(1u << KIND_LLM));
}

/* --- memory --------------------------------------------------------------- */

static void sweep(enum query_grain grain, const char *text, bool for_good)
{
    struct query query;
    phx_error err;
    phx_status status = PHX_NO_MEMORY;

    for (int64_t at = 1; status == PHX_NO_MEMORY; at++) {
        struct arena small;
        arena_init(&small, SIZE_MAX);
        int64_t before = memory_faults.balance;
        memory_faults.seen = 0;
        memory_faults.for_good = for_good;
        memory_faults.fail_at = at;
        status = query_compile(&small, grain, text_of(text), &query, &err);
        memory_faults.fail_at = 0;
        arena_clear(&small);
        eq_int(memory_faults.balance, before);
    }
    eq_int(status, PHX_OK);
}

TEST(every_allocation_may_fail)
{
    UNUSED_STATE;
    static const char span[] =
        "span_kind in ['llm', 'TOOL'] and a.b + c.d == 'x' 'y' and "
        "'2026-03-01T10:00:00Z' < start_time and not evals['q'].score > -1 "
        "and float(metadata['a'][['b', 0]]) % 2 == 1 or "
        "trace_annotations['q'] and attributes['z'] is True";
    static const char trace[] =
        "any(len([c for c in s.children if c.name == 'a' if s.name == 'b']) > "
        "1 for s in spans) and attributes['user.id'] == 'u'";

    for (int for_good = 0; for_good < 2; for_good++) {
        sweep(QUERY_SPAN, span, for_good);
        sweep(QUERY_TRACE, trace, for_good);
    }
}

TEST(a_small_arena_is_told)
{
    UNUSED_STATE;
    struct arena small;
    struct query query;

    arena_init(&small, 128);
    fails_with(PHX_TOO_BIG, "bytes of memory",
               query_compile(&small, QUERY_SPAN, text_of("a == 1 and b == 2"),
                             &query, err));
    arena_clear(&small);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        T(refusals_name_the_byte),
        T(a_nul_is_refused_where_it_stands),
        T(messages_are_one_short_line),
        T(texts_are_bounded),
        T(brackets_are_bounded),
        T(levels_are_bounded),
        T(names_are_bounded),
        T(the_canonical_form_tells_conversions),
        T(a_blank_text_chooses_everything),
        T(names_and_paths_are_told_once),
        T(and_narrows_roots_and_or_widens_them),
        T(bounds_follow_the_condition),
        T(every_allocation_may_fail),
        T(a_small_arena_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
