/* lock_test.c - one holder a path, and its process is told. */
#include "t.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/lock.c"

struct scene {
    char folder[64];
    char path[96];
    char lock[112];
};

static void scene_open(struct scene *scene)
{
    snprintf(scene->folder, sizeof scene->folder, "/tmp/phoenix-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/store", scene->folder);
    snprintf(scene->lock, sizeof scene->lock, "%s-lock", scene->path);
}

static void scene_close(struct scene *scene)
{
    unlink(scene->lock);
    rmdir(scene->folder);
}

TEST(a_lock_has_one_holder)
{
    struct scene scene;
    char holder[32];
    int first = -1, second = -1;

    UNUSED_STATE;
    scene_open(&scene);
    snprintf(holder, sizeof holder, "process %ld writes", (long)getpid());
    succeeds(lock_take(scene.path, NULL, &first, err));
    fails_with(PHX_BUSY, holder, lock_take(scene.path, NULL, &second, err));
    eq_int(second, -1);
    lock_release(first);
    succeeds(lock_take(scene.path, NULL, &second, err));
    lock_release(second);
    lock_release(-1);
    scene_close(&scene);
}

TEST(a_dead_process_holds_no_lock)
{
    struct scene scene;
    int lock = -1, result = -1;

    UNUSED_STATE;
    scene_open(&scene);
    pid_t child = fork();
    if (child == 0)
        _exit(lock_take(scene.path, NULL, &lock, NULL) == PHX_OK ? 0 : 1);
    waitpid(child, &result, 0);
    eq_int(result, 0);
    succeeds(lock_take(scene.path, NULL, &lock, err));
    lock_release(lock);
    scene_close(&scene);
}

TEST(a_shorter_process_id_leaves_nothing_of_a_longer_one)
{
    struct scene scene;
    char text[64] = "";
    int lock = -1;

    UNUSED_STATE;
    scene_open(&scene);
    FILE *file = fopen(scene.lock, "w");
    fputs("12345678901234567890\n99999999\n", file);
    fclose(file);
    succeeds(lock_take(scene.path, NULL, &lock, err));
    file = fopen(scene.lock, "r");
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    eq_int(atol(text), getpid());
    eq_int(strcspn(text, "\n"), size - 1);
    lock_release(lock);
    scene_close(&scene);
}

TEST(a_symbolic_link_meets_the_lock_of_its_store)
{
    struct scene scene;
    char link[112];
    int first = -1, second = -1;

    UNUSED_STATE;
    scene_open(&scene);
    snprintf(link, sizeof link, "%s/link", scene.folder);
    fclose(fopen(scene.path, "w"));
    eq_int(symlink(scene.path, link), 0);
    succeeds(lock_take(link, NULL, &first, err));
    fails_with(PHX_BUSY, "", lock_take(scene.path, NULL, &second, err));
    lock_release(first);
    unlink(link);
    unlink(scene.path);
    scene_close(&scene);
}

TEST(a_lock_that_cannot_be_made_is_told)
{
    char path[5000];
    int lock = -1;

    UNUSED_STATE;
    fails_with(PHX_IO, "/nowhere/store-lock",
               lock_take("/nowhere/store", NULL, &lock, err));
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    fails_with(PHX_INVALID, "bytes", lock_take(path, NULL, &lock, err));
    fails_with(PHX_INVALID, "no such VFS",
               lock_take("/tmp/store", "no such VFS", &lock, err));
    eq_int(lock, -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_has_one_holder),
        cmocka_unit_test(a_dead_process_holds_no_lock),
        cmocka_unit_test(a_shorter_process_id_leaves_nothing_of_a_longer_one),
        cmocka_unit_test(a_symbolic_link_meets_the_lock_of_its_store),
        cmocka_unit_test(a_lock_that_cannot_be_made_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
