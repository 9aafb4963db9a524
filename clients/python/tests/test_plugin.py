"""The pytest plugin, in projects of its users."""

import re

import pytest
from conftest import BROKER, is_running

import amazonmq_local

USERS = """
import os
import boto3

SEEN = os.path.join(os.path.dirname(__file__), "seen")

def seen(server):
    with open(SEEN, "a") as file:
        print(server.pid, server.url, file=file)
"""


def seen(project):
    path = project.folder / "seen"
    return {tuple(line.split()) for line in path.read_text().splitlines()}


def test_no_test_sees_the_state_of_another(project):
    project.write("test_it.py", f'''{USERS}
import pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number, mq_client, amazonmq_local):
    assert mq_client.list_brokers()["BrokerSummaries"] == []
    assert [call["operation"] for call in amazonmq_local.requests()] == ["ListBrokers"]
    assert amazonmq_local.faults() == []
    assert amazonmq_local.clock().year < 2050
    amazonmq_local.seed("""{BROKER}""")
    amazonmq_local.add_fault("ListBrokers", "ForbiddenException")
    amazonmq_local.clock_advance("3650d"), amazonmq_local.clock_advance("3650d"), amazonmq_local.clock_advance("3650d")
    seen(amazonmq_local)
''')
    assert project.pytest() == {"passed": 4}, project.output
    [(pid, _)] = seen(project)
    assert not is_running(pid)


def test_each_worker_of_xdist_has_a_server(project):
    project.write("test_it.py", f'''{USERS}
import pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number, mq_client, amazonmq_local):
    amazonmq_local.seed("""{BROKER}""")
    for name in "ada", "bob", "cyd":
        mq_client.create_user(BrokerId="b-1", Username=name, Password="correct-horse-12")
    assert len(amazonmq_local.requests()) == 3
    seen(amazonmq_local)
''')
    assert project.pytest("-n", "2", "--dist", "each") == {"passed": 8}, project.output
    assert len(seen(project)) == 2
    assert not any(is_running(pid) for pid, _ in seen(project))


def test_markers(project):
    project.write("tests/here.sql", BROKER)
    project.write("tests/more/user.sql",
                  "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada', 'correct-horse-1');")
    project.write("tests/test_it.py", '''
import boto3, datetime, pytest
from pathlib import Path

pytestmark = pytest.mark.amazonmq_seed("here.sql")

@pytest.mark.amazonmq_seed(Path("more"), "INSERT INTO broker (id, name) VALUES ('b-2', 'two')")
@pytest.mark.amazonmq_clock("2031-12-24T18:00:00Z", advance="7d")
@pytest.mark.amazonmq_fault("CreateUser", "ForbiddenException", username="eve")
class TestMarked:
    @pytest.mark.amazonmq_fault("DescribeUser", "InternalServerErrorException", times=1)
    def test_all(self, amazonmq_local):
        assert [broker["brokerId"] for broker in amazonmq_local.brokers()] == ["b-1", "b-2"]
        assert amazonmq_local.authenticate("b-1", "ada", "correct-horse-1")
        assert amazonmq_local.clock().date() == datetime.date(2031, 12, 31)
        assert [fault["operation"] for fault in amazonmq_local.faults()] == ["CreateUser", "DescribeUser"]

@pytest.mark.amazonmq_fault("ListBrokers", "ForbiddenException")
def test_without_the_fixture():
    """Code under test with a client of its own."""
    mq = boto3.client("mq")
    with pytest.raises(mq.exceptions.ForbiddenException):
        mq.list_brokers()

def test_again(amazonmq_local):
    assert [broker["brokerId"] for broker in amazonmq_local.brokers()] == ["b-1"]
    assert amazonmq_local.faults() == []

@pytest.mark.amazonmq_seed("INSERT INTO brokr VALUES (1)")
def test_wrong_sql(): pass

@pytest.mark.amazonmq_seed("absent.sql")
def test_no_file(): pass
''')
    assert project.pytest() == {"passed": 3, "errors": 2}, project.output
    assert "body:1:1: statement 1: no such table: brokr" in project.output
    assert re.search(r"No such file or directory: '.*tests/absent\.sql'", project.output)


def test_settings(project):
    project.write("pytest.ini", "[pytest]\namazonmq_local_flags = --reboot-time 1h --region eu-west-3\n"
                  "amazonmq_local_seeds =\n    seeds/world.sql\n    seeds/more\n")
    project.write("seeds/world.sql", BROKER)
    project.write("seeds/more/1.sql", "INSERT INTO broker (id, name) VALUES ('b-2', 'two');")
    project.write("deep/test_it.py", '''
import pytest

@pytest.fixture(scope="module")
def log(amazonmq_local_server):
    return amazonmq_local_server.log()

@pytest.mark.parametrize("number", range(2))
def test_it(log, number, amazonmq_local):
    assert log == ""
    assert [(broker["brokerId"], broker["region"]) for broker in amazonmq_local.brokers()] == [
        ("b-1", "eu-west-3"), ("b-2", "eu-west-3")]
    amazonmq_local.seed("DELETE FROM broker")
''')
    assert project.pytest("deep") == {"passed": 2}, project.output


