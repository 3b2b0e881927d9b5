/*
 * Calls that have no place here: memory comes from base/alloc.c, so that the
 * fault sweep can fail any of it, and unbounded string writers from nowhere.
 * The system headers that declare them are taken in first.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BASE_ALLOC_C
#pragma GCC poison malloc calloc realloc strdup strndup
#endif
/* Under _FORTIFY_SOURCE glibc makes macros of these for clang. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok

#endif
