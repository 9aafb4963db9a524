/* Checks that libmicrohttpd 0.9.75 lacks. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "api/request.h"

/* What is wrong with the framing of a request, or NULL. `version` is such as "HTTP/1.1". */
const char *framing_check(const struct request *request, struct slice version);

/* Cuts the blanks after a header's value, which are not part of it (RFC 9112, 5.1); but not those
 * of Transfer-Encoding: libmicrohttpd does not take `chunked` with a blank for `chunked`, so
 * framing_check must see it. */
void framing_trim(struct header *header);

/* Whether the head of the request, which ends before `end`, has something that libmicrohttpd before
 * 0.9.77 hides: a folded line, which it appends to the name of the header; a line with an empty
 * name, which it takes for the end of the head; a NUL, where it ends a value. The names and values
 * must be where it has left them: in one block, with zeros in place of the first colon and the line
 * end of each line. Not found: an empty name and value if this line or the one before ends in LF
 * alone, since the zeros are then those of other line ends. */
bool framing_hides_lines(const struct request *request, const char *end);

/* Whether `memory`, the bytes of a connection, is too small for the query of that target:
 * libmicrohttpd would then never answer. */
bool framing_exhausts(const char *target, size_t memory);

/* Whether the client sends the body only after `100 Continue`, or reads an error instead of it. */
bool framing_expects_continue(const struct request *request);

/* Whether a request with `Expect: 100-continue` announces a body that is too large, so that it can
 * be rejected before the client sends it. */
bool framing_is_hopeless(const struct request *request);

#endif
