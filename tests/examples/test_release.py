""".github/workflows/release.yml: what it may do, and its steps that publish, with stand-ins for what they would publish to."""

import json
import os
import re
import shutil
import subprocess

import pytest
from workflows import parse

import harness

PATH = os.path.join(harness.ROOT, ".github", "workflows", "release.yml")
NOTES = os.path.join(harness.ROOT, "clients", "packages", "release-notes")
with open(PATH, encoding="utf-8") as _file:
    TEXT = _file.read()
WORKFLOW = parse(TEXT)
JOBS = WORKFLOW["jobs"]
with open(os.path.join(harness.ROOT, "Makefile"), encoding="utf-8") as _file:
    MAKEFILE = _file.read()
VERSION = re.search(r"^VERSION := (\S+)$", MAKEFILE, re.MULTILINE)[1]

# A stand-in: writes down what it was called with, a line for each call. When asked whether something is published, it ends
# with $PUBLISHED, by default 1 for no.
STAND_IN = """#!/bin/sh
name=$(basename "$0")
printf '%s' "$name" >>"$CALLS"
printf ' [%s]' "$@" >>"$CALLS"
echo >>"$CALLS"
for word; do
    [ "$before" != --metadata-file ] || echo '{"containerimage.digest": "sha256:0123"}' >"$word"
    before=$word
done
case "$*" in
*view* | *'/git/ref/tags/'*) exit "${PUBLISHED:-1}" ;;
esac
"""


class Job:
    """Runs steps of a job in a folder with files of a release, as the runner does."""

    def __init__(self, folder, **env):
        self.folder, self.calls = folder, folder / "calls"
        (folder / "programs").mkdir()
        for name in "docker", "gh", "npm", "pipx":
            (folder / "programs" / name).write_text(STAND_IN, encoding="utf-8")
            (folder / "programs" / name).chmod(0o755)
        (folder / "dist").mkdir()
        self.env = {name: value for name, value in harness.environment().items() if not name.startswith(("GITHUB_", "MAKE"))}
        self.env |= {"PATH": f"{folder}/programs:{os.environ['PATH']}", "CALLS": str(self.calls), "RUNNER_TEMP": str(folder),
                     "GITHUB_REPOSITORY": "amazonmq-local/amazonmq-local", "GITHUB_REF_NAME": f"v{VERSION}", "GITHUB_SHA": "f" * 40,
                     "GITHUB_SERVER_URL": "https://github.com", "GITHUB_ACTOR": "actor",
                     "GITHUB_OUTPUT": str(folder / "output")} | env

    def run(self, job, name, **env):
        """Runs that step; returns its exit code, what it printed, and the calls of the stand-ins."""
        step, = [step for step in JOBS[job]["steps"] if step.get("name") == name]
        self.calls.write_text("", encoding="utf-8")
        done = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]], cwd=self.folder,
                              env=self.env | dict.fromkeys(step.get("env", {}), "given") | env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
        return done.returncode, done.stdout, self.calls.read_text(encoding="utf-8").splitlines()


@pytest.fixture(name="job")
def fixture_job(tmp_path):
    return Job(tmp_path)


def need(program):
    if not shutil.which(program):
        pytest.skip(f"no {program} here")


def test_others_actions_are_pinned_and_every_job_has_only_the_permissions_it_needs():
    uses = re.findall(r"^ *(?:- )?uses: (\S+)(.*)$", TEXT, re.MULTILINE)
    assert len(uses) == sum("uses" in step for job in JOBS.values() for step in job["steps"]) > 5
    for action, comment in uses:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) and re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert WORKFLOW["permissions"] == {}
    publishing = {name for name, job in JOBS.items() if "write" in job["permissions"].values()}
    assert publishing == {"image", "publish"}
    for name, job in JOBS.items():
        checkout = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert [step["with"]["persist-credentials"] for step in checkout] == ["false"], name
        # Only a tag is published, after everything was tested, with the approval that the environment asks for.
        if name in publishing:
            assert job["if"] == "github.event_name == 'push' && github.ref_type == 'tag'" and job["environment"] == "release" and {"build", "test"} <= set(job["needs"])
        for step in job["steps"]:
            # What comes from outside is a variable and never part of a script.
            assert "${{" not in step.get("run", ""), step


def test_its_make_targets_and_scripts_exist():
    commands = "\n".join(step.get("run", "") for job in JOBS.values() for step in job["steps"])
    targets = re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE)
    assert set(targets) == {"release-files", "test"}
    assert {JOBS[name]["container"]["image"] for name in ("build", "test")} == {"docker.io/library/debian:12"}
    for target in targets:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
    for script in "tests/packages/run", "clients/packages/release-notes":
        assert script in commands and os.access(os.path.join(harness.ROOT, script), os.X_OK)


