#include "api/reply.h"

#include "api/errors.h"

struct reply reply_internal_error(void)
{
    return (struct reply){
        .status = 500,
        .error = ERROR_INTERNAL_NAME,
        .body = SLICE("{\"message\":\"" ERROR_INTERNAL_TEXT "\"}"),
    };
}
