"""The facts on the emulator: each is so, and none is empty."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, emulator_state
from amplify_job_resource.emulator.behaviours import Behaviours

from tests.live.build_stories import BUILDS
from tests.live.catalogue import FACTS
from tests.live.conftest import APP, PLAN
from tests.live.fact import Fact, Verdict
from tests.live.run import Run

SWITCHES = {field.name for field in fields(Behaviours)}


def test_the_emulator_confirms_each_fact(run: Run, control: Control) -> None:
    """All facts hold on the emulator, and the run starts as many builds as it announces."""
    answers = {name: fact.probe(run) for name, fact in FACTS.items()}
    others = {
        name: answer for name, answer in answers.items() if answer.verdict is not Verdict.CONFIRMED
    }
    assert others == {}
    started = [call["status"] for call in control.calls("StartJob") if call["app_id"] == APP]
    assert started.count(200) == BUILDS


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_is_refuted_where_the_emulator_answers_otherwise(fact: Fact, run: Run) -> None:
    """With its switch the other way, the probe refutes the fact: so it does ask for it."""
    change: Any = {fact.switch: fact.otherwise}
    if fact.switch in SWITCHES:
        emulator_state.behaviours = replace(emulator_state.behaviours, **change)
    else:
        emulator_state.default_plan = replace(PLAN, **change)
    assert fact.probe(run).verdict is Verdict.REFUTED


def test_each_switch_has_a_fact() -> None:
    """Each field of `Behaviours` is a fact's switch, and its text names the facts that settle it."""
    named: dict[str, set[str]] = {}
    for fact in FACTS.values():
        named.setdefault(fact.switch, set()).add(fact.name)
    text = " ".join((Behaviours.__doc__ or "").partition("Attributes:")[2].split())
    # A line is `name: what it means [the facts]. Where its words come from.`
    written = {
        switch: set(facts.split(", "))
        for switch, facts in re.findall(r"(?<!\S)([a-z_]+): [^\[]*\[([^\]]*)\]", text)
    }
    assert written == {switch: facts for switch, facts in named.items() if switch in SWITCHES}
    assert set(written) == SWITCHES
