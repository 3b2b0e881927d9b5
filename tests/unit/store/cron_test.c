/* cron_test.c - when a policy runs: hours of the week, in UTC. */
#include "t.h"

#include "store/cron.c"

#define HOUR_NS (UINT64_C(3600) * 1000000000)

static phx_status read_cron(const char *text, struct cron *out, phx_error *err)
{
    return cron_read(text_of(text), out, err);
}

static void means(const char *text, uint32_t hours, uint32_t weekdays)
{
    struct cron cron = {0};

    succeeds(read_cron(text, &cron, err));
    if (cron.hours != hours || cron.weekdays != weekdays)
        wrong("'%s' is %x %x", text, cron.hours, cron.weekdays);
}

TEST(fields_name_hours_and_weekdays)
{
    UNUSED_STATE;
    means("0 0 * * 0", 1, 1);
    means("0 * * * *", 0xFFFFFF, 0x7F);
    means("0 23 * * 6", 1u << 23, 1u << 6);
    means("0 00,07 * * *", 1 | 1 << 7, 0x7F);
    means("0 1-3 * * 1-5", 0xE, 0x3E);
    means("0 */6 * * */2", 1 | 1 << 6 | 1 << 12 | 1 << 18, 0x55);
    means("0 2-9/3 * * 0", 1 << 2 | 1 << 5 | 1 << 8, 1);
    means("0 20/2 * * 5/1", 1 << 20 | 1 << 22, 0x60);
    means("0 1,1-2,*/12 * * 3,0", 1 | 2 | 4 | 1 << 12, 9);
    means("0 */24 * * *", 1, 0x7F);
    means("0 5/23 * * 6-6", 1 << 5, 0x40);
    means(" \t0  4\t*  * 1 \n", 1 << 4, 2);
}

TEST(other_expressions_are_refused_with_their_place)
{
    static const struct {
        const char *text;
        int offset;
        const char *why;
    } rows[] = {
        {"", 0, "minute 0"},
        {"5 0 * * 0", 0, "minute 0"},
        {"00 0 * * 0", 0, "minute 0"},
        {"* 0 * * 0", 0, "minute 0"},
        {"0", 1, "blank"},
        {"0 24 * * 0", 2, "0 to 23"},
        {"0 -1 * * 0", 2, "0 to 23"},
        {"0 99999999999999999999 * * 0", 2, "0 to 23"},
        {"0 1,,2 * * 0", 4, "0 to 23"},
        {"0 1- * * 0", 4, "0 to 23"},
        {"0 5-3 * * 0", 3, "goes up"},
        {"0 */0 * * 0", 4, "step"},
        {"0 */100 * * 0", 4, "step"},
        {"0 1/2/3 * * 0", 5, "blank"},
        {"0 0 1 * 0", 4, "day of the month"},
        {"0 0 */2 * 0", 4, "day of the month"},
        {"0 0 * 1 0", 6, "month"},
        {"0 0 * * 7", 8, "0 to 6"},
        {"0 0 * * SUN", 8, "0 to 6"},
        {"0 0 * * 1x", 9, "end"},
        {"0 0 * * 1 2", 9, "end"},
        {"0 0 * *", 7, "blank"},
        {"@daily", 0, "minute 0"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cron cron;
        phx_error why = {0};
        eq_int(read_cron(rows[i].text, &cron, &why), PHX_INVALID);
        if (why.offset != rows[i].offset || !strstr(why.message, rows[i].why))
            wrong("'%s': %lld, %s", rows[i].text, (long long)why.offset,
                  why.message);
    }
}

/* 1970-01-01 was a Thursday; 2024-02-29 one, too. */
TEST(an_hour_belongs_to_its_weekday)
{
    const uint64_t leap = UINT64_C(1709164800) * 1000000000;
    struct cron cron;

    UNUSED_STATE;
    succeeds(read_cron("0 5 * * 4", &cron, err));
    ok(!cron_has(&cron, 0));
    ok(cron_has(&cron, 5 * HOUR_NS));
    ok(cron_has(&cron, 6 * HOUR_NS - 1));
    ok(!cron_has(&cron, 6 * HOUR_NS));
    ok(!cron_has(&cron, 29 * HOUR_NS));
    ok(cron_has(&cron, leap + 5 * HOUR_NS));
    ok(!cron_has(&cron, leap + 29 * HOUR_NS));
    succeeds(read_cron("0 0 * * 0", &cron, err));
    ok(cron_has(&cron, leap + 72 * HOUR_NS));
    int hours = 0;
    for (uint64_t i = 0; i < 24 * 365; i++) /* no hour of a year is twice */
        hours += cron_has(&cron, leap + i * HOUR_NS);
    eq_int(hours, 52);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_name_hours_and_weekdays),
        cmocka_unit_test(other_expressions_are_refused_with_their_place),
        cmocka_unit_test(an_hour_belongs_to_its_weekday),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
