/*
 * attr: dotted keys <-> nested objects, and the meaning of known keys.
 */
#ifndef ATTR_ATTR_H
#define ATTR_ATTR_H

#include "base/base.h"
#include "json/json.h"
#include "model/model.h"

/* {"a.0.b": 1} -> {"a": [{"b": 1}]}. Null values vanish; of equal keys the
 * last wins. Supplied arrays and objects are not looked into. Never fails on
 * a key: where key and value together would nest over JSON_DEPTH levels, the
 * rest of the key stays one dotted segment.
 * options NULL: separator ".", nothing excluded. */
struct attr_options {
    phx_text separator;
    const phx_text *excluded; /* prefixes that count as one segment, the
                                 longest that fits */
    size_t excluded_count;
};
phx_status attr_unflatten(struct arena *arena, const struct member *flat,
                          size_t count, const struct attr_options *options,
                          struct value *out, phx_error *err);

/* names.c: a tree as one row of a table, {column: value}. A name of
 * OpenInference is a column, or inside values a key, wherever it lies; the
 * rest stays nested, in a column of its first key. */
phx_status attr_tabulate(struct arena *arena, const struct value *tree,
                         struct value *out, phx_error *err);

enum {
    ATTR_RECURSE = 1,   /* arrays of objects become a.0.b keys */
    ATTR_JSON_TEXTS = 2 /* metadata and its like become JSON text */
};
phx_status attr_flatten(struct arena *arena, const struct value *tree,
                        const struct attr_options *options, int flags,
                        struct attributes *out, phx_error *err);

/* True if the text of this flat key is parsed as JSON at ingest. */
bool attr_is_json_text(phx_text key);

/* OTel gen_ai.* -> OpenInference: adds to the flat list what is absent. */
phx_status attr_add_genai(struct arena *arena, struct attributes *flat,
                          phx_error *err);

/* The attr part of a span from its wire part: gen_ai synthesis, token
 * numbers, JSON texts, tree, kind, status, session, tokens; project_name from
 * the resource unless it is set already. */
phx_status attr_interpret(struct arena *arena, struct span *span,
                          phx_error *err);

/* The same from a span given in REST JSON: only the tree is built, and what
 * follows from it; kind and status are the caller's. */
phx_status attr_adopt(struct arena *arena, struct span *span, phx_error *err);

/*
 * Log records of a span that is interpreted become events of it, in order of
 * time behind its own; gen_ai messages among them become its
 * llm.input_messages and llm.output_messages, unless it has some. Which
 * records come first, and how often, makes no difference.
 *
 * fates   [count]
 */
enum join_fate { JOIN_ADDED, JOIN_KNOWN, JOIN_NO_ROOM };
enum {
    JOIN_EVENTS = 16384,   /* events a span may have after it, */
    JOIN_BYTES = 64 << 20, /* and what they take, packed */
};
phx_status attr_join(struct arena *arena, struct span *span,
                     const struct log_record *records, size_t count,
                     uint8_t *fates, phx_error *err);

/* Project (unless it is set), session and tokens of a span whose tree and kind
 * are known, as those of a stored one are. */
phx_status attr_derive(struct arena *arena, struct span *span, phx_error *err);

/* The wire part's flat attributes from the tree, for writing OTLP again. */
phx_status attr_restore(struct arena *arena, struct span *span, phx_error *err);

#endif
