/* The table of all error messages for clients. */
#ifndef API_ERRORS_H
#define API_ERRORS_H

#include "base/buffer.h"
#include "base/slice.h"

enum error_id {
    ERROR_NONE,
    /* The comment after an error lists its arguments. */
    ERROR_MALFORMED_HTTP, /* reason */
    ERROR_BODY_TOO_LARGE, /* limit */
    ERROR_BODIES_TOO_LARGE,
    ERROR_MALFORMED_PATH,
    ERROR_NO_SUCH_ROUTE,
    ERROR_FOREIGN_SERVICE,
    ERROR_NOT_IMPLEMENTED, /* operation */
    ERROR_INTERNAL,
    ERROR_TOO_MANY_REQUESTS,
    ERROR_FORBIDDEN,
    ERROR_ACCESS_DENIED, /* user, operation, resource */
    ERROR_UNAUTHORIZED,
    /* signatures */
    ERROR_SIGNATURE_MISSING,
    ERROR_SIGNATURE_INCOMPLETE,
    ERROR_SIGNATURE_SCOPE,
    ERROR_SIGNATURE_UNKNOWN_KEY,
    ERROR_SIGNATURE_EXPIRED,   /* date, limit, now */
    ERROR_SIGNATURE_TOO_EARLY, /* date, limit, now */
    ERROR_SIGNATURE_MISMATCH,
    /* body and query */
    ERROR_MALFORMED_BODY, /* reason, offset */
    ERROR_WRONG_TYPE,     /* path, type */
    ERROR_MISSING_MEMBER, /* path */
    ERROR_MAX_RESULTS,    /* value */
    ERROR_NEXT_TOKEN,     /* value */
    /* brokers */
    ERROR_BROKER_NOT_FOUND,    /* id */
    ERROR_BROKER_UPDATE_STATE, /* name, state */
    ERROR_BROKER_REBOOT_STATE, /* name, state */
    ERROR_BROKER_DELETE_STATE, /* name, state */
    ERROR_BROKER_NAME_LENGTH,
    ERROR_BROKER_NAME_CHARACTERS,
    ERROR_BROKER_EXISTS,   /* name */
    ERROR_BROKER_PAIRED,   /* name */
    ERROR_NO_REPLICA,      /* name */
    ERROR_ENUM,            /* member, value, valid values */
    ERROR_ENGINE_TYPE,     /* value */
    ERROR_ENGINE_VERSION,  /* version, ENGINE, valid versions */
    ERROR_VERSION_LOWER,   /* version, current version */
    ERROR_VERSION_SKIPPED, /* engine, current version, version, next version */
    ERROR_VERSION_OF_REPLICA,
    ERROR_AUTO_MINOR,         /* engine, version */
    ERROR_AUTO_MINOR_UPGRADE, /* the same */
    ERROR_INSTANCE_TYPE,      /* engine, type */
    ERROR_STORAGE_TYPE,       /* engine, type */
    ERROR_DEPLOYMENT_MODE,    /* engine, mode */
    ERROR_STRATEGY_OF_ENGINE, /* engine, strategy */
    ERROR_STRATEGY_DIFFERS,   /* strategy, strategy of the configuration */
    ERROR_DOWNGRADE,          /* type, type */
    ERROR_SUBNET_COUNT,       /* count, mode */
    ERROR_SECURITY_GROUP_COUNT,
    ERROR_SECURITY_GROUPS_PUBLIC,
    ERROR_SECURITY_GROUPS_CHANGE,
    ERROR_NETWORK_ID, /* member, value */
    ERROR_DEFAULT_VPC,
    ERROR_DEFAULT_SUBNETS, /* VPC, number */
    ERROR_SUBNET_UNKNOWN,  /* id */
    ERROR_SUBNET_VPCS,
    ERROR_SECURITY_GROUP_UNKNOWN, /* id */
    ERROR_SECURITY_GROUP_VPC,     /* id, VPC */
    ERROR_SUBNET_DEFAULT_VPC,
    ERROR_SECURITY_GROUP_DEFAULT_VPC,
    ERROR_INTERNET_GATEWAY,
    ERROR_AUDIT_CREATE,
    ERROR_AUDIT_UPDATE,
    ERROR_KMS_KEY,
    ERROR_KMS_KEY_OWNED,
    ERROR_STORAGE_SIZE, /* maximum */
    ERROR_STORAGE_SIZE_BROKER,
    ERROR_LDAP_ENGINE,
    ERROR_LDAP_MISSING,
    ERROR_LDAP_SIMPLE,
    ERROR_LDAP_HOSTS,
    ERROR_LDAP_HOST,   /* host */
    ERROR_WINDOW_TIME, /* time */
    ERROR_WINDOW_DAY,  /* day */
    ERROR_WINDOW_ZONE, /* zone */
    ERROR_WINDOW_CHANGES,
    ERROR_ONE_USER,
    ERROR_RABBITMQ_ONE_USER,
    ERROR_RABBITMQ_MOST_ONE_USER,
    ERROR_RABBITMQ_GUEST,
    ERROR_RABBITMQ_USERNAME,
    ERROR_CRDR_PRIMARY, /* arn */
    ERROR_CRDR_SIZE,
    ERROR_CRDR_BROKER,
    ERROR_CRDR_UPDATE,
    ERROR_SHARES_ENGINE,
    ERROR_SHARE_COUNT,
    ERROR_SHARE_ARN, /* arn */
    ERROR_SHARES_REFUSED,
    /* configurations */
    ERROR_CONFIGURATION_NOT_FOUND, /* id */
    ERROR_REVISION_NOT_FOUND,      /* revision, id */
    ERROR_REVISION_NUMBER,
    ERROR_CONFIGURATION_NAME_LENGTH,
    ERROR_CONFIGURATION_NAME_CHARACTERS,
    ERROR_CONFIGURATION_IN_USE,  /* id */
    ERROR_CONFIGURATION_UNKNOWN, /* id; named in the body of a broker */
    ERROR_REVISION_UNKNOWN,      /* revision, id; the same */
    ERROR_CONFIGURATION_ENGINE,  /* id, engine */
    ERROR_REVISION_SECTIONS,     /* id, revision, version */
    ERROR_REVISION_LIMIT,        /* revision, key, value, maximum */
    ERROR_REVISION_COUNT,        /* id */
    ERROR_CONFIGURATION_BASE64,
    ERROR_CONFIGURATION_XML,  /* reason */
    ERROR_CONFIGURATION_LINE, /* line number */
    ERROR_CONFIGURATION_UTF8,
    /* tags */
    ERROR_RESOURCE_NOT_FOUND,
    ERROR_TAG_COUNT,
    ERROR_TAG_KEY_LENGTH,   /* key */
    ERROR_TAG_KEY_RESERVED, /* key */
    ERROR_TAG_VALUE_LENGTH, /* key */
    /* users */
    ERROR_RABBITMQ_USERS,
    ERROR_RABBITMQ_USERS_CONFLICT,
    ERROR_USER_NOT_FOUND, /* name */
    ERROR_USER_EXISTS,    /* name */
    ERROR_USERNAME_LENGTH,
    ERROR_USERNAME_CHARACTERS,
    ERROR_PASSWORD_LENGTH,
    ERROR_PASSWORD_CHARACTERS,
    ERROR_PASSWORD_PRINTABLE,
    ERROR_PASSWORD_UNIQUE,
    ERROR_GROUP_COUNT,
    ERROR_GROUP_LENGTH,     /* name */
    ERROR_GROUP_CHARACTERS, /* name */
    ERROR_REPLICATION_CONSOLE,
    ERROR_USER_COUNT, /* broker name */
    /* the control API */
    ERROR_CONTROL_OFF,  /* for a person: programs get ERROR_NO_SUCH_ROUTE */
    ERROR_CONTROL_HOST, /* name */
    ERROR_CONTROL_ORIGIN,
    ERROR_CONTROL_TOKEN,
    ERROR_CONTROL_QUERY,
    ERROR_CONTROL_MEMBER, /* name, a hint or nothing */
    ERROR_CONTROL_VALUE,
    ERROR_CONTROL_NO_FAULT,
    ERROR_CONTROL_REFUSED,      /* reason */
    ERROR_CONTROL_NO_OPERATION, /* name, a question or nothing */
    ERROR_CONTROL_NO_SLOT,      /* id */
    ERROR_CONTROL_STALE_REPORT,
    /* only for injected faults */
    ERROR_ANY_BAD_REQUEST,
    ERROR_ANY_CONFLICT,
    ERROR_ANY_NOT_FOUND,
    ERROR_ANY_ACCESS_DENIED,
    ERROR_COUNT,
};

