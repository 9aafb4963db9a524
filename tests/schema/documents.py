"""Configurations of ActiveMQ made at random from the published schemas, and what the JDK's validator says of them.

The schemas are read here once more, apart from schema/activemq/derive: what is expected comes from them and from the
validator alone.
"""

import base64
import glob
import os
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

XS = "{http://www.w3.org/2001/XMLSchema}"
XMLNS = "http://activemq.apache.org/schema/core"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MOST_WARNINGS = MOST_BREACHES = 20
UNKNOWN = "unknownName"

FOLDER = os.environ.get("AMAZONMQ_LOCAL_XSD", "")
WHY_NOT = ("AMAZONMQ_LOCAL_XSD names no folder with Amazon's schemas" if not glob.glob(os.path.join(FOLDER, "amq-*.xsd"))
           else "no java" if not shutil.which("java") else "")

INTEGERS = ["0", "1", "+7", "007", " 5 ", "\t12\n", "-0"], ["1.0", "1e3", "", " ", "-", "+-1", "0x1", "٣", "1 2", "--1", "x", "1\u00a0"]
VALUES = {  # of a type: some that are, and some that may not be
    "boolean": (["true", "false", "1", "0", " true ", "\t1\n"], ["TRUE", "yes", "", "2", "true false", "tru", "01"]),
    "integer": (INTEGERS[0] + ["-1", "99999999999999999999"], INTEGERS[1]),
    "long": (INTEGERS[0] + [str(2**63 - 1), str(-2**63)], INTEGERS[1] + [str(2**63), str(-2**63 - 1), " 99999999999999999999"]),
    "short": (INTEGERS[0] + ["32767", "-32768"], INTEGERS[1] + ["32768", "-32769", "65537"]),
    "double": (["1", "1.", ".5", "+1", "-.5e3", "1E5", "INF", "-INF", "NaN", "1e999", " 2.5 "],
               [".", "1e", "+INF", "nan", "0x1", "1f", "1d", "1 2", "", "-", "1e5.0", "1.2.3", "e1", "Infinity"]),
    "string": (["", "a", "b", ">", " a ", "x < y & \"z\" 'q'", "é😀", "tab\tand\nline"], []),
}


# --- The schemas ----------------------------------------------------------------------------------------------

class Schema:
    """elements: name -> (attributes: name -> values, collections: name -> (least, most, names), least, most)."""

    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        self.path, self.version = path, re.search(r"amq-(\d+\.\d+)", path)[1]
        self.types = {node.get("name"): self.values(node) for node in root.findall(XS + "simpleType")} | VALUES
        self.elements = {node.get("name"): self.element(node.find(XS + "complexType")) for node in root.findall(XS + "element")}

    def values(self, node):
        inside = node.find(XS + "restriction")
        listed = [value.get("value") for value in inside.findall(XS + "enumeration")]
        if listed:
            return listed, ["", "x", " " + listed[0], listed[0].upper(), listed[0] + listed[0]]
        least, most = (int(inside.find(XS + limit).get("value")) for limit in ("minInclusive", "maxInclusive"))
        return [str(least), str(most), f" {least} ", f"+{most}"], INTEGERS[1] + [str(least - 1), str(most + 1), str(2**64 + least)]

    def attribute(self, node):
        return self.types[node.get("type").split(":")[1]] if node.get("type") else self.values(node.find(XS + "simpleType"))

    def element(self, node):
        attributes = {part.get("name"): self.attribute(part) for part in node.findall(XS + "attribute")}
        outer, collections = node.find(XS + "choice"), {}
        for local in outer.iter(XS + "element") if outer is not None else []:
            inside = local.find(f"{XS}complexType/*")
            if inside is not None:
                names = [ref.get("ref")[4:] for ref in inside.findall(XS + "element")]
                any_ = inside.find(XS + "any[@maxOccurs]") is not None
                collections[local.get("name")] = (0, None, None) if any_ else (*limits(inside), names)
        return attributes, collections, *(limits(outer) if outer is not None else (0, 0))

    def may_hold(self, names):
        return sorted(self.elements) if names is None else names


