"""A runner that starts no broker: it reads the orders of --brokers and reports as run-broker does."""

import json
import os

import harness


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
