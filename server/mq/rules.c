#include "mq/rules.h"

#include "base/text.h"
#include "base/utf8.h"

static bool length_is(struct slice text, size_t least, size_t most)
{
    size_t length = utf8_length(text);
    return length >= least && length <= most;
}

#define NAME_EXTRA "-._~" /* usernames, groups and configurations */

enum error_id rule_username(struct slice username)
{
    if (!length_is(username, USERNAME_MIN, USERNAME_MAX))
        return ERROR_USERNAME_LENGTH;
    return text_is_word(username, NAME_EXTRA) ? ERROR_NONE : ERROR_USERNAME_CHARACTERS;
}

enum error_id rule_password(struct slice password)
{
    bool seen[128] = {false};
    size_t different = 0;
    if (!length_is(password, PASSWORD_MIN, PASSWORD_MAX))
        return ERROR_PASSWORD_LENGTH;
    for (size_t i = 0; i < password.len; i++)
        if (password.data[i] == ',' || password.data[i] == ':' || password.data[i] == '=')
            return ERROR_PASSWORD_CHARACTERS;
    for (size_t i = 0; i < password.len; i++) {
        unsigned char c = (unsigned char)password.data[i];
        if (c < ' ' || c > '~')
            return ERROR_PASSWORD_PRINTABLE;
        different += !seen[c];
        seen[c] = true;
    }
    return different < PASSWORD_UNIQUE ? ERROR_PASSWORD_UNIQUE : ERROR_NONE;
}

enum error_id rule_group(struct slice group)
{
    if (!length_is(group, GROUP_MIN, GROUP_MAX))
        return ERROR_GROUP_LENGTH;
    return text_is_word(group, NAME_EXTRA) ? ERROR_NONE : ERROR_GROUP_CHARACTERS;
}

enum error_id rule_broker_name(struct slice name)
{
    if (!length_is(name, 1, BROKER_NAME_MAX))
        return ERROR_BROKER_NAME_LENGTH;
    return text_is_word(name, "-_") ? ERROR_NONE : ERROR_BROKER_NAME_CHARACTERS;
}

enum error_id rule_configuration_name(struct slice name)
{
    if (!length_is(name, 1, CONFIGURATION_NAME_MAX))
        return ERROR_CONFIGURATION_NAME_LENGTH;
    return text_is_word(name, NAME_EXTRA) ? ERROR_NONE : ERROR_CONFIGURATION_NAME_CHARACTERS;
}

enum error_id rule_rabbitmq_username(struct slice username)
{
    if (!length_is(username, USERNAME_MIN, USERNAME_MAX))
        return ERROR_USERNAME_LENGTH;
    if (slice_equal(username, SLICE("guest")))
        return ERROR_RABBITMQ_GUEST;
    return text_is_word(username, "-._") ? ERROR_NONE : ERROR_RABBITMQ_USERNAME;
}

bool rule_is_id(struct slice text)
{
    return text.len >= 1 && text.len <= 100 && text_is_word(text, "-");
}

bool rule_is_host(struct slice text)
{
    return text.len >= 1 && text.len <= 253 && text_is_word(text, "-.");
}

/* The number of `digits` digits at `at`, or -1. */
static int64_t read_digits(struct slice text, size_t at, size_t digits)
{
    int64_t number = -1;
    if (at + digits <= text.len)
        (void)text_number((struct slice){text.data + at, digits}, 99, &number);
    return number;
}

int rule_minute(struct slice time)
{
    size_t colon = time.len > 1 && time.data[1] == ':' ? 1 : 2;
    int64_t hour = read_digits(time, 0, colon), minute = read_digits(time, colon + 1, 2);
    bool has_seconds = time.len == colon + 6 && time.data[colon + 3] == ':';
    if (time.len < colon + 3 || time.data[colon] != ':' || (time.len != colon + 3 && !has_seconds))
        return -1;
    int64_t second = has_seconds ? read_digits(time, colon + 4, 2) : 0;
    bool good = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    return good ? (int)(hour * 60 + minute) : -1;
}

bool rule_is_username(struct slice text)
{
    return rule_username(text) == ERROR_NONE;
}

bool rule_is_configuration_id(struct slice text)
{
    return text.len >= 1 && text.len <= CONFIGURATION_ID_MAX && text_is_word(text, "-");
}

bool rule_is_broker_id(struct slice text)
{
    return rule_is_id(text);
}

bool rule_shows_users(const struct broker_head *broker, int64_t delete_ms, int64_t now_ms)
{
    if (broker->engine == ENGINE_RABBITMQ)
        return false;
    if (broker->state == STATE_DELETION_IN_PROGRESS)
        return broker_has_due_time(broker->state_due_ms) &&
               broker->state_due_ms - now_ms > delete_ms * (100 - DELETION_USERS_PERCENT) / 100;
    return broker->state != STATE_CREATION_IN_PROGRESS || broker->creation_step > 0;
}

bool rule_shows_users_applied(const struct broker_head *broker, int64_t now_ms)
{
    bool applies = broker->state == STATE_REBOOT_IN_PROGRESS ||
                   (broker->state == STATE_CREATION_IN_PROGRESS && broker->creation_step == 1);
    return applies && broker->state_due_ms != BROKER_UNSET && broker->state_due_ms <= now_ms;
}

bool rule_state_allows_change(enum broker_state state)
{
    return state == STATE_RUNNING || state == STATE_CRITICAL_ACTION_REQUIRED ||
           state == STATE_REPLICA;
}
