/*
 * dataset_upload.h - what the two forms of an upload share: JSON
 * (dataset_upload.c), and a form with a file (dataset_file.c).
 */
#ifndef SERVER_REST_DATASET_UPLOAD_H
#define SERVER_REST_DATASET_UPLOAD_H

#include "server/rest/inside.h"

struct upload {
    struct request *request;
    const char *name, *description;
    int32_t action;
    struct value body;          /* of JSON */
    const struct value *inputs; /* of it */
    phx_example_item *items;    /* [count] in the arena */
    size_t count;
};

/* Each is answered if false. */
bool upload_read_action(struct upload *upload, phx_text given);
bool upload_read_texts(struct upload *upload, phx_text name,
                       phx_text description);
bool upload_read_form(struct upload *upload);

/* An id that reads as one of ours is that example's, any other the sender's. */
void upload_read_id(struct upload *upload, phx_text id, phx_example_item *item);

/* Splits of an example: a name, a list with names, or null. What is not blank
 * is written; false if it is anything else. */
bool upload_write_splits(struct json_writer *json, const struct value *given);

#endif
