/* AWS Signature Version 4, in the Authorization header or a presigned query. */
#ifndef GATE_SIGV4_H
#define GATE_SIGV4_H

#include <stdint.h>

#include "api/request.h"
#include "base/result.h"

/* The parts of a signature, borrowed from the request and its arena. */
struct sigv4 {
    bool present;     /* there is an Authorization header, or X-Amz-Algorithm, -Credential or
                         -Signature in the query */
    bool presigned;   /* in the query */
    bool well_formed; /* has all parts and a date */
    struct slice access_key;
    struct slice scope_date; /* YYYYMMDD */
    struct slice region;     /* may be empty */
    struct slice service;
    struct slice terminator; /* aws4_request */
    struct slice signed_headers;
    struct slice signature;
    struct slice date; /* X-Amz-Date (ISO 8601 basic); a `Date` header is converted to that form,
                          or unchanged if out of memory */
    int64_t date_s;    /* the same in seconds since 1970 */
    int64_t expires_s; /* X-Amz-Expires, 1 to 604800; 0 unless presigned */
};

/* Reads what is present and never fails. The credential is read even if other parts are malformed;
 * unless it is KEY/DATE/REGION/SERVICE/TERMINATOR, its parts stay empty. */
void sigv4_read(const struct request *request, struct sigv4 *sigv4);

/* Result of the verification, in the order of the checks. */
enum sigv4_verdict {
    SIGV4_OK,
    SIGV4_MISSING,         /* no signature at all */
    SIGV4_INCOMPLETE,      /* malformed */
    SIGV4_WRONG_SCOPE,     /* not mq/aws4_request, no region, or not the request's date */
    SIGV4_EXPIRED,         /* older than 5 minutes (presigned: than X-Amz-Expires) */
    SIGV4_NOT_YET_CURRENT, /* more than 5 minutes in the future */
    SIGV4_MISMATCH,        /* body hash or signature differs */
};

enum { SIGV4_SKEW_S = 300 };

/* The checks without the secret: SIGV4_OK, _MISSING, _INCOMPLETE or _WRONG_SCOPE. */
enum sigv4_verdict sigv4_check_form(const struct sigv4 *sigv4);

/* The other checks, after sigv4_check_form: SIGV4_OK, _EXPIRED, _NOT_YET_CURRENT, _MISMATCH.
 * *limit_s, in seconds since 1970, is the latest valid date if *verdict is SIGV4_NOT_YET_CURRENT,
 * otherwise the earliest one. RESULT_NO_MEMORY or RESULT_SYSTEM if the signature cannot be
 * computed; *verdict is then not SIGV4_OK. */
enum result sigv4_verify(const struct request *request, const struct sigv4 *sigv4,
                         struct slice secret, int64_t now_s, int64_t *limit_s,
                         enum sigv4_verdict *verdict) MUST_CHECK;

#endif
