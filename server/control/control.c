#include "control/control.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "api/operation.h"
#include "base/crypto.h"

/* The host without its port and brackets. */
static struct slice host_of(struct slice host)
{
    if (host.len > 0 && host.data[0] == '[') {
        const char *end = memchr(host.data, ']', host.len);
        return end ? (struct slice){host.data + 1, (size_t)(end - host.data) - 1} : host;
    }
    const char *colon = host.len > 0 ? memchr(host.data, ':', host.len) : NULL;
    return colon ? (struct slice){host.data, (size_t)(colon - host.data)} : host;
}

static bool is_address(struct slice host)
{
    unsigned char bytes[16];
    char text[64];
    if (host.len >= sizeof text)
        return false;
    memcpy(text, host.data, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool ends_with(struct slice text, struct slice end)
{
    return text.len >= end.len &&
           slice_equal_ignoring_case((struct slice){text.data + text.len - end.len, end.len}, end);
}

/* With DNS rebinding, a page of another site reaches this server by the name of that site, never by
 * one of these names. */
static bool is_own_host(const struct control *control, struct slice host)
{
    struct slice name = host_of(host);
    if (name.len == 0 || slice_equal_ignoring_case(name, SLICE("localhost")) ||
        ends_with(name, SLICE(".localhost")) || is_address(name))
        return true;
    for (size_t i = 0; i < control->name_count; i++)
        if (slice_equal_ignoring_case(name, slice_of(control->names[i])))
            return true;
    return false;
}

/* False also for `null` and other schemes. */
static bool is_same_origin(struct slice origin, struct slice host)
{
    static const struct slice schemes[] = {SLICE_INIT("http://"), SLICE_INIT("https://")};
    if (!origin.data)
        return true;
    for (size_t i = 0; i < 2; i++)
        if (slice_starts_with(origin, schemes[i]) &&
            slice_equal_ignoring_case(
                (struct slice){origin.data + schemes[i].len, origin.len - schemes[i].len}, host))
            return true;
    return false;
}

/* Whether a browser marked the request as caused by a page of another site. */
static bool is_cross_site(const struct request *request)
{
    struct slice site = request_header(request, SLICE("Sec-Fetch-Site"));
    return site.data && !slice_equal(site, SLICE("same-origin")) &&
           !slice_equal(site, SLICE("none"));
}

static bool has_token(const struct control *control, const struct request *request)
{
    struct slice given = request_header(request, SLICE("Authorization"));
    struct slice bearer = SLICE("Bearer ");
    if (!control->token)
        return true;
    return slice_starts_with(given, bearer) &&
           crypto_equal((struct slice){given.data + bearer.len, given.len - bearer.len},
                        slice_of(control->token));
}

static bool is_listed(struct slice name, const char *list)
{
    char word[32];
    if (!list)
        return true;
    snprintf(word, sizeof word, " %.*s ", (int)(name.len < 24 ? name.len : 24), name.data);
    return name.len > 0 && name.len < 24 && !memchr(name.data, ' ', name.len) && strstr(list, word);
}

/* Unknown parameters are rejected: ignoring a misspelt one could, for example, reset everything. */
static bool check_query(struct call *call)
{
    const struct target *target = &call->request->target;
    for (size_t i = 0; i < target->member_count; i++) {
        if (is_listed(target->members[i].name, call->operation->query))
            continue;
        call_fail(call, ERROR_CONTROL_QUERY, target->members[i].name);
        return false;
    }
    return true;
}

bool control_admit(struct call *call)
{
    const struct request *request = call->request;
    const struct control *control = call->control;
    struct slice host = request_header(request, SLICE("Host"));
    if (call->operation->open)
        return true;
    if (control->mode == CONTROL_OFF)
        call_fail(call, ERROR_NO_SUCH_ROUTE);
    else if (!is_own_host(control, host))
        call_fail(call, ERROR_CONTROL_HOST, host_of(host));
    else if (is_cross_site(request) ||
             !is_same_origin(request_header(request, SLICE("Origin")), host))
        call_fail(call, ERROR_CONTROL_ORIGIN);
    else if (!call->operation->tokenless && !has_token(control, request))
        call_fail(call, ERROR_CONTROL_TOKEN);
    else
        return check_query(call);
    return false;
}
