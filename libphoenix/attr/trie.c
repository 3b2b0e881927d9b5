/*
 * trie.c - cuts keys at the separator and keeps the segments as a trie.
 *
 *     "a.0.x" "a.1.x" "a.size"      a -+- 0 --- x     0 and 1 are indexes,
 *                                      +- 1 --- x     the rest are branches
 *                                      +- size
 *
 * Segments are trimmed. A segment of digits (of any script) is an index if
 * more follows it, unless its node has a value or the number is a branch
 * already; once a branch it stays one. Depth is bounded by JSON_DEPTH, so the
 * walks over the trie may recurse.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

/* Children that are looked through one by one; more go into the table. */
enum { FEW_CHILDREN = SHRUNK(16, 2), FIRST_SLOTS = SHRUNK(64, 4) };

void trie_init(struct trie *trie, struct arena *arena, struct arena *scratch,
               const struct attr_options *options)
{
    memset(trie, 0, sizeof *trie);
    trie->arena = arena;
    trie->scratch = scratch;
    trie->separator = text_of(".");
    if (options != NULL) {
        if (options->separator.size > 0)
            trie->separator = options->separator;
        trie->excluded = options->excluded;
        trie->excluded_count = options->excluded_count;
    }
    trie->may_clash = trie->excluded_count > 0 || trie->separator.size > 1;
}

/* --- names --------------------------------------------------------------- */

/* True if a name begins and ends with printable ASCII, as nearly all do:
 * there is nothing to trim. */
static bool is_trimmed(phx_text name)
{
    return name.size > 0 && name.data[0] > ' ' && name.data[0] < 0x7F &&
           name.data[name.size - 1] > ' ' && name.data[name.size - 1] < 0x7F;
}

/* True if, besides, it cannot be a number. */
static bool is_plain(phx_text name)
{
    return is_trimmed(name) && name.data[0] > '9';
}

/* The value of the digit at *at, which is moved on; -1 for another thing. */
static int next_digit(const uint8_t **at, const uint8_t *end)
{
    if (**at < 0x80) {
        int digit = *(*at)++ - '0';
        return digit >= 0 && digit <= 9 ? digit : -1;
    }
    return utf8_digit(utf8_next(at, end));
}

/* True if a name is all digits. The first *skip bytes of it are zeros that
 * mean nothing; *ascii tells whether the *digits that follow are 0-9. */
static bool is_number(phx_text name, size_t *skip, size_t *digits, bool *ascii)
{
    const uint8_t *at = (const uint8_t *)name.data;
    const uint8_t *end = at + name.size;

    *skip = 0;
    *digits = 0;
    *ascii = true;
    while (at < end) {
        const uint8_t *start = at;
        int digit = next_digit(&at, end);
        if (digit < 0)
            return false;
        if (*digits == 0 && digit == 0 && at < end) {
            *skip += (size_t)(at - start);
            continue;
        }
        ++*digits;
        *ascii = *ascii && at - start == 1;
    }
    return *digits > 0;
}

enum segment segment_kind(phx_text name)
{
    size_t skip;
    size_t digits;
    bool ascii;

    if (is_plain(name))
        return SEGMENT_NAME;
    if (name.size == 0 || attr_trim(name).size != name.size)
        return SEGMENT_UNSTABLE;
    if (!is_number(name, &skip, &digits, &ascii))
        return SEGMENT_NAME;
    return skip == 0 && ascii ? SEGMENT_NUMBER : SEGMENT_UNSTABLE;
}

/* Trims a name and, if it is a number, writes it in ASCII without leading
 * zeros. False without memory. */
