/*
 * tracer.c - ended spans wait here until the root of a trace ends, or many
 * wait, and then go into one commit. While that runs, others go on ending
 * theirs; those are the next commit's.
 */
#include "base/base.h"
#include "trace/trace.h"

#include "store/store.h"

#include "trace/inside.h"

enum {
    WAITING = 512,            /* spans, unless options say otherwise */
    WAITING_BYTES = 16 << 20, /* of memory that they hold, at most */
    /* The same if the store takes none. */
    KEPT_BYTES = SHRUNK(256 << 20, 1 << 20)
};

struct live_list {
    phx_live_span *first, *last;
    size_t count, bytes;
};

struct phx_tracer {
    struct store *store;
    struct arena arena; /* of what follows */
    struct resource resource;
    struct scope scope;
    size_t most; /* spans that wait */

    pthread_mutex_t putting; /* taken before the other */
    pthread_mutex_t lock;    /* of what follows */
    struct live_list waiting;
    size_t references; /* the host's, and one a live span */
    bool closed;
};

/* --- lists ------------------------------------------------------------------- */

static void list_add(struct live_list *list, phx_live_span *live)
{
    live->next = NULL;
    if (list->last != NULL)
        list->last->next = live;
    else
        list->first = live;
    list->last = live;
    list->count++;
    list->bytes += live->arena.total + sizeof *live;
}

/* Those of the second list come behind those of the first. */
static void list_join(struct live_list *list, const struct live_list *behind)
{
    if (list->last != NULL)
        list->last->next = behind->first;
    else
        list->first = behind->first;
    if (behind->last != NULL)
        list->last = behind->last;
    list->count += behind->count;
    list->bytes += behind->bytes;
}

static void list_clear(struct live_list *list)
{
    while (list->first != NULL) {
        phx_live_span *next = list->first->next;
        live_free(list->first);
        list->first = next;
    }
}

/* --- into the store ------------------------------------------------------------ */

/* The store gives numbers to copies: after a failure the spans are as they
 * were. */
static phx_status put(struct store *store, const struct live_list *list,
                      phx_error *err)
{
    size_t size = size_mul(list->count, sizeof(struct span));
    struct span *spans = memory_new(size);
    struct store_batch batch = {.spans = {spans, 0, list->count}};
    struct store_batch *batches[] = {&batch};

    if (spans == NULL)
        return fail_memory(err, size);
    for (const phx_live_span *live = list->first; live; live = live->next)
        spans[batch.spans.count++] = live->span;
    phx_status status = store_put(store, batches, 1, err);
    memory_free(spans);
    return status;
}

phx_status tracer_flush(phx_tracer *tracer, phx_error *err)
{
    struct live_list list;
    phx_status status = PHX_OK;

    pthread_mutex_lock(&tracer->putting);
    pthread_mutex_lock(&tracer->lock);
    list = tracer->waiting;
    tracer->waiting = (struct live_list){0};
    pthread_mutex_unlock(&tracer->lock);
    if (list.count > 0)
        status = put(tracer->store, &list, err);
    if (status < 0) {
        pthread_mutex_lock(&tracer->lock);
        list_join(&list, &tracer->waiting);
        tracer->waiting = list;
        pthread_mutex_unlock(&tracer->lock);
    } else {
        list_clear(&list);
    }
    pthread_mutex_unlock(&tracer->putting);
    return status;
}

phx_status tracer_take(phx_tracer *tracer, phx_live_span *live, phx_error *err)
{
    bool is_root = live->is_root;
    phx_status status;

    pthread_mutex_lock(&tracer->lock);
    bool full = tracer->waiting.bytes >= KEPT_BYTES;
    pthread_mutex_unlock(&tracer->lock);
    if (full && (status = tracer_flush(tracer, err)) < 0) {
        live_free(live);
        return status;
    }
    pthread_mutex_lock(&tracer->lock);
    list_add(&tracer->waiting, live);
    bool due = is_root || tracer->closed ||
               tracer->waiting.count >= tracer->most ||
               tracer->waiting.bytes >= WAITING_BYTES;
    pthread_mutex_unlock(&tracer->lock);
    return due ? tracer_flush(tracer, err) : PHX_OK;
}

