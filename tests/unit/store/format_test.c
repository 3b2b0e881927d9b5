/* format_test.c - the tables are made once, and known again. */
#include "t.h"

#include "store/format.c"

static const struct store_options defaults, read_only = {.read_only = true};

static struct connection *open_empty(void)
{
    struct connection *connection = NULL;

    succeeds(connection_open(NULL, NULL, false, 0, &connection, err));
    return connection;
}

static void run_sql(struct connection *connection, const char *text)
{
    succeeds(connection_execute(connection, text, err));
}

TEST(an_empty_database_gets_the_tables)
{
    struct connection *connection = open_empty();
    struct counter counter, again;
    int64_t version = 0, application = 0;

    UNUSED_STATE;
    succeeds(schema_prepare(connection,
                            &(struct store_options){.no_migrate = true}, err));
    succeeds(schema_verify(connection, err));
    succeeds(pragma_int(connection, "PRAGMA user_version", &version, err));
    succeeds(
        pragma_int(connection, "PRAGMA application_id", &application, err));
    eq_int(version, schema_newest());
    eq_int(application, APPLICATION_ID);
    succeeds(counter_read(connection, &counter, err));
    eq_int(counter.project, 2); /* the default one */
    eq_int(counter.projects, 1);
    eq_int(counter.span, 1);
    succeeds(schema_prepare(connection, &defaults, err));
    succeeds(schema_prepare(connection, &read_only, err));
    succeeds(counter_read(connection, &again, err));
    assert_memory_equal(&counter, &again, sizeof again);
    connection_close(connection);
}

TEST(secrets_differ)
{
    struct connection *one = open_empty(), *other = open_empty();
    struct counter a, b;

    UNUSED_STATE;
    succeeds(schema_prepare(one, &defaults, err));
    succeeds(schema_prepare(other, &defaults, err));
    succeeds(counter_read(one, &a, err));
    succeeds(counter_read(other, &b, err));
    ok(a.secret != b.secret);
    connection_close(one);
    connection_close(other);
}

TEST(what_is_no_store_is_told_apart)
{
    struct connection *connection = open_empty();

    UNUSED_STATE;
    fails_with(PHX_UNSUPPORTED, "format 0",
               schema_prepare(connection, &read_only, err));
    run_sql(connection, "PRAGMA user_version = 1");
    fails_with(PHX_CORRUPT, "no store",
               schema_prepare(connection, &defaults, err));
    run_sql(connection, "PRAGMA user_version = 0; CREATE TABLE x (y)");
    fails_with(PHX_CORRUPT, "no store",
               schema_prepare(connection, &defaults, err));
    connection_close(connection);
}

TEST(a_newer_format_is_refused)
{
    struct connection *connection = open_empty();
    char text[64];

    UNUSED_STATE;
    succeeds(schema_prepare(connection, &defaults, err));
    snprintf(text, sizeof text, "PRAGMA user_version = %d",
             schema_newest() + 1);
    run_sql(connection, text);
    fails_with(PHX_UNSUPPORTED, "knows up to",
               schema_prepare(connection, &defaults, err));
    fails_with(PHX_UNSUPPORTED, "knows up to", schema_verify(connection, err));
    connection_close(connection);
}

TEST(tables_that_changed_are_noticed)
{
    static const char *const changes[] = {
        "DROP INDEX block_no",
        "DROP INDEX trace_session",
        "DROP TABLE gone",
        "ALTER TABLE trace ADD COLUMN more INT",
        "DROP INDEX block_new; CREATE INDEX block_new ON block (id)",
        "PRAGMA user_version = 0",
        "PRAGMA application_id = 7",
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct connection *connection = open_empty();
        succeeds(schema_prepare(connection, &defaults, err));
        run_sql(connection, changes[i]);
        fails_with(PHX_CORRUPT, "", schema_verify(connection, err));
        connection_close(connection);
    }
}

TEST(tables_of_the_user_are_none_of_ours)
{
    struct connection *connection = open_empty();

    UNUSED_STATE;
    succeeds(schema_prepare(connection, &defaults, err));
    run_sql(connection, "CREATE TABLE mine (x); CREATE INDEX i ON mine (x)");
    succeeds(schema_verify(connection, err));
    connection_close(connection);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_database_gets_the_tables),
        cmocka_unit_test(secrets_differ),
        cmocka_unit_test(what_is_no_store_is_told_apart),
        cmocka_unit_test(a_newer_format_is_refused),
        cmocka_unit_test(tables_that_changed_are_noticed),
        cmocka_unit_test(tables_of_the_user_are_none_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
