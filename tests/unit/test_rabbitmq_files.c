/* The files of a real broker of RabbitMQ. */
#include "broker_plans.h"

#include "brokers/rabbitmq_keys.h"

#define THREE "\'\'\'"

static const struct user_login admin = {SLICE_INIT("admin"), SLICE_INIT("admin-password-1"),
                                        SLICE_INIT("[]"), false};

static int begin(void **state)
{
    (void)state;
    const struct broker own = {
        .engine = ENGINE_RABBITMQ,
        .engine_version = SLICE("4.2"),
        .host_instance_type = SLICE("mq.m7g.large"),
        .deployment_mode = DEPLOYMENT_SINGLE_INSTANCE,
    };
    plan_begin(&own, &admin, 1);
    plan.salt = SLICE("\x01\x02\x03\xff");
    return 0;
}

static struct broker_files files_of(const char *configuration, const char *version)
{
    struct broker_files files;
    plan.configuration = slice_of(configuration);
    plan.version = slice_of(version);
    assert_int_equal(rabbitmq_files(&plan, &arena, &files), RESULT_OK);
    return files;
}

#define OWN                                                  \
    "listeners.tcp = none\n"                                 \
    "listeners.ssl.default = 0.0.0.0:5771\n"                 \
    "ssl_options.cacertfile = /brokers/common/ca.pem\n"      \
    "ssl_options.certfile = /brokers/common/server.pem\n"    \
    "ssl_options.keyfile = /brokers/common/server-key.pem\n" \
    "ssl_options.verify = verify_none\n"                     \
    "ssl_options.fail_if_no_peer_cert = false\n"             \
    "loopback_users = none\n"                                \
    "management.ssl.ip = 0.0.0.0\n"                          \
    "management.ssl.port = 15771\n"                          \
    "management.ssl.cacertfile = /brokers/common/ca.pem\n"   \
    "management.ssl.certfile = /brokers/common/server.pem\n" \
    "management.ssl.keyfile = /brokers/common/server-key.pem\n"

#define DEFINITIONS                                          \
    "definitions.import_backend = local_filesystem\n"        \
    "definitions.local.path = /brokers/1/definitions.json\n" \
    "definitions.skip_if_unchanged = true\n"

#define PLUGINS                                                                   \
    "[rabbitmq_management,rabbitmq_consistent_hash_exchange,rabbitmq_federation," \
    "rabbitmq_federation_management,rabbitmq_shovel,rabbitmq_shovel_management"

/* What stands before our own lines. */
static void assert_settings(const struct broker_files *files, const char *wanted)
{
    const char *text = text_of(files, "rabbitmq.conf");
    const char *own = strstr(text, "listeners.tcp = none\n");
    assert_non_null(own);
    struct slice got = {text, (size_t)(own - text)};
    assert_slice(got, wanted);
}

static void test_a_small_plan(void **state)
{
    (void)state;
    struct broker_files files = files_of(NULL, NULL);
    assert_int_equal(files.count, 3);
    assert_text(&files, "rabbitmq.conf", OWN DEFINITIONS);
    assert_text(&files, "enabled_plugins", PLUGINS "].\n");
    assert_text(&files, "definitions.json",
                "{\"users\":[{\"name\":\"admin\",\"password_hash\":"
                "\"AQID/3h3y9IyPr9qXK1/26UdpHFiimM1JCxHQnzg4QYHhuaA\",\"hashing_algorithm\":"
                "\"rabbit_password_hashing_sha256\",\"tags\":\"administrator\"}],"
                "\"vhosts\":[{\"name\":\"/\"}],\"permissions\":[{\"user\":\"admin\","
                "\"vhost\":\"/\",\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}]}\n");
    for (size_t i = 0; i < files.count; i++)
        assert_false(files.files[i].live);
    assert_int_equal(files.left_out_count, 0);
    files = files_of("", "3.9.29");
    assert_text(&files, "rabbitmq.conf", OWN "load_definitions = /brokers/1/definitions.json\n");
}

