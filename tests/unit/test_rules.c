/* mq/rules: every boundary of the service's rules on names and passwords. */
#include "support.h"

#include "rule_cases.h"

#include "api/errors.h"
#include "mq/rules.h"

/* `count` times the text. */
static struct slice repeat(const char *text, size_t count)
{
    static char room[2000];
    size_t len = strlen(text);
    assert_true(len * count < sizeof room);
    for (size_t i = 0; i < count; i++)
        memcpy(room + i * len, text, len);
    room[len * count] = '\0';
    return (struct slice){room, len * count};
}

static const struct {
    const char *name;
    enum error_id (*rule)(struct slice);
} rules[] = {
    {"username", rule_username},
    {"password", rule_password},
    {"group", rule_group},
    {"rabbitmq-username", rule_rabbitmq_username},
    {"broker-name", rule_broker_name},
};

static void check_case(const struct rule_case *one)
{
    size_t at = 0;
    while (at < COUNT(rules) && strcmp(rules[at].name, one->rule) != 0)
        at++;
    assert_true(at < COUNT(rules));
    enum error_id id = rules[at].rule(one->value);
    const char *got = id == ERROR_NONE ? "ok" : error_text(id)->text;
    const char *wanted = one->broken ? one->broken->service : "ok";
    if (strcmp(got, wanted) != 0)
        fail_msg("tests/data/rules.tsv:%d: %s\n  not %s", one->line, got, wanted);
}

static void cases_of_the_table(void **state)
{
    (void)state;
    size_t count = 0;
    each_rule_case(check_case, &count);
    assert_true(count > 10);
}

/* Usernames and groups obey the same rule under different names. */
static void check_name(enum error_id (*rule)(struct slice), enum error_id length,
                       enum error_id characters)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    assert_int_equal(rule((struct slice){NULL, 0}), length);
    for (int c = 0; c < 128; c++) {
        const char text[] = {'a', (char)c, 'b', '\0'};
        bool good = c != 0 && strchr(alphabet, c);
        assert_int_equal(rule((struct slice){text, 3}), good ? ERROR_NONE : characters);
    }
}

static void characters_of_usernames_and_groups(void **state)
{
    (void)state;
    check_name(rule_username, ERROR_USERNAME_LENGTH, ERROR_USERNAME_CHARACTERS);
    check_name(rule_group, ERROR_GROUP_LENGTH, ERROR_GROUP_CHARACTERS);
}

