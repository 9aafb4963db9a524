/* Configurations: the first byte selects the kind, the rest is the text. Sanitizing the output of
 * the ActiveMQ sanitizer changes nothing and gives no warning; its errors are printable. An error
 * of the RabbitMQ check has an existing line number, and what is read of a text, valid or not, has
 * sections only if it opens one. */
#include "fuzz.h"

#include "base/utf8.h"
#include "mq/activemq_configuration.h"
#include "mq/rabbitmq_configuration.h"

enum { ROOM = 64 << 20 }; /* limit of the arena, sufficient according to the header */

static void expect_printable(struct slice text)
{
    FUZZ_CHECK(text.len > 0 && utf8_valid(text));
    for (size_t i = 0; i < text.len; i++)
        FUZZ_CHECK((unsigned char)text.data[i] >= ' ');
}

static void expect_warnings(const struct sanitized *out)
{
    FUZZ_CHECK(out->warning_count <= SANITIZER_MAX_WARNINGS);
    for (size_t i = 0; i < out->warning_count; i++) {
        FUZZ_CHECK(out->warnings[i].element.len > 0 && out->warnings[i].reason);
        FUZZ_CHECK(utf8_valid(out->warnings[i].element));
        FUZZ_CHECK(!out->warnings[i].attribute.data || utf8_valid(out->warnings[i].attribute));
    }
}

static void expect_stable(struct slice stored, const struct activemq_grammar *grammar)
{
    struct arena arena;
    struct sanitized again;
    arena_init(&arena, ROOM);
    enum result result = activemq_configuration_sanitize(stored, grammar, &arena, &again);
    FUZZ_CHECK_SEEN(result == RESULT_OK, "%d %.*s", (int)result, (int)again.invalid.len,
                    again.invalid.data);
    FUZZ_CHECK_SEEN(again.warning_count == 0 && slice_equal(again.data, stored), "%.*s",
                    (int)again.data.len, again.data.data);
    arena_close(&arena);
}

static void sanitize(struct slice text, const char *version, bool ldap)
{
    struct activemq_grammar grammar = activemq_grammar_of(slice_of(version), ldap);
    struct arena arena;
    struct sanitized out;
    arena_init(&arena, ROOM);
    enum result result = activemq_configuration_sanitize(text, &grammar, &arena, &out);
    FUZZ_CHECK_SEEN(result == RESULT_OK || result == RESULT_INVALID, "%d", (int)result);
    if (result) {
        FUZZ_CHECK(!out.data.data && out.warning_count == 0);
        expect_printable(out.invalid);
    } else {
        FUZZ_CHECK(!out.invalid.data && out.data.len <= SANITIZER_MAX_DATA);
        FUZZ_CHECK(utf8_valid(out.data) && !memchr(out.data.data, '\0', out.data.len));
        expect_warnings(&out);
        expect_stable(out.data, &grammar);
    }
    arena_close(&arena);
}

static void read_rabbitmq(struct slice text, bool plain)
{
    struct rabbitmq_settings settings;
    rabbitmq_configuration_read(text, SLICE("mq.m7g.large"), DEPLOYMENT_CLUSTER_MULTI_AZ,
                                &settings);
    FUZZ_CHECK(!plain || !settings.has_sections);
    FUZZ_CHECK(settings.strategy == STRATEGY_SIMPLE ||
               settings.strategy == STRATEGY_CONFIG_MANAGED);
    for (int i = 0; i < RABBITMQ_LIMITS_END; i++)
        FUZZ_CHECK(settings.limits.most[i] >= RABBITMQ_UNLIMITED);
}

static void check_rabbitmq(struct slice text, bool sections)
{
    size_t line = 0, lines = 1;
    if (!utf8_valid(text))
        return;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    bool good = rabbitmq_configuration_check(text, sections, &line);
    FUZZ_CHECK_SEEN(good || (line >= 1 && line <= lines), "%zu of %zu", line, lines);
    FUZZ_CHECK(!good || sections || rabbitmq_configuration_check(text, true, &line));
    read_rabbitmq(text, good && !sections);
}

void fuzz_xml(struct slice input)
{
    struct fuzz_pieces pieces = {.count = 0};
    size_t kind = fuzz_take_choice(&input, 4);
    struct slice text = fuzz_copy(&pieces, input);
    if (kind < 2) {
        sanitize(text, "5.15", kind == 1);
        sanitize(text, "5.19", kind == 1);
    } else {
        check_rabbitmq(text, kind == 3);
    }
    fuzz_free(&pieces);
}
