/*
 * report.c - forests as text for people, with a sign before what is not as it
 * should be:
 *
 *       agent  AGENT
 *         plan  CHAIN
 *     -   retriever
 *     +   search  TOOL
 *     !   answer  LLM  ERROR      (expected: llm [status_code == 'OK'])
 */
#include "base/base.h"
#include "expect/expect.h"

#include "expect/inside.h"

enum { TEXT_MOST = 200, DEPTH_MOST = 100 };

/* --- lines ------------------------------------------------------------------------ */

/* Adds lines up to EXPECT_REPORT_LINES, then counts. */
struct reporter {
    struct buf *out;
    uint32_t lines, left_out;
};

/* On one line, and not for ever. */
static void print_text(struct buf *out, phx_text text)
{
    size_t size = text.size < TEXT_MOST ? text.size : TEXT_MOST;

    while (size < text.size && size > 0 &&
           ((uint8_t)text.data[size] & 0xC0) == 0x80)
        size--;
    for (size_t i = 0; i < size; i++)
        buf_add_byte(out,
                     (uint8_t)text.data[i] < ' ' ? ' ' : (uint8_t)text.data[i]);
    if (size < text.size)
        buf_add_string(out, "...");
}

static bool begin_line(struct reporter *reporter, char sign, uint32_t depth)
{
    if (reporter->lines >= EXPECT_REPORT_LINES) {
        reporter->left_out++;
        return false;
    }
    reporter->lines++;
    buf_add_byte(reporter->out, (uint8_t)sign);
    buf_add_byte(reporter->out, ' ');
    for (uint32_t i = 1; i < depth && i < DEPTH_MOST; i++)
        buf_add_string(reporter->out, "  ");
    return true;
}

/* before: of the note, which may be absent. */
static void end_line(struct reporter *reporter, const char *before,
                     phx_text note)
{
    if (note.data != NULL) {
        buf_add_string(reporter->out, before);
        print_text(reporter->out, note);
        buf_add_byte(reporter->out, ')');
    }
    buf_add_byte(reporter->out, '\n');
}

static void report_span(struct reporter *reporter, char sign,
                        const struct forest_span *span, const char *before,
                        phx_text note)
{
    if (!begin_line(reporter, sign, span->depth))
        return;
    print_text(reporter->out, span->name);
    buf_add_string(reporter->out, "  ");
    buf_add_string(reporter->out, span_kind_name(span->kind));
    if (span->status == STATUS_ERROR)
        buf_add_string(reporter->out, "  ERROR");
    end_line(reporter, before, note);
}

static void report_missing(struct reporter *reporter,
                           const struct pattern_line *line)
{
    if (!begin_line(reporter, '-', line->depth))
        return;
    print_text(reporter->out, line->text);
    end_line(reporter, "", text_of(NULL));
}

static void report_end(struct reporter *reporter)
{
    if (reporter->left_out > 0)
        buf_add_format(reporter->out, "  ... and %u lines more\n",
                       reporter->left_out);
}

/* --- the walk ----------------------------------------------------------------------- */

/* A span with the line that it is taken for, or a line that is missing. */
struct entry {
    uint32_t span, line; /* or EXPECT_NONE */
    char sign;
};

struct walk {
    struct matcher *matcher; /* NULL: nothing is expected of the spans */
    const struct forest *forest;
    struct entry *entries; /* still to be printed, the next one last */
    size_t count, capacity;
};

static phx_status push(struct walk *walk, uint32_t span, uint32_t line,
                       char sign, phx_error *err)
{
    struct entry *entries = memory_grow(walk->entries, &walk->capacity,
                                        walk->count, sizeof *entries, err);

    if (entries == NULL)
        return PHX_NO_MEMORY;
    walk->entries = entries;
    entries[walk->count++] = (struct entry){span, line, sign};
    return PHX_OK;
}

static void turn_round(struct walk *walk, size_t from)
{
    for (size_t to = walk->count; from + 1 < to; from++) {
        struct entry last = walk->entries[--to];
        walk->entries[to] = walk->entries[from];
        walk->entries[from] = last;
    }
}

