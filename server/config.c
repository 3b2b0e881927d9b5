/*
 * config.c - settings, one row each: its variable, its flag, its reader. Values
 * are trimmed, except the database URL, as the reference does it.
 */
#include "base/base.h"
#include "server/config.h"
#include "server/log.h"

#include <errno.h>
#include <pwd.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DEFAULT_PORT = 6006,
    DEFAULT_GRPC_PORT = 4317,
    DEFAULT_QUEUE_SPANS = 20000,
    DEFAULT_QUEUE_BYTES = 128 << 20,
    LEAST_DISK = 256 << 20
};

/* What the settings say of the log and the store, before it is settled. */
struct reading {
    struct config *config;
    const char *name;   /* of the setting, for messages */
    char folder[4096];  /* WORKING_DIR */
    char url[4096];     /* SQL_DATABASE_URL */
    bool form_is_given; /* LOGGING_MODE */
};

static phx_status copy(const struct reading *reading, phx_text value, char *out,
                       size_t size, phx_error *err)
{
    if (value.size >= size)
        return fail(err, PHX_INVALID, -1, "%s is %zu bytes, limit is %zu",
                    reading->name, value.size, size - 1);
    memcpy(out, value.data, value.size);
    out[value.size] = '\0';
    return PHX_OK;
}

static phx_status refuse(const struct reading *reading, phx_text value,
                         const char *rule, phx_error *err)
{
    return fail(err, PHX_INVALID, -1, "%s is '%.*s', but must be %s",
                reading->name, value.size < 64 ? (int)value.size : 64,
                value.data, rule);
}

/* A number of digits only, up to `most`. */
bool config_read_digits(phx_text value, int64_t most, int64_t *out)
{
    int64_t number = 0;

    if (value.size == 0 || value.size > 18)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
        number = number * 10 + (value.data[i] - '0');
    }
    *out = number;
    return number <= most;
}

static phx_status read_port(struct reading *reading, phx_text value,
                            uint16_t *out, phx_error *err)
{
    int64_t port;

    if (text_starts(value, "tcp://"))
        return fail(err, PHX_INVALID, -1,
                    "%s is '%.64s', which Kubernetes sets for a service of "
                    "that name: rename the service or set the port",
                    reading->name, value.data);
    if (!config_read_digits(value, 65535, &port))
        return refuse(reading, value, "a number from 0 to 65535", err);
    *out = (uint16_t)port;
    return PHX_OK;
}

static phx_status read_bool(struct reading *reading, phx_text value, bool *out,
                            phx_error *err)
{
    bool yes = value.size == 4 && strncasecmp(value.data, "true", 4) == 0;
    bool no = value.size == 5 && strncasecmp(value.data, "false", 5) == 0;

    if (!yes && !no)
        return refuse(reading, value, "true or false", err);
    *out = yes;
    return PHX_OK;
}

static phx_status read_host(struct reading *reading, phx_text value,
                            phx_error *err)
{
    struct config *config = reading->config;

    if (value.size == 0)
        return PHX_OK;
    return copy(reading, value, config->host, sizeof config->host, err);
}

static phx_status read_http_port(struct reading *reading, phx_text value,
                                 phx_error *err)
{
    return read_port(reading, value, &reading->config->port, err);
}

static phx_status read_grpc_port(struct reading *reading, phx_text value,
                                 phx_error *err)
{
    return read_port(reading, value, &reading->config->grpc_port, err);
}

static phx_status read_root_path(struct reading *reading, phx_text value,
                                 phx_error *err)
{
    struct config *config = reading->config;

    if (value.size > 0 && (!text_starts(value, "/") || text_ends(value, "/")))
        return refuse(reading, value,
                      "empty, or begin with a slash and not end with one", err);
    return copy(reading, value, config->root_path, sizeof config->root_path,
                err);
}

static phx_status read_folder(struct reading *reading, phx_text value,
                              phx_error *err)
{
    return copy(reading, value, reading->folder, sizeof reading->folder, err);
}

static phx_status read_url(struct reading *reading, phx_text value,
                           phx_error *err)
{
    if (text_starts(value, "postgres"))
        return fail(err, PHX_INVALID, -1,
                    "%s asks for PostgreSQL, which is not in this build",
                    reading->name);
    if (value.size > 0 && !text_starts(value, "sqlite:"))
        return fail(err, PHX_INVALID, -1,
                    "%s must begin with sqlite:", reading->name);
    return copy(reading, value, reading->url, sizeof reading->url, err);
}

static phx_status read_queue(struct reading *reading, phx_text value,
                             phx_error *err)
{
    if (!config_read_digits(value, INT64_MAX, &reading->config->queue_spans) ||
        reading->config->queue_spans == 0)
        return refuse(reading, value, "a number over 0", err);
    return PHX_OK;
}