def limits(node):
    return int(node.get("minOccurs", "1")), None if node.get("maxOccurs") == "unbounded" else int(node.get("maxOccurs", "1"))


def schemas():
    paths = glob.glob(os.path.join(FOLDER, "amq-*.xsd"))
    return sorted((Schema(path) for path in paths), key=lambda schema: [int(number) for number in schema.version.split(".")])


# --- Documents: nodes are (name, attributes, children), comments and other text are strings --------------------

class Maker:
    def __init__(self, seed, newest):
        self.random, self.newest = random.Random(seed), newest
        self.bad = self.random.choice((0, 0, 0.03, 0.2, 0.6))
        self.noise = self.random.choice((0, 0, 0.1))
        self.left = self.random.randrange(1, 20)

    def chance(self, of):
        return self.random.random() < of

    def attributes(self, known):
        picked = self.random.sample(sorted(known), min(len(known), self.random.choice((0, 1, 1, 2, 4))))
        # What has to differ often enough to be the same again.
        picked += [name for name in ("queue", "topic") if name in known and name not in picked and self.chance(0.5)]
        found = {}
        for name in picked:
            good, bad = known[name]
            found[name] = self.random.choice(bad if bad and self.chance(self.bad) else good)
            if self.chance(self.noise):
                found[name] = self.random.choice(("${a}", "x#{b}", "$a", "{a}"))
        if self.chance(self.noise):
            found[UNKNOWN] = "1"
        return list(found.items())

    def children(self, make):
        """The nodes, with noise between them."""
        found = []
        for node in make:
            if self.chance(self.noise):
                found.append(self.random.choice(("<!-- a\n  b -->", "<!---->", "text", "<![CDATA[<x/>]]>",
                                                 (UNKNOWN, [], [("queue", [], [])]), ("queue", [], []), ("vmCursor", [], []))))
            found.append(node)
        return found

    def count(self, least, most):
        """How many to have: within the limits, but for a bad one."""
        wanted = self.random.choice((0, 1, 1, 2, 3))
        if not self.chance(self.bad):
            wanted = max(wanted, least) if most is None else min(max(wanted, least), most)
        return wanted if self.left > 0 else least

    def element(self, name):
        attributes, collections, least, most = self.newest.elements[name]
        self.left -= 1
        count = self.count(least, most) if collections else 0
        names = [self.random.choice(sorted(collections)) for _ in range(count)]
        return name, self.attributes(attributes), self.children([self.collection(local, collections[local]) for local in names])

    def collection(self, name, row):
        least, most, names = row
        held = [self.random.choice(self.newest.may_hold(names)) for _ in range(self.count(least, most))]
        return name, [(UNKNOWN, "1")] if self.chance(self.noise) else [], self.children([self.element(child) for child in held])

    def text(self, node, root=False):
        """As somebody may have written it."""
        if isinstance(node, str):
            return node
        name, attributes, children = node
        attributes = attributes + ([("xmlns", XMLNS)] if root else [])
        self.random.shuffle(attributes)
        begin = "".join([name] + [f" {key}={self.random.choice((quoted, apostrophes))(value)}" for key, value in attributes])
        space = self.random.choice(("", "\n", "\n\t "))
        inside = "".join(space + self.text(child) for child in children)
        return f"<{begin}/>" if not children and self.chance(0.7) else f"<{begin}>{inside}{space}</{name}>"


