#include "base/crypto.h"
#include "base/json.h"
#include "brokers/maker.h"
#include "brokers/rabbitmq_keys.h"
#include "brokers/rabbitmq_settings.h"

enum { RELEASE_THAT_SKIPS = 31000 }; /* definitions that it has imported before */

/* The definitions are to be imported once only: users change in RabbitMQ, and a restart must not
 * undo that. */
static void append_definitions(struct maker *maker, unsigned release)
{
    const char *directory = maker->plan->directory;
    if (release < RELEASE_THAT_SKIPS) {
        buffer_printf(&maker->text, "load_definitions = %s/definitions.json\n", directory);
        return;
    }
    buffer_printf(&maker->text,
                  "definitions.import_backend = local_filesystem\n"
                  "definitions.local.path = %s/definitions.json\n"
                  "definitions.skip_if_unchanged = true\n",
                  directory);
}

/* Behind the user's lines: of two with the same key RabbitMQ takes the last. */
static void append_own(struct maker *maker, unsigned release)
{
    const char *common = maker->plan->common;
    buffer_printf(&maker->text,
                  "listeners.tcp = none\n"
                  "listeners.ssl.default = %s:%d\n"
                  "ssl_options.cacertfile = %s/ca.pem\n"
                  "ssl_options.certfile = %s/server.pem\n"
                  "ssl_options.keyfile = %s/server-key.pem\n"
                  "ssl_options.verify = verify_none\n"
                  "ssl_options.fail_if_no_peer_cert = false\n"
                  "loopback_users = none\n",
                  maker->plan->address, maker_port(maker, PORT_AMQP), common, common, common);
    buffer_printf(&maker->text,
                  "management.ssl.ip = %s\n"
                  "management.ssl.port = %d\n"
                  "management.ssl.cacertfile = %s/ca.pem\n"
                  "management.ssl.certfile = %s/server.pem\n"
                  "management.ssl.keyfile = %s/server-key.pem\n",
                  maker->plan->address, maker_port(maker, PORT_RABBITMQ_CONSOLE), common, common,
                  common);
    append_definitions(maker, release);
}

/* The base64 of the salt and of the SHA-256 of salt and password. */
static const char *hash_password(struct maker *maker, struct slice password)
{
    struct slice salt = maker->plan->salt;
    size_t len = salt.len + (password.len > CRYPTO_SHA256 ? password.len : CRYPTO_SHA256);
    char *bytes = arena_alloc(maker->arena, len);
    char *text = arena_alloc(maker->arena, crypto_base64_size(salt.len + CRYPTO_SHA256));
    uint8_t digest[CRYPTO_SHA256];
    if (!bytes || !text) {
        maker->failed = RESULT_NO_MEMORY;
        return "";
    }
    memcpy(bytes, salt.data ? salt.data : "", salt.len);
    memcpy(bytes + salt.len, password.data ? password.data : "", password.len);
    enum result result = crypto_sha256((struct slice){bytes, salt.len + password.len}, digest);
    if (result) {
        maker->failed = result;
        return "";
    }
    memcpy(bytes + salt.len, digest, sizeof digest);
    crypto_base64_encode((struct slice){bytes, salt.len + sizeof digest}, text);
    return text;
}

static void put_user(struct maker *maker, struct json_writer *writer, const struct user_login *user)
{
    json_object_begin(writer);
    json_put_string(writer, "name", user->username);
    json_put_string(writer, "password_hash", slice_of(hash_password(maker, user->password)));
    json_put_string(writer, "hashing_algorithm", SLICE("rabbit_password_hashing_sha256"));
    json_put_string(writer, "tags", SLICE("administrator"));
    json_object_end(writer);
}

static void put_permission(struct json_writer *writer, const struct user_login *user)
{
    json_object_begin(writer);
    json_put_string(writer, "user", user->username);
    json_put_string(writer, "vhost", SLICE("/"));
    json_put_string(writer, "configure", SLICE(".*"));
    json_put_string(writer, "write", SLICE(".*"));
    json_put_string(writer, "read", SLICE(".*"));
    json_object_end(writer);
}

static void make_definitions(struct maker *maker)
{
    const struct broker_plan *plan = maker->plan;
    struct json_writer writer = {.out = &maker->text};
    json_object_begin(&writer);
    json_key(&writer, "users");
    json_list_begin(&writer);
    for (size_t i = 0; i < plan->user_count && !maker->failed; i++)
        put_user(maker, &writer, &plan->users[i]);
    json_list_end(&writer);
    json_put_raw(&writer, "vhosts", SLICE("[{\"name\":\"/\"}]"));
    json_key(&writer, "permissions");
    json_list_begin(&writer);
    for (size_t i = 0; i < plan->user_count; i++)
        put_permission(&writer, &plan->users[i]);
    json_list_end(&writer);
    json_object_end(&writer);
    buffer_append_char(&maker->text, '\n');
    maker_add(maker, "definitions.json", false);
}

enum result rabbitmq_files(const struct broker_plan *plan, struct arena *arena,
                           struct broker_files *out)
{
    struct maker maker;
    unsigned plugins = 0;
    unsigned release =
        rabbitmq_release_of(plan->version.data ? plan->version : plan->broker->engine_version);
    maker_init(&maker, plan, arena, out);
    rabbitmq_append_settings(&maker, release, &plugins);
    append_own(&maker, release);
    maker_add(&maker, "rabbitmq.conf", false);
    make_definitions(&maker);
    /* The first six are those of the service's brokers. */
    buffer_append_string(&maker.text,
                         "[rabbitmq_management,rabbitmq_consistent_hash_exchange,"
                         "rabbitmq_federation,rabbitmq_federation_management,rabbitmq_shovel,"
                         "rabbitmq_shovel_management");
    rabbitmq_append_plugins(&maker.text, plugins);
    buffer_append_string(&maker.text, "].\n");
    maker_add(&maker, "enabled_plugins", false);
    return maker_close(&maker);
}
