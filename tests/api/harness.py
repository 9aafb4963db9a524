"""Drives the real server over raw sockets: start and stop it, send it bytes, check what every answer must obey.

    with Server(seed=sql_broker("b-1", name="orders")) as server:
        client = server.client()
        response = client.call("POST", "/v1/brokers/b-1/users/alice", {"password": "a-long-password-1"})
        assert_ok(response, {})

Nothing here normalises: the target, the headers and the body go out as they are given, and a Response holds what
came back as it came.
"""

import base64
import datetime
import email.utils
import functools
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import model

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("AMAZONMQ_LOCAL_BIN") or os.path.join(ROOT, "build", "amazonmq-local")

# How long anything that must happen may take: generous, because it is only ever waited for in a failure.
DEADLINE_S = float(os.environ.get("AMAZONMQ_LOCAL_TEST_DEADLINE", "30"))

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
PASSWORD = "a-long-password-1"

# (operation, error name or 200) of every checked answer of this run: test_coverage asks for it at the end.
OBSERVED = set()

# What the answer to a request is checked against.
CHECK_ALL = "all"  # the rules every answer shares, and the model of the operation
CHECK_SHARED = "shared"  # only the rules every answer shares (say, for a fault with an invented error)
CHECK_NONE = "none"  # nothing (what libmicrohttpd answers by itself in HTML, /_local/ endpoints)


# --- Waiting ---------------------------------------------------------------------------------------------------

def eventually(condition, what, deadline_s=None):
    """Calls condition() until it returns something true and returns that; fails, naming what, at the deadline."""
    end = time.monotonic() + (DEADLINE_S if deadline_s is None else deadline_s)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for: {what}")
        time.sleep(0.01)


# --- The server ------------------------------------------------------------------------------------------------

