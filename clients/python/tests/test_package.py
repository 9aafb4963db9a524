"""What the wheel and the source distribution have in them, and what pip does with them."""

import glob
import importlib.metadata
import os
import re
import stat
import subprocess
import sys
import sysconfig
import tarfile
import zipfile

import pytest
from conftest import LIMIT_S

import amazonmq_local

DIST = os.environ["PACKAGE_TEST_DIST"]
SOURCE = os.environ["PACKAGE_TEST_SOURCE"]
BACKEND = os.path.join(SOURCE, "backend", "backend.py")


def only(pattern):
    [path] = glob.glob(os.path.join(DIST, pattern))
    return path


def pip(*words, **variables):
    return subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words], stdin=subprocess.DEVNULL,
                          env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, timeout=LIMIT_S, check=False)


def test_nothing_is_imported_from_the_clone():
    assert os.path.dirname(os.path.dirname(amazonmq_local.__file__)) == sysconfig.get_path("purelib")
    assert not any(path and os.path.exists(os.path.join(path, "amazonmq_local")) for path in sys.path
                   if path != sysconfig.get_path("purelib"))


def test_the_command_is_the_server():
    command = os.path.join(os.path.dirname(sys.executable), "amazonmq-local")
    output = subprocess.run([command, "--version"], stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
    assert output.splitlines()[0] == f"amazonmq-local {amazonmq_local.__version__}"
    with open(command, "rb") as file:
        assert file.read(4) == b"\x7fELF"


def test_metadata():
    found = importlib.metadata.distribution("amazonmq-local")
    assert found.version == amazonmq_local.__version__
    assert found.requires == ['boto3; extra == "boto3"']
    assert "python -m pip install" in found.read_text("METADATA")
    assert {"LICENSE", "py.typed", "METADATA", "RECORD"} <= {path.name for path in found.files}
    [entry] = [point for point in found.entry_points if point.group == "pytest11"]
    assert (entry.name, entry.value) == ("amazonmq_local", "amazonmq_local.pytest_plugin")
    assert pip("check").returncode == 0


def test_the_tags_are_those_of_the_binary():
    name = os.path.basename(only("*.whl"))
    with zipfile.ZipFile(only("*.whl")) as archive:
        [script] = [entry for entry in archive.infolist() if entry.filename.endswith(".data/scripts/amazonmq-local")]
        assert stat.S_IMODE(script.external_attr >> 16) == 0o755
        linked = b"ld-linux" in archive.read(script)[:4096]
        [wheel] = [archive.read(entry).decode() for entry in archive.namelist() if entry.endswith("/WHEEL")]
    tags = re.findall(r"^Tag: py3-none-(\S+)$", wheel, re.MULTILINE)
    assert name == f"amazonmq_local-{amazonmq_local.__version__}-py3-none-{'.'.join(tags)}.whl"
    machine = os.uname().machine
    assert tags == ([f"linux_{machine}"] if linked else
                    [f"manylinux2014_{machine}", f"manylinux_2_17_{machine}", f"musllinux_1_1_{machine}"])


def test_the_archives_are_the_same_when_built_again(tmp_path):
    binary = os.path.join(os.path.dirname(sys.executable), "amazonmq-local")
    built = []
    for number in "1", "2":
        folder = tmp_path / number
        for words in ["wheel", binary, str(folder)], ["sdist", str(folder)]:
            subprocess.run([sys.executable, BACKEND, *words], env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True,
                           stdout=subprocess.DEVNULL)
        built.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(built[0]) == 2 and built[0] == built[1]


def test_the_source_distribution_has_the_sources():
    with tarfile.open(only("*.tar.gz")) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
        assert {entry.mode for entry in archive.getmembers()} <= {0o644, 0o755}
        assert not any(entry.uid or entry.uname for entry in archive.getmembers())
    assert {"PKG-INFO", "LICENSE", "README.md", "pyproject.toml", "backend/backend.py", "src/amazonmq_local/__init__.py",
            "tests/test_package.py", "server-source/Makefile", "server-source/server/main.c", "server-source/tests/setup",
            "server-source/schema/0001_initial.sql"} <= names
    assert not any("__pycache__" in name or name.startswith("server-source/build") for name in names)


@pytest.mark.parametrize("system, shown", [("Darwin", "macOS"), ("Windows", "Windows")])
def test_other_systems_are_refused_in_a_sentence(tmp_path, system, shown):
    # Only in the process of the backend: pip itself would fail.
    (tmp_path / "sitecustomize.py").write_text(
        "import platform\nif b'_in_process' in open('/proc/self/cmdline', 'rb').read():\n"
        f"    platform.system = lambda: {system!r}\n")
    done = pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(tmp_path / "target"),
               only("*.tar.gz"), PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if "amazonmq-local runs on Linux only" in line]
    assert len(told) == 1, done.stdout
    assert f"on {shown} use it in Docker" in told[0] and "WSL" in told[0] and "Traceback" not in done.stdout
    assert "[1 lines of output]" in done.stdout or "[1 line of output]" in done.stdout


def test_missing_packages_are_named(tmp_path):
    """make prints what to install; pip shows that line."""
    done = pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), only("*.tar.gz"),
               PKG_CONFIG_LIBDIR=str(tmp_path), PKG_CONFIG_PATH="", CC="cc -B/no/such -print-multiarch-is-unknown")
    assert done.returncode == 1
    assert "to compile it packages are missing" in done.stdout and "apt-get install" in done.stdout, done.stdout


@pytest.mark.skipif("PACKAGE_TEST_COMPILE" not in os.environ, reason="compiles the server: python-client-more")
def test_the_source_distribution_compiles(tmp_path):
    done = pip("wheel", "--no-index", "--no-deps", "-w", str(tmp_path), only("*.tar.gz"))
    assert done.returncode == 0, done.stdout
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name.endswith(f"-py3-none-linux_{os.uname().machine}.whl")
    done = pip("install", "--no-index", "--no-deps", "--ignore-installed", "--prefix", str(tmp_path / "prefix"), str(wheel))
    assert done.returncode == 0, done.stdout
    command = tmp_path / "prefix" / "bin" / "amazonmq-local"
    output = subprocess.run([str(command), "--version"], stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
    assert output.startswith(f"amazonmq-local {amazonmq_local.__version__}\n")
