"""Random requests signed by botocore itself: the server takes each as it was signed, and none with a byte changed.

    AMAZONMQ_LOCAL_SIGNED_REQUESTS=20000 AMAZONMQ_LOCAL_SIGNED_SEED=7 \\
        build/venv/bin/python3 -m pytest tests/sdk/python/test_boto3_signing_random.py
"""

import os
import random
import re
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

import harness

COUNT = int(os.environ.get("AMAZONMQ_LOCAL_SIGNED_REQUESTS") or 2000)
SEED = int(os.environ.get("AMAZONMQ_LOCAL_SIGNED_SEED") or 1)

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REFUSALS = {"InvalidSignatureException", "IncompleteSignatureException", "UnrecognizedClientException",
            "MissingAuthenticationTokenException"}
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            "Key and signing method. Consult the service documentation for details.")

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
STRANGE = " /?#%+&=:@!$'()*,;~._-|^\"<>{}[]\\`üñßΩж漢字\U0001f600\u200d\u0301\u00a0"
# What the places of a path hold: {} is random.
ROUTES = (
    ("/v1/brokers/{}/users/{}", ("GET", "POST", "PUT", "DELETE")),
    ("/v1/brokers/b-orders/users/{}", ("GET", "POST", "PUT", "DELETE")), ("/v1/brokers/{}/users", ("GET",)),
    ("/v1/brokers/{}", ("GET", "PUT", "DELETE")), ("/v1/brokers/{}/reboot", ("POST",)),
    ("/v1/tags/{}", ("GET", "POST", "DELETE")), ("/v1/configurations/{}", ("GET", "PUT", "DELETE")),
    ("/v1/configurations/{}/revisions/{}", ("GET",)),
)
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


class Chance:
    """Draws the parts of requests."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def maybe(self, part):
        return self.random.random() < part

    def text(self, least, most, strange=0.3):
        size = self.random.randint(least, most)
        return "".join(self.random.choice(STRANGE if self.maybe(strange) else LETTERS) for _ in range(size))

    def encoded(self, text, plain):
        """Percent-encoded in one of the many ways: what is in `plain` may stay, all else may not, the digits of a
        character's bytes are upper or lower case."""
        parts = []
        for character in text:
            if character in LETTERS + "-._~" and self.maybe(0.95) or character in plain and self.maybe(0.5):
                parts.append(character)
            else:
                parts += [(f"%{byte:02X}" if self.maybe(0.7) else f"%{byte:02x}") for byte in character.encode()]
        return "".join(parts)

    def segment(self):
        kind = self.random.random()
        if kind < 0.05:
            return self.random.choice((".", "..", "...", "%2e%2E", "%2F..%2f", "a%252Fb"))
        if kind < 0.15:
            return self.encoded(f"arn:aws:mq:us-east-1:123456789012:broker:{self.text(1, 9)}:{self.text(1, 9)}", ":")
        return self.encoded(self.text(1, 24), "!$&'()*+,;=:@|^\"<>{}\\`") or "x"

    def path(self):
        route, methods = self.random.choice(self.random.choices((ROUTES, ROUTES[:2]), (2, 1))[0])
        while "{}" in route:
            route = route.replace("{}", self.segment(), 1)
        if "/users/" in route and self.maybe(0.02):
            route = route[:route.rindex("/") + 1]  # the empty username
        return self.random.choice(methods), route

    def parameters(self):
        """Names and values, some repeated, some empty."""
        names = [self.text(1, 8) for _ in range(self.random.choice((0, 0, 1, 2, 5)))] + ["maxResults", "tagKeys"]
        wanted = self.random.choice((0, 0, 1, 2, 3, 8))
        return [(self.random.choice(names), self.text(0, 12)) for _ in range(wanted)]

    def query(self, parameters):
        """The parameters as a query that means the same; an empty value sometimes without its `=`."""
        return "&".join(self.encoded(name, "!$'()*+,;:@/?") + ("" if value == "" and self.maybe(0.5) else "=")
                        + self.encoded(value, "!$'()*+,;:@/?=") for name, value in parameters)

    def headers(self):
        """Pairs that are all signed: inner and outer blanks, empty values, repeated names."""
        pairs = [(f"X-{self.random.choice(('Amz-Meta', 'Test', 'a_b', 'a-b', 'Z9'))}-{self.text(1, 6, 0)}", self.value())
                 for _ in range(self.random.choice((0, 0, 1, 3, 6)))]
        if pairs and self.maybe(0.4):
            pairs += [(self.random.choice((pairs[0][0], pairs[0][0].upper(), pairs[0][0].lower())), self.value())
                      for _ in range(self.random.choice((1, 2)))]
        if self.maybe(0.5):
            pairs.append(("amz-sdk-request", "attempt=1;  max=3"))
        return pairs

    def value(self):
        words = [self.text(1, 8, 0) + self.random.choice(("", ",", ";", "=\"q  q\"", ":"))
                 for _ in range(self.random.randint(0, 4))]
        return "".join(word + self.random.choice((" ", "  ", "    ", " \t ", "\t")) for word in words)

    def body(self, method):
        if method == "GET" and self.maybe(0.9):
            return b""
        kind = self.random.random()
        if kind < 0.2:
            return b""
        if kind < 0.5:
            return harness.compact({"password": self.text(8, 20), "groups": [self.text(1, 5) for _ in range(3)]})
        return self.random.randbytes(self.random.choice((1, 2, 63, 64, 65, 1000, 5000)))

    def other(self, character):
        return self.random.choice(LETTERS.replace(character, ""))

    def changed(self, text, also=""):
        """The text with one letter or digit, or one of `also`, replaced by another letter or digit; None if it has none.
        Escapes stay: some mean the same, others nothing."""
        escaped = {place for match in ESCAPE.finditer(text) for place in range(*match.span())}
        places = [place for place, character in enumerate(text) if character in LETTERS + also and place not in escaped]
        if not places:
            return None
        place = self.random.choice(places)
        return text[:place] + self.other(text[place]) + text[place + 1:]


