/*
 * number.c - numbers of JSON as int64 or double and back, without a bit lost
 * and without the process's locale.
 *
 * Between decimal and binary lie a mantissa and a power of ten:
 *
 *     -12.5e3  =  -125 * 10^2        mantissa 125, exponent 2
 *
 * Where both are small, 128-bit integers give the correctly rounded answer in
 * a few steps. The rest goes through strtod and snprintf, which are exact but
 * slow and know locales. The decimal point is all that a locale changes, so
 * strtod is shown none and that of snprintf is skipped, whatever it is.
 */
#include "base/base.h"
#include "json/inside.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

enum {
    MANTISSA_DIGITS = 19,     /* decimal digits that always fit 64 bits */
    LARGEST_POWER = 27,       /* 5^27 is the last power of five below 2^63 */
    DOUBLE_BITS = 53,         /* of a double's significand */
    SIGNIFICANT_DIGITS = 770, /* no tie between doubles has over 767 */
    ENDLESS = 1000000         /* an exponent past it gives 0 or infinity */
};

static const uint64_t power_of_5[LARGEST_POWER + 1] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

/* --- reading -------------------------------------------------------------- */

/* A number as written. */
struct number {
    const uint8_t *digits; /* the first digit; a point may stand among them */
    const uint8_t *digits_end;
    uint64_t mantissa; /* of the first 19 significant digits */
    int64_t exponent;  /* of ten, for the mantissa */
    int64_t dropped;   /* significant digits past those of the mantissa */
    bool negative;
    bool is_whole; /* neither point nor exponent */
};

