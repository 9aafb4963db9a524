#include "base/ids.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/crypto.h"

void id_random(void *out, size_t len)
{
    uint8_t *at = out;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno != EINTR)
            abort(); /* a kernel before 3.17, or another sandbox forbids it */
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
}

/* Fetches 4096 bytes at a time, since getrandom() is a system call. */
static const uint8_t *random_bytes(size_t len)
{
    static uint8_t pool[4096];
    static size_t used = sizeof pool;
    if (len > sizeof pool - used) {
        id_random(pool, sizeof pool);
        used = 0;
    }
    used += len;
    return pool + used - len;
}

static const char hex_digits[] = "0123456789abcdef";

static void format_uuid(const uint8_t random[16], char out[ID_UUID])
{
    uint8_t bytes[16];
    memcpy(bytes, random, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex_digits[bytes[i] >> 4];
        *out++ = hex_digits[bytes[i] & 0x0F];
    }
    *out = '\0';
}

void id_uuid(char out[ID_UUID])
{
    format_uuid(random_bytes(16), out);
}

void id_apigw(char out[ID_APIGW])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *random = random_bytes(15);
    for (int i = 0; i < 15; i++)
        out[i] = alphabet[random[i] & 0x3F];
    out[15] = '=';
    out[16] = '\0';
}

void id_trace(int64_t wall_s, char out[ID_TRACE])
{
    static const char prefix[] = "Root=1-";
    memcpy(out, prefix, sizeof prefix - 1);
    char *at = out + sizeof prefix - 1;
    for (int shift = 28; shift >= 0; shift -= 4)
        *at++ = hex_digits[(uint64_t)wall_s >> shift & 0x0F];
    *at++ = '-';
    const uint8_t *random = random_bytes(12);
    for (int i = 0; i < 12; i++) {
        *at++ = hex_digits[random[i] >> 4];
        *at++ = hex_digits[random[i] & 0x0F];
    }
    *at = '\0';
}

enum result id_stable_uuid(struct slice text, char out[ID_UUID])
{
    uint8_t hash[CRYPTO_SHA256];
    enum result result = crypto_sha256(text, hash);
    if (!result)
        format_uuid(hash, out);
    return result;
}

enum result id_stable_hex(struct slice text, size_t digits, char *out)
{
    uint8_t hash[CRYPTO_SHA256];
    char hex[CRYPTO_SHA256_HEX + 1];
    enum result result = crypto_sha256(text, hash);
    if (result)
        return result;
    crypto_hex(hash, sizeof hash, hex);
    memcpy(out, hex, digits);
    out[digits] = '\0';
    return RESULT_OK;
}
