/*
 * environment.c - every PHOENIX_* variable that the reference knows, and what
 * this build makes of it. A variable that asks for protection which is not
 * there stops the start: a server that someone believes to be locked must not
 * stand open. Others without effect are named in a warning, and so are names
 * that nobody knows, since most of those are slips of the pen.
 */
#include "base/base.h"
#include "server/config.h"
#include "server/log.h"

#include <strings.h>

extern char **environ;

enum type { TEXT, BOOL, INT, REAL };

enum effect {
    USED,     /* config.c reads it */
    PROTECTS, /* refused unless its value asks for nothing */
    NOTHING,  /* warned of, likewise */
    CLIENT    /* of clients and of Kubernetes: none of our business */
};

struct name {
    const char *name; /* without PHOENIX_ */
    enum type type;
    enum effect effect;
    const char *harmless; /* the value that asks for nothing we lack */
    const char *promise;  /* of what PROTECTS */
};

static const struct name names[] = {
    {"HOST", TEXT, USED, "", NULL},
    {"PORT", TEXT, USED, "", NULL},
    {"GRPC_PORT", TEXT, USED, "", NULL},
    {"HOST_ROOT_PATH", TEXT, USED, "", NULL},
    {"WORKING_DIR", TEXT, USED, "", NULL},
    {"SQL_DATABASE_URL", TEXT, USED, "", NULL},
    {"MAX_SPANS_QUEUE_SIZE", TEXT, USED, "", NULL},
    {"DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES", TEXT, USED, "", NULL},
    {"DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE", TEXT, USED, "",
     NULL},
    {"DEFAULT_RETENTION_POLICY_DAYS", TEXT, USED, "", NULL},
    {"MAX_DISK", TEXT, USED, "", NULL},
    {"LOGGING_MODE", TEXT, USED, "", NULL},
    {"LOGGING_LEVEL", TEXT, USED, "", NULL},
    {"ENABLE_PROMETHEUS", TEXT, USED, "", NULL},

    {"ALLOWED_ORIGINS", TEXT, PROTECTS, "", "a CORS policy"},
    {"CSRF_TRUSTED_ORIGINS", TEXT, PROTECTS, "", "an origin check"},
    {"ROOT_URL", TEXT, NOTHING, "", NULL},
    {"MASK_INTERNAL_SERVER_ERRORS", BOOL, NOTHING, "true", NULL},
    {"ALLOW_EXTERNAL_RESOURCES", BOOL, NOTHING, "false", NULL},
    {"TELEMETRY_ENABLED", BOOL, NOTHING, "false", NULL},
    {"FULLSTORY_ORG", TEXT, NOTHING, "", NULL},
    {"SCARF_SH_PIXEL_ID", TEXT, NOTHING, "", NULL},
    {"MANAGEMENT_URL", TEXT, NOTHING, "", NULL},
    {"SUPPORT_EMAIL", TEXT, NOTHING, "", NULL},
    {"ALLOWED_PROVIDERS", TEXT, NOTHING, "", NULL},
    {"FASTAPI_MIDDLEWARE_PATHS", TEXT, PROTECTS, "", "Python middleware"},
    {"GQL_EXTENSION_PATHS", TEXT, PROTECTS, "", "Python extensions"},
    {"GRPC_INTERCEPTOR_PATHS", TEXT, PROTECTS, "", "Python interceptors"},

    {"TLS_ENABLED", BOOL, PROTECTS, "false", "TLS"},
    {"TLS_ENABLED_FOR_HTTP", BOOL, PROTECTS, "false", "TLS"},
    {"TLS_ENABLED_FOR_GRPC", BOOL, PROTECTS, "false", "TLS"},
    {"TLS_VERIFY_CLIENT", BOOL, PROTECTS, "false", "TLS client checks"},
    {"TLS_CERT_FILE", TEXT, NOTHING, "", NULL},
    {"TLS_KEY_FILE", TEXT, NOTHING, "", NULL},
    {"TLS_KEY_FILE_PASSWORD", TEXT, NOTHING, "", NULL},
    {"TLS_CA_FILE", TEXT, NOTHING, "", NULL},

    {"ENABLE_AUTH", BOOL, PROTECTS, "false", "authentication"},
    {"SECRET", TEXT, PROTECTS, "", "authentication"},
    {"ADMIN_SECRET", TEXT, PROTECTS, "", "authentication"},
    {"DISABLE_BASIC_AUTH", BOOL, PROTECTS, "false", "authentication"},
    {"DEFAULT_ADMIN_INITIAL_PASSWORD", TEXT, PROTECTS, "", "authentication"},
    {"ENABLE_STRONG_PASSWORD_POLICY", BOOL, PROTECTS, "false",
     "a password policy"},
    {"ADMINS", TEXT, NOTHING, "", NULL},
    {"ACCESS_TOKEN_EXPIRY_MINUTES", REAL, NOTHING, "", NULL},
    {"REFRESH_TOKEN_EXPIRY_MINUTES", REAL, NOTHING, "", NULL},
    {"PASSWORD_RESET_TOKEN_EXPIRY_MINUTES", REAL, NOTHING, "", NULL},
    {"USE_SECURE_COOKIES", BOOL, NOTHING, "false", NULL},
    {"COOKIES_PATH", TEXT, NOTHING, "", NULL},
    {"DISABLE_RATE_LIMIT", BOOL, NOTHING, "true", NULL},
    {"DISABLE_BRUTE_FORCE_LOGIN_PROTECTION", BOOL, NOTHING, "true", NULL},
    {"BRUTE_FORCE_LOGIN_PROTECTION_MAX_ATTEMPTS", INT, NOTHING, "", NULL},

    {"ENABLE_OAUTH2_AUTHORIZATION_SERVER", BOOL, NOTHING, "false", NULL},
    {"OAUTH2_GRANT_EXPIRY_DAYS", REAL, NOTHING, "", NULL},
    {"OAUTH2_CONSENT_ORIGIN_CHECK", TEXT, NOTHING, "", NULL},
    {"OAUTH2_DYNAMIC_CLIENT_REGISTRATION", TEXT, NOTHING, "", NULL},
    {"OAUTH2_ALLOWED_REDIRECT_HOSTS", TEXT, NOTHING, "", NULL},
    {"OAUTH2_DCR_RATE_LIMIT_PER_HOUR", INT, NOTHING, "", NULL},
    {"OAUTH2_*", TEXT, PROTECTS, "", "OpenID Connect login"},
    {"LDAP_HOST", TEXT, PROTECTS, "", "LDAP login"},
    {"LDAP_*", TEXT, NOTHING, "", NULL},

    {"SMTP_HOSTNAME", TEXT, NOTHING, "", NULL},
    {"SMTP_PORT", INT, NOTHING, "", NULL},
    {"SMTP_USERNAME", TEXT, NOTHING, "", NULL},
    {"SMTP_PASSWORD", TEXT, NOTHING, "", NULL},
    {"SMTP_MAIL_FROM", TEXT, NOTHING, "", NULL},
    {"SMTP_VALIDATE_CERTS", BOOL, NOTHING, "true", NULL},

    {"POSTGRES_HOST", TEXT, PROTECTS, "", "PostgreSQL"},
    {"POSTGRES_USER", TEXT, NOTHING, "", NULL},
    {"POSTGRES_PASSWORD", TEXT, NOTHING, "", NULL},
    {"POSTGRES_PORT", INT, NOTHING, "", NULL},
    {"POSTGRES_DB", TEXT, NOTHING, "", NULL},
    {"POSTGRES_USE_AWS_IAM_AUTH", BOOL, PROTECTS, "false", "PostgreSQL"},
    {"POSTGRES_USE_AZURE_MANAGED_IDENTITY", BOOL, PROTECTS, "false",
     "PostgreSQL"},
    {"POSTGRES_AZURE_SCOPE", TEXT, NOTHING, "", NULL},
    {"POSTGRES_AWS_IAM_TOKEN_LIFETIME_SECONDS", TEXT, NOTHING, "", NULL},
    {"SQL_DATABASE_SCHEMA", TEXT, NOTHING, "", NULL},
    {"SQL_DATABASE_READ_REPLICA_URL", TEXT, NOTHING, "", NULL},
    {"LOG_SQL", BOOL, NOTHING, "false", NULL},
    {"MIGRATE_INDEX_CONCURRENTLY", TEXT, NOTHING, "false", NULL},
    {"DANGEROUSLY_DISABLE_MIGRATIONS", BOOL, PROTECTS, "false",
     "a store left as it is"},
    {"DATABASE_USAGE_EMAIL_WARNING_THRESHOLD_PERCENTAGE", REAL, NOTHING, "0",
     NULL},

    {"DB_LOGGING_LEVEL", TEXT, NOTHING, "", NULL},
    {"LOG_MIGRATIONS", BOOL, NOTHING, "true", NULL},
    {"SERVER_INSTRUMENTATION_OTLP_TRACE_COLLECTOR_HTTP_ENDPOINT", TEXT, NOTHING,
     "", NULL},
    {"SERVER_INSTRUMENTATION_OTLP_TRACE_COLLECTOR_GRPC_ENDPOINT", TEXT, NOTHING,
     "", NULL},

    {"ENABLE_MCP_SERVER", BOOL, NOTHING, "false", NULL},
    {"ENABLE_MCP_CODE_MODE", BOOL, NOTHING, "false", NULL},
    {"DISABLE_AGENT_ASSISTANT", BOOL, NOTHING, "true", NULL},
    {"AGENTS_COLLECTOR_ENDPOINT", TEXT, NOTHING, "", NULL},
    {"AGENTS_COLLECTOR_API_KEY", TEXT, NOTHING, "", NULL},
    {"AGENTS_ASSISTANT_PROJECT_NAME", TEXT, NOTHING, "", NULL},
    {"AGENTS_FORCE_TRACING", BOOL, NOTHING, "false", NULL},
    {"AGENTS_DISABLE_WEB_ACCESS", BOOL, NOTHING, "true", NULL},
    {"AGENTS_DISABLE_BASH", BOOL, NOTHING, "true", NULL},
    {"ALLOWED_SANDBOX_PROVIDERS", TEXT, NOTHING, "NONE", NULL},
    {"WASM_BINARY_PATH", TEXT, NOTHING, "", NULL},
    {"ENABLE_WEBSOCKETS", TEXT, NOTHING, "", NULL},

    {"API_KEY", TEXT, CLIENT, "", NULL},
    {"CLIENT_HEADERS", TEXT, CLIENT, "", NULL},
    {"PROJECT_NAME", TEXT, CLIENT, "", NULL},
    {"NOTEBOOK_ENV", TEXT, CLIENT, "", NULL},
    {"COLLECTOR_ENDPOINT", TEXT, CLIENT, "", NULL},
    {"SERVICE_*", TEXT, CLIENT, "", NULL},
    {"PORT_*", TEXT, CLIENT, "", NULL},
};
enum { NAMES = sizeof names / sizeof *names, LONGEST = 80 };

