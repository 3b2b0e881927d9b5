/* The queue and its commits, over a store that does as it is told. */
#include "t.h"

#include <stdatomic.h>

#include "../../../server/writer.c"

/* --- a store that does as it is told -------------------------------------- */

struct phx_batch {
    size_t size, memory;
};

static pthread_mutex_t fake_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t fake_changed = PTHREAD_COND_INITIALIZER;
static bool fake_closed; /* puts wait while it is */
static int fake_waiting; /* puts that do */
static phx_status fake_status;
static int fake_puts;
static size_t fake_largest; /* batches of one put */
static int fake_compactions;

phx_status phx_store_put(phx_store *store, phx_batch **batches, size_t count,
                         phx_ingest_report *out, phx_error *err)
{
    (void)store;
    pthread_mutex_lock(&fake_mutex);
    fake_puts++;
    fake_waiting++;
    pthread_cond_broadcast(&fake_changed);
    while (fake_closed)
        pthread_cond_wait(&fake_changed, &fake_mutex);
    fake_waiting--;
    if (count > fake_largest)
        fake_largest = count;
    phx_status status = fake_status;
    pthread_mutex_unlock(&fake_mutex);
    if (status < 0)
        return fail(err, status, -1, "the disk is full");
    for (size_t i = 0; i < count; i++)
        out[i] = (phx_ingest_report){.accepted = (int64_t)batches[i]->size};
    return PHX_OK;
}

phx_status phx_store_compact(phx_store *store, uint32_t budget, phx_error *err)
{
    (void)store;
    (void)budget;
    (void)err;
    pthread_mutex_lock(&fake_mutex);
    fake_compactions++;
    pthread_cond_broadcast(&fake_changed);
    pthread_mutex_unlock(&fake_mutex);
    return PHX_DONE;
}

size_t phx_batch_size(const phx_batch *batch)
{
    return batch->size;
}

size_t phx_batch_memory(const phx_batch *batch)
{
    return batch->memory;
}

void phx_batch_free(phx_batch *batch)
{
    memory_free(batch);
}

const char *phx_status_name(phx_status status)
{
    (void)status;
    return "";
}

void log_event(enum log_level level, const char *message, ...)
{
    (void)level;
    (void)message;
}

static atomic_llong fake_metrics[METRIC_COUNT];

void metrics_add(enum metric metric, int64_t value)
{
    atomic_fetch_add(&fake_metrics[metric], value);
}

void metrics_batch(const phx_batch *batch, const phx_ingest_report *report)
{
    (void)batch;
    metrics_add(METRIC_SPANS_ACCEPTED, report->accepted);
}

void metrics_commit(double seconds)
{
    (void)seconds;
}

static void set_closed(bool closed)
{
    pthread_mutex_lock(&fake_mutex);
    fake_closed = closed;
    pthread_cond_broadcast(&fake_changed);
    while (closed && fake_waiting == 0)
        pthread_cond_wait(&fake_changed, &fake_mutex);
    pthread_mutex_unlock(&fake_mutex);
}

/* --- submitters ----------------------------------------------------------- */

static atomic_int told;
static atomic_llong told_spans;
static atomic_int told_status;

static void tell(void *ctx, phx_status status, const phx_ingest_report *report,
                 const phx_error *err)
{
    ok(ctx == &told);
    ok(status >= 0 || strcmp(err->message, "the disk is full") == 0);
    atomic_store(&told_status, status);
    atomic_fetch_add(&told_spans, report->accepted);
    atomic_fetch_add(&told, 1);
}

static phx_batch *batch_of(size_t spans, size_t bytes)
{
    phx_batch *batch = memory_new(sizeof *batch);

    assert_non_null(batch);
    batch->size = spans;
    batch->memory = bytes;
    return batch;
}

static phx_status submit(struct writer *writer, size_t spans, size_t bytes)
{
    phx_batch *batch = batch_of(spans, bytes);
    phx_error err;
    phx_status status = writer_submit(writer, &batch, tell, &told, &err);

    ok((status < 0) == (batch != NULL));
    phx_batch_free(batch);
    return status;
}

static struct writer *start(int64_t spans, int64_t bytes)
{
    struct writer *writer = NULL;

    fake_closed = false;
    fake_status = PHX_OK;
    fake_puts = fake_compactions = 0;
    fake_largest = 0;
    told = 0;
    told_spans = 0;
    succeeds(writer_start(NULL, spans, bytes, &writer, err));
    return writer;
}

/* One batch in the store, which is held up: all others wait. */
static void hold_up(struct writer *writer)
{
    fake_closed = true;
    eq_int(submit(writer, 1, 100), PHX_OK);
    set_closed(true);
}

/* --- facts ---------------------------------------------------------------- */

