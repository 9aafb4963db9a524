/* The list of faults, which the server answers in parts. */
#ifndef CTL_PARTS_H
#define CTL_PARTS_H

#include "ctl/client.h"

/* Asks for the parts after `answer`, that of `request`, until the list is complete, and makes their
 * items one list in `list`. `answer` becomes that of the last request. RESULT_INVALID: it is not a
 * list, or not a success. Others as for client_call, with *error set. */
enum result parts_collect(const struct client_request *request, struct client_answer *answer,
                          struct buffer *list, struct client_error *error) MUST_CHECK;

#endif
