"""POST /_local/reset after a few writes, against the baseline. CreateUser would be a 409 if the last reset had not worked."""

import contextlib
import os

from clients import Client, timed_ms
from programs import SHARED, baseline_build, present, start_server
from rows import in_turn, times_row
from seeds import DEMO_BROKER, PASSWORD, user_path, write_seed

RESET = "/_local/reset"
RESET_LIMIT_S = 120
ROUNDS, LARGE_ROUNDS = 40, 5


def write_a_little(client, broker, username):
    for number in range(5):
        client.call("POST", user_path(broker, f"new-{number}"), {"password": PASSWORD, "groups": ["admins"]})
    client.call("PUT", user_path(broker, username), {"groups": ["changed"]})
    client.call("DELETE", user_path(broker, "new-0"))


def measure_reset(directory):
    baseline = baseline_build()
    seeds = {count: write_seed(os.path.join(directory, f"reset-{count}"), count // 100, 100) for count in (1_000, 100_000)}
    # Name of the store, its seed, broker and user, the limit in memory, rounds.
    stores = (("demo seed", None, DEMO_BROKER, "reader", 0.5, ROUNDS),
              ("1,000 users", seeds[1_000], "b-00000", "user-000", 0.5, ROUNDS),
              ("100,000 users", seeds[100_000], "b-00000", "user-000", 5, LARGE_ROUNDS))
    for kind, path, in_file in (("reset", RESET, False), ("reset, --db", RESET, True),
                                ("reset?account=&region=", f"{RESET}?account=123456789012&region=us-east-1", False)):
        for store, seed, broker, username, most, rounds in stores:
            with contextlib.ExitStack() as stack:
                def reset(client, broker=broker, username=username, path=path):
                    write_a_little(client, broker, username)
                    return timed_ms(client.call, "POST", path)

                clients = {}
                for build in present(baseline, SHARED):
                    file = os.path.join(directory, f"{build.name}-{kind.count(' ')}-{store}.db")
                    arguments = ("--seed", seed or build.demo, *(("--db", file) if in_file else ()))
                    server = stack.enter_context(start_server(directory, *arguments, build=build))
                    clients[build.name] = stack.enter_context(Client(server.port, RESET_LIMIT_S))
                    reset(clients[build.name])
                times = in_turn(rounds, {name: lambda client=client: reset(client) for name, client in clients.items()})
            yield times_row(f"{kind}, {store}", times[SHARED.name], times.get(baseline.name),
                            limit_ms=most if kind == "reset" else None, missing=baseline.missing)
