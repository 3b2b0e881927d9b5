/*
 * damage_test.c - a store that is not what was written. Every value of every
 * column of every table is changed, every row removed, and bytes of the file
 * are flipped: verify must say so, or nothing that the store tells may differ.
 * The tables are those of sqlite_schema, so that none is forgotten.
 *
 * Some rows and bytes of many, unless SWEEP_ALL is in the environment.
 */
#include "t.h"

#include "contract/annotated.h"
#include "contract/logged.h"
#include "contract/prompted.h"
#include "contract/tried.h"

#include <sqlite3.h>

#include "api/inside.h"
#include "fault/told.h"

enum { ROWS = 3, BYTES = 400 };

static struct {
    struct place place;
    char bytes[1 << 22]; /* of the sound store */
    size_t size;
    char told[TEXT]; /* what it tells */
    int changes;
} sound;

/* --- a store with something in every table ------------------------------------ */

static void send_trace(struct place *place, int number, int spans)
{
    struct request request = {0};
    phx_ingest_report report;
    char trace[16], span[16], session[16];

    snprintf(trace, sizeof trace, "%08x", (unsigned)number * 7919 + 1);
    snprintf(session, sizeof session, "s%d", number % 4);
    for (int i = 0; i < spans; i++) {
        snprintf(span, sizeof span, "%08x", (unsigned)(number * 100 + i));
        request_add(&request,
                    &(struct sent){
                        .trace = trace,
                        .span = span,
                        .parent = i ? "0000" : NULL,
                        .name = "step",
                        .kind = i % 2 ? "LLM" : "TOOL",
                        .session = number % 3 ? session : NULL,
                        .start = 1772300000000001500u + (uint64_t)number * 1001,
                        .end = 1772300000000009999u + (uint64_t)number * 3003,
                        .tokens = 10 + i});
    }
    succeeds(request_ingest(&request, place->store, number % 2 ? "p" : NULL,
                            &report, err));
    eq_int(report.accepted, spans);
}

/* Of each kind, with and without what may be absent; some go again. */
static void say_things(struct place *place)
{
    phx_annotation_item item =
        item_of(PHX_SPAN_ANNOTATION, "00000065", "tone", "good");

    say(place->store, PHX_SPAN_ANNOTATION, "00000064", "tone", NULL);
    say(place->store, PHX_TRACE_ANNOTATION, "00000001", "helpful", "yes");
    say(place->store, PHX_SESSION_ANNOTATION, "s1", "csat", "4");
    item.identifier = text("run");
    item.explanation = text("because");
    item.metadata = text("{\"a\": 1}");
    item.score = 0.75;
    item.has_score = 1;
    annotate(place->store, &item);
    item.target_id = text("0000fffe");
    succeeds(phx_store_annotate_later(place->store, &item, 1, NULL, err));
}

static void make_config(struct place *place)
{
    const phx_annotation_config config = {.type = PHX_CATEGORICAL,
                                          .direction = PHX_MAXIMIZE,
                                          .name = text("tone"),
                                          .description = text("how it sounds"),
                                          .choices =
                                              text("[{\"label\": \"good\"}]")};
    phx_id id = 0;

    succeeds(phx_config_create(place->store, &config, &id, err));
    succeeds(phx_project_set_config(place->store, 1, id, 1, err));
}

/* An example that is from a span, and in two splits. */
static void link_example(phx_store *store)
{
    const phx_example_item item = {.input = text("{\"q\":6}"),
                                   .span_id = text("00000064"),
                                   .splits = text("[\"train\",\"test\"]")};
    phx_dataset_change change;

    succeeds(phx_dataset_put(store, "d", PHX_DATASET_UPDATE, NULL, &item, 1,
                             &change, err));
}

/* Two datasets; of one, examples that stay, change, end and come back. */
static void keep_things(struct place *place)
{
    static const struct kept versions[][KEPT_MOST] = {
        {{"{\"q\":1}", "x"}, {"{\"q\":2}"}, {"{\"q\":3}"}},
        {{"{\"q\":4}", "x"}, {"{\"q\":2}"}},
        {{"{\"q\":2}"}},
        {{"{\"q\":2}"}, {"{\"q\":5}", "x"}},
    };

    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        keep(place->store, "d", PHX_DATASET_UPDATE, versions[i]);
    keep(place->store, "e", PHX_DATASET_CREATE, versions[0]);
    put_into_parts(place->store, 2);
    link_example(place->store);
}

