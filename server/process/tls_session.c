#include "process/tls_session.h"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Of the process, generated for the first session. GnuTLS derives the keys of the tickets from it,
 * others every few hours. */
static gnutls_datum_t ticket_key;

/* A client without TCP_NODELAY sends its request only after the last message of its handshake is
 * acknowledged, which the kernel otherwise delays by 40 ms. */
static int acknowledge(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *message)
{
    (void)type;
    (void)when;
    (void)message;
#ifdef TCP_QUICKACK
    int on = 1;
    if (incoming)
        setsockopt(gnutls_transport_get_int(session), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    (void)session;
    (void)incoming;
#endif
    return 0;
}

void tls_session_begin(void *session)
{
    if (!session)
        return;
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                       acknowledge);
    if (ticket_key.data || gnutls_session_ticket_key_generate(&ticket_key) == 0)
        (void)!gnutls_session_ticket_enable_server(session, &ticket_key);
}

void tls_session_send(void *session, struct slice data)
{
    (void)!gnutls_record_send(session, data.data, data.len);
}

bool tls_session_has_unread(void *session)
{
    return session && gnutls_record_check_pending(session) > 0;
}

void tls_session_forget_key(void)
{
    if (ticket_key.data)
        gnutls_memset(ticket_key.data, 0, ticket_key.size);
    gnutls_free(ticket_key.data);
    ticket_key = (gnutls_datum_t){NULL, 0};
}
