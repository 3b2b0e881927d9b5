/*
 * store_annotations_test.c - annotations through phoenix.h: what is written
 * comes back whole, is replaced by its key, is found and deleted by what a
 * query says, and goes with what it is of.
 */
#include "t.h"

#include "contract/annotated.h"

#include <math.h>

/* --- writing ----------------------------------------------------------------- */

TEST(all_that_is_written_comes_back)
{
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;
    static const char nul[] = "a\0b";
    phx_annotation_item item = {
        .target_id = text("0A1b"),
        .name = {nul, 3},
        .identifier = {nul, 2},
        .label = {nul, 3},
        .explanation = text("because \xE2\x82\xAC"),
        .metadata = text("{\"n\": 12345678901234567890, \"a\": null}"),
        .author = 7,
        .score = 0,
        .has_score = 1,
        .kind = SPAN,
        .annotator = PHX_ANNOTATOR_HUMAN,
        .source = PHX_SOURCE_APP,
    };

    UNUSED_STATE;
    set_up(&place);
    send_to(place.store, "p", &(struct sent){"a9", "0a1b"});
    eq_int(annotate(place.store, &item), 1);
    place_reopen(&place, 0);
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    eq_int(row->id, 1);
    eq_int(row->target, span_of(&place, "0a1b"));
    eq_int(row->trace, trace_of(&place, "a9"));
    eq_int(row->project, project_of(&place, "p"));
    eq_int(row->author, 7);
    ok(row->created_at > 1600000000000000000u);
    ok(row->created_at == row->updated_at && row->created_at % 1000 == 0);
    ok(row->has_score == 1 && row->score == 0);
    ok(row->kind == SPAN && row->position == -1);
    eq_int(row->annotator, PHX_ANNOTATOR_HUMAN);
    eq_int(row->source, PHX_SOURCE_APP);
    eq_string(row->target_id.data, "0a1b");
    eq_int(row->name.size, 3);
    ok(memcmp(row->name.data, "a\0b", 4) == 0);
    ok(row->identifier.size == 2 && row->label.size == 3);
    eq_string(row->explanation.data, "because \xE2\x82\xAC");
    eq_string(row->metadata.data, "{\"n\": 12345678901234567890, \"a\": null}");
    eq_int(phx_cursor_next_annotation(cursor, &row, NULL), PHX_DONE);
    eq_int(phx_cursor_next_annotation(cursor, &row, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_is_left_out_is_absent)
{
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    say(place.store, SPAN, "01", "tone", NULL);
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    ok(row->label.data == NULL && row->explanation.data == NULL);
    ok(row->has_score == 0 && row->score == 0 && row->author == 0);
    eq_string(row->identifier.data, "");
    eq_string(row->metadata.data, "{}");
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(scores_of_any_finite_value_are_kept)
{
    static const double scores[] = {0.0,
                                    -0.0,
                                    0.1,
                                    -1,
                                    1e300,
                                    5e-324,
                                    9007199254740993.0,
                                    1.7976931348623157e308};
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        phx_annotation_item item = item_of(SPAN, "01", "n", NULL);
        item.score = scores[i];
        item.has_score = 1;
        annotate(place.store, &item);
        succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
        succeeds(phx_cursor_next_annotation(cursor, &row, err));
        ok(row->has_score && row->score == scores[i]);
        phx_cursor_close(cursor);
        verify_clean(place.store);
    }
    place_remove(&place);
}

TEST(numbers_are_of_the_kind_and_never_given_twice)
{
    struct place place;
    phx_annotation_query query = query_of(SPAN);

    UNUSED_STATE;
    set_up(&place);
    eq_int(say(place.store, SPAN, "01", "a", NULL), 1);
    eq_int(say(place.store, TRACE, "a1", "a", NULL), 1);
    eq_int(say(place.store, SESSION, "s1", "a", NULL), 1);
    eq_int(say(place.store, SPAN, "02", "a", NULL), 2);
    succeeds(phx_store_delete_annotations(place.store, &query, NULL, err));
    place_reopen(&place, 0);
    eq_int(say(place.store, SPAN, "02", "a", NULL), 3);
    eq_int(say(place.store, SESSION, "s2", "a", NULL), 2);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(an_equal_key_replaces_all_but_number_and_creation)
{
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;
    phx_annotation_item item = item_of(SPAN, "01", "tone", "ok");

    UNUSED_STATE;
    set_up(&place);
    item.score = 0.5;
    item.has_score = 1;
    item.explanation = text("why");
    item.metadata = text("{\"a\":1}");
    eq_int(annotate(place.store, &item), 1);
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    uint64_t created = row->created_at;
    phx_cursor_close(cursor);

    item = (phx_annotation_item){.target = span_of(&place, "01"),
                                 .name = text("tone"),
                                 .annotator = PHX_ANNOTATOR_CODE};
    eq_int(annotate(place.store, &item), 1);
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    ok(row->created_at == created && row->updated_at >= created);
    ok(row->label.data == NULL && row->explanation.data == NULL);
    ok(!row->has_score && row->annotator == PHX_ANNOTATOR_CODE);
    eq_string(row->metadata.data, "{}");
    phx_cursor_close(cursor);

    item.identifier = text("run 2");
    eq_int(annotate(place.store, &item), 2);
    item.target = span_of(&place, "02");
    eq_int(annotate(place.store, &item), 3);
    item.name = text("Tone");
    eq_int(annotate(place.store, &item), 4);
    place_remove(&place);
}

TEST(of_equal_items_of_a_call_the_last_wins)
{
    struct place place;
    phx_annotation_item items[] = {item_of(SPAN, "01", "tone", "one"),
                                   item_of(TRACE, "a1", "tone", "t"),
                                   item_of(SPAN, "01", "tone", "two")};
    phx_id ids[3] = {0};

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_store_annotate(place.store, items, 3, ids, err));
    ok(ids[0] == 1 && ids[1] == 1 && ids[2] == 1);
    eq_annotations(place.store, NULL, "1:01:tone=two ");
    succeeds(phx_store_annotate(place.store, items, 3, NULL, err));
    succeeds(phx_store_annotate(place.store, NULL, 0, NULL, err));
    place_remove(&place);
}

TEST(a_target_that_is_not_there_writes_nothing)
{
    struct place place;
    phx_error why = {0};
    struct {
        int32_t kind;
        const char *id;
        phx_id number;
        const char *message;
    } cases[] = {
        {SPAN, "FF", 0, "no span 'ff'"},
        {TRACE, "ee", 0, "no trace 'ee'"},
        {SPAN, "zz", 0, "no span ''"},
        {SESSION, "s9", 0, "no session 's9'"},
        {SPAN, NULL, 99, "no span 99"},
        {TRACE, NULL, 99, "no trace 99"},
        {SESSION, "s1", 99, "no session 99"},
        {DOCUMENT, "a1", 0, "no span 'a1'"},
        {SPAN, NULL, 0, "no span ''"},
    };

    UNUSED_STATE;
    set_up(&place);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phx_annotation_item items[] = {
            item_of(SPAN, "01", "a", NULL),
            item_of(cases[i].kind, cases[i].id, "a", NULL)};
        phx_id ids[2] = {-1, -1};
        items[1].target = cases[i].number;
        eq_int(phx_store_annotate(place.store, items, 2, ids, &why),
               PHX_NOT_FOUND);
        eq_string(why.message, cases[i].message);
        eq_int(why.offset, 1);
        ok(ids[0] == -1 && ids[1] == -1);
    }
    eq_annotations(place.store, NULL, "");
    eq_int(say(place.store, SPAN, "01", "a", NULL), 1);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_was_deleted_is_no_target)
{
    struct place place;
    phx_annotation_item span = item_of(SPAN, "02", "a", NULL);
    phx_annotation_item in_trace = item_of(SPAN, "04", "a", NULL);
    phx_annotation_item in_project = item_of(TRACE, "a2", "a", NULL);
    phx_annotation_item session = item_of(SESSION, "s2", "a", NULL);

    UNUSED_STATE;
    set_up(&place);
    phx_id numbers[] = {span_of(&place, "02"), span_of(&place, "04"),
                        trace_of(&place, "a2"),
                        number_of(place.store, PHX_SESSION, "s2")};
    phx_annotation_item *items[] = {&span, &in_trace, &in_project, &session};
    delete_one(place.store, PHX_SPAN, numbers[0]);
    delete_one(place.store, PHX_TRACE, trace_of(&place, "a3"));
    delete_one(place.store, PHX_PROJECT, project_of(&place, "q"));
    for (int swept = 0; swept < 2; swept++) {
        for (int i = 0; i < 4; i++) {
            items[i]->target = 0;
            fails_with(PHX_NOT_FOUND, "no ",
                       phx_store_annotate(place.store, items[i], 1, NULL, err));
            items[i]->target = numbers[i];
            fails_with(PHX_NOT_FOUND, "no ",
                       phx_store_annotate(place.store, items[i], 1, NULL, err));
        }
        compact_all(place.store);
    }
    place_remove(&place);
}

static char long_text[(1 << 20) + 2];

TEST(bad_items_are_refused)
{
    struct place place;
    phx_error why = {0};
    phx_annotation_item good = item_of(SPAN, "01", "a", NULL);
    phx_annotation_item items[20];
    int count = 0;

    UNUSED_STATE;
    set_up(&place);
    memset(long_text, 'x', sizeof long_text - 1);
    for (int i = 0; i < 20; i++)
        items[i] = good;
    items[count++].name = text("");
    items[count++].name = (phx_text){NULL, 0};
    items[count++].name = text("\xFF");
    items[count++].label = text("\xC3");
    items[count++].identifier = text("\xED\xA0\x80");
    items[count++].explanation = text("\x80");
    items[count++].metadata = text("[]");
    items[count++].metadata = text("{");
    items[count++].metadata = text("");
    items[count++].metadata = text("{\"a\":\"\xFF\"}");
    items[count].has_score = 1;
    items[count++].score = (double)NAN;
    items[count].has_score = 1;
    items[count++].score = -(double)INFINITY;
    items[count++].position = -1;
    for (int i = 0; i < count; i++) {
        phx_annotation_item both[] = {good, items[i]};
        eq_int(phx_store_annotate(place.store, both, 2, NULL, &why),
               PHX_INVALID);
        eq_int(why.offset, 1);
    }
    int invalid = count;
    items[count++].name = (phx_text){long_text, 4097};
    items[count++].identifier = (phx_text){long_text, 4097};
    items[count++].label = (phx_text){long_text, 4097};
    items[count++].explanation = (phx_text){long_text, (1 << 20) + 1};
    items[count++].metadata = (phx_text){long_text, (1 << 20) + 1};
    for (int i = invalid; i < count; i++)
        fails_with(PHX_TOO_BIG, "the limit is",
                   phx_store_annotate(place.store, &items[i], 1, NULL, err));
    eq_annotations(place.store, NULL, "");
    good.name = good.label = good.identifier = (phx_text){long_text, 4096};
    good.explanation = (phx_text){long_text, 1 << 20};
    annotate(place.store, &good);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(misused_items_are_told)
{
    struct place place;
    phx_annotation_item good = item_of(SPAN, "01", "a", NULL), items[11];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 11; i++)
        items[i] = good;
    items[0].kind = 4;
    items[1].kind = -1;
    items[2].annotator = 3;
    items[3].source = 2;
    items[4].flags = 1;
    items[5].target = -1;
    items[6].author = -1;
    items[7].has_score = 2;
    items[8].label = (phx_text){NULL, 1};
    items[9].annotator = -1;
    items[10].source = -1;
    for (int i = 0; i < 11; i++)
        eq_int(phx_store_annotate(place.store, &items[i], 1, NULL, NULL),
               PHX_MISUSE);
    eq_int(phx_store_annotate(NULL, &good, 1, NULL, NULL), PHX_MISUSE);
    eq_int(phx_store_annotate(place.store, NULL, 1, NULL, NULL), PHX_MISUSE);
    place_reopen(&place, PHX_OPEN_READ_ONLY);
    fails_with(PHX_MISUSE, "reading only",
               phx_store_annotate(place.store, &good, 1, NULL, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_store_delete_annotations(place.store, NULL, NULL, err));
    place_remove(&place);
}

/* --- documents ------------------------------------------------------------------ */

TEST(documents_are_told_by_position)
{
    static const struct {
        const char *span;
        int documents;
    } spans[] = {{"d1", 2}, {"d2", 3}, {"01", 0}};
    struct place place;
    phx_error why = {0};

    UNUSED_STATE;
    set_up(&place);
    send_documents(&place);
    for (int young = 1; young >= 0; young--) {
        for (int i = 0; i < 3; i++) {
            phx_annotation_item item =
                item_of(DOCUMENT, spans[i].span, "relevance", NULL);
            item.position = spans[i].documents;
            eq_int(phx_store_annotate(place.store, &item, 1, NULL, &why),
                   PHX_INVALID);
            ok(strstr(why.message, "document") && why.offset == 0);
            while (item.position-- > 0)
                annotate(place.store, &item);
        }
        compact_all(place.store);
    }
    phx_annotation_query query = query_of(DOCUMENT);
    phx_text d2 = text("d2");
    query.target_ids = &d2;
    query.target_id_count = 1;
    eq_annotations(place.store, &query,
                   "5:d2:relevance= 4:d2:relevance= 3:d2:relevance= ");
    delete_one(place.store, PHX_SPAN, span_of(&place, "d2"));
    query.target_id_count = 0;
    eq_annotations(place.store, &query, "2:d1:relevance= 1:d1:relevance= ");
    verify_clean(place.store);
    place_remove(&place);
}

/* --- reading ---------------------------------------------------------------------- */

TEST(a_query_chooses)
{
    struct place place;
    const phx_text ids[] = {text("01"), text("03"), text("zz"), text("")};
    const phx_text upper = text("0");
    const phx_text tone = text("tone"), note = text("note");
    const phx_text identifiers[] = {text("1"), text("")};
    phx_annotation_query query = query_of(SPAN);

    UNUSED_STATE;
    set_up(&place);
    say_much(&place, 8);
    eq_annotations(place.store, NULL,
                   "8:04:tone=7 7:03:note=6 6:02:tone=5 5:01:tone=4 "
                   "4:04:note=3 3:03:tone=2 2:02:tone=1 1:01:note=0 ");
    query.project = project_of(&place, "q");
    eq_annotations(place.store, &query, "7:03:note=6 3:03:tone=2 ");
    query.project = project_of(&place, "p");
    query.not_names = &note;
    query.not_name_count = 1;
    eq_annotations(place.store, &query,
                   "8:04:tone=7 6:02:tone=5 5:01:tone=4 2:02:tone=1 ");
    query = query_of(SPAN);
    query.target_ids = ids;
    query.target_id_count = 4;
    eq_annotations(place.store, &query,
                   "7:03:note=6 5:01:tone=4 3:03:tone=2 1:01:note=0 ");
    query.names = &tone;
    query.name_count = 1;
    eq_annotations(place.store, &query, "5:01:tone=4 3:03:tone=2 ");
    query.identifiers = identifiers;
    query.identifier_count = 1;
    eq_annotations(place.store, &query, "5:01:tone=4 ");
    query.target_ids = &upper;
    query.target_id_count = 1;
    eq_annotations(place.store, &query, "");
    query = query_of(SPAN);
    query.identifiers = identifiers;
    query.identifier_count = 1;
    eq_annotations(place.store, &query,
                   "8:04:tone=7 7:03:note=6 6:02:tone=5 5:01:tone=4 ");
    query.identifier_count = 2;
    query.limit = 5;
    eq_annotations(place.store, &query,
                   "8:04:tone=7 7:03:note=6 6:02:tone=5 5:01:tone=4 "
                   "4:04:note=3 ");
    query = query_of(SPAN);
    query.only = 3;
    eq_annotations(place.store, &query, "3:03:tone=2 ");
    query.only = INT64_MAX;
    eq_annotations(place.store, &query, "");
    query = query_of(SPAN);
    query.annotators = 1u << PHX_ANNOTATOR_CODE;
    query.from = 7;
    eq_annotations(place.store, &query, "5:01:tone=4 2:02:tone=1 ");
    query.from = INT64_MAX;
    query.limit = 1;
    eq_annotations(place.store, &query, "8:04:tone=7 ");
    query = query_of(TRACE);
    eq_annotations(place.store, &query, "");
    place_remove(&place);
}

TEST(targets_are_found_by_number_too)
{
    struct place place;
    phx_annotation_query query = query_of(TRACE);

    UNUSED_STATE;
    set_up(&place);
    say(place.store, TRACE, "a1", "x", "1");
    say(place.store, TRACE, "a2", "x", "2");
    say(place.store, SESSION, "s1", "x", "3");
    const phx_id traces[] = {trace_of(&place, "a1"), 99, -5};
    query.targets = traces;
    query.target_count = 3;
    eq_annotations(place.store, &query, "1:a1:x=1 ");
    query.kind = SESSION;
    query.target_count = 0;
    const phx_text name = text("s1");
    query.target_ids = &name;
    query.target_id_count = 1;
    eq_annotations(place.store, &query, "1:s1:x=3 ");
    place_remove(&place);
}

TEST(created_times_bound_a_query)
{
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;
    phx_annotation_query query = query_of(SPAN);

    UNUSED_STATE;
    set_up(&place);
    say(place.store, SPAN, "01", "x", "1");
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    uint64_t created = row->created_at;
    phx_cursor_close(cursor);
    query.start_time = created;
    query.end_time = created + 1;
    eq_annotations(place.store, &query, "1:01:x=1 ");
    query.start_time = created + 1;
    query.end_time = 0;
    eq_annotations(place.store, &query, "");
    query.start_time = 0;
    query.end_time = created;
    eq_annotations(place.store, &query, "");
    query.start_time = created - 999;
    query.end_time = UINT64_MAX;
    eq_annotations(place.store, &query, "1:01:x=1 ");
    place_remove(&place);
}

/* Pages of a test build have seven rows, or some 4 KiB. */
TEST(pages_follow_one_another)
{
    struct place place;
    phx_annotation_query query = query_of(SPAN);
    const phx_annotation *row;
    phx_cursor *cursor;
    phx_id last = 101;

    UNUSED_STATE;
    set_up(&place);
    say_much(&place, 100);
    memset(long_text, 'x', 3000);
    for (int i = 0; i < 10; i++) {
        phx_annotation_item item = item_of(SPAN, "01", "big", NULL);
        char identifier[16];
        snprintf(identifier, sizeof identifier, "b%d", i);
        item.identifier = text(identifier);
        item.explanation = (phx_text){long_text, 3000};
        annotate(place.store, &item);
    }
    last = 111;
    succeeds(phx_store_find_annotations(place.store, &query, &cursor, err));
    while (phx_cursor_next_annotation(cursor, &row, NULL) == PHX_OK) {
        eq_int(row->id, last - 1);
        last = row->id;
        /* What comes meanwhile is newer, what goes does not come. */
        if (last == 50)
            say(place.store, SPAN, "02", "late", NULL);
        if (last == 40) {
            phx_annotation_query one = query_of(SPAN);
            one.only = 20;
            succeeds(
                phx_store_delete_annotations(place.store, &one, NULL, err));
        }
        if (last == 21)
            last = 20;
    }
    eq_int(last, 1);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_query_may_not_be_too_large_or_wrong)
{
    static phx_text many[30001];
    struct place place;
    phx_cursor *cursor = NULL;
    phx_annotation_query query = query_of(SPAN), bad;
    phx_text name = text("a");

    UNUSED_STATE;
    set_up(&place);
    say(place.store, SPAN, "01", "x", "1");
    for (int i = 0; i < 30001; i++)
        many[i] = text("01");
    query.target_ids = many;
    query.target_id_count = 30001;
    fails_with(PHX_TOO_BIG, "the limit is 30000",
               phx_store_find_annotations(place.store, &query, &cursor, err));
    fails_with(PHX_TOO_BIG, "the limit is 30000",
               phx_store_delete_annotations(place.store, &query, NULL, err));
    query.target_id_count = 30000;
    eq_annotations(place.store, &query, "1:01:x=1 ");
    bad = query_of(4);
    eq_int(phx_store_find_annotations(place.store, &bad, &cursor, NULL),
           PHX_MISUSE);
    bad = query_of(SPAN);
    bad.names = NULL;
    bad.name_count = 1;
    eq_int(phx_store_find_annotations(place.store, &bad, &cursor, NULL),
           PHX_MISUSE);
    bad.names = &name;
    bad.size = 1;
    eq_int(phx_store_delete_annotations(place.store, &bad, NULL, NULL),
           PHX_MISUSE);
    succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
    const phx_annotation *row;
    eq_int(phx_cursor_next_annotation(cursor, &row, NULL), PHX_MISUSE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_written_comes_back),
        cmocka_unit_test(what_is_left_out_is_absent),
        cmocka_unit_test(scores_of_any_finite_value_are_kept),
        cmocka_unit_test(numbers_are_of_the_kind_and_never_given_twice),
        cmocka_unit_test(an_equal_key_replaces_all_but_number_and_creation),
        cmocka_unit_test(of_equal_items_of_a_call_the_last_wins),
        cmocka_unit_test(a_target_that_is_not_there_writes_nothing),
        cmocka_unit_test(what_was_deleted_is_no_target),
        cmocka_unit_test(bad_items_are_refused),
        cmocka_unit_test(misused_items_are_told),
        cmocka_unit_test(documents_are_told_by_position),
        cmocka_unit_test(a_query_chooses),
        cmocka_unit_test(targets_are_found_by_number_too),
        cmocka_unit_test(created_times_bound_a_query),
        cmocka_unit_test(pages_follow_one_another),
        cmocka_unit_test(a_query_may_not_be_too_large_or_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