def test_code_under_test_cannot_reach_amazon(project, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REALKEY")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    project.write("test_it.py", '''
import os
import boto3

def test_it(mq_client, amazonmq_local, monkeypatch):
    mq_client.list_brokers()
    monkeypatch.delenv("http_proxy")
    boto3.client("mq").list_brokers()
    assert {call["accessKey"] for call in amazonmq_local.requests()} == {"local"}
    assert {call["region"] for call in amazonmq_local.requests()} == {"us-east-1"}

def test_after():
    assert os.environ["AWS_ACCESS_KEY_ID"] == "REALKEY" and "AWS_ENDPOINT_URL_MQ" not in os.environ
''')
    assert project.pytest() == {"passed": 2}, project.output


def test_a_failure_shows_the_requests(project):
    project.write("test_it.py", '''
import pytest

def test_calls(mq_client):
    with pytest.raises(mq_client.exceptions.NotFoundException):
        mq_client.describe_broker(BrokerId="b-9")
    assert False

def test_stopped(amazonmq_local):
    amazonmq_local.stop()
    assert False
''')
    assert project.pytest() == {"failed": 2}, project.output
    assert "404 GET /v1/brokers/b-9 NotFoundException" in project.output
    assert project.output.count("amazonmq-local: the last requests") == 2
    assert "INTERNALERROR" not in project.output


def test_without_boto3(project):
    project.write("conftest.py", "import sys\nsys.modules['boto3'] = None\n")
    project.write("test_it.py", "def test_it(mq_client): pass\n\ndef test_server(amazonmq_local): amazonmq_local.health()\n")
    assert project.pytest() == {"passed": 1, "skipped": 1}, project.output
    assert "mq_client needs boto3: python -m pip install 'amazonmq-local[boto3]'" in project.output


def test_a_start_that_fails(project, monkeypatch):
    monkeypatch.setenv("AMAZONMQ_LOCAL_BIN", "/no/such/binary")
    project.write("test_it.py", "def test_it(amazonmq_local): pass\n\ndef test_other(): pass\n")
    assert project.pytest() == {"passed": 1, "error": 1}, project.output
    assert "/no/such/binary: No such file or directory" in project.output


def test_a_running_server(project, monkeypatch):
    with amazonmq_local.start(BROKER) as server:
        monkeypatch.setenv("AMAZONMQ_LOCAL_URL", server.url)
        project.write("test_it.py", "def test_it(mq_client):\n    assert mq_client.list_brokers()['BrokerSummaries'] == []\n")
        assert project.pytest() == {"passed": 1}, project.output
        assert f"amazonmq-local: {server.url} (AMAZONMQ_LOCAL_URL); tests that use it empty it" in project.output
        assert len(server.requests()) == 1
        assert project.pytest("-n", "2") == {"error": 1}, project.output
        assert "2 workers of pytest-xdist cannot share the server of AMAZONMQ_LOCAL_URL" in project.output


def test_a_project_that_does_not_use_it(project):
    project.write("test_it.py", '''
import sys

def test_nothing_is_imported():
    assert "amazonmq_local.pytest_plugin" in sys.modules
    assert not {"amazonmq_local._server", "amazonmq_local._control", "boto3", "botocore"} & set(sys.modules)
''')
    assert project.pytest() == {"passed": 1}, project.output
    assert "amazonmq-local" not in project.output.replace("amazonmq-local-", "").split("plugins:")[0]
    times = project.python("-X", "importtime", "-c", "import pytest, amazonmq_local.pytest_plugin").stdout
    own = [int(cost) for cost, name in re.findall(r"import time: +(\d+) \| +\d+ \| +(amazonmq_local\S*)", times)]
    assert len(own) == 2
    assert sum(own) < 20_000, "microseconds of importing the plugin"


def test_what_pytest_lists(project):
    output = project.python("-m", "pytest", "--markers").stdout
    assert all(f"@pytest.mark.amazonmq_{name}(" in output for name in ("seed", "clock", "fault"))
    output = project.python("-m", "pytest", "--help").stdout
    assert "amazonmq_local_flags" in output and "amazonmq_local_seeds" in output
    project.write("test_it.py", "")
    output = project.python("-m", "pytest", "--fixtures").stdout
    assert all(name in output for name in ("mq_client", "amazonmq_local ", "amazonmq_local_server"))


@pytest.mark.parametrize("order", ["", "reversed"])
def test_fixtures_of_the_user_come_after_the_reset(project, order):
    project.write("test_it.py", f'''
import pytest

@pytest.fixture
def broker(amazonmq_local):
    amazonmq_local.seed("""{BROKER}""")
    return "b-1"

@pytest.mark.amazonmq_seed("INSERT INTO broker (id, name) VALUES ('b-2', 'two');")
def test_it({'broker, mq_client' if order else 'mq_client, broker'}):
    assert len(mq_client.list_brokers()["BrokerSummaries"]) == 2
''')
    assert project.pytest() == {"passed": 1}, project.output
