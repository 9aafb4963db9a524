"""From the raw target to the operation: segments, percent-encoding, queries, unknown routes, OPTIONS."""

import pytest

import model
from harness import (PASSWORD, assert_bad_request, assert_no_broker, assert_no_route, assert_no_user, assert_ok,
                     create_user, user_path, users_path, views)

PATH_ERROR = "Unable to parse the request path."


# --- Segments --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("encoded", ["%61lice", "%61%6C%69%63%65", "%61%6c%69%63%65", "alic%65", "ali%63e"])
def test_RTE_1_segments_are_decoded(client, broker, encoded):
    create_user(client, broker, "alice")
    assert assert_ok(client.call("GET", f"/v1/brokers/{broker}/users/{encoded}")).json()["username"] == "alice"
    assert_ok(client.call("PUT", f"/v1/brokers/%62{broker[1:]}/users/{encoded}", {"consoleAccess": True}), {})
    assert views(client, broker, "alice")[0]["pending"]["consoleAccess"] is True


def test_RTE_1_fixed_segments_are_decoded_too(client, broker):
    create_user(client, broker, "alice")
    assert_ok(client.call("GET", f"/%76%31/%62rokers/{broker}/user%73/alice"))


@pytest.mark.parametrize("encoded, name", [("a%2Fb", "a/b"), ("a%2fb", "a/b"), ("%2F", "/"), ("%2e%2e%2F", "../"),
                                           ("%2541%2541", "%41%41"), ("%25zz", "%zz"), ("a+b", "a+b"), ("a%20b", "a b"),
                                           ("a%3Fb", "a?b"), ("a%23b", "a#b"), ("%C3%A9", "é"),
                                           ("%f0%9f%98%80", "😀"), ("a;b", "a;b"), ("a@b", "a@b"), ("a:b", "a:b"),
                                           ("%01", "\x01"), ("~a*b(c)'d!$&,=", "~a*b(c)'d!$&,=")])
def test_RTE_2_decoded_once_after_splitting(client, broker, encoded, name):
    assert_no_user(client.call("GET", f"/v1/brokers/{broker}/users/{encoded}"), name)
    assert_no_broker(client.call("GET", f"/v1/brokers/{encoded}"), name)


@pytest.mark.parametrize("raw", ["..", "%2e%2e", "%2E.", ".%2e"])
def test_RTE_3_dot_dot_is_a_username(client, broker, raw):
    assert_ok(client.call("POST", f"/v1/brokers/{broker}/users/{raw}", {"password": PASSWORD}), {})
    assert assert_ok(client.call("GET", f"/v1/brokers/{broker}/users/..")).json()["username"] == ".."
    assert client.call("GET", users_path(broker)).json()["users"] == [{"pendingChange": "CREATE", "username": ".."}]


@pytest.mark.parametrize("target, broker_id", [("/v1/brokers/..", ".."), ("/v1/brokers/.", "."),
                                               ("/v1/brokers/./users", "."), ("/v1/brokers/../users/alice", "..")])
def test_RTE_3_dots_are_broker_ids_nobody_has(client, target, broker_id):
    assert_no_broker(client.call("GET", target), broker_id)


@pytest.mark.parametrize("target", ["/v1/../v1/brokers", "/./v1/brokers", "/v1/./brokers", "/../v1/brokers",
                                    "/v1/brokers/x/../../brokers", "/v1/brokers/x/users/y/.."])
def test_RTE_3_dot_segments_are_not_removed(client, target):
    assert_no_route(client.call("GET", target))


@pytest.mark.parametrize("bad", ["%", "%z", "%zz", "%4", "%4g", "%g4", "%%41", "a%", "%00", "a%00b", "%ff", "%80",
                                 "%c3", "%c3%28", "%c0%af", "%e0%80%80", "%ed%a0%80", "%f5%80%80%80", "%u0041"])