class Request:
    """A request and the headers that botocore's signer gave it."""

    def __init__(self, chance, host, credentials):
        self.method, self.path = chance.path()
        self.body = chance.body(self.method)
        parameters, pairs = chance.parameters(), chance.headers()
        self.query = chance.query(parameters)
        request = botocore.awsrequest.AWSRequest(method=self.method, url=f"http://{host}{self.path}", data=self.body)
        if chance.maybe(0.5):
            request.params = parameters
        else:  # the URL that botocore makes of them, which it signs as it is
            self.query = "&".join(f"{quote(name)}={quote(value)}" for name, value in parameters)
            request.url += f"?{self.query}" if parameters else ""
        for name, value in pairs:
            request.headers[name] = value
        if self.body and chance.maybe(0.8):
            request.headers["Content-Type"] = "application/json"
        if chance.maybe(0.2):
            request.headers["X-Amz-Content-SHA256"] = botocore.auth.SigV4Auth.payload(signer(credentials), request)
        request.headers["User-Agent"] = "Boto3/1 md/Botocore  lang/python"  # which botocore leaves out
        signer(credentials).add_auth(request)
        self.headers = [("Host", host), *request.headers.items()]
        self.changeable = {name.lower() for name, _ in pairs}

    def bytes(self, **changes):
        parts = {"path": self.path, "query": self.query, "body": self.body, "headers": self.headers, **changes}
        target = parts["path"] + ("?" + parts["query"] if parts["query"] else "")
        headers = [*parts["headers"], ("Content-Length", str(len(parts["body"])))]
        return harness.build(self.method, target, parts["body"], headers)

    def with_header(self, number, value):
        return [*self.headers[:number], (self.headers[number][0], value), *self.headers[number + 1:]]

    def numbers_of(self, names):
        return [number for number, (name, _) in enumerate(self.headers) if name.lower() in names]

    def variants(self, chance):
        """The request with one byte changed, once for each part that has one to change: (part, bytes)."""
        route, _, last = self.path.rpartition("/")
        # Without dot segments, which may swallow what was changed; the places of the route's own words stay.
        if last not in ("users", "reboot") and not {".", ".."} & set(self.path.split("/")) and (other := chance.changed(last)):
            yield "path", self.bytes(path=f"{route}/{other}")
        if other := chance.changed(self.query, "&="):
            yield "query", self.bytes(query=other)
        if self.body:
            place = chance.random.randrange(len(self.body))
            byte = bytes([self.body[place] ^ 1 << chance.random.randrange(8)])
            yield "body", self.bytes(body=self.body[:place] + byte + self.body[place + 1:])
        else:
            yield "body", self.bytes(body=chance.random.randbytes(1))
        for number in self.numbers_of(self.changeable | {"content-type", "amz-sdk-request", "host"}):
            if other := chance.changed(self.headers[number][1], ",;= "):
                yield f"header {self.headers[number][0]}", self.bytes(headers=self.with_header(number, other))
        (number,) = self.numbers_of({"authorization"})
        before, _, signature = self.headers[number][1].rpartition("=")
        place = chance.random.randrange(len(signature))
        digit = chance.random.choice("0123456789abcdef".replace(signature[place], ""))
        signature = signature[:place] + digit + signature[place + 1:]
        yield "signature", self.bytes(headers=self.with_header(number, f"{before}={signature}"))


def quote(text):
    return urllib.parse.quote(text, safe="-._~")


def signer(credentials):
    return botocore.auth.SigV4Auth(credentials, "mq", "us-east-1")


@pytest.fixture(scope="module")
def server():
    seed = harness.sql_broker("b-orders") + harness.sql_insert("access_key", id=KEY, secret=SECRET)
    with harness.Server("--auth", "verify", "--log-level", "warn", seed=seed) as running:
        yield running


def test_AUTH_9_random_requests_are_taken_as_signed_and_in_no_other_way(server):
    chance, credentials = Chance(SEED), botocore.credentials.Credentials(KEY, SECRET)
    changed = {}
    with server.client() as client:
        for count in range(COUNT):
            request = Request(chance, f"127.0.0.1:{server.port}", credentials)
            told = f"AMAZONMQ_LOCAL_SIGNED_SEED={SEED}, request {count}:"
            response = client.raw(request.bytes(), check=harness.CHECK_SHARED)
            assert response.error not in REFUSALS, f"{told} refused as it was signed: {request.bytes()!r} {response}"
            (number,) = request.numbers_of({"user-agent"})
            if chance.maybe(0.1):
                data = request.bytes(headers=request.with_header(number, "another"))
                response = client.raw(data, check=harness.CHECK_SHARED)
                assert response.error not in REFUSALS, f"{told} an unsigned header decides: {data!r} {response}"
            for part, data in request.variants(chance):
                response = client.raw(data, check=harness.CHECK_SHARED)
                assert (response.status, response.error) == (403, "InvalidSignatureException"), \
                    f"{told} {part} changed from {request.bytes()!r} to {data!r}: {response}"
                assert response.json() == {"message": MISMATCH}, response
                changed[part.split()[0]] = changed.get(part.split()[0], 0) + 1
    assert all(changed.get(part, 0) > COUNT / 4 for part in ("path", "query", "body", "header", "signature")), changed