/* Two prompts, one with a version that a tag points to. */
static void keep_prompts(struct place *place)
{
    const phx_prompt from_p = {.name = prompt_text("q"),
                               .description = prompt_text("from p"),
                               .source = 1};
    phx_id version;

    for (int i = 0; i < 3; i++)
        prompt(place->store, "p", "m");
    succeeds(try_prompt(place->store, &from_p, "m", &version, err));
    succeeds(phx_prompt_set_tag(place->store, 2, "prod", "d", err));
}

/* Two experiments, of which one has chosen; a run of each kind. */
static void try_things(struct place *place)
{
    static const phx_id some[] = {2, 3};
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    phx_id id = make_experiment(place->store, 2, 2), tag = 0;

    judge(place->store, put_run(place->store, id, 5, 1, "{\"a\":1}", NULL),
          "right", "no", NULL);
    judge(place->store, put_run(place->store, id, 6, 2, NULL, "broke"), "right",
          NULL, "broke");
    item.dataset = 1;
    item.version = 1;
    item.description = text("of some");
    item.examples = some;
    item.example_count = 2;
    succeeds(phx_experiment_create(place->store, &item, &id, err));
    succeeds(phx_experiment_set_tag(place->store, id, "t", "x", &tag, err));
    succeeds(phx_experiment_set_tag(place->store, 1, "t", NULL, &tag, err));
}

static void fill(struct place *place)
{
    phx_id id;

    for (int i = 0; i < 60; i++) {
        send_trace(place, i, 1 + i % 4);
        if (i % 6 == 5)
            compact_all(place->store);
    }
    say_things(place);
    make_config(place);
    keep_things(place);
    keep_prompts(place);
    try_things(place);
    send_to(place->store, "q", &(struct sent){"fa", "fa", .session = "q"});
    send_to(place->store, "q", &(struct sent){"fb", "fb", .session = "q"});
    delete_one(place->store, PHX_PROJECT,
               number_of(place->store, PHX_PROJECT, "q"));
    delete_one(place->store, PHX_TRACE, 3);
    delete_one(place->store, PHX_SPAN, 9);
    delete_one(place->store, PHX_SPAN, 20);
    for (int i = 60; i < 64; i++)
        send_trace(place, i, 3);
    succeeds(phx_project_update(place->store, 2, "of p", err));
    succeeds(phx_policy_create(place->store, "of p", "0 0 * * 0",
                               &(phx_retention_rule){PHX_MAX_COUNT, 0, 9}, &id,
                               err));
    succeeds(phx_project_set_policy(place->store, 2, id, err));
    send_log(place, &(struct logged){"000000ff", "0000", "waits", 1});
    send_log(place, &(struct logged){"000000ff", "0001", "waits", 1});
    send_to(place->store, NULL, &(struct sent){"fc", "fc"});
    send_log(place, &(struct logged){"fc", "fc", "joined", 1});
}

static int make_sound(void **state)
{
    struct place *place = &sound.place;

    (void)state;
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    fill(place);
    verify_clean(place->store);
    eq_int(tell_all(place->store, sound.told), PHX_DONE);
    phx_store_stats stats = stats_of(place->store);
    ok(stats.deleted >= 4 && stats.young_blocks >= 2);
    ok(stats.blocks > stats.young_blocks);
    place_close(place);
    FILE *file = fopen(place->path, "rb");
    sound.size = fread(sound.bytes, 1, sizeof sound.bytes, file);
    fclose(file);
    ok(sound.size < sizeof sound.bytes);
    return 0;
}

static int remove_sound(void **state)
{
    (void)state;
    place_remove(&sound.place);
    return 0;
}

static void restore(void)
{
    FILE *file = fopen(sound.place.path, "wb");

    assert_int_equal(fwrite(sound.bytes, 1, sound.size, file), sound.size);
    fclose(file);
}

/* --- what must come of damage -------------------------------------------------- */

static void count_fault(void *ctx, const char *message)
{
    int *count = ctx;

    assert_true(message[0] != '\0');
    (*count)++;
}

/* CORRUPT of open or of verify; OK if nothing was noticed. */
static phx_status examine(phx_error *why)
{
    struct place *place = &sound.place;
    phx_status status =
        open_url(place->url, PHX_OPEN_NO_COMPACT, &place->store, why);
    int faults = 0;

    if (status < 0)
        return status;
    status = phx_store_verify(place->store, NULL, NULL, why);
    if (status >= 0)
        return status;
    assert_true(why->message[0] != '\0');
    phx_error all = {0};
    if (phx_store_verify(place->store, count_fault, &faults, &all) != status ||
        faults == 0)
        wrong("verify tells %d faults of '%s'", faults, why->message);
    return status;
}

