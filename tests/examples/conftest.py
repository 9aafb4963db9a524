"""What the tests of docs/examples share: the examples, copied to a directory of their own, and a server that is counted."""

import os
import re
import shutil
import subprocess
import sys

import pytest

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "api"))

import harness  # noqa: E402  (found through the line above)

EXAMPLES = os.path.join(harness.ROOT, "docs", "examples")
# The longest that one run of an example's tests may take; only a failure takes so long.
LIMIT_S = 300

# How the tests of a language are named in its source.
TEST_NAMES = {"pytest": ("test_users.py", r"^def (test_\w+)\("), "node": ("users.test.mjs", r"^test\('([^']+)'"),
              "go": ("users_test.go", r"^func (Test\w+)\(t ")}


def read(*path):
    with open(os.path.join(EXAMPLES, *path), encoding="utf-8") as file:
        return file.read()


def test_names(language):
    """The tests that an example has, from its source."""
    file, pattern = TEST_NAMES[language]
    names = re.findall(pattern, read(language, file), re.MULTILINE)
    assert len(names) >= 5
    return sorted(names)


test_names.__test__ = False


class Example:
    """A copy of an example, and the environment to run it in: no setting of the person who runs the tests is there."""

    def __init__(self, directory, language):
        self.directory = str(directory / language)
        shutil.copytree(os.path.join(EXAMPLES, language), self.directory)
        self.pids = str(directory / "pids")
        server = directory / "amazonmq-local"
        # Becomes the server, but leaves its process id behind.
        binary = os.path.abspath(harness.BINARY)
        server.write_text(f'#!/bin/sh\necho $$ >>"{self.pids}"\nexec "{binary}" "$@"\n', encoding="utf-8")
        server.chmod(0o755)
        # Nor are settings of a `make` that runs the tests.
        self.env = {name: value for name, value in harness.environment().items()
                    if not name.startswith(("AWS_", "MAKE", "MFLAGS")) and not name.lower().endswith("_proxy")}
        self.env |= {"AMAZONMQ_LOCAL_BIN": str(server), "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
                     "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def replace(self, file, old, new):
        """Changes the copy; what is changed must be there once."""
        with open(self.path(file), encoding="utf-8") as source:
            text = source.read()
        assert text.count(old) == 1, f"{file} has {text.count(old)} of {old!r}"
        with open(self.path(file), "w", encoding="utf-8") as source:
            source.write(text.replace(old, new))

    def run(self, *command, **more):
        """Runs a command in the copy; its output is text, errors included."""
        return subprocess.run(command, cwd=self.directory, env=self.env | more, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False)

    def servers(self):
        """How many servers were started; none may be left."""
        if not os.path.exists(self.pids):
            return 0
        with open(self.pids, encoding="utf-8") as file:
            pids = [int(line) for line in file]
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        return len(pids)


@pytest.fixture
def example(tmp_path):
    """Makes the copy of an example, by its directory's name."""
    return lambda language: Example(tmp_path, language)
