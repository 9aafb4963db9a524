"""server/brokers/run-broker with programs in the place of the brokers and of the server."""

import contextlib
import http.server
import json
import os
import shutil
import signal
import stat
import subprocess
import threading

import pytest

from harness import DEADLINE_S, ROOT, eventually

SCRIPT = os.path.join(ROOT, "server", "brokers", "run-broker")
SECRET = "0123456789abcdef0123456789abcdef"
# For the end of a runner, which gives its broker 15 s.
LIMIT_S = DEADLINE_S + 30
# All that the script may use of the images, besides bash.
TOOLS = ("cat", "mkdir", "rm", "sleep", "timeout")

# Plays both brokers. Its directory $FAKE has: starts (what it did), and files that tell it what to do.
BROKER = r"""#!/bin/bash
me=${0##*/}
leave() {
    echo "term $BASHPID" >>"$FAKE/starts"
    [[ -e $FAKE/flood ]] && for ((i = 0; i < 3000; i++)); do echo "last line $i"; done
    exit 0
}
printf '%s\n' "start $BASHPID" >>"$FAKE/starts"
printf '%s\n' "$@" >"$FAKE/arguments"
export >"$FAKE/environment"
cat message 2>/dev/null >"$FAKE/found"
echo hello >message
if [[ -e $FAKE/hang ]]; then trap '' TERM; else trap leave TERM; fi
[[ -e $FAKE/children ]] && { sleep 1000 & echo $! >"$FAKE/children"; }
[[ -e $FAKE/flood ]] && for ((i = 0; i < 3000; i++)); do echo "line $i"; done
until [[ -e $FAKE/open ]]; do sleep 0.05; done
if [[ $me == java ]]; then
    echo " INFO | Connector openwire started"
    echo " INFO | Apache ActiveMQ 5.18.3 (localhost, ID:host-1-2-0:1) started"
    until [[ -e $FAKE/console ]]; do sleep 0.05; done
    echo "amazonmq-local: console started"
else
    echo "2026-01-01 [info] <0.9.0>  Starting RabbitMQ 3.10.8 on Erlang 25.2.3 [jit]"
    echo "2026-01-01 [info] <0.9.0> Server startup complete; 3 plugins started."
fi
echo ready >>"$FAKE/starts"
until [[ -e $FAKE/crash ]]; do sleep 0.05; done
rm "$FAKE/crash"
exit 7
"""


