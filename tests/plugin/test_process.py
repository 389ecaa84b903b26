"""The real plugin process over gRPC, one call at a time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource import JobProvider
from amplify_job_resource.emulator import Control, Fault, Plan
from pulumi.dynamic.dynamic import serialize_provider

from tests.plugin.process import UNKNOWN, URN, Call, Made, Plugin, PluginError
from tests.waiting import wait_until

APP = "d1a2b3c4"
INPUTS = {"appId": APP, "branchName": "main", "commitId": "1f3c9e2a77"}
HELD = Plan(pending=0, provisioning=0, build=3600, cancelling=0.2)


def checked(plugin: Plugin, **changes: Any) -> dict[str, Any]:
    """The inputs as check gives them back."""
    answer = plugin.check({}, {**INPUTS, **changes})
    assert answer.failures == {}
    return answer.inputs


def started(start: Callable[..., Plugin]) -> tuple[dict[str, Any], Made]:
    """A job that an earlier operation started without waiting: its inputs and what was recorded."""
    earlier = start()
    inputs = checked(earlier, waitForCompletion=False)
    made = earlier.create(inputs)
    earlier.close()
    return inputs, made


def urn(number: int) -> str:
    """The URN of one resource of many."""
    return f"{URN}-{number}"


def test_check_writes_in_the_defaults_and_calls_nobody(plugin: Plugin, emulator: Control) -> None:
    """Check gives the inputs back with defaults, region and RFC 3339, and asks nothing of AWS."""
    inputs = checked(plugin, commitTime=0)
    assert inputs["jobType"] == "RELEASE"
    assert inputs["onBusy"] == "wait"
    assert inputs["region"] == "us-east-1"
    assert inputs["commitTime"] == "1970-01-01T00:00:00Z"
    assert emulator.calls() == []
    assert plugin.stderr == ""


def test_check_lets_unknowns_pass(plugin: Plugin) -> None:
    """A value that is not known yet comes back as it is, at any depth."""
    inputs = checked(plugin, appId=UNKNOWN, triggers={"a": [UNKNOWN]})
    assert inputs["triggers"] == {"a": [UNKNOWN]}


def test_a_release_from_create_to_delete(plugin: Plugin, emulator: Control) -> None:
    """Create, diff, read and delete of one release, with nothing on stderr."""
    inputs = checked(plugin)
    made = plugin.create(inputs)
    assert made.id == "d1a2b3c4/main/1"
    assert made.properties["status"] == "SUCCEED"
    assert plugin.diff(made.id, made.properties, inputs).changes is False
    changed = plugin.diff(made.id, made.properties, {**inputs, "commitId": "8b02d4a111"})
    assert (changed.changes, changed.replaces) == (True, ["commitId"])
    assert changed.delete_before_replace is False
    assert plugin.read(made.id, made.properties) == made
    plugin.delete(made.id, made.properties)
    assert len(emulator.calls("StartJob")) == 1
    assert plugin.stderr == ""


def test_a_failed_job_is_handed_over_with_everything(plugin: Plugin, emulator: Control) -> None:
    """A recorded failure has the id, the complete properties, and the reason that is shown."""
    emulator.plan(APP, "main", Plan.instant(outcome="FAILED", status_reason="npm ci exited 1"))
    inputs = checked(plugin, commitMessage="ü" * 10_000)
    with pytest.raises(PluginError) as caught:
        plugin.create(inputs)
    failed = caught.value.failed
    assert failed
    assert failed.id == "d1a2b3c4/main/1"
    assert failed.properties["status"] == "FAILED"
    assert failed.properties["commitMessage"] == "ü" * 10_000
    assert failed.properties["steps"][0]["statusReason"] == "npm ci exited 1"
    assert failed.provider == serialize_provider(JobProvider())
    assert failed.reasons == [caught.value.message.replace("\n", "\n\t  ")]
    assert "npm ci exited 1" in caught.value.message
    assert "Traceback" not in caught.value.message


@pytest.mark.parametrize("call", ["create", "read", "update", "delete"])
def test_refusals_are_sentences_in_every_method(
    start: Callable[..., Plugin], emulator: Control, call: str
) -> None:
    """What AWS refuses is a sentence with the place and no traceback, whichever method it meets."""
    emulator.plan(APP, "main", HELD)
    inputs, made = started(start)
    plugin = start()
    emulator.fault(Fault("denied", times=None))
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: plugin.create(inputs, urn=urn(2)),
        "read": lambda: plugin.read(made.id, made.properties),
        "update": lambda: plugin.update(made.id, made.properties, inputs),
        "delete": lambda: plugin.delete(made.id, made.properties),
    }
    with pytest.raises(PluginError) as caught:
        calls[call]()
    assert "d1a2b3c4/main" in caught.value.message
    assert "is not authorized to perform" in caught.value.message
    assert "Traceback" not in caught.value.message


def test_an_id_of_another_form_is_a_sentence(plugin: Plugin) -> None:
    """An id that is not appId/branchName/jobId is refused with the form that is expected."""
    with pytest.raises(PluginError, match="expected appId/branchName/jobId"):
        plugin.read("nonsense", {})


def test_the_timeout_of_the_request_is_kept(plugin: Plugin, emulator: Control) -> None:
    """`custom_timeouts` reach the wait: a job that goes on longer is recorded."""
    emulator.plan(APP, "main", HELD)
    with pytest.raises(PluginError) as caught:
        plugin.create(checked(plugin), timeout=5.0)
    assert "which is the timeout (custom_timeouts)" in caught.value.message
    assert caught.value.failed


def test_cancel_ends_a_wait_at_once(plugin: Plugin, emulator: Control) -> None:
    """A Cancel ends the wait of a create with a recorded failure; the job goes on."""
    emulator.plan(APP, "main", HELD)
    call = plugin.begin_create(checked(plugin))
    plugin.engine.wait_for("job 1 ")
    looks = len(emulator.calls("GetJob"))
    plugin.cancel()
    with pytest.raises(PluginError) as caught:
        call.result()
    # One look may have been under way; a wait that goes on would look again each second.
    assert len(emulator.calls("GetJob")) <= looks + 1
    assert caught.value.failed
    assert caught.value.failed.properties["jobId"] == "1"
    assert "The job goes on." in caught.value.message
    assert emulator.calls("StopJob") == []


def test_cancel_with_nothing_under_way_is_harmless(plugin: Plugin) -> None:
    """The Cancel at the end of an operation leaves a process that still answers."""
    made = plugin.create(checked(plugin))
    plugin.cancel()
    assert plugin.read(made.id, made.properties) == made


def test_the_note_is_removed_when_the_engine_has_recorded(plugin: Plugin, tmp_path: Any) -> None:
    """A note outlives its create and goes with the Cancel that ends the operation."""
    notes = tmp_path / "pulumi" / "amplify-job-resource"
    plugin.create(checked(plugin))
    assert len(list(notes.glob("*.json"))) == 1
    plugin.cancel()
    assert list(notes.glob("*.json")) == []


def hang(emulator: Control, operation: str) -> None:
    """From now on, calls of this operation get no answer for as long as any test lasts."""
    emulator.fault(Fault("slow", operation, times=None, seconds=600))


def is_under_way(emulator: Control, operation: str) -> bool:
    """Whether the first call of this operation is still unanswered, and was not sent again."""
    statuses = [call["status"] for call in emulator.calls(operation)]
    return statuses == [None]


@pytest.mark.parametrize("operation", ["GetApp", "ListJobs"])
def test_a_cancel_ends_a_release_that_has_no_answer(
    plugin: Plugin, emulator: Control, operation: str
) -> None:
    """Before there is a job, a call that hangs is given up; a sentence says that none was started."""
    hang(emulator, operation)
    call = plugin.begin_create(checked(plugin))
    wait_until(lambda: is_under_way(emulator, operation), "the call hangs")
    plugin.cancel()
    with pytest.raises(PluginError, match=r"[Nn]o (Amplify )?job was started") as caught:
        call.result()
    assert is_under_way(emulator, operation)
    assert caught.value.failed is None
    assert "nterrupted" in caught.value.message
    assert "Traceback" not in caught.value.message
    assert emulator.calls("StartJob") == []


def test_a_cancel_ends_a_wait_that_has_no_answer(plugin: Plugin, emulator: Control) -> None:
    """A GetJob that hangs does not keep a Cancel waiting: the job is recorded as last seen."""
    emulator.plan(APP, "main", HELD)
    hang(emulator, "GetJob")
    call = plugin.begin_create(checked(plugin))
    wait_until(lambda: is_under_way(emulator, "GetJob"), "the call hangs")
    plugin.cancel()
    with pytest.raises(PluginError, match="interrupted after") as caught:
        call.result()
    assert is_under_way(emulator, "GetJob")
    assert caught.value.failed
    assert caught.value.failed.id == "d1a2b3c4/main/1"


def test_the_timeout_ends_a_wait_that_has_no_answer(plugin: Plugin, emulator: Control) -> None:
    """A GetJob that hangs does not stretch `custom_timeouts`."""
    emulator.plan(APP, "main", HELD)
    hang(emulator, "GetJob")
    with pytest.raises(PluginError, match=r"which is the timeout \(custom_timeouts\)") as caught:
        plugin.create(checked(plugin), timeout=5.0)
    assert is_under_way(emulator, "GetJob")
    assert caught.value.failed


@pytest.mark.parametrize(
    ("method", "operation"),
    [("read", "GetJob"), ("update", "GetJob"), ("delete", "GetJob"), ("delete", "StopJob")],
)
def test_a_cancel_ends_each_method_that_has_no_answer(
    start: Callable[..., Plugin], emulator: Control, method: str, operation: str
) -> None:
    """Refresh, update and destroy end at a Cancel, with a sentence, while AWS does not answer."""
    emulator.plan(APP, "main", HELD)
    inputs, made = started(start)
    hang(emulator, operation)
    plugin = start()
    calls: dict[str, Callable[[], Call[Any]]] = {
        "read": lambda: plugin.begin_read(made.id, made.properties),
        "update": lambda: plugin.begin_update(made.id, made.properties, inputs),
        "delete": lambda: plugin.begin_delete(made.id, made.properties),
    }
    call = calls[method]()
    wait_until(lambda: is_under_way(emulator, operation), "the call hangs")
    plugin.cancel()
    with pytest.raises(PluginError, match=r"[Ii]nterrupted") as caught:
        call.result()
    assert is_under_way(emulator, operation)
    assert "Traceback" not in caught.value.message
    assert caught.value.failed is None


def test_a_startjob_that_has_no_answer_is_not_given_up(plugin: Plugin, emulator: Control) -> None:
    """A Cancel during StartJob waits for its answer, so that the job is recorded."""
    emulator.plan(APP, "main", HELD)
    emulator.fault(Fault("slow", "StartJob", seconds=3))
    call = plugin.begin_create(checked(plugin))
    wait_until(lambda: is_under_way(emulator, "StartJob"), "the call hangs")
    plugin.cancel()
    with pytest.raises(PluginError, match="interrupted after") as caught:
        call.result()
    assert not is_under_way(emulator, "StartJob")
    assert caught.value.failed
    assert caught.value.failed.id == "d1a2b3c4/main/1"


def test_a_lost_reply_is_made_good_after_a_cancel(plugin: Plugin, emulator: Control) -> None:
    """Cancelled during a StartJob whose reply is lost, a release still takes one look, and its job."""
    emulator.plan(APP, "main", HELD)
    emulator.fault(Fault("slow", "StartJob", seconds=3), Fault("500", "StartJob", "after"))
    call = plugin.begin_create(checked(plugin))
    wait_until(lambda: is_under_way(emulator, "StartJob"), "the call hangs")
    plugin.cancel()
    with pytest.raises(PluginError, match="interrupted after") as caught:
        call.result()
    assert caught.value.failed
    assert caught.value.failed.id == "d1a2b3c4/main/1"
    assert len(emulator.calls("StartJob")) == 1


def test_an_orphan_ends_itself(plugin: Plugin, emulator: Control) -> None:
    """Without an engine the process ends by itself, and no job is stopped."""
    emulator.plan(APP, "main", HELD)
    call = plugin.begin_create(checked(plugin))
    plugin.engine.wait_for("job 1 ")
    plugin.engine.stop()
    assert plugin.wait_for_end() == 0
    wait_until(call.done, "the client hears that nobody answers")
    assert emulator.calls("StopJob") == []


def test_an_orphan_without_anything_to_do_ends_itself(plugin: Plugin) -> None:
    """Without an engine the process ends, also when there is no traffic that would tell."""
    checked(plugin)
    plugin.engine.stop()
    assert plugin.wait_for_end() == 0


@pytest.mark.parametrize("operation", ["StartJob", "GetJob"])
def test_an_orphan_without_an_answer_ends_itself(
    plugin: Plugin, emulator: Control, tmp_path: Path, operation: str
) -> None:
    """Without an engine a call to AWS that hangs does not keep the process; the note stays on disk."""
    emulator.plan(APP, "main", HELD)
    hang(emulator, operation)
    call = plugin.begin_create(checked(plugin))
    wait_until(lambda: is_under_way(emulator, operation), "the call hangs")
    plugin.engine.stop()
    assert plugin.wait_for_end() == 0
    wait_until(call.done, "the client hears that nobody answers")
    assert is_under_way(emulator, operation)
    assert len(list((tmp_path / "pulumi" / "amplify-job-resource").glob("*.json"))) == 1


def test_many_creates_wait_while_others_are_answered(plugin: Plugin, emulator: Control) -> None:
    """Sixty creates wait side by side, and check, diff and read still answer meanwhile."""
    names = [f"b{number}" for number in range(60)]
    emulator.create_app(APP, [*names, "main"])
    inputs = checked(plugin)
    made = plugin.create(inputs)
    emulator.default_plan(HELD)
    calls = [
        plugin.begin_create({**inputs, "branchName": name}, urn=urn(number))
        for number, name in enumerate(names)
    ]
    wait_until(lambda: len(emulator.calls("StartJob")) == 61, "every create has started its job")
    assert checked(plugin) == inputs
    assert plugin.diff(made.id, made.properties, inputs).changes is False
    assert plugin.read(made.id, made.properties) == made
    assert not any(call.done() for call in calls)
    emulator.advance(1_000_000)
    assert {call.result().properties["status"] for call in calls} == {"SUCCEED"}


def test_rows_tell_status_and_step_and_are_few(plugin: Plugin, emulator: Control) -> None:
    """Each change is shown once; the line that stays tells the outcome and the time."""
    hour = 3600
    plan = Plan(pending=hour, provisioning=0, build=hour, deploy=0, verify=0)
    emulator.plan(APP, "main", plan)
    call = plugin.begin_create(checked(plugin))
    for status in ("PENDING", "BUILD"):
        plugin.engine.wait_for(f"job 1 {status}")
        emulator.advance(hour)
    call.result()
    rows = [line.message.split()[2] for line in plugin.engine.lines if line.ephemeral]
    kept = [line.message for line in plugin.engine.lines if not line.ephemeral]
    # A row is repeated every ten seconds, and a busy machine may take as long.
    assert [status for status, _ in groupby(rows)] == ["PENDING", "BUILD"]
    assert kept[-1] == "job 1 SUCCEED in 2h00m  https://main.d1a2b3c4.amplifyapp.com"


def test_stock_mode_works_and_raises(start: Callable[..., Plugin], emulator: Control) -> None:
    """With the seams switched off: all methods work, and an error is an error."""
    plugin = start({"AMPLIFY_JOB_STOCK_PLUGIN": "1"})
    inputs = checked(plugin)
    made = plugin.create(inputs)
    assert made.properties["status"] == "SUCCEED"
    assert plugin.diff(made.id, made.properties, inputs).changes is False
    assert plugin.diff(made.id, made.properties, {**inputs, "onBusy": "fail"}).replaces == []
    assert plugin.update(made.id, made.properties, {**inputs, "onBusy": "fail"}).properties == {
        **made.properties,
        "onBusy": "fail",
    }
    assert plugin.read(made.id, made.properties) == made
    plugin.delete(made.id, made.properties)
    emulator.plan(APP, "main", Plan.instant(outcome="FAILED"))
    with pytest.raises(PluginError) as caught:
        plugin.create({**inputs, "commitId": "8b02d4a111"})
    assert "Amplify job d1a2b3c4/main/2 FAILED" in caught.value.message
    assert caught.value.failed is None


def test_check_tells_all_problems_by_property(plugin: Plugin) -> None:
    """Bad inputs are failures of their properties, each a sentence, and no error of the call."""
    failures = plugin.check({}, {"appId": "X", "jobType": "MANUAL", "onBusy": 3}).failures
    assert set(failures) == {"appId", "branchName", "jobType", "onBusy"}
    assert failures["branchName"] == "branch_name is required: give the branch's name"
    assert failures["onBusy"] == "on_busy must be text, not 3"


def test_bad_config_is_a_sentence(plugin: Plugin) -> None:
    """Stack config that cannot be used is named by check, without a traceback."""
    plugin.configure({"aws:endpoints": "amplify=http://127.0.0.1"})
    with pytest.raises(PluginError) as caught:
        plugin.check({}, INPUTS)
    assert caught.value.message == (
        "the stack's aws:endpoints is not JSON: it must be a list of maps, service to URL"
    )
    assert caught.value.failed is None


def test_the_settings_come_from_the_stack(plugin: Plugin, emulator: Control) -> None:
    """Region and keys of the stack's config reach AWS: the plugin gets them with Configure."""
    emulator.create_app(APP, ["main"], region="eu-west-1")
    config = {
        "aws:region": "eu-west-1",
        "aws:accessKey": "AKIAIOSFODNN7EXAMPLE",
        "aws:secretKey": "s",
    }
    plugin.configure(config)
    made = plugin.create(checked(plugin))
    assert made.properties["region"] == "eu-west-1"
    assert {call["region"] for call in emulator.calls()} == {"eu-west-1"}
    assert {call["access_key"] for call in emulator.calls()} == {"AKIAIOSFODNN7EXAMPLE"}
    assert "AKIAIOSFODNN7EXAMPLE" not in str(made.properties)