static bool name_fits(const struct name *row, const char *name)
{
    size_t size = strlen(row->name);

    if (row->name[size - 1] == '*')
        return strncmp(row->name, name, size - 1) == 0;
    return strcmp(row->name, name) == 0;
}

static const struct name *name_find(const char *name)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (name_fits(&names[i], name))
            return &names[i];
    }
    return NULL;
}

/* Letters to add, drop or change to make one name of the other. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t size = strlen(b);

    for (size_t j = 0; j <= size; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < size; j++) {
            size_t change = diagonal + (a[i] != b[j]);
            size_t least = row[j] < row[j + 1] ? row[j] : row[j + 1];

            diagonal = row[j + 1];
            row[j + 1] = change < least + 1 ? change : least + 1;
        }
    }
    return row[size];
}

static const char *nearest(const char *name)
{
    const char *best = NULL;
    size_t least = 4; /* farther away is another word */

    for (size_t i = 0; i < NAMES && strlen(name) <= LONGEST; i++) {
        size_t far = distance(name, names[i].name);

        if (far < least) {
            least = far;
            best = names[i].name;
        }
    }
    return best;
}

static bool same(phx_text value, const char *string)
{
    return value.size == strlen(string) &&
           (value.size == 0 ||
            strncasecmp(value.data, string, value.size) == 0);
}

