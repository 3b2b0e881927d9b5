/*
 * needle.c - text looked for without regard to case: letter by letter, as far
 * as a letter has one lower-case letter of its own. "STRASSE" is not found in
 * "straße", nor "i" in "İstanbul".
 *
 *     needle     t a s k s        capitals of k: K and U+212A, of another size
 *     stretch    t a s            its capitals differ from it in one bit a byte
 *     rare       t     s          two bytes of it, looked for sixteen places at
 *                                 a time; where both are, all is compared
 *
 * A needle without such a stretch, and a text that has the rare bytes all over
 * without the needle, are for Knuth, Morris and Pratt.
 */
#include "base/base.h"

enum {
    CASE_BIT = 0x20,
    LANES = 16,
    PATIENCE = SHRUNK(4096, 16) /* letters looked at in vain, to begin with */
};

typedef uint8_t lanes __attribute__((vector_size(LANES)));

/* --- making one ---------------------------------------------------------------- */

/* How much a byte tells: those of English prose from the most common on, then
 * what follows the first byte of a letter past ASCII, then all others. */
static uint32_t rarity(uint8_t byte)
{
    static const char common[] =
        " etaoinsrhldcumfpgwybv,.\"0123456789\\:n_-xkjzq";
    const char *at = memchr(common, byte, sizeof common - 1);

    if (at != NULL)
        return (uint32_t)(at - common) + 1;
    return byte >= 0xC0 ? 1 : byte >= 0x80 ? sizeof common : sizeof common + 1;
}

/* The bits by which capitals of a letter differ from it. False if one of them
 * differs by more. */
static bool read_folds(uint32_t letter, uint8_t folds[4])
{
    uint32_t capitals[4];
    size_t count = utf8_capitals(letter, capitals);
    uint8_t bytes[4], other[4];
    size_t size = utf8_put(bytes, letter);

    memset(folds, 0, 4);
    for (size_t i = 0; i < count; i++) {
        if (utf8_put(other, capitals[i]) != size)
            return false;
        for (size_t j = 0; j < size; j++) {
            if ((other[j] | CASE_BIT) == bytes[j])
                folds[j] |= (uint8_t)(other[j] ^ bytes[j]);
            else if (other[j] != bytes[j])
                return false;
        }
    }
    return true;
}

/* A stretch as it is read. */
struct stretch {
    size_t before, size;
    struct needle_byte rare[2];
};

static void stretch_add(struct stretch *stretch, const uint8_t *bytes,
                        const uint8_t *folds, size_t size)
{
    for (size_t i = 0; i < size; i++, stretch->size++) {
        const struct needle_byte byte = {(uint32_t)stretch->size, bytes[i],
                                         folds[i]};
        if (stretch->size == 0)
            stretch->rare[0] = stretch->rare[1] = byte;
        else if (rarity(byte.byte) > rarity(stretch->rare[0].byte)) {
            stretch->rare[1] = stretch->rare[0];
            stretch->rare[0] = byte;
        } else if (stretch->rare[1].at == stretch->rare[0].at ||
                   rarity(byte.byte) > rarity(stretch->rare[1].byte)) {
            stretch->rare[1] = byte;
        }
    }
}

/* The longest one. */
static void find_stretch(struct needle *needle)
{
    const uint8_t *at = needle->bytes, *end = at + needle->size;
    struct stretch stretch = {0};

    while (at < end) {
        const uint8_t *letter = at;
        uint8_t folds[4];
        needle->letters++;
        if (read_folds(utf8_next(&at, end), folds))
            stretch_add(&stretch, letter, folds, (size_t)(at - letter));
        else
            stretch = (struct stretch){.before = needle->letters};
        if (stretch.size > needle->stretch) {
            needle->before = stretch.before;
            needle->stretch = stretch.size;
            needle->rare[0] = stretch.rare[0];
            needle->rare[1] = stretch.rare[1];
        }
    }
}

/* The next letter of a text in lower case; its bytes. */
static size_t next_lower(const uint8_t **at, const uint8_t *end, uint8_t out[4])
{
    return utf8_put(out, utf8_lower(utf8_next(at, end)));
}

phx_status needle_init(struct needle *needle, struct arena *arena,
                       phx_text text, phx_error *err)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = at + text.size;
    size_t most = size_mul(text.size, 2); /* 2 bytes become 3 at most */
    uint8_t *bytes = arena_new(arena, most + 4);
    uint32_t *shorter = arena_new(arena, size_mul(most + 4, sizeof *shorter));

    if (bytes == NULL || shorter == NULL)
        return arena_status(arena, size_mul(most, sizeof *shorter), err);
    *needle = (struct needle){.bytes = bytes, .shorter = shorter};
    while (at < end)
        needle->size += next_lower(&at, end, bytes + needle->size);
    /* Of each front, the longest front that it also ends in. */
    shorter[0] = 0;
    for (size_t i = 1, size = 0; i < needle->size; i++) {
        while (size > 0 && bytes[i] != bytes[size])
            size = shorter[size - 1];
        size += bytes[i] == bytes[size];
        shorter[i] = (uint32_t)size;
    }
    find_stretch(needle);
    return PHX_OK;
}

