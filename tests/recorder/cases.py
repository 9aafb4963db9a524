"""What a recording asks the service: one table, in the order in which it is sent.

A case names the rows of docs/fidelity.md that its answer bears on. `${name}` and its like stand for values of the run:

    name       the run's own name, with which every broker and configuration of it begins
    password   a password of this run, so that no broker has one that everybody can read here
    day        a day of the week on which no maintenance window opens while the run lasts
    nobody     a broker id, and `nothing` a configuration id, that do not exist
    others     what earlier answers had (`keep`)

A case whose values are not there, because an earlier call was refused, is not sent. The lists of brokers and of
configurations are not asked for: they would show what else the account has.
"""

import base64
import json
import typing


class Case(typing.NamedTuple):
    name: str
    rows: str
    method: str
    target: str
    body: object = None  # bytes as they are, anything else as compact JSON
    keep: dict = {}  # name of a value -> its path in the answer
    headers: dict = {}  # beside those that every request has
    until: str = None  # asked again until the broker is in that state; GONE: until it is unknown
    repeat: int = 1  # sent so often, `${n}` counting from 1; the last answer is recorded
    part: str = "free"  # free: needs no broker; activemq, rabbitmq: the broker that it needs

    def template(self):
        """The body as bytes with the names of values in it, or None."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


# Rows that a header bears on, whatever the case.
HEADER_ROWS = {
    "content-type": "HDR-1", "x-amzn-requestid": "HDR-2", "x-amz-apigw-id": "HDR-3", "x-amzn-trace-id": "HDR-3",
    "cache-control": "HDR-4", "expires": "HDR-4", "pragma": "HDR-4", "access-control-allow-origin": "HDR-5",
    "access-control-expose-headers": "HDR-5", "date": "HDR-6", "content-length": "HDR-6", "server": "HDR-6",
    "x-amzn-errortype": "HDR-7", "connection": "HTTP-9", "transfer-encoding": "HDR-6",
}


def of(part, cases):
    return tuple(case._replace(part=part) for case in cases)


def base64_of(text):
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


# --- Brokers ---------------------------------------------------------------------------------------------------

ACTIVEMQ = {
    "autoMinorVersionUpgrade": True, "brokerName": "${name}-a", "creatorRequestId": "${name}-a",
    "deploymentMode": "SINGLE_INSTANCE", "engineType": "ACTIVEMQ", "hostInstanceType": "mq.t3.micro",
    "maintenanceWindowStartTime": {"dayOfWeek": "${day}", "timeOfDay": "3:07"}, "publiclyAccessible": False,
    "tags": {"made-by": "${name}"},
    "users": [{"consoleAccess": True, "groups": ["admins", "admins"], "password": "${password}", "username": "admin"}],
}
RABBITMQ = {
    "autoMinorVersionUpgrade": True, "brokerName": "${name}-r", "creatorRequestId": "${name}-r",
    "deploymentMode": "SINGLE_INSTANCE", "engineType": "RABBITMQ", "hostInstanceType": "mq.m7g.medium",
    "maintenanceWindowStartTime": {"dayOfWeek": "${day}", "timeOfDay": "03:07", "timeZone": "UTC"},
    "publiclyAccessible": False,
    "users": [{"password": "${password}", "username": "admin"}],
}


def refused_broker(name, rows, base=ACTIVEMQ, /, **members):
    """A CreateBroker that is said to be refused; None leaves a member out."""
    body = {**base, "brokerName": "${name}-x", "creatorRequestId": "${name}-x", **members}
    return Case(f"create-broker-{name}", rows, "POST", "/v1/brokers",
                {key: value for key, value in body.items() if value is not None})


def with_user(**members):
    return [{"username": "admin", "password": "${password}", **members}]


BEGIN = (
    *of("activemq", [
        Case("create-activemq", "CBR-1 CBR-15 CBR-33", "POST", "/v1/brokers", ACTIVEMQ,
             keep={"active": "brokerId", "active-arn": "brokerArn"}),
        Case("creating-describe", "LIF-1 BRK-17 BRK-19 BRK-23 CBR-5 WIN-11", "GET", "/v1/brokers/${active}"),
        Case("creating-list-users", "LIF-1 USR-12", "GET", "/v1/brokers/${active}/users"),
        Case("creating-create-user", "USR-10 LIF-7", "POST", "/v1/brokers/${active}/users/early", {"password": "${password}"}),
        Case("creating-create-user-bad-password", "USR-10 ERR-22", "POST", "/v1/brokers/${active}/users/early", {"password": "short"}),
        Case("creating-update-unknown-user", "USR-10 ERR-24", "PUT", "/v1/brokers/${active}/users/nobody", {"groups": ["readers"]}),
        Case("creating-update", "UBR-21 LIF-7", "PUT", "/v1/brokers/${active}", {"logs": {"general": True}}),
        Case("creating-reboot", "RBT-3 LIF-7", "POST", "/v1/brokers/${active}/reboot"),
        Case("creating-delete", "DBR-3 LIF-7", "DELETE", "/v1/brokers/${active}"),
        Case("creating-tag", "TAG-19", "POST", "/v1/tags/${active-arn}", {"tags": {"when": "creating"}}),
        Case("creating-again", "CBR-35", "POST", "/v1/brokers", ACTIVEMQ),
        Case("creating-again-without-token", "CBR-28 CBR-36", "POST", "/v1/brokers",
             {key: value for key, value in ACTIVEMQ.items() if key != "creatorRequestId"}),
        Case("creating-again-other-users", "CBR-35", "POST", "/v1/brokers",
             {**ACTIVEMQ, "users": [{"username": "other", "password": "${password}"}]}),
    ]),
    *of("rabbitmq", [
        Case("create-rabbitmq", "CBR-1 CBR-16", "POST", "/v1/brokers", RABBITMQ,
             keep={"rabbit": "brokerId", "rabbit-arn": "brokerArn"}),
        Case("creating-rabbitmq-create-user", "USR-9 USR-10 ERR-23", "POST", "/v1/brokers/${rabbit}/users/early",
             {"password": "${password}"}),
    ]),
)

# --- Without a broker ------------------------------------------------------------------------------------------

PATHS = (
    Case("unknown-route", "RTE-7 ERR-33", "GET", "/v1/nothing"),
    Case("unknown-method", "RTE-8 ERR-33", "PATCH", "/v1/brokers"),
    Case("trailing-slash", "RTE-9", "GET", "/v1/brokers/${nobody}/"),
    Case("bad-percent", "RTE-4", "GET", "/v1/brokers/%zz"),
    Case("bad-utf8", "RTE-4", "GET", "/v1/brokers/%ff"),
    Case("encoded-slash", "RTE-2", "GET", "/v1/brokers/a%2Fb"),
    Case("lower-case-hex", "RTE-1", "GET", "/v1/brokers/a%c3%a9"),
    Case("bad-query", "RTE-5", "GET", "/v1/brokers/${nobody}/users?nextToken=%ff"),
    Case("options", "RTE-10 RTE-11", "OPTIONS", "/v1/brokers/${nobody}"),
    Case("unknown-broker", "BRK-1 HDR-7", "GET", "/v1/brokers/${nobody}"),
    Case("unknown-broker-users", "USR-6", "GET", "/v1/brokers/${nobody}/users"),
    Case("unknown-broker-bad-page", "ERR-22 PAG-3", "GET", "/v1/brokers/${nobody}/users?maxResults=05"),
    Case("unknown-broker-empty-page-size", "PAG-4", "GET", "/v1/brokers/${nobody}/users?maxResults="),
    Case("unknown-broker-page-and-token", "PAG-12", "GET", "/v1/brokers/${nobody}/users?maxResults=4&nextToken=x"),
    Case("unknown-broker-bad-password", "ERR-22", "POST", "/v1/brokers/${nobody}/users/alice", {"password": "short"}),
    Case("unknown-broker-reboot-with-body", "ERR-25", "POST", "/v1/brokers/${nobody}/reboot", b"{"),
    Case("unknown-broker-promote", "PRO-4", "POST", "/v1/brokers/${nobody}/promote", {"mode": "SWITCHOVER"}),
    Case("unknown-broker-promote-mode", "PRO-3 ERR-22", "POST", "/v1/brokers/${nobody}/promote", {"mode": "NOW"}),
)


def malformed(name, rows, body, **more):
    """A body for CreateConfiguration. Its engine does not exist: where the body is read after all, nothing is made."""
    return Case(f"body-{name}", rows, "POST", "/v1/configurations", body, **more)


BODIES = (
    malformed("no-json", "ERR-4 ERR-5 ERR-12", b"engineType=NOSUCH"),
    malformed("cut", "ERR-4 ERR-5", b'{"engineType":"NOSUCH"'),
    malformed("text-after-end", "ERR-5", b'{"engineType":"NOSUCH","name":"${name}-x"} x'),
    malformed("list", "ERR-6", b"[]"),
    malformed("string", "ERR-6", b'"NOSUCH"'),
    malformed("byte-order-mark", "ERR-7", b'\xef\xbb\xbf{"engineType":"NOSUCH","name":"${name}-x"}'),
    malformed("bad-utf8", "ERR-7", b'{"engineType":"NOSUCH","name":"${name}-\xff"}'),
    malformed("half-surrogate", "ERR-7", b'{"engineType":"NOSUCH","name":"${name}-\\ud800"}'),
    malformed("nul", "ERR-8", b'{"engineType":"NOSUCH","name":"${name}-\\u0000"}'),
    malformed("control-character", "ERR-8", b'{"engineType":"NOSUCH","name":"${name}-\x01"}'),
    malformed("member-twice", "ERR-9", b'{"engineType":"NOSUCH","engineType":"NOSUCH2","name":"${name}-x"}'),
    malformed("deep-32", "ERR-10 ERR-18", b'{"engineType":"NOSUCH","name":"${name}-x","x":' + b"[" * 31 + b"]" * 31 + b"}"),
    malformed("deep-33", "ERR-10 ERR-18", b'{"engineType":"NOSUCH","name":"${name}-x","x":' + b"[" * 32 + b"]" * 32 + b"}"),
    malformed("long-number", "ERR-31", b'{"engineType":"NOSUCH","name":"${name}-x","x":' + b"1" * 64 + b"}"),
    malformed("none", "ERR-13 ERR-17 CFG-14", None),
    malformed("empty", "ERR-13 ERR-17 CFG-14", b""),
    malformed("white-space", "ERR-13 ERR-17", b" \n"),
    malformed("empty-object", "ERR-17 ERR-19 CFG-14", {}),
    malformed("null-member", "ERR-16 ERR-17", {"engineType": None, "name": "${name}-x"}),
    malformed("wrong-string", "ERR-14", {"engineType": "NOSUCH", "name": 5}),
    malformed("wrong-boolean", "ERR-14", {"engineType": True, "name": "${name}-x"}),
    malformed("wrong-object", "ERR-14", {"engineType": {}, "name": "${name}-x"}),
    malformed("wrong-type-and-missing", "ERR-19", {"name": 5}),
    malformed("wrong-map", "ERR-14", {"engineType": "NOSUCH", "name": "${name}-x", "tags": []}),
    malformed("wrong-tag", "TAG-20", {"engineType": "NOSUCH", "name": "${name}-x", "tags": {"stage": 5}}),
    malformed("unknown-member", "ERR-18 CFG-5", {"Name": 5, "engineType": "NOSUCH", "name": "${name}-x"}),
    malformed("text-plain", "RTE-12", {"engineType": "NOSUCH", "name": "${name}-x"}, headers={"Content-Type": "text/plain"}),
)


def configuration(name, rows, /, **members):
    return Case(f"create-configuration-{name}", rows, "POST", "/v1/configurations",
                {"engineType": "ACTIVEMQ", "name": "${name}-c", **members})


def data(name, rows, text, of_engine="config", raw=None):
    return Case(f"data-{name}", rows, "PUT", "/v1/configurations/${%s}" % of_engine,
                {"data": base64_of(text) if raw is None else raw})


XML = '<?xml version="1.0" encoding="UTF-8"?>\n<broker xmlns="http://activemq.apache.org/schema/core">\n%s</broker>\n'

CONFIGURATIONS = (
    configuration("unknown-strategy", "CFG-8", authenticationStrategy="NOSUCH"),
    configuration("wrong-strategy", "CFG-9", authenticationStrategy="CONFIG_MANAGED"),
    configuration("ldap-rabbitmq", "CFG-9", authenticationStrategy="LDAP", engineType="RABBITMQ"),
    configuration("empty-name", "CFG-10", name=""),
    configuration("long-name", "CFG-10", name="x" * 151),
    configuration("bad-name", "CFG-11", name="${name} x"),
    configuration("all-wrong", "CFG-13", name="", engineType="NOSUCH", authenticationStrategy="NOSUCH", engineVersion="0"),
    configuration("name-and-version", "CFG-13", name="", engineVersion="0"),
    configuration("reserved-tag", "TAG-10 TAG-15 CFG-51", tags={"aws:x": "y"}),
    configuration("mixed-case", "CFG-5 CFG-8", engineType="activemq", authenticationStrategy="Simple")._replace(
        keep={"config": "id", "config-arn": "arn"}),
    configuration("same-name", "CFG-12")._replace(keep={"config2": "id"}),
    Case("create-configuration-rabbitmq", "CFG-8", "POST", "/v1/configurations",
         {"engineType": "RABBITMQ", "name": "${name}-d"}, keep={"rabbit-config": "id"}),
    Case("describe-configuration", "ERR-3 CFG-8 CFG-15", "GET", "/v1/configurations/${config}"),
    Case("unknown-configuration", "CFG-16", "GET", "/v1/configurations/${nothing}"),
    Case("update-unknown-configuration", "CFG-16", "PUT", "/v1/configurations/${nothing}", {"data": base64_of(XML % "")}),
    Case("update-unknown-configuration-bad-data", "ERR-22 CFG-33", "PUT", "/v1/configurations/${nothing}", {"data": "*"}),
    Case("delete-unknown-configuration", "CFG-16", "DELETE", "/v1/configurations/${nothing}"),
    Case("revisions-unknown-configuration-bad-page", "CFG-50", "GET", "/v1/configurations/${nothing}/revisions?maxResults=4"),
    data("missing", "CFG-34", "")._replace(body={"description": "none"}),
    data("empty", "CFG-34", ""),
    data("no-base64", "CFG-33", None, raw="*"),
    data("no-padding", "CFG-33", None, raw=base64_of(XML % "").rstrip("=")),
    data("line-break", "CFG-33", None, raw=base64_of(XML % "")[:40] + "\n" + base64_of(XML % "")[40:]),
    data("no-xml", "CFG-37", "no XML"),
    data("cut-xml", "CFG-37", "<broker>"),
    data("comment", "CFG-35", XML % "  <!-- kept? -->\n  <plugins/>\n"),
    Case("describe-comment", "CFG-35", "GET", "/v1/configurations/${config}/revisions/2"),
    data("text", "CFG-35", XML % "  text\n  <plugins/>\n"),
    Case("describe-text", "CFG-35", "GET", "/v1/configurations/${config}/revisions/3"),
    data("rabbitmq", "CFG-38", "# a comment\n\nconsumer_timeout = 60000\n", "rabbit-config"),
    Case("describe-rabbitmq-data", "CFG-38", "GET", "/v1/configurations/${rabbit-config}/revisions/2"),
    data("rabbitmq-line", "CFG-39", "consumer_timeout = 60000\nno assignment\n", "rabbit-config"),
    data("rabbitmq-section", "CFG-40", "[x]\nconsumer_timeout = 60000\n", "rabbit-config"),
    data("rabbitmq-utf8", "CFG-41", None, "rabbit-config", raw=base64.b64encode(b"# \xff\n").decode()),
)


def tags(name, rows, value, resource="config-arn"):
    return Case(f"tags-{name}", rows, "POST", "/v1/tags/${%s}" % resource, {"tags": value})


TAGS = (
    Case("tags-none", "TAG-2", "GET", "/v1/tags/${config-arn}"),
    Case("tags-delete-without-keys", "TAG-5", "DELETE", "/v1/tags/${config-arn}"),
    Case("tags-delete-unknown-key", "TAG-4", "DELETE", "/v1/tags/${config-arn}?tagKeys=nokey"),
    Case("tags-without-tags", "TAG-13", "POST", "/v1/tags/${config-arn}", {}),
    tags("empty-key", "TAG-9", {"": "x"}),
    tags("long-key", "TAG-9", {"k" * 129: "x"}),
    tags("reserved-key", "TAG-10", {"AWS:x": "y"}),
    tags("long-value", "TAG-11", {"key": "v" * 257}),
    tags("code-points", "TAG-17", {"\U0001f600" * 128: "x"}),
    tags("too-many", "TAG-8", {f"key-{n:02}": "" for n in range(51)}),
    tags("all-wrong", "TAG-12", {"aws:x": "v" * 257, "": "x"}),
    tags("order", "TAG-1", {"b": "2", "a": "1", "\u00e9": "e", "A": "0"}),
    Case("tags-list", "TAG-1", "GET", "/v1/tags/${config-arn}"),
    Case("tags-unknown", "TAG-6", "GET", "/v1/tags/arn%3Aaws%3Amq%3Aus-east-1%3A000000000000%3Aconfiguration%3A${nothing}"),
    Case("tags-of-no-arn", "TAG-6", "GET", "/v1/tags/no-arn"),
    Case("tags-unknown-bad", "TAG-14", "POST", "/v1/tags/no-arn", {"tags": {"": "x"}}),
)

CATALOGUE = (
    Case("versions", "CAT-4", "GET", "/v1/broker-engine-types?engineType=rabbitMQ"),
    Case("versions-unknown-engine", "CAT-5", "GET", "/v1/broker-engine-types?engineType=NOSUCH"),
    Case("versions-empty-engine", "CAT-6", "GET", "/v1/broker-engine-types?engineType="),
    Case("versions-engine-and-page", "CAT-13", "GET", "/v1/broker-engine-types?engineType=NOSUCH&maxResults=4"),
    Case("options-activemq", "CAT-8 CAT-9 CAT-11", "GET", "/v1/broker-instance-options?engineType=ACTIVEMQ&maxResults=100"),
    Case("options-rabbitmq", "CAT-8 CAT-9 CAT-11", "GET", "/v1/broker-instance-options?engineType=RABBITMQ&maxResults=100"),
    Case("options-unknown-type", "CAT-10", "GET", "/v1/broker-instance-options?hostInstanceType=mq.none"),
    Case("options-unknown-storage", "CAT-10", "GET", "/v1/broker-instance-options?storageType=none"),
)

REFUSED_BROKERS = (
    Case("create-broker-empty", "CBR-20 ERR-17", "POST", "/v1/brokers", {}),
    refused_broker("no-public", "CBR-20", publiclyAccessible=None),
    refused_broker("user-without-password", "CBR-20", users=[{"username": "admin"}]),
    refused_broker("wrong-type", "CBR-20 ERR-14", users=with_user(groups="admins")),
    refused_broker("null-in-list", "ERR-15", users=with_user(groups=["admins", None])),
    refused_broker("empty-name", "CBR-21", brokerName=""),
    refused_broker("long-name", "CBR-21", brokerName="${name}" + "x" * 50),
    refused_broker("unknown-engine", "CBR-22 CAT-5", engineType="NOSUCH"),
    refused_broker("unknown-strategy", "CBR-22", authenticationStrategy="NOSUCH"),
    refused_broker("config-managed", "CBR-23", authenticationStrategy="CONFIG_MANAGED"),
    refused_broker("ldap-without-data", "CBR-24", authenticationStrategy="LDAP"),
    refused_broker("two-subnets", "CBR-25", subnetIds=["subnet-00000000000000000", "subnet-00000000000000001"]),
    refused_broker("six-groups", "CBR-25", securityGroups=[f"sg-{n:017}" for n in range(6)]),
    refused_broker("both-keys", "CBR-8", encryptionOptions={"useAwsOwnedKey": True, "kmsKeyId": "alias/none"}),
    refused_broker("storage-size", "CBR-11", storageSize=100),
    refused_broker("unknown-configuration", "CBR-14", configuration={"id": "${nothing}"}),
    refused_broker("unknown-revision", "CBR-14", configuration={"id": "${config}", "revision": 9}),
    refused_broker("other-engines-configuration", "CBR-14", configuration={"id": "${rabbit-config}"}),
    refused_broker("unknown-storage", "CBR-27 CAT-17", storageType="NOSUCH"),
    refused_broker("unknown-mode", "CBR-27 CAT-17", deploymentMode="NOSUCH"),
    refused_broker("unknown-type", "CBR-27 CAT-17", hostInstanceType="mq.none"),
    refused_broker("short-password", "CBR-30", users=with_user(password="short")),
    refused_broker("bad-username", "CBR-30", users=with_user(username="a")),
    refused_broker("user-twice", "CBR-31", users=with_user() + with_user()),
    refused_broker("251-users", "CBR-32", users=[{"username": f"user-{n:03}", "password": "${password}"} for n in range(251)]),
    refused_broker("day", "WIN-1", maintenanceWindowStartTime={"dayOfWeek": "TODAY", "timeOfDay": "03:07"}),
    refused_broker("time", "WIN-1", maintenanceWindowStartTime={"dayOfWeek": "${day}", "timeOfDay": "24:00"}),
    refused_broker("zone", "WIN-1", maintenanceWindowStartTime={"dayOfWeek": "${day}", "timeOfDay": "03:07", "timeZone": "No/Where"}),
    refused_broker("name-and-password", "CBR-29", brokerName="", users=with_user(password="short")),
    refused_broker("type-and-mode", "CBR-29", hostInstanceType="mq.none", deploymentMode="NOSUCH"),
    refused_broker("reserved-tag", "TAG-15", tags={"aws:x": "y"}),
    refused_broker("rabbitmq-two-users", "CBR-34", RABBITMQ, users=with_user() + with_user(username="other")),
    refused_broker("rabbitmq-no-user", "CBR-34", RABBITMQ, users=[]),
    refused_broker("rabbitmq-guest", "CBR-34", RABBITMQ, users=with_user(username="guest")),
    refused_broker("rabbitmq-tilde", "CBR-34", RABBITMQ, users=with_user(username="ad~min")),
    refused_broker("rabbitmq-ldap", "CBR-23", RABBITMQ, authenticationStrategy="LDAP"),
)

# --- Users of the ActiveMQ broker ------------------------------------------------------------------------------

USERS_OF = "/v1/brokers/${active}/users"


def create(name, rows, username_of="refused", /, **members):
    return Case(f"create-user-{name}", rows, "POST", f"{USERS_OF}/{username_of}",
                {key: value for key, value in {"password": "${password}", **members}.items() if value is not None})


def update(name, rows, username, **members):
    return Case(f"update-user-{name}", rows, "PUT", f"{USERS_OF}/{username}", members)


def delete(name, rows, username):
    return Case(f"delete-user-{name}", rows, "DELETE", f"{USERS_OF}/{username}")


def show(name, rows, username):
    return Case(f"show-user-{name}", rows, "GET", f"{USERS_OF}/{username}")


USERS = (
    Case("activemq-runs", "LIF-5 CBR-15 BRK-17 BRK-19 WIN-11", "GET", "/v1/brokers/${active}", until="RUNNING",
         keep={"active-config": "configurations.current.id"}),
    show("unknown", "USR-7", "nobody"),
    show("bad-name", "USR-17", "a"),
    show("empty-name", "USR-14 RTE-9", ""),
    show("after-creation", "CBR-15 CBR-33", "admin"),
    update("unknown", "USR-7 PND-2", "nobody", groups=["readers"]),
    delete("unknown", "USR-7 PND-2", "nobody"),
    create("short-name", "USR-15", "a"),
    create("long-name", "USR-15", "a" * 101),
    create("bad-name", "USR-16", "al%20ice"),
    create("empty-name", "USR-14 RTE-9", ""),
    create("code-points", "USR-34 USR-16", "%F0%9F%98%80" * 60),
    create("no-password", "USR-18", password=None),
    create("short-password", "USR-19", password="short"),
    create("comma", "USR-20", password="a-long,password-1"),
    create("unprintable", "USR-21", password="a-long-p\u00e4ssword-1"),
    create("few-characters", "USR-22", password="abcabcabcabc"),
    create("short-and-comma", "USR-23", password="a,b"),
    create("comma-and-unprintable", "USR-23", password="a-long,p\u00e4ssword-1"),
    create("unprintable-and-few", "USR-23", password="\u00e4b" * 8),
    create("21-groups", "USR-24", groups=["readers"] * 21),
    create("short-group", "USR-25", groups=["readers", "a"]),
    create("long-group", "USR-25", groups=["g" * 101]),
    create("bad-group", "USR-26", groups=["read ers"]),
    create("two-bad-groups", "USR-27", groups=["read ers", "a"]),
    create("group-number", "ERR-14 ERR-15", groups=["readers", 5]),
    create("group-null", "ERR-15", groups=[None]),
    create("password-and-group", "ERR-19", password="short", groups=["a"]),
    create("console-text", "ERR-14", consoleAccess="yes"),
    create("exclusive", "USR-29", consoleAccess=True, replicationUser=True),
    create("space", "USR-1 USR-21", "spaced", password="${password} with space"),
    create("same-groups", "USR-28 USR-33", "alice", groups=["writers", "readers", "writers"], username="other", brokerId="b-other"),
    show("pending-create", "USR-4 USR-28 PND-25", "alice"),
    show("defaults", "USR-4 PND-26", "spaced"),
    create("exists", "USR-8 PND-7", "admin"),
    create("exists-pending", "USR-8 PND-3", "alice"),
    create("exists-bad-password", "ERR-22", "alice", password="short"),
    update("bad-password", "USR-19", "alice", password="short"),
    update("exclusive", "USR-30", "alice", consoleAccess=True, replicationUser=True),
    update("nothing", "PND-20", "admin"),
    show("pending-nothing", "PND-20 PND-25", "admin"),
    create("exists-pending-update", "PND-11", "admin"),
    delete("pending-update", "PND-13 PND-30", "admin"),
    show("pending-delete", "PND-23", "admin"),
    create("exists-pending-delete", "PND-15", "admin"),
    delete("twice", "PND-18", "admin"),
    update("pending-delete", "PND-16", "admin", groups=["operators"]),
    show("taken-back", "PND-16", "admin"),
    delete("pending-create", "PND-5", "alice"),
    show("never-applied", "PND-23", "alice"),
    update("never-applied", "PND-17", "alice", consoleAccess=True),
    show("created-again", "PND-17", "alice"),
    update("replication", "USR-30", "alice", replicationUser=True),
    *(create(f"page-{letter}", "PAG-11", f"{letter}-user") for letter in ("b", "A", "a")),
    Case("users-page", "PAG-10 PAG-11", "GET", USERS_OF + "?maxResults=5", keep={"token": "nextToken"}),
    create("after-page", "PAG-7", "z-user"),
    Case("users-next-page", "PAG-7 PAG-10", "GET", USERS_OF + "?maxResults=5&nextToken=${token}"),
    Case("users-empty-token", "PAG-5", "GET", USERS_OF + "?nextToken="),
    Case("users-unknown-member", "RTE-6", "GET", USERS_OF + "?other=1&maxResults=5&maxResults=6"),
    Case("promote-no-replica", "PRO-2", "POST", "/v1/brokers/${active}/promote", {"mode": "FAILOVER"}),
    Case("shared-resources-activemq", "SHR-3", "GET", "/v1/brokers/${active}/shared-resources"),
    Case("update-shares-activemq", "SHR-6", "PUT", "/v1/brokers/${active}",
         {"resourceShareArns": ["arn:aws:ram:us-east-1:000000000000:resource-share/${nothing}"]}),
    Case("update-no-groups", "UBR-22", "PUT", "/v1/brokers/${active}", {"securityGroups": []}),
    Case("update-unknown-type", "UBR-24", "PUT", "/v1/brokers/${active}", {"hostInstanceType": "mq.none"}),
    Case("update-config-managed", "UBR-26", "PUT", "/v1/brokers/${active}", {"authenticationStrategy": "CONFIG_MANAGED"}),
    Case("update-to-unknown-configuration", "UBR-30", "PUT", "/v1/brokers/${active}", {"configuration": {"id": "${nothing}"}}),
    Case("update-storage-size", "UBR-29", "PUT", "/v1/brokers/${active}", {"storageSize": 100}),
    Case("update-log", "BRK-30", "PUT", "/v1/brokers/${active}", {"logs": {"audit": True}}),
    Case("describe-waiting-log", "BRK-30", "GET", "/v1/brokers/${active}"),
    Case("update-log-back", "UBR-10", "PUT", "/v1/brokers/${active}", {"logs": {"audit": False}}),
    Case("update-same", "UBR-11", "PUT", "/v1/brokers/${active}", {"autoMinorVersionUpgrade": True}),
    Case("delete-configuration-in-use", "CFG-46", "DELETE", "/v1/configurations/${active-config}"),
    delete("before-reboot", "PND-19", "z-user"),
)

REBOOT = (
    Case("reboot", "RBT-1", "POST", "/v1/brokers/${active}/reboot"),
    Case("rebooting-describe", "BRK-24 RBT-5", "GET", "/v1/brokers/${active}"),
    create("rebooting", "USR-10", "late"),
    show("rebooting", "USR-12", "alice"),
    Case("rebooting-update", "UBR-21", "PUT", "/v1/brokers/${active}", {"logs": {"general": True}}),
    Case("rebooting-reboot", "RBT-3", "POST", "/v1/brokers/${active}/reboot"),
    Case("rebooting-delete", "DBR-3", "DELETE", "/v1/brokers/${active}"),
    Case("rebooted", "RBT-4", "GET", "/v1/brokers/${active}", until="RUNNING"),
    show("rebooted", "PND-16", "admin"),
    show("removed", "PND-19", "z-user"),
    create("removed", "PND-31", "z-user"),
    Case("create-user-250", "USR-31", "POST", USERS_OF + "/filler-${n}", {"password": "${password}"}, repeat=243),
    create("251", "USR-31", "one-more"),
    Case("activemq-delete", "DBR-1", "DELETE", "/v1/brokers/${active}"),
    Case("deleting-describe", "DBR-6", "GET", "/v1/brokers/${active}"),
    show("deleting", "USR-13", "admin"),
    create("deleting", "USR-10 DBR-6", "late"),
    Case("deleting-reboot", "RBT-3", "POST", "/v1/brokers/${active}/reboot"),
    Case("deleting-tag", "TAG-19", "POST", "/v1/tags/${active-arn}", {"tags": {"when": "deleting"}}),
    Case("deleting-name-in-use", "DBR-6", "POST", "/v1/brokers", {**ACTIVEMQ, "creatorRequestId": "${name}-b"}),
    Case("deleting-configuration", "CFG-46", "DELETE", "/v1/configurations/${active-config}"),
)

# --- The RabbitMQ broker ---------------------------------------------------------------------------------------

RABBITMQ_USERS_OF = "/v1/brokers/${rabbit}/users"
SHARE = "arn:aws:ram:us-east-1:000000000000:resource-share/"

RABBIT = (
    Case("rabbitmq-runs", "BRK-17 BRK-19 CBR-5", "GET", "/v1/brokers/${rabbit}", until="RUNNING"),
    Case("rabbitmq-create-user", "USR-9", "POST", f"{RABBITMQ_USERS_OF}/alice", {"password": "${password}"}),
    Case("rabbitmq-create-user-bad-password", "USR-9 ERR-22", "POST", f"{RABBITMQ_USERS_OF}/alice", {"password": "short"}),
    Case("rabbitmq-create-user-exists", "USR-9", "POST", f"{RABBITMQ_USERS_OF}/admin", {"password": "${password}"}),
    Case("rabbitmq-describe-user", "USR-9", "GET", f"{RABBITMQ_USERS_OF}/admin"),
    Case("rabbitmq-list-users", "USR-9", "GET", RABBITMQ_USERS_OF),
    Case("rabbitmq-update-user", "USR-9", "PUT", f"{RABBITMQ_USERS_OF}/admin", {"password": "${password}"}),
    Case("rabbitmq-delete-user", "USR-9", "DELETE", f"{RABBITMQ_USERS_OF}/admin"),
    Case("rabbitmq-shared-resources", "SHR-4", "GET", "/v1/brokers/${rabbit}/shared-resources"),
    Case("rabbitmq-bad-share", "SHR-8", "PUT", "/v1/brokers/${rabbit}", {"resourceShareArns": ["no-arn"]}),
    Case("rabbitmq-11-shares", "SHR-7", "PUT", "/v1/brokers/${rabbit}", {"resourceShareArns": [SHARE + "${nothing}"] * 11}),
    Case("rabbitmq-promote", "PRO-2", "POST", "/v1/brokers/${rabbit}/promote", {"mode": "SWITCHOVER"}),
    Case("rabbitmq-delete", "DBR-1", "DELETE", "/v1/brokers/${rabbit}"),
    Case("rabbitmq-deleting-create-user", "USR-9 ERR-23", "POST", f"{RABBITMQ_USERS_OF}/late", {"password": "${password}"}),
)

END = (
    *of("activemq", [
        Case("activemq-gone", "DBR-7", "GET", "/v1/brokers/${active}", until="GONE"),
        Case("gone-tags", "TAG-6", "GET", "/v1/tags/${active-arn}"),
        Case("gone-delete-configuration", "CFG-45", "DELETE", "/v1/configurations/${active-config}"),
    ]),
    *of("rabbitmq", [Case("rabbitmq-gone", "DBR-7", "GET", "/v1/brokers/${rabbit}", until="GONE")]),
    Case("delete-configuration", "CFG-45", "DELETE", "/v1/configurations/${config}"),
    Case("delete-configuration-twice", "CFG-16", "DELETE", "/v1/configurations/${config}"),
)

# Both brokers are made at once: the rest is asked while they start.
CASES = (*BEGIN, *PATHS, *BODIES, *CONFIGURATIONS, *TAGS, *CATALOGUE, *REFUSED_BROKERS,
         *of("activemq", USERS), *of("rabbitmq", RABBIT), *of("activemq", REBOOT), *END)

# part -> what it is, US dollars an hour (about; us-east-1), minutes (about)
PARTS = {
    "free": ("3 configurations; calls that need no broker", 0.0, 2),
    "activemq": ("1 ActiveMQ broker, mq.t3.micro, single instance, with up to 250 users", 0.03, 35),
    "rabbitmq": ("1 RabbitMQ broker, mq.m7g.medium, single instance", 0.15, 20),
}
