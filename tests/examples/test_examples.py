"""Each example does what its README says: on the real engine where its providers can be had."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import boto3
import pytest
from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack, clean_environment, pulumi
from tests.native.sdks import SDKs
from tools.go_programs import required

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = sorted(EXAMPLES.glob("aws-*"))
APP = "d1a2b3c4"
#: Where the engine finds the plugin: in the tests' own environment.
PLUGINS: Final = {"providers": [{"name": "amplify-job", "path": f"{sys.prefix}/bin"}]}
#: Packages in whose place another one is used here.
STAND_INS = Path(__file__).parent / "stand_ins"
#: An app in another region.
OTHER_APP = "d5e6f7a8"
#: What a person answers to `pulumi new`.
ANSWERS: Final = {
    "appId": APP,
    "otherAppId": OTHER_APP,
    "branchName": "main",
    "firstRegion": "us-east-1",
    "aws:region": "us-east-1",
    "amplify-job:region": "us-east-1",
    "repository": "https://example.com/shop",
    "accessToken": "token",
    "apiUrl": "https://api.example.com",
}
#: A person at the prompt, who runs the printed commands: answers what is asked, says yes. `pulumi
#: new` would install the package from an index, and `pulumi package add` the plugin; here the tests'
#: own environment has both, also where the person has installed it before. No Python program is
#: written after an import: the stand-in for the host cannot do that.
PERSON = """\
#!/bin/sh
set -e
case "$1" in
new)
    for each; do [ "$before" != --dir ] || folder="$each"; before="$each"; done
    case "$*" in *--force*) mkdir "$folder"; ln -s "$VENV" "$folder/.venv" ;; esac
    "$PULUMI" "$@" --generate-only --yes
    case "$*" in *--generate-only*) exit ;; esac
    cd "$folder"
    ln -s "$VENV" .venv
    "$PULUMI" stack init dev
    "$PULUMI" config set-all $ANSWERS ;;
package) echo 'plugins: {providers: [{name: amplify-job, path: .venv/bin}]}' >> Pulumi.yaml ;;
import) exec "$PULUMI" "$@" --yes --skip-preview --generate-code=false --non-interactive ;;
up) exec "$PULUMI" "$@" --yes --skip-preview --non-interactive ;;
*) exec "$PULUMI" "$@" --non-interactive ;;
esac
"""
#: README -> the types of the jobs that its commands start, in order.
STARTED: Final = {
    "README.md": ["RELEASE"],
    "examples/aws-py-app-and-release/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-automation-service/README.md": [],
    "examples/aws-py-first-release/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-fleet/README.md": ["RELEASE", "RELEASE", "RELEASE"],
    "examples/aws-py-many-branches/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-monorepo/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-native/README.md": ["RELEASE"],
    "examples/aws-py-promotion/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-pull-request-previews/README.md": ["RELEASE"],
    "examples/aws-py-regions/README.md": ["RELEASE", "RELEASE"],
    "examples/aws-py-rollback/README.md": ["RELEASE", "RETRY", "RELEASE"],
    "examples/aws-py-static-site/README.md": ["MANUAL", "MANUAL"],
    "examples/aws-yaml-first-release/README.md": ["RELEASE"],
}
#: READMEs that need a language host which a Pulumi built here does not have; their programs are
#: compiled in tests/native.
ELSEWHERE: Final = {f"examples/aws-{name}-first-release/README.md" for name in ("go", "ts")}
#: A language -> the file with the program, and how it reads a setting that is required, or any.
LANGUAGES: Final = {
    "py": ("__main__.py", r'config\.require(?:_secret)?\("(\w+)"\)', r'config\.\w+\("(\w+)"\)'),
    "ts": ("index.ts", r'config\.require\("(\w+)"\)', r'config\.\w+\("(\w+)"\)'),
    "go": ("main.go", r'settings\.Require\("(\w+)"\)', r'settings\.\w+\("(\w+)"\)'),
    "yaml": ("Pulumi.yaml", r"\n  (\w+):\n    type: string\n(?!    default:)", r"\$\{(\w+)\}"),
}


def named(path: Path) -> str:
    return "top" if path == ROOT else path.name


@pytest.fixture
def emulator() -> Iterator[Server]:
    """An emulator with the app that the READMEs name."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main", "production", "tenant/blue", "tenant/green"])
        server.control.create_app(OTHER_APP, ["main"], region="eu-west-1")
        server.control.default_plan(Plan.instant())
        yield server


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the SDK for Python, for PYTHONPATH."""
    return SDKs(tmp_path_factory.mktemp("sdks")).python()


@pytest.fixture
def example(
    emulator: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Stack]]:
    """Makes a stack of an example's program."""
    stacks: list[Stack] = []

    def make(name: str) -> Stack:
        folder = EXAMPLES / name
        path = [STAND_INS]
        if name == "aws-py-native":
            path.append(request.getfixturevalue("sdk"))
        environment = {"PYTHONPATH": os.pathsep.join(map(str, path))}
        stack = Stack(tmp_path, emulator_url=emulator.url, project=name, environment=environment)
        stacks.append(stack)
        about = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
        if name == "aws-py-native":
            about += f"plugins: {json.dumps(PLUGINS)}\n"
        if "amplify-job" in about:
            for found, put in {
                "${PROJECT}": name,
                "${DESCRIPTION}": "made by a test",
                " .venv": f" {sys.prefix}",
            }.items():
                about = about.replace(found, put)
            (stack.cwd / "Pulumi.yaml").write_text(about, encoding="utf-8")
        if (folder / "__main__.py").exists():
            stack.write((folder / "__main__.py").read_text(encoding="utf-8"))
        if (folder / "public").exists():
            shutil.copytree(folder / "public", stack.cwd / "public")
        return stack

    yield make
    for stack in stacks:
        stack.close()


