/* The baseline of reads: libmicrohttpd answers `{}` to everything. No routing, no store, no
 * headers, no log. */
#include "serve.h"

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **request)
{
    static char seen;
    struct MHD_Response *response = context;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    /* Answering in the first call would end the connection, so this is the least a request takes.
     */
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*data_size > 0) {
        *data_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(void)
{
    static char body[] = "{}";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(2, body, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return 1;
    int code = serve(answer, response);
    MHD_destroy_response(response);
    return code;
}
