"""The cases of tests/data/rules.tsv: what the rules of names, passwords and groups say of values."""

import re

from tables import read

_TEXTS, _CASES = (part.splitlines() for part in read("tests", "data", "rules.tsv").split("\n\n"))
_TEXTS = {(rule, verdict): (service, seed) for rule, verdict, service, seed in (line.split("\t") for line in _TEXTS)}


def _unescape(text):
    """Undoes \\\\, \\t, \\n, \\xHH, which is a byte, and \\*N{text}."""
    def one(match):
        if match[1]:
            return _unescape(match[2]) * int(match[1])
        return bytes([int(match[3], 16)]) if match[3] else {b"t": b"\t", b"n": b"\n"}.get(match[4], match[4])
    return re.sub(rb"\\(?:\*(\d+)\{(.*?)\}|x(..)|(.))", one, text)


CASES = [(rule, verdict, _unescape(value.encode()).decode())
         for rule, verdict, value in (line.split("\t") for line in _CASES)]


def values(rule, verdict):
    """The values of which that rule says that; a request has none with a NUL."""
    found = [value for its_rule, its_verdict, value in CASES if (its_rule, its_verdict) == (rule, verdict) and "\0" not in value]
    assert found, (rule, verdict)
    return found


def text(rule, verdict, value=""):
    """What the service answers."""
    return _TEXTS[rule, verdict][0].replace("{}", value)


def broken(*names):
    """(rule, verdict, a value, what a seed says), once for each way to break these rules."""
    return [(rule, verdict, values(rule, verdict)[-1], seed) for (rule, verdict), (_, seed) in _TEXTS.items() if rule in names]
