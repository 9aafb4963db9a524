"""docs/recipes.md shows the files under docs/examples, all of them and as they are."""

import json
import os
import re

import pytest
from conftest import EXAMPLES, TEST_NAMES, read, test_names

import harness

with open(os.path.join(harness.ROOT, "docs", "recipes.md"), encoding="utf-8") as _file:
    TEXT = _file.read()

SHOWN = dict(re.findall(r"^\[([^\]]+)\]\(examples/\1\):\n\n```\w+\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE))
FILES = sorted(os.path.relpath(os.path.join(folder, name), EXAMPLES) for folder, _, names in os.walk(EXAMPLES)
               for name in names if "__pycache__" not in folder and "node_modules" not in folder)
# Files to copy, not to read here.
UNSHOWN = ("compose/", "devcontainer/", "homebrew/", "kubernetes/")


def test_every_block_is_a_file():
    assert TEXT.count("\n```") == 2 * len(SHOWN)
    for path, text in SHOWN.items():
        assert text == read(path), path


def test_every_file_is_a_block():
    # Nobody reads checksums.
    assert sorted(SHOWN) == [path for path in FILES if path != "go/go.sum" and not path.startswith(UNSHOWN)]


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert os.path.exists(os.path.join(harness.ROOT, "docs", target)), target


@pytest.mark.parametrize("language", TEST_NAMES)
def test_each_language_shows_everything(language):
    source = "".join(text for path, text in SHOWN.items() if path.startswith(f"{language}/"))
    for path in re.findall(r"`(?:GET|POST|PUT)[^`]* /_local/(\w+)", TEXT):
        assert re.search(rf"""["'`]{path}["'`?]""", source), path
    for use in ("advance(", "login(", "fault(", "requests(", "snapshot(", "restore("):
        assert source.count(use) >= 2, f"{use} is defined, but not used"
    assert all(name in source for name in ("AWS_ENDPOINT_URL_MQ", "AMAZONMQ_LOCAL_BIN", "AMAZONMQ_LOCAL_URL"))


def test_the_languages_have_the_same_tests():
    plain = [sorted(re.sub(r"[^a-z]", "", name.lower().removeprefix("test")) for name in test_names(language))
             for language in TEST_NAMES]
    assert plain[0] == plain[1] == plain[2]
    table = re.sub(r"[^a-z]", "", TEXT.split("[control-api.md]")[0].lower())
    assert all(name in table for name in plain[0])


def test_the_container_fixture_differs_in_the_server_alone():
    def parts(path):
        head, rest = read(path).split("@pytest.fixture(scope=", 1)
        return head[head.index("WORLD"):], rest[rest.index("@pytest.fixture"):]

    assert parts("pytest/conftest.py") == parts("pytest/container/conftest.py")


def test_the_sdk_is_the_one_of_the_other_tests():
    with open(os.path.join(harness.ROOT, "tests", "sdk", "javascript", "package.json"), encoding="utf-8") as file:
        assert json.loads(read("node/package.json"))["devDependencies"] == json.load(file)["dependencies"]
