/* The table of texts. Brackets, wording and attributes follow recorded messages of the service. */
#include "api/errors.h"

#define BAD_REQUEST 400, "BadRequestException"
#define CONFLICT 409, "ConflictException"
#define RABBITMQ_USERS                                                                      \
    "The users API does not apply to RabbitMQ brokers. To manage broker users, please use " \
    "the RabbitMQ web console, or the management API."
#define ONLY_ONE_PROVIDED \
    "Subnets and security groups must belong to the default VPC when only one is provided."
#define NOT_FOUND 404, "NotFoundException"
#define DENIED 403, "AccessDeniedException"
#define BAD_SIGNATURE 403, "InvalidSignatureException"
#define NO_TOKEN 403, "MissingAuthenticationTokenException"

static const struct error_text texts[ERROR_COUNT] = {
    [ERROR_MALFORMED_HTTP] = {BAD_REQUEST, NULL, "Malformed HTTP request: {}.", GRADE_ASSUMED},
    [ERROR_BODY_TOO_LARGE] = {413, "RequestEntityTooLargeException", NULL,
                              "Request body is larger than [{}] bytes.", GRADE_ASSUMED},
    [ERROR_BODIES_TOO_LARGE] = {503, "ServiceUnavailableException", NULL,
                                "The service is receiving too many large requests. Retry your "
                                "request.",
                                GRADE_ASSUMED},
    [ERROR_MALFORMED_PATH] = {BAD_REQUEST, NULL, "Unable to parse the request path.",
                              GRADE_ASSUMED},
    [ERROR_NO_SUCH_ROUTE] = {NO_TOKEN, NULL, "Missing Authentication Token", GRADE_DOCUMENTED},
    [ERROR_FOREIGN_SERVICE] = {DENIED, NULL, "This server answers for Amazon MQ only.",
                               GRADE_ASSUMED},
    [ERROR_NOT_IMPLEMENTED] = {501, "NotImplementedException", NULL,
                               "Operation [{}] is not implemented.", GRADE_ASSUMED},
    [ERROR_INTERNAL] = {500, ERROR_INTERNAL_NAME, NULL, ERROR_INTERNAL_TEXT, GRADE_DOCUMENTED},
    [ERROR_TOO_MANY_REQUESTS] = {429, "TooManyRequestsException", NULL, "Too Many Requests",
                                 GRADE_ASSUMED},
    [ERROR_FORBIDDEN] = {403, "ForbiddenException", NULL,
                         "Access forbidden. Correct your credentials and then retry your request.",
                         GRADE_DOCUMENTED},
    [ERROR_ACCESS_DENIED] = {DENIED, NULL,
                             "User: {} is not authorized to perform: mq:{} on resource: {}",
                             GRADE_RECORDED},
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
    [ERROR_BROKER_DELETE_STATE] = {BAD_REQUEST, NULL,
                                   "Broker [{}] can't be deleted while in state [{}].",
                                   GRADE_RECORDED},
    [ERROR_BROKER_NAME_LENGTH] =
        {BAD_REQUEST, "brokerName",
         "Broker name is invalid. Enter a broker name 1 to 50 characters long.", GRADE_ASSUMED},
    [ERROR_BROKER_NAME_CHARACTERS] = {BAD_REQUEST, "brokerName",
                                      "Make sure your Broker name only contains valid characters.",
                                      GRADE_RECORDED},
    [ERROR_BROKER_EXISTS] = {CONFLICT, "brokerName",
                             "Broker named [{}] already exists. Specify a unique broker name.",
                             GRADE_RECORDED},
    [ERROR_BROKER_PAIRED] =
        {BAD_REQUEST, NULL, "Broker [{}] can't be deleted while it is paired for data replication.",
         GRADE_ASSUMED},
    [ERROR_NO_REPLICA] = {BAD_REQUEST, "broker-id",
                          "Broker [{}] is not a data replication replica.", GRADE_ASSUMED},
    [ERROR_ENUM] = {BAD_REQUEST, "{}", "Value of [{}] is invalid: [{}]. Valid values are: [{}].",
                    GRADE_ASSUMED},
    [ERROR_ENGINE_TYPE] =
        {BAD_REQUEST, "engineType",
         "Broker engine type [{}] is invalid. Valid values are: [ACTIVEMQ, RABBITMQ]",
         GRADE_ASSUMED},
    [ERROR_ENGINE_VERSION] = {BAD_REQUEST, "engineVersion",
                              "Broker engine version [{}] is invalid for broker engine type [{}]. "
                              "Valid values: [{}].",
                              GRADE_RECORDED},
    [ERROR_VERSION_LOWER] = {BAD_REQUEST, "engineVersion",
                             "Broker engine version [{}] is lower than the current version [{}]. "
                             "Downgrades are not supported.",
                             GRADE_ASSUMED},
    [ERROR_VERSION_SKIPPED] = {BAD_REQUEST, "engineVersion",
                               "Brokers on [{}] version [{}] can't be upgraded to version [{}]. "
                               "Upgrade to version [{}] first.",
                               GRADE_ASSUMED},
    [ERROR_VERSION_OF_REPLICA] = {BAD_REQUEST, NULL,
                                  "Global broker attribute [Optional[engineVersion]] cannot be "
                                  "modified in Replica broker directly.",
                                  GRADE_RECORDED},
    [ERROR_AUTO_MINOR] =
        {BAD_REQUEST, "autoMinorVersionUpgrade",
         "Brokers on [{}] version [{}] must have [autoMinorVersionUpgrade] set to [true].",
         GRADE_RECORDED},
    [ERROR_AUTO_MINOR_UPGRADE] = {BAD_REQUEST, "autoMinorVersionUpgrade",
                                  "Brokers upgrading to [{}] version [{}] must have "
                                  "[autoMinorVersionUpgrade] set to [true].",
                                  GRADE_RECORDED},
    [ERROR_INSTANCE_TYPE] = {BAD_REQUEST, "hostInstanceType",
                             "Broker engine type [{}] does not support host instance type [{}].",
                             GRADE_RECORDED},
    [ERROR_STORAGE_TYPE] = {BAD_REQUEST, "storageType",
                            "Broker engine type [{}] does not support storage type [{}].",
                            GRADE_ASSUMED},
    [ERROR_DEPLOYMENT_MODE] = {BAD_REQUEST, "deploymentMode",
                               "Broker engine type [{}] does not support deployment mode [{}].",
                               GRADE_ASSUMED},
    [ERROR_STRATEGY_OF_ENGINE] =
        {BAD_REQUEST, "authenticationStrategy",
         "Broker engine type [{}] does not support authentication strategy [{}].", GRADE_ASSUMED},
    [ERROR_STRATEGY_DIFFERS] =
        {BAD_REQUEST, "authenticationStrategy",
         "Authentication strategy [{}] doesn't match the configuration. Specify [{}].",
         GRADE_ASSUMED},
    [ERROR_DOWNGRADE] = {BAD_REQUEST, "hostInstanceType",
                         "Downgrading from current instance type [{}] to requested instance type "
                         "[{}] is not supported for RabbitMQ brokers.",
                         GRADE_RECORDED},
    [ERROR_SUBNET_COUNT] = {BAD_REQUEST, "subnetIds",
                            "Specify {} subnet(s) for deployment mode [{}].", GRADE_ASSUMED},
    [ERROR_SECURITY_GROUP_COUNT] = {BAD_REQUEST, "securityGroups",
                                    "Specify between [1] and [5] security groups.", GRADE_ASSUMED},
    [ERROR_SECURITY_GROUPS_PUBLIC] = {BAD_REQUEST, "securityGroups",
                                      "Broker with [publiclyAccessible] set to true does not "
                                      "support specifying [securityGroups]",
                                      GRADE_RECORDED},
    [ERROR_SECURITY_GROUPS_CHANGE] =
        {BAD_REQUEST, "securityGroups",
         "Changing security groups is not supported for RabbitMQ brokers.", GRADE_RECORDED},
    [ERROR_NETWORK_ID] = {BAD_REQUEST, "{}", "Invalid value for [{}]: [{}] is no ID.",
                          GRADE_ASSUMED},
    [ERROR_DEFAULT_VPC] = {BAD_REQUEST, NULL,
                           "Default VPC not found. Subnet and/or security group IDs may be omitted "
                           "only if a default VPC exists.",
                           GRADE_RECORDED},
    [ERROR_DEFAULT_SUBNETS] = {BAD_REQUEST, "subnetIds",
                               "Default VPC [{}] has fewer than [{}] subnets.", GRADE_ASSUMED},
    [ERROR_SUBNET_UNKNOWN] = {BAD_REQUEST, "subnetIds",
                              "Subnet ID [{}] can't be found. Make sure it exists.", GRADE_ASSUMED},
    [ERROR_SUBNET_VPCS] = {BAD_REQUEST, "subnetIds", "Subnets must belong to the same VPC.",
                           GRADE_RECORDED},
    [ERROR_SECURITY_GROUP_UNKNOWN] = {BAD_REQUEST, "securityGroups",
                                      "Security group ID [{}] can't be found. Make sure it exists.",
                                      GRADE_ASSUMED},
    [ERROR_SECURITY_GROUP_VPC] =
        {BAD_REQUEST, "securityGroups",
         "Security group ID [{}] is not in VPC [{}], to which the subnets belong.", GRADE_ASSUMED},
    [ERROR_SUBNET_DEFAULT_VPC] = {BAD_REQUEST, "subnetIds", ONLY_ONE_PROVIDED, GRADE_RECORDED},
    [ERROR_SECURITY_GROUP_DEFAULT_VPC] = {BAD_REQUEST, "securityGroups", ONLY_ONE_PROVIDED,
                                          GRADE_RECORDED},
    [ERROR_INTERNET_GATEWAY] =
        {BAD_REQUEST, "subnetIds",
         "The VPC associated with the provided subnets must have an available internet gateway "
         "attachment.",
         GRADE_RECORDED},
    [ERROR_AUDIT_CREATE] = {BAD_REQUEST, "logs.audit",
                            "Audit logging is not supported for RabbitMQ brokers.", GRADE_RECORDED},
    [ERROR_AUDIT_UPDATE] = {BAD_REQUEST, "logs.audit",
                            "Audit logs are not supported for RabbitMQ brokers.", GRADE_RECORDED},
    [ERROR_KMS_KEY] = {BAD_REQUEST, "encryptionOptions.kmsKeyId",
                       "Make sure your KMS key ID only contains printable ASCII characters and is "
                       "1 to 2048 characters long.",
                       GRADE_ASSUMED},
    [ERROR_KMS_KEY_OWNED] = {BAD_REQUEST, "encryptionOptions.kmsKeyId",
                             "Broker with [useAwsOwnedKey] set to true does not support specifying "
                             "[kmsKeyId].",
                             GRADE_ASSUMED},
    [ERROR_STORAGE_SIZE] = {BAD_REQUEST, "storageSize",
                            "Storage size is invalid. Specify a multiple of [5] up to [{}].",
                            GRADE_ASSUMED},
    [ERROR_STORAGE_SIZE_BROKER] =
        {BAD_REQUEST, "storageSize",
         "Specifying [storageSize] is only supported for RabbitMQ 4 brokers with deployment mode "
         "[CLUSTER_MULTI_AZ] on mq.m7g instance types.",
         GRADE_ASSUMED},
    [ERROR_LDAP_ENGINE] = {BAD_REQUEST, "ldapServerMetadata",
                           "LDAP server metadata is not supported for RabbitMQ brokers.",
                           GRADE_ASSUMED},
    [ERROR_LDAP_MISSING] = {BAD_REQUEST, "ldapServerMetadata",
                            "Specify [ldapServerMetadata] for authentication strategy [LDAP].",
                            GRADE_ASSUMED},
    [ERROR_LDAP_SIMPLE] =
        {BAD_REQUEST, "ldapServerMetadata",
         "Specifying [ldapServerMetadata] requires authentication strategy [LDAP].", GRADE_ASSUMED},
    [ERROR_LDAP_HOSTS] = {BAD_REQUEST, "ldapServerMetadata.hosts", "Specify one or two LDAP hosts.",
                          GRADE_ASSUMED},
    [ERROR_LDAP_HOST] = {BAD_REQUEST, "ldapServerMetadata.hosts",
                         "LDAP host [{}] is invalid. Specify a host name without protocol or port.",
                         GRADE_ASSUMED},
    [ERROR_WINDOW_TIME] = {BAD_REQUEST, "maintenanceWindowStartTime.timeOfDay",
                           "Time [{}] is invalid. Specify time in 24-hour format and use only "
                           "numbers separated by a colon. Example: 13:05.",
                           GRADE_RECORDED},
    [ERROR_WINDOW_DAY] = {BAD_REQUEST, "maintenanceWindowStartTime.dayOfWeek",
                          "Day [{}] is invalid. Specify a day of the week. Example: MONDAY.",
                          GRADE_ASSUMED},
    [ERROR_WINDOW_ZONE] = {BAD_REQUEST, "maintenanceWindowStartTime.timeZone",
                           "Time zone [{}] is invalid. Specify a time zone in the Country/City or "
                           "the UTC offset format.",
                           GRADE_ASSUMED},
    [ERROR_WINDOW_CHANGES] =
        {BAD_REQUEST, NULL,
         "Maintenance window cannot be modified greater than 4 times. You will be able to modify "
         "your broker maintenance window after the next maintenance window has completed.",
         GRADE_RECORDED},
    [ERROR_ONE_USER] = {BAD_REQUEST, "users",
                        "Specify at least one user for engine type [ACTIVEMQ].", GRADE_ASSUMED},
    [ERROR_RABBITMQ_ONE_USER] = {BAD_REQUEST, "users",
                                 "Specify exactly one user for engine type [RABBITMQ].",
                                 GRADE_RECORDED},
    [ERROR_RABBITMQ_MOST_ONE_USER] = {BAD_REQUEST, "users",
                                      "Specify no more than one user for engine type [RABBITMQ].",
                                      GRADE_ASSUMED},
    [ERROR_RABBITMQ_GUEST] = {BAD_REQUEST, "username",
                              "Username [guest] is reserved. Specify another username.",
                              GRADE_ASSUMED},
    [ERROR_RABBITMQ_USERNAME] =
        {BAD_REQUEST, "username",
         "Make sure your username only contains valid characters [A-Za-z0-9-._].", GRADE_ASSUMED},
    [ERROR_CRDR_PRIMARY] = {BAD_REQUEST, "dataReplicationPrimaryBrokerArn",
                            "Primary broker [{}] can't be found or can't be replicated.",
                            GRADE_ASSUMED},
    [ERROR_CRDR_SIZE] = {BAD_REQUEST, "hostInstanceType",
                         "Data replication requires [mq.m5.large] or larger.", GRADE_ASSUMED},
    [ERROR_CRDR_BROKER] = {BAD_REQUEST, "dataReplicationMode",
                           "Data replication requires ActiveMQ 5.17.6 or later and deployment mode "
                           "[ACTIVE_STANDBY_MULTI_AZ].",
                           GRADE_ASSUMED},
    [ERROR_CRDR_UPDATE] = {BAD_REQUEST, "dataReplicationMode",
                           "Data replication can only be ended here, by [NONE] on the primary "
                           "broker of a pair.",
                           GRADE_ASSUMED},
    [ERROR_SHARES_ENGINE] = {BAD_REQUEST, "resourceShareArns",
                             "Resource shares are only supported for RabbitMQ brokers.",
                             GRADE_ASSUMED},
    [ERROR_SHARE_COUNT] = {BAD_REQUEST, "resourceShareArns",
                           "Specify no more than [10] resource shares.", GRADE_ASSUMED},
    [ERROR_SHARE_ARN] = {BAD_REQUEST, "resourceShareArns", "Resource share ARN [{}] is invalid.",
                         GRADE_ASSUMED},
    [ERROR_SHARES_REFUSED] = {BAD_REQUEST, "resourceShareArns",
                              "One or more resource shares can't be used.", GRADE_ASSUMED},

    [ERROR_CONFIGURATION_NOT_FOUND] = {NOT_FOUND, "configuration-id",
                                       "Configuration ID [{}] can't be found. Make sure it exists.",
                                       GRADE_RECORDED},
    [ERROR_REVISION_NOT_FOUND] =
        {NOT_FOUND, "configuration-revision",
         "Revision [{}] of configuration [{}] can't be found. Make sure it exists.",
         GRADE_RECORDED},
    [ERROR_REVISION_NUMBER] =
        {BAD_REQUEST, "configuration-revision",
         "Invalid revision ID. Specify only integers from -2147483648 to 2147483647.",
         GRADE_RECORDED},
    [ERROR_CONFIGURATION_NAME_LENGTH] =
        {BAD_REQUEST, "name",
         "Configuration name is invalid. Enter a configuration name 1 to 150 characters long.",
         GRADE_ASSUMED},
    [ERROR_CONFIGURATION_NAME_CHARACTERS] =
        {BAD_REQUEST, "name", "Make sure your Configuration name only contains valid characters.",
         GRADE_ASSUMED},
    [ERROR_CONFIGURATION_IN_USE] =
        {CONFLICT, "configuration-id",
         "Configuration ID [{}] is in use. Remove the configuration from all brokers and retry the "
         "request.",
         GRADE_DOCUMENTED},
    [ERROR_CONFIGURATION_UNKNOWN] = {BAD_REQUEST, "configuration.id",
                                     "Configuration ID [{}] can't be found. Make sure it exists.",
                                     GRADE_ASSUMED},
    [ERROR_REVISION_UNKNOWN] =
        {BAD_REQUEST, "configuration.revision",
         "Revision [{}] of configuration [{}] can't be found. Make sure it exists.", GRADE_ASSUMED},
    [ERROR_CONFIGURATION_ENGINE] = {BAD_REQUEST, "configuration.id",
                                    "Configuration ID [{}] is not for broker engine type [{}].",
                                    GRADE_ASSUMED},
    [ERROR_REVISION_SECTIONS] =
        {BAD_REQUEST, "configuration",
         "Configuration [{}] revision [{}] has sections, which [RabbitMQ] version [{}] does not "
         "support.",
         GRADE_ASSUMED},
    [ERROR_REVISION_LIMIT] =
        {BAD_REQUEST, "configuration",
         "Configuration Revision {} for configuration:{} has limit: of value: {} larger than "
         "maximum allowed limit:{}",
         GRADE_DOCUMENTED},
    [ERROR_REVISION_COUNT] = {BAD_REQUEST, NULL,
                              "Configuration ID [{}] can't have more than [300] revisions.",
                              GRADE_ASSUMED},
    [ERROR_CONFIGURATION_BASE64] = {BAD_REQUEST, "data",
                                    "The specified configuration data is invalid: not base64.",
                                    GRADE_ASSUMED},
    [ERROR_CONFIGURATION_XML] = {BAD_REQUEST, "data",
                                 "The specified XML configuration data is invalid: {}",
                                 GRADE_RECORDED},
    [ERROR_CONFIGURATION_LINE] =
        {BAD_REQUEST, "data",
         "The specified configuration data is invalid: line [{}] is not of the form key = value.",
         GRADE_ASSUMED},
    [ERROR_CONFIGURATION_UTF8] = {BAD_REQUEST, "data",
                                  "The specified configuration data is invalid: not UTF-8 text.",
                                  GRADE_ASSUMED},

    [ERROR_RESOURCE_NOT_FOUND] = {NOT_FOUND, NULL, "Resource was not found", GRADE_RECORDED},
    [ERROR_TAG_COUNT] = {BAD_REQUEST, "tags", "Specify no more than [50] tags.", GRADE_ASSUMED},
    [ERROR_TAG_KEY_LENGTH] = {BAD_REQUEST, "tags",
                              "Tag key [{}] is invalid. Enter a tag key 1 to 128 characters long.",
                              GRADE_ASSUMED},
    [ERROR_TAG_KEY_RESERVED] =
        {BAD_REQUEST, "tags",
         "Tag key [{}] is invalid. Tag keys that begin with [aws:] are reserved.", GRADE_ASSUMED},
    [ERROR_TAG_VALUE_LENGTH] = {BAD_REQUEST, "tags",
                                "Value of tag [{}] is invalid. Enter a tag value up to 256 "
                                "characters long.",
                                GRADE_ASSUMED},

    [ERROR_RABBITMQ_USERS] = {BAD_REQUEST, NULL, RABBITMQ_USERS, GRADE_RECORDED},
    [ERROR_RABBITMQ_USERS_CONFLICT] = {CONFLICT, NULL, RABBITMQ_USERS, GRADE_RECORDED},
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

    [ERROR_CONTROL_OFF] = {DENIED, NULL, "The control API and its page are off (--control off).",
                           GRADE_ASSUMED},
    [ERROR_CONTROL_HOST] = {DENIED, NULL,
                            "The control API does not accept the host name [{}]. Use localhost, an "
                            "address or a name of --control-host.",
                            GRADE_ASSUMED},
    [ERROR_CONTROL_ORIGIN] = {DENIED, NULL,
                              "The control API does not accept requests from pages of other sites.",
                              GRADE_ASSUMED},
    [ERROR_CONTROL_TOKEN] = {401, "UnauthorizedException", NULL,
                             "The control API requires the bearer token of --control-token.",
                             GRADE_ASSUMED},
    [ERROR_CONTROL_QUERY] = {BAD_REQUEST, NULL, "There is no query parameter [{}].", GRADE_ASSUMED},
    [ERROR_CONTROL_MEMBER] = {BAD_REQUEST, NULL, "There is no member [{}].{}", GRADE_ASSUMED},
    [ERROR_CONTROL_VALUE] = {BAD_REQUEST, NULL, "[{}] {}.", GRADE_ASSUMED},
    [ERROR_CONTROL_NO_FAULT] = {404, "NotFoundException", NULL, "There is no fault [{}].",
                                GRADE_ASSUMED},
    [ERROR_CONTROL_REFUSED] = {BAD_REQUEST, NULL, "{}", GRADE_ASSUMED},
    [ERROR_CONTROL_NO_OPERATION] = {BAD_REQUEST, NULL, "There is no operation [{}].{}",
                                    GRADE_ASSUMED},
    [ERROR_CONTROL_NO_SLOT] = {404, "NotFoundException", NULL, "Broker [{}] has no slot.",
                               GRADE_ASSUMED},
    [ERROR_CONTROL_STALE_REPORT] = {409, "ConflictException", NULL,
                                    "The report is not of the last order, or not of its state.",
                                    GRADE_ASSUMED},

    [ERROR_ANY_BAD_REQUEST] = {BAD_REQUEST, NULL, "The request was invalid.", GRADE_ASSUMED},
    [ERROR_ANY_CONFLICT] = {CONFLICT, NULL, "The resource already exists or is in use.",
                            GRADE_ASSUMED},
    [ERROR_ANY_ACCESS_DENIED] = {DENIED, NULL, "User is not authorized to perform this operation.",
                                 GRADE_ASSUMED},
    [ERROR_ANY_NOT_FOUND] = {NOT_FOUND, NULL, "The resource was not found.", GRADE_ASSUMED},
};

