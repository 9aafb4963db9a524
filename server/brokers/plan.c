#include "brokers/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/configurations.h"

enum { LEFT_OUT_MAX = 1 << 20 }; /* bytes of names */

static const struct slice nothing = {NULL, 0};

static void take_text(struct slice *value, struct slice pending)
{
    if (pending.data)
        *value = pending;
}

/* With what a reboot applies and a process has to know. */
static struct broker with_pending(const struct broker *broker)
{
    struct broker planned = *broker;
    if (broker->pending_configuration_id.data) {
        planned.configuration_id = broker->pending_configuration_id;
        planned.configuration_revision = broker->pending_configuration_revision;
    }
    take_text(&planned.engine_version, broker->pending_engine_version);
    take_text(&planned.host_instance_type, broker->pending_host_instance_type);
    take_text(&planned.ldap_server_metadata, broker->pending_ldap_server_metadata);
    take_text(&planned.ldap_service_account_password,
              broker->pending_ldap_service_account_password);
    if (broker->pending_authentication_strategy)
        planned.authentication_strategy = broker->pending_authentication_strategy;
    return planned;
}

/* A secret of this broker, the same each time, so that files change only when rows do. */
static enum result derive(const struct plan_base *base, const char *purpose,
                          const struct broker *broker, uint8_t out[CRYPTO_SHA256])
{
    char text[SLOT_ID + 32];
    int len = snprintf(text, sizeof text, "%s/%.*s", purpose, (int)broker->id.len, broker->id.data);
    return crypto_hmac_sha256(base->key, (struct slice){text, (size_t)len}, out);
}

static enum result find_configuration(struct store *store, const struct broker *broker,
                                      struct arena *arena, struct slice *data)
{
    struct configuration_revision found;
    *data = nothing;
    if (!broker->configuration_id.data)
        return RESULT_OK;
    enum result result = configuration_revision_find(store, broker->account, broker->region,
                                                     broker->configuration_id,
                                                     broker->configuration_revision, arena, &found);
    if (!result)
        *data = found.data;
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result make(struct broker_plan *plan, struct arena *arena, struct broker_files *files)
{
    if (plan->broker->engine == ENGINE_RABBITMQ)
        return rabbitmq_files(plan, arena, files);
    enum result result = activemq_files(plan, arena, files);
    if (result != RESULT_INVALID)
        return result;
    plan->configuration = nothing;
    result = activemq_files(plan, arena, files);
    files->invalid_configuration = plan->broker->configuration_id;
    return result;
}

enum result plan_files(const struct plan_base *base, const struct slot *slot, int number,
                       const struct broker *broker, bool planned, struct broker_files *files)
{
    struct arena *arena = base->arena;
    uint8_t console[CRYPTO_SHA256], salt[CRYPTO_SHA256];
    char password[CRYPTO_SHA256_HEX + 1];
    struct broker wanted = planned ? with_pending(broker) : *broker;
    const char *version = slot->real_version[0] ? slot->real_version : slot->version;
    struct user_login *users = NULL;
    struct broker_plan plan = {.broker = &wanted,
                               .directory = arena_printf(arena, "%s/%d", base->directory, number),
                               .common = base->directory,
                               .address = base->address,
                               .slot = number,
                               .version = version[0] ? slice_of(version) : nothing,
                               .salt = {(const char *)salt, 4}};
    enum result result = plan.directory ? RESULT_OK : RESULT_NO_MEMORY;
    if (!result)
        result = find_configuration(base->store, &wanted, arena, &plan.configuration);
    if (!result)
        result = user_list_logins(base->store, wanted.id, planned, arena, &users, &plan.user_count);
    if (!result)
        result = derive(base, "console", &wanted, console);
    if (!result)
        result = derive(base, "salt", &wanted, salt);
    if (result)
        return result;
    crypto_hex(console, sizeof console, password);
    plan.users = users;
    plan.console_password = slice_of(password);
    *files = (struct broker_files){.count = 0};
    result = make(&plan, arena, files);
    if (result)
        return result;
    files->files[files->count++] = (struct broker_file){"ca.pem", base->ca, false};
    return RESULT_OK;
}

static enum result hash_left_out(struct slice broker_id, const struct broker_files *files,
                                 uint8_t hash[CRYPTO_SHA256])
{
    struct buffer text;
    buffer_init(&text, LEFT_OUT_MAX);
    buffer_append_slice(&text, broker_id);
    buffer_append_char(&text, '\n');
    buffer_append_slice(&text, files->invalid_configuration);
    for (size_t i = 0; i < files->left_out_count; i++) {
        buffer_append_char(&text, '\n');
        buffer_append_slice(&text, files->left_out[i].name);
    }
    enum result result = text.failed ? text.failed : crypto_sha256(buffer_slice(&text), hash);
    buffer_close(&text);
    return result;
}

void plan_log(struct slice broker_id, const struct broker_files *files,
              uint8_t logged[CRYPTO_SHA256])
{
    uint8_t hash[CRYPTO_SHA256];
    if (!hash_left_out(broker_id, files, hash)) {
        if (memcmp(hash, logged, sizeof hash) == 0)
            return;
        memcpy(logged, hash, sizeof hash);
    }
    if (files->invalid_configuration.data && log_begin(LOG_ERROR, "broker-configuration-invalid")) {
        log_text("broker", broker_id);
        log_text("configuration", files->invalid_configuration);
        log_string("effect", "the broker runs without it");
        log_end();
    }
    for (size_t i = 0; i < files->left_out_count; i++)
        if (log_begin(LOG_WARN, "broker-setting-left-out")) {
            log_text("broker", broker_id);
            log_text("setting", files->left_out[i].name);
            log_string("reason", files->left_out[i].reason);
            log_end();
        }
}
