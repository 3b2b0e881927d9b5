/*
 * Listening on a host and a port.
 */
#include "t.h"

#include "server/address.h"

#include <unistd.h>

enum { MOST = 4 };

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

TEST(port_0_becomes_a_free_one)
{
    UNUSED_STATE;
    uint16_t port = 0;
    int fds[MOST];
    size_t count = 0;

    succeeds(address_listen("127.0.0.1", &port, fds, MOST, &count, err));
    eq_int(count, 1);
    ok(port != 0);
    close_all(fds, count);
}

TEST(a_port_that_is_taken_is_refused_and_stays)
{
    UNUSED_STATE;
    uint16_t port = 0, same;
    int fds[MOST], others[MOST];
    size_t count = 0, none = 77;

    succeeds(address_listen("127.0.0.1", &port, fds, MOST, &count, err));
    same = port;
    fails_with(PHX_IO, "in use",
               address_listen("127.0.0.1", &same, others, MOST, &none, err));
    eq_int(same, port);
    eq_int(none, 77);
    close_all(fds, count);
}

TEST(all_addresses_share_one_port)
{
    UNUSED_STATE;
    uint16_t port = 0;
    int fds[MOST];
    size_t count = 0;

    succeeds(address_listen("localhost", &port, fds, MOST, &count, err));
    ok(count >= 1 && port != 0);
    close_all(fds, count);
    succeeds(address_listen("::", &port, fds, 1, &count, err));
    eq_int(count, 1);
    close_all(fds, count);
}

TEST(a_host_that_is_none_is_invalid)
{
    UNUSED_STATE;
    uint16_t port = 0;
    int fds[MOST];
    size_t count = 0;

    fails_with(PHX_INVALID, "no such host!",
               address_listen("no such host!", &port, fds, MOST, &count, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_0_becomes_a_free_one),
        cmocka_unit_test(a_port_that_is_taken_is_refused_and_stays),
        cmocka_unit_test(all_addresses_share_one_port),
        cmocka_unit_test(a_host_that_is_none_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
