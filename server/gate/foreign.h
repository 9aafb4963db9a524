/* Calls that are not for Amazon MQ: of other services, and of browsers. */
#ifndef GATE_FOREIGN_H
#define GATE_FOREIGN_H

#include "api/call.h"

/* Answers a call that was signed for another service, in the error form of that service's protocol.
 */
void foreign_answer(struct call *call, struct slice service);

/* Whether a browser asks for a place where the page could be, and is led to the page or told that
 * there is none. The page itself is left to the router. */
bool foreign_is_browser(struct call *call);

#endif
