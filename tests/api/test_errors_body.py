"""Request bodies: malformed ones with their offsets, wrong types with their paths, missing and ignored members."""

import re

import pytest

from harness import PASSWORD, assert_bad_request, assert_no_user, assert_ok, create_user, user_path, views

GOOD = b'"password":"a-long-password-1"'


def post(client, broker, body):
    """CreateUser with that body."""
    return client.call("POST", user_path(broker, "alice"), body)


def malformed(client, broker, body, reason, offset):
    """CreateUser and UpdateUser refuse the body with that reason and offset, and nothing is left behind."""
    message = f"Unable to parse the request body: {reason} at byte [{offset}]."
    for method, name in (("POST", "alice"), ("PUT", "alice"), ("PUT", "")):
        assert_bad_request(client.call(method, user_path(broker, name), body), message)
    assert_no_user(client.call("GET", user_path(broker, "alice")), "alice")


@pytest.mark.parametrize("body, reason, offset", [
    (b"x", "unexpected character", 0),
    (b"password=secret", "unexpected character", 0),
    (b"<user/>", "unexpected character", 0),
    (b"{", "unexpected end", 1),
    (b"{ ", "unexpected end", 2),
    (b"[", "unexpected end", 1),
    (b'{"', "unexpected end", 2),
    (b'{"password', "unexpected end", 10),
    (b'{"password"', "unexpected end", 11),
    (b'{"password":', "unexpected end", 12),
    (b'{"password":"abc', "unexpected end", 16),
    (b'{"password":"abc\\', "unexpected end", 17),
    (b'{"password":"abc"', "unexpected end", 17),
    (b'{"password":"abc",', "unexpected end", 18),
    (b'{"password":"abc",}', "unexpected character", 18),
    (b'{"groups":["a",]}', "unexpected character", 15),
    (b'{"groups":["a" "b"]}', "unexpected character", 15),
    (b'{"groups":[,"a"]}', "unexpected character", 11),
    (b'{"password" "abc"}', "unexpected character", 12),
    (b"{password:1}", "unexpected character", 1),
    (b"{'password':1}", "unexpected character", 1),
    (b"{1:1}", "unexpected character", 1),
    (b'{"a":tru}', "unexpected character", 8),
    (b'{"a":tru', "unexpected end", 8),
    (b'{"a":TRUE}', "unexpected character", 5),
    (b'{"a":nulL}', "unexpected character", 8),
    (b'{"a":NaN}', "unexpected character", 5),
    (b'{"a":01}', "unexpected character", 6),
    (b'{"a":1.}', "unexpected character", 7),
    (b'{"a":.5}', "unexpected character", 5),
    (b'{"a":+1}', "unexpected character", 5),
    (b'{"a":-}', "unexpected character", 6),
    (b'{"a":1e}', "unexpected character", 7),
    (b'{"a":0x10}', "unexpected character", 6),
    (b'{"a":"\\x41"}', "unexpected character", 7),
    (b'{"a":"\\u12g4"}', "unexpected character", 10),
    (b'{"a":1}//', "text after the end", 7),
    (b'/**/{"a":1}', "unexpected character", 0),
    (b'{"a":1 /**/}', "unexpected character", 7),
    (b'{"a":1}\x0c', "text after the end", 7),
    (b'{"a":1}\x00', "text after the end", 7),
    (b"\x00", "unexpected character", 0),
    (b'{\x00"a":1}', "unexpected character", 1),
])
def test_ERR_4_ERR_5_not_json(client, broker, body, reason, offset):
    malformed(client, broker, body, reason, offset)


@pytest.mark.parametrize("body, offset", [(b"{} {}", 3), (b"{}x", 2), (b'{"a":1},', 7), (b"{}\n\n[]", 4), (b"{}}", 2),
                                          (b'[]"', 2)])
def test_ERR_5_text_after_the_end(client, broker, body, offset):
    malformed(client, broker, body, "text after the end", offset)


@pytest.mark.parametrize("body, offset", [(b"[]", 0), (b"null", 0), (b"true", 0), (b"12", 0), (b'"text"', 0),
                                          (b"  []", 2), (b'[{"password":"abc"}]', 0), (b"\n-1.5e+3", 1)])
def test_ERR_6_no_object(client, broker, body, offset):
    malformed(client, broker, body, "not an object", offset)


