/* gate/sigv4: what real clients signed verifies, in every form that means the same. */
#include "signed_requests.h"

#include <dlfcn.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

static void check_verifies(struct sample *sample)
{
    struct sigv4 sigv4;
    sigv4_read(&sample->request, &sigv4);
    assert_true(sigv4.present && sigv4.well_formed);
    assert_int_equal(sigv4.presigned, is_presigned(sample));
    assert_true(slice_equal(sigv4.access_key, SLICE("AKIDEXAMPLE")));
    assert_true(slice_equal(sigv4.region, SLICE("us-east-1")));
    assert_int_equal(sigv4.date.len, strlen("20261123T171421Z"));
    expect(sample, SIGV4_OK, "unchanged");
}

static void test_every_client_verifies(void **state)
{
    (void)state;
    for_each_sample(check_verifies);
}

/* Both limits are still good, on either side. */
static void check_time_limits(struct sample *sample)
{
    struct sigv4 sigv4;
    sigv4_read(&sample->request, &sigv4);
    int64_t expires_s = sigv4.presigned ? sigv4.expires_s : 300;
    const struct {
        int64_t age_s, limit_s;
        enum sigv4_verdict expected;
    } cases[] = {
        {0, -expires_s, SIGV4_OK},
        {expires_s, -expires_s, SIGV4_OK},
        {expires_s + 1, -expires_s, SIGV4_EXPIRED},
        {1000000000, -expires_s, SIGV4_EXPIRED},
        {-300, -expires_s, SIGV4_OK},
        {-301, 300, SIGV4_NOT_YET_CURRENT},
        {-1000000000, 300, SIGV4_NOT_YET_CURRENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now_s = sigv4.date_s + cases[i].age_s, limit_s = 0;
        enum sigv4_verdict verdict = SIGV4_MISSING;
        assert_int_equal(sigv4_verify(&sample->request, &sigv4, SECRET, now_s, &limit_s, &verdict),
                         RESULT_OK);
        assert_int_equal(verdict, cases[i].expected);
        assert_int_equal(limit_s, now_s + cases[i].limit_s);
    }
    /* The time is looked at before the signature. */
    sample->now_s = sigv4.date_s + expires_s + 1;
    assert_int_equal(verify(sample, SLICE("wrong"), sample->now_s), SIGV4_EXPIRED);
}

static void test_time_limits(void **state)
{
    (void)state;
    for_each_sample(check_time_limits);
}

static void test_empty_username_keeps_its_slash(void **state)
{
    (void)state;
    struct sample *sample = find_sample(load_samples("javascript.txt"), "CreateUser-emptyname");
    sample->request.target.path = own_text("/v1/brokers/b-1/users");
    expect(sample, SIGV4_MISMATCH, "no slash at the end");
    sample->request.target.path = own_text("/v1/brokers/b-1/users//");
    expect(sample, SIGV4_OK, "two slashes at the end, which clients fold");
}

static void test_dot_segments(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum sigv4_verdict expected;
    } cases[] = {
        {"/v1/brokers/b-1", SIGV4_OK},
        {"/v1/brokers/b-1/.", SIGV4_OK},
        {"/../v1/brokers/./b-1/users/..", SIGV4_OK},
        {"/x/../v1/brokers/b-1/x/y/../../users/..", SIGV4_OK},
        {"/v1/brokers/b-1/", SIGV4_MISMATCH},
        {"/v1/brokers/b-1/users/../", SIGV4_MISMATCH},
        {"/v1/brokers/b-1/users/...", SIGV4_MISMATCH},
        {"/v1/brokers/b-1/users/%2E%2E", SIGV4_MISMATCH},
        {"/v1/brokers/b-1/users", SIGV4_MISMATCH},
        {"/..", SIGV4_MISMATCH},
        {"/", SIGV4_MISMATCH},
        {"", SIGV4_MISMATCH},
    };
    static const char *const files[] = {"boto3.txt", "javascript.txt"};
    for (size_t i = 0; i < 2; i++) {
        struct sample *sample = find_sample(load_samples(files[i]), "CreateUser-dotdot");
        expect(sample, SIGV4_OK, "as sent");
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            sample->request.target.path = own_text(cases[j].path);
            expect(sample, cases[j].expected, cases[j].path);
        }
    }
}

