"""`Job` as a program declares it, on Pulumi's mocks."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job, JobArgs
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Row
from amplify_job_resource._state import OUTPUTS
from pulumi.runtime import rpc

from tests.unit.programs import DEFAULTS, GOOD, REPORTED, STATE, TOKEN, Engine, Run, an_unknown


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
        "log_lines": 5,
        "health_check": "/",
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


def test_a_secret_time_without_a_zone_is_refused_without_it(run: Run) -> None:
    """The error of the program does not show the time."""
    naive = pulumi.Output.secret(datetime(1999, 11, 25, 12))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="commit_time has no time zone") as caught:
        run(lambda: Job("site", **GOOD, commit_time=naive))
    assert "1999" not in str(caught.value)


def test_a_map_may_hold_the_inputs(run: Run) -> None:
    """A map goes by the names of the keywords, or by those in state; a keyword wins."""
    in_state = {"appId": "d1a2", "branchName": "main", "commitId": "a"}
    first, second = run(
        lambda: (Job("one", {**GOOD, "commit_id": "a"}), Job("two", in_state, commit_id="b"))
    )
    assert (first["branchName"], first["commitId"]) == ("main", "a")
    assert (second["appId"], second["commitId"]) == ("d1a2", "b")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({**GOOD, "comit_id": "a", "status": "x"}, "a Job has no input comit_id, status: see"),
        ("d1a2", "args of a Job is a JobArgs or a map of inputs, not 'd1a2'"),
    ],
)
def test_other_arguments_are_refused_in_a_sentence(run: Run, args: Any, message: str) -> None:
    """A name that is no input is told, and so is what is no set of inputs."""

    def program() -> None:
        with pytest.raises(TypeError, match=message):
            Job("site", args)

    run(program)


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
