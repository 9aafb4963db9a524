/* Computes the expected signature of a request and compares it with the one received. Allocates
 * from the request's arena, each text with its maximum size. */
#include "gate/sigv4.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"

/* An append-only text of fixed capacity. */
struct text {
    char *data;
    size_t len;
    size_t capacity;
};

static enum result text_init(struct text *text, struct arena *arena, size_t capacity)
{
    *text = (struct text){arena_alloc(arena, capacity), 0, capacity};
    return text->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static struct slice text_from(const struct text *text, size_t start)
{
    return (struct slice){text->data + start, text->len - start};
}

static void put_char(struct text *text, char c)
{
    assert(text->len < text->capacity);
    text->data[text->len++] = c;
}

static void put(struct text *text, struct slice s)
{
    assert(s.len <= text->capacity - text->len);
    if (s.len > 0)
        memcpy(text->data + text->len, s.data, s.len);
    text->len += s.len;
}

static void put_line(struct text *text, struct slice s)
{
    put(text, s);
    put_char(text, '\n');
}

/* Percent-encodes all but the unreserved characters of RFC 3986. */
static void put_encoded(struct text *text, char c, bool allow_slash)
{
    static const char digits[] = "0123456789ABCDEF";
    if (text_is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~' ||
        (allow_slash && c == '/')) {
        put_char(text, c);
        return;
    }
    put_char(text, '%');
    put_char(text, digits[(unsigned char)c >> 4]);
    put_char(text, digits[(unsigned char)c & 15]);
}

/* ASCII only, independent of the locale. */
static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Byte order; a prefix comes first. */
static int compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* As compare, with ASCII letters as lower-case. */
static int compare_ignoring_case(struct slice a, struct slice b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        unsigned char x = (unsigned char)to_lower(a.data[i]);
        unsigned char y = (unsigned char)to_lower(b.data[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* Decodes and encodes again, so that %7e and ~ are equal. `+` is a plus sign, as everywhere in this
 * service, and becomes %2B. */
static struct slice put_query_part(struct text *text, struct slice raw)
{
    size_t start = text->len;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        int high = c == '%' && raw.len - i > 2 ? text_hex_value(raw.data[i + 1]) : -1;
        int low = high >= 0 ? text_hex_value(raw.data[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        }
        put_encoded(text, c, false);
    }
    return text_from(text, start);
}

struct pair {
    struct slice name, value; /* encoded */
};

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = compare(a->name, b->name);
    return order != 0 ? order : compare(a->value, b->value);
}

/* Uses the raw query, because the number of decoded members is limited. X-Amz-Signature occurs only
 * in presigned requests: sigv4_check_form rejects it in others. */
static enum result canonical_query(struct arena *arena, struct slice raw, struct slice *query)
{
    size_t count_max = 1;
    for (size_t i = 0; i < raw.len; i++)
        count_max += raw.data[i] == '&';
    struct pair *pairs = arena_alloc(arena, count_max * sizeof *pairs);
    struct text encoded, text;
    if (!pairs || text_init(&encoded, arena, 3 * raw.len) ||
        text_init(&text, arena, 3 * raw.len + 2 * count_max))
        return RESULT_NO_MEMORY;
    size_t count = 0;
    while (raw.data) {
        struct slice value = text_take(&raw, '&');
        if (value.len == 0)
            continue;
        struct slice name = text_take(&value, '=');
        name = put_query_part(&encoded, name);
        if (slice_equal(name, SLICE("X-Amz-Signature")))
            continue;
        pairs[count++] = (struct pair){name, put_query_part(&encoded, value)};
    }
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            put_char(&text, '&');
        put(&text, pairs[i].name);
        put_char(&text, '=');
        put(&text, pairs[i].value);
    }
    *query = text_from(&text, 0);
    return RESULT_OK;
}

/* By name; headers of the same name stay in their order. */
static int compare_headers(const void *left, const void *right)
{
    const struct header *a = *(const struct header *const *)left;
    const struct header *b = *(const struct header *const *)right;
    int order = compare_ignoring_case(a->name, b->name);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Trims the value and replaces each run of blanks by a space. */
static void put_header_value(struct text *text, struct slice value)
{
    value = text_trim(value);
    for (size_t i = 0; i < value.len; i++) {
        if (!text_is_blank(value.data[i]))
            put_char(text, value.data[i]);
        else if (!text_is_blank(value.data[i - 1]))
            put_char(text, ' ');
    }
}

/* The request's headers in the order of compare_headers. */
static const struct header **sort_headers(const struct request *request)
{
    size_t size = request->header_count * sizeof(const struct header *);
    const struct header **sorted = arena_alloc(request->arena, size);
    if (!sorted)
        return NULL;
    for (size_t i = 0; i < request->header_count; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, request->header_count, sizeof *sorted, compare_headers);
    return sorted;
}

static bool is_lower_case(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] != to_lower(name.data[i]))
            return false;
    return true;
}

/* Writes all headers of that name as one line; false if there is none from *next on. Moves *next
 * past them, so names must ascend. */
static bool put_header(struct text *text, const struct header *const *sorted, size_t count,
                       size_t *next, struct slice name)
{
    while (*next < count && compare_ignoring_case(sorted[*next]->name, name) < 0)
        ++*next;
    size_t first = *next;
    for (; *next < count && compare_ignoring_case(sorted[*next]->name, name) == 0; ++*next) {
        if (*next == first)
            put(text, name);
        put_char(text, *next == first ? ':' : ',');
        put_header_value(text, sorted[*next]->value);
    }
    if (*next == first)
        return false;
    put_char(text, '\n');
    return true;
}

/* RESULT_INVALID if a header is missing or the names are not, as from every client, in lower case,
 * ascending and unique: AWS does not document how it would treat other lists. It rejects a list
 * without `host` with an InvalidSignatureException of a different text ("'Host' or ':authority'
 * must be a 'SignedHeader' in the AWS Authorization."). */
static enum result canonical_headers(const struct request *request, struct slice names,
                                     struct slice *headers)
{
    size_t capacity = 0;
    for (size_t i = 0; i < request->header_count; i++)
        capacity += request->headers[i].name.len + request->headers[i].value.len + 2;
    struct text text;
    const struct header **sorted = sort_headers(request);
    if (!sorted || text_init(&text, request->arena, capacity))
        return RESULT_NO_MEMORY;
    size_t next = 0;
    bool has_host = false;
    while (names.data) {
        struct slice name = text_take(&names, ';');
        if (!is_lower_case(name) || !put_header(&text, sorted, request->header_count, &next, name))
            return RESULT_INVALID;
        has_host = has_host || slice_equal(name, SLICE("host"));
    }
    *headers = text_from(&text, 0);
    return has_host ? RESULT_OK : RESULT_INVALID;
}

/* The path as signed by botocore and the SDKs for JavaScript, Java and Ruby: RFC 3986 §5.2.4, but
 * also without empty segments, and with a slash at the end only if there was one. Their request
 * line has the original path. */
static enum result remove_dot_segments(struct arena *arena, struct slice path, struct slice *out)
{
    struct text text;
    if (text_init(&text, arena, path.len + 2))
        return RESULT_NO_MEMORY;
    bool slash_at_end = path.len > 0 && path.data[path.len - 1] == '/';
    while (path.data) {
        struct slice segment = text_take(&path, '/');
        if (slice_equal(segment, SLICE(".."))) {
            while (text.len > 0 && text.data[--text.len] != '/')
                continue;
        } else if (segment.len > 0 && !slice_equal(segment, SLICE("."))) {
            put_char(&text, '/');
            put(&text, segment);
        }
    }
    if (text.len == 0 || slash_at_end)
        put_char(&text, '/');
    *out = text_from(&text, 0);
    return RESULT_OK;
}

/* Values common to all attempts to match a signature. */
struct material {
    struct slice query, headers; /* canonical */
    struct slice hashes[2];      /* the accepted values for the body */
    size_t hash_count;
    uint8_t key[CRYPTO_SHA256]; /* derived from the secret */
};

/* RESULT_INVALID if the body does not have the declared hash. */
static enum result find_hashes(const struct request *request, const struct sigv4 *sigv4,
                               struct material *material)
{
    const struct slice unsigned_payload = SLICE("UNSIGNED-PAYLOAD");
    struct slice declared = request_header(request, SLICE("x-amz-content-sha256"));
    if (!declared.data && sigv4->presigned)
        declared = request_query(request, SLICE("X-Amz-Content-Sha256"));
    declared = text_trim(declared);
    material->hash_count = 1;
    material->hashes[0] = unsigned_payload;
    if (declared.data && slice_equal(declared, unsigned_payload))
        return RESULT_OK;
    uint8_t digest[CRYPTO_SHA256];
    enum result result = crypto_sha256(request->body, digest);
    char *hex = arena_alloc(request->arena, CRYPTO_SHA256_HEX + 1);
    if (result || !hex)
        return result ? result : RESULT_NO_MEMORY;
    crypto_hex(digest, CRYPTO_SHA256, hex);
    material->hashes[0] = (struct slice){hex, CRYPTO_SHA256_HEX};
    if (declared.data)
        return crypto_equal(declared, material->hashes[0]) ? RESULT_OK : RESULT_INVALID;
    /* Without a declared hash, botocore presigns that of the body, others UNSIGNED-PAYLOAD. */
    if (sigv4->presigned)
        material->hashes[material->hash_count++] = unsigned_payload;
    return RESULT_OK;
}

static enum result derive_key(struct arena *arena, const struct sigv4 *sigv4, struct slice secret,
                              uint8_t key[CRYPTO_SHA256])
{
    const struct slice steps[] = {sigv4->scope_date, sigv4->region, sigv4->service,
                                  sigv4->terminator};
    struct text first;
    enum result result = text_init(&first, arena, secret.len + 4);
    if (result)
        return result;
    put(&first, SLICE("AWS4"));
    put(&first, secret);
    struct slice last = text_from(&first, 0);
    uint8_t next[CRYPTO_SHA256];
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        result = crypto_hmac_sha256(last, steps[i], next);
        if (result)
            return result;
        memcpy(key, next, CRYPTO_SHA256);
        last = (struct slice){(const char *)key, CRYPTO_SHA256};
    }
    return RESULT_OK;
}

