/*
 * align.c - the children of a span against the lines below a line, so that as
 * little as can be is missing or not expected.
 *
 * In order it is an edit distance: a table of how many lines and children are
 * done, filled row by row. In any order it is a matching: a child takes the
 * place of another if that one finds a place elsewhere. First the places that
 * must be filled are offered, then all; whoever has a place keeps one.
 */
#include "base/base.h"
#include "expect/expect.h"

#include "expect/inside.h"

enum { LIKE = 1, LOST = 2, NEVER = 1 << 30 }; /* costs */

bool match_word(const struct matcher *matcher, const struct pattern_line *line,
                uint32_t span)
{
    const struct forest_span *found = &matcher->forest->spans[span];

    return line->word.data == NULL || text_equal(line->word, found->name) ||
           line->kind == found->kind;
}

bool match_condition(const struct matcher *matcher,
                     const struct pattern_line *line, uint32_t span)
{
    return line->condition == EXPECT_NONE ||
           matcher->pattern->conditions[line->condition].holds[span];
}

phx_status match_spend(struct matcher *matcher, uint64_t steps, phx_error *err)
{
    matcher->steps += steps;
    if (matcher->steps > MATCH_STEPS)
        return fail(err, PHX_TOO_BIG, -1,
                    "so many spans and lines take over %d steps", MATCH_STEPS);
    return PHX_OK;
}

static bool fits(const struct matcher *matcher, const struct pattern_atom *atom,
                 uint32_t span)
{
    return matcher->fits[span][matcher->pattern->lines[atom->line].place];
}

/* What it costs to take a child for an atom. */
static uint32_t cost_of(const struct matcher *matcher,
                        const struct pattern_atom *atom, uint32_t span)
{
    if (fits(matcher, atom, span))
        return 0;
    return match_word(matcher, &matcher->pattern->lines[atom->line], span)
               ? LIKE
               : NEVER;
}

/* --- in order ------------------------------------------------------------------- */

enum move { EXTRA, MANY, TAKE, SKIP };

struct table {
    uint32_t *costs, *next; /* [columns] */
    uint8_t *moves;         /* [rows * columns] that led there */
    size_t columns;
};

static void offer(uint32_t *cost, uint8_t *move, uint32_t offered,
                  enum move how)
{
    if (offered >= *cost)
        return;
    *cost = offered;
    *move = (uint8_t)how;
}

static void fill_row(const struct matcher *matcher,
                     const struct pattern_line *line, uint32_t row,
                     const uint32_t *children, struct table *table)
{
    const struct pattern_atom *atom =
        row < line->atom_count ? &line->atoms[row] : NULL;
    uint8_t *moves = table->moves + row * table->columns;
    uint8_t *below = moves + table->columns;

    for (size_t j = 0; j < table->columns; j++)
        table->next[j] = NEVER;
    for (size_t j = 0; j < table->columns; j++) {
        uint32_t cost = table->costs[j];
        bool is_last = j + 1 == table->columns;
        uint32_t taken = atom != NULL && !is_last
                             ? cost + cost_of(matcher, atom, children[j])
                             : NEVER;
        if (!is_last) {
            offer(&table->costs[j + 1], &moves[j + 1], cost + LOST, EXTRA);
            if (atom != NULL && atom->many)
                offer(&table->costs[j + 1], &moves[j + 1], taken, MANY);
            else if (atom != NULL)
                offer(&table->next[j + 1], &below[j + 1], taken, TAKE);
        }
        if (atom != NULL)
            offer(&table->next[j], &below[j],
                  cost + (atom->required ? LOST : 0), SKIP);
    }
}

static void trace_back(const struct pattern_line *line,
                       const struct table *table, struct alignment *out)
{
    size_t row = line->atom_count, column = table->columns - 1;

    while (row > 0 || column > 0) {
        switch (table->moves[row * table->columns + column]) {
        case EXTRA:
            out->atom_of[--column] = EXPECT_NONE;
            break;
        case MANY:
            out->atom_of[--column] = (uint32_t)row;
            break;
        case TAKE:
            out->atom_of[--column] = (uint32_t)--row;
            break;
        default:
            row--;
            out->missing[row] = line->atoms[row].required;
            break;
        }
    }
}

static phx_status align_in_order(struct matcher *matcher,
                                 const struct pattern_line *line,
                                 const struct forest_span *span,
                                 struct alignment *out, phx_error *err)
{
    struct table table = {.columns = (size_t)span->child_count + 1};
    size_t cells = size_mul((size_t)line->atom_count + 1, table.columns);
    const uint32_t *children = matcher->forest->children + span->first;
    phx_status status;

    if ((status = match_spend(matcher, cells, err)) < 0)
        return status;
    table.costs = arena_new(&matcher->scratch,
                            size_mul(table.columns, sizeof *table.costs));
    table.next = arena_new(&matcher->scratch,
                           size_mul(table.columns, sizeof *table.next));
    table.moves = arena_new(&matcher->scratch, cells);
    if (table.costs == NULL || table.next == NULL || table.moves == NULL)
        return arena_status(&matcher->scratch, cells, err);
    for (size_t j = 0; j < table.columns; j++)
        table.costs[j] = j == 0 ? 0 : NEVER;
    for (uint32_t row = 0; row <= line->atom_count; row++) {
        if (row > 0) {
            uint32_t *done = table.costs;
            table.costs = table.next;
            table.next = done;
        }
        fill_row(matcher, line, row, children, &table);
    }
    out->cost = table.costs[table.columns - 1];
    trace_back(line, &table, out);
    return PHX_OK;
}

