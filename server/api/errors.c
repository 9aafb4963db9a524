/* The table of texts. Brackets, voice and attributes follow the service's recorded ones. */
#include "api/errors.h"

#include "base/json.h"

#define BAD_REQUEST 400, "BadRequestException"
#define CONFLICT 409, "ConflictException"
#define NOT_FOUND 404, "NotFoundException"
#define BAD_SIGNATURE 403, "InvalidSignatureException"
#define NO_TOKEN 403, "MissingAuthenticationTokenException"

static const struct error_text texts[ERROR_COUNT] = {
    [ERROR_MALFORMED_HTTP] = {BAD_REQUEST, NULL, "Malformed HTTP request: {}.", GRADE_ASSUMED},
    [ERROR_BODY_TOO_LARGE] = {413, "RequestEntityTooLargeException", NULL,
                              "Request body is larger than [{}] bytes.", GRADE_ASSUMED},
    [ERROR_MALFORMED_PATH] = {BAD_REQUEST, NULL, "Unable to parse the request path.",
                              GRADE_ASSUMED},
    [ERROR_NO_SUCH_ROUTE] = {NO_TOKEN, NULL, "Missing Authentication Token", GRADE_DOCUMENTED},
    [ERROR_NOT_IMPLEMENTED] = {501, "NotImplementedException", NULL,
                               "Operation [{}] is not implemented.", GRADE_ASSUMED},
    [ERROR_INTERNAL] = {500, ERROR_INTERNAL_NAME, NULL, ERROR_INTERNAL_TEXT, GRADE_DOCUMENTED},
    [ERROR_TOO_MANY_REQUESTS] = {429, "TooManyRequestsException", NULL, "Too Many Requests",
                                 GRADE_ASSUMED},
    [ERROR_FORBIDDEN] = {403, "ForbiddenException", NULL,
                         "Access forbidden. Correct your credentials and then retry your request.",
                         GRADE_DOCUMENTED},
    [ERROR_ACCESS_DENIED] = {403, "AccessDeniedException", NULL,
                             "User is not authorized to perform this operation.", GRADE_ASSUMED},
    [ERROR_UNAUTHORIZED] = {401, "UnauthorizedException", NULL,
                            "The provided credentials couldn't be validated.", GRADE_ASSUMED},

    [ERROR_SIGNATURE_MISSING] = {NO_TOKEN, NULL, "Missing Authentication Token", GRADE_ASSUMED},
    [ERROR_SIGNATURE_INCOMPLETE] =
        {403, "IncompleteSignatureException", NULL,
         "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' "
         "parameters and an 'X-Amz-Date' or 'Date' header.",
         GRADE_ASSUMED},
    [ERROR_SIGNATURE_SCOPE] =
        {BAD_SIGNATURE, NULL, "Credential should be scoped to a valid region and to service: 'mq'.",
         GRADE_ASSUMED},
    [ERROR_SIGNATURE_UNKNOWN_KEY] = {403, "UnrecognizedClientException", NULL,
                                     "The security token included in the request is invalid.",
                                     GRADE_ASSUMED},
    [ERROR_SIGNATURE_EXPIRED] = {BAD_SIGNATURE, NULL,
                                 "Signature expired: {} is now earlier than {} ({} - 5 min.)",
                                 GRADE_ASSUMED},
    [ERROR_SIGNATURE_TOO_EARLY] =
        {BAD_SIGNATURE, NULL, "Signature not yet current: {} is still later than {} ({} + 5 min.)",
         GRADE_ASSUMED},
    [ERROR_SIGNATURE_MISMATCH] =
        {BAD_SIGNATURE, NULL,
         "The request signature we calculated does not match the signature you provided. "
         "Check your AWS Secret Access Key and signing method. Consult the service "
         "documentation for details.",
         GRADE_ASSUMED},

    [ERROR_MALFORMED_BODY] = {BAD_REQUEST, NULL,
                              "Unable to parse the request body: {} at byte [{}].", GRADE_ASSUMED},
    [ERROR_WRONG_TYPE] = {BAD_REQUEST, "{}", "Invalid value for [{}]. Specify a {}.",
                          GRADE_ASSUMED},
    [ERROR_MISSING_MEMBER] = {BAD_REQUEST, "{}", "[{}] is required.", GRADE_ASSUMED},
    [ERROR_MAX_RESULTS] =
        {BAD_REQUEST, "maxResults",
         "Invalid max results value [{}]. Specify an integer between [5] and [100].",
         GRADE_RECORDED},
    [ERROR_NEXT_TOKEN] = {BAD_REQUEST, "nextToken",
                          "Invalid next token [{}]. Make sure you copied the token correctly.",
                          GRADE_RECORDED},

    [ERROR_BROKER_NOT_FOUND] =
        {NOT_FOUND, "broker-id",
         "Cannot find broker ID [{}]. Verify that your broker exists or check broker permissions.",
         GRADE_RECORDED},
    [ERROR_BROKER_UPDATE_STATE] = {BAD_REQUEST, NULL,
                                   "Broker [{}] can't be updated while in state [{}].",
                                   GRADE_ASSUMED},
    [ERROR_BROKER_REBOOT_STATE] = {BAD_REQUEST, NULL,
                                   "Broker [{}] can't be rebooted while in state [{}].",
                                   GRADE_ASSUMED},

    [ERROR_RABBITMQ_USERS] =
        {BAD_REQUEST, NULL,
         "To manage broker users, please use the RabbitMQ web console, or the management API.",
         GRADE_RECORDED},
    [ERROR_USER_NOT_FOUND] = {NOT_FOUND, "username",
                              "Can't find requested user [{}]. Make sure your user exists.",
                              GRADE_ASSUMED},
    [ERROR_USER_EXISTS] = {CONFLICT, "username",
                           "User named [{}] already exists. Specify a unique username.",
                           GRADE_ASSUMED},
    [ERROR_USERNAME_LENGTH] = {BAD_REQUEST, "username",
                               "Username is invalid. Enter a username 2 to 100 characters long.",
                               GRADE_ASSUMED},
    [ERROR_USERNAME_CHARACTERS] =
        {BAD_REQUEST, "username",
         "Make sure your username only contains valid characters [A-Za-z0-9-._~].", GRADE_ASSUMED},
    [ERROR_PASSWORD_LENGTH] = {BAD_REQUEST, "password",
                               "Password is invalid. Enter a password 12 to 250 characters long.",
                               GRADE_RECORDED},
    [ERROR_PASSWORD_CHARACTERS] =
        {BAD_REQUEST, "password",
         "Make sure your password doesn't contain invalid characters [, :=].", GRADE_RECORDED},
    [ERROR_PASSWORD_PRINTABLE] =
        {BAD_REQUEST, "password",
         "Make sure your password only contains printable ASCII characters.", GRADE_ASSUMED},
    [ERROR_PASSWORD_UNIQUE] =
        {BAD_REQUEST, "password",
         "Password is invalid. Enter a password with at least 4 unique characters.", GRADE_ASSUMED},
    [ERROR_GROUP_COUNT] = {BAD_REQUEST, "groups", "Specify no more than [20] groups.",
                           GRADE_ASSUMED},
    [ERROR_GROUP_LENGTH] = {BAD_REQUEST, "groups",
                            "Group [{}] is invalid. Enter a group name 2 to 100 characters long.",
                            GRADE_ASSUMED},
    [ERROR_GROUP_CHARACTERS] =
        {BAD_REQUEST, "groups",
         "Make sure group [{}] only contains valid characters [A-Za-z0-9-._~].", GRADE_ASSUMED},
    [ERROR_REPLICATION_CONSOLE] =
        {BAD_REQUEST, NULL,
         "Replication user couldn't have console access. [replicationUser] and "
         "[consoleAccess] are mutually exclusive parameters.",
         GRADE_RECORDED},
    [ERROR_USER_COUNT] = {BAD_REQUEST, NULL, "Broker [{}] can't have more than [250] users.",
                          GRADE_ASSUMED},

    [ERROR_ANY_BAD_REQUEST] = {BAD_REQUEST, NULL, "The request was invalid.", GRADE_ASSUMED},
    [ERROR_ANY_CONFLICT] = {CONFLICT, NULL, "The resource already exists or is in use.",
                            GRADE_ASSUMED},
    [ERROR_ANY_NOT_FOUND] = {NOT_FOUND, NULL, "The resource was not found.", GRADE_ASSUMED},
};

