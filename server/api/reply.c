#include "api/reply.h"

#include "api/errors.h"

struct reply reply_internal_error(bool compact)
{
    return (struct reply){
        .status = 500,
        .error = ERROR_INTERNAL_NAME,
        .body = compact ? SLICE("{\"message\":\"" ERROR_INTERNAL_TEXT "\"}")
                        : SLICE("{\n  \"message\" : \"" ERROR_INTERNAL_TEXT "\"\n}"),
    };
}
