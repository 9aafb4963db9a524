/* Pagination of lists: maxResults and nextToken. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"

enum { PAGE_DEFAULT = 20, PAGE_MIN = 5, PAGE_MAX = 100 };

/* Reads both query parameters into call->page. A token must have exactly the form that
 * page_put_token writes, with a key that satisfies `is_key`. False: answered with an error. */
bool page_read(struct call *call, bool (*is_key)(struct slice key));

/* Writes the member nextToken for the page after `key`. */
void page_put_token(struct call *call, struct json_writer *writer, struct slice key);

#endif
