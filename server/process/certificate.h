/* The key and the certificate of HTTPS: read and checked, or made where there are none. */
#ifndef PROCESS_CERTIFICATE_H
#define PROCESS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"

/* PEM texts, owned. All zero: none. */
struct identity {
    char *key;
    char *certificate; /* may bring its issuers behind it */
};

struct certificate_error {
    char text[256]; /* one line, unless a file's name holds another */
};

/* Reads what somebody else made. RESULT_SYSTEM with *error set where a file cannot be read, is not
 * PEM, is encrypted, or where the two do not belong together. */
enum result certificate_load(const char *certificate_file, const char *key_file,
                             struct identity *identity, struct certificate_error *error) MUST_CHECK;

/* Reads ca.pem, server.pem and server-key.pem of a directory; makes them, and the directory, where
 * none of them is there. The certificate is for localhost, 127.0.0.1, ::1 and `names`, host names
 * or addresses. The CA's key is never stored: nobody can issue a second certificate that its
 * clients would trust. RESULT_SYSTEM with *error set where something is missing, does not fit the
 * rest, is not for one of the names, or has expired: what is there is never replaced. */
enum result certificate_keep(const char *directory, const char *const *names, size_t name_count,
                             struct identity *identity, struct certificate_error *error) MUST_CHECK;

/* Wipes the key. */
void certificate_close(struct identity *identity);

/* Whether a session of GnuTLS (NULL: none) holds bytes that were received and not read yet. */
bool certificate_session_has_unread(void *session);

#endif