static enum result gather(const struct request *request, const struct sigv4 *sigv4,
                          struct slice secret, struct material *material)
{
    enum result result = find_hashes(request, sigv4, material);
    if (!result)
        result = canonical_headers(request, sigv4->signed_headers, &material->headers);
    if (!result)
        result = canonical_query(request->arena, request->target.query, &material->query);
    if (!result)
        result = derive_key(request->arena, sigv4, secret, material->key);
    return result;
}

/* The digest of the canonical request, in hex. */
static enum result hash_request(const struct request *request, const struct sigv4 *sigv4,
                                const struct material *material, struct slice path,
                                struct slice body_hash, char hex[CRYPTO_SHA256_HEX + 1])
{
    size_t capacity = request->method.len + 3 * path.len + material->query.len +
                      material->headers.len + sigv4->signed_headers.len + body_hash.len + 6;
    struct text text;
    if (text_init(&text, request->arena, capacity))
        return RESULT_NO_MEMORY;
    put_line(&text, request->method);
    for (size_t i = 0; i < path.len; i++)
        put_encoded(&text, path.data[i], true);
    put_char(&text, '\n');
    put_line(&text, material->query);
    put_line(&text, material->headers);
    put_line(&text, sigv4->signed_headers);
    put(&text, body_hash);
    uint8_t digest[CRYPTO_SHA256];
    enum result result = crypto_sha256(text_from(&text, 0), digest);
    if (!result)
        crypto_hex(digest, CRYPTO_SHA256, hex);
    return result;
}

