/* mq/broker_input: what CreateBroker and UpdateBroker are told, its rules, and what becomes of it.
 */
#include "rule_world.h"

#include "mq/broker_input.h"
#include "mq/users.h"

static struct broker_input *read_input(const struct members *members, const char *body,
                                       struct arena *arena, struct member_error *error,
                                       enum result *result)
{
    struct json_error syntax = {NULL, 0};
    const struct json *object = NULL;
    struct broker_input *input = arena_alloc(arena, members->size);
    assert_non_null(input);
    memset(input, 0, members->size);
    *error = (struct member_error){.id = ERROR_NONE};
    assert_int_equal(json_parse(arena, slice_of(body), &object, &syntax), RESULT_OK);
    *result = members_read(members, object, input, arena, error);
    return input;
}

#define LDAP_REST                                                                          \
    "\"roleBase\":\"rb\",\"roleSearchMatching\":\"rm\",\"serviceAccountPassword\":\"sp\"," \
    "\"serviceAccountUsername\":\"su\",\"userBase\":\"ub\",\"userSearchMatching\":\"um\""

static void every_member_finds_its_place(void **state)
{
    (void)state;
    static const char body[] =
        "{\"authenticationStrategy\":\"as\",\"autoMinorVersionUpgrade\":false,"
        "\"brokerName\":\"bn\",\"configuration\":{\"id\":\"ci\",\"revision\":7},"
        "\"creatorRequestId\":\"cr\",\"deploymentMode\":\"dm\","
        "\"encryptionOptions\":{\"kmsKeyId\":\"kk\",\"useAwsOwnedKey\":false},"
        "\"engineType\":\"et\",\"engineVersion\":\"ev\",\"hostInstanceType\":\"hi\","
        "\"ldapServerMetadata\":{\"hosts\":[\"h1\"],\"roleName\":\"rn\",\"roleSearchSubtree\":true,"
        "\"userRoleName\":\"un\",\"userSearchSubtree\":false," LDAP_REST "},"
        "\"logs\":{\"audit\":true,\"general\":false},"
        "\"maintenanceWindowStartTime\":{\"dayOfWeek\":\"dw\",\"timeOfDay\":\"td\","
        "\"timeZone\":\"tz\"},\"publiclyAccessible\":true,\"securityGroups\":[\"sg\"],"
        "\"storageSize\":15,\"storageType\":\"st\",\"subnetIds\":[\"s1\",\"s2\"],"
        "\"tags\":{\"k\":\"v\"},\"users\":[{\"consoleAccess\":true,\"groups\":[\"g\"],"
        "\"password\":\"pw\",\"replicationUser\":false,\"username\":\"un\"}],"
        "\"dataReplicationMode\":\"dr\",\"dataReplicationPrimaryBrokerArn\":\"dp\"}";
    struct arena arena;
    struct member_error error;
    enum result result = RESULT_OK;
    arena_init(&arena, 1 << 20);
    const struct broker_input *input =
        read_input(&create_broker_members, body, &arena, &error, &result);
    assert_int_equal(result, RESULT_OK);
    assert_slice(input->authentication_strategy, "as");
    assert_int_equal(input->auto_minor_version_upgrade, OPTIONAL_FALSE);
    assert_slice(input->broker_name, "bn");
    assert_slice(input->configuration->id, "ci");
    assert_true(input->configuration->revision.present &&
                input->configuration->revision.value == 7);
    assert_slice(input->creator_request_id, "cr");
    assert_slice(input->deployment_mode, "dm");
    assert_slice(input->encryption->kms_key_id, "kk");
    assert_int_equal(input->encryption->use_aws_owned_key, OPTIONAL_FALSE);
    assert_slice(input->engine_type, "et");
    assert_slice(input->engine_version, "ev");
    assert_slice(input->host_instance_type, "hi");
    const struct ldap_input *ldap = input->ldap;
    assert_slice(ldap->hosts.items[0], "h1");
    assert_slice(ldap->role_base, "rb");
    assert_slice(ldap->role_name, "rn");
    assert_slice(ldap->role_search_matching, "rm");
    assert_int_equal(ldap->role_search_subtree, OPTIONAL_TRUE);
    assert_slice(ldap->service_account_password, "sp");
    assert_slice(ldap->service_account_username, "su");
    assert_slice(ldap->user_base, "ub");
    assert_slice(ldap->user_role_name, "un");
    assert_slice(ldap->user_search_matching, "um");
    assert_int_equal(ldap->user_search_subtree, OPTIONAL_FALSE);
    assert_int_equal(input->logs->audit, OPTIONAL_TRUE);
    assert_int_equal(input->logs->general, OPTIONAL_FALSE);
    assert_slice(input->window->day_of_week, "dw");
    assert_slice(input->window->time_of_day, "td");
    assert_slice(input->window->time_zone, "tz");
    assert_int_equal(input->publicly_accessible, OPTIONAL_TRUE);
    assert_slice(input->security_groups.items[0], "sg");
    assert_true(input->storage_size.present && input->storage_size.value == 15);
    assert_slice(input->storage_type, "st");
    assert_slice(input->subnet_ids.items[1], "s2");
    assert_slice(input->tags.items[0].value, "v");
    const struct user_input *users = input->users.items;
    assert_slice(users[0].username, "un");
    assert_slice(users[0].password, "pw");
    assert_slice(users[0].groups.items[0], "g");
    assert_int_equal(users[0].console_access, OPTIONAL_TRUE);
    assert_int_equal(users[0].replication_user, OPTIONAL_FALSE);
    assert_slice(input->data_replication_mode, "dr");
    assert_slice(input->data_replication_primary, "dp");
    arena_close(&arena);
}