static void test_no_user(void **state)
{
    (void)state;
    plan.user_count = 0;
    struct broker_files files = files_of(NULL, NULL);
    assert_text(&files, "definitions.json",
                "{\"users\":[],\"vhosts\":[{\"name\":\"/\"}],\"permissions\":[]}\n");
}

static void test_names_and_passwords_of_any_character(void **state)
{
    const struct user_login odd = {SLICE("a\"\\b"), SLICE("\"\\ ,:=\x7f\xc3\xa9'${x}#"),
                                   SLICE("[]"), false};
    (void)state;
    plan.users = &odd;
    struct broker_files files = files_of(NULL, NULL);
    assert_has(text_of(&files, "definitions.json"), "{\"name\":\"a\\\"\\\\b\",");
    assert_has(text_of(&files, "definitions.json"), "\"user\":\"a\\\"\\\\b\",");
}

static void test_the_default_configuration(void **state)
{
    static const char text[] = "# Management header\n"
                               "secure.management.http.headers.enabled = true\n"
                               "# Default\nconsumer_timeout = 1800000";
    (void)state;
    struct broker_files files = files_of(text, "3.10.8");
    assert_settings(&files, "management.headers.content_type_options = nosniff\n"
                            "management.headers.frame_options = DENY\n"
                            "management.hsts.policy = max-age=47304000; includeSubDomains\n"
                            "consumer_timeout = 1800000\n");
    assert_int_equal(files.left_out_count, 0);
    /* The headers came in a patch. */
    files = files_of(text, "3.10.6");
    assert_settings(&files, "management.hsts.policy = max-age=47304000; includeSubDomains\n"
                            "consumer_timeout = 1800000\n");
    files = files_of("secure.management.http.headers.enabled = false", "3.10.8");
    assert_settings(&files, "");
    assert_int_equal(files.left_out_count, 0);
}

static void test_a_key_needs_its_release(void **state)
{
    static const char text[] =
        "heartbeat = 60\n"
        "management.restrictions.operator_policy_changes.disabled = true\n"
        "quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = true\n"
        "max_message_size = 1000\nchannel_max_per_node = 1\ncluster_queue_limit = 1\n"
        "vhost_max = 1\nconsumer_max_per_channel = 1\nruntime_parameters.limits.shovel = 1\n"
        "cluster_exchange_limit = 1\nconnection_max = 1\nno.such.key = 1\n";
    static const char *const in_310[] = {
        "management.restrictions.operator_policy_changes.disabled",
        "quorum_queue.property_equivalence.relaxed_checks_on_redeclaration",
        "channel_max_per_node",
        "cluster_queue_limit",
        "vhost_max",
        "consumer_max_per_channel",
        "runtime_parameters.limits.shovel",
        "cluster_exchange_limit",
        "no.such.key",
    };
    static const char *const in_313[] = {"cluster_exchange_limit", "no.such.key"};
    static const char *const in_43[] = {"no.such.key"};
    (void)state;
    struct broker_files files = files_of(text, "3.10.8");
    assert_left_out(&files, in_310, COUNT(in_310));
    assert_settings(&files, "heartbeat = 60\nmax_message_size = 1000\nconnection_max = 1\n");
    files = files_of(text, "3.13.7");
    assert_left_out(&files, in_313, COUNT(in_313));
    files = files_of(text, "4.3.5");
    assert_left_out(&files, in_43, COUNT(in_43));
    /* Without a version, that of the service's broker. */
    broker.engine_version = SLICE("3.13");
    files = files_of(text, NULL);
    assert_left_out(&files, in_313, COUNT(in_313));
}

