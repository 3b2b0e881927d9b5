/*
 * diff.c - two texts, line by line: what is at both ends alike is set apart,
 * the longest common subsequence of lines of the rest is found by a table, and
 * what is not in it differs. Of lines that do not differ those are shown that
 * others, which do, are indented under; of long lines the part that differs.
 */
#include "base/base.h"
#include "expect/expect.h"

/* Past this the middle differs as a whole; it is still told. */
enum { TABLE_CELLS = SHRUNK(1 << 24, 1 << 12), SHOWN = 500, CONTEXT = 60 };

struct lines {
    phx_text *items;
    size_t count, capacity;
};

/* What became of a line of either text. */
struct change {
    phx_text line;
    size_t from; /* what is before it need not be shown */
    char sign;   /* ' ' both, '-' kept only, '+' now only */
    bool shown;
};

struct diff {
    struct arena *arena;
    struct lines kept, now;
    struct change *changes;
    size_t count;
};

static phx_status add_line(struct arena *arena, struct lines *lines,
                           phx_text line, phx_error *err)
{
    phx_text trimmed = text_trim(line);

    if (trimmed.size == 0 || trimmed.data[0] == '#')
        return PHX_OK;
    phx_text *items = arena_grow(arena, lines->items, &lines->capacity,
                                 lines->count, sizeof *items);
    if (items == NULL)
        return arena_status(arena, sizeof *items, err);
    lines->items = items;
    line.size = (size_t)(trimmed.data + trimmed.size - line.data);
    items[lines->count++] = line;
    return PHX_OK;
}

static phx_status split(struct arena *arena, phx_text text, struct lines *out,
                        phx_error *err)
{
    phx_status status = PHX_OK;
    size_t at = 0;

    while (at < text.size && status >= 0) {
        const char *end = memchr(text.data + at, '\n', text.size - at);
        size_t next = end ? (size_t)(end - text.data) : text.size;
        status =
            add_line(arena, out, text_span(text.data + at, next - at), err);
        at = next + 1;
    }
    return status;
}

static bool same(phx_text kept, phx_text now)
{
    if (!text_ends(kept, ": *"))
        return text_equal(kept, now);
    return now.size >= kept.size - 1 &&
           memcmp(kept.data, now.data, kept.size - 1) == 0;
}

static void add_change(struct diff *diff, char sign, phx_text line)
{
    diff->changes[diff->count++] =
        (struct change){.line = line, .sign = sign, .shown = sign != ' '};
}

/* lengths[i][j]: the longest common subsequence of kept[i ..] and
 * now[j ..]. */
static phx_status compare_by_table(struct diff *diff, const phx_text *kept,
                                   size_t rows, const phx_text *now,
                                   size_t columns, phx_error *err)
{
    size_t width = columns + 1, i = 0, j = 0;
    size_t size = size_mul(size_mul(rows + 1, width), sizeof(uint16_t));
    uint16_t *lengths = arena_new(diff->arena, size);

    if (lengths == NULL)
        return arena_status(diff->arena, size, err);
    memset(lengths, 0, size);
    for (i = rows; i > 0; i--) {
        for (j = columns; j > 0; j--) {
            uint16_t *cell = &lengths[(i - 1) * width + j - 1];
            uint16_t down = cell[width], right = cell[1];
            *cell = same(kept[i - 1], now[j - 1])
                        ? (uint16_t)(cell[width + 1] + 1)
                        : (down > right ? down : right);
        }
    }
    while (i < rows && j < columns) {
        const uint16_t *cell = &lengths[i * width + j];
        if (same(kept[i], now[j])) {
            add_change(diff, ' ', now[j++]);
            i++;
        } else if (cell[width] >= cell[1]) {
            add_change(diff, '-', kept[i++]);
        } else {
            add_change(diff, '+', now[j++]);
        }
    }
    while (i < rows)
        add_change(diff, '-', kept[i++]);
    while (j < columns)
        add_change(diff, '+', now[j++]);
    return PHX_OK;
}