def released(folder, version, date="2026-12-01"):
    """A copy of what release-notes reads, in which a section of the version is dated."""
    with open(NOTES, encoding="utf-8") as file:
        files = {"clients/packages/release-notes", *re.findall(r"^expect (\S+) ", file.read(), re.MULTILINE)}
    assert len(files) >= 14
    files.add("clients/javascript/platform/package.json")
    for name in files:
        os.makedirs(os.path.dirname(folder / name), exist_ok=True)
        shutil.copy(os.path.join(harness.ROOT, name), folder / name)
    changes = folder / "CHANGELOG.md"
    changes.write_text(f"# Changelog\n\n## {version} - {date}\n\n### Added\n- This.\n\n## 0.0.1 - 2026-01-01\n- That.\n", encoding="utf-8")
    return folder / "clients/packages/release-notes"


def test_the_notes_are_the_section_of_the_changelog(tmp_path):
    script = released(tmp_path, VERSION)
    done = subprocess.run([script, f"v{VERSION}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "### Added\n- This.\n\n", "")


@pytest.mark.parametrize("file", ["Makefile", "action.yml", "clients/java/testcontainers/pom.xml", "clients/javascript/package.json"])
def test_a_package_of_another_version_stops_the_release(tmp_path, file):
    script = released(tmp_path, VERSION)
    text = (tmp_path / file).read_text(encoding="utf-8")
    (tmp_path / file).write_text(text.replace(VERSION, "9.9.9"), encoding="utf-8")
    done = subprocess.run([script, f"v{VERSION}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"release-notes: {file} does not have the version {VERSION}\n")


def test_npm_packages_that_name_another_repository_stop_the_release(tmp_path):
    """npm refuses them when they are published with their provenance."""
    script = released(tmp_path, VERSION)
    done = subprocess.run([script, f"v{VERSION}"], env=os.environ | {"GITHUB_REPOSITORY": "amazonmq-local/amazonmq-local"}, check=False,
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run([script, f"v{VERSION}"], env=os.environ | {"GITHUB_REPOSITORY": "fork/amazonmq-local"}, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.count("does not have the repository fork/amazonmq-local") == 2


@pytest.mark.parametrize("tag, said", [("main", "the tag [main] is not vX.Y.Z"), (VERSION, f"the tag [{VERSION}] is not vX.Y.Z"),
                                       (f"v{VERSION}-rc1", f"the tag [v{VERSION}-rc1] is not vX.Y.Z")])
def test_a_tag_of_another_form_stops_the_release(tmp_path, tag, said):
    done = subprocess.run([released(tmp_path, VERSION), tag], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"release-notes: {said}\n")


def test_a_changelog_without_the_release_stops_it(tmp_path):
    done = subprocess.run([released(tmp_path, VERSION, "soon"), f"v{VERSION}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "") and "CHANGELOG.md" in done.stderr


def test_the_image_is_built_for_both_architectures_and_pushed_with_what_is_in_it(job):
    need("jq")
    shutil.copytree(os.path.join(harness.ROOT, ".git"), job.folder / ".git", ignore=shutil.ignore_patterns("worktrees"))
    code, output, calls = job.run("image", "Build and push the image", GITHUB_REPOSITORY="Owner/amazonmq-local")
    assert code == 0, output
    login, create, build = calls
    assert login == "docker [login] [ghcr.io] [--username] [actor] [--password-stdin]" and create == "docker [buildx] [create] [--use]"
    for part in ("[--platform] [linux/amd64,linux/arm64]", "[--build-arg] [RELEASE=1]", "[--sbom=true]", "[--provenance=mode=max]", "[--push]",
                 f"[--tag] [ghcr.io/owner/amazonmq-local:{VERSION}]", "[--tag] [ghcr.io/owner/amazonmq-local:latest]",
                 f"[org.opencontainers.image.version={VERSION}]", f"[org.opencontainers.image.revision={'f' * 40}]"):
        assert part in build, part
    assert re.search(r"\[SOURCE_DATE_EPOCH=\d+\]", build)
    assert (job.folder / "output").read_text(encoding="utf-8") == "name=ghcr.io/owner/amazonmq-local\ndigest=sha256:0123\n"


def test_damaged_files_stop_the_publication(job):
    (job.folder / "dist" / "a").write_text("a", encoding="utf-8")
    subprocess.run("sha256sum a >SHA256SUMS", cwd=job.folder / "dist", shell=True, check=True)
    assert job.run("publish", "Check the sums")[0] == 0
    (job.folder / "dist" / "a").write_text("b", encoding="utf-8")
    assert job.run("publish", "Check the sums")[0] != 0


def pack(job, file, name):
    """An npm package of that name."""
    (job.folder / "package").mkdir(exist_ok=True)
    (job.folder / "package" / "package.json").write_text(json.dumps({"name": name, "version": VERSION}), encoding="utf-8")
    subprocess.run(["tar", "-czf", job.folder / "dist" / file, "package/package.json"], cwd=job.folder, check=True)


def test_npm_gets_the_platforms_first_and_nothing_twice(job):
    need("jq")
    pack(job, f"amazonmq-local-{VERSION}.tgz", "amazonmq-local")
    pack(job, f"amazonmq-local-linux-x64-{VERSION}.tgz", "@amazonmq-local/linux-x64")
    code, output, calls = job.run("publish", "Publish the npm packages")
    assert code == 0, output
    assert calls == [f"npm [view] [@amazonmq-local/linux-x64@{VERSION}] [name]",
                     f"npm [publish] [dist/amazonmq-local-linux-x64-{VERSION}.tgz] [--access] [public] [--provenance]",
                     f"npm [view] [amazonmq-local@{VERSION}] [name]",
                     f"npm [publish] [dist/amazonmq-local-{VERSION}.tgz] [--access] [public] [--provenance]"]
    _, _, calls = job.run("publish", "Publish the npm packages", PUBLISHED="0")
    assert not any("publish" in call for call in calls)


def test_pypi_gets_wheels_and_sources(job):
    names = f"amazonmq_local-{VERSION}-py3-none-manylinux_2_17_x86_64.whl", f"amazonmq_local-{VERSION}.tar.gz"
    for name in (*names, f"amazonmq-local-{VERSION}-linux-amd64.tar.gz"):
        (job.folder / "dist" / name).touch()
    code, output, (call,) = job.run("publish", "Publish the Python packages")
    assert code == 0, output
    assert call.endswith("[--skip-existing] " + " ".join(f"[dist/{name}]" for name in names))


def test_the_java_packages_are_deployed(job):
    """By Maven, into a folder."""
    need("mvn")
    shutil.copytree(os.path.join(harness.ROOT, "clients", "java"), job.folder / "clients" / "java", ignore=shutil.ignore_patterns("target"))
    code, output, _ = job.run("publish", "Publish the Java packages", REPOSITORY=(job.folder / "repository").as_uri())
    if code != 0 and re.search(r"Could not transfer|Unknown host|Connection refused|UnresolvableModel|PluginResolution", output):
        pytest.skip("Maven cannot load its plugins here")
    assert code == 0, output
    assert output.count("BUILD SUCCESS") == 4
    # A second run leaves out what is there.
    code, output, _ = job.run("publish", "Publish the Java packages", REPOSITORY=(job.folder / "repository").as_uri())
    assert (code, output.count("BUILD SUCCESS")) == (0, 1), output
    deployed = {path.name for path in (job.folder / "repository").rglob(f"*-{VERSION}.*") if path.suffix in (".jar", ".pom")}
    assert deployed == {f"amazonmq-local-{VERSION}.jar", f"amazonmq-local-{VERSION}.pom", f"amazonmq-local-parent-{VERSION}.pom",
                        f"amazonmq-local-testcontainers-{VERSION}.jar", f"amazonmq-local-testcontainers-{VERSION}.pom"}


def test_the_release_is_a_draft_until_it_has_its_files(job):
    released(job.folder, VERSION)
    (job.folder / "dist" / "SHA256SUMS").touch()
    tag = f"v{VERSION}"
    code, output, calls = job.run("publish", "Publish the release")
    assert code == 0, output
    assert calls == [f"gh [release] [view] [{tag}]",
                     f"gh [release] [create] [{tag}] [--verify-tag] [--draft] [--title] [{VERSION}] [--notes-file] [{job.folder}/notes.md]",
                     f"gh [release] [upload] [{tag}] [dist/SHA256SUMS] [--clobber]", f"gh [release] [edit] [{tag}] [--draft=false]"]
    assert (job.folder / "notes.md").read_text(encoding="utf-8") == "### Added\n- This.\n\n"
    _, _, calls = job.run("publish", "Publish the release", PUBLISHED="0")
    assert not any("create" in call for call in calls)


def test_the_go_module_gets_its_tag(job):
    code, output, calls = job.run("publish", "Tag the Go module")
    assert code == 0, output
    tag = f"tags/clients/go/v{VERSION}"
    assert calls == [f"gh [api] [repos/amazonmq-local/amazonmq-local/git/ref/{tag}]",
                     f"gh [api] [repos/amazonmq-local/amazonmq-local/git/refs] [--field] [ref=refs/{tag}] [--field] [sha={'f' * 40}]"]
    _, _, calls = job.run("publish", "Tag the Go module", PUBLISHED="0")
    assert len(calls) == 1
