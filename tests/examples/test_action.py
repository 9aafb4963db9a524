"""action.yml: its steps, run one by one as a runner does, with a release that the test makes."""

import hashlib
import http.server
import os
import platform
import re
import shutil
import signal
import subprocess
import tarfile
import threading
import time
import urllib.request

import pytest

import harness

yaml = pytest.importorskip("yaml", reason="no PyYAML here")

with open(os.path.join(harness.ROOT, "action.yml"), encoding="utf-8") as _file:
    ACTION = yaml.safe_load(_file)
with open(os.path.join(harness.ROOT, "Makefile"), encoding="utf-8") as _file:
    VERSION = re.search(r"^VERSION := (\S+)$", _file.read(), re.MULTILINE)[1]
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
SEED = "INSERT INTO broker (id, name) VALUES ('b-action', 'orders');"

if not shutil.which("curl"):
    pytest.skip("no curl here", allow_module_level=True)


class Runner:
    """What the steps see of a runner: its files, and the variables that they export."""

    def __init__(self, directory, repository="", **env):
        self.repository = repository
        self.temp, self.work = directory / "temp", directory / "work"
        self.temp.mkdir()
        self.work.mkdir()
        self.files = {name: directory / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        clean = {name: value for name, value in harness.environment().items() if not name.startswith(("AWS_", "GITHUB_"))}
        self.env = clean | {"RUNNER_TEMP": str(self.temp)} | env
        self.outputs, self.exported, self.output = {}, {}, ""

    def read(self, name):
        return dict(line.split("=", 1) for line in self.files[name].read_text(encoding="utf-8").splitlines())

    def value(self, text, inputs):
        def expression(match):
            word = match[1].strip()
            if word.startswith("inputs."):
                return inputs[word.removeprefix("inputs.")]
            if word == "github.action_repository":
                return self.repository
            _, step, _, name = re.fullmatch(r"(steps)\.(\w+)\.(outputs)\.(\w+)", word).groups()
            return self.outputs[step][name]

        return re.sub(r"\$\{\{(.*?)\}\}", expression, text)

    def run(self, **given):
        """Runs the steps until one fails; returns whether none did."""
        assert set(given) <= set(ACTION["inputs"])
        inputs = {name: given.get(name, row.get("default", "")) for name, row in ACTION["inputs"].items()}
        for step in ACTION["runs"]["steps"]:
            for file in self.files.values():
                file.write_text("", encoding="utf-8")
            env = {name: self.value(text, inputs) for name, text in step["env"].items()}
            # The command of a runner for `shell: bash`.
            done = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]], cwd=self.work,
                                  env=self.env | self.exported | env | {name: str(file) for name, file in self.files.items()},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=120, check=False)
            self.output += done.stdout
            if done.returncode != 0:
                return False
            self.outputs[step["id"]] = self.read("GITHUB_OUTPUT")
            self.exported |= self.read("GITHUB_ENV")
            for line in self.files["GITHUB_PATH"].read_text(encoding="utf-8").splitlines():
                self.env["PATH"] = f"{line}:{self.env['PATH']}"
        return True

    @property
    def url(self):
        return self.value(ACTION["outputs"]["url"]["value"], {})

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read()

    def end(self):
        """The runner ends what a job has left."""
        if pids := re.findall(r"process (\d+)", self.output):
            pid = int(pids[-1])
            os.kill(pid, signal.SIGTERM)
            end = time.monotonic() + harness.DEADLINE_S
            while running(pid) and time.monotonic() < end:
                time.sleep(0.01)
            assert not running(pid)