/* Whether the signature is the one of this path and body hash. */
static enum result match(const struct request *request, const struct sigv4 *sigv4,
                         const struct material *material, struct slice path, struct slice body_hash,
                         bool *matches)
{
    char hex[CRYPTO_SHA256_HEX + 1];
    enum result result = hash_request(request, sigv4, material, path, body_hash, hex);
    if (result)
        return result;
    char date[CLOCK_DATE_TIME];
    clock_format_basic(sigv4->date_s, date);
    const struct slice scope[] = {sigv4->scope_date, sigv4->region, sigv4->service};
    size_t capacity = CLOCK_DATE_TIME + CRYPTO_SHA256_HEX + sigv4->terminator.len + 32;
    for (size_t i = 0; i < 3; i++)
        capacity += scope[i].len;
    struct text text;
    if (text_init(&text, request->arena, capacity))
        return RESULT_NO_MEMORY;
    put_line(&text, SLICE("AWS4-HMAC-SHA256"));
    put_line(&text, slice_of(date));
    for (size_t i = 0; i < 3; i++) {
        put(&text, scope[i]);
        put_char(&text, '/');
    }
    put_line(&text, sigv4->terminator);
    put(&text, (struct slice){hex, CRYPTO_SHA256_HEX});
    uint8_t signature[CRYPTO_SHA256];
    const struct slice key = {(const char *)material->key, CRYPTO_SHA256};
    result = crypto_hmac_sha256(key, text_from(&text, 0), signature);
    if (result)
        return result;
    crypto_hex(signature, CRYPTO_SHA256, hex);
    *matches = crypto_equal(sigv4->signature, (struct slice){hex, CRYPTO_SHA256_HEX});
    return RESULT_OK;
}

