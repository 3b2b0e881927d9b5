/*
 * filled.h - a small store, and annotations of what is in it.
 */
#ifndef UNIT_STORE_FILLED_H
#define UNIT_STORE_FILLED_H

static inline struct store *open_store(void)
{
    const struct store_options options = {.no_compact = true};
    struct store *store;

    succeeds(store_open(NULL, &options, &store, err));
    return store;
}

static inline void put(struct store *store, const char *project,
                       const char *trace, const char *id)
{
    struct span span = {.trace_id = text_of(trace),
                        .span_id = text_of(id),
                        .name = text_of("step"),
                        .trace_state = text_of(""),
                        .status_message = text_of(""),
                        .tree = {.kind = JSON_OBJECT},
                        .project_name = text_of(project),
                        .session_name = text_of(trace),
                        .prompt_tokens = -1,
                        .completion_tokens = -1};
    struct store_batch batch = {.spans = {.spans = &span, .count = 1}};
    struct store_batch *batches[] = {&batch};

    succeeds(store_put(store, batches, 1, err));
    eq_int(batch.report.accepted, 1);
}

/* Spans 1 and 2 in trace 1 and session 1 of project 2; 3 in another trace. */
static inline struct store *open_filled(void)
{
    struct store *store = open_store();

    put(store, "p", "t1", "s1");
    put(store, "p", "t1", "s2");
    put(store, "p", "t2", "s3");
    return store;
}

static inline phx_annotation_item item_of(int32_t kind, int64_t number)
{
    return (phx_annotation_item){.kind = kind,
                                 .target = number,
                                 .target_id = text_of(""),
                                 .name = text_of("tone"),
                                 .identifier = text_of(""),
                                 .metadata = text_of("{}")};
}

#endif
