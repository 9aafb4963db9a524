"""ActiveMQ behind the API with the users and groups of an LDAP directory, which is a real one too."""

import json
import os

import pytest

import harness
from configurations import AUTHORIZATION, AUTHORIZATION_IN_DIRECTORY, broker_xml
from ldap_directory import ADDRESS, DEAD_ADDRESS, SUFFIX, Directory, need_directory
from world import PASSWORD, World, activemq, wait_until

SECOND = "second-password-2"
SERVICE = f"cn=amazon-mq,ou=Services,{SUFFIX}"
SERVICE_PASSWORD = 'service "password" \\1'
STAFF, GUESTS, GROUPS = f"ou=Staff,{SUFFIX}", f"ou=Guests,{SUFFIX}", f"ou=Groups,{SUFFIX}"
SCHEMES = ("ssl", "amqp+ssl", "stomp+ssl", "mqtt+ssl", "wss")

METADATA = {
    "Hosts": [ADDRESS], "ServiceAccountUsername": SERVICE, "ServiceAccountPassword": SERVICE_PASSWORD,
    "UserBase": STAFF, "UserSearchMatching": "(uid={0})", "UserSearchSubtree": False,
    "RoleBase": GROUPS, "RoleName": "cn", "RoleSearchMatching": "(member={0})", "RoleSearchSubtree": False,
}


def unit(name, below=SUFFIX):
    return f"dn: ou={name},{below}\nobjectClass: organizationalUnit\n\n"


def person(name, below):
    """With `person` itself, by which cachedLDAPAuthorizationMap tells users from groups."""
    return (f"dn: uid={name},{below}\nobjectClass: person\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\n"
            f"userPassword: {PASSWORD}\n\n")


def group(name, below, *members):
    return f"dn: cn={name},{below}\nobjectClass: groupOfNames\n" + "".join(f"member: {one}\n" for one in members) + "\n"


def destination(name, below, *members):
    """Members may read, write and administrate it."""
    return (f"dn: cn={name},{below}\nobjectClass: applicationProcess\n\n" +
            "".join(group(right, f"cn={name},{below}", *members) for right in ("admin", "read", "write")))


ALICE, BOB = f"uid=alice,{STAFF}", f"uid=bob,{STAFF}"
ADMINS, READERS = f"cn=admins,{GROUPS}", f"cn=readers,{GROUPS}"
ENTRIES = (
    f"dn: {SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\no: example\n\n" +
    unit("Services") + unit("Staff") + unit("Guests") + unit("Groups") + unit("Rights") +
    unit("Queue", f"ou=Rights,{SUFFIX}") + unit("Topic", f"ou=Rights,{SUFFIX}") + unit("Temp", f"ou=Rights,{SUFFIX}") +
    f"dn: {SERVICE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: {SERVICE_PASSWORD}\n\n" +
    person("alice", STAFF) + person("bob", STAFF) + person("carol", STAFF) + person("gina", GUESTS) +
    group("admins", GROUPS, ALICE) + group("readers", GROUPS, BOB) +
    destination("granted.$", f"ou=Queue,ou=Rights,{SUFFIX}", BOB, ADMINS) +
    destination("ActiveMQ.Advisory.$", f"ou=Topic,ou=Rights,{SUFFIX}", ADMINS, READERS))


@pytest.fixture(name="directory", scope="module")
def fixture_directory(tmp_path_factory):
    need_directory()
    with Directory(tmp_path_factory.mktemp("directory"), SERVICE, ENTRIES) as directory:
        yield directory


@pytest.fixture(name="home", scope="module")
def fixture_home():
    home = activemq()
    os.environ["ACTIVEMQ_HOME"] = home
    return home


def test_a_seeded_broker_without_tls(directory, home):
    """A seed's host may be a URL. The first of the tests: the broker of the others has the same ports."""
    metadata = {name[0].lower() + name[1:]: value for name, value in METADATA.items() if name != "ServiceAccountPassword"}
    seed = harness.sql_broker("b-plain", authentication_strategy="LDAP", ldap_service_account_password=SERVICE_PASSWORD,
                              ldap_server_metadata=json.dumps({**metadata, "hosts": [directory.plain]}))
    with World("activemq", [home], seed=seed) as world:
        wait_until(lambda: world.process("b-plain")["state"] == "UP", "the broker")
        assert world.lets_in("b-plain", "stomp+ssl", "alice")
        assert not world.lets_in("b-plain", "stomp+ssl", "alice", "wrong-password-1")


@pytest.fixture(name="world", scope="module")
def fixture_world(directory, home):
    directory.need_tls()
    with World("activemq", [home], variables={"JDK_JAVA_OPTIONS": directory.java_options}) as world:
        world.broker = world.create("orders", AuthenticationStrategy="LDAP", LdapServerMetadata=METADATA, Users=[])
        world.wait(world.broker)
        yield world


