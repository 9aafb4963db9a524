/* mq/broker_input: rules that look at the broker, and what an input becomes in the store. */
#include "rule_world.h"

#include "mq/broker_configuration.h"
#include "store/catalogue.h"

static void the_upgrade_can_be_off_for_old_versions(void **state)
{
    (void)state;
    static const struct {
        enum engine engine;
        const char *version;
        bool upgrade, good;
    } cases[] = {
        {ENGINE_ACTIVEMQ, "5.18", false, false}, {ENGINE_ACTIVEMQ, "5.19", false, false},
        {ENGINE_ACTIVEMQ, "5.18", true, true},   {ENGINE_ACTIVEMQ, "5.17.6", false, true},
        {ENGINE_ACTIVEMQ, "5.9", false, true},   {ENGINE_RABBITMQ, "3.13", false, false},
        {ENGINE_RABBITMQ, "4.2", false, false},  {ENGINE_RABBITMQ, "3.12.9", false, true},
        {ENGINE_RABBITMQ, "3.9", false, true},   {ENGINE_RABBITMQ, "4.2", true, true},
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        char wanted[300];
        snprintf(wanted, sizeof wanted,
                 FAILS("autoMinorVersionUpgrade",
                       "Brokers on [%s] version [%s] must have [autoMinorVersionUpgrade] set to "
                       "[true]."),
                 cases[i].engine == ENGINE_RABBITMQ ? "RabbitMQ" : "ActiveMQ", cases[i].version);
        bool good = input_check_auto_minor(&call, cases[i].engine, slice_of(cases[i].version),
                                           cases[i].upgrade, ERROR_AUTO_MINOR);
        check_answer(&call, good, cases[i].good ? NULL : wanted);
    }
    world_close(&w);
}

static void storage_can_be_sized_in_new_clusters(void **state)
{
    (void)state;
    static const char not_here[] =
        FAILS("storageSize",
              "Specifying [storageSize] is only supported for RabbitMQ 4 brokers with deployment "
              "mode [CLUSTER_MULTI_AZ] on mq.m7g instance types.");
    static const char size[] =
        FAILS("storageSize", "Storage size is invalid. Specify a multiple of [5] up to [75].");
    static const struct {
        enum engine engine;
        const char *version;
        enum deployment_mode mode;
        int64_t most, wanted, size; /* BROKER_UNSET: the type's own */
        const char *answer;
    } cases[] = {
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 20, 20, NULL},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 75, 75, NULL},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 5, 5, NULL},
        {ENGINE_RABBITMQ, "4", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 15, BROKER_UNSET, NULL},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 80, 0, size},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 17, 0, size},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, -5, 0, size},
        {ENGINE_RABBITMQ, "3.13", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 20, 0, not_here},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_SINGLE_INSTANCE, 75, 20, 0, not_here},
        {ENGINE_RABBITMQ, "4.2", DEPLOYMENT_CLUSTER_MULTI_AZ, 0, 20, 0, not_here},
        {ENGINE_ACTIVEMQ, "5.19", DEPLOYMENT_CLUSTER_MULTI_AZ, 75, 20, 0, not_here},
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        struct broker broker = {.engine = cases[i].engine,
                                .engine_version = slice_of(cases[i].version),
                                .deployment_mode = cases[i].mode};
        struct instance_option option = {.storage_size_default = cases[i].most ? 15 : 0,
                                         .storage_size_most = cases[i].most};
        struct optional_integer wanted = {true, cases[i].wanted};
        int64_t got = 42;
        bool good = input_check_storage_size(&call, &wanted, &broker, &option, &got);
        check_answer(&call, good, cases[i].answer);
        if (good)
            assert_true(got == cases[i].size);
        wanted.present = false;
        call = start(&w);
        assert_true(input_check_storage_size(&call, &wanted, &broker, &option, &got));
        assert_true(got == BROKER_UNSET);
    }
    world_close(&w);
}

