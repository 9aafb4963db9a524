/* Key and trust stores for Java: their structure, and what Java's own tool says of them. */
#include "support.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "process/java_stores.h"

enum { SHA1 = 20, NOW_S = 1800000000 };

static char directory[] = "/tmp/amazonmq-local-test-java-XXXXXX";
static struct identity identity;
static char *ca;

static char *path_of(const char *name)
{
    static char path[sizeof directory + 40];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static char *read_text(const char *name)
{
    static char text[16384];
    FILE *file = fopen(path_of(name), "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int make_identity(void **state)
{
    struct certificate_error error;
    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(certificate_load_or_create(directory, NULL, 0, &identity, &error), RESULT_OK);
    ca = strdup(read_text("ca.pem"));
    return ca ? 0 : -1;
}

static int remove_identity(void **state)
{
    static const char *const files[] = {"ca.pem",     "server.pem", "server-key.pem",
                                        "broker.jks", "ca.jks",     "said"};
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(path_of(files[i]));
    certificate_close(&identity);
    free(ca);
    return rmdir(directory);
}

static void make_stores(struct java_stores *stores)
{
    struct certificate_error error = {""};
    if (java_stores_make(&identity, ca, NOW_S * INT64_C(1000), stores, &error))
        fail_msg("%s", error.text);
}

static uint64_t number_at(const unsigned char *at, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* The hash at the end is that of password, whitener and all before. */
static void assert_whole(const unsigned char *store, size_t len)
{
    static const char before[] = "\0c\0h\0a\0n\0g\0e\0i\0tMighty Aphrodite";
    struct buffer text;
    unsigned char digest[SHA1];
    buffer_init(&text, 1 << 20);
    buffer_append(&text, before, sizeof before - 1);
    buffer_append(&text, store, len - SHA1);
    assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA1, text.data, text.len, digest), 0);
    buffer_close(&text);
    assert_memory_equal(digest, store + len - SHA1, SHA1);
}

static void test_stores_have_the_format(void **state)
{
    struct java_stores stores;
    (void)state;
    make_stores(&stores);
    assert_int_equal(number_at(stores.key_store, 4), 0xFEEDFEED);
    assert_int_equal(number_at(stores.key_store + 4, 4), 2);
    assert_int_equal(number_at(stores.key_store + 8, 4), 1);
    assert_int_equal(number_at(stores.key_store + 12, 4), 1); /* a key */
    assert_memory_equal(stores.key_store + 16,
                        "\0\x06"
                        "broker",
                        8);
    assert_int_equal(number_at(stores.key_store + 24, 8), NOW_S * INT64_C(1000));
    size_t key = number_at(stores.key_store + 32, 4);
    assert_int_equal(number_at(stores.key_store + 36 + key, 4), 2); /* server and CA */
    assert_whole(stores.key_store, stores.key_store_len);
    assert_int_equal(number_at(stores.trust_store + 8, 4), 1);
    assert_int_equal(number_at(stores.trust_store + 12, 4), 2); /* a certificate */
    assert_whole(stores.trust_store, stores.trust_store_len);
    java_stores_close(&stores);
    assert_null(stores.key_store);
    java_stores_close(&stores);
}

/* The key itself: the stream of hashes is undone. */
static void test_the_key_is_in_the_store(void **state)
{
    struct java_stores stores;
    gnutls_x509_privkey_t key, original;
    gnutls_datum_t pem = {(unsigned char *)identity.key, (unsigned)strlen(identity.key)};
    unsigned char text[4096], stream[16 + SHA1] = "\0c\0h\0a\0n\0g\0e\0i\0t";
    unsigned char ids[2][SHA1];
    size_t id_len = SHA1, other_len = SHA1;
    (void)state;
    make_stores(&stores);
    size_t len = number_at(stores.key_store + 32, 4);
    const unsigned char *at = stores.key_store + 36, *end = at + len;
    /* An EC key: both lengths are of two bytes. */
    assert_int_equal(number_at(at, 2), 0x3081);
    at += 3 + 16;
    assert_int_equal(number_at(at, 2), 0x0481);
    at += 3;
    memcpy(stream + 16, at, SHA1);
    at += SHA1;
    size_t key_len = (size_t)(end - at) - SHA1;
    for (size_t i = 0; i < key_len; i++) {
        if (i % SHA1 == 0)
            assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA1, stream, sizeof stream, stream + 16),
                             0);
        text[i] = at[i] ^ stream[16 + i % SHA1];
    }
    gnutls_datum_t der = {text, (unsigned)key_len};
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_init(&original), 0);
    assert_int_equal(
        gnutls_x509_privkey_import_pkcs8(key, &der, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN),
        0);
    assert_int_equal(gnutls_x509_privkey_import(original, &pem, GNUTLS_X509_FMT_PEM), 0);
    gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA1, ids[0], &id_len);
    gnutls_x509_privkey_get_key_id(original, GNUTLS_KEYID_USE_SHA1, ids[1], &other_len);
    assert_memory_equal(ids[0], ids[1], SHA1);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_privkey_deinit(original);
    java_stores_close(&stores);
}

