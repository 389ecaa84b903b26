"""`Job` as a program declares it, on Pulumi's mocks."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job, JobArgs
from amplify_job_resource._inputs.digests import text_digest, tree_digest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Row
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource.resource import _digested
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

TOKEN = "pulumi-python:dynamic/amplify:Job"
REPORTED = {
    "jobId": "42",
    "jobArn": "arn:aws:amplify:eu-west-1:1:apps/d1a2/branches/main/jobs/0000000042",
    "status": "SUCCEED",
    "reportedCommitId": "HEAD",
    "startTime": "2026-11-25T12:00:00Z",
    "endTime": "2026-11-25T12:01:30Z",
    "durationSeconds": 90.0,
    "steps": [{"name": "BUILD", "status": "FAILED", "startTime": "x", "statusReason": "y"}],
    "consoleUrl": "https://example.com",
    "adopted": False,
}
DEFAULTS = {"jobType": "RELEASE", "onBusy": "wait", "waitForCompletion": True}


class Engine(Mocks):
    """Answers as the provider would, and keeps what was declared."""

    def __init__(self) -> None:
        self.declared: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.declared.append(args)
        id_ = args.resource_id or f"d1a2/main/{len(self.declared)}"
        return id_, {**DEFAULTS, **args.inputs, **REPORTED}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called")


Run = Callable[[Callable[[], Any]], list[dict[str, Any]]]


@pytest.fixture
def engine() -> Engine:
    """The mocked engine."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")
    return engine


@pytest.fixture
def run(engine: Engine) -> Run:
    """Runs a program; the inputs of each declared resource, by name, without the pickled provider.

    Resources are declared in whichever order they are ready.
    """

    def run(program: Callable[[], Any]) -> list[dict[str, Any]]:
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
        return [
            {key: value for key, value in declared.inputs.items() if key != "__provider"}
            for declared in sorted(engine.declared, key=lambda declared: declared.name)
        ]

    return run


GOOD: dict[str, Any] = {"app_id": "d1a2", "branch_name": "main"}
STATE = {"appId": "d1a2", "branchName": "main"}


def test_every_declared_output_is_an_attribute(run: Run) -> None:
    """Each annotated output exists, has the value under its key in state, and is no input alone."""
    declared = inspect.get_annotations(Job)
    assert set(declared) == {*JOB_INPUTS.keys, *OUTPUTS}
    seen: dict[str, Any] = {}

    def program() -> Any:
        job = Job("site", **GOOD, commit_id="1f3c9e2", triggers={"a": 1})
        outputs = {name: getattr(job, name) for name in declared}
        assert all(isinstance(output, pulumi.Output) for output in outputs.values())
        return pulumi.Output.all(**outputs).apply(seen.update)

    run(program)
    keys = {**JOB_INPUTS.keys, **OUTPUTS}
    state = {**DEFAULTS, **STATE, **REPORTED, "commitId": "1f3c9e2", "triggers": {"a": 1}}
    step = {"name": "BUILD", "status": "FAILED", "start_time": "x", "status_reason": "y"}
    state["steps"] = [step]
    assert seen == {name: state.get(keys[name]) for name in declared}


def test_the_inputs_travel_under_awss_names(run: Run) -> None:
    """Keywords in Python's spelling are StartJob's in state; what is not given does not travel."""
    given: dict[str, Any] = {
        **GOOD,
        "job_type": "RETRY",
        "commit_id": "1f3c9e2",
        "commit_message": "m",
        "commit_time": "2026-11-25T12:00:00Z",
        "job_reason": "r",
        "source_job_id": "3",
        "triggers": {"on_busy": 1, "app_id": {"b": 2}},
        "wait_for_completion": False,
        "on_busy": "fail",
        "allow_failure": False,
        "verify_commit": True,
        "skip_if_built": True,
        "lookahead": True,
        "region": "eu-west-1",
        "profile": "ci",
    }
    assert set(given) == set(JOB_INPUTS.keys)
    first, second = run(lambda: (Job("all", **given), Job("few", **GOOD)))
    assert {key for key in first if key != "triggers"} == set(JOB_INPUTS.keys.values()) - {
        "triggers"
    }
    assert {
        JOB_INPUTS.keys[name]: value for name, value in given.items() if name != "triggers"
    } == {key: value for key, value in first.items() if key != "triggers"}
    assert second == STATE


