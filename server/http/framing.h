/* What libmicrohttpd 0.9.75 lets through and a server must not. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "api/request.h"

/* What is wrong with the framing of a request of that version ("HTTP/1.1"), or NULL. */
const char *framing_check(const struct request *request, struct slice version);

#endif
