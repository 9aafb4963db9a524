#include "control/parts.h"

#include <stdlib.h>

#include "base/text.h"

bool control_read_flag(struct call *call, struct slice name, bool *flag)
{
    struct slice text = request_query(call->request, name);
    *flag = slice_equal(text, SLICE("true"));
    if (!text.data || *flag || slice_equal(text, SLICE("false")))
        return true;
    call_fail(call, ERROR_CONTROL_VALUE, name, SLICE("must be true or false"));
    return false;
}

bool control_number(struct slice text, int64_t *number)
{
    char digits[24], *end = digits;
    if (!text.data)
        return true;
    if (text.len == 0 || text.len >= sizeof digits || text.data[0] < '0' || text.data[0] > '9')
        return false;
    text_copy(digits, sizeof digits, text);
    *number = strtoll(digits, &end, 10);
    return *end == '\0';
}

bool control_read_number(struct call *call, struct slice name, int64_t *number)
{
    if (control_number(request_query(call->request, name), number))
        return true;
    call_fail(call, ERROR_CONTROL_VALUE, name, SLICE("must be a number"));
    return false;
}
