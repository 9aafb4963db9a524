"""What is true of the image and of a container made from it. Every test takes the World built by `run`."""

import functools
import hashlib
import json
import lzma
import pathlib
import re
import shutil
import struct
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CLIENT = pathlib.Path(__file__).resolve().with_name("client.py")
TAG = "localhost/amazonmq-local:test"
SEEDS = "/docker-entrypoint-initdb.d"
LICENCES = "/usr/share/doc/amazonmq-local/licences.xz"
SBOM = "/usr/share/doc/amazonmq-local/sbom.spdx.json"
USER = 65532
BROKER = "b-11111111-2222-3333-4444-555555555555"
# Megabytes of 1,000,000 bytes.
SIZE_LIMIT, COMPRESSED_LIMIT = 5.5, 2.4


class Skip(Exception):
    """The test cannot be carried out on this machine; the text says why."""


class World:
    """The built image and what is known of it."""

    def __init__(self, engine):
        self.engine = engine

    def start(self, *options, arguments=()):
        return self.engine.start(TAG, *options, arguments=arguments)

    def folder(self, name, **files):
        """A folder outside the repository, readable by the container's user, with files NAME.sql."""
        folder = self.engine.top / name
        folder.mkdir(mode=0o755)
        for file, text in files.items():
            (folder / f"{file}.sql").write_text(text)
        return folder

    @functools.cached_property
    def layers(self):
        return self.engine.layers(TAG)


def expect(wanted, got, what="got"):
    if wanted != got:
        if isinstance(wanted, set):
            raise AssertionError(f"{what}: {sorted(got - wanted)} too many, {sorted(wanted - got)} missing")
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def last_line(text):
    return text.strip().rpartition("\n")[2]


def request(container, method, path, body=None):
    """One request over HTTP; returns status and parsed body."""
    words = [method, path] + ([json.dumps(body)] if body is not None else [])
    done = container.beside(sys.executable, CLIENT, "http", *words)
    expect(0, done.returncode, f"exit code of {method} {path} ({last_line(done.stderr)})")
    answer = json.loads(done.stdout)
    return answer["status"], answer["body"]


def broker_names(container):
    status, body = request(container, "GET", "/v1/brokers")
    expect(200, status, "status of ListBrokers")
    return [row["brokerName"] for row in body["brokerSummaries"]]


SEED = f"""
INSERT INTO broker (id, name) VALUES ('{BROKER}', 'mounted');
INSERT INTO user (broker_id, username, password, groups)
VALUES ('{BROKER}', 'resident', 'resident-password-1', '["admins"]');
"""


# The image

def test_size(world):
    return size_within_limits(world.layers)


def size_within_limits(layers):
    size, compressed = layers.size() / 1e6, layers.compressed_size() / 1e6
    said = f"{size:.2f} MB of {SIZE_LIMIT:g}, compressed {compressed:.2f} MB of {COMPRESSED_LIMIT:g}"
    assert size <= SIZE_LIMIT and compressed <= COMPRESSED_LIMIT, said
    return said


def test_holds_the_binary_its_licences_and_three_folders_only(world):
    files = {path for path, member in world.layers.members.items() if not member.isdir()}
    expect({"/amazonmq-local", LICENCES, SBOM, f"{SEEDS}/.empty"}, files, "files")
    folders = {path for path, member in world.layers.members.items() if member.isdir()}
    parents = {str(parent) for path in files for parent in pathlib.PurePath(path).parents} - {"/"}
    expect({"/data", "/brokers", SEEDS} | parents, folders, "folders")


def test_holds_the_licences_of_its_parts(world):
    text = lzma.decompress(world.layers.content(LICENCES)).decode("utf-8")
    assert (REPOSITORY / "LICENSE").read_text(encoding="utf-8") in text
    packages = set(re.findall(r"^==== (\S+) \S+$", text, re.MULTILINE))
    linked = {"libc6", "gnutls28", "libmicrohttpd", "sqlite3", "cjson", "libexpat1", "libnettle8", "libhogweed6", "libgmp10",
              "libtasn1-6", "libunistring2", "tzdata"}
    expect(linked, packages, "packages with a licence")
    assert "To link it with other versions" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    return f"{len(packages)} packages"