def test_the_first_calls_may_come_together(plugin: Plugin, emulator: Control) -> None:
    """Sixteen creates at once, as the first calls of a new process, make sixteen jobs."""
    names = [f"b{number}" for number in range(16)]
    emulator.create_app(APP, names)
    calls = [
        plugin.begin_create({**INPUTS, "branchName": name}, urn=urn(number))
        for number, name in enumerate(names)
    ]
    assert {call.result().id for call in calls} == {f"{APP}/{name}/1" for name in names}
    assert len(emulator.calls("StartJob")) == 16
    assert plugin.stderr == ""


def test_an_update_keeps_waiting(plugin: Plugin, emulator: Control) -> None:
    """Update of a job that goes on sees it end, starts none, and returns the complete properties."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=600))
    made = plugin.create(checked(plugin, waitForCompletion=False))
    assert made.properties["status"] == "RUNNING"
    inputs = checked(plugin, jobReason="waits now")
    call = plugin.begin_update(made.id, made.properties, inputs)
    plugin.engine.wait_for("job 1 ")
    emulator.advance(700)
    updated = call.result()
    assert updated.properties["status"] == "SUCCEED"
    assert {**made.properties, **inputs}.keys() <= updated.properties.keys()
    assert updated.properties["jobReason"] == "waits now"
    assert len(emulator.calls("StartJob")) == 1


def test_an_update_that_is_cancelled_is_recorded(plugin: Plugin, emulator: Control) -> None:
    """A Cancel during an update keeps the new inputs with the job as last seen."""
    emulator.plan(APP, "main", HELD)
    made = plugin.create(checked(plugin, waitForCompletion=False))
    call = plugin.begin_update(made.id, made.properties, checked(plugin, jobReason="new"))
    plugin.engine.wait_for("job 1 ")
    plugin.cancel()
    with pytest.raises(PluginError) as caught:
        call.result()
    failed = caught.value.failed
    assert failed
    assert (failed.id, failed.properties["jobReason"]) == (made.id, "new")
    assert failed.provider == serialize_provider(JobProvider())


def test_a_delete_stops_the_job_and_sees_it_end(
    start: Callable[..., Plugin], emulator: Control
) -> None:
    """Delete of an active job of ours is one StopJob, and is over when the job is."""
    emulator.plan(APP, "main", HELD)
    _, made = started(start)
    start().delete(made.id, made.properties)
    assert [job["status"] for job in emulator.jobs(APP)] == ["CANCELLED"]
    assert len(emulator.calls("StopJob")) == 1


def test_a_delete_can_be_interrupted(start: Callable[..., Plugin], emulator: Control) -> None:
    """A Cancel during a delete ends it at once with a sentence; the job was stopped once."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=3600, stuck="CANCELLING"))
    _, made = started(start)
    plugin = start()
    call = plugin.begin_delete(made.id, made.properties)
    plugin.engine.wait_for("job 1 CANCELLING")
    plugin.cancel()
    with pytest.raises(
        PluginError, match="interrupted while waiting for Amplify job d1a2b3c4/main/1 to end"
    ):
        call.result()
    assert len(emulator.calls("StopJob")) == 1


