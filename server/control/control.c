#include "control/control.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "api/operation.h"
#include "base/crypto.h"
#include "base/text.h"
#include "control/names.h"

/* A Host header as `host [ ":" port ]`: RFC 9110, 7.2. */
struct authority {
    struct slice name; /* without brackets; the whole header if it has another form */
    bool valid;
    bool bracketed; /* the name was an IPv6 address in brackets, or should be one */
};

/* Empty, or up to 65535. */
static bool is_port(struct slice text)
{
    int64_t number = 0;
    return text.len == 0 || text_number(text, 65535, &number);
}

static struct authority read_host(struct slice host)
{
    struct authority whole = {host, host.len == 0, host.len > 0 && host.data[0] == '['};
    if (host.len == 0)
        return whole;
    const char *start = host.data + whole.bracketed, *behind = host.data + host.len;
    const char *end = memchr(host.data, whole.bracketed ? ']' : ':', host.len);
    if ((!end && whole.bracketed) || end == host.data) /* `[` alone, or no name before a port */
        return whole;
    if (!end)
        end = behind;
    const char *rest = end + whole.bracketed;
    if (rest < behind &&
        !(*rest == ':' && is_port((struct slice){rest + 1, (size_t)(behind - rest) - 1})))
        return whole;
    return (struct authority){{start, (size_t)(end - start)}, true, whole.bracketed};
}

static bool is_address(struct slice name, int family)
{
    unsigned char bytes[16];
    char text[64];
    if (name.len >= sizeof text || memchr(name.data, '\0', name.len))
        return false;
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return inet_pton(family, text, bytes) == 1;
}

/* Labels of letters, digits, `-` and `_`. */
static bool is_name(struct slice name)
{
    while (name.data) {
        struct slice label = text_take(&name, '.');
        if (label.len == 0 || !text_is_word(label, "-_"))
            return false;
    }
    return true;
}

static bool ends_with(struct slice text, struct slice end)
{
    return text.len >= end.len &&
           slice_equal_ignoring_case((struct slice){text.data + text.len - end.len, end.len}, end);
}

/* With DNS rebinding, a page of another site reaches this server by the name of that site, never by
 * one of these names. */
static bool is_own_host(const struct control *control, const struct authority *host)
{
    if (!host->valid)
        return false;
    if (host->bracketed)
        return is_address(host->name, AF_INET6);
    if (host->name.len == 0 || slice_equal_ignoring_case(host->name, SLICE("localhost")) ||
        (ends_with(host->name, SLICE(".localhost")) && is_name(host->name)) ||
        is_address(host->name, AF_INET))
        return true;
    for (size_t i = 0; i < control->name_count; i++)
        if (slice_equal_ignoring_case(host->name, slice_of(control->names[i])))
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

/* Whether a browser goes to it in a tab, such as by a link: not in a frame, and no script. */
static bool is_navigation(const struct request *request)
{
    return slice_equal(request_header(request, SLICE("Sec-Fetch-Mode")), SLICE("navigate")) &&
           slice_equal(request_header(request, SLICE("Sec-Fetch-Dest")), SLICE("document"));
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

/* Unknown parameters are rejected: ignoring a misspelt one could, for example, reset everything. */
static bool check_query(struct call *call)
{
    const struct target *target = &call->request->target;
    for (size_t i = 0; i < target->member_count; i++) {
        if (control_has_parameter(call->operation, target->members[i].name))
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
    struct authority authority = read_host(host);
    if (call->operation->open)
        return true;
    if (control->mode == CONTROL_OFF)
        call_fail(call, ERROR_NO_SUCH_ROUTE);
    else if (!is_own_host(control, &authority))
        call_fail(call, ERROR_CONTROL_HOST, authority.name);
    else if ((is_cross_site(request) && !(call->operation->linkable && is_navigation(request))) ||
             !is_same_origin(request_header(request, SLICE("Origin")), host))
        call_fail(call, ERROR_CONTROL_ORIGIN);
    else if (!call->operation->tokenless && !has_token(control, request))
        call_fail(call, ERROR_CONTROL_TOKEN);
    else
        return check_query(call);
    return false;
}