static phx_status read_retention(struct reading *reading, phx_text value,
                                 phx_error *err)
{
    if (!config_read_digits(value, INT64_MAX, &reading->config->retention_days))
        return refuse(reading, value, "a number of days, 0 for no limit", err);
    return PHX_OK;
}

/* "1000000000", "10GiB" */
static phx_status read_max_disk(struct reading *reading, phx_text value,
                                phx_error *err)
{
    static const struct {
        const char *name;
        int shift;
    } units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
    phx_text digits = value;
    int64_t number;
    int shift = 0;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (text_ends(value, units[i].name)) {
            digits.size = value.size - strlen(units[i].name);
            shift = units[i].shift;
        }
    }
    if (!config_read_digits(digits, INT64_MAX >> shift, &number) ||
        (number > 0 && number << shift < LEAST_DISK))
        return refuse(reading, value,
                      "0, or 256MiB or more: bytes, or a number of KiB, MiB, "
                      "GiB or TiB",
                      err);
    reading->config->max_disk = number << shift;
    return PHX_OK;
}

static bool read_real(phx_text value, double most, double *out)
{
    char copy[64], *end = NULL;

    if (value.size == 0 || value.size >= sizeof copy)
        return false;
    memcpy(copy, value.data, value.size);
    copy[value.size] = '\0';
    *out = strtod(copy, &end);
    return *end == '\0' && *out >= 0 && *out <= most;
}

static phx_status read_capacity(struct reading *reading, phx_text value,
                                phx_error *err)
{
    if (!read_real(value, 1e9, &reading->config->capacity_gib) ||
        !(reading->config->capacity_gib > 0))
        return refuse(reading, value, "a number of GiB over 0", err);
    return PHX_OK;
}

static phx_status read_blocking(struct reading *reading, phx_text value,
                                phx_error *err)
{
    if (!read_real(value, 100, &reading->config->blocking_percent))
        return refuse(reading, value, "a number from 0 to 100", err);
    return PHX_OK;
}

static phx_status read_log_form(struct reading *reading, phx_text value,
                                phx_error *err)
{
    if (value.size == 0)
        return PHX_OK;
    if (!text_is(value, "default") && !text_is(value, "structured"))
        return refuse(reading, value, "default or structured", err);
    reading->config->log_form =
        text_is(value, "structured") ? LOG_JSON : LOG_TEXT;
    reading->form_is_given = true;
    return PHX_OK;
}

static phx_status read_log_level(struct reading *reading, phx_text value,
                                 phx_error *err)
{
    static const char *const names[] = {"debug", "info",     "warning", "warn",
                                        "error", "critical", "fatal"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (value.size == strlen(names[i]) &&
            strncasecmp(value.data, names[i], value.size) == 0) {
            reading->config->debug |= i == 0;
            return PHX_OK;
        }
    }
    return value.size == 0 ? PHX_OK
                           : refuse(reading, value, "a level's name", err);
}

static phx_status read_prometheus(struct reading *reading, phx_text value,
                                  phx_error *err)
{
    return read_bool(reading, value, &reading->config->prometheus, err);
}

static const struct setting {
    const char *variable;
    const char *flag; /* or NULL */
    phx_status (*read)(struct reading *reading, phx_text value, phx_error *err);
} settings[] = {
    {"PHOENIX_HOST", "--host", read_host},
    {"PHOENIX_PORT", "--port", read_http_port},
    {"PHOENIX_GRPC_PORT", "--grpc-port", read_grpc_port},
    {"PHOENIX_HOST_ROOT_PATH", "--host-root-path", read_root_path},
    {"PHOENIX_WORKING_DIR", "--working-dir", read_folder},
    {"PHOENIX_SQL_DATABASE_URL", "--database-url", read_url},
    {"PHOENIX_MAX_SPANS_QUEUE_SIZE", "--max-spans-queue-size", read_queue},
    {"PHOENIX_DEFAULT_RETENTION_POLICY_DAYS", "--default-retention-policy-days",
     read_retention},
    {"PHOENIX_MAX_DISK", "--max-disk", read_max_disk},
    {"PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES", NULL,
     read_capacity},
    {"PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE", NULL,
     read_blocking},
    {"PHOENIX_LOGGING_MODE", "--logging-mode", read_log_form},
    {"PHOENIX_LOGGING_LEVEL", NULL, read_log_level},
    {"PHOENIX_ENABLE_PROMETHEUS", NULL, read_prometheus},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static phx_text trimmed(const struct setting *setting, const char *value)
{
    phx_text text = text_of(value);

    return setting->read == read_url ? text : text_trim(text);
}

static phx_status read_variables(struct reading *reading, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < SETTINGS && status == PHX_OK; i++) {
        const char *value = getenv(settings[i].variable);

        reading->name = settings[i].variable;
        if (value != NULL)
            status =
                settings[i].read(reading, trimmed(&settings[i], value), err);
    }
    return status;
}

