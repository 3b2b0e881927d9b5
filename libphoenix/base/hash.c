/*
 * hash.c - XXH3 (https://github.com/Cyan4973/xxHash), for tables, postings and
 * checksums: nothing here withstands a forger.
 */
#define XXH_STATIC_LINKING_ONLY
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/base.h"

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}

uint32_t checksum32(const void *bytes, size_t size)
{
    return (uint32_t)XXH3_64bits(bytes, size);
}
