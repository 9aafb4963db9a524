"""The programs that are measured: the server, its static build, its build of an earlier commit, and the servers in C."""

import ctypes
import dataclasses
import functools
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import time

from rows import Missed

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build")

# The commit that the rows "× the baseline" compare with: the last one before a new store began with an image, a reset
# used an undo log, one-row INSERTs of seeds shared a statement, and a connection had 32 KiB instead of 64.
BASELINE = "3ec2d7b4c7c3ef93579a6987354dd63a1d1f1670"

START_LIMIT_S = 180
STOP_LIMIT_S = 15
BUILD_LIMIT_S = 600


# --- Builds of the server ---------------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class ServerBuild:
    name: str
    path: str
    demo: str  # its demo seed
    missing: str = ""  # the reason why it cannot be measured


SHARED = ServerBuild("shared libraries", os.environ.get("AMAZONMQ_LOCAL_BIN") or os.path.join(BUILD, "amazonmq-local"),
                     os.path.join(ROOT, "schema", "seeds", "demo.sql"))
STATIC_PATH = os.environ.get("AMAZONMQ_LOCAL_STATIC_BIN") or os.path.join(BUILD, "static", "amazonmq-local")


def static_build():
    missing = "" if os.access(STATIC_PATH, os.X_OK) else f"{os.path.relpath(STATIC_PATH, ROOT)} is missing"
    return ServerBuild("static", STATIC_PATH, SHARED.demo, missing)


@functools.cache
def baseline_build():
    """The server of the commit BASELINE, compiled once into build/baseline/."""
    source = os.path.join(BUILD, "baseline", "src")
    path = os.path.join(source, "build", "amazonmq-local")
    done = os.path.join(BUILD, "baseline", "commit")
    missing = ""
    if not (os.access(path, os.X_OK) and read_text(done) == BASELINE):
        missing = export_and_make(source, path)
        if not missing:
            with open(done, "w", encoding="ascii") as file:
                file.write(BASELINE)
    return ServerBuild("baseline", path, os.path.join(source, "schema", "seeds", "demo.sql"), missing)


def read_text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def export_and_make(source, path):
    """Returns why it did not work, or ''."""
    if not shutil.which("git") or subprocess.run(["git", "-C", ROOT, "cat-file", "-e", BASELINE + "^{commit}"], check=False,
                                                 stderr=subprocess.DEVNULL).returncode:
        return f"no git history with the commit {BASELINE[:12]}"
    shutil.rmtree(os.path.dirname(source), ignore_errors=True)
    os.makedirs(source)
    with subprocess.Popen(["git", "-C", ROOT, "archive", BASELINE], stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", source], stdin=archive.stdout, check=True)
    # Without what a calling make passes on, such as BUILD.
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "CC", "LANG")}
    log = os.path.join(os.path.dirname(source), "make.log")
    with open(log, "wb") as output:
        subprocess.run(["make", "-C", source, f"-j{len(os.sched_getaffinity(0))}"], stdout=output,
                       stderr=subprocess.STDOUT, env=environment, check=False, timeout=BUILD_LIMIT_S)
    return "" if os.access(path, os.X_OK) else f"the commit {BASELINE[:12]} does not compile here: see {os.path.relpath(log, ROOT)}"


def present(*builds):
    return [build for build in builds if not build.missing]


# --- Processes --------------------------------------------------------------------------------------------------

def die_with_parent():
    """Linux: the child gets SIGKILL when this script is killed in a way it cannot clean up after."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Program:
    """A server under measurement: started, told apart by its URL, ended by its process id."""

    def __init__(self, command, log, hurry=False, environment=None):
        self.log = log
        with open(log, "ab") as errors:
            # A preexec function would make the start slower: it is left out where the start itself is measured.
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output(errors), stderr=errors,
                                            env=environment, preexec_fn=None if hurry else die_with_parent)
        try:
            self.port = self.read_port()
        except BaseException:
            self.stop()
            raise
        self.url = f"http://127.0.0.1:{self.port}"

    def output(self, _errors):
        return subprocess.PIPE

    def read_port(self):
        pipe = self.process.stdout.fileno()
        os.set_blocking(pipe, False)
        line, end = b"", time.monotonic() + START_LIMIT_S
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0, end - time.monotonic())):
                    raise Missed(f"not ready after {START_LIMIT_S} s")
                part = os.read(pipe, 4096)
                if not part:
                    raise Missed(f"does not start: {self.last_words()}")
                line += part
        return int(line.rstrip().rsplit(b":", 1)[1])

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="backslashreplace") as log:
            return " ".join(log.read().split())[-300:]

    def stop(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Missed(f"did not stop in {STOP_LIMIT_S} s") from None
            finally:
                if self.process.stdout:
                    self.process.stdout.close()
        return self.process.returncode

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self):
        """VmRSS of the process and its children."""
        return sum(rss_kb(pid) for pid in family(self.process.pid)) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()


class ToldProgram(Program):
    """A server that is told its port, and is ready when it accepts a connection."""

    def __init__(self, command, port, log, environment=None):
        self.told = port
        super().__init__(command, log, hurry=True, environment=environment)

    def output(self, errors):
        return errors

    def read_port(self):
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.told)).close()
                return self.told
            except ConnectionRefusedError:
                time.sleep(0.0005)
        raise Missed(f"does not start: {self.last_words()}")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def family(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        children = file.read().split()
    return [pid] + [one for child in children for one in family(int(child))]


def rss_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.MULTILINE)[1])


def start_server(directory, *arguments, build=SHARED, hurry=False):
    return Program([build.path, "--port", "0", *arguments], os.path.join(directory, "server.log"), hurry)


# --- The servers in C -------------------------------------------------------------------------------------------

def server_pool():
    """The bytes that the server gives libmicrohttpd for each connection."""
    with open(os.path.join(ROOT, "server", "http", "listener.c"), encoding="utf-8") as file:
        number, shift = re.search(r"^ +LISTENER_MEMORY = (\d+) << (\d+),", file.read(), re.MULTILINE).groups()
    return int(number) << int(shift)


def compile_c(directory, name):
    """Compiles tests/bench/NAME.c and returns the executable."""
    packages = ["libmicrohttpd", "sqlite3"]
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", *packages], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.split()
    program = os.path.join(directory, name)
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror",
                    f"-DSERVE_MEMORY={server_pool()}", "-o", program, os.path.join(HERE, f"{name}.c"),
                    os.path.join(HERE, "serve.c"), *flags], check=True)
    return program