def test_RTE_4_malformed_paths(client, broker, bad):
    for target in (f"/v1/brokers/{bad}", f"/v1/brokers/{broker}/users/{bad}", f"/{bad}", f"/v1/{bad}/nowhere/at/all"):
        assert_bad_request(client.call("GET", target), PATH_ERROR)
    assert_bad_request(client.call("POST", f"/v1/brokers/{broker}/users/{bad}", {"password": PASSWORD}), PATH_ERROR)
    assert client.call("GET", users_path(broker)).json()["users"] == []


@pytest.mark.parametrize("bad", ["%", "%z", "%zz", "%00", "%ff", "%c0%af", "%ed%a0%80"])
def test_RTE_5_malformed_queries(client, broker, bad):
    create_user(client, broker, "alice")
    for query in (f"x={bad}", f"{bad}=x", f"maxResults=5&{bad}", f"x=y&z={bad}", f"nextToken={bad}"):
        for target in (users_path(broker), user_path(broker, "alice"), "/v1/brokers"):
            assert_bad_request(client.call("GET", f"{target}?{query}"), PATH_ERROR)


def test_RTE_6_plus_stays_plus(client, broker):
    assert_bad_request(client.call("GET", users_path(broker) + "?maxResults=1+0"),
                       "Invalid max results value [1+0]. Specify an integer between [5] and [100].", "maxResults")
    assert_bad_request(client.call("GET", users_path(broker) + "?nextToken=a+b%2Bc%20d"),
                       "Invalid next token [a+b+c d]. Make sure you copied the token correctly.", "nextToken")


@pytest.mark.parametrize("query", ["?", "?x", "?x=y", "?=", "?&", "?&&x=1&", "?maxresults=1", "?MAXRESULTS=1",
                                   "?x=maxResults=1", "?tagKeys=a&tagKeys=b", "?x=%26maxResults=1", "?x==", "?a%3Db=1",
                                   "??maxResults=1", "?x=/v1/brokers", "?X-Amz-Foo=%C3%A9",
                                   "?" + "&".join(["x=1"] * 90)])
def test_RTE_6_unknown_members_are_ignored(client, broker, query):
    assert_ok(client.call("GET", users_path(broker) + query), {"brokerId": broker, "maxResults": 20, "users": []})


def test_RTE_6_the_first_of_a_repeated_member_counts(client, broker):
    path = users_path(broker)
    assert assert_ok(client.call("GET", path + "?maxResults=7&maxResults=4")).json()["maxResults"] == 7
    assert_bad_request(client.call("GET", path + "?maxResults=4&maxResults=7"),
                       "Invalid max results value [4]. Specify an integer between [5] and [100].", "maxResults")
    assert assert_ok(client.call("GET", path + "?max%52esults=%39&maxResults=7")).json()["maxResults"] == 9
    assert_ok(client.call("GET", path + "?nextToken=&nextToken=invalid"))


# --- Routes the API does not have ------------------------------------------------------------------------------

@pytest.mark.parametrize("target", ["/v1", "/v2/brokers", "/brokers", "/V1/brokers", "/v1/Brokers", "/v1/broker",
                                    "/v1/brokers/b-1/Users", "/v1/brokers/b-1/user",
                                    "/v1/brokers/b-1/users/alice/groups",
                                    "/v1/brokers/b-1/users/alice/x/y/z/a/b/c/d", "/v1/brokers/b-1/reboot/now",
                                    "/v1/brokersX", "/v1/brokers;x", "/v1/brokers%2Fb-1", "/v1%2Fbrokers", "/_locals",
                                    "/favicon.ico", "/index.html", "/v1/users", "/2017-11-27/brokers",
                                    "/v1/" + "a/" * 200 + "b"])
def test_RTE_7_unknown_paths(client, target):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        assert_no_route(client.call(method, target))


@pytest.mark.parametrize("method, target", [("GET", "/"), ("PUT", "/"), ("OPTIONS", "/"), ("OPTIONS", "*"),
                                            ("GET", "*"), ("GET", "v1/brokers"), ("GET", "/?x=/v1/brokers"),
                                            ("GET", "?/v1/brokers"), ("GET", "/v1?/brokers")])
def test_RTE_7_targets_of_other_forms(client, method, target):
    assert_no_route(client.call(method, target))


