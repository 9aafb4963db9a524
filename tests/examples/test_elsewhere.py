"""docs/examples for Kubernetes, dev containers and Homebrew, and clients/: what can be checked without those systems."""

import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import EXAMPLES, read
from test_action import VERSION, make_release

import harness

yaml = pytest.importorskip("yaml", reason="no PyYAML here")

# What the API requires of each kind, as paths: no tool with its schemas is needed here, and no cluster.
REQUIRED = {
    "ConfigMap": ["metadata.name"],
    "Service": ["metadata.name", "spec.selector", "spec.ports.0.port"],
    "Deployment": ["metadata.name", "spec.selector.matchLabels", "spec.template.metadata.labels",
                   "spec.template.spec.containers.0.name", "spec.template.spec.containers.0.image"],
}
VERSIONS = {"ConfigMap": "v1", "Service": "v1", "Deployment": "apps/v1"}


def resources():
    return {row["kind"]: row for row in yaml.safe_load_all(read("kubernetes", "amazonmq-local.yaml"))}


def at(row, path):
    for name in path.split("."):
        row = row[int(name) if name.isdigit() else name]
    return row


def test_kubernetes_has_what_the_api_requires():
    rows = resources()
    assert set(rows) == set(REQUIRED)
    for kind, paths in REQUIRED.items():
        assert rows[kind]["apiVersion"] == VERSIONS[kind]
        for path in paths:
            assert at(rows[kind], path), f"{kind}: {path}"


def test_kubernetes_parts_fit_together():
    rows = resources()
    pod = at(rows["Deployment"], "spec.template")
    labels = pod["metadata"]["labels"]
    assert at(rows["Deployment"], "spec.selector.matchLabels").items() <= labels.items()
    assert at(rows["Service"], "spec.selector").items() <= labels.items()
    (container,) = pod["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert at(rows["Service"], "spec.ports.0.targetPort") in ports and ports["http"] == 8267
    for probe in ("readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/_local/health", "port": "http"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["spec"]["volumes"]}
    assert at(pod, "spec.volumes.0.configMap.name") == at(rows["ConfigMap"], "metadata.name")
    # AMAZONMQ_LOCAL_PORT=tcp://…, which Kubernetes would make of the service, is no port.
    assert pod["spec"]["enableServiceLinks"] is False
    assert pod["spec"]["securityContext"]["runAsUser"] == 65532 and container["securityContext"]["readOnlyRootFilesystem"]


def test_kubernetes_settings_and_seeds_start_a_server():
    rows = resources()
    (container,) = at(rows["Deployment"], "spec.template.spec.containers")
    host = at(rows["Service"], "metadata.name")
    seeds = list(rows["ConfigMap"]["data"].values())
    with harness.Server(seed=seeds, env={row["name"]: row["value"] for row in container["env"]}) as server, server.client() as client:
        response = client.call("GET", "/_local/clock", headers=[("Host", f"{host}:8267")], check=harness.CHECK_NONE)
        assert response.status == 200
        assert client.call("GET", "/v1/brokers/b-orders").status == 200


def feature(*path):
    return os.path.join(EXAMPLES, "devcontainer", "amazonmq-local", *path)


def test_the_devcontainer_feature_installs_the_program(tmp_path):
    for tool in ("curl", "sh"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool} here")
    archive = make_release(tmp_path / "release")
    env = harness.environment() | {"PREFIX": str(tmp_path / "prefix"), "URL": f"file://{tmp_path}/release", "VERSION": VERSION}
    done = subprocess.run([feature("install.sh")], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    program = tmp_path / "prefix" / "bin" / "amazonmq-local"
    assert f"amazonmq-local {VERSION}\n" in subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    with archive.open("ab") as file:
        file.write(b"more")
    done = subprocess.run([feature("install.sh")], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    assert done.returncode != 0


def test_the_devcontainer_feature_is_one():
    with open(feature("devcontainer-feature.json"), encoding="utf-8") as file:
        row = json.load(file)
    assert row["id"] == os.path.basename(os.path.dirname(feature("install.sh"))) and re.fullmatch(r"\d+\.\d+\.\d+", row["version"]) and row["name"]
    assert row["version"] == row["options"]["version"]["default"] == VERSION
    assert all(option["type"] == "string" and "default" in option for option in row["options"].values())
    assert list(json.loads(read("devcontainer", "devcontainer.json"))["features"]) == [f"./{row['id']}"]


def test_the_formula_is_ruby():
    text = read("homebrew", "amazonmq-local.rb")
    assert text.count(f"/v{VERSION}/amazonmq-local-{VERSION}-linux-") == 2 and f'version "{VERSION}"' in text
    if not shutil.which("ruby"):
        pytest.skip("no ruby here")
    subprocess.run(["ruby", "-c", os.path.join(EXAMPLES, "homebrew", "amazonmq-local.rb")], check=True, stdout=subprocess.DEVNULL)


RUBY_STUB = """# What the snippet uses of the SDK, over the same HTTP.
require "json"
require "net/http"
module Aws
  module MQ
    class Client
      def initialize(endpoint:, **) = @endpoint = endpoint

      def create_user(broker_id:, username:, password:)
        post("/v1/brokers/#{broker_id}/users/#{username}", JSON.dump(password: password))
      end

      def reboot_broker(broker_id:) = post("/v1/brokers/#{broker_id}/reboot", "")

      def post(path, body)
        answer = Net::HTTP.post(URI(@endpoint + path), body)
        raise answer.body unless answer.is_a?(Net::HTTPSuccess)
      end
    end
  end
end
"""


def test_the_ruby_snippet(tmp_path):
    """With what stands in for aws-sdk-mq where that gem is missing."""
    if not shutil.which("ruby"):
        pytest.skip("no ruby here")

    def has(name):
        return subprocess.run(["ruby", "-e", f"require '{name}'"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0

    if not has("minitest"):
        pytest.skip("no minitest here")
    if not has("aws-sdk-mq"):
        (tmp_path / "aws-sdk-mq.rb").write_text(RUBY_STUB, encoding="utf-8")
    done = subprocess.run(["ruby", "-W", "-I", str(tmp_path), os.path.join(harness.ROOT, "clients", "snippets", "ruby", "users_test.rb")],
                          env=harness.environment({"AMAZONMQ_LOCAL_BIN": os.path.abspath(harness.BINARY)}), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    assert done.returncode == 0 and re.search(r"^1 runs, \d assertions, 0 failures, 0 errors", done.stdout, re.M), done.stdout


def test_the_java_and_go_clients_have_their_versions_in_the_table():
    with open(os.path.join(harness.ROOT, "clients", "README.md"), encoding="utf-8") as file:
        table = file.read()
    with open(os.path.join(harness.ROOT, "clients", "java", "pom.xml"), encoding="utf-8") as file:
        version = re.search(r"<version>(.*?)</version>", file.read())[1]
    assert re.search(rf"^\| \[java\]\(java\) .*\| {re.escape(version)} \|", table, re.MULTILINE)
    assert re.search(r"^\| \[go\]\(go\) .*\| \d+\.\d+\.\d+ \|", table, re.MULTILINE)
    for link in re.findall(r"\]\(([^)#:]+)\)", table):
        assert os.path.exists(os.path.join(harness.ROOT, "clients", link)), link
