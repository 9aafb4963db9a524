#include "base/resolve.h"

#ifdef STATIC_LINK
#include <nss.h>
#endif

int resolve(const char *host, const char *port, const struct addrinfo *hints,
            struct addrinfo **found)
{
#ifdef STATIC_LINK
    __nss_configure_lookup("hosts", "files dns");
#endif
    return getaddrinfo(host, port, hints, found);
}
