"""The man page, the completion for bash and `make install`: they know what --help tells, all of it and no more."""

import atexit
import functools
import os
import re
import shutil
import stat
import subprocess
import tempfile

import pytest

import harness
import model

PAGE = os.path.join(harness.ROOT, "docs", "amazonmq-local.1")

with open(PAGE, encoding="ascii") as _file:
    MANUAL = _file.read()

HELP = harness.run("--help").stdout.decode("ascii")
CTL_HELP = harness.run("ctl", "--help").stdout.decode("ascii")
CTL_COMMANDS, CTL_OPTIONS = CTL_HELP.split("\nOptions; ")


def helped_options(text):
    """(flag, value, what it does, its variable) of each option of a help text, in their order."""
    return re.findall(r"^  --(\S+) (\S*) +(.+)\n(?: {10,}(\S.*)\n)?", text, re.MULTILINE)


def helped_commands():
    """(words, options in brackets, what it does) of each command of ctl, in their order."""
    return [(words, re.findall(r"\[--(\S+?)(?: \S+)?\]", line), what)
            for line, what in re.findall(r"^  (\w.*)\n      (.*)$", CTL_COMMANDS, re.MULTILINE)
            for words in [re.split(r" (?=[A-Z\[])", line)[0]]]


@functools.cache
def completion():
    """The path of the completion as it is installed."""
    build = tempfile.mkdtemp(prefix="amazonmq-local-test-")
    atexit.register(shutil.rmtree, build)
    subprocess.run(["make", "-s", f"BUILD={build}", f"{build}/amazonmq-local.bash"], cwd=harness.ROOT, check=True,
                   timeout=harness.DEADLINE_S)
    return os.path.join(build, "amazonmq-local.bash")


OPTIONS = helped_options(HELP)
COMMANDS = helped_commands()


def test_the_help_texts_are_understood():
    """What follows compares with these lists: nothing may be missing in them."""
    assert len(OPTIONS) == len(re.findall(r"^  --", HELP, re.MULTILINE)) > 20
    assert len(helped_options(CTL_OPTIONS)) == len(re.findall(r"^  --", CTL_OPTIONS, re.MULTILINE)) > 10
    assert len(COMMANDS) == len(re.findall(r"^  \w", CTL_COMMANDS, re.MULTILINE)) > 10


# --- The man page ----------------------------------------------------------------------------------------------

def section(name):
    """The source of a section."""
    return re.search(rf"^\.SH {name}\n(.*?)(?=^\.SH|\Z)", MANUAL, re.DOTALL | re.MULTILINE)[1]


def roff(text):
    """As it is written in the page's source."""
    return text.replace("-", "\\-").replace("`", "\\(ga")


def option_source(flag, value, what, variable):
    head = f'.BI \\-\\-{roff(flag)} " {roff(value)}"' if value else f".B \\-\\-{roff(flag)}"
    return f".TP\n{head}\n{roff(what)}\n" + (f".br\n{roff(variable)}\n" if variable else "")


def entries(name):
    """The tagged paragraphs of a section."""
    return "".join(re.split(r"(?m)^(?=\.TP$)", section(name), maxsplit=1)[1:])


def test_the_page_has_the_options_of_the_help():
    assert entries("OPTIONS") == "".join(option_source(*option) for option in OPTIONS)


def test_the_page_has_the_commands_of_ctl():
    rows = re.findall(r"^  (\w.*)\n      (.*)$", CTL_COMMANDS, re.MULTILINE)
    assert entries("COMMANDS OF CTL") == "".join(f".TP\n.B {roff(line)}\n{roff(what)}\n" for line, what in rows)


def test_the_page_has_the_options_of_ctl():
    assert entries("OPTIONS OF CTL") == "".join(option_source(*option) for option in helped_options(CTL_OPTIONS))


def test_the_page_has_every_exit_status():
    assert re.findall(r"^\.B (\d)$", section("EXIT STATUS"), re.MULTILINE) == list("0123")


def test_the_examples_of_the_page_work(tmp_path):
    """Each command of the examples, with the server's own URL and a free port."""
    (tmp_path / "world.sql").write_text(harness.sql_broker("b-manual"))
    lines = [line.replace("\\-", "-") for block in re.findall(r"^\.EX\n(.*?)^\.EE$", MANUAL, re.DOTALL | re.MULTILINE)
             for line in block.splitlines()]
    start, *commands = [line.split() for line in lines]
    assert start[:3] == ["amazonmq-local", "--seed", "world.sql"] and len(commands) == 5
    with harness.Server(*[str(tmp_path / word) if word == "world.sql" else word for word in start[1:]],
                        port=None) as server:
        for command in commands:
            assert command[:2] == ["amazonmq-local", "ctl"]
            result = subprocess.run([harness.BINARY, *command[1:]], cwd=tmp_path, check=False, capture_output=True,
                                    env=harness.environment({"AMAZONMQ_LOCAL_URL": server.url}),
                                    timeout=harness.DEADLINE_S)
            assert result.returncode == 0, f"{command}: {result.stderr}"


def test_the_page_has_no_formatting_error():
    if not shutil.which("groff"):
        pytest.skip("no groff here")
    result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", PAGE], check=False, capture_output=True,
                            timeout=harness.DEADLINE_S)
    assert (result.returncode, result.stderr) == (0, b"")


# --- Completion ------------------------------------------------------------------------------------------------