static bool is_digit(const uint8_t *at, const uint8_t *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* Digits from *at on, into the mantissa. */
static void take_digits(const uint8_t **at, const uint8_t *end,
                        int *significant, struct number *out)
{
    for (; is_digit(*at, end); ++*at) {
        uint8_t digit = (uint8_t)(**at - '0');
        if (*significant < MANTISSA_DIGITS) {
            out->mantissa = out->mantissa * 10 + digit;
            *significant += out->mantissa != 0;
        } else {
            out->dropped++;
        }
    }
}

/* The exponent after 'e', if it is complete. It stops growing long after any
 * text in memory could make up for it with zeros. */
static void take_exponent(const uint8_t **at, const uint8_t *end,
                          struct number *out)
{
    const int64_t limit = INT64_MAX / 100;
    const uint8_t *next = *at + 1;
    bool negative = next < end && *next == '-';
    int64_t exponent = 0;

    if (next < end && (*next == '-' || *next == '+'))
        next++;
    if (!is_digit(next, end))
        return;
    for (; is_digit(next, end); next++) {
        if (exponent < limit)
            exponent = exponent * 10 + (*next - '0');
    }
    out->exponent += negative ? -exponent : exponent;
    out->is_whole = false;
    *at = next;
}

/* The longest number from at on; returns its end, or NULL if there is none. A
 * point or an 'e' without digits is not part of it. */
static const uint8_t *scan(const uint8_t *at, const uint8_t *end,
                           struct number *out)
{
    int significant = 0;

    *out = (struct number){.is_whole = true};
    if (at < end && *at == '-') {
        out->negative = true;
        at++;
    }
    out->digits = at;
    if (!is_digit(at, end))
        return NULL;
    if (*at == '0')
        at++;
    else
        take_digits(&at, end, &significant, out);
    out->exponent = out->dropped;
    if (at < end && *at == '.' && is_digit(at + 1, end)) {
        const uint8_t *fraction = ++at;
        int64_t before = out->dropped;
        take_digits(&at, end, &significant, out);
        out->exponent += out->dropped - before - (at - fraction);
        out->is_whole = false;
    }
    out->digits_end = at;
    if (at < end && (*at | 0x20) == 'e')
        take_exponent(&at, end, out);
    return at;
}

/* The double nearest to value * 2^exponent, where `more` says that the true
 * value lies above it by less than its last bit. Ties go to even. */
static double round_wide(wide value, bool more, int exponent)
{
    int bits = value >> 64 ? 128 - __builtin_clzll((uint64_t)(value >> 64))
                           : 64 - __builtin_clzll((uint64_t)value);
    int extra = bits - DOUBLE_BITS;

    if (extra <= 0)
        return ldexp((double)(uint64_t)value, exponent);
    wide tail = value & (((wide)1 << extra) - 1);
    wide half = (wide)1 << (extra - 1);
    uint64_t kept = (uint64_t)(value >> extra);
    if (tail > half || (tail == half && (more || (kept & 1))))
        kept++;
    return ldexp((double)kept, exponent + extra);
}

/* mantissa * 10^exponent, for |exponent| <= LARGEST_POWER. */
static double small_real(uint64_t mantissa, int exponent)
{
    static const double exact_powers[] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int exact = sizeof exact_powers / sizeof exact_powers[0] - 1;

    if (mantissa == 0)
        return 0.0;
    /* Two exact doubles and one operation: rounded once, so correctly, where
     * the processor computes in doubles. */
    if (FLT_EVAL_METHOD == 0 && mantissa >> DOUBLE_BITS == 0 &&
        exponent >= -exact && exponent <= exact)
        return exponent < 0 ? (double)mantissa / exact_powers[-exponent]
                            : (double)mantissa * exact_powers[exponent];
    if (exponent >= 0)
        return round_wide((wide)mantissa * power_of_5[exponent], false,
                          exponent);
    int shift = 64 + __builtin_clzll(mantissa);
    wide dividend = (wide)mantissa << shift;
    uint64_t divisor = power_of_5[-exponent];
    return round_wide(dividend / divisor, dividend % divisor != 0,
                      exponent - shift);
}

/* The same for any exponent, by strtod. */
static double any_real(const char *digits, size_t count, int64_t exponent)
{
    char text[SIGNIFICANT_DIGITS + 32];
    int limited = exponent > ENDLESS    ? ENDLESS
                  : exponent < -ENDLESS ? -ENDLESS
                                        : (int)exponent;

    snprintf(text, sizeof text, "%.*se%d", (int)count, digits, limited);
    return strtod(text, NULL);
}

/* Past SIGNIFICANT_DIGITS it only matters whether all digits are zeros, which
 * one more digit tells. */
static double long_real(const struct number *number)
{
    char digits[SIGNIFICANT_DIGITS + 1];
    size_t count = 0;
    int64_t significant = 0;
    bool more = false;

    for (const uint8_t *at = number->digits; at < number->digits_end; at++) {
        if (*at == '.' || (*at == '0' && significant == 0))
            continue;
        significant++;
        if (count < SIGNIFICANT_DIGITS)
            digits[count++] = (char)*at;
        else
            more = more || *at != '0';
    }
    /* The exponent goes with the first 19 digits; here stand more. */
    int64_t kept =
        significant < MANTISSA_DIGITS ? significant : MANTISSA_DIGITS;
    int64_t exponent = number->exponent - ((int64_t)count - kept);
    if (more) {
        digits[count++] = '1';
        exponent--;
    }
    return any_real(digits, count, exponent);
}

static double real_of(const struct number *number)
{
    double real;

    if (number->mantissa == 0)
        real = 0.0;
    else if (number->dropped == 0 && number->exponent >= -LARGEST_POWER &&
             number->exponent <= LARGEST_POWER)
        real = small_real(number->mantissa, (int)number->exponent);
    else
        real = long_real(number);
    return number->negative ? -real : real;
}

bool number_read(const uint8_t **at, const uint8_t *end, struct value *out)
{
    struct number number;
    const uint8_t *past = scan(*at, end, &number);

    if (past == NULL)
        return false;
    phx_text text = text_span(*at, (size_t)(past - *at));
    *at = past;
    *out = (struct value){.kind = JSON_NUMBER, .text = text};
    if (!number.is_whole) {
        double real = real_of(&number);
        if (isfinite(real))
            *out = value_real(real);
        return true;
    }
    uint64_t limit = (uint64_t)INT64_MAX + number.negative;
    bool minus_zero = number.negative && number.mantissa == 0;
    if (number.dropped == 0 && number.mantissa <= limit && !minus_zero)
        *out = value_int(number.negative ? -(int64_t)(number.mantissa - 1) - 1
                                         : (int64_t)number.mantissa);
    return true;
}

/* --- printing ------------------------------------------------------------- */

size_t number_print_int(bool negative, uint64_t magnitude, char out[INT_SIZE])
{
    char reversed[INT_SIZE];
    size_t count = 0;
    size_t size = 0;

    do {
        reversed[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (negative)
        out[size++] = '-';
    while (count > 0)
        out[size++] = reversed[--count];
    out[size] = '\0';
    return size;
}

/* A decimal: mantissa * 10^exponent. */
struct decimal {
    uint64_t mantissa;
    int exponent;
};

/*
 * The shortest decimal that reads back as significand * 2^binary, and of
 * several the nearest, for values from about 1e-11 to 1.8e16.
 *
 * All is scaled by 4 * 10^power so that the value has 17 or 18 digits and
 * that it and its neighbours' midpoints are integers:
 *
 *     low --------- value --------- high      what reads back lies between
 *            |             |                  multiples of unit 100, 10, 1
 *
 * The largest unit with a multiple in between gives the fewest digits.
 */
static struct decimal shortest_near(uint64_t significand, int binary, int power)
{
    int shift = 2 - (binary + power);
    wide value = (wide)(4 * significand) * power_of_5[power];
    wide high = value + 2 * (wide)power_of_5[power];
    bool is_power_of_2 = significand == (uint64_t)1 << (DOUBLE_BITS - 1);
    wide low = value - (is_power_of_2 ? 1 : 2) * (wide)power_of_5[power];
    bool ends_belong = significand % 2 == 0; /* ties are read to even */
    uint64_t whole = (uint64_t)(value >> shift);
    uint64_t unit = 100;

    for (;; unit /= 10) {
        uint64_t below = whole / unit;
        wide down = (wide)(below * unit) << shift;
        wide up = (wide)((below + 1) * unit) << shift;
        bool down_fits = down > low || (down == low && ends_belong);
        bool up_fits = up < high || (up == high && ends_belong);
        if (down_fits && up_fits) {
            wide to_down = value - down;
            wide to_up = up - value;
            up_fits = to_up < to_down || (to_up == to_down && below % 2 == 1);
        }
        if (up_fits || down_fits || unit == 1)
            return (struct decimal){(below + up_fits) * unit, -power};
    }
}

/* The same for any value, by trying more and more digits. */
static struct decimal shortest_far(double value)
{
    struct decimal found = {0, 0};
    char text[REAL_SIZE];

    /* Fifteen digits tell normal doubles apart; the subnormal need fewer. */
    for (int digits = value < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        found = (struct decimal){0, 1 - digits};
        const char *at = text;
        for (; *at != 'e'; at++) {
            if (*at >= '0' && *at <= '9')
                found.mantissa = found.mantissa * 10 + (uint64_t)(*at - '0');
        }
        found.exponent += atoi(at + 1);
        /* Under a power of two the doubles lie closer than above it: the
         * nearest decimal may miss it where the next above it hits. */
        for (int i = 0; i < 2; i++) {
            struct decimal next = {found.mantissa + (uint64_t)i,
                                   found.exponent};
            size_t size = number_print_int(false, next.mantissa, text);
            if (any_real(text, size, next.exponent) == value)
                return next;
        }
    }
    return found;
}

static struct decimal shortest(double value)
{
    int binary;
    double half_to_one = frexp(value, &binary);
    /* floor(log10(2) * (binary - 1)) */
    int tens = (int)(((int64_t)(binary - 1) * 1292913986) >> 32);
    int power = 16 - tens;
    struct decimal decimal;

    if (power >= 1 && power <= LARGEST_POWER)
        decimal = shortest_near((uint64_t)ldexp(half_to_one, DOUBLE_BITS),
                                binary - DOUBLE_BITS, power);
    else
        decimal = shortest_far(value);
    while (decimal.mantissa % 10 == 0) {
        decimal.mantissa /= 10;
        decimal.exponent++;
    }
    return decimal;
}

static char *put(char *out, const char *bytes, size_t size)
{
    memcpy(out, bytes, size);
    return out + size;
}

static char *put_zeros(char *out, int count)
{
    while (count-- > 0)
        *out++ = '0';
    return out;
}

/* 1.5e+300: one digit, the others after a point, at least two of exponent. */
static char *put_scientific(char *out, const char *digits, size_t count,
                            int exponent)
{
    char text[INT_SIZE];
    unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);

    *out++ = digits[0];
    if (count > 1) {
        *out++ = '.';
        out = put(out, digits + 1, count - 1);
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    if (magnitude < 10)
        *out++ = '0';
    size_t size = number_print_int(false, magnitude, text);
    return put(out, text, size);
}

/* point: how many digits stand before it; 0 or less for 0.digits. */
static char *put_fixed(char *out, const char *digits, int count, int point)
{
    if (point <= 0) {
        out = put(out, "0.", 2);
        out = put_zeros(out, -point);
        return put(out, digits, (size_t)count);
    }
    if (point >= count) {
        out = put(out, digits, (size_t)count);
        out = put_zeros(out, point - count);
        return put(out, ".0", 2);
    }
    out = put(out, digits, (size_t)point);
    *out++ = '.';
    return put(out, digits + point, (size_t)(count - point));
}

size_t number_print_real(double value, char out[REAL_SIZE])
{
    const int first_scientific = 16; /* 1e16 is 1e+16 */
    const int last_fixed = -4;       /* 1e-4 is 0.0001 */
    char digits[INT_SIZE];
    char *at = out;

    if (signbit(value))
        *at++ = '-';
    value = fabs(value);
    if (value == 0) {
        at = put(at, "0.0", 3);
    } else if (value < 1e15 && value == floor(value)) {
        at += number_print_int(false, (uint64_t)value, at);
        at = put(at, ".0", 2);
    } else {
        struct decimal decimal = shortest(value);
        size_t count = number_print_int(false, decimal.mantissa, digits);
        int point = (int)count + decimal.exponent;
        if (point - 1 < last_fixed || point - 1 >= first_scientific)
            at = put_scientific(at, digits, count, point - 1);
        else
            at = put_fixed(at, digits, (int)count, point);
    }
    *at = '\0';
    return (size_t)(at - out);
}
