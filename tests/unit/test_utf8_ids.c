/* base/utf8 and base/ids: validity, length, and the forms of identifiers. */
#include "support.h"

#include "base/ids.h"
#include "base/utf8.h"

static void validity_and_length(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        size_t valid; /* bytes */
        size_t length;
    } cases[] = {
        {{NULL, 0}, 0, 0},
        {SLICE_INIT(""), 0, 0},
        {SLICE_INIT("a\0b"), 3, 3},
        {SLICE_INIT("\x7f"), 1, 1},
        {SLICE_INIT("\xC2\x80\xDF\xBF"), 4, 2},
        {SLICE_INIT("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"), 12, 4},
        {SLICE_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), 8, 2},
        {SLICE_INIT("ab\x80"), 2, 0},
        {SLICE_INIT("ab\xC3"), 2, 0},
        {SLICE_INIT("ab\xC3(c"), 2, 0},
        {SLICE_INIT("\xC0\xAF"), 0, 0}, /* overlong */
        {SLICE_INIT("x\xC1\xBF"), 1, 0},
        {SLICE_INIT("x\xE0\x9F\xBF"), 1, 0},
        {SLICE_INIT("x\xF0\x8F\xBF\xBF"), 1, 0},
        {SLICE_INIT("x\xED\xA0\x80"), 1, 0}, /* a surrogate */
        {SLICE_INIT("x\xED\xBF\xBF"), 1, 0},
        {SLICE_INIT("x\xF4\x90\x80\x80"), 1, 0}, /* beyond U+10FFFF */
        {SLICE_INIT("x\xF5\x80\x80\x80"), 1, 0},
        {SLICE_INIT("x\xFE\xFF"), 1, 0},
        {SLICE_INIT("\xE2\x82"), 0, 0},
        {SLICE_INIT("\xF0\x9F\x98"), 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = exact_copy(cases[i].text);
        struct slice slice = {text, cases[i].text.len};
        if (utf8_valid_prefix(slice) != cases[i].valid ||
            utf8_valid(slice) != (cases[i].valid == slice.len) ||
            utf8_is_text(slice) != (utf8_valid(slice) && strlen(text) == slice.len))
            fail_msg("row %zu", i);
        if (utf8_valid(slice))
            assert_int_equal(utf8_length(slice), cases[i].length);
        free(text);
    }
}

static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        bool good = *form == 'h'   ? strchr("0123456789abcdef", *text) != NULL
                    : *form == 'v' ? strchr("89ab", *text) != NULL
                    : *form == 'b'
                        ? strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_") > 0
                        : *form == *text;
        if (!good || *text == '\0')
            return false;
    }
    return *text == '\0';
}

/* Enough of them to draw on fresh random bytes several times. */
static void random_ids_have_their_form_and_differ(void **state)
{
    (void)state;
    enum { IDS = 600 };
    static char uuids[IDS][ID_UUID], apigws[IDS][ID_APIGW], traces[IDS][ID_TRACE];
    for (size_t i = 0; i < IDS; i++) {
        id_uuid(uuids[i]);
        id_apigw(apigws[i]);
        id_trace(0x6567abcd, traces[i]);
        assert_true(has_form(uuids[i], "hhhhhhhh-hhhh-4hhh-vhhh-hhhhhhhhhhhh"));
        assert_true(has_form(apigws[i], "bbbbbbbbbbbbbbb="));
        assert_true(has_form(traces[i], "Root=1-6567abcd-hhhhhhhhhhhhhhhhhhhhhhhh"));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(uuids[i], uuids[j]);
            assert_string_not_equal(apigws[i], apigws[j]);
            assert_string_not_equal(traces[i], traces[j]);
        }
    }
    id_trace(1, traces[0]);
    assert_memory_equal(traces[0], "Root=1-00000001-", 16);
}

static void stable_ids_follow_from_their_text(void **state)
{
    (void)state;
    char a[ID_UUID], b[ID_UUID], hex[65];
    assert_int_equal(id_stable_uuid(SLICE("configuration/b-1"), a), RESULT_OK);
    assert_int_equal(id_stable_uuid(SLICE("configuration/b-1"), b), RESULT_OK);
    assert_string_equal(a, b);
    assert_true(has_form(a, "hhhhhhhh-hhhh-4hhh-vhhh-hhhhhhhhhhhh"));
    assert_int_equal(id_stable_uuid(SLICE("configuration/b-2"), b), RESULT_OK);
    assert_string_not_equal(a, b);
    /* The hash of "abc" (FIPS 180-4), cut. */
    assert_int_equal(id_stable_hex(SLICE("abc"), 17, hex), RESULT_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea4");
    assert_int_equal(id_stable_hex(SLICE("abc"), 64, hex), RESULT_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(id_stable_hex(SLICE("abc"), 0, hex), RESULT_OK);
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validity_and_length),
        cmocka_unit_test(random_ids_have_their_form_and_differ),
        cmocka_unit_test(stable_ids_follow_from_their_text),
    };
    return cmocka_run_group_tests_name("utf8_ids", tests, NULL, NULL);
}
