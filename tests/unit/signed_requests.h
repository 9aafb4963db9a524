/* Reads tests/data/captures and builds requests from them. Every slice has memory of its own that
 * ends where it ends, so that the sanitizer finds a read past it. */
#ifndef TESTS_UNIT_SIGNED_REQUESTS_H
#define TESTS_UNIT_SIGNED_REQUESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gate/sigv4.h"

#ifndef TEST_DATA
#define TEST_DATA "tests/data"
#endif

enum { SAMPLE_HEADERS = 40, SAMPLE_MEMBERS = 40, SAMPLES = 40, ARENA_CEILING = 1 << 20 };

struct sample {
    char name[96];
    int64_t now_s;           /* when it was sent */
    struct slice head, body; /* as in the file */
    struct request request;
    struct header headers[SAMPLE_HEADERS];
    struct query_member members[SAMPLE_MEMBERS];
};

struct piece {
    struct piece *older;
    char data[];
};

static struct piece *pieces;
static struct arena arena;
static struct sample samples[SAMPLES];

/* A copy that nothing stands behind. */
static inline struct slice own(struct slice s)
{
    struct piece *piece = malloc(sizeof *piece + s.len);
    assert_non_null(piece);
    piece->older = pieces;
    pieces = piece;
    if (s.len > 0)
        memcpy(piece->data, s.data, s.len);
    return (struct slice){piece->data, s.len};
}

static inline struct slice own_text(const char *text)
{
    return own(slice_of(text));
}

/* Frees the pieces that are younger than `last`. */
static inline void release(const struct piece *last)
{
    while (pieces != last) {
        struct piece *older = pieces->older;
        free(pieces);
        pieces = older;
    }
}

static inline int sample_setup(void **state)
{
    (void)state;
    pieces = NULL;
    arena_init(&arena, ARENA_CEILING);
    return 0;
}

static inline int sample_teardown(void **state)
{
    (void)state;
    release(NULL);
    arena_close(&arena);
    return 0;
}

/* Where `text` begins, or NULL. */
static inline const char *find(struct slice s, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= s.len; i++)
        if (memcmp(s.data + i, text, len) == 0)
            return s.data + i;
    return NULL;
}

/* What stands before `end` in *rest, which is left with what follows it. */
static inline struct slice cut(struct slice *rest, const char *end)
{
    const char *found = find(*rest, end);
    if (!found) {
        struct slice all = *rest;
        *rest = (struct slice){all.len > 0 ? all.data + all.len : all.data, 0};
        return all;
    }
    struct slice before = {rest->data, (size_t)(found - rest->data)};
    size_t past = before.len + strlen(end);
    *rest = (struct slice){rest->data + past, rest->len - past};
    return before;
}

static inline struct slice decode(struct slice raw)
{
    struct slice copy = own(raw);
    char *out = pieces->data;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++, len++) {
        unsigned value = 0;
        char hex[3] = {0};
        if (raw.data[i] == '%' && raw.len - i > 2)
            memcpy(hex, raw.data + i + 1, 2);
        out[len] = raw.data[i];
        if (hex[0] && sscanf(hex, "%2x", &value) == 1) {
            out[len] = (char)value;
            i += 2;
        }
    }
    return own((struct slice){copy.data, len});
}

/* The query and its members; a NULL query means there is none. */
static inline void sample_set_query(struct sample *sample, struct slice query)
{
    struct target *target = &sample->request.target;
    target->query = query;
    target->members = sample->members;
    target->member_count = 0;
    while (query.len > 0) {
        struct slice value = cut(&query, "&");
        struct slice name = cut(&value, "=");
        if (target->member_count < SAMPLE_MEMBERS)
            sample->members[target->member_count++] =
                (struct query_member){decode(name), decode(value)};
    }
}

static inline void sample_add_header(struct sample *sample, struct slice name, struct slice value)
{
    if (sample->request.header_count < SAMPLE_HEADERS)
        sample->headers[sample->request.header_count++] = (struct header){own(name), own(value)};
}

/* `head` has the lines of a request without its body; lines end with a newline, before which the
 * two characters \r may stand. */
static inline void sample_parse(struct sample *sample, struct slice head, struct slice body)
{
    sample->request = (struct request){
        .headers = sample->headers, .arena = &arena, .max_body = 1 << 20, .body = own(body)};
    struct slice line = cut(&head, "\n");
    line = cut(&line, "\\r");
    sample->request.method = own(cut(&line, " "));
    struct slice version = SLICE(" HTTP/1.1");
    if (line.len >= version.len)
        line.len -= version.len;
    sample->request.raw_target = own(line);
    struct slice query = line;
    sample->request.target.path = own(cut(&query, "?"));
    bool has_query = sample->request.target.path.len < line.len;
    sample_set_query(sample, has_query ? own(query) : (struct slice){NULL, 0});
    while (head.len > 0) {
        line = cut(&head, "\n");
        line = cut(&line, "\\r");
        struct slice name = cut(&line, ":");
        if (name.len > 0)
            sample_add_header(sample, name, line);
    }
}

