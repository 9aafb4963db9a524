"""What the data of a RabbitMQ configuration means for the broker that takes it: sections, limits, authentication."""

import pytest

import control_calls as control
from configuration_calls import rabbit, stored, update
from harness import (PASSWORD, Server, assert_bad_request, assert_ok, broker_name, broker_path, describe_broker,
                     rabbit_body, reboot, sql_broker, sql_insert)
from shapes import CLUSTER

LDAP = "auth_backends.1 = ldap\nauth_ldap.servers.1 = ldap.example.com\n"
USERS = [{"username": "admin", "password": PASSWORD}]
# As the developer guide has them, by size of mq.m7g: connections, channels, consumers, queues, vhosts, shovels, exchanges.
KEYS = ("connection_max", "channel_max_per_node", "consumer_max_per_channel", "cluster_queue_limit", "vhost_max",
        "runtime_parameters.limits.shovel", "cluster_exchange_limit")
CHECKED = ("max_message_size", "channel_max_per_node", "connection_max", "cluster_queue_limit", "vhost_max",
           "consumer_max_per_channel", "runtime_parameters.limits.shovel", "cluster_exchange_limit")
MOST = {
    "medium": ((300, 900, 1000, 2500, 10, 150, 12500), (300, 900, 1000, 500, 10, 50, 500)),
    "large": ((5000, 15000, 1000, 20000, 1500, 250, 100000), (5000, 15000, 1000, 10000, 1500, 150, 50000)),
    "xlarge": ((10000, 30000, 1000, 30000, 1500, 500, 150000), (10000, 30000, 1000, 15000, 1500, 300, 75000)),
    "2xlarge": ((20000, 60000, 1000, 40000, 1500, 1000, 200000), (20000, 60000, 1000, 20000, 1500, 600, 100000)),
    "4xlarge": ((40000, 120000, 1000, 60000, 1500, 2000, 300000), (40000, 120000, 1000, 30000, 1500, 1200, 150000)),
    "8xlarge": ((80000, 240000, 1000, 80000, 1500, 4000, 400000), (80000, 240000, 1000, 40000, 1500, 2400, 200000)),
    "12xlarge": ((120000, 360000, 1000, 100000, 1500, 6000, 500000),
                 (120000, 360000, 1000, 50000, 1500, 3600, 250000)),
    "16xlarge": ((160000, 480000, 1000, 120000, 1500, 8000, 600000),
                 (160000, 480000, 1000, 60000, 1500, 4800, 300000)),
}
MESSAGE = 134217728


def line_error(number):
    return f"The specified configuration data is invalid: line [{number}] is not of the form key = value."


def configured(client, text, **members):
    """A RabbitMQ configuration whose revision 2 holds that text."""
    configuration = rabbit(client, **members)
    assert_ok(update(client, configuration, text))
    return configuration


def over(revision, key, value, most):
    return (f"Configuration Revision {revision} for configuration:{key} has limit: of value: {value} larger than "
            f"maximum allowed limit:{most}")


def section(name, *lines):
    return "\n".join(["{{%s}}" % name, *lines, "{{%s}}" % name, ""])


def create(client, configuration, **members):
    members.setdefault("users", USERS)
    if isinstance(configuration, str):
        configuration = {"id": configuration}
    return client.call("POST", "/v1/brokers", rabbit_body(broker_name(), configuration=configuration, **members))


def created(client, configuration, **members):
    return assert_ok(create(client, configuration, **members)).json()["brokerId"]


def put(client, broker, **members):
    return client.call("PUT", broker_path(broker), members)


@pytest.fixture(scope="module")
def client():
    seed = (sql_broker("b-3", name="three", engine_type="RABBITMQ", engine_version="3.13",
                       host_instance_type="mq.m7g.large")
            + sql_broker("b-seeded", name="seeded", engine_type="RABBITMQ",
                         authentication_strategy="CONFIG_MANAGED"))
    with Server("--create-time", "0", "--reboot-time", "0", seed=seed) as server:
        yield server.client()


