/*
 * commands: what phoenix-server does, one function a word of the command
 * line. Each is given what follows its word and returns the exit status.
 */
#ifndef SERVER_COMMANDS_H
#define SERVER_COMMANDS_H

#include "base/base.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_serve(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_stats(int argc, char **argv);
int command_sql(int argc, char **argv);
int command_lint(int argc, char **argv);

/* The flags that commands on a store share, and their own. */
struct command_flags {
    const char *url;     /* --database-url */
    const char *folder;  /* --working-dir */
    const char *project; /* --project */
    const char *format;  /* --format */
    const char *filter;  /* --filter */
    const char *output;  /* -o, --output */
    const char *archive; /* --archive */
    const char *timeout; /* --timeout */
    const char *memory;  /* --memory */
    const char *limit;   /* --limit */
    bool json;           /* --json */
    char **words;        /* what is no flag [word_count] */
    int word_count;
};

/* allowed: the letters of the flags besides the store's: p f c o j t m l.
 * Reorders argv. False if a sentence about it has been printed. */
bool command_flags(struct command_flags *out, int argc, char **argv,
                   const char *allowed);

/* Opens the store that flags and environment name, in a new folder if it is to
 * be written to. EXIT_DONE, or the exit status once it has printed why not. */
int command_open(const struct command_flags *flags, uint32_t open_flags,
                 phx_store **out);

/* Prints a failure as one line; returns EXIT_FAILED. */
int command_failed(const char *doing, const phx_error *err);

#endif
