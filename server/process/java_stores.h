/* Key and trust stores for Java, in the format JKS, which Java 8 and later read. */
#ifndef PROCESS_JAVA_STORES_H
#define PROCESS_JAVA_STORES_H

#include <stdint.h>

#include "process/certificate.h"

/* Of both stores and of the key: the files are as secret as their mode. */
#define JAVA_STORE_PASSWORD "changeit"

/* A key store with the key and its certificates, and a trust store with the certificate of the CA.
 * Owned; the key store contains the key. */
struct java_stores {
    unsigned char *key_store, *trust_store;
    size_t key_store_len, trust_store_len;
};

/* `ca` in PEM. RESULT_NO_MEMORY, RESULT_SYSTEM with *error set. */
enum result java_stores_make(const struct identity *identity, const char *ca, int64_t now_ms,
                             struct java_stores *stores,
                             struct certificate_error *error) MUST_CHECK;

/* Wipes the key. */
void java_stores_close(struct java_stores *stores);

#endif