@pytest.mark.parametrize("body, reason, offset", [
    (b"\xef\xbb\xbf{}", "byte order mark", 0),
    (b"\xef\xbb\xbf", "byte order mark", 0),
    (b"\xff\xfe{\x00}\x00", "invalid UTF-8", 0),
    (b'{"a":"\xff"}', "invalid UTF-8", 6),
    (b'{"a":"ab\x80"}', "invalid UTF-8", 8),
    (b'{"a":"\xc3"}', "invalid UTF-8", 6),
    (b'{"a":"\xc0\xaf"}', "invalid UTF-8", 6),
    (b'{"a":"\xe0\x80\x80"}', "invalid UTF-8", 6),
    (b'{"a":"\xed\xa0\x80"}', "invalid UTF-8", 6),
    (b'{"a":"\xf4\x90\x80\x80"}', "invalid UTF-8", 6),
    (b'{"a":"\xe2\x82"}', "invalid UTF-8", 6),
    (b'{"\xe4":1}', "invalid UTF-8", 2),
    (b'{"a":1}\xff', "invalid UTF-8", 7),
    (b'{"a":"\\ud800"}', "unpaired surrogate in a string", 6),
    (b'{"a":"x\\udc00"}', "unpaired surrogate in a string", 7),
    (b'{"a":"\\ud83dx"}', "unpaired surrogate in a string", 6),
    (b'{"a":"\\ud83d\\u0041"}', "unpaired surrogate in a string", 6),
])
def test_ERR_7_encoding(client, broker, body, reason, offset):
    malformed(client, broker, body, reason, offset)


@pytest.mark.parametrize("body, reason, offset", [
    (b'{"a":"\\u0000"}', "NUL character in a string", 6),
    (b'{"a":"xy\\u0000z"}', "NUL character in a string", 8),
    (b'{"\\u0000":1}', "NUL character in a string", 2),
    (b'{"password":"a-long-password-1\\u0000"}', "NUL character in a string", 30),
    (b'{"a":"x\x00"}', "NUL character in a string", 7),
    (b'{"a":"x\ny"}', "control character in a string", 7),
    (b'{"a":"\t"}', "control character in a string", 6),
    (b'{"a":"\x1f"}', "control character in a string", 6),
    (b'{"\r":1}', "control character in a string", 2),
])
def test_ERR_8_control_characters(client, broker, body, reason, offset):
    malformed(client, broker, body, reason, offset)


def test_ERR_8_an_escaped_backslash_before_u0000_is_text(client, broker):
    assert_ok(post(client, broker, b'{"password":"a-long-pass\\\\u0000"}'), {})


@pytest.mark.parametrize("body, offset", [
    (b'{"password":"a","password":"b"}', 16),
    (b'{"password":"a","passwor\\u0064":"b"}', 16),
    (b'{"a":1,"b":2,"a":1}', 13),
    (b'{"a":{"x":1,"x":1}}', 12),
    (b'{"a":[{"x":1},{"x":1,"y":2,"x":1}]}', 27),
    (b'{"":1,"":2}', 6),
    (b'{"b":1,"b":2,"a":1,"a":2}', 7),
    ('{"é":1,"\\u00e9":2}'.encode(), 8),
    ('{"😀":1,"\\ud83d\\ude00":2}'.encode(), 10),
])
def test_ERR_9_duplicate_members(client, broker, body, offset):
    malformed(client, broker, body, "duplicate member", offset)


@pytest.mark.parametrize("body", [b'{"a":{"x":1},"b":{"x":1},"x":2}', b'{"a":[{"x":1},{"x":1}]}', b'{"a":1,"A":1}',
                                  b'{"a":"a","b":"a"}', b'{"a":{"a":{"a":1}}}'])
def test_ERR_9_ERR_18_the_same_name_in_different_objects(client, broker, body):
    assert_ok(post(client, broker, b"{" + GOOD + b"," + body[1:]), {})


def nested(levels):
    """An object of that many levels, the innermost ones lists; and the offset of the last one's bracket."""
    head = b'{"x":' + b"[" * (levels - 1)
    return head + b"]" * (levels - 1) + b"," + GOOD + b"}", len(head) - 1