static void write_store(const char *name, const unsigned char *store, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(store, 1, len, file), len);
    fclose(file);
}

/* keytool's words on a store. */
static const char *listed(const char *name)
{
    char command[512];
    snprintf(command, sizeof command,
             "keytool -list -v -keystore %s/%s -storepass " JAVA_STORE_PASSWORD
             " >%s/said 2>/dev/null",
             directory, name, directory);
    if (system(command))
        fail_msg("%s: %s", command, read_text("said"));
    return read_text("said");
}

static void test_java_reads_the_stores(void **state)
{
    struct java_stores stores;
    (void)state;
    if (system("command -v keytool >/dev/null"))
        skip();
    make_stores(&stores);
    write_store("broker.jks", stores.key_store, stores.key_store_len);
    write_store("ca.jks", stores.trust_store, stores.trust_store_len);
    java_stores_close(&stores);
    const char *said = listed("broker.jks");
    assert_non_null(strstr(said, "Keystore type: JKS"));
    assert_non_null(strstr(said, "PrivateKeyEntry"));
    assert_non_null(strstr(said, "Certificate chain length: 2"));
    said = listed("ca.jks");
    assert_non_null(strstr(said, "trustedCertEntry"));
    assert_non_null(strstr(said, "Your keystore contains 1 entry"));
}

/* All lengths of the parts, as of another key and more certificates. */
static void test_any_key_and_chain(void **state)
{
    struct java_stores stores;
    struct certificate_error error;
    struct buffer many;
    gnutls_x509_privkey_t key;
    gnutls_datum_t pem;
    (void)state;
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0), 0);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
    gnutls_x509_privkey_deinit(key);
    buffer_init(&many, 1 << 20);
    for (int i = 0; i < 40; i++)
        buffer_append_string(&many, ca);
    struct identity other = {.key = (char *)pem.data, .certificate = identity.certificate};
    assert_int_equal(java_stores_make(&other, many.data, 0, &stores, &error), RESULT_OK);
    assert_int_equal(number_at(stores.trust_store + 8, 4), 40);
    assert_whole(stores.key_store, stores.key_store_len);
    assert_whole(stores.trust_store, stores.trust_store_len);
    java_stores_close(&stores);
    /* The CA is there already, or did not issue the last one. */
    struct identity chain = {.key = identity.key, .certificate = many.data};
    assert_int_equal(java_stores_make(&chain, ca, 0, &stores, &error), RESULT_OK);
    size_t len = number_at(stores.key_store + 32, 4);
    assert_int_equal(number_at(stores.key_store + 36 + len, 4), 40);
    java_stores_close(&stores);
    assert_int_equal(java_stores_make(&identity, identity.certificate, 0, &stores, &error),
                     RESULT_OK);
    len = number_at(stores.key_store + 32, 4);
    assert_int_equal(number_at(stores.key_store + 36 + len, 4), 1);
    java_stores_close(&stores);
    buffer_close(&many);
    gnutls_free(pem.data);
}

static void test_what_is_no_pem_is_refused(void **state)
{
    struct java_stores stores;
    struct certificate_error error = {""};
    char nothing[] = "nothing";
    struct identity bad_key = {.key = nothing, .certificate = identity.certificate};
    struct identity bad = {.key = identity.key, .certificate = nothing};
    (void)state;
    assert_int_equal(java_stores_make(&bad_key, ca, 0, &stores, &error), RESULT_SYSTEM);
    assert_null(stores.key_store);
    assert_int_equal(java_stores_make(&bad, ca, 0, &stores, &error), RESULT_SYSTEM);
    assert_int_equal(java_stores_make(&identity, "", 0, &stores, &error), RESULT_SYSTEM);
    assert_non_null(strstr(error.text, "cannot make key stores for Java: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stores_have_the_format),
        cmocka_unit_test(test_the_key_is_in_the_store),
        cmocka_unit_test(test_java_reads_the_stores),
        cmocka_unit_test(test_any_key_and_chain),
        cmocka_unit_test(test_what_is_no_pem_is_refused),
    };
    return cmocka_run_group_tests(tests, make_identity, remove_identity);
}