#define REQUIRED                                                          \
    "\"brokerName\":\"b\",\"deploymentMode\":\"d\",\"engineType\":\"e\"," \
    "\"hostInstanceType\":\"h\",\"publiclyAccessible\":false"

/* In the order of the model; what is missing comes after every wrong type. */
static void the_first_breach_of_a_body(void **state)
{
    (void)state;
    static const struct {
        const struct members *members;
        const char *body, *path, *type; /* type NULL: it is missing; path NULL: it is fine */
    } cases[] = {
        {&create_broker_members, "{}", "brokerName", NULL},
        {&create_broker_members, "{\"brokerName\":\"b\"}", "deploymentMode", NULL},
        {&create_broker_members, "{\"brokerName\":\"b\",\"deploymentMode\":\"d\"}", "engineType",
         NULL},
        {&create_broker_members,
         "{\"brokerName\":\"b\",\"deploymentMode\":\"d\",\"engineType\":\"e\"}", "hostInstanceType",
         NULL},
        {&create_broker_members,
         "{\"brokerName\":\"b\",\"deploymentMode\":\"d\",\"engineType\":\"e\","
         "\"hostInstanceType\":\"h\"}",
         "publiclyAccessible", NULL},
        {&create_broker_members, "{" REQUIRED "}", NULL, NULL},
        {&create_broker_members, "{" REQUIRED ",\"resourceShareArns\":1}", NULL, NULL},
        {&create_broker_members, "{\"configuration\":{}}", "brokerName", NULL},
        {&create_broker_members, "{" REQUIRED ",\"configuration\":{}}", "configuration.id", NULL},
        {&create_broker_members, "{" REQUIRED ",\"encryptionOptions\":{}}",
         "encryptionOptions.useAwsOwnedKey", NULL},
        {&create_broker_members, "{" REQUIRED ",\"ldapServerMetadata\":{" LDAP_REST "}}",
         "ldapServerMetadata.hosts", NULL},
        {&create_broker_members, "{" REQUIRED ",\"maintenanceWindowStartTime\":{}}",
         "maintenanceWindowStartTime.dayOfWeek", NULL},
        {&create_broker_members,
         "{" REQUIRED ",\"maintenanceWindowStartTime\":{\"dayOfWeek\":\"\"}}",
         "maintenanceWindowStartTime.timeOfDay", NULL},
        {&create_broker_members, "{" REQUIRED ",\"users\":[{\"username\":\"u\"}]}",
         "users[0].password", NULL},
        {&create_broker_members, "{" REQUIRED ",\"users\":[{\"password\":\"p\"}]}",
         "users[0].username", NULL},
        {&create_broker_members, "{\"users\":[{},{\"groups\":[7]}]}", "users[1].groups[0]",
         "string"},
        {&create_broker_members, "{\"configuration\":{\"revision\":1.5}}", "configuration.revision",
         "integer"},
        {&create_broker_members, "{\"logs\":{\"audit\":\"no\"}}", "logs.audit", "boolean"},
        {&create_broker_members, "{\"ldapServerMetadata\":{\"hosts\":\"h\"}}",
         "ldapServerMetadata.hosts", "list of strings"},
        {&create_broker_members, "{\"storageSize\":\"5\"}", "storageSize", "integer"},
        {&create_broker_members, "{\"tags\":{\"k\":null}}", "tags.k", "string"},
        {&create_broker_members, "{\"dataReplicationMode\":1,\"users\":1}", "users",
         "list of objects"},
        {&update_broker_members, "{}", NULL, NULL},
        /* What is not for an update is unknown there. */
        {&update_broker_members, "{\"brokerName\":1,\"users\":1,\"tags\":1,\"engineType\":1}", NULL,
         NULL},
        {&update_broker_members, "{\"resourceShareArns\":[1]}", "resourceShareArns[0]", "string"},
        {&update_broker_members, "{\"configuration\":{\"revision\":1}}", "configuration.id", NULL},
        {&update_broker_members, "{\"autoMinorVersionUpgrade\":\"true\"}",
         "autoMinorVersionUpgrade", "boolean"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct member_error error;
        enum result result = RESULT_OK;
        arena_init(&arena, 1 << 20);
        read_input(cases[i].members, cases[i].body, &arena, &error, &result);
        assert_int_equal(result, cases[i].path ? RESULT_INVALID : RESULT_OK);
        if (cases[i].path && !slice_equal(error.path, slice_of(cases[i].path)))
            fail_msg("%s: %s", cases[i].body, error.path.data);
        if (cases[i].type)
            assert_string_equal(error.type, cases[i].type);
        else if (cases[i].path)
            assert_int_equal(error.id, ERROR_MISSING_MEMBER);
        arena_close(&arena);
    }
}

/* ---- rules ---- */

static void strategies_go_with_their_engine(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum engine engine;
        enum strategy wanted;
        const char *answer;
    } cases[] = {
        {"simple", ENGINE_ACTIVEMQ, STRATEGY_SIMPLE, NULL},
        {"LDAP", ENGINE_ACTIVEMQ, STRATEGY_LDAP, NULL},
        {"Simple", ENGINE_RABBITMQ, STRATEGY_SIMPLE, NULL},
        {"config_Managed", ENGINE_RABBITMQ, STRATEGY_CONFIG_MANAGED, NULL},
        {"config_Managed", ENGINE_ACTIVEMQ, STRATEGY_ABSENT,
         FAILS("authenticationStrategy", "Broker engine type [ActiveMQ] does not support "
                                         "authentication strategy [CONFIG_MANAGED].")},
        {"ldap", ENGINE_RABBITMQ, STRATEGY_ABSENT,
         FAILS("authenticationStrategy",
               "Broker engine type [RabbitMQ] does not support authentication strategy [LDAP].")},
        {"none", ENGINE_ACTIVEMQ, STRATEGY_ABSENT,
         FAILS("authenticationStrategy",
               "Value of [authenticationStrategy] is invalid: [none]. Valid values are: [SIMPLE, "
               "LDAP, CONFIG_MANAGED].")},
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        enum strategy value = STRATEGY_ABSENT;
        bool good = input_check_strategy(&call, slice_of(cases[i].value), &value) &&
                    input_check_strategy_of(&call, cases[i].engine, value);
        check_answer(&call, good, cases[i].answer);
        if (good)
            assert_int_equal(value, cases[i].wanted);
    }
    struct call call = start(&w);
    enum strategy absent = STRATEGY_LDAP;
    assert_true(input_check_strategy(&call, (struct slice){NULL, 0}, &absent));
    assert_int_equal(absent, STRATEGY_ABSENT);
    world_close(&w);
}