static void test_what_is_ours_is_not_the_users(void **state)
{
    static const char *const ours[] = {
        "listeners.tcp.1",
        "listeners.ssl",
        "ssl_options",
        "ssl_options.verify",
        "ssl_options.certfile",
        "loopback_users",
        "loopback_users.guest",
        "load_definitions",
        "definitions.local.path",
        "management.ssl.port",
        "management.tcp.port",
        "management.listener.port",
        "log.console",
        "cluster_formation.peer_discovery_backend",
        "aws.arns.assume_role_arn",
    };
    struct buffer text;
    (void)state;
    buffer_init(&text, 1 << 16);
    for (size_t i = 0; i < COUNT(ours); i++)
        buffer_printf(&text, "%s = none\n", ours[i]);
    buffer_append_string(&text, "ssl_options.versions.1 = tlsv1.3\n");
    struct broker_files files = files_of(text.data, "4.2.0");
    buffer_close(&text);
    assert_left_out(&files, ours, COUNT(ours));
    assert_settings(&files, "ssl_options.versions.1 = tlsv1.3\n");
}

static void test_a_timeout_of_0_is_the_longest(void **state)
{
    (void)state;
    struct broker_files files = files_of("consumer_timeout = 0", "4.2.0");
    assert_settings(&files, "consumer_timeout = 2147483647\n");
}

static void test_values_with_quotes(void **state)
{
    static const char text[] = "auth_ldap.user_dn_pattern = " THREE "cn=${username}" THREE " # \n"
                               "auth_ldap.dn_lookup_base = " THREE "a\nb" THREE "\n"
                               "auth_ldap.group_lookup_base = " THREE "a\rb" THREE "\n"
                               "auth_ldap.dn_lookup_bind.password = " THREE "a#b" THREE "\n"
                               "auth_ldap.other_bind.password = " THREE " " THREE "\n"
                               "motd_file = a'b\n";
    static const char *const left_out[] = {
        "auth_ldap.dn_lookup_base", "auth_ldap.group_lookup_base",
        "auth_ldap.dn_lookup_bind.password", "auth_ldap.other_bind.password"};
    (void)state;
    struct broker_files files = files_of(text, "4.2.1");
    assert_settings(&files, "auth_ldap.user_dn_pattern = " THREE "cn=${username}" THREE "\n"
                            "auth_ldap.dn_lookup_base = " THREE "a\nb" THREE "\n"
                            "auth_ldap.group_lookup_base = " THREE "a\rb" THREE "\n"
                            "auth_ldap.dn_lookup_bind.password = " THREE "a#b" THREE "\n"
                            "auth_ldap.other_bind.password = " THREE " " THREE "\n"
                            "motd_file = a'b\n");
    files = files_of(text, "4.2.0");
    assert_settings(&files, "auth_ldap.user_dn_pattern = cn=${username}\nmotd_file = a'b\n");
    assert_left_out(&files, left_out, COUNT(left_out));
}

static void test_sections(void **state)
{
    static const char text[] = "max_message_size = 1\n{{m7g.large.1}}\nmax_message_size = 2\n"
                               "{{m7g.large.1}}\n{{m7g.large.3}}\nmax_message_size = 3\n"
                               "{{m7g.large.3}}\n{{m5.large.1}}\nvhost_max = 4\n{{m5.large.1}}\n"
                               "not a line\r\nheartbeat = 60\r\n";
    (void)state;
    struct broker_files files = files_of(text, "4.2.0");
    assert_settings(&files, "max_message_size = 1\nmax_message_size = 2\nheartbeat = 60\n");
    broker.deployment_mode = DEPLOYMENT_CLUSTER_MULTI_AZ;
    files = files_of(text, "4.2.0");
    assert_settings(&files, "max_message_size = 1\nmax_message_size = 3\nheartbeat = 60\n");
    assert_int_equal(files.left_out_count, 0);
}

