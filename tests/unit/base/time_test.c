/*
 * Times as text, against every vector in tests/vectors/timestamps_ids.json
 * that 64-bit nanoseconds can hold.
 */
#include "t.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <stdlib.h>

#include "base/base.h"

static cJSON *vectors;

static int load_vectors(void **state)
{
    FILE *file = fopen("tests/vectors/timestamps_ids.json", "rb");
    static char text[1 << 20];

    (void)state;
    if (file == NULL)
        return -1;
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    vectors = cJSON_ParseWithLength(text, size);
    return vectors != NULL ? 0 : -1;
}

static int free_vectors(void **state)
{
    (void)state;
    cJSON_Delete(vectors);
    return 0;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(member(object, name));
}

/* Calls body for each vector of an operation; returns how many there are. */
static int each(const char *operation,
                void (*body)(const cJSON *in, const cJSON *expect,
                             const char *id))
{
    const cJSON *vector;
    int count = 0;

    cJSON_ArrayForEach(vector, member(vectors, "vectors"))
    {
        if (strcmp(string(vector, "op"), operation) != 0)
            continue;
        body(member(vector, "in"), member(vector, "expect"),
             string(vector, "id"));
        count++;
    }
    return count;
}

static void check_parse(const cJSON *in, const cJSON *expect, const char *id)
{
    const char *text = string(in, "text");
    const char *error = string(expect, "error");
    uint64_t ns = 1;
    phx_error err = {0};
    phx_status status = time_read(text_of(text), TIME_NAIVE_UTC, &ns, &err);

    if (error != NULL) {
        bool year_0 = strcmp(err.message, "year 0 is out of range") == 0;
        if (status != PHX_INVALID)
            wrong("%s: '%s' is taken", id, text);
        eq_int(year_0, strcmp(error, "datetime_parsing") == 0);
        return;
    }
    double us = member(expect, "epoch_us")->valuedouble;
    if (us < 0 || us > 18446744073709551.0) {
        eq_int(status, PHX_TOO_BIG);
        ok(ns == (us < 0 ? 0 : UINT64_MAX));
    } else if (status != PHX_OK || ns != (uint64_t)us * 1000) {
        wrong("%s: '%s' is %.0f us, not %llu ns (%s)", id, text, us,
              (unsigned long long)ns, err.message);
    }
}

TEST(vectors_are_read)
{
    UNUSED_STATE;
    eq_int(each("parse_query_time", check_parse), 48);
}

static void check_print(const cJSON *in, const cJSON *expect, const char *id)
{
    double us = member(in, "epoch_us")->valuedouble;
    char text[40];

    (void)id;
    if (member(in, "offset_minutes")->valueint != 0 || us < 0 ||
        us > 18446744073709551.0)
        return;
    time_print((uint64_t)us * 1000, text);
    eq_string(text, string(expect, "text"));
}

TEST(vectors_are_printed)
{
    UNUSED_STATE;
    eq_int(each("print_time", check_print), 9);
}

static void check_nanos(const cJSON *in, const cJSON *expect, const char *id)
{
    char text[40];

    (void)id;
    time_print(strtoull(string(in, "nanos"), NULL, 10), text);
    eq_string(text, string(expect, "text"));
}

TEST(vectors_of_nanoseconds_are_rounded)
{
    UNUSED_STATE;
    eq_int(each("otlp_nanos", check_nanos), 21);
}

static void gives_reason(const char *text, const char *reason)
{
    uint64_t ns;
    phx_error err = {0};

    eq_int(time_read(text_of(text), TIME_NAIVE_UTC, &ns, &err), PHX_INVALID);
    eq_string(err.message, reason);
}

TEST(reasons_are_pydantics)
{
    UNUSED_STATE;
    gives_reason("yesterday", "input is too short");
    gives_reason("", "input is too short");
    gives_reason("202a-01-01", "invalid character in year");
    gives_reason("2026a01-01", "invalid date separator, expected `-`");
    gives_reason("2026-0a-01", "invalid character in month");
    gives_reason("2026-01a01", "invalid date separator, expected `-`");
    gives_reason("2026-01-0a", "invalid character in day");
    gives_reason("2026-13-01", "month value is outside expected range of 1-12");
    gives_reason("2026-02-29", "day value is outside expected range");
    gives_reason("2026-03-01T10",
                 "unexpected extra characters at the end of the input");
    gives_reason("253402300800000",
                 "dates after 9999 are not supported as unix timestamps");
    gives_reason("-99999999999999",
                 "dates before 0000 are not supported as unix timestamps");
    gives_reason("0000-01-01", "year 0 is out of range");
}

static uint64_t read_ns(const char *text)
{
    uint64_t ns = 0;

    succeeds(time_read(text_of(text), TIME_NAIVE_UTC, &ns, err));
    return ns;
}

TEST(numbers_are_seconds_or_milliseconds)
{
    UNUSED_STATE;
    eq_int(read_ns("1.5e3"), 1500000000000);
    eq_int(read_ns(".5"), 500000000);
    eq_int(read_ns("5."), 5000000000);
    eq_int(read_ns("0.0000005"), 1000);
    eq_int(read_ns("-0.0000001"), 0);
    eq_int(read_ns("6922306063.2938694"), 6922306063293869000);
    eq_int(read_ns("1772359200123.4567"), 1772359200123457000);
    eq_int(read_ns("00000000000000000000000001"), 1000000000);
    gives_reason("1e5", "input is too short");
    gives_reason(".", "input is too short");
    gives_reason("1.5e", "input is too short");
}

