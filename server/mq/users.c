#include "mq/users.h"

#include <stddef.h>

#include "api/page.h"
#include "mq/rules.h"
#include "store/users.h"

#define USER_MEMBERS(password_required)                                                          \
    {"consoleAccess", MEMBER_BOOLEAN, offsetof(struct user_input, console_access), false, NULL}, \
        {"groups", MEMBER_STRINGS, offsetof(struct user_input, groups), false, NULL},            \
        {"password", MEMBER_STRING, offsetof(struct user_input, password), password_required,    \
         NULL},                                                                                  \
    {                                                                                            \
        "replicationUser", MEMBER_BOOLEAN, offsetof(struct user_input, replication_user), false, \
            NULL                                                                                 \
    }

static const struct member create_list[] = {USER_MEMBERS(true)};
static const struct member update_list[] = {USER_MEMBERS(false)};
static const struct member named_list[] = {
    USER_MEMBERS(true),
    {"username", MEMBER_STRING, offsetof(struct user_input, username), true, NULL},
};

const struct members create_user_members = MEMBERS(create_list, struct user_input);
const struct members update_user_members = MEMBERS(update_list, struct user_input);
const struct members named_user_members = MEMBERS(named_list, struct user_input);

static bool check_groups(struct call *call, struct slice path, const struct strings *groups)
{
    if (groups->count > GROUPS_MAX) {
        call_fail_within(call, path, ERROR_GROUP_COUNT);
        return false;
    }
    for (size_t i = 0; i < groups->count; i++) {
        enum error_id broken = rule_group(groups->items[i]);
        if (broken) {
            call_fail_within(call, path, broken, groups->items[i]);
            return false;
        }
    }
    return true;
}

static bool check_rule(struct call *call, struct slice path, enum error_id broken)
{
    if (broken)
        call_fail_within(call, path, broken);
    return !broken;
}

/* In the order of the model's members. The username is a path label between password and
 * replicationUser. */
bool user_check(struct call *call, struct slice path, const struct user_input *input,
                enum error_id username_breaks)
{
    return check_groups(call, path, &input->groups) &&
           (!input->password.data || check_rule(call, path, rule_password(input->password))) &&
           check_rule(call, path, username_breaks) &&
           check_rule(call, path,
                      input->console_access == OPTIONAL_TRUE &&
                              input->replication_user == OPTIONAL_TRUE
                          ? ERROR_REPLICATION_CONSOLE
                          : ERROR_NONE);
}

static const struct slice body = {NULL, 0}; /* attributes stand alone there */

/* But on CreateUser, a name that breaks a rule is simply unknown. */
static enum error_id empty_username(const struct call *call)
{
    return call->labels.username.len == 0 ? ERROR_USERNAME_LENGTH : ERROR_NONE;
}

bool username_check(struct call *call)
{
    return check_rule(call, body, empty_username(call));
}

bool create_user_check(struct call *call)
{
    return user_check(call, body, call->input, rule_username(call->labels.username));
}

bool update_user_check(struct call *call)
{
    return user_check(call, body, call->input, empty_username(call));
}

static bool is_among(struct slice text, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(list[i], text))
            return true;
    return false;
}

/* The groups as a JSON array, each once, at its first place. */
static enum result encode_groups(struct call *call, const struct strings *groups,
                                 struct slice *json)
{
    struct buffer text;
    struct json_writer writer = {.out = &text};
    buffer_init(&text, (size_t)GROUPS_MAX * (GROUP_MAX + 3) + 2);
    json_list_begin(&writer);
    for (size_t i = 0; i < groups->count; i++)
        if (!is_among(groups->items[i], groups->items, i))
            json_write_string(&writer, groups->items[i]);
    json_list_end(&writer);
    char *copy = text.failed ? NULL : arena_copy(call->scratch, buffer_slice(&text));
    *json = (struct slice){copy, text.len};
    buffer_close(&text);
    return copy ? RESULT_OK : RESULT_NO_MEMORY;
}

static int value_of(enum optional value)
{
    return value == OPTIONAL_ABSENT ? -1 : value == OPTIONAL_TRUE;
}

enum result user_read_change(struct call *call, const struct user_input *input,
                             struct user_change *change)
{
    *change = (struct user_change){.password = input->password,
                                   .console_access = value_of(input->console_access),
                                   .replication_user = value_of(input->replication_user)};
    return input->groups.present ? encode_groups(call, &input->groups, &change->groups) : RESULT_OK;
}