TEST(what_waits_shares_a_commit)
{
    struct writer *writer = start(1000, 1000000);

    UNUSED_STATE;
    hold_up(writer);
    for (int i = 0; i < 50; i++)
        eq_int(submit(writer, 2, 100), PHX_OK);
    eq_int(told, 0);
    set_closed(false);
    writer_stop(writer);
    eq_int(told, 51);
    eq_int(told_spans, 101);
    eq_int(fake_puts, 2);
    eq_int(fake_largest, 50);
    eq_int(fake_metrics[METRIC_QUEUE_SPANS], 0);
    eq_int(fake_metrics[METRIC_QUEUE_BYTES], 0);
}

TEST(a_full_queue_refuses)
{
    struct writer *writer = start(10, 1000);

    UNUSED_STATE;
    hold_up(writer);
    eq_int(submit(writer, 9, 100), PHX_OK);
    eq_int(submit(writer, 1, 100), PHX_BUSY);
    set_closed(false);
    writer_stop(writer);

    writer = start(1000, 1000);
    hold_up(writer);
    eq_int(submit(writer, 1, 901), PHX_BUSY);
    eq_int(submit(writer, 1, 900), PHX_OK);
    set_closed(false);
    writer_stop(writer);
    eq_int(told, 2);
}

TEST(an_empty_queue_takes_a_batch_of_any_size)
{
    struct writer *writer = start(10, 1000);

    UNUSED_STATE;
    eq_int(submit(writer, 100000, 100000000), PHX_OK);
    writer_stop(writer);
    eq_int(told_spans, 100000);
}

TEST(commits_are_bounded_but_for_one_large_batch)
{
    struct item items[4] = {{.spans = 3000, .bytes = 10},
                            {.spans = 1096, .bytes = 10},
                            {.spans = 1, .bytes = COMMIT_BYTES},
                            {.spans = 9999, .bytes = 1}};

    UNUSED_STATE;
    eq_int(commit_size(items, 4), 2);
    eq_int(commit_size(items + 1, 3), 1);
    eq_int(commit_size(items + 2, 2), 1);
    eq_int(commit_size(items + 3, 1), 1);
}

TEST(a_failed_commit_is_told_to_all)
{
    struct writer *writer = start(1000, 1000000);

    UNUSED_STATE;
    hold_up(writer);
    eq_int(submit(writer, 1, 1), PHX_OK);
    eq_int(submit(writer, 1, 1), PHX_OK);
    fake_status = PHX_IO;
    set_closed(false);
    writer_stop(writer);
    eq_int(told, 3);
    eq_int(told_status, PHX_IO);
    eq_int(told_spans, 0);
}

TEST(put_waits_for_its_commit)
{
    struct writer *writer = start(10, 1000);
    phx_ingest_report report = {0};
    phx_batch *batch = batch_of(7, 70);

    UNUSED_STATE;
    succeeds(writer_put(writer, &batch, &report, err));
    assert_null(batch);
    eq_int(report.accepted, 7);
    fake_status = PHX_IO;
    batch = batch_of(7, 70);
    fails_with(PHX_IO, "disk", writer_put(writer, &batch, &report, err));
    assert_null(batch);
    writer_stop(writer);
}

TEST(a_commit_is_followed_by_compaction)
{
    struct writer *writer = start(10, 1000);
    int before;

    UNUSED_STATE;
    pthread_mutex_lock(&fake_mutex);
    while (fake_compactions == 0)
        pthread_cond_wait(&fake_changed, &fake_mutex);
    before = fake_compactions;
    pthread_mutex_unlock(&fake_mutex);
    eq_int(submit(writer, 1, 1), PHX_OK);
    pthread_mutex_lock(&fake_mutex);
    while (fake_compactions == before)
        pthread_cond_wait(&fake_changed, &fake_mutex);
    pthread_mutex_unlock(&fake_mutex);
    writer_stop(writer);
}

TEST(a_submit_without_memory_leaves_the_batch)
{
    struct writer *writer = start(10, 1000);
    phx_batch *batch = batch_of(1, 1);
    phx_error err;

    UNUSED_STATE;
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    eq_int(writer_submit(writer, &batch, tell, &told, &err), PHX_NO_MEMORY);
    memory_faults.fail_at = 0;
    assert_non_null(batch);
    eq_int(writer_submit(writer, &batch, tell, &told, &err), PHX_OK);
    writer_stop(writer);
    eq_int(told, 1);
    eq_int(memory_faults.balance, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_shares_a_commit),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(an_empty_queue_takes_a_batch_of_any_size),
        cmocka_unit_test(commits_are_bounded_but_for_one_large_batch),
        cmocka_unit_test(a_failed_commit_is_told_to_all),
        cmocka_unit_test(put_waits_for_its_commit),
        cmocka_unit_test(a_commit_is_followed_by_compaction),
        cmocka_unit_test(a_submit_without_memory_leaves_the_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
