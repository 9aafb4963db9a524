"""docs/control-api.md: its examples are executed in their order and give the answers that stand there."""

import json
import os
import re
import shutil
import subprocess

import pytest

import harness

with open(os.path.join(harness.ROOT, "docs", "control-api.md"), encoding="utf-8") as _file:
    TEXT = _file.read()

BLOCKS = dict(re.findall(r"```(sh|sql)\n(.*?)```", TEXT, re.DOTALL))
VARYING = {"created": str, "durationUs": int, "now": str, "nowMs": int, "number": int, "offsetMs": int, "requestId": str, "time": str}


def examples():
    """(command, the answer that follows it), in their order."""
    for text in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            yield command, answer.strip()


def fixed(value):
    """The answer without what differs from run to run; its type and its form remain."""
    if isinstance(value, list):
        return [fixed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: (VARYING[name].__name__, re.sub(r"\w", "x", item) if isinstance(item, str) else "")
            if isinstance(item, VARYING.get(name, ())) else fixed(item) for name, item in value.items()}


def same(got, wanted):
    if not wanted.startswith("{"):
        return got == wanted
    try:
        one, two = json.loads(got), json.loads(wanted)
    except ValueError:
        return False
    return fixed(one) == fixed(two) and list(one) == list(two)


def test_the_examples(tmp_path):
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    (tmp_path / "world.sql").write_text(BLOCKS["sql"], encoding="utf-8")
    flags = BLOCKS["sh"].split()[1:]
    flags[flags.index("world.sql")] = str(tmp_path / "world.sql")
    commands = list(examples())
    assert len(commands) > 25
    with harness.Server(*flags) as server:
        for command, answer in commands:
            result = subprocess.run(["sh", "-c", command], cwd=tmp_path, env={**os.environ, "URL": server.url, "NO_PROXY": "*"},
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.DEADLINE_S, check=False)
            got = result.stdout.decode("utf-8").strip()
            assert result.returncode == 0, f"{command}: {result.stderr!r}"
            assert same(got, answer), f"{command}\n  answers {got}\n  not     {answer}"


def test_the_refusal_without_a_token():
    with harness.Server("--control-token", "a-long-token") as server, server.client() as client:
        response = client.call("GET", "/_local/clock", check=harness.CHECK_NONE)
        assert response.status == 401
        assert f"```text\n{response.body.decode()}\n```" in TEXT


def test_every_endpoint_has_a_section_and_an_example():
    commands = " ".join(command for command, _ in examples())
    rows = re.findall(r"\| ((?:`[^|]*`(?:, )?)+) \| [^|]+ \|\n", TEXT.split("## Health")[0])
    names = {name for row in rows for name in re.findall(r"/_local/(\w+)", row)}
    assert names >= {"health", "reset", "seed", "snapshot", "clock", "faults", "requests", "brokers", "authenticate", "metrics"}
    for name in names:
        assert f"\n## {name.capitalize()}\n" in TEXT and f"/_local/{name}" in commands, name


def test_the_options_are_those_of_the_help():
    help_text = harness.run("--help").stdout.decode()
    rows = re.findall(r"\| `--([a-z-]+)` \| (?:`([^`]*)`)? ?\|", TEXT)
    assert [name for name, _ in rows] == ["control", "control-token", "control-host", "journal", "throttle"]
    for name, default in rows:
        line = re.search(rf"--{name} .*", help_text)[0]
        told = re.search(r"\(default (\w+)\)", line)
        assert (told[1] if told else "") == default, line
