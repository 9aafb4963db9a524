"""The server's tables of operations, endpoints and options, read from its source.

As a program: the fixed parts of all paths, as entries for the dictionary of a fuzz target.
"""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def rows(*path):
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


OPERATIONS = rows("server", "mq", "operations.c")
ENDPOINTS = [(row["method"], row["path"]) for row in rows("server", "control", "endpoints.c")]
OPTIONS = re.findall(r'^    \{"([a-z-]+)", (ENV|NULL)', read("server", "options.c"), re.MULTILINE)


def fixed_parts():
    """What the paths of the tables have besides their labels."""
    operations = {part.rstrip("/") for row in OPERATIONS for part in re.split(r"\{[^}]*\}", row["path"])}
    return sorted(operations - {""}) + sorted({target for _, target in ENDPOINTS})


if __name__ == "__main__":
    print("".join(f'"{part}"\n' for part in fixed_parts()), end="")
