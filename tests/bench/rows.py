"""Rows of the table of `make bench`, and values measured in turn."""

import statistics
import typing


class Missed(Exception):
    """A measurement that cannot be taken because something answered wrongly."""


class Skip(Exception):
    """A measurement that this machine does not allow."""


class Row(typing.NamedTuple):
    what: str
    target: str
    measured: str
    verdict: str


def row(what, target, measured, good=True):
    return Row(what, target, measured, "ok" if good else "MISSED")


def skipped(what, target, reason):
    return Row(what, target, reason, "skipped")


def failed(what, target, reason):
    return Row(what, target, reason, "FAILED")


def in_turn(rounds, sides):
    """A B … A B …: {name: function} becomes {name: its values}."""
    values = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            values[name].append(side())
    return values


def show_ms(values):
    """Median and range of milliseconds."""
    digits = 2 if statistics.median(values) < 10 else 0
    return (f"{statistics.median(values):,.{digits}f} ms  (median of {len(values)}; "
            f"{min(values):,.{digits}f} to {max(values):,.{digits}f})")


def times_row(what, ours, baseline, limit_ms=None, limit_ratio=None, missing=""):
    """A row of milliseconds, each with its own limit; `baseline` has the values of the baseline, or None and a reason."""
    middle = statistics.median(ours)
    limits = []
    if limit_ms is not None:
        limits.append(f"≤ {limit_ms:,} ms")
    if limit_ratio is not None:
        limits.append(f"≤ {limit_ratio} × the baseline")
    target = " and ".join(limits) or "no target"
    if baseline is None and limit_ms is None and limit_ratio is not None:
        return skipped(what, target, f"{missing}. It takes {show_ms(ours)}")
    good = limit_ms is None or middle <= limit_ms
    if baseline is None:
        return row(what, target, f"{show_ms(ours)}; no baseline: {missing}", good)
    ratio = middle / statistics.median(baseline)
    good = good and (limit_ratio is None or ratio <= limit_ratio)
    return row(what, target, f"{show_ms(ours)}; {ratio:.{2 if ratio >= 0.1 else 4}f} × the baseline's {show_ms(baseline)}", good)