def running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def make_release(folder):
    """A folder with the files of a release, of this machine's architecture alone."""
    folder.mkdir()
    name = f"amazonmq-local-{VERSION}-linux-{ARCHITECTURE}"
    with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as tar:
        tar.add(os.path.abspath(harness.BINARY), arcname=f"{name}/bin/amazonmq-local")
        # Such as the completion: of that name, but no program.
        tar.add(os.path.join(harness.ROOT, "LICENSE"), arcname=f"{name}/share/amazonmq-local")
    digest = hashlib.sha256((folder / f"{name}.tar.gz").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  {name}.tar.gz\n{'0' * 64}  {name}.deb\n", encoding="utf-8")
    return folder / f"{name}.tar.gz"


@pytest.fixture
def release(tmp_path):
    make_release(tmp_path / "release")
    return f"file://{tmp_path}/release"


@pytest.fixture
def runner(tmp_path):
    runners = []

    def make(**env):
        directory = tmp_path / f"runner{len(runners)}"
        directory.mkdir()
        runners.append(Runner(directory, **env))
        return runners[-1]

    yield make
    for made in runners:
        made.end()


def test_it_is_an_action_of_this_version():
    assert ACTION["runs"]["using"] == "composite" and ACTION["inputs"]["version"]["default"] == VERSION
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash" and set(step) == {"name", "id", "shell", "env", "run"}
        # An input is a variable and never part of a script, which could be made to run it.
        assert "${{" not in step["run"]
    assert all(row["description"] for row in ACTION["inputs"].values())


def test_it_starts_the_server(runner, release):
    job = runner()
    (job.work / "seeds dir").mkdir()
    (job.work / "seeds dir" / "a.sql").write_text(SEED, encoding="utf-8")
    (job.work / "more.sql").write_text("UPDATE broker SET name = 'renamed';", encoding="utf-8")
    assert job.run(url=release, port="0", seed="seeds dir\nmore.sql\n", flags="--reboot-time 1h  --journal 7"), job.output
    assert b'"ok"' in job.get("/_local/health")
    assert b"renamed" in job.get("/v1/brokers/b-action")
    assert job.exported == {"AMAZONMQ_LOCAL_URL": job.url, "AWS_ENDPOINT_URL_MQ": job.url, "AWS_ACCESS_KEY_ID": "local",
                            "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    # The program is on the PATH of later steps.
    done = subprocess.run(["amazonmq-local", "ctl", "--url", job.url, "requests"], env=job.env, stdout=subprocess.PIPE, text=True,
                          check=True)
    assert "b-action" in done.stdout


def test_credentials_and_region_of_the_job_stay(runner, release):
    job = runner(AWS_PROFILE="team", AWS_REGION="eu-west-1")
    assert job.run(url=release, port="0"), job.output
    assert job.exported == {"AMAZONMQ_LOCAL_URL": job.url, "AWS_ENDPOINT_URL_MQ": job.url}


def test_over_http_and_from_where_the_releases_are(runner, tmp_path):
    place = tmp_path / "site" / "owner" / "name" / "releases" / "download"
    place.mkdir(parents=True)
    make_release(place / f"v{VERSION}")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=tmp_path / "site")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        job = runner(GITHUB_SERVER_URL=f"http://127.0.0.1:{site.server_port}", repository="owner/name", no_proxy="*")
        assert job.run(port="0"), job.output
        assert b'"ok"' in job.get("/_local/health")
        absent = runner(no_proxy="*")
        assert not absent.run(url=f"http://127.0.0.1:{site.server_port}/none/")
        assert "::error title=amazonmq-local::cannot download" in absent.output
        site.shutdown()


def test_a_file_that_is_not_the_released_one_is_refused(runner, tmp_path):
    archive = make_release(tmp_path / "release")
    with archive.open("ab") as file:
        file.write(b"more")
    job = runner()
    assert not job.run(url=f"file://{tmp_path}/release")
    assert "is not the file of SHA256SUMS" in job.output and "start" not in job.outputs
    assert not os.path.exists(job.temp / "amazonmq-local" / "files" / "bin")
    (tmp_path / "release" / "SHA256SUMS").write_text("", encoding="utf-8")
    job = runner()
    assert not job.run(url=f"file://{tmp_path}/release")
    assert "SHA256SUMS has not one line" in job.output
    job = runner()
    assert not job.run(url=f"file://{tmp_path}/release", version="0/../..")
    assert "is not a version" in job.output


def test_a_server_that_does_not_start_says_why(runner, release):
    job = runner()
    (job.work / "wrong.sql").write_text("DROP TABLE broker;", encoding="utf-8")
    assert not job.run(url=release, port="0", seed="wrong.sql")
    assert "::error title=amazonmq-local::The server did not start" in job.output and "DROP TABLE" in job.output
    job = runner()
    assert not job.run(url=release, port="0", flags="--durability none")
    assert "durability" in job.output