/* Errors that AWS answers in front of the service. */
static const enum error_id before_service[] = {
    ERROR_BODY_TOO_LARGE,      ERROR_NO_SUCH_ROUTE,         ERROR_TOO_MANY_REQUESTS,
    ERROR_ACCESS_DENIED,       ERROR_SIGNATURE_MISSING,     ERROR_SIGNATURE_INCOMPLETE,
    ERROR_SIGNATURE_SCOPE,     ERROR_SIGNATURE_UNKNOWN_KEY, ERROR_SIGNATURE_EXPIRED,
    ERROR_SIGNATURE_TOO_EARLY, ERROR_SIGNATURE_MISMATCH,    ERROR_ANY_ACCESS_DENIED,
    ERROR_CONTROL_OFF,
};

bool error_is_compact(enum error_id id)
{
    bool found = false;
    for (size_t i = 0; i < sizeof before_service / sizeof *before_service; i++)
        found |= before_service[i] == id;
    return found;
}

const struct error_text *error_text(enum error_id id)
{
    return &texts[id];
}

/* For exception names of several texts: the one that fits any call. */
static const enum error_id general[] = {ERROR_ANY_BAD_REQUEST, ERROR_ANY_CONFLICT,
                                        ERROR_ANY_NOT_FOUND, ERROR_ANY_ACCESS_DENIED,
                                        ERROR_SIGNATURE_MISMATCH};

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