TEST(the_last_instant_is_in_2554)
{
    UNUSED_STATE;
    uint64_t ns = 0;

    ok(read_ns("2554-07-21T23:34:33.709551Z") == 18446744073709551000u);
    fails_with(PHX_TOO_BIG, "1970 to 2554",
               time_read(text_of("2554-07-21T23:34:33.709552Z"), TIME_NAIVE_UTC,
                         &ns, err));
    ok(ns == UINT64_MAX);
    fails_with(PHX_TOO_BIG, "1970 to 2554",
               time_read(text_of("1969-12-31T23:59:59.999999Z"), TIME_NAIVE_UTC,
                         &ns, err));
    ok(ns == 0);
}

TEST(naive_times_are_refused_on_demand)
{
    UNUSED_STATE;
    uint64_t ns;

    fails_with(PHX_INVALID, "timezone",
               time_read(text_of("2026-03-01T10:00:00"), TIME_NAIVE_REFUSED,
                         &ns, err));
    fails_with(PHX_INVALID, "timezone",
               time_read(text_of("2026-03-01"), TIME_NAIVE_REFUSED, &ns, err));
    succeeds(time_read(text_of("2026-03-01T10:00:00Z"), TIME_NAIVE_REFUSED, &ns,
                       err));
    succeeds(time_read(text_of("1772359200"), TIME_NAIVE_REFUSED, &ns, err));
    succeeds(time_read(text_of("2026-03-01T10:00:00\xE2\x88\x92"
                               "05:00"),
                       TIME_NAIVE_REFUSED, &ns, err));
    ok(ns == 1772377200000000000u);
}

TEST(every_day_is_printed_as_it_is_read)
{
    UNUSED_STATE;
    const uint64_t day = 86400ull * 1000000000;

    for (uint64_t ns = 0; ns / day < 213500; ns += day) {
        char text[40];
        uint64_t back = 1;
        time_print(ns, text);
        if (time_read(text_of(text), TIME_NAIVE_REFUSED, &back, NULL) < 0 ||
            back != ns)
            wrong("%s is read as %llu", text, (unsigned long long)back);
    }
}

TEST(times_of_sql_have_a_form_of_their_own)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        {0, "1970-01-01 00:00:00.000000"},
        {999, "1970-01-01 00:00:00.000001"},
        {1709251199999999999, "2024-03-01 00:00:00.000000"},
        {UINT64_MAX, "2554-07-21 23:34:33.709553"},
    };
    char text[40];

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        time_print_sql(cases[i].ns, text);
        eq_string(text, cases[i].text);
    }
}

TEST(a_part_of_a_time_bounds_it)
{
    static const struct {
        const char *text;
        uint64_t low, high; /* s; 0 for no time */
    } cases[] = {
        {"2024-02-29 23:59:59.5", 1709251199, 1709251200},
        {"2024-02-29 23:59", 1709251140, 1709251200},
        {"2024-02-29 23:", 1709247600, 1709251200},
        {"2024-02-29T23:59", 1709164800, 1709251200},
        {"2024-02-30", 1706745600, 1709424000},
        {"2024-0", 1704067200, 1735689600},
        {"1969", 0, 31622400},
        {"202", 0, 0},
        {"today", 0, 0},
        {"", 0, 0},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t low = 0, high = 0;
        if (time_bounds_sql(text_of(cases[i].text), &low, &high) !=
                (cases[i].high > 0) ||
            low != (cases[i].low ? cases[i].low * 1000000000 - TIME_NEAR : 0) ||
            high !=
                (cases[i].high ? cases[i].high * 1000000000 + TIME_NEAR : 0))
            wrong("'%s': %llu to %llu", cases[i].text, (unsigned long long)low,
                  (unsigned long long)high);
    }
}

/* Anywhere between 1970 and 2554, and close to whole seconds. */
TEST(both_forms_of_a_time_agree_and_are_in_its_bounds)
{
    uint64_t seed = 1, low = 0, high = 0;
    char text[40], other[40];

    UNUSED_STATE;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t ns =
            i % 2 ? seed : seed / 1000000000 * 1000000000 + seed % 997;
        time_print_sql(ns, text);
        time_print(ns, other);
        other[10] = ' ';
        memcpy(other + (other[19] == '.' ? 26 : 19), ".000000", 8);
        other[26] = '\0';
        eq_string(text, other);
        double real = (double)ns;
        if (ns > INT64_MAX && real < 18446744073709551616.0)
            time_print_sql((uint64_t)real, text);
        ok(time_bounds_sql(text_of(text), &low, &high));
        if (low > ns || high <= ns)
            wrong("%llu is '%s'", (unsigned long long)ns, text);
    }
}

TEST(the_locale_has_no_say)
{
    UNUSED_STATE;
    char *old = setlocale(LC_NUMERIC, "de_DE.UTF-8");

    eq_int(read_ns("1772359200.25"), 1772359200250000000);
    if (old != NULL)
        setlocale(LC_NUMERIC, "C");
}

TEST(clocks_go_forward)
{
    UNUSED_STATE;
    uint64_t before = time_monotonic();

    ok(time_monotonic() >= before);
    ok(time_now() > 1700000000000000000u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_read),
        cmocka_unit_test(vectors_are_printed),
        cmocka_unit_test(vectors_of_nanoseconds_are_rounded),
        cmocka_unit_test(reasons_are_pydantics),
        cmocka_unit_test(numbers_are_seconds_or_milliseconds),
        cmocka_unit_test(the_last_instant_is_in_2554),
        cmocka_unit_test(naive_times_are_refused_on_demand),
        cmocka_unit_test(every_day_is_printed_as_it_is_read),
        cmocka_unit_test(times_of_sql_have_a_form_of_their_own),
        cmocka_unit_test(a_part_of_a_time_bounds_it),
        cmocka_unit_test(both_forms_of_a_time_agree_and_are_in_its_bounds),
        cmocka_unit_test(the_locale_has_no_say),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}
