"""README.md: its seed works as it says, and what it says of the binary is true."""

import os
import re

import harness
from harness import Server, assert_ok

with open(os.path.join(harness.ROOT, "README.md"), encoding="utf-8") as _file:
    TEXT = _file.read()


def test_the_seed_fails_twice_and_then_works():
    [seed] = re.findall(r"```sql\n(.*?)```", TEXT, re.S)
    with Server(seed=seed) as server:
        client = server.client()
        body = {"password": harness.PASSWORD}
        for _ in range(2):
            assert client.call("POST", "/v1/brokers/b-1/users/alice", body).status == 500
        assert_ok(client.call("POST", "/v1/brokers/b-1/users/alice", body))
        assert client.call("GET", "/v1/brokers/b-1/users/admin").json()["groups"] == ["admins"]


def test_every_document_it_links_is_there():
    for link in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert os.path.exists(os.path.join(harness.ROOT, link)), link