enum { ERROR_PLACES = 4 }; /* maximum number of placeholders in a text */

/* Also used for the static reply when out of memory. */
#define ERROR_INTERNAL_NAME "InternalServerErrorException"
#define ERROR_INTERNAL_TEXT \
    "Unexpected internal server error. Retrying your request might resolve the issue."

/* How well a text is verified: listed in docs/fidelity.md. */
enum error_grade { GRADE_RECORDED, GRADE_DOCUMENTED, GRADE_ASSUMED };

struct error_text {
    int status;
    const char *name;      /* the exception, as in x-amzn-errortype */
    const char *attribute; /* errorAttribute, or NULL; `{}` is the first argument */
    const char *text;      /* each `{}` is the next argument */
    enum error_grade grade;
};

const struct error_text *error_text(enum error_id id);

/* Whether AWS answers this error in front of the service, as compact JSON; the errors of the
 * service itself are indented. */
bool error_is_compact(enum error_id id);

/* The general error of that exception name, or else the first one; ERROR_NONE if there is none. */
enum error_id error_by_name(struct slice name);

/* Writes an object of `errorAttribute`, if the error has one, and `message`, compact or indented as
 * by the service (Jackson's pretty printer). `prefix`, if present, precedes the attribute
 * (`users[0].` and `password`). `args` has as many slices as the text has placeholders. `message`,
 * if present, replaces the text of the table. */
void error_write(struct buffer *out, enum error_id id, struct slice prefix,
                 const struct slice *args, struct slice message, bool compact);

#endif
