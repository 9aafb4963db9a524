/* What libmicrohttpd 0.9.75 lets through and a server must not. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "api/request.h"

/* What is wrong with the framing of a request of that version ("HTTP/1.1"), or NULL. */
const char *framing_check(const struct request *request, struct slice version);

/* Whether the memory of a connection, in bytes, cannot hold the query of that target: then it never
 * answers. */
bool framing_exhausts(const char *target, size_t memory);

/* A length that cannot be met is refused before the client sends its body, if it asks first. */
bool framing_is_hopeless(const struct request *request);

#endif