def test_ERR_10_depth(client, broker):
    body, offset = nested(33)
    malformed(client, broker, body, "nesting deeper than 32", offset)
    deep_objects = b'{"x":' * 33 + b"1" + b"}" * 33
    malformed(client, broker, deep_objects, "nesting deeper than 32", 32 * len(b'{"x":'))
    malformed(client, broker, b'{"x":' + b"[" * 100000, "nesting deeper than 32", len(b'{"x":') + 31)
    assert_ok(post(client, broker, nested(32)[0]), {})


def test_ERR_11_values(client, broker):
    """The object, its list and the password are values too."""
    def body(items):
        return b"{" + GOOD + b',"x":[' + b",".join([b"1"] * items) + b"]}"

    too_many = body(9998)
    malformed(client, broker, too_many, "more than 10000 values", len(too_many) - len(b"1]}"))
    many_members = b'{"x":[' + b",".join([b"{}"] * 20000) + b"]}"
    malformed(client, broker, many_members, "more than 10000 values", len(b'{"x":[') + 9998 * len(b"{},"))
    assert_ok(post(client, broker, body(9997)), {})


def test_ERR_31_long_numbers(client, broker):
    malformed(client, broker, b'{"x":%s}' % (b"1" * 64), "number longer than 63 characters", 5)
    malformed(client, broker, b'{"x":[-1.%se-1]}' % (b"1" * 58), "number longer than 63 characters", 6)
    assert_ok(post(client, broker, b'{"x":%s,%s}' % (b"1" * 63, GOOD)), {})


@pytest.mark.parametrize("body", [b'{"password":"s3cret-s3cret" x', b'{"s3cret":1,"s3cret":2}', b'"s3cret"', b"s3cret",
                                  b'{"password":"s3cret\n"}', b'{"password":"s3cret\xff"}', b'{"a":s3cret}',
                                  b"{} s3cret"])
def test_ERR_12_the_reason_never_quotes_the_body(client, broker, body):
    response = post(client, broker, body)
    assert response.status == 400
    assert re.fullmatch(r"Unable to parse the request body: [A-Za-z0-9 -]+ at byte \[\d+\]\.",
                        response.json()["message"])
    assert b"s3cret" not in response.body


@pytest.mark.parametrize("body", [None, b"", b" ", b"\r\n\t "])
def test_ERR_13_ERR_17_an_empty_body_reads_as_an_empty_object(client, broker, body):
    assert_bad_request(post(client, broker, body), "[password] is required.", "password")
    create_user(client, broker, "alice")
    assert_ok(client.call("PUT", user_path(broker, "alice"), body), {})


def test_ERR_13_white_space_around_the_object(client, broker):
    body = b' \r\n\t{ \n"password" \t:\r "a-long-password-1" , "groups" : [ "ab" , "cd" ] } \n'
    assert_ok(post(client, broker, body), {})
    assert views(client, broker, "alice")[0]["pending"]["groups"] == ["ab", "cd"]


# --- Types -----------------------------------------------------------------------------------------------------

WRONG = {"string": ["12", "1.5", "true", "[]", "{}", '["text"]'],
         "boolean": ["1", "0", '"true"', '""', "[]", "{}", "[true]"],
         "list of strings": ["1", '"text"', "true", "{}", '{"0":"text"}']}
MEMBERS = {"password": "string", "consoleAccess": "boolean", "replicationUser": "boolean", "groups": "list of strings"}


@pytest.mark.parametrize("member, kind, value", [(member, kind, value) for member, kind in MEMBERS.items()
                                                 for value in WRONG[kind]])
def test_ERR_14_wrong_type(client, broker, member, kind, value):
    good = b"" if member == "password" else b"," + GOOD
    body = b'{"%s":%s%s}' % (member.encode(), value.encode(), good)
    for method in ("POST", "PUT"):
        assert_bad_request(client.call(method, user_path(broker, "alice"), body),
                           f"Invalid value for [{member}]. Specify a {kind}.", member)
    assert_no_user(client.call("GET", user_path(broker, "alice")), "alice")


@pytest.mark.parametrize("groups, index", [("[1]", 0), ('["ab",1]', 1), ('["ab","cd",null]', 2), ("[null]", 0),
                                           ('["ab",["cd"]]', 1), ('["ab",{}]', 1), ('["ab",true,null]', 1),
                                           ("[" + '"ab",' * 25 + "1]", 25)])
