/*
 * inside.h - stands before every file of the loadable extension: what is called
 * sqlite3_... there is a function of the table that the program has handed in.
 */
#ifndef EXTENSION_INSIDE_H
#define EXTENSION_INSIDE_H

#include <sqlite3ext.h>

extern const sqlite3_api_routines *sqlite3_api;

#endif
