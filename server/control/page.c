/* The web page, its events, and the metrics. */
#include "control/page.h"

#include "control/parts.h"
#include "store/store.h"

void control_page(struct call *call)
{
    call->reply =
        (struct reply){.body = {(const char *)page_html, page_html_len},
                       .content_type = "text/html; charset=utf-8",
                       .headers = {{"content-security-policy",
                                    "default-src 'none'; script-src 'unsafe-inline'; "
                                    "style-src 'unsafe-inline'; connect-src 'self'; "
                                    "img-src data:; frame-ancestors 'none'; base-uri 'none'"},
                                   /* a page of another site that opens it cannot control it */
                                   {"cross-origin-opener-policy", "same-origin"}}};
}

void control_events(struct call *call)
{
    if (call->control->events.streams >= EVENTS_STREAMS_MAX) {
        call_fail(call, ERROR_CONTROL_REFUSED, SLICE("64 streams of events are open."));
        return;
    }
    call->reply = (struct reply){.content_type = "text/event-stream", .is_stream = true};
}

void control_metrics(struct call *call)
{
    struct store_counts counts;
    store_count(call->store, &counts);
    metrics_write(call->control->metrics, &counts, call->settings->slots, call->out);
    call_succeed(call);
    call->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
}
