"""The policy table: who may do what."""

import pytest

import control_calls as control
import harness
import model
import sign
from harness import assert_bad_request, assert_error, assert_no_broker, assert_ok, credential, sql_broker, sql_insert, sql_user

B1 = "arn:aws:mq:us-east-1:123456789012:broker:one:b-1"
ROOT = "arn:aws:iam::123456789012:root"
BASE = (sql_broker("b-1", "one") + sql_user("b-1", "alice") + sql_broker("b-2", "two")
        + sql_broker("b-o", "other", account="210987654321") + sql_broker("b-cn", "cn", region="cn-north-1")
        + sql_insert("access_key", id="AKIDADA", secret="a-secret", user_name="ada")
        + sql_insert("access_key", id="AKIDBOB", secret="b-secret")
        + sql_insert("access_key", id="AKIDFAR", secret="c-secret", account="210987654321", user_name="far"))
ADA, BOB, FAR = (credential(key) for key in ("AKIDADA", "AKIDBOB", "AKIDFAR"))


def allow(action="mq:*", resource="*", access_key="*"):
    return sql_insert("policy", access_key=access_key, effect="allow", action=action, resource=resource)


def deny(action="mq:*", resource="*", access_key="*"):
    return sql_insert("policy", access_key=access_key, effect="deny", action=action, resource=resource)


@pytest.fixture(scope="module")
def server():
    with harness.Server("--create-time", "0", "--reboot-time", "0", seed=BASE) as running:
        yield running


@pytest.fixture
def policies(server):
    """Puts these policies in the place of all there were, and gives a client."""
    with server.client() as connection:
        def put(*rows):
            control.done(connection, "POST", "/_local/seed", "DELETE FROM policy;" + "".join(rows))
            return connection

        yield put
        control.done(connection, "POST", "/_local/reset")


def denied(response, operation, resource, user=ROOT):
    assert_error(response, 403, "AccessDeniedException",
                 f"User: {user} is not authorized to perform: mq:{operation} on resource: {resource}")


def get(client, target="/v1/brokers/b-1", *headers):
    return client.call("GET", target, headers=headers)


# --- Allow and deny --------------------------------------------------------------------------------------------

def test_POL_1_without_policies_everything_is_allowed(policies):
    client = policies()
    for who in ((), (ADA,), (BOB,)):
        assert_ok(get(client, "/v1/brokers/b-1", *who))


def test_POL_1_a_caller_whom_no_row_names_is_allowed(policies):
    client = policies(deny(access_key="AKIDADA"))
    assert_ok(get(client))
    assert_ok(get(client, "/v1/brokers/b-1", BOB))
    denied(get(client, "/v1/brokers/b-1", ADA), "DescribeBroker", B1, "arn:aws:iam::123456789012:user/ada")


def test_POL_2_whoever_is_named_needs_an_allow(policies):
    client = policies(allow("mq:ListBrokers", access_key="AKIDBOB"))
    assert_ok(get(client, "/v1/brokers", BOB))
    denied(get(client, "/v1/brokers/b-1", BOB), "DescribeBroker", B1)
    assert_ok(get(client))


@pytest.mark.parametrize("rows", ((allow(), deny("mq:DescribeBroker")), (deny("mq:DescribeBroker"), allow()),
                                  (allow(), deny(resource=B1), allow())), ids=range(3))
def test_POL_2_a_deny_wins_in_any_order(policies, rows):
    client = policies(*rows)
    denied(get(client), "DescribeBroker", B1)
    assert_ok(get(client, "/v1/brokers"))


def test_POL_2_rows_for_all_and_for_one_add_up(policies):
    client = policies(allow("mq:List*"), allow("mq:DescribeBroker", access_key="AKIDADA"), deny("mq:ListUsers", access_key="AKIDBOB"))
    assert_ok(get(client, "/v1/brokers/b-1", ADA))
    assert_ok(get(client, "/v1/brokers/b-1/users", ADA))
    denied(get(client, "/v1/brokers/b-1", BOB), "DescribeBroker", B1)
    denied(get(client, "/v1/brokers/b-1/users", BOB), "ListUsers", B1)
    assert_ok(get(client, "/v1/brokers", BOB))


def test_POL_3_the_access_key_star_names_every_caller(policies):
    client = policies(deny())
    for who, user in (((), ROOT), ((ADA,), "arn:aws:iam::123456789012:user/ada"), ((BOB,), ROOT),
                      ((credential("AKIDNOBODY"),), ROOT),
                      ((credential("210987654321"),), "arn:aws:iam::210987654321:root"),
                      ((FAR,), "arn:aws:iam::210987654321:user/far")):
        denied(get(client, "/v1/brokers", *who), "ListBrokers", "*", user)


