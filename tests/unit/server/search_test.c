/* How many searches may be under way, and which lists their clients end. */
#include "t.h"

#include "../../../server/rest/search.c"

static int later; /* answers that said so */

void answer_later(struct request *request, const char *message)
{
    (void)request;
    eq_string(message, "too many searches are under way");
    later++;
}

int32_t request_is_gone(void *request)
{
    (void)request;
    return 1;
}

void write_text(struct json_writer *json, const char *key, phx_text text)
{
    (void)json;
    (void)key;
    (void)text;
}

TEST(a_fourth_search_is_told_to_come_later)
{
    const phx_text word = text_of("word"), none = {NULL, 0};

    UNUSED_STATE;
    for (int i = 0; i < 3; i++)
        ok(search_begin(NULL, word));
    eq_int(later, 0);
    for (int i = 0; i < 3; i++)
        ok(!search_begin(NULL, word));
    eq_int(later, 3);
    ok(search_begin(NULL, none)); /* lists without a search are not held up */
    search_end(none);
    ok(!search_begin(NULL, word));
    search_end(word);
    ok(search_begin(NULL, word));
    ok(!search_begin(NULL, word));
    for (int i = 0; i < 3; i++)
        search_end(word);
}

TEST(lists_that_may_read_much_end_with_their_clients)
{
    const phx_text word = text_of("word"), empty = text_of("");
    const phx_text none = {NULL, 0};

    UNUSED_STATE;
    ok(list_stop(none, none) == NULL);
    ok(list_stop(empty, none) == NULL);
    ok(list_stop(word, none) == request_is_gone);
    ok(list_stop(none, word) == request_is_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fourth_search_is_told_to_come_later),
        cmocka_unit_test(lists_that_may_read_much_end_with_their_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