/* What is decoded to the same members, in any order, is the same query. */
static void test_equal_queries(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        enum sigv4_verdict expected;
    } cases[] = {
        {"A=0&a%20b=5&a-b=1&a.b=%2F%3F&a=1&a=3&a~b=4&b=2&plus=1%2B1", SIGV4_OK},
        {"b=2&a-b=1&a=3&a=1&A=0&a%7Eb=4&a%20b=5&a.b=%2f%3f&plus=1+1", SIGV4_OK},
        {"&b=2&a-b=1&a=3&&a=1&A=0&%61~b=%34&a%20b=5&a.b=/?&plus=1%2b1&", SIGV4_OK},
        {"b=2&a-b=1&a=3&a=1&A=0&a~b=4&a+b=5&a.b=%2F%3F&plus=1%2B1", SIGV4_MISMATCH},
        {"b=2&a-b=1&a=3&a=1&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%201", SIGV4_MISMATCH},
        {"b=2&a-b=1&a=3&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%2B1", SIGV4_MISMATCH},
        {"b=2&a-b=1&a=3&a=1&a=1&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%2B1", SIGV4_MISMATCH},
        {"b=2&a-b=1&a=3&a=1&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%2B1&x", SIGV4_MISMATCH},
        {"b=2&a-b=1&a=3&a=1&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%2B1%", SIGV4_MISMATCH},
        {"", SIGV4_MISMATCH},
    };
    struct sample *sample = find_sample(load_samples("botocore.txt"), "query-order");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample_set_query(sample, own_text(cases[i].query));
        expect(sample, cases[i].expected, cases[i].query);
    }
    sample = find_sample(load_samples("boto3.txt"), "ListUsers-emptytoken");
    sample_set_query(sample, own_text("nextToken"));
    expect(sample, SIGV4_OK, "no equals sign");
}

static void test_equal_headers(void **state)
{
    (void)state;
    struct sample *sample = find_sample(load_samples("botocore.txt"), "blanks-in-header");
    struct header *note = header_of(sample, SLICE("x-note"));
    note->name = own_text("X-NOTE");
    note->value = own_text("\tone two \t three  ");
    expect(sample, SIGV4_OK, "other blanks");
    note->value = own_text("one two");
    sample_add_header(sample, SLICE("x-note"), SLICE("three"));
    expect(sample, SIGV4_MISMATCH, "joined by a comma");
    note->value = own_text("onetwo three");
    expect(sample, SIGV4_MISMATCH, "a blank less");
}

/* Of {"password": "correcthorse12"}. */
#define BODY_HASH "c31b27f81ea6002e72512accd978901fbe44723c9bcd9796ca474a1ed58e0426"

