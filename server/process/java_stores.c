#include "process/java_stores.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* JKS: a number that says so, the version, the entries, and a SHA-1 of the password and all that.
 * Numbers are big-endian. GnuTLS writes PKCS#12 only, with so many rounds of hashing that Java
 * takes seconds to open it. */
enum {
    JKS_SHA1 = 20, /* bytes */
    JKS_VERSION = 2,
    JKS_KEY_ENTRY = 1,
    JKS_CERTIFICATE_ENTRY = 2,
    JKS_MAX = 16 << 20,  /* bytes of a store */
    JKS_RESERVED = 4096, /* bytes of a store besides key and certificates */
    DER_SEQUENCE = 0x30,
    DER_OCTET_STRING = 0x04,
};

#define JKS_MAGIC 0xFEEDFEED

/* The algorithm of Sun's key protector, 1.3.6.1.4.1.42.2.17.1.1, in DER with its NULL. */
static const unsigned char key_protector[] = {0x30, 0x0e, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04,
                                              0x01, 0x2a, 0x02, 0x11, 0x01, 0x01, 0x05, 0x00};

/* What the stores are made of. */
struct parts {
    gnutls_x509_crt_t *chain, *cas;
    unsigned chain_count, ca_count;
    gnutls_x509_privkey_t key;
    gnutls_datum_t pkcs8; /* the key in DER */
};

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

static void append_number(struct buffer *out, uint64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        buffer_append_char(out, (char)(number >> (8 * i) & 0xFF));
}

static void append_text(struct buffer *out, const char *text)
{
    append_number(out, strlen(text), 2);
    buffer_append_string(out, text);
}

/* How many bytes a length takes behind the first, which is the length itself if it is short. */
static int der_more(size_t len)
{
    int bytes = 0;
    for (size_t rest = len < 0x80 ? 0 : len; rest > 0; rest >>= 8)
        bytes++;
    return bytes;
}

static void append_der(struct buffer *out, int tag, size_t len)
{
    int more = der_more(len);
    append_number(out, (uint64_t)tag, 1);
    if (more > 0)
        append_number(out, 0x80 | (uint64_t)more, 1);
    append_number(out, len, more > 0 ? more : 1);
}

/* SHA-1 of the password in UTF-16, `a` and `b`. */
static int hash(const void *a, size_t a_len, const void *b, size_t b_len,
                unsigned char out[JKS_SHA1])
{
    static const char password[] = JAVA_STORE_PASSWORD;
    unsigned char wide[2 * (sizeof password - 1)] = {0};
    gnutls_hash_hd_t sha1 = NULL;
    for (size_t i = 0; i < sizeof password - 1; i++)
        wide[2 * i + 1] = (unsigned char)password[i];
    int code = gnutls_hash_init(&sha1, GNUTLS_DIG_SHA1);
    if (code < 0)
        return code;
    if ((code = gnutls_hash(sha1, wide, sizeof wide)) >= 0 &&
        (code = gnutls_hash(sha1, a, a_len)) >= 0 && b_len > 0)
        code = gnutls_hash(sha1, b, b_len);
    gnutls_hash_deinit(sha1, out);
    return code;
}

/* --- Entries --- */

static int append_certificate(struct buffer *out, gnutls_x509_crt_t certificate)
{
    gnutls_datum_t der = {NULL, 0};
    int code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der);
    if (code < 0)
        return code;
    append_text(out, "X.509");
    append_number(out, der.size, 4);
    buffer_append(out, der.data, der.size);
    gnutls_free(der.data);
    return 0;
}

/* Salt, the key under a stream of hashes, and a hash to check it by. */
static int append_stream(struct buffer *out, const gnutls_datum_t *key)
{
    unsigned char stream[JKS_SHA1], check[JKS_SHA1];
    int code = gnutls_rnd(GNUTLS_RND_NONCE, stream, sizeof stream);
    buffer_append(out, stream, sizeof stream);
    for (size_t i = 0; code >= 0 && i < key->size; i++) {
        if (i % JKS_SHA1 == 0)
            code = hash(stream, sizeof stream, NULL, 0, stream);
        append_number(out, key->data[i] ^ stream[i % JKS_SHA1], 1);
    }
    if (code >= 0)
        code = hash(key->data, key->size, NULL, 0, check);
    if (code >= 0)
        buffer_append(out, check, sizeof check);
    explicit_bzero(stream, sizeof stream);
    return code;
}

/* As PKCS#8's EncryptedPrivateKeyInfo. */
static int append_key(struct buffer *out, const gnutls_datum_t *key)
{
    size_t stream = JKS_SHA1 + key->size + JKS_SHA1;
    size_t inside = sizeof key_protector + 2 + (size_t)der_more(stream) + stream;
    append_number(out, 2 + (uint64_t)der_more(inside) + inside, 4);
    append_der(out, DER_SEQUENCE, inside);
    buffer_append(out, key_protector, sizeof key_protector);
    append_der(out, DER_OCTET_STRING, stream);
    return append_stream(out, key);
}

/* The server's certificate, its issuers, and the CA if it comes next. */
static int append_chain(struct buffer *out, const struct parts *parts)
{
    bool complete =
        !gnutls_x509_crt_check_issuer(parts->chain[parts->chain_count - 1], parts->cas[0]) ||
        gnutls_x509_crt_equals(parts->chain[parts->chain_count - 1], parts->cas[0]);
    int code = 0;
    append_number(out, parts->chain_count + (complete ? 0 : 1), 4);
    for (unsigned i = 0; code >= 0 && i < parts->chain_count; i++)
        code = append_certificate(out, parts->chain[i]);
    return code < 0 || complete ? code : append_certificate(out, parts->cas[0]);
}

