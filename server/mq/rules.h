/* The service's rules on values: pure functions, no store. */
#ifndef MQ_RULES_H
#define MQ_RULES_H

#include "api/errors.h"

enum {
    USERNAME_LEAST = 2,
    USERNAME_MOST = 100,
    PASSWORD_LEAST = 12,
    PASSWORD_MOST = 250,
    PASSWORD_UNIQUE = 4,
    GROUP_LEAST = 2,
    GROUP_MOST = 100,
    GROUPS_MOST = 20,
    USERS_MOST = 250,
};

/* Each returns the rule that is broken, or ERROR_NONE. Values are valid UTF-8, lengths are in code
 * points. */
enum error_id rule_username(struct slice username);
enum error_id rule_password(
    struct slice password); /* length, forbidden, printable, unique: in this order */
enum error_id rule_group(struct slice group);

/* Whether a text has the form of a key in a page token: 2 to 100 of the username alphabet, or a
 * broker id. */
bool rule_is_username(struct slice text);
bool rule_is_broker_id(struct slice text);

/* Whether a broker in that state can be changed and rebooted. */
bool rule_state_allows_change(struct slice state);

#endif
