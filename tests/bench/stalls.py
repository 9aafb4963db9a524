"""The longest wait of a client that asks one DescribeUser after the other, while another client causes much work."""

import concurrent.futures
import functools
import os
import re
import statistics
import time

from clients import Client
from programs import start_server
from resets import RESET
from rows import Missed, row
from seeds import PASSWORD, brokers_sql, one_broker_sql, seed_texts, user_path, users_sql, write_files

WAIT_MS = 50
STALL_ROUNDS = 3
WORK_LIMIT_S = 120
WATCHED = "INSERT INTO broker (id, name) VALUES ('b-watched', 'watched');\n" \
          f"INSERT INTO user (broker_id, username, password) VALUES ('b-watched', 'watched', '{PASSWORD}');\n"
TEN_YEARS_MS = 3650 * 86_400_000
WINDOW_BROKERS, WINDOW_USERS = 2000, 20
DELETED_USERS = 240_000
DESCRIBED_USERS = 100_000  # no answer has more
FAULTS = 10_000
RESET_BROKERS, RESET_USERS, MOST_RESET_USERS = 1000, 20_000, 100_000


def longest_wait_ms(server, work):
    """`work` has a client of its own, in a thread that waits for its socket nearly all of the time."""
    longest = 0.0
    with Client(server.port) as watching, Client(server.port, WORK_LIMIT_S) as working, \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        watching.call("GET", user_path("b-watched", "watched"))
        done = pool.submit(work, working)
        while not done.done():
            begin = time.perf_counter()
            watching.call("GET", user_path("b-watched", "watched"))
            longest = max(longest, time.perf_counter() - begin)
        done.result()
    return longest * 1000


def do_nothing(_client):
    time.sleep(2)


def step_ten_years(client):
    client.call("POST", "/_local/clock", {"advanceMs": TEN_YEARS_MS})


def delete_large_broker(client):
    """Until its users are gone."""
    client.call("DELETE", "/v1/brokers/b-large")
    end = time.monotonic() + WORK_LIMIT_S
    while count_users(client) > 1:
        if time.monotonic() > end:
            raise Missed(f"{count_users(client)} users are left after {WORK_LIMIT_S} s")
        time.sleep(0.01)


def count_users(client):
    return int(re.search(r'^amazonmq_local_rows\{table="user"\} (\d+)$', client.call("GET", "/_local/metrics").decode(),
                         re.MULTILINE)[1])


def list_faults(client):
    for _ in range(20):
        client.call("GET", "/_local/faults")


def read_metrics(client):
    for _ in range(200):
        client.call("GET", "/_local/metrics")


def describe_large_broker(client):
    for _ in range(5):
        client.call("GET", "/v1/brokers/b-large")


def reset_twenty_times(client):
    for _ in range(20):
        for number in range(50):
            client.call("POST", user_path(f"b-{number:05}", "new"), {"password": PASSWORD})
        client.call("POST", RESET)


def reset_once(client):
    client.call("POST", RESET)


def reset_region(client):
    client.call("POST", RESET + "?region=us-east-1")


def add_many_users(server, count=RESET_USERS):
    post_seed(server, users_sql(0, RESET_BROKERS - 1, count // RESET_BROKERS, "more"))


def delete_users(server, brokers):
    post_seed(server, f"DELETE FROM user WHERE broker_id < 'b-{brokers:05}';")


def post_seed(server, text):
    """By the endpoint, whose changes the undo log keeps too."""
    sql = text.encode()
    with Client(server.port, WORK_LIMIT_S) as client:
        client.ask(b"POST /_local/seed HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(sql) + sql)


# What happens meanwhile, the seed, what comes before (or None), the work.
CASES = (
    ("nothing", [brokers_sql(1)], None, do_nothing),
    ("clock over 10 years", [brokers_sql(WINDOW_BROKERS),
                             f"WITH RECURSIVE n (u) AS (SELECT 1 UNION ALL SELECT u + 1 FROM n WHERE u < {WINDOW_USERS})\n"
                             "INSERT INTO user (broker_id, username, pending_change, pending_password)\n"
                             f"SELECT id, printf('user-%03d', u), 'CREATE', '{PASSWORD}' FROM broker, n;\n"],
     None, step_ten_years),
    ("a broker of 240,000 is deleted", one_broker_sql("b-large", DELETED_USERS), None, delete_large_broker),
    ("GET faults", [f"WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {FAULTS})\n"
                    "INSERT INTO fault (operation, error, message) SELECT 'DeleteUser', 'ForbiddenException',\n"
                    "    printf('%1000d', x) FROM n;\n"], None, list_faults),
    ("GET metrics, 240,000 users", one_broker_sql("b-large", DELETED_USERS), None, read_metrics),
    ("DescribeBroker of 100,000 users", one_broker_sql("b-large", DESCRIBED_USERS), None, describe_large_broker),
    ("resets, 100,000 users, 50 writes", seed_texts(1000, 100), None, reset_twenty_times),
    ("a reset after 20,000 new users", [brokers_sql(RESET_BROKERS)], add_many_users, reset_once),
    ("the same, of one region", [brokers_sql(RESET_BROKERS)], add_many_users, reset_region),
    ("a reset after 2,000 users were deleted", seed_texts(1000, 10), functools.partial(delete_users, brokers=200), reset_once),
    ("a reset after 10,000 users were deleted", seed_texts(1000, 10), functools.partial(delete_users, brokers=1000), reset_once),
    ("a reset of 300,000 users, without the log", seed_texts(1000, 300),
     functools.partial(add_many_users, count=MOST_RESET_USERS), reset_once),
    ("a reset after 100,000 new users, without the log", [brokers_sql(RESET_BROKERS)],
     functools.partial(add_many_users, count=MOST_RESET_USERS), reset_once),
)


def measure_stalls(directory):
    for case, texts, before, work in CASES:
        seed = write_files(os.path.join(directory, "stall-" + re.sub(r"\W+", "-", case)), [*texts, WATCHED])
        waits = []
        for _ in range(STALL_ROUNDS):
            with start_server(directory, "--seed", seed) as server:
                if before:
                    before(server)
                waits.append(longest_wait_ms(server, work))
        wait = statistics.median(waits)
        measured = f"{wait:.1f} ms  (median of the longest of {STALL_ROUNDS} runs; {min(waits):.1f} to {max(waits):.1f})"
        if work is do_nothing:
            yield row(f"longest wait: {case}", "no target", measured)
        else:
            yield row(f"longest wait: {case}", f"≤ {WAIT_MS} ms", measured, wait <= WAIT_MS)
