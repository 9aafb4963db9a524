#include "gate/fault.h"

#include <stdio.h>

#include "api/operation.h"

bool fault_answer(struct call *call, const struct fault *fault)
{
    if (!fault->error.data)
        return false;
    enum error_id id = error_by_name(fault->error);
    char limit[24];
    snprintf(limit, sizeof limit, "%zu", call->request->max_body);
    const struct slice places[ERROR_PLACES] = {
        id == ERROR_BODY_TOO_LARGE ? slice_of(limit) : slice_of(call->operation->name)};
    int known = id ? error_text(id)->status : 500;
    call->failed = true;
    call->reply =
        (struct reply){.status = fault->status == FAULT_UNSET ? known : (int)fault->status,
                       .error = fault->error.data};
    buffer_clear(call->out);
    error_write(call->out, id, (struct slice){NULL, 0}, places,
                fault->message.data || id ? fault->message : SLICE(""), error_is_compact(id));
    call_set_body(call);
    return true;
}
