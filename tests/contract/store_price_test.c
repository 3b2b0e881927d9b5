/*
 * store_price_test.c - what spans cost: by the prices of the day they came in,
 * by those of a user before built-in ones, anew when that is asked for.
 */
#include "t.h"

#include "contract/stored.h"

#include <math.h>

static const char CHEAP[] =
    "{\"name\": \"mine\", \"name_pattern\": \"^mine-\", \"prices\": ["
    "{\"token_type\": \"input\", \"is_prompt\": true, \"rate\": 1e-06}]}";
static const char DEAR[] =
    "{\"name\": \"mine\", \"name_pattern\": \"^mine-\", \"prices\": ["
    "{\"token_type\": \"input\", \"is_prompt\": true, \"rate\": 5e-06}]}";

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

/* An LLM span of 1000 tokens. */
static void say(struct place *place, const char *span, const char *model)
{
    char value[64];

    snprintf(value, sizeof value, "{\"stringValue\": \"%s\"}", model);
    send(place, &(struct sent){"01", span, .kind = "LLM", .tokens = 1000,
                               .key = "llm.model_name", .value = value});
}

static void put_price(phx_store *store, const char *json, phx_id *id)
{
    succeeds(phx_price_put(store, json, strlen(json), id, err));
}

/* All that a span cost; -1 without a price, -2 if it has no costs at all. */
static double cost_of(struct place *place, const char *span)
{
    const phx_cost *cost;
    phx_cursor *cursor;
    double sum = -2;

    succeeds(
        phx_store_find_costs(place->store, span_of(place, span), &cursor, err));
    while (phx_cursor_next_cost(cursor, &cost, NULL) == PHX_OK) {
        ok(cost->is_prompt == 1 && cost->tokens == 1000);
        eq_text(cost->token_type, "input");
        sum = isnan(cost->cost) ? -1 : cost->cost;
    }
    phx_cursor_close(cursor);
    return sum;
}

static void costs(struct place *place, const char *span, double dollars)
{
    ok(fabs(cost_of(place, span) - dollars) < 1e-12);
}

TEST(built_in_prices_are_there)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    say(&place, "01", "gpt-4o-mini");
    say(&place, "02", "mine-1");
    send(&place, &(struct sent){"01", "03", .kind = "LLM", .tokens = 1000});
    send(&place, &(struct sent){"01", "04", .kind = "TOOL", .tokens = 1000,
                                .key = "llm.model_name",
                                .value = "{\"stringValue\": \"gpt-4o\"}"});
    costs(&place, "01", 0.00015);
    costs(&place, "02", -1);
    costs(&place, "03", -2);
    costs(&place, "04", -2);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_span_keeps_the_prices_of_its_day)
{
    struct place place;
    phx_id id = 0, other = 0;

    UNUSED_STATE;
    set_up(&place);
    say(&place, "01", "mine-1");
    put_price(place.store, CHEAP, &id);
    eq_int(id, 1);
    say(&place, "02", "mine-1");
    put_price(place.store, DEAR, &id);
    eq_int(id, 1);
    say(&place, "03", "mine-1");
    put_price(place.store, CHEAP, &other);
    eq_int(other, 2);
    succeeds(phx_price_delete(place.store, id, err));
    succeeds(phx_price_delete(place.store, other, err));
    say(&place, "04", "mine-1");
    for (int i = 0; i < 3; i++) {
        costs(&place, "01", -1);
        costs(&place, "02", 0.001);
        costs(&place, "03", 0.005);
        costs(&place, "04", -1);
        if (i == 0)
            compact_all(place.store);
        else
            place_reopen(&place, PHX_OPEN_NO_COMPACT);
        verify_clean(place.store);
    }
    place_remove(&place);
}

TEST(prices_are_applied_to_older_spans_on_request)
{
    struct place place;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    say(&place, "01", "mine-1");
    say(&place, "02", "mine-1");
    put_price(place.store, CHEAP, &id);
    say(&place, "03", "mine-1");
    put_price(place.store, DEAR, &id);
    costs(&place, "03", 0.001);
    succeeds(phx_prices_apply(place.store, span_of(&place, "02"), err));
    costs(&place, "01", -1);
    costs(&place, "02", 0.005);
    costs(&place, "03", 0.005);
    succeeds(phx_prices_apply(place.store, 0, err));
    succeeds(phx_prices_apply(place.store, 3, err)); /* changes nothing */
    costs(&place, "01", 0.005);
    verify_clean(place.store);
    place_remove(&place);
}