def test_only_the_data_folder_belongs_to_the_user(world):
    owned = {path for path, member in world.layers.members.items() if (member.uid, member.gid) != (0, 0)}
    expect({"/data", "/brokers"}, owned, "not owned by root")
    for folder in ("/data", "/brokers"):
        expect((USER, USER), (world.layers.members[folder].uid, world.layers.members[folder].gid), f"owner of {folder}")
    loose = {path for path, member in world.layers.members.items() if member.mode & 0o6022 and not member.issym()}
    expect(set(), loose, "writable by others, or set-id")


def test_has_no_shell(world):
    done = world.start("--entrypoint", "/bin/sh", arguments=("-c", "true"))
    expect(127, done.process.wait(30), "exit code of /bin/sh")


def test_lists_its_parts(world):
    """The list's own rules are tested with the archives of a release."""
    document = json.loads(world.layers.content(SBOM))
    server = document["packages"][0]
    expect(hashlib.sha256(world.layers.content("/amazonmq-local")).hexdigest(), server["checksums"][0]["checksumValue"], "the binary")


def test_binary_is_stripped(world):
    elf = world.layers.content("/amazonmq-local")
    expect(b"\x7fELF\x02\x01", elf[:6], "begin of the binary")
    table, = struct.unpack_from("<Q", elf, 0x28)
    entry_size, entries = struct.unpack_from("<HH", elf, 0x3A)
    types = [struct.unpack_from("<I", elf, table + i * entry_size + 4)[0] for i in range(entries)]
    assert 2 not in types, "the binary has a symbol table"


def test_configuration(world):
    image = world.engine.inspect("image", TAG)
    config = image["Config"]
    expect(f"{USER}:{USER}", config["User"], "user")
    expect(["/amazonmq-local"], config["Entrypoint"], "entry point")
    expect("SIGTERM", config["StopSignal"], "stop signal")
    expect(["8267/tcp"], list(config["ExposedPorts"]), "ports")
    expect(None, config.get("Volumes"), "volumes")
    expect(["CMD", "/amazonmq-local", "--check-health"], image["Healthcheck"]["Test"], "health check")
    variables = dict(variable.split("=", 1) for variable in config["Env"])
    variables.pop("PATH", None)  # some builders add the usual one
    expect({"AMAZONMQ_LOCAL_HOST": "0.0.0.0", "AMAZONMQ_LOCAL_SEED": SEEDS}, variables, "environment")
    for label in "title", "description", "licenses":
        assert config["Labels"][f"org.opencontainers.image.{label}"], label


def test_context_is_what_the_build_reads(world):
    recipe = world.folder("context") / "Dockerfile"
    recipe.write_text("FROM scratch\nCOPY . /\n")
    world.engine.build("localhost/amazonmq-local:context", REPOSITORY, recipe)
    members = world.engine.layers("localhost/amazonmq-local:context").members
    found = {"/".join(path.split("/")[1:3]) for path in members}
    allowed = re.compile(r"LICENSE|Makefile|docker(/(collect|licences.tsv|sbom|sbom.awk|static|static.sha256))?|tests(/setup)?|(schema|server)(/.*)?")
    expect([], sorted(name for name in found if not allowed.fullmatch(name)), "strangers in the context")
    assert {"Makefile", "docker/collect", "docker/sbom", "docker/static", "tests/setup", "schema", "server"} <= found, found


# A container

def test_runs_without_privileges(world):
    container = world.start()
    expect("http://0.0.0.0:8267", container.ready(), "standard output")
    process = pathlib.Path("/proc", str(container.process_id()))
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
    expect([str(USER)] * 8, (status["Uid"] + "\t" + status["Gid"]).split(), "user and group ids")
    for kind in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
        expect(0, int(status[kind], 16), kind)
    expect("1", status["NoNewPrivs"], "NoNewPrivs")
    mounts = [line.split() for line in (process / "mountinfo").read_text().splitlines()]
    root, = [fields[5] for fields in mounts if fields[4] == "/"]
    assert "ro" in root.split(","), f"the root is mounted {root}"


def test_health_check(world):
    container = world.start()
    container.ready()
    command = world.engine.inspect("image", TAG)["Healthcheck"]["Test"]
    expect("CMD", command[0], "form of the health check")
    done = container.execute(*command[1:])
    expect(0, done.returncode, f"exit code of the image's health check ({done.stderr})")
    done = world.engine.attempt("podman", "healthcheck", "run", container.name)
    expect(0, done.returncode, f"exit code of podman's health check ({done.stdout} {done.stderr})")
    expect(200, request(container, "GET", "/_local/health")[0], "status of /_local/health")