/* --- Stores --- */

static void begin_store(struct buffer *out, unsigned entries)
{
    append_number(out, JKS_MAGIC, 4);
    append_number(out, JKS_VERSION, 4);
    append_number(out, entries, 4);
}

static void begin_entry(struct buffer *out, int kind, const char *alias, int64_t now_ms)
{
    append_number(out, (uint64_t)kind, 4);
    append_text(out, alias);
    append_number(out, (uint64_t)now_ms, 8);
}

static int end_store(struct buffer *out)
{
    static const char whitener[] = "Mighty Aphrodite"; /* part of the format */
    unsigned char check[JKS_SHA1];
    struct slice text = buffer_slice(out);
    int code = hash(whitener, sizeof whitener - 1, text.data, text.len, check);
    buffer_append(out, check, sizeof check);
    return code;
}

static int make_key_store(struct buffer *out, const struct parts *parts, int64_t now_ms)
{
    begin_store(out, 1);
    begin_entry(out, JKS_KEY_ENTRY, "broker", now_ms);
    int code = append_key(out, &parts->pkcs8);
    if (code >= 0)
        code = append_chain(out, parts);
    return code < 0 ? code : end_store(out);
}

static int make_trust_store(struct buffer *out, const struct parts *parts, int64_t now_ms)
{
    int code = 0;
    begin_store(out, parts->ca_count);
    for (unsigned i = 0; code >= 0 && i < parts->ca_count; i++) {
        char alias[40];
        snprintf(alias, sizeof alias, i == 0 ? "amazonmq-local" : "amazonmq-local-%u", i + 1);
        begin_entry(out, JKS_CERTIFICATE_ENTRY, alias, now_ms);
        code = append_certificate(out, parts->cas[i]);
    }
    return code < 0 ? code : end_store(out);
}

static int open_parts(struct parts *parts, const struct identity *identity, const char *ca)
{
    gnutls_datum_t chain = datum_of(identity->certificate), key = datum_of(identity->key),
                   cas = datum_of(ca);
    int code = gnutls_x509_crt_list_import2(&parts->chain, &parts->chain_count, &chain,
                                            GNUTLS_X509_FMT_PEM, 0);
    if (code < 0 ||
        (code = gnutls_x509_crt_list_import2(&parts->cas, &parts->ca_count, &cas,
                                             GNUTLS_X509_FMT_PEM, 0)) < 0 ||
        (code = gnutls_x509_privkey_init(&parts->key)) < 0 ||
        (code = gnutls_x509_privkey_import2(parts->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0)) < 0)
        return code;
    return gnutls_x509_privkey_export2_pkcs8(parts->key, GNUTLS_X509_FMT_DER, NULL,
                                             GNUTLS_PKCS_PLAIN, &parts->pkcs8);
}

static void close_parts(struct parts *parts)
{
    for (unsigned i = 0; i < parts->chain_count; i++)
        gnutls_x509_crt_deinit(parts->chain[i]);
    for (unsigned i = 0; i < parts->ca_count; i++)
        gnutls_x509_crt_deinit(parts->cas[i]);
    gnutls_free(parts->chain);
    gnutls_free(parts->cas);
    gnutls_x509_privkey_deinit(parts->key);
    if (parts->pkcs8.data)
        explicit_bzero(parts->pkcs8.data, parts->pkcs8.size);
    gnutls_free(parts->pkcs8.data);
}

/* So that the buffer does not grow later and leave a copy of the key behind. */
static void reserve(struct buffer *out, size_t len)
{
    char *room = buffer_extend(out, len);
    if (room)
        buffer_clear(out);
}

enum result java_stores_make(const struct identity *identity, const char *ca, int64_t now_ms,
                             struct java_stores *stores, struct certificate_error *error)
{
    struct parts parts = {.key = NULL};
    struct buffer keys, trusted;
    buffer_init(&keys, JKS_MAX);
    buffer_init(&trusted, JKS_MAX);
    *stores = (struct java_stores){.key_store = NULL};
    int code = open_parts(&parts, identity, ca);
    reserve(&keys,
            strlen(identity->key) + strlen(identity->certificate) + strlen(ca) + JKS_RESERVED);
    if (code >= 0)
        code = make_key_store(&keys, &parts, now_ms);
    if (code >= 0)
        code = make_trust_store(&trusted, &parts, now_ms);
    close_parts(&parts);
    *stores = (struct java_stores){
        .key_store = (unsigned char *)keys.data,
        .trust_store = (unsigned char *)trusted.data,
        .key_store_len = keys.len,
        .trust_store_len = trusted.len,
    };
    if (code >= 0 && !keys.failed && !trusted.failed)
        return RESULT_OK;
    java_stores_close(stores);
    if (code == GNUTLS_E_MEMORY_ERROR || keys.failed == RESULT_NO_MEMORY ||
        trusted.failed == RESULT_NO_MEMORY)
        return RESULT_NO_MEMORY;
    snprintf(error->text, sizeof error->text, "cannot make key stores for Java: %s",
             code < 0 ? gnutls_strerror(code) : "too many certificates");
    return RESULT_SYSTEM;
}

void java_stores_close(struct java_stores *stores)
{
    if (stores->key_store)
        explicit_bzero(stores->key_store, stores->key_store_len);
    free(stores->key_store);
    free(stores->trust_store);
    *stores = (struct java_stores){.key_store = NULL};
}
