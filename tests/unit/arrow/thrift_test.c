/*
 * Thrift's compact protocol.
 */
#include "t.h"

#include "arrow/thrift.h"

TEST(fields_of_every_kind)
{
    UNUSED_STATE;
    struct thrift thrift;
    struct buf out;
    char text[200];

    buf_init(&out, 90);
    thrift_begin(&thrift, &out);
    thrift_i32(&thrift, 1, -1);
    thrift_i64(&thrift, 3, INT64_MIN);
    thrift_bool(&thrift, 4, true);
    thrift_bool(&thrift, 5, false);
    thrift_text(&thrift, 6, text_of("ab"));
    thrift_open(&thrift, 7);
    thrift_i32(&thrift, 15, 300);
    thrift_close(&thrift);
    thrift_list(&thrift, 8, THRIFT_I32, 2);
    thrift_item_i32(&thrift, 1);
    thrift_item_i32(&thrift, 2);
    thrift_list(&thrift, 9, THRIFT_STRUCT, 15);
    thrift_end(&thrift);
    hex_print(out.data, out.size, text);
    eq_string(text, "1501"                   /* 1: -1 */
                    "26ffffffffffffffffff01" /* 3 */
                    "1112"                   /* 4: true, 5: false */
                    "18026162"               /* 6: "ab" */
                    "1cf5d80400"             /* 7: {15: 300} */
                    "19250204"               /* 8: [1, 2] */
                    "19fc0f"                 /* 9: 15 structs */
                    "00");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_every_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
