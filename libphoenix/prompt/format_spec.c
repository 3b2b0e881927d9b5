/*
 * format_spec.c - a value by a specification of Python's formatting
 * mini-language:
 *
 *     [[fill]align][sign][z][#][0][width][, or _][.precision][type]
 */
#include "base/base.h"

#include "prompt/inside.h"

enum { WIDEST = 1 << 16 /* characters of a field, digits of a number */ };

struct spec {
    phx_text fill;
    char align, sign, group, type; /* 0 if not given */
    bool positive_zero, alternate, padded;
    int width, precision; /* -1 if not given */
};

static bool is_align(int c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

static phx_status refuse(phx_text spec, const char *what, phx_error *err)
{
    return fail(err, PHX_INVALID, -1, "the specification '%.*s' %s",
                spec.size < 64 ? (int)spec.size : 64, spec.data, what);
}

/* --- reading ------------------------------------------------------------------ */

static bool take(phx_text *left, char c)
{
    if (left->size == 0 || left->data[0] != c)
        return false;
    *left = text_span(left->data + 1, left->size - 1);
    return true;
}

/* -1 without digits; past the widest it stays there. */
static int take_number(phx_text *left)
{
    int value = -1;

    while (left->size > 0 && left->data[0] >= '0' && left->data[0] <= '9') {
        value = (value < 0 ? 0 : value) * 10 + (left->data[0] - '0');
        value = value > WIDEST ? WIDEST + 1 : value;
        *left = text_span(left->data + 1, left->size - 1);
    }
    return value;
}

static void take_align(phx_text *left, struct spec *out)
{
    const uint8_t *at = (const uint8_t *)left->data, *end = at + left->size;
    const uint8_t *next = at;

    if (at < end)
        utf8_next(&next, end);
    if (next < end && is_align(*next)) {
        out->fill = text_span(at, (size_t)(next - at));
        out->align = (char)*next++;
    } else if (at < end && is_align(*at)) {
        out->align = (char)*at;
        next = at + 1;
    } else {
        return;
    }
    *left = text_span(next, (size_t)(end - next));
}

static phx_status read_spec(phx_text text, struct spec *out, phx_error *err)
{
    phx_text left = text;

    *out = (struct spec){.width = -1, .precision = -1};
    take_align(&left, out);
    if (left.size > 0 && strchr("+- ", left.data[0]) != NULL) {
        out->sign = left.data[0];
        take(&left, out->sign);
    }
    out->positive_zero = take(&left, 'z');
    out->alternate = take(&left, '#');
    out->padded = out->fill.size == 0 && take(&left, '0');
    out->width = take_number(&left);
    if (take(&left, ','))
        out->group = ',';
    if (take(&left, '_'))
        out->group = out->group ? '?' : '_';
    if (out->group == '?' || (out->group && take(&left, ',')))
        return refuse(text, "has two separators", err);
    if (take(&left, '.') && (out->precision = take_number(&left)) < 0)
        return refuse(text, "has no digits behind its point", err);
    if (left.size > 1)
        return refuse(text, "is none", err);
    out->type = left.size > 0 ? left.data[0] : '\0';
    if (out->width > WIDEST || out->precision > WIDEST)
        return fail(err, PHX_TOO_BIG, -1, "a width or precision is over %d",
                    WIDEST);
    return PHX_OK;
}

/* --- writing ------------------------------------------------------------------- */

static size_t characters(phx_text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

static void add_fill(struct buf *out, const struct spec *spec, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (spec->fill.size > 0)
            buf_add_text(out, spec->fill);
        else
            buf_add_byte(out, spec->padded ? '0' : ' ');
    }
}

/* Head and body with what fills the width before, between or behind them. */
static void add_aligned(struct buf *out, const struct spec *spec, char align,
                        phx_text head, phx_text body)
{
    size_t size = characters(head) + characters(body);
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    size_t fill = width > size ? width - size : 0;
    size_t before = align == '>' ? fill : align == '^' ? fill / 2 : 0;

    add_fill(out, spec, before);
    buf_add_text(out, head);
    if (align == '=')
        add_fill(out, spec, fill);
    buf_add_text(out, body);
    if (align != '=')
        add_fill(out, spec, fill - before);
}

/* --- texts ---------------------------------------------------------------------- */

static phx_status format_text(phx_text text, phx_text given,
                              const struct spec *spec, struct buf *out,
                              phx_error *err)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    const phx_text none = {"", 0};

    if ((spec->type != '\0' && spec->type != 's') || spec->sign != '\0' ||
        spec->positive_zero || spec->alternate || spec->group != '\0' ||
        spec->align == '=')
        return refuse(given, "is none of a text", err);
    for (int i = 0; spec->precision >= 0 && i < spec->precision && at < end;
         i++)
        utf8_next(&at, end);
    if (spec->precision >= 0)
        text.size = (size_t)((const char *)at - text.data);
    add_aligned(out, spec, spec->align ? spec->align : '<', none, text);
    return PHX_OK;
}

