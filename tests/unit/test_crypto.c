/* base/crypto: published vectors, and base64 that knows one text for each run of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/crypto.h"

/* FIPS 180-4 examples. */
static void test_sha256(void **state)
{
    (void)state;
    static const struct {
        struct slice data;
        const char *hex;
    } cases[] = {
        {{"", 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{NULL, 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"abc", 3}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56},
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t digest[CRYPTO_SHA256];
        char hex[CRYPTO_SHA256_HEX + 1];
        assert_int_equal(crypto_sha256(cases[i].data, digest), RESULT_OK);
        crypto_hex(digest, sizeof digest, hex);
        assert_string_equal(hex, cases[i].hex);
    }
}

/* RFC 4231, cases 1, 2 and 6, and empty input. */
static void test_hmac_sha256(void **state)
{
    (void)state;
    char long_key[131];
    memset(long_key, 0xaa, sizeof long_key);
    const struct {
        struct slice key, data;
        const char *hex;
    } cases[] = {
        {SLICE("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
         SLICE("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {SLICE("Jefe"), SLICE("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{long_key, sizeof long_key},
         SLICE("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{NULL, 0}, {NULL, 0}, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t mac[CRYPTO_SHA256];
        char hex[CRYPTO_SHA256_HEX + 1];
        assert_int_equal(crypto_hmac_sha256(cases[i].key, cases[i].data, mac), RESULT_OK);
        crypto_hex(mac, sizeof mac, hex);
        assert_string_equal(hex, cases[i].hex);
    }
}

static void test_hex(void **state)
{
    (void)state;
    char out[9] = "xxxxxxxx";
    crypto_hex((const uint8_t[]){0x00, 0x09, 0xaf, 0xff}, 4, out);
    assert_string_equal(out, "0009afff");
    crypto_hex(NULL, 0, out);
    assert_string_equal(out, "");
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(crypto_equal(SLICE("abc"), SLICE("abc")));
    assert_true(crypto_equal(SLICE("a\0c"), SLICE("a\0c")));
    assert_true(crypto_equal(SLICE(""), (struct slice){NULL, 0}));
    assert_false(crypto_equal(SLICE("abc"), SLICE("abd")));
    assert_false(crypto_equal(SLICE("abc"), SLICE("bbc")));
    assert_false(crypto_equal(SLICE("a\0c"), SLICE("a\0d")));
    assert_false(crypto_equal(SLICE("abc"), SLICE("ab")));
    assert_false(crypto_equal(SLICE("ab"), SLICE("abc")));
    assert_false(crypto_equal((struct slice){NULL, 0}, SLICE("a")));
}

/* RFC 4648 §10. */
static void test_base64_vectors(void **state)
{
    (void)state;
    static const struct {
        struct slice plain;
        const char *text;
    } cases[] = {
        {{"", 0}, ""},
        {{"f", 1}, "Zg=="},
        {{"fo", 2}, "Zm8="},
        {{"foo", 3}, "Zm9v"},
        {{"foob", 4}, "Zm9vYg=="},
        {{"fooba", 5}, "Zm9vYmE="},
        {{"foobar", 6}, "Zm9vYmFy"},
        {{"\0\0\0", 3}, "AAAA"},
        {{"\xff\xff\xff", 3}, "////"},
        {{"\xfb\xef\xbe", 3}, "++++"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[16], plain[16];
        size_t len = 99;
        crypto_base64_encode(cases[i].plain, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(crypto_base64_size(cases[i].plain.len), strlen(text) + 1);
        assert_int_equal(crypto_base64_decode(slice_of(text), plain, &len), RESULT_OK);
        assert_int_equal(len, cases[i].plain.len);
        assert_memory_equal(plain, cases[i].plain.data, len);
    }
}

/* Buffers of exactly the promised size: the sanitizer would see one byte more. */
static void test_base64_round_trip(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (size_t len = 0; len < 200; len++) {
        char *plain = malloc(len + 1), *text = malloc(crypto_base64_size(len));
        assert_true(plain && text);
        for (size_t i = 0; i < len; i++) {
            random = random * 1664525 + 1013904223;
            plain[i] = (char)(random >> 24);
        }
        crypto_base64_encode((struct slice){plain, len}, text);
        size_t text_len = strlen(text), back_len = 0;
        assert_int_equal(text_len + 1, crypto_base64_size(len));
        char *back = malloc(text_len / 4 * 3 + 1);
        assert_non_null(back);
        assert_int_equal(crypto_base64_decode((struct slice){text, text_len}, back, &back_len), 0);
        assert_int_equal(back_len, len);
        assert_memory_equal(back, plain, len);
        free(plain);
        free(text);
        free(back);
    }
}

static void test_base64_refuses_everything_else(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "=",
        "==",
        "===",
        "====",
        "Z",
        "Zg",
        "Zg=",
        "Zg===",
        "Z===",
        "=Zg=",
        "Zg=A",
        "Z=g=",
        "Zh==",
        "Zm9=",
        "Zm8",
        "Zm9v=",
        "Zm9vYg=",
        "Zm9v Yg==",
        "Zm9v\nYg==",
        "Zm9vYg==\n",
        " Zg==",
        "Zg== ",
        "Zm9-",
        "Zm9_",
        "Zm9.",
        "Zm9\xc3",
        "Zg==Zg==",
        "Zm8=Zm8=",
        "Zm9vYg==Zm9v",
        "Zh8=Zg",
        "\x80\x80\x80\x80",
        "Zm9*",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char out[32];
        size_t len = 0;
        if (crypto_base64_decode(slice_of(wrong[i]), out, &len) != RESULT_INVALID)
            fail_msg("accepted \"%s\"", wrong[i]);
    }
    char out[4];
    size_t len = 0;
    assert_int_equal(crypto_base64_decode(SLICE("Zg\0="), out, &len), RESULT_INVALID);
    assert_int_equal(crypto_base64_decode(SLICE("\0\0\0\0"), out, &len), RESULT_INVALID);
}

/* Of all texts of one group, each that decodes is the one its bytes encode to. */
static void test_base64_is_canonical(void **state)
{
    (void)state;
    static const char some[] = "AQgw/+=Zz09";
    size_t accepted = 0;
    for (size_t i = 0; i < 11 * 11 * 11 * 11; i++) {
        char text[5] = {some[i % 11], some[i / 11 % 11], some[i / 121 % 11], some[i / 1331], '\0'};
        char plain[3], again[5];
        size_t len = 0;
        if (crypto_base64_decode(slice_of(text), plain, &len))
            continue;
        crypto_base64_encode((struct slice){plain, len}, again);
        assert_string_equal(again, text);
        accepted++;
    }
    assert_true(accepted > 10 * 10 * 10 * 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac_sha256),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_base64_vectors),
        cmocka_unit_test(test_base64_round_trip),
        cmocka_unit_test(test_base64_refuses_everything_else),
        cmocka_unit_test(test_base64_is_canonical),
    };
    return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
