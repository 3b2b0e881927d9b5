/*
 * error.c - a status is returned, the story goes to the caller's phx_error,
 * nothing is remembered.
 */
#include "base/base.h"

static void tell(phx_error *err, phx_status status, int os_code, int64_t offset,
                 const char *format, va_list values)
    __attribute__((format(printf, 5, 0)));

static void tell(phx_error *err, phx_status status, int os_code, int64_t offset,
                 const char *format, va_list values)
{
    if (err == NULL)
        return;
    err->status = status;
    err->os_code = os_code;
    err->offset = offset;
    vsnprintf(err->message, sizeof err->message, format, values);
}

phx_status fail(phx_error *err, phx_status status, int64_t offset,
                const char *format, ...)
{
    va_list values;

    va_start(values, format);
    tell(err, status, 0, offset, format, values);
    va_end(values);
    return status;
}

phx_status fail_os(phx_error *err, phx_status status, int os_code,
                   const char *format, ...)
{
    va_list values;

    va_start(values, format);
    tell(err, status, os_code, -1, format, values);
    va_end(values);
    return status;
}

phx_status fail_memory(phx_error *err, size_t size)
{
    return fail(err, PHX_NO_MEMORY, -1, "no memory for %zu bytes", size);
}
