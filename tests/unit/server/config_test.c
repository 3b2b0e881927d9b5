/* Settings: variables, flags, and what is refused. */
#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include "server/config.h"

extern char **environ;

static char *nothing[] = {NULL};

/* The environment is what the test says, and HOME. */
static phx_status read_with(struct config *config, const char *variable,
                            int argc, char **argv, phx_error *err)
{
    char copy[256];
    char *entries[] = {(char[]){"HOME=/h/me"}, NULL, NULL};
    char **before = environ;
    phx_status status;

    snprintf(copy, sizeof copy, "%s", variable ? variable : "");
    entries[1] = variable ? copy : NULL;
    environ = entries;
    status = config_read(config, argc, argv, err);
    environ = before;
    return status;
}

TEST(defaults_are_those_of_the_reference)
{
    struct config config;

    UNUSED_STATE;
    succeeds(read_with(&config, NULL, 0, nothing, err));
    eq_string(config.host, "0.0.0.0");
    eq_int(config.port, 6006);
    eq_int(config.grpc_port, 4317);
    eq_int(config.queue_spans, 20000);
    eq_string(config.store_url, "sqlite:////h/me/.phoenix/phoenix.db");
}

TEST(a_flag_wins_over_its_variable)
{
    char *argv[] = {(char[]){"--port"}, (char[]){"7"}, (char[]){"--host=::1"},
                    (char[]){"--debug"}};
    struct config config;

    UNUSED_STATE;
    succeeds(read_with(&config, "PHOENIX_PORT= 5 ", 4, argv, err));
    eq_int(config.port, 7);
    eq_string(config.host, "::1");
    ok(config.debug);
    succeeds(read_with(&config, "PHOENIX_PORT= 5 ", 0, nothing, err));
    eq_int(config.port, 5);
}

TEST(limits_of_the_store_are_read)
{
    static const struct {
        const char *variable;
        int64_t bytes;
    } rows[] = {{"PHOENIX_MAX_DISK=0", 0},
                {"PHOENIX_MAX_DISK=1000000000", 1000000000},
                {"PHOENIX_MAX_DISK=262144KiB", INT64_C(256) << 20},
                {"PHOENIX_MAX_DISK= 300MiB ", INT64_C(300) << 20},
                {"PHOENIX_MAX_DISK=10GiB", INT64_C(10) << 30},
                {"PHOENIX_MAX_DISK=2TiB", INT64_C(2) << 40}};
    struct config config;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        succeeds(read_with(&config, rows[i].variable, 0, nothing, err));
        eq_int(config.max_disk, rows[i].bytes);
    }
    char *argv[] = {(char[]){"--max-disk=1GiB"}};
    succeeds(read_with(&config, "PHOENIX_DEFAULT_RETENTION_POLICY_DAYS=30", 1,
                       argv, err));
    eq_int(config.retention_days, 30);
    eq_int(config.max_disk, INT64_C(1) << 30);
    succeeds(read_with(
        &config, "PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES=0.5", 0,
        nothing, err));
    ok(config.capacity_gib == 0.5 && config.blocking_percent == 0);
}

