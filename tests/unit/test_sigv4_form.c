/* gate/sigv4: what is read from a signature, well-formed or not, and what its form lacks. */
#include "signed_requests.h"

#define CREDENTIAL "Credential=AKIDEXAMPLE/20261123/us-east-1/mq/aws4_request"
#define HEADERS "SignedHeaders=host;x-amz-date"
#define SIGNATURE "Signature=7afbbc0a264a2f561c2559b65236512803a623831c053d8b7a1c4e57f6dbf6d3"
#define SCHEME "AWS4-HMAC-SHA256 "
#define AUTHORIZATION SCHEME CREDENTIAL ", " HEADERS ", " SIGNATURE

/* A request with these headers; a NULL stands for none. */
static struct sigv4 read_headers(const char *authorization, const char *amz_date, const char *date)
{
    static struct sample sample;
    sample_parse(&sample, SLICE("GET /v1/brokers HTTP/1.1\nHost: localhost\n"), SLICE(""));
    if (authorization)
        sample_add_header(&sample, SLICE("authorization"), slice_of(authorization));
    if (amz_date)
        sample_add_header(&sample, SLICE("x-amz-date"), slice_of(amz_date));
    if (date)
        sample_add_header(&sample, SLICE("date"), slice_of(date));
    struct sigv4 sigv4;
    sigv4_read(&sample.request, &sigv4);
    return sigv4;
}

static struct sigv4 read_authorization(const char *authorization)
{
    return read_headers(authorization, "20261123T171421Z", NULL);
}

static struct sigv4 read_query(const char *query)
{
    static struct sample sample;
    sample_parse(&sample, SLICE("GET /v1/brokers HTTP/1.1\nHost: localhost\n"), SLICE(""));
    sample_set_query(&sample, own_text(query));
    struct sigv4 sigv4;
    sigv4_read(&sample.request, &sigv4);
    return sigv4;
}

static void assert_slice(struct slice actual, const char *expected)
{
    if (!slice_equal(actual, slice_of(expected)))
        fail_msg("\"%.*s\", not \"%s\"", (int)actual.len, actual.data ? actual.data : "", expected);
}

static void test_no_signature(void **state)
{
    (void)state;
    struct sigv4 sigv4 = read_headers(NULL, "20261123T171421Z", NULL);
    assert_false(sigv4.present || sigv4.presigned || sigv4.well_formed);
    assert_int_equal(sigv4_check_form(&sigv4), SIGV4_MISSING);
    sigv4 =
        read_query("X-Amz-Date=20261123T171421Z&X-Amz-Expires=1&x-amz-signature=a&maxResults=5");
    assert_false(sigv4.present || sigv4.presigned || sigv4.well_formed);
    assert_int_equal(sigv4_check_form(&sigv4), SIGV4_MISSING);
}

static void test_all_parts_are_read(void **state)
{
    (void)state;
    struct sigv4 sigv4 = read_authorization(AUTHORIZATION);
    assert_true(sigv4.present && sigv4.well_formed && !sigv4.presigned);
    assert_slice(sigv4.access_key, "AKIDEXAMPLE");
    assert_slice(sigv4.scope_date, "20261123");
    assert_slice(sigv4.region, "us-east-1");
    assert_slice(sigv4.service, "mq");
    assert_slice(sigv4.terminator, "aws4_request");
    assert_slice(sigv4.signed_headers, "host;x-amz-date");
    assert_slice(sigv4.signature,
                 "7afbbc0a264a2f561c2559b65236512803a623831c053d8b7a1c4e57f6dbf6d3");
    assert_slice(sigv4.date, "20261123T171421Z");
    assert_int_equal(sigv4.date_s, 1795454061);
    assert_int_equal(sigv4.expires_s, 0);
    assert_int_equal(sigv4_check_form(&sigv4), SIGV4_OK);
}

