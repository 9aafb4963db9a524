"""The process of a server: found, started on a free port, and stopped."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from datetime import timedelta
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ._control import Control, Error, Seed, Seeds, as_list, is_path, milliseconds

STOP_LIMIT_S = 30
# Read here, and no options of the server.
OWN_VARIABLES = ("AMAZONMQ_LOCAL_BIN", "AMAZONMQ_LOCAL_URL")
# Ends the server if this process dies without stopping it: then its end of the pipe is closed.
GUARD = 'read -r _; kill "$1"'


def find_binary() -> str:
    """AMAZONMQ_LOCAL_BIN, or the script that the package has installed, or amazonmq-local of the PATH."""
    given = os.environ.get("AMAZONMQ_LOCAL_BIN")
    if given:
        return given
    folders = [os.path.dirname(sys.executable), sysconfig.get_path("scripts")]
    if "posix_user" in sysconfig.get_scheme_names():
        folders.append(sysconfig.get_path("scripts", "posix_user"))
    for folder in folders:
        path = os.path.join(folder, "amazonmq-local")
        if os.access(path, os.X_OK):
            return path
    found = shutil.which("amazonmq-local")
    if not found:
        raise Error("there is no amazonmq-local beside this Python or in the PATH: install it with "
                    "`python -m pip install amazonmq-local`, or set AMAZONMQ_LOCAL_BIN to a binary or AMAZONMQ_LOCAL_URL "
                    "to the address of a running server")
    return found


def words_of(options: Dict[str, Any]) -> List[str]:
    """reboot_time="1h" as --reboot-time=1h. A list repeats the option; None leaves it out."""
    words = []
    for name, value in options.items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, bool):
                item = "on" if item else "off"
            elif isinstance(item, timedelta):
                item = f"{milliseconds(item)}ms"
            if item is not None:
                words.append(f"--{name.replace('_', '-')}={os.fspath(item) if isinstance(item, os.PathLike) else item}")
    return words


def value_of(words: Sequence[str], option: str) -> Optional[str]:
    """The last value of an option among the words of a command line, or of its environment variable."""
    value = os.environ.get("AMAZONMQ_LOCAL_" + option.strip("-").replace("-", "_").upper())
    for word, following in zip(words, [*words[1:], ""]):
        if word == option:
            value = following
        elif word.startswith(f"{option}="):
            value = word[len(option) + 1:]
    return value


class Server(Control):
    """A server that start() has started, or the running one of AMAZONMQ_LOCAL_URL. A context manager, which stops it."""

    def __init__(self, url: str, token: Optional[str], seeds: List[Seed],
                 process: "Optional[Tuple[subprocess.Popen[str], subprocess.Popen[str]]]" = None,
                 folder: "Optional[tempfile.TemporaryDirectory[str]]" = None) -> None:
        super().__init__(url, token)
        self._seeds = seeds
        self._processes = process
        self._folder = folder

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<amazonmq_local.Server {self.url}>"

    @property
    def pid(self) -> Optional[int]:
        """The process of the server; None if it is not ours, or was stopped."""
        return self._processes[0].pid if self._processes else None

    def reset(self, seed: Optional[Seeds] = None) -> None:
        """Back to the beginning: state, faults and clock are those after the start, and the journal is empty.

        With seed, this takes the place of what start() was given.
        """
        if seed is None and self._processes:
            self.call("POST", "reset")
        else:
            self.call("POST", "reset", empty="true")
            self.seed(self._seeds if seed is None else seed)
        self.clear_requests()

    def log(self) -> str:
        """What the server has logged: warnings and errors, unless another --log-level was given."""
        if not self._folder:
            return ""
        with open(os.path.join(self._folder.name, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self) -> None:
        """Stops the server, unless it is that of AMAZONMQ_LOCAL_URL. May be called again."""
        processes, self._processes = self._processes, None
        if processes:
            end_processes(*processes)
        folder, self._folder = self._folder, None
        if folder:
            folder.cleanup()

    def __del__(self) -> None:
        if getattr(self, "_processes", None):
            self.stop()


def end_processes(server: "subprocess.Popen[str]", guard: "subprocess.Popen[str]") -> None:
    # First, so that it cannot end another process that has got the number of the server.
    guard.kill()
    guard.wait()
    if guard.stdin:
        guard.stdin.close()
    server.terminate()
    try:
        server.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout:
        server.stdout.close()


def start(seed: Optional[Seeds] = None, *flags: str, **options: Any) -> Server:
    """Starts a server on a free port, with the state in memory, and returns when it listens.

    seed     SQL, or the path of a file or directory, or several of them. A text is a path if it ends in .sql or exists
    flags    words of its command line: "--auth", "verify"
    options  the same by name: auth="verify", reboot_time="1h"

    If AMAZONMQ_LOCAL_URL is set, that server is used instead: it is EMPTIED and gets the seed, and flags and options are
    ignored.
    """
    # Whole paths, since the working directory may be another one at a reset.
    seeds = [os.path.abspath(item) if is_path(item) else item for item in as_list(seed)]
    words = [*map(str, flags), *words_of(options)]
    token = value_of(words, "--control-token")
    url = os.environ.get("AMAZONMQ_LOCAL_URL")
    if url:
        server = Server(url, token, seeds)
        server.reset()
        return server
    return launch(find_binary(), seeds, words, token)


def launch(binary: str, seeds: List[Seed], words: List[str], token: Optional[str]) -> Server:
    folder = tempfile.TemporaryDirectory(prefix="amazonmq-local-")
    command = [binary, "--port=0"]
    if value_of(words, "--log-level") is None:
        command.append("--log-level=warn")
    for number, item in enumerate(seeds):
        if not is_path(item):
            path = os.path.join(folder.name, f"seed-{number}.sql")
            with open(path, "w", encoding="utf-8") as file:
                file.write(os.fspath(item))
            item = path
        command.append(f"--seed={os.fspath(item)}")
    environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    log = os.path.join(folder.name, "log")
    try:
        with open(log, "wb") as errors:
            # In a session of its own: Ctrl-C is for this process, which then stops the server.
            process = subprocess.Popen([*command, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                                       env=environment, start_new_session=True, universal_newlines=True)
    except OSError as problem:
        folder.cleanup()
        raise Error(f"{binary}: {problem.strerror}") from None
    guard = subprocess.Popen(["/bin/sh", "-c", GUARD, "sh", str(process.pid)], stdin=subprocess.PIPE, start_new_session=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, universal_newlines=True)
    assert process.stdout
    try:
        url = process.stdout.readline().strip()  # printed as soon as it listens
    except BaseException:
        end_processes(process, guard)
        folder.cleanup()
        raise
    if not url.startswith("http"):
        end_processes(process, guard)
        with open(log, encoding="utf-8", errors="replace") as file:
            reason = file.read().strip()
        folder.cleanup()
        raise Error(reason or f"{binary} ended with {process.returncode} and no message")
    return Server(url, token, seeds, (process, guard), folder)
