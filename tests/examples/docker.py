"""docker's command line as far as the container fixture uses it, with a process in the place of the container.

The server in it listens on a port that the caller can only learn from `docker port`, as with a published port.
"""

import argparse
import os
import re
import signal
import subprocess
import sys


def run(words):
    parser = argparse.ArgumentParser(prog="docker run", allow_abbrev=False)
    parser.add_argument("--rm", action="store_true", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--publish", required=True, choices=["127.0.0.1::8267"])
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("image", choices=["amazonmq-local"])
    options = parser.parse_args(words)
    # A container has none of the caller's environment.
    server = subprocess.Popen([os.environ["AMAZONMQ_LOCAL_BIN"], "--port", "0"],
                              env=dict(variable.split("=", 1) for variable in options.env),
                              stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    url = server.stdout.readline()
    with open(os.path.join(os.environ["FAKE_DOCKER_STATE"], options.name), "w", encoding="utf-8") as file:
        file.write(re.search(r":(\d+)$", url)[1])
    print("http://0.0.0.0:8267", flush=True)
    return server.wait()


def port(words):
    name, inside = words
    assert inside == "8267/tcp"
    with open(os.path.join(os.environ["FAKE_DOCKER_STATE"], name), encoding="utf-8") as file:
        print(f"127.0.0.1:{file.read()}")
    return 0


if __name__ == "__main__":
    sys.exit({"run": run, "port": port}[sys.argv[1]](sys.argv[2:]))
