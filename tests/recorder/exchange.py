"""Signed requests, and answers whose values of one run alone have given way to placeholders."""

import base64
import http.client
import ipaddress
import json
import re
import ssl
import time
import typing
import urllib.parse

import sign


class Answer(typing.NamedTuple):
    status: int
    headers: list  # [name, value] in order
    body: bytes

    def value(self, path):
        """What stands at a path such as configurations.current.id of the JSON body, or None."""
        try:
            value = json.loads(self.body)
            for member in path.split("."):
                value = value[member]
        except (ValueError, KeyError, TypeError):
            return None
        return value if isinstance(value, str) else None


class Endpoint:
    """Where requests go. A connection each: hours may lie between two of them."""

    def __init__(self, url, region, key, secret, session_token=None, timeout_s=120):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"not an endpoint: {url} (https://HOST or http://HOST:PORT)")
        self.https, self.hostname, self.port, self.netloc = parts.scheme == "https", parts.hostname, parts.port, parts.netloc
        self.region, self.key, self.secret, self.session_token = region, key, secret, session_token
        self.timeout_s = timeout_s

    def send(self, method, target, body=None, headers=None):
        """The Answer; OSError or HTTPException where none came."""
        own = {} if body is None else {"Content-Type": "application/json"}
        own.update(headers or {})
        if self.session_token:
            own["X-Amz-Security-Token"] = self.session_token
        now = time.time()
        signed = sign.sign(method, target, self.netloc, body or b"", key=self.key, secret=self.secret, at=now,
                           scope=sign.Scope(sign.amz_date(now)[:8], self.region), headers=own.items())
        if self.https:
            connection = http.client.HTTPSConnection(self.hostname, self.port, timeout=self.timeout_s,
                                                     context=ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(self.hostname, self.port, timeout=self.timeout_s)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in signed:
                connection.putheader(name, value)
            if body is not None or method in ("POST", "PUT"):
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body or None)
            response = connection.getresponse()
            return Answer(response.status, [list(pair) for pair in response.getheaders()], response.read())
        finally:
            connection.close()


# --- Values of a run -------------------------------------------------------------------------------------------

NAME = re.compile(r"\$\{([a-z0-9-]+)\}")


def missing(text, values):
    """The names in a text for which there is no value."""
    return [name for name in NAME.findall(text) if name not in values]


def fill_target(template, values):
    return NAME.sub(lambda match: urllib.parse.quote(values[match[1]], safe="-._~"), template)


def fill_body(template, values):
    return re.sub(NAME.pattern.encode(), lambda match: values[match[1].decode()].encode(), template)


# --- Placeholders ----------------------------------------------------------------------------------------------

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
HTTP_DATE = r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"

# Headers that differ from request to request: what of them becomes which placeholder.
HEADERS = {
    "date": [(HTTP_DATE, "<date>")],
    "last-modified": [(HTTP_DATE, "<date>")],
    "x-amzn-requestid": [(UUID, "<request id>"), (r"^[^<].*", "<request id of another form>")],
    "x-amz-request-id": [(r".+", "<request id>")],
    "x-amz-apigw-id": [(r"^[A-Za-z0-9+/_-]{15}=$", "<apigw id>"), (r"^[^<].*", "<apigw id of another form>")],
    "x-amzn-trace-id": [(r"1-[0-9a-f]{8}-[0-9a-f]{24}", "<trace id>"), (r"(Parent|Lineage)=[0-9a-f:]+", r"\1=<id>")],
    "x-amz-cf-id": [(r".+", "<cf id>")],
    "x-amz-cf-pop": [(r".+", "<cf pop>")],
    "via": [(r"[0-9a-f]{32}", "<id>")],
}

ACCOUNT = re.compile(r"(?<=:)\d{12}(?=:)")
PRINCIPAL = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[^\s\"\\]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)")
TOKEN = re.compile(r"eyJ[A-Za-z0-9+/_-]{20,}={0,2}")
RESOURCE = re.compile(r"\b(subnet|sg|vpc|eni|vpce|ami)-([0-9a-f]{8,17})\b")
IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


class Placeholders:
    """Puts the same placeholder wherever the same value stands.

    A value that a case keeps is its `${name}`, the others are numbered in the order in which they appear. ARNs that are
    kept stay in pieces, so that their form can be compared; secrets never stand in an answer, and would not stay.
    """

    def __init__(self, values, secrets=()):
        self.values = values
        self.secrets = [secret for secret in secrets if secret and len(secret) >= 16]  # shorter ones are no secrets of AWS
        self.accounts = set()
        self.numbers = {}

    def _numbered(self, kind, value):
        known = self.numbers.setdefault(kind, {})
        return f"<{kind} #{known.setdefault(value, len(known) + 1)}>"

    def _ip(self, match):
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        return "<private address>" if address.is_private else "<public address>"

    def text(self, text):
        for secret in self.secrets:
            text = text.replace(secret, "<secret>")
        text = PRINCIPAL.sub("<caller>", text)
        own = [(name, value) for name, value in self.values.items() if not name.endswith("-arn")]
        for name, value in sorted(own, key=lambda pair: -len(pair[1])):
            text = text.replace(value, "${%s}" % name)
        text = TOKEN.sub("<token>", text)
        text = re.sub(UUID, lambda match: self._numbered("uuid", match[0]), text)
        self.accounts.update(account for account in ACCOUNT.findall(text) if account != "0" * 12)
        for account in self.accounts:
            text = text.replace(account, self._numbered("account", account))
        text = re.sub(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])", lambda match: self._numbered("account", match[0]), text)
        text = TIME.sub(lambda match: f"<time, {len(match[1] or '')} digits, {match[2]}>", text)
        text = RESOURCE.sub(lambda match: match[1] + "-" + self._numbered(f"{match[1]} {len(match[2])}", match[2]), text)
        return IP.sub(self._ip, text)

    def answer(self, answer):
        """(headers, body as bytes) with placeholders. A Content-Length that is true becomes <length>."""
        headers = []
        for name, value in answer.headers:
            for pattern, placeholder in HEADERS.get(name.lower(), ()):
                value = re.sub(pattern, placeholder, value)
            if name.lower() == "content-length" and value == str(len(answer.body)):
                value = "<length>"
            headers.append([name, self.text(value)])
        # Every byte is one character here: what is no UTF-8 stays as it is.
        return headers, self.text(answer.body.decode("latin-1")).encode("latin-1")


def dump_bytes(name, data):
    """A member for bytes: as text if they are UTF-8, else in base64."""
    if data is None:
        return {}
    try:
        return {name: data.decode("utf-8")}
    except UnicodeDecodeError:
        return {name + "Base64": base64.b64encode(data).decode("ascii")}


def load_bytes(row, name):
    if name in row:
        return row[name].encode("utf-8")
    return base64.b64decode(row[name + "Base64"]) if name + "Base64" in row else None
