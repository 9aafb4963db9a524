/* Request targets: raw parts are inside the raw text, decoded parts are valid UTF-8 without NUL, a
 * target encoded again from its decoded parts has the same parts, and the router returns only
 * operations of its tables. */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "control/endpoints.h"
#include "gate/router.h"
#include "http/framing.h"
#include "http/target.h"
#include "mq/operations.h"

static bool lies_inside(struct slice part, struct slice raw)
{
    return !part.data || (part.data >= raw.data && part.data + part.len <= raw.data + raw.len);
}

static void expect_text(struct slice text)
{
    FUZZ_CHECK(text.data && utf8_valid(text));
    FUZZ_CHECK(text.len == 0 || !memchr(text.data, '\0', text.len));
    FUZZ_CHECK(text.data[text.len] == '\0');
}

static size_t stored_segments(const struct target *target)
{
    return target->segment_count < REQUEST_SEGMENTS ? target->segment_count : REQUEST_SEGMENTS;
}

static void append_encoded(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        buffer_printf(out, "%%%02x", (unsigned char)text.data[i]);
}

static void expect_same(const struct target *a, const struct target *b)
{
    FUZZ_CHECK(!b->malformed);
    FUZZ_CHECK(a->segment_count == b->segment_count && a->member_count == b->member_count);
    for (size_t i = 0; i < a->segment_count; i++)
        FUZZ_CHECK_SEEN(slice_equal(a->segments[i], b->segments[i]), "segment %zu", i);
    for (size_t i = 0; i < a->member_count; i++)
        FUZZ_CHECK_SEEN(slice_equal(a->members[i].name, b->members[i].name) &&
                            slice_equal(a->members[i].value, b->members[i].value),
                        "member %zu", i);
}

/* Writes a member without name and value as `=`: the parser ignores an empty one. */
static void expect_round_trip(const struct target *target, struct arena *arena)
{
    struct buffer text;
    struct target again;
    buffer_init(&text, FUZZ_ROOM);
    for (size_t i = 0; i < target->segment_count; i++) {
        buffer_append_char(&text, '/');
        append_encoded(&text, target->segments[i]);
    }
    for (size_t i = 0; i < target->member_count; i++) {
        buffer_append_char(&text, i == 0 ? '?' : '&');
        append_encoded(&text, target->members[i].name);
        buffer_append_char(&text, '=');
        append_encoded(&text, target->members[i].value);
    }
    FUZZ_CHECK(!text.failed);
    FUZZ_CHECK(target_parse(buffer_slice(&text), arena, &again) == RESULT_OK);
    expect_same(target, &again);
    buffer_close(&text);
}

static void expect_routed(const struct target *target, struct arena *arena)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"};
    struct request request = {.target = *target, .arena = arena};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct labels labels;
        request.method = slice_of(methods[i]);
        const struct operation *operation = router_find(&request, &labels);
        if (!operation)
            continue;
        FUZZ_CHECK(slice_equal(request.method, slice_of(operation->method)));
        if (target->is_control) {
            FUZZ_CHECK(operation >= control_operations &&
                       operation < control_operations + control_operation_count);
            continue;
        }
        FUZZ_CHECK(operation >= operations && operation < operations + operation_count);
        FUZZ_CHECK(!(operation->needs & NEEDS_BROKER) || labels.broker_id.len > 0);
        FUZZ_CHECK(router_methods(target, arena).len > 0);
    }
}

void fuzz_request_target(struct slice input)
{
    struct fuzz_pieces pieces = {.count = 0};
    struct arena arena;
    struct target target;
    struct slice raw = fuzz_copy(&pieces, input);
    arena_init(&arena, FUZZ_ROOM);
    FUZZ_CHECK(target_parse(raw, &arena, &target) == RESULT_OK);
    FUZZ_CHECK(lies_inside(target.path, raw) && lies_inside(target.query, raw));
    if (!target.malformed) {
        for (size_t i = 0; i < stored_segments(&target); i++)
            expect_text(target.segments[i]);
        for (size_t i = 0; i < target.member_count; i++) {
            expect_text(target.members[i].name);
            expect_text(target.members[i].value);
        }
        if (target.segment_count <= REQUEST_SEGMENTS)
            expect_round_trip(&target, &arena);
        expect_routed(&target, &arena);
    }
    struct slice line = fuzz_copy_terminated(&pieces, input);
    framing_exhausts(line.data, 32 << 10);
    arena_close(&arena);
    fuzz_free(&pieces);
}
