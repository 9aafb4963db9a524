#include "check_health.h"

#include <stdio.h>

#include "ctl/client.h"
#include "option_values.h"

enum { HEALTH_MS = 3000 };

/* A server that listens on all interfaces is reached over loopback. */
static const char *client_address(const char *host)
{
    if (!value_is_wildcard(host))
        return host;
    return strchr(host, ':') ? "::1" : "127.0.0.1";
}

int check_health(const struct options *options)
{
    const char *host =
        client_address(options->hosts.count > 0 ? options->hosts.items[0] : "127.0.0.1");
    struct client_url url;
    struct client_request request = {
        .url = &url, .method = "GET", .target = "/_local/health", .limit_ms = HEALTH_MS};
    struct client_answer answer = {.status = 0};
    struct client_error error = {.text = ""};
    snprintf(url.host, sizeof url.host, "%s", host);
    snprintf(url.port, sizeof url.port, "%d", (int)options->port);
    if (client_call(&request, &answer, &error))
        fprintf(stderr, "amazonmq-local: %s\n", error.text);
    else if (answer.status != 200)
        fprintf(stderr, "amazonmq-local: the server on %s port %s is not healthy\n", host,
                url.port);
    client_close(&answer);
    return answer.status == 200 ? 0 : 1;
}
