/*
 * cost: what the tokens of an LLM span cost, by a list of prices.
 *
 *     price_list     models, each with a name pattern and rates a token
 *     price_matcher  (model name, provider, start of span) -> model
 *     cost_of_span   (model, attributes) -> dollars by token type
 *     cost_sum       dollars of many spans, whatever their order
 *
 * Pure: knows no store. A null that clients see is NaN here.
 */
#ifndef COST_COST_H
#define COST_COST_H

#include "base/base.h"
#include "json/json.h"
#include "model/model.h"

enum {
    PRICE_MODELS = 10000, /* of a list */
    PRICE_RATES = 64,     /* of a model */
    PRICE_TEXT = 512      /* bytes of a name, a provider, a token type */
};

/* --- list.c: models and their rates -------------------------------------------- */

struct price_rate {
    phx_text token_type; /* "input", "cache_read" ... */
    bool is_prompt;
    double rate; /* USD a token, 0 to 1e6 */

    /* Where the number at this path of a span's attributes is above the
     * threshold, all tokens of the type cost this instead. NULL: nowhere. */
    const char *threshold_key;
    double threshold;
    double rate_above;
};

struct price_model {
    int64_t id; /* of no other model in a list */
    phx_text name;
    phx_text pattern;    /* searched in model names, unanchored */
    phx_text provider;   /* empty if any */
    uint64_t start_time; /* ns, of the first spans it is for; 0: of all */
    bool is_built_in;
    bool is_deleted; /* matches no span, but is found by its id */
    const struct price_rate *rates;
    size_t rate_count;
};

struct price_entry;
struct pattern_rules;

/* Once filled a list is only read, from any thread. */
struct price_list {
    struct arena arena;
    struct pattern_rules *rules;
    struct price_entry **entries; /* the one to prefer first */
    size_t count;
    size_t capacity;
    uint64_t *starts; /* distinct start times, ascending */
    size_t start_count;
    size_t start_capacity;
};

phx_status price_list_init(struct price_list *list, phx_error *err);
void price_list_clear(struct price_list *list);

/* Copies the model.
 * Errors: INVALID (the pattern does not compile, a rate is out of range, an id
 * or token type comes twice ...), TOO_BIG (over PRICE_MODELS). */
phx_status price_list_add(struct price_list *list,
                          const struct price_model *model, phx_error *err);

/* The model with this id, deleted or not, or NULL. */
const struct price_model *price_list_find(const struct price_list *list,
                                          int64_t id);

/* --- read.c: a list as JSON ----------------------------------------------------- */

/*
 * Adds the models of an array
 *
 *     [{"id": 1, "name": "gpt-4o", "name_pattern": "^gpt-4o", "provider": "",
 *       "is_built_in": false, "start_time": null, "deleted": false, "prices":
 *        [{"token_type": "input", "is_prompt": true, "rate": 2.5e-06,
 *          "threshold": {"key": "llm.token_count.prompt",
 *                        "threshold": 200000, "new_rate": 5e-06}}]}]
 *
 * of which provider, is_built_in, start_time, deleted and threshold may be
 * absent or null. On failure some models may have been added.
 *
 * Errors: INVALID (not JSON: offset is the bad byte; not as above, as which a
 * member of another name counts: the message names the place), TOO_BIG.
 */
phx_status price_list_read(struct price_list *list, phx_text json,
                           phx_error *err);

/* --- built_in.c: prices that come with the library ------------------------------- */

enum { BUILT_IN_RATES = 6 };

struct built_in_price {
    struct price_model model; /* its id is 0; rates are those below */
    struct price_rate rates[BUILT_IN_RATES];
    const char *source; /* the page that says so, */
    const char *seen;   /* and when it did: YYYY-MM-DD */
};

size_t built_in_count(void);
void built_in_get(size_t i, struct built_in_price *out); /* for its lifetime */

/* As an object that price_list_read takes, with the id BUILT_IN_ID + i: those
 * below are for models of users. */
enum { BUILT_IN_ID = 1000000 };
void built_in_write(size_t i, struct json_writer *json); /* write.c */

/* --- specificity.c ----------------------------------------------------------------- */

/* How much a pattern asks of a name, at least 1. Of several that match the
 * highest wins; the scale is the reference's, so that the same one does. */
int64_t price_specificity(phx_text pattern);

/* --- match.c -------------------------------------------------------------------------- */

struct price_found;
struct pattern_room;

/* One thread at a time; the list outlives it and is not added to. */
struct price_matcher {
    const struct price_list *list;
    struct pattern_room *room;
    struct map known; /* hash of a question -> index of its answer */
    struct price_found *found;
    size_t found_count;
    size_t found_capacity;
    struct arena texts; /* of the questions */
};

phx_status price_matcher_init(struct price_matcher *matcher,
                              const struct price_list *list, phx_error *err);
void price_matcher_clear(struct price_matcher *matcher);

/*
 * The model that prices a span, NULL if none. Among those that match the name,
 * trimmed, and have started: a user's before a built-in one; the span's
 * provider before another, which excludes nothing; then the most specific
 * pattern, the latest start, and the id, a user's last or a built-in's first.
 * Answers are remembered.
 *
 * A pattern that takes too many steps on a name does not match it; nor does
 * any match a name over PRICE_TEXT bytes.
 */
phx_status price_match(struct price_matcher *matcher, phx_text name,
                       phx_text provider, uint64_t start_time,
                       const struct price_model **out, phx_error *err);

/* --- span.c ----------------------------------------------------------------------------- */

struct cost_row {
    phx_text token_type; /* lent by the attributes */
    bool is_prompt;
    int64_t tokens;
    double cost;           /* NaN without a price */
    double cost_per_token; /* the same, and NaN for no tokens */
};

struct cost_part {
    int64_t tokens; /* 0 is null to clients */
    double cost;    /* NaN if nothing of it has a price, or all costs 0 */
};

struct cost {
    struct cost_row *rows;
    size_t count;
    struct cost_part prompt;
    struct cost_part completion;
    struct cost_part total;
};

/* From the nested attributes (llm.token_count is looked at, and the keys of
 * thresholds). model NULL: tokens without costs. Counts that are no finite
 * numbers are left out, others cut to whole ones of 0 to 2^53. */
phx_status cost_of_span(struct arena *arena, const struct price_model *model,
                        const struct value *attributes, struct cost *out,
                        phx_error *err);

/* --- sum.c ------------------------------------------------------------------------------ */

/* All zeros is the empty sum. */
struct cost_sum {
    uint64_t words[4]; /* 2^-128 USD, the lowest word first */
};

/* NaN adds nothing. cost is 0 or more and below COST_SUM_LIMIT. */
#define COST_SUM_LIMIT 0x1p80
void cost_sum_add(struct cost_sum *sum, double cost);
void cost_sum_merge(struct cost_sum *sum, const struct cost_sum *other);
double cost_sum_get(const struct cost_sum *sum); /* the nearest double */

#endif
