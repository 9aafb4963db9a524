"""--auth verify: each refusal with its exact text, in its order, and the signatures that are accepted."""

import calendar
import re
import time

import pytest

import harness
import wire
from harness import assert_error, assert_no_route, assert_ok
from sign import Scope, amz_date, hex_sha256, presign, sign

HOST = "mq.us-east-1.amazonaws.com"
KEY = {"key": "AKIDEXAMPLE", "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
SEED = (wire.SEED + harness.sql_insert("access_key", id=KEY["key"], secret=KEY["secret"])
        + harness.sql_insert("access_key", id="AKIDOTHER", secret="other-secret", account="210987654321", user_name="ada")
        + harness.sql_broker("b-elsewhere", account="210987654321", region="eu-west-1"))
INVALID = "InvalidSignatureException"
INCOMPLETE = ("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and "
              "'Signature' parameters and an 'X-Amz-Date' or 'Date' header.")
SCOPE = (INVALID, "Credential should be scoped to a valid region and to service: 'mq'.")
UNKNOWN = ("UnrecognizedClientException", "The security token included in the request is invalid.")
MISMATCH = (INVALID, "The request signature we calculated does not match the signature you provided. Check your AWS "
                     "Secret Access Key and signing method. Consult the service documentation for details.")


@pytest.fixture(scope="module")
def server():
    with harness.Server("--auth", "verify", "--reboot-time", "0", seed=SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def signed_call(client, method, target, body=None, **options):
    """A call signed by `sign`, of which options replace parts."""
    data = body if isinstance(body, bytes) else harness.compact(body) if body is not None else b""
    headers = sign(method, target, HOST, data, **{**KEY, **options})
    return client.call(method, target, data if body is not None else None, headers)


def refused(response, refusal):
    return assert_error(response, 403, refusal[0], refusal[1])


def replaced(headers, name, value):
    """Headers with the value of one replaced: by a text, by what a function makes of it, or removed for None."""
    result = []
    for key, old in headers:
        if key.lower() != name.lower():
            result.append((key, old))
        elif value is not None:
            result.append((key, value(old) if callable(value) else value))
    return result


# --- Accepted --------------------------------------------------------------------------------------------------

def test_AUTH_9_the_operations_signed_in_the_header(client):
    path = f"{wire.LIST}/signed"
    assert_ok(signed_call(client, "POST", path, {"password": harness.PASSWORD}), {})
    assert_ok(signed_call(client, "GET", path))
    assert_ok(signed_call(client, "PUT", path, {"groups": ["admins"]}), {})
    assert_ok(signed_call(client, "DELETE", path), {})
    assert_ok(signed_call(client, "POST", "/v1/brokers/b-wire/reboot"), {})
    assert_ok(signed_call(client, "GET", "/v1/brokers"))
    harness.assert_no_user(signed_call(client, "GET", path), "signed")


@pytest.mark.parametrize("target", (
    f"{wire.LIST}?maxResults=5&nextToken=", f"{wire.LIST}?nextToken=&maxResults=5", f"{wire.LIST}?b=2&a=1&a=0&maxResults=5",
    f"{wire.LIST}?maxResults=5&empty", f"{wire.LIST}?a=%2F%20%C3%A4+&maxResults=5", f"{wire.LIST}?a=~-._&maxResults=5",
    f"{wire.LIST}?maxResults=5&A=1&a=1&%61=0", f"{wire.LIST}?",
))
def test_AUTH_9_queries_are_signed_in_canonical_order(client, target):
    assert_ok(signed_call(client, "GET", target))


@pytest.mark.parametrize("name", ("we%20ird", "%C3%BC%2F%23", "a~b", "a+b", "%40%3A%3D%2C", "a%252F", "()*!'"))
def test_AUTH_9_paths_are_signed_encoded_once_more(client, name):
    assert signed_call(client, "GET", f"{wire.LIST}/{name}").status == 404


@pytest.mark.parametrize("target, signed", (
    (f"{wire.LIST}/..", f"{wire.LIST}/.."), (f"{wire.LIST}/..", "/v1/brokers/b-wire"),
    (f"{wire.LIST}/.", f"{wire.LIST}/."), (f"{wire.LIST}/", f"{wire.LIST}/"),
))
def test_AUTH_9_dot_segments_are_signed_as_they_are_or_removed(client, target, signed):
    headers = sign("GET", signed, HOST, **KEY)
    response = client.call("GET", target, headers=headers)
    # The username `..` is unknown, `.` and the empty one are wrong: each is an answer of the operation itself.
    assert response.status in (400, 404), response


def test_AUTH_9_the_body_hash_may_be_sent(client):
    body = harness.compact({"groups": ["hashed"]})
    assert_ok(signed_call(client, "PUT", wire.ALICE, body, payload_hash=hex_sha256(body)), {})


def test_AUTH_9_further_headers_may_be_signed(client):
    assert_ok(signed_call(client, "GET", wire.ALICE, headers=[
        ("User-Agent", "aws-sdk-js/3"), ("amz-sdk-invocation-id", "x"), ("amz-sdk-request", "attempt=1; max=3"),
        ("X-Amz-Security-Token", "token"), ("X-Spaces", "  a   b  c "), ("X-Twice", "one"), ("X-Twice", "two")]))


def test_AUTH_9_spaces_after_the_commas_do_not_matter(client):
    headers = sign("GET", wire.ALICE, HOST, **KEY)
    assert_ok(client.call("GET", wire.ALICE, headers=replaced(headers, "Authorization",
                                                              lambda value: value.replace(", ", ","))))


def test_AUTH_9_other_regions(client):
    now = time.time()
    response = signed_call(client, "GET", "/v1/brokers", at=now, scope=Scope(amz_date(now)[:8], "eu-west-1"))
    assert_ok(response, {"brokerSummaries": []})


def test_AUTH_9_WLD_7_a_key_acts_for_its_account(client):
    now = time.time()
    response = signed_call(client, "GET", "/v1/brokers", key="AKIDOTHER", secret="other-secret", at=now,
                           scope=Scope(amz_date(now)[:8], "eu-west-1"))
    assert [row["brokerId"] for row in assert_ok(response).json()["brokerSummaries"]] == ["b-elsewhere"]


def test_AUTH_9_presigned(client):
    assert_ok(client.call("GET", presign("GET", wire.ALICE, HOST, **KEY), headers=[("Host", HOST)]))
    target = presign("GET", f"{wire.LIST}?maxResults=5", HOST, **KEY)
    assert_ok(client.call("GET", target, headers=[("Host", HOST)]))


def test_AUTH_9_presigned_without_the_body(client):
    target = presign("PUT", wire.ALICE, HOST, payload_hash="UNSIGNED-PAYLOAD", **KEY)
    assert_ok(client.call("PUT", target, {"groups": ["presigned"]}, [("Host", HOST)]), {})


def test_AUTH_9_presigned_for_the_whole_week(client):
    target = presign("GET", wire.ALICE, HOST, at=time.time() - 6 * 86400, expires=604800, **KEY)
    assert_ok(client.call("GET", target, headers=[("Host", HOST)]))


@pytest.mark.parametrize("skew", (-280, -60, 60, 280))
def test_AUTH_9_clocks_may_differ_by_less_than_five_minutes(client, skew):
    assert_ok(signed_call(client, "GET", wire.ALICE, at=time.time() + skew))


# --- Refused ---------------------------------------------------------------------------------------------------

def test_AUTH_2_nothing(client):
    for method, target, body in (("GET", wire.ALICE, None), ("POST", f"{wire.LIST}/bob", {"password": harness.PASSWORD}),
                                 ("GET", "/v1/brokers", None), ("GET", f"{wire.LIST}?a=b", None)):
        assert_no_route(client.call(method, target, body))


GOOD_PARTS = ("Credential=AKIDEXAMPLE/20261123/us-east-1/mq/aws4_request", "SignedHeaders=host;x-amz-date",
              "Signature=" + "0" * 64)


@pytest.mark.parametrize("value", (
    "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "Bearer token", "Basic QWxhZGRpbjpvcGVu", "garbage", "AWS4-HMAC-SHA256 garbage",
    "AWS4-HMAC-SHA256 " + ", ".join(GOOD_PARTS[:2]), "AWS4-HMAC-SHA256 " + ", ".join(GOOD_PARTS[1:]),
    "AWS4-HMAC-SHA256 " + ", ".join((GOOD_PARTS[0], GOOD_PARTS[2])),
    "AWS4-HMAC-SHA256 " + ", ".join(GOOD_PARTS + GOOD_PARTS[2:]),
    "AWS4-HMAC-SHA512 " + ", ".join(GOOD_PARTS), "AWS4-HMAC-SHA256" + ", ".join(GOOD_PARTS),
    "AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=00",
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host, Signature=00",
    "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
))
def test_AUTH_3_a_malformed_header(client, value):
    refused(client.call("GET", wire.ALICE, headers=[("Authorization", value), ("X-Amz-Date", amz_date(time.time()))]),
            INCOMPLETE)


@pytest.mark.parametrize("date", (None, "", "yesterday", "2026-11-23T00:00:00Z", "20261123", "20261323T000000Z",
                                  "20261123T250000Z", "20261123T000000"))
def test_AUTH_3_no_readable_date(client, date):
    headers = sign("GET", wire.ALICE, HOST, **KEY)
    refused(client.call("GET", wire.ALICE, headers=replaced(headers, "X-Amz-Date", date)), INCOMPLETE)


@pytest.mark.parametrize("name", ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                  "X-Amz-SignedHeaders", "X-Amz-Signature"))
def test_AUTH_3_a_presigned_query_without_a_part(client, name):
    target = re.sub(rf"[?&]{name}=[^&]*", lambda match: match[0][0] + "a=b", presign("GET", wire.ALICE, HOST, **KEY))
    refused(client.call("GET", target, headers=[("Host", HOST)]), INCOMPLETE)


@pytest.mark.parametrize("expires", ("0", "-1", "604801", "soon", ""))
def test_AUTH_3_a_presigned_query_with_a_wrong_life(client, expires):
    refused(client.call("GET", presign("GET", wire.ALICE, HOST, expires=expires, **KEY), headers=[("Host", HOST)]),
            INCOMPLETE)


def scopes():
    date = amz_date(time.time())[:8]
    other = amz_date(time.time() - 3 * 86400)[:8]
    return {"no service": Scope(date, service=""),
            "terminator": Scope(date, terminator="aws5_request"), "no region": Scope(date, region=""),
            "another day": Scope(other), "no day": Scope("00000000")}


@pytest.mark.parametrize("name", scopes())
def test_AUTH_4_a_wrong_scope(client, name):
    refused(signed_call(client, "GET", wire.ALICE, scope=scopes()[name]), SCOPE)
    target = presign("GET", wire.ALICE, HOST, scope=scopes()[name], **KEY)
    refused(client.call("GET", target, headers=[("Host", HOST)]), SCOPE)


@pytest.mark.parametrize("key", ("AKIDNOBODY", "akidexample", "123456789012", "AKIDEXAMPLE2"))
def test_AUTH_5_an_unknown_key(client, key):
    refused(signed_call(client, "GET", wire.ALICE, key=key), UNKNOWN)
    target = presign("GET", wire.ALICE, HOST, key=key, secret=KEY["secret"])
    refused(client.call("GET", target, headers=[("Host", HOST)]), UNKNOWN)


def assert_skew(response, pattern, date, sign_of_limit):
    """A refusal that names the request's time, the limit and the server's time."""
    assert (response.status, response.error) == (403, INVALID), response
    assert list(response.json()) == ["message"]
    match = re.fullmatch(pattern, response.json()["message"])
    assert match, response
    told, limit, now = match.groups()
    assert told == date

    def seconds(text):
        return calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ"))

    assert seconds(limit) - seconds(now) == sign_of_limit * 300
    assert abs(seconds(now) - time.time()) < harness.DEADLINE_S


EXPIRED = r"Signature expired: (\S+) is now earlier than (\S+) \((\S+) - 5 min\.\)"
EARLY = r"Signature not yet current: (\S+) is still later than (\S+) \((\S+) \+ 5 min\.\)"


@pytest.mark.parametrize("age", (330, 3600, 86400 * 400))
def test_AUTH_6_an_old_signature(client, age):
    at = time.time() - age
    assert_skew(signed_call(client, "GET", wire.ALICE, at=at), EXPIRED, amz_date(at), -1)


@pytest.mark.parametrize("ahead", (330, 3600, 86400 * 400))
def test_AUTH_7_a_signature_of_the_future(client, ahead):
    at = time.time() + ahead
    assert_skew(signed_call(client, "GET", wire.ALICE, at=at), EARLY, amz_date(at), 1)


def test_AUTH_6_an_old_presigned_query(client):
    at = time.time() - 100
    response = client.call("GET", presign("GET", wire.ALICE, HOST, at=at, expires=60, **KEY), headers=[("Host", HOST)])
    assert (response.status, response.error) == (403, INVALID), response
    assert response.json()["message"].startswith(f"Signature expired: {amz_date(at)} is now earlier than "), response


def test_AUTH_7_a_presigned_query_of_the_future(client):
    at = time.time() + 400
    response = client.call("GET", presign("GET", wire.ALICE, HOST, at=at, **KEY), headers=[("Host", HOST)])
    assert_skew(response, EARLY, amz_date(at), 1)


def test_AUTH_8_a_wrong_secret(client):
    refused(signed_call(client, "GET", wire.ALICE, secret="wrong"), MISMATCH)
    refused(signed_call(client, "GET", wire.ALICE, secret=KEY["secret"] + " "), MISMATCH)
    refused(signed_call(client, "GET", wire.ALICE, secret="other-secret"), MISMATCH)


def minute_away():
    """A time near now and not now, on the same day: the date stands in the scope too."""
    now = time.time()
    return now - 60 if now % 86400 >= 61 else now + 60


def tampered_calls():
    """What -> (method, target, body, headers) of a request that differs from the signed one."""
    body = harness.compact({"groups": ["admins"]})
    headers = sign("PUT", wire.ALICE, HOST, body, **KEY)
    hashed = sign("PUT", wire.ALICE, HOST, body, payload_hash=hex_sha256(body), **KEY)
    signature = re.search(r"Signature=(\w+)", dict(headers)["Authorization"])[1]

    def flip(value):
        return value.replace(signature, ("0" if signature[0] != "0" else "1") + signature[1:])

    return {
        "body": ("PUT", wire.ALICE, body.replace(b"admins", b"admino"), headers),
        "body beside its hash": ("PUT", wire.ALICE, body.replace(b"admins", b"admino"), hashed),
        "longer body": ("PUT", wire.ALICE, body + b" ", headers),
        "no body": ("PUT", wire.ALICE, b"", headers),
        "hash": ("PUT", wire.ALICE, body, replaced(hashed, "x-amz-content-sha256", hex_sha256(b"x"))),
        "streaming hash": ("PUT", wire.ALICE, body, replaced(hashed, "x-amz-content-sha256",
                                                             "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")),
        "method": ("POST", wire.ALICE, body, headers),
        "path": ("PUT", wire.ALICE + "x", body, headers),
        "query": ("PUT", wire.ALICE + "?a=b", body, headers),
        "host": ("PUT", wire.ALICE, body, replaced(headers, "Host", "other.example")),
        "time": ("PUT", wire.ALICE, body, replaced(headers, "X-Amz-Date", amz_date(minute_away()))),
        "signature": ("PUT", wire.ALICE, body, replaced(headers, "Authorization", flip)),
        "short signature": ("PUT", wire.ALICE, body, replaced(headers, "Authorization", lambda value: value[:-1])),
        "upper case signature": ("PUT", wire.ALICE, body, replaced(
            headers, "Authorization", lambda value: value.replace(signature, signature.upper()))),
        "signed headers": ("PUT", wire.ALICE, body, replaced(
            headers, "Authorization", lambda value: value.replace("=host;x-amz-date", "=host"))),
        "a signed header that is missing": ("PUT", wire.ALICE, body, replaced(
            headers, "Authorization", lambda value: value.replace("=host;x-amz-date", "=host;x-amz-date;x-none"))),
        "region": ("PUT", wire.ALICE, body, replaced(
            headers, "Authorization", lambda value: value.replace("us-east-1", "us-east-2"))),
    }


@pytest.mark.parametrize("what", tampered_calls())
def test_AUTH_8_a_request_that_was_changed(client, what):
    method, target, body, headers = tampered_calls()[what]
    refused(client.call(method, target, body, headers), MISMATCH)
    assert assert_ok(signed_call(client, "GET", wire.ALICE)).json().get("pending", {}).get("groups") != ["admino"]


def test_AUTH_8_a_presigned_query_that_was_changed(client):
    target = presign("GET", f"{wire.LIST}?maxResults=5", HOST, **KEY)
    for changed in (target.replace("maxResults=5", "maxResults=6"), target + "&a=b",
                    target.replace("X-Amz-Expires=300", "X-Amz-Expires=301"), target.replace("/users", "/users/alice")):
        refused(client.call("GET", changed, headers=[("Host", HOST)]), MISMATCH)
    refused(client.call("GET", target, headers=[("Host", "other.example")]), MISMATCH)


# --- Order -----------------------------------------------------------------------------------------------------

def test_AUTH_10_the_order_of_the_refusals(client):
    """Each request has the fault of its row and of all rows below."""
    old = time.time() - 3600
    day = amz_date(old)[:8]
    wrong_scope = Scope(day, terminator="aws5_request")
    unknown = {"key": "AKIDNOBODY", "secret": "wrong", "at": old}
    refused(client.call("PUT", wire.ALICE, b"x", replaced(
        sign("PUT", wire.ALICE, HOST, b"y", scope=wrong_scope, **unknown), "Authorization",
        lambda value: value.replace("Signature=", "Sig="))), INCOMPLETE)
    refused(client.call("PUT", wire.ALICE, b"x", sign("PUT", wire.ALICE, HOST, b"y", scope=wrong_scope, **unknown)), SCOPE)
    refused(client.call("PUT", wire.ALICE, b"x", sign("PUT", wire.ALICE, HOST, b"y", **unknown)), UNKNOWN)
    response = client.call("PUT", wire.ALICE, b"x", sign("PUT", wire.ALICE, HOST, b"y", key=KEY["key"], secret="wrong",
                                                         at=old))
    assert_skew(response, EXPIRED, amz_date(old), -1)
    refused(client.call("PUT", wire.ALICE, b"x", sign("PUT", wire.ALICE, HOST, b"y", **KEY)), MISMATCH)


def test_AUTH_11_the_route_comes_first(client):
    assert_no_route(client.call("GET", "/nowhere", headers=[("Authorization", "garbage")]))
    assert client.call("GET", f"{wire.LIST}/%zz").error == "BadRequestException"
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: garbage\r\n\r\n")
    wire.assert_malformed(client, client.receive("GET", "/"))
    assert client.call("POST", f"{wire.LIST}/bob", b" " * (2 << 20)).status == 413


def test_AUTH_11_options_and_health_need_no_signature(client):
    assert client.call("OPTIONS", wire.ALICE).status == 200
    assert client.call("OPTIONS", wire.ALICE, headers=[("Authorization", "garbage")]).status == 200
    assert client.call("GET", "/_local/health", check=harness.CHECK_NONE).status == 200


def test_AUTH_11_operations_without_a_broker_are_verified_too(client):
    for target, status in (("/v1/tags/x", 404), ("/v1/configurations", 200), ("/v1/broker-engine-types", 200)):
        assert_no_route(client.call("GET", target))
        assert signed_call(client, "GET", target).status == status


def test_AUTH_11_faults_and_bodies_come_later(serve):
    server = serve("--auth", "verify", seed=SEED + harness.sql_fault(error="ForbiddenException", times=1))
    client = server.client()
    refused(client.call("PUT", wire.ALICE, b"{oops", sign("PUT", wire.ALICE, HOST, b"{oops", key=KEY["key"],
                                                         secret="wrong")), MISMATCH)
    assert_no_route(client.call("GET", "/v1/brokers/b-none/users/alice"))
    # The refusals above did not use the fault up.
    assert signed_call(client, "PUT", wire.ALICE, b"{oops").error == "ForbiddenException"
    assert signed_call(client, "PUT", wire.ALICE, b"{oops").error == "BadRequestException"


# --- Off -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("flags", ((), ("--auth", "none")), ids=("default", "none"))
@pytest.mark.parametrize("headers", (
    [], [("Authorization", "garbage")], [("Authorization", "")], [("Authorization", "AWS4-HMAC-SHA256 Credential=x")],
    sign("GET", wire.ALICE, HOST, key="AKIDNOBODY", secret="wrong", at=1),
), ids=("nothing", "garbage", "empty", "malformed", "wrong"))
def test_AUTH_1_nothing_is_verified_unless_asked_for(serve, flags, headers):
    client = serve(*flags, seed=SEED).client()
    assert_ok(client.call("GET", wire.ALICE, headers=headers))
    assert_ok(client.call("GET", wire.ALICE + "?X-Amz-Signature=0&X-Amz-Credential=x", headers=headers))