def test_health_check_follows_the_port(world):
    container = world.start("--env", "AMAZONMQ_LOCAL_PORT=9000")
    expect("http://0.0.0.0:9000", container.ready(), "standard output")
    done = container.execute("/amazonmq-local", "--check-health")
    expect(0, done.returncode, f"exit code ({done.stderr})")


def test_health_check_fails_where_no_server_is(world):
    container = world.start()
    container.ready()
    done = container.execute("/amazonmq-local", "--check-health", options=("--env", "AMAZONMQ_LOCAL_PORT=9001"))
    expect(1, done.returncode, "exit code")


def test_mounted_seeds_are_applied(world):
    folder = world.folder("seeds", **{
        "10-broker": SEED,
        "20-tag": f"INSERT INTO broker_tag (broker_id, key, value) VALUES ('{BROKER}', 'order', 'second');",
    })
    container = world.start("--volume", f"{folder}:{SEEDS}:ro")
    container.ready()
    expect(["mounted"], broker_names(container), "brokers")
    status, user = request(container, "GET", f"/v1/brokers/{BROKER}/users/resident")
    expect((200, ["admins"]), (status, user.get("groups")), "the user")
    expect({"order": "second"}, request(container, "GET", f"/v1/brokers/{BROKER}")[1].get("tags"), "tags")


def test_no_seeds_make_an_empty_world(world):
    container = world.start()
    container.ready()
    expect([], broker_names(container), "brokers")
    assert "level=warn" not in container.stderr(), container.stderr()


def test_mounted_empty_folder_is_a_warning(world):
    container = world.start("--volume", f"{world.folder('nothing')}:{SEEDS}:ro")
    container.ready()
    expect([], broker_names(container), "brokers")
    assert f"event=seed-directory-without-sql path={SEEDS}" in container.stderr(), container.stderr()


def test_time_zones_are_known_by_name(world):
    container = world.start("--env", "AMAZONMQ_LOCAL_CREATE_TIME=0")
    container.ready()
    broker = {"brokerName": "zoned", "deploymentMode": "SINGLE_INSTANCE", "engineType": "ACTIVEMQ",
              "hostInstanceType": "mq.t3.micro", "publiclyAccessible": False,
              "users": [{"username": "resident", "password": "resident-password-1"}]}

    def window(zone):
        return {"maintenanceWindowStartTime": {"dayOfWeek": "SUNDAY", "timeOfDay": "02:30", "timeZone": zone}}

    status, created = request(container, "POST", "/v1/brokers", broker | window("Europe/Berlin"))
    expect(200, status, f"status of CreateBroker ({created})")
    path = f"/v1/brokers/{created['brokerId']}"
    status, updated = request(container, "PUT", path, window("America/Argentina/Buenos_Aires"))
    expect(200, status, f"status of UpdateBroker ({updated})")
    for method, target, members in ("POST", "/v1/brokers", broker | {"brokerName": "martian"}), ("PUT", path, {}):
        status, refused = request(container, method, target, members | window("Mars/Base"))
        expect((400, "maintenanceWindowStartTime.timeZone"), (status, refused.get("errorAttribute")), method)
    described = request(container, "GET", path)[1]
    expect(window("America/Argentina/Buenos_Aires"), {key: described.get(key) for key in window("")}, "window")
    expect(["zoned"], broker_names(container), "brokers")


def test_broken_seed_stops_the_start(world):
    folder = world.folder("broken", bad="-- one\nINSERT INTO broker (id, name) VALUES ('b-1', 'not a name');\n")
    container = world.start("--volume", f"{folder}:{SEEDS}:ro")
    expect(1, container.process.wait(30), "exit code")
    expect(None, container.lines.get(timeout=10), "standard output")
    lines = container.stderr().splitlines()
    expect(1, len(lines), f"lines on standard error ({lines})")
    assert "bad.sql:2" in lines[0], lines[0]


