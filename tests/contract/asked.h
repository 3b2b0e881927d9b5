/*
 * asked.h - statements of SQL put together with their values, and their rows.
 */
#ifndef CONTRACT_ASKED_H
#define CONTRACT_ASKED_H

#include "contract/stored.h"

#include "api/inside.h"

/* --- statements -------------------------------------------------------------------- */

enum { MOST_VALUES = 40 };

struct asked {
    char sql[2048];
    size_t size;
    struct value values[MOST_VALUES];
    size_t count;
    char texts[MOST_VALUES][84];
};

static inline void ask_text(struct asked *asked, const char *text)
{
    size_t size = strlen(text);

    assert_true(asked->size + size < sizeof asked->sql);
    memcpy(asked->sql + asked->size, text, size + 1);
    asked->size += size;
}

static inline void ask_value(struct asked *asked, struct value value)
{
    char name[16];

    assert_true(asked->count < MOST_VALUES);
    asked->values[asked->count++] = value;
    snprintf(name, sizeof name, "?%d", (int)asked->count);
    ask_text(asked, name);
}

static inline void ask_int(struct asked *asked, int64_t value)
{
    ask_value(asked, value_int(value));
}

static inline struct store_rows *open_rows(phx_store *store,
                                           struct asked *asked)
{
    const struct store_query query = {.sql = {asked->sql, asked->size},
                                      .values = asked->values,
                                      .count = asked->count};
    struct store_rows *rows = NULL;
    phx_error why = {0};

    if (store_rows_open(store->store, &query, &rows, &why) < 0)
        wrong("%s: %s", asked->sql, why.message);
    return rows;
}

static inline const struct value *next_row(struct store_rows *rows,
                                           const struct asked *asked)
{
    const struct value *row = NULL;
    phx_error why = {0};
    phx_status status = store_rows_next(rows, &row, &why);

    if (status < 0)
        wrong("%s: %s", asked->sql, why.message);
    return status == PHX_OK ? row : NULL;
}

/* The values of the rows, as SQL prints them: "1|a 2|b". */
static inline const char *answer(phx_store *store, const char *sql)
{
    static char out[4096];
    struct asked asked = {0};
    const struct value *row;
    size_t used = 0;

    ask_text(&asked, sql);
    struct store_rows *rows = open_rows(store, &asked);
    out[0] = '\0';
    while ((row = next_row(rows, &asked)) != NULL) {
        for (size_t i = 0; i < store_rows_columns(rows); i++) {
            const char *before = i > 0 ? "|" : used > 0 ? " " : "";
            size_t room = sizeof out - used;
            if (row[i].kind == JSON_INT)
                used += (size_t)snprintf(out + used, room, "%s%lld", before,
                                         (long long)row[i].integer);
            else if (row[i].kind == JSON_REAL)
                used += (size_t)snprintf(out + used, room, "%s%g", before,
                                         row[i].real);
            else if (row[i].kind == JSON_NULL)
                used += (size_t)snprintf(out + used, room, "%s-", before);
            else
                used +=
                    (size_t)snprintf(out + used, room, "%s%.*s", before,
                                     (int)row[i].text.size, row[i].text.data);
            assert_true(used < sizeof out);
        }
    }
    store_rows_close(rows);
    return out;
}

#endif
