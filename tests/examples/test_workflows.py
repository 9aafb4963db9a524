"""docs/examples/github-actions: the workflows are well formed, and their steps do what they are there for."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import EXAMPLES, read
from workflows import parse

import harness

# They fetch from registries, and one of them changes the machine.
INSTALLS = {"binary": ["Install the tools", "Install the clients"], "service-container": []}
NAMES = sorted(name.removesuffix(".yml") for name in os.listdir(os.path.join(EXAMPLES, "github-actions")))


def load(name):
    return parse(read("github-actions", f"{name}.yml"))


def run_steps(name, directory, env, **job_env):
    """Runs the `run` steps of the job `test` as the runner does, but those that install; returns what they print.

    job_env takes the place of variables that the job sets.
    """
    job = load(name)["jobs"]["test"]
    github_env = directory / "github-env"
    github_env.touch()
    outputs, left_out = {}, []
    for step in job["steps"]:
        if "run" not in step:
            continue
        if step["name"] in INSTALLS[name]:
            left_out.append(step["name"])
            continue
        exported = dict(line.split("=", 1) for line in github_env.read_text(encoding="utf-8").splitlines())
        shell = ["sh", "-e"] if "container" in job else ["bash", "-e"]
        done = subprocess.run([*shell, "-c", step["run"]], cwd=directory / "work", stdin=subprocess.DEVNULL,
                              env=env | job.get("env", {}) | job_env | {"GITHUB_ENV": str(github_env)} | exported,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{step['name']}: {done.stdout}"
        outputs[step["name"]] = done.stdout
    assert left_out == INSTALLS[name]
    return outputs


@pytest.fixture
def runner(example, tmp_path):
    """The environment of a runner, whose workspace is the pytest example."""
    pytest.importorskip("boto3", reason="no boto3 here")
    copy = example("pytest")
    shutil.rmtree(copy.path("container"))
    os.rename(copy.directory, tmp_path / "work")
    del copy.env["AMAZONMQ_LOCAL_BIN"]
    return copy.env | {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "PIP_NO_INPUT": "1",
                       "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_workflow(name):
    workflow = load(name)
    assert set(workflow) == {"name", "on", "permissions", "jobs"} and set(workflow["jobs"]) == {"test"}
    assert workflow["on"] == ["push", "pull_request"]
    job = workflow["jobs"]["test"]
    assert set(job) <= {"runs-on", "container", "services", "env", "steps"}
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step) and set(step) <= {"name", "run", "uses", "with", "if"}
        assert "name" in step or re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
    assert NAMES == sorted(INSTALLS)


def test_the_service_container(runner, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    job = load("service-container")["jobs"]["test"]
    (service,) = job["services"].values()
    assert service["ports"] == ["127.0.0.1:8267:8267"]
    assert job["env"] == {"AMAZONMQ_LOCAL_URL": "http://localhost:8267"}
    with harness.Server(env=service["env"]) as server:
        outputs = run_steps("service-container", tmp_path, runner, AMAZONMQ_LOCAL_URL=server.url)
        # A job in a container of its own knows the service by its name.
        (host,) = job["services"]
        with server.client() as client:
            response = client.call("GET", "/_local/clock", headers=[("Host", f"{host}:8267")], check=harness.CHECK_NONE)
            assert response.status == 200
    assert "5 passed" in outputs["Test"]
    assert '"operation":"RebootBroker"' in outputs["Show what the service was sent"]


def test_the_binary(runner, tmp_path):
    work = tmp_path / "work"
    # The project as it is checked out, but built in a place of its own.
    (work / "amazonmq-local").mkdir()
    for name in ("Makefile", "schema", "server", "tests"):
        os.symlink(os.path.join(harness.ROOT, name), work / "amazonmq-local" / name)
    # What the left-out step makes.
    (work / ".venv" / "bin").mkdir(parents=True)
    (work / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (work / ".venv" / "bin" / "python").chmod(0o755)
    outputs = run_steps("binary", tmp_path, runner)
    assert "5 passed" in outputs["Test"]
    assert os.access(work / "amazonmq-local" / "build" / "amazonmq-local", os.X_OK)
