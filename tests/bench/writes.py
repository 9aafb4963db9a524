"""CreateUser in a file: against one commit for each request, against the baseline, and against SQLite alone."""

import contextlib
import os
import sqlite3
import time

from load import CONNECTIONS, compare, show_latency, show_pair, wrk
from programs import SHARED, Program, baseline_build, compile_c, present, start_server, static_build
from rows import Missed, Skip, row, skipped
from seeds import PASSWORD, write_seed
from session import MEMORY_FILE_SYSTEMS, file_system

WRITE_RATIO = 5
WRITE_CPU_RATIO = 0.75
WRITE_BROKERS = 4000
WRITE_ROUNDS = 5
LATENCY_CONNECTIONS = (1, 1000)


def create(program, connections=CONNECTIONS, first=0):
    return lambda number: wrk(program, 1, connections, script=("CreateUser", WRITE_BROKERS, 0, first + number))


def count_users(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM user").fetchone()[0]


def measure_writes(directory):
    if file_system(directory) in MEMORY_FILE_SYSTEMS:
        raise Skip(f"no disk: {directory} is on {file_system(directory)}")
    seed = write_seed(os.path.join(directory, "seed-write"), WRITE_BROKERS, 0)
    earlier, static = baseline_build(), static_build()
    builds = present(SHARED, earlier, static)
    files = [os.path.join(directory, f"{name}.db") for name in ("commit-each", *(build.name for build in builds))]
    with contextlib.ExitStack() as stack:
        sides = [Program([compile_c(directory, "commit_each"), files[0]], os.path.join(directory, "each.log"))]
        stack.enter_context(sides[0])
        for build, path in zip(builds, files[1:]):
            sides.append(stack.enter_context(start_server(directory, "--db", path, "--durability", "full", "--seed", seed,
                                                          build=build)))
        rates = compare(WRITE_ROUNDS, *(create(side) for side in sides))
    for path, rate in zip(files, rates):
        if not rate.answered <= (rows := count_users(path)) <= rate.answered + (WRITE_ROUNDS + 1) * CONNECTIONS:
            raise Missed(f"{rate.answered} users acknowledged, {rows} in {os.path.basename(path)}")
    each, rate = rates[:2]
    rate_of = dict(zip((build.name for build in builds), rates[1:]))
    yield row(f"CreateUser, {CONNECTIONS} connections, file", f"≥ {WRITE_RATIO} × a commit each",
              f"{show_pair(each, rate)}; rounds {rate.slowest:,.0f} to {rate.fastest:,.0f}/s "
              f"and {each.slowest:,.0f} to {each.fastest:,.0f}/s", rate.per_s >= WRITE_RATIO * each.per_s)
    for build in (SHARED, static):
        what, target = f"CreateUser, CPU a call, {build.name}", f"≤ {WRITE_CPU_RATIO} × the baseline"
        if missing := build.missing or earlier.missing:
            yield skipped(what, target, missing)
            continue
        rate, before = rate_of[build.name], rate_of[earlier.name]
        ratio = rate.cpu_us / before.cpu_us
        yield row(what, target, f"{ratio:.2f}  ({rate.cpu_us:.1f} µs of {before.cpu_us:.1f} µs; {rate.per_s:,.0f}/s "
                  f"and {before.per_s:,.0f}/s)", ratio <= WRITE_CPU_RATIO)


def raw_commits_per_s(path, seconds=1):
    """One row a commit through SQLite alone, with the pragmas of commit_each.c."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("CREATE TABLE user (broker_id TEXT, username TEXT, password TEXT, PRIMARY KEY (broker_id, username))")
        count, begin = 0, time.monotonic()
        while (elapsed := time.monotonic() - begin) < seconds:
            db.execute(f"INSERT INTO user VALUES ('b-1', ?, '{PASSWORD}')", (f"user-{count:07}",))
            count += 1
    return count / elapsed


def measure_more_writes(directory):
    """The same at other numbers of connections, and against SQLite alone."""
    seed = write_seed(os.path.join(directory, "seed-more"), WRITE_BROKERS, 0)
    with Program([compile_c(directory, "commit_each"), os.path.join(directory, "each-more.db")],
                 os.path.join(directory, "each.log")) as each, \
            start_server(directory, "--db", os.path.join(directory, "more.db"), "--durability", "full", "--seed",
                         seed) as server:
        for at, count in enumerate(LATENCY_CONNECTIONS):
            baseline, rate = compare(2, *(create(side, count, 10 * at) for side in (each, server)))
            yield row(f"CreateUser, {count} connection{'s' * (count > 1)}", "no target, × a commit each",
                      f"{show_pair(baseline, rate)}; {show_latency(baseline, rate)}")
        raw = raw_commits_per_s(os.path.join(directory, "raw.db"))
        rate = create(server, 1000, 90)(0)
    yield row("CreateUser, 1000 connections", "no target, × raw commits",
              f"{rate.per_s / raw:.2f}  ({rate.per_s:,.0f}/s of {raw:,.0f} commits/s of SQLite without HTTP)")