static void windows_have_time_day_and_zone(void **state)
{
    (void)state;
    static const char day_error[] =
        FAILS("maintenanceWindowStartTime.dayOfWeek",
              "Day [%s] is invalid. Specify a day of the week. Example: MONDAY.");
    static const char time_error[] =
        FAILS("maintenanceWindowStartTime.timeOfDay",
              "Time [%s] is invalid. Specify time in 24-hour format and use only numbers separated "
              "by a colon. Example: 13:05.");
    static const char zone_error[] = FAILS(
        "maintenanceWindowStartTime.timeZone",
        "Time zone [%s] is invalid. Specify a time zone in the Country/City or the UTC offset "
        "format.");
    static const struct {
        const char *day, *time, *zone, *error, *named;
    } cases[] = {
        {"MONDAY", "00:00", NULL, NULL, NULL},
        {"sunday", "23:59", "Europe/Berlin", NULL, NULL},
        {"FriDay", "13:05", "+05:30", NULL, NULL},
        {"FREITAG", "13:05", NULL, day_error, "FREITAG"},
        {"", "13:05", NULL, day_error, ""},
        {"FREITAG", "1:0", NULL, time_error, "1:0"},
        {"MONDAY", "24:00", "Mars/Base", time_error, "24:00"},
        {"FREITAG", "13:05", "Mars/Base", day_error, "FREITAG"},
        {"MONDAY", "13:05", "Mars/Base", zone_error, "Mars/Base"},
        {"MONDAY", "13:05", "", zone_error, ""},
        {"MONDAY", "13:05", "europe/berlin", zone_error, "europe/berlin"},
        {"MONDAY", "13:05", "../../etc/passwd", zone_error, "../../etc/passwd"},
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        struct window_input window = {
            slice_of(cases[i].day), slice_of(cases[i].time), {NULL, 0}, WEEKDAY_ABSENT};
        if (cases[i].zone)
            window.time_zone = slice_of(cases[i].zone);
        char wanted[400] = "";
        if (cases[i].error) {
            const char *place = strstr(cases[i].error, "%s");
            snprintf(wanted, sizeof wanted, "%.*s%s%s", (int)(place - cases[i].error),
                     cases[i].error, cases[i].named, place + 2);
        }
        bool good = input_check_window(&call, &window);
        check_answer(&call, good, cases[i].error ? wanted : NULL);
        if (good) {
            assert_slice(window.time_zone, cases[i].zone ? cases[i].zone : "UTC");
            assert_true(slice_equal_ignoring_case(term_text(&weekday_terms, window.day),
                                                  slice_of(cases[i].day)));
        }
    }
    struct call call = start(&w);
    assert_true(input_check_window(&call, NULL));
    world_close(&w);
}

