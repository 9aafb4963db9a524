"""Starts, memory after the start, and seeds of many statements."""

import os
import statistics
import time

from clients import ask
from programs import SHARED, baseline_build, present, start_server, static_build
from rows import in_turn, row, show_ms, skipped, times_row
from seeds import one_row_inserts, write_files, write_seed

HEALTH = "/_local/health"
STARTS = 20
START_MS = 5
SHARED_START_RATIO = 0.6
STATIC_START_RATIO = {"demo seed": 0.40, "no seed": 0.35}
RSS_MB = {"shared libraries": 6.5, "static": 5}
RSS_SEEDED_MB = 40
SEED_MS = {1_000: 30, 100_000: 2_500}
SEED_ROUNDS = {1_000: 10, 100_000: 3}


def start_ms(directory, build, *arguments):
    """From just before the fork to the end of the health answer, through a pipe that announces the port."""
    begin = time.perf_counter()
    with start_server(directory, *arguments, build=build, hurry=True) as server:
        ask(server.port, HEALTH)
        return (time.perf_counter() - begin) * 1000


def measure_start(directory):
    baseline, static = baseline_build(), static_build()
    for seed, arguments in (("demo seed", lambda build: ("--seed", build.demo)), ("no seed", lambda _: ())):
        times = in_turn(STARTS, {
            build.name: lambda build=build: start_ms(directory, build, *arguments(build))
            for build in present(baseline, SHARED, static)})
        if seed == "demo seed":
            ours = times[SHARED.name]
            yield row("start to first answer", f"≤ {START_MS} ms", show_ms(ours), statistics.median(ours) <= START_MS)
        for build, ratio in ((SHARED, SHARED_START_RATIO), (static, STATIC_START_RATIO[seed])):
            what = f"start, {seed}, {build.name}"
            if build.missing:
                yield skipped(what, f"≤ {ratio} × the baseline", build.missing)
            else:
                yield times_row(what, times[build.name], times.get(baseline.name), limit_ratio=ratio, missing=baseline.missing)


def measure_memory(directory):
    seeded = write_seed(os.path.join(directory, "seed-memory"), 250, 250)
    for build in (SHARED, static_build()):
        what, most = f"idle memory, {build.name}", RSS_MB[build.name]
        if build.missing:
            yield skipped(what, f"≤ {most} MB", build.missing)
            continue
        rss = rss_after_start(directory, build, build.demo)
        yield row(what, f"≤ {most} MB", f"{rss:.1f} MB  (VmRSS, demo seed)", rss <= most)
    rss = rss_after_start(directory, SHARED, seeded)
    yield row("memory, 250 brokers × 250 users", f"≤ {RSS_SEEDED_MB} MB", f"{rss:.1f} MB  (VmRSS)", rss <= RSS_SEEDED_MB)


def rss_after_start(directory, build, seed):
    with start_server(directory, "--seed", seed, build=build) as server:
        ask(server.port, HEALTH)
        return server.rss_mb()


def measure_inserts(directory):
    """The time that a seed of one-row INSERTs adds to a start without a seed."""
    baseline = baseline_build()
    for count, most in SEED_MS.items():
        seed = write_files(os.path.join(directory, f"inserts-{count}"), [one_row_inserts(count)])
        times = in_turn(SEED_ROUNDS[count], {
            build.name: lambda build=build: start_ms(directory, build, "--seed", seed) - start_ms(directory, build)
            for build in present(baseline, SHARED)})
        yield times_row(f"{count:,} one-row INSERTs as a seed", times[SHARED.name], times.get(baseline.name), limit_ms=most,
                        missing=baseline.missing)
