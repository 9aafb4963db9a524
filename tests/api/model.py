"""What the Amazon MQ service model says about the operations: the tests' own copy of the facts."""

import json
import os
import re
import urllib.parse

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

with open(os.path.join(DATA, "operations.json"), encoding="utf-8") as _file:
    OPERATIONS = {row["operation"]: row for row in json.load(_file)}

MISSING_TOKEN = "MissingAuthenticationTokenException"

# Errors of the layers in front of the operations, which the model does not list, and their statuses.
SHARED_ERRORS = {
    "AccessDeniedException": 403,
    "BadRequestException": 400,
    "ForbiddenException": 403,
    "IncompleteSignatureException": 403,
    "InternalServerErrorException": 500,
    "InvalidSignatureException": 403,
    MISSING_TOKEN: 403,
    "RequestEntityTooLargeException": 413,
    "TooManyRequestsException": 429,
    "UnrecognizedClientException": 403,
}

ENUMS = {
    # The two casing exceptions first: answers differ from the model's upper case.
    "AuthenticationStrategy": {"simple", "ldap", "config_managed"},
    "BrokerStorageType": {"ebs", "efs"},
    "EngineType": {"ActiveMQ", "RabbitMQ"},
    "BrokerState": {"CREATION_IN_PROGRESS", "CREATION_FAILED", "DELETION_IN_PROGRESS", "RUNNING",
                    "REBOOT_IN_PROGRESS", "CRITICAL_ACTION_REQUIRED", "REPLICA"},
    "ChangeType": {"CREATE", "UPDATE", "DELETE"},
    "DataReplicationMode": {"NONE", "CRDR"},
    "DayOfWeek": {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"},
    "DeploymentMode": {"SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"},
    # The two catalogue calls alone answer the model's own spelling.
    "CatalogueEngineType": {"ACTIVEMQ", "RABBITMQ"},
    "SanitizationWarningReason": {"DISALLOWED_ELEMENT_REMOVED", "DISALLOWED_ATTRIBUTE_REMOVED",
                                  "INVALID_ATTRIBUTE_VALUE_REMOVED"},
    "SharedResourceErrorCode": {"QUOTA_EXCEEDED", "SHARE_NOT_FOUND", "INVITE_FAILED", "SETUP_INCOMPLETE",
                                "INTERNAL_ERROR", "AZ_MISMATCH", "RESOURCE_CONFIGURATION_NOT_FOUND"},
    "SharedResourceStatus": {"AVAILABLE", "SETUP_IN_PROGRESS", "DELETION_IN_PROGRESS", "PENDING_CREATE",
                             "PENDING_DELETE", "ERROR"},
    "SharedResourceType": {"RESOURCE_SHARE", "RESOURCE"},
}

# Members of an answer whose type is an enumeration, by name: a name means the same thing everywhere.
ENUM_MEMBERS = {
    "authenticationStrategy": "AuthenticationStrategy",
    "pendingAuthenticationStrategy": "AuthenticationStrategy",
    "brokerState": "BrokerState",
    "dataReplicationMode": "DataReplicationMode",
    "pendingDataReplicationMode": "DataReplicationMode",
    "dayOfWeek": "DayOfWeek",
    "deploymentMode": "DeploymentMode",
    "engineType": "EngineType",
    "pendingChange": "ChangeType",
    "storageType": "BrokerStorageType",
    "reason": "SanitizationWarningReason",
    "supportedDeploymentModes": "DeploymentMode",
}

# Members whose name means something else in one structure only: (structure, member) -> enumeration.
ENUM_MEMBERS_OF = {
    ("BrokerEngineType", "engineType"): "CatalogueEngineType",
    ("BrokerInstanceOption", "engineType"): "CatalogueEngineType",
    ("SharedResource", "status"): "SharedResourceStatus",
    ("SharedResource", "type"): "SharedResourceType",
    ("SharedResourceError", "code"): "SharedResourceErrorCode",
}

# structure -> member -> type; a `!` marks members that are always present in what the server answers.
STRUCTURES = {
    "ActionRequired": {"actionRequiredCode": "string!", "actionRequiredInfo": "string"},
    "AvailabilityZone": {"name": "string!"},
    "BrokerEngineType": {"engineType": "string!", "engineVersions": "list<structure:EngineVersion>!"},
    "BrokerInstance": {"consoleURL": "string!", "endpoints": "list<string>!", "ipAddress": "string"},
    "BrokerInstanceOption": {"availabilityZones": "list<structure:AvailabilityZone>!", "engineType": "string!",
                             "hostInstanceType": "string!", "storageType": "string!",
                             "supportedDeploymentModes": "list<string>!", "supportedEngineVersions": "list<string>!"},
    "BrokerSummary": {"brokerArn": "string!", "brokerId": "string!", "brokerName": "string!",
                      "brokerState": "string!", "created": "timestamp:iso8601!", "deploymentMode": "string!",
                      "engineType": "string!", "hostInstanceType": "string!"},
    # `description` is required by the model alone: recorded rows have none.
    "Configuration": {"arn": "string!", "authenticationStrategy": "string!", "created": "timestamp:iso8601!",
                      "description": "string", "engineType": "string!", "engineVersion": "string!", "id": "string!",
                      "latestRevision": "structure:ConfigurationRevision!", "name": "string!",
                      "tags": "map<string,string>"},
    "ConfigurationId": {"id": "string!", "revision": "integer!"},
    "ConfigurationRevision": {"created": "timestamp:milliseconds!", "description": "string", "revision": "integer!"},
    "Configurations": {"current": "structure:ConfigurationId", "history": "list<structure:ConfigurationId>!",
                       "pending": "structure:ConfigurationId"},
    "DataReplicationCounterpart": {"brokerId": "string!", "region": "string!"},
    "DataReplicationMetadataOutput": {"dataReplicationCounterpart": "structure:DataReplicationCounterpart",
                                      "dataReplicationRole": "string!"},
    "EncryptionOptions": {"kmsKeyId": "string", "useAwsOwnedKey": "boolean!"},
    "EngineVersion": {"name": "string!"},
    "LdapServerMetadataOutput": {"hosts": "list<string>!", "roleBase": "string!", "roleName": "string",
                                 "roleSearchMatching": "string!", "roleSearchSubtree": "boolean",
                                 "serviceAccountUsername": "string!", "userBase": "string!",
                                 "userRoleName": "string", "userSearchMatching": "string!",
                                 "userSearchSubtree": "boolean"},
    "Logs": {"audit": "boolean", "general": "boolean"},
    "LogsSummary": {"audit": "boolean", "auditLogGroup": "string", "general": "boolean!",
                    "generalLogGroup": "string!", "pending": "structure:PendingLogs"},
    "PendingLogs": {"audit": "boolean", "general": "boolean"},
    "SanitizationWarning": {"attributeName": "string", "elementName": "string!", "reason": "string!"},
    "SharedResource": {"dnsNames": "list<string>", "error": "structure:SharedResourceError", "resourceArn": "string!",
                       "resourceShareArns": "list<string>", "status": "string!", "type": "string!"},
    "SharedResourceError": {"code": "string!", "message": "string!"},
    "UserPendingChanges": {"consoleAccess": "boolean!", "groups": "list<string>!", "pendingChange": "string!"},
    "UserSummary": {"pendingChange": "string", "username": "string!"},
    "WeeklyStartTime": {"dayOfWeek": "string!", "timeOfDay": "string!", "timeZone": "string!"},
}

# Members of the answers themselves that are never left out.
ALWAYS = {
    "CreateBroker": {"brokerArn", "brokerId"},
    "CreateConfiguration": {"arn", "authenticationStrategy", "created", "id", "latestRevision", "name"},
    "DeleteBroker": {"brokerId"},
    "DeleteConfiguration": {"configurationId"},
    "DescribeBroker": {"authenticationStrategy", "autoMinorVersionUpgrade", "brokerArn", "brokerId",
                       "brokerInstances", "brokerName", "brokerState", "configurations", "created",
                       "deploymentMode", "encryptionOptions", "engineType", "engineVersion", "hostInstanceType",
                       "logs", "maintenanceWindowStartTime", "publiclyAccessible", "securityGroups",
                       "storageType", "subnetIds", "users"},
    "DescribeBrokerEngineTypes": {"brokerEngineTypes", "maxResults"},
    "DescribeBrokerInstanceOptions": {"brokerInstanceOptions", "maxResults"},
    "DescribeConfiguration": {"arn", "authenticationStrategy", "created", "engineType", "engineVersion", "id",
                              "latestRevision", "name"},
    "DescribeConfigurationRevision": {"configurationId", "created", "data"},
    "DescribeSharedResources": {"sharedResources"},
    "DescribeUser": {"brokerId", "replicationUser", "username"},
    "ListBrokers": {"brokerSummaries"},
    "ListConfigurationRevisions": {"configurationId", "maxResults", "revisions"},
    "ListConfigurations": {"configurations", "maxResults"},
    "ListTags": {"tags"},
    "ListUsers": {"brokerId", "maxResults", "users"},
    "Promote": {"brokerId"},
    "UpdateBroker": {"brokerId"},
    "UpdateConfiguration": {"arn", "created", "id", "latestRevision", "name", "warnings"},
}

# What the model calls one timestamp has two precisions: revisions were recorded with milliseconds.
TIMESTAMPS = {
    "iso8601": re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z"),
    "milliseconds": re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z"),
}


class ModelBreach(AssertionError):
    """An answer that the service model does not allow."""


def _segments(target):
    """The decoded segments of a raw target; escapes that are none stay as they are."""
    path = re.sub("(?i)^https?://[^/?]*", "", target).split("?", 1)[0]
    return [urllib.parse.unquote(segment) for segment in path.split("/")[1:]]


def operation_of(method, target):
    """The operation a method and a raw request target lead to, or None."""
    given = _segments(target)
    for name, row in OPERATIONS.items():
        wanted = row["path"].split("/")[1:]
        if method == row["method"] and len(wanted) == len(given) and all(map(_fits, wanted, given)):
            return name
    return None


def _fits(wanted, given):
    if not wanted.startswith("{"):
        return wanted == given
    return given != "" or wanted == "{username}"


def modelled_errors(operation):
    """Error name -> status, as the model lists them for that operation."""
    return {row["name"]: row["status"] for row in OPERATIONS[operation]["errors"]}


def check_error(operation, name, status):
    """Fails unless that operation (None: no operation) may answer that error with that status."""
    expected = SHARED_ERRORS.get(name)
    if operation is not None:
        expected = modelled_errors(operation).get(name, expected)
    if expected is None:
        raise ModelBreach(f"{operation} may not answer {name}")
    if status != expected:
        raise ModelBreach(f"{name} has status {status} instead of {expected}")


def check_answer(operation, body):
    """Fails unless the parsed body of a successful answer fits the model of that operation."""
    members = {row["name"]: row["type"] for row in OPERATIONS[operation]["response"]}
    if operation == "DescribeConfigurationRevision":
        members["created"] = "timestamp:milliseconds"
    _check_members(operation, operation, body, members, ALWAYS.get(operation, set()))
    if operation == "DescribeUser" and "pending" not in body and not {"consoleAccess", "groups"} <= set(body):
        raise ModelBreach("DescribeUser: consoleAccess and groups are absent though nothing is pending")


def _check_members(path, structure, value, members, always):
    if not isinstance(value, dict):
        raise ModelBreach(f"{path} is no object")
    unknown = set(value) - set(members)
    if unknown:
        raise ModelBreach(f"{path} has unknown members {sorted(unknown)}")
    missing = set(always) - set(value)
    if missing:
        raise ModelBreach(f"{path} lacks {sorted(missing)}")
    for name, item in value.items():
        enum = ENUM_MEMBERS_OF.get((structure, name), ENUM_MEMBERS.get(name))
        _check_value(f"{path}.{name}", item, members[name], enum)


def _check_value(path, value, kind, enum):
    kind = kind.rstrip("!")
    if kind.startswith("list<"):
        if not isinstance(value, list):
            raise ModelBreach(f"{path} is no list")
        for index, item in enumerate(value):
            _check_value(f"{path}[{index}]", item, kind[len("list<"):-1], enum)
    elif kind == "map<string,string>":
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise ModelBreach(f"{path} is no map of strings")
    elif kind.startswith("structure:"):
        structure = kind[len("structure:"):]
        members = STRUCTURES[structure]
        _check_members(path, structure, value, members, {key for key, item in members.items() if item.endswith("!")})
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise ModelBreach(f"{path} is no boolean")
    elif kind == "integer":
        if not isinstance(value, int) or isinstance(value, bool):
            raise ModelBreach(f"{path} is no integer")
    elif kind.startswith("timestamp:"):
        if not isinstance(value, str) or not TIMESTAMPS[kind[len("timestamp:"):]].fullmatch(value):
            raise ModelBreach(f"{path} is no timestamp of the form {kind}: {value!r}")
    elif kind == "string":
        if not isinstance(value, str):
            raise ModelBreach(f"{path} is no string")
        if enum and value not in ENUMS[enum]:
            raise ModelBreach(f"{path} is {value!r}, which is none of {sorted(ENUMS[enum])}")
    else:
        raise ModelBreach(f"{path}: the tests know no type {kind}")