/* --- in any order ----------------------------------------------------------------- */

struct places {
    struct matcher *matcher;
    const struct pattern_line *line;
    const uint32_t *children;
    uint32_t child_count;
    uint32_t *atom_of; /* [children] */
    uint32_t *loads;   /* [atoms] children that it has */
    uint32_t *via;     /* [atoms] the child that asked for it; EXPECT_NONE */
    uint32_t *queue;   /* [children] */
    bool only_required;
};

static bool has_room(const struct places *places, uint32_t atom)
{
    const struct pattern_atom *a = &places->line->atoms[atom];

    if (!a->required && places->only_required)
        return false;
    return a->many || places->loads[atom] == 0;
}

/* Each child on the way takes the place that it asked for. */
static void move_up(struct places *places, uint32_t atom)
{
    places->loads[atom]++;
    while (atom != EXPECT_NONE) {
        uint32_t child = places->via[atom];
        uint32_t left = places->atom_of[child];
        places->atom_of[child] = atom;
        atom = left;
    }
}

/* Children that could make room for the first one ask in turn. */
static phx_status find_place(struct places *places, uint32_t child,
                             phx_error *err)
{
    uint32_t count = places->line->atom_count, asked = 0, asking = 0;
    phx_status status;

    for (uint32_t i = 0; i < count; i++)
        places->via[i] = EXPECT_NONE;
    places->queue[asking++] = child;
    while (asked < asking) {
        child = places->queue[asked++];
        if ((status = match_spend(places->matcher, count + 1, err)) < 0)
            return status;
        for (uint32_t i = 0; i < count; i++) {
            if (places->via[i] != EXPECT_NONE ||
                !fits(places->matcher, &places->line->atoms[i],
                      places->children[child]))
                continue;
            places->via[i] = child;
            if (has_room(places, i)) {
                move_up(places, i);
                return PHX_OK;
            }
            if (places->loads[i] == 0)
                continue;
            if ((status = match_spend(places->matcher, places->child_count,
                                      err)) < 0)
                return status;
            for (uint32_t j = 0; j < places->child_count; j++) {
                if (places->atom_of[j] == i)
                    places->queue[asking++] = j;
            }
        }
    }
    return PHX_OK;
}

/* A child without a place takes a free one that it is like. */
static uint32_t settle_for(const struct places *places, uint32_t child)
{
    for (uint32_t i = 0; i < places->line->atom_count; i++) {
        const struct pattern_atom *atom = &places->line->atoms[i];
        if (has_room(places, i) &&
            match_word(places->matcher,
                       &places->matcher->pattern->lines[atom->line],
                       places->children[child]))
            return i;
    }
    return EXPECT_NONE;
}

static void settle(struct places *places, struct alignment *out)
{
    for (uint32_t j = 0; j < places->child_count; j++) {
        if (out->atom_of[j] != EXPECT_NONE)
            continue;
        out->atom_of[j] = settle_for(places, j);
        if (out->atom_of[j] != EXPECT_NONE)
            places->loads[out->atom_of[j]]++;
        out->cost += out->atom_of[j] == EXPECT_NONE ? LOST : LIKE;
    }
    for (uint32_t i = 0; i < places->line->atom_count; i++) {
        out->missing[i] =
            places->line->atoms[i].required && places->loads[i] == 0;
        out->cost += out->missing[i] ? LOST : 0;
    }
}

static phx_status align_any(struct matcher *matcher,
                            const struct pattern_line *line,
                            const struct forest_span *span,
                            struct alignment *out, phx_error *err)
{
    size_t size = size_mul((size_t)line->atom_count + span->child_count + 1,
                           sizeof(uint32_t));
    struct places places = {.matcher = matcher,
                            .line = line,
                            .children = matcher->forest->children + span->first,
                            .child_count = span->child_count,
                            .atom_of = out->atom_of,
                            .loads = arena_new(&matcher->scratch, size),
                            .via = arena_new(&matcher->scratch, size),
                            .queue = arena_new(&matcher->scratch, size)};
    phx_status status = PHX_OK;

    if (places.loads == NULL || places.via == NULL || places.queue == NULL)
        return arena_status(&matcher->scratch, size, err);
    memset(places.loads, 0, size);
    for (uint32_t j = 0; j < span->child_count; j++)
        out->atom_of[j] = EXPECT_NONE;
    for (int only = 1; only >= 0; only--) {
        places.only_required = only;
        for (uint32_t j = 0; j < span->child_count && status >= 0; j++) {
            if (out->atom_of[j] == EXPECT_NONE)
                status = find_place(&places, j, err);
        }
    }
    if (status >= 0)
        settle(&places, out);
    return status;
}

phx_status align(struct matcher *matcher, const struct pattern_line *line,
                 uint32_t span, struct alignment *out, phx_error *err)
{
    const struct forest_span *above = &matcher->forest->spans[span];
    size_t children = size_mul(above->child_count, sizeof *out->atom_of);

    arena_reset(&matcher->scratch);
    *out = (struct alignment){
        .atom_of = arena_new(&matcher->scratch, children),
        .missing = arena_new(&matcher->scratch, line->atom_count)};
    if (out->atom_of == NULL || out->missing == NULL)
        return arena_status(&matcher->scratch, children, err);
    memset(out->missing, 0, line->atom_count);
    return matcher->any_order ? align_any(matcher, line, above, out, err)
                              : align_in_order(matcher, line, above, out, err);
}
