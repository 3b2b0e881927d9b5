/* run_test.c - runs: every posting is found again, and damage is noticed. */
#include "t.h"

#include "store/run.c"

struct scene {
    struct connection *connection;
    struct counter counter;
};

static void scene_open(struct scene *scene)
{
    const struct store_options options = {0};

    succeeds(connection_open(NULL, NULL, false, 0, &scene->connection, err));
    succeeds(schema_prepare(scene->connection, &options, err));
    succeeds(counter_read(scene->connection, &scene->counter, err));
}

static uint64_t key(uint64_t i)
{
    return hash_bytes(&i, sizeof i, 1);
}

/* A run of keys [from, to), each of two blocks. */
static void write_keys(struct scene *scene, uint32_t from, uint32_t to)
{
    struct posting_list list = {0};

    for (uint32_t i = to; i-- > from;) {
        succeeds(posting_add(&list, key(i), i + 1000, err));
        succeeds(posting_add(&list, key(i), i, err));
    }
    posting_sort(&list);
    succeeds(run_write(scene->connection, &scene->counter, &list, err));
    posting_clear(&list);
}

static phx_status find(struct scene *scene, uint64_t hash,
                       struct block_set *out, phx_error *err)
{
    const struct run_list *runs;
    phx_status status =
        run_list_read(scene->connection, &scene->counter, &runs, err);

    block_set_clear(out);
    return status < 0 ? status
                      : run_find(scene->connection, runs, hash, out, err);
}

static void finds(struct scene *scene, uint64_t hash, size_t count,
                  uint32_t first)
{
    struct block_set found = {0};

    succeeds(find(scene, hash, &found, err));
    eq_int(found.count, count);
    if (count > 0)
        eq_int(found.ids[0], first);
    block_set_clear(&found);
}

TEST(every_posting_is_found)
{
    struct scene scene;

    UNUSED_STATE;
    for (uint32_t size = 1; size < 4 * RUN_PART; size++) {
        scene_open(&scene);
        write_keys(&scene, 0, size);
        for (uint32_t i = 0; i < size; i++)
            finds(&scene, key(i), 2, i);
        for (uint32_t i = size; i < size + 20; i++)
            finds(&scene, key(i), 0, 0);
        connection_close(scene.connection);
    }
}

TEST(runs_are_searched_one_by_one)
{
    struct scene scene;

    UNUSED_STATE;
    scene_open(&scene);
    for (uint32_t i = 0; i < 10; i++) {
        write_keys(&scene, i * 10, i * 10 + 10);
        for (uint32_t j = 0; j < i * 10 + 10; j++)
            finds(&scene, key(j), 2, j);
    }
    write_keys(&scene, 0, 5); /* stale ones do no harm */
    finds(&scene, key(3), 2, 3);
    connection_close(scene.connection);
}

/* Postings of one hash over many parts, at either end of the range. */
TEST(equal_hashes_may_fill_parts)
{
    static const uint64_t hashes[] = {0, 1, (uint64_t)1 << 32, UINT64_MAX - 1,
                                      UINT64_MAX};
    struct posting_list list = {0};
    struct scene scene;

    UNUSED_STATE;
    scene_open(&scene);
    for (uint32_t i = 0; i < 5; i++) {
        for (uint32_t j = 0; j < 3 * RUN_PART; j++)
            succeeds(posting_add(&list, hashes[i], j, err));
    }
    posting_sort(&list);
    succeeds(run_write(scene.connection, &scene.counter, &list, err));
    posting_clear(&list);
    for (uint32_t i = 0; i < 5; i++)
        finds(&scene, hashes[i], 3 * RUN_PART, 0);
    finds(&scene, 2, 0, 0);
    connection_close(scene.connection);
}

TEST(an_empty_run_is_not_written)
{
    struct posting_list list = {0};
    struct counter before;
    struct scene scene;

    UNUSED_STATE;
    scene_open(&scene);
    before = scene.counter;
    posting_sort(&list);
    succeeds(run_write(scene.connection, &scene.counter, &list, err));
    assert_memory_equal(&before, &scene.counter, sizeof before);
    finds(&scene, 7, 0, 0);
    connection_close(scene.connection);
}

TEST(a_damaged_run_is_noticed)
{
    static const struct {
        const char *sql;
        const char *part;
    } cases[] = {
        {"DELETE FROM run WHERE id & 0xffffff = 1", "lost"},
        {"UPDATE run SET body = zeroblob(length(body))", "damaged"},
        {"UPDATE run SET body = substr(body, 1, length(body) - 12)", "damaged"},
        {"UPDATE run SET body = x''", "damaged"},
        {"DELETE FROM run_head", "head"},
        {"UPDATE run_head SET level = 1", "head"},
        {"UPDATE run_head SET level = 256", "head"},
        {"UPDATE run_head SET n = n - 1", "head"},
        {"UPDATE run_head SET n = 0", "head"},
        {"UPDATE run_head SET id = id + 1", "head"},
        {"UPDATE run_head SET first = CAST(first || x'00' AS BLOB)", "head"},
        {"UPDATE run_head SET first = zeroblob(length(first))", "head"},
    };
    struct block_set found = {0};
    struct scene scene;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene_open(&scene);
        write_keys(&scene, 0, RUN_PART * 2);
        succeeds(connection_execute(scene.connection, cases[i].sql, err));
        phx_status status = PHX_OK;
        phx_error why = {0};
        for (uint64_t k = 0; k < RUN_PART * 2 && status == PHX_OK; k++)
            status = find(&scene, key(k), &found, &why);
        if (status != PHX_CORRUPT || !strstr(why.message, cases[i].part))
            wrong("%s: %d '%s'", cases[i].sql, (int)status, why.message);
        block_set_clear(&found);
        connection_close(scene.connection);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_posting_is_found),
        cmocka_unit_test(runs_are_searched_one_by_one),
        cmocka_unit_test(equal_hashes_may_fill_parts),
        cmocka_unit_test(an_empty_run_is_not_written),
        cmocka_unit_test(a_damaged_run_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