static void characters_of_passwords(void **state)
{
    (void)state;
    /* SQLite would end the text at the NUL, and find it too short. */
    assert_int_equal(rule_password(SLICE("abcdefghij\0l")), ERROR_PASSWORD_PRINTABLE);
    for (char c = ' '; c <= '~'; c++) {
        const char text[] = {'a', 'b', 'c', c, 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', '\0'};
        assert_int_equal(rule_password(slice_of(text)),
                         strchr(",:=", c) ? ERROR_PASSWORD_CHARACTERS : ERROR_NONE);
    }
}

static void keys_of_page_tokens(void **state)
{
    (void)state;
    assert_true(rule_is_username(SLICE("ab")));
    assert_true(rule_is_username(repeat("~", 100)));
    assert_false(rule_is_username(SLICE("a")));
    assert_false(rule_is_username(SLICE("a b")));
    assert_false(rule_is_username(repeat("a", 101)));
    assert_true(rule_is_broker_id(SLICE("b")));
    assert_true(rule_is_broker_id(SLICE("b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9")));
    assert_true(rule_is_broker_id(repeat("Z", 100)));
    assert_false(rule_is_broker_id(SLICE("")));
    assert_false(rule_is_broker_id(repeat("Z", 101)));
    static const char *const others[] = {"a.b", "a_b", "a~b", "a b", "\xC3\xBC", "a/b", "a:b"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(rule_is_broker_id(slice_of(others[i])));
    assert_false(rule_is_broker_id(SLICE("a\0b")));
}

static void states_that_allow_a_change(void **state)
{
    (void)state;
    static const enum broker_state allowed[] = {STATE_RUNNING, STATE_CRITICAL_ACTION_REQUIRED,
                                                STATE_REPLICA};
    static const enum broker_state refused[] = {STATE_CREATION_IN_PROGRESS, STATE_CREATION_FAILED,
                                                STATE_REBOOT_IN_PROGRESS,
                                                STATE_DELETION_IN_PROGRESS};
    for (size_t i = 0; i < COUNT(allowed); i++)
        assert_true(rule_state_allows_change(allowed[i]));
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_false(rule_state_allows_change(refused[i]));
}

static void characters_of_broker_names(void **state)
{
    (void)state;
    assert_int_equal(rule_broker_name((struct slice){NULL, 0}), ERROR_BROKER_NAME_LENGTH);
    for (int c = 0; c < 128; c++) {
        const char text[] = {'a', (char)c, '\0'};
        bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    c == '-' || c == '_';
        assert_int_equal(rule_broker_name((struct slice){text, 2}),
                         good ? ERROR_NONE : ERROR_BROKER_NAME_CHARACTERS);
    }
}

static void hosts(void **state)
{
    (void)state;
    assert_true(rule_is_host(SLICE("a")));
    assert_true(rule_is_host(SLICE("ldap-1.Example.com")));
    assert_true(rule_is_host(repeat("x", 253)));
    assert_false(rule_is_host(repeat("x", 254)));
    assert_false(rule_is_host(SLICE("")));
    static const char *const others[] = {"ldap://host", "host:389", "a b", "a_b", "a/b", "[::1]"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(rule_is_host(slice_of(others[i])));
    assert_false(rule_is_host(SLICE("a\0b")));
}

static void minutes_of_a_day(void **state)
{
    (void)state;
    for (int minute = 0; minute < 24 * 60; minute++) {
        char time[16];
        snprintf(time, sizeof time, "%02d:%02d", minute / 60, minute % 60);
        assert_int_equal(rule_minute(slice_of(time)), minute);
    }
    static const char *const other_forms[] = {"1:05", "01:05:00", "1:05:59"};
    for (size_t i = 0; i < COUNT(other_forms); i++)
        assert_int_equal(rule_minute(slice_of(other_forms[i])), 65);
    static const char *const no_times[] = {
        "",      "24:00", "23:60", "01:0",   "01:000",  "01.00",    "-1:00",     "01:-1",
        "+1:00", " 1:00", "0a:00", "01:00 ", "13:5",    "99:99",    "0:1:00",    "00/00",
        "0::00", ":",     "1:",    "01:00:", "01:00:0", "01:00:60", "01:00:000", "001:00"};
    for (size_t i = 0; i < COUNT(no_times); i++)
        if (rule_minute(slice_of(no_times[i])) != -1)
            fail_msg("%s", no_times[i]);
    assert_int_equal(rule_minute((struct slice){NULL, 0}), -1);
}

static void when_users_are_shown(void **state)
{
    (void)state;
    enum { DELETE_MS = 1000, NOW_MS = 50000 };
    static const struct {
        enum broker_state state;
        int64_t step, due_ms;
        bool shown;
    } cases[] = {
        {STATE_RUNNING, 0, BROKER_UNSET, true},
        {STATE_RUNNING, 3, BROKER_UNSET, true},
        {STATE_CREATION_IN_PROGRESS, 0, NOW_MS + 20, false},
        {STATE_CREATION_IN_PROGRESS, 1, NOW_MS + 20, true},
        {STATE_CREATION_IN_PROGRESS, 2, NOW_MS + 20, true},
        {STATE_CREATION_IN_PROGRESS, 3, NOW_MS + 20, true},
        {STATE_CREATION_FAILED, 0, BROKER_UNSET, true},
        {STATE_REBOOT_IN_PROGRESS, 0, NOW_MS + 20, true},
        {STATE_REPLICA, 0, BROKER_UNSET, true},
        {STATE_CRITICAL_ACTION_REQUIRED, 0, BROKER_UNSET, true},
        /* The first 12 % of a deletion. */
        {STATE_DELETION_IN_PROGRESS, 0, NOW_MS + 1000, true},
        {STATE_DELETION_IN_PROGRESS, 3, NOW_MS + 881, true},
        {STATE_DELETION_IN_PROGRESS, 3, NOW_MS + 880, false},
        {STATE_DELETION_IN_PROGRESS, 3, NOW_MS, false},
        {STATE_DELETION_IN_PROGRESS, 3, NOW_MS - 1, false},
        {STATE_DELETION_IN_PROGRESS, 0, BROKER_UNSET, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct broker_head broker = {.engine = ENGINE_ACTIVEMQ,
                                     .state = cases[i].state,
                                     .creation_step = cases[i].step,
                                     .state_due_ms = cases[i].due_ms};
        if (rule_shows_users(&broker, DELETE_MS, NOW_MS) != cases[i].shown)
            fail_msg("row %zu", i);
        broker.engine = ENGINE_RABBITMQ;
        assert_false(rule_shows_users(&broker, DELETE_MS, NOW_MS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_of_the_table),
        cmocka_unit_test(characters_of_usernames_and_groups),
        cmocka_unit_test(characters_of_passwords),
        cmocka_unit_test(keys_of_page_tokens),
        cmocka_unit_test(states_that_allow_a_change),
        cmocka_unit_test(characters_of_broker_names),
        cmocka_unit_test(hosts),
        cmocka_unit_test(minutes_of_a_day),
        cmocka_unit_test(when_users_are_shown),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