def test_the_keys_of_triggers_stay_as_they_are(run: Run) -> None:
    """The names inside a user's map are the user's, even where one looks like an input of ours."""
    triggers = {"commit_sha": 1, "env": {"MY_VAR": "x"}}
    (inputs,) = run(lambda: Job("site", **GOOD, triggers=triggers))
    assert inputs["triggers"] == triggers


def test_the_token_is_the_same_for_subclasses(engine: Engine, run: Run) -> None:
    """A subclass is the same kind of resource in everybody's state; another token is refused."""

    class Site(Job):
        pass

    class Other(Site):
        pass

    with pytest.raises(TypeError):
        type("Mine", (Job,), {}, module="mine", name="Mine")

    run(lambda: [cls(cls.__name__, **GOOD) for cls in (Job, Site, Other)])
    assert [declared.typ for declared in engine.declared] == [TOKEN] * 3


def test_args_and_keywords_go_together(run: Run) -> None:
    """All inputs may come in one object; a keyword wins over it."""
    args = JobArgs(**GOOD, commit_id="1f3c9e2", on_busy="fail", allow_failure=True)
    before = copy.copy(args)
    (inputs,) = run(lambda: Job("site", args, on_busy="stop", allow_failure=False))
    assert inputs == {**STATE, "commitId": "1f3c9e2", "onBusy": "stop", "allowFailure": False}
    assert args == before


def test_the_callers_objects_stay_as_they_are(run: Run) -> None:
    """The SDK writes into what it is given; a map of the user's is not what it is given."""
    triggers = {"a": [1, {"b": 2}]}
    keywords = {**GOOD, "triggers": triggers}
    before = copy.deepcopy(keywords)
    run(lambda: Job("site", **keywords))
    assert keywords == before


def test_job_args_are_the_keywords() -> None:
    """`JobArgs` and the constructor take the same inputs, each described."""
    names = [field.name for field in fields(JobArgs)]
    keywords = inspect.signature(Job).parameters
    assert names == list(JOB_INPUTS.keys)
    assert [
        name for name in keywords if keywords[name].kind is inspect.Parameter.KEYWORD_ONLY
    ] == names
    for name in names:
        assert f"\n    {name}: " in (inspect.getdoc(JobArgs) or "")


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_every_input_is_in_the_face(row: Row) -> None:
    """An input is a keyword of `Job`, a field of `JobArgs`, and an output that type checkers know."""
    assert row.name in inspect.signature(Job).parameters
    assert row.name in {field.name for field in fields(JobArgs)}
    assert row.name in inspect.get_annotations(Job)
    assert f"{row.name}: See `JobArgs`" in (inspect.getdoc(Job.__init__) or "")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 11, 25, 12, tzinfo=timezone.utc), "2026-11-25T12:00:00Z"),
        (
            datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-25T10:00:00Z",
        ),
        ("2026-11-25T14:00:00+02:00", "2026-11-25T14:00:00+02:00"),
        (1_795_608_000, 1_795_608_000),
    ],
)
def test_a_commit_time_may_be_a_datetime(run: Run, time: Any, text: Any) -> None:
    """A `datetime` with a zone becomes text, plain or from an output; other forms travel as given."""
    plain, output = run(
        lambda: (
            Job("plain", **GOOD, commit_time=time),
            Job("output", **GOOD, commit_time=pulumi.Output.from_input(time)),
        )
    )
    assert plain["commitTime"] == output["commitTime"] == text


def test_a_datetime_without_a_zone_is_refused_at_once(run: Run) -> None:
    """The line of the program that makes the mistake is the one that raises."""
    naive = datetime(2026, 11, 25, 12)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="no time zone"):
        run(lambda: Job("site", **GOOD, commit_time=naive))


def test_a_commit_may_be_an_output(run: Run) -> None:
    """An output that is no secret travels as its value, and hides nothing."""
    (inputs,) = run(lambda: Job("site", **GOOD, commit_id=pulumi.Output.from_input("1f3c9e2")))
    assert inputs == {**STATE, "commitId": "1f3c9e2"}


