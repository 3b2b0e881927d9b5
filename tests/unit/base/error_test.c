/*
 * A status is returned, its story written to the caller's struct.
 */
#include "t.h"

#include "base/base.h"

#include <errno.h>

TEST(the_story_is_told)
{
    UNUSED_STATE;
    phx_error error;

    eq_int(fail(&error, PHX_INVALID, 7, "key is %d bytes", 9), PHX_INVALID);
    eq_int(error.status, PHX_INVALID);
    eq_int(error.offset, 7);
    eq_int(error.os_code, 0);
    eq_string(error.message, "key is 9 bytes");
}

TEST(nobody_need_listen)
{
    UNUSED_STATE;
    eq_int(fail(NULL, PHX_BUSY, -1, "%s", "x"), PHX_BUSY);
    eq_int(fail_memory(NULL, 5), PHX_NO_MEMORY);
}

TEST(long_stories_are_cut)
{
    UNUSED_STATE;
    char text[1000];
    phx_error error;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fail(&error, PHX_INVALID, -1, "%s", text);
    eq_int(strlen(error.message), sizeof error.message - 1);
}

TEST(the_system_gives_its_code)
{
    UNUSED_STATE;
    phx_error error;

    eq_int(fail_os(&error, PHX_IO, ENOSPC, "cannot write"), PHX_IO);
    eq_int(error.os_code, ENOSPC);
    eq_int(error.offset, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_story_is_told),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(long_stories_are_cut),
        cmocka_unit_test(the_system_gives_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
