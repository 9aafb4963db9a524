#include "control/sts.h"

#include "api/world.h"
#include "base/text.h"

/* Whether a URL-encoded form contains `member`, a name with its value. */
static bool form_has(struct slice form, struct slice member)
{
    while (form.data)
        if (slice_equal(text_take(&form, '&'), member))
            return true;
    return false;
}

bool sts_is_request(const struct request *request)
{
    const struct target *target = &request->target;
    return slice_equal(request->method, SLICE("POST")) && target->segment_count == 1 &&
           target->segments[0].len == 0 &&
           form_has(request->body, SLICE("Action=GetCallerIdentity"));
}

/* Account, region and user name have no characters that need escapes in XML. */
void sts_answer(struct call *call)
{
    const struct caller *caller = &call->caller;
    bool is_user = caller->user_name.data != NULL;
    buffer_append_string(call->out,
                         "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/"
                         "2011-06-15/\">\n  <GetCallerIdentityResult>\n    <Arn>arn:");
    buffer_append_string(call->out, partition_of(caller->region));
    buffer_append_string(call->out, ":iam::");
    buffer_append_slice(call->out, caller->account);
    buffer_append_string(call->out, is_user ? ":user/" : ":root");
    buffer_append_slice(call->out, caller->user_name);
    buffer_append_string(call->out, "</Arn>\n    <UserId>");
    buffer_append_slice(call->out, is_user ? caller->user_name : caller->account);
    buffer_append_string(call->out, "</UserId>\n    <Account>");
    buffer_append_slice(call->out, caller->account);
    buffer_append_string(call->out, "</Account>\n  </GetCallerIdentityResult>\n"
                                    "</GetCallerIdentityResponse>\n");
    call_succeed(call);
    if (!call->failed)
        call->reply.status = 200;
    call->reply.content_type = "text/xml";
}
