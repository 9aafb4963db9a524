"""Runs the terraform command: no network, no settings of the person who runs the tests, no run without an end."""

import json
import os
import shutil
import signal
import subprocess

# For one command. Generous: the provider is a large program, and only a failure ever takes so long.
LIMIT_S = 300
STOP_S = 30

# The file is the whole configuration of the command line: without `direct` there is no way to a registry.
SETTINGS = """
disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path = {mirror}
  }}
}}
"""


class Terraform:
    """A working directory. Each method that runs a command returns what it printed."""

    def __init__(self, url, mirror, configuration, directory):
        self.directory = directory
        settings = directory / "terraform.rc"
        settings.write_text(SETTINGS.format(mirror=json.dumps(mirror)), encoding="utf-8")
        shutil.copy(configuration, directory / "main.tf")
        mine = ("AWS_", "TF_", "AMAZONMQ_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
        self.environment |= {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "HOME": str(directory),
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }
        self.run("init", "-no-color")

    def run(self, *arguments, codes=(0,)):
        """Runs terraform; its exit code must be one of `codes`. Returns (exit code, output)."""
        process = subprocess.Popen(["terraform", *arguments], cwd=self.directory, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   encoding="utf-8", errors="backslashreplace")
        try:
            output, _ = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            output = self.end(process)
            raise AssertionError(f"terraform {arguments[0]}: still running after {LIMIT_S} s\n{output}") from None
        assert process.returncode in codes, f"terraform {arguments[0]}: exit code {process.returncode}\n{output}"
        return process.returncode, output

    @staticmethod
    def end(process):
        """An interrupt lets it end its provider too; the second one does not wait for calls under way."""
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGKILL):
            process.send_signal(number)
            try:
                return process.communicate(timeout=STOP_S)[0]
            except subprocess.TimeoutExpired:
                continue
        return process.communicate()[0]

    def set(self, **variables):
        """The values of main.tf's variables from now on."""
        (self.directory / "terraform.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")

    def apply(self):
        """Applies; returns the outputs."""
        self.run("apply", "-no-color", "-auto-approve")
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")[1]).items()}

    def assert_no_difference(self):
        code, output = self.run("plan", "-no-color", "-detailed-exitcode", codes=(0, 2))
        if code:
            raise AssertionError(f"a difference is left:\n{output}")

    def changed_values(self):
        """The resources of which a plan would change any value."""
        self.run("plan", "-out=plan")
        plan = json.loads(self.run("show", "-json", "plan")[1])
        return [row["address"] for row in plan["resource_changes"]
                if row["mode"] == "managed" and row["change"]["before"] != row["change"]["after"]]

    def destroy(self):
        self.run("destroy", "-no-color", "-auto-approve")