def test_unreadable_seed_stops_the_start(world):
    folder = world.folder("private", secret=SEED)
    (folder / "secret.sql").chmod(0o600)
    container = world.start("--volume", f"{folder}:{SEEDS}:ro")
    expect(1, container.process.wait(30), "exit code")
    lines = container.stderr().splitlines()
    expect(1, len(lines), f"lines on standard error ({lines})")
    assert "secret.sql" in lines[0], lines[0]


def test_store_on_a_volume_survives_the_container(world):
    folder = world.folder("kept", seed=SEED)
    options = ("--volume", "kept:/data", "--volume", f"{folder}:{SEEDS}:ro", "--env", "AMAZONMQ_LOCAL_DB=/data/mq.db")
    first = world.start(*options)
    first.ready()
    status, body = request(first, "POST", f"/v1/brokers/{BROKER}/users/late", {"password": "late-password-1"})
    expect(200, status, f"status of CreateUser ({body})")
    expect(0, first.stop(), "exit code")
    first.remove()

    second = world.start(*options)
    second.ready()
    expect(["mounted"], broker_names(second), "brokers")
    status, user = request(second, "GET", f"/v1/brokers/{BROKER}/users/late")
    expect((200, "CREATE"), (status, user.get("pending", {}).get("pendingChange")), "the user")
    volume = pathlib.Path(world.engine.inspect("volume", "kept")["Mountpoint"])
    for path, mode in (volume, 0o755), (volume / "mq.db", 0o600):
        expect((USER, mode), (path.stat().st_uid, path.stat().st_mode & 0o777), f"owner and mode of {path.name}")


def test_store_on_the_read_only_root_is_refused(world):
    container = world.start("--env", "AMAZONMQ_LOCAL_DB=/data/mq.db")
    expect(1, container.process.wait(30), "exit code")
    lines = container.stderr().splitlines()
    expect(1, len(lines), f"lines on standard error ({lines})")
    assert "/data/mq.db" in lines[0], lines[0]


def test_sigterm_ends_it_with_0(world):
    container = world.start()
    container.ready()
    expect(0, container.stop(), "exit code (137 is SIGKILL, after 5 s)")


# Clients

def python_with(module, *candidates):
    """A Python that has the module: this one, or that of the test suite's virtual environment."""
    for python in (sys.executable, *candidates):
        if shutil.which(python) and subprocess.run(
            [python, "-c", f"import {module}"], stderr=subprocess.DEVNULL, cwd="/"
        ).returncode == 0:
            return python
    return None


def install_boto3(world):
    """boto3 in an environment of this run's own, at the versions the test suite pins; returns its Python."""
    pinned = REPOSITORY / "tests/sdk/python/requirements.txt"
    wanted = []
    if pinned.exists():
        wanted = re.findall(r"^(?:boto3|botocore)==\S+", pinned.read_text(), re.MULTILINE)
    venv = world.engine.top / "venv"
    for words in (["/usr/bin/python3", "-m", "venv", venv],
                  [venv / "bin/pip", "install", "--quiet", "--retries", "1", *(wanted or ["boto3"])]):
        try:
            done = world.engine.attempt(*words, timeout=120)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Skip(f"boto3 cannot be installed: {error}") from None
        if done.returncode != 0:
            raise Skip(f"boto3 cannot be installed: {last_line(done.stderr or done.stdout)}")
    return str(venv / "bin/python")


def test_sdk_boto3(world):
    python = python_with("boto3", str(REPOSITORY / "build/venv/bin/python")) or install_boto3(world)
    container = world.start("--volume", f"{world.folder('boto3', seed=SEED)}:{SEEDS}:ro")
    container.ready()
    done = container.beside(python, CLIENT, "boto3", BROKER)
    expect(0, done.returncode, f"exit code of boto3 ({last_line(done.stderr)})")
    expect_boto3(done.stdout)


def expect_boto3(said):
    """What client.py prints of the broker and user that it has seen."""
    answer = json.loads(said)
    expect(["mounted"], answer["brokers"], "brokers")
    expect({"ConsoleAccess": False, "Groups": ["guests"], "PendingChange": "CREATE"}, answer["pending"], "pending")


