/*
 * generate.c - requests out of a pool. Each project has spans of its own,
 * used round and round; what differs between the rounds is written over the
 * copy: ids are XORed with a number of the round, times move on, sessions
 * are counted on.
 */
#include "generate.h"

#include "agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct project {
    struct made_span *spans;
    size_t next;
    uint64_t round;
    uint8_t resource[128]; /* the field of ResourceSpans */
    size_t resource_size;
};

struct generator {
    struct agents *agents;
    size_t pool; /* spans a project */
    size_t largest;
    struct project projects[PROJECTS];
    size_t turn;
    size_t giant; /* spans still to join the giant trace */
    uint64_t giant_root;
};

static void *get(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        fprintf(stderr, "load: no memory\n");
        exit(2);
    }
    return memory;
}

static void make_project(struct generator *generator, size_t number,
                         size_t session_count)
{
    struct project *project = &generator->projects[number];
    struct session *sessions = agents_start(generator->agents, session_count);
    char name[24];

    project->spans = get(generator->pool * sizeof *project->spans);
    for (size_t i = 0; i < generator->pool; i++) {
        struct made_span *span = &project->spans[i];
        agents_next(generator->agents, sessions, session_count, i, span);
        if (span->size > generator->largest)
            generator->largest = span->size;
    }
    snprintf(name, sizeof name, "bench-%zu", number);
    project->resource_size = agents_resource(name, project->resource);
}

struct generator *generator_new(const struct generate_options *options)
{
    struct generator *generator = get(sizeof *generator);
    size_t sessions = (options->sessions + PROJECTS - 1) / PROJECTS;

    memset(generator, 0, sizeof *generator);
    generator->agents = agents_new(options->seed);
    generator->pool = (options->pool + PROJECTS - 1) / PROJECTS;
    generator->giant = options->giant;
    generator->giant_root = mix(~options->seed);
    for (size_t i = 0; i < PROJECTS; i++)
        make_project(generator, i, sessions > 0 ? sessions : 1);
    return generator;
}

void generator_free(struct generator *generator)
{
    for (size_t i = 0; i < PROJECTS; i++)
        free(generator->projects[i].spans);
    agents_free(generator->agents);
    free(generator);
}

size_t generator_bound(const struct generator *generator, size_t spans)
{
    return spans * generator->largest + 256;
}

/* --- requests ------------------------------------------------------------- */

static void flip(uint8_t *bytes, uint64_t by)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    value ^= by;
    memcpy(bytes, &value, sizeof value);
}

static void put_session(uint8_t *out, uint64_t number)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 11; i >= 0; i--, number >>= 4)
        out[i] = (uint8_t)digits[number & 15];
}

/* The n-th use of the pool differs from the others in all ids. */
static void freshen(const struct generator *generator,
                    const struct project *project, const struct made_span *span,
                    uint8_t *out)
{
    uint64_t by = project->round > 0 ? mix(project->round) : 0;
    uint64_t later = project->round * generator->pool * SPAN_STEP_NS;

    flip(out + span->trace_at, by);
    flip(out + span->span_at, by);
    if (span->parent_at > 0)
        flip(out + span->parent_at, by);
    put_fixed(out + span->start_at, span->start + later);
    put_fixed(out + span->end_at, span->end + later);
    put_session(out + span->session_at,
                span->session +
                    project->round * agents_sessions(generator->agents));
}

/* Every fourth span of the first project joins the giant trace, until that
 * is large enough; roots stay as they are. The last to join is the giant's
 * root: what was its parent id becomes a trace state. */
static void join_giant(struct generator *generator,
                       const struct made_span *span, uint8_t *out)
{
    if (generator->giant == 0 || span->parent_at == 0 ||
        span->bytes[span->span_at] % 4 != 0)
        return;
    memcpy(out + span->trace_at, "giant trace ....", 16);
    memcpy(out + span->trace_at + 8, &generator->giant_root, 8);
    put_session(out + span->session_at, UINT64_C(0xFFFFFFFFFFFF));
    if (--generator->giant > 0) {
        memcpy(out + span->parent_at, &generator->giant_root, 8);
    } else {
        memcpy(out + span->span_at, &generator->giant_root, 8);
        memcpy(out + span->parent_at - 2, "\x1A\x08giant=ok", 10);
    }
}

static size_t sum_sizes(const struct generator *generator,
                        const struct project *project, size_t spans)
{
    size_t sum = 0;
    size_t at = project->next;

    for (size_t i = 0; i < spans; i++) {
        sum += project->spans[at].size;
        if (++at == generator->pool)
            at = 0;
    }
    return sum;
}

/*
 *     Request  1: ResourceSpans  1: resource  2: ScopeSpans  1: scope  2: span
 */
size_t generator_next(struct generator *generator, size_t spans, uint8_t *out,
                      uint8_t *ids)
{
    static const uint8_t scope[] = {0x0A, 6, 0x0A, 4, 'l', 'o', 'a', 'd'};
    size_t turn = generator->turn++ % PROJECTS;
    struct project *project = &generator->projects[turn];
    size_t scoped = sizeof scope + sum_sizes(generator, project, spans);
    size_t resourced =
        project->resource_size + 1 + varint_size(scoped) + scoped;
    uint8_t *at = out;

    *at++ = 0x0A;
    at = put_varint(at, resourced);
    memcpy(at, project->resource, project->resource_size);
    at += project->resource_size;
    *at++ = 0x12;
    at = put_varint(at, scoped);
    memcpy(at, scope, sizeof scope);
    at += sizeof scope;
    for (size_t i = 0; i < spans; i++) {
        const struct made_span *span = &project->spans[project->next];
        memcpy(at, span->bytes, span->size);
        freshen(generator, project, span, at);
        if (turn == 0)
            join_giant(generator, span, at);
        if (ids != NULL)
            memcpy(ids + i * SPAN_ID_SIZE, at + span->span_at, SPAN_ID_SIZE);
        at += span->size;
        if (++project->next == generator->pool) {
            project->next = 0;
            project->round++;
        }
    }
    return (size_t)(at - out);
}
