/*
 * print: rows of SQL as text, each form a row of a table.
 */
#ifndef SERVER_PRINT_H
#define SERVER_PRINT_H

#include "base/base.h"

/* table: for people, in pages whose first sets the widths. json: one array, a
 * row a line. csv: RFC 4180 with a line of names; an absent value is empty, an
 * empty text is "". */
struct print_form;
const struct print_form *print_form_find(const char *name); /* or NULL */
bool print_form_is_table(const struct print_form *form);

struct printer;
phx_status printer_new(const struct print_form *form, const phx_rows *rows,
                       FILE *file, struct printer **out, phx_error *err);
phx_status printer_add(struct printer *printer, const phx_value *values,
                       phx_error *err);
/* What is left, out of the program's hands. */
phx_status printer_end(struct printer *printer, phx_error *err);
void printer_free(struct printer *printer);

#endif
