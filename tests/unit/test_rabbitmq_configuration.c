/* The configuration format of RabbitMQ brokers. */
#include "support.h"

#include "mq/rabbitmq_configuration.h"

static size_t refused_line(const char *text, bool sections)
{
    size_t line = 0;
    return rabbitmq_configuration_check(slice_of(text), sections, &line) ? 0 : line;
}

static void assert_all(const char *const *texts, size_t count, bool sections, size_t line)
{
    for (size_t i = 0; i < count; i++)
        if (refused_line(texts[i], sections) != line)
            fail_msg("\"%s\": line %zu instead of %zu", texts[i], refused_line(texts[i], sections),
                     line);
}

#define ASSERT_GOOD(texts) assert_all((texts), COUNT(texts), false, 0)
#define ASSERT_REFUSED(texts, line) assert_all((texts), COUNT(texts), false, (line))

static void test_CFG_38_settings_comments_and_blank_lines(void **state)
{
    static const char *const good[] = {
        "",
        "\n",
        "\r\n",
        " \t \n\n  ",
        "#",
        "# comment",
        "  # = indented [comment",
        "#\x01 whatever \x7f",
        "consumer_timeout = 1800000",
        "consumer_timeout=1800000\n",
        "\tconsumer_timeout\t=\t1800000\t\r\n",
        "a = b = c",
        "a = # no comment",
        "a = [x]",
        "a = \xc3\xa9\xf0\x9f\x98\x80",
        "a = with\ttabs and spaces",
        "auth_ldap.servers.1 = ldap.example.com",
        "$key-with_all.0.kinds = \"quoted\"",
        "a = 1\n\n# two\n  \nb.c = 2\n",
        "a = 1\r\nb = 2",
    };
    (void)state;
    ASSERT_GOOD(good);
}

static void test_CFG_39_any_other_line_is_refused(void **state)
{
    static const char *const bad[] = {
        "a",
        "a b = c",
        "= 1",
        "a =",
        "a = \t \n",
        "a: 1",
        "a;b = 1",
        "a/b=1",
        "a..b = 1",
        ".a = 1",
        "a. = 1",
        ". = 1",
        "é = 1",
        "\xef\xbb\xbf"
        "a = 1",
        "<a/>",
        "[section]",
        "a\x01=1",
        "a = \x01",
        "a = \x7f",
        "a = \r1",
        "\"a\" = 1",
        "a\rb=1",
        "\v\na = 1\n",
        "a\\.b=1",
    };
    (void)state;
    ASSERT_REFUSED(bad, 1);
}

static void test_CFG_39_the_number_of_the_first_bad_line(void **state)
{
    static const char *const second[] = {"a = 1\nb", "\nb\nc", "# x\r\nb\r\n", "a = 1\n= 2\n= 3\n"};
    (void)state;
    ASSERT_REFUSED(second, 2);
    assert_int_equal(refused_line("a = 1\n\n\n# x\nb = 2\nc\n", false), 6);
}

static void test_CFG_40_sections(void **state)
{
    static const char *const bad[] = {"[]",   "[ ]",  "[a",    "a]",    "[a]b",
                                      "[a]]", "[[a]", "[a b]", "[a..b]"};
    (void)state;
    assert_int_equal(refused_line("[listeners]\na = 1\n  [other.one]  \r\nb = 2", true), 0);
    assert_int_equal(refused_line("a = 1\n[listeners]\n", false), 2);
    assert_all(bad, COUNT(bad), true, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_CFG_38_settings_comments_and_blank_lines),
        cmocka_unit_test(test_CFG_39_any_other_line_is_refused),
        cmocka_unit_test(test_CFG_39_the_number_of_the_first_bad_line),
        cmocka_unit_test(test_CFG_40_sections),
    };
    return cmocka_run_group_tests_name("rabbitmq_configuration", tests, NULL, NULL);
}
