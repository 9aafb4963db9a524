"""A minimal Debian system in a temporary folder, for tests/fresh/run and tests/packages/run.

Needs root, mount namespaces and mmdebstrap.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
AUTHORITIES = "usr/local/share/ca-certificates"
SOURCES = "/etc/apt/sources.list", "/etc/apt/sources.list.d/"
# Seconds; only to end a hang.
LIMIT_S = 7200

INSTALL = "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends"
# Mounts are visible only in the mount namespace, and all processes of the pid namespace end with its first one.
ISOLATED = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
ENTER = """
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" || exit 125
exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb chroot "$1" \
    /bin/bash -c "cd $3 && $2"
"""


class Failed(Exception):
    """A check failed; the text is the reason."""


class Skip(Exception):
    """A test cannot be made here; the text is the reason."""


def mirrors():
    """The mirrors of Debian and of its security archive that this machine uses."""
    files = [pathlib.Path(SOURCES[0]), *sorted(pathlib.Path(SOURCES[1]).glob("*"))]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    found = re.findall(r"^(?:URIs:|deb(?: \[[^\]]*\])?) *(https?://\S+)", text, re.MULTILINE)
    debian = next((url for url in found if re.search(r"/debian/?$", url)), "http://deb.debian.org/debian")
    security = next((url for url in found if "security" in url), "http://deb.debian.org/debian-security")
    return debian, security


class Root:
    """A fresh root; a context manager that removes it."""

    INCLUDE = "ca-certificates"  # packages besides the smallest set
    FOLDER = "/"                 # where commands run
    OPTIONS = []                 # of mmdebstrap
    isolated = ISOLATED          # what runs a command apart from this machine

    def __init__(self, name, release, updated=True):
        self.name = name
        self.release, self.updated = release, updated
        self.top = pathlib.Path(tempfile.mkdtemp(prefix=f"amazonmq-local-fresh-{name}.", dir="/var/tmp")).resolve()
        self.top.chmod(0o755)  # mmdebstrap's downloads run as an ordinary user
        self.root = self.top / "root"
        self.log = self.top / "log"

    def __enter__(self):
        try:
            self.make()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def make(self):
        debian, security = mirrors()
        lines = [f"deb {debian} {self.release} main"]
        if self.updated:
            lines += [f"deb {debian} {self.release}-updates main", f"deb {security} {self.release}-security main"]
        # A mirror may be older than its release file allows.
        done = subprocess.run([*self.isolated, "mmdebstrap", "--quiet", "--variant=minbase", f"--include={self.INCLUDE}",
                               '--aptopt=Acquire::Check-Valid-Until "false"', *self.OPTIONS, self.release, self.root, "-"],
                              input="\n".join(lines) + "\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=LIMIT_S)
        if done.returncode != 0:
            raise Failed(f"mmdebstrap: {done.stdout[-2000:]}")
        # As installers and container engines write it; mmdebstrap does not.
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="ascii")
        self.furnish()

    def furnish(self):
        """Puts files of this machine into the root."""

    def close(self):
        """Removes the root, unless something is mounted in it: that would be deleted too."""
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            mounts = [line.split()[4] for line in file if line.split()[4].startswith(f"{self.top}/")]
        if mounts:
            print(f"  {self.top} is left: {mounts[0]} is mounted", flush=True)
            return
        try:
            shutil.rmtree(self.top)
        except OSError as error:
            print(f"  {self.top} is left: {error}", flush=True)

    def command(self, text):
        """The command line that runs a shell command in FOLDER."""
        return [*self.isolated, "bash", "-c", ENTER, "enter", str(self.root), text, self.FOLDER]

    def attempt(self, text):
        """Runs a command there; returns its exit code and output."""
        with open(self.log, "w+", encoding="utf-8", errors="replace") as log:
            done = subprocess.run(self.command(text), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                  check=False, timeout=LIMIT_S)
        return done.returncode, self.log.read_text(encoding="utf-8", errors="replace")

    def do(self, text):
        """Like attempt(), but raises Failed unless the exit code is 0; returns the output."""
        code, output = self.attempt(text)
        if code != 0:
            raise Failed(f"{text}: exit code {code}\n{output[-3000:]}")
        return output

    def trust(self):
        """Trusts there the authorities that were added to this machine, such as that of a proxy."""
        there = self.root / AUTHORITIES
        added = [file for file in pathlib.Path("/", AUTHORITIES).glob("*.crt") if not (there / file.name).exists()]
        for file in added:
            shutil.copy(file, there)
        if added:
            self.do("update-ca-certificates")

    def install(self, *packages):
        self.do(f"{INSTALL} {' '.join(packages)}")


def obstacle(purpose):
    """Why no system can be created here, or None; installs the packages of that purpose of tests/setup."""
    if os.geteuid() != 0:
        return "needs root"
    done = subprocess.run(["sh", TESTS / "setup", purpose], stdin=subprocess.DEVNULL, stdout=sys.stderr,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"tests/setup {purpose} failed"
    if subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode != 0:
        return "root cannot create namespaces here"
    return None
