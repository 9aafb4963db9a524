"""maxResults and nextToken of ListUsers and ListBrokers, and the order of both lists."""

import base64
import json
import random

import pytest

from harness import (Server, assert_bad_request, assert_ok, create_user, delete_user, query, reboot, sql_broker,
                     sql_user, token, users_path)

USERS = sorted([f"user-{number:02}" for number in range(36)]
               + ["AA", "Zz", "aa", "zz", "00", "--", "..", "__", "~~"])  # 45, in byte order
BROKERS = sorted([f"b-{number:02}" for number in range(40)] + ["B-x", "Zz", "a", "b-", "0"])  # 45, in byte order
BROKER = "b-07"
LISTS = {
    "users": (users_path(BROKER), "users", "username", USERS),
    "brokers": ("/v1/brokers", "brokerSummaries", "brokerId", BROKERS),
}


@pytest.fixture(scope="module")
def server():
    shuffle = random.Random(1).sample
    seed = "".join(sql_broker(name, name=f"name-of-{name}") for name in shuffle(BROKERS, len(BROKERS)))
    seed += "".join(sql_user(BROKER, name) for name in shuffle(USERS, len(USERS)))
    with Server(seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


@pytest.fixture(params=LISTS)
def listed(request):
    """(path, member of the rows, member of the key, all keys in order) of a list with 45 rows."""
    return LISTS[request.param]


def page(client, listed, **members):
    """One page as (keys, token or None)."""
    path, rows, key, _ = listed
    body = assert_ok(client.call("GET", path + (query(**members) if members else ""))).json()
    if rows == "users":
        assert body["maxResults"] == int(members.get("maxResults", 20))
    else:
        assert "maxResults" not in body
    return [row[key] for row in body[rows]], body.get("nextToken")


def test_PAG_1_PAG_10_twenty_rows_without_maxResults(client, listed):
    keys = listed[3]
    first, next_token = page(client, listed)
    assert first == keys[:20]
    second, next_token = page(client, listed, nextToken=next_token)
    assert second == keys[20:40]
    third, next_token = page(client, listed, nextToken=next_token)
    assert third == keys[40:]
    assert next_token is None


@pytest.mark.parametrize("size", [5, 6, 9, 15, 44, 45, 46, 99, 100])
def test_PAG_2_PAG_10_PAG_11_walks_of_every_size(client, listed, size):
    keys, seen, members = listed[3], [], {}
    for start in range(0, len(keys), size):
        names, next_token = page(client, listed, maxResults=size, **members)
        assert names == keys[start:start + size]
        assert (next_token is not None) == (start + size < len(keys))
        seen += names
        members = {"nextToken": next_token}
    assert seen == keys


@pytest.mark.parametrize("text, size", [("5", 5), ("100", 100), ("05", 5), ("0000000005", 5), ("0000000100", 100)])
def test_PAG_2_one_to_ten_digits(client, listed, text, size):
    path, rows, _, keys = listed
    body = assert_ok(client.call("GET", f"{path}?maxResults={text}")).json()
    assert len(body[rows]) == min(size, len(keys))
    if rows == "users":
        assert body["maxResults"] == size


@pytest.mark.parametrize("value", ["4", "1", "0", "101", "-5", "+5", " 5", "5 ", "5.0", "5e0", "0x10", "abc", "true",
                                   "20abc", "2147483647", "4294967301", "9999999999", "00000000005", "00000000020",
                                   "18446744073709551621", "9" * 400, "٥", "５", "5,6", "[5]",
                                   '"5"', "\\", "\t20", "null"])
def test_PAG_3_maxResults_out_of_range(client, listed, value):
    assert_bad_request(client.call("GET", listed[0] + query(maxResults=value)),
                       f"Invalid max results value [{value}]. Specify an integer between [5] and [100].", "maxResults")


@pytest.mark.parametrize("members", ["maxResults=", "maxResults", "maxResults=&maxResults=20"])
def test_PAG_4_maxResults_without_a_value(client, listed, members):
    assert_bad_request(client.call("GET", f"{listed[0]}?{members}"),
                       "Invalid max results value []. Specify an integer between [5] and [100].", "maxResults")


@pytest.mark.parametrize("members", ["nextToken=", "nextToken", "nextToken=&maxResults=20"])
def test_PAG_5_an_empty_token_is_the_first_page(client, listed, members):
    path, rows, key, keys = listed
    body = assert_ok(client.call("GET", f"{path}?{members}")).json()
    assert [row[key] for row in body[rows]] == keys[:20]


def test_PAG_6_form_of_a_token(client, listed):
    names, next_token = page(client, listed, maxResults=7)
    assert next_token == token(names[-1])
    outer = json.loads(base64.b64decode(next_token, validate=True))
    assert list(outer) == ["version", "serializedPaginationToken"] and outer["version"] == "v1"
    inner = json.loads(base64.b64decode(outer["serializedPaginationToken"], validate=True))
    assert inner == {"tokenData": {"last-seen-broker-arn": names[-1]}}


def test_PAG_6_a_token_may_come_unencoded(client, listed):
    path, rows, key, keys = listed
    for last in keys[:40]:
        body = assert_ok(client.call("GET", f"{path}?nextToken={token(last)}")).json()
        assert body[rows][0][key] == keys[keys.index(last) + 1]


def test_PAG_7_a_token_of_a_row_that_never_was(client, listed):
    path, _, _, keys = listed
    for after in ("AB", "b-071", "user-051", "mm", "zzz"):
        expected = [name for name in keys if name > after][:20]
        assert page(client, listed, nextToken=token(after))[0] == expected, path


def test_PAG_7_PAG_10_after_the_last_row(client, listed):
    last = listed[3][-1]
    for after in (last, "~~~" if listed[1] == "users" else "zzz"):
        assert page(client, listed, nextToken=token(after)) == ([], None)


FORGED = {
    "text": "invalid",
    "not base64": "%%%",
    "only padding": "====",
    "a brace": "{",
    "the bare key": base64.b64encode(b"user-05").decode(),
    "version v2": base64.b64encode(base64.b64decode(token("user-05")).replace(b'"v1"', b'"v2"')).decode(),
    "white space": base64.b64encode(base64.b64decode(token("user-05")).replace(b",", b", ")).decode(),
    "a member more": base64.b64encode(base64.b64decode(token("user-05"))[:-1] + b',"x":1}').decode(),
    "text after the end": base64.b64encode(base64.b64decode(token("user-05")) + b" ").decode(),
    "cut": token("user-05")[:-8],
    "begun later": token("user-05")[4:],
    "characters after the end": token("user-05") + "AAAA",
    "an unpadded half": token("user-05")[:-7],
    "a space inside": token("user-05")[:12] + " " + token("user-05")[12:],
    "twice encoded": base64.b64encode(token("user-05").encode()).decode(),
    "inner not base64": base64.b64encode(b'{"version":"v1","serializedPaginationToken":"!!!!"}').decode(),
    "inner empty": base64.b64encode(b'{"version":"v1","serializedPaginationToken":""}').decode(),
    "inner of another form": base64.b64encode(b'{"version":"v1","serializedPaginationToken":"%s"}' % base64.b64encode(
        b'{"tokenData":{"last-seen-user":"user-05"}}')).decode(),
    "inner key no string": base64.b64encode(b'{"version":"v1","serializedPaginationToken":"%s"}' % base64.b64encode(
        b'{"tokenData":{"last-seen-broker-arn":12}}')).decode(),
    "empty key": token(""),
    "key with a quote": token('a"b'),
    "key with a space": token("user 05"),
    "key with a slash": token("user/05"),
    "key with a NUL": token("user\0"),
    "key not ASCII": token("useré"),
    "key with a comma": token("a,b"),
    "key of 101 characters": token("u" * 101),
    "key of 1000 characters": token("u" * 1000),
    "very long": "A" * 20000,
}


@pytest.mark.parametrize("name", FORGED)
def test_PAG_8_PAG_9_forged_tokens(client, listed, name):
    text = FORGED[name]
    assert_bad_request(client.call("GET", listed[0] + query(nextToken=text)),
                       f"Invalid next token [{text}]. Make sure you copied the token correctly.", "nextToken")


@pytest.mark.parametrize("target, key", [("/v1/brokers", "user.name"), ("/v1/brokers", "user_name"),
                                         ("/v1/brokers", "~~"), (users_path(BROKER), "a"), (users_path(BROKER), "0")])
def test_PAG_9_a_token_of_the_other_list(client, target, key):
    text = token(key)
    assert_bad_request(client.call("GET", target + query(nextToken=text)),
                       f"Invalid next token [{text}]. Make sure you copied the token correctly.", "nextToken")


def test_PAG_9_keys_of_either_list(client):
    """Boundaries of the keys' forms: they are those of usernames and broker ids."""
    assert page(client, LISTS["brokers"], nextToken=token("a"))[0] == [key for key in BROKERS if key > "a"][:20]
    for key in ("u" * 100, "~~"):
        assert_ok(client.call("GET", users_path(BROKER) + query(nextToken=token(key))))
    assert_ok(client.call("GET", "/v1/brokers" + query(nextToken=token("u" * 100))))


def test_PAG_12_maxResults_before_nextToken(client, listed):
    for members in ("nextToken=invalid&maxResults=4", "maxResults=4&nextToken=invalid"):
        assert_bad_request(client.call("GET", f"{listed[0]}?{members}"),
                           "Invalid max results value [4]. Specify an integer between [5] and [100].", "maxResults")


# --- Lists that change between two pages -----------------------------------------------------------------------

def test_PAG_7_rows_come_and_go_between_pages(shared_server, broker):
    with shared_server.client() as client:
        for number in range(12):
            create_user(client, broker, f"user-{number:02}")
        reboot(client, broker)
        listed = (users_path(broker), "users", "username", None)
        first, next_token = page(client, listed, maxResults=6)
        assert first == [f"user-{number:02}" for number in range(6)]
        for name in ("user-05", "user-06"):
            delete_user(client, broker, name)
        create_user(client, broker, "user-00a")
        create_user(client, broker, "user-05a")
        create_user(client, broker, "user-99")
        reboot(client, broker)
        second, next_token = page(client, listed, maxResults=6, nextToken=next_token)
        assert second == ["user-05a", "user-07", "user-08", "user-09", "user-10", "user-11"]
        assert page(client, listed, maxResults=6, nextToken=next_token) == (["user-99"], None)


@pytest.mark.parametrize("count", [4, 5, 6, 19, 20, 21])
def test_PAG_10_a_token_only_when_a_row_follows(shared_server, broker, count):
    listed = (users_path(broker), "users", "username", None)
    with shared_server.client() as client:
        for number in range(count):
            create_user(client, broker, f"user-{number:02}")
        for size in (5, 20):
            names, next_token = page(client, listed, maxResults=size)
            assert len(names) == min(size, count)
            assert (next_token is not None) == (count > size)
            if next_token:
                assert page(client, listed, maxResults=100, nextToken=next_token) == (
                    [f"user-{number:02}" for number in range(size, count)], None)
