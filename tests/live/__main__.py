"""`make verify-live`: ask AWS for each fact, in an account of one's own, and report the answers."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from amplify_job_resource._amplify.ids import BranchId, console_url

from tests.live import service
from tests.live.catalogue import FACTS
from tests.live.cleaning import clean, found
from tests.live.fact import Answer, Fact, Verdict, unknown
from tests.live.permission import BRANCH, Refused, announcement, app_of
from tests.live.placeholders import Placeholders, parts_of
from tests.live.report import RECORDED, SCRATCH, Report, summary, write
from tests.live.run import Clock, RealClock, Run
from tests.live.service import Unanswered, client_for, is_aws

INTERRUPTED = 130


def main(
    arguments: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
) -> int:
    """Ask for permission, ask for the facts, clean up, and write the report.

    Args:
        arguments: The options; None for those of the command.
        environment: Where the app is named.
        clock: How time passes; None for the machine's time.

    Returns:
        0 when no fact is refuted, 1 when one is or something could not be deleted, 2 when the run may
        not be or cannot begin, 130 after Ctrl-C.
    """
    options = _options(arguments)
    if options.write_page:
        write(Report.read(RECORDED), RECORDED)
        return 0
    try:
        app_id = app_of(environment)
        client = client_for(options.endpoint, environment.get("AWS_REGION"))
        run = Run(client, app_id, clock or RealClock(), environment.get(BRANCH))
        if options.clean:
            return _clean_all(run, ask_first=not options.yes)
        if options.record and not is_aws(client.meta.endpoint_url):
            raise Refused("only what AWS itself answers can be recorded")
        app = _connected(client, app_id)
        _refuse_present(client, app_id, environment.get(BRANCH))
    except (Refused, Unanswered) as error:
        _say(f"verify-live: {error}", sys.stderr)
        return 2
    endpoint = client.meta.endpoint_url
    asked = "AWS" if is_aws(endpoint) else f"the emulator at {endpoint}"
    _say(announcement(asked, app_id, app["name"], app["repository"], client.meta.region_name))
    if not options.yes and not _agreed("Go on?"):
        return 2
    facts = [FACTS[name] for name in options.only or FACTS]
    answers: dict[str, Answer] = {}
    try:
        ask(run, facts, app, answers)
    except KeyboardInterrupt:
        _say("interrupted: cleaning up")
        return INTERRUPTED
    finally:
        left = _clean(run)
    name = "AWS" if is_aws(client.meta.endpoint_url) else "an emulator"
    report = Report.of(name, answers)
    target = RECORDED if options.record else SCRATCH
    write(report, target)
    _say(f"{summary(report)}\nreport: {target} and {target.with_suffix('.md').name}")
    _show_console(client, app_id)
    return int(left or any(answer.verdict is Verdict.REFUTED for answer in answers.values()))


def ask(
    run: Run, facts: Sequence[Fact], app: Mapping[str, Any], answers: dict[str, Answer]
) -> None:
    """Ask for each fact, and put its answer among the answers.

    Args:
        run: The run.
        facts: The facts, in their order.
        app: The connected app; the account's data is taken out of what was seen.
        answers: Gets the answers.
    """
    for fact in facts:
        try:
            answer = fact.probe(run)
        except Unanswered as error:
            answer = unknown(str(error))
        except Exception as error:
            answer = unknown(f"the probe failed with {type(error).__name__}")
        answers[fact.name] = answer = Answer(answer.verdict, placeholders_of(run, app)(answer.seen))
        _say(f"{answer.verdict.value:9}  {fact.name}: {answer.seen}")


def placeholders_of(run: Run, app: Mapping[str, Any]) -> Placeholders:
    """The placeholders for a run: what is known of the account by its app, and made so far."""
    arn = str(app.get("appArn", "")).split(":")
    owner, repository = parts_of(str(app.get("repository", "")))
    return Placeholders(
        {
            run.app_id: "<app>",
            run.made_app or "": "<app>",
            run.name: "<branch>",
            run.builds_on: "<branch>",
            str(app.get("name")): "<app name>",
            str(app.get("repository")): "<repository>",
            str(app.get("defaultDomain")): "<host>",
            arn[4] if len(arn) > 4 else "": "<account>",
        },
        {owner: "<owner>", repository: "<repository>"},
    )


def _connected(client: Any, app_id: str) -> Mapping[str, Any]:
    """The app, which has to have a repository."""
    reply = service.call(client, "GetApp", {"appId": app_id})
    if not reply.taken:
        raise Refused(f"app {app_id} cannot be read: {reply}")
    app: Mapping[str, Any] = reply.data["app"]
    if not app.get("repository"):
        raise Refused(f"app {app_id} is not connected to a repository")
    return app


def _refuse_present(client: Any, app_id: str, branch: str | None) -> None:
    """Refuse a branch that the app has already: a run deletes the one that it builds on."""
    if not branch:
        return
    reply = service.call(client, "GetBranch", {"appId": app_id, "branchName": branch})
    if reply.taken:
        raise Refused(f"app {app_id} has a branch {branch} already, which no run may delete")
    if reply.status != 404:
        raise Refused(f"whether app {app_id} has a branch {branch} cannot be told: {reply}")


def _agreed(question: str) -> bool:
    """Whether somebody is there who says yes."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        _say("")
        return False


def _clean_all(run: Run, *, ask_first: bool) -> int:
    """Delete what any run has left, once somebody has seen what that is."""
    lines = found(run)
    _say("\n".join(lines) or "There is nothing to delete.")
    if not lines:
        return 0
    if ask_first and not _agreed("Delete all of this? A run that goes on now needs its own."):
        return 2
    return _clean(run, of_all_runs=True)


def _clean(run: Run, *, of_all_runs: bool = False) -> int:
    """Delete what this run has made, or else what any has; say what could not be deleted."""
    try:
        left = clean(run, _say, of_all_runs=of_all_runs)
    except KeyboardInterrupt:
        left = ["interrupted"]
    for line in left:
        _say(f"NOT deleted, `make verify-live ARGS=--clean` tries again: {line}", sys.stderr)
    return int(bool(left))


def _show_console(client: Any, app_id: str) -> None:
    """Print the address whose page only a person can look at."""
    try:
        reply = service.call(client, "ListBranches", {"appId": app_id, "maxResults": 1})
    except Unanswered as error:
        _say(f"verify-live: there is no console's address to look at: {error}", sys.stderr)
        return
    for branch in reply.data.get("branches", ()):
        url = console_url(client.meta.region_name, BranchId(app_id, branch["branchName"]))
        _say(f"Please look, signed in: does this page show the deployments of the branch?\n  {url}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make verify-live", description=__doc__)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--only", nargs="+", choices=FACTS, metavar="FACT", help="only these facts")
    parser.add_argument("--endpoint", help="where the service is (default: AWS)")
    parser.add_argument(
        "--record", action="store_true", help="make docs/not-confirmed.md of the answers"
    )
    parser.add_argument(
        "--clean", action="store_true", help="only delete what earlier runs have left; asks first"
    )
    parser.add_argument(
        "--write-page",
        action="store_true",
        help="only make docs/not-confirmed.md of the recorded answers; asks nobody",
    )
    options = parser.parse_args(arguments)
    if options.record and options.only:
        parser.error("--record needs all facts")
    return options


def _say(text: str, stream: Any = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")
    (stream or sys.stdout).flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
