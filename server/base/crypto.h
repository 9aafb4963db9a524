/* SHA-256, HMAC and constant-time comparison, with GnuTLS; base64 and hexadecimal. */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum { CRYPTO_SHA256 = 32, CRYPTO_SHA256_HEX = 64 };

/* The version of GnuTLS at run time; static. */
const char *crypto_version(void);

/* RESULT_NO_MEMORY, or RESULT_SYSTEM when GnuTLS fails. */
enum result crypto_sha256(struct slice data, uint8_t out[CRYPTO_SHA256]) MUST_CHECK;

enum result crypto_hmac_sha256(struct slice key, struct slice data,
                               uint8_t out[CRYPTO_SHA256]) MUST_CHECK;

/* Lower-case, NUL-terminated; `out` has room for 2 * len + 1 bytes. */
void crypto_hex(const uint8_t *bytes, size_t len, char *out);

/* Whether both are equal, in time that depends on the lengths only. */
bool crypto_equal(struct slice a, struct slice b);

/* Standard base64 with padding, NUL-terminated; `out` has room for crypto_base64_size(len). */
void crypto_base64_encode(struct slice data, char *out);
static inline size_t crypto_base64_size(size_t len)
{
    return (len + 2) / 3 * 4 + 1;
}

/* Strict: alphabet, padding and unused bits of the last group are checked, white space is not
 * allowed. `out` has room for len / 4 * 3 bytes. RESULT_INVALID if `text` is not base64. */
enum result crypto_base64_decode(struct slice text, char *out, size_t *out_len) MUST_CHECK;

#endif
