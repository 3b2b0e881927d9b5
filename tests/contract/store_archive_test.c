/*
 * store_archive_test.c - traces in a file of their own: that it is all that was
 * chosen and a store, and that it comes into another store once.
 */
#include "t.h"

#include "contract/annotated.h"
#include "contract/logged.h"

#include <fcntl.h>

static void fill(phx_store *store)
{
    phx_id project;

    succeeds(phx_project_create(store, "told", "what is told", &project, err));
    send_to(store, "told",
            &(struct sent){.trace = "01",
                           .span = "a1",
                           .kind = "LLM",
                           .session = "s",
                           .start = 5,
                           .end = 9,
                           .tokens = 7});
    send_to(store, "told",
            &(struct sent){.trace = "01",
                           .span = "a2",
                           .parent = "a1",
                           .start = 6,
                           .end = 8,
                           .status = PHX_SPAN_ERROR});
    send_to(store, NULL,
            &(struct sent){.trace = "02",
                           .span = "b1",
                           .kind = "RETRIEVER",
                           .key = "retrieval.documents.0.document.content",
                           .value = "{\"stringValue\":\"d\"}"});
    send_to(store, NULL, &(struct sent){.trace = "03", .span = "c1"});
    say(store, SPAN, "a1", "good", "yes");
    say(store, TRACE, "02", "short", "no");
    say(store, SESSION, "s", "whole", "so");
    say(store, DOCUMENT, "b1", "fits", "well");
    say(store, SPAN, "c1", "good", "no");
    for (char name[] = "a"; *name <= 'q'; (*name)++)
        say(store, SPAN, "c1", name, "more than a page");
}

/* All that is in it, as OTLP. */
static void print_spans(phx_store *store, char *out, size_t size)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_buf text = PHX_BUF_INIT;
    phx_cursor *cursor;
    phx_status status;
    size_t used = 0;

    query.order = PHX_OLDEST_FIRST;
    out[0] = '\0';
    succeeds(phx_store_find_spans(store, &query, &cursor, err));
    while ((status = phx_cursor_next_otlp(cursor, PHX_OTLP_JSON, 100, &text,
                                          NULL)) == PHX_OK) {
        assert_true(used + text.size < size);
        memcpy(out + used, text.data, text.size + 1);
        used += text.size;
    }
    assert_int_equal(status, PHX_DONE);
    phx_buf_free(&text);
    phx_cursor_close(cursor);
}

/* Of all kinds, with their times. */
static void print_annotations(phx_store *store, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (int32_t kind = SPAN; kind <= DOCUMENT; kind++) {
        phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;
        const phx_annotation *row;
        phx_cursor *cursor;
        query.kind = kind;
        succeeds(phx_store_find_annotations(store, &query, &cursor, err));
        while (phx_cursor_next_annotation(cursor, &row, NULL) == PHX_OK)
            used += (size_t)snprintf(out + used, size - used,
                                     "%d %s %d %s=%s %" PRIu64 " %" PRIu64 "\n",
                                     kind, row->target_id.data, row->position,
                                     row->name.data, row->label.data,
                                     row->created_at, row->updated_at);
        phx_cursor_close(cursor);
    }
}

static phx_store *open_archive(struct place *place, uint32_t flags)
{
    phx_store *archive;
    char url[128];

    snprintf(url, sizeof url, "sqlite:%s", place->copy);
    succeeds(open_url(url, flags, &archive, err));
    return archive;
}

static void eq_stores(phx_store *a, phx_store *b)
{
    char left[16384], right[16384];

    print_spans(a, left, sizeof left);
    print_spans(b, right, sizeof right);
    eq_string(left, right);
    print_annotations(a, left, sizeof left);
    print_annotations(b, right, sizeof right);
    eq_string(left, right);
}