# --- The form --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("version", ["3.13", "4.2"])
def test_CFG_60_a_value_in_three_quotes_is_stored_byte_for_byte(client, version):
    text = ("auth_ldap.queries.tags = '''\n[{administrator, {in_group, \"cn=admins\"}},\n\n# no comment\n  {management, "
            "{constant, true}}]\r\n''' # the end\r\na = 1\n")
    configuration = configured(client, text, engineVersion=version)
    assert stored(client, configuration, 2) == text


@pytest.mark.parametrize("text, line", [("a = 1\nb = '''\nc = 1\n", 2), ("a = '''b''' c", 1),
                                        ("a = '''\n\n'''\nb", 4)])
def test_CFG_60_quotes_that_do_not_close(client, text, line):
    assert_bad_request(update(client, rabbit(client), text), line_error(line), "data")


@pytest.mark.parametrize("text, line", [
    (section("m7g.large.1", "consumer_timeout = 1"), 2), ("a = 1\n{{m7g.large.1}}\nvhost_max = 1\n", 2),
    (section("m7g.large.2"), 1), (section("mq.m7g.large.1"), 1), (section("nonsense.1"), 1), (section("m7g..1"), 1), (section("m7g.large.1", "{{m7g.large.3}}", "{{m7g.large.3}}"), 2),
    ("[m7g.large.1]", 1), ("a = 1\n[listeners.tcp]\nb = 2\n", 2)])
@pytest.mark.parametrize("version", ["3.13", "4.2", "4.3"])
def test_CFG_40_what_is_no_section(client, version, text, line):
    line = 1 if version == "3.13" and text.startswith("{{") else line
    assert_bad_request(update(client, rabbit(client, engineVersion=version), text), line_error(line), "data")


@pytest.mark.parametrize("version", ["3.13", "4.2", "4.3"])
def test_CFG_40_sections_from_version_4_on(client, version):
    text = "connection_max = 1\r\n" + section("m7g.large.3", "# ours", *(f"{key} = 1" for key in CHECKED))
    configuration = rabbit(client, engineVersion=version)
    response = update(client, configuration, text)
    if version == "3.13":
        assert_bad_request(response, line_error(2), "data")
    else:
        assert_ok(response)
        assert stored(client, configuration, 2) == text


def test_CFG_62_sections_are_not_for_RabbitMQ_3(client):
    configuration = configured(client, section("m7g.large.1", "vhost_max = 1"))
    refusal = (f"Configuration [{configuration}] revision [2] has sections, which [RabbitMQ] version [3.13] does not "
               "support.")
    assert_bad_request(create(client, configuration, engineVersion="3.13"), refusal, "configuration")
    assert_bad_request(put(client, "b-3", configuration={"id": configuration, "revision": 2}), refusal, "configuration")
    created(client, {"id": configuration, "revision": 1}, engineVersion="3.13")
    created(client, configuration, engineVersion="4.2")


def test_CFG_62_a_broker_that_is_upgraded_may_have_sections(client):
    configuration = configured(client, section("m7g.medium.1", "vhost_max = 1"))
    broker = created(client, None, engineVersion="3.13")
    assert put(client, broker, configuration={"id": configuration}).status == 400
    assert_ok(put(client, broker, configuration={"id": configuration}, engineVersion="4.2"))
    reboot(client, broker)
    assert describe_broker(client, broker)["configurations"]["current"] == {"id": configuration, "revision": 2}


# --- Limits ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", MOST)
@pytest.mark.parametrize("mode", ["SINGLE_INSTANCE", CLUSTER])
def test_CFG_61_CAT_18_the_maxima_of_each_type(client, size, mode):
    values = dict(zip(KEYS, MOST[size][mode == CLUSTER]), max_message_size=MESSAGE)
    where = {"hostInstanceType": f"mq.m7g.{size}", "deploymentMode": mode}
    configuration = configured(client, "".join(f"{key} = {value}\n" for key, value in values.items()))
    created(client, configuration, **where)
    for number, key in enumerate(CHECKED, 3):
        assert_ok(update(client, configuration, f"{key}={values[key] + 1}"))
        assert_bad_request(create(client, configuration, **where), over(number, key, values[key] + 1, values[key]),
                           "configuration")