def test_a_secret_commit_is_named_as_one(run: Run) -> None:
    """A secret commit is named, and the key of what AWS reports of it goes along, as a secret."""
    (inputs,) = run(lambda: Job("site", **GOOD, commit_id=pulumi.Output.secret("1f3c9e2")))
    secrets = {key for key, value in inputs.items() if rpc.is_rpc_secret(value)}
    assert secrets == {"commitId", "reportedCommitId"}
    assert {key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()} == {
        **STATE,
        "commitId": "1f3c9e2",
        "reportedCommitId": "",
        SECRET_INPUTS: ["commitId"],
    }


HELLO = text_digest("hello")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's folder, with a file and a folder in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "b.txt").write_text("hello")
    return tmp_path


def an_unknown() -> pulumi.Output[Any]:
    """An output that is not known yet."""

    async def later(known: Any) -> Any:
        return known

    return pulumi.Output(set(), later(None), later(False))


async def later(value: Any) -> Any:
    """A value that has to be awaited."""
    return value


@pytest.mark.parametrize(
    ("asset", "digest"),
    [
        (lambda: pulumi.FileAsset("a.txt"), HELLO),
        (lambda: pulumi.FileAsset(Path("a.txt").absolute()), HELLO),
        (lambda: pulumi.StringAsset("hello"), HELLO),
        (lambda: pulumi.FileArchive("a.txt"), HELLO),
        (lambda: pulumi.FileArchive("pages"), tree_digest({"b.txt": HELLO})),
        (
            lambda: pulumi.AssetArchive(
                {"x": pulumi.StringAsset("hello"), "d": pulumi.FileArchive("pages")}
            ),
            tree_digest({"d": tree_digest({"b.txt": HELLO}), "x": HELLO}),
        ),
    ],
)
def test_an_asset_travels_as_its_digest(
    run: Run, files: Path, asset: Callable[[], Any], digest: str
) -> None:
    """Wherever an asset stands in the triggers, and however it comes, its content is recorded."""

    def program() -> None:
        Job("1", **GOOD, triggers={"a": asset(), "b": [1, (asset(), {"c": asset()})]})
        Job("2", JobArgs(**GOOD, triggers=[asset()]))
        Job("3", **GOOD, triggers=pulumi.Output.from_input({"a": [asset()]}))
        Job("4", **GOOD, triggers={"a": pulumi.Output.from_input(asset()), "b": later(asset())})
        nested = pulumi.Output.from_input(1).apply(lambda _: {"b": pulumi.Output.all(asset())})
        Job("5", **GOOD, triggers={"a": nested})

    assert [inputs["triggers"] for inputs in run(program)] == [
        {"a": digest, "b": [1, [digest, {"c": digest}]]},
        [digest],
        {"a": [digest]},
        {"a": digest, "b": digest},
        {"a": {"b": [digest]}},
    ]


def test_a_secret_asset_travels_as_a_secret(run: Run, files: Path) -> None:
    """Of a secret file not even the digest is shown."""
    secret = pulumi.Output.secret
    first, second = run(
        lambda: (
            Job("1", **GOOD, triggers=secret({"a": pulumi.FileAsset("a.txt")})),
            Job("2", **GOOD, triggers={"a": secret(pulumi.FileAsset("a.txt")), "b": 1}),
        )
    )
    # The mocks make the whole map a secret if a part is one.
    assert rpc.is_rpc_secret(first["triggers"])
    assert rpc.unwrap_rpc_secret(first["triggers"]) == {"a": HELLO}
    assert rpc.is_rpc_secret(second["triggers"])
    assert rpc.unwrap_rpc_secret(second["triggers"]) == {"a": HELLO, "b": 1}


def test_an_unknown_trigger_stays_unknown(run: Run, files: Path) -> None:
    """What is known later is digested later, and its neighbours are known now."""

    async def sent(triggers: Any) -> Any:
        return await rpc.serialize_property(_digested(triggers, "triggers"), [], None)

    async def program() -> None:
        file = pulumi.FileAsset("a.txt")
        assert await sent({"a": an_unknown(), "b": file}) == {"a": rpc.UNKNOWN, "b": HELLO}
        assert await sent(an_unknown()) == rpc.UNKNOWN

    run(program)