def test_logins(world):
    for scheme in SCHEMES:
        assert world.lets_in(world.broker, scheme, "alice"), scheme
        assert not world.lets_in(world.broker, scheme, "alice", "wrong-password-1"), scheme
        assert not world.lets_in(world.broker, scheme, "nobody"), scheme
    # In the directory, but not where the users are.
    assert not world.lets_in(world.broker, "stomp+ssl", "gina")
    assert not world.lets_in(world.broker, "stomp+ssl", "*")
    assert not world.lets_in(world.broker, "stomp+ssl", "alice", "")
    assert not world.console_lets_in(world.broker, "alice")


def test_a_password_of_the_directory_needs_no_reboot(world, directory):
    pid = world.runners[0].broker_pid()
    directory.set_password(ALICE, SECOND)
    for scheme in ("stomp+ssl", "ssl"):
        assert world.lets_in(world.broker, scheme, "alice", SECOND) and not world.lets_in(world.broker, scheme, "alice")
    directory.set_password(ALICE, PASSWORD)
    assert world.lets_in(world.broker, "stomp+ssl", "alice") and not world.lets_in(world.broker, "stomp+ssl", "alice", SECOND)
    assert world.runners[0].broker_pid() == pid


def test_groups_with_an_authorization_map(world, directory):
    """admins may send, readers may receive only, and who is in no group may nothing."""
    world.configure(world.broker, broker_xml(AUTHORIZATION))
    world.reboot(world.broker)
    assert world.may_send(world.broker, "alice")
    assert not world.may_send(world.broker, "bob") and not world.may_send(world.broker, "carol")
    directory.modify(ADMINS, f"add: member\nmember: {BOB}")
    assert world.may_send(world.broker, "bob")
    directory.modify(ADMINS, f"delete: member\nmember: {BOB}")
    assert not world.may_send(world.broker, "bob")


def test_rights_of_the_directory(world):
    world.configure(world.broker, broker_xml(AUTHORIZATION_IN_DIRECTORY))
    world.reboot(world.broker)
    assert world.may_send(world.broker, "alice", queue="granted.one")
    assert world.may_send(world.broker, "bob", queue="granted.one")
    assert not world.may_send(world.broker, "carol", queue="granted.one")
    assert not world.may_send(world.broker, "alice")
    world.configure(world.broker, broker_xml())
    world.reboot(world.broker)
    assert world.may_send(world.broker, "carol")


def shown(world, name="LdapServerMetadata"):
    return world.mq.describe_broker(BrokerId=world.broker).get(name)


def test_another_directory_waits_for_a_reboot(world, directory):
    """Users elsewhere in it and two servers, the first of which does not answer; then another password of the service account."""
    pid = world.runners[0].broker_pid()
    guests = {**METADATA, "Hosts": [DEAD_ADDRESS, ADDRESS], "UserBase": GUESTS}
    world.mq.update_broker(BrokerId=world.broker, LdapServerMetadata=guests)
    assert shown(world)["UserBase"] == STAFF and shown(world, "PendingLdapServerMetadata")["UserBase"] == GUESTS
    assert world.lets_in(world.broker, "stomp+ssl", "alice") and not world.lets_in(world.broker, "stomp+ssl", "gina")
    assert world.runners[0].broker_pid() == pid
    world.reboot(world.broker)
    assert shown(world)["UserBase"] == GUESTS and not shown(world, "PendingLdapServerMetadata")
    for scheme in ("stomp+ssl", "ssl"):
        assert world.lets_in(world.broker, scheme, "gina") and not world.lets_in(world.broker, scheme, "alice")

    directory.set_password(SERVICE, SECOND)
    world.mq.update_broker(BrokerId=world.broker, LdapServerMetadata={**METADATA, "ServiceAccountPassword": SECOND})
    assert not world.lets_in(world.broker, "stomp+ssl", "gina")
    world.reboot(world.broker)
    assert world.lets_in(world.broker, "stomp+ssl", "alice") and not world.lets_in(world.broker, "stomp+ssl", "gina")


def test_the_strategy_waits_for_a_reboot(world):
    world.mq.create_user(BrokerId=world.broker, Username="local", Password=PASSWORD)
    world.mq.update_broker(BrokerId=world.broker, AuthenticationStrategy="SIMPLE")
    assert world.lets_in(world.broker, "stomp+ssl", "alice") and not world.lets_in(world.broker, "stomp+ssl", "local")
    world.reboot(world.broker)
    assert world.lets_in(world.broker, "stomp+ssl", "local") and not world.lets_in(world.broker, "stomp+ssl", "alice")