def complete(*words, cwd=None):
    """What bash offers for the last word, in order of the alphabet; `=` stands alone, as bash cuts the line."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _amazonmq_local; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    result = subprocess.run(["bash", "--norc", "-uc", script, "bash", completion(), "amazonmq-local", *words], check=True,
                            cwd=cwd, capture_output=True, timeout=harness.DEADLINE_S)
    assert result.stderr == b"", result.stderr
    return sorted(result.stdout.decode().split("\n")[:-1]) if result.stdout != b"\n" else []


def flags(options):
    return {f"--{option[0]}" for option in options}


COMMON = {"--url", "--token", "--help"}


def test_sourcing_registers_it():
    result = subprocess.run(["bash", "--norc", "-c", 'source "$1" && complete -p amazonmq-local', "bash", completion()],
                            check=True, capture_output=True, timeout=harness.DEADLINE_S)
    assert result.stdout == b"complete -F _amazonmq_local amazonmq-local\n"


def test_the_options_are_offered():
    assert set(complete("")) == flags(OPTIONS) | {"ctl"}
    assert set(complete("--port", "0", "")) == flags(OPTIONS)
    assert complete("--tls-p") == ["--tls-port"] and complete("ct") == ["ctl"] and complete("x") == []


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option[0])
def test_a_value_is_never_answered_with_options(option):
    flag, value = f"--{option[0]}", option[1]
    offered = set(complete(flag, ""))
    if not value:
        assert offered == flags(OPTIONS)
    elif re.fullmatch(r"[a-z]+(\|[a-z]+)+", value):
        assert offered == set(value.split("|"))
        first = value.split("|", maxsplit=1)[0]
        assert complete(flag, "=", first) == [first] and set(complete(flag, "=")) == offered
    else:
        assert not any(word.startswith("--") for word in offered)


def test_files_are_offered_where_files_are_meant(tmp_path):
    (tmp_path / "a b.sql").touch()
    (tmp_path / "sub").mkdir()
    for words in (("--seed",), ("--db",), ("--tls-cert",), ("--tls-key",), ("--seed", "="), ("ctl", "seed"),
                  ("ctl", "--token", "t", "snapshot", "load"), ("ctl", "snapshot", "save")):
        assert complete(*words, "", cwd=tmp_path) == ["a b.sql", "sub"], words
        assert complete(*words, "a", cwd=tmp_path) == ["a b.sql"], words
    assert complete("--tls-dir", "", cwd=tmp_path) == ["sub"]
    assert complete("ctl", "seed", "a b.sql", "", cwd=tmp_path) == sorted(COMMON)


def test_the_commands_of_ctl_are_offered():
    names = {words.split()[0] for words, _, _ in COMMANDS}
    assert set(complete("ctl", "")) == names | COMMON
    for name in names:
        verbs = {words.split()[1] for words, _, _ in COMMANDS if words.startswith(f"{name} ")}
        options = {f"--{flag}" for words, taken, _ in COMMANDS if words == name for flag in taken}
        if name not in ("seed", "authenticate"):
            for before in ((), ("--url", "http://localhost:1"), ("--url", "=", "http")):
                assert set(complete("ctl", *before, name, "")) == verbs | options | COMMON, (before, name)
        assert set(complete("ctl", name, "--")) >= options or name == "seed"


def test_the_values_of_ctl_are_offered():
    for words in (("requests", "--operation"), ("faults", "add", "operation", "="), ("requests", "--operation", "=")):
        offered = complete("ctl", *words) if words[-1] == "=" else complete("ctl", *words, "")
        assert offered == sorted(model.OPERATIONS), words
    assert complete("ctl", "faults", "add", "operation", "=", "CreateU") == ["CreateUser"]
    assert complete("ctl", "faults", "add", "times", "=", "2", "drop", "=", "t") == ["true"]
    assert complete("ctl", "--password", "") == []


def test_the_keys_of_a_fault_are_offered():
    [keys] = [what.split("keys: ")[1] for words, _, what in COMMANDS if words == "faults add"]
    assert complete("ctl", "faults", "add", "") == sorted(f"{key}=" for key in keys.split(", "))
    assert complete("ctl", "faults", "add", "operation", "=", "CreateUser", "del") == ["delayMs="]


# --- Installing ------------------------------------------------------------------------------------------------

def test_make_install(tmp_path):
    """With the binary under test as what was built."""
    (tmp_path / "build").mkdir()
    shutil.copy2(harness.BINARY, tmp_path / "build" / "amazonmq-local")
    env = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PREFIX")}
    subprocess.run(["make", "-s", "-o", "all", "install", f"BUILD={tmp_path}/build", f"DESTDIR={tmp_path}/a root",
                    "PREFIX=/usr"], cwd=harness.ROOT, env=env, check=True, timeout=harness.DEADLINE_S)
    root = tmp_path / "a root" / "usr"
    installed = {os.path.relpath(os.path.join(folder, name), root): stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
                 for folder, _, names in os.walk(tmp_path / "a root") for name in names}
    assert installed == {"bin/amazonmq-local": 0o755, "share/man/man1/amazonmq-local.1": 0o644,
                         "share/doc/amazonmq-local/LICENSE": 0o644, "share/bash-completion/completions/amazonmq-local": 0o644}
    result = subprocess.run([root / "bin" / "amazonmq-local", "--version"], check=True, capture_output=True,
                            timeout=harness.DEADLINE_S)
    assert result.stdout == harness.run("--version").stdout
    subprocess.run(["make", "-s", "uninstall", f"DESTDIR={tmp_path}/a root", "PREFIX=/usr"], cwd=harness.ROOT, env=env, check=True,
                   timeout=harness.DEADLINE_S)
    assert [name for _, _, names in os.walk(tmp_path / "a root") for name in names] == []
