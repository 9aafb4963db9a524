"""The one call of another service: who am I?"""

import xml.etree.ElementTree as ElementTree

import pytest

import harness
from harness import Server, credential, sql_insert

SEED = sql_insert("access_key", id="AKIDNAMED", secret="secret", account="333333333333", user_name="ci@example.com")
FORM = "Action=GetCallerIdentity&Version=2011-06-15"
SPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"


@pytest.fixture(params=["none", "verify"], scope="module")
def client(request):
    with Server("--auth", request.param, seed=SEED) as server:
        yield server.client()


def identity(client, *headers, form=FORM):
    """Account and ARN of the answer."""
    response = client.call("POST", "/", form.encode(), headers=headers, check=harness.CHECK_NONE)
    assert (response.status, response.error, response.header("Content-Type")) == (200, None, "text/xml")
    root = ElementTree.fromstring(response.body)
    assert root.tag == f"{SPACE}GetCallerIdentityResponse"
    return tuple(root.findtext(f"{SPACE}GetCallerIdentityResult/{SPACE}{name}") for name in ("Account", "Arn"))


def test_WLD_9_who_is_calling(client):
    assert identity(client) == ("123456789012", "arn:aws:iam::123456789012:root")
    assert identity(client, form="Version=2011-06-15&Action=GetCallerIdentity")[0] == "123456789012"
    assert identity(client, credential("222222222222", "us-east-1"))[1] == "arn:aws:iam::222222222222:root"
    assert identity(client, credential("222222222222", "cn-north-1"))[1] == "arn:aws-cn:iam::222222222222:root"
    assert identity(client, credential("AKIDNAMED", "us-gov-west-1")) == (
        "333333333333", "arn:aws-us-gov:iam::333333333333:user/ci@example.com")


@pytest.mark.parametrize("method, target, form", [
    ("POST", "/", ""), ("POST", "/", "Action=AssumeRole"), ("POST", "/", "XAction=GetCallerIdentity"),
    ("POST", "/", "Action=GetCallerIdentityX"), ("GET", "/", FORM), ("POST", "//", FORM), ("POST", "/v1", FORM),
])
def test_WLD_9_anything_else_is_an_unknown_path(client, method, target, form):
    response = client.call(method, target, form.encode())
    assert (response.status, response.error) == (403, "MissingAuthenticationTokenException")
