/* AWS Signature Version 4, as spec'd for `--auth verify`: header and presigned query. */
#ifndef GATE_SIGV4_H
#define GATE_SIGV4_H

#include <stdint.h>

#include "api/request.h"
#include "base/result.h"

/* The parts of a signature, borrowed from the request and its arena. */
struct sigv4 {
    bool present;     /* an Authorization header, or in the query X-Amz-Algorithm, -Credential
                         or -Signature */
    bool presigned;   /* it came in the query */
    bool well_formed; /* all parts are there, and a date */
    struct slice access_key;
    struct slice scope_date; /* YYYYMMDD */
    struct slice region;     /* may be empty */
    struct slice service;
    struct slice terminator; /* aws4_request */
    struct slice signed_headers;
    struct slice signature;
    struct slice date; /* X-Amz-Date (ISO 8601 basic); a `Date` header's is put in that form,
                          and stays as it came should memory be out */
    int64_t date_s;    /* the same, seconds since 1970 */
    int64_t expires_s; /* X-Amz-Expires, 1 to 604800; 0 unless presigned */
};

/* Reads what is there and never fails. The credential is read even where other parts are
 * malformed; one that is not KEY/DATE/REGION/SERVICE/TERMINATOR leaves all its parts empty. */
void sigv4_read(const struct request *request, struct sigv4 *sigv4);

/* What the verification found; the order is that in which it is looked for. */
enum sigv4_verdict {
    SIGV4_OK,
    SIGV4_MISSING,         /* no signature at all */
    SIGV4_INCOMPLETE,      /* malformed */
    SIGV4_WRONG_SCOPE,     /* not mq/aws4_request, no region, or not the request's date */
    SIGV4_EXPIRED,         /* older than 5 minutes (presigned: than X-Amz-Expires) */
    SIGV4_NOT_YET_CURRENT, /* more than 5 minutes in the future */
    SIGV4_MISMATCH,        /* body hash or signature differ */
};

enum { SIGV4_SKEW_S = 300 };

/* What can be said without the secret: SIGV4_OK, _MISSING, _INCOMPLETE or _WRONG_SCOPE. */
enum sigv4_verdict sigv4_check_form(const struct sigv4 *sigv4);

/* The rest, for a signature whose form is right: SIGV4_OK, _EXPIRED, _NOT_YET_CURRENT, _MISMATCH.
 * Both limits are still good: a date is expired before *limit_s, or not yet current after it.
 * *limit_s is the older limit unless the verdict is SIGV4_NOT_YET_CURRENT; seconds since 1970.
 * RESULT_NO_MEMORY or RESULT_SYSTEM when it could not be computed; *verdict is no SIGV4_OK then. */
enum result sigv4_verify(const struct request *request, const struct sigv4 *sigv4,
                         struct slice secret, int64_t now_s, int64_t *limit_s,
                         enum sigv4_verdict *verdict) MUST_CHECK;

#endif
