/* The form of a token, as recorded from the service: base64 of
 * {"version":"v1","serializedPaginationToken":"<base64 of
 * {"tokenData":{"last-seen-broker-arn":"<key>"}}>"}. All lists use this name of the key. */
#include "api/page.h"

#include "base/crypto.h"
#include "base/text.h"

enum { PAGE_TOKEN = 2048 }; /* the maximum size of a token; our keys are shorter */

static const struct slice outer_begin =
    SLICE_INIT("{\"version\":\"v1\",\"serializedPaginationToken\":\"");
static const struct slice outer_end = SLICE_INIT("\"}");
static const struct slice inner_begin = SLICE_INIT("{\"tokenData\":{\"last-seen-broker-arn\":\"");
static const struct slice inner_end = SLICE_INIT("\"}}");

/* Decodes `text` and removes `begin` and `end`; keys need no JSON escapes. */
static bool unwrap(struct slice text, struct slice begin, struct slice end, char *decoded,
                   struct slice *inside)
{
    size_t len = 0;
    if (text.len > PAGE_TOKEN || crypto_base64_decode(text, decoded, &len))
        return false;
    if (len < begin.len + end.len || memcmp(decoded, begin.data, begin.len) != 0 ||
        memcmp(decoded + len - end.len, end.data, end.len) != 0)
        return false;
    *inside = (struct slice){decoded + begin.len, len - begin.len - end.len};
    return true;
}

static bool read_token(struct call *call, struct slice token, bool (*is_key)(struct slice key))
{
    char outer[PAGE_TOKEN], inner[PAGE_TOKEN];
    struct slice middle, key;
    if (!unwrap(token, outer_begin, outer_end, outer, &middle) ||
        !unwrap(middle, inner_begin, inner_end, inner, &key) || !is_key(key))
        return false;
    char *copy = arena_copy(call->arena, key);
    if (!copy)
        return false;
    call->page.after = (struct slice){copy, key.len};
    return true;
}

static bool read_max_results(struct slice text, int64_t *value)
{
    return text.len <= 10 && text_number(text, PAGE_MAX, value) && *value >= PAGE_MIN;
}

bool page_read(struct call *call, bool (*is_key)(struct slice key))
{
    struct slice max_results = request_query(call->request, SLICE("maxResults"));
    struct slice token = request_query(call->request, SLICE("nextToken"));
    call->page = (struct page){.max_results = PAGE_DEFAULT};
    if (max_results.data && !read_max_results(max_results, &call->page.max_results)) {
        call_fail(call, ERROR_MAX_RESULTS, max_results);
        return false;
    }
    if (token.len > 0 && !read_token(call, token, is_key)) {
        call_fail(call, ERROR_NEXT_TOKEN, token);
        return false;
    }
    return true;
}

static bool wrap(struct buffer *out, struct slice begin, struct slice text, struct slice end,
                 char *base64)
{
    buffer_clear(out);
    buffer_append_slice(out, begin);
    buffer_append_slice(out, text);
    buffer_append_slice(out, end);
    if (!out->failed)
        crypto_base64_encode(buffer_slice(out), base64);
    return !out->failed;
}

void page_put_token(struct call *call, struct json_writer *writer, struct slice key)
{
    char inner[PAGE_TOKEN], outer[PAGE_TOKEN];
    struct buffer text;
    buffer_init(&text, PAGE_TOKEN / 2);
    if (wrap(&text, inner_begin, key, inner_end, inner) &&
        wrap(&text, outer_begin, slice_of(inner), outer_end, outer))
        json_put_string(writer, "nextToken", slice_of(outer));
    else
        call->out->failed = text.failed;
    buffer_close(&text);
}
