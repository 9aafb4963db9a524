/* What the server does itself with the GnuTLS sessions of libmicrohttpd. */
#ifndef PROCESS_TLS_SESSION_H
#define PROCESS_TLS_SESSION_H

#include <stdbool.h>

#include "base/slice.h"

/* Prepares a session whose handshake has not begun (NULL: none): its client may resume it later,
 * and the end of the handshake is acknowledged at once. Without memory the session works without
 * them. */
void tls_session_begin(void *session);

/* Sends what fits at once of `data`; failures are noticed elsewhere. */
void tls_session_send(void *session, struct slice data);

/* Whether a session (NULL: none) has buffered data that was not read yet. */
bool tls_session_has_unread(void *session);

/* Forgets the key of the tickets, with which sessions are resumed. */
void tls_session_forget_key(void);

#endif