def environment(extra=None):
    """The environment for a server: ours without any AMAZONMQ_LOCAL_ setting, plus extra."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("AMAZONMQ_LOCAL_")}
    env.update(extra or {})
    return env


def run(*flags, env=None, timeout_s=None):
    """Runs the binary to its end (--help, a bad flag, …); the CompletedProcess has stdout and stderr as bytes."""
    return subprocess.run([BINARY, *map(str, flags)], env=environment(env), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          timeout=DEADLINE_S if timeout_s is None else timeout_s)


@functools.cache
def library_version(name):
    """The version of a library of the binary, as a tuple of numbers; its name as --version has it."""
    text = run("--version").stdout.decode("ascii")
    return tuple(int(part) for part in re.search(rf"\b{re.escape(name)} ([\d.]+)", text)[1].split("."))


class Server:
    """One process of the server on a free port. Use it as a context manager: leaving it asserts a clean stop.

    flags        more command line, as strings ("--reboot-time", "0")
    seed         SQL text, or a list of SQL texts: each becomes a file and a --seed
    env          more environment variables
    port         None leaves the flag out; default 0: any free one
    preexec      called in the child before exec (resource limits)
    binary       default BINARY
    """

    def __init__(self, *flags, seed=None, env=None, port=0, preexec=None, binary=None):
        binary = binary or BINARY
        if not os.path.exists(binary):
            raise FileNotFoundError(f"{binary}: build the server first (make)")
        self.directory = tempfile.mkdtemp(prefix="amazonmq-local-test-")
        self.args = [binary]
        if port is not None:
            self.args += ["--port", str(port)]
        seeds = [seed] if isinstance(seed, str) else list(seed or ())
        for number, text in enumerate(seeds):
            path = os.path.join(self.directory, f"seed-{number:02}.sql")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.args += ["--seed", path]
        self.args += [str(flag) for flag in flags]
        self.env = environment(env)
        self.preexec = preexec
        self.process = None
        self.url = None
        self.host = None
        self.port = None
        self.clients = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind, value, traceback):
        self.close_clients()
        try:
            if kind is not None:
                self.kill()
            elif self.process is not None:
                self.stop()
        finally:
            self._remove()

    def spawn(self):
        """Starts the process without waiting for anything."""
        self._stdout = b""
        self._stdout_ended = threading.Event()
        self._stderr_file = open(os.path.join(self.directory, "stderr"), "ab")
        self.process = subprocess.Popen(self.args, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self._stderr_file, preexec_fn=self.preexec)
        self._reader = threading.Thread(target=self._read_stdout, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read_stdout(self, pipe):
        while True:
            data = os.read(pipe.fileno(), 4096)
            if not data:
                break
            self._stdout += data
        self._stdout_ended.set()

    def start(self):
        """Starts the process and waits for the line with its URL."""
        self.spawn()

        def line():
            if b"\n" in self._stdout:
                return True
            if self.process.poll() is not None and self._stdout_ended.is_set():
                raise AssertionError(f"the server ended with {self.process.returncode} instead of starting: "
                                     f"{self.stderr_text()}")
            return False

        try:
            eventually(line, "the URL on stdout")
        except BaseException:
            self.kill()
            raise
        self.url = self._stdout.split(b"\n", 1)[0].decode("ascii")
        parts = urllib.parse.urlsplit(self.url)
        assert parts.scheme == "http" and parts.port, f"no URL on stdout: {self.url!r}"
        self.host, self.port = parts.hostname, parts.port

    def restart(self):
        """Stops the server cleanly and starts it again with the same arguments (a free port may differ)."""
        self.close_clients()
        self.stop()
        self.start()

    @property
    def pid(self):
        return self.process.pid

    def stdout_text(self):
        """What the process has written to stdout so far."""
        return self._stdout.decode("utf-8")

    def stderr_text(self):
        """What the process (or its predecessors, after a restart) has written to stderr so far."""
        with open(os.path.join(self.directory, "stderr"), "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")

    def wait_exit(self, timeout_s=None):
        """Waits for the process to end by itself and returns its exit code."""
        code = self.process.wait(DEADLINE_S if timeout_s is None else timeout_s)
        self._reader.join()
        self.process.stdout.close()
        self._stderr_file.close()
        self.process = None
        return code

    def stop(self, signal_number=signal.SIGTERM, timeout_s=None):
        """Asks the process to end and asserts exit code 0, one line on stdout, no report of a sanitizer and no system
        call that the sandbox refused: its table has all that the server needs."""
        process = self.process
        if process.poll() is None:
            process.send_signal(signal_number)
        try:
            code = self.wait_exit(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop: {self.stderr_text()[-4000:]}") from None
        errors = self.stderr_text()
        assert code == 0, f"exit code {code}: {errors[-8000:]}"
        assert self._stdout.count(b"\n") == 1, f"more than the URL on stdout: {self._stdout!r}"
        assert "Sanitizer" not in errors and "runtime error:" not in errors, errors[-8000:]
        assert "sandbox-refused" not in errors, errors[-8000:]

    def kill(self):
        """SIGKILL, and waits for the end."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.wait_exit()

    def client(self, **options):
        """A new Client for this server; closed with it."""
        client = Client((self.host, self.port), **options)
        self.clients.append(client)
        return client

    def close_clients(self):
        for client in self.clients:
            client.close()
        self.clients = []

    def _remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


# --- A connection ----------------------------------------------------------------------------------------------

