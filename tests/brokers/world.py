"""A server with --brokers, runners for its slots with real brokers, and a boto3 client."""

import base64
import os
import signal
import subprocess
import tempfile
import time

import boto3

import clients
import harness

# Ends a hang only: a broker on a loaded machine may take minutes.
LIMIT_S = 600

PASSWORD = "admin-password-1"
ADMIN = {"Username": "admin", "Password": PASSWORD, "ConsoleAccess": True, "Groups": ["admins"]}


def activemq(version="5.18.3"):
    """The directory of a release, which tests/brokers/install has unpacked."""
    done = subprocess.run([os.path.join(harness.ROOT, "tests", "brokers", "install"), version], stdout=subprocess.PIPE,
                          text=True, check=True)
    return done.stdout.strip()


class Runner:
    """run-broker for one slot, in a process group of its own, with more variables of the environment."""

    def __init__(self, directory, slot, home, variables):
        self.command = ["bash", os.path.join(directory, "run-broker"), os.path.join(directory, str(slot))]
        self.environment = harness.environment({"ACTIVEMQ_HOME": home, **variables})
        self.path = os.path.join(directory, str(slot))
        self.output = tempfile.TemporaryFile()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(LIMIT_S)

    def broker_pid(self):
        """The process of the broker itself."""
        with open(os.path.join(self.path, "pid"), encoding="ascii") as file:
            return int(file.read().split()[0])

    def text(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace")


class World:
    """homes: for each slot the directory of ActiveMQ, or None for RabbitMQ; variables: of the environment of all runners."""

    def __init__(self, slots, homes, *flags, seed=None, variables=None):
        self.directory = os.path.join(tempfile.mkdtemp(prefix="amazonmq-local-brokers-"), "brokers")
        self.homes = homes
        self.variables = variables or {}
        self.runners = []
        self.server = harness.Server("--brokers", self.directory, "--broker-slots", slots, "--broker-timeout", f"{LIMIT_S}s",
                                     *flags, seed=seed)

    def __enter__(self):
        self.server.__enter__()
        try:
            self.runners = [Runner(self.directory, slot, home or "", self.variables) for slot, home in enumerate(self.homes)]
            self.mq = boto3.client("mq", endpoint_url=self.server.url, region_name="us-east-1", aws_access_key_id="x",
                                   aws_secret_access_key="x")
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, kind, *_):
        for runner in self.runners:
            if runner.process.poll() is None:
                runner.process.terminate()
        for runner in self.runners:
            runner.process.wait(LIMIT_S)
            if kind is not None:
                print(runner.text()[-5000:])
        if kind is not None:
            print(self.server.stderr_text()[-5000:])
        self.server.__exit__(kind, None, None)
        subprocess.run(["rm", "-rf", os.path.dirname(self.directory)], check=True)

    @property
    def ca(self):
        return os.path.join(self.directory, "ca.pem")

    # --- Brokers

    def create(self, name, **options):
        """Its id."""
        options = {"EngineType": "ACTIVEMQ", "EngineVersion": "5.18", "HostInstanceType": "mq.m5.large",
                   "DeploymentMode": "SINGLE_INSTANCE", "PubliclyAccessible": True, "AutoMinorVersionUpgrade": True,
                   "Users": [ADMIN], **options}
        return self.mq.create_broker(BrokerName=name, **options)["BrokerId"]

    def create_rabbit(self, name, **options):
        options = {"EngineType": "RABBITMQ", "EngineVersion": "3.13", "HostInstanceType": "mq.m7g.medium",
                   "Users": [{"Username": "admin", "Password": PASSWORD}], **options}
        return self.create(name, **options)

    def wait(self, broker, state="RUNNING"):
        """What DescribeBroker says once the broker is in that state."""
        def there():
            found = self.mq.describe_broker(BrokerId=broker)
            assert found["BrokerState"] != "CREATION_FAILED" or state == "CREATION_FAILED", self.server.stderr_text()
            return found if found["BrokerState"] == state else None

        return harness.eventually(there, f"{broker} in {state}", LIMIT_S)

    def wait_gone(self, broker):
        def gone():
            try:
                self.mq.describe_broker(BrokerId=broker)
            except self.mq.exceptions.NotFoundException:
                return True
            return False

        harness.eventually(gone, f"the end of {broker}", LIMIT_S)

    def process(self, broker):
        """What GET /_local/brokers/{id} says of its process."""
        with self.server.client() as client:
            return client.call("GET", f"/_local/brokers/{broker}", check=harness.CHECK_NONE).json()["process"]

    def reboot(self, broker):
        self.mq.reboot_broker(BrokerId=broker)
        return self.wait(broker)

    def endpoint(self, broker, scheme, instance=0):
        """The endpoint of that scheme, as DescribeBroker shows it; `https` is the console."""
        shown = self.mq.describe_broker(BrokerId=broker)["BrokerInstances"][instance]
        return next(url for url in [*shown["Endpoints"], shown["ConsoleURL"]] if url.startswith(f"{scheme}://"))

    def configure(self, broker, data):
        """Uploads a configuration and stages it; no warning is allowed."""
        configuration = self.mq.describe_broker(BrokerId=broker)["Configurations"]["Current"]["Id"]
        done = self.mq.update_configuration(ConfigurationId=configuration, Data=base64.b64encode(data.encode()).decode())
        assert not done.get("Warnings"), done["Warnings"]
        self.mq.update_broker(BrokerId=broker, Configuration={"Id": configuration,
                                                              "Revision": done["LatestRevision"]["Revision"]})

    # --- Clients

    def exchange(self, broker, scheme, user="admin", password=PASSWORD, **options):
        return clients.exchange(self.endpoint(broker, scheme), user, password, self.ca, **options)

    def lets_in(self, broker, scheme, user="admin", password=PASSWORD):
        """Whether the broker lets the user in; each other failure is one."""
        try:
            assert self.exchange(broker, scheme, user, password, text="hello") == "hello"
        except clients.Refused:
            return False
        return True

    def may_send(self, broker, user="admin", password=PASSWORD, queue="checked"):
        """Whether the user may send to that queue, and receive from it; a login that is refused is a failure."""
        try:
            assert self.exchange(broker, "stomp+ssl", user, password, destination=queue) == "hello"
        except clients.Failed as error:
            assert "not authorized" in str(error), error
            return False
        return True

    def console_lets_in(self, broker, user="admin", password=PASSWORD):
        """Jetty looks at its users every second: whoever waits for a change calls it again."""
        try:
            clients.activemq_console(self.endpoint(broker, "https"), user, password, self.ca)
        except clients.Refused:
            return False
        return True


def wait_until(condition, what):
    """As harness.eventually, with the limit of brokers."""
    return harness.eventually(condition, what, LIMIT_S)


def timed(action):
    """(seconds, result): for reports, not for assertions."""
    begin = time.monotonic()
    result = action()
    return time.monotonic() - begin, result
