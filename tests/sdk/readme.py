"""The README's examples, run as they stand but for the address: the tests of each client run their own language's."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def blocks(language):
    """The fenced blocks of that language, in order."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        found = re.findall(rf"^```{language}\n(.*?)^```$", file.read(), re.M | re.S)
    assert found, f"README.md has no example in {language}"
    return found


def pointed_at(server, text):
    """The example with the address of a running server instead of the default one."""
    assert "http://localhost:8267" in text
    return text.replace("http://localhost:8267", server.url)
