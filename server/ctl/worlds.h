/* The accounts and regions that have brokers. */
#ifndef CTL_WORLDS_H
#define CTL_WORLDS_H

#include "ctl/client.h"

/* Asks where the reset is sent. True: there is no broker in `account` and `region`, NULL for the
 * server's; *note becomes a line that says so and names where brokers are. False: there is one, or
 * the server does not tell. */
bool world_has_no_broker(const struct client_request *reset, const char *account,
                         const char *region, struct buffer *note);

#endif
