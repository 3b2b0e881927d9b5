/*
 * inside.h - what the files of this room share: compiled patterns, and the
 * entries of a price list.
 */
#ifndef COST_INSIDE_H
#define COST_INSIDE_H

#include "base/base.h"

#include "cost/cost.h"

/* --- pattern.c --------------------------------------------------------------- */

/* Where patterns have their memory from, and how far a match may go. */
struct pattern;

struct pattern_rules *pattern_rules_new(void); /* NULL: no memory */
void pattern_rules_free(struct pattern_rules *rules);

/* INVALID: the message says what is wrong, and where in the pattern. */
phx_status pattern_new(const struct pattern_rules *rules, phx_text text,
                       struct pattern **out, phx_error *err);
void pattern_free(struct pattern *pattern);

/* Room for one match at a time, of any pattern. NULL: no memory. */
struct pattern_room *pattern_room_new(const struct pattern_rules *rules);
void pattern_room_free(struct pattern_room *room);

phx_status pattern_search(const struct pattern_rules *rules,
                          const struct pattern *pattern,
                          struct pattern_room *room, phx_text subject,
                          bool *found, phx_error *err);

/* --- list.c ------------------------------------------------------------------ */

struct price_entry {
    struct price_model model;
    int64_t specificity;
    struct pattern *pattern;
};

/* How many start times have come by an instant: between two of them the same
 * names have the same prices. */
size_t price_list_era(const struct price_list *list, uint64_t time);

#endif
