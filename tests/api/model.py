"""What the Amazon MQ service model says about the operations: the tests' own copy of the facts."""

import json
import os
import re
import urllib.parse

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

with open(os.path.join(DATA, "operations.json"), encoding="utf-8") as _file:
    OPERATIONS = {row["operation"]: row for row in json.load(_file)}

# The operations the server answers; every other one of the model is a 501.
BUILT = ("CreateUser", "DeleteUser", "DescribeBroker", "DescribeUser", "ListBrokers", "ListUsers", "RebootBroker",
         "UpdateUser")
NOT_BUILT = tuple(sorted(set(OPERATIONS) - set(BUILT)))

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
    "NotImplementedException": 501,
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
}

# structure -> member -> type; a `!` marks members that are always present in what the server answers.
STRUCTURES = {
    "ActionRequired": {"actionRequiredCode": "string", "actionRequiredInfo": "string"},
    "BrokerInstance": {"consoleURL": "string!", "endpoints": "list<string>!", "ipAddress": "string"},
    "BrokerSummary": {"brokerArn": "string!", "brokerId": "string!", "brokerName": "string!",
                      "brokerState": "string!", "created": "timestamp:iso8601!", "deploymentMode": "string!",
                      "engineType": "string!", "hostInstanceType": "string!"},
    "ConfigurationId": {"id": "string!", "revision": "integer!"},
    "Configurations": {"current": "structure:ConfigurationId", "history": "list<structure:ConfigurationId>!",
                       "pending": "structure:ConfigurationId"},
    "DataReplicationCounterpart": {"brokerId": "string!", "region": "string!"},
    "DataReplicationMetadataOutput": {"dataReplicationCounterpart": "structure:DataReplicationCounterpart",
                                      "dataReplicationRole": "string!"},
    "EncryptionOptions": {"kmsKeyId": "string", "useAwsOwnedKey": "boolean!"},
    "LdapServerMetadataOutput": {"hosts": "list<string>!", "roleBase": "string!", "roleName": "string",
                                 "roleSearchMatching": "string!", "roleSearchSubtree": "boolean",
                                 "serviceAccountUsername": "string!", "userBase": "string!",
                                 "userRoleName": "string", "userSearchMatching": "string!",
                                 "userSearchSubtree": "boolean"},
    "LogsSummary": {"audit": "boolean", "auditLogGroup": "string", "general": "boolean!",
                    "generalLogGroup": "string!", "pending": "structure:PendingLogs"},
    "PendingLogs": {"audit": "boolean", "general": "boolean"},
    "UserPendingChanges": {"consoleAccess": "boolean!", "groups": "list<string>!", "pendingChange": "string!"},
    "UserSummary": {"pendingChange": "string", "username": "string!"},
    "WeeklyStartTime": {"dayOfWeek": "string!", "timeOfDay": "string!", "timeZone": "string!"},
}

# Members of the answers themselves that are never left out.
ALWAYS = {
    "DescribeBroker": {"authenticationStrategy", "autoMinorVersionUpgrade", "brokerArn", "brokerId",
                       "brokerInstances", "brokerName", "brokerState", "configurations", "created",
                       "deploymentMode", "encryptionOptions", "engineType", "engineVersion", "hostInstanceType",
                       "logs", "maintenanceWindowStartTime", "publiclyAccessible", "securityGroups",
                       "storageType", "subnetIds", "users"},
    "DescribeUser": {"brokerId", "replicationUser", "username"},
    "ListBrokers": {"brokerSummaries"},
    "ListUsers": {"brokerId", "maxResults", "users"},
}

TIMESTAMP = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z")


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
    _check_members(operation, body, members, ALWAYS.get(operation, set()))
    if operation == "DescribeUser" and "pending" not in body and not {"consoleAccess", "groups"} <= set(body):
        raise ModelBreach("DescribeUser: consoleAccess and groups are absent though nothing is pending")


def _check_members(path, value, members, always):
    if not isinstance(value, dict):
        raise ModelBreach(f"{path} is no object")
    unknown = set(value) - set(members)
    if unknown:
        raise ModelBreach(f"{path} has unknown members {sorted(unknown)}")
    missing = set(always) - set(value)
    if missing:
        raise ModelBreach(f"{path} lacks {sorted(missing)}")
    for name, item in value.items():
        _check_value(f"{path}.{name}", name, item, members[name])


def _check_value(path, name, value, kind):
    kind = kind.rstrip("!")
    if kind.startswith("list<"):
        if not isinstance(value, list):
            raise ModelBreach(f"{path} is no list")
        for index, item in enumerate(value):
            _check_value(f"{path}[{index}]", name, item, kind[len("list<"):-1])
    elif kind == "map<string,string>":
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise ModelBreach(f"{path} is no map of strings")
    elif kind.startswith("structure:"):
        members = STRUCTURES[kind[len("structure:"):]]
        _check_members(path, value, members, {key for key, item in members.items() if item.endswith("!")})
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise ModelBreach(f"{path} is no boolean")
    elif kind == "integer":
        if not isinstance(value, int) or isinstance(value, bool):
            raise ModelBreach(f"{path} is no integer")
    elif kind == "timestamp:iso8601":
        if not isinstance(value, str) or not TIMESTAMP.fullmatch(value):
            raise ModelBreach(f"{path} is no timestamp with microseconds: {value!r}")
    elif kind == "string":
        if not isinstance(value, str):
            raise ModelBreach(f"{path} is no string")
        if name in ENUM_MEMBERS and value not in ENUMS[ENUM_MEMBERS[name]]:
            raise ModelBreach(f"{path} is {value!r}, which is none of {sorted(ENUMS[ENUM_MEMBERS[name]])}")
    else:
        raise ModelBreach(f"{path}: the tests know no type {kind}")
