"""Builds and runs the image with buildah and podman, without a registry, a daemon or any store but its own.

Everything lives in one temporary directory: the storage, the configuration, the containers' state. So nothing on
the machine is touched that this run did not make, and removing the directory removes all of it. The one thing kept
is the root file system that stands in for the base image (see base_image).
"""

import gzip
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading

from layers import Layers

BASE = "docker.io/library/debian:bookworm-slim"

STORAGE_CONF = """\
[storage]
driver = "vfs"
graphroot = "{top}/storage"
runroot = "{top}/run"
"""

# Both limits are given because without CAP_SYS_RESOURCE the runtime may not raise them to podman's defaults.
CONTAINERS_CONF = """\
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
tmp_dir = "{top}/tmp"
volume_path = "{top}/volumes"
[network]
network_config_dir = "{top}/networks"
"""


class EngineError(Exception):
    """A command of the engine failed; the text ends with the end of what it printed."""


class Engine:
    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="amazonmq-local-image.", dir="/var/tmp"))
        # mmdebstrap's downloads run as an ordinary user, who has to get through to TMPDIR.
        self.top.chmod(0o755)
        (self.top / "scratch").mkdir()
        self.containers = []
        for name, text in (("storage.conf", STORAGE_CONF), ("containers.conf", CONTAINERS_CONF)):
            (self.top / name).write_text(text.format(top=self.top))
        self.environment = dict(
            os.environ,
            CONTAINERS_CONF=str(self.top / "containers.conf"),
            CONTAINERS_STORAGE_CONF=str(self.top / "storage.conf"),
            TMPDIR=str(self.top / "scratch"),
            # podman would ask systemd for a timer per container; the health command is run by the test instead.
            DISABLE_HC_SYSTEMD="true",
        )

    def command(self, *words, timeout=60):
        """Runs a command to its end and returns its standard output; EngineError unless it exits 0."""
        done = self.attempt(*words, timeout=timeout)
        if done.returncode != 0:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise EngineError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{tail}")
        return done.stdout

    def attempt(self, *words, timeout=60):
        """Like command(), but returns the finished process whatever its exit code."""
        words = list(map(str, words))
        process = subprocess.Popen(
            words, env=self.environment, cwd=self.top, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:
            # A build has children of its own, which would go on without it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def base_image(self):
        """Imports Debian's minimal system under the base image's name; keeps it for the next run."""
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "amazonmq-local"
        rootfs = cache / "bookworm.tar"
        if not rootfs.exists():
            cache.mkdir(parents=True, exist_ok=True)
            # Whole or not at all, also when two runs make it at once.
            part = cache / f"bookworm.{os.getpid()}.tar"
            try:
                self.command("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", part, timeout=240)
                part.replace(rootfs)
            finally:
                part.unlink(missing_ok=True)
        self.rootfs = rootfs
        self.command("podman", "import", "--quiet", rootfs, BASE, timeout=120)

    def base_index(self, platforms):
        """Puts an index for the platforms in the place of the base image; each has this machine's system.

        That is the system in which the build stage runs, whatever it builds for. buildah looks the base image up for the
        platform of the result.
        """
        self.command("podman", "untag", BASE)
        self.command("buildah", "manifest", "create", BASE)
        for platform in platforms:
            os_name, architecture = platform.split("/")
            name = f"localhost/base:{architecture}"
            self.command("podman", "import", "--quiet", "--os", os_name, "--arch", architecture, self.rootfs, name, timeout=120)
            self.command("buildah", "manifest", "add", "--os", os_name, "--arch", architecture, BASE, f"containers-storage:{name}",
                         timeout=120)

    def build(self, tag, context, dockerfile):
        # Only the docker format carries a HEALTHCHECK.
        self.command(
            "buildah", "bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--format", "docker",
            "--tag", tag, "--file", dockerfile, context, timeout=2400,
        )

    def build_index(self, tag, context, dockerfile, platforms):
        """Builds for several platforms, as `docker buildx build --platform` does, and returns {platform: (config, layers)}."""
        self.base_index(platforms)
        self.command(
            "buildah", "bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--layers", "--format", "docker",
            "--platform", ",".join(platforms), "--manifest", tag, "--file", dockerfile, context, timeout=4800,
        )
        archive = self.top / "index"
        self.command("buildah", "manifest", "push", "--all", tag, f"dir:{archive}", timeout=120)
        index = json.loads((archive / "manifest.json").read_text())
        images = {}
        for row in index["manifests"]:
            name = row["digest"].removeprefix("sha256:")
            manifest = json.loads((archive / f"{name}.manifest.json").read_text())
            platform = f"{row['platform']['os']}/{row['platform']['architecture']}"
            images[platform] = (json.loads(self._blob(archive, manifest["config"])), self._layers(archive, manifest))
        shutil.rmtree(archive)
        return images

    def layers(self, tag):
        """The layers of the image as it would be moved."""
        archive = self.top / "saved"
        self.command("podman", "save", "--quiet", "--format", "docker-dir", "--output", archive, tag)
        layers = self._layers(archive, json.loads((archive / "manifest.json").read_text()))
        shutil.rmtree(archive)
        return layers

    def _layers(self, archive, manifest):
        tars = []
        for layer in manifest["layers"]:
            data = self._blob(archive, layer)
            tars.append(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
        return Layers(tars)

    def _blob(self, archive, row):
        return (archive / row["digest"].removeprefix("sha256:")).read_bytes()

    def inspect(self, kind, name):
        return json.loads(self.command("podman", kind, "inspect", name))[0]

    def start(self, image, *options, arguments=()):
        container = Container(self, f"mq-{len(self.containers) + 1}", image, options, arguments)
        self.containers.append(container)
        return container

    def close(self):
        for container in self.containers:
            container.remove()
        self.attempt("buildah", "rm", "--all")
        # A command that was cut short may leave a mount behind, and through a mount the removal would reach
        # things that are not ours.
        for mount in reversed(self._mounts()):
            subprocess.run(["umount", "--lazy", mount], check=False)
        if self._mounts():
            raise EngineError(f"{self.top} is left behind: something is mounted there")
        shutil.rmtree(self.top)

    def _mounts(self):
        points = [line.split()[4] for line in open("/proc/self/mountinfo")]
        return sorted(point for point in points if point.startswith(f"{self.top}/"))


class Container:
    """One container in the foreground, with a network of its own that has nothing but a loopback interface."""

    def __init__(self, engine, name, image, options, arguments):
        self.engine = engine
        self.name = name
        self.errors = engine.top / f"{name}.stderr"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["podman", "run", "--name", name, "--network", "none", "--read-only", "--read-only-tmpfs=false",
                 "--cap-drop", "all", "--security-opt", "no-new-privileges", *map(str, options), image, *arguments],
                env=engine.environment, cwd=engine.top, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
            )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def stderr(self):
        return self.errors.read_text(errors="replace")

    def ready(self):
        """Waits for the one line on standard output, the URL, and returns it."""
        try:
            line = self.lines.get(timeout=30)
        except queue.Empty:
            raise EngineError(f"no URL within 30 s; stderr:\n{self.stderr()}") from None
        if line is None:
            raise EngineError(f"exit {self.process.wait(30)} before the URL; stderr:\n{self.stderr()}")
        return line

    def process_id(self):
        return self.engine.inspect("container", self.name)["State"]["Pid"]

    def execute(self, *words, options=()):
        """Runs a program of the image inside the container."""
        return self.engine.attempt("podman", "exec", *options, self.name, *words)

    def beside(self, *words):
        """Runs a program of this machine inside the container's network."""
        return self.engine.attempt("nsenter", "--net", "--target", self.process_id(), *words)

    def stop(self):
        """SIGTERM, and SIGKILL after 5 s; returns the exit code, which is 137 after the latter."""
        self.engine.command("podman", "stop", "--time", "5", self.name)
        return self.process.wait(30)

    def remove(self):
        """Ends the container, if it still runs, and removes it; its named volumes stay."""
        if self.process.poll() is None:
            self.engine.attempt("podman", "kill", self.name)
        self.engine.attempt("podman", "rm", "--force", "--time", "0", self.name)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