static phx_status compare(struct diff *diff, phx_error *err)
{
    const phx_text *kept = diff->kept.items, *now = diff->now.items;
    size_t rows = diff->kept.count, columns = diff->now.count;
    size_t first = 0, last = 0;
    phx_status status = PHX_OK;

    while (first < rows && first < columns && same(kept[first], now[first]))
        add_change(diff, ' ', now[first++]);
    while (first + last < rows && first + last < columns &&
           same(kept[rows - last - 1], now[columns - last - 1]))
        last++;
    size_t kept_left = rows - first - last, now_left = columns - first - last;
    if (kept_left > 0 && now_left > 0 &&
        size_mul(kept_left, now_left) <= TABLE_CELLS &&
        kept_left < UINT16_MAX && now_left < UINT16_MAX) {
        status = compare_by_table(diff, kept + first, kept_left, now + first,
                                  now_left, err);
    } else {
        for (size_t i = 0; i < kept_left; i++)
            add_change(diff, '-', kept[first + i]);
        for (size_t i = 0; i < now_left; i++)
            add_change(diff, '+', now[first + i]);
    }
    for (size_t i = columns - last; i < columns && status >= 0; i++)
        add_change(diff, ' ', now[i]);
    return status;
}

static size_t depth_of(phx_text line)
{
    size_t depth = 0;

    while (depth < line.size && line.data[depth] == ' ')
        depth++;
    return depth;
}

/* From the last line up: what is indented less than a shown line below it is
 * what that one is of. */
static void show_above(struct diff *diff)
{
    size_t needed = 0;

    for (size_t i = diff->count; i > 0; i--) {
        struct change *change = &diff->changes[i - 1];
        size_t depth = depth_of(change->line);
        if (change->sign != ' ') {
            needed = depth > needed ? depth : needed;
        } else if (depth < needed) {
            change->shown = true;
            needed = depth;
        }
    }
}

static bool continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Of long lines that begin alike, one kept and the next of now, what differs
 * is shown. */
static void find_difference(struct change *kept, struct change *now)
{
    phx_text a = kept->line, b = now->line;
    size_t at = 0;

    while (at < a.size && at < b.size && a.data[at] == b.data[at])
        at++;
    if (at < SHOWN - CONTEXT)
        return;
    at -= CONTEXT;
    while (at > 0 && continues((uint8_t)a.data[at]))
        at--;
    kept->from = now->from = at;
}

/* Of lines that went and lines that came, the first with the first. */
static void find_differences(struct diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        size_t from = i, came;
        while (i < diff->count && diff->changes[i].sign == '-')
            i++;
        came = i;
        while (i < diff->count && diff->changes[i].sign == '+')
            i++;
        for (size_t j = 0; from + j < came && came + j < i; j++)
            find_difference(&diff->changes[from + j], &diff->changes[came + j]);
        i -= i > from; /* the loop goes on with the next */
    }
}

static void print_line(const struct change *change, struct buf *report)
{
    phx_text line = change->line;
    size_t end = change->from + SHOWN;

    buf_add_byte(report, (uint8_t)change->sign);
    buf_add_byte(report, ' ');
    if (change->from > 0) {
        buf_add(report, line.data, depth_of(line));
        buf_add_string(report, "...");
    }
    if (end > line.size)
        end = line.size;
    while (end < line.size && continues((uint8_t)line.data[end]))
        end--;
    buf_add(report, line.data + change->from, end - change->from);
    buf_add_string(report, end < line.size ? "...\n" : "\n");
}

static bool print(const struct diff *diff, struct buf *report)
{
    size_t shown = 0, left_out = 0;
    bool differs = false;

    for (size_t i = 0; i < diff->count; i++) {
        const struct change *change = &diff->changes[i];
        differs |= change->sign != ' ';
        if (!change->shown)
            continue;
        if (shown++ < EXPECT_REPORT_LINES)
            print_line(change, report);
        else
            left_out++;
    }
    if (left_out > 0)
        buf_add_format(report, "  ... and %zu lines more\n", left_out);
    return differs;
}

phx_status golden_compare(struct arena *arena, phx_text kept, phx_text now,
                          bool *met, struct buf *report, phx_error *err)
{
    struct diff diff = {.arena = arena};
    phx_status status;

    if (kept.size >= 3 && memcmp(kept.data, "\xEF\xBB\xBF", 3) == 0)
        kept = text_span(kept.data + 3, kept.size - 3); /* of an editor */
    if ((status = split(arena, kept, &diff.kept, err)) < 0 ||
        (status = split(arena, now, &diff.now, err)) < 0)
        return status;
    size_t size = size_mul(size_add(diff.kept.count, diff.now.count),
                           sizeof *diff.changes);
    if ((diff.changes = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    if ((status = compare(&diff, err)) < 0)
        return status;
    show_above(&diff);
    find_differences(&diff);
    *met = !print(&diff, report);
    return buf_status(report, "the report", err);
}