class Response:
    """An answer as received: status, reason, version, headers as (name, value) pairs in order, body bytes."""

    def __init__(self, method, target, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.version, status, self.reason = (lines[0].split(" ", 2) + [""])[:3]
        self.status = int(status)
        self.method = method
        self.target = target
        self.operation = model.operation_of(method, target)
        self.headers = []
        for line in lines[1:]:
            name, separator, value = line.partition(":")
            assert separator, f"no header: {line!r}"
            self.headers.append((name, value.strip(" \t")))
        self.body = body

    def __repr__(self):
        return f"<{self.method} {self.target[:200]} -> {self.status} {self.error or ''} {self.body[:1000]!r}>"

    def header(self, name):
        """The value of the first header of that name in any case, or None."""
        values = self.all_headers(name)
        return values[0] if values else None

    def all_headers(self, name):
        """The values of all headers of that name in any case."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def error(self):
        """The error's name, from the header; None for a success."""
        return self.header("x-amzn-errortype")

    @property
    def request_id(self):
        return self.header("x-amzn-RequestId")

    def json(self):
        """The body, parsed."""
        return json.loads(self.body)


class ConnectionEnded(AssertionError):
    """The server closed the connection where an answer was due; .partial holds what had come."""

    def __init__(self, partial):
        super().__init__(f"the connection ended after {partial[:500]!r}")
        self.partial = partial


class Client:
    """A connection that is kept alive; opened when first used, and again after an answer that closed it.

    address      (host, port)
    headers      pairs sent with every call(), for example an Authorization
    timeout_s    how long to wait for bytes
    """

    def __init__(self, address, headers=(), timeout_s=None):
        self.address = address
        self.common_headers = tuple(headers)
        self.timeout_s = DEADLINE_S if timeout_s is None else timeout_s
        self.socket = None
        self.buffer = b""
        self.sent_s = time.time()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connect(self):
        """Opens the connection unless it is open; returns the socket."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, self.timeout_s)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.buffer = b""
        return self.socket

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None
            self.buffer = b""

    def send(self, data):
        """Sends bytes as they are."""
        self.sent_s = time.time()
        self.connect().sendall(data)

    def receive_some(self):
        """The next bytes, b'' at the end of the connection."""
        if self.buffer:
            data, self.buffer = self.buffer, b""
            return data
        return self.socket.recv(65536)

    def receive_until_closed(self):
        """Everything up to the end of the connection (a reset ends it too), as bytes; closes our side."""
        parts = []
        try:
            while True:
                data = self.receive_some()
                if not data:
                    break
                parts.append(data)
        except ConnectionResetError:
            pass
        self.close()
        return b"".join(parts)

    def _fill(self, partial):
        data = self.socket.recv(65536)
        if not data:
            self.close()
            raise ConnectionEnded(partial + self.buffer)
        self.buffer += data

    def receive_head(self):
        """The next status line and headers as bytes, without the empty line."""
        while b"\r\n\r\n" not in self.buffer:
            self._fill(b"")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head

    def receive(self, method="GET", target="", check=CHECK_ALL):
        """Reads one answer (100 Continue is passed over) to a request of that method and target, and checks it."""
        while True:
            head = self.receive_head()
            if not re.match(rb"HTTP/1\.1 1\d\d ", head):
                break
        response = Response(method, target, head, b"")
        length = response.header("Content-Length")
        if method == "HEAD" or response.status in (204, 304):
            pass
        elif length is not None:
            while len(self.buffer) < int(length):
                self._fill(head + b"\r\n\r\n")
            response.body, self.buffer = self.buffer[:int(length)], self.buffer[int(length):]
        else:
            response.body = self.receive_until_closed()
        if (response.header("Connection") or "").lower() == "close" or response.version == "HTTP/1.0":
            self.close()
        if check != CHECK_NONE:
            check_shared(response, self.sent_s)
            if check == CHECK_ALL:
                check_model(response)
            if response.operation:
                OBSERVED.add((response.operation, response.error or response.status))
        return response

    def raw(self, data, check=CHECK_ALL):
        """Sends one whole request as bytes and returns the Response."""
        method, _, rest = data.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        self.send(data)
        return self.receive(method, rest.rsplit(" ", 1)[0], check)

    def call(self, method, target, body=None, headers=(), check=CHECK_ALL):
        """Sends a request and returns the Response.

        target   the raw request target, percent-encoded by the caller
        body     None, bytes, str (UTF-8), or anything else: sent as compact JSON
        headers  pairs (or a dict); Host, Content-Type and Content-Length are added where not given
        """
        self.send(build(method, target, body, [*self.common_headers, *pairs(headers)], self.address))
        return self.receive(method, target, check)


def pairs(headers):
    """Headers as a list of pairs, from pairs or a dict."""
    return list(headers.items()) if isinstance(headers, dict) else list(headers)


def build(method, target, body=None, headers=(), address=("localhost", 80)):
    """The bytes of a request; see Client.call."""
    headers = pairs(headers)
    given = {name.lower() for name, _ in headers}
    if body is None:
        data = b""
    elif isinstance(body, bytes):
        data = body
    elif isinstance(body, str):
        data = body.encode("utf-8")
    else:
        data = json.dumps(body, separators=(",", ":")).encode("ascii")
    if "host" not in given:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        headers.insert(0, ("Host", f"{host}:{address[1]}"))
    if body is not None and "content-type" not in given:
        headers.append(("Content-Type", "application/json"))
    if (body is not None or method in ("POST", "PUT")) and not given & {"content-length", "transfer-encoding"}:
        headers.append(("Content-Length", str(len(data))))
    head = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(head).encode("utf-8") + b"\r\n\r\n" + data


# --- The rules every answer shares -----------------------------------------------------------------------------

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
                  r"\d{4} \d\d:\d\d:\d\d GMT")
CLOCK_SLACK_S = 2  # both stamps are cut to whole seconds, and the server may read its clock once a tick

FIXED_HEADERS = {
    "Content-Type": "application/json",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-trace-id,"
                                     "x-amz-apigw-id,date",
}
# Of successes only.
CACHE_HEADERS = {"cache-control": "no-cache; no-store, must-revalidate, private", "expires": "0", "pragma": "no-cache"}

# Errors that are answered before the service is reached; its own have a body that is laid out.
COMPACT_ERRORS = {"AccessDeniedException", "IncompleteSignatureException", "InvalidSignatureException",
                  "MissingAuthenticationTokenException", "RequestEntityTooLargeException", "TooManyRequestsException",
                  "UnrecognizedClientException"}


def check_shared(response, sent_s=None):
    """Fails unless the answer obeys what every answer obeys: headers, JSON form, member order, error form."""
    for name, value in FIXED_HEADERS.items():
        assert response.all_headers(name) == [value], f"{name}: {response.all_headers(name)} in {response}"
    for name, value in CACHE_HEADERS.items():
        wanted = [] if response.error else [value]
        assert response.all_headers(name) == wanted, f"{name}: {response.all_headers(name)} in {response}"
    for name in ("Server", "x-amzn-error-message", "Transfer-Encoding"):
        assert response.header(name) is None, f"{name} in {response}"
    assert len(response.all_headers("x-amzn-RequestId")) == 1, response
    assert UUID.fullmatch(response.request_id), response.request_id
    gateway_id = response.all_headers("x-amz-apigw-id")
    assert len(gateway_id) == 1 and re.fullmatch(r"[A-Za-z0-9+/_-]{15}=", gateway_id[0]), gateway_id
    check_times(response, time.time() if sent_s is None else sent_s)
    if response.status == 204:
        assert response.body == b"", response
        return
    length = response.all_headers("Content-Length")
    assert len(length) == 1 and re.fullmatch(r"\d+", length[0]), f"Content-Length {length} in {response}"
    if response.method == "HEAD":
        assert response.body == b"", response
    elif response.method == "OPTIONS" and response.status == 200:
        assert response.body == b"" and response.error is None, response
    elif response.status < 300:
        assert response.error is None, response
        check_json(response.body, sorted_members=True)
    else:
        check_error_form(response)


def check_times(response, sent_s):
    """Date and x-amzn-trace-id carry the wall clock between sending and now."""
    earliest, latest = int(sent_s) - CLOCK_SLACK_S, time.time() + CLOCK_SLACK_S
    date = response.all_headers("Date")
    assert len(date) == 1 and DATE.fullmatch(date[0]), f"Date {date} in {response}"
    stamp = email.utils.parsedate_to_datetime(date[0]).timestamp()
    assert earliest <= stamp <= latest, f"Date {date[0]} is not the wall clock's"
    trace = response.all_headers("x-amzn-trace-id")
    match = len(trace) == 1 and re.fullmatch(r"Root=1-([0-9a-f]{8})-[0-9a-f]{24}", trace[0])
    assert match, f"x-amzn-trace-id {trace} in {response}"
    assert earliest <= int(match[1], 16) <= latest, f"x-amzn-trace-id {trace[0]} is not the wall clock's"


def check_error_form(response):
    """An error: a plain name in the header, `errorAttribute` (maybe) and `message` in that order in the body."""
    names = response.all_headers("x-amzn-errortype")
    assert len(names) == 1 and re.fullmatch(r"[A-Za-z0-9]+", names[0]), f"x-amzn-errortype {names} in {response}"
    body = check_json(response.body, laid_out=is_laid_out(response))
    shares = body.pop("resourceShareErrors", None)
    if shares is not None:
        assert response.operation == "UpdateBroker" and response.body.endswith(b'"\n  } ]\n}'), response
        assert shares and all(list(row) == ["errorCode", "resourceShareArn", "status"] for row in shares), response
    assert list(body) in (["errorAttribute", "message"], ["message"]), response
    assert all(isinstance(value, str) for value in body.values()), response


def is_laid_out(response):
    """Whether the error's body is laid out as the service's are."""
    return response.error not in COMPACT_ERRORS and not response.target.startswith("/_local")


def check_json(data, sorted_members=False, laid_out=False):
    """Parses JSON that is compact or laid out (no duplicate member, no null); returns the value."""
    text = data.decode("utf-8")
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    if laid_out:
        assert re.fullmatch(r'\{\n  "" : ""(?:,\n  "" : "")*(?:,\n  "" : \[ .* \])?\n\}', bare, re.DOTALL), f"not laid out: {text!r}"
    else:
        assert not re.search(r"\s", bare), f"not compact: {text!r}"
    assert "null" not in bare, f"null in {text!r}"

    def members(items):
        names = [name for name, _ in items]
        assert len(set(names)) == len(names), f"duplicate member in {text!r}"
        # By code point, which is the order of the UTF-8 bytes.
        assert not sorted_members or names == sorted(names), f"members are not in alphabetical order: {text!r}"
        return dict(items)

    value = json.loads(text, object_pairs_hook=members)
    assert isinstance(value, dict), f"no object: {text!r}"
    return value


def check_model(response):
    """Fails unless the service model allows that answer for the request's operation."""
    if response.error:
        model.check_error(response.operation, response.error, response.status)
    elif response.operation and response.method != "OPTIONS":
        assert response.status == model.OPERATIONS[response.operation]["status"], response
        if response.status != 204:
            model.check_answer(response.operation, response.json())


# --- What a test asserts ---------------------------------------------------------------------------------------

def compact(value):
    """The bytes of a value as the server writes it: compact, non-ASCII characters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def laid_out(value):
    """The bytes of an error's members as Jackson's pretty printer writes them."""
    members = ",\n".join(f"  {json.dumps(name)} : {json.dumps(text, ensure_ascii=False)}" for name, text in value.items())
    return f"{{\n{members}\n}}".encode("utf-8")


def assert_ok(response, body=None):
    """The answer is a 200, and its body is exactly that value (members in the order given), unless it is None."""
    assert response.status == 200, response
    if body is not None:
        assert response.body == compact(body), f"{response.body!r} instead of {compact(body)!r}"
    return response


def assert_error(response, status, name, message, attribute=None):
    """The answer is exactly that error: status, name and the bytes of the body."""
    body = {"message": message} if attribute is None else {"errorAttribute": attribute, "message": message}
    assert (response.status, response.error) == (status, name), f"{response} instead of {status} {name} {body}"
    wanted = laid_out(body) if is_laid_out(response) else compact(body)
    assert response.body == wanted, f"{response.body!r} instead of {wanted!r}"
    return response


def assert_bad_request(response, message, attribute=None):
    """400 BadRequestException with exactly that message and attribute."""
    return assert_error(response, 400, "BadRequestException", message, attribute)


def assert_no_broker(response, broker_id):
    """The 404 of a broker id nobody has."""
    return assert_error(response, 404, "NotFoundException", f"Cannot find broker ID [{broker_id}]. Verify that your "
                        "broker exists or check broker permissions.", "broker-id")


def assert_no_user(response, username):
    """The 404 of a user the broker does not have."""
    return assert_error(response, 404, "NotFoundException",
                        f"Can't find requested user [{username}]. Make sure your user exists.", "username")


def assert_no_route(response):
    """The 403 of a path or method the API does not have."""
    return assert_error(response, 403, model.MISSING_TOKEN, "Missing Authentication Token")


# --- Paths, signatures, tokens ---------------------------------------------------------------------------------

def segment(text):
    """One path segment, percent-encoded as the SDKs do it."""
    return urllib.parse.quote(text, safe="-._~")


def users_path(broker_id):
    """The path of ListUsers."""
    return f"/v1/brokers/{segment(broker_id)}/users"


def user_path(broker_id, username):
    """The path of the four operations on one user."""
    return f"{users_path(broker_id)}/{segment(username)}"


def broker_path(broker_id):
    """The path of DescribeBroker."""
    return f"/v1/brokers/{segment(broker_id)}"


def reboot_path(broker_id):
    """The path of RebootBroker."""
    return f"/v1/brokers/{segment(broker_id)}/reboot"


def promote_path(broker_id):
    """The path of Promote."""
    return f"/v1/brokers/{segment(broker_id)}/promote"


def shared_resources_path(broker_id):
    """The path of DescribeSharedResources."""
    return f"/v1/brokers/{segment(broker_id)}/shared-resources"


def configuration_path(configuration_id):
    """The path of the three operations on one configuration."""
    return f"/v1/configurations/{segment(configuration_id)}"


def revisions_path(configuration_id):
    """The path of ListConfigurationRevisions."""
    return f"{configuration_path(configuration_id)}/revisions"


def revision_path(configuration_id, revision):
    """The path of DescribeConfigurationRevision."""
    return f"{revisions_path(configuration_id)}/{segment(str(revision))}"


def tags_path(arn):
    """The path of the three operations on tags."""
    return f"/v1/tags/{segment(arn)}"


def credential(key, region=DEFAULT_REGION, service="mq"):
    """An Authorization header (as a pair) that names a caller; its signature is worth nothing."""
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d")
    return ("Authorization", f"AWS4-HMAC-SHA256 Credential={key}/{date}/{region}/{service}/aws4_request, "
                             f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}")


def token(key):
    """The page token that continues after a key, in the recorded form."""
    inner = json.dumps({"tokenData": {"last-seen-broker-arn": key}}, separators=(",", ":"))
    outer = json.dumps({"version": "v1",
                        "serializedPaginationToken": base64.b64encode(inner.encode()).decode()},
                       separators=(",", ":"))
    return base64.b64encode(outer.encode()).decode()


def query(**members):
    """A query string with `?`, percent-encoded as the SDKs do it."""
    return "?" + "&".join(f"{name}={segment(str(value))}" for name, value in members.items())


# --- Seeds -----------------------------------------------------------------------------------------------------

def sql(value):
    """A value as an SQL literal; a list or a dict becomes JSON text."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    return "'" + value.replace("'", "''") + "'"


def sql_insert(table, **columns):
    """One INSERT statement with its semicolon and line end."""
    return (f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
            f"({', '.join(sql(value) for value in columns.values())});\n")


def sql_broker(broker_id, name=None, **columns):
    """An INSERT of a broker; the name defaults to the id without its `b-`."""
    return sql_insert("broker", id=broker_id, name=name or broker_id.removeprefix("b-"), **columns)


def sql_user(broker_id, username, password=PASSWORD, **columns):
    """An INSERT of a user; without further columns it is an applied one."""
    return sql_insert("user", broker_id=broker_id, username=username, password=password, **columns)


def sql_pending_user(broker_id, username, password=PASSWORD, **columns):
    """An INSERT of a user that was never applied and waits for its creation."""
    return sql_insert("user", broker_id=broker_id, username=username, pending_change="CREATE",
                      pending_password=password, **columns)


def sql_fault(**columns):
    """An INSERT of a fault."""
    return sql_insert("fault", **columns)


# --- The life of a broker's users ------------------------------------------------------------------------------

def create_user(client, broker_id, username, **members):
    """CreateUser with a good password unless one is given; asserts success."""
    members.setdefault("password", PASSWORD)
    return assert_ok(client.call("POST", user_path(broker_id, username), members), {})


def update_user(client, broker_id, username, **members):
    """UpdateUser; asserts success."""
    return assert_ok(client.call("PUT", user_path(broker_id, username), members), {})


def delete_user(client, broker_id, username):
    """DeleteUser; asserts success."""
    return assert_ok(client.call("DELETE", user_path(broker_id, username)), {})


def broker_body(name, **members):
    """A good body of CreateBroker (a single ActiveMQ instance with the user admin); None leaves a member out."""
    body = {"brokerName": name, "deploymentMode": "SINGLE_INSTANCE", "engineType": "ACTIVEMQ",
            "hostInstanceType": "mq.m5.large", "publiclyAccessible": False,
            "users": [{"username": "admin", "password": PASSWORD}], **members}
    return {key: value for key, value in body.items() if value is not None}


def rabbit_body(name, **members):
    """A good body of CreateBroker for a single RabbitMQ instance."""
    return broker_body(name, **{"engineType": "RABBITMQ", "hostInstanceType": "mq.m7g.medium", **members})


_broker_names = itertools.count(1)


def broker_name():
    """A broker name nobody else has."""
    return f"made-{next(_broker_names):05}"


def create_broker(client, body=None, headers=()):
    """CreateBroker with that body (default: a good one); asserts success and its shape; returns the broker's id."""
    response = client.call("POST", "/v1/brokers", broker_body(broker_name()) if body is None else body, headers)
    return assert_ok(response).json()["brokerId"]


def describe_broker(client, broker_id, headers=()):
    """DescribeBroker; asserts success and returns the parsed body."""
    return assert_ok(client.call("GET", broker_path(broker_id), headers=headers)).json()


def wait_state(client, broker_id, state, headers=()):
    """Waits until the broker is in that state; returns what DescribeBroker then says."""
    def there():
        body = describe_broker(client, broker_id, headers)
        return body if body["brokerState"] == state else None

    return eventually(there, f"{broker_id} in {state}")


def wait_gone(client, broker_id):
    """Waits until nobody knows the broker any more."""
    def gone():
        response = client.call("GET", broker_path(broker_id))
        return response if response.status == 404 else None

    return assert_no_broker(eventually(gone, f"the end of {broker_id}"), broker_id)


def reboot(client, broker_id):
    """RebootBroker; asserts success, and waits until the broker has left REBOOT_IN_PROGRESS; returns its state."""
    assert_ok(client.call("POST", reboot_path(broker_id)), {})

    def state():
        found = assert_ok(client.call("GET", broker_path(broker_id))).json()["brokerState"]
        return None if found == "REBOOT_IN_PROGRESS" else found

    return eventually(state, f"the end of the reboot of {broker_id}")


def views(client, broker_id, username):
    """What DescribeUser, ListUsers and DescribeBroker say about a user: (body, row, row); a part is None if absent."""
    response = client.call("GET", user_path(broker_id, username))
    described = None if response.status == 404 else assert_ok(response).json()
    rows = []
    for path in (users_path(broker_id) + "?maxResults=100", broker_path(broker_id)):
        users = assert_ok(client.call("GET", path)).json()["users"]
        found = [row for row in users if row["username"] == username]
        assert len(found) <= 1, f"{username} is listed twice: {users}"
        rows.append(found[0] if found else None)
    return described, rows[0], rows[1]
