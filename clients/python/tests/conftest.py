"""The tests of the installed package. tests/run python-client builds and installs it; nothing of the clone is imported."""

import os
import re
import subprocess
import sys

import pytest

LIMIT_S = 300
BROKER = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"


# No setting of whoever runs the tests counts.
for _name in list(os.environ):
    if _name.startswith(("AMAZONMQ_LOCAL_", "AWS_", "PYTEST_")):
        del os.environ[_name]
os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Project:
    """A folder with tests, in which pytest runs as its users start it."""

    def __init__(self, folder):
        self.folder = folder
        self.write("pytest.ini", "[pytest]\n")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def python(self, *words):
        return subprocess.run([sys.executable, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, timeout=LIMIT_S, check=False)

    def pytest(self, *words):
        done = self.python("-m", "pytest", "-p", "no:cacheprovider", "-rs", "--strict-markers", *words)
        self.output = done.stdout
        return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|errors?)\b",
                                                                 done.stdout.rstrip().splitlines()[-1])}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)