def test_CFG_61_the_first_key_is_told(client):
    configuration = configured(client, "".join(f"{key} = 1000000000\n" for key in reversed(CHECKED)))
    assert_bad_request(create(client, configuration), over(2, "max_message_size", 1000000000, MESSAGE), "configuration")


@pytest.mark.parametrize("value, told", [("9" * 40, 2 ** 63 - 1), ("000301", 301), ("301 # more", 301),
                                         ("'''301'''", 301)])
def test_CFG_61_numbers(client, value, told):
    configuration = configured(client, f"connection_max = {value}")
    assert_bad_request(create(client, configuration), over(2, "connection_max", told, 300), "configuration")


@pytest.mark.parametrize("text", ["connection_max = infinity", "connection_max = -1", "#connection_max = 301",
                                  "connection_max = 301\nconnection_max = 300", "a = '''\nconnection_max = 301\n'''"])
def test_CFG_61_what_is_no_limit(client, text):
    created(client, configured(client, text))


@pytest.mark.parametrize("text, mode, told", [
    ("connection_max = 301\n" + section("m7g.medium.1", "connection_max = 300"), "SINGLE_INSTANCE", None),
    (section("m7g.medium.1", "connection_max = 300") + "connection_max = 301\n", "SINGLE_INSTANCE", 301),
    (section("m7g.medium.1", "connection_max = 302"), "SINGLE_INSTANCE", 302),
    (section("m7g.medium.1", "connection_max = 302"), CLUSTER, None),
    (section("m7g.medium.3", "connection_max = 302"), CLUSTER, 302),
    (section("m7g.large.3", "connection_max = 302"), CLUSTER, None)])
def test_CFG_61_the_section_of_the_broker_and_the_last_value(client, text, mode, told):
    response = create(client, configured(client, text), deploymentMode=mode)
    if told:
        assert_bad_request(response, over(2, "connection_max", told, 300), "configuration")
    else:
        assert_ok(response)


def test_CFG_61_RabbitMQ_3_has_no_maxima(client):
    created(client, configured(client, "connection_max = 1000000"), engineVersion="3.13")


def test_CFG_61_of_the_instance_type_after_the_reboot(client):
    configuration = configured(client, "connection_max = 301")
    broker = created(client, None)
    refusal = over(2, "connection_max", 301, 300)
    assert_bad_request(put(client, broker, configuration={"id": configuration}), refusal, "configuration")
    assert "pending" not in describe_broker(client, broker)["configurations"]
    assert_ok(put(client, broker, hostInstanceType="mq.m7g.large", configuration={"id": configuration}))
    assert_ok(put(client, broker, configuration={"id": configuration}))
    assert_bad_request(put(client, broker, hostInstanceType="mq.m7g.medium", configuration={"id": configuration}),
                       refusal, "configuration")


def test_CAT_18_a_seed_may_set_the_maxima(serve):
    seed = ("UPDATE rabbitmq_limit SET connection_max = 7, vhost_max = NULL WHERE host_instance_type = 'mq.m7g.medium';"
            "DELETE FROM rabbitmq_limit WHERE host_instance_type = 'mq.m7g.large';"
            + sql_insert("instance_option", engine_type="RABBITMQ", host_instance_type="mq.m9.large",
                         storage_type="EBS", deployment_modes=["SINGLE_INSTANCE"])
            + sql_insert("rabbitmq_limit", host_instance_type="mq.m9.large", deployment_mode="SINGLE_INSTANCE",
                         vhost_max=1))
    client = serve("--create-time", "0", seed=seed).client()
    configuration = configured(client, "connection_max = 8\nvhost_max = 1000000")
    assert_bad_request(create(client, configuration), over(2, "connection_max", 8, 7), "configuration")
    created(client, configuration, hostInstanceType="mq.m7g.large")
    assert_bad_request(create(client, configuration, hostInstanceType="mq.m9.large"),
                       over(2, "vhost_max", 1000000, 1), "configuration")
    control.done(client, "POST", "/_local/reset?empty=true")
    configuration = configured(client, "connection_max = 5001")
    assert_bad_request(create(client, configuration, hostInstanceType="mq.m7g.large"),
                       over(2, "connection_max", 5001, 5000), "configuration")


