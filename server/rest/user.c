/*
 * user.c - routes of users and keys where nobody logs in: who asks is
 * anonymous, there is no user, and keys are of no use.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { USERS_LIMIT = 100 };

void user_viewer(struct request *request)
{
    struct json_writer json;

    data_begin(request, &json);
    json_open_object(&json);
    write_text(&json, "auth_method", text_of("ANONYMOUS"));
    json_close_object(&json);
    data_end(request, &json);
}

void user_list(struct request *request)
{
    struct json_writer json;
    struct check check;
    phx_id from;

    check_begin(&check, request);
    check_limit(&check, USERS_LIMIT, INT64_MAX);
    if (!check_end(&check) || !find_cursor(request, &from))
        return;
    list_begin(request, &json);
    list_end(request, &json, "");
}

void api_keys_off(struct request *request)
{
    answer_text(request, 403,
                "there are no API keys where authentication is disabled");
}