/* --- looking for it -------------------------------------------------------------- */

/* So many letters before `at`, or NULL. */
static const uint8_t *step_back(const uint8_t *begin, const uint8_t *at,
                                size_t letters)
{
    for (; letters > 0; letters--) {
        if (at == begin)
            return NULL;
        at--;
        while (at > begin && (*at & 0xC0) == 0x80)
            at--;
    }
    return at;
}

static lanes all_lanes(uint8_t byte)
{
    lanes zero = {0};

    return zero + byte;
}

static bool byte_fits(const struct needle_byte *rare, const uint8_t *at)
{
    return (at[rare->at] | rare->fold) == rare->byte;
}

/* The first place from `at` on, but not past `last`, where both rare bytes
 * are; NULL if there is none. */
static const uint8_t *find_rare(const struct needle *needle, const uint8_t *at,
                                const uint8_t *last)
{
    const struct needle_byte *first = &needle->rare[0];
    const struct needle_byte *second = &needle->rare[1];
    const lanes bytes[] = {all_lanes(first->byte), all_lanes(second->byte)};
    const lanes folds[] = {all_lanes(first->fold), all_lanes(second->fold)};

    for (; last - at >= LANES - 1; at += LANES) {
        lanes a, b;
        uint64_t halves[2];
        memcpy(&a, at + first->at, sizeof a);
        memcpy(&b, at + second->at, sizeof b);
        lanes both = (lanes)((a | folds[0]) == bytes[0]) &
                     (lanes)((b | folds[1]) == bytes[1]);
        memcpy(halves, &both, sizeof halves);
        if ((halves[0] | halves[1]) != 0)
            break;
    }
    while (at <= last && !(byte_fits(first, at) && byte_fits(second, at)))
        at++;
    return at <= last ? at : NULL;
}

/* How many bytes of the needle begin the text, where its size in the text is
 * put if that is all of them. */
static size_t compare(const struct needle *needle, const uint8_t *at,
                      const uint8_t *end, size_t *size)
{
    const uint8_t *begin = at;
    size_t same = 0;

    while (same < needle->size && at < end) {
        uint8_t letter[4];
        size_t letter_size = next_lower(&at, end, letter);
        if (letter_size > needle->size - same ||
            memcmp(letter, needle->bytes + same, letter_size) != 0)
            break;
        same += letter_size;
    }
    if (same == needle->size)
        *size = (size_t)(at - begin);
    return same;
}

static bool find_slowly(const struct needle *needle, phx_text text,
                        const uint8_t *at, phx_text *found)
{
    const uint8_t *begin = (const uint8_t *)text.data;
    const uint8_t *end = begin + text.size;
    size_t same = 0;

    while (same < needle->size && at < end) {
        uint8_t letter[4];
        size_t size = next_lower(&at, end, letter);
        for (size_t i = 0; i < size && same < needle->size; i++) {
            while (same > 0 && needle->bytes[same] != letter[i])
                same = needle->shorter[same - 1];
            same += needle->bytes[same] == letter[i];
        }
    }
    if (same < needle->size)
        return false;
    const uint8_t *first = step_back(begin, at, needle->letters);
    if (found != NULL && first != NULL)
        *found = text_span(first, (size_t)(at - first));
    return first != NULL;
}

bool needle_find(const struct needle *needle, phx_text text, phx_text *found)
{
    const uint8_t *begin = (const uint8_t *)text.data;
    const uint8_t *end = begin + text.size, *at = begin;
    size_t compared = 0, size = 0;

    if (needle->stretch == 0)
        return find_slowly(needle, text, begin, found);
    while ((size_t)(end - at) >= needle->stretch &&
           (at = find_rare(needle, at, end - needle->stretch)) != NULL) {
        const uint8_t *first = step_back(begin, at, needle->before);
        size_t same = first ? compare(needle, first, end, &size) : 0;
        if (same == needle->size) {
            if (found != NULL)
                *found = text_span(first, size);
            return true;
        }
        at++;
        compared += needle->before + same;
        if (first != NULL && compared > PATIENCE + 8 * (size_t)(at - begin))
            return find_slowly(needle, text, first, found);
    }
    return false;
}
