/*
 * schema_image.c - writes the C source of a database with the newest tables, as
 * the runs of its bytes that are not 0. To make the tables of a store in memory
 * from it takes a fifth of the time that SQLite takes to run their SQL.
 */
#include <stdio.h>

#include "store/schema.h"

enum { GAP = 16 }; /* zeros that end a run */

static void print_bytes(const uint8_t *pages, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        printf("%u,%c", pages[i], i % 16 == 15 ? '\n' : ' ');
}

/* The next run from `at` on; at its end the place after it. */
static uint32_t find_run(const uint8_t *pages, uint32_t size, uint32_t *at)
{
    uint32_t end, zeros = 0;

    while (*at < size && pages[*at] == 0)
        *at += 1;
    for (end = *at; end < size && zeros < GAP; end++)
        zeros = pages[end] == 0 ? zeros + 1 : 0;
    return end - zeros;
}

static void print_image(const uint8_t *pages, uint32_t size)
{
    uint32_t at, end, count = 0;

    printf("#include \"store/schema.h\"\n\n"
           "const uint32_t schema_image_size = %u;\n"
           "const struct schema_run schema_image_runs[] = {\n",
           (unsigned)size);
    for (at = 0; (end = find_run(pages, size, &at)) > at; at = end) {
        printf("{%u, %u},\n", (unsigned)at, (unsigned)(end - at));
        count++;
    }
    printf("};\nconst uint32_t schema_image_run_count = %u;\n"
           "const uint8_t schema_image_bytes[] = {\n",
           (unsigned)count);
    for (at = 0; (end = find_run(pages, size, &at)) > at; at = end)
        print_bytes(pages, at, end);
    printf("};\n");
}

int main(void)
{
    sqlite3 *db = NULL;
    sqlite3_int64 size = 0;
    unsigned char *pages = NULL;
    int code = sqlite3_open(":memory:", &db);

    if (code == SQLITE_OK)
        code = schema_make(db, 0);
    if (code == SQLITE_OK)
        pages = sqlite3_serialize(db, "main", &size, 0);
    if (pages == NULL) {
        fprintf(stderr, "schema_image: %s\n", sqlite3_errmsg(db));
        return 1;
    }
    print_image(pages, (uint32_t)size);
    sqlite3_free(pages);
    sqlite3_close(db);
    return 0;
}