class Reports:
    """A server that keeps the reports it gets, as (broker id, body), and answers each with `status`."""

    def __init__(self, port=0, status=200):
        self.got = []
        self.status = status
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path.startswith("/_local/brokers/"), self.path
                outer.got.append((self.path.split("/")[-1], body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def states(self):
        return [(body["generation"], body["state"]) for _, body in list(self.got)]


def is_running(pid):
    """Whether the process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Slot:
    """The directory of a slot, its fake broker, and the runners started for it."""

    def __init__(self, root, slot="3"):
        self.root = str(root)
        self.directory = os.path.join(self.root, "brokers", slot)
        self.fake = os.path.join(self.root, f"fake-{slot}")
        self.tools = os.path.join(self.fake, "bin")
        self.data = os.path.join(self.directory, "data")
        self.output = os.path.join(self.root, f"output-{slot}")
        self.runners = []
        self.env = {}
        self.rounds = 0
        os.makedirs(self.directory)
        os.makedirs(self.tools)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.tools, tool))
        for name in ("java", "rabbitmq-server"):
            with open(os.path.join(self.tools, name), "w", encoding="ascii") as file:
                file.write(BROKER)
            os.chmod(file.name, 0o755)
        self.tell("open", "console")

    def tell(self, *names):
        for name in names:
            self.write(os.path.join(self.fake, name), "")

    def untell(self, name):
        os.remove(os.path.join(self.fake, name))

    @staticmethod
    def write(path, text):
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def order(self, generation, want, reports, broker="b-one", engine="activemq", secret=SECRET):
        self.write(os.path.join(self.directory, "order"),
                   f"{generation} {want} {engine} {broker} {secret} {reports.port}\n")

    def run(self):
        env = {"PATH": self.tools, "FAKE": self.fake, "ACTIVEMQ_HOME": "/opt/home of it",
               "RABBITMQ_SERVER": os.path.join(self.tools, "rabbitmq-server"), **self.env}
        with open(self.output, "ab") as output:
            runner = subprocess.Popen(["/bin/bash", SCRIPT, self.directory], env=env, stdin=subprocess.DEVNULL,
                                      stdout=output, stderr=subprocess.STDOUT, cwd=self.root)
        self.runners.append(runner)
        return runner

    def read(self, *path):
        try:
            with open(os.path.join(*path), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def events(self):
        """What the brokers have done: their words without the processes."""
        return [line.split()[0] for line in self.read(self.fake, "starts").splitlines()]

    def brokers(self):
        """The processes of all brokers so far."""
        return [int(line.split()[1]) for line in self.read(self.fake, "starts").splitlines() if line.startswith("start ")]

    def says(self, text):
        return text in self.read(self.output)

    def pass_rounds(self):
        """Returns when the runner has been through its loop: it reads orders that it must ignore."""
        for number in range(2):
            order = f"round {self.rounds + number}"
            self.write(os.path.join(self.directory, "order"), order + "\n")
            eventually(lambda: self.says(f"order: {order}\n"), "a round")  # pylint: disable=cell-var-from-loop
        self.rounds += 2

    def close(self):
        for runner in self.runners:
            if runner.poll() is None:
                runner.kill()
                runner.wait()
        for pid in self.brokers():
            if is_running(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def slot(tmp_path):
    made = Slot(tmp_path)
    yield made
    made.close()


@pytest.fixture
def other_slot(tmp_path, slot):
    made = Slot(tmp_path, "4")
    yield made
    made.close()


@pytest.fixture
def reports():
    made = Reports()
    yield made
    made.close()


def until(reports, *states):
    eventually(lambda: reports.states() == list(states), f"{states}, not {reports.states()}")


def test_up_only_after_the_started_line(slot, reports):
    slot.untell("open")
    slot.order(17, "run", reports)
    slot.run()
    eventually(slot.brokers, "a broker")
    slot.pass_rounds()
    assert reports.got == []
    slot.tell("open")
    eventually(lambda: reports.got, "a report")
    assert reports.got == [("b-one", {"generation": 17, "secret": SECRET, "state": "up", "version": "5.18.3"})]


def test_up_waits_for_the_console_of_which_jetty_speaks(slot, reports):
    slot.untell("console")
    slot.write(os.path.join(slot.directory, "jetty.xml"), "<value>amazonmq-local: console started</value>")
    slot.order(1, "run", reports)
    slot.run()
    eventually(lambda: slot.says("5.18.3 (localhost, ID:host-1-2-0:1) started"), "the started line")
    slot.pass_rounds()
    assert reports.got == []
    slot.tell("console")
    until(reports, (1, "up"))


def test_the_console_is_not_waited_for_without_its_line(slot, reports):
    slot.untell("console")
    slot.write(os.path.join(slot.directory, "jetty.xml"), "<beans/>")
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))


def test_activemq_gets_its_files_and_options(slot, reports):
    slot.env = {"JVM_OPTIONS": "-Xmx99M -Dx=y"}
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    arguments = slot.read(slot.fake, "arguments").splitlines()
    assert arguments[:2] == ["-Xmx99M", "-Dx=y"]
    assert f"-Djava.security.auth.login.config={slot.directory}/login.config" in arguments
    assert f"-Dactivemq.conf={slot.directory}" in arguments
    assert f"-Dactivemq.data={slot.data}/b-one" in arguments
    assert arguments[-4:] == ["-jar", "/opt/home of it/bin/activemq.jar", "start", f"xbean:file:{slot.directory}/activemq.xml"]
    assert "--add-opens" in slot.read(slot.fake, "environment")


def test_rabbitmq_gets_its_files_and_names_of_its_slot(slot, reports):
    slot.order(5, "run", reports, engine="rabbitmq", broker="b-rabbit")
    slot.run()
    eventually(lambda: reports.got, "a report")
    assert reports.got == [("b-rabbit", {"generation": 5, "secret": SECRET, "state": "up", "version": "3.10.8"})]
    environment = slot.read(slot.fake, "environment")
    for name, value in (("RABBITMQ_CONFIG_FILE", f"{slot.directory}/rabbitmq.conf"), ("RABBITMQ_LOGS", "-"),
                        ("RABBITMQ_ENABLED_PLUGINS_FILE", f"{slot.directory}/enabled_plugins"),
                        ("RABBITMQ_MNESIA_BASE", f"{slot.data}/b-rabbit/mnesia"), ("RABBITMQ_NODENAME", "rabbit@localhost"),
                        ("RABBITMQ_DIST_PORT", "24670"), ("ERL_EPMD_PORT", "24669"), ("HOME", f"{slot.data}/b-rabbit")):
        assert f'declare -x {name}="{value}"\n' in environment


def test_a_new_generation_starts_it_again_with_its_data(slot, reports):
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    slot.order(2, "run", reports)
    until(reports, (1, "up"), (2, "up"))
    assert slot.events() == ["start", "ready", "term", "start", "ready"]
    assert slot.read(slot.fake, "found") == "hello\n"


def test_the_same_generation_with_another_port_and_secret(slot, reports):
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    with contextlib.closing(Reports()) as others:
        slot.order(1, "run", others, secret="fedc")
        slot.tell("crash")
        # The crash may be seen before the order.
        eventually(lambda: others.states()[-1:] == [(1, "up")], "the report at the other port")
        assert others.got[-1][1]["secret"] == "fedc"
    assert slot.events() == ["start", "ready", "start", "ready"]


def test_a_crash_is_reported_and_mended(slot, reports):
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    slot.tell("crash")
    until(reports, (1, "up"), (1, "ended"), (1, "up"))
    assert "version" not in reports.got[1][1]
    os.kill(slot.brokers()[-1], signal.SIGKILL)
    until(reports, (1, "up"), (1, "ended"), (1, "up"), (1, "ended"), (1, "up"))
    assert slot.says("activemq ended with status 7") and slot.says("activemq ended with status 137")
    assert slot.read(slot.fake, "found") == "hello\n"


def test_stop_removes_the_data(slot, reports):
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    assert os.listdir(slot.data) == ["b-one"]
    slot.order(2, "stop", reports)
    until(reports, (1, "up"), (2, "gone"))
    assert slot.events() == ["start", "ready", "term"]
    assert os.listdir(slot.data) == []
    # The next broker of the slot.
    slot.order(3, "run", reports, broker="b-two")
    until(reports, (1, "up"), (2, "gone"), (3, "up"))
    assert slot.read(slot.fake, "found") == ""


def test_stop_without_a_broker(slot, reports):
    os.makedirs(os.path.join(slot.data, "b-one"))
    slot.order(9, "stop", reports)
    slot.run()
    until(reports, (9, "gone"))
    assert slot.events() == [] and os.listdir(slot.data) == []


def test_a_report_waits_for_the_server(slot, reports):
    port = reports.port
    reports.close()
    slot.order(1, "run", reports)
    slot.run()
    eventually(lambda: "ready" in slot.events(), "a broker")
    slot.order(2, "run", reports)
    eventually(lambda: slot.events().count("ready") == 2, "the broker of the new order")
    with contextlib.closing(Reports(port)) as back:
        until(back, (2, "up"))


def test_a_report_is_repeated_until_it_is_accepted(slot, reports):
    reports.status = 503
    slot.order(1, "run", reports)
    slot.run()
    eventually(lambda: len(reports.got) >= 3, "three reports")
    reports.status = 200
    eventually(lambda: slot.says("reported up of generation 1: 200"), "an accepted report")
    assert set(reports.states()) == {(1, "up")}


@pytest.mark.parametrize("status", [200, 204, 404, 409])
def test_an_answer_ends_a_report(slot, other_slot, reports, status):
    reports.status = status
    slot.order(1, "run", reports)
    slot.run()
    eventually(lambda: slot.says(f"reported up of generation 1: {status}"), "the answer")
    # Another runner's repeated reports show that time has passed.
    with contextlib.closing(Reports(status=500)) as clock:
        other_slot.order(1, "run", clock)
        other_slot.run()
        eventually(lambda: len(clock.got) >= 4, "four reports of the other runner")
    assert reports.states() == [(1, "up")]


def test_a_report_of_an_earlier_order_is_dropped(slot, reports):
    reports.status = 503
    slot.order(1, "run", reports)
    slot.run()
    eventually(lambda: reports.got, "a report")
    slot.untell("open")
    slot.order(2, "run", reports)
    eventually(lambda: len(slot.brokers()) == 2, "the new broker")
    for _ in range(6):  # longer than the second between two reports
        slot.pass_rounds()
    assert (2, "up") not in reports.states()
    slot.tell("open")
    eventually(lambda: reports.states().count((2, "up")) >= 2, "reports of the new order")
    reports.status = 200
    eventually(lambda: slot.says("reported up of generation 2: 200"), "an accepted report")
    states = reports.states()
    assert (1, "up") not in states[states.index((2, "up")):]


def test_the_server_has_another_address(slot, reports):
    slot.env = {"AMAZONMQ_LOCAL": f"127.0.0.1:{reports.port}"}
    slot.write(os.path.join(slot.directory, "order"), f"1 run activemq b-one {SECRET} 1\n")
    slot.run()
    until(reports, (1, "up"))


@pytest.mark.parametrize("tool", ["flock", "none"])
def test_two_runners_on_a_slot(slot, reports, tool):
    if tool == "flock":
        os.symlink(shutil.which("flock"), os.path.join(slot.tools, "flock"))
    slot.order(1, "run", reports)
    first = slot.run()
    until(reports, (1, "up"))
    assert slot.run().wait(LIMIT_S) == 1
    assert slot.says(f"another run-broker, process {first.pid}, has {slot.directory}")
    assert first.poll() is None and slot.events() == ["start", "ready"]


@pytest.mark.parametrize("tool", ["flock", "none"])
def test_a_killed_runner_leaves_no_second_broker(slot, reports, tool):
    if tool == "flock":
        os.symlink(shutil.which("flock"), os.path.join(slot.tools, "flock"))
    slot.order(1, "run", reports)
    runner = slot.run()
    until(reports, (1, "up"))
    runner.kill()
    runner.wait()
    (left,) = slot.brokers()
    assert is_running(left)
    slot.run()
    until(reports, (1, "up"), (1, "ended"), (1, "up"))
    assert slot.events() == ["start", "ready", "term", "start", "ready"]
    assert not is_running(left) and is_running(slot.brokers()[-1])


def test_a_number_that_another_process_has_now(slot, reports):
    innocent = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    try:
        slot.write(os.path.join(slot.directory, "pid"), f"{innocent.pid} 12345\n")
        slot.write(os.path.join(slot.directory, "lock"), f"{innocent.pid} 12345\n")
        slot.order(1, "run", reports)
        slot.run()
        until(reports, (1, "ended"), (1, "up"))
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both(slot, reports, number):
    slot.order(1, "run", reports)
    runner = slot.run()
    until(reports, (1, "up"))
    runner.send_signal(number)
    assert runner.wait(LIMIT_S) == 0
    assert slot.events() == ["start", "ready", "term"]
    assert not is_running(slot.brokers()[0])
    assert reports.states() == [(1, "up")]
    assert os.listdir(slot.data) == ["b-one"]


def test_a_broker_that_ignores_the_signal_is_killed(slot, reports):
    slot.tell("hang", "children")
    slot.order(1, "run", reports)
    runner = slot.run()
    until(reports, (1, "up"))
    child = int(slot.read(slot.fake, "children"))
    assert is_running(child)
    runner.terminate()
    assert runner.wait(LIMIT_S) == 0
    assert slot.says(f"process {slot.brokers()[0]} does not end: killing it")
    eventually(lambda: not is_running(slot.brokers()[0]) and not is_running(child), "the end of the processes")


def test_what_a_crash_leaves_is_killed(slot, reports):
    slot.tell("children")
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    child = int(slot.read(slot.fake, "children"))
    os.kill(slot.brokers()[0], signal.SIGKILL)
    eventually(lambda: not is_running(child), "the end of its child")


def test_data_of_other_brokers(slot, other_slot, reports):
    shared = os.path.join(slot.root, "data")
    slot.env = other_slot.env = {"DATA": shared}
    os.makedirs(os.path.join(shared, "not-ours"))
    for one, broker in ((slot, "b-one"), (other_slot, "b-other")):
        one.order(1, "run", reports, broker=broker)
        one.run()
        eventually(lambda: "ready" in one.events(), "a broker")  # pylint: disable=cell-var-from-loop
    slot.order(2, "run", reports, broker="b-two")
    eventually(lambda: (2, "up") in reports.states(), "the next broker of the slot")
    assert sorted(os.listdir(shared)) == ["b-other", "b-two", "not-ours"]


@pytest.mark.parametrize("there", [True, False], ids=["directory", "nothing"])
def test_an_order_that_comes_later(slot, reports, there):
    if not there:
        os.rmdir(slot.directory)
    slot.run()
    eventually(lambda: slot.says(f"run-broker: waits for {slot.directory}/order\n"), "a word")
    os.makedirs(slot.directory, exist_ok=True)
    slot.order(1, "run", reports)
    until(reports, (1, "up"))
    assert slot.read(slot.output).count("waits for") == 1


def test_a_signal_while_it_waits(slot):
    runner = slot.run()
    eventually(lambda: slot.says("waits for"), "a word")
    runner.terminate()
    assert runner.wait(LIMIT_S) == 0


@pytest.mark.parametrize("order", ["1 run activemq ../../one 0123 80", "1 run kafka b-one 0123 80", "", "1 run activemq b-one"])
def test_an_order_without_sense(slot, reports, order):
    slot.write(os.path.join(slot.directory, "order"), order + "\n")
    slot.run()
    if order:
        eventually(lambda: slot.says(f"does not understand {slot.directory}/order: 1 run\n"), "a word")
    slot.order(2, "run", reports)
    until(reports, (2, "up"))
    assert slot.events() == ["start", "ready"]
    assert slot.read(slot.output).count("does not understand") == bool(order)
    assert "0123" not in slot.read(slot.output)  # where the secret stands


def test_the_log_has_the_last_lines(slot, reports):
    slot.tell("flood")
    slot.order(1, "run", reports)
    slot.run()
    until(reports, (1, "up"))
    slot.order(2, "run", reports)
    until(reports, (1, "up"), (2, "up"))
    log = os.path.join(slot.directory, "log")
    lines = slot.read(log).splitlines()
    assert 200 <= len(lines) <= 400
    assert "line 2999" in lines and " INFO | Connector openwire started" in lines
    assert stat.S_IMODE(os.stat(log).st_mode) == 0o600
    assert slot.read(slot.output).count(" line 17\n") == 1 and slot.read(slot.output).count("\nline 17\n") == 2


def test_the_log_has_what_the_broker_says_at_its_end(slot, reports):
    slot.tell("flood")
    slot.order(1, "run", reports)
    runner = slot.run()
    until(reports, (1, "up"))
    runner.terminate()
    assert runner.wait(LIMIT_S) == 0
    assert slot.read(slot.directory, "log").endswith("last line 2999\n")


def test_the_command_line():
    for arguments in ([], [""], ["a", "b"]):
        done = subprocess.run(["/bin/bash", SCRIPT, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "run-broker: usage: run-broker DIRECTORY\n")


@pytest.mark.parametrize("engine", ["activemq", "rabbitmq"])
def test_the_installed_version_is_told_before_the_start(slot, reports, engine):
    """The files may have to be other ones: the order is read again before the broker starts."""
    home = os.path.join(slot.root, "home")
    if engine == "activemq":
        slot.env["ACTIVEMQ_HOME"] = home
        os.makedirs(os.path.join(home, "lib"))
        slot.write(os.path.join(home, "lib", "activemq-broker-5.16.7.jar"), "")
    else:
        os.makedirs(os.path.join(slot.fake, "plugins", "rabbit-3.13.7"))
    slot.order(1, "run", reports, engine=engine)
    slot.run()
    until(reports, (1, "starting"), (1, "up"))
    assert reports.got[0][1]["version"] == {"activemq": "5.16.7", "rabbitmq": "3.13.7"}[engine]
    slot.order(2, "run", reports, engine=engine)
    until(reports, (1, "starting"), (1, "up"), (2, "starting"), (2, "up"))
