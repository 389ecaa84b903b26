"""Rules: which jobs follow which plan, by their app, branch and commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .plans import Plan


@dataclass(frozen=True, slots=True)
class Rule:
    """A plan, and the jobs that follow it.

    The four patterns are shell patterns, in which `*` also matches `/`. All of them must match.

    Attributes:
        plan: How these jobs run.
        app: A pattern of the app's id.
        branch: A pattern of the branch's name.
        commit: A pattern of the commit that StartJob or a push names, or else of the branch's head.
        message: A pattern of the commit message.
        times: How many jobs follow the rule; None for all.
    """

    plan: Plan
    app: str = "*"
    branch: str = "*"
    commit: str = "*"
    message: str = "*"
    times: int | None = None

    def __post_init__(self) -> None:
        for name in ("app", "branch", "commit", "message"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"{name} is a text, not {getattr(self, name)!r}")
        if self.times is not None and (type(self.times) is not int or self.times < 0):
            raise ValueError(f"times is a whole number, not {self.times!r}")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        """The rule that `to_json` wrote.

        Raises:
            ValueError: a member is missing, unknown or wrong.
        """
        try:
            return cls(**{**data, "plan": Plan.from_json(data["plan"])})
        except KeyError:
            raise ValueError("a rule needs a plan") from None
        except TypeError as error:
            raise ValueError(f"a rule is wrong: {error}") from None

    def to_json(self) -> dict[str, Any]:
        """The rule as a dict that JSON can hold."""
        patterns = {name: getattr(self, name) for name in ("app", "branch", "commit", "message")}
        return {**patterns, "times": self.times, "plan": self.plan.to_json()}

    def applies_to(self, app: str, branch: str, commit: str, message: str) -> bool:
        """Whether all patterns match."""
        return (
            fnmatchcase(app, self.app)
            and fnmatchcase(branch, self.branch)
            and fnmatchcase(commit, self.commit)
            and fnmatchcase(message, self.message)
        )


@dataclass(slots=True)
class CountedRule:
    """A rule, and how many jobs have followed it so far."""

    rule: Rule
    jobs: int = 0


class Rules:
    """The rules in force, in their order; the first one that applies to a job decides.

    Attributes:
        counted: The rules, each with the number of jobs that have followed it.
    """

    def __init__(self, counted: Iterable[CountedRule] = ()) -> None:
        self.counted = list(counted)

    def plan_for(self, app: str, branch: str, commit: str, message: str) -> Plan | None:
        """The plan of a new job, which this counts; None if no rule applies."""
        for counted in self.counted:
            rule = counted.rule
            if rule.times is not None and counted.jobs >= rule.times:
                continue
            if rule.applies_to(app, branch, commit, message):
                counted.jobs += 1
                return rule.plan
        return None
