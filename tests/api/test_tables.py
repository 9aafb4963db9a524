"""What one forgets when a row is added to a table of the server, with the file that lacks it."""

import json
import os
import re

import harness
import test_start_options
from tables import ENDPOINTS, OPERATIONS, OPTIONS, fixed_parts, read


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


def test_every_operation_has_its_instructions():
    message = lacking([row["name"] for row in OPERATIONS], "tests", "bench", "instructions.tsv")
    assert not message, f"{message}: make bench-check RECORD=1"


def test_a_fault_may_name_every_operation():
    """By the newest CHECK on fault.operation; a migration is never edited, so another operation takes a new one."""
    scripts = "".join(read("schema", name) for name in sorted(os.listdir(os.path.join(harness.ROOT, "schema")))
                      if name.endswith(".sql"))
    named = re.findall(r"CHECK \(operation IN \((.*?)\)\)", scripts, re.DOTALL)[-1]
    missing = {row["name"] for row in OPERATIONS} - set(re.findall(r"'(\w+)'", named))
    assert not missing, f"schema/ needs a migration whose CHECK on fault.operation has {sorted(missing)}"


def test_every_operation_is_behind_the_page_and_the_completion():
    """Both have the names put in when they are built."""
    for path in (("server", "control", "page", "page.html"), ("docs", "completion", "amazonmq-local.bash")):
        assert read(*path).count("@OPERATIONS@") == 1, f"{os.path.join(*path)} has no place for the operations"
    with harness.Server() as server:
        page = server.client().call("GET", "/_local/", check=harness.CHECK_NONE).body.decode("utf-8")
    missing = [row["name"] for row in OPERATIONS if not re.search(rf"\b{row['name']}\b", page)]
    assert not missing and "@OPERATIONS@" not in page, f"the page lacks {missing}"


def test_the_fuzz_dictionary_has_every_path():
    """tests/fuzz/run adds them to what is written there."""
    assert {"/v1/brokers", "/users", "/reboot", "/revisions", "/v1/tags", "/v1/broker-engine-types", "/_local/",
            "/_local/snapshot"} <= set(fixed_parts())
    for name in ("request", "request_target"):
        assert not (twice := [part for part in fixed_parts() if f'"{part}"\n' in read("tests", "fuzz", f"{name}.dict")]), twice


# --- Endpoints of the control API ------------------------------------------------------------------------------

def test_every_endpoint_is_documented():
    """By a row with an id, which a test names: test_fidelity. test_control_docs wants a section and an example."""
    overview = read("docs", "control-api.md").split("\n## ")[0]
    told = set(re.findall(r"^\| [A-Z]+-\d+ \| `([A-Z]+) (/_local/[\w/{}-]*)` \|", overview, re.MULTILINE))
    missing = set(ENDPOINTS) - told
    assert not missing, f"the overview of docs/control-api.md lacks {sorted(missing)}"


# --- Options ---------------------------------------------------------------------------------------------------

def test_every_option_has_its_cases():
    flags = {f"--{name}" for name, environment in OPTIONS if environment == "ENV"}
    api = sorted(flags - set(test_start_options.FLAGS))
    assert not api, f"tests/api/test_start_options.py lacks {api} in OPTIONS"


def test_every_option_is_in_the_manual():
    manual = read("docs", "amazonmq-local.1").replace("\\-", "-")
    missing = [name for name, _ in OPTIONS if f"--{name}" not in manual]
    assert not missing, f"docs/amazonmq-local.1 lacks {missing}"
