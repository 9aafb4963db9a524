"""A runner that starts no broker, for tests of --brokers: it reads the orders and reports as run-broker does."""

import json
import os

import harness
from harness import (assert_ok, broker_path, create_broker, describe_broker, reboot_path, sql_broker, sql_user,
                     wait_state)

QUICK = ("--create-time", "0", "--reboot-time", "0", "--delete-time", "0")

# Two with a slot each, and one that has none.
BROKERS = (sql_broker("b-1") + sql_user("b-1", "alice", console_access=1, groups=["admins"]) +
           sql_broker("b-2", engine_type="RABBITMQ") + sql_broker("b-3"))


class Slot:
    """One slot of a directory of --brokers."""

    def __init__(self, server, directory, number):
        self.server = server
        self.path = os.path.join(directory, str(number))

    def order(self):
        """The order as a dict, or None without one (or with one that a test has damaged)."""
        try:
            with open(os.path.join(self.path, "order"), encoding="latin-1") as file:
                words = file.read().split(" ")
        except FileNotFoundError:
            return None
        names = ("generation", "want", "engine", "broker", "secret", "port")
        if len(words) != len(names) or not words[-1].endswith("\n"):
            return None
        order = dict(zip(names, words))
        return {**order, "generation": int(order["generation"]), "port": int(order["port"])}

    def wait_order(self, want, after=0):
        """Waits for an order `run` or `stop` that is newer than the generation `after`."""
        def there():
            order = self.order()
            return order if order and order["want"] == want and order["generation"] > after else None

        return harness.eventually(there, f"the order {want} in {self.path}")

    def read(self, name):
        """The text of a file of the slot."""
        with open(os.path.join(self.path, name), encoding="utf-8") as file:
            return file.read()

    def report(self, order, state, **members):
        """Reports and returns the response."""
        body = {"generation": order["generation"], "secret": order["secret"], "state": state, **members}
        with self.server.client() as client:
            return client.call("POST", f"/_local/brokers/{order['broker']}", body, check=harness.CHECK_NONE)

    def up(self, after=0, **members):
        """Waits for an order to run, and reports that the broker is up; returns the order."""
        order = self.wait_order("run", after)
        response = self.report(order, "up", **members)
        assert (response.status, json.loads(response.body)) == (200, {}), response
        return order

    def gone(self, after=0):
        """Waits for an order to stop, and reports that the broker is gone; returns the order."""
        order = self.wait_order("stop", after)
        response = self.report(order, "gone")
        assert response.status == 200, response
        return order


class World:
    """A server with --brokers, its slots and a client."""

    def __init__(self, directory, *flags, **options):
        self.directory = directory
        self.server = harness.Server("--brokers", directory, *QUICK, *flags, **options)

    def __enter__(self):
        self.server.__enter__()
        self.client = self.server.client()
        return self

    def __exit__(self, *reason):
        self.server.__exit__(*reason)

    def slot(self, number):
        return Slot(self.server, self.directory, number)

    def local(self, method, path, body=None, **options):
        return self.client.call(method, f"/_local/{path}", body, check=harness.CHECK_NONE, **options)

    def health(self):
        response = self.local("GET", "health")
        return response.status, json.loads(response.body).get("reason")

    def process(self, broker):
        return json.loads(self.local("GET", f"brokers/{broker}").body).get("process")

    def delete(self, broker):
        return assert_ok(self.client.call("DELETE", broker_path(broker)), {"brokerId": broker})

    def reboot(self, broker):
        return assert_ok(self.client.call("POST", reboot_path(broker)), {})

    def create_up(self, **members):
        """Creates a broker in slot 0 and reports it up; returns its id, when it is RUNNING, and the order."""
        broker = create_broker(self.client)
        order = self.slot(0).up(**members)
        wait_state(self.client, broker, "RUNNING")
        return broker, order

    def state(self, broker):
        return describe_broker(self.client, broker)["brokerState"]
