/* The page for people, and the metrics for machines. */
#include "control/page.h"

#include "control/parts.h"
#include "store/whole.h"

void control_page(struct control *control, struct call *call)
{
    (void)control;
    call->reply =
        (struct reply){.status = 200,
                       .body = {(const char *)page_html, page_html_len},
                       .content_type = "text/html; charset=utf-8",
                       .headers = {{"content-security-policy",
                                    "default-src 'none'; script-src 'unsafe-inline'; "
                                    "style-src 'unsafe-inline'; connect-src 'self'; "
                                    "img-src data:; frame-ancestors 'none'; base-uri 'none'"}}};
}

void control_metrics(struct control *control, struct call *call)
{
    struct store_counts counts;
    enum result result = store_count(call->store, &counts);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    metrics_write(control->metrics, &counts, call->out);
    call_succeed(call);
    call->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
}
