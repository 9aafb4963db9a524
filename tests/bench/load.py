"""Load by wrk (load.lua), and the rates of several servers that are loaded in turn."""

import dataclasses
import json
import os
import re
import statistics
import subprocess

from programs import HERE, die_with_parent
from rows import Missed

CONNECTIONS = 64
ANSWER_LIMIT_S = 10
SIGNATURE = ("AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/mq/aws4_request, SignedHeaders=host, Signature=0")


@dataclasses.dataclass
class Rate:
    """One run of wrk, or the median of several."""

    per_s: float
    cpu_us: float  # of the server, for one request
    answered: int
    slowest: float = 0.0
    fastest: float = 0.0
    p50_us: float = 0.0
    p99_us: float = 0.0


def wrk(program, seconds, connections, path="", script=(), signed=False):
    """Loads a program; every answer must be a 2xx and no connection may fail."""
    signature = ["-H", f"Authorization: {SIGNATURE}"] if signed else []
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{ANSWER_LIMIT_S}s", *signature, "-s",
               os.path.join(HERE, "load.lua"), program.url + path, "--", *(str(word) for word in script)]
    cpu = program.cpu_s()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=seconds + 30, preexec_fn=die_with_parent)
    cpu = program.cpu_s() - cpu
    line = re.search(r"^\{.*\}$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not line:
        raise Missed("wrk: " + " ".join(done.stdout.split())[-300:])
    seen = json.loads(line[0])
    wrong = {key: seen[key] for key in ("bad_status", "connect", "read", "write", "timeout") if seen[key]}
    if wrong or not seen["requests"]:
        raise Missed(f"of {seen['requests']} requests: {wrong}")
    return Rate(seen["requests"] / seen["us"] * 1e6, cpu / seen["requests"] * 1e6, seen["requests"],
                p50_us=seen["p50_us"], p99_us=seen["p99_us"])


def median(rates):
    speeds = [rate.per_s for rate in rates]
    return Rate(statistics.median(speeds), statistics.median(rate.cpu_us for rate in rates),
                sum(rate.answered for rate in rates), min(speeds), max(speeds),
                statistics.median(rate.p50_us for rate in rates), statistics.median(rate.p99_us for rate in rates))


def compare(rounds, *sides):
    """A B … A B … A: each side takes the number of the round and returns a Rate; the medians, in the order of the sides."""
    rates = [[side(number) for side in sides] for number in range(rounds)]
    last = sides[0](rounds)
    first, *others = zip(*rates)
    return [median([*first, last]), *(median(other) for other in others)]


def show_pair(baseline, server):
    return (f"{server.per_s / baseline.per_s:.2f}  ({server.per_s:,.0f}/s of {baseline.per_s:,.0f}/s; "
            f"CPU {server.cpu_us:.1f} and {baseline.cpu_us:.1f} µs a request)")


def show_latency(baseline, server):
    """Milliseconds, and the baseline's behind them."""
    return (f"p50 {server.p50_us / 1000:.2f} ms ({baseline.p50_us / 1000:.2f}), "
            f"p99 {server.p99_us / 1000:.2f} ms ({baseline.p99_us / 1000:.2f})")