/* --- begin and end --------------------------------------------------------------- */

static phx_status set_resource(phx_tracer *tracer, const char *project,
                               const char *service, phx_error *err)
{
    const struct member given[] = {
        {text_of("service.name"), value_text(text_of(service))},
        {text_of("openinference.project.name"), value_text(text_of(project))},
    };
    struct attributes *attributes = &tracer->resource.attributes;
    phx_status status = PHX_OK;

    attributes->members = arena_copy(&tracer->arena, given, sizeof given);
    if (attributes->members == NULL)
        return fail_memory(err, sizeof given);
    for (size_t i = 0; i < sizeof given / sizeof *given && status >= 0; i++) {
        struct member *member = &attributes->members[attributes->count];
        if (given[i].value.text.data == NULL)
            continue;
        *member = given[i];
        status = arena_keep(&tracer->arena, &member->value.text, err);
        attributes->count++;
    }
    return status;
}

static phx_status set_scope(phx_tracer *tracer, const char *name,
                            const char *version, phx_error *err)
{
    struct scope *scope = &tracer->scope;
    phx_status status;

    scope->name = text_of(name != NULL ? name : "");
    scope->version = text_of(version != NULL ? version : "");
    if ((status = arena_keep(&tracer->arena, &scope->name, err)) < 0)
        return status;
    return arena_keep(&tracer->arena, &scope->version, err);
}

phx_status tracer_open(struct store *store, const phx_tracer_options *options,
                       phx_tracer **out, phx_error *err)
{
    phx_tracer *tracer = memory_new(sizeof *tracer);
    phx_status status;

    if (tracer == NULL)
        return fail_memory(err, sizeof *tracer);
    *tracer = (struct phx_tracer){
        .store = store,
        .resource = {.schema_url = {"", 0}},
        .scope = {.schema_url = {"", 0}},
        .most = options->waiting > 0 ? options->waiting : WAITING,
        .references = 1,
    };
    arena_init(&tracer->arena, SIZE_MAX);
    if ((status = set_resource(tracer, options->project, options->service,
                               err)) < 0 ||
        (status = set_scope(tracer, options->scope, options->scope_version,
                            err)) < 0) {
        arena_clear(&tracer->arena);
        memory_free(tracer);
        return status;
    }
    pthread_mutex_init(&tracer->putting, NULL);
    pthread_mutex_init(&tracer->lock, NULL);
    store_retain(store);
    *out = tracer;
    return PHX_OK;
}

void tracer_retain(phx_tracer *tracer)
{
    pthread_mutex_lock(&tracer->lock);
    tracer->references++;
    pthread_mutex_unlock(&tracer->lock);
}

void tracer_release(phx_tracer *tracer)
{
    pthread_mutex_lock(&tracer->lock);
    bool last = --tracer->references == 0;
    pthread_mutex_unlock(&tracer->lock);
    if (!last)
        return;
    list_clear(&tracer->waiting);
    pthread_mutex_destroy(&tracer->lock);
    pthread_mutex_destroy(&tracer->putting);
    store_release(tracer->store);
    arena_clear(&tracer->arena);
    memory_free(tracer);
}

void tracer_close(phx_tracer *tracer)
{
    pthread_mutex_lock(&tracer->lock);
    tracer->closed = true;
    pthread_mutex_unlock(&tracer->lock);
    (void)tracer_flush(tracer, NULL);
    tracer_release(tracer);
}

const struct resource *tracer_resource(const phx_tracer *tracer)
{
    return &tracer->resource;
}

const struct scope *tracer_scope(const phx_tracer *tracer)
{
    return &tracer->scope;
}
