#include "gate/foreign.h"

#include <string.h>

#include "base/buffer.h"
#include "control/control.h"

/* The protocols of AWS, apart from that of Amazon MQ: `{}` stands for the message. */
struct protocol {
    const char *content_type;
    const char *form;
};

static const struct protocol aws_json = {
    "application/x-amz-json-1.1", "{\"__type\":\"AccessDeniedException\",\"message\":\"{}\"}"};
static const struct protocol rest_json = {NULL, "{\"message\":\"{}\"}"};
/* Of services with rest-xml too, except S3. */
static const struct protocol query = {
    "text/xml", "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{}"
                "</Message></Error></ErrorResponse>"};
static const struct protocol ec2 = {
    "text/xml", "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{}</Message>"
                "</Error></Errors></Response>"};
static const struct protocol s3 = {
    "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied"
                       "</Code><Message>{}</Message></Error>"};

/* Those whose protocol the request does not show. */
static const struct {
    struct slice name;
    const struct protocol *protocol;
} services[] = {
    {SLICE_INIT("cloudfront"), &query}, {SLICE_INIT("ec2"), &ec2}, {SLICE_INIT("route53"), &query}};

static const struct protocol *find_protocol(const struct request *request, struct slice service)
{
    struct slice type = request_header(request, SLICE("Content-Type"));
    if (slice_starts_with(service, SLICE("s3")))
        return &s3;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (slice_equal(service, services[i].name))
            return services[i].protocol;
    if (request_header(request, SLICE("X-Amz-Target")).data)
        return &aws_json;
    return slice_starts_with(type, SLICE("application/x-www-form-urlencoded")) ? &query
                                                                               : &rest_json;
}

void foreign_answer(struct call *call, struct slice service)
{
    const struct protocol *protocol = find_protocol(call->request, service);
    const char *place = strstr(protocol->form, "{}");
    call_fail(call, ERROR_FOREIGN_SERVICE);
    buffer_clear(call->out);
    buffer_append(call->out, protocol->form, (size_t)(place - protocol->form));
    buffer_append_string(call->out, error_text(ERROR_FOREIGN_SERVICE)->text);
    buffer_append_string(call->out, place + 2);
    call_set_body(call);
    call->reply.content_type = protocol->content_type;
}

#define PAGE "/_local/"

/* Where a person looks for the page. */
static bool is_listed(struct slice path)
{
    static const struct slice paths[] = {SLICE_INIT("/"), SLICE_INIT("/_local"),
                                         SLICE_INIT("/health"), SLICE_INIT(PAGE)};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (slice_equal(path, paths[i]))
            return true;
    return false;
}

bool foreign_is_browser(struct call *call)
{
    const struct request *request = call->request;
    struct slice accept = request_header(request, SLICE("Accept"));
    bool off = call->control->mode == CONTROL_OFF;
    if (!slice_equal(request->method, SLICE("GET")) || !is_listed(request->target.path) ||
        !accept.data || !memmem(accept.data, accept.len, "text/html", 9) ||
        request_header(request, SLICE("Authorization")).data ||
        (!off && slice_equal(request->target.path, SLICE(PAGE))))
        return false;
    call->from_browser = true;
    if (off)
        call_fail(call, ERROR_CONTROL_OFF);
    else
        call->reply = (struct reply){.status = 302, .headers = {{"Location", PAGE}}};
    return true;
}
