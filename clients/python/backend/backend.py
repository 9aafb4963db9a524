"""Builds the wheels and the source distribution of amazonmq-local, by PEP 517 or as a program.

    backend.py wheel BINARY DIRECTORY [LICENCES]   a wheel with that binary; LICENCES: a file, .xz or not, of its libraries
    backend.py sdist DIRECTORY                     with the sources of the server

A static binary runs on any Linux, so that its wheel is for glibc and musl; the wheel of a binary with shared libraries, which
pip compiles from the source distribution, is for this machine. The archives have the time of SOURCE_DATE_EPOCH, and are
the same when they are built again.
"""

import base64
import contextlib
import gzip
import hashlib
import io
import lzma
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import time
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(HERE, "src", "amazonmq_local")
# The sources of the server in a source distribution, and in a clone.
SOURCES = [os.path.join(HERE, "server-source"), os.path.dirname(os.path.dirname(HERE))]
SOURCE_PARTS = ["LICENSE", "Makefile", "schema", "server", "tests/setup"]
PARTS = ["README.md", "backend", "pyproject.toml", "src", "tests"]
MACHINES = {62: "x86_64", 183: "aarch64"}
PT_INTERP = 3
EARLIEST = 315532800  # 1980: zip files know nothing before
UNSUPPORTED = ("amazonmq-local runs on Linux only: on {} use it in Docker (https://docs.docker.com/get-started) or in WSL, "
               "or set AMAZONMQ_LOCAL_URL to the address of a server that runs elsewhere.")

METADATA = """\
Metadata-Version: 2.1
Name: amazonmq-local
Version: {version}
Summary: A local stand-in for the Amazon MQ API, with a pytest plugin
License: Apache-2.0
Keywords: aws,amazon-mq,activemq,rabbitmq,testing,pytest,mock
Classifier: Development Status :: 4 - Beta
Classifier: Framework :: Pytest
Classifier: Intended Audience :: Developers
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Software Development :: Testing
Classifier: Typing :: Typed
Requires-Python: >=3.8
Provides-Extra: boto3
Requires-Dist: boto3; extra == "boto3"
Description-Content-Type: text/markdown

{description}"""
ENTRY_POINTS = "[pytest11]\namazonmq_local = amazonmq_local.pytest_plugin\n"


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def version():
    return re.search(r'^__version__ = "(.*)"$', read(PACKAGE, "__init__.py").decode(), re.MULTILINE).group(1)


def metadata():
    return METADATA.format(version=version(), description=read(HERE, "README.md").decode()).encode()


def source():
    for folder in SOURCES:
        if all(os.path.exists(os.path.join(folder, part)) for part in SOURCE_PARTS):
            return folder
    raise SystemExit("the sources of the server are missing: build in a clone, or from the source distribution")


def files_below(root, parts):
    """(path from root, content, whether it is executable) of the files, in an order that does not depend on the disk."""
    for part in sorted(parts):
        top = os.path.join(root, part)
        names = [top] if os.path.isfile(top) else [
            os.path.join(folder, name) for folder, _, found in os.walk(top) for name in found
            if "__pycache__" not in folder and ".pytest_cache" not in folder]
        for path in sorted(names):
            yield os.path.relpath(path, root).replace(os.sep, "/"), read(path), os.access(path, os.X_OK)


def epoch():
    return max(int(os.environ.get("SOURCE_DATE_EPOCH") or EARLIEST), EARLIEST)


# --- Wheels

def tags(binary):
    """The platforms on which an executable runs, by its ELF header."""
    if binary[:6] != b"\x7fELF\x02\x01":
        raise SystemExit("the binary is no executable for a 64-bit Linux")
    number = struct.unpack_from("<H", binary, 18)[0]
    machine = MACHINES.get(number, platform.machine())
    offset, = struct.unpack_from("<Q", binary, 32)
    size, count = struct.unpack_from("<HH", binary, 54)
    segments = {struct.unpack_from("<I", binary, offset + index * size)[0] for index in range(count)}
    if PT_INTERP in segments or number not in MACHINES:
        return [f"linux_{machine}"]
    return [f"manylinux2014_{machine}", f"manylinux_2_17_{machine}", f"musllinux_1_1_{machine}"]