static void refuses(phx_store *store, const char *json, const char *part)
{
    phx_id id = 0;

    fails_with(PHX_INVALID, part,
               phx_price_put(store, json, strlen(json), &id, err));
    eq_int(id, 0);
}

TEST(what_is_no_price_is_refused)
{
    struct place place;
    phx_buf before = PHX_BUF_INIT, after = PHX_BUF_INIT;
    phx_id id = 7;

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_prices_read(place.store, &before, err));
    refuses(place.store, "{", "");
    refuses(place.store, "[]", "not an object");
    refuses(place.store, "{\"id\": 3}", "'id'");
    refuses(place.store, "{\"is_built_in\": true}", "'is_built_in'");
    refuses(place.store, "{\"name\": \"m\"}", "name_pattern");
    refuses(place.store,
            "{\"name\": \"m\", \"name_pattern\": \"(\", \"prices\": []}", "");
    fails_with(PHX_NOT_FOUND, "model 7",
               phx_price_put(place.store, CHEAP, strlen(CHEAP), &id, err));
    fails_with(PHX_NOT_FOUND, "model 1000000",
               phx_price_delete(place.store, 1000000, err));
    fails_with(
        PHX_NOT_FOUND, "no span",
        phx_store_find_costs(place.store, 1, &(phx_cursor *){NULL}, err));
    succeeds(phx_prices_read(place.store, &after, err));
    assert_string_equal(before.data, after.data);
    phx_buf_free(&before);
    phx_buf_free(&after);
    place_remove(&place);
}

/* More versions than a connection keeps compiled. */
TEST(sums_are_those_of_the_spans)
{
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *row;
    phx_cursor *cursor;
    struct place place;
    phx_id id = 0;
    double sum = 0;
    char span[12];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 40; i++) {
        if (i % 5 == 0)
            put_price(place.store, i % 2 ? DEAR : CHEAP, &id);
        snprintf(span, sizeof span, "%04x", i);
        say(&place, span, i % 3 ? "mine-1" : "gpt-4o-mini");
        sum += cost_of(&place, span);
    }
    query.costs = 1;
    for (int i = 0; i < 2; i++) {
        query.of = i ? PHX_TRACE : PHX_SPAN;
        succeeds(phx_store_roll_up(place.store, &query, &cursor, err));
        succeeds(phx_cursor_next_rollup(cursor, &row, err));
        ok(fabs(row->total_cost - sum) < 1e-12);
        ok(row->prompt_cost == row->total_cost);
        ok(isnan(row->completion_cost));
        eq_int(row->cost_count, 1);
        eq_text(row->costs[0].token_type, "input");
        eq_int(row->costs[0].tokens, 40000);
        phx_cursor_close(cursor);
        compact_all(place.store);
    }
    place_remove(&place);
}

static int count_traces(phx_store *store, const char *filter)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    char list[256];

    query.filter = (phx_text){filter, strlen(filter)};
    list_traces(store, &query, list, sizeof list);
    return (int)strlen(list) / 3;
}

static int count_sessions(phx_store *store, const char *filter)
{
    phx_session_query query = PHX_SESSION_QUERY_INIT;
    const phx_session *session;
    phx_cursor *cursor;
    int count = 0;

    query.filter = (phx_text){filter, strlen(filter)};
    succeeds(phx_store_find_sessions(store, &query, &cursor, err));
    while (phx_cursor_next_session(cursor, &session, NULL) == PHX_OK)
        count++;
    phx_cursor_close(cursor);
    return count;
}

