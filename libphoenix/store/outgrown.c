/*
 * outgrown.c - rows of blocks that are outgrown: their spans have got log
 * records since, or another project, and were written again, whole, in a newer
 * block. A block's row of `outgrown` has a bit for each of its rows; readers
 * pass over those that are set, and who rewrites the block leaves them out.
 */
#include "base/base.h"

#include "store/inside.h"

static int64_t sum_of(int64_t block, int64_t count, const void *rows,
                      size_t size)
{
    const int64_t head[] = {block, count};

    return (int64_t)hash_bytes(rows, size, hash_bytes(head, sizeof head, 0));
}

phx_status outgrown_read(struct connection *connection, int64_t block,
                         uint32_t rows, uint8_t **out, phx_error *err)
{
    size_t size = (rows + 7) / 8;
    struct statement *read;
    phx_status status = sql_find(connection, SQL_OUTGROWN, block, &read, err);

    *out = NULL;
    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    phx_text bits = sql_text(read, 0);
    if (bits.size != size || sql_int(read, 2) != sum_of(block, sql_int(read, 1),
                                                        bits.data, bits.size))
        status = fail(err, PHX_CORRUPT, -1,
                      "the outgrown rows of block %lld are damaged",
                      (long long)block);
    else if ((*out = memory_new(size)) == NULL)
        status = fail_memory(err, size);
    else
        memcpy(*out, bits.data, size);
    sql_end(read);
    return status;
}

static phx_status write_bits(struct connection *connection, int64_t block,
                             const uint8_t *bits, uint32_t rows, phx_error *err)
{
    struct statement *write = sql(connection, SQL_WRITE_OUTGROWN);
    size_t size = (rows + 7) / 8;
    int64_t set = 0;

    for (uint32_t i = 0; i < rows; i++)
        set += row_is_set(bits, i);
    sql_bind_int(write, 1, block);
    sql_bind_int(write, 2, set);
    sql_bind_blob(write, 3, bits, size);
    sql_bind_int(write, 4, sum_of(block, set, bits, size));
    return sql_run(write, err);
}

phx_status outgrown_add(struct connection *connection, int64_t block,
                        uint32_t rows, const uint32_t *grown, size_t count,
                        phx_error *err)
{
    size_t size = (rows + 7) / 8;
    uint8_t *bits;
    phx_status status;

    if (count == 0)
        return PHX_OK;
    if ((status = outgrown_read(connection, block, rows, &bits, err)) < 0)
        return status;
    if (bits == NULL) {
        if ((bits = memory_new(size)) == NULL)
            return fail_memory(err, size);
        memset(bits, 0, size);
    }
    for (size_t i = 0; i < count; i++)
        bits[grown[i] / 8] |= (uint8_t)(1u << grown[i] % 8);
    status = write_bits(connection, block, bits, rows, err);
    memory_free(bits);
    return status;
}
