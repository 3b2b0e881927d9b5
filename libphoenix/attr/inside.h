/*
 * inside.h - what the files of the attr room share.
 */
#ifndef ATTR_INSIDE_H
#define ATTR_INSIDE_H

#include "attr/attr.h"

/* --- keys.c: which of some members has a key ----------------------------- */

/* Indexes of members by key; the members stay where they are. */
struct keys {
    uint32_t *slots; /* index + 1; 0 marks a free one */
    uint32_t mask;
    const struct member *members;
};

/* Room for the keys of members[0 .. count). */
phx_status keys_init(struct keys *keys, struct arena *arena,
                     const struct member *members, size_t count,
                     phx_error *err);

/* Enters members[index]; the index of the member that had its key already, or
 * its own. */
uint32_t keys_put(struct keys *keys, uint32_t index);

/* NULL if no member has the key. */
const struct member *keys_find(const struct keys *keys, phx_text key);

/* Leaves one member of each key: the last value, at the place of the first. */
phx_status keys_unique(struct arena *scratch, struct member *members,
                       uint32_t *count, phx_error *err);

/* --- text.c -------------------------------------------------------------- */

enum {
    ATTR_TEXT_LIMIT = 1 << 29 /* bytes of one JSON text; a request of 64 MiB
                                 cannot reach it, every byte escaped */
};

/* Without the Unicode white space around it. */
phx_text attr_trim(phx_text text);

/* JSON text of a value; flags are json.h's. */
phx_status attr_json(struct arena *arena, const struct value *value, int flags,
                     phx_text *out, phx_error *err);

/* What str() of Python makes of a value; lists and objects become JSON. */
phx_status attr_print(struct arena *arena, const struct value *value,
                      phx_text *out, phx_error *err);

/* Reads JSON text as json.loads() of Python does, more or less; *found tells
 * whether it is any. */
phx_status attr_parse(struct arena *arena, phx_text text, struct value *out,
                      bool *found, phx_error *err);

/* --- value.c ------------------------------------------------------------- */

/* False for null, false, 0, "", [], {} and the like. */
bool attr_is_truthy(const struct value *value);

/* True if the value is, or holds, bytes. */
bool attr_has_bytes(const struct value *value);

/* Levels of arrays and objects in a value; 0 for a scalar. */
uint32_t attr_levels(const struct value *value);

/* True if the value of a JSON text is not nested too deep for its key. */
bool attr_fits(phx_text key, const struct value *value);

/* --- number.c ------------------------------------------------------------ */

/* int(value) of Python: texts of digits, numbers cut off at the point, bools;
 * *found is false for what it refuses. Over 64 bits it is a JSON_NUMBER. */
phx_status attr_int(struct arena *arena, const struct value *value,
                    struct value *out, bool *found, phx_error *err);

/* --- conventions.c ------------------------------------------------------- */

/* llm.token_count.prompt, completion or total. */
bool attr_is_token_count(phx_text key);

/* Kind from the tree, status from the wire. */
void attr_set_kind(struct span *span);

/* Sets one member of an object. The old members stay as they are, for a
 * sender's object is lent to other parts of the span. */
phx_status attr_set_member(struct arena *arena, struct value *object,
                           const char *key, struct value value, phx_error *err);

/* An input.value that is neither text nor empty becomes JSON text. */
phx_status attr_settle_input(struct arena *arena, struct value *tree,
                             phx_error *err);

/* An exception without a message has the empty one. */
phx_status attr_settle_event(struct arena *arena, struct span_event *event,
                             phx_error *err);

/* --- trie.c: keys cut into segments -------------------------------------- */

struct node {
    phx_text name;             /* digits without leading zeros, if a number */
    const struct value *value; /* NULL if no key ends here */
    struct node *parent;
    struct node *first; /* child; in order of appearance */
    struct node *last;
    struct node *next;
    uint64_t hash; /* of name; once the parent has many children */
    uint32_t child_count;
    uint32_t index_count; /* of them that are elements of an array */
    uint32_t rank;        /* its place in the array, once emitted */
    bool is_index;
    bool is_element; /* emitted as element `rank` of an array */
    bool is_hidden;  /* an empty segment that left no trace */
};

enum { TRIE_PATH = 16 };

struct trie {
    struct arena *arena;   /* for what the tree will show */
    struct arena *scratch; /* for the rest */
    phx_text separator;
    const phx_text *excluded;
    size_t excluded_count;
    struct node root;
    uint32_t node_count;
    bool repeated;  /* a node got a second value */
    bool may_clash; /* two nodes may be emitted under one name */

    /* Where the inner segments of the key before ended: keys come sorted. */
    phx_text previous;
    struct {
        struct node *node;
        size_t end; /* past the separator */
    } path[TRIE_PATH];
    uint32_t depth;