@pytest.mark.parametrize(
    ("asset", "message"),
    [
        (pulumi.FileAsset("no.txt"), "cannot read no.txt: No such file or directory."),
        (pulumi.FileArchive("no"), "cannot read no: No such file or directory."),
        (pulumi.FileAsset("pages"), "cannot read pages: it is not a file; a folder is given as"),
        (pulumi.RemoteAsset("https://example.com"), "the content of a RemoteAsset is elsewhere"),
        (pulumi.RemoteArchive("file:///a.zip"), "the content of a RemoteArchive is elsewhere"),
    ],
)
def test_an_asset_without_content_is_an_error_of_the_program(
    run: Run, files: Path, asset: Any, message: str
) -> None:
    """The error names resource, trigger and path, and what to do, but no URL: it may be signed."""
    archive = pulumi.AssetArchive({"x": asset})
    places: dict[str, Any] = {"['a'][1]": {"a": [1, asset]}, "['a']['x']": {"a": archive}}

    def program() -> None:
        for place, triggers in places.items():
            with pytest.raises(pulumi.RunError) as caught:
                Job("site", **GOOD, triggers=triggers)
            said = str(caught.value)
            assert said.startswith(f"site: triggers{place}: {message}")
            assert "example.com" not in said
            assert said.endswith((f"relative paths begin at {files}.", "or a FileAsset of a copy."))

    run(program)


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_each_secret_input_is_named_as_one(run: Run, row: Row) -> None:
    """Whichever input is a secret, its key is told; outputs that hold it come as secrets, too."""
    value: Any = {"a": 1} if row.key == "triggers" else "d1a2"
    given = {**GOOD, "region": "eu-west-1", row.name: pulumi.Output.secret(value)}
    (inputs,) = run(lambda: Job("site", **given))
    assert inputs[SECRET_INPUTS] == [row.key]
    secrets = {key for key, value in inputs.items() if rpc.is_rpc_secret(value)}
    in_links = {"appId", "branchName", "region"}
    holding = {"jobArn", "consoleUrl"} if row.key in in_links else set()
    holding |= {"reportedCommitId"} if row.key == "commitId" else set()
    assert secrets == {row.key, *holding}


def test_secret_inputs_are_named_in_the_order_of_their_rows(run: Run) -> None:
    """The list is the same however the program is written; outputs that are no secrets are left out."""
    secret = pulumi.Output.secret("d1a2")
    plain = pulumi.Output.from_input("main")
    first, second = run(
        lambda: (
            Job("first", profile=secret, branch_name=plain, app_id=secret),
            Job("second", app_id=secret, branch_name=plain, profile=secret),
        )
    )
    assert first[SECRET_INPUTS] == second[SECRET_INPUTS] == ["appId", "profile"]


def test_a_secret_value_within_triggers_leaves_its_name(run: Run) -> None:
    """Only a map that is a secret as a whole is named as one: else previews tell which key changed."""
    triggers = {"key": pulumi.Output.secret("value"), "other": 1}
    (inputs,) = run(lambda: Job("site", **GOOD, triggers=triggers))
    assert SECRET_INPUTS not in inputs
    # The mocks make a secret of all that holds one; the engine keeps the value alone as one.
    assert rpc.unwrap_rpc_secret(inputs["triggers"]) == {"key": "value", "other": 1}


def test_a_secret_time_without_a_zone_is_refused_without_it(run: Run) -> None:
    """The error of the program does not show the time."""
    naive = pulumi.Output.secret(datetime(1999, 11, 25, 12))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="commit_time has no time zone") as caught:
        run(lambda: Job("site", **GOOD, commit_time=naive))
    assert "1999" not in str(caught.value)


