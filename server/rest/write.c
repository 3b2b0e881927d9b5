/*
 * write.c - what answers are made of: members of rows, and the frame of one
 * row or of a list.
 *
 *     {"data": {...}}
 *     {"data": [{...}, ...], "next_cursor": "UHJvamVjdDoy" or null}
 */
#include "base/base.h"
#include "server/rest/inside.h"

void write_id(struct json_writer *json, const char *key, const char *type,
              phx_id row)
{
    char id[ID_SIZE];

    id_print(type, row, id);
    json_key(json, key);
    json_string(json, id);
}

void write_text(struct json_writer *json, const char *key, phx_text text)
{
    json_key(json, key);
    json_text(json, text);
}

void write_time(struct json_writer *json, const char *key, uint64_t ns)
{
    char text[40];

    time_print(ns, text);
    json_key(json, key);
    json_string(json, text);
}

void write_times(struct json_writer *json, uint64_t start, uint64_t end)
{
    write_time(json, "start_time", start);
    write_time(json, "end_time", end);
}

int64_t sum_tokens(int64_t a, int64_t b)
{
    return a < INT64_MAX - b ? a + b : INT64_MAX;
}

void write_tokens(struct json_writer *json, int64_t prompt, int64_t completion)
{
    json_key(json, "token_count_prompt");
    json_int(json, prompt);
    json_key(json, "token_count_completion");
    json_int(json, completion);
    json_key(json, "token_count_total");
    json_int(json, sum_tokens(prompt, completion));
}

void data_begin(struct request *request, struct json_writer *json)
{
    json_begin(json, answer_buf(request));
    json_open_object(json);
    json_key(json, "data");
}

void data_end(struct request *request, struct json_writer *json)
{
    json_close_object(json);
    answer_json(request, 200);
}

void list_begin(struct request *request, struct json_writer *json)
{
    data_begin(request, json);
    json_open_array(json);
}

void list_end(struct request *request, struct json_writer *json,
              const char *next)
{
    json_close_array(json);
    json_key(json, "next_cursor");
    json_string(json, next[0] != '\0' ? next : NULL);
    data_end(request, json);
}
