/*
 * store_annotations_wait_test.c - annotations that come before what they are
 * of: they wait, durably, are written when it comes, or are dropped in the end.
 */
#include "t.h"

#include "contract/annotated.h"

static phx_annotate_report later(struct place *place,
                                 const phx_annotation_item *items, size_t count)
{
    phx_annotate_report report = {-1, -1, -1};

    succeeds(
        phx_store_annotate_later(place->store, items, count, &report, err));
    return report;
}

static phx_annotate_report say_later(struct place *place, int32_t kind,
                                     const char *id, const char *label)
{
    phx_annotation_item item = item_of(kind, id, "tone", label);

    return later(place, &item, 1);
}

static phx_annotate_report look(struct place *place, uint64_t before)
{
    phx_annotate_report report = {-1, -1, -1};

    succeeds(phx_store_annotate_waiting(place->store, before, &report, err));
    return report;
}

#define eq_report(report, w, x, y)                                             \
    do {                                                                       \
        phx_annotate_report t_report = report;                                 \
        eq_int(t_report.written, w);                                           \
        eq_int(t_report.waiting, x);                                           \
        eq_int(t_report.dropped, y);                                           \
    } while (0)

TEST(what_has_its_target_is_written_at_once)
{
    struct place place;
    phx_annotation_item items[] = {item_of(SPAN, "01", "tone", "good"),
                                   item_of(SPAN, "ff", "tone", "good")};

    UNUSED_STATE;
    set_up(&place);
    eq_report(later(&place, items, 2), 1, 1, 0);
    eq_annotations(place.store, NULL, "1:01:tone=good ");
    eq_report(later(&place, NULL, 0), 0, 0, 0);
    succeeds(phx_store_annotate_later(place.store, items, 1, NULL, err));
    succeeds(phx_store_annotate_waiting(place.store, 0, NULL, err));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_waits_is_written_when_its_target_comes)
{
    struct place place;
    phx_annotation_query query = query_of(TRACE);

    UNUSED_STATE;
    set_up(&place);
    say_later(&place, SPAN, "0f", "first");
    say_later(&place, TRACE, "af", "good");
    say_later(&place, SPAN, "0f", "last");
    say_later(&place, SESSION, "sf", "good");
    eq_report(look(&place, 0), 0, 4, 0);
    place_reopen(&place, 0);
    verify_clean(place.store);
    send_to(place.store, "p", &(struct sent){"af", "0f", .session = "sf"});
    eq_annotations(place.store, NULL, "");
    eq_report(look(&place, 0), 4, 0, 0);
    eq_report(look(&place, 0), 0, 0, 0);
    eq_annotations(place.store, NULL, "1:0f:tone=last ");
    eq_annotations(place.store, &query, "1:af:tone=good ");
    query = query_of(SESSION);
    eq_annotations(place.store, &query, "1:sf:tone=good ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(all_that_waits_comes_back)
{
    struct place place;
    const phx_annotation *row;
    phx_cursor *cursor;
    phx_annotation_item item = {
        .target_id = text("0f"),
        .name = text("tone"),
        .identifier = text("mine"),
        .label = text("good"),
        .explanation = text("because"),
        .metadata = text("{\"n\": 12345678901234567890}"),
        .author = 7,
        .score = 0.5,
        .has_score = 1,
        .kind = SPAN,
        .annotator = PHX_ANNOTATOR_HUMAN,
        .source = PHX_SOURCE_APP,
    };

    UNUSED_STATE;
    set_up(&place);
    later(&place, &item, 1);
    send_to(place.store, "p", &(struct sent){"af", "0f"});
    look(&place, 0);
    succeeds(phx_store_find_annotations(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_annotation(cursor, &row, err));
    eq_string(row->target_id.data, "0f");
    eq_string(row->identifier.data, "mine");
    eq_string(row->label.data, "good");
    eq_string(row->explanation.data, "because");
    eq_string(row->metadata.data, "{\"n\": 12345678901234567890}");
    ok(row->author == 7 && row->has_score == 1 && row->score == 0.5);
    eq_int(row->annotator, PHX_ANNOTATOR_HUMAN);
    eq_int(row->source, PHX_SOURCE_APP);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(what_was_written_meanwhile_is_not_undone)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    say_later(&place, SPAN, "0f", "old");
    send_to(place.store, "p", &(struct sent){"af", "0f"});
    say(place.store, SPAN, "0f", "tone", "new");
    eq_report(look(&place, 0), 1, 0, 0);
    eq_annotations(place.store, NULL, "1:0f:tone=new ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_waited_too_long_is_dropped)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    say_later(&place, SPAN, "0e", "a");
    say_later(&place, SPAN, "0f", "b");
    send_to(place.store, "p", &(struct sent){"af", "0f"});
    eq_report(look(&place, 1), 1, 1, 0);
    eq_report(look(&place, UINT64_MAX), 0, 0, 1);
    send_to(place.store, "p", &(struct sent){"ae", "0e"});
    eq_report(look(&place, 0), 0, 0, 0);
    eq_annotations(place.store, NULL, "1:0f:tone=b ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_document_that_its_span_has_not_is_dropped)
{
    struct place place;
    phx_annotation_item items[] = {
        item_of(DOCUMENT, "d1", "q", "x"), item_of(DOCUMENT, "d1", "q", "x"),
        item_of(DOCUMENT, "d2", "q", "x"), item_of(DOCUMENT, "01", "q", "x")};
    phx_annotation_query query = query_of(DOCUMENT);

    UNUSED_STATE;
    set_up(&place);
    items[0].position = 1;
    items[1].position = 2;
    items[2].position = 3;
    eq_report(later(&place, items, 4), 0, 3, 1);
    send_documents(&place);
    eq_report(look(&place, 0), 1, 0, 2);
    eq_annotations(place.store, &query, "1:d1:q=x ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(only_so_many_wait)
{
    struct place place;
    phx_annotation_item items[] = {item_of(SPAN, "0f", "x", NULL),
                                   item_of(SPAN, "01", "x", NULL)};

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 8; i++)
        eq_report(say_later(&place, SPAN, "0f", NULL), 0, 1, 0);
    fails_with(PHX_BUSY, "8 annotations wait for their targets",
               phx_store_annotate_later(place.store, items, 2, NULL, err));
    eq_annotations(place.store, NULL, "");
    eq_report(later(&place, items + 1, 1), 1, 0, 0);
    eq_report(look(&place, UINT64_MAX), 0, 0, 8);
    eq_report(later(&place, items, 2), 1, 1, 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(bad_items_are_refused_as_ever)
{
    struct place place;
    phx_annotation_item item = item_of(SPAN, "0f", "", NULL);

    UNUSED_STATE;
    set_up(&place);
    fails_with(PHX_INVALID, "the name is empty",
               phx_store_annotate_later(place.store, &item, 1, NULL, err));
    fails_with(PHX_MISUSE, "",
               phx_store_annotate_later(place.store, NULL, 1, NULL, err));
    fails_with(PHX_MISUSE, "",
               phx_store_annotate_later(NULL, &item, 1, NULL, err));
    fails_with(PHX_MISUSE, "", phx_store_annotate_waiting(NULL, 0, NULL, err));
    place_remove(&place);
}

TEST(a_store_in_memory_has_them_wait_too)
{
    struct place place = {.url = "sqlite::memory:"};

    UNUSED_STATE;
    place_open(&place, 0);
    say_later(&place, SPAN, "0f", "good");
    send_to(place.store, "p", &(struct sent){"af", "0f"});
    eq_report(look(&place, 0), 1, 0, 0);
    eq_annotations(place.store, NULL, "1:0f:tone=good ");
    phx_store_close(place.store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_its_target_is_written_at_once),
        cmocka_unit_test(what_waits_is_written_when_its_target_comes),
        cmocka_unit_test(all_that_waits_comes_back),
        cmocka_unit_test(what_was_written_meanwhile_is_not_undone),
        cmocka_unit_test(what_waited_too_long_is_dropped),
        cmocka_unit_test(a_document_that_its_span_has_not_is_dropped),
        cmocka_unit_test(only_so_many_wait),
        cmocka_unit_test(bad_items_are_refused_as_ever),
        cmocka_unit_test(a_store_in_memory_has_them_wait_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