/* The user of the path; false: answered with 404 or 500. */
static bool find_user(struct call *call, struct user *user)
{
    enum result result = user_find(call->store, call->labels.broker_id, call->labels.username,
                                   call->broker.shows_users_applied, call->scratch, user);
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_USER_NOT_FOUND, call->labels.username);
    else if (result)
        call_fail_internal(call, result);
    return !result;
}

/* Of a broker that can have no more users: RESULT_CONFLICT for a name that is taken, which is
 * answered first, or RESULT_NOT_FOUND. */
static enum result look_for_name(struct call *call)
{
    struct user user;
    enum result result = user_find(call->store, call->labels.broker_id, call->labels.username,
                                   false, call->scratch, &user);
    return result ? result : RESULT_CONFLICT;
}

/* Nothing fails after the row is in: the operation has no savepoint. */
void create_user(struct call *call)
{
    struct slice broker_id = call->labels.broker_id, username = call->labels.username;
    struct user_change change;
    bool is_full = false;
    enum result result = user_read_change(call, call->input, &change);
    if (!result)
        result = user_exceeds(call->store, broker_id, USERS_MAX - 1, &is_full);
    if (!result)
        result =
            is_full ? look_for_name(call) : user_insert(call->store, broker_id, username, &change);
    if (result == RESULT_CONFLICT)
        call_fail(call, ERROR_USER_EXISTS, username);
    else if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_USER_COUNT, call->broker.name);
    else
        call_finish_empty(call, result);
}

void update_user(struct call *call)
{
    struct user_change change;
    struct user user;
    if (!find_user(call, &user))
        return;
    enum result result = user_read_change(call, call->input, &change);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    bool console =
        change.console_access < 0 ? user.pending_console_access : change.console_access > 0;
    bool replication =
        change.replication_user < 0 ? user.replication_user : change.replication_user > 0;
    if (console && replication)
        call_fail(call, ERROR_REPLICATION_CONSOLE);
    else
        call_finish_empty(call, user_stage_update(call->store, call->labels.broker_id,
                                                  call->labels.username, &change));
}

void delete_user(struct call *call)
{
    struct user user;
    if (find_user(call, &user))
        call_finish_empty(
            call, user_stage_delete(call->store, call->labels.broker_id, call->labels.username));
}

void describe_user(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct user user;
    if (!call->broker.shows_users) {
        call_fail(call, ERROR_USER_NOT_FOUND, call->labels.username);
        return;
    }
    if (!find_user(call, &user))
        return;
    json_object_begin(&writer);
    json_put_string(&writer, "brokerId", call->broker.id);
    if (user.applied) {
        json_put_boolean(&writer, "consoleAccess", user.console_access);
        json_put_raw(&writer, "groups", user.groups);
    }
    if (user.pending_change.data) {
        json_key(&writer, "pending");
        json_object_begin(&writer);
        json_put_boolean(&writer, "consoleAccess", user.pending_console_access);
        json_put_raw(&writer, "groups", user.pending_groups);
        json_put_string(&writer, "pendingChange", user.pending_change);
        json_object_end(&writer);
    }
    json_put_boolean(&writer, "replicationUser", user.replication_user);
    json_put_string(&writer, "username", user.username);
    json_object_end(&writer);
    call_succeed(call);
}

bool list_users_check(struct call *call)
{
    return page_read(call, rule_is_username);
}

void write_user_summaries(struct json_writer *writer, const struct user *users, size_t count)
{
    json_key(writer, "users");
    json_list_begin(writer);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(writer);
        json_put_optional(writer, "pendingChange", users[i].pending_change);
        json_put_string(writer, "username", users[i].username);
        json_object_end(writer);
    }
    json_list_end(writer);
}

void list_users(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct user *users = NULL;
    size_t count = 0, most = (size_t)call->page.max_results;
    enum result result = RESULT_OK;
    if (call->broker.shows_users) /* one row more tells whether a page follows */
        result =
            user_page(call->store, call->labels.broker_id, call->broker.shows_users_applied,
                      call->page.after, call->page.max_results + 1, call->scratch, &users, &count);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    json_object_begin(&writer);
    json_put_string(&writer, "brokerId", call->broker.id);
    json_put_integer(&writer, "maxResults", call->page.max_results);
    if (count > most)
        page_put_token(call, &writer, users[most - 1].username);
    write_user_summaries(&writer, users, count > most ? most : count);
    json_object_end(&writer);
    call_succeed(call);
}
