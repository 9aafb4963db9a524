/* Values in the formats of Java's files. */
#include "support.h"

#include "brokers/java_text.h"

struct text_case {
    const char *text, *written;
};

static void assert_written(void (*append)(struct buffer *, struct slice),
                           const struct text_case *cases, size_t count)
{
    struct buffer text;
    buffer_init(&text, 1000);
    for (size_t i = 0; i < count; i++) {
        char *copy = exact_copy(slice_of(cases[i].text));
        buffer_clear(&text);
        append(&text, slice_of(copy));
        assert_slice(buffer_slice(&text), cases[i].written);
        free(copy);
    }
    buffer_close(&text);
}

static void test_properties(void **state)
{
    static const struct text_case cases[] = {
        {"", ""},
        {"a~b", "a~b"},
        {" #!:=\\ ", "\\ \\#\\!\\:\\=\\\\\\ "},
        {"\t\n\x7f", "\\u0009\\u000a\\u007f"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\\u00e9\\u20ac\\ud83d\\ude00"},
        {"\x80", "\\ufffd"},
        {"\xc1\xbf", "\\ufffd\\ufffd"},
        {"\xf5z", "\\ufffdz"},
        {"a\xc3", "a\\ufffd"},
        {"a\xf0\x9f\x98", "a\\ufffd\\ufffd\\ufffd"},
    };
    (void)state;
    assert_written(java_append_property, cases, COUNT(cases));
}

static void test_jaas(void **state)
{
    static const struct text_case cases[] = {
        {"", "\"\""},
        {"a 'b' ;#/", "\"a 'b' ;#/\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"a\n1\t", "\"a\\0121\\011\""},
    };
    (void)state;
    assert_written(java_append_jaas, cases, COUNT(cases));
    assert_true(java_expands_in_jaas(SLICE("a${b}")));
    assert_true(java_expands_in_jaas(SLICE("${}")));
    assert_false(java_expands_in_jaas(SLICE("${")));
    assert_false(java_expands_in_jaas(SLICE("}${a")));
    assert_false(java_expands_in_jaas(SLICE("$")));
    assert_false(java_expands_in_jaas(SLICE("$ {a}")));
    assert_false(java_expands_in_jaas(SLICE("")));
}

/* The results are those of Jetty's own class. */
static void test_jetty(void **state)
{
    static const struct text_case cases[] = {
        {"", "OBF:"},
        {"a", "OBF:1ri7"},
        {"password", "OBF:1v2j1uum1xtv1zej1zer1xtn1uvk1v1v"},
        {"\xc3\xa9~", "OBF:U12m6U0xihU0p1f"},
        {" #!second \\u0041 pass'\"<&>${x}-#{1+1} ",
         "OBF:11tr1kpx15db1kg71iur1x0n1i2z1juo1xly1j531vmo1jgw1awh166h1bav15la137c1y0s1v1p1v2p1y0y"
         "137q15kg1bbb165x1ax91jce1voe1j9z1xnc1jr21hyr1x1z1irv1kc715e71kux11tr"},
    };
    (void)state;
    assert_written(java_append_obfuscated, cases, COUNT(cases));
}

static void test_spring(void **state)
{
    static const struct text_case cases[] = {
        {"", ""},
        {"$", "$"},
        {"a#", "a#"},
        {"a'b\"\\$#", "a'b\"\\$#"},
        {"a'b\"\\$#{", "${-:}#{'a''b\"\\$#'+'{'}"},
        {"#", "${-:}#{'#'}"},
        {"#'", "${-:}#{'#'''}"},
        {"${x}", "${-:}#{'$'+'{x}'}"},
        {"##{{1}}", "${-:}#{'##'+'{{1}}'}"},
    };
    (void)state;
    assert_written(java_append_spring, cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_jaas),
        cmocka_unit_test(test_jetty),
        cmocka_unit_test(test_spring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
