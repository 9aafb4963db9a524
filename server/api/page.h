/* Lists come in pages: maxResults and nextToken. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"

enum { PAGE_DEFAULT = 20, PAGE_MIN = 5, PAGE_MAX = 100 };

/* Reads both query members into call->page. A token must decode to exactly the form page_put_token
 * writes, and its key pass `is_key`. Answers the error itself and returns false. */
bool page_read(struct call *call, bool (*is_key)(struct slice key));

/* Adds the member nextToken: the page after `key`. */
void page_put_token(struct call *call, struct json_writer *writer, struct slice key);

#endif
