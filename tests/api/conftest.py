"""Fixtures of the suite, and the order that test_coverage needs."""

import glob
import os

import pytest

import harness
import runner

HERE = os.path.dirname(os.path.abspath(__file__))
POOL = 3000
_state = {"deselected": False, "modules": set()}


@pytest.fixture(scope="session")
def shared_server():
    """One server for all tests that only need brokers of their own; its creations, reboots and deletions are done
    when they are answered."""
    seed = "".join(harness.sql_broker(f"b-pool-{number:04}") for number in range(POOL))
    with harness.Server("--create-time", "0", "--reboot-time", "0", "--delete-time", "0", seed=seed) as server:
        yield server


@pytest.fixture(scope="session")
def _pool():
    return iter(range(POOL))


@pytest.fixture
def directory(tmp_path):
    """A path for --brokers."""
    return str(tmp_path / "brokers")


@pytest.fixture
def world(directory):
    """A server with --brokers."""
    with runner.World(directory) as made:
        yield made


@pytest.fixture
def client(shared_server):
    """A connection to the shared server."""
    with shared_server.client() as connection:
        yield connection


@pytest.fixture
def broker(shared_server, _pool):
    """The id of a RUNNING ActiveMQ broker of the shared server that no other test has; its name lacks the `b-`."""
    return f"b-pool-{next(_pool):04}"


@pytest.fixture
def other_broker(_pool):
    """Another broker like `broker`."""
    return f"b-pool-{next(_pool):04}"


@pytest.fixture
def serve():
    """Starts servers (arguments of harness.Server) and asserts at the end that each stops cleanly."""
    servers = []

    def start(*flags, **options):
        server = harness.Server(*flags, **options)
        server.__enter__()
        servers.append(server)
        return server

    yield start
    errors = []
    for server in reversed(servers):
        try:
            server.__exit__(None, None, None)
        except AssertionError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def pytest_collection_modifyitems(config, items):
    """test_coverage looks back on all others, so it goes last."""
    items.sort(key=lambda item: item.path.name == "test_coverage.py")
    _state["modules"] = {item.path.name for item in items}


def pytest_deselected(items):
    if items:
        _state["deselected"] = True


@pytest.fixture
def whole_suite():
    """None if every test of this directory was run, else the reason why that cannot be said."""
    files = {os.path.basename(path) for path in glob.glob(os.path.join(HERE, "test_*.py"))}
    missing = files - _state["modules"]
    if missing:
        return f"not run: {', '.join(sorted(missing))}"
    if _state["deselected"]:
        return "only selected tests were run"
    return None