const struct error_text *error_text(enum error_id id)
{
    return &texts[id];
}

/* Names that several texts share: the one that fits any call. */
static const enum error_id general[] = {ERROR_ANY_BAD_REQUEST, ERROR_ANY_CONFLICT,
                                        ERROR_ANY_NOT_FOUND, ERROR_SIGNATURE_MISMATCH};

enum error_id error_by_name(struct slice name)
{
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        if (slice_equal(name, slice_of(texts[general[i]].name)))
            return general[i];
    for (int id = ERROR_NONE + 1; id < ERROR_COUNT; id++)
        if (slice_equal(name, slice_of(texts[id].name)))
            return (enum error_id)id;
    return ERROR_NONE;
}

/* Texts are ASCII without quotes or backslashes, so only the arguments need JSON's escapes. */
static void write_filled(struct buffer *out, const char *text, const struct slice *args)
{
    const char *place;
    buffer_append_char(out, '"');
    for (; (place = strstr(text, "{}")); text = place + 2) {
        buffer_append(out, text, (size_t)(place - text));
        json_append_escaped(out, *args++);
    }
    buffer_append_string(out, text);
    buffer_append_char(out, '"');
}

void error_write(struct buffer *out, enum error_id id, const struct slice *args,
                 struct slice message)
{
    const struct error_text *error = &texts[id];
    buffer_append_char(out, '{');
    if (error->attribute) {
        buffer_append_string(out, "\"errorAttribute\":");
        write_filled(out, error->attribute, args);
        buffer_append_char(out, ',');
    }
    buffer_append_string(out, "\"message\":");
    if (message.data)
        write_filled(out, "{}", &message);
    else
        write_filled(out, error->text, args);
    buffer_append_char(out, '}');
}
