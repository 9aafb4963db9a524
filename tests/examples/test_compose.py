"""docs/examples/compose: the application works against the demo broker, with the environment that the file gives it."""

import os
import re
import subprocess
import sys

import pytest
from conftest import EXAMPLES, LIMIT_S, read

import harness


def test_the_application():
    pytest.importorskip("boto3", reason="no boto3 here")
    variables = dict(re.findall(r"^      ((?:AWS|AMAZONMQ_LOCAL)_[A-Z_]+): (\S+)$", read("compose", "compose.yaml"), re.MULTILINE))
    assert variables["AMAZONMQ_LOCAL_CONTROL_HOST"] == "amazonmq-local"
    with harness.Server("--seed", os.path.join(harness.ROOT, "schema", "seeds", "demo.sql")) as server:
        there = {name: value.replace("http://amazonmq-local:8267", server.url) for name, value in variables.items()}
        done = subprocess.run([sys.executable, os.path.join(EXAMPLES, "compose", "app.py")], env={**os.environ, **there},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['CreateUser', 'RebootBroker']\n", "")
