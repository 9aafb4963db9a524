"""Runs last: every operation was seen to succeed, and to fail in each way the model lists."""

import pytest

import model
from harness import OBSERVED


def test_every_operation_and_modelled_error_was_seen(whole_suite):
    if whole_suite:
        pytest.skip(whole_suite)
    wanted = set()
    for operation, row in model.OPERATIONS.items():
        wanted.add((operation, row["status"]))
        wanted |= {(operation, error) for error in model.modelled_errors(operation)}
    missing = sorted(f"{operation} {outcome}" for operation, outcome in wanted - OBSERVED)
    assert not missing, f"never seen: {', '.join(missing)}"
