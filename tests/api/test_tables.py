"""What one forgets when a row is added to a table of the server, with the file that lacks it."""

import json
import os
import re

import pytest

import harness
import test_control_access
import test_start_options


def read(*path):
    with open(os.path.join(harness.ROOT, *path), encoding="utf-8") as file:
        return file.read()


def rows(path):
    """The rows of a table of operations, as {member: value} of what is written in quotes."""
    macros = dict(re.findall(r"^#define (\w+) (.+)$", read(*path), re.MULTILINE))

    def text_of(value):
        words = re.findall(r'"([^"]*)"|(\w+)', value)
        return "".join(literal if name == "" else text_of(macros[name]) for literal, name in words)

    found = []
    for row in re.findall(r"^    \{(\.\w+ = .*?)\},$", read(*path), re.MULTILINE | re.DOTALL):
        members = dict(re.findall(r"\.(\w+) = ((?:\"[^\"]*\"|[^,\"])+)", row))
        found.append({name: text_of(members[name]) for name in ("name", "method", "path") if name in members}
                     | {"status": int(members.get("status", 200))})
    return found


OPERATIONS = rows(("server", "mq", "operations.c"))
ENDPOINTS = [(row["method"], row["path"]) for row in rows(("server", "control", "endpoints.c"))]
OPTIONS = re.findall(r'^    \{"([a-z-]+)", (ENV|NULL)', read("server", "options.c"), re.MULTILINE)


def lacking(names, *path):
    """A message for those of the names that the file does not have as a word of its own."""
    text = read(*path)
    missing = [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]
    return f"{os.path.join(*path)} lacks {', '.join(missing)}" if missing else ""


def test_the_tables_are_read_whole():
    assert len(OPERATIONS) >= 25, OPERATIONS
    assert all(set(row) == {"name", "method", "path", "status"} for row in OPERATIONS), OPERATIONS
    assert ("GET", "/_local/health") in ENDPOINTS and len(ENDPOINTS) >= 15, ENDPOINTS
    assert ("port", "ENV") in OPTIONS and ("help", "NULL") in OPTIONS, OPTIONS


# --- Operations ------------------------------------------------------------------------------------------------

def test_operations_are_those_of_the_model():
    model = json.loads(read("tests", "data", "operations.json"))
    wanted = {(row["operation"], row["method"], row["path"], row["status"]) for row in model}
    found = {(row["name"], row["method"], row["path"], row["status"]) for row in OPERATIONS}
    assert found == wanted, f"server/mq/operations.c and tests/data/operations.json differ in {sorted(found ^ wanted)}"


@pytest.mark.parametrize("path", (
    ("tests", "bench", "instructions.c"),
    ("tests", "bench", "instructions.tsv"),
), ids="/".join)
def test_every_operation_is_named_in(path):
    assert not (message := lacking([row["name"] for row in OPERATIONS], *path)), message


def test_a_fault_may_name_every_operation():
    """By the newest CHECK on fault.operation; a migration is never edited, so another operation takes a new one."""
    scripts = "".join(read("schema", name) for name in sorted(os.listdir(os.path.join(harness.ROOT, "schema")))
                      if name.endswith(".sql"))
    named = re.findall(r"CHECK \(operation IN \((.*?)\)\)", scripts, re.DOTALL)[-1]
    missing = {row["name"] for row in OPERATIONS} - set(re.findall(r"'(\w+)'", named))
    assert not missing, f"schema/ needs a migration whose CHECK on fault.operation has {sorted(missing)}"


def test_every_operation_is_behind_the_page_and_the_completion():
    """Both have the names put in when they are built."""
    for path in (("server", "control", "page.html"), ("docs", "completion", "amazonmq-local.bash")):
        assert read(*path).count("@OPERATIONS@") == 1, f"{os.path.join(*path)} has no place for the operations"
    with harness.Server() as server:
        page = server.client().call("GET", "/_local/", check=harness.CHECK_NONE).body.decode("utf-8")
    missing = [row["name"] for row in OPERATIONS if not re.search(rf"\b{row['name']}\b", page)]
    assert not missing and "@OPERATIONS@" not in page, f"the page lacks {missing}"


def test_every_path_is_in_the_fuzz_dictionary():
    dictionary = read("tests", "fuzz", "request.dict")
    for row in OPERATIONS:
        for part in filter(None, re.split(r"/\{[^}]*\}|(?<=/v1)/", row["path"])):
            assert part.strip("/") in dictionary, f"tests/fuzz/request.dict lacks {part} of {row['name']}"


# --- Endpoints of the control API ------------------------------------------------------------------------------

def test_every_endpoint_has_its_row():
    text = read("docs", "fidelity.md")
    missing = [f"{method} {target}" for method, target in ENDPOINTS if f"`{method} {target}`" not in text]
    assert not missing, f"docs/fidelity.md lacks {', '.join(missing)}"


def test_every_endpoint_is_documented():
    """In the overview of the page; test_control_docs wants a section and an example for each."""
    overview = read("docs", "control-api.md").split("\n## ")[0]
    told = {(method, target) for methods, target in re.findall(r"^\| ((?:`[A-Z]+`, )*`[A-Z]+) (/_local/\w*)` \|", overview,
                                                               re.MULTILINE)
            for method in re.findall(r"[A-Z]+", methods)}
    missing = set(ENDPOINTS) - told
    assert not missing, f"the overview of docs/control-api.md lacks {sorted(missing)}"


def test_every_endpoint_is_tried_by_those_who_may_not():
    tried = set(test_control_access.ALL)
    missing = set(ENDPOINTS) - tried - {("GET", "/_local/health")}  # which is open to everybody
    assert not missing, f"tests/api/test_control_access.py lacks {sorted(missing)} in ALL"
    assert tried <= set(ENDPOINTS), f"tests/api/test_control_access.py tries {sorted(tried - set(ENDPOINTS))}, which is not there"


def test_every_endpoint_is_in_the_fuzz_dictionary():
    dictionary = read("tests", "fuzz", "request.dict")
    missing = [target for _, target in ENDPOINTS if f'"{target}"' not in dictionary]
    assert not missing, f"tests/fuzz/request.dict lacks {sorted(set(missing))}"


# --- Options ---------------------------------------------------------------------------------------------------

def test_every_option_has_its_cases():
    flags = {f"--{name}" for name, environment in OPTIONS if environment == "ENV"}
    api = sorted(flags - set(test_start_options.FLAGS))
    names = re.search(r"\bnames\[\] = \{(.*?)\};", read("tests", "unit", "test_options.c"), re.DOTALL)[1]
    unit = sorted(flags - {f"--{name}" for name in re.findall(r'"([a-z-]+)"', names)})
    assert not api + unit, f"tests/api/test_start_options.py lacks {api} in WRONG or FLAGS, tests/unit/test_options.c {unit} in names"


def test_every_option_is_in_the_manual():
    manual = read("docs", "amazonmq-local.1").replace("\\-", "-")
    missing = [name for name, _ in OPTIONS if f"--{name}" not in manual]
    assert not missing, f"docs/amazonmq-local.1 lacks {missing}"