static void configurations_are_found_for_their_engine(void **state)
{
    (void)state;
    static const char seed[] =
        "INSERT INTO configuration (id, name) VALUES ('c-a', 'active');"
        "INSERT INTO configuration (id, name, engine_type) VALUES ('c-r', 'rabbit', 'RABBITMQ');"
        "INSERT INTO configuration (id, name, region) VALUES ('c-far', 'far', 'eu-west-1');"
        "INSERT INTO configuration_revision (configuration_id, revision, data)"
        " VALUES ('c-a', 2, ''), ('c-a', 9, '');";
    static const struct {
        enum engine engine;
        const char *id;
        struct optional_integer revision;
        int64_t wanted;
        const char *answer;
    } cases[] = {
        {ENGINE_ACTIVEMQ, "c-a", {false, 0}, 9, NULL},
        {ENGINE_ACTIVEMQ, "c-a", {true, 2}, 2, NULL},
        {ENGINE_RABBITMQ, "c-r", {true, 1}, 1, NULL},
        {ENGINE_ACTIVEMQ,
         "c-a",
         {true, 3},
         0,
         FAILS("configuration.revision",
               "Revision [3] of configuration [c-a] can't be found. Make sure it exists.")},
        {ENGINE_ACTIVEMQ,
         "c-a",
         {true, INT32_MIN},
         0,
         FAILS("configuration.revision",
               "Revision [-2147483648] of configuration [c-a] can't be found. Make sure it "
               "exists.")},
        {ENGINE_ACTIVEMQ,
         "c-r",
         {false, 0},
         0,
         FAILS("configuration.id",
               "Configuration ID [c-r] is not for broker engine type [ActiveMQ].")},
        {ENGINE_RABBITMQ,
         "c-a",
         {true, 77},
         0,
         FAILS("configuration.id",
               "Configuration ID [c-a] is not for broker engine type [RabbitMQ].")},
        {ENGINE_ACTIVEMQ,
         "c-far",
         {false, 0},
         0,
         FAILS("configuration.id",
               "Configuration ID [c-far] can't be found. Make sure it exists.")},
        {ENGINE_ACTIVEMQ,
         "",
         {false, 0},
         0,
         FAILS("configuration.id", "Configuration ID [] can't be found. Make sure it exists.")},
    };
    struct world w;
    world_open(&w, ":memory:", seed);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        struct configuration_input input = {slice_of(cases[i].id), cases[i].revision};
        struct broker broker = {.engine = cases[i].engine,
                                .engine_version = SLICE("4.2"),
                                .host_instance_type = SLICE("mq.m7g.large"),
                                .deployment_mode = DEPLOYMENT_SINGLE_INSTANCE};
        struct broker_configuration found;
        bool good = broker_configuration_find(&call, &broker, &input, &found);
        check_answer(&call, good, cases[i].answer);
        if (good) {
            assert_slice(found.id, cases[i].id);
            assert_int_equal(found.revision, cases[i].wanted);
            assert_int_equal(found.strategy, cases[i].engine == ENGINE_RABBITMQ ? STRATEGY_SIMPLE
                                                                                : STRATEGY_ABSENT);
        }
    }
    world_close(&w);
}

static void configurations_suit_the_broker(void **state)
{
    (void)state;
    static const char seed[] =
        "INSERT INTO configuration (id, name, engine_type) VALUES ('c-r', 'rabbit', 'RABBITMQ');"
        "INSERT INTO configuration_revision (configuration_id, revision, data) VALUES"
        " ('c-r', 2, '{{m7g.large.1}}\nvhost_max = 1501\n{{m7g.large.1}}'),"
        " ('c-r', 3, 'vhost_max = 1500');";
    static const char too_much[] =
        FAILS("configuration", "Configuration Revision 2 for configuration:vhost_max has limit: of "
                               "value: 1501 larger than maximum allowed limit:1500");
    static const struct {
        const char *version, *type;
        enum deployment_mode mode;
        int64_t revision;
        const char *answer;
    } cases[] = {
        {"4.2", "mq.m7g.large", DEPLOYMENT_SINGLE_INSTANCE, 3, NULL},
        {"4.2", "mq.m7g.large", DEPLOYMENT_SINGLE_INSTANCE, 2, too_much},
        {"10.0", "mq.m7g.large", DEPLOYMENT_SINGLE_INSTANCE, 2, too_much},
        {"4.2", "mq.m7g.large", DEPLOYMENT_CLUSTER_MULTI_AZ, 2, NULL},
        {"4.2", "mq.m7g.xlarge", DEPLOYMENT_SINGLE_INSTANCE, 2, NULL},
        {"4.2", "mq.m9.large", DEPLOYMENT_SINGLE_INSTANCE, 3, NULL},
        {"3.13", "mq.m7g.large", DEPLOYMENT_CLUSTER_MULTI_AZ, 2,
         FAILS("configuration", "Configuration [c-r] revision [2] has sections, which [RabbitMQ] "
                                "version [3.13] does not support.")},
        {"3.13", "mq.m7g.medium", DEPLOYMENT_SINGLE_INSTANCE, 3, NULL},
    };
    struct world w;
    world_open(&w, ":memory:", seed);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call call = start(&w);
        struct configuration_input input = {SLICE("c-r"), {true, cases[i].revision}};
        struct broker broker = {.engine = ENGINE_RABBITMQ,
                                .engine_version = slice_of(cases[i].version),
                                .host_instance_type = slice_of(cases[i].type),
                                .deployment_mode = cases[i].mode};
        struct broker_configuration found;
        check_answer(&call, broker_configuration_find(&call, &broker, &input, &found),
                     cases[i].answer);
    }
    world_close(&w);
}

