/* Identifiers: random ones, and stable ones derived from a string. */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum { ID_UUID = 37, ID_APIGW = 17, ID_TRACE = 41 };

/* Fills `out` with getrandom(); aborts the process if that fails. */
void id_random(void *out, size_t len);

/* 36 characters and a NUL, version 4. */
void id_uuid(char out[ID_UUID]);

/* 15 base64url characters, `=` and a NUL: the form of x-amz-apigw-id. */
void id_apigw(char out[ID_APIGW]);

/* Root=1-<8 hex of the time>-<24 hex> and a NUL: the form of x-amzn-trace-id. */
void id_trace(int64_t wall_s, char out[ID_TRACE]);

/* A UUID that is the same for the same text. */
enum result id_stable_uuid(struct slice text, char out[ID_UUID]) MUST_CHECK;

/* `digits` (up to 64) hex characters that are the same for the same text, and a NUL. */
enum result id_stable_hex(struct slice text, size_t digits, char *out) MUST_CHECK;

#endif