/* What the project "told" is in an archive. */
static void eq_description(struct place *place, const char *expected)
{
    phx_store *archive = open_archive(place, PHX_OPEN_READ_ONLY);
    const phx_project *project;
    phx_cursor *cursor;

    succeeds(phx_store_find_projects(archive, 0, 0, "told", 0, &cursor, err));
    assert_int_equal(phx_cursor_next_project(cursor, &project, NULL), PHX_OK);
    eq_text(project->description, expected);
    phx_cursor_close(cursor);
    phx_store_close(archive);
}

TEST(an_archive_is_a_store_of_the_same)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    send_log(&place, &(struct logged){"01", "a2", "gen_ai.user.message", 10,
                                      CONTENT("hello"), NULL});
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    phx_store *archive = open_archive(&place, PHX_OPEN_READ_ONLY);
    eq_stores(place.store, archive);
    eq_int(stats_of(archive).young_blocks, 0);
    verify_clean(archive);
    phx_store_close(archive);
    eq_description(&place, "what is told");
    place_remove(&place);
}

/* Nothing else of it lies there, so that it can be sent. */
TEST(an_archive_is_one_file)
{
    static const char *const ends[] = {
        "-wal", "-shm", "-lock", "-new", "-new-wal", "-new-shm", "-new-lock"};
    struct place place;
    char name[128];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", place.copy, ends[i]);
        assert_int_equal(access(name, F_OK), -1);
    }
    assert_int_equal(access(place.copy, R_OK), 0);
    place_remove(&place);
}

TEST(traces_of_chosen_spans_come_whole)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    struct place place;
    char said[8192];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    query.filter = text("span_kind == 'LLM' or span_kind == 'RETRIEVER'");
    succeeds(phx_store_save(place.store, &query, place.copy, err));
    phx_store *archive = open_archive(&place, 0);
    eq_spans(archive, NULL, "b1 a2 a1 ");
    print_annotations(archive, said, sizeof said);
    ok(strstr(said, "0 a1 ") != NULL && strstr(said, "3 b1 ") != NULL);
    ok(strstr(said, "c1") == NULL);
    verify_clean(archive);
    phx_store_close(archive);
    place_remove(&place);
}

TEST(an_archive_comes_into_a_store_once)
{
    phx_ingest_report report;
    phx_store *other;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    succeeds(open_url("sqlite::memory:", 0, &other, err));
    for (int round = 0; round < 2; round++) {
        succeeds(phx_store_merge(other, place.copy, &report, err));
        eq_int(report.accepted, round == 0 ? 4 : 0);
        eq_int(report.duplicate, round == 0 ? 0 : 4);
        eq_stores(place.store, other);
        verify_clean(other);
    }
    phx_store_close(other);
    place_remove(&place);
}

TEST(of_two_annotations_the_newer_stays)
{
    char said[8192];
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    say(place.store, SPAN, "a1", "good", "after all not");
    succeeds(phx_store_merge(place.store, place.copy, NULL, err));
    print_annotations(place.store, said, sizeof said);
    ok(strstr(said, "0 a1 -1 good=after all not") != NULL);
    ok(strstr(said, "good=yes") == NULL);
    place_remove(&place);
}

static void damage(const char *path, off_t at)
{
    int file = open(path, O_RDWR);
    char byte;

    assert_true(file >= 0);
    assert_int_equal(pread(file, &byte, 1, at), 1);
    byte = (char)~byte;
    assert_int_equal(pwrite(file, &byte, 1, at), 1);
    close(file);
}

/* Of a block's bytes, which only their checksum tells. */
TEST(what_is_damaged_stays_out)
{
    struct place place;
    phx_store *other;
    phx_error why = {0};

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    succeeds(open_url("sqlite::memory:", 0, &other, err));
    int refused = 0;
    for (off_t at = 100; at < 400000; at += 1777) {
        if (access(place.copy, R_OK) != 0)
            break;
        FILE *file = fopen(place.copy, "rb");
        fseek(file, 0, SEEK_END);
        off_t size = ftell(file);
        fclose(file);
        if (at >= size)
            break;
        damage(place.copy, at);
        phx_status status = phx_store_merge(other, place.copy, NULL, &why);
        if (status < 0) {
            refused++;
            eq_spans(other, NULL, "");
        }
        damage(place.copy, at);
        if (status >= 0) {
            phx_store_close(other);
            succeeds(open_url("sqlite::memory:", 0, &other, err));
        }
    }
    ok(refused > 3);
    phx_store_close(other);
    place_remove(&place);
}