static bool settle_name(struct trie *trie, phx_text *name, bool *number)
{
    size_t skip;
    size_t digits;
    bool ascii;

    *number = false;
    if (is_plain(*name))
        return true;
    if (!is_trimmed(*name))
        *name = attr_trim(*name);
    if (name->size == 0)
        trie->may_clash = true;
    *number = is_number(*name, &skip, &digits, &ascii);
    if (!*number)
        return true;
    name->data += skip;
    name->size -= skip;
    if (ascii)
        return true;
    char *copy = arena_new(trie->arena, digits);
    if (copy == NULL)
        return false;
    const uint8_t *at = (const uint8_t *)name->data;
    const uint8_t *end = at + name->size;
    for (size_t i = 0; i < digits; i++)
        copy[i] = (char)('0' + next_digit(&at, end));
    *name = text_span(copy, digits);
    return true;
}

/* --- children ------------------------------------------------------------ */

static bool has_name(const struct node *node, phx_text name)
{
    if (node->name.size != name.size)
        return false;
    return name.size == 0 ||
           (node->name.data[0] == name.data[0] &&
            memcmp(node->name.data, name.data, name.size) == 0);
}

static uint64_t child_hash(const struct node *parent, phx_text name)
{
    return hash_bytes(name.data, name.size, (uint64_t)(uintptr_t)parent);
}

static struct node **slot_of(const struct trie *trie, const struct node *parent,
                             phx_text name, uint64_t hash)
{
    size_t slot = (size_t)hash & (trie->slot_count - 1);

    for (;;) {
        struct node *node = trie->slots[slot];
        if (node == NULL || (node->hash == hash && node->parent == parent &&
                             has_name(node, name)))
            return &trie->slots[slot];
        slot = (slot + 1) & (trie->slot_count - 1);
    }
}

static bool grow_slots(struct trie *trie)
{
    struct node **old = trie->slots;
    size_t old_count = trie->slot_count;
    size_t count = old_count ? old_count * 2 : FIRST_SLOTS;
    size_t size = size_mul(count, sizeof *old);
    struct node **slots = arena_new(trie->scratch, size);

    if (slots == NULL)
        return false;
    memset(slots, 0, size);
    trie->slots = slots;
    trie->slot_count = count;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i] != NULL)
            *slot_of(trie, old[i]->parent, old[i]->name, old[i]->hash) = old[i];
    }
    return true;
}

static bool enter_slot(struct trie *trie, struct node *node)
{
    if (trie->slots_used >= trie->slot_count / 2 && !grow_slots(trie))
        return false;
    node->hash = child_hash(node->parent, node->name);
    *slot_of(trie, node->parent, node->name, node->hash) = node;
    trie->slots_used++;
    return true;
}

static struct node *add_child(struct trie *trie, struct node *parent,
                              phx_text name)
{
    struct node *node = arena_new(trie->scratch, sizeof *node);

    if (node == NULL || trie->node_count == UINT32_MAX)
        return NULL;
    *node = (struct node){.name = name, .parent = parent};
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->child_count++;
    trie->node_count++;
    if (parent->child_count <= FEW_CHILDREN)
        return node;
    if (parent->child_count > FEW_CHILDREN + 1)
        return enter_slot(trie, node) ? node : NULL;
    for (struct node *child = parent->first; child; child = child->next) {
        if (!enter_slot(trie, child))
            return NULL;
    }
    return node;
}

static struct node *find_child(const struct trie *trie,
                               const struct node *parent, phx_text name)
{
    if (parent->last == NULL || has_name(parent->last, name))
        return parent->last;
    if (parent->child_count > FEW_CHILDREN)
        return *slot_of(trie, parent, name, child_hash(parent, name));
    for (struct node *child = parent->first; child; child = child->next) {
        if (has_name(child, name))
            return child;
    }
    return NULL;
}

/* --- keys ---------------------------------------------------------------- */

/* True if text at `at` bytes goes on with the separator. */
static bool is_separator(const struct trie *trie, phx_text text, size_t at)
{
    return text.size - at >= trie->separator.size &&
           memcmp(text.data + at, trie->separator.data, trie->separator.size) ==
               0;
}

