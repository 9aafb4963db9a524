"""What is true of the image index for amd64 and arm64. Takes the World, whose engine has the base image."""

import os
import pathlib
import shutil
import struct
import subprocess
import sys

import checks
from checks import BROKER, CLIENT, REPOSITORY, SBOM, SEED, Skip, expect, install_boto3, last_line, python_with

sys.path.insert(0, str(REPOSITORY / "tests/api"))
import harness  # noqa: E402

TAG = "localhost/amazonmq-local:index"
# The number of the machine in the head of an ELF file.
MACHINES = {"linux/amd64": 62, "linux/arm64": 183}
# Another processor is emulated, which takes many times as long.
DEADLINE_S = 600


def test_index_has_both_platforms(world):
    world.index = world.engine.build_index(TAG, REPOSITORY, REPOSITORY / "docker/Dockerfile", list(MACHINES))
    expect(set(MACHINES), set(world.index), "platforms")
    said = []
    for platform, (config, layers) in sorted(world.index.items()):
        expect(platform, f"{config['os']}/{config['architecture']}", "the platform of the configuration")
        expect("65532:65532", config["config"]["User"], "user")
        machine, = struct.unpack_from("<H", layers.content("/amazonmq-local"), 18)
        expect(MACHINES[platform], machine, f"the machine of the binary of {platform}")
        assert f'-{platform.split("/")[1]}"' in layers.content(SBOM).decode(), "the list is of another architecture"
        said.append(f"{platform} {checks.size_within_limits(layers)}")
    return "; ".join(said)


def test_index_arm64_serves_boto3(world):
    """Under qemu's user mode, except on such a machine."""
    emulator = []
    if os.uname().machine != "aarch64":
        emulator = [shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")]
        if not emulator[0]:
            raise Skip("no qemu-aarch64 here")
    python = python_with("boto3", str(REPOSITORY / "build/venv/bin/python")) or install_boto3(world)
    folder = world.folder("arm64", seed=SEED)
    binary = folder / "amazonmq-local"
    binary.write_bytes(world.index["linux/arm64"][1].content("/amazonmq-local"))
    binary.chmod(0o755)
    with open(folder / "out", "wb") as out, open(folder / "log", "wb") as log:
        server = subprocess.Popen([*emulator, binary, "--port", "0", "--seed", folder / "seed.sql"], stdout=out, stderr=log)
    try:
        def port():
            assert server.poll() is None, (folder / "log").read_text()
            return pathlib.Path(folder / "out").read_text().rpartition("\n")[0].rpartition(":")[2]
        environment = os.environ | {"PORT": harness.eventually(port, "the URL of the server", DEADLINE_S)}
        done = subprocess.run([python, CLIENT, "boto3", BROKER], env=environment, capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False)
        expect(0, done.returncode, f"exit code of boto3 ({last_line(done.stderr)})")
        checks.expect_boto3(done.stdout)
        server.terminate()
        expect(0, server.wait(DEADLINE_S), "exit code of the server")
    finally:
        server.kill()
        server.wait()


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]
