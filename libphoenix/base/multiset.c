/*
 * multiset.c - a hash of a multiset that items are added to and taken from in
 * any order (LtHash16, Bellare and Micciancio). An item's SHA-256 is the key of
 * a ChaCha20 stream (RFC 8439) of 1,024 numbers of 16 bits, and the hash is the
 * sum of those of all items, each number modulo 2^16. To find other items of
 * the same sum is a problem of short vectors in a lattice, thought to take
 * 2^200 steps; a sum of 32 bytes would be forged in minutes.
 */
#include "base/base.h"

#include <sodium/core.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_stream_chacha20.h>

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    crypto_hash_sha256(out, bytes, size);
}

static void count(struct multiset *sum, const uint8_t item[SHA256_SIZE],
                  bool add)
{
    const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {0};
    uint8_t stream[MULTISET_SIZE];

    /* The first call chooses code for this processor. Where it fails, that for
     * any processor gives the same. */
    int chosen = sodium_init();
    (void)chosen;
    crypto_stream_chacha20_ietf(stream, sizeof stream, nonce, item);
    for (size_t i = 0; i < MULTISET_NUMBERS; i++) {
        uint16_t number = (uint16_t)(stream[2 * i] | stream[2 * i + 1] << 8);
        uint16_t *at = &sum->numbers[i];
        *at = (uint16_t)(add ? *at + number : *at - number);
    }
}

void multiset_add(struct multiset *sum, const uint8_t item[SHA256_SIZE])
{
    count(sum, item, true);
}

void multiset_take(struct multiset *sum, const uint8_t item[SHA256_SIZE])
{
    count(sum, item, false);
}

void multiset_write(const struct multiset *sum, uint8_t out[MULTISET_SIZE])
{
    for (size_t i = 0; i < MULTISET_NUMBERS; i++) {
        out[2 * i] = (uint8_t)sum->numbers[i];
        out[2 * i + 1] = (uint8_t)(sum->numbers[i] >> 8);
    }
}

void multiset_read(const uint8_t bytes[MULTISET_SIZE], struct multiset *out)
{
    for (size_t i = 0; i < MULTISET_NUMBERS; i++)
        out->numbers[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
}