/* --- numbers -------------------------------------------------------------------- */

enum { LARGEST = 400 /* digits of a double before its point, and more */ };

static int print(char *room, size_t size, const struct spec *spec, char form,
                 int precision, double value)
{
    if (form == 'e')
        return spec->alternate ? snprintf(room, size, "%#.*e", precision, value)
                               : snprintf(room, size, "%.*e", precision, value);
    return spec->alternate ? snprintf(room, size, "%#.*f", precision, value)
                           : snprintf(room, size, "%.*f", precision, value);
}

/* The host's decimal point is a point here, whatever its locale has. */
static void add_printed(struct buf *out, const struct spec *spec, char form,
                        int precision, double value)
{
    size_t size = (size_t)precision + LARGEST, used = 0;
    char *room = (char *)buf_room(out, size);
    int printed = room ? print(room, size, spec, form, precision, value) : 0;

    for (int i = 0; i < printed; i++) {
        if (strchr("0123456789+-e", room[i]) != NULL)
            room[used++] = room[i];
        else if (used == 0 || room[used - 1] != '.')
            room[used++] = '.';
    }
    buf_used(out, used);
}

/* The digits of a number that is shown with so many: d.ddde+xx without its
 * point. */
struct general {
    char *digits;
    int count, exponent;
};

static bool take_general(struct buf *printed, const struct spec *spec,
                         struct general *out)
{
    char *at = (char *)printed->data;
    char *e = printed->size > 0 ? memchr(at, 'e', printed->size) : NULL;

    buf_add_byte(printed, '\0');
    if (e == NULL || printed->status < 0)
        return false;
    at = (char *)printed->data;
    e = strchr(at, 'e');
    out->exponent = (int)strtol(e + 1, NULL, 10);
    out->count = (int)(e - at);
    out->digits = at;
    if (out->count > 1) { /* the first digit takes the place of the point */
        at[1] = at[0];
        out->digits++;
        out->count--;
    }
    while (!spec->alternate && out->count > 1 &&
           out->digits[out->count - 1] == '0')
        out->count--;
    return true;
}

static void add_scientific(struct buf *out, const struct spec *spec,
                           const struct general *general)
{
    int exponent = general->exponent;

    buf_add(out, general->digits, 1);
    if (general->count > 1 || spec->alternate)
        buf_add_byte(out, '.');
    buf_add(out, general->digits + 1, (size_t)general->count - 1);
    buf_add_format(out, "e%c%02d", exponent < 0 ? '-' : '+',
                   exponent < 0 ? -exponent : exponent);
}

static void add_positional(struct buf *out, const struct spec *spec,
                           const struct general *general, bool repr)
{
    int point = general->exponent + 1; /* digits before it */

    if (point <= 0)
        buf_add_string(out, "0.");
    for (int i = point; i < 0; i++)
        buf_add_byte(out, '0');
    for (int i = 0; i < point || i < general->count; i++) {
        if (i == point && point > 0)
            buf_add_byte(out, '.');
        buf_add_byte(out,
                     i < general->count ? (uint8_t)general->digits[i] : '0');
    }
    if (general->count <= point && (repr || spec->alternate))
        buf_add_string(out, repr ? ".0" : ".");
}

/* As %g; repr is the form without a type, which always shows a point or an
 * exponent, and the exponent a digit earlier. */
static void add_general(struct buf *out, const struct spec *spec, double value,
                        bool repr)
{
    int precision = spec->precision < 0    ? 6
                    : spec->precision == 0 ? 1
                                           : spec->precision;
    struct general general;
    struct buf printed;

    buf_init(&printed, SIZE_MAX);
    add_printed(&printed, spec, 'e', precision - 1, value);
    if (!take_general(&printed, spec, &general))
        out->status = out->status < 0 ? out->status : PHX_NO_MEMORY;
    else if (general.exponent < -4 ||
             general.exponent >= precision - (repr ? 1 : 0))
        add_scientific(out, spec, &general);
    else
        add_positional(out, spec, &general, repr);
    buf_clear(&printed);
}

/* The shortest form that is the same number; the alternate one always has a
 * point. */