def escaped(value):
    for character, name in ("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("\t", "#9"), ("\n", "#10"):
        value = value.replace(character, f"&{name};")
    return value


def quoted(value):
    return f'"{escaped(value)}"'


def apostrophes(value):
    return "'" + escaped(value).replace("'", "&apos;").replace("&quot;", '"') + "'"


def every_attribute(newest):
    """One document for each attribute there is, with every value of its type."""
    for element, (attributes, _, _, _) in sorted(newest.elements.items()):
        for attribute, (good, bad) in sorted(attributes.items()):
            held = [(element, [(attribute, value)], []) for value in bad + good]
            yield "broker", [], [("networkConnectors", [], [("networkConnector", [], [("connectionFilter", [], held)])])]


# --- What is to become of them ---------------------------------------------------------------------------------

class Sanitizer:
    """What the schema does not know goes; the rest in canonical form."""

    def __init__(self, schema):
        self.schema, self.warnings = schema, []

    def warn(self, reason, element, attribute=None):
        self.warnings.append([element, attribute, reason] if attribute else [element, reason])

    def node(self, node, known, inside):
        """`known`: the attributes; `inside`: name -> what to do with a child of that name."""
        name, kept, children = node[0], [], []
        for attribute, value in sorted(node[1]):
            if attribute not in known:
                self.warn("DISALLOWED_ATTRIBUTE_REMOVED", name, attribute)
            elif re.search(r"[$#]\{.*\}", value, re.DOTALL):
                self.warn("INVALID_ATTRIBUTE_VALUE_REMOVED", name, attribute)
            else:
                kept.append((attribute, value))
        for child in node[2]:
            if isinstance(child, str):
                children += [child] if child.startswith("<!--") else []
            elif child[0] in inside:
                children.append(inside[child[0]](child))
            else:
                self.warn("DISALLOWED_ELEMENT_REMOVED", child[0])
        return name, kept, children

    def element(self, node):
        attributes, collections, _, _ = self.schema.elements[node[0]]
        return self.node(node, attributes, {name: lambda child, names=row[2]: self.collection(child, names)
                                            for name, row in collections.items()})

    def collection(self, node, names):
        return self.node(node, {}, {name: self.element for name in self.schema.may_hold(names)})


def canonical(node, indent=""):
    if isinstance(node, str):
        return indent + node
    name, attributes, children = node
    begin = f"{indent}<{name}" + "".join(f" {key}={quoted(value)}" for key, value in sorted(attributes))
    if not children:
        return begin + "/>"
    if all(isinstance(child, str) for child in children):
        return begin + ">" + "".join(children) + f"</{name}>"
    return begin + ">\n" + "".join(canonical(child, indent + "  ") + "\n" for child in children) + f"{indent}</{name}>"


def validate(documents):
    """The messages of the JDK's validator on each (schema, text)."""
    lines = "".join(f"{schema.path} {base64.b64encode(text.encode()).decode()}\n" for schema, text in documents)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Validator.java")
    output = subprocess.run(["java", "-Xshare:auto", program], input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [[base64.b64decode(message).decode() for message in line.split(" ") if message]
            for line in output.removesuffix("\n").split("\n")]


def refusal(messages):
    """The halves of a pair change places; control characters are told as spaces; no more than so many are told."""
    parts = []
    for message in messages:
        message = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", message)
        if message.startswith("cvc-attribute.3"):
            parts[-1] = f"{message} and {parts[-1]}"
        else:
            parts.append(message)
    return " and ".join(parts[:MOST_BREACHES]) or None


def answers(count, seed, attributes=False):
    """`count` documents for each version as [version, what is sent, what is stored, the refusal, the warnings], where one of
    the stored text and the refusal is None. With `attributes`, those of every_attribute() too."""
    every, rows = schemas(), []
    for number, schema in enumerate(every):
        trees = list(every_attribute(every[-1])) if attributes else []
        makers = [Maker(f"{seed} {number} {i}", every[-1]) for i in range(count + len(trees))]
        trees += [maker.element("broker") for maker in makers[len(trees):]]
        for maker, tree in zip(makers, trees):
            sanitizer = Sanitizer(schema)
            name, kept, children = sanitizer.element(tree)
            text = HEAD + canonical((name, kept + [("xmlns", XMLNS)], children)) + "\n"
            rows.append((schema, maker.text(tree, root=True), text, sanitizer.warnings[:MOST_WARNINGS]))
    found = validate([(schema, text) for schema, _, text, _ in rows])
    return [[schema.version, sent, None if messages else text, refusal(messages), [] if messages else warnings]
            for (schema, sent, text, warnings), messages in zip(rows, found)]
