"""docs/examples: the tests in there pass against the server, each of them, and fail where the code under test is wrong."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import test_names

import harness

MODULES = os.path.join(harness.ROOT, "build", "node", "node_modules")
OLDEST_NODE = 20
# What the go command prints when a module cannot be fetched or the toolchain is too old.
GO_UNREACHABLE = re.compile(r"dial tcp|no such host|i/o timeout|connection (?:refused|reset)|proxyconnect|: \d{3} |"
                            r"module lookup disabled|TLS handshake")
GO_TOO_OLD = re.compile(r"requires go >= \S+ \(running go \S+|invalid go version|unknown directive: toolchain")

# The code under test without its reboot: (file, what is there, what comes instead).
WITHOUT_REBOOT = {
    "pytest": ("users.py", "mq.reboot_broker(BrokerId=broker_id)", "pass"),
    "node": ("users.mjs", "await mq.send(new RebootBrokerCommand({ BrokerId }));", ""),
    "go": ("users.go", "_, err := client.RebootBroker(ctx, &mq.RebootBrokerInput{BrokerId: aws.String(broker)})",
           "var err error"),
}
# The fixture without its way back to the beginning.
WITHOUT_RESET = {
    "pytest": ("conftest.py", "    server.reset(WORLD)\n", "    if not server.requests():\n        server.reset(WORLD)\n"),
    "node": ("local-mq.mjs", "  beforeEach(() => local.reset(world));\n",
             "  let begun;\n  beforeEach(() => (begun ??= local.reset(world)));\n"),
    "go": ("local_mq_test.go", '\tlocal.call("DELETE", "requests", nil)\n', ""),
}


def run_pytest(example, **more):
    pytest.importorskip("boto3", reason="no boto3 here")
    done = example.run(sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--rootdir", ".",
                       "--ignore", "container", **more)
    return done, re.findall(r"^test_users\.py::(\w+) PASSED", done.stdout, re.MULTILINE)


def run_node(example, **more):
    if not shutil.which("node"):
        pytest.skip("no Node.js here")
    version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if int(re.match(r"v(\d+)", version)[1]) < OLDEST_NODE:
        pytest.skip(f"Node.js {version} is too old; it takes {OLDEST_NODE} or newer")
    if not os.path.isdir(os.path.join(MODULES, "@aws-sdk", "client-mq")):
        pytest.skip("the AWS SDK for JavaScript is not in build/node")
    if not os.path.exists(example.path("node_modules")):
        os.symlink(MODULES, example.path("node_modules"))
    done = example.run("node", "--test", "--test-reporter=tap", **more)
    return done, re.findall(r"^ *ok \d+ - (.*)$", done.stdout, re.MULTILINE)


def run_go(example, **more):
    if not shutil.which("go"):
        pytest.skip("no Go here")
    # No newer toolchain is fetched, and no workspace or setting around the copy counts.
    settings = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false"}
    fetched = example.run("go", "mod", "download", **settings)
    if fetched.returncode != 0:
        if GO_TOO_OLD.search(fetched.stdout):
            pytest.skip(f"Go is too old: {fetched.stdout.strip()}")
        if GO_UNREACHABLE.search(fetched.stdout):
            pytest.skip("the Go module proxy cannot be reached")
        raise AssertionError(fetched.stdout)
    done = example.run("go", "test", "-count=1", "-v", "./...", **settings, **more)
    return done, re.findall(r"^--- PASS: (\w+)", done.stdout, re.MULTILINE)


RUN = {"pytest": run_pytest, "node": run_node, "go": run_go}


def assert_passed(language, done, passed):
    assert done.returncode == 0, done.stdout
    assert sorted(passed) == test_names(language), done.stdout


@pytest.mark.parametrize("language", RUN)
def test_it_passes_with_a_server_of_its_own(example, language):
    copy = example(language)
    assert_passed(language, *RUN[language](copy))
    assert copy.servers() == 1


@pytest.mark.parametrize("language", RUN)
def test_it_passes_with_a_server_that_runs_already(example, language):
    copy = example(language)
    with harness.Server("--reboot-time", "1h") as server:
        for _ in range(2):  # whatever the first run leaves behind
            assert_passed(language, *RUN[language](copy, AMAZONMQ_LOCAL_URL=server.url))
    assert copy.servers() == 0


@pytest.mark.parametrize("language", RUN)
def test_it_fails_without_the_reboot(example, language):
    copy = example(language)
    copy.replace(*WITHOUT_REBOOT[language])
    done, passed = RUN[language](copy)
    assert done.returncode != 0
    # Nothing but the tests that need a reboot: the copy still runs.
    missing = {re.sub(r"[^a-z]", "", name.lower().removeprefix("test")) for name in set(test_names(language)) - set(passed)}
    assert missing == {"newuserscanloginafterthereboot", "whatissent", "whateverfailsthenextruncompletes"}, done.stdout
    assert copy.servers() == 1


@pytest.mark.parametrize("language", RUN)
def test_it_fails_without_the_reset(example, language):
    copy = example(language)
    copy.replace(*WITHOUT_RESET[language])
    done, passed = RUN[language](copy)
    assert done.returncode != 0 and passed, done.stdout
    assert copy.servers() == 1


@pytest.mark.parametrize("language", RUN)
def test_it_says_so_where_the_server_does_not_start(example, language):
    copy = example(language)
    done, passed = RUN[language](copy, AMAZONMQ_LOCAL_DURABILITY="none")
    assert done.returncode != 0 and not passed
    assert "did not start" in done.stdout and "AMAZONMQ_LOCAL_DURABILITY" in done.stdout
    assert copy.servers() == 1


def test_go_is_formatted_and_vetted(example):
    copy = example("go")
    done, _ = run_go(copy)
    assert done.returncode == 0, done.stdout
    assert copy.run("gofmt", "-l", ".").stdout == ""
    done = copy.run("go", "vet", "./...", GOTOOLCHAIN="local", GOWORK="off", GOFLAGS="-buildvcs=false")
    assert done.returncode == 0, done.stdout


def in_container(copy):
    shutil.copy(copy.path("container", "conftest.py"), copy.path("conftest.py"))
    return copy


def test_the_container_fixture_speaks_to_docker(example, tmp_path):
    """Without an engine: what stands in for docker's command line is docker.py."""
    copy = in_container(example("pytest"))
    (tmp_path / "bin").mkdir()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "docker.py")
    docker = tmp_path / "bin" / "docker"
    docker.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
    docker.chmod(0o755)
    assert_passed("pytest", *run_pytest(copy, PATH=f"{docker.parent}:{os.environ['PATH']}", FAKE_DOCKER_STATE=str(tmp_path)))
    assert copy.servers() == 1


def test_the_container_fixture_with_a_container(example):
    if not shutil.which("docker"):
        pytest.skip("no docker here")
    copy = in_container(example("pytest"))
    if copy.run("docker", "version").returncode != 0:
        pytest.skip("docker does not answer")
    if copy.run("docker", "image", "inspect", "amazonmq-local").returncode != 0:
        pytest.skip("docker has no image amazonmq-local")
    assert_passed("pytest", *run_pytest(copy))
    assert copy.servers() == 0