static void test_backends_need_plugins(void **state)
{
    static const char *const left_out[] = {"auth_backends.4", "auth_backends.5"};
    (void)state;
    struct broker_files files = files_of("auth_backends.1 = internal\n"
                                         "auth_backends.2.authn = oauth2\n"
                                         "auth_backends.2.authz = rabbit_auth_backend_ldap\n"
                                         "auth_backends.3 = " THREE "cache" THREE "\n"
                                         "auth_cache.cached_backend = ldap\n"
                                         "auth_backends.4 = internal_loopback\n"
                                         "auth_backends.5 = rabbit_auth_backend_mine\n"
                                         "auth_mechanisms.1 = PLAIN\n"
                                         "auth_mechanisms.2 = EXTERNAL\n",
                                         "3.13.7");
    assert_settings(&files, "auth_backends.1 = internal\n"
                            "auth_backends.2.authn = rabbit_auth_backend_oauth2\n"
                            "auth_backends.2.authz = rabbit_auth_backend_ldap\n"
                            "auth_backends.3 = rabbit_auth_backend_cache\n"
                            "auth_cache.cached_backend = rabbit_auth_backend_ldap\n"
                            "auth_mechanisms.1 = PLAIN\n"
                            "auth_mechanisms.2 = EXTERNAL\n");
    assert_text(&files, "enabled_plugins",
                PLUGINS ",rabbitmq_auth_backend_ldap,rabbitmq_auth_backend_oauth2,"
                        "rabbitmq_auth_backend_cache,rabbitmq_auth_mechanism_ssl].\n");
    assert_left_out(&files, left_out, COUNT(left_out));
    files = files_of("auth_backends.1 = http", "3.13");
    assert_text(&files, "enabled_plugins", PLUGINS ",rabbitmq_auth_backend_http].\n");
}

static void test_releases(void **state)
{
    static const struct {
        const char *version;
        unsigned release;
    } cases[] = {
        {"3.10.8", 31008},
        {"3.13", 31399},
        {"4", 40099},
        {"4.2.0.1", 40200},
        {"", RABBITMQ_NEWEST},
        {"x.1", RABBITMQ_NEWEST},
        {"4.", RABBITMQ_NEWEST},
        {"4.100", RABBITMQ_NEWEST},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(rabbitmq_release_of(slice_of(cases[i].version)), cases[i].release);
}

static void test_the_table_of_keys(void **state)
{
    static const char *const never[] = {
        "",           ".",      "heartbeat.",     ".heartbeat",           "heartbea",
        "heartbeats", "auth_",  "auth_backends.", "auth_backends..",      "auth_backends.$",
        "raft",       "raft.x", "vhost_max.1",    "ssl_options.versions",
    };
    (void)state;
    for (size_t i = 0; i < rabbitmq_keys_count; i++) {
        const struct rabbitmq_keys *keys = &rabbitmq_keys[i];
        size_t len = strlen(keys->prefix);
        assert_true(len == 0 || keys->prefix[len - 1] == '.');
        assert_true(strlen(keys->names) > 0);
        assert_true(keys->until == 0 || keys->since < keys->until);
    }
    for (size_t i = 0; i < COUNT(never); i++)
        if (rabbitmq_key_known(slice_of(never[i]), RABBITMQ_NEWEST))
            fail_msg("\"%s\" is known", never[i]);
    assert_true(rabbitmq_key_known(SLICE("auth_backends.1.authn"), 30900));
    assert_true(rabbitmq_key_known(SLICE("auth_oauth2.resource_servers.a-b.id"), 31300));
    assert_false(rabbitmq_key_known(SLICE("auth_oauth2.resource_servers.a-b.id"), 31200));
    assert_true(rabbitmq_key_known(SLICE("management.enable_uaa"), 31199));
    assert_false(rabbitmq_key_known(SLICE("management.enable_uaa"), 31200));
}

static void test_memory(void **state)
{
    (void)state;
    plan.configuration = SLICE("a = 1\nb = 2\nheartbeat = 60\nauth_backends.1 = ldap\n"
                               "c = 1\nd = 1\ne = 1\nf = 1\ng = 1\nh = 1\ni = 1\nj = 1\nk = 1\n"
                               "l = 1\nm = 1\nn = 1\no = 1\np = 1\nq = 1\nr = 1\ns = 1\n");
    assert_sound(rabbitmq_files, &plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_small_plan, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_no_user, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_names_and_passwords_of_any_character, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_the_default_configuration, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_a_key_needs_its_release, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_what_is_ours_is_not_the_users, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_a_timeout_of_0_is_the_longest, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_values_with_quotes, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_sections, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_backends_need_plugins, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_releases, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_the_table_of_keys, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_memory, begin, plan_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