def test_POL_3_access_keys_are_compared_to_the_letter(policies):
    client = policies(deny(access_key="AKID"), deny(access_key="akidada"), deny(access_key="AKIDADAX"))
    assert_ok(get(client, "/v1/brokers", ADA))


# --- Patterns --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("action, hit", (
    ("*", True), ("mq:*", True), ("mq:DescribeBroker", True), ("mq:Describe*", True), ("mq:*Broker", True),
    ("mq:D*b*r", True), ("mq:DescribeBroke?", True), ("mq:????????Broker", True), ("mq:**r", True),
    ("mq:DescribeBroker?", False), ("mq:describebroker", False), ("mq:Describe", False), ("mq:Describe?", False),
    ("mq:List*", False), ("mq:?", False), ("mq:DescribeBrokerEngineTypes", False), ("mq:*s", False),
))
def test_POL_4_actions(policies, action, hit):
    client = policies(allow(), deny(action))
    if hit:
        denied(get(client), "DescribeBroker", B1)
    else:
        assert_ok(get(client))


@pytest.mark.parametrize("resource, hit", (
    ("*", True), (B1, True), ("arn:aws:mq:*", True), ("*:b-1", True), ("*:broker:one:*", True), ("*:b-?", True),
    ("arn:aws:mq:us-east-1:*:broker:*", True), (B1 + "*", True), ("?*", True),
    (B1 + "?", False), (B1.upper(), False), ("b-1", False), ("*:b-2", False), ("*:configuration:*", False),
    ("arn:aws:mq:us-west-2:*", False),
))
def test_POL_4_resources(policies, resource, hit):
    client = policies(allow(), deny(resource=resource))
    if hit:
        denied(get(client), "DescribeBroker", B1)
    else:
        assert_ok(get(client))
        assert_ok(get(client, "/v1/brokers/b-1/users"))


def test_POL_4_a_pattern_that_could_take_for_ever(policies):
    """Many stars against a long name."""
    client = policies(allow(), deny(resource="*" + "a*" * 240 + "b"))
    name = "a" * 50
    client = policies(sql_broker("b-long", name), allow(), deny(resource="*" + "a*" * 240 + "b"))
    assert_ok(get(client, "/v1/brokers/b-long"))


# --- What a call is about --------------------------------------------------------------------------------------

def test_POL_5_every_operation_has_its_resource(policies):
    configuration = assert_ok(policies().call("POST", "/v1/configurations", {
        "engineType": "ACTIVEMQ", "name": "conf"})).json()
    client = policies(deny())
    places = {"broker-id": ("b-1", B1), "configuration-id": (configuration["id"], configuration["arn"]),
              "resource-arn": (harness.segment(B1), B1), "username": ("alice", None), "configuration-revision": ("1", None)}
    for name, operation in model.OPERATIONS.items():
        target, resource = operation["path"], "*"
        for place, (value, arn) in places.items():
            if "{%s}" % place in target:
                target = target.replace("{%s}" % place, value)
                resource = arn or resource
        assert "{" not in target, target
        denied(client.call(operation["method"], target, {} if operation["method"] in ("POST", "PUT") else None), name, resource)


@pytest.mark.parametrize("broker", ("b-none", "b-o", "b-cn"))
def test_POL_6_an_unknown_broker_has_the_name_star(policies, broker):
    """Also one of another world."""
    arn = f"arn:aws:mq:us-east-1:123456789012:broker:*:{broker}"
    denied(get(policies(deny()), f"/v1/brokers/{broker}"), "DescribeBroker", arn)
    client = policies(allow(resource="*:broker:two:*"))
    denied(get(client, f"/v1/brokers/{broker}/users/alice"), "DescribeUser", arn)
    assert_no_broker(get(policies(allow()), f"/v1/brokers/{broker}"), broker)


def test_POL_6_an_unknown_configuration_and_any_arn(policies):
    client = policies(deny())
    denied(get(client, "/v1/configurations/c-none"), "DescribeConfiguration",
           "arn:aws:mq:us-east-1:123456789012:configuration:c-none")
    for arn in ("arn:aws:mq:us-east-1:210987654321:broker:x:b-o", "nonsense"):
        denied(get(client, harness.tags_path(arn)), "ListTags", arn)


# --- The caller's ARN ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("region, partition", (("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")))
def test_POL_7_the_partition_is_the_region_s(policies, region, partition):
    client = policies(deny())
    for key, user in (("AKIDADA", "user/ada"), ("AKIDBOB", "root")):
        denied(get(client, "/v1/brokers/b-x", credential(key, region)), "DescribeBroker",
               f"arn:{partition}:mq:{region}:123456789012:broker:*:b-x", f"arn:{partition}:iam::123456789012:{user}")


