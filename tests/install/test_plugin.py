"""The commands of docs/install-plugin.md, as they are printed there, on the real CLI."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from amplify_job_resource._native.package import package_schema
from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack
from tests.install.plugins import PAGE, ROOT, blocks, prepare, type_in

IN_YAML = """\
name: site
runtime: yaml
resources:
  site:
    type: amplify-job:Job
    properties:
      appId: d1a2b3c4
      branchName: main
"""
IN_PYTHON = """
import pulumi_amplify_job as amplify

amplify.Job("site", app_id="d1a2b3c4", branch_name="main")
"""
RELEASE = "release d1a2b3c4/main"
PLUGINS = blocks("In a virtual environment", "yaml")[0].partition(".venv/bin")[0]
TROUBLE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[Callable[[], Stack]]:
    """Makes a stack in Python on a machine with a checkout, and an emulator in place of AWS."""
    stacks = []
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"])
        server.control.default_plan(Plan.instant())

        def make() -> Stack:
            stack = Stack(tmp_path, IN_PYTHON, emulator_url=server.url)
            stacks.append(stack)
            prepare(stack)
            return stack

        yield make
        for stack in stacks:
            stack.close()


@pytest.fixture
def in_yaml(new_stack: Callable[[], Stack]) -> Stack:
    """A stack whose program is in YAML."""
    stack = new_stack()
    (stack.cwd / "Pulumi.yaml").write_text(IN_YAML, encoding="utf-8")
    return stack


@pytest.fixture
def in_python(new_stack: Callable[[], Stack]) -> Stack:
    """A stack whose program is in Python, and runs in an environment that is the test's own."""
    stack = new_stack()
    (stack.cwd / "requirements.txt").touch()
    environment = stack.folder / "program"
    venv.create(environment, with_pip=not has_stand_in(), symlinks=True)
    stack.environment["PULUMI_PYTHON_CMD"] = str(environment / "bin" / "python")
    return stack


def has_stand_in() -> bool:
    """Whether the host is our script, which leaves the installation of an SDK to us."""
    host = shutil.which("pulumi-language-python")
    return host is not None and Path(host).read_bytes().startswith(b"#!")


def releases(stack: Stack) -> None:
    """Make sure that `pulumi up` of the program in Python releases, with the SDK that was written."""
    sdk = stack.cwd / "sdks" / "amplify-job"
    stack.environment["PYTHONPATH"] += os.pathsep + str(sdk)
    # The SDK asks for its version; pip would need setuptools to install it, and so to tell.
    metadata = sdk / "pulumi_amplify_job-0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Name: pulumi_amplify_job\nVersion: {version('amplify-job-resource')}\n")
    stack.up().ok()
    (job,) = (made for made in stack.state()["resources"] if made["type"].endswith(":Job"))
    assert (job["type"], job["id"]) == ("amplify-job:index:Job", "d1a2b3c4/main/1")


@pytest.mark.slow
@pytest.mark.engine
def test_in_a_virtual_environment(in_yaml: Stack) -> None:
    """A program in YAML is previewed without a warning, and the SDK for another language is written."""
    install, write_sdk = blocks("In a virtual environment", "sh")
    (plugins,) = blocks("In a virtual environment", "yaml")
    type_in(in_yaml, install)
    (in_yaml.cwd / "Pulumi.yaml").write_text(IN_YAML + plugins, encoding="utf-8")
    shown = in_yaml.preview().ok()
    assert RELEASE in shown.lines("site")
    assert "warning" not in shown.text
    type_in(in_yaml, write_sdk)
    assert (in_yaml.cwd / "sdks/python/pulumi_amplify_job/job.py").exists()


@pytest.mark.slow
@pytest.mark.engine
def test_with_package_add(in_python: Stack) -> None:
    """The plugin's folder is installed, named in the project, and its SDK releases."""
    (add,) = blocks("With `pulumi package add`", "sh")
    type_in(in_python, add)
    plugin = Path(in_python.environment["HOME"]) / "amplify-job-resource" / "plugin"
    assert named_folder(in_python) == str(plugin)
    assert "sdks/amplify-job" in (in_python.cwd / "requirements.txt").read_text(encoding="utf-8")
    releases(in_python)


def named_folder(stack: Stack) -> str:
    """The plugin's folder, as `packages` in the project has it."""
    project = yaml.safe_load((stack.cwd / "Pulumi.yaml").read_text(encoding="utf-8"))
    return str(project["packages"]["amplify-job"])


@pytest.mark.slow
@pytest.mark.engine
def test_a_relative_path_leads_to_a_checkout_anywhere(in_python: Stack) -> None:
    """It stays relative, and `pulumi install` makes the environment where there is none yet."""
    home = Path(in_python.environment["HOME"])
    path = os.path.relpath(home / "amplify-job-resource" / "plugin", in_python.cwd)
    in_python.pulumi("package", "add", path).ok()
    assert named_folder(in_python) == path
    shutil.rmtree(in_python.cwd / path / ".venv")
    in_python.pulumi("install").ok()
    releases(in_python)