/* The whole file, in a piece. */
static inline struct slice read_data(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/captures/%s", TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    static char content[1 << 18];
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    assert_in_range(len, 1, sizeof content - 1);
    return own((struct slice){content, len});
}

/* Fills `samples`; returns how many there are. */
static inline size_t load_samples(const char *file)
{
    struct slice rest = read_data(file);
    size_t count = 0;
    cut(&rest, "#### ");
    while (rest.len > 0) {
        assert_in_range(count, 0, SAMPLES - 1);
        struct sample *sample = &samples[count++];
        struct slice block = cut(&rest, "\n#### ");
        struct slice title = cut(&block, "\n");
        struct slice name = cut(&title, " t=");
        snprintf(sample->name, sizeof sample->name, "%.*s", (int)name.len, name.data);
        sample->now_s = strtoll(title.data, NULL, 10);
        sample->head = cut(&block, "\n\\r\n");
        sample->body = cut(&block, "\n---- response:");
        sample_parse(sample, sample->head, sample->body);
    }
    return count;
}

static inline struct sample *find_sample(size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(samples[i].name, name))
            return &samples[i];
    fail_msg("no sample %s", name);
    return NULL;
}

/* A copy with another character; `at` counts from the end where it is negative. */
static inline struct slice flip(struct slice s, ptrdiff_t at)
{
    struct slice copy = own(s);
    pieces->data[at < 0 ? (ptrdiff_t)s.len + at : at] ^= 1;
    return copy;
}

/* A copy with the first `from` replaced by `to`. */
static inline struct slice replace(struct slice s, const char *from, const char *to)
{
    struct slice rest = s;
    struct slice before = cut(&rest, from);
    if (before.len == s.len)
        fail_msg("no %s in %.*s", from, (int)s.len, s.data);
    char text[4096];
    int len = snprintf(text, sizeof text, "%.*s%s%.*s", (int)before.len, before.data, to,
                       (int)rest.len, rest.data);
    assert_in_range(len, 0, sizeof text - 1);
    return own_text(text);
}

static inline struct header *header_of(struct sample *sample, struct slice name)
{
    for (size_t i = 0; i < sample->request.header_count; i++)
        if (slice_equal_ignoring_case(sample->headers[i].name, name))
            return &sample->headers[i];
    return NULL;
}

static const struct slice SECRET = {"secret", 6};

static const struct {
    const char *file;
    size_t count;
} CLIENTS[] = {{"boto3.txt", 26}, {"javascript.txt", 31}, {"awscli.txt", 18}, {"botocore.txt", 17}};

enum { CLIENT_COUNT = sizeof CLIENTS / sizeof *CLIENTS };

/* SIGV4_OK or the first refusal. */
static inline enum sigv4_verdict verify(const struct sample *sample, struct slice secret,
                                        int64_t now_s)
{
    struct sigv4 sigv4;
    arena_reset(sample->request.arena);
    sigv4_read(&sample->request, &sigv4);
    enum sigv4_verdict verdict = sigv4_check_form(&sigv4);
    int64_t limit_s = 0;
    if (verdict == SIGV4_OK)
        assert_int_equal(sigv4_verify(&sample->request, &sigv4, secret, now_s, &limit_s, &verdict),
                         RESULT_OK);
    return verdict;
}

static inline void expect(const struct sample *sample, enum sigv4_verdict expected,
                          const char *what)
{
    enum sigv4_verdict verdict = verify(sample, SECRET, sample->now_s);
    if (verdict != expected)
        fail_msg("%s, %s: verdict %d, not %d", sample->name, what, (int)verdict, (int)expected);
}

/* Whether the signature covers the path without its dot segments only. */
static inline bool signs_normalized_path(const struct sample *sample)
{
    struct slice path = sample->request.target.path;
    return find(path, "/..") || find(path, "//");
}

static inline bool is_presigned(const struct sample *sample)
{
    return request_query(&sample->request, SLICE("X-Amz-Signature")).data != NULL;
}

static inline bool leaves_body_out(const struct sample *sample)
{
    return strstr(sample->name, "unsigned-payload") != NULL;
}

/* Runs `check` on every sample of every client. */
static inline void for_each_sample(void (*check)(struct sample *))
{
    for (size_t i = 0; i < CLIENT_COUNT; i++) {
        size_t count = load_samples(CLIENTS[i].file);
        assert_int_equal(count, CLIENTS[i].count);
        for (size_t j = 0; j < count; j++)
            check(&samples[j]);
    }
}

#endif