def language(folder: Path) -> str:
    """The language of an example, as its name has it."""
    return "py" if folder == ROOT else folder.name.split("-")[1]


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_example_is_complete(folder: Path) -> None:
    """An example is a template: each project made of it has a name of its own."""
    about = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
    assert about.startswith("name: ${PROJECT}\ndescription: ${DESCRIPTION}\n")
    ignored = (folder / ".gitignore").read_text(encoding="utf-8")
    assert (folder / "README.md").exists()
    assert (folder / LANGUAGES[language(folder)][0]).exists()
    if language(folder) in ("py", "yaml"):
        assert ".venv/\n" in ignored
    if language(folder) == "py":
        wanted = "pulumi>=" if folder.name.endswith("-native") else "amplify-job-resource"
        assert wanted in (folder / "requirements.txt").read_text(encoding="utf-8")


def test_what_a_template_takes_along_is_complete() -> None:
    """`pulumi new` copies a README, not what lies beside its folder; each has a project of its own."""
    projects = []
    for page in EXAMPLES.glob("aws-*/README.md"):
        text = page.read_text(encoding="utf-8")
        assert "](../" not in text, f"{page.parent.name} has a link that is dead in a copy"
        projects += re.findall(r" --dir (\S+)", text)
    assert len(set(projects)) == len(projects) == len(FOLDERS)


def test_the_go_example_asks_for_what_pulumi_asks_for() -> None:
    """Pulumi's SDK says which Go it needs at least; an example may not promise an older one."""
    example, built = EXAMPLES / "aws-go-first-release", ROOT / "tools" / "pulumi-cli"
    for what in ("go", "github.com/pulumi/pulumi/sdk/v3"):
        assert required(example, what) == required(built, what)


