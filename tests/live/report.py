"""What a run has found: JSON for the documents, Markdown for people, and no data of the account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import botocore

from tests.live.catalogue import FACTS, TOPICS, UNPROBED
from tests.live.fact import Answer, Fact, Verdict, unknown

_ROOT: Final = Path(__file__).parents[2]
#: The report of the last run against AWS that was recorded; `docs/not-confirmed.md` is made of it.
RECORDED: Final = _ROOT / "docs" / "not-confirmed.json"
PAGE: Final = _ROOT / "docs" / "not-confirmed.md"
#: Where other runs write theirs; `.md` is beside it.
SCRATCH: Final = _ROOT / "build" / "verify-live.json"
NEVER: Final = unknown("")


@dataclass(frozen=True, slots=True)
class Report:
    """The answers of one run.

    Attributes:
        service: `AWS`, or `an emulator`.
        date: The day of the run; None if there was none.
        botocore: The version of botocore.
        answers: The answer to each fact that was asked, by its name.
        sentences: The sentence of each as it was asked.
    """

    service: str = "AWS"
    date: str | None = None
    botocore: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, service: str, answers: Mapping[str, Answer]) -> Report:
        """The report of a run that ends now."""
        sentences = {name: FACTS[name].sentence for name in answers}
        today = datetime.now(timezone.utc).date().isoformat()
        return cls(service, today, botocore.__version__, answers, sentences)

    @classmethod
    def read(cls, path: Path) -> Report:
        """The report in a file."""
        data = json.loads(path.read_text("utf-8"))
        facts: dict[str, Any] = data.pop("facts")
        return cls(
            **data,
            answers={
                name: Answer(Verdict(fact["answer"]), fact["seen"]) for name, fact in facts.items()
            },
            sentences={name: fact["sentence"] for name, fact in facts.items()},
        )

    def to_json(self) -> str:
        """The report as the text of a file."""
        facts = {
            name: {
                "sentence": self.sentences[name],
                "answer": answer.verdict.value,
                "seen": answer.seen,
            }
            for name, answer in self.answers.items()
        }
        head = {
            name: value for name, value in asdict(self).items() if isinstance(value, str | None)
        }
        return json.dumps({**head, "facts": facts}, indent=2, ensure_ascii=False) + "\n"

    def answer_to(self, fact: Fact) -> Answer:
        """The answer to a fact; one that was asked in other words is unknown."""
        if self.sentences.get(fact.name) != fact.sentence:
            return NEVER
        return self.answers[fact.name]

    def with_verdict(self, verdict: Verdict) -> list[Fact]:
        """The facts of which this is the verdict."""
        return [fact for fact in FACTS.values() if self.answer_to(fact).verdict is verdict]


def summary(report: Report) -> str:
    """How many facts have which verdict."""
    counts = ", ".join(f"{len(report.with_verdict(each))} {each.value}" for each in Verdict)
    return f"{len(FACTS)} facts: {counts}"


def tables(report: Report) -> str:
    """All facts with their answers, as Markdown: a table for each topic."""
    parts = []
    for topic in TOPICS:
        rows = "".join(_row(fact, report.answer_to(fact)) for fact in topic.facts)
        head = "| fact | what is assumed | AWS | switch |\n| --- | --- | --- | --- |\n"
        parts.append(f"## {topic.title}\n\n{head}{rows}")
    return "\n".join(parts)


def _row(fact: Fact, answer: Answer) -> str:
    verdict = answer.verdict.value
    if answer.verdict is not Verdict.CONFIRMED:
        verdict = f"**{verdict}**"
    # As code: names in it, such as `<account>`, are no tags.
    seen = f": `{answer.seen.replace('`', chr(39))}`" if answer.seen else ""
    cells = (f"`{fact.name}`", fact.sentence, verdict + seen, f"`{fact.switch}`")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def page(report: Report) -> str:
    """The text of `docs/not-confirmed.md`."""
    unasked = "".join(f"| {each.sentence} | {each.why} |\n" for each in UNPROBED)
    if report.date:
        run = (
            f"The last recorded run was on {report.date}, with botocore {report.botocore}. Of "
            f"{summary(report)}."
        )
    else:
        run = (
            f"**No live run has been recorded yet**, so AWS has confirmed none of these {len(FACTS)} "
            "facts."
        )
    return f"""\
<!-- Made by `make verify-live`: the facts are in tests/live, the answers in not-confirmed.json. -->

# What AWS has not confirmed

This package and its emulator are written from AWS's API model and public reports. What neither
settles is listed here, as facts that a live run can ask for. Where a fact matters, the package
assumes the worse case.

{run}

`make verify-live` asks AWS, in an account of your own:

```sh
AMPLIFY_LIVE_APP=<id of an app with a repository> make verify-live
```

It says what it will do and what that costs, and asks before it does it. It makes a branch in that app
and an app of its own, both with names that begin with `amplify-job-live-`, and deletes them in the
end, also after Ctrl-C. After a crash, `ARGS=--clean` shows what any run has left, and asks whether to
delete it. The report has no data of the account; `ARGS=--record` makes this page of it.

The branch is one that the repository need not have: its builds then fail when they have begun, which is
late enough for most facts. `AMPLIFY_LIVE_BRANCH` names a branch of the repository instead, whose name
begins with `amplify-job-live-`, and which the app must not have yet. Where `CI` is set, a run needs
`AMPLIFY_LIVE_IN_CI=yes` as well.

A fact that AWS refutes has a switch: a field of `Behaviours`, in
`amplify_job_resource/emulator/behaviours.py`, or of `Plan`. There the emulator's default has to change.

{tables(report)}
## What no probe can tell

| what is assumed | why it is not asked |
| --- | --- |
{unasked}"""


def write(report: Report, path: Path) -> None:
    """Write a report, and the same in Markdown beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.to_json(), encoding="utf-8")
    if path == RECORDED:
        PAGE.write_text(page(report), encoding="utf-8")
        return
    text = (
        f"# {report.service}, {report.date}, botocore {report.botocore}\n\n{summary(report)}.\n\n"
    )
    path.with_suffix(".md").write_text(text + tables(report), encoding="utf-8")
