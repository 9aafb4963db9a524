"""HTTPS beside HTTP: who is trusted, what is made, kept and refused, and that nothing else differs."""

import contextlib
import datetime
import os
import resource
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import threading

import pytest

import harness
import wire
from harness import assert_ok
from tls_server import TlsServer, trusting

FILES = ("ca.pem", "server.pem", "server-key.pem")
LOCAL = ("--host", "127.0.0.1")


@pytest.fixture(scope="module")
def server():
    with TlsServer(*wire.PATIENT, "--tls-name", "mq.test", "--tls-name", "*.dev.test", "--tls-name", "10.1.2.3",
                   seed=wire.SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.tls_client() as connection:
        yield connection


@pytest.fixture
def serve():
    """Starts servers with HTTPS (arguments of TlsServer); at the end each must stop cleanly."""
    with contextlib.ExitStack() as servers:
        yield lambda *flags, **options: servers.enter_context(TlsServer(*flags, **options))


@pytest.fixture
def made(tmp_path):
    """A directory as a server left it."""
    return make(tmp_path / "made")


def make(directory, *flags):
    with TlsServer(*flags, directory=str(directory)):
        return directory


def content(directory):
    """The files of a directory: name -> (bytes, time of change)."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in directory.iterdir()}


def refuse(directory, *flags, **options):
    """A start with that --tls-dir is refused and changes nothing there; returns the line without the name."""
    before = content(directory) if directory.is_dir() else None
    line = wire.refuse_start("--port", "0", "--tls-port", "0", "--tls-dir", str(directory), *flags, **options)
    assert (content(directory) if directory.is_dir() else None) == before
    assert line.startswith("amazonmq-local: "), line
    return line.removeprefix("amazonmq-local: ")


# --- Two ways in -----------------------------------------------------------------------------------------------

def test_TLS_1_both_urls_lead_to_the_same_world(serve):
    server = serve(seed=wire.SEED)
    assert server.stdout_text() == f"http://localhost:{server.port}\n"  # and the second, which the harness took
    assert server.tls_url == f"https://localhost:{server.tls_port}"
    assert server.tls_port != server.port
    plain, tls = server.client(), server.tls_client()
    harness.create_user(plain, wire.BROKER, "made-over-http")
    harness.create_user(tls, wire.BROKER, "made-over-https")
    views = [assert_ok(client.call("GET", wire.LIST)).body for client in (plain, tls)]
    assert views[0] == views[1]
    assert all(name in views[0] for name in (b"made-over-http\"", b"made-over-https\""))
    (ready,) = [line for line in wire.log_lines(server) if line["event"] == "ready"]
    assert (ready["port"], ready["tls-port"]) == (str(server.port), str(server.tls_port))


@pytest.mark.parametrize("host", ("127.0.0.1", "127.0.0.2", pytest.param("::1", marks=wire.needs_ipv6)))
def test_TLS_1_both_listen_on_the_same_addresses(serve, host):
    name = f"[{host}]" if ":" in host else host
    server = serve("--host", host, "--tls-name", host)
    assert (server.url, server.tls_url) == (f"http://{name}:{server.port}", f"https://{name}:{server.tls_port}")
    assert_ok(server.tls_client(name=host, host=host).call("GET", "/v1/brokers"))
    other = "127.0.0.1" if host != "127.0.0.1" else "127.0.0.2"
    assert wire.refuses_connections((other, server.tls_port))


def test_TLS_1_a_port_of_ones_own(tmp_path):
    port = wire.free_port()
    command = [harness.BINARY, "--port", "0", "--tls-port", str(port), "--tls-dir", str(tmp_path / "made")]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=harness.environment()) as process:
        try:
            assert process.stdout.readline().startswith(b"http://localhost:")
            assert process.stdout.readline() == b"https://localhost:%d\n" % port
            line = wire.refuse_start("--port", "0", "--tls-port", str(port), "--tls-dir", str(tmp_path / "other"))
            assert line == (f"amazonmq-local: cannot listen on 127.0.0.1 port {port}: the port is in use; --tls-port or "
                            "AMAZONMQ_LOCAL_TLS_PORT selects another")
            assert not (tmp_path / "other").exists()
        finally:
            process.terminate()
        assert process.wait(harness.DEADLINE_S) == 0


def test_TLS_1_without_a_port_there_is_none(tmp_path):
    with harness.Server(seed=wire.SEED) as plain:
        assert_ok(plain.client().call("GET", wire.ALICE))
        sockets = subprocess.run(["ls", "-l", f"/proc/{plain.pid}/fd"], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout.count("socket:")
        # Two addresses and one client.
        assert sockets <= 3


def test_TLS_1_health_is_asked_over_http(serve):
    server = serve()
    result = harness.run("--check-health", "--port", server.port, "--tls-port", server.tls_port, "--tls-dir",
                         server.tls_directory)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


@pytest.mark.parametrize("name, status", (("mq.test", 200), ("localhost", 200), ("10.1.2.3", 200), ("evil.test", 403)))
def test_TLS_1_the_control_api_answers_to_the_names_of_the_certificate(client, name, status):
    client.send(f"GET /_local/clock HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    assert client.receive("GET", "/_local/clock", harness.CHECK_NONE).status == status


# --- Who is trusted --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ("localhost", "127.0.0.1", "::1", "mq.test", "MQ.test", "a.dev.test", "10.1.2.3"))
def test_TLS_2_the_ca_and_the_names_verify(server, name):
    assert_ok(server.tls_client(name=name).call("GET", wire.ALICE))


@pytest.mark.parametrize("name", ("example.com", "127.0.0.2", "a.b.dev.test", "dev.test", "localhost.evil.test"))
def test_TLS_2_another_name_is_refused_by_the_client(server, name):
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch|not valid for"):
        server.tls_client(name=name).connect()
    assert_ok(server.tls_client().call("GET", wire.ALICE))


def test_TLS_2_another_ca_is_refused_by_the_client(server, made):
    for context in (trusting(str(made / "ca.pem")), ssl.create_default_context()):
        with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
            server.tls_client(context).connect()
    assert_ok(server.tls_client().call("GET", wire.ALICE))


@pytest.mark.parametrize("version", ("TLSv1_2", "TLSv1_3"))
def test_TLS_3_versions_of_today(server, version):
    context = trusting(server.ca)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    client = server.tls_client(context)
    assert_ok(client.call("GET", wire.ALICE))
    assert client.socket.version() == version.replace("_", ".")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_TLS_3_older_versions_are_refused(server):
    context = trusting(server.ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        server.tls_client(context).connect()
    assert_ok(server.tls_client().call("GET", wire.ALICE))


# --- What is made ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("umask", (0o000, 0o022, 0o077))
def test_TLS_4_the_key_is_its_owners_alone(tmp_path, umask):
    with TlsServer(directory=str(tmp_path / "made"), preexec=lambda: os.umask(umask)):
        modes = {name: stat.S_IMODE((tmp_path / "made" / name).stat().st_mode) for name in FILES}
    assert modes == {"ca.pem": 0o644 & ~umask, "server.pem": 0o644 & ~umask, "server-key.pem": 0o600}
    assert sorted(os.listdir(tmp_path / "made")) == sorted(FILES)


def test_TLS_4_the_second_start_uses_what_is_there(made):
    before = content(made)
    with TlsServer("--tls-name", "127.0.0.1", directory=str(made)) as server:
        assert_ok(server.tls_client(trusting(str(made / "ca.pem"))).call("GET", "/v1/brokers"))
        assert "certificate-made" not in server.stderr_text()
        server.restart()
        assert_ok(server.tls_client().call("GET", "/v1/brokers"))
    assert content(made) == before


def test_TLS_4_each_directory_has_its_own(made, tmp_path):
    other = make(tmp_path / "other")
    for name in FILES:
        assert (made / name).read_bytes() != (other / name).read_bytes()
    # A bundle of both serves both.
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes((made / "ca.pem").read_bytes() + (other / "ca.pem").read_bytes())
    for directory in (made, other):
        with TlsServer(directory=str(directory)) as server:
            assert_ok(server.tls_client(trusting(str(bundle))).call("GET", "/v1/brokers"))


def test_TLS_4_an_empty_directory_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "note.txt").write_text("stays")
    make(tmp_path / "empty")
    assert sorted(os.listdir(tmp_path / "empty")) == sorted((*FILES, "note.txt"))


def test_TLS_4_two_servers_that_start_together_share_it(tmp_path):
    for number in range(5):
        directory = str(tmp_path / f"made-{number}")
        with contextlib.ExitStack() as servers:
            both = [TlsServer(directory=directory) for _ in range(2)]
            threads = [threading.Thread(target=lambda server=server: servers.enter_context(server))
                       for server in both]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for server in both:
                assert_ok(server.tls_client().call("GET", "/v1/brokers"))
            assert sum("certificate-made" in server.stderr_text() for server in both) == 1


def test_TLS_4_the_key_and_the_cas_are_not_told(made):
    with TlsServer("--log-level", "debug", directory=str(made)) as server:
        assert_ok(server.tls_client().call("GET", "/v1/brokers"))
        server.stop()
        assert "PRIVATE" not in server.stderr_text()
    assert b"PRIVATE" not in (made / "ca.pem").read_bytes() + (made / "server.pem").read_bytes()


@pytest.mark.parametrize("limit", (1, 300, 700))
def test_TLS_4_a_full_disk_leaves_no_half(tmp_path, limit):
    """A limit for files stands for the disk: it hits the first file, or a later one."""
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    (tmp_path / "made").mkdir()
    line = refuse(tmp_path / "made", "--log-level", "error", preexec=small)
    assert line.startswith(f"cannot write {tmp_path}/made/") and line.endswith(": File too large")
    make(tmp_path / "made")


# --- What is refused -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", FILES)
def test_TLS_5_a_missing_file_is_told_and_not_made(made, name):
    (made / name).unlink()
    assert refuse(made) == f"{made} has no {name}; remove the other files to create new ones"
    for other in made.iterdir():
        other.unlink()
    make(made)


@pytest.mark.parametrize("damage", (b"", b"\0", b"garbage\n", b"-----BEGIN CERTIFICATE-----\n", "half", "nul", "large"))
@pytest.mark.parametrize("name", FILES)
def test_TLS_5_a_damaged_file_is_told_by_its_name(made, name, damage):
    whole = (made / name).read_bytes()
    damaged = {"half": whole[:len(whole) // 2], "nul": whole[:80] + b"\0" + whole[81:],
               "large": whole + b"\n" * (1 << 20)}.get(damage, damage)
    (made / name).write_bytes(damaged)
    assert f"{made}/{name}" in refuse(made)


def test_TLS_5_files_of_two_directories_do_not_fit(made, tmp_path):
    other = make(tmp_path / "other")
    for name, says in (("ca.pem", f"{made}/server.pem was not issued by {made}/ca.pem"),
                       ("server.pem", f"{made}/server-key.pem is not the key of {made}/server.pem"),
                       ("server-key.pem", f"{made}/server-key.pem is not the key of {made}/server.pem")):
        before = (made / name).read_bytes()
        shutil.copyfile(other / name, made / name)
        assert refuse(made) == says
        (made / name).write_bytes(before)
    make(made)


def test_TLS_5_a_name_that_is_missing_is_told(made):
    assert refuse(made, "--tls-name", "mq.test") == (
        f"{made}/server.pem is not for mq.test; remove the files to create new ones")
    assert "is not for 10.9.8.7;" in refuse(made, "--tls-name", "10.9.8.7")


def openssl(directory, *arguments):
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    subprocess.run(["openssl", *arguments], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, check=True)


def reissue(made, start, end, ca_start=None, ca_end=None):
    """Replaces CA and certificate in the directory by ones with these times (YYYYMMDDHHMMSSZ), the key stays."""
    ours = made / "ours"
    ours.mkdir()
    (ours / "config").write_text(
        "[ca]\ndefault_ca=c\n[c]\ndatabase=ours/index\nserial=ours/serial\nnew_certs_dir=ours\npolicy=p\n"
        "default_md=sha256\nunique_subject=no\n[p]\ncommonName=supplied\n[a]\nbasicConstraints=critical,CA:TRUE\n"
        "keyUsage=critical,keyCertSign\n[e]\nsubjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n")
    (ours / "index").write_text("")
    (ours / "serial").write_text("10\n")
    openssl(made, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=ours", "-keyout", "ours/ca-key.pem", "-out", "ours/ca-request.pem")
    openssl(made, "req", "-new", "-key", "server-key.pem", "-subj", "/CN=s", "-out", "ours/request.pem")
    issue = ("ca", "-batch", "-notext", "-config", "ours/config", "-keyfile", "ours/ca-key.pem")
    openssl(made, *issue, "-selfsign", "-extensions", "a", "-in", "ours/ca-request.pem", "-out", "ca.pem",
            "-startdate", ca_start or "20200101000000Z", "-enddate", ca_end or "20991231000000Z")
    openssl(made, *issue, "-cert", "ca.pem", "-extensions", "e", "-in", "ours/request.pem", "-out", "server.pem",
            "-startdate", start, "-enddate", end)
    shutil.rmtree(ours)


ANEW = "; remove the files to create new ones"
PAST, FUTURE = ("20200101000000Z", "20200102000000Z"), ("20980101000000Z", "20990101000000Z")
EXPIRED, EARLY = "has expired: it was valid until 2020-01-02T00:00:00.000Z", (
    "is not yet valid: it is valid from 2098-01-01T00:00:00.000Z")


@pytest.mark.parametrize("times, says", ((PAST, EXPIRED), (FUTURE, EARLY)))
def test_TLS_5_a_certificate_out_of_its_time_is_told_with_the_date(made, times, says):
    """The key of its CA is not stored, so it cannot be issued again."""
    reissue(made, *times)
    assert refuse(made) == f"{made}/server.pem {says}{ANEW}"
    for path in made.iterdir():
        path.unlink()
    make(made)


@pytest.mark.parametrize("times, says", ((PAST, EXPIRED), (FUTURE, EARLY)))
def test_TLS_5_a_ca_out_of_its_time_is_told_with_the_date(made, times, says):
    reissue(made, "20200101000000Z", "20991231000000Z", *times)
    assert refuse(made) == f"{made}/ca.pem {says}{ANEW}"


@pytest.mark.parametrize("times, says", ((PAST, EXPIRED), (FUTURE, EARLY)))
def test_TLS_7_a_certificate_of_ones_own_out_of_its_time_is_told(made, times, says):
    reissue(made, *times)
    line = wire.refuse_start(*own(made / "server.pem", made / "server-key.pem"))
    assert line == f"amazonmq-local: {made}/server.pem {says}"


@pytest.mark.parametrize("times, says", ((PAST, EXPIRED), (FUTURE, EARLY)))
def test_TLS_7_an_issuer_out_of_its_time_is_told(made, times, says):
    reissue(made, "20200101000000Z", "20991231000000Z", *times)
    chain = made / "chain.pem"
    chain.write_bytes((made / "server.pem").read_bytes() + (made / "ca.pem").read_bytes())
    line = wire.refuse_start(*own(chain, made / "server-key.pem"))
    assert line == f"amazonmq-local: {chain} {says}"


def warnings(server, event):
    """The lines of that event; all are there when the server is."""
    return [line for line in wire.log_lines(server) if line["event"] == event]


@pytest.mark.parametrize("hours, warned", ((1, True), (23, True), (48, False)))
def test_TLS_12_a_certificate_that_soon_expires_is_warned_of(made, hours, warned):
    end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(hours=hours)
    reissue(made, "20200101000000Z", end.strftime("%Y%m%d%H%M%SZ"))
    with TlsServer(directory=str(made)) as server:
        lines = warnings(server, "certificate-expires")
        assert [(line["level"], line["file"], line["until"]) for line in lines] == (
            [("warn", f"{made}/server.pem", end.strftime("%Y-%m-%dT%H:%M:%S.000Z"))] if warned else [])


@pytest.mark.parametrize("mode", (0o644, 0o640, 0o604, 0o660, 0o700, 0o600, 0o400))
def test_TLS_12_a_key_that_others_can_read_or_write_is_warned_of(made, mode):
    (made / "server-key.pem").chmod(mode)
    with TlsServer(directory=str(made)) as server:
        lines = warnings(server, "certificate-key-open")
        assert [(line["level"], line["file"], line["mode"]) for line in lines] == (
            [("warn", f"{made}/server-key.pem", f"{mode:04o}")] if mode & 0o077 else [])
        assert_ok(server.tls_client().call("GET", "/v1/brokers"))
    assert stat.S_IMODE((made / "server-key.pem").stat().st_mode) == mode


def test_TLS_12_a_link_to_a_key_is_as_open_as_the_key(made, tmp_path):
    (made / "server-key.pem").rename(tmp_path / "key")
    (made / "server-key.pem").symlink_to(tmp_path / "key")
    with TlsServer(directory=str(made)) as server:
        assert not warnings(server, "certificate-key-open")


def test_TLS_5_a_place_where_nothing_can_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    assert refuse(tmp_path / "file") == f"cannot open {tmp_path}/file: Not a directory"
    assert refuse(tmp_path / "no" / "parent") == (
        f"cannot make the directory {tmp_path}/no/parent: No such file or directory")


def test_TLS_5_files_that_cannot_be_read_or_written(made):
    """As an ordinary user, whom the modes stop."""
    drop = wire.as_nobody()
    with wire.StoreFile() as place:
        os.chmod(place.directory, 0o755)
        for name in FILES:
            shutil.copy(made / name, place.directory)
        flags = ("--port", "0", "--tls-port", "0", "--tls-dir", place.directory)
        if drop is not None:
            line = wire.refuse_start(*flags, preexec=drop)
            assert line == f"amazonmq-local: cannot read {place.directory}/server-key.pem: Permission denied"
        for name in FILES:
            os.remove(os.path.join(place.directory, name))
        os.chmod(place.directory, 0o555)
        line = wire.refuse_start(*flags, preexec=drop)
        assert line == f"amazonmq-local: cannot write {place.directory}/ca.pem: Permission denied"


@pytest.mark.parametrize("flags, says", (
    (("--tls-port", "0"), "--tls-port needs --tls-dir, or --tls-cert and --tls-key"),
    (("--tls-dir", "x"), "--tls-cert, --tls-key, --tls-dir and --tls-name need --tls-port"),
    (("--tls-cert", "x", "--tls-key", "y"), "--tls-cert, --tls-key, --tls-dir and --tls-name need --tls-port"),
    (("--tls-name", "x"), "--tls-cert, --tls-key, --tls-dir and --tls-name need --tls-port"),
    (("--tls-port", "0", "--tls-cert", "x"), "--tls-cert and --tls-key need each other"),
    (("--tls-port", "0", "--tls-key", "x"), "--tls-cert and --tls-key need each other"),
    (("--tls-port", "0", "--tls-dir", "x", "--tls-cert", "x"),
     "--tls-dir makes its own certificate: it excludes --tls-cert and --tls-key"),
    (("--tls-port", "0", "--tls-cert", "x", "--tls-key", "x", "--tls-name", "x"),
     "--tls-name is for the certificate that --tls-dir makes"),
))
def test_TLS_6_settings_that_do_not_fit(flags, says, tmp_path):
    line = wire.refuse_start("--port", "0", *flags, code=2, cwd=tmp_path)
    assert line == f"amazonmq-local: {says} (see --help)"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ("", "a b", "a..b", ".a", "a.", "-a", "a-", "a/b", "*", "a.*", "*.*.b", "ü.test", "a_b",
                                  "a" * 64, ".".join(["a" * 49] * 6), "1.2.3.4:5", "[::1]", "a,b", "\n"))
def test_TLS_6_names_that_are_none(name, tmp_path):
    line = wire.refuse_start("--port", "0", "--tls-port", "0", "--tls-dir", "x", "--tls-name", name, code=2,
                             cwd=tmp_path)
    assert line.startswith("amazonmq-local: --tls-name: bad value '") and "host name or an IP address" in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ("-1", "65536", "x", "", "1.5"))
def test_TLS_6_ports_that_are_none(port):
    line = wire.refuse_start("--port", "0", "--tls-port", port, "--tls-dir", "x", code=2)
    assert line == f"amazonmq-local: --tls-port: bad value '{port}', expected a number from 0 to 65535"


def test_TLS_6_the_environment_says_it_too(tmp_path):
    variables = {"AMAZONMQ_LOCAL_TLS_PORT": "0", "AMAZONMQ_LOCAL_TLS_DIR": str(tmp_path / "made"),
                 "AMAZONMQ_LOCAL_TLS_NAME": "one.test,10.0.0.1"}
    server = TlsServer(directory=None, env=variables)
    server.args = [harness.BINARY, "--port", "0"]
    server.ca = str(tmp_path / "made" / "ca.pem")
    with server:
        for name in ("one.test", "10.0.0.1", "localhost"):
            assert_ok(server.tls_client(name=name).call("GET", "/v1/brokers"))


# --- A certificate of one's own --------------------------------------------------------------------------------

def own(certificate, key):
    return ("--port", "0", "--tls-port", "0", "--tls-cert", str(certificate), "--tls-key", str(key))


def test_TLS_7_a_certificate_and_its_key(made):
    server = TlsServer("--tls-cert", made / "server.pem", "--tls-key", made / "server-key.pem", directory=None)
    server.ca = str(made / "ca.pem")
    with server:
        assert_ok(server.tls_client().call("GET", "/v1/brokers"))


@pytest.mark.parametrize("kind", (["rsa:2048"], ["rsa:3072"], ["ed25519"],
                                  ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]), ids=lambda kind: kind[-1])
def test_TLS_7_keys_of_every_kind_with_an_issuer_behind(tmp_path, kind):
    new = ("req", "-x509", "-newkey", *kind, "-nodes", "-days", "30")
    openssl(tmp_path, *new, "-subj", "/CN=root", "-keyout", "ca-key.pem", "-out", "ca.pem", "-addext",
            "keyUsage=critical,keyCertSign")
    openssl(tmp_path, *new, "-subj", "/CN=between", "-keyout", "between-key.pem", "-out", "between.pem", "-CA",
            "ca.pem", "-CAkey", "ca-key.pem", "-addext", "keyUsage=critical,keyCertSign")
    openssl(tmp_path, *new, "-subj", "/CN=leaf", "-keyout", "key.pem", "-out", "leaf.pem", "-CA", "between.pem",
            "-CAkey", "between-key.pem", "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
            "subjectAltName=DNS:localhost")
    (tmp_path / "chain.pem").write_bytes((tmp_path / "leaf.pem").read_bytes() + (tmp_path / "between.pem").read_bytes())
    server = TlsServer("--tls-cert", tmp_path / "chain.pem", "--tls-key", tmp_path / "key.pem", directory=None)
    with server:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        assert_ok(server.tls_client(context).call("GET", "/v1/brokers"))


def test_TLS_7_what_is_no_certificate_or_key(made, tmp_path):
    certificate, key, garbage = made / "server.pem", made / "server-key.pem", tmp_path / "garbage"
    garbage.write_text("garbage\n")
    other = make(tmp_path / "other")
    for pair, says in (
            ((tmp_path / "absent", key), f"cannot read {tmp_path}/absent: No such file or directory"),
            ((certificate, tmp_path / "absent"), f"cannot read {tmp_path}/absent: No such file or directory"),
            ((tmp_path, key), f"cannot read {tmp_path}: a directory, not a regular file"),
            ((garbage, key), f"{garbage}: not a certificate in PEM ("),
            ((key, certificate), f"{key}: not a certificate in PEM ("),
            ((certificate, garbage), f"{garbage}: not a private key in PEM without a password ("),
            ((certificate, certificate), f"{certificate}: not a private key in PEM without a password ("),
            ((certificate, other / "server-key.pem"), f"{other}/server-key.pem is not the key of {certificate}")):
        line = wire.refuse_start(*own(*pair))
        assert line.startswith(f"amazonmq-local: {says}"), line


def test_TLS_7_a_key_with_a_password_is_refused(made):
    openssl(made, "pkcs8", "-topk8", "-in", "server-key.pem", "-out", "locked.pem", "-passout", "pass:secret")
    line = wire.refuse_start(*own(made / "server.pem", made / "locked.pem"))
    assert line.startswith(f"amazonmq-local: {made}/locked.pem: not a private key in PEM without a password (")


def test_TLS_7_no_file_is_made_before_the_certificate_is_good(tmp_path):
    wire.refuse_start(*own(tmp_path / "absent", tmp_path / "absent"), "--db", str(tmp_path / "store.db"))
    assert not list(tmp_path.iterdir())


# --- The same behind it ----------------------------------------------------------------------------------------

def test_TLS_8_a_connection_is_kept_alive(client):
    connection = client.connect()
    for _ in range(50):
        assert_ok(client.call("GET", wire.ALICE))
    assert client.socket is connection


def test_TLS_8_requests_that_come_together_are_answered_in_order(client):
    paths = [f"{wire.LIST}/nobody-{number}" for number in range(500)]
    client.send(b"".join(wire.get(path) for path in paths))
    for path in paths:
        response = client.receive("GET", path)
        assert path.rpartition("/")[2].encode() in response.body


@pytest.mark.parametrize("size", (1, 16383, 16384, 16385, 32768, 65536, 300_000, 1 << 20))
def test_TLS_8_bodies_over_many_records(client, size):
    body = b'{"password":"' + harness.PASSWORD.encode() + b'"}'
    response = client.call("PUT", wire.ALICE, body + b" " * max(0, size - len(body)))
    assert_ok(response, {})
    assert_ok(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("record", (1, 7, 1000, 5000, 16384))
def test_TLS_8_records_of_any_size(client, record):
    data = wire.get() * 3 + harness.build("PUT", wire.ALICE, b'{"consoleAccess":true}' + b" " * 3000)
    client.connect()
    for at in range(0, len(data), record):
        client.send(data[at:at + record])
    for _ in range(3):
        assert_ok(client.receive("GET", wire.ALICE))
    assert_ok(client.receive("PUT", wire.ALICE), {})


def test_TLS_8_a_body_that_is_too_large_is_refused(client):
    assert client.call("PUT", wire.ALICE, b" " * (2 << 20)).status == 413
    assert_ok(client.call("GET", wire.ALICE))


def test_TLS_8_a_large_answer_arrives_whole(server, client):
    response = client.call("GET", "/_local/snapshot", check=harness.CHECK_NONE)
    assert response.status == 200
    assert response.body.startswith(b"SQLite format 3\0") and len(response.body) > 65536
    plain = server.client().call("GET", "/_local/snapshot", check=harness.CHECK_NONE)
    assert len(plain.body) == len(response.body)


def close_own_side(client, in_tcp):
    """Says that nothing more will come, as TLS says it and perhaps TCP too, and still reads.

    No answer may have come: OpenSSL would read and lose it.
    """
    client.socket.setblocking(False)
    with pytest.raises(ssl.SSLWantReadError):  # the server has not closed its side
        client.socket.unwrap()
    client.socket.settimeout(client.timeout_s)
    if in_tcp:
        socket.socket.shutdown(client.socket, socket.SHUT_WR)


@pytest.mark.parametrize("in_tcp", (False, True))
@pytest.mark.parametrize("size", (0, 1000, 40_000, 400_000))
def test_TLS_8_a_client_that_closes_its_own_side_gets_its_answer(server, size, in_tcp):
    """Everything is there before the server looks: what TLS has in its own buffer counts as unread."""
    data = harness.build("PUT", wire.ALICE, b'{"consoleAccess":true}' + b" " * size)
    assert_ok(server.tls_client().call("GET", wire.ALICE))  # and stays
    for _ in range(5):
        client = server.tls_client()
        client.connect()
        # The kernel takes only so much from a sender whom nobody reads: most of a large request is read before the server
        # stops, and the rest finds room.
        most = max(0, len(data) - 40_000)
        client.send(data[:most])
        harness.eventually(lambda: wire.unsent(client) == 0, "that the server's side has it")
        with wire.stopped(server):
            client.send(data[most:])
            close_own_side(client, in_tcp)
        assert_ok(client.receive("PUT", wire.ALICE), {})
        client.close()


def test_TLS_8_FLT_8_a_client_that_leaves_during_a_delay_frees_its_place(serve):
    server = serve(*LOCAL, "--max-connections", "2", *wire.PATIENT,
                   seed=wire.SEED + harness.sql_fault(operation="DescribeUser", delay_ms=600_000))
    for _ in range(3):
        clients = [server.tls_client(), server.client()]
        for client in clients:
            assert_ok(client.call("GET", wire.LIST))
            client.send(wire.get())
            client.close()
    assert_ok(server.tls_client().call("GET", wire.LIST))


def test_TLS_8_FLT_8_a_client_that_closes_its_own_side_waits_for_its_delayed_answer(serve):
    server = serve(*LOCAL, *wire.PATIENT, seed=wire.SEED + harness.sql_fault(operation="DescribeUser", delay_ms=500))
    client = server.tls_client()
    client.send(wire.get())
    close_own_side(client, in_tcp=True)
    assert client.receive_head() == b"HTTP/1.1 100 Continue"
    assert_ok(client.receive("GET", wire.ALICE))


def test_TLS_8_a_client_that_leaves_frees_its_place(serve):
    server = serve(*LOCAL, "--max-connections", "1", *wire.PATIENT, seed=wire.SEED)
    for part in (b"", b"GET /v1/bro", b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"):
        client = server.tls_client()
        client.connect()
        if part:
            client.send(part)
        client.close()
        with server.tls_client() as other:
            assert_ok(other.call("GET", wire.ALICE))


def test_TLS_8_hundreds_of_clients_at_once(serve):
    server = serve(*LOCAL, *wire.PATIENT, seed=wire.SEED)
    context = trusting(server.ca)
    clients = [server.tls_client(context) for _ in range(150)] + [server.client() for _ in range(150)]
    for client in clients:
        client.connect()
    with wire.stopped(server):
        for client in clients:
            client.send(wire.get())
    for client in clients:
        assert_ok(client.receive("GET", wire.ALICE))


def test_TLS_8_a_delayed_call_is_answered(serve):
    server = serve(*wire.PATIENT, seed=wire.SEED + harness.sql_fault(operation="DescribeUser", delay_ms=50, times=3))
    client = server.tls_client()
    for _ in range(4):
        assert_ok(client.call("GET", wire.ALICE))


def test_TLS_8_what_is_no_tls_is_cut(server):
    for data in (wire.get(), b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"x" * 5000):
        with harness.Client(("127.0.0.1", server.tls_port)) as stranger:
            stranger.send(data)
            assert b"HTTP/" not in stranger.receive_until_closed()
    assert_ok(server.tls_client().call("GET", wire.ALICE))


def test_TLS_8_tls_on_the_port_of_http_is_no_request(server):
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        trusting(server.ca).wrap_socket(socket.create_connection(("127.0.0.1", server.port), harness.DEADLINE_S),
                                        server_hostname="localhost")
    assert_ok(server.client().call("GET", wire.ALICE))


# --- Sessions ---------------------------------------------------------------------------------------------------

def ask_and_leave(server, context, session=None):
    """One call on a connection that may resume a session: (whether it did, its own session)."""
    with socket.create_connection(("127.0.0.1", server.tls_port), harness.DEADLINE_S) as plain, \
            context.wrap_socket(plain, server_hostname="localhost", session=session) as tls:
        tls.sendall(f"GET {wire.ALICE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while data := tls.recv(65536):
            answer += data
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        return tls.session_reused, tls.session


@pytest.mark.parametrize("version", (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
def test_TLS_13_a_session_is_resumed(server, version):
    context = trusting(server.ca)
    context.minimum_version = context.maximum_version = version
    reused, session = ask_and_leave(server, context)
    assert not reused
    for _ in range(3):
        reused, session = ask_and_leave(server, context, session)
        assert reused
    assert not ask_and_leave(server, context)[0]


@pytest.mark.parametrize("version", (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
def test_TLS_13_a_session_of_another_process_is_not(made, version):
    context = trusting(str(made / "ca.pem"))
    context.minimum_version = context.maximum_version = version
    session = None
    for _ in range(2):
        with TlsServer(seed=wire.SEED, directory=str(made)) as running:
            reused, session = ask_and_leave(running, context, session)
            assert not reused
            assert ask_and_leave(running, context, session)[0]


# --- Limits, deadlines, the end --------------------------------------------------------------------------------

def hello():
    """The first message of a handshake, as bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


SLOW = {"nothing": b"", "garbage that promises more": b"\x16\x03\x01\x00\x05hello" * 20, "a byte": hello()[:1], "half a hello": hello()[:100], "no answer to the server's": hello()}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_TLS_9_a_handshake_that_takes_too_long_is_cut(serve, sent):
    server = serve("--request-timeout", "1s", "--idle-timeout", "300s", seed=wire.SEED)
    with harness.Client(("127.0.0.1", server.tls_port)) as slow:
        slow.connect()
        if sent:
            slow.send(sent)
        slow.receive_until_closed()
    assert_ok(server.tls_client().call("GET", wire.ALICE))


def test_TLS_9_a_handshake_byte_by_byte_is_cut(serve):
    server = serve("--request-timeout", "1s", "--idle-timeout", "300s", seed=wire.SEED)
    message = hello() * 50
    with harness.Client(("127.0.0.1", server.tls_port)) as slow:
        slow.connect()
        wire.trickle(slow, (message[at:at + 1] for at in range(len(message))))


@pytest.mark.parametrize("part", (b"", b"GET /v1/brokers HT", b"GET /v1/brokers HTTP/1.1\r\nHost: a\r\n",
                                  b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"))
def test_TLS_9_a_request_that_takes_too_long_is_cut(serve, part):
    server = serve("--request-timeout", "1s", "--idle-timeout", "300s")
    client = server.tls_client()
    client.connect()
    if part:
        client.send(part)
    assert client.receive_until_closed() == b""


def test_TLS_9_an_idle_connection_is_closed(serve):
    server = serve("--idle-timeout", "1s", "--request-timeout", "300s", seed=wire.SEED)
    client = server.tls_client()
    assert_ok(client.call("GET", wire.ALICE))
    assert client.receive_until_closed() == b""


def connections(client):
    """How many the server counts."""
    response = client.call("GET", "/_local/metrics", check=harness.CHECK_NONE)
    (line,) = [line for line in response.body.decode().splitlines() if line.startswith("amazonmq_local_connections ")]
    return int(line.split()[1])


def finish_handshake(client):
    """Sends a request as soon as the server takes part; in a thread, since that may be late."""
    answers = []

    def ask():
        client.send(wire.get())
        answers.append(client.receive("GET", wire.ALICE).status)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, answers


def test_TLS_10_the_limit_counts_both(serve):
    server = serve(*LOCAL, "--max-connections", "3", *wire.PATIENT, seed=wire.SEED)
    inside = [server.client(), server.tls_client(), server.tls_client()]
    for client in inside:
        assert_ok(client.call("GET", wire.ALICE))
    waiting = [server.tls_client() if number % 2 else server.client() for number in range(6)]
    asked = [finish_handshake(client) for client in waiting]
    for client in inside * 10:
        assert connections(client) == 3
    assert all(answers == [] for _, answers in asked)
    for client in inside:
        client.close()
    # Each that leaves lets another in, by whichever door.
    left = list(zip(waiting, asked))
    while left:
        served = harness.eventually(lambda: [pair for pair in left if pair[1][1]], "an answer to one who waits")
        assert len(served) <= 3
        for pair in served:
            pair[1][0].join()
            assert pair[1][1] == [200]
            pair[0].close()
            left.remove(pair)


@pytest.mark.parametrize("limit", (1, 2))
def test_TLS_10_neither_door_keeps_the_other_shut(serve, limit):
    """At the limit, a crowd at one door that never ends must not starve a client at the other."""
    server = serve(*LOCAL, "--max-connections", str(limit), *wire.PATIENT, seed=wire.SEED)
    context = trusting(server.ca)
    for crowd_of, other_of in ((server.client, lambda: server.tls_client(context)),
                               (lambda: server.tls_client(context), server.client)):
        ended = threading.Event()

        def crowd(make=crowd_of):
            while not ended.is_set():
                with make() as client:
                    with contextlib.suppress(OSError, harness.ConnectionEnded):
                        client.call("GET", wire.ALICE)

        threads = [threading.Thread(target=crowd) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                with other_of() as client:
                    assert_ok(client.call("GET", wire.ALICE))
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def test_TLS_11_a_stop_closes_what_is_idle_and_answers_what_is_not(serve):
    server = serve(*LOCAL, *wire.PATIENT,
                   seed=wire.SEED + harness.sql_fault(operation="ListUsers", delay_ms=500))
    context = trusting(server.ca)
    idle = [server.tls_client(context) for _ in range(10)]
    for client in idle:
        assert_ok(client.call("GET", wire.ALICE))
    fresh = server.tls_client(context)
    fresh.connect()
    shaking = server.client()
    shaking.address = ("127.0.0.1", server.tls_port)
    shaking.send(SLOW["half a hello"])
    busy = server.tls_client(context)
    busy.send(wire.get(wire.LIST))
    harness.eventually(lambda: connections(idle[0]) == 13, "all of them inside")
    os.kill(server.pid, signal.SIGTERM)
    response = assert_ok(busy.receive("GET", wire.LIST))
    assert response.header("Connection") == "close"
    for client in (*idle, fresh, shaking):
        assert b"HTTP/" not in client.receive_until_closed()
    assert server.process.wait(harness.DEADLINE_S) == 0
    assert wire.refuses_connections(("127.0.0.1", server.tls_port))


def test_TLS_11_a_reply_that_closes_says_goodbye(server):
    """Without the close_notify of TLS a careful client could not tell the end from an attack."""
    context = trusting(server.ca)
    with socket.create_connection(("127.0.0.1", server.tls_port), harness.DEADLINE_S) as plain:
        with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as tls:
            tls.sendall(wire.get(headers=[("Connection", "close")]))
            received = b""
            while data := tls.recv(65536):
                received += data
    assert received.startswith(b"HTTP/1.1 200 ")


def test_TLS_11_writes_that_were_answered_are_kept(tmp_path):
    """A stop amid writers over TLS loses nothing that was acknowledged."""
    flags = ("--db", str(tmp_path / "store.db"), *LOCAL)
    answered = []
    with TlsServer(*flags, seed=wire.SEED) as server:
        context = trusting(server.ca)

        def write(number):
            with server.tls_client(context) as client, contextlib.suppress(OSError, harness.ConnectionEnded):
                for count in range(1000):
                    name = f"writer-{number}-{count}"
                    harness.create_user(client, wire.BROKER, name)
                    answered.append(name)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        harness.eventually(lambda: len(answered) > 20, "some answers")
        os.kill(server.pid, signal.SIGTERM)
        for thread in threads:
            thread.join()
    with harness.Server(*flags) as server:
        client = server.client()
        for name in answered:
            assert_ok(client.call("GET", harness.user_path(wire.BROKER, name)))