def commands(page: str) -> list[str]:
    """The lines for a shell that a page prints, without those that build or install something."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    installs = re.compile(r"(make|pip|\S+/bin/pip|python3 -m venv) ")
    return [line for line in "".join(blocks).splitlines() if not installs.match(line)]


def test_each_readme_with_a_template_is_followed() -> None:
    """A page that prints `pulumi new` is one whose commands are run, where there is a host."""
    pages = (path.relative_to(ROOT) for path in [ROOT / "README.md", *EXAMPLES.rglob("README.md")])
    printed = {str(page) for page in pages if "pulumi new" in "".join(commands(str(page)))}
    assert printed == set(STARTED) | ELSEWHERE


@pytest.mark.engine
@pytest.mark.parametrize("page", STARTED)
def test_a_readme_can_be_followed(
    page: str, emulator: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The printed commands, run as they are by a reader in the checkout, do what they say."""
    home, person = tmp_path / "home", tmp_path / "bin" / "pulumi"
    path = [STAND_INS]
    if "pulumi package add" in "".join(commands(page)):
        path.append(request.getfixturevalue("sdk"))
    environment = {
        **clean_environment(tmp_path),
        "AWS_ENDPOINT_URL_AMPLIFY": emulator.url,
        "AWS_ENDPOINT_URL_STS": emulator.url,
        "ANSWERS": " ".join(f"--plaintext={name}={value}" for name, value in ANSWERS.items()),
        "PULUMI": pulumi(),
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "VENV": sys.prefix,
    }
    environment["PATH"] = f"{person.parent}{os.pathsep}{environment['PATH']}"
    for folder in (home / "website", person.parent, tmp_path / "state"):
        folder.mkdir(parents=True)
    person.write_text(PERSON, encoding="utf-8")
    person.chmod(0o755)
    commit = checkout(home / "website")
    # A push was built: that is the job to which the rollback goes back.
    emulator.control.plan(APP, "main", Plan(skip_ids=40))
    emulator.control.push(APP, "main", commit)
    emulator.control.advance(3600)

    done = subprocess.run(
        ["bash", "-eux", "-c", "\n".join(commands(page))],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert started(emulator) == STARTED[page]
    if "pulumi destroy" in "".join(commands(page)):
        assert changes(emulator) == ["CreateBranch", "StartJob", "DeleteBranch"]
    (project,) = (path.parent for path in home.glob("*/Pulumi.yaml"))
    about = (project / "Pulumi.yaml").read_text(encoding="utf-8")
    assert about.startswith(f"name: {project.name}\n")
    made = about + (project / "README.md").read_text(encoding="utf-8")
    assert "${PROJECT}" not in made
    assert "${DESCRIPTION}" not in made
    assert "\ntemplate:" not in about
    assert (project / ".gitignore").exists()
    if "rev-parse" in (ROOT / page).read_text(encoding="utf-8"):
        assert re.search(rf"\brelease \w+/main: .*{commit[:7]}", done.stdout), done.stdout


def started(emulator: Server) -> list[str]:
    """The types of the jobs that calls have started: AWS calls a deployment of files MANUAL."""
    calls = emulator.control.calls()
    return [
        call["body"].get("jobType", "MANUAL")
        for call in calls
        if call["operation"] in ("StartJob", "StartDeployment")
    ]


def checkout(folder: Path) -> str:
    """Make a git checkout with one commit, of a monorepo; its sha."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for name in ("apps/docs", "apps/web", "packages"):
        (folder / name).mkdir(parents=True)
        (folder / name / "package.json").write_text("{}")
    subprocess.run([*git, "add", "."], check=True)
    commit = ["commit", "--quiet", "--no-gpg-sign", "--message", "Begin"]
    subprocess.run([*git, *commit], check=True)
    return subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.engine
def test_pulumi_new_makes_a_project_of_the_repository(tmp_path: Path) -> None:
    """`pulumi new` takes the top as a template: a project of the given name, ready to be set."""
    source, made = tmp_path / "source", tmp_path / "made"
    source.mkdir()
    for name in ("Pulumi.yaml", "__main__.py", "requirements.txt"):
        shutil.copy(ROOT / name, source)
    stack = Stack(tmp_path / "stack")
    new = ["new", str(source), "--generate-only", "--yes", "--dir", str(made), "--name", "shop"]
    stack.pulumi(*new).ok()
    about = (made / "Pulumi.yaml").read_text(encoding="utf-8")
    assert about.startswith("name: shop\n")
    assert "\ntemplate:" not in about
    assert (made / "__main__.py").read_text() == (ROOT / "__main__.py").read_text()


@pytest.mark.parametrize("folder", [ROOT, *FOLDERS], ids=named)
def test_a_template_asks_for_what_the_program_reads(folder: Path) -> None:
    """Each setting that is described is read, and each that is required is described."""
    about = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
    settings = about.partition("\ntemplate:")[2].partition("\nconfig:")[0]
    asked = set(re.findall(r"^    ([\w:-]+):$", settings, re.MULTILINE))
    file, requires, reads = LANGUAGES[language(folder)]
    program = (folder / file).read_text(encoding="utf-8")
    required, read = (set(re.findall(pattern, program)) for pattern in (requires, reads))
    assert read, f"{file} reads no setting"
    assert required <= asked <= read | {"aws:region", "amplify-job:region"}


@pytest.mark.engine
def test_first_release(example: Callable[[str], Stack]) -> None:
    """The existing app is released and the exports tell which job did it."""
    stack = example("aws-py-first-release")
    stack.up(config={"appId": APP, "commitId": "1f3c9e2"}).ok()
    outputs = stack.outputs()
    assert (outputs["job"], outputs["status"]) == ("1", "SUCCEED")
    assert outputs["url"] == f"https://main.{APP}.amplifyapp.com"
    assert outputs["console"].endswith(f"/amplify/apps/{APP}/branches/main/deployments")


@pytest.mark.engine
def test_yaml_first_release(example: Callable[[str], Stack], emulator: Server) -> None:
    """The program in YAML does the same, and a new commit is the next release."""
    stack = example("aws-yaml-first-release")
    stack.up(config={"appId": APP, "commitId": "1f3c9e2"}).ok()
    outputs = stack.outputs()
    assert (outputs["job"], outputs["status"]) == ("1", "SUCCEED")
    assert outputs["url"] == f"https://main.{APP}.amplifyapp.com"
    pending = stack.preview(config={"commitId": "8b02d4a"}).ok()
    assert f"release {APP}/main: 1f3c9e2 -> 8b02d4a" in pending.text
    assert len(emulator.control.calls("StartJob")) == 1


@pytest.mark.engine
def test_native(example: Callable[[str], Stack], emulator: Server) -> None:
    """The imported job is not built again; the other app is released in its provider's region."""
    emulator.control.push(APP, "main", "a" * 40)
    stack = example("aws-py-native")
    stack.config_set("amplify-job:region", "us-east-1")
    job = ("amplify-job:index:Job", "home", f"{APP}/main/1")
    stack.pulumi("import", "--stack=dev", "--yes", "--generate-code=false", *job).ok()
    settings = {"appId": APP, "otherAppId": OTHER_APP, "commitId": "a" * 40}
    run = stack.up(config=settings).ok()
    assert run.steps("home")[-1] == "same"
    (home,) = (made for made in stack.state()["resources"] if made["urn"].endswith("::home"))
    assert (home["id"], home.get("protect", False)) == (f"{APP}/main/1", False)
    assert [arn.split(":")[3] for arn in stack.outputs()["jobs"]] == ["us-east-1", "eu-west-1"]
    (call,) = emulator.control.calls("StartJob")
    assert (call["app_id"], call["region"]) == (OTHER_APP, "eu-west-1")


@pytest.mark.engine
def test_many_branches(example: Callable[[str], Stack], emulator: Server) -> None:
    """Each tenant has its job; a new commit of one releases that one alone."""
    stack = example("aws-py-many-branches")
    stack.config_set("tenants.blue", "1f3c9e2", path=True)
    stack.config_set("tenants.green", "8b02d4a", path=True)
    stack.up(config={"appId": APP}).ok()
    assert stack.outputs()["jobs"] == {"blue": "1", "green": "1"}
    stack.config_set("tenants.green", "9c13e5b", path=True)
    stack.up().ok()
    assert stack.outputs()["jobs"] == {"blue": "1", "green": "2"}
    assert len(emulator.control.calls("StartJob")) == 3


@pytest.mark.engine
def test_of_many_branches_one_may_fail(example: Callable[[str], Stack], emulator: Server) -> None:
    """One that fails does not stop another that is building; the next `up` releases it alone."""
    quick = Plan(pending=0, provisioning=0, build=0, deploy=0, verify=0)
    emulator.control.plan(APP, "tenant/blue", replace(quick, build=4.0))
    emulator.control.plan(APP, "tenant/green", replace(quick, build=0.5, outcome="FAILED"))
    stack = example("aws-py-many-branches")
    stack.config_set("tenants.blue", "1234567", path=True)
    stack.config_set("tenants.green", "8b02d4a", path=True)
    stack.up(config={"appId": APP}).failed()
    assert stack.job("blue")["outputs"]["status"] == "SUCCEED"
    assert stack.job("green")["outputs"]["status"] == "FAILED"
    again = stack.up().ok()
    assert (again.steps("blue"), "replace" in again.steps("green")) == (["same"], True)


@pytest.mark.engine
def test_rollback(example: Callable[[str], Stack], emulator: Server) -> None:
    """The named job is run again, with its commit."""
    emulator.control.push(APP, "main", "a" * 40)
    stack = example("aws-py-rollback")
    stack.up(config={"appId": APP, "goodJob": "1"}).ok()
    assert stack.outputs()["built"] == "a" * 40


@pytest.fixture
def shop(example: Callable[[str], Stack]) -> Stack:
    """App, branch and release, all made by `pulumi up`."""
    stack = example("aws-py-app-and-release")
    stack.up(config=ANSWERS).ok()
    assert stack.outputs()["url"] == f"https://main.{app_of(stack)}.amplifyapp.com"
    return stack


def resource(stack: Stack, type_: str) -> dict[str, str]:
    """The stack's only resource of a type."""
    (found,) = (made for made in stack.state()["resources"] if made["type"].endswith(f":{type_}"))
    return {"id": found["id"], "urn": found["urn"]}


def app_of(stack: Stack) -> str:
    return resource(stack, "App")["id"]


def changes(emulator: Server) -> list[str]:
    """The calls so far that changed something."""
    return [
        call["operation"]
        for call in emulator.control.calls()
        if not call["operation"].startswith(("Get", "List"))
    ]


@pytest.mark.engine
def test_app_and_release(shop: Stack, emulator: Server) -> None:
    """A changed variable updates the branch, then builds it; the preview names it, not its value."""
    assert changes(emulator) == ["CreateApp", "CreateBranch", "StartJob"]
    emulator.control.clear_calls()
    run = shop.up(config={"apiUrl": "https://api2.example.com"}).ok()
    assert changes(emulator) == ["UpdateBranch", "StartJob"]
    assert f"release {app_of(shop)}/main: trigger API_URL changed" in run.lines("shop")


@pytest.mark.engine
def test_a_new_branch_is_released(shop: Stack, emulator: Server) -> None:
    """When the stack replaces the branch, alone or with its app, the new one is built."""
    for replaced, made in {
        "Branch": ["DeleteBranch", "CreateBranch", "StartJob"],
        "App": ["CreateApp", "DeleteBranch", "CreateBranch", "StartJob", "DeleteApp"],
    }.items():
        emulator.control.clear_calls()
        shop.up("--replace", resource(shop, replaced)["urn"]).ok()
        assert changes(emulator) == made
    assert shop.job("shop")["id"] == f"{app_of(shop)}/main/1"


@pytest.mark.engine
def test_a_branch_that_others_delete_is_released_after_a_refresh(
    shop: Stack, emulator: Server
) -> None:
    """Whether they make it again or not; without a refresh, Pulumi does not notice."""
    emulator.control.delete_branch(app_of(shop), "main")
    assert shop.up().ok().steps("shop")[-1] == "same"
    emulator.control.clear_calls()
    shop.up("--refresh").ok()
    assert changes(emulator) == ["CreateBranch", "StartJob"]
    emulator.control.delete_branch(app_of(shop), "main")
    amplify = boto3.client(
        "amplify",
        region_name="us-east-1",
        endpoint_url=emulator.url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    amplify.create_branch(appId=app_of(shop), branchName="main")
    emulator.control.clear_calls()
    shop.up("--refresh").ok()
    assert changes(emulator) == ["StartJob"]


@pytest.mark.engine
def test_static_site(example: Callable[[str], Stack], emulator: Server) -> None:
    """App, branch and files are made by one `up`; a changed file is the next deployment, and alone."""
    stack = example("aws-py-static-site")
    stack.up().ok()
    app = app_of(stack)
    assert stack.outputs() == {"job": "1", "files": 2, "url": f"https://main.{app}.amplifyapp.com"}
    begun = ["CreateDeployment", "PutUpload", "StartDeployment"]
    assert changes(emulator) == ["CreateApp", "CreateBranch", *begun]
    (stack.cwd / "public" / "index.html").write_text("<h1>Hello</h1>")
    (stack.cwd / "public" / "style.css.map").write_text("{}")
    emulator.control.clear_calls()
    run = stack.up().ok()
    assert changes(emulator) == begun
    assert any(f"deploy {app}/main: 1 changed of 2 files" in line for line in run.lines("site"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(emulator.control.site(app)) as answer:
        assert answer.read() == b"<h1>Hello</h1>"
