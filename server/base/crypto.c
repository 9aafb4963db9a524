#include "base/crypto.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

/* GnuTLS does not set errno, but callers of a RESULT_SYSTEM read it. */
static enum result result_of(int code)
{
    if (code >= 0)
        return RESULT_OK;
    if (code == GNUTLS_E_MEMORY_ERROR)
        return RESULT_NO_MEMORY;
    errno = ENOTSUP;
    return RESULT_SYSTEM;
}

/* An absent slice hashes like an empty one; GnuTLS does not document that it accepts NULL. */
static const void *bytes_of(struct slice slice)
{
    return slice.data ? slice.data : "";
}

enum result crypto_sha256(struct slice data, uint8_t out[CRYPTO_SHA256])
{
    return result_of(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes_of(data), data.len, out));
}

enum result crypto_hmac_sha256(struct slice key, struct slice data, uint8_t out[CRYPTO_SHA256])
{
    return result_of(
        gnutls_hmac_fast(GNUTLS_MAC_SHA256, bytes_of(key), key.len, bytes_of(data), data.len, out));
}

void crypto_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

bool crypto_equal(struct slice a, struct slice b)
{
    return a.len == b.len && gnutls_memcmp(bytes_of(a), bytes_of(b), a.len) == 0;
}

void crypto_base64_encode(struct slice data, char *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < data.len; i += 3) {
        size_t count = data.len - i < 3 ? data.len - i : 3;
        uint32_t group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < count ? (uint8_t)data.data[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            *out++ = j <= count ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    *out = '\0';
}

/* The six bits of a character, or -1. */
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which the last `padding` must be `=`. Unused bits must be zero: otherwise
 * several texts would decode to the same bytes. */
static bool decode_group(const char *text, size_t padding, uint8_t out[3])
{
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? base64_value(text[i]) : text[i] == '=' ? 0 : -1;
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    for (size_t i = 0; i < 3; i++)
        out[i] = (uint8_t)(group >> (16 - 8 * i));
    for (size_t i = 3 - padding; i < 3; i++)
        if (out[i] != 0)
            return false;
    return true;
}

enum result crypto_base64_decode(struct slice text, char *out, size_t *out_len)
{
    if (text.len % 4 != 0)
        return RESULT_INVALID;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i += 4) {
        size_t padding = 0;
        if (i + 4 == text.len && text.data[i + 3] == '=')
            padding = text.data[i + 2] == '=' ? 2 : 1;
        uint8_t group[3] = {0};
        if (!decode_group(text.data + i, padding, group))
            return RESULT_INVALID;
        memcpy(out + len, group, 3 - padding);
        len += 3 - padding;
    }
    *out_len = len;
    return RESULT_OK;
}

const char *crypto_version(void)
{
    return gnutls_check_version(NULL);
}