def test_POL_7_a_broker_of_china(policies):
    denied(get(policies(deny()), "/v1/brokers/b-cn", credential("AKIDADA", "cn-north-1")), "DescribeBroker",
           "arn:aws-cn:mq:cn-north-1:123456789012:broker:cn:b-cn", "arn:aws-cn:iam::123456789012:user/ada")


# --- Its place among the checks --------------------------------------------------------------------------------

def test_POL_8_before_faults_bodies_and_brokers_behind_the_path(policies):
    client = policies(deny(), harness.sql_fault(error="ConflictException", times=1))
    denied(client.call("POST", harness.user_path("b-1", "x"), b"{oops"), "CreateUser", B1)
    denied(get(client, "/v1/brokers?maxResults=x"), "ListBrokers", "*")
    harness.assert_no_route(get(client, "/v1/nothing"))
    assert client.call("OPTIONS", "/v1/brokers").status == 200
    assert client.call("POST", harness.user_path("b-1", "x"), b" " * (1 << 21)).status == 413
    # The fault was not used up.
    control.done(client, "POST", "/_local/seed", "DELETE FROM policy;")
    assert client.call("GET", "/v1/brokers", check=harness.CHECK_SHARED).status == 409


def test_POL_8_the_control_api_has_no_policies(policies):
    client = policies(deny(), deny("*"))
    assert_ok(control.call(client, "GET", "/_local/faults"))
    policies()
    assert_ok(get(client))


def test_POL_8_a_refused_call_does_nothing(policies):
    client = policies(allow(), deny("mq:CreateUser", access_key="AKIDADA"), deny("mq:DeleteUser"))
    denied(client.call("POST", harness.user_path("b-1", "bob"), {"password": harness.PASSWORD}, headers=[ADA]), "CreateUser", B1,
           "arn:aws:iam::123456789012:user/ada")
    denied(client.call("DELETE", harness.user_path("b-1", "alice")), "DeleteUser", B1)
    assert assert_ok(get(client, "/v1/brokers/b-1/users")).json()["users"] == [{"username": "alice"}]


def test_POL_9_with_signatures_too(serve):
    client = serve("--auth", "verify", seed=BASE + deny("mq:DescribeBroker", access_key="AKIDADA")).client()
    host = f"{client.address[0]}:{client.address[1]}"

    def signed(key, secret, target="/v1/brokers/b-1"):
        return client.call("GET", target, headers=sign.sign("GET", target, host, key=key, secret=secret))

    denied(signed("AKIDADA", "a-secret"), "DescribeBroker", B1, "arn:aws:iam::123456789012:user/ada")
    denied(signed("AKIDADA", "a-secret", "/v1/brokers"), "ListBrokers", "*", "arn:aws:iam::123456789012:user/ada")
    assert_ok(signed("AKIDBOB", "b-secret"))
    # Who one is comes before what one may.
    wrong = signed("AKIDADA", "wrong-secret")
    assert (wrong.status, wrong.error) == (403, "InvalidSignatureException")


def test_POL_9_policies_of_a_file_hold_at_the_next_start(serve, tmp_path):
    server = serve("--db", tmp_path / "db", seed=BASE + deny("mq:DescribeBroker") + allow())
    denied(get(server.client()), "DescribeBroker", B1)
    server.restart()
    denied(get(server.client()), "DescribeBroker", B1)


@pytest.mark.parametrize("columns, message", (
    ({"effect": "Allow"}, "effect: allow or deny"), ({"effect": ""}, "effect: allow or deny"),
    ({"effect": "deny", "action": "DescribeBroker"}, "action: mq: and a pattern"),
    ({"effect": "deny", "action": "mq:"}, "action: mq: and a pattern"),
    ({"effect": "deny", "action": "sqs:*"}, "action: mq: and a pattern"),
    ({"effect": "deny", "resource": ""}, "resource: 1 to 500 characters"),
    ({"effect": "deny", "resource": "x" * 501}, "resource: 1 to 500 characters"),
    ({"effect": "deny", "access_key": ""}, "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"),
    ({"effect": "deny", "access_key": "A*"}, "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"),
    ({"effect": "deny", "access_key": "x" * 129}, "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"),
), ids=str)
def test_POL_10_a_policy_that_is_none(policies, columns, message):
    client = policies()
    response = control.call(client, "POST", "/_local/seed", sql_insert("policy", **columns))
    assert_bad_request(response, f"body:1: statement 1, row 1: {message}")


def test_POL_10_defaults(policies):
    client = policies("INSERT INTO policy (effect) VALUES ('deny');")
    denied(get(client), "DescribeBroker", B1)