def test_what_is_stored_in_another_form_is_passed_over(serve):
    """A seed may store any text, and an older server has accepted headings."""
    seed = (sql_insert("configuration", id="c-1", name="old", engine_type="RABBITMQ")
            + sql_insert("configuration_revision", configuration_id="c-1", revision=2,
                         data="[listeners]\nno setting\n" + LDAP + "a = '''"))
    client = serve("--create-time", "0", seed=seed).client()
    assert describe_broker(client, created(client, "c-1"))["authenticationStrategy"] == "config_managed"


# --- Authentication --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, strategy", [
    (LDAP, "config_managed"), ("auth_backends.1 = oauth2", "config_managed"), ("auth_backends.1 = http", "config_managed"),
    ("auth_backends.1 = internal\nauth_backends.2 = ldap", "config_managed"),
    ("auth_backends.1.authn = ldap\nauth_backends.1.authz = internal", "config_managed"),
    ("auth_backends.1 = internal", "simple"), ("auth_backends.1 = internal # only", "simple"),
    ("# auth_backends.1 = ldap", "simple"), ("a = '''\nauth_backends.1 = ldap\n'''", "simple")])
def test_CBR_38_the_configuration_decides(client, text, strategy):
    configuration = configured(client, text)
    for given in (None, strategy, strategy.upper()):
        broker = created(client, configuration, authenticationStrategy=given)
        assert describe_broker(client, broker)["authenticationStrategy"] == strategy


def test_CBR_38_the_revision_that_is_named_counts(client):
    configuration = configured(client, LDAP)
    for revision, strategy in ((1, "simple"), (2, "config_managed"), (None, "config_managed")):
        broker = created(client, {"id": configuration, "revision": revision})
        assert describe_broker(client, broker)["authenticationStrategy"] == strategy


@pytest.mark.parametrize("text, given, right", [(LDAP, "simple", "CONFIG_MANAGED"),
                                                ("a = 1", "CONFIG_MANAGED", "SIMPLE"),
                                                (None, "config_managed", "SIMPLE")])
def test_CBR_39_another_strategy(client, text, given, right):
    configuration = text and configured(client, text)
    assert_bad_request(create(client, configuration, authenticationStrategy=given),
                       f"Authentication strategy [{given.upper()}] doesn't match the configuration. Specify [{right}].",
                       "authenticationStrategy")


@pytest.mark.parametrize("users", [None, [], USERS])
def test_CBR_34_none_or_one_where_the_configuration_manages_them(client, users):
    assert describe_broker(client, created(client, configured(client, LDAP), users=users))["users"] == []


@pytest.mark.parametrize("text, users, message", [
    ("a = 1", None, "Specify exactly one user for engine type [RABBITMQ]."),
    ("a = 1", 2, "Specify exactly one user for engine type [RABBITMQ]."),
    (LDAP, 2, "Specify no more than one user for engine type [RABBITMQ].")])
def test_CBR_34_the_configuration_says_how_many(client, text, users, message):
    users = users and [{**USERS[0], "username": f"user-{number}"} for number in range(users)]
    assert_bad_request(create(client, configured(client, text), users=users), message, "users")