@pytest.mark.slow
@pytest.mark.engine
def test_package_add_of_a_program_in_yaml(in_yaml: Stack) -> None:
    """It makes the program ready, or the host for YAML is too old, and its message is a heading."""
    path = Path(in_yaml.environment["HOME"]) / "amplify-job-resource" / "plugin"
    run = in_yaml.pulumi("package", "add", str(path))
    if run.code:
        assert "\n## `linking package: method Link not implemented`\n" in TROUBLE
        assert "linking package: method Link not implemented" in run.text
    else:
        assert RELEASE in in_yaml.preview().ok().lines("site")


@pytest.mark.slow
@pytest.mark.engine
def test_from_the_archive_in_yaml(in_yaml: Stack) -> None:
    """A program in YAML needs no more than the installation."""
    install, _ = blocks("From the archive", "sh")
    type_in(in_yaml, install)
    assert RELEASE in in_yaml.preview().ok().lines("site")


@pytest.mark.slow
@pytest.mark.engine
def test_from_the_archive(in_python: Stack) -> None:
    """What `make plugin` makes is installed among Pulumi's plugins, and its SDK releases."""
    install, add = blocks("From the archive", "sh")
    type_in(in_python, install)
    (plugin,) = in_python.pulumi("plugin", "ls", "--json").ok().json
    assert (plugin["name"], plugin["version"]) == ("amplify-job", version("amplify-job-resource"))
    type_in(in_python, add)
    releases(in_python)


@pytest.mark.slow
@pytest.mark.engine
def test_from_path(in_yaml: Stack) -> None:
    """The program that is on PATH is used, with the warning that the page tells of."""
    (install,) = blocks("From PATH", "sh")
    (warning,) = set(re.findall(r"`(warning: [^`]*)`", PAGE.read_text(encoding="utf-8")))
    type_in(in_yaml, install)
    shown = in_yaml.preview().ok()
    assert RELEASE in shown.lines("site")
    assert warning in shown.text


@pytest.mark.engine
@pytest.mark.parametrize(
    ("more", "heading"),
    [
        ("", "no resource plugin"),
        (f"{PLUGINS}missing", "parsing plugin options"),
        (f"{PLUGINS}empty", "loading PulumiPlugin.yaml"),
        (f"{PLUGINS}moved", "failed to load plugin"),
        ("packages: {amplify-job: /elsewhere/plugin}\n", "no folder at path"),
    ],
)
def test_a_plugin_that_is_not_found_is_explained(in_yaml: Stack, more: str, heading: str) -> None:
    """What Pulumi prints where there is no plugin is a heading of the page on trouble."""
    (in_yaml.cwd / "Pulumi.yaml").write_text(IN_YAML + more, encoding="utf-8")
    for folder in ("empty", "moved"):
        (in_yaml.cwd / folder).mkdir()
    program = in_yaml.cwd / "moved" / "pulumi-resource-amplify-job"
    program.write_text("#!/elsewhere/.venv/bin/python\n", encoding="utf-8")
    program.chmod(0o755)
    printed = in_yaml.preview().text
    (message,) = re.findall(rf"\n## `({heading}.*)`\n", TROUBLE)
    assert re.search(re.sub(r"<\w+>", ".*", message), printed), printed


@pytest.mark.slow
@pytest.mark.engine
def test_an_installation_that_fails_leaves_no_plugin(in_python: Stack) -> None:
    """What pip said is shown, and the next command does not take what is half there for a plugin."""
    broken = in_python.folder / "broken"
    broken.mkdir()
    for name in ("PulumiPlugin.yaml", "__main__.py"):
        shutil.copy(ROOT / "plugin" / name, broken)
    (broken / "requirements.txt").write_text("./missing.whl\n", encoding="utf-8")
    install = ["plugin", "install", "resource", "amplify-job", "0.1.0", "--file", str(broken)]
    assert "missing.whl" in in_python.pulumi(*install).failed().text
    assert in_python.pulumi("plugin", "ls", "--json").ok().json == []


def test_a_plugin_that_is_started_by_hand_says_what_it_is() -> None:
    """The usage is a heading of the page on trouble, and the exit code is that of a wrong command."""
    program = Path(sys.executable).with_name("pulumi-resource-amplify-job")
    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    (message,) = re.findall(r"\n## `(usage: .*)`\n", TROUBLE)
    assert message in done.stderr


def test_an_sdk_from_git_has_the_same_name() -> None:
    """The schema gives the names, where Pulumi would take the organisation of the address for them."""
    languages = json.loads(package_schema())["language"]
    assert languages["python"]["packageName"] == "pulumi_amplify_job"
    assert languages["nodejs"]["packageName"] == "@pulumi/amplify-job"


def test_the_page_has_the_version() -> None:
    """Each version of the plugin in a command of the page is the package's."""
    named = re.findall(r"(?<![\d.])\d+\.\d+\.\d+", PAGE.read_text(encoding="utf-8"))
    assert set(named) == {version("amplify-job-resource")}