static phx_status push_missing(struct walk *walk,
                               const struct pattern_line *line,
                               const struct alignment *alignment,
                               uint32_t *from, uint32_t to, phx_error *err)
{
    phx_status status = PHX_OK;

    for (; *from < to && status >= 0; ++*from) {
        if (alignment->missing[*from])
            status = push(walk, EXPECT_NONE, line->atoms[*from].line, '-', err);
    }
    return status;
}

static phx_status push_child(struct walk *walk, const struct pattern_line *line,
                             uint32_t child, uint32_t atom, phx_error *err)
{
    const struct matcher *matcher = walk->matcher;

    if (atom == EXPECT_NONE)
        return push(walk, child, EXPECT_NONE, '+', err);
    uint32_t below = line->atoms[atom].line;
    const struct pattern_line *taken = &matcher->pattern->lines[below];
    bool good = match_condition(matcher, taken, child);
    return push(walk, child, taken->word.data != NULL ? below : EXPECT_NONE,
                good ? ' ' : '!', err);
}

static phx_status push_aligned(struct walk *walk, uint32_t span,
                               const struct pattern_line *line, phx_error *err)
{
    const struct forest_span *above = &walk->forest->spans[span];
    struct alignment alignment;
    uint32_t told = 0;
    phx_status status = align(walk->matcher, line, span, &alignment, err);

    for (uint32_t j = 0; j < above->child_count && status >= 0; j++) {
        uint32_t atom = alignment.atom_of[j];
        if (atom != EXPECT_NONE && !walk->matcher->any_order)
            status = push_missing(walk, line, &alignment, &told, atom, err);
        if (status >= 0)
            status =
                push_child(walk, line, walk->forest->children[above->first + j],
                           atom, err);
    }
    return status < 0 ? status
                      : push_missing(walk, line, &alignment, &told,
                                     line->atom_count, err);
}

static phx_status push_children(struct walk *walk, uint32_t span, uint32_t line,
                                char sign, phx_error *err)
{
    const struct forest_span *above = &walk->forest->spans[span];
    size_t from = walk->count;
    phx_status status = PHX_OK;

    if (line != EXPECT_NONE)
        status =
            push_aligned(walk, span, &walk->matcher->pattern->lines[line], err);
    for (uint32_t j = 0;
         line == EXPECT_NONE && j < above->child_count && status >= 0; j++)
        status = push(walk, walk->forest->children[above->first + j],
                      EXPECT_NONE, sign == '+' ? '+' : ' ', err);
    turn_round(walk, from);
    return status;
}

static phx_status print_all(struct walk *walk, const char *signs,
                            const phx_text *notes, struct buf *out,
                            phx_error *err)
{
    struct reporter reporter = {.out = out};
    phx_status status =
        push_children(walk, (uint32_t)walk->forest->count,
                      walk->matcher ? 0 : EXPECT_NONE, ' ', err);

    while (status >= 0 && walk->count > 0) {
        struct entry entry = walk->entries[--walk->count];
        if (entry.span == EXPECT_NONE) {
            report_missing(&reporter,
                           &walk->matcher->pattern->lines[entry.line]);
            continue;
        }
        char sign = signs && signs[entry.span] ? signs[entry.span] : entry.sign;
        const struct forest_span *span = &walk->forest->spans[entry.span];
        if (sign == '!' && entry.line != EXPECT_NONE)
            report_span(&reporter, sign, span, "  (expected: ",
                        walk->matcher->pattern->lines[entry.line].text);
        else
            report_span(&reporter, sign, span, "  (",
                        notes ? notes[entry.span] : text_of(NULL));
        status = push_children(walk, entry.span, entry.line, entry.sign, err);
    }
    report_end(&reporter);
    memory_free(walk->entries);
    return status < 0 ? status : buf_status(out, "the report", err);
}

phx_status report_tree(struct matcher *matcher, struct buf *out, phx_error *err)
{
    struct walk walk = {.matcher = matcher, .forest = matcher->forest};

    return print_all(&walk, NULL, NULL, out, err);
}

phx_status expect_print(const struct forest *forest, const char *signs,
                        const phx_text *notes, struct buf *report,
                        phx_error *err)
{
    struct walk walk = {.forest = forest};

    return print_all(&walk, signs, notes, report, err);
}
