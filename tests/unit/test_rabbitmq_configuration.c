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

#define THREE "'''"

static void test_CFG_60_quoted_values(void **state)
{
    static const char *const good[] = {
        "a = " THREE "b" THREE,
        "a=" THREE THREE,
        "a = " THREE "\n\n# no comment\n = \nb\n" THREE "\nc = 1",
        "a = " THREE "b\r\nc" THREE "\r\nd = 1\r\n",
        "a = " THREE "b" THREE " \t",
        "a = " THREE "b" THREE " # comment\n",
        "a = " THREE "one \' and two '' in it\n" THREE,
        "a = " THREE "\n{{m7g.large.1}}\n" THREE,
        "a = b" THREE,
        "a = \'" /* opens nothing: there are only one and two */,
        "a = ''",
        "# " THREE "\na = 1",
    };
    static const char *const first[] = {
        "a = " THREE,
        "a = " THREE "b\nc = 1\n",
        "a = " THREE "b''",
        "a = " THREE "b\n" THREE "c\nd",
        "a = " THREE "b" THREE "\'",
        "a = " THREE "b" THREE " c",
        "a = " THREE "b" THREE "\rc",
        "a = " THREE "\x01" THREE,
        THREE "a" THREE " = 1",
        " = " THREE "a" THREE,
    };
    (void)state;
    ASSERT_GOOD(good);
    ASSERT_REFUSED(first, 1);
    assert_int_equal(refused_line("a = " THREE "\n\n" THREE "\nb", false), 4);
    assert_int_equal(refused_line("a = " THREE "\r\n\r\n" THREE "\r\nb = " THREE "\r\n", false), 4);
}

static void test_CFG_40_sections(void **state)
{
    static const char *const good[] = {
        "{{m7g.large.1}}\n{{m7g.large.1}}",
        "connection_max = 1\n\n{{m7g.large.3}}\nconnection_max = 2\n{{m7g.large.3}}\na = 1\n",
        "  {{m7g.16xlarge.1}}\t\r\n# comment\r\n\r\nvhost_max = 1\r\n{{m7g.16xlarge.1}}\r\n",
        "{{m7g.large.1}}\n{{m7g.large.1}}\n{{m7g.large.3}}\n{{m7g.large.3}}",
        "{{m7g.large.1}}\nmax_message_size=1\nchannel_max_per_node=1\nconnection_max=1\n"
        "cluster_queue_limit=1\nvhost_max=1\nconsumer_max_per_channel=1\n"
        "runtime_parameters.limits.shovel=1\ncluster_exchange_limit=1\n{{m7g.large.1}}",
        "{{m7g.large.1}}\nvhost_max = 1\nvhost_max = 2\n{{m7g.large.1}}\n"
        "{{m7g.large.1}}\nvhost_max = 3\n{{m7g.large.1}}\n",
    };
    static const char *const first[] = {
        "{{m7g.large.1}}",
        "{{m7g.large.2}}\n{{m7g.large.2}}",
        "{{}}\n{{}}",
        "{{m7g.large}}\n{{m7g.large}}",
        "{{.1}}\n{{.1}}",
        "{{m7g..1}}\n{{m7g..1}}",
        "{{1}}\n{{1}}",
        "{{m7g.large.1}\n{{m7g.large.1}",
        "{{m7g.large.1",
        "{{ m7g.large.1 }}\n{{ m7g.large.1 }}",
        "{{M7g.large.1}}\n",
        "{{m7g.large.1}} # comment\n{{m7g.large.1}}",
        "{{{{",
        "{m7g.large.1}\n{m7g.large.1}",
        "[m7g.large.1]",
        "[listeners]\na = 1",
    };
    static const char *const second[] = {
        "{{m7g.large.1}}\na = 1\n{{m7g.large.1}}",
        "{{m7g.large.1}}\nConnection_max = 1\n{{m7g.large.1}}",
        "{{m7g.large.1}}\nconnection_max\n{{m7g.large.1}}",
        "{{m7g.large.1}}\n{{m7g.large.3}}\n{{m7g.large.3}}\n{{m7g.large.1}}",
        "a = 1\n{{m7g.large.1}}\nconnection_max = 1\n",
        "\n{{m7g.large.1}}\nconnection_max = " THREE "1\n{{m7g.large.1}}\n" THREE,
    };
    (void)state;
    assert_all(good, COUNT(good), true, 0);
    assert_all(first, COUNT(first), true, 1);
    assert_all(second, COUNT(second), true, 2);
    assert_int_equal(refused_line("a = 1\n{{m7g.large.1}}\n{{m7g.large.1}}\n", false), 2);
}

/* ---- what it says of a broker ---- */

static struct rabbitmq_settings settings_of(const char *text)
{
    struct rabbitmq_settings settings;
    rabbitmq_configuration_read(slice_of(text), SLICE("mq.m7g.large"), DEPLOYMENT_CLUSTER_MULTI_AZ,
                                &settings);
    return settings;
}

