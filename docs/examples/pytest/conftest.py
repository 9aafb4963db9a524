"""amazonmq-local for every test: started once on a free port, put back to the beginning before each."""

import os
import subprocess

import boto3
import pytest
from local_mq import LocalMQ

WORLD = """
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO user (broker_id, username, password) VALUES ('b-orders', 'admin', 'admin-password-1');
"""


@pytest.fixture(scope="session")
def server():
    if url := os.environ.get("AMAZONMQ_LOCAL_URL"):  # one that runs already, such as a service container
        yield LocalMQ(url)
        return
    binary = os.environ.get("AMAZONMQ_LOCAL_BIN", "amazonmq-local")
    command = [binary, "--port", "0", "--reboot-time", "1h", "--log-level", "warn"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()  # printed as soon as it listens
            assert url, f"{binary} did not start"
            yield LocalMQ(url)
        finally:
            process.terminate()


@pytest.fixture
def local(server):
    server.reset(WORLD)
    return server


@pytest.fixture
def mq(local, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_MQ", local.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    return boto3.client("mq")
