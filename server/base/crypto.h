/* Hashes, HMAC and comparison: GnuTLS does the work, which
 * process/certificate.c uses too. */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum { CRYPTO_SHA256 = 32, CRYPTO_SHA256_HEX = 64 };

/* Of GnuTLS, as it runs; static. */
const char *crypto_version(void);

/* RESULT_NO_MEMORY or RESULT_SYSTEM when the library cannot do it. */
enum result crypto_sha256(struct slice data, uint8_t out[CRYPTO_SHA256]) MUST_CHECK;

enum result crypto_hmac_sha256(struct slice key, struct slice data,
                               uint8_t out[CRYPTO_SHA256]) MUST_CHECK;

/* Lower-case, NUL-terminated; `out` has room for 2 * len + 1 bytes. */
void crypto_hex(const uint8_t *bytes, size_t len, char *out);

/* Whether both are the same, in time that depends on the lengths only. */
bool crypto_equal(struct slice a, struct slice b);

/* Standard base64 with padding, NUL-terminated; `out` has room for crypto_base64_size(len). */
void crypto_base64_encode(struct slice data, char *out);
static inline size_t crypto_base64_size(size_t len)
{
    return (len + 2) / 3 * 4 + 1;
}

/* Strict: alphabet, padding and zero bits in the last group are checked, white space is refused.
 * `out` has room for len / 4 * 3 bytes. RESULT_INVALID where `text` is anything else. */
enum result crypto_base64_decode(struct slice text, char *out, size_t *out_len) MUST_CHECK;

#endif
