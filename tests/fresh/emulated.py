"""A minimal Debian system for arm64 on another machine, all of whose programs run under qemu, for tests/packages/run."""

import pathlib
import shutil
import subprocess
import tempfile

from system import ISOLATED, LIMIT_S, TESTS, Root, Skip

# Only with the lists of apt-get update does it find the package.
DOWNLOAD = "apt-get -qq -o APT::Sandbox::User=root download qemu-user-static"
UNPACK = "dpkg-deb --fsys-tarfile *.deb | tar -xf - ./usr/bin/qemu-aarch64-static"


class Emulated(Root):
    # Installed from outside, since apt is slow under qemu.
    INCLUDE = f"{Root.INCLUDE},python3-venv"
    # mmdebstrap looks only for emulators of the whole machine, and the namespace cannot mount /sys.
    OPTIONS = ["--architectures=arm64", "--skip=check/qemu,chroot/mount/sys", "--dpkgopt=force-unsafe-io"]

    def __init__(self, name, emulate):
        super().__init__(name, "bookworm")
        self.isolated = [*emulate, *ISOLATED]


def new_root(name, folder):
    """One with Python, which the caller closes; the emulator is kept in the folder."""
    emulate = [TESTS / "fresh/emulate", static_emulator(folder)]
    tried = subprocess.run([*emulate, *ISOLATED, "true"], stderr=subprocess.PIPE, text=True, check=False)
    if tried.returncode != 0:
        raise Skip((tried.stderr.strip().splitlines() or ["tests/fresh/emulate failed"])[-1])
    return Emulated(name, emulate).__enter__()


def static_emulator(folder):
    """qemu without shared libraries, since a new root has none for it.

    Debian 13's qemu-user is that. Debian 12 has it in another package, which would tell the kernel of all its emulators when it
    is installed: only one file is taken from it."""
    for name in ("qemu-aarch64", "qemu-aarch64-static"):
        path = shutil.which(name)
        if path and "INTERP" not in subprocess.run(["readelf", "-lW", path], stdout=subprocess.PIPE, text=True, check=True).stdout:
            return path
    kept = folder / "qemu-aarch64-static"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            done = subprocess.run(["sh", "-c", f"({DOWNLOAD} || {{ apt-get -qq update; {DOWNLOAD}; }}) && {UNPACK}"], cwd=temporary,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=LIMIT_S)
            if done.returncode != 0:
                raise Skip(f"no qemu without shared libraries: {(done.stdout.strip().splitlines() or ['?'])[-1]}")
            shutil.move(pathlib.Path(temporary, "usr/bin", kept.name), kept)
    return kept