/* Tries all forms in which clients sign the path and the body. */
static enum result match_any(const struct request *request, const struct sigv4 *sigv4,
                             const struct material *material, bool *matches)
{
    struct slice paths[2] = {request->target.path};
    enum result result = remove_dot_segments(request->arena, paths[0], &paths[1]);
    size_t path_count = !result && slice_equal(paths[0], paths[1]) ? 1 : 2;
    for (size_t i = 0; i < path_count; i++)
        for (size_t j = 0; j < material->hash_count && !result && !*matches; j++)
            result = match(request, sigv4, material, paths[i], material->hashes[j], matches);
    return result;
}

static enum sigv4_verdict check_date(const struct sigv4 *sigv4, int64_t now_s, int64_t *limit_s)
{
    *limit_s = now_s - (sigv4->presigned ? sigv4->expires_s : SIGV4_SKEW_S);
    if (sigv4->date_s < *limit_s)
        return SIGV4_EXPIRED;
    if (sigv4->date_s <= now_s + SIGV4_SKEW_S)
        return SIGV4_OK;
    *limit_s = now_s + SIGV4_SKEW_S;
    return SIGV4_NOT_YET_CURRENT;
}

enum result sigv4_verify(const struct request *request, const struct sigv4 *sigv4,
                         struct slice secret, int64_t now_s, int64_t *limit_s,
                         enum sigv4_verdict *verdict)
{
    *verdict = check_date(sigv4, now_s, limit_s);
    if (*verdict != SIGV4_OK)
        return RESULT_OK;
    struct material material = {0};
    bool matches = false;
    enum result result = gather(request, sigv4, secret, &material);
    if (!result)
        result = match_any(request, sigv4, &material, &matches);
    *verdict = matches ? SIGV4_OK : SIGV4_MISMATCH;
    return result == RESULT_INVALID ? RESULT_OK : result;
}