/* Bytes of the first segment of what is left of a key, not trimmed. */
static size_t segment_size(const struct trie *trie, phx_text rest)
{
    char first = trie->separator.data[0];
    size_t size = 0;

    for (size_t i = 0; i < trie->excluded_count; i++) {
        phx_text prefix = trie->excluded[i];
        if (prefix.size > size && prefix.size <= rest.size &&
            memcmp(prefix.data, rest.data, prefix.size) == 0 &&
            (prefix.size == rest.size || is_separator(trie, rest, prefix.size)))
            size = prefix.size;
    }
    if (size > 0)
        return size;
    for (; size < rest.size; size++) {
        if (rest.data[size] == first &&
            (trie->separator.size == 1 || is_separator(trie, rest, size)))
            break;
    }
    return size;
}

static size_t common_size(phx_text a, phx_text b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    size_t i = 0;
    uint64_t x;
    uint64_t y;

    for (; i + sizeof x <= size; i += sizeof x) {
        memcpy(&x, a.data + i, sizeof x);
        memcpy(&y, b.data + i, sizeof y);
        if (x != y)
            break;
    }
    while (i < size && a.data[i] == b.data[i])
        i++;
    return i;
}

/* Goes as far as the key shares whole segments with the one before. */
static struct node *resume(struct trie *trie, phx_text key, uint32_t limit,
                           size_t *at)
{
    uint32_t depth = 0;

    if (trie->depth > 0 && trie->excluded_count == 0) {
        size_t common = common_size(trie->previous, key);
        while (depth < trie->depth && depth + 1 < limit &&
               trie->path[depth].end <= common &&
               trie->path[depth].end < key.size)
            depth++;
    }
    trie->previous = key;
    trie->depth = depth;
    *at = depth > 0 ? trie->path[depth - 1].end : 0;
    return depth > 0 ? trie->path[depth - 1].node : &trie->root;
}

/* The child a segment leads to; is_last if the key ends with it. */
static struct node *descend(struct trie *trie, struct node *parent,
                            phx_text name, bool is_last)
{
    bool number;

    if (!settle_name(trie, &name, &number))
        return NULL;
    struct node *child = find_child(trie, parent, name);
    if (child == NULL) {
        child = add_child(trie, parent, name);
        if (child == NULL)
            return NULL;
        child->is_index = number && !is_last && parent->value == NULL;
        parent->index_count += child->is_index;
    } else if (child->is_index && is_last) {
        child->is_index = false;
        parent->index_count--;
    }
    return child;
}

static void set_value(struct trie *trie, struct node *node,
                      const struct value *value)
{
    trie->repeated = trie->repeated || node->value != NULL;
    node->value = value;
    if (node->index_count == 0)
        return;
    for (struct node *child = node->first; child; child = child->next)
        child->is_index = false;
    node->index_count = 0;
}

struct node *trie_add(struct trie *trie, phx_text key,
                      const struct value *value, uint32_t levels)
{
    uint32_t limit = levels < JSON_DEPTH ? JSON_DEPTH - levels : 1;
    size_t at;
    struct node *node = resume(trie, key, limit, &at);
    uint32_t depth = trie->depth;

    for (bool is_last = false; !is_last;) {
        phx_text rest = {key.data + at, key.size - at};
        size_t size = segment_size(trie, rest);
        is_last = rest.size - size <= trie->separator.size;
        if (++depth == limit && !is_last) {
            size = rest.size;
            is_last = true;
            trie->may_clash = true;
        }
        node = descend(trie, node, (phx_text){rest.data, size}, is_last);
        if (node == NULL)
            return NULL;
        at += size + trie->separator.size;
        if (!is_last && trie->depth == depth - 1 && depth <= TRIE_PATH) {
            trie->path[depth - 1].node = node;
            trie->path[depth - 1].end = at;
            trie->depth = depth;
        }
    }
    set_value(trie, node, value);
    return node;
}