def test_a_delete_that_cannot_end_is_a_sentence(
    start: Callable[..., Plugin], emulator: Control
) -> None:
    """The timeout of a delete counts, and its error is plain; nothing is handed over as failed."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=3600, stuck="CANCELLING"))
    _, made = started(start)
    with pytest.raises(PluginError) as caught:
        start().delete(made.id, made.properties, timeout=4.0)
    assert "is still CANCELLING. It stays recorded" in caught.value.message
    assert "Traceback" not in caught.value.message
    assert caught.value.failed is None


def test_a_job_that_is_gone_has_no_id(plugin: Plugin, emulator: Control) -> None:
    """Read of a job whose branch is gone tells the engine so; a `get` of it is an error."""
    made = plugin.create(checked(plugin))
    emulator.delete_branch(APP, "main")
    assert plugin.read(made.id, made.properties).id == ""
    with pytest.raises(PluginError, match=r"\(NotFoundException\)"):
        plugin.read(made.id, {})


def test_get_fills_in_the_place(plugin: Plugin, emulator: Control) -> None:
    """A read with nothing but an id gives app, branch and the job's outputs."""
    emulator.default_plan(Plan.instant(commit_id="1f3c9e2a77"))
    made = plugin.create(checked(plugin))
    found = plugin.read(made.id, {}).properties
    assert (found["appId"], found["branchName"], found["jobId"]) == (APP, "main", "1")
    assert found["reportedCommitId"] == "1f3c9e2a77"
    assert found["jobArn"] == made.properties["jobArn"]


def test_a_fault_of_ours_keeps_its_traceback(plugin: Plugin) -> None:
    """What nobody foresaw, here inputs that no check let pass, comes with where it happened."""
    with pytest.raises(PluginError) as caught:
        plugin.create({**checked(plugin), "commitTime": "no time"})
    assert "Traceback" in caught.value.message
    assert "This is a fault in amplify-job-resource" in caught.value.message


def test_an_interrupted_process_ends_without_a_word(plugin: Plugin) -> None:
    """SIGINT, with which the engine ends its plugins, leaves nothing on stderr.

    On a busy machine Python's main thread may miss one that comes just before it goes to sleep; the
    engine kills such a process after ten seconds, and here a second signal ends it.
    """
    checked(plugin)
    plugin.interrupt()
    try:
        code = plugin.wait_for_end(5)
    except subprocess.TimeoutExpired:
        plugin.interrupt()
        code = plugin.wait_for_end()
    assert code in (0, -2, 130)
    plugin.close()
    assert plugin.stderr == ""