TEST(malformed_values_are_refused)
{
    static const char *const variables[] = {
        "PHOENIX_PORT=",
        "PHOENIX_PORT=65536",
        "PHOENIX_PORT=-1",
        "PHOENIX_GRPC_PORT=1e3",
        "PHOENIX_HOST_ROOT_PATH=sub",
        "PHOENIX_HOST_ROOT_PATH=/sub/",
        "PHOENIX_MAX_SPANS_QUEUE_SIZE=0",
        "PHOENIX_LOGGING_MODE=json",
        "PHOENIX_LOGGING_LEVEL=loud",
        "PHOENIX_ENABLE_PROMETHEUS=1",
        "PHOENIX_ENABLE_PROMETHEUS=",
        "PHOENIX_SQL_DATABASE_URL= sqlite:///x",
        "PHOENIX_ENABLE_AUTH=yes",
        "PHOENIX_ENABLE_AUTH=",
        "PHOENIX_ACCESS_TOKEN_EXPIRY_MINUTES=soon",
        "PHOENIX_DEFAULT_RETENTION_POLICY_DAYS=-1",
        "PHOENIX_DEFAULT_RETENTION_POLICY_DAYS=1.5",
        "PHOENIX_MAX_DISK=",
        "PHOENIX_MAX_DISK=1MiB",
        "PHOENIX_MAX_DISK=10GB",
        "PHOENIX_MAX_DISK=-1",
        "PHOENIX_MAX_DISK=8388608TiB",
        "PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES=0",
        "PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES=nan",
        "PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE=101",
        "PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE=",
        "PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE=5%"};
    struct config config;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        fails_with(PHX_INVALID, "PHOENIX_",
                   read_with(&config, variables[i], 0, nothing, err));
    fails_with(
        PHX_INVALID, "Kubernetes",
        read_with(&config, "PHOENIX_PORT=tcp://10.0.0.1:80", 0, nothing, err));
}

TEST(protection_that_is_not_there_is_refused)
{
    static const char *const variables[] = {
        "PHOENIX_ENABLE_AUTH=True",
        "PHOENIX_SECRET=x",
        "PHOENIX_TLS_ENABLED_FOR_GRPC=true",
        "PHOENIX_CSRF_TRUSTED_ORIGINS=https://x",
        "PHOENIX_ALLOWED_ORIGINS=https://x",
        "PHOENIX_OAUTH2_GOOGLE_CLIENT_ID=x",
        "PHOENIX_LDAP_HOST=x",
        "PHOENIX_POSTGRES_HOST=x"};
    struct config config;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        fails_with(PHX_INVALID, "not in this build",
                   read_with(&config, variables[i], 0, nothing, err));
    fails_with(PHX_INVALID, "PostgreSQL",
               read_with(&config, "PHOENIX_SQL_DATABASE_URL=postgresql://x", 0,
                         nothing, err));
}

TEST(values_that_ask_for_nothing_are_taken)
{
    static const char *const variables[] = {
        "PHOENIX_ENABLE_AUTH=false", "PHOENIX_SECRET=",
        "PHOENIX_SECRET=  ",         "PHOENIX_SERVICE_HOST=x",
        "PHOENIX_PORT_6006_TCP=x",   "PHOENIX_API_KEY=x",
        "PHOENIX_TLS_ENABLED=FALSE"};
    struct config config;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        succeeds(read_with(&config, variables[i], 0, nothing, err));
}

TEST(unknown_flags_are_refused)
{
    char *unknown[] = {(char[]){"--hots"}, (char[]){"x"}};
    char *bare[] = {(char[]){"--host"}};
    struct config config;

    UNUSED_STATE;
    fails_with(PHX_INVALID, "--hots",
               read_with(&config, NULL, 2, unknown, err));
    fails_with(PHX_INVALID, "needs a value",
               read_with(&config, NULL, 1, bare, err));
}

TEST(flags_say_where_the_store_is)
{
    struct config config;

    UNUSED_STATE;
    succeeds(config_read_store(&config, NULL, "/x", err));
    eq_string(config.store_url, "sqlite:////x/phoenix.db");
    succeeds(config_read_store(&config, "sqlite::memory:", "/x", err));
    eq_string(config.store_url, "sqlite::memory:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_reference),
        cmocka_unit_test(a_flag_wins_over_its_variable),
        cmocka_unit_test(limits_of_the_store_are_read),
        cmocka_unit_test(malformed_values_are_refused),
        cmocka_unit_test(protection_that_is_not_there_is_refused),
        cmocka_unit_test(values_that_ask_for_nothing_are_taken),
        cmocka_unit_test(unknown_flags_are_refused),
        cmocka_unit_test(flags_say_where_the_store_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
