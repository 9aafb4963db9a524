"""The pytest plugin: a server for the session, put back to the beginning before each test that uses it.

Fixtures: amazonmq_local, mq_client, amazonmq_local_server. Markers: amazonmq_seed, amazonmq_clock, amazonmq_fault.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generator, Iterator, List, Union

import pytest

if TYPE_CHECKING:
    from ._server import Server

MARKERS = {
    "amazonmq_seed": "amazonmq_seed(*seeds): applies SQL, or the file or directory of a path beside the test's file, "
                     "after the seeds of the session.",
    "amazonmq_clock": "amazonmq_clock(now=None, advance=None): sets the server's clock, such as '2026-12-24T18:00:00Z', or "
                      "advances it, such as '7d'.",
    "amazonmq_fault": "amazonmq_fault(operation=None, error=None, times=None, …): makes calls fail; the arguments are those "
                      "of Server.add_fault().",
}
# No test reaches AWS by an accident of the environment.
AWS_VARIABLES = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1",
                 "AWS_REGION": "us-east-1"}
AWS_REMOVED = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
# Requests that are shown below a test that failed.
SHOWN_REQUESTS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("amazonmq_local_flags", "amazonmq-local: options of the server, such as --reboot-time 1h", type="args")
    parser.addini("amazonmq_local_seeds", "amazonmq-local: seed files or directories, relative to this file", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    for line in MARKERS.values():
        config.addinivalue_line("markers", line)


def pytest_report_header() -> Union[str, List[str]]:
    url = os.environ.get("AMAZONMQ_LOCAL_URL")
    return f"amazonmq-local: {url} (AMAZONMQ_LOCAL_URL); tests that use it empty it" if url else []


def pytest_itemcollected(item: pytest.Item) -> None:
    """A marker without the fixture would do nothing."""
    names = getattr(item, "fixturenames", None)
    if names is not None and "amazonmq_local" not in names and any(mark.name in MARKERS for mark in item.iter_markers()):
        names.insert(0, "amazonmq_local")


@pytest.fixture(scope="session")
def amazonmq_local_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server of the session, for fixtures of a larger scope than a test. Tests use amazonmq_local."""
    from ._server import start

    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1 and os.environ.get("AMAZONMQ_LOCAL_URL"):
        pytest.fail(f"{workers} workers of pytest-xdist cannot share the server of AMAZONMQ_LOCAL_URL, since each test empties "
                    "it: unset the variable, so that each worker starts its own, or run without -n.", pytrace=False)
    folder = pytestconfig.inipath.parent if pytestconfig.inipath else pytestconfig.rootpath
    seeds = [folder / line for line in pytestconfig.getini("amazonmq_local_seeds")]
    with start(seeds, *pytestconfig.getini("amazonmq_local_flags")) as server:
        yield server


@pytest.fixture
def amazonmq_local(amazonmq_local_server: Server, request: pytest.FixtureRequest,
                   monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server as it was at its start, with what the markers of this test add.

    AWS SDKs in this process and its children find it by AWS_ENDPOINT_URL_MQ, with invented credentials.
    """
    server = amazonmq_local_server
    server.reset()
    marks = list(request.node.iter_markers())[::-1]  # those of the module and class come first
    for mark in marks:
        if mark.name == "amazonmq_seed":
            for seed in mark.args:
                server.seed(beside(seed, request.node))
    for mark in marks:
        if mark.name == "amazonmq_clock":
            set_clock(server, *mark.args, **mark.kwargs)
    for mark in marks:
        if mark.name == "amazonmq_fault":
            server.add_fault(*mark.args, **mark.kwargs)
    for name in AWS_REMOVED:
        monkeypatch.delenv(name, raising=False)
    for name, value in AWS_VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MQ", server.url)
    return server


def beside(seed: Any, item: pytest.Item) -> Any:
    """A relative path is beside the file of the test; SQL remains SQL."""
    path = item.path.parent / seed if not isinstance(seed, str) or "\n" not in seed else None
    if path is None or isinstance(seed, str) and not seed.endswith(".sql") and not os.path.exists(path):
        return seed
    return path


def set_clock(server: Server, now: Any = None, advance: Any = None) -> None:
    if now is not None:
        server.clock_set(now)
    if advance is not None:
        server.clock_advance(advance)


@pytest.fixture(scope="session")
def _amazonmq_local_session() -> Any:
    """boto3's session; it keeps the model of the service, which takes longer to load than a test takes."""
    boto3 = pytest.importorskip("boto3", reason="mq_client needs boto3: python -m pip install 'amazonmq-local[boto3]'")
    with pytest.MonkeyPatch.context() as patch:
        for name in AWS_REMOVED:
            patch.delenv(name, raising=False)
        return boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")


@pytest.fixture
def mq_client(amazonmq_local: Server, _amazonmq_local_session: Any) -> Any:
    """boto3's client of Amazon MQ for the server, in us-east-1."""
    config = pytest.importorskip("botocore.config")

    # Not through a proxy of the environment.
    return _amazonmq_local_session.client("mq", endpoint_url=amazonmq_local.url, config=config.Config(proxies={}))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Shows below a test that failed what the server was sent."""
    outcome = yield
    server = getattr(item, "funcargs", {}).get("amazonmq_local")
    if server is None or call.when != "call" or not outcome.get_result().failed:
        return
    try:
        calls = server.requests(last=SHOWN_REQUESTS)
    except Exception as problem:  # the test may have stopped it
        text = str(problem)
    else:
        text = "\n".join(f"{sent['status']} {sent['method']} {sent['path']} {sent.get('error', '')}".rstrip() for sent in calls)
    outcome.get_result().sections.append((f"amazonmq-local: the last requests, oldest first ({server.url})", text or "none"))
