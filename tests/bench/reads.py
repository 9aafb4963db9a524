"""Rates of reads: against bare libmicrohttpd, with the journal, on many connections, and with many users."""

import contextlib
import os

from clients import ask_all_at_once
from load import CONNECTIONS, compare, show_latency, show_pair, wrk
from programs import SHARED, Program, compile_c, start_server, static_build
from rows import row, skipped
from seeds import DEMO_USER, one_broker_sql, seed_texts, write_files

READ_RATIO, STATIC_READ_RATIO = 0.60, 0.70
JOURNAL_RATIO = 0.95
SAME_RATIO = 0.8  # of the rate: a growth of 1.25, which is noise
FLAT_RATIO = 0.5
CROWDS = (128, 256, 1000)
LATENCY_CONNECTIONS = (1, 1000)  # beside the 64 of the ratios with a target
SMALL_BROKERS = 25  # more than a page of ListBrokers
LARGE_BROKERS = 10000
LARGE_USERS = 100
BIG_USERS = 250


def load(program, seconds, connections=CONNECTIONS, path=DEMO_USER):
    return lambda _number: wrk(program, seconds, connections, path)


def measure_reads(directory):
    static = static_build()
    static_target = f"≥ {STATIC_READ_RATIO} × bare libmicrohttpd"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(start_server(directory, "--seed", SHARED.demo))
        bare = stack.enter_context(Program([compile_c(directory, "bare")], os.path.join(directory, "bare.log")))
        sides = [bare, server]
        if not static.missing:
            sides.append(stack.enter_context(start_server(directory, "--seed", static.demo, build=static)))
        baseline, rate, *static_rate = compare(5, *(load(side, 2) for side in sides))
        others = [(count, *compare(2, load(bare, 1, count), load(server, 1, count))) for count in LATENCY_CONNECTIONS]
    yield row(f"DescribeUser, {CONNECTIONS} connections", f"≥ {READ_RATIO} × bare libmicrohttpd",
              f"{show_pair(baseline, rate)}; {show_latency(baseline, rate)}", rate.per_s / baseline.per_s >= READ_RATIO)
    what = f"DescribeUser, {CONNECTIONS} connections, static"
    if static_rate:
        rate = static_rate[0]
        yield row(what, static_target, f"{show_pair(baseline, rate)}; {show_latency(baseline, rate)}",
                  rate.per_s / baseline.per_s >= STATIC_READ_RATIO)
    else:
        yield skipped(what, static_target, static.missing)
    for count, baseline, rate in others:
        yield row(f"DescribeUser, {count} connection{'s' * (count > 1)}", "no target, × bare",
                  f"{show_pair(baseline, rate)}; {show_latency(baseline, rate)}")


def measure_journal(directory):
    """What keeping the last calls costs every call; both servers run at once, loaded in turn."""
    with start_server(directory, "--seed", SHARED.demo, "--journal", "0") as off, \
            start_server(directory, "--seed", SHARED.demo) as on:
        baseline, rate = compare(7, load(off, 1), load(on, 1))
    yield row("DescribeUser, journal on", f"≥ {JOURNAL_RATIO} × --journal 0", show_pair(baseline, rate),
              rate.per_s / baseline.per_s >= JOURNAL_RATIO)


def measure_crowds(directory):
    for crowd in CROWDS:
        with start_server(directory, "--seed", SHARED.demo) as server:
            answered = ask_all_at_once(server, crowd, DEMO_USER)
            rate = wrk(server, 2, crowd, DEMO_USER)
        yield row(f"{crowd} simultaneous connections", "all answered", f"{answered} answered  ({rate.per_s:,.0f}/s)",
                  answered == crowd)


def measure_growth(directory):
    seeds = [write_files(os.path.join(directory, f"growth-{brokers}"),
                         seed_texts(brokers, LARGE_USERS, inhabited) + one_broker_sql("b-big", BIG_USERS))
             for brokers, inhabited in ((SMALL_BROKERS, 1), (LARGE_BROKERS, None))]
    with start_server(directory, "--seed", seeds[0]) as small, start_server(directory, "--seed", seeds[1]) as large:
        def flat(what, target, few, many):
            return row(what, f"≥ {target} × with 100", show_pair(few, many), many.per_s / few.per_s >= target)

        def pick(operation, store, brokers):
            return lambda number: wrk(store, 1, CONNECTIONS, script=(operation, brokers, LARGE_USERS, number))

        for operation in ("DescribeUser", "DescribeBroker", "ListUsers", "ListBrokers"):
            # One broker, the same on both sides.
            yield flat(f"{operation}, 1,000,000 users", SAME_RATIO,
                       *compare(4, pick(operation, small, 1), pick(operation, large, 1)))
        yield flat(f"DescribeBroker of {BIG_USERS}, 1,000,000", SAME_RATIO,
                   *compare(4, *(load(store, 1, path="/v1/brokers/b-big") for store in (small, large))))
        for operation in ("DescribeUser", "DescribeBroker", "ListUsers"):
            yield flat(f"{operation}, any of 1,000,000", FLAT_RATIO,
                       *compare(3, pick(operation, small, 1), pick(operation, large, LARGE_BROKERS)))
