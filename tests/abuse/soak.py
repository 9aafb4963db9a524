"""Good and bad traffic for AMAZONMQ_LOCAL_SOAK_SECONDS (120), looked at every few seconds: make soak, tests/run soak.

What must hold at every look: the healthy clients were answered, rightly; the store is sound; files and memory are where they
were after the first looks; the metrics count on.
"""

import os
import random
import re
import sqlite3
import threading
import time

import harness
import traffic
import wire
from tls_server import TlsServer
from traffic import ABUSES, LIMIT_S, PLAIN_ONLY, Healthy, Target

SECONDS = int(os.environ.get("AMAZONMQ_LOCAL_SOAK_SECONDS", "120"))
LOOK_S = 5
WARM_LOOKS = 4
FILES_MOST = 60  # beside the healthy clients and abusers under way
MEMORY_GROWTH_KB = 8192
ABUSERS = 3


class Abuser(threading.Thread):
    """One abuse after the other, over both ports."""

    def __init__(self, plain, secure, seed):
        super().__init__()
        self.plain, self.secure, self.chance = plain, secure, random.Random(seed)
        self.done, self.count, self.problem = threading.Event(), 0, None

    def run(self):
        over_tls = [abuse for abuse in ABUSES if abuse not in PLAIN_ONLY] + [traffic.broken_handshake]
        try:
            while not self.done.is_set():
                if self.chance.random() < 0.1:
                    self.chance.choice(over_tls)(self.secure, self.chance)
                else:
                    self.chance.choice(ABUSES)(self.plain, self.chance)
                self.count += 1
        except Exception as error:  # told by look
            self.problem = error


def metric(text, name):
    return float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1])


def look(server, threads):
    """Memory in kB and the requests answered so far; everything else is held to what must be."""
    for thread in threads:
        if thread.problem:
            raise thread.problem
    with server.client() as client:
        text = client.call("GET", "/_local/metrics", check=harness.CHECK_NONE).body.decode()
        db = sqlite3.connect(":memory:")
        db.deserialize(client.call("GET", "/_local/snapshot", check=harness.CHECK_NONE).body)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    assert wire.open_files(server.pid) < FILES_MOST
    return metric(text, "amazonmq_local_resident_memory_bytes") / 1024, metric(
        text, "amazonmq_local_request_duration_seconds_count")


def test_soak():
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    with TlsServer("--reboot-time", "0", "--log-level", "error", "--journal", "200", seed=traffic.SEED) as server:
        plain = Target((server.host, server.port))
        secure = Target(("127.0.0.1", server.tls_port), traffic.tls_wrapper(server.ca))
        healthy = Healthy(plain)
        abusers = [Abuser(plain, secure, seed + number) for number in range(ABUSERS)]
        threads = [healthy, *abusers]
        for thread in threads:
            thread.start()
        try:
            looks, end = [], time.monotonic() + SECONDS
            while time.monotonic() < end:
                for abuser in abusers:
                    abuser.done.wait(LOOK_S / ABUSERS)
                healthy.wait(1)
                looks.append(look(server, threads))
                if len(looks) > WARM_LOOKS:
                    assert looks[-1][1] > looks[-2][1], "nothing is answered"
                    most = max(memory for memory, _ in looks[:WARM_LOOKS])
                    assert wire.is_sanitized() or looks[-1][0] < most + MEMORY_GROWTH_KB, f"memory grows: {looks}"
        finally:
            for abuser in abusers:
                abuser.done.set()
                abuser.join(LIMIT_S)
            healthy.finish()
        count = sum(abuser.count for abuser in abusers)
    print(f"{len(looks)} looks, {looks[-1][1]:,.0f} answers, {count:,} abuses, memory {looks[0][0]:,.0f} to {looks[-1][0]:,.0f} kB")
