"""A run of measurements: a temporary directory, a time limit, the printed table, and the section of a document."""

import argparse
import datetime
import os
import platform
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from programs import BUILD, SHARED, read_text
from rows import Missed, Skip, failed, skipped

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs", "devtmpfs"}


def file_system(path):
    """The type of the file system that holds a path."""
    device, best, kind = os.stat(path).st_dev, "", "unknown"
    with open("/proc/mounts", encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            _, point, its_kind, *_ = line.split()
            point = point.encode("latin-1", "surrogateescape").decode("unicode_escape")
            if len(point) >= len(best) and os.path.exists(point) and os.stat(point).st_dev == device:
                best, kind = point, its_kind
    return kind


def pick_directory():
    """A temporary directory on a disk, if there is one."""
    os.makedirs(BUILD, exist_ok=True)
    places = [place for place in (BUILD, "/var/tmp") if os.path.isdir(place)]
    disks = [place for place in places if file_system(place) not in MEMORY_FILE_SYSTEMS]
    return tempfile.mkdtemp(prefix="bench-", dir=(disks or places)[0])


def syncs_per_s(directory):
    """What the disk gives: 4 KiB appended and synchronised, one after the other, for a third of a second."""
    count, block = 0, b"\0" * 4096
    with open(os.path.join(directory, "sync"), "wb", buffering=0) as file:
        begin = time.monotonic()
        while (elapsed := time.monotonic() - begin) < 0.33:
            file.write(block)
            os.fdatasync(file.fileno())
            count += 1
    return count / elapsed


def facts(directory):
    """Lines about machine, disk and server."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    version = subprocess.run([SHARED.path, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [f"machine   {len(os.sched_getaffinity(0))} cores{', ' + model[1] if model else ''}, "
            f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.2f}",
            f"disk      {file_system(directory)}, {syncs_per_s(directory):,.0f} synchronised writes/s",
            f"server    {version.strip().replace(chr(10), '; ')}, log to a file"]


def write_section(path, heading, text):
    """Replaces the section with this heading in a Markdown file, or appends it."""
    before, *sections = re.split(r"^(?=## )", read_text(path) or "# Performance\n\n", flags=re.MULTILINE)
    section = f"## {heading}\n\n{text}\n"
    at = [number for number, one in enumerate(sections) if one.startswith(f"## {heading}\n")]
    if at:
        sections[at[0]] = section
    else:
        sections.append(section)
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + "\n".join(one.rstrip("\n") + "\n" for one in sections))


def markdown(columns, rows):
    lines = [columns, ["---"] * len(columns), *([" ".join(cell.split()) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("| --- ", "|---").replace("--- |", "---|") for line in lines)


def stop_on_signal(number, _frame):
    if number == signal.SIGALRM:
        print("not done in time", file=sys.stderr)
    raise SystemExit(1 if number == signal.SIGALRM else 128 + number)


def prepare(name, limit_s):
    """Whether the tools are there; sets what lasts for the whole process."""
    for path, advice in ((SHARED.path, "make"), ("wrk", "tests/setup bench")):
        if not shutil.which(path):
            print(f"{name}: {path} is missing: run {advice}", file=sys.stderr)
            return False
    # Exceptions, so that every program is ended and the directory removed.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, stop_on_signal)
    signal.alarm(limit_s)
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < 4096 <= most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, most))
    # Settings of the caller's shell are not the defaults that are measured.
    for variable in [variable for variable in os.environ if variable.startswith(("AMAZONMQ_LOCAL_", "AWS_"))]:
        del os.environ[variable]
    return True


def parse(name, description, arguments, choices):
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--record", metavar="FILE", help="write the table into a section of FILE, in Markdown, too")
    parser.add_argument("--only", action="append", metavar="NAME", help=f"this only: {', '.join(choices)}", choices=choices)
    return parser.parse_args(arguments)


def caught(name, rows):
    """The rows of a generator; what ends it early becomes a row."""
    try:
        yield from rows
    except Skip as reason:
        yield skipped(name, "", str(reason))
    except (Missed, OSError, subprocess.SubprocessError, sqlite3.Error) as error:
        yield failed(name, "", str(error))


def save(path, heading, command, directory_facts, table):
    write_section(path, heading, f"Written by `{command}` on {datetime.date.today()}.\n\n```text\n"
                  + "\n".join(directory_facts) + f"\n```\n\n{table}")
