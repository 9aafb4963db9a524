"""README.md of the package: its tests pass, and its tables name what is there."""

import os
import re

import amazonmq_local

with open(os.path.join(os.environ["PACKAGE_TEST_SOURCE"], "README.md"), encoding="utf-8") as _file:
    TEXT = _file.read()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def test_the_examples_pass(project):
    first, markers, script = blocks("python")
    assert len(first.splitlines()) == 5
    project.write("test_first.py", first)
    project.write("test_markers.py", markers)
    assert project.pytest() == {"passed": 2}, project.output
    project.write("script.py", script)
    done = project.python("script.py")
    assert done.returncode == 0 and re.fullmatch(r"http://\S+:\d+\n", done.stdout), done.stdout


def test_the_settings_are_read(project):
    project.write("pytest.ini", blocks("ini")[0])
    project.write("seeds/world.sql", "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');")
    project.write("test_it.py", "def test_it(amazonmq_local):\n    assert len(amazonmq_local.brokers()) == 1\n")
    assert project.pytest() == {"passed": 1}, project.output


def test_every_method_is_named():
    public = {name for name in dir(amazonmq_local.Server) if not name.startswith("_")}
    table = TEXT.split("| `Server` |")[1].split("\n\n")[0]
    assert {*public, "url"} == set(re.findall(r"`(\w+)", "".join(re.findall(r"^\| ([^|]*) \|", table, re.MULTILINE))))