static void test_CFG_61_the_last_value_counts(void **state)
{
    static const struct {
        const char *text;
        int64_t wanted;
    } cases[] = {
        {"", RABBITMQ_UNLIMITED},
        {"# connection_max = 1", RABBITMQ_UNLIMITED},
        {"connection_max_ = 1\nCONNECTION_MAX = 1", RABBITMQ_UNLIMITED},
        {"connection_max = 7", 7},
        {"connection_max=007 # comment\r\n", 7},
        {"connection_max = " THREE "7" THREE, 7},
        {"connection_max = 1\nconnection_max = 2", 2},
        {"connection_max = 1\nconnection_max = infinity", RABBITMQ_UNLIMITED},
        {"connection_max = -1", RABBITMQ_UNLIMITED},
        {"connection_max = 9223372036854775807", INT64_MAX},
        {"connection_max = 9223372036854775808", INT64_MAX},
        {"connection_max = 99999999999999999999999999999999", INT64_MAX},
        {"connection_max = 1\n{{m7g.large.3}}\nconnection_max = 2\n{{m7g.large.3}}", 2},
        {"{{m7g.large.3}}\nconnection_max = 2\n{{m7g.large.3}}\nconnection_max = 1", 1},
        {"connection_max = 1\n{{m7g.large.1}}\nconnection_max = 2\n{{m7g.large.1}}", 1},
        {"connection_max = 1\n{{m7g.xlarge.3}}\nconnection_max = 2\n{{m7g.xlarge.3}}", 1},
        {"{{7g.large.3}}\nconnection_max = 2\n{{7g.large.3}}", RABBITMQ_UNLIMITED},
        {"{{m7g.large.3}}\nconnection_max = 2\n{{m7g.large.3}}\n"
         "{{m7g.large.3}}\nconnection_max = 3\n{{m7g.large.3}}",
         3},
        {"a = " THREE "\nconnection_max = 1\n" THREE, RABBITMQ_UNLIMITED},
        {"a bad line of a seed\nconnection_max = 4", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rabbitmq_settings settings = settings_of(cases[i].text);
        if (settings.limits.most[LIMIT_CONNECTION_MAX] != cases[i].wanted)
            fail_msg("\"%s\": %lld", cases[i].text,
                     (long long)settings.limits.most[LIMIT_CONNECTION_MAX]);
    }
    struct rabbitmq_settings all =
        settings_of("max_message_size=1\nchannel_max_per_node=2\nconnection_max=3\n"
                    "cluster_queue_limit=4\nvhost_max=5\nconsumer_max_per_channel=6\n"
                    "runtime_parameters.limits.shovel=7\ncluster_exchange_limit=8\n");
    for (int i = 0; i < RABBITMQ_LIMITS_END; i++)
        assert_int_equal(all.limits.most[i], i + 1);
    assert_true(settings_of("{{m7g.large.1}}\n{{m7g.large.1}}").has_sections);
    assert_false(settings_of("a = " THREE "\n{{m7g.large.1}}\n" THREE).has_sections);
}

static void test_CBR_38_backends_decide_the_strategy(void **state)
{
    static const char *const simple[] = {
        "",
        "auth_backends.1 = internal",
        "auth_backends.1.authn = internal # ldap\nauth_backends.2 = " THREE "internal" THREE,
        "# auth_backends.1 = ldap",
        "auth_ldap.servers.1 = ldap.example.com",
        "auth_backends = ldap",
        "my_auth_backends.1 = ldap",
        "a = " THREE "\nauth_backends.1 = ldap\n" THREE,
    };
    static const char *const managed[] = {
        "auth_backends.1 = ldap",
        "auth_backends.1 = oauth2\r\n",
        "auth_backends.1 = http",
        "auth_backends.1 = internal\nauth_backends.2 = ldap",
        "auth_backends.1 = ldap\nauth_backends.2 = internal",
        "auth_backends.1.authn = internal\nauth_backends.1.authz = ldap",
        "auth_backends.1 = " THREE "ldap" THREE,
    };
    (void)state;
    for (size_t i = 0; i < COUNT(simple); i++)
        assert_int_equal(settings_of(simple[i]).strategy, STRATEGY_SIMPLE);
    for (size_t i = 0; i < COUNT(managed); i++)
        assert_int_equal(settings_of(managed[i]).strategy, STRATEGY_CONFIG_MANAGED);
}

/* As much as a revision holds, of what might be looked through more than once. */
static void test_CFG_60_large_data(void **state)
{
    enum { SIZE = 1 << 20 };
    static const char *const lines[] = {
        "a = " THREE "\n", "a = " THREE THREE "\n", "\'\n", "{{m7g.large.1}}\n", "a = 1\n", "=\n"};
    char *text = malloc(SIZE + 1);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(lines); i++) {
        size_t len = strlen(lines[i]), at = 0, line = 0;
        memcpy(text, "a = " THREE THREE "\n", 11);
        for (at = 11; at + len <= SIZE; at += len)
            memcpy(text + at, lines[i], len);
        struct slice all = {text, at};
        struct rabbitmq_settings settings;
        rabbitmq_configuration_check(all, true, &line);
        rabbitmq_configuration_read(all, SLICE("mq.m7g.large"), DEPLOYMENT_SINGLE_INSTANCE,
                                    &settings);
        assert_int_equal(settings.has_sections, i == 3);
    }
    memset(text, '\'', SIZE);
    memcpy(text, "a = ", 4);
    text[SIZE] = '\0';
    assert_int_equal(refused_line(text, true), 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_CFG_38_settings_comments_and_blank_lines),
        cmocka_unit_test(test_CFG_39_any_other_line_is_refused),
        cmocka_unit_test(test_CFG_39_the_number_of_the_first_bad_line),
        cmocka_unit_test(test_CFG_60_quoted_values),
        cmocka_unit_test(test_CFG_40_sections),
        cmocka_unit_test(test_CFG_61_the_last_value_counts),
        cmocka_unit_test(test_CBR_38_backends_decide_the_strategy),
        cmocka_unit_test(test_CFG_60_large_data),
    };
    return cmocka_run_group_tests_name("rabbitmq_configuration", tests, NULL, NULL);
}
