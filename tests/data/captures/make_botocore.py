"""Writes requests signed by botocore 1.43.11 that the recorded clients never send.

python3 make_botocore.py > botocore.txt
python3 make_botocore.py refused > refused.txt
"""

import datetime
import re
import sys
from unittest import mock

import botocore
import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 23, 17, 14, 21, tzinfo=datetime.timezone.utc)
ENDPOINT = "http://127.0.0.1:18601"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ+token=="
ARN = "arn:aws:mq:us-east-1:123456789012:broker:b:b-1"


def write(case, method, url, headers=(), body=""):
    path = re.sub(r"^https?://[^/]*", "", url)
    print(f"#### botocore-{botocore.__version__} {case} t={NOW.timestamp():.3f}")
    print(f"{method} {path} HTTP/1.1\\r")
    print("Host: 127.0.0.1:18601\\r")
    for name, value in headers:
        print(f"{name}: {value}\\r")
    print(f"\\r\n{body}\n---- response: none\n")


def presign(case, operation, params, expires=3600, token=None):
    client = botocore.session.get_session().create_client(
        "mq", "us-east-1", endpoint_url=ENDPOINT, aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret", aws_session_token=token)
    url = client.generate_presigned_url(operation, params, expires)
    write(case, "GET", url)


def sign(case, signer, method, url, headers, body="", signing=True):
    # The query signers move a body into the query, which no service with JSON bodies reads.
    data = "" if isinstance(signer, botocore.auth.SigV4QueryAuth) else body
    request = AWSRequest(method=method, url=url, headers=headers, data=data)
    request.context["payload_signing_enabled"] = signing
    signer.add_auth(request)
    write(case, method, request.url, request.headers.items(), body)


def main():
    presign("presigned-ListBrokers", "list_brokers", {})
    presign("presigned-ListBrokers-1s", "list_brokers", {}, expires=1)
    presign("presigned-ListBrokers-7d", "list_brokers", {}, expires=604800)
    presign("presigned-ListBrokers-session", "list_brokers", {}, token=TOKEN)
    presign("presigned-ListUsers", "list_users",
            {"BrokerId": "b-1", "MaxResults": 100, "NextToken": "tok+/=~ %2F ü&x"})
    presign("presigned-ListUsers-emptytoken", "list_users", {"BrokerId": "b-1", "NextToken": ""})
    presign("presigned-DescribeUser-special", "describe_user",
            {"BrokerId": "b-1", "Username": "we ird/üñ?#%+&=:@!$'()*,;"})
    presign("presigned-DescribeUser-dotdot", "describe_user",
            {"BrokerId": "b-1", "Username": ".."})
    presign("presigned-DescribeUser-emptyname", "describe_user",
            {"BrokerId": "b-1", "Username": ""})
    presign("presigned-ListTags", "list_tags", {"ResourceArn": ARN})

    key = Credentials("AKIDEXAMPLE", "secret")
    header = botocore.auth.SigV4Auth(key, "mq", "us-east-1")
    s3_query = botocore.auth.S3SigV4QueryAuth(key, "mq", "us-east-1", 900)
    users = ENDPOINT + "/v1/brokers/b-1/users"
    sign("presigned-unsigned-payload", s3_query, "POST", users + "/alice", {},
         '{"password":"correcthorse12"}')
    # botocore leaves the body out of the signature over TLS only.
    sign("unsigned-payload", header, "POST", users.replace("http:", "https:") + "/alice", {},
         '{"password":"correcthorse12"}', signing=False)
    sign("date-header", header, "GET", users, {"Date": "replaced by botocore"})
    sign("slashes", header, "GET", ENDPOINT + "//v1/./brokers//b-1/x/../users//", {})
    sign("query-order", header, "GET",
         users + "?b=2&a-b=1&a=3&a=1&A=0&a~b=4&a%20b=5&a.b=%2F%3F&plus=1%2B1", {})
    sign("session-token", botocore.auth.SigV4Auth(Credentials("AKIDEXAMPLE", "secret", TOKEN),
                                                  "mq", "us-east-1"), "GET", users, {})
    sign("blanks-in-header", header, "GET", users, {"X-Note": "  one \t two   three\t "})


class WithoutHost(botocore.auth.SigV4Auth):
    def headers_to_sign(self, request):
        headers = super().headers_to_sign(request)
        del headers["host"]
        return headers


class Backwards(botocore.auth.SigV4Auth):
    def signed_headers(self, headers_to_sign):
        return ";".join(reversed(super().signed_headers(headers_to_sign).split(";")))

    def canonical_headers(self, headers_to_sign):
        return "\n".join(reversed(super().canonical_headers(headers_to_sign).split("\n")))


class UpperCase(botocore.auth.SigV4Auth):
    def __init__(self, name, *args):
        super().__init__(*args)
        self.name = name

    def signed_headers(self, headers_to_sign):
        return super().signed_headers(headers_to_sign).replace(self.name.lower(), self.name)

    def canonical_headers(self, headers_to_sign):
        return super().canonical_headers(headers_to_sign).replace(self.name.lower(), self.name)


def refused():
    """Signatures that are right for what they cover."""
    key = Credentials("AKIDEXAMPLE", "secret")
    url = ENDPOINT + "/v1/brokers/b-1/users/alice"
    body = '{"password":"correcthorse12"}'
    scope = (key, "mq", "us-east-1")
    for case, signer in [("without-host", WithoutHost(*scope)), ("backwards", Backwards(*scope)),
                         ("upper-case-host", UpperCase("Host", *scope)),
                         ("upper-case-date", UpperCase("X-Amz-Date", *scope))]:
        sign(case, signer, "POST", url, {}, body)
    header = botocore.auth.SigV4Auth(*scope)
    for case, declared in [
            ("hash-of-nothing", botocore.auth.EMPTY_SHA256_HASH),
            ("hash-in-upper-case",
             "1CEF0F51FA65DE1923D43AAA4D0BAFE130F03F701335D5EB204EE97C5473540E"),
            ("empty-hash", ""),
            ("streaming", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            ("streaming-unsigned", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]:
        sign(case, header, "POST", url, {"X-Amz-Content-SHA256": declared}, body)


with mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
    refused() if sys.argv[1:] == ["refused"] else main()