static void test_tolerated_spellings(void **state)
{
    (void)state;
    static const char *const tolerated[] = {
        SCHEME CREDENTIAL "," HEADERS "," SIGNATURE,
        SCHEME CREDENTIAL ",   " HEADERS ",\t" SIGNATURE,
        SCHEME CREDENTIAL " ," HEADERS " , " SIGNATURE "  ",
        "  AWS4-HMAC-SHA256   " CREDENTIAL "," HEADERS "," SIGNATURE,
        "AWS4-HMAC-SHA256\t" CREDENTIAL "," HEADERS "," SIGNATURE,
        SCHEME SIGNATURE ", " HEADERS ", " CREDENTIAL,
        SCHEME "Credential=A=B/20261123/us-east-1/mq/aws4_request," HEADERS "," SIGNATURE,
    };
    for (size_t i = 0; i < sizeof tolerated / sizeof *tolerated; i++) {
        struct sigv4 sigv4 = read_authorization(tolerated[i]);
        if (sigv4_check_form(&sigv4) != SIGV4_OK)
            fail_msg("refused %s", tolerated[i]);
        assert_slice(sigv4.signed_headers, "host;x-amz-date");
    }
}

/* The region is what it is read for without verification; NULL where it cannot be. */
static const struct {
    const char *authorization, *region;
} MALFORMED[] = {
    {"", NULL},
    {" ", NULL},
    {"AWS4-HMAC-SHA256", NULL},
    {"AWS4-HMAC-SHA256 ", NULL},
    {"Basic YWxpY2U6c2VjcmV0", NULL},
    {"Bearer " CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"AWS4-HMAC-SHA256" CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"AWS4-HMAC-SHA256, " CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"aws4-hmac-sha256 " CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"AWS4-HMAC-SHA1 " CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"AWS4-ECDSA-P256-SHA256 " CREDENTIAL ", " HEADERS ", " SIGNATURE, NULL},
    {"AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwoyllqDzg=", NULL},
    {SCHEME CREDENTIAL, "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS, "us-east-1"},
    {SCHEME CREDENTIAL ", " SIGNATURE, "us-east-1"},
    {SCHEME HEADERS ", " SIGNATURE, NULL},
    {SCHEME CREDENTIAL ", " HEADERS ", Signature=", "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", Signature", "us-east-1"},
    {SCHEME CREDENTIAL ", SignedHeaders=, " SIGNATURE, "us-east-1"},
    {SCHEME "Credential=, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME CREDENTIAL ", " HEADERS ", " SIGNATURE ", " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL ", " CREDENTIAL ", " HEADERS ", " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", " HEADERS ", " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", " SIGNATURE ", Extra=1", "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", " SIGNATURE ",", "us-east-1"},
    {SCHEME ", " CREDENTIAL ", " HEADERS ", " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL ",, " HEADERS ", " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL "; " HEADERS "; " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL " " HEADERS " " SIGNATURE, "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", Signature = 7afb", "us-east-1"},
    {SCHEME CREDENTIAL ", " HEADERS ", signature=7afb", "us-east-1"},
    {SCHEME CREDENTIAL ", signedheaders=host, " SIGNATURE, "us-east-1"},
    {SCHEME "credential=AKIDEXAMPLE/20261123/us-east-1/mq/aws4_request, " HEADERS ", " SIGNATURE,
     NULL},
    {SCHEME "Credential=AKIDEXAMPLE, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "Credential=AKIDEXAMPLE/20261123/us-east-1/mq, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "Credential=20261123/us-east-1/mq/aws4_request, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "Credential=/20261123/us-east-1/mq/aws4_request, " HEADERS ", " SIGNATURE, "us-east-1"},
    {SCHEME "Credential=A/B/20261123/us-east-1/mq/aws4_request, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "Credential=A/20261123/us-east-1/mq/aws4_request/, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "Credential=A%2F20261123%2Fus-east-1%2Fmq%2Faws4_request, " HEADERS ", " SIGNATURE,
     NULL},
    {SCHEME "Credential=/////////////, " HEADERS ", " SIGNATURE, NULL},
    {SCHEME "=, =, =", NULL},
    {SCHEME ",,,", NULL},
};

static void test_malformed_authorization(void **state)
{
    (void)state;
    assert_in_range(sizeof MALFORMED / sizeof *MALFORMED, 30, 100);
    for (size_t i = 0; i < sizeof MALFORMED / sizeof *MALFORMED; i++) {
        struct sigv4 sigv4 = read_authorization(MALFORMED[i].authorization);
        if (!sigv4.present || sigv4.well_formed || sigv4_check_form(&sigv4) != SIGV4_INCOMPLETE)
            fail_msg("accepted \"%s\"", MALFORMED[i].authorization);
        if (sigv4.access_key.len > 0 && !MALFORMED[i].region)
            fail_msg("read a key from \"%s\"", MALFORMED[i].authorization);
        if (MALFORMED[i].region || sigv4.region.len > 0)
            assert_slice(sigv4.region, MALFORMED[i].region ? MALFORMED[i].region : "(nothing)");
    }
}

static void test_two_signatures(void **state)
{
    (void)state;
    struct sample *sample = find_sample(load_samples("boto3.txt"), "ListUsers");
    sample_add_header(sample, SLICE("AUTHORIZATION"), SLICE(AUTHORIZATION));
    assert_int_equal(verify(sample, SLICE("secret"), sample->now_s), SIGV4_INCOMPLETE);
    static const char *const also[] = {"X-Amz-Signature=a", "X-Amz-Credential",
                                       "x&X-Amz-Algorithm="};
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
        sample = find_sample(load_samples("boto3.txt"), "ListUsers");
        sample_set_query(sample, own_text(also[i]));
        assert_int_equal(verify(sample, SLICE("secret"), sample->now_s), SIGV4_INCOMPLETE);
        struct sigv4 sigv4;
        sigv4_read(&sample->request, &sigv4);
        assert_false(sigv4.presigned);
        assert_slice(sigv4.region, "us-east-1");
    }
}

static void test_scope(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        enum sigv4_verdict expected;
    } cases[] = {
        {"20261123/us-east-1/mq/aws4_request", SIGV4_OK},
        {"20261123/nowhere/mq/aws4_request", SIGV4_OK},
        {"20261123//mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"20261124/us-east-1/mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"/us-east-1/mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"2026112/us-east-1/mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"202611233/us-east-1/mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"20261123/us-east-1/sqs/aws4_request", SIGV4_WRONG_SCOPE},
        {"20261123/us-east-1/Mq/aws4_request", SIGV4_WRONG_SCOPE},
        {"20261123/us-east-1//aws4_request", SIGV4_WRONG_SCOPE},
        {"20261123/us-east-1/mq/aws4_reques", SIGV4_WRONG_SCOPE},
        {"20261123/us-east-1/mq/", SIGV4_WRONG_SCOPE},
        {"////", SIGV4_INCOMPLETE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, SCHEME "Credential=KEY/%s, " HEADERS ", " SIGNATURE,
                 cases[i].scope);
        struct sigv4 sigv4 = read_authorization(text);
        if (sigv4_check_form(&sigv4) != cases[i].expected)
            fail_msg("%s: %d", cases[i].scope, (int)sigv4_check_form(&sigv4));
    }
}

static void test_amz_date(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t date_s;
    } good[] = {
        {"19700101T000000Z", 0},
        {"19700101T000001Z", 1},
        {"19991231T235959Z", 946684799},
        {"20000229T120000Z", 951825600},
        {"20000301T000000Z", 951868800},
        {"20150830T123600Z", 1440938160},
        {"20240229T235959Z", 1709251199},
        {"20261123T171421Z", 1795454061},
        {"20380119T031408Z", 2147483648},
        {"21000301T000000Z", 4107542400},
        {"22000301T000000Z", 7263216000},
        {"24000301T000000Z", 13574649600},
        {"99991231T235959Z", 253402300799},
        {"\t20261123T171421Z ", 1795454061},
    };
    static const char *const bad[] = {
        "",
        "20261123T171421",
        "20261123T171421ZZ",
        "20261123 171421Z",
        "20261123t171421z",
        "2026-11-23T17:14:21Z",
        "2026112aT171421Z",
        "+0261123T171421Z",
        "2026 123T171421Z",
        "20261123T17142 Z",
        "20261300T171421Z",
        "20260001T171421Z",
        "20261323T171421Z",
        "20261100T171421Z",
        "20261131T171421Z",
        "20260229T171421Z",
        "21000229T171421Z",
        "22000229T171421Z",
        "20240230T171421Z",
        "20261123T241421Z",
        "20261123T176021Z",
        "20261123T171460Z",
        "19691231T235959Z",
        "00000101T000000Z",
        "1795454061",
        "Mon, 23 Nov 2026 17:14:21 GMT",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sigv4 sigv4 = read_headers(AUTHORIZATION, good[i].text, NULL);
        if (!sigv4.well_formed || sigv4.date_s != good[i].date_s)
            fail_msg("%s: %lld", good[i].text, (long long)sigv4.date_s);
        sigv4 = read_headers(AUTHORIZATION, NULL, good[i].text);
        assert_true(sigv4.well_formed && sigv4.date_s == good[i].date_s);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sigv4 sigv4 = read_headers(AUTHORIZATION, bad[i], "Mon, 23 Nov 2026 17:14:21 GMT");
        if (sigv4_check_form(&sigv4) != SIGV4_INCOMPLETE)
            fail_msg("accepted %s", bad[i]);
    }
}

static void test_date_header(void **state)
{
    (void)state;
    static const struct {
        const char *text, *basic;
    } good[] = {
        {"Mon, 23 Nov 2026 17:14:21 GMT", "20261123T171421Z"},
        {"Mon, 23 Nov 2026 17:14:21 -0000", "20261123T171421Z"},
        {"Mon, 23 Nov 2026 17:14:21 +0000", "20261123T171421Z"},
        {"Thu, 01 Jan 1970 00:00:00 GMT", "19700101T000000Z"},
        {"Thu, 29 Feb 2024 23:59:59 GMT", "20240229T235959Z"},
        {"Mon, 09 Sep 2011 23:36:00 GMT", "20110909T233600Z"},
        {"20261123T171421Z", "20261123T171421Z"},
    };
    static const char *const bad[] = {
        "",
        "Mon, 23 Nov 2026 17:14:21",
        "Mon, 23 Nov 2026 17:14:21 ",
        "Mon, 23 Nov 2026 17:14:21 UTC",
        "Mon, 23 Nov 2026 17:14:21 +0100",
        "Mon, 23 Nov 2026 17:14:21 GMTT",
        "mon, 23 Nov 2026 17:14:21 GMT",
        "Mon, 23 nov 2026 17:14:21 GMT",
        "Moo, 23 Nov 2026 17:14:21 GMT",
        "Mon, 23 Nox 2026 17:14:21 GMT",
        "Mon, 23 ovD 2026 17:14:21 GMT",
        "Mon, 31 Nov 2026 17:14:21 GMT",
        "Mon, 23-Nov-2026 17:14:21 GMT",
        "Mon  23 Nov 2026 17:14:21 GMT",
        "Mon, 3 Nov 2026 17:14:21 GMT",
        "Mon, 23 Nov 2026 24:14:21 GMT",
        "Monday, 23-Nov-26 17:14:21 GMT",
        "Mon Nov 23 17:14:21 2026",
        "Wed, 31 Dec 1969 23:59:59 GMT",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sigv4 sigv4 = read_headers(AUTHORIZATION, NULL, good[i].text);
        assert_true(sigv4.well_formed);
        assert_slice(sigv4.date, good[i].basic);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sigv4 sigv4 = read_headers(AUTHORIZATION, NULL, bad[i]);
        if (sigv4_check_form(&sigv4) != SIGV4_INCOMPLETE)
            fail_msg("accepted %s", bad[i]);
    }
    struct sigv4 sigv4 = read_headers(AUTHORIZATION, NULL, NULL);
    assert_int_equal(sigv4_check_form(&sigv4), SIGV4_INCOMPLETE);
    sigv4 = read_headers(AUTHORIZATION, "20261123T171421Z", "Tue, 24 Nov 2026 17:14:21 GMT");
    assert_int_equal(sigv4.date_s, 1795454061);
}

/* Each time one parameter is dropped, emptied, doubled or replaced. */
static void test_presigned(void **state)
{
    (void)state;
    static const struct {
        const char *parameter, *wrong[8];
    } parameters[] = {
        {"X-Amz-Algorithm=AWS4-HMAC-SHA256",
         {"X-Amz-Algorithm=AWS4-HMAC-SHA1", "X-Amz-Algorithm=aws4-hmac-sha256",
          "x-amz-algorithm=AWS4-HMAC-SHA256"}},
        {"X-Amz-Credential=KEY%2F20261123%2Fus-east-1%2Fmq%2Faws4_request",
         {"X-Amz-Credential=KEY", "X-Amz-Credential=KEY%252F20261123%252Fus-east-1%252Fmq"}},
        {"X-Amz-Date=20261123T171421Z",
         {"X-Amz-Date=20261131T171421Z", "X-Amz-Date=Mon%2C%2023%20Nov%202026%2017%3A14%3A21%20GMT",
          "Date=20261123T171421Z"}},
        {"X-Amz-Expires=3600",
         {"X-Amz-Expires=0", "X-Amz-Expires=604801", "X-Amz-Expires=-1", "X-Amz-Expires=%2B1",
          "X-Amz-Expires=1.5", "X-Amz-Expires=1s", "X-Amz-Expires=18446744073709551617"}},
        {"X-Amz-SignedHeaders=host", {"X-Amz-Signedheaders=host"}},
        {"X-Amz-Signature=7afbbc0a", {"X-Amz-signature=7afbbc0a"}},
    };
    enum { COUNT = sizeof parameters / sizeof *parameters };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < 11; j++) {
            char query[1024] = "maxResults=5";
            for (size_t k = 0; k < COUNT; k++) {
                char value[128];
                int name_len = (int)strcspn(parameters[k].parameter, "=");
                snprintf(value, sizeof value, "&%s", parameters[k].parameter);
                if (k == i && j == 0)
                    value[0] = '\0';
                else if (k == i && j == 1)
                    snprintf(value, sizeof value, "&%.*s=", name_len, parameters[k].parameter);
                else if (k == i && j == 2)
                    snprintf(value, sizeof value, "&%s&%s", parameters[k].parameter,
                             parameters[k].parameter);
                else if (k == i && parameters[k].wrong[j - 3])
                    snprintf(value, sizeof value, "&%s", parameters[k].wrong[j - 3]);
                strncat(query, value, sizeof query - strlen(query) - 1);
            }
            struct sigv4 sigv4 = read_query(query);
            bool right = j >= 3 && !parameters[i].wrong[j - 3];
            assert_true(sigv4.present && sigv4.presigned);
            if (sigv4_check_form(&sigv4) != (right ? SIGV4_OK : SIGV4_INCOMPLETE))
                fail_msg("%s: %d", query, (int)sigv4_check_form(&sigv4));
            assert_int_equal(sigv4.expires_s == 3600, sigv4.well_formed);
        }
}

static void test_presigned_limits(void **state)
{
    (void)state;
    static const int64_t good[] = {1, 7, 604800};
    for (size_t i = 0; i < 3; i++) {
        char query[512];
        snprintf(query, sizeof query,
                 "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T171421Z&X-Amz-Expires=%lld"
                 "&X-Amz-Credential=KEY/20261123//mq/aws4_request&X-Amz-SignedHeaders=host"
                 "&X-Amz-Signature=a",
                 (long long)good[i]);
        struct sigv4 sigv4 = read_query(query);
        assert_true(sigv4.well_formed);
        assert_int_equal(sigv4.expires_s, good[i]);
        assert_int_equal(sigv4.region.len, 0);
        assert_int_equal(sigv4_check_form(&sigv4), SIGV4_WRONG_SCOPE);
    }
}

/* Members of a target that could not be read are not looked at. */
static void test_malformed_target(void **state)
{
    (void)state;
    struct sample *sample = find_sample(load_samples("botocore.txt"), "presigned-ListBrokers");
    sample->request.target.malformed = true;
    sample->request.target.members = NULL;
    assert_int_equal(verify(sample, SLICE("secret"), sample->now_s), SIGV4_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_signature, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_all_parts_are_read, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_tolerated_spellings, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_malformed_authorization, sample_setup,
                                        sample_teardown),
        cmocka_unit_test_setup_teardown(test_two_signatures, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_scope, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_amz_date, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_date_header, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_presigned, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_presigned_limits, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_malformed_target, sample_setup, sample_teardown),
    };
    return cmocka_run_group_tests_name("sigv4_form", tests, NULL, NULL);
}