def test_ERR_15_wrong_type_in_a_list(client, broker, groups, index):
    body = b'{"groups":%s,%s}' % (groups.encode(), GOOD)
    for method in ("POST", "PUT"):
        assert_bad_request(client.call(method, user_path(broker, "alice"), body),
                           f"Invalid value for [groups[{index}]]. Specify a string.", f"groups[{index}]")


def test_ERR_16_null_counts_as_absent(client, broker):
    assert_ok(post(client, broker, b'{"consoleAccess":null,"groups":null,"replicationUser":null,%s}' % GOOD), {})
    assert_ok(client.call("GET", user_path(broker, "alice")),
              {"brokerId": broker, "pending": {"consoleAccess": False, "groups": [], "pendingChange": "CREATE"},
               "replicationUser": False, "username": "alice"})
    assert_bad_request(client.call("POST", user_path(broker, "bob"), b'{"password":null}'), "[password] is required.",
                       "password")
    create_user(client, broker, "bob", consoleAccess=True, groups=["one"])
    assert_ok(client.call("PUT", user_path(broker, "bob"), b'{"consoleAccess":null,"groups":null}'), {})
    assert views(client, broker, "bob")[0]["pending"] == {"consoleAccess": True, "groups": ["one"],
                                                          "pendingChange": "CREATE"}


@pytest.mark.parametrize("extra", [b'"x":1', b'"x":null', b'"x":{"password":1}', b'"x":[[[]],{}]', b'"":""',
                                   b'"x":1e400', b'"x":-0.0e-1', b'"x":9007199254740993', b'"Groups":1',
                                   b'"PASSWORD":1', b'"groups ":1', b'"x":"\\ud83d\\ude00\\"\\\\\\/\\b\\f\\n\\r\\t"'])
def test_ERR_18_unknown_members_are_ignored(client, broker, extra):
    assert_ok(post(client, broker, b"{" + extra + b"," + GOOD + b"}"), {})


def test_ERR_18_names_are_case_sensitive(client, broker):
    assert_bad_request(post(client, broker, {"Password": PASSWORD}), "[password] is required.", "password")


# --- The order of the passes -----------------------------------------------------------------------------------

@pytest.mark.parametrize("body, message, attribute", [
    (b'{"groups":["!"],"consoleAccess":1,}',
     "Unable to parse the request body: unexpected character at byte [34].", None),
    (b'{"consoleAccess":1,"a":1,"a":1}', "Unable to parse the request body: duplicate member at byte [25].", None),
    (b'{"replicationUser":1,"password":1,"groups":1,"consoleAccess":1}',
     "Invalid value for [consoleAccess]. Specify a boolean.", "consoleAccess"),
    (b'{"replicationUser":1,"password":1,"groups":1}',
     "Invalid value for [groups]. Specify a list of strings.", "groups"),
    (b'{"replicationUser":1,"password":1,"groups":[1]}',
     "Invalid value for [groups[0]]. Specify a string.", "groups[0]"),
    (b'{"replicationUser":1,"password":1}', "Invalid value for [password]. Specify a string.", "password"),
    (b'{"replicationUser":1,"password":"short"}', "Invalid value for [replicationUser]. Specify a boolean.",
     "replicationUser"),
    (b'{"replicationUser":1}', "Invalid value for [replicationUser]. Specify a boolean.", "replicationUser"),
    (b'{"groups":["a"]}', "[password] is required.", "password"),
    (b'{"consoleAccess":true,"replicationUser":true}', "[password] is required.", "password"),
])
def test_ERR_19_syntax_then_types_then_required_then_rules(client, broker, body, message, attribute):
    assert_bad_request(post(client, broker, body), message, attribute)


def test_ERR_19_USR_14_a_missing_password_comes_before_the_empty_username(client, broker):
    path = f"/v1/brokers/{broker}/users/"
    assert_bad_request(client.call("POST", path, {}), "[password] is required.", "password")
    assert_bad_request(client.call("POST", path, {"password": "short"}),
                       "Password is invalid. Enter a password 12 to 250 characters long.", "password")
    assert_bad_request(client.call("POST", path, {"password": PASSWORD}),
                       "Username is invalid. Enter a username 2 to 100 characters long.", "username")
    assert_bad_request(client.call("PUT", path, {"groups": ["!"]}),
                       "Group [!] is invalid. Enter a group name 2 to 100 characters long.", "groups")
    assert_bad_request(client.call("PUT", path, {"password": 1}),
                       "Invalid value for [password]. Specify a string.", "password")
