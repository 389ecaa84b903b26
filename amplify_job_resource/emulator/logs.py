"""What the steps of a job log, in the forms of AWS, as far as it is written at a given time.

A log is a pure function of its job and of the time. Its entries appear evenly over the time that the
plan gives to the step, so a log only ever grows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone

from .jobs import Job, Step
from .plans import Plan

_LEVEL = re.compile(r"\[(INFO|WARNING|ERROR)\]: ?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def log_of(job: Job, step: Step, now: float, shown: Callable[[float], float]) -> bytes | None:
    """What a step has logged by a time.

    Args:
        job: The job.
        step: One of the steps that the job shows at that time.
        now: The time, as a reading of the emulator's clock.
        shown: Gives the time that clients are shown for a reading of the clock.

    Returns:
        The text, UTF-8. None: the plan says that the step has no log.
    """
    if not has_log(job.plan, step.name):
        return None
    planned = (job.plan.logs or {}).get(step.name)
    entries = tuple(_DEFAULTS[step.name](job) if planned is None else planned)
    write = _as_it_is if _TIME.match("".join(entries[:1])) else _FORMS[step.name]
    until = now if step.cut_at is None else min(now, step.cut_at)
    seconds = job.plan.seconds_of(step.name)
    lines: list[str] = []
    for number, entry in enumerate(entries):
        written_at = step.start_time + seconds * number / len(entries)
        if written_at > until:
            break
        lines.append(write(entry, shown(written_at)))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def has_log(plan: Plan, step: str) -> bool:
    """Whether a step has a log, which a plan can deny."""
    logs = plan.logs or {}
    return step not in logs or logs[step] is not None


# --- forms -----------------------------------------------------------------------------------------


def _as_it_is(entry: str, time: float) -> str:  # noqa: ARG001 - the entry has its own time
    return entry


def _with_milliseconds(entry: str, time: float) -> str:
    moment = datetime.fromtimestamp(time, timezone.utc).replace(tzinfo=None)
    return _prefixed(f"{moment.isoformat(timespec='milliseconds')}Z", entry)


def _with_seconds(entry: str, time: float) -> str:
    moment = datetime.fromtimestamp(time, timezone.utc).replace(tzinfo=None)
    return _prefixed(moment.isoformat(timespec="seconds"), entry)


def _prefixed(time: str, entry: str) -> str:
    """An entry as AWS writes it: its further lines are indented by the width of what is before it."""
    named = _LEVEL.match(entry)
    level, text = (named[1], entry[named.end() :]) if named else ("INFO", entry)
    prefix = f"{time} [{level}]: "
    first, *more = text.split("\n")
    return "\n".join([prefix + first, *(" " * len(prefix) + line if line else "" for line in more)])


_FORMS = {"BUILD": _with_milliseconds, "DEPLOY": _with_seconds, "VERIFY": _with_seconds}

# --- the logs of plans that have none ---------------------------------------------------------------


def _build(job: Job) -> Iterator[str]:
    """A site that is built with npm: cloned, installed, built, and packed."""
    plan, (app_id, branch) = job.plan, _app_and_branch(job)
    yield f"# Cloning repository: git@github.com:example/{app_id}.git"
    yield ""
    yield f"Cloning into '{app_id}'..."
    yield f"# Switching to commit: {job.commit_id}"
    yield "# Retrieving environment cache..."
    yield "# Retrieved environment cache"
    yield "---- Setting Up SSM Secrets ----"
    yield f'SSM params {{"Path":"/amplify/{app_id}/{branch}/","WithDecryption":true}}'
    yield "[WARNING]: !Failed to set up process.env.secrets"
    ends_here = plan.step == "BUILD"
    if ends_here and plan.outcome == "CANCELLED" and plan.stuck != "RUNNING":
        yield from _reason(plan, "INFO")
        return
    yield "## Starting Frontend Build\n# Starting phase: preBuild\n# Executing command: npm ci"
    yield "[WARNING]: npm warn deprecated inflight@1.0.6: This module is not supported"
    yield "added 312 packages, and audited 313 packages in 9s\n\nfound 0 vulnerabilities"
    yield "# Completed phase: preBuild\n# Starting phase: build\n# Executing command: npm run build"
    yield f"> {app_id}@1.0.0 build\n> tsc && vite build"
    if ends_here and plan.stuck == "RUNNING":
        return
    if ends_here and plan.outcome == "FAILED":
        yield from _failed_build(plan)
    else:
        yield "vite v5.4.10 building for production...\ntransforming..."
        yield "✓ 341 modules transformed.\nrendering chunks...\ncomputing gzip size..."
        yield "dist/index.html                   0.46 kB │ gzip:  0.30 kB"
        yield "dist/assets/index-DiwrgTda.css    8.71 kB │ gzip:  2.24 kB"
        yield "dist/assets/index-B3yOyCcT.js   186.15 kB │ gzip: 59.02 kB"
        yield "✓ built in 2.41s"
        yield "# Completed phase: build\n## Build completed successfully"
        yield "# Starting caching...\n# Uploading cache artifact...\n# Uploaded cache artifact"
        yield "# Caching completed"
        yield "# Starting Build Artifacts packaging process..."
        yield "# Build Artifacts packaging process completed"
    yield "# Starting environment caching..."
    yield "# Environment caching completed\n\n"


def _failed_build(plan: Plan) -> Iterator[str]:
    """The cause in the tool's own words, and that the command failed."""
    if plan.status_reason:
        yield from _reason(plan, "WARNING")
    else:
        yield "src/App.tsx(12,9): error TS2322: Type 'string' is not assignable to type 'number'."
    yield "[ERROR]: !!! Build failed"
    yield "[ERROR]: !!! Error: Command failed with exit code 1"


def _deploy(job: Job) -> Iterator[str]:
    """The files are taken and served; where that fails, AWS gives no reason of its own."""
    yield from ("Starting Deployment", "Updating Edge config")
    size = job.content.size if job.content else 7602706
    end = (f"Got archive: {size} bytes", "Deployment complete")
    yield from _ending(job.plan, "DEPLOY", end, "Failed to deploy")


def _verify(job: Job) -> Iterator[str]:
    """No log of this step is known."""
    yield "Starting Verification"
    yield from _ending(job.plan, "VERIFY", ("Verification complete",), "Failed to verify")


def _ending(plan: Plan, step: str, success: Sequence[str], failure: str) -> Iterator[str]:
    """How a step's log ends: with success, with a failure, or not at all."""
    if plan.step != step or (plan.outcome == "SUCCEED" and plan.stuck != "RUNNING"):
        yield from success
    elif plan.stuck != "RUNNING":
        yield from _reason(plan, "INFO")
        if plan.outcome == "FAILED":
            yield f"[ERROR]: {failure}"


_DEFAULTS: dict[str, Callable[[Job], Iterator[str]]] = {
    "BUILD": _build,
    "DEPLOY": _deploy,
    "VERIFY": _verify,
}


def _reason(plan: Plan, level: str) -> Iterator[str]:
    """The plan's reason, if it has one, as lines that a tool prints."""
    for line in (plan.status_reason or "").splitlines():
        yield f"[{level}]: {line}"


def _app_and_branch(job: Job) -> tuple[str, str]:
    """What the job's ARN says: `…:apps/d1a2b3c4/branches/main/jobs/0000000001`."""
    app_id, _, rest = job.job_arn.partition(":apps/")[2].partition("/branches/")
    return app_id, rest.rpartition("/jobs/")[0]