static phx_status read_flag(struct reading *reading, const char *flag,
                            const char *value, phx_error *err)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (settings[i].flag == NULL || strcmp(settings[i].flag, flag) != 0)
            continue;
        if (value == NULL)
            return fail(err, PHX_INVALID, -1, "%s needs a value", flag);
        reading->name = settings[i].flag;
        return settings[i].read(reading, trimmed(&settings[i], value), err);
    }
    return fail(err, PHX_INVALID, -1, "unknown flag '%.64s'", flag);
}

static phx_status read_flags(struct reading *reading, int argc, char **argv,
                             phx_error *err)
{
    for (int i = 0; i < argc; i++) {
        char flag[64];
        const char *equals = strchr(argv[i], '=');
        const char *value;
        phx_status status;

        if (strcmp(argv[i], "--debug") == 0) {
            reading->config->debug = true;
            continue;
        }
        if (equals != NULL) {
            snprintf(flag, sizeof flag, "%.*s", (int)(equals - argv[i]),
                     argv[i]);
            value = equals + 1;
        } else {
            snprintf(flag, sizeof flag, "%s", argv[i]);
            value = i + 1 < argc ? argv[++i] : NULL;
        }
        if ((status = read_flag(reading, flag, value, err)) < 0)
            return status;
    }
    return PHX_OK;
}

/* The folder for the store, absolute: as given, or ~/.phoenix. */
static phx_status settle_folder(struct reading *reading, phx_error *err)
{
    struct config *config = reading->config;
    size_t size = sizeof config->working_dir;
    char here[4096];
    int length;

    if (reading->folder[0] == '\0' || reading->folder[0] == '~') {
        const struct passwd *user = getpwuid(getuid());
        const char *home = getenv("HOME");
        const char *rest =
            reading->folder[0] ? reading->folder + 1 : "/.phoenix";

        if (home == NULL || home[0] == '\0')
            home = user ? user->pw_dir : "/";
        length = snprintf(config->working_dir, size, "%s%s", home, rest);
    } else if (reading->folder[0] == '/') {
        length = snprintf(config->working_dir, size, "%s", reading->folder);
    } else {
        if (getcwd(here, sizeof here) == NULL)
            return fail_os(err, PHX_IO, errno,
                           "cannot tell the current folder: %s",
                           strerror(errno));
        length =
            snprintf(config->working_dir, size, "%s/%s", here, reading->folder);
    }
    if (length < 0 || (size_t)length >= size)
        return fail(err, PHX_INVALID, -1, "working folder is over %zu bytes",
                    size - 1);
    return PHX_OK;
}

static phx_status settle_store(struct reading *reading, phx_error *err)
{
    struct config *config = reading->config;
    phx_status status;

    if (reading->url[0] != '\0') {
        snprintf(config->store_url, sizeof config->store_url, "%s",
                 reading->url);
        return PHX_OK;
    }
    if ((status = settle_folder(reading, err)) < 0)
        return status;
    snprintf(config->store_url, sizeof config->store_url,
             "sqlite:///%s/phoenix.db", config->working_dir);
    return PHX_OK;
}

static void set_defaults(struct config *config)
{
    *config = (struct config){.host = "0.0.0.0",
                              .port = DEFAULT_PORT,
                              .grpc_port = DEFAULT_GRPC_PORT,
                              .queue_spans = DEFAULT_QUEUE_SPANS,
                              .queue_bytes = DEFAULT_QUEUE_BYTES};
}

phx_status config_make_folder(const struct config *config, phx_error *err)
{
    const char *path = config->working_dir;
    char part[4096];

    for (size_t i = 1; path[0] != '\0' && i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return fail_os(err, PHX_IO, errno,
                           "cannot make folder '%.200s': %s", part,
                           strerror(errno));
    }
    return PHX_OK;
}

phx_status config_read(struct config *out, int argc, char **argv,
                       phx_error *err)
{
    struct reading reading = {.config = out};
    phx_status status;

    set_defaults(out);
    if ((status = read_variables(&reading, err)) < 0 ||
        (status = read_flags(&reading, argc, argv, err)) < 0)
        return status;
    if (!reading.form_is_given)
        out->log_form = isatty(STDERR_FILENO) ? LOG_TEXT : LOG_JSON;
    log_init(out->log_form, out->debug);
    if ((status = settle_store(&reading, err)) < 0)
        return status;
    return config_check_environment(err);
}

phx_status config_read_store(struct config *out, const char *url,
                             const char *folder, phx_error *err)
{
    struct reading reading = {.config = out};
    phx_status status;

    set_defaults(out);
    if ((status = read_variables(&reading, err)) < 0 ||
        (folder &&
         (status = read_flag(&reading, "--working-dir", folder, err)) < 0) ||
        (url && (status = read_flag(&reading, "--database-url", url, err)) < 0))
        return status;
    if (folder != NULL && url == NULL)
        reading.url[0] = '\0'; /* a flag wins over the other variable */
    return settle_store(&reading, err);
}
