/* Checks a login with the applied values of a user, as the running broker would. */
#include <stddef.h>

#include "base/crypto.h"
#include "control/parts.h"
#include "mq/rules.h"
#include "store/broker_heads.h"
#include "store/brokers.h"
#include "store/users.h"

struct authenticate_input {
    struct slice broker_id, username, password;
};

#define AT(member) offsetof(struct authenticate_input, member)
static const struct member authenticate_list[] = {
    {"brokerId", MEMBER_STRING, AT(broker_id), true, NULL},
    {"username", MEMBER_STRING, AT(username), true, NULL},
    {"password", MEMBER_STRING, AT(password), true, NULL},
};
const struct members control_authenticate_members =
    MEMBERS(authenticate_list, struct authenticate_input);

void control_authenticate(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    const struct authenticate_input *input = call->input;
    struct broker_head broker;
    struct user_login login;
    enum result result = broker_find_head(call->store, input->broker_id, call->scratch, &broker);
    if (result == RESULT_NOT_FOUND) {
        call_fail(call, ERROR_BROKER_NOT_FOUND, input->broker_id);
        return;
    }
    if (!result)
        result =
            user_find_login(call->store, input->broker_id, input->username, call->scratch, &login);
    if (result && result != RESULT_NOT_FOUND) {
        call_fail_internal(call, result);
        return;
    }
    bool authenticated = !result && rule_state_allows_change(broker.state) &&
                         crypto_equal(login.password, input->password);
    json_object_begin(&writer);
    json_put_boolean(&writer, "authenticated", authenticated);
    if (authenticated) {
        json_put_boolean(&writer, "consoleAccess", login.console_access);
        json_put_raw(&writer, "groups", login.groups);
    }
    json_object_end(&writer);
    call_succeed(call);
}
