/* The private key and the certificate of HTTPS: loaded and checked, or created. */
#ifndef PROCESS_CERTIFICATE_H
#define PROCESS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "base/slice.h"

/* Owned PEM texts; NULL: none. */
struct identity {
    char *key;
    char *certificate; /* may be followed by its issuers */
    char *ca;          /* only of certificate_load_or_create */
};

struct certificate_error {
    char text[256]; /* one line, unless a file name contains a line feed */
};

/* Loads the user's files. RESULT_SYSTEM with *error set if a file cannot be read, is not PEM or is
 * encrypted, if the key does not belong to the certificate, or if a certificate has expired or is
 * not yet valid. Logs a warning if one expires within a day. */
enum result certificate_load(const char *certificate_file, const char *key_file,
                             struct identity *identity, struct certificate_error *error) MUST_CHECK;

/* Loads ca.pem, server.pem and server-key.pem from a directory; creates them, and the directory, if
 * none of them exists. The certificate is for localhost, 127.0.0.1, ::1 and `names`, host names or
 * addresses. The CA's key is not stored, so no other certificate can be issued with it.
 * RESULT_SYSTEM with *error set if only some of the files exist, if they do not belong together, or
 * if the certificate is not for one of the names, has expired or is not yet valid. Never replaces a
 * file. Logs a warning if a certificate expires within a day, and if the group or others may read
 * or write the key. */
enum result certificate_load_or_create(const char *directory, const char *const *names,
                                       size_t name_count, struct identity *identity,
                                       struct certificate_error *error) MUST_CHECK;

/* Wipes the key. */
void certificate_close(struct identity *identity);

#endif
