#!/usr/bin/python3
"""A minimal test of a build: start, creating, updating and deleting a user, ctl, HTTPS, a clean stop.

    tests/fresh/smoke.py COMMAND...     COMMAND starts the server: build/amazonmq-local, or an emulator and a binary

The last line is `N passed, N failed, N skipped`.
"""

import os
import pathlib
import shlex
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "api"))

import harness  # noqa: E402
from tls_server import TlsServer  # noqa: E402

DEMO = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9"  # of schema/seeds/demo.sql
USER = f"/v1/brokers/{DEMO}/users/smoke"


def test_user(client, reboot):
    """Creates, updates and deletes a user of the demo broker; reboot() applies pending changes."""
    def expect(status, method, path, body=None):
        response = client.call(method, path, body)
        assert response.status == status, f"{method} {path}: {response}"
        return response.json() if response.body else None

    assert any(row["brokerId"] == DEMO for row in expect(200, "GET", "/v1/brokers")["brokerSummaries"])
    expect(200, "POST", USER, {"password": "correct-horse-12", "groups": ["readers"]})
    assert expect(200, "GET", USER)["pending"]["pendingChange"] == "CREATE"
    expect(400, "POST", f"{USER}2", {"password": "short"})
    reboot()
    assert expect(200, "GET", USER)["groups"] == ["readers"]
    expect(200, "PUT", USER, {"groups": ["writers"]})
    pending = expect(200, "GET", USER)["pending"]
    assert pending == {"consoleAccess": False, "groups": ["writers"], "pendingChange": "UPDATE"}, pending
    assert any(row == {"username": "smoke", "pendingChange": "UPDATE"} for row in
               expect(200, "GET", f"/v1/brokers/{DEMO}/users")["users"])
    expect(200, "DELETE", USER)
    reboot()
    expect(404, "GET", USER)


def restart_broker(client):
    """Reboots the demo broker and sets the clock to after the reboot."""
    assert client.call("POST", f"/v1/brokers/{DEMO}/reboot").status == 200
    answer = client.call("POST", "/_local/clock", {"advanceMs": 3600000}, check=harness.CHECK_NONE)
    assert answer.status == 200, answer


def start_use_and_stop():
    seed = (ROOT / "schema/seeds/demo.sql").read_text(encoding="utf-8")
    with harness.Server(seed=seed) as server:  # asserts a clean stop at the end
        client = server.client()
        test_user(client, lambda: restart_broker(client))


def ctl():
    with harness.Server() as server:
        health = harness.run("ctl", "--url", server.url, "health")
        assert health.returncode == 0 and b'"status":"ok"' in health.stdout, health
        counted = harness.run("ctl", "--url", server.url, "requests", "--count")
        assert counted.returncode == 0, counted


def state_survives():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "mq.db")
        with harness.Server("--db", path, seed=f"INSERT INTO broker (id, name) VALUES ('{DEMO}', 'orders');") as server:
            assert server.client().call("POST", USER, {"password": "correct-horse-12"}).status == 200
        with harness.Server("--db", path) as server:
            assert server.client().call("GET", USER).status == 200


def https():
    with TlsServer() as server:
        client = server.tls_client()
        assert client.call("GET", "/v1/brokers").status == 200


def time_zones():
    """On a machine that may have none."""
    window = {"dayOfWeek": "SUNDAY", "timeOfDay": "02:30", "timeZone": "US/Eastern"}
    with harness.Server(seed=f"INSERT INTO broker (id, name) VALUES ('{DEMO}', 'orders');", env={"TZDIR": "/nowhere"}) as server:
        answer = server.client().call("PUT", f"/v1/brokers/{DEMO}", {"maintenanceWindowStartTime": window})
        assert answer.status == 200, answer


def version_and_help():
    assert harness.run("--version").stdout.startswith(b"amazonmq-local ")
    assert b"--port" in harness.run("--help").stdout


def main(command):
    with tempfile.TemporaryDirectory() as directory:
        wrapper = os.path.join(directory, "amazonmq-local")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        os.chmod(wrapper, 0o755)
        harness.BINARY = wrapper
        passed = failed = 0
        for test in (version_and_help, start_use_and_stop, ctl, https, time_zones, state_survives):
            try:
                test()
                passed += 1
                print(f"ok    {test.__name__}", flush=True)
            except Exception as error:  # of any kind: the other tests still run
                failed += 1
                print(f"FAIL  {test.__name__}: {type(error).__name__}: {error}", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main([os.path.abspath(sys.argv[1]) if "/" in sys.argv[1] else sys.argv[1], *sys.argv[2:]]))
