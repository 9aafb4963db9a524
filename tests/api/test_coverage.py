"""Runs last: every operation that is built was seen to succeed, and to fail in each way the model lists."""

import pytest

import model
from harness import OBSERVED


def test_every_operation_and_modelled_error_was_seen(whole_suite):
    if whole_suite:
        pytest.skip(whole_suite)
    wanted = {(operation, "NotImplementedException") for operation in model.NOT_BUILT}
    for operation in model.BUILT:
        wanted.add((operation, model.OPERATIONS[operation]["status"]))
        wanted |= {(operation, error) for error in model.modelled_errors(operation)}
    missing = sorted(f"{operation} {outcome}" for operation, outcome in wanted - OBSERVED)
    assert not missing, f"never seen: {', '.join(missing)}"
