"""Terraform in a directory of its own, with a server that is its AWS."""

import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(HERE)), "api"))

import harness  # noqa: E402  (found through the line above)
from terraform import Terraform  # noqa: E402


@pytest.fixture
def server():
    with harness.Server("--create-time", "200ms", "--reboot-time", "200ms", "--delete-time", "200ms") as running:
        yield running


@pytest.fixture
def terraform(request, server, tmp_path):
    """A working directory with main.tf (or what the test names), initialised; only the endpoint names the server."""
    mirror = os.environ.get("AMAZONMQ_LOCAL_TF_PLUGINS")
    if not mirror:
        pytest.skip("AMAZONMQ_LOCAL_TF_PLUGINS names no mirror with the AWS provider; tests/run looks for one")
    return Terraform(server.url, mirror, os.path.join(HERE, getattr(request, "param", "main.tf")), tmp_path)
