/*
 * time.c - instants as text and back, to the microsecond, as Phoenix prints
 * and reads them.
 *
 *     2026-03-01 T 10:00 :00 .123456789 +05:30       sep: T t _ or a blank
 *     date      sep time  s   fraction   zone        zone: Z z or +-hh[:]mm
 *     2026-03-01                                     midnight
 *     1772359200.25   1772359200123                  epoch: s, or ms past 2e10
 *
 * What is wrong with a text is told the way pydantic tells it, since clients
 * see those sentences: it reports on the date that stands at the front.
 */
#include "base/base.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    US = 1000000, /* microseconds of a second */
    DAY = 86400,  /* seconds of a day */
    LAST_YEAR = 9999
};

/* A date and a time of day as written, with its distance from UTC. */
struct clock {
    int year, month, day;
    int hour, minute, second, microsecond;
    int offset; /* seconds east of UTC */
    bool has_zone;
};

/* Years are counted from March, so that the leap day is the last of its year
 * and months have a simple sum of days. */
int64_t time_days(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month_of_year = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * month_of_year + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 -
           year_of_era / 100 + day_of_year - 719468;
}

void time_date(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_of_year = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * month_of_year + 2) / 5 + 1);
    *month = (int)(month_of_year < 10 ? month_of_year + 3 : month_of_year - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* --- reading -------------------------------------------------------------- */

/* count digits from the front of the text, as a number; -1 if there are not. */
static int take_digits(struct reader *text, size_t count)
{
    int value = 0;

    if (reader_left(text) < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (text->at[i] < '0' || text->at[i] > '9')
            return -1;
        value = value * 10 + (text->at[i] - '0');
    }
    text->at += count;
    return value;
}

static bool take(struct reader *text, char c)
{
    if (reader_left(text) == 0 || *text->at != (uint8_t)c)
        return false;
    text->at++;
    return true;
}

/* YYYY-MM-DD. Returns what is wrong with it, or NULL. */
static const char *take_date(struct reader *text, struct clock *out)
{
    static const char no_dash[] = "invalid date separator, expected `-`";

    if (reader_left(text) < sizeof "YYYY-MM-DD" - 1)
        return "input is too short";
    if ((out->year = take_digits(text, 4)) < 0)
        return "invalid character in year";
    if (!take(text, '-'))
        return no_dash;
    if ((out->month = take_digits(text, 2)) < 0)
        return "invalid character in month";
    if (!take(text, '-'))
        return no_dash;
    if ((out->day = take_digits(text, 2)) < 0)
        return "invalid character in day";
    if (out->month < 1 || out->month > 12)
        return "month value is outside expected range of 1-12";
    if (out->day < 1 || out->day > days_of_month(out->year, out->month))
        return "day value is outside expected range";
    return NULL;
}

/* Digits after a point or comma; those past the sixth are dropped. */
static bool take_fraction(struct reader *text, int *microsecond)
{
    int scale = US / 10;

    if (!take(text, '.') && !take(text, ','))
        return true;
    if (reader_left(text) == 0 || take_digits(text, 1) < 0)
        return false;
    for (text->at--; reader_left(text) > 0; text->at++, scale /= 10) {
        if (*text->at < '0' || *text->at > '9')
            break;
        *microsecond += (*text->at - '0') * scale;
    }
    return true;
}

/* Z, or hours and minutes after +, - or the minus sign U+2212; or nothing. */
static bool take_zone(struct reader *text, struct clock *out)
{
    static const char minus[] = "\xE2\x88\x92";
    int sign = 1;

    if (reader_left(text) == 0)
        return true;
    out->has_zone = true;
    if (take(text, 'Z') || take(text, 'z'))
        return true;
    if (reader_left(text) >= 3 && memcmp(text->at, minus, 3) == 0) {
        text->at += 3;
        sign = -1;
    } else if (take(text, '-')) {
        sign = -1;
    } else if (!take(text, '+')) {
        return false;
    }
    int hours = take_digits(text, 2);
    take(text, ':');
    int minutes = take_digits(text, 2);
    out->offset = sign * (hours * 60 + minutes) * 60;
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* What may follow a date: a separator, hh:mm[:ss[.fraction]] and a zone. */
static bool take_time(struct reader *text, struct clock *out)
{
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ') &&
        !take(text, '_'))
        return false;
    out->hour = take_digits(text, 2);
    if (out->hour < 0 || out->hour > 23 || !take(text, ':'))
        return false;
    out->minute = take_digits(text, 2);
    if (out->minute < 0 || out->minute > 59)
        return false;
    if (take(text, ':')) {
        out->second = take_digits(text, 2);
        if (out->second < 0 || out->second > 59 ||
            !take_fraction(text, &out->microsecond))
            return false;
    }
    return take_zone(text, out) && reader_left(text) == 0;
}

/* A number as mantissa and power of ten. Digits past the 19th are counted,
 * not kept: they are far below a microsecond. */
struct decimal {
    uint64_t mantissa;
    int64_t exponent;
    bool negative;
    bool is_whole; /* written without a point */
};

static void take_mantissa(struct reader *text, struct decimal *out,
                          size_t *digits)
{
    for (; reader_left(text) > 0; text->at++) {
        bool point = *text->at == '.' && out->is_whole;
        if (!point && (*text->at < '0' || *text->at > '9'))
            return;
        if (point) {
            out->is_whole = false;
            continue;
        }
        ++*digits;
        if (out->mantissa < UINT64_MAX / 10 - 1) {
            out->mantissa = out->mantissa * 10 + (uint64_t)(*text->at - '0');
            out->exponent -= !out->is_whole;
        } else {
            out->exponent += out->is_whole;
        }
    }
}

/* [+-]digits[.digits[e[+-]digits]]. An exponent needs a point before it. */
static bool read_decimal(struct reader text, struct decimal *out)
{
    size_t digits = 0;

    *out = (struct decimal){.is_whole = true};
    out->negative = take(&text, '-');
    if (!out->negative)
        take(&text, '+');
    take_mantissa(&text, out, &digits);
    if (digits == 0)
        return false;
    if (!out->is_whole && (take(&text, 'e') || take(&text, 'E'))) {
        int sign = take(&text, '-') ? -1 : 1;
        int exponent = 0;
        if (sign > 0)
            take(&text, '+');
        size_t left = reader_left(&text);
        if (left == 0 || left > 4 || (exponent = take_digits(&text, left)) < 0)
            return false;
        out->exponent += sign * exponent;
    }
    return reader_left(&text) == 0;
}

static const char BEFORE_YEAR_0[] =
    "dates before 0000 are not supported as unix timestamps";
static const char AFTER_YEAR_9999[] =
    "dates after 9999 are not supported as unix timestamps";
static const char YEAR_0[] = "year 0 is out of range";

/* By strtod, which no locale can lead astray where no point stands. */
static double nearest_double(const struct decimal *number)
{
    char text[64];

    snprintf(text, sizeof text, "%s%" PRIu64 "e%" PRId64,
             number->negative ? "-" : "", number->mantissa, number->exponent);
    return strtod(text, NULL);
}

/* Seconds of the epoch, or milliseconds when past 2e10, as microseconds.
 * Returns what is wrong, or NULL. */
static const char *epoch_microseconds(const struct decimal *number,
                                      int64_t *out)
{
    static const double watershed = 2e10;
    static const double year_10000 = 253402300800.0;
    static const double year_1 = -62135596800.0;
    static const double year_0 = -62167219200.0;
    double value = nearest_double(number);
    bool milliseconds = fabs(value) > watershed;
    double seconds = milliseconds ? value / 1000 : value;
    if (seconds >= year_10000)
        return AFTER_YEAR_9999;
    if (seconds < year_0)
        return BEFORE_YEAR_0;
    if (seconds < year_1)
        return YEAR_0;
    if (number->is_whole) {
        int64_t whole = (int64_t)number->mantissa;
        *out = (number->negative ? -whole : whole) * (milliseconds ? 1000 : US);
        return NULL;
    }
    double below = floor(seconds);
    *out = (int64_t)below * US + (int64_t)round((seconds - below) * US);
    return NULL;
}

/* A number that fits int64 if it has no point, else any finite one. */
static bool is_epoch(phx_text text, struct decimal *number)
{
    struct reader reader;

    reader_init(&reader, text.data, text.size);
    if (!read_decimal(reader, number))
        return false;
    if (number->is_whole)
        return number->exponent == 0 && number->mantissa <= INT64_MAX;
    return number->exponent < 300;
}

static const char *read_clock(phx_text text, struct clock *out)
{
    struct reader reader;
    const char *wrong;

    reader_init(&reader, text.data, text.size);
    if ((wrong = take_date(&reader, out)) != NULL)
        return wrong;
    if (reader_left(&reader) > 0 && !take_time(&reader, out))
        return "unexpected extra characters at the end of the input";
    return out->year == 0 ? YEAR_0 : NULL;
}

static int64_t clock_microseconds(const struct clock *clock)
{
    int64_t seconds = time_days(clock->year, clock->month, clock->day) * DAY +
                      clock->hour * 3600 + clock->minute * 60 + clock->second -
                      clock->offset;

    return seconds * US + clock->microsecond;
}

phx_status time_read(phx_text text, int how, uint64_t *out, phx_error *err)
{
    struct clock clock = {0};
    struct decimal number;
    int64_t us = 0;
    bool has_zone = true;
    const char *wrong;

    if (is_epoch(text, &number)) {
        wrong = epoch_microseconds(&number, &us);
    } else if ((wrong = read_clock(text, &clock)) == NULL) {
        us = clock_microseconds(&clock);
        has_zone = clock.has_zone;
        if (us < time_days(1, 1, 1) * DAY * US ||
            us >= time_days(LAST_YEAR + 1, 1, 1) * DAY * US)
            wrong = "date value out of range";
    }
    if (wrong != NULL)
        return fail(err, PHX_INVALID, -1, "%s", wrong);
    if (!has_zone && how == TIME_NAIVE_REFUSED)
        return fail(err, PHX_INVALID, -1, "timezone is missing");
    if (us < 0 || (uint64_t)us > UINT64_MAX / 1000) {
        *out = us < 0 ? 0 : UINT64_MAX;
        return fail(err, PHX_TOO_BIG, -1,
                    "time is outside the years 1970 to 2554");
    }
    *out = (uint64_t)us * 1000;
    return PHX_OK;
}

/* --- printing ------------------------------------------------------------- */

int64_t time_microseconds(uint64_t ns)
{
    /* Phoenix goes through seconds in a double and rounds halves to even, so
     * a microsecond may differ from integer rounding; clients compare texts. */
    double whole;
    double fraction = modf((double)ns / 1e9, &whole);

    return (int64_t)whole * US + (int64_t)rint(fraction * 1e6);
}

/* value in width digits, with leading zeros, at out. */
static char *print_digits(char *out, int value, int width)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

/* The date, the separator and the time of day, to the second. */
static char *print_second(char *out, int64_t seconds, char separator)
{
    int in_day = (int)(seconds % DAY);
    int year, month, day;

    time_date(seconds / DAY, &year, &month, &day);
    out = print_digits(out, year, 4);
    *out++ = '-';
    out = print_digits(out, month, 2);
    *out++ = '-';
    out = print_digits(out, day, 2);
    *out++ = separator;
    out = print_digits(out, in_day / 3600, 2);
    *out++ = ':';
    out = print_digits(out, in_day / 60 % 60, 2);
    *out++ = ':';
    return print_digits(out, in_day % 60, 2);
}

void time_print(uint64_t ns, char out[40])
{
    int64_t us = time_microseconds(ns);

    out = print_second(out, us / US, 'T');
    if (us % US != 0) {
        *out++ = '.';
        out = print_digits(out, (int)(us % US), 6);
    }
    memcpy(out, "+00:00", sizeof "+00:00");
}

void time_print_sql(uint64_t ns, char out[40])
{
    int64_t us = time_microseconds(ns);

    out = print_second(out, us / US, ' ');
    *out++ = '.';
    out = print_digits(out, (int)(us % US), 6);
    *out = '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool time_bounds_sql(phx_text text, uint64_t *low, uint64_t *high)
{
    static const char pattern[] = "1970-01-01 00:00:00.000000Z";
    static const struct {
        size_t size;
        uint64_t ns; /* that the rest may add */
    } parts[] = {{26, 1000},
                 {19, 1000000000},
                 {16, 60000000000},
                 {13, 3600000000000},
                 {10, 86400000000000},
                 {7, 31 * 86400000000000},
                 {4, 366 * 86400000000000}};
    char whole[sizeof pattern];
    size_t size = 0;

    while (size < text.size && size < sizeof pattern - 2 &&
           (is_digit(pattern[size]) ? is_digit(text.data[size])
                                    : text.data[size] == pattern[size]))
        size++;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (size < parts[i].size)
            continue;
        memcpy(whole, pattern, sizeof pattern);
        memcpy(whole, text.data, parts[i].size);
        phx_status status =
            time_read(text_of(whole), TIME_NAIVE_UTC, low, NULL);
        if (status == PHX_INVALID)
            continue;
        if (__builtin_add_overflow(*low, parts[i].ns + TIME_NEAR, high))
            *high = UINT64_MAX;
        *low -= *low < TIME_NEAR ? *low : TIME_NEAR;
        return true;
    }
    return false;
}

/* --- clocks --------------------------------------------------------------- */

static uint64_t clock_now(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t time_now(void)
{
    return clock_now(CLOCK_REALTIME);
}

uint64_t time_monotonic(void)
{
    return clock_now(CLOCK_MONOTONIC);
}
