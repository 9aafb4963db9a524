"""Reading the workflows of GitHub Actions."""

import pytest

yaml = pytest.importorskip("yaml", reason="no PyYAML here")


def parse(text):
    # Not the loader of YAML 1.1, for which `on` is a truth value.
    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
            for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    return yaml.load(text, Loader)
