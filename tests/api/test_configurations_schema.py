"""UpdateConfiguration against the schemas of the service: the tables, kept answers, and the JDK's validator itself."""

import json
import os
import subprocess
import sys

import pytest

import model
from configuration_calls import created, stored, update
from harness import ROOT, assert_bad_request, assert_ok, sql_insert

sys.path.insert(0, os.path.join(ROOT, "tests", "schema"))
import documents

REVISIONS = 250  # of one configuration
KEPT = os.path.join(model.DATA, "schema-answers.jsonl")


def answer(client, configuration, number, sent):
    """[what is stored, the refusal, the warnings], as in the rows."""
    response = update(client, configuration, sent)
    if response.status != 200:
        message = response.json()["message"]
        assert_bad_request(response, message, "data")
        return [None, message.removeprefix("The specified XML configuration data is invalid: "), []]
    warnings = [[row[name] for name in ("elementName", "attributeName", "reason") if name in row]
                for row in assert_ok(response).json()["warnings"]]
    return [stored(client, configuration, number), None, warnings]


def differences(serve, rows):
    """The rows that the server answers otherwise, with its answer."""
    versions = sorted({version for version, *_ in rows} - {"5.18", "5.19"})
    client = serve(seed="".join(sql_insert("engine_version", engine_type="ACTIVEMQ", version=version)
                                for version in versions)).client()
    configurations, found = {}, []
    for version, sent, *wanted in rows:
        configuration, revision = configurations.get(version, (None, REVISIONS))
        if revision >= REVISIONS:
            configuration, revision = created(client, engineVersion=version), 1
        got = answer(client, configuration, revision + 1, sent)
        configurations[version] = configuration, revision + (got[0] is not None)
        if got != wanted:
            found.append((version, sent, wanted, got))
    return found


def assert_same(serve, rows):
    found = differences(serve, rows)
    shown = "\n\n".join(f"{version} {sent}\nwanted {wanted}\n   got {got}" for version, sent, wanted, got in found[:3])
    assert not found, f"{len(found)} of {len(rows)} documents are answered otherwise, the first of them:\n{shown}"


def test_CFG_54_the_tables_are_made_from_the_schemas():
    if not documents.schemas():
        pytest.skip(documents.WHY_NOT)
    made = subprocess.run([os.path.join(ROOT, "schema", "activemq", "derive")], stdout=subprocess.PIPE, check=True).stdout
    with open(os.path.join(ROOT, "server", "mq", "activemq_tables.c"), "rb") as file:
        assert file.read() == made, "run schema/activemq/derive >server/mq/activemq_tables.c"


def test_CFG_54_CFG_56_CFG_57_CFG_58_CFG_59_kept_answers_of_the_validator(serve):
    with open(KEPT, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    assert len(rows) >= 300
    assert 100 < sum(refusal is not None for _, _, _, refusal, _ in rows) < 200
    assert_same(serve, rows)


def test_CFG_54_CFG_56_CFG_57_CFG_58_CFG_59_answers_of_the_validator(serve):
    if documents.WHY_NOT:
        pytest.skip(documents.WHY_NOT)
    rows = documents.answers(600, "compared", attributes=True)
    told = " ".join(refusal for _, _, _, refusal, _ in rows if refusal)
    for message in ("cvc-attribute.3", "cvc-datatype-valid.1.2.1", "cvc-minInclusive-valid", "cvc-maxInclusive-valid",
                    "cvc-enumeration-valid", "cvc-complex-type.2.4.b", "cvc-complex-type.2.4.d", "cvc-identity-constraint.4.1",
                    "cvc-identity-constraint.4.2.1.a", "cvc-identity-constraint.4.2.2"):
        assert message in told, f"no document makes the validator say {message}"
    assert_same(serve, rows)