def test_CBR_34_CBR_29_users_are_counted_after_the_configuration_was_found(client):
    assert_bad_request(create(client, "c-nobody", users=[]), "Configuration ID [c-nobody] can't be found. Make sure it "
                       "exists.", "configuration.id")
    name = broker_name()
    assert_ok(client.call("POST", "/v1/brokers", rabbit_body(name)))
    assert_bad_request(client.call("POST", "/v1/brokers", rabbit_body(name, users=[])),
                       "Specify exactly one user for engine type [RABBITMQ].", "users")


def test_UBR_33_the_strategy_is_staged_with_the_revision(client):
    configuration = configured(client, LDAP)
    broker = created(client, None)
    own = describe_broker(client, broker)["configurations"]["current"]
    assert_ok(put(client, broker, configuration={"id": configuration}),
              {"authenticationStrategy": "config_managed", "brokerId": broker,
               "configuration": {"id": configuration, "revision": 2}})
    body = describe_broker(client, broker)
    assert (body["authenticationStrategy"], body["pendingAuthenticationStrategy"]) == ("simple", "config_managed")
    assert_ok(put(client, broker, configuration={"id": configuration}), {"brokerId": broker})
    # What it has takes both back.
    assert_ok(put(client, broker, configuration=own), {"authenticationStrategy": "simple", "brokerId": broker,
                                                       "configuration": own})
    assert "pendingAuthenticationStrategy" not in describe_broker(client, broker)
    assert_ok(put(client, broker, configuration={"id": configuration}, authenticationStrategy="config_managed"))
    reboot(client, broker)
    body = describe_broker(client, broker)
    assert body["authenticationStrategy"] == "config_managed" and "pendingAuthenticationStrategy" not in body
    assert_ok(put(client, broker, configuration={"id": configuration, "revision": 1}))
    assert describe_broker(client, broker)["pendingAuthenticationStrategy"] == "simple"
    reboot(client, broker)
    assert describe_broker(client, broker)["authenticationStrategy"] == "simple"


def test_UBR_33_the_same_strategy_is_no_change(client):
    configuration = configured(client, "auth_backends.1 = internal")
    broker = created(client, None)
    assert_ok(put(client, broker, configuration={"id": configuration}),
              {"brokerId": broker, "configuration": {"id": configuration, "revision": 2}})
    assert "pendingAuthenticationStrategy" not in describe_broker(client, broker)


def test_UBR_33_CBR_39_another_strategy_than_the_configurations(client):
    configuration = configured(client, LDAP)
    broker = created(client, None)
    before = client.call("GET", broker_path(broker)).body
    refusal = "Authentication strategy [{}] doesn't match the configuration. Specify [{}]."
    for members, given, right in (
            ({"configuration": {"id": configuration}, "authenticationStrategy": "SIMPLE"}, "SIMPLE", "CONFIG_MANAGED"),
            ({"authenticationStrategy": "CONFIG_MANAGED"}, "CONFIG_MANAGED", "SIMPLE")):
        assert_bad_request(put(client, broker, **members), refusal.format(given, right), "authenticationStrategy")
    assert client.call("GET", broker_path(broker)).body == before
    assert_ok(put(client, broker, authenticationStrategy="simple"), {"brokerId": broker})
    assert_ok(put(client, broker, configuration={"id": configuration}))
    assert_ok(put(client, broker, authenticationStrategy="config_managed"), {"brokerId": broker})
    assert_bad_request(put(client, broker, authenticationStrategy="simple"), refusal.format("SIMPLE", "CONFIG_MANAGED"),
                       "authenticationStrategy")


def test_UBR_33_a_seed_may_have_another_strategy(client):
    body = describe_broker(client, "b-seeded")
    assert body["authenticationStrategy"] == "config_managed"
    assert_ok(put(client, "b-seeded", configuration=body["configurations"]["current"],
                  authenticationStrategy="config_managed"), {"brokerId": "b-seeded"})
    assert describe_broker(client, "b-seeded") == body