static void ldap_hosts_and_network_ids(void **state)
{
    (void)state;
    struct slice hosts[] = {SLICE("ldap-1.example.com"), SLICE("10.0.0.1"), SLICE("third")};
    struct slice bad[] = {SLICE("good"), SLICE("ldap://h:389")};
    static const char count[] = FAILS("ldapServerMetadata.hosts", "Specify one or two LDAP hosts.");
    static const char form[] =
        FAILS("ldapServerMetadata.hosts",
              "LDAP host [ldap://h:389] is invalid. Specify a host name without protocol or port.");
    const struct {
        struct strings list;
        const char *answer;
    } cases[] = {
        {{true, 0, hosts}, count}, {{true, 1, hosts}, NULL}, {{true, 2, hosts}, NULL},
        {{true, 3, hosts}, count}, {{true, 2, bad}, form},
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        struct ldap_input ldap = {.hosts = cases[i].list};
        check_answer(&call, input_check_ldap(&call, &ldap), cases[i].answer);
    }
    struct slice ids[] = {SLICE("sg-0A"), SLICE("sg_1"), SLICE("")};
    const struct {
        struct strings list;
        const char *answer;
    } groups[] = {
        {{false, 0, NULL}, NULL},
        {{true, 1, ids}, NULL},
        {{true, 3, ids}, FAILS("subnetIds", "Invalid value for [subnetIds]: [sg_1] is no ID.")},
        {{true, 1, ids + 2}, FAILS("subnetIds", "Invalid value for [subnetIds]: [] is no ID.")},
    };
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct call call = start(&w);
        check_answer(&call, input_check_ids(&call, "subnetIds", &groups[i].list), groups[i].answer);
    }
    world_close(&w);
}

static void replication_modes(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct call call = start(&w);
    enum replication_mode mode = REPLICATION_ABSENT;
    assert_true(input_check_replication(&call, SLICE("crdr"), &mode));
    assert_int_equal(mode, REPLICATION_CRDR);
    check_answer(&call, input_check_replication(&call, SLICE("both"), &mode),
                 FAILS("dataReplicationMode", "Value of [dataReplicationMode] is invalid: [both]. "
                                              "Valid values are: [NONE, CRDR]."));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_finds_its_place),
        cmocka_unit_test(the_first_breach_of_a_body),
        cmocka_unit_test(strategies_go_with_their_engine),
        cmocka_unit_test(windows_have_time_day_and_zone),
        cmocka_unit_test(ldap_hosts_and_network_ids),
        cmocka_unit_test(replication_modes),
    };
    return cmocka_run_group_tests_name("broker_input", tests, NULL, NULL);
}
