"""AWS Signature Version 4, written from its specification, so that the server is not checked against itself."""

import hashlib
import hmac
import time
import urllib.parse

ALGORITHM = "AWS4-HMAC-SHA256"


def amz_date(at):
    """Seconds since 1970 in the form of X-Amz-Date."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


def hex_sha256(data):
    return hashlib.sha256(data).hexdigest()


def _quote(text):
    return urllib.parse.quote(text, safe="-._~")


def _canonical_uri(path):
    """Every service but S3 signs the path as it is sent, encoded once more."""
    return urllib.parse.quote(path, safe="/-._~")


def _canonical_query(query):
    members = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        members.append((_quote(urllib.parse.unquote(name)), _quote(urllib.parse.unquote(value))))
    return "&".join(f"{name}={value}" for name, value in sorted(members))


def _canonical_headers(headers, signed):
    lines = []
    for name in signed:
        values = [" ".join(value.split()) for key, value in headers if key.lower() == name]
        lines.append(f"{name}:{','.join(values)}\n")
    return "".join(lines)


class Scope:
    """The part of a credential after the access key."""

    def __init__(self, date, region="us-east-1", service="mq", terminator="aws4_request"):
        self.parts = (date, region, service, terminator)

    def __str__(self):
        return "/".join(self.parts)

    def signing_key(self, secret):
        key = ("AWS4" + secret).encode()
        for part in self.parts:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def _signature(secret, scope, date, method, target, headers, signed, payload_hash):
    path, _, query = target.partition("?")
    canonical = "\n".join([method, _canonical_uri(path), _canonical_query(query),
                           _canonical_headers(headers, signed), ";".join(signed), payload_hash])
    to_sign = "\n".join([ALGORITHM, date, str(scope), hex_sha256(canonical.encode())])
    return hmac.new(scope.signing_key(secret), to_sign.encode(), hashlib.sha256).hexdigest()


def sign(method, target, host, body=b"", *, key, secret, at=None, scope=None, payload_hash=None, headers=()):
    """The headers of a signed request as a list of pairs, Host among them.

    `headers` are further ones to send, all signed. `payload_hash` is also sent, as x-amz-content-sha256;
    without it the hash of the body is signed and not sent. `scope` replaces the credential scope that fits.
    """
    date = amz_date(time.time() if at is None else at)
    scope = scope or Scope(date[:8])
    sent = [("Host", host), ("X-Amz-Date", date), *headers]
    if payload_hash is not None:
        sent.append(("x-amz-content-sha256", payload_hash))
    signed = sorted({name.lower() for name, _ in sent})
    signature = _signature(secret, scope, date, method, target, sent, signed, payload_hash or hex_sha256(body))
    sent.append(("Authorization", f"{ALGORITHM} Credential={key}/{scope}, "
                                  f"SignedHeaders={';'.join(signed)}, Signature={signature}"))
    return sent


def presign(method, target, host, *, key, secret, at=None, expires=300, scope=None, payload_hash=None):
    """The target of a presigned request. By default the hash of an empty body is signed, as SDKs do for mq."""
    date = amz_date(time.time() if at is None else at)
    scope = scope or Scope(date[:8])
    members = [("X-Amz-Algorithm", ALGORITHM), ("X-Amz-Credential", f"{key}/{scope}"), ("X-Amz-Date", date),
               ("X-Amz-Expires", str(expires)), ("X-Amz-SignedHeaders", "host")]
    target += ("&" if "?" in target else "?") + "&".join(f"{name}={_quote(value)}" for name, value in members)
    signature = _signature(secret, scope, date, method, target, [("Host", host)], ["host"],
                           payload_hash or hex_sha256(b""))
    return f"{target}&X-Amz-Signature={signature}"
