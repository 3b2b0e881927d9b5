/*
 * match.c - a forest against a pattern: from the deepest spans up it is noted
 * which lines of its depth each span fits, with all that is below it; then the
 * roots are looked at.
 */
#include "base/base.h"
#include "expect/expect.h"

#include "expect/inside.h"

static phx_status fit_span(struct matcher *matcher, uint32_t span,
                           phx_error *err)
{
    const struct pattern *pattern = matcher->pattern;
    uint32_t depth = matcher->forest->spans[span].depth;
    struct alignment alignment;
    phx_status status;

    matcher->fits[span] = NULL;
    if (depth > pattern->depth)
        return PHX_OK;
    uint32_t first = pattern->first[depth];
    uint32_t count = pattern->first[depth + 1] - first;
    uint8_t *fits = arena_new(matcher->arena, count);
    if (fits == NULL)
        return arena_status(matcher->arena, count, err);
    matcher->fits[span] = fits;
    if ((status = match_spend(matcher, count, err)) < 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct pattern_line *line =
            &pattern->lines[pattern->by_depth[first + i]];
        fits[i] = match_word(matcher, line, span) &&
                  match_condition(matcher, line, span);
        if (!fits[i] || line->word.data == NULL)
            continue;
        if ((status = align(matcher, line, span, &alignment, err)) < 0)
            return status;
        fits[i] = alignment.cost == 0;
    }
    return PHX_OK;
}

phx_status expect_tree(const struct forest *forest,
                       const struct pattern *pattern, bool any_order, bool *met,
                       struct buf *report, phx_error *err)
{
    struct arena arena;
    struct matcher matcher = {.forest = forest,
                              .pattern = pattern,
                              .any_order = any_order,
                              .arena = &arena};
    size_t size = size_mul(forest->count, sizeof *matcher.fits);
    struct alignment alignment;
    phx_status status = PHX_OK;

    arena_init(&arena, SIZE_MAX);
    arena_init(&matcher.scratch, SIZE_MAX);
    if ((matcher.fits = arena_new(&arena, size)) == NULL)
        status = arena_status(&arena, size, err);
    for (size_t i = forest->count; i > 0 && status >= 0; i--)
        status = fit_span(&matcher, forest->order[i - 1], err);
    if (status >= 0)
        status = align(&matcher, pattern->lines, (uint32_t)forest->count,
                       &alignment, err);
    if (status >= 0) {
        *met = alignment.cost == 0;
        if (!*met)
            status = report_tree(&matcher, report, err);
    }
    arena_clear(&matcher.scratch);
    arena_clear(&arena);
    return status;
}
