#!/usr/bin/env python3
"""How long real brokers take, and how much memory: build/venv-brokers/bin/python3 tests/brokers/measure.py [ROUNDS]

From CreateBroker to RUNNING and a message over AMQP with TLS; from RebootBroker to RUNNING; with --broker-reboot reload from
RebootBroker to the login of a new user; from DeleteBroker to the end of the broker. The memory is that of the process tree of
the broker (PSS) after its first message. tests/setup brokers installs what is needed. Medians, and the smallest and the
largest of ROUNDS (5).
"""

import os
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "api"))

from world import World, activemq, wait_until  # noqa: E402

SECOND = "second-password-2"
ENGINES = {"activemq": ("create", "amqp+ssl"), "rabbitmq": ("create_rabbit", "amqps")}


def seconds(work, *arguments):
    begin = time.monotonic()
    result = work(*arguments)
    return time.monotonic() - begin, result


def children_of(pid):
    found = [pid]
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == pid:
                        found += children_of(int(name))
            except OSError:  # ended meanwhile
                continue
    return found


def memory_mb(pid):
    kilobytes = 0
    for one in children_of(pid):
        with open(f"/proc/{one}/smaps_rollup", encoding="ascii") as file:
            kilobytes += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return kilobytes / 1024


def one_round(engine, home, rows):
    create, scheme = ENGINES[engine]
    with World(engine, [home], "--create-time", "0", "--reboot-time", "0", "--delete-time", "0") as world:
        def connectable():
            broker = getattr(world, create)("orders")
            world.wait(broker)
            assert world.exchange(broker, scheme) == "hello"
            return broker

        taken, broker = seconds(connectable)
        rows.setdefault(f"{engine}: CreateBroker to a message", []).append(taken)
        rows.setdefault(f"{engine}: memory, MB", []).append(memory_mb(world.runners[0].broker_pid()))
        rows.setdefault(f"{engine}: RebootBroker to RUNNING", []).append(seconds(world.reboot, broker)[0])
        world.mq.delete_broker(BrokerId=broker)
        rows.setdefault(f"{engine}: DeleteBroker to its end", []).append(seconds(world.wait_gone, broker)[0])


def reload_round(home, rows):
    with World("activemq", [home], "--broker-reboot", "reload", "--create-time", "0", "--reboot-time", "0") as world:
        broker = world.create("orders")
        world.wait(broker)
        world.mq.create_user(BrokerId=broker, Username="late", Password=SECOND)
        world.mq.reboot_broker(BrokerId=broker)
        taken, _ = seconds(wait_until, lambda: world.lets_in(broker, "stomp+ssl", "late", SECOND), "the new user")
        rows.setdefault("activemq: RebootBroker to the new user, reload", []).append(taken)


def main(rounds):
    home = activemq()
    os.environ["ACTIVEMQ_HOME"] = home
    rows = {}
    for _ in range(rounds):
        one_round("activemq", home, rows)
        one_round("rabbitmq", None, rows)
        reload_round(home, rows)
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {rounds} rounds")
    for what, found in sorted(rows.items()):
        unit = "" if what.endswith("MB") else " s"
        print(f"{what:50} {statistics.median(found):7.1f}{unit} ({min(found):.1f} to {max(found):.1f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
