/*
 * log.c - one line an event, written with one write so that lines of several
 * threads never mix.
 *
 *     2026-03-01T10:00:00.123Z INFO listening port=6006
 *     {"timestamp":"2026-03-01T10:00:00.123Z","level":"INFO",
 *      "message":"listening","port":"6006"}
 */
#include "base/base.h"
#include "server/log.h"

#include <time.h>
#include <unistd.h>

#include "json/json.h"

enum { LINE_LIMIT = 16 << 10 };

static enum log_form log_form = LOG_TEXT;
static bool log_debug;

void log_init(enum log_form form, bool debug)
{
    log_form = form;
    log_debug = debug;
}

bool log_is_on(enum log_level level)
{
    return level > LOG_DEBUG || log_debug;
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_DEBUG:
        return "DEBUG";
    case LOG_INFO:
        return "INFO";
    case LOG_WARN:
        return "WARNING";
    case LOG_ERROR:
        break;
    }
    return "ERROR";
}

static void print_now(char out[40])
{
    uint64_t now = time_now();
    time_t seconds = (time_t)(now / 1000000000);
    struct tm parts;
    char text[24];

    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out, 40, "%s.%03uZ", text, (unsigned)(now / 1000000 % 1000));
}

/* A value as it is, or quoted if it would not read as one word. */
static void add_word(struct buf *line, const char *value)
{
    if (*value != '\0' && strpbrk(value, " \t\r\n\"=\\") == NULL)
        buf_add_string(line, value);
    else
        json_write_text(line, text_of(value), 0);
}

static void add_text(struct buf *line, const char *name, const char *value)
{
    buf_add_byte(line, ' ');
    buf_add_string(line, name);
    buf_add_byte(line, '=');
    add_word(line, value);
}

static void add_json(struct buf *line, const char *name, const char *value)
{
    if (line->size > 1)
        buf_add_byte(line, ',');
    json_write_text(line, text_of(name), 0);
    buf_add_byte(line, ':');
    json_write_text(line, text_of(value), 0);
}

static void start_line(struct buf *line, enum log_level level,
                       const char *message)
{
    char now[40];

    print_now(now);
    if (log_form == LOG_TEXT) {
        buf_add_format(line, "%s %s %s", now, level_name(level), message);
        return;
    }
    buf_add_byte(line, '{');
    add_json(line, "timestamp", now);
    add_json(line, "level", level_name(level));
    add_json(line, "message", message);
}

void log_event(enum log_level level, const char *message, ...)
{
    struct buf line;
    va_list values;
    const char *name;

    if (!log_is_on(level))
        return;
    buf_init(&line, LINE_LIMIT);
    start_line(&line, level, message);
    va_start(values, message);
    while ((name = va_arg(values, const char *)) != NULL) {
        const char *value = va_arg(values, const char *);

        if (log_form == LOG_TEXT)
            add_text(&line, name, value ? value : "");
        else
            add_json(&line, name, value ? value : "");
    }
    va_end(values);
    buf_add_string(&line, log_form == LOG_TEXT ? "\n" : "}\n");
    if (line.status == PHX_OK) {
        ssize_t written = write(STDERR_FILENO, line.data, line.size);
        (void)written; /* there is nowhere left to complain */
    }
    buf_clear(&line);
}