def methods_of_paths():
    """Path, with names for its labels but that of the broker -> the methods it has in the model."""
    found = {}
    for row in model.OPERATIONS.values():
        path = row["path"].replace("{broker-id}", "{broker}")
        for label, name in (("username", "alice"), ("configuration-id", "c-1"), ("configuration-revision", "1"),
                            ("resource-arn", "arn%3Aaws")):
            path = path.replace("{%s}" % label, name)
        found.setdefault(path, set()).add(row["method"])
    # SDKs can send an empty username.
    return found | {"/v1/brokers/{broker}/users/": found["/v1/brokers/{broker}/users/alice"]}


METHODS = methods_of_paths()


def test_RTE_8_the_methods_of_some_paths():
    assert len(METHODS) >= 15
    assert METHODS["/v1/brokers/{broker}/users/"] == {"GET", "POST", "PUT", "DELETE"}
    assert METHODS["/v1/tags/arn%3Aaws"] == {"GET", "POST", "DELETE"}
    assert METHODS["/v1/brokers/{broker}/reboot"] == {"POST"}


@pytest.mark.parametrize("path", METHODS)
def test_RTE_8_unknown_methods(client, broker, path):
    target = path.format(broker=broker)
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "TRACE",
        "BREW", "get", "Get", "GETT", "PROPFIND"} - METHODS[path]:
        assert_no_route(client.call(method, target))
    head = client.call("HEAD", target)
    assert (head.status, head.error, head.body) == (403, model.MISSING_TOKEN, b"")


def test_RTE_8_the_connection_survives_HEAD(client, broker):
    for _ in range(3):
        client.call("HEAD", f"/v1/brokers/{broker}")
        assert client.socket is not None
        assert_ok(client.call("GET", f"/v1/brokers/{broker}"))


@pytest.mark.parametrize("target", ["/v1/brokers/", "//v1/brokers", "/v1//brokers", "/v1/brokers//",
                                    "/v1/brokers//users", "/v1/brokers/{broker}/", "/v1/brokers/{broker}/users//",
                                    "/v1/brokers/{broker}/users/alice/", "/v1/brokers/{broker}//users",
                                    "/v1/brokers/{broker}//users/alice", "//", "/v1/brokers/{broker}/reboot/",
                                    "/v1/configurations/", "/v1/tags/", "/v1/"])
def test_RTE_9_empty_segments(client, broker, target):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        assert_no_route(client.call(method, target.format(broker=broker)))


# --- OPTIONS ---------------------------------------------------------------------------------------------------

ALLOWED_HEADERS = ("authorization,content-type,x-amz-date,x-amz-security-token,x-amz-content-sha256,x-amz-user-agent,"
                   "amz-sdk-invocation-id,amz-sdk-request")


@pytest.mark.parametrize("path", METHODS)
def test_RTE_10_RTE_11_options(client, broker, path):
    response = client.call("OPTIONS", path.format(broker=broker), headers={
        "Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"})
    assert (response.status, response.body, response.error) == (200, b"", None)
    assert response.header("Content-Length") == "0"
    methods = response.all_headers("access-control-allow-methods")
    assert len(methods) == 1
    assert methods[0].endswith(",OPTIONS")
    assert set(methods[0].removesuffix(",OPTIONS").split(",")) == METHODS[path]
    assert len(methods[0].split(",")) == len(METHODS[path]) + 1
    assert response.all_headers("access-control-allow-headers") == [ALLOWED_HEADERS]


def test_RTE_10_options_looks_at_nothing_else(client):
    for target in ("/v1/brokers/b-unknown", "/v1/brokers/b-unknown/users/x%20y", "/v1/brokers?maxResults=1"):
        for body in (None, b"{"):
            response = client.call("OPTIONS", target, body)
            assert (response.status, response.body) == (200, b"")


def test_RTE_11_other_answers_do_not_name_methods(client, broker):
    for response in (client.call("GET", f"/v1/brokers/{broker}"), client.call("GET", "/nowhere")):
        assert response.header("access-control-allow-methods") is None
        assert response.header("access-control-allow-headers") is None