def test_sdk_aws_cli(world):
    own = str(REPOSITORY / "build/venv/bin/aws")
    aws = shutil.which(own) or shutil.which("aws")
    if not aws:
        raise Skip("there is no AWS CLI, neither in build/venv nor in the path")
    container = world.start("--volume", f"{world.folder('cli', seed=SEED)}:{SEEDS}:ro")
    container.ready()
    done = container.beside(
        "env", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true", aws,
        "--endpoint-url", "http://127.0.0.1:8267", "--region", "us-east-1", "--output", "json", "mq", "list-users",
        "--broker-id", BROKER)
    expect(0, done.returncode, f"exit code of the AWS CLI ({last_line(done.stderr)})")
    expect([{"Username": "resident"}], json.loads(done.stdout)["Users"], "users")


# The compose file

COMPOSE = REPOSITORY / "docker/compose.yaml"


def read_compose(text):
    python = python_with("yaml", "/usr/bin/python3", str(REPOSITORY / "build/venv/bin/python"))
    if not python:
        raise Skip("no Python here has the yaml module")
    program = "import json,sys,yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"
    done = subprocess.run([python, "-c", program], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def start_service(world, service):
    """The service under podman, with the volumes and the environment that the compose file gives it."""
    options = []
    for volume in service["volumes"]:
        source, target = volume.split(":", 1)
        if source.startswith("."):
            source = (COMPOSE.parent / source).resolve()
        options += ["--volume", f"{source}:{target}"]
    for name, value in service.get("environment", {}).items():
        options += ["--env", f"{name}={value}"]
    container = world.start(*options)
    container.ready()
    return container


def test_compose_service_runs(world):
    service = read_compose(COMPOSE.read_text())["services"]["amazonmq-local"]
    expect((REPOSITORY, True), ((COMPOSE.parent / service["build"]["context"]).resolve(),
                                (REPOSITORY / service["build"]["dockerfile"]).is_file()), "the build")
    expect((True, ["ALL"], ["no-new-privileges:true"]),
           (service["read_only"], service["cap_drop"], service["security_opt"]), "privileges")
    expect(["127.0.0.1:8267:8267"], service["ports"], "ports")
    assert "orders" in broker_names(start_service(world, service)), "the demo's brokers are not there"


def test_compose_service_keeps_its_store_when_told(world):
    optional = r"^( *)# ( *(?:- amazonmq-data:/data|AMAZONMQ_LOCAL_DB: .*|volumes:|amazonmq-data:))$"
    text, changed = re.subn(optional, r"\1\2", COMPOSE.read_text(), flags=re.MULTILINE)
    expect(4, changed, "optional lines")
    compose = read_compose(text)
    expect({"amazonmq-data": None}, compose["volumes"], "volumes")
    first = start_service(world, compose["services"]["amazonmq-local"])
    expect(0, first.stop(), "exit code")
    volume = pathlib.Path(world.engine.inspect("volume", "amazonmq-data")["Mountpoint"])
    assert (volume / "mq.db").is_file(), list(volume.iterdir())


def test_compose_file_of_brokers_fits_the_server(world):
    """Ports of the slots, one path for all, loopback only. It is not run: the images of the brokers are not here."""
    compose = read_compose((COMPOSE.parent / "compose.brokers.yaml").read_text())
    services = compose["services"]
    expect({"brokers": None}, compose["volumes"], "volumes")
    expect("/brokers", services["amazonmq-local"]["environment"]["AMAZONMQ_LOCAL_BROKERS"], "the directory")
    slots = services["amazonmq-local"]["environment"]["AMAZONMQ_LOCAL_BROKER_SLOTS"].split(",")
    ports = {"activemq": (61617, 5671, 61614, 8883, 61619, 8162), "rabbitmq": (5671, 15671)}
    for number, engine in enumerate(slots):
        broker = services[engine]
        expect([f"127.0.0.1:{port + 100 * number}:{port + 100 * number}" for port in ports[engine]],
               [str(port) for port in broker["ports"]], "ports")
        assert broker["entrypoint"][-1].endswith(f"exec bash /brokers/run-broker /brokers/{number}"), broker["entrypoint"]
        expect((["brokers:/brokers"], "65532:65532"), (broker["volumes"], broker["user"]), "volume and user")


def test_compose_files_are_valid(world):
    """By the schema of the Compose file format."""
    files = sorted(COMPOSE.parent.glob("compose*.yaml"))
    expect(2, len(files), "files")
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and subprocess.run([*words, "version"], capture_output=True).returncode == 0:
            for file in files:
                world.engine.command(*words, "--file", file, "config", "--quiet")
            return
    raise Skip("there is no docker compose")


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]
