/*
 * config: what the server was told, from PHOENIX_* variables and flags, which
 * say the same; a flag wins. Read once, before anything is opened.
 */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include "base/base.h"

enum log_form { LOG_TEXT, LOG_JSON };

struct config {
    char host[256];         /* HTTP and gRPC; "::" is all, dual stack */
    uint16_t port;          /* HTTP; 0 picks a free one, which is logged */
    uint16_t grpc_port;     /* the same */
    bool prometheus;        /* /metrics on 9090, too */
    char root_path[256];    /* "" or "/sub" in front of every path */
    char working_dir[4096]; /* absolute; "" if the store is elsewhere */
    char store_url[4200];   /* for phx_store_open */
    int64_t queue_spans;    /* spans waiting for a commit, at most */
    int64_t queue_bytes;    /* the memory they hold, at most */
    int64_t retention_days; /* of a new store's default policy */
    int64_t max_disk;       /* bytes; the oldest blocks go above; 0: no bound */
    double capacity_gib;    /* of the disk; 0 if it was not told */
    double blocking_percent; /* of it; 0: taking in never stops */
    enum log_form log_form;
    bool debug; /* log every request */
};

/*
 * argv holds flags and their values only. Starts the log in the form that was
 * asked for, then logs a warning for each setting that has no effect here.
 *
 * Errors: INVALID, with the one line to print: a value is malformed, or asks
 *         for a protection that this build does not have.
 */
phx_status config_read(struct config *out, int argc, char **argv,
                       phx_error *err);

/*
 * Only where the store is, for commands that work on it.
 *
 * url, folder  what flags say; NULL leaves it to the environment
 */
phx_status config_read_store(struct config *out, const char *url,
                             const char *folder, phx_error *err);

/* A number up to `most`, digits alone. False if it is none. */
bool config_read_digits(phx_text value, int64_t most, int64_t *out);

/* Makes the folder of the store, and those above it. Errors: IO. */
phx_status config_make_folder(const struct config *config, phx_error *err);

/* environment.c: looks at every PHOENIX_* variable. INVALID if one is
 * malformed or asks for a protection that is not in this build; warns of the
 * others that have no effect. */
phx_status config_check_environment(phx_error *err);

#endif