def test_options_may_come_second(engine: Engine, run: Run) -> None:
    """`Job("site", opts, ...)` and `Job("site", opts=opts, ...)` mean the same."""
    seen: list[str] = []

    def program() -> Any:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        opts = pulumi.ResourceOptions(parent=parent)
        jobs = [Job("one", opts, **GOOD), Job("two", opts=opts, **GOOD)]
        jobs.append(Job("three", JobArgs(**GOOD), opts))
        return pulumi.Output.all(*[job.urn for job in jobs]).apply(seen.extend)

    run(program)
    assert len(seen) == 3
    for name, urn in zip(("one", "two", "three"), seen, strict=True):
        assert urn.endswith(f"test:index:Parent${TOKEN}::{name}")
    assert [declared.inputs["appId"] for declared in engine.declared if declared.typ == TOKEN] == [
        "d1a2"
    ] * 3


def test_get_reads_a_job_that_exists(engine: Engine, run: Run) -> None:
    """`Job.get` asks for the id that it was given, keeps the caller's options, and has the outputs."""
    opts = pulumi.ResourceOptions(protect=True)
    seen: dict[str, Any] = {}

    def program() -> Any:
        job = Job.get("old", "d1a2/feature/x/7", opts)
        return pulumi.Output.all(id=job.id, status=job.status).apply(seen.update)

    run(program)
    (declared,) = engine.declared
    assert declared.resource_id == "d1a2/feature/x/7"
    assert seen == {"id": "d1a2/feature/x/7", "status": "SUCCEED"}
    assert opts.id is None
    assert set(declared.inputs) == {"__provider"}


def test_get_works_for_a_subclass_that_takes_no_region(engine: Engine, run: Run) -> None:
    """What is not given is not handed on either."""

    class Site(Job):
        def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
            super().__init__(name, opts=opts)

    run(lambda: Site.get("old", "d1a2/main/7"))
    assert [declared.resource_id for declared in engine.declared] == ["d1a2/main/7"]


def test_get_says_where_to_look(engine: Engine, run: Run) -> None:
    """Region and profile go along to the read, plain or from outputs."""
    run(
        lambda: (
            Job.get("1", "d1a2/main/7", region="eu-west-1", profile="ci"),
            Job.get("2", "d1a2/main/7", region=pulumi.Output.from_input("eu-west-1")),
            Job.get("3", "d1a2/main/7", profile=pulumi.Output.secret("ci")),
        )
    )
    first, second, third = sorted(engine.declared, key=lambda declared: declared.name)
    assert {declared.resource_id for declared in engine.declared} == {"d1a2/main/7"}
    assert (first.inputs["region"], first.inputs["profile"]) == ("eu-west-1", "ci")
    assert second.inputs["region"] == "eu-west-1"
    assert rpc.is_rpc_secret(third.inputs["profile"])


@pytest.mark.parametrize("name", ["region", "profile"])
def test_get_waits_until_it_is_known_where_to_look(engine: Engine, run: Run, name: str) -> None:
    """The engine reads as soon as it knows the id: until then the job would be looked for elsewhere."""

    def program() -> None:
        where: dict[str, Any] = {name: an_unknown()}
        Job.get("old", "d1a2/main/7", **where)

    run(program)
    (declared,) = engine.declared
    assert declared.resource_id == rpc.UNKNOWN


def test_no_property_has_a_reserved_name() -> None:
    """Pulumi takes `id` and `urn` for itself: a property of that name would vanish."""
    inputs = {*JOB_INPUTS.keys, *JOB_INPUTS.keys.values()}
    assert not {"id", "urn"} & {*inputs, *OUTPUTS, *OUTPUTS.values()}


def test_importing_has_no_side_effects() -> None:
    """To import the package prints nothing, starts no thread, loads no boto3.

    The plugin's first line is its port: anything before that would break it.
    """
    program = (
        "import sys, threading\n"
        "import pulumi.dynamic\n"
        "before = threading.enumerate()\n"  # an old SDK starts one
        "import amplify_job_resource\n"
        "assert threading.enumerate() == before, threading.enumerate()\n"
        "assert 'boto3' not in sys.modules\n"
        "assert 'moto' not in sys.modules\n"
        "from pulumi.runtime.settings import SETTINGS\n"
        "assert SETTINGS.monitor is None\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
