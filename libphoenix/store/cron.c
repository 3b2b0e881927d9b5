/*
 * cron.c - when a policy runs: "0 HOURS * * WEEKDAYS", five fields of which
 * two say something, since policies are looked at once an hour, in UTC.
 *
 *     field   item {"," item}
 *     item    ("*" | n | n "-" n) ["/" step]
 *
 * Hours are 0 to 23, weekdays 0 (Sunday) to 6. n/step goes on to the last.
 */
#include "base/base.h"

#include "store/inside.h"

struct reading {
    const char *start, *at, *end;
    phx_error *err;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static phx_status refuse(const struct reading *in, const char *wanted)
{
    return fail(in->err, PHX_INVALID, in->at - in->start,
                "cron expression: %s expected at byte %td", wanted,
                in->at - in->start);
}

static bool take(struct reading *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static phx_status take_number(struct reading *in, int most, int *out)
{
    const char *from = in->at;
    int number = 0;

    while (in->at < in->end && *in->at >= '0' && *in->at <= '9' &&
           number <= most)
        number = number * 10 + (*in->at++ - '0');
    if (in->at > from && number <= most) {
        *out = number;
        return PHX_OK;
    }
    in->at = from;
    return refuse(in,
                  most == 6 ? "a number from 0 to 6" : "a number from 0 to 23");
}

static phx_status take_step(struct reading *in, int *out)
{
    const char *from = in->at;
    phx_status status = take_number(in, 99, out);

    if (status >= 0 && *out > 0)
        return status;
    in->at = from;
    return refuse(in, "a step from 1 to 99");
}

static phx_status take_item(struct reading *in, int most, uint32_t *bits)
{
    int first = 0, last = most, step = 1;
    phx_status status = PHX_OK;

    if (!take(in, '*')) {
        if ((status = take_number(in, most, &first)) < 0)
            return status;
        const char *from = in->at;
        last = first;
        if (take(in, '-') && (status = take_number(in, most, &last)) < 0)
            return status;
        if (last < first) {
            in->at = from;
            return refuse(in, "a range that goes up");
        }
        if (in->at == from && in->at < in->end && *in->at == '/')
            last = most;
    }
    if (take(in, '/') && (status = take_step(in, &step)) < 0)
        return status;
    for (int i = first; i <= last; i += step)
        *bits |= (uint32_t)1 << i;
    return status;
}

static phx_status take_field(struct reading *in, int most, uint32_t *bits)
{
    phx_status status;

    do {
        if ((status = take_item(in, most, bits)) < 0)
            return status;
    } while (take(in, ','));
    return status;
}

/* A field that can have but this one value. */
static phx_status take_only(struct reading *in, char c, const char *wanted)
{
    const char *from = in->at;

    if (take(in, c) && (in->at == in->end || is_blank(*in->at)))
        return PHX_OK;
    in->at = from;
    return refuse(in, wanted);
}

static phx_status take_blanks(struct reading *in)
{
    const char *from = in->at;

    while (in->at < in->end && is_blank(*in->at))
        in->at++;
    return in->at > from ? PHX_OK : refuse(in, "a blank");
}

phx_status cron_read(phx_text text, struct cron *out, phx_error *err)
{
    phx_text trimmed = text_trim(text);
    struct reading in = {text.data, trimmed.data, trimmed.data + trimmed.size,
                         err};
    struct cron cron = {0};
    phx_status status;

    if ((status = take_only(&in, '0', "the minute 0")) < 0 ||
        (status = take_blanks(&in)) < 0 ||
        (status = take_field(&in, 23, &cron.hours)) < 0 ||
        (status = take_blanks(&in)) < 0 ||
        (status = take_only(&in, '*', "the day of the month *")) < 0 ||
        (status = take_blanks(&in)) < 0 ||
        (status = take_only(&in, '*', "the month *")) < 0 ||
        (status = take_blanks(&in)) < 0 ||
        (status = take_field(&in, 6, &cron.weekdays)) < 0)
        return status;
    if (in.at < in.end)
        return refuse(&in, "the end");
    *out = cron;
    return PHX_OK;
}

bool cron_has(const struct cron *cron, uint64_t time)
{
    enum { FIRST_WEEKDAY = 4 }; /* 1970 began on a Thursday */
    uint64_t hours = time / (UINT64_C(3600) * 1000000000);
    unsigned weekday = (unsigned)((hours / 24 + FIRST_WEEKDAY) % 7);

    return (cron->hours >> hours % 24 & 1) != 0 &&
           (cron->weekdays >> weekday & 1) != 0;
}
