"""What can be asked of the emulator, by name: by `Control`, by the HTTP endpoint and by the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from .domains import Domain
from .faults import Fault, require_operation
from .limits import check, shape
from .models import AmplifyBackend, all_backends, amplify_backends, backend_of
from .overview import log, overview
from .plans import Plan
from .rules import CountedRule, Rule, Rules
from .sites import path_of_site
from .state import emulator_state

DEFAULT_REGION = "us-east-1"


class UnknownVerb(ValueError):
    """There is no such verb."""


def perform(verb: str, arguments: Mapping[str, Any]) -> Any:
    """Do what a verb says.

    Returns:
        A value that JSON can hold.

    Raises:
        UnknownVerb: the verb does not exist.
        ValueError: its arguments are wrong.
        exceptions.AmplifyError: AWS would refuse this, too.
    """
    if verb not in VERBS:
        raise UnknownVerb(
            f"the emulator has no verb '{verb}'; its verbs are {', '.join(sorted(VERBS))}"
        )
    # A mock that starts or ends clears only what has an account.
    amplify_backends[DEFAULT_ACCOUNT_ID]
    try:
        return VERBS[verb](**arguments)
    except TypeError as error:
        raise ValueError(f"{verb}: {error}") from error


def _backend(region: str) -> AmplifyBackend:
    return backend_of(DEFAULT_ACCOUNT_ID, region)


def _create_app(
    app_id: str,
    branches: list[str],
    settings: dict[str, Any] | None = None,
    branch_settings: dict[str, Any] | None = None,
    region: str = DEFAULT_REGION,
) -> None:
    for name in branches:
        check("CreateBranch", {"appId": app_id, "branchName": name}.get)
    check("GetApp", {"appId": app_id}.get)
    backend = _backend(region)
    with backend.lock:
        backend.add_app(app_id, settings or {})
        for name in branches:
            backend.add_branch(app_id, name, branch_settings or {})


def _plan(
    app_id: str, branch_name: str, plans: list[dict[str, Any]], region: str = DEFAULT_REGION
) -> None:
    backend = _backend(region)
    with backend.lock:
        backend.branch(app_id, branch_name).plans.extend(map(Plan.from_json, plans))


def _default_plan(plan: dict[str, Any]) -> None:
    emulator_state.default_plan = Plan.from_json(plan)


def _rules(rules: list[dict[str, Any]], default: dict[str, Any] | None = None) -> None:
    counted = [CountedRule(Rule.from_json(rule)) for rule in rules]
    plan = None if default is None else Plan.from_json(default)
    with emulator_state.lock:
        emulator_state.rules = Rules(counted)
        emulator_state.default_plan = plan or emulator_state.default_plan


def _fault(faults: list[dict[str, Any]]) -> None:
    with emulator_state.lock:
        for fault in faults:
            emulator_state.faults.add(Fault.from_json(fault))


def _clear_faults() -> None:
    with emulator_state.lock:
        emulator_state.faults.clear()


def _domain(
    app_id: str,
    name: str,
    subdomains: dict[str, str],
    status: str,
    verified: list[str],
    status_reason: str = "",
    region: str = DEFAULT_REGION,
) -> None:
    check("CreateDomainAssociation", {"appId": app_id, "domainName": name}.get)
    statuses = shape("DomainStatus")["enum"]
    if status not in statuses:
        raise ValueError(f"the status of a domain is one of {', '.join(statuses)}, not {status!r}")
    unknown = set(verified) - set(subdomains)
    if unknown:
        raise ValueError(f"verified names no subdomain of {name}: {', '.join(sorted(unknown))}")
    backend = _backend(region)
    domain = Domain(name, dict(subdomains), status, frozenset(verified), status_reason)
    with backend.lock:
        backend.app(app_id).domains[name] = domain


def _push(
    app_id: str, branch_name: str, commit_id: str, message: str, region: str = DEFAULT_REGION
) -> str:
    backend = _backend(region)
    with backend.lock:
        return backend.push(app_id, branch_name, commit_id, message).job_id


def _site(app_id: str, branch_name: str, region: str = DEFAULT_REGION) -> str:
    """The path of the site; the caller knows the server."""
    backend = _backend(region)
    with backend.lock:
        return path_of_site(backend.branch(app_id, branch_name))


def _calls(operation: str | None = None) -> list[dict[str, Any]]:
    # What Amplify does not have is recorded as its method and path.
    if operation is not None and " " not in operation:
        require_operation(operation)
    with emulator_state.lock:
        return [
            dict(call) for call in emulator_state.calls if operation in (None, call["operation"])
        ]


def _clear_calls() -> None:
    with emulator_state.lock:
        emulator_state.calls.clear()


def _jobs(app_id: str, branch_name: str, region: str = DEFAULT_REGION) -> list[dict[str, Any]]:
    backend = _backend(region)
    with backend.lock:
        return [
            {
                "job_id": job.job_id,
                "job_type": job.job_type,
                "commit_id": job.commit_id,
                "commit_message": job.commit_message,
                "status": backend.snapshot(job).status,
                "stopped": job.stopped_at is not None,
            }
            for job in backend.list_jobs(app_id, branch_name)
        ]


def _delete_job(app_id: str, branch_name: str, job_id: str, region: str = DEFAULT_REGION) -> None:
    backend = _backend(region)
    with backend.lock:
        backend.delete_job(app_id, branch_name, job_id)


def _stop_job(app_id: str, branch_name: str, job_id: str, region: str = DEFAULT_REGION) -> None:
    backend = _backend(region)
    with backend.lock:
        backend.stop_job(app_id, branch_name, job_id)


def _delete_branch(app_id: str, branch_name: str, region: str = DEFAULT_REGION) -> None:
    backend = _backend(region)
    with backend.lock:
        backend.delete_branch(app_id, branch_name)


def _advance(seconds: float) -> None:
    emulator_state.clock.advance(seconds)


def _run(speed: float) -> None:
    emulator_state.clock.run(speed)


def _reset() -> None:
    for backend in all_backends():
        backend.reset()
    emulator_state.reset()


#: What each verb does.
VERBS: Mapping[str, Callable[..., Any]] = {
    "create_app": _create_app,
    "plan": _plan,
    "default_plan": _default_plan,
    "rules": _rules,
    "domain": _domain,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "push": _push,
    "site": _site,
    "calls": _calls,
    "clear_calls": _clear_calls,
    "jobs": _jobs,
    "delete_job": _delete_job,
    "stop_job": _stop_job,
    "delete_branch": _delete_branch,
    "advance": _advance,
    "run": _run,
    "reset": _reset,
    "overview": overview,
    "log": log,
}
#: The verbs that change nothing, and that a server answers to a GET as well.
READING = frozenset({"calls", "jobs", "log", "overview", "site"})