static void must_be_noticed(const char *what)
{
    phx_error why = {0};
    phx_status status = examine(&why);

    place_close(&sound.place);
    if (status != PHX_CORRUPT)
        wrong("%s: %s %s", what, phx_status_name(status), why.message);
    sound.changes++;
}

TEST(a_sound_store_is_found_sound)
{
    static char told[TEXT];
    phx_error why = {0};

    UNUSED_STATE;
    restore();
    eq_int(examine(&why), PHX_OK);
    eq_int(tell_all(sound.place.store, told), PHX_DONE);
    eq_string(told, sound.told);
    place_close(&sound.place);
}

/* --- rows and columns ------------------------------------------------------------- */

static sqlite3 *open_file(void)
{
    sqlite3 *db;

    restore();
    assert_int_equal(sqlite3_open(sound.place.path, &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_exec(db, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
    return db;
}

/* Whether the statement changed something that the constraints allow. */
static int change(const char *text)
{
    sqlite3 *db = open_file();
    int code = sqlite3_exec(db, text, NULL, NULL, NULL);
    int changed = code == SQLITE_OK && sqlite3_changes(db) > 0;

    if (code != SQLITE_OK && (code & 0xFF) != SQLITE_CONSTRAINT &&
        (code & 0xFF) != SQLITE_MISMATCH)
        wrong("%s: %s", text, sqlite3_errmsg(db));
    sqlite3_close(db);
    return changed;
}

static int64_t ask_int(const char *text)
{
    sqlite3_stmt *read;
    sqlite3 *db = open_file();

    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &read, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(read), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(read, 0);
    sqlite3_finalize(read);
    sqlite3_close(db);
    return value;
}

/* Prints what must fit. */
static void print(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void print(char *out, size_t size, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    assert_in_range(vsnprintf(out, size, format, values), 0, size - 1);
    va_end(values);
}

/* "key" names the columns that tell rows apart. */
struct table {
    char name[32];
    char key[32];
    char columns[32][32];
    int column_count;
    int64_t rows;
};

enum { MOST_TABLES = 64 };

static int read_tables(struct table tables[MOST_TABLES])
{
    sqlite3 *db = open_file();
    sqlite3_stmt *read;
    int count = 0;
    char text[128];

    sqlite3_prepare_v2(db,
                       "SELECT name FROM sqlite_schema WHERE type = 'table'"
                       " AND name NOT LIKE 'sqlite_%' UNION ALL"
                       " SELECT 'sqlite_schema'",
                       -1, &read, NULL);
    while (sqlite3_step(read) == SQLITE_ROW) {
        assert_true(count < MOST_TABLES);
        tables[count] = (struct table){.key = "rowid"};
        print(tables[count++].name, 32, "%s",
              (const char *)sqlite3_column_text(read, 0));
    }
    sqlite3_finalize(read);
    for (int i = 0; i < count; i++) {
        struct table *table = &tables[i];
        print(text, sizeof text, "PRAGMA table_info(%s)", table->name);
        sqlite3_prepare_v2(db, text, -1, &read, NULL);
        while (sqlite3_step(read) == SQLITE_ROW)
            print(table->columns[table->column_count++], 32, "%s",
                  (const char *)sqlite3_column_text(read, 1));
        sqlite3_finalize(read);
        if (strcmp(table->name, "gone") == 0) /* has no rowid */
            print(table->key, 32, "kind * 1000000 + id");
    }
    sqlite3_close(db);
    for (int i = 0; i < count; i++) {
        print(text, sizeof text, "SELECT count(*) FROM %s", tables[i].name);
        tables[i].rows = ask_int(text);
        if (tables[i].rows == 0)
            wrong("the table %s is empty: fill() must know it", tables[i].name);
    }
    return count;
}

/* The n-th row's key, in the order of keys. */
static int64_t key_of(const struct table *table, int64_t n)
{
    char text[160];

    print(text, sizeof text, "SELECT %s FROM %s ORDER BY 1 LIMIT 1 OFFSET %d",
          table->key, table->name, (int)n);
    return ask_int(text);
}

/* All rows, or the first, the last and some between. */
static int64_t row_step(const struct table *table)
{
    return getenv("SWEEP_ALL") || table->rows <= ROWS
               ? 1
               : (table->rows - 1) / (ROWS - 1);
}

/* Each a new value of @, another one than it has. */
static const char *const values[] = {
    "CASE typeof(@) WHEN 'integer' THEN @ + 1 END",
    "CASE typeof(@) WHEN 'integer' THEN @ - 1 END",
    "CASE typeof(@) WHEN 'integer' THEN @ + (1 << 32) END",
    "CASE typeof(@) WHEN 'integer' THEN @ | (1 << 62) END",
    "CASE typeof(@) WHEN 'integer' THEN 0 ELSE 1 END",
    "CASE typeof(@) WHEN 'real' THEN @ + 0.0625 END",
    "CASE typeof(@) WHEN 'blob' THEN CAST(substr(@, 1, length(@) - 1) AS BLOB)"
    " WHEN 'text' THEN substr(@, 1, length(@) - 1) END",
    "CASE typeof(@) WHEN 'blob' THEN CAST(@ || x'00' AS BLOB)"
    " WHEN 'text' THEN @ || 'x' END",
    "CASE typeof(@) WHEN 'blob' THEN zeroblob(length(@))"
    " WHEN 'text' THEN upper(@) || ' ' END",
    "CASE typeof(@) WHEN 'blob' THEN x'' WHEN 'text' THEN '' END",
    "NULL",
};

static void put_column(const char *pattern, const char *column, char *out)
{
    for (; *pattern; pattern++) {
        if (*pattern == '@')
            out = stpcpy(out, column);
        else
            *out++ = *pattern;
    }
    *out = '\0';
}

static void change_values(const struct table *table, const char *column,
                          int64_t key)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char value[400], text[1024];
        put_column(values[i], column, value);
        print(text, sizeof text,
              "UPDATE %s SET %s = %s WHERE %s = %lld AND %s IS NOT %s",
              table->name, column, value, table->key, (long long)key, column,
              value);
        if (change(text))
            must_be_noticed(text);
    }
}

TEST(a_changed_value_is_noticed)
{
    struct table tables[MOST_TABLES];
    int count = read_tables(tables);

    UNUSED_STATE;
    ok(count >= 9);
    for (int i = 0; i < count; i++) {
        for (int64_t n = 0; n < tables[i].rows; n += row_step(&tables[i])) {
            int64_t key = key_of(&tables[i], n);
            for (int j = 0; j < tables[i].column_count; j++)
                change_values(&tables[i], tables[i].columns[j], key);
        }
    }
    ok(sound.changes > 300);
}

TEST(a_removed_row_is_noticed)
{
    struct table tables[MOST_TABLES];
    int count = read_tables(tables);
    char text[160];

    UNUSED_STATE;
    for (int i = 0; i < count; i++) {
        for (int64_t n = 0; n < tables[i].rows; n++) {
            print(text, sizeof text, "DELETE FROM %s WHERE %s = %lld",
                  tables[i].name, tables[i].key,
                  (long long)key_of(&tables[i], n));
            ok(change(text));
            must_be_noticed(text);
            if (!getenv("SWEEP_ALL") && n > 20)
                break;
        }
    }
}

/* --- bytes of the file --------------------------------------------------------------- */

static void flip(size_t offset, int bit)
{
    static char told[TEXT];
    phx_error why = {0};

    sound.bytes[offset] ^= (char)(1 << bit);
    restore();
    sound.bytes[offset] ^= (char)(1 << bit);
    phx_status status = examine(&why);
    if (status == PHX_OK) {
        if (tell_all(sound.place.store, told) != PHX_DONE ||
            strcmp(told, sound.told) != 0)
            wrong("bit %d of byte %zu is not noticed", bit, offset);
    } else if (status != PHX_CORRUPT && offset >= 100) {
        wrong("bit %d of byte %zu: %s %s", bit, offset, phx_status_name(status),
              why.message);
    }
    place_close(&sound.place);
}

TEST(a_flipped_byte_is_noticed_or_harmless)
{
    size_t step = getenv("SWEEP_ALL") ? 61 : sound.size / BYTES;

    UNUSED_STATE;
    for (size_t at = 0; at < 100; at += getenv("SWEEP_ALL") ? 1 : 7)
        flip(at, (int)at % 8);
    for (size_t at = 100; at < sound.size; at += step)
        flip(at, (int)at % 8);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_store_is_found_sound),
        cmocka_unit_test(a_changed_value_is_noticed),
        cmocka_unit_test(a_removed_row_is_noticed),
        cmocka_unit_test(a_flipped_byte_is_noticed_or_harmless),
    };

    return cmocka_run_group_tests(tests, make_sound, remove_sound);
}
