/* mq/activemq_*: failing allocations and documents that nobody thought of. */
#include "sanitizer.h"

#include "base/utf8.h"

/* Each allocation fails once: nothing of an answer, or all of it. */
static void no_memory_gives_no_partial_answer(void **state)
{
    (void)state;
    static const char *const documents[] = {
        revision_1,
        LDAP_MAP,
        OPEN
        "<persistenceAdapter><kahaDB journalDiskSyncStrategy='x'/></persistenceAdapter></broker>",
        OPEN "<persistenceAdapter><kahaDB checkpointInterval='1'/></persistenceAdapter></broker>",
        OPEN "<!-- a --><networkConnectors><networkConnector duplex='x' gcSweepTime='1e1'/>"
             "</networkConnectors></broker>",
        OPEN "<transportConnectors>" CONNECTOR CONNECTOR "</transportConnectors></broker>",
        OPEN "<destinationInterceptors><virtualDestinationInterceptor/></destinationInterceptors>"
             "</broker>",
        "<beans/>",
    };
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct arena arena;
        struct sanitized all, out;
        arena_init(&arena, ROOM);
        enum result wanted = sanitize(&arena, slice_of(documents[i]), false, &all), result;
        size_t failures = 0;
        do {
            struct arena small;
            arena_init(&small, 16 * failures++);
            result = sanitize(&small, slice_of(documents[i]), false, &out);
            if (result == RESULT_NO_MEMORY)
                assert_true(!out.data.data && !out.invalid.data && out.warning_count == 0);
            else
                assert_int_equal(result, wanted);
            if (result != RESULT_NO_MEMORY) {
                assert_slice(out.data, all.data.data);
                assert_slice(out.invalid, all.invalid.data);
            }
            arena_close(&small);
        } while (result == RESULT_NO_MEMORY && failures < 10000);
        assert_true(result == wanted && failures > 100);
        arena_close(&arena);
    }
}

/* Documents put together and broken at random: an answer fit to print, and a stored text that is
 * its own canonical form. */
static void whatever_is_stored_is_canonical(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "<plugins>",
        "</plugins>",
        "<plugins a='${b}'/>",
        "<destinations>",
        "</destinations>",
        "<queue physicalName='&#10;&lt;\"'/>",
        "<topic DLQ='x' y='z'/>",
        "<destinationPolicy>",
        "<policyMap>",
        "<policyEntries>",
        "<policyEntry queue='>'/>",
        "<policyEntry topic='&#233;'/>",
        "</policyEntries>",
        "</policyMap>",
        "</destinationPolicy>",
        "<!-- -->",
        "<!--&#10;\r\n<-->",
        "text",
        "&amp;",
        "<x xmlns='urn:x'>",
        "</x>",
        "<persistenceAdapter><kahaDB checkpointInterval=' 5000'/>",
        "</persistenceAdapter>",
        CONNECTORS(CONNECTOR),
        "<networkConnectors><networkConnector><uri>",
        "</uri></networkConnector></networkConnectors>",
        "<systemUsage>",
        "</systemUsage>",
    };
    struct prng prng = {5184};
    size_t stored = 0;
    for (size_t i = 0; i < 4000; i++) {
        struct buffer xml;
        struct arena arena;
        struct sanitized out;
        buffer_init(&xml, ROOM);
        arena_init(&arena, ROOM);
        buffer_append_string(&xml, i % 2 ? OPEN : revision_1);
        if (i % 2)
            for (size_t n = prng_below(&prng, 6); n > 0; n--)
                buffer_append_string(&xml, pieces[prng_below(&prng, COUNT(pieces))]);
        if (i % 2)
            buffer_append_string(&xml, "</broker>");
        else
            for (size_t n = 1 + prng_below(&prng, 2); n > 0; n--)
                xml.data[prng_below(&prng, xml.len)] = (char)(1 + prng_below(&prng, 255));
        enum result result = sanitize(&arena, buffer_slice(&xml), i % 3 == 0, &out);
        if (result == RESULT_OK) {
            stored++;
            expect_stable(&arena, out.data, i % 3 == 0);
        } else {
            assert_int_equal(result, RESULT_INVALID);
            assert_true(out.invalid.len > 0 && utf8_valid(out.invalid));
            for (size_t at = 0; at < out.invalid.len; at++)
                assert_true((unsigned char)out.invalid.data[at] >= ' ');
        }
        buffer_close(&xml);
        arena_close(&arena);
    }
    assert_true(stored > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_gives_no_partial_answer),
        cmocka_unit_test(whatever_is_stored_is_canonical),
    };
    return cmocka_run_group_tests_name("activemq_robust", tests, NULL, NULL);
}
