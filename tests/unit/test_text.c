/* base/text: characters, decimal numbers, printable lines and hashes. */
#include "support.h"

#include "base/text.h"

static void characters(void **state)
{
    (void)state;
    static const char hex[] = "0123456789abcdef", capitals[] = "0123456789ABCDEF";
    for (int c = 0; c < 256; c++) {
        const char *lower = c ? strchr(hex, c) : NULL, *upper = c ? strchr(capitals, c) : NULL;
        int value = lower ? (int)(lower - hex) : upper ? (int)(upper - capitals) : -1;
        assert_int_equal(text_hex_value((char)c), value);
        assert_int_equal(text_is_digit((char)c), c >= '0' && c <= '9');
        bool letter = c < 128 && ((c | 32) >= 'a' && (c | 32) <= 'z');
        assert_int_equal(text_is_alphanumeric((char)c), letter || (c >= '0' && c <= '9'));
        const char text[] = {'a', (char)c};
        assert_int_equal(text_is_word((struct slice){text, 2}, "-."),
                         text_is_alphanumeric((char)c) || c == '-' || c == '.');
        assert_int_equal(text_has_only((struct slice){text, 2}, "ab."),
                         c == 'a' || c == 'b' || c == '.');
    }
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t max, number; /* -1: refused */
    } cases[] = {
        {"0", 0, 0},
        {"1", 0, -1},
        {"007", 7, 7},
        {"9223372036854775807", INT64_MAX, INT64_MAX},
        {"9223372036854775808", INT64_MAX, -1},
        {"99999999999999999999", INT64_MAX, -1},
        {"00000000000000000000000001", 1, 1},
        {"100", 99, -1},
        {"99", 99, 99},
        {"", 9, -1},
        {"-1", 9, -1},
        {"+1", 9, -1},
        {"1 ", 9, -1},
        {"1a", 99, -1},
        {"\xd9\xa1", 9, -1}, /* a digit of another script */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t number = -1;
        bool good = text_number(slice_of(cases[i].text), cases[i].max, &number);
        if (number != cases[i].number || good != (cases[i].number >= 0))
            fail_msg("%s: %lld", cases[i].text, (long long)number);
    }
    int64_t number = 5;
    assert_false(text_number((struct slice){NULL, 0}, 9, &number));
    assert_int_equal(number, 5);
}

static void copies(void **state)
{
    (void)state;
    char place[4] = "xyz";
    text_copy(place, sizeof place, SLICE("abc"));
    assert_string_equal(place, "abc");
    text_copy(place, sizeof place, SLICE("a"));
    assert_string_equal(place, "a");
    text_copy(place, sizeof place, SLICE("abcd"));
    assert_string_equal(place, "abc");
    text_copy(place, sizeof place, (struct slice){NULL, 0});
    assert_string_equal(place, "");
    text_copy(place, 1, SLICE("a"));
    assert_string_equal(place, "");
}

static void control_characters(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        size_t bytes;
    } cases[] = {
        {{NULL, 0}, 0},           {SLICE_INIT(""), 0},         {SLICE_INIT("\0x"), 1},
        {SLICE_INIT("\x1f"), 1},  {SLICE_INIT(" "), 0},        {SLICE_INIT("~"), 0},
        {SLICE_INIT("\x7fx"), 1}, {SLICE_INIT("\xc2\x80"), 2}, {SLICE_INIT("\xc2\x9fx"), 2},
        {SLICE_INIT("\xc2"), 0},  {SLICE_INIT("\xc2\xa0"), 0}, {SLICE_INIT("\xc3\x80"), 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_control(cases[i].text) != cases[i].bytes)
            fail_msg("row %zu", i);
    char line[] = "a\tb\x7f\xc2\x85\xff\xc2\xa0\n";
    text_make_line(line);
    assert_string_equal(line, "a?b????\xc2\xa0?");
}

static void hashes(void **state)
{
    (void)state;
    /* Values of the reference implementation, without the offset basis. */
    uint64_t basis = 14695981039346656037U;
    assert_true((text_hash(TEXT_HASH, SLICE("")) ^ basis) == basis);
    assert_true((text_hash(TEXT_HASH, SLICE("a")) ^ basis) == 0xaf63dc4c8601ec8cU);
    assert_true((text_hash(TEXT_HASH, SLICE("foobar")) ^ basis) == 0x85944171f73967e8U);
    assert_true(text_hash(text_hash(TEXT_HASH, SLICE("foo")), SLICE("bar")) ==
                text_hash(TEXT_HASH, SLICE("foobar")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters),         cmocka_unit_test(numbers), cmocka_unit_test(copies),
        cmocka_unit_test(control_characters), cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