static void add_shortest(struct buf *out, const struct spec *spec, double value)
{
    size_t from = out->size;

    json_write_real(out, value);
    if (!spec->alternate || out->status < 0 ||
        memchr(out->data + from, '.', out->size - from) != NULL)
        return;
    buf_add_byte(out, '.'); /* behind the one digit before the exponent */
    if (out->status < 0)
        return;
    memmove(out->data + from + 2, out->data + from + 1, out->size - from - 2);
    out->data[from + 1] = '.';
}

static void add_real(struct buf *out, const struct spec *spec, double value)
{
    int precision = spec->precision < 0 ? 6 : spec->precision;

    switch (spec->type | 0x20) {
    case 'e':
        add_printed(out, spec, 'e', precision, value);
        break;
    case 'f':
        add_printed(out, spec, 'f', precision, value);
        break;
    case 'g':
    case 'n':
        add_general(out, spec, value, false);
        break;
    case '%' | 0x20:
        add_printed(out, spec, 'f', precision, value * 100);
        break;
    default:
        if (spec->precision >= 0)
            add_general(out, spec, value, true);
        else
            add_shortest(out, spec, value);
    }
}

/* Groups the first `whole` digits, behind zeros that fill the width if the
 * field is filled with them. */
static void add_grouped(struct buf *out, const struct spec *spec,
                        phx_text digits, size_t whole, size_t room)
{
    size_t each = strchr("boxX", spec->type) && spec->type ? 4 : 3;
    size_t count = whole;

    while (room > 0 &&
           count + (count - 1) / each + (digits.size - whole) < room)
        count++;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % each == 0)
            buf_add_byte(out, (uint8_t)spec->group);
        buf_add_byte(out, i < count - whole
                              ? '0'
                              : (uint8_t)digits.data[i - (count - whole)]);
    }
    buf_add(out, digits.data + whole, digits.size - whole);
}

static bool is_zero(phx_text digits)
{
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] >= '1' && digits.data[i] <= '9')
            return false;
        if (digits.data[i] == 'e' || digits.data[i] == 'E')
            break;
    }
    return true;
}

/* Sign, prefix and digits, in their places. */
static void add_number(struct buf *out, const struct spec *spec, bool negative,
                       const char *prefix, phx_text digits)
{
    struct spec filled = *spec;
    struct buf grouped;
    char head[4];
    size_t whole = 0, room = 0;

    if (spec->positive_zero && is_zero(digits))
        negative = false;
    snprintf(head, sizeof head, "%s%s",
             negative                                  ? "-"
             : spec->sign != '\0' && spec->sign != '-' ? (char[]){spec->sign, 0}
                                                       : "",
             prefix);
    filled.align = spec->align ? spec->align : spec->padded ? '=' : '>';
    while (whole < digits.size && digits.data[whole] >= '0' &&
           digits.data[whole] <= '9')
        whole++;
    if (spec->type == 'x' || spec->type == 'X')
        whole = digits.size;
    bool zeros =
        (spec->padded || text_is(spec->fill, "0")) && filled.align == '=';
    if (zeros && spec->width > (int)strlen(head))
        room = (size_t)spec->width - strlen(head);
    buf_init(&grouped, SIZE_MAX);
    if (spec->group != '\0' && whole > 0)
        add_grouped(&grouped, spec, digits, whole, room);
    else
        buf_add_text(&grouped, digits);
    if (grouped.status < 0)
        out->status = out->status < 0 ? out->status : grouped.status;
    else
        add_aligned(out, &filled, filled.align, text_of(head),
                    text_span(grouped.data, grouped.size));
    buf_clear(&grouped);
}

static void to_upper(struct buf *digits)
{
    for (size_t i = 0; i < digits->size; i++) {
        if (digits->data[i] >= 'a' && digits->data[i] <= 'z')
            digits->data[i] = (uint8_t)(digits->data[i] - 'a' + 'A');
    }
}

static phx_status finish_number(struct buf *digits, const struct spec *spec,
                                bool negative, const char *prefix,
                                struct buf *out, phx_error *err)
{
    phx_status status = buf_status(digits, "a number", err);

    if (status >= 0)
        add_number(out, spec, negative, prefix,
                   text_span(digits->data, digits->size));
    buf_clear(digits);
    return status;
}