static bool is_well_formed(enum type type, phx_text value)
{
    char *end = NULL;

    switch (type) {
    case BOOL:
        return same(value, "true") || same(value, "false");
    case INT:
        if (value.size == 0)
            return false;
        (void)strtoll(value.data, &end, 10);
        return end == value.data + value.size;
    case REAL:
        if (value.size == 0)
            return false;
        (void)strtod(value.data, &end);
        return end == value.data + value.size;
    case TEXT:
        break;
    }
    return true;
}

static bool asks_for_nothing(const struct name *row, phx_text value)
{
    if (row->type == INT || row->type == REAL)
        return row->harmless[0] != '\0' &&
               strtod(value.data, NULL) <= strtod(row->harmless, NULL);
    return value.size == 0 || same(value, row->harmless);
}

static phx_status check(const char *name, const char *value, phx_error *err)
{
    static const char *const kinds[] = {"text", "true or false", "an integer",
                                        "a number"};
    const struct name *row = name_find(name);
    phx_text text = text_trim(text_of(value));
    char full[LONGEST + 16];

    snprintf(full, sizeof full, "PHOENIX_%s", name);
    if (row == NULL) {
        const char *like = nearest(name);
        char hint[LONGEST + 16];

        snprintf(hint, sizeof hint, "PHOENIX_%s", like ? like : "");
        if (like != NULL)
            log_event(LOG_WARN, "unknown setting", "name", full, "did_you_mean",
                      hint, NULL);
        else
            log_event(LOG_WARN, "unknown setting", "name", full, NULL);
        return PHX_OK;
    }
    if (row->effect == USED || row->effect == CLIENT)
        return PHX_OK;
    if (!is_well_formed(row->type, text))
        return fail(err, PHX_INVALID, -1, "%s is '%.64s', but must be %s", full,
                    value, kinds[row->type]);
    if (asks_for_nothing(row, text))
        return PHX_OK;
    if (row->effect == PROTECTS)
        return fail(err, PHX_INVALID, -1,
                    "%s asks for %s, which is not in this build", full,
                    row->promise);
    log_event(LOG_WARN, "setting has no effect in this build", "name", full,
              NULL);
    return PHX_OK;
}

phx_status config_check_environment(phx_error *err)
{
    static const char prefix[] = "PHOENIX_";
    phx_status status = PHX_OK;

    for (char **at = environ; *at != NULL && status == PHX_OK; at++) {
        const char *equals = strchr(*at, '=');
        char name[LONGEST + 1];

        if (strncmp(*at, prefix, sizeof prefix - 1) != 0 || equals == NULL)
            continue;
        const char *start = *at + sizeof prefix - 1;
        snprintf(name, sizeof name, "%.*s", (int)(equals - start), start);
        status = check(name, equals + 1, err);
    }
    return status;
}
