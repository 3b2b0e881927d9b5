/*
 * unicode.c - what Python calls a blank and a digit, in the version of the
 * character database that Python 3.11 carries.
 *
 * Source: Unicode 14.0.0, https://www.unicode.org/Public/14.0.0/ucd/, files
 * PropList.txt (White_Space) and extracted/DerivedGeneralCategory.txt (Nd).
 */
#include "base/base.h"

bool utf8_is_space(uint32_t code_point)
{
    /* str.strip() takes the separators U+001C..U+001F for blanks as well,
     * which White_Space leaves out. */
    if (code_point < 0x80)
        return code_point == ' ' ||
               (code_point >= 0x09 && code_point <= 0x0D) ||
               (code_point >= 0x1C && code_point <= 0x1F);
    return code_point == 0x85 || code_point == 0xA0 || code_point == 0x1680 ||
           (code_point >= 0x2000 && code_point <= 0x200A) ||
           code_point == 0x2028 || code_point == 0x2029 ||
           code_point == 0x202F || code_point == 0x205F || code_point == 0x3000;
}

/* The zero of each script. Its nine other digits follow it without a gap. */
static const uint32_t zeros[] = {
    0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,
    0x0B66,  0x0BE6,  0x0C66,  0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,
    0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,  0x1A80,
    0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,
    0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0,
    0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0,
    0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E950, 0x1FBF0};

int utf8_digit(uint32_t code_point)
{
    size_t low = 0;
    size_t high = sizeof zeros / sizeof zeros[0];

    if (code_point < zeros[0])
        return -1;
    while (high - low > 1) { /* zeros[low] <= code_point */
        size_t middle = low + (high - low) / 2;
        if (zeros[middle] <= code_point)
            low = middle;
        else
            high = middle;
    }
    uint32_t digit = code_point - zeros[low];
    return digit <= 9 ? (int)digit : -1;
}
