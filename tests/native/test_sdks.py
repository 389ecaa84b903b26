"""The SDKs for Python, TypeScript and Go have what their users need, and their types are right."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.native.sdks import SDKs, examples, schema, version
from tools.go_programs import find_go
from tools.sdk_checks import GO_MODULE, TYPESCRIPT, node, typescript

pytestmark = pytest.mark.engine

SETUP = "`make setup` provides it, where the machine can"

PYTHON = """
import pulumi
import pulumi_amplify_job as amplify

europe = amplify.Provider("europe", region="eu-west-1")
site = amplify.Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    on_busy="wait",
    opts=pulumi.ResourceOptions(provider=europe),
)
args = amplify.JobArgs(app_id="d1a2b3c4", branch_name=site.branch_name, on_busy=amplify.OnBusy.WAIT)
amplify.Job("next", args)
amplify.Deployment("files", app_id="d1a2b3c4", branch_name="main", source="https://example.com/a.zip")
pulumi.export("step", site.steps[0].name)

amplify.JobArgs(app_id=site.steps, branch_name="main")  # type: ignore[arg-type]
amplify.JobArgs(app_id="d1a2b3c4")  # type: ignore[call-arg]
amplify.Job("no", app_id="", branch_name="main", commit="1f3c9e2")  # type: ignore[call-overload]
"""
"""A program; on its last lines mypy must find something."""

MYPY = """
[mypy]
strict = True
[mypy-pulumi_amplify_job.*]
ignore_errors = True
"""
"""Users' type checkers do not look for faults within an installed package either."""

TYPESCRIPT_PROGRAM = """
import * as pulumi from "@pulumi/pulumi";
import * as amplify from "@pulumi/amplify-job";

const europe = new amplify.Provider("europe", { region: "eu-west-1" });
const site = new amplify.Job(
    "site",
    { appId: "d1a2b3c4", branchName: "main", onBusy: "wait" },
    { provider: europe },
);
const source = new pulumi.asset.FileArchive("./public");
new amplify.Deployment("files", { appId: site.appId, branchName: "main", source });
export const step: pulumi.Output<string> = site.steps[0].name;

// @ts-expect-error: an app id is text
new amplify.Job("no", { appId: 5, branchName: "main" });
// @ts-expect-error: a branch is required
new amplify.Job("no", { appId: "d1a2b3c4" });
// @ts-expect-error: there is no such input
new amplify.Job("no", { appId: "d1a2b3c4", branchName: "main", commit: "1f3c9e2" });
"""
"""A program; the compiler must object to its last three statements."""


def test_the_python_sdk_is_complete(sdks: SDKs) -> None:
    """Python imports the SDK, finds its classes and words, and knows its version."""
    classes = ["Job", "JobArgs", "Deployment", "DeploymentArgs", "Provider", "ProviderArgs"]
    program = f"""
import pulumi_amplify_job as sdk
from pulumi_amplify_job import _utilities, outputs
missing = [name for name in {classes} if not hasattr(sdk, name)]
print(missing, sdk.OnBusy.WAIT.value, outputs.Step.__name__, _utilities.get_version())
"""
    done = run([sys.executable, "-c", program], Path.cwd(), PYTHONPATH=str(sdks.python()))
    assert done.stdout == f"[] wait Step {version()}\n", done.stderr


def test_every_enum_of_the_schema_is_in_the_python_sdk(sdks: SDKs) -> None:
    """Each word that an input takes has a name in Python."""
    text = (sdks.python() / "pulumi_amplify_job/_enums.py").read_text()
    enums = {
        token.rpartition(":")[2]: it for token, it in schema()["types"].items() if "enum" in it
    }
    assert enums
    for name, about in enums.items():
        assert f"class {name}(" in text
        assert not [word for word in about["enum"] if f'= "{word["value"]}"' not in text]