def wheel_files(binary, licences):
    """(name, content, whether it is executable) of what a wheel has, without RECORD."""
    name = f"amazonmq_local-{version()}"
    for path, content, _ in files_below(os.path.dirname(PACKAGE), ["amazonmq_local"]):
        yield path, content, False
    yield f"{name}.data/scripts/amazonmq-local", binary, True
    yield f"{name}.dist-info/METADATA", metadata(), False
    yield f"{name}.dist-info/WHEEL", "".join(
        ["Wheel-Version: 1.0\nGenerator: amazonmq-local\nRoot-Is-Purelib: false\n",
         *(f"Tag: py3-none-{tag}\n" for tag in tags(binary))]).encode(), False
    yield f"{name}.dist-info/entry_points.txt", ENTRY_POINTS.encode(), False
    yield f"{name}.dist-info/licenses/LICENSE", read(source(), "LICENSE"), False
    if licences:
        content = read(licences)
        yield f"{name}.dist-info/licenses/LICENCES-OF-LIBRARIES", (
            lzma.decompress(content) if licences.endswith(".xz") else content), False


def write_wheel(binary, directory, licences=None):
    """Returns the name of the wheel's file."""
    name = f"amazonmq_local-{version()}"
    file_name = f"{name}-py3-none-{'.'.join(tags(binary))}.whl"
    when = time.gmtime(epoch())[:6]
    record = io.StringIO()
    os.makedirs(directory, exist_ok=True)
    with zipfile.ZipFile(os.path.join(directory, file_name), "w", zipfile.ZIP_DEFLATED) as archive:
        def add(path, content, executable=False):
            entry = zipfile.ZipInfo(path, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            archive.writestr(entry, content, compresslevel=9)

        for path, content, executable in wheel_files(binary, licences):
            add(path, content, executable)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.write(f"{path},sha256={digest},{len(content)}\n")
        record.write(f"{name}.dist-info/RECORD,,\n")
        add(f"{name}.dist-info/RECORD", record.getvalue().encode())
    return file_name


def refuse_other_systems():
    if platform.system() != "Linux":
        raise SystemExit(UNSUPPORTED.format({"Darwin": "macOS"}.get(platform.system(), platform.system())))


def compile_server():
    """The server of the sources, compiled with the libraries of this machine."""
    if not shutil.which("make"):
        raise SystemExit("amazonmq-local has no wheel for this machine, and to compile it GNU make is missing; "
                         "on Debian and Ubuntu: apt-get install -y make")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "-j", str(os.cpu_count() or 1)], cwd=source(), env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        missing = re.search(r"packages are missing.*?(?=\.  Stop\.$|$)", text, re.MULTILINE)
        raise SystemExit(f"amazonmq-local has no wheel for this machine, and to compile it {missing.group()}" if missing else
                         "amazonmq-local was not compiled:\n" + "\n".join(text.splitlines()[-20:]))
    return read(source(), "build", "amazonmq-local")


# --- PEP 517

def get_requires_for_build_wheel(config_settings=None):
    refuse_other_systems()
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    refuse_other_systems()
    name = f"amazonmq_local-{version()}.dist-info"
    os.makedirs(os.path.join(metadata_directory, name))
    for file_name, content in (("METADATA", metadata()), ("entry_points.txt", ENTRY_POINTS.encode())):
        with open(os.path.join(metadata_directory, name, file_name), "wb") as file:
            file.write(content)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    refuse_other_systems()
    return write_wheel(compile_server(), wheel_directory)


def build_sdist(sdist_directory, config_settings=None):
    name = f"amazonmq_local-{version()}"
    os.makedirs(sdist_directory, exist_ok=True)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(os.path.join(sdist_directory, f"{name}.tar.gz"), "wb"))
        packed = stack.enter_context(gzip.GzipFile("", "wb", 9, file, epoch()))
        archive = stack.enter_context(tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT))

        def add(path, content, executable=False):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mtime, entry.mode = len(content), epoch(), 0o755 if executable else 0o644
            archive.addfile(entry, io.BytesIO(content))

        add("PKG-INFO", metadata())
        add("LICENSE", read(source(), "LICENSE"))
        for path, content, executable in files_below(HERE, PARTS):
            add(path, content, executable)
        for path, content, executable in files_below(source(), SOURCE_PARTS):
            add(f"server-source/{path}", content, executable)
    return f"{name}.tar.gz"


def main(words):
    if len(words) in (3, 4) and words[0] == "wheel":
        print(os.path.join(words[2], write_wheel(read(words[1]), *words[2:])))
    elif len(words) == 2 and words[0] == "sdist":
        print(os.path.join(words[1], build_sdist(words[1])))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