    /* Children of the nodes that have many, by parent and name. */
    struct node **slots;
    size_t slot_count;
    size_t slots_used;
};

void trie_init(struct trie *trie, struct arena *arena, struct arena *scratch,
               const struct attr_options *options);

/*
 * Adds a key and its value, which stays where it is; NULL without memory.
 * levels is the depth of the value: key and value together never nest deeper
 * than JSON_DEPTH, for what is over, the rest of the key is one segment.
 */
struct node *trie_add(struct trie *trie, phx_text key,
                      const struct value *value, uint32_t levels);

enum segment { SEGMENT_NAME, SEGMENT_NUMBER, SEGMENT_UNSTABLE };

/* What a segment is to trie_add; SEGMENT_UNSTABLE if it would be changed. */
enum segment segment_kind(phx_text name);

/* --- unflatten.c --------------------------------------------------------- */

/* The tree of a trie, which is used up. */
phx_status trie_emit(struct trie *trie, struct value *out, phx_error *err);

/* --- flatten.c: a flat list being made ----------------------------------- */

struct flattener {
    struct arena *arena;
    struct buf path; /* of the value being looked at */
    phx_text separator;
    struct member *members;
    size_t count;
    size_t capacity;
};

enum { ATTR_KEY_LIMIT = 256 << 20 }; /* bytes of one key */

void flattener_init(struct flattener *flattener, struct arena *arena,
                    phx_text separator);
void flattener_clear(struct flattener *flattener);

/* Appends a segment to the path; what flattener_leave needs to go back. */
size_t flattener_enter(struct flattener *flattener, phx_text segment);
size_t flattener_enter_index(struct flattener *flattener, uint32_t index);
void flattener_leave(struct flattener *flattener, size_t mark);
phx_text flattener_path(const struct flattener *flattener);

/* Adds a member whose key is the path. */
phx_status flattener_add(struct flattener *flattener, const struct value *value,
                         phx_error *err);

/* --- genai_messages.c ---------------------------------------------------- */

/* The flat attributes that gen_ai keys give, being collected. Does nothing
 * after its first failure. */
struct genai {
    struct arena *arena;
    struct member *made;
    size_t count;
    size_t capacity;
    phx_status status;
    phx_error *err;
};

void genai_put(struct genai *genai, phx_text prefix, const char *name,
               struct value value);
void genai_put_text(struct genai *genai, phx_text prefix, const char *name,
                    phx_text text);

/* JSON text of a value, or the value itself if it is text. */
void genai_put_json(struct genai *genai, phx_text prefix, const char *name,
                    const struct value *value);

/* prefix + name + index + "." */
phx_text genai_under(struct genai *genai, phx_text prefix, const char *name,
                     size_t index);

/* The array that a JSON text holds; false if it holds no array. */
bool genai_read_list(struct genai *genai, const struct value *source,
                     struct value *out);

/* A member's text, or the absent text; *fits becomes false if the member is
 * neither a text nor absent or null. */
phx_text genai_optional(const struct value *object, const char *key,
                        bool *fits);

/* gen_ai.system_instructions, input.messages and output.messages; any may be
 * NULL. */
void genai_put_messages(struct genai *genai, const struct value *system,
                        const struct value *input, const struct value *output);

/* --- join.c, log_messages.c: log records of a span ------------------------- */

/* What an event says that was a log record: the keys of its members, beside
 * the record's own attributes. */
#define LOG_KEY "log.record."

/* A member of an event that was a log record, or NULL; NULL for any key if it
 * was none. */
const struct value *log_event_member(const struct span_event *event,
                                     const char *key);

/* The messages of events that were log records, as members of "llm": null if
 * there are none. */
phx_status log_messages_read(struct arena *arena,
                             const struct span_event *events, size_t count,
                             struct value *out, phx_error *err);

/* Puts the messages `after` into a tree, unless it has its own: others than
 * those of `before`. */
phx_status log_messages_put(struct arena *arena, const struct value *before,
                            const struct value *after, struct value *tree,
                            phx_error *err);

/* --- genai_tools.c ------------------------------------------------------- */

/* gen_ai.tool.definitions; NULL for none. */
void genai_put_definitions(struct genai *genai, const struct value *source);

struct genai_tool {
    phx_text name; /* texts may be absent or empty */
    phx_text description;
    phx_text id;
    const struct value *arguments; /* or NULL */
    const struct value *result;    /* or NULL */
};
void genai_put_tool(struct genai *genai, const struct genai_tool *tool);

/* documents may be NULL. */
void genai_put_retrieval(struct genai *genai, phx_text query,
                         const struct value *documents);

#endif
