/*
 * store_annotations_gone_test.c - annotations are deleted by what a query
 * finds, and go with what they are of.
 */
#include "t.h"

#include "contract/annotated.h"

TEST(what_a_query_finds_is_deleted)
{
    struct place place;
    phx_annotation_query query = query_of(SPAN);
    const phx_text tone = text("tone");
    int64_t deleted = -1;

    UNUSED_STATE;
    set_up(&place);
    say_much(&place, 8);
    say(place.store, TRACE, "a1", "tone", NULL);
    query.names = &tone;
    query.name_count = 1;
    query.project = project_of(&place, "p");
    query.limit = 2;
    succeeds(phx_store_delete_annotations(place.store, &query, &deleted, err));
    eq_int(deleted, 2);
    eq_annotations(place.store, NULL,
                   "7:03:note=6 5:01:tone=4 4:04:note=3 3:03:tone=2 "
                   "2:02:tone=1 1:01:note=0 ");
    query.limit = 0;
    succeeds(phx_store_delete_annotations(place.store, &query, &deleted, err));
    eq_int(deleted, 2);
    succeeds(phx_store_delete_annotations(place.store, &query, &deleted, err));
    eq_int(deleted, 0);
    eq_annotations(place.store, NULL,
                   "7:03:note=6 4:04:note=3 3:03:tone=2 1:01:note=0 ");
    succeeds(phx_store_delete_annotations(place.store, NULL, &deleted, err));
    eq_int(deleted, 4);
    query = query_of(TRACE);
    eq_annotations(place.store, &query, "1:a1:tone= ");
    verify_clean(place.store);
    place_remove(&place);
}

/* Of every kind one for each of two traces, in two projects and sessions. */
static void say_all(struct place *place)
{
    phx_annotation_item document = item_of(DOCUMENT, "d1", "d", NULL);

    set_up(place);
    send_documents(place);
    say(place->store, SPAN, "01", "a", NULL);
    say(place->store, SPAN, "02", "a", NULL);
    say(place->store, SPAN, "03", "a", NULL);
    say(place->store, SPAN, "04", "a", NULL);
    say(place->store, TRACE, "a1", "b", NULL);
    say(place->store, TRACE, "a2", "b", NULL);
    say(place->store, SESSION, "s1", "c", NULL);
    say(place->store, SESSION, "s2", "c", NULL);
    annotate(place->store, &document);
}

static void eq_left(struct place *place, const char *spans, const char *traces,
                    const char *sessions, const char *documents)
{
    phx_annotation_query query;

    for (int swept = 0; swept < 2; swept++) {
        verify_clean(place->store);
        eq_annotations(place->store, NULL, spans);
        query = query_of(TRACE);
        eq_annotations(place->store, &query, traces);
        query = query_of(SESSION);
        eq_annotations(place->store, &query, sessions);
        query = query_of(DOCUMENT);
        eq_annotations(place->store, &query, documents);
        compact_all(place->store);
    }
    eq_int(stats_of(place->store).deleted, 0);
    place_remove(place);
}

TEST(a_span_takes_its_annotations_with_it)
{
    struct place place;

    UNUSED_STATE;
    say_all(&place);
    delete_one(place.store, PHX_SPAN, span_of(&place, "02"));
    eq_left(&place, "4:04:a= 3:03:a= 1:01:a= ", "2:a2:b= 1:a1:b= ",
            "2:s2:c= 1:s1:c= ", "1:d1:d= ");
}

TEST(a_trace_takes_its_annotations_with_it)
{
    struct place place;

    UNUSED_STATE;
    say_all(&place);
    delete_one(place.store, PHX_TRACE, trace_of(&place, "a1"));
    delete_one(place.store, PHX_TRACE, trace_of(&place, "d1"));
    eq_left(&place, "4:04:a= 3:03:a= ", "2:a2:b= ", "2:s2:c= 1:s1:c= ", "");
}

TEST(a_session_takes_its_annotations_with_it)
{
    struct place place;

    UNUSED_STATE;
    say_all(&place);
    delete_one(place.store, PHX_SESSION,
               number_of(place.store, PHX_SESSION, "s1"));
    eq_left(&place, "3:03:a= ", "2:a2:b= ", "2:s2:c= ", "1:d1:d= ");
}

TEST(a_project_takes_its_annotations_with_it)
{
    struct place place;

    UNUSED_STATE;
    say_all(&place);
    delete_one(place.store, PHX_PROJECT, project_of(&place, "p"));
    eq_left(&place, "3:03:a= ", "2:a2:b= ", "2:s2:c= ", "");
}

TEST(an_id_that_comes_again_has_no_annotations)
{
    struct place place;

    UNUSED_STATE;
    say_all(&place);
    delete_one(place.store, PHX_SPAN, span_of(&place, "02"));
    send_to(place.store, "p", &(struct sent){"a1", "02"});
    eq_annotations(place.store, NULL, "4:04:a= 3:03:a= 1:01:a= ");
    eq_int(say(place.store, SPAN, "02", "a", "new"), 5);
    delete_one(place.store, PHX_PROJECT, project_of(&place, "p"));
    send_to(place.store, "p", &(struct sent){"a1", "01"});
    eq_annotations(place.store, NULL, "3:03:a= ");
    place_remove(&place);
}

TEST(a_store_in_memory_keeps_annotations_too)
{
    struct place place;
    int64_t deleted;

    UNUSED_STATE;
    place_make(&place);
    snprintf(place.url, sizeof place.url, "sqlite::memory:");
    place_open(&place, 0);
    send(&place, &(struct sent){"a1", "01", .session = "s1"});
    say(place.store, SPAN, "01", "a", "x");
    say(place.store, SESSION, "s1", "a", "x");
    eq_annotations(place.store, NULL, "1:01:a=x ");
    succeeds(phx_store_delete_annotations(place.store, NULL, &deleted, err));
    eq_int(deleted, 1);
    verify_clean(place.store);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_query_finds_is_deleted),
        cmocka_unit_test(a_span_takes_its_annotations_with_it),
        cmocka_unit_test(a_trace_takes_its_annotations_with_it),
        cmocka_unit_test(a_session_takes_its_annotations_with_it),
        cmocka_unit_test(a_project_takes_its_annotations_with_it),
        cmocka_unit_test(an_id_that_comes_again_has_no_annotations),
        cmocka_unit_test(a_store_in_memory_keeps_annotations_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
