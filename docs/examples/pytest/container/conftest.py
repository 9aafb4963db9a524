"""amazonmq-local for every test: one container on a free port, put back to the beginning before each."""

import os
import subprocess
import uuid

import boto3
import pytest
from local_mq import LocalMQ

WORLD = """
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO user (broker_id, username, password) VALUES ('b-orders', 'admin', 'admin-password-1');
"""


@pytest.fixture(scope="session")
def server():
    name = f"amazonmq-local-{uuid.uuid4()}"
    command = ["docker", "run", "--rm", "--name", name, "--publish", "127.0.0.1::8267",
               "--env", "AMAZONMQ_LOCAL_REBOOT_TIME=1h", "--env", "AMAZONMQ_LOCAL_LOG_LEVEL=warn",
               os.environ.get("AMAZONMQ_LOCAL_IMAGE", "amazonmq-local")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline(), "the container did not start"  # a line as soon as it listens
            port = subprocess.run(["docker", "port", name, "8267/tcp"], stdout=subprocess.PIPE, text=True, check=True)
            yield LocalMQ(f"http://{port.stdout.split()[0]}")
        finally:
            process.terminate()  # docker passes the signal on


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