/* Also where the signature covers neither the header nor the hash it declares. */
static void test_declared_hash(void **state)
{
    (void)state;
    static const struct {
        const char *declared;
        enum sigv4_verdict expected;
    } cases[] = {
        {"1cef0f51fa65de1923d43aaa4d0bafe130f03f701335d5eb204ee97c5473540e", SIGV4_MISMATCH},
        {"UNSIGNED-PAYLOAD", SIGV4_MISMATCH},
        {"unsigned-payload", SIGV4_MISMATCH},
        {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", SIGV4_MISMATCH},
        {"", SIGV4_MISMATCH},
        {BODY_HASH, SIGV4_OK},
        {" " BODY_HASH "\t", SIGV4_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample *sample = find_sample(load_samples("boto3.txt"), "CreateUser-min");
        sample_add_header(sample, SLICE("x-amz-content-sha256"), slice_of(cases[i].declared));
        expect(sample, cases[i].expected, cases[i].declared);
    }
}

static void test_right_signature_of_the_wrong_thing(void **state)
{
    (void)state;
    size_t count = load_samples("refused.txt");
    assert_int_equal(count, 9);
    for (size_t i = 0; i < count; i++)
        expect(&samples[i], SIGV4_MISMATCH, "as sent");
}

/* Whatever the arena refuses, the answer is RESULT_NO_MEMORY and no SIGV4_OK. */
static void test_out_of_memory(void **state)
{
    (void)state;
    static const char *const names[] = {"CreateUser-dotdot", "date-header", "presigned-ListUsers"};
    static const char *const files[] = {"boto3.txt", "botocore.txt", "botocore.txt"};
    for (size_t i = 0; i < 3; i++) {
        struct sample *sample = find_sample(load_samples(files[i]), names[i]);
        size_t refused = 0;
        for (size_t ceiling = 0; ceiling < 16384; ceiling += 16) {
            arena_close(&arena);
            arena_init(&arena, ceiling);
            struct sigv4 sigv4;
            sigv4_read(&sample->request, &sigv4);
            assert_int_equal(sigv4_check_form(&sigv4), SIGV4_OK);
            int64_t limit_s = 0;
            enum sigv4_verdict verdict = SIGV4_OK;
            enum result result =
                sigv4_verify(&sample->request, &sigv4, SECRET, sample->now_s, &limit_s, &verdict);
            assert_int_equal(verdict, result == RESULT_OK ? SIGV4_OK : SIGV4_MISMATCH);
            if (result) {
                assert_int_equal(result, RESULT_NO_MEMORY);
                refused++;
            }
        }
        assert_in_range(refused, 10, 1000);
    }
}

/* Stand in front of the library's functions: the call that brings this to 0 fails with this code.
 */
static int calls_until_failure;
static int failure;

static bool fails_now(void)
{
    return calls_until_failure > 0 && --calls_until_failure == 0;
}

int gnutls_hash_fast(gnutls_digest_algorithm_t algorithm, const void *data, size_t len, void *out)
{
    int (*real)(gnutls_digest_algorithm_t, const void *, size_t, void *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "gnutls_hash_fast");
    return fails_now() ? failure : real(algorithm, data, len, out);
}

int gnutls_hmac_fast(gnutls_mac_algorithm_t algorithm, const void *key, size_t key_len,
                     const void *data, size_t len, void *out)
{
    int (*real)(gnutls_mac_algorithm_t, const void *, size_t, const void *, size_t, void *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "gnutls_hmac_fast");
    return fails_now() ? failure : real(algorithm, key, key_len, data, len, out);
}

/* Two hashes, four steps to the key, the signature; those twice more for the second path. */
static void test_crypto_library_fails(void **state)
{
    (void)state;
    struct sample *sample = find_sample(load_samples("boto3.txt"), "CreateUser-dotdot");
    struct sigv4 sigv4;
    sigv4_read(&sample->request, &sigv4);
    enum { CALLS = 9 };
    for (int call = 1; call <= CALLS + 1; call++) {
        enum sigv4_verdict verdict = SIGV4_OK;
        int64_t limit_s = 0;
        calls_until_failure = call;
        failure = call % 2 == 0 ? GNUTLS_E_MEMORY_ERROR : GNUTLS_E_UNKNOWN_HASH_ALGORITHM;
        errno = 0;
        enum result result =
            sigv4_verify(&sample->request, &sigv4, SECRET, sample->now_s, &limit_s, &verdict);
        if (call > CALLS) {
            assert_int_equal(result, RESULT_OK);
            assert_int_equal(verdict, SIGV4_OK);
        } else {
            assert_int_equal(result, call % 2 == 0 ? RESULT_NO_MEMORY : RESULT_SYSTEM);
            assert_int_equal(errno, call % 2 == 0 ? 0 : ENOTSUP);
            assert_int_equal(verdict, SIGV4_MISMATCH);
        }
    }
    calls_until_failure = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_client_verifies, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_time_limits, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_empty_username_keeps_its_slash, sample_setup,
                                        sample_teardown),
        cmocka_unit_test_setup_teardown(test_dot_segments, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_equal_queries, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_equal_headers, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_declared_hash, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_right_signature_of_the_wrong_thing, sample_setup,
                                        sample_teardown),
        cmocka_unit_test_setup_teardown(test_out_of_memory, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_crypto_library_fails, sample_setup, sample_teardown),
    };
    return cmocka_run_group_tests_name("sigv4", tests, NULL, NULL);
}
