/*
 * log: one line an event on standard error, as text or JSON. Any thread.
 */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include "server/config.h"

enum log_level { LOG_DEBUG = 5, LOG_INFO = 9, LOG_WARN = 13, LOG_ERROR = 17 };

void log_init(enum log_form form, bool debug);

/* Whether events of the level are written: to spare the making of their
 * values. */
bool log_is_on(enum log_level level);

/* log_event(LOG_INFO, "listening", "port", "6006", NULL): a message, then
 * names and values, all strings, up to a NULL. */
void log_event(enum log_level level, const char *message, ...)
    __attribute__((sentinel));

#endif