def test_mypy_knows_the_types_of_the_python_sdk(sdks: SDKs, tmp_path: Path) -> None:
    """Programs with the SDK and all examples are well typed; wrong arguments are not."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    (tmp_path / "mypy.ini").write_text(MYPY)
    programs = [PYTHON, *examples("python")]
    files = [tmp_path / f"program{number}.py" for number in range(len(programs))]
    for file, program in zip(files, programs, strict=True):
        file.write_text(program)
    done = run([sys.executable, "-m", "mypy", *map(str, files)], tmp_path, MYPYPATH=sdks.python())
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(programs) > 4


def test_the_typescript_sdk_compiles(sdks: SDKs, tmp_path: Path) -> None:
    """Programs with the SDK and all examples compile; wrong arguments do not."""
    command = node()
    modules = typescript() / "node_modules"
    if command is None or not modules.exists():
        pytest.skip(f"there is no TypeScript compiler here: {SETUP}")
    shutil.copytree(sdks.nodejs(), tmp_path / "sdk")
    (tmp_path / "node_modules").symlink_to(modules)
    programs = [TYPESCRIPT_PROGRAM, *examples("typescript")]
    for number, program in enumerate(programs):
        (tmp_path / f"program{number}.ts").write_text(program)
    options = json.loads(re.sub(r"//.*", "", (tmp_path / "sdk/tsconfig.json").read_text()))
    options["compilerOptions"]["paths"] = {"@pulumi/amplify-job": ["./sdk/index.ts"]}
    options["files"] = [f"program{number}.ts" for number in range(len(programs))]
    (tmp_path / "tsconfig.json").write_text(json.dumps(options))
    done = run([*command, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "."], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(programs) > 4


def test_the_go_sdk_compiles(sdks: SDKs, tmp_path: Path) -> None:
    """All Go examples compile with the SDK; one with a number for an app's id does not."""
    module = go_module(sdks, tmp_path)
    programs = list(examples("go"))
    assert len(programs) > 3
    wrong = programs[0].replace('pulumi.String("d1a2b3c4")', "5")
    assert wrong != programs[0]
    # One package of all examples compiles in a fraction of the time that one for each takes.
    mains = [
        program.replace("func main()", f"func main{n}()") for n, program in enumerate(programs)
    ]
    write_package(module / "examples", [*mains, "package main\n\nfunc main() {}\n"])
    write_package(module / "wrong", [wrong])
    done = compile_go(module, "./amplifyjob/...", "./examples")
    assert done.returncode == 0, done.stderr
    assert "cannot use 5" in compile_go(module, "./wrong").stderr


def test_the_lock_of_typescript_names_no_server() -> None:
    """What set-up installs for TypeScript comes from the registry that the user has set."""
    packages = json.loads((TYPESCRIPT / "package-lock.json").read_text())["packages"]
    installed = [about for name, about in packages.items() if name]
    assert installed
    assert not [about for about in installed if "resolved" in about or "integrity" not in about]


def go_module(sdks: SDKs, folder: Path) -> Path:
    """The SDK's module with the versions of our own go.mod, so that nothing is downloaded."""
    if find_go() is None:
        pytest.skip(f"there is no Go here: {SETUP}")
    module = folder / "module"
    shutil.copytree(sdks.go(), module)
    name = re.search(r"^module .*$", (module / "go.mod").read_text(), re.MULTILINE)
    assert name
    ours = (GO_MODULE / "go.mod").read_text()
    (module / "go.mod").write_text(re.sub(r"^module .*$", name[0], ours, flags=re.MULTILINE))
    shutil.copyfile(GO_MODULE / "go.sum", module / "go.sum")
    return module


def write_package(folder: Path, files: list[str]) -> None:
    """Make a Go package of these files."""
    folder.mkdir()
    for number, text in enumerate(files):
        (folder / f"file{number}.go").write_text(text)


def compile_go(module: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Compile packages of a Go module, which `go list -export` does without linking them."""
    command = [str(find_go()), "list", "-mod=mod", "-export", "-f", "{{.ImportPath}}", *packages]
    done = run(command, module, GOPROXY="off")
    if "module lookup disabled" in done.stderr:
        pytest.skip(f"Pulumi's SDK for Go is not on this machine: {SETUP}")
    return done


def run(command: list[str], folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """What a command has answered in a folder, with these variables in its environment."""
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