TEST(conditions_see_what_spans_cost)
{
    static const struct {
        const char *filter;
        int traces, sessions;
    } cases[] = {
        {"total_cost > 0.0055", 1, 1},
        {"total_cost > 0.00099 and completion_cost == 0", 2, 1},
        {"prompt_cost == 0", 1, 0},
        {"any(d.tokens == 1000 and d.cost is None for d in span_cost_details)",
         1, 1},
        {"len([d for d in span_cost_details if d.token_type == 'input']) == 2",
         1, 0},
        {"sum(d.cost for d in span_cost_details) < 0.0011", 1, 0},
        {"any(any(d.cost_per_token > 4e-06 for d in s.cost_details)"
         " for s in spans)",
         2, -1},
    };
    struct place place;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    put_price(place.store, CHEAP, &id);
    say(&place, "01", "mine-1");
    put_price(place.store, DEAR, &id);
    say(&place, "02", "mine-1");
    for (int i = 3; i < 5; i++) {
        char trace[3] = {'0', (char)('0' + i - 1), '\0'};
        char span[3] = {'0', (char)('0' + i), '\0'};
        send(&place,
             &(struct sent){trace, span, .session = "s", .kind = "LLM",
                            .tokens = 1000, .key = "llm.model_name",
                            .value = i == 3 ? "{\"stringValue\": \"other\"}"
                                            : "{\"stringValue\": \"mine-2\"}"});
    }
    send(&place, &(struct sent){"01", "05", .session = "s", .kind = "CHAIN"});
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            eq_int(count_traces(place.store, cases[i].filter), cases[i].traces);
            if (cases[i].sessions >= 0)
                eq_int(count_sessions(place.store, cases[i].filter),
                       cases[i].sessions);
        }
        compact_all(place.store);
    }
    succeeds(phx_prices_apply(place.store, 0, err));
    eq_int(count_traces(place.store, "total_cost > 0.0099"), 1);
    delete_one(place.store, PHX_SPAN, span_of(&place, "02"));
    eq_int(count_traces(place.store, "total_cost > 0.0051"), 0);
    place_remove(&place);
}

/* Spans in order of number: "prompt tokens:micro-USD", cumulative. */
static void eq_totals(phx_store *store, int64_t limit, const char *expected)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    char list[256] = "";

    query.flags = PHX_SPAN_TOTALS;
    query.attributes = PHX_ATTRIBUTES_NONE;
    query.order = PHX_OLDEST_FIRST;
    query.limit = limit;
    succeeds(phx_store_find_spans(store, &query, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        size_t used = strlen(list);
        double cost = span->cumulative_cost;
        snprintf(list + used, sizeof list - used, "%s=%d:%.0f ",
                 span->span_id.data, (int)span->cumulative_prompt_tokens,
                 isnan(cost) ? -1 : cost * 1e6);
    }
    eq_string(list, expected);
    phx_cursor_close(cursor);
}

/* A span of 1000 tokens, priced or not, under a parent. */
static void add_below(struct place *place, const char *span, const char *parent,
                      const char *kind, const char *model)
{
    char value[64];

    snprintf(value, sizeof value, "{\"stringValue\": \"%s\"}", model);
    send(place, &(struct sent){"01", span, parent, .kind = kind, .tokens = 1000,
                               .key = "llm.model_name", .value = value});
}

TEST(a_span_tells_what_is_below_it)
{
    struct place place;
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_cursor *cursor;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    put_price(place.store, CHEAP, &id);
    add_below(&place, "04", "03", "LLM", "mine-1"); /* before its parents */
    add_below(&place, "03", "02", "TOOL", "mine-1");
    add_below(&place, "05", "02", "LLM", "mine-1");
    add_below(&place, "05", "01", "LLM", "mine-1"); /* once more: not counted */
    add_below(&place, "02", "01", "LLM", "other");
    add_below(&place, "01", NULL, "CHAIN", "mine-1");
    add_below(&place, "06", "07", "LLM", "mine-1"); /* a cycle */
    add_below(&place, "07", "06", "LLM", "mine-1");
    add_below(&place, "08", "06", "LLM", "other");
    for (int round = 0; round < 2; round++) {
        eq_totals(place.store, 0,
                  "04=1000:1000 03=1000:1000 05=1000:1000 02=3000:2000"
                  " 01=3000:2000 06=2000:1000 07=1000:1000 08=1000:-1 ");
        eq_totals(place.store, 2, "04=1000:1000 03=1000:1000 ");
        compact_all(place.store);
    }
    delete_one(place.store, PHX_SPAN, span_of(&place, "05"));
    eq_totals(place.store, 4,
              "04=1000:1000 03=1000:1000 02=2000:1000 01=2000:1000 ");
    query.flags = 2;
    fails_with(PHX_MISUSE, "",
               phx_store_find_spans(place.store, &query, &cursor, err));
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_prices_are_there),
        cmocka_unit_test(a_span_keeps_the_prices_of_its_day),
        cmocka_unit_test(prices_are_applied_to_older_spans_on_request),
        cmocka_unit_test(what_is_no_price_is_refused),
        cmocka_unit_test(sums_are_those_of_the_spans),
        cmocka_unit_test(conditions_see_what_spans_cost),
        cmocka_unit_test(a_span_tells_what_is_below_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