static phx_status format_real(double value, phx_text given,
                              const struct spec *spec, struct buf *out,
                              phx_error *err)
{
    bool negative = value < 0 || (value == 0 && 1 / value < 0);
    double magnitude = negative ? -value : value;
    struct buf digits;

    if (spec->type != '\0' && strchr("eEfFgGn%", spec->type) == NULL)
        return refuse(given, "is none of a number with a fraction", err);
    if (spec->type == 'n' && spec->group != '\0')
        return refuse(given, "has a separator, which 'n' has not", err);
    buf_init(&digits, SIZE_MAX);
    if (value - value != 0)
        buf_add_string(&digits, value != value ? "nan" : "inf");
    else
        add_real(&digits, spec, magnitude);
    if (spec->type == '%')
        buf_add_byte(&digits, '%');
    if (spec->type == 'E' || spec->type == 'F' || spec->type == 'G')
        to_upper(&digits);
    return finish_number(&digits, spec, negative, "", out, err);
}

static void add_power_of_2(struct buf *out, uint64_t magnitude, unsigned bits)
{
    int shift = 63 - 63 % (int)bits;

    while (shift > 0 && (magnitude >> shift) == 0)
        shift -= (int)bits;
    for (; shift >= 0; shift -= (int)bits)
        buf_add_byte(out, (uint8_t) "0123456789abcdef"[(magnitude >> shift) &
                                                       ((1U << bits) - 1)]);
}

static phx_status format_character(int64_t value, phx_text given,
                                   const struct spec *spec, struct buf *out,
                                   phx_error *err)
{
    uint8_t character[4];

    if (spec->sign != '\0' || spec->alternate || spec->group != '\0' ||
        spec->positive_zero || value < 0 || value > 0x10FFFF ||
        (value >= 0xD800 && value < 0xE000))
        return refuse(given, "is none of this number", err);
    size_t size = utf8_put(character, (uint32_t)value);
    add_aligned(out, spec,
                spec->align    ? spec->align
                : spec->padded ? '='
                               : '>',
                text_of(""), text_span(character, size));
    return PHX_OK;
}

static phx_status format_int(int64_t value, phx_text given,
                             const struct spec *spec, struct buf *out,
                             phx_error *err)
{
    static const char types[] = "box";
    static const char *const prefixes[] = {"0b", "0o", "0x"};
    const char *type = spec->type ? strchr(types, spec->type | 0x20) : NULL;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const char *prefix = "";
    struct buf digits;

    if (spec->type != '\0' && strchr("eEfFgG%", spec->type) != NULL)
        return format_real((double)value, given, spec, out, err);
    if (spec->type != '\0' && strchr("bcdoxXn", spec->type) == NULL)
        return refuse(given, "is none of an integer", err);
    if (spec->precision >= 0 || spec->positive_zero)
        return refuse(given, "has what an integer has not", err);
    if ((spec->type == 'n' && spec->group != '\0') ||
        (type != NULL && spec->group == ','))
        return refuse(given, "has a separator that its type has not", err);
    if (spec->type == 'c')
        return format_character(value, given, spec, out, err);
    buf_init(&digits, 128);
    if (type == NULL) {
        buf_add_format(&digits, "%llu", (unsigned long long)magnitude);
    } else {
        add_power_of_2(&digits, magnitude,
                       *type == 'b'   ? 1
                       : *type == 'o' ? 3
                                      : 4);
        prefix = spec->alternate ? prefixes[type - types] : "";
    }
    if (spec->type == 'X') {
        to_upper(&digits);
        prefix = spec->alternate ? "0X" : "";
    }
    return finish_number(&digits, spec, value < 0, prefix, out, err);
}

/* An integer beyond 64 bits, of which only the digits are known. */
static phx_status format_long(phx_text number, phx_text given,
                              const struct spec *spec, struct buf *out,
                              phx_error *err)
{
    bool negative = number.data[0] == '-';

    if (spec->precision >= 0 || spec->positive_zero ||
        (spec->type != '\0' && spec->type != 'd'))
        return refuse(given, "is none of so large a number", err);
    if (negative)
        number = text_span(number.data + 1, number.size - 1);
    add_number(out, spec, negative, "", number);
    return PHX_OK;
}

phx_status format_value(const struct value *value, phx_text spec,
                        struct buf *out, phx_error *err)
{
    struct spec read;
    phx_status status;

    if (spec.size == 0) {
        print_value(out, value);
        return PHX_OK;
    }
    if ((status = read_spec(spec, &read, err)) < 0)
        return status;
    switch ((enum json_kind)value->kind) {
    case JSON_TEXT:
        return format_text(value->text, spec, &read, out, err);
    case JSON_BOOL:
    case JSON_INT:
        return format_int(value->integer, spec, &read, out, err);
    case JSON_REAL:
        return format_real(value->real, spec, &read, out, err);
    case JSON_NUMBER:
        return format_long(value->text, spec, &read, out, err);
    default:
        return refuse(spec, "is of a text or a number, and the value is none",
                      err);
    }
}
