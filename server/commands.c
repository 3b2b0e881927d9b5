/*
 * commands.c - the flags that commands share, and the short commands: backup,
 * verify, stats.
 */
#include "base/base.h"
#include "server/commands.h"
#include "server/config.h"

#include "json/json.h"

/* A flag that takes a value: its names, its letter, where it goes. */
static const struct flag {
    const char *name;
    char letter; /* 0: always allowed */
    size_t offset;
} flags_table[] = {
    {"--database-url", 0, offsetof(struct command_flags, url)},
    {"--working-dir", 0, offsetof(struct command_flags, folder)},
    {"--project", 'p', offsetof(struct command_flags, project)},
    {"--format", 'f', offsetof(struct command_flags, format)},
    {"--filter", 'c', offsetof(struct command_flags, filter)},
    {"--output", 'o', offsetof(struct command_flags, output)},
    {"-o", 'o', offsetof(struct command_flags, output)},
    {"--archive", 'a', offsetof(struct command_flags, archive)},
    {"--timeout", 't', offsetof(struct command_flags, timeout)},
    {"--memory", 'm', offsetof(struct command_flags, memory)},
    {"--limit", 'l', offsetof(struct command_flags, limit)},
};

/* The flag that a word names, alone or as "--flag=value". */
static const struct flag *flag_find(const char *word, const char *allowed)
{
    size_t size = strcspn(word, "=");

    for (size_t i = 0; i < sizeof flags_table / sizeof *flags_table; i++) {
        const struct flag *flag = &flags_table[i];

        if (strlen(flag->name) == size &&
            strncmp(flag->name, word, size) == 0 &&
            (flag->letter == 0 || strchr(allowed, flag->letter) != NULL))
            return flag;
    }
    return NULL;
}

bool command_flags(struct command_flags *out, int argc, char **argv,
                   const char *allowed)
{
    *out = (struct command_flags){.words = argv};
    for (int i = 0; i < argc; i++) {
        const struct flag *flag = flag_find(argv[i], allowed);
        const char *equals = strchr(argv[i], '=');

        if (flag != NULL && (equals != NULL || i + 1 < argc)) {
            const char *value = equals ? equals + 1 : argv[++i];

            memcpy((char *)out + flag->offset, &value, sizeof value);
        } else if (strcmp(argv[i], "--json") == 0 &&
                   strchr(allowed, 'j') != NULL) {
            out->json = true;
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            fprintf(stderr, "phoenix-server: %s '%s'\n",
                    flag ? "no value for flag" : "unknown flag", argv[i]);
            return false;
        } else {
            argv[out->word_count++] = argv[i];
        }
    }
    return true;
}

int command_failed(const char *doing, const phx_error *err)
{
    fprintf(stderr, "phoenix-server: %s: %s\n", doing, err->message);
    return EXIT_FAILED;
}

int command_open(const struct command_flags *flags, uint32_t open_flags,
                 phx_store **out)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    struct config config;
    phx_error err = {0};

    options.flags = open_flags;
    if (config_read_store(&config, flags->url, flags->folder, &err) < 0) {
        fprintf(stderr, "phoenix-server: %s\n", err.message);
        return EXIT_USAGE;
    }
    if (((open_flags & PHX_OPEN_READ_ONLY) == 0 &&
         config_make_folder(&config, &err) < 0) ||
        phx_store_open(config.store_url, &options, out, &err) < 0)
        return command_failed("cannot open the store", &err);
    return EXIT_DONE;
}

static int misused(const char *usage)
{
    fprintf(stderr, "usage: phoenix-server %s\n", usage);
    return EXIT_USAGE;
}

int command_backup(int argc, char **argv)
{
    struct command_flags flags;
    phx_store *store = NULL;
    phx_error err = {0};
    int result;

    if (!command_flags(&flags, argc, argv, ""))
        return EXIT_USAGE;
    if (flags.word_count != 1)
        return misused("backup FILE");
    result = command_open(&flags, PHX_OPEN_READ_ONLY, &store);
    if (result != EXIT_DONE)
        return result;
    if (phx_store_backup(store, flags.words[0], &err) < 0)
        result = command_failed("cannot back up", &err);
    phx_store_close(store);
    return result;
}

static void print_fault(void *ctx, const char *message)
{
    int *count = ctx;

    printf("%s\n", message);
    ++*count;
}

int command_verify(int argc, char **argv)
{
    struct command_flags flags;
    phx_store *store = NULL;
    phx_error err = {0};
    phx_status status;
    int faults = 0;

    if (!command_flags(&flags, argc, argv, ""))
        return EXIT_USAGE;
    if (flags.word_count != 0)
        return misused("verify");
    int result = command_open(&flags, PHX_OPEN_READ_ONLY, &store);
    if (result != EXIT_DONE)
        return result;
    status = phx_store_verify(store, print_fault, &faults, &err);
    phx_store_close(store);
    if (status < 0)
        return command_failed("the store is not sound", &err);
    printf("ok\n");
    return EXIT_DONE;
}

static void print_stats(const phx_store_stats *stats, bool as_json)
{
    const struct {
        const char *name;
        int64_t value;
    } rows[] = {
        {"spans", stats->spans},       {"traces", stats->traces},
        {"sessions", stats->sessions}, {"projects", stats->projects},
        {"blocks", stats->blocks},     {"young_blocks", stats->young_blocks},
        {"bytes", stats->bytes},       {"free_bytes", stats->free_bytes},
        {"deleted", stats->deleted},
    };
    struct json_writer json;
    struct buf out;

    buf_init(&out, 4096);
    json_begin(&json, &out);
    if (as_json)
        json_open_object(&json);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (as_json) {
            json_key(&json, rows[i].name);
            json_int(&json, rows[i].value);
        } else {
            buf_add_format(&out, "%-14s %lld\n", rows[i].name,
                           (long long)rows[i].value);
        }
    }
    if (as_json) {
        json_close_object(&json);
        buf_add_byte(&out, '\n');
    }
    fwrite(out.data, 1, out.size, stdout);
    buf_clear(&out);
}

int command_stats(int argc, char **argv)
{
    struct command_flags flags;
    phx_store_stats stats;
    phx_store *store = NULL;
    phx_error err = {0};
    phx_status status;

    if (!command_flags(&flags, argc, argv, "j"))
        return EXIT_USAGE;
    if (flags.word_count != 0)
        return misused("stats [--json]");
    int result = command_open(&flags, PHX_OPEN_READ_ONLY, &store);
    if (result != EXIT_DONE)
        return result;
    status = phx_store_stat(store, &stats, &err);
    phx_store_close(store);
    if (status < 0)
        return command_failed("cannot count", &err);
    print_stats(&stats, flags.json);
    return EXIT_DONE;
}