/* ---- what is stored ---- */

static void lists_and_ldap_become_json(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct call call = start(&w);
    struct slice items[] = {SLICE("sg-1"), SLICE("a\"b\\"), SLICE("")};
    struct strings list = {true, 3, items};
    struct slice json = {NULL, 0};
    assert_int_equal(input_encode_strings(&call, &list, &json), RESULT_OK);
    assert_slice(json, "[\"sg-1\",\"a\\\"b\\\\\",\"\"]");
    list.count = 0;
    assert_int_equal(input_encode_strings(&call, &list, &json), RESULT_OK);
    assert_slice(json, "[]");
    struct ldap_input ldap = {.hosts = {true, 1, items},
                              .role_base = SLICE("rb"),
                              .role_search_matching = SLICE("rm"),
                              .service_account_password = SLICE("secret"),
                              .service_account_username = SLICE("su"),
                              .user_base = SLICE("ub"),
                              .user_search_matching = SLICE("")};
    assert_int_equal(input_encode_ldap(&call, &ldap, &json), RESULT_OK);
    assert_slice(json, "{\"hosts\":[\"sg-1\"],\"roleBase\":\"rb\",\"roleSearchMatching\":\"rm\","
                       "\"serviceAccountUsername\":\"su\",\"userBase\":\"ub\","
                       "\"userSearchMatching\":\"\"}");
    ldap.role_name = SLICE("rn");
    ldap.role_search_subtree = OPTIONAL_FALSE;
    ldap.user_role_name = SLICE("un");
    ldap.user_search_subtree = OPTIONAL_TRUE;
    assert_int_equal(input_encode_ldap(&call, &ldap, &json), RESULT_OK);
    assert_slice(json, "{\"hosts\":[\"sg-1\"],\"roleBase\":\"rb\",\"roleName\":\"rn\","
                       "\"roleSearchMatching\":\"rm\",\"roleSearchSubtree\":false,"
                       "\"serviceAccountUsername\":\"su\",\"userBase\":\"ub\","
                       "\"userRoleName\":\"un\",\"userSearchMatching\":\"\","
                       "\"userSearchSubtree\":true}");
    world_close(&w);
}

static void without_memory_nothing_is_stored(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct slice items[] = {SLICE("sg-1")};
    struct ldap_input ldap = {.hosts = {true, 1, items}};
    struct strings list = {true, 1, items};
    for (size_t ceiling = 0; ceiling < 8; ceiling++) {
        struct arena scratch;
        struct slice json = SLICE("before");
        struct call call = start(&w);
        arena_init(&scratch, ceiling);
        call.scratch = &scratch;
        assert_int_equal(input_encode_strings(&call, &list, &json), RESULT_NO_MEMORY);
        assert_int_equal(input_encode_ldap(&call, &ldap, &json), RESULT_NO_MEMORY);
        arena_close(&scratch);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_upgrade_can_be_off_for_old_versions),
        cmocka_unit_test(storage_can_be_sized_in_new_clusters),
        cmocka_unit_test(configurations_are_found_for_their_engine),
        cmocka_unit_test(configurations_suit_the_broker),
        cmocka_unit_test(lists_and_ldap_become_json),
        cmocka_unit_test(without_memory_nothing_is_stored),
    };
    return cmocka_run_group_tests_name("broker_input_stored", tests, NULL, NULL);
}
