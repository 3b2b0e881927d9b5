/*
 * balance.c - lets programs that load a test build of the library see what
 * memory it holds.
 */
#include "phoenix.h"

#include "base/faults.h"

PHX_API int64_t test_blocks(void);

int64_t test_blocks(void)
{
    return memory_faults.balance;
}
