/*
 * sql.c - the command `sql`: one statement that reads, with a bound on its
 * time, its memory and its rows, while a server has the store open or not.
 */
#include "base/base.h"
#include "server/commands.h"
#include "server/config.h"
#include "server/print.h"

#include <signal.h>
#include <unistd.h>

enum {
    USUAL_SECONDS = 60,
    USUAL_ROWS = 1000, /* of a table; JSON and CSV have no bound */
    USUAL_MEBIBYTES = 1024,
    GRACE = 10,      /* s for what cannot be stopped: one long function */
    LINE_WIDTH = 100 /* of the text that an error is marked in */
};

struct asked {
    const char *sql;
    const struct print_form *form;
    int64_t seconds, mebibytes, limit; /* 0 for no bound */
    bool shows_progress;
    uint64_t begin, shown; /* of time_monotonic */
    int64_t count;         /* rows so far */
};

/* --- the command line ------------------------------------------------------------ */

static bool read_number(const char *text, int64_t usual, int64_t *out)
{
    *out = usual;
    return text == NULL || config_read_digits(text_of(text), 1000000000, out);
}

static bool read_asked(const struct command_flags *flags, struct asked *out)
{
    out->form = print_form_find(flags->format ? flags->format : "table");
    if (flags->word_count != 1 || out->form == NULL)
        return false;
    out->sql = flags->words[0];
    return read_number(flags->timeout, USUAL_SECONDS, &out->seconds) &&
           read_number(flags->memory, USUAL_MEBIBYTES, &out->mebibytes) &&
           read_number(flags->limit,
                       print_form_is_table(out->form) ? USUAL_ROWS : 0,
                       &out->limit);
}

/* --- while it runs ----------------------------------------------------------------- */

static int32_t show_progress(void *ctx)
{
    struct asked *asked = ctx;
    uint64_t now = time_monotonic(), second = 1000000000;

    if (!asked->shows_progress || now - asked->begin < second ||
        now - asked->shown < second / 2)
        return 0;
    asked->shown = now;
    fprintf(stderr, "\r%lld rows, %llu s ", (long long)asked->count,
            (unsigned long long)((now - asked->begin) / second));
    return 0;
}

static void clear_progress(const struct asked *asked)
{
    if (asked->shown != 0)
        fputs("\r\033[K", stderr);
}

/* A store that is only read may be left at any moment. */
static void give_up(int signal)
{
    static const char text[] =
        "phoenix-server: sql: the statement cannot be stopped, its time is "
        "over\n";

    (void)signal;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(EXIT_FAILED);
}

static void arm(const struct asked *asked)
{
    struct sigaction action = {.sa_handler = give_up};

    sigaction(SIGALRM, &action, NULL);
    if (asked->seconds > 0)
        alarm((unsigned)asked->seconds + GRACE);
}

/* --- errors ------------------------------------------------------------------------ */

static bool is_inside_point(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The line of the text that has the offset, and a mark below it. */
static void mark(const char *sql, int64_t offset)
{
    const char *at = sql + offset, *from = at, *end = at;

    if (offset < 0 || (size_t)offset > strlen(sql))
        return;
    while (from > sql && from[-1] != '\n' && at - from < LINE_WIDTH / 2)
        from--;
    while (from < at && is_inside_point(*from))
        from++;
    while (*end != '\0' && *end != '\n' && end - from < LINE_WIDTH)
        end++;
    fprintf(stderr, "  %.*s\n  ", (int)(end - from), from);
    for (; from < at; from++) {
        if (!is_inside_point(*from))
            fputc(*from == '\t' ? '\t' : ' ', stderr);
    }
    fputs("^\n", stderr);
}

/* --- rows -------------------------------------------------------------------------- */

static phx_status print_rows(struct asked *asked, phx_rows *rows,
                             struct printer *printer, phx_error *err)
{
    const phx_value *values;
    phx_status status;

    while ((status = phx_rows_next(rows, &values, err)) == PHX_OK) {
        if (asked->limit > 0 && asked->count == asked->limit)
            break;
        if (asked->count++ == 0)
            clear_progress(asked);
        if ((status = printer_add(printer, values, err)) < 0)
            return status;
    }
    clear_progress(asked);
    if (status < 0)
        return status;
    bool is_cut = status == PHX_OK;
    status = printer_end(printer, err);
    if (status >= 0 && is_cut)
        fprintf(stderr,
                "phoenix-server: there are more than %lld rows; --limit 0 "
                "gives all\n",
                (long long)asked->limit);
    return status;
}

static phx_status run(struct asked *asked, phx_store *store, phx_error *err)
{
    phx_sql_options options = PHX_SQL_OPTIONS_INIT;
    struct printer *printer = NULL;
    phx_rows *rows = NULL;

    options.timeout =
        (uint32_t)(asked->seconds > UINT32_MAX / 1000 ? UINT32_MAX
                                                      : asked->seconds * 1000);
    options.memory = size_mul((size_t)asked->mebibytes, 1 << 20);
    options.stop = show_progress;
    options.stop_ctx = asked;
    asked->begin = time_monotonic();
    arm(asked);
    phx_status status = phx_store_sql(store, asked->sql, strlen(asked->sql),
                                      NULL, 0, &options, &rows, err);
    if (status >= 0)
        status = printer_new(asked->form, rows, stdout, &printer, err);
    if (status >= 0)
        status = print_rows(asked, rows, printer, err);
    printer_free(printer);
    phx_rows_close(rows);
    return status;
}

int command_sql(int argc, char **argv)
{
    struct asked asked = {.shows_progress = isatty(STDERR_FILENO)};
    struct command_flags flags;
    phx_store *store = NULL;
    phx_error err = {.offset = -1};

    if (!command_flags(&flags, argc, argv, "ftml"))
        return EXIT_USAGE;
    if (!read_asked(&flags, &asked)) {
        fprintf(stderr, "usage: phoenix-server sql [--format table|json|csv]"
                        " [--timeout S] [--memory MIB] [--limit N]"
                        " STATEMENT\n");
        return EXIT_USAGE;
    }
    int result = command_open(&flags, PHX_OPEN_READ_ONLY, &store);
    if (result != EXIT_DONE)
        return result;
    if (run(&asked, store, &err) < 0) {
        fprintf(stderr, "phoenix-server: %s\n", err.message);
        mark(asked.sql, err.offset);
        result = EXIT_FAILED;
    }
    phx_store_close(store);
    return result;
}
