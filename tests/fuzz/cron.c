/*
 * Cron expressions, against a second reading of them: fields cut apart first,
 * each item by sscanf, hour by hour. What is refused is refused with a place
 * in the text and a sentence.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "store/inside.h"

enum { LONGEST = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

/* Whether an item that is known to be right has the value. */
static bool item_has(const char *item, int most, int value)
{
    int first = 0, last = most, step = 1;

    if (sscanf(item, "*/%d", &step) == 1 || item[0] == '*')
        first = 0;
    else if (sscanf(item, "%d-%d/%d", &first, &last, &step) < 2 &&
             sscanf(item, "%d/%d", &first, &step) < 2)
        last = first;
    return value >= first && value <= last && (value - first) % step == 0;
}

static bool field_has(const char *field, int most, int value)
{
    char copy[LONGEST + 1];
    char *left = copy, *item;
    bool has = false;

    snprintf(copy, sizeof copy, "%s", field);
    while ((item = strtok_r(left, ",", &left)) != NULL)
        has = has || item_has(item, most, value);
    return has;
}

static void compare(const struct cron *cron, char *text)
{
    char *left = text, *fields[6];
    int count = 0;

    while (count < 6 &&
           (fields[count] = strtok_r(left, " \t\n\v\f\r", &left)) != NULL)
        count++;
    check(count == 5, "there are five fields");
    for (int i = 0; i < 32; i++) {
        check((cron->hours >> i & 1) == (i < 24 && field_has(fields[1], 23, i)),
              "the hours are those of the field");
        check((cron->weekdays >> i & 1) ==
                  (i < 7 && field_has(fields[4], 6, i)),
              "the weekdays are those of the field");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[LONGEST + 1];
    struct cron cron;
    phx_error err = {0};

    if (size > LONGEST)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    phx_status status = cron_read((phx_text){text, size}, &cron, &err);
    if (status == PHX_OK) {
        check(cron.hours != 0 && cron.weekdays != 0, "it runs at some time");
        compare(&cron, text);
        return 0;
    }
    check(status == PHX_INVALID && err.message[0] != '\0', "it says why");
    check(err.offset >= 0 && err.offset <= (int64_t)size,
          "it says where in the text");
    return 0;
}
