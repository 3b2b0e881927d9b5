/*
 * zone.c - zones: what a reader may prune by without opening a block.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/inside.h"

void zone_add(struct block_zone *zone, const struct span *span)
{
    int64_t time = (int64_t)(span->start_time / 1000);
    int64_t latency =
        span->end_time > span->start_time
            ? (int64_t)((span->end_time - span->start_time) / 1000)
            : 0;
    int64_t prompt = span->prompt_tokens > 0 ? span->prompt_tokens : 0;
    int64_t answer = span->completion_tokens > 0 ? span->completion_tokens : 0;
    int64_t tokens = prompt > INT64_MAX - answer ? INT64_MAX : prompt + answer;

    if (zone->rows++ == 0) {
        zone->project = span->project;
        zone->min_time = zone->max_time = time;
        zone->min_number = zone->max_number = span->number;
    }
    if (zone->project != span->project)
        zone->project = -1;
    zone->min_time = time < zone->min_time ? time : zone->min_time;
    zone->max_time = time > zone->max_time ? time : zone->max_time;
    if (span->number < zone->min_number)
        zone->min_number = span->number;
    if (span->number > zone->max_number)
        zone->max_number = span->number;
    if (latency > zone->max_latency)
        zone->max_latency = latency;
    if (tokens > zone->max_tokens)
        zone->max_tokens = tokens;
    zone->kinds |= (uint64_t)1 << (span->kind & 63);
    zone->projects |= (uint64_t)1 << ((uint64_t)span->project & 63);
}

bool zone_equal(const struct block_zone *a, const struct block_zone *b)
{
    return a->project == b->project && a->min_time == b->min_time &&
           a->max_time == b->max_time && a->min_number == b->min_number &&
           a->max_number == b->max_number && a->max_latency == b->max_latency &&
           a->max_tokens == b->max_tokens && a->kinds == b->kinds &&
           a->projects == b->projects && a->rows == b->rows;
}