TEST(a_failure_leaves_no_file)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    query.filter = text("span_kind ==");
    fails_with(PHX_INVALID, "",
               phx_store_save(place.store, &query, place.copy, err));
    assert_int_equal(access(place.copy, F_OK), -1);
    fails_with(PHX_NOT_FOUND, "no store",
               phx_store_merge(place.store, place.copy, NULL, err));
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    fails_with(PHX_CONFLICT, "cannot create",
               phx_store_save(place.store, NULL, place.copy, err));
    phx_store *archive = open_archive(&place, PHX_OPEN_READ_ONLY);
    eq_stores(place.store, archive);
    phx_store_close(archive);
    place_remove(&place);
}

static void leave(const char *path, const char *end)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, end);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs("half of a file", file);
    fclose(file);
}

/* What a crash left is in no way; what another save writes stays. */
TEST(the_next_save_removes_what_was_left)
{
    struct place place;
    phx_store *other;
    char url[160];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    fill(place.store);
    leave(place.copy, "-new");
    leave(place.copy, "-new-wal");
    leave(place.copy, "-new-shm");
    leave(place.copy, "-new-lock");
    leave(place.copy, "-new-begun");
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    phx_store *archive = open_archive(&place, PHX_OPEN_READ_ONLY);
    eq_stores(place.store, archive);
    phx_store_close(archive);
    unlink(place.copy);
    snprintf(url, sizeof url, "sqlite:%s-new", place.copy);
    succeeds(open_url(url, 0, &other, err));
    send_to(other, NULL, &(struct sent){.trace = "01", .span = "a1"});
    fails_with(PHX_BUSY, "writes the store",
               phx_store_save(place.store, NULL, place.copy, err));
    eq_spans(other, NULL, "a1 ");
    verify_clean(other);
    phx_store_close(other);
    fails_with(PHX_CONFLICT, "-new': File exists",
               phx_store_save(place.store, NULL, place.copy, err));
    succeeds(open_url(url, 0, &other, err));
    eq_spans(other, NULL, "a1 ");
    phx_store_close(other);
    unlink(url + strlen("sqlite:"));
    leave(place.copy, "-new-begun"); /* so that the next one tidies up */
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    place_remove(&place);
}

/* Whatever allocation fails: all of it is there, or a failure is told. */
TEST(an_archive_is_whole_or_not_there)
{
    struct place place;
    phx_status status;
    phx_id told;
    int64_t seen;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    succeeds(phx_project_create(place.store, "told", "x", &told, err));
    send_to(place.store, "told", &(struct sent){.trace = "01", .span = "a1"});
    memory_faults.seen = 0;
    succeeds(phx_store_save(place.store, NULL, place.copy, err));
    seen = memory_faults.seen;
    for (int64_t at = 1; at <= seen; at++) {
        phx_error why = {0};
        unlink(place.copy);
        memory_faults.seen = 0;
        memory_faults.fail_at = at;
        status = phx_store_save(place.store, NULL, place.copy, &why);
        memory_faults.fail_at = 0;
        if (status >= 0)
            eq_description(&place, "x");
        else
            assert_int_equal(access(place.copy, F_OK), -1);
    }
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_is_a_store_of_the_same),
        cmocka_unit_test(an_archive_is_one_file),
        cmocka_unit_test(traces_of_chosen_spans_come_whole),
        cmocka_unit_test(an_archive_comes_into_a_store_once),
        cmocka_unit_test(of_two_annotations_the_newer_stays),
        cmocka_unit_test(what_is_damaged_stays_out),
        cmocka_unit_test(a_failure_leaves_no_file),
        cmocka_unit_test(the_next_save_removes_what_was_left),
        cmocka_unit_test(an_archive_is_whole_or_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
