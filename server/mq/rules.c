#include "mq/rules.h"

#include "base/utf8.h"

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Only letters, digits and the characters of `more`. */
static bool only_has(struct slice text, const char *more)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter_or_digit(text.data[i]) &&
            (text.data[i] == '\0' || !strchr(more, text.data[i])))
            return false;
    return true;
}

static bool length_is(struct slice text, size_t least, size_t most)
{
    size_t length = utf8_length(text);
    return length >= least && length <= most;
}

static const char name_extra[] = "-._~"; /* usernames and groups */

enum error_id rule_username(struct slice username)
{
    if (!length_is(username, USERNAME_LEAST, USERNAME_MOST))
        return ERROR_USERNAME_LENGTH;
    return only_has(username, name_extra) ? ERROR_NONE : ERROR_USERNAME_CHARACTERS;
}

enum error_id rule_password(struct slice password)
{
    bool seen[128] = {false};
    size_t different = 0;
    if (!length_is(password, PASSWORD_LEAST, PASSWORD_MOST))
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
    if (!length_is(group, GROUP_LEAST, GROUP_MOST))
        return ERROR_GROUP_LENGTH;
    return only_has(group, name_extra) ? ERROR_NONE : ERROR_GROUP_CHARACTERS;
}

bool rule_is_username(struct slice text)
{
    return rule_username(text) == ERROR_NONE;
}

bool rule_is_broker_id(struct slice text)
{
    return text.len >= 1 && text.len <= 100 && only_has(text, "-");
}

bool rule_state_allows_change(struct slice state)
{
    return slice_equal(state, SLICE("RUNNING")) ||
           slice_equal(state, SLICE("CRITICAL_ACTION_REQUIRED")) ||
           slice_equal(state, SLICE("REPLICA"));
}
