"""What the tests with the AWS CLI share: running a command that must succeed or fail, waiting."""

import json
import os
import re
import subprocess
import sys

import botocore

from harness import eventually

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
LIMIT_S = 120  # for one command, with its own retries


def aws(server, command, *arguments, **variables):
    """Runs `aws mq …`; without a server the environment must name the endpoint."""
    endpoint = ["--endpoint-url", server.url] if server is not None else []
    return subprocess.run([AWS, "mq", command, *endpoint, *arguments], env={**os.environ, **variables}, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=LIMIT_S)


def done(server, command, *arguments, **variables):
    """Runs a command that must succeed; returns what it printed, parsed, or None if that is nothing."""
    result = aws(server, command, *arguments, **variables)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout) if result.stdout else None


def refused(server, error, command, *arguments, **variables):
    """Runs a command that the server must refuse with that error; returns the message it printed."""
    result = aws(server, command, *arguments, **variables)
    assert (result.returncode, result.stdout) == (255, ""), result.stderr
    operation = "".join(word.capitalize() for word in command.split("-"))
    match = re.fullmatch(rf"\nAn error occurred \({error}\) when calling the {operation} operation"
                         r"(?: \(reached max retries: \d+\))?: (.*)\n", result.stderr)
    assert match, result.stderr
    return match[1]


def word(value):
    """A value as one argument; a structure is JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def options(parameters):
    """The command line of an operation's parameters."""
    words = []
    for name, value in parameters.items():
        option = botocore.xform_name(name, "-")
        if isinstance(value, bool):
            words += [f"--{option}" if value else f"--no-{option}"]
        else:
            words += [f"--{option}", *map(word, value if isinstance(value, list) else [value])]
    return words


def user(name, broker="b-orders"):
    return ["--broker-id", broker, "--username", name]


def reboot(server, broker="b-orders"):
    assert done(server, "reboot-broker", "--broker-id", broker) is None
    eventually(lambda: done(server, "describe-broker", "--broker-id", broker)["BrokerState"] == "RUNNING",
               f"{broker} RUNNING again")


def changes(server, broker="b-orders"):
    """The pending change of each user of a broker."""
    users = done(server, "list-users", "--broker-id", broker)["Users"]
    return {row["Username"]: row.get("PendingChange") for row in users}
