"""Exactly one release, whatever fails: random histories, steered by Hypothesis and by seeds."""

from __future__ import annotations

from collections import Counter

import pytest
from amplify_job_resource.emulator import Fault, Plan
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.machine import explore
from tests.machine.driver import APP, BRANCHES, Driver

branches = st.sampled_from(BRANCHES)
refusals = st.sampled_from(("throttled", "limit", "denied", "expired"))
losses = st.sampled_from(("500", "503", "drop", "slow"))


@pytest.mark.parametrize("seed", range(60))
def test_walks(seed: int) -> None:
    """In a history of random commands, faults and kills each wish has one job, and none is lost."""
    explore.walk(seed, Counter())


class Releases(RuleBasedStateMachine):
    """The same world, with Hypothesis choosing the steps and shrinking what goes wrong."""

    @initialize()
    def begin(self) -> None:
        self.driver = Driver()
        self.world = self.driver.running()
        self.world.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                explore.settle(self.driver)
            finally:
                self.world.__exit__(None, None, None)

    @rule(kill_at=st.none() | st.integers(1, 30), replace=st.booleans())
    def up(self, kill_at: int | None, replace: bool) -> None:
        self.driver.kill_at = kill_at
        self.driver.up(replace=replace and kill_at is None)

    @rule(interrupt_at=st.integers(1, 20))
    def interrupted_up(self, interrupt_at: int) -> None:
        self.driver.interrupt_at = interrupt_at
        self.driver.up()

    @rule()
    def refresh(self) -> None:
        self.driver.refresh()

    @rule()
    def destroy(self) -> None:
        self.driver.destroy()

    @rule(commit=st.sampled_from(explore.COMMITS), branch=branches)
    def wish(self, commit: str, branch: str) -> None:
        self.driver.inputs.update(commitId=commit, branchName=branch)

    @rule(policy=st.sampled_from(("wait", "adopt", "stop", "fail")), waits=st.booleans())
    def policies(self, policy: str, waits: bool) -> None:
        self.driver.inputs.update(onBusy=policy, waitForCompletion=waits)

    @rule(kind=refusals, operation=st.sampled_from(explore.OPERATIONS), times=st.integers(1, 40))
    def refuse(self, kind: str, operation: str, times: int) -> None:
        self.driver.fault(Fault(kind, operation, times=times))  # type: ignore[arg-type]

    @rule(
        kind=losses,
        operation=st.sampled_from(explore.OPERATIONS),
        when=st.sampled_from(("before", "after")),
    )
    def lose(self, kind: str, operation: str, when: str) -> None:
        self.driver.fault(Fault(kind, operation, when, seconds=20))  # type: ignore[arg-type]

    @rule()
    def heal(self) -> None:
        self.driver.heal()

    @rule(branch=branches)
    def foreign(self, branch: str) -> None:
        self.driver.foreign_start(branch)

    @rule(branch=branches, commit=st.sampled_from(explore.COMMITS))
    def push(self, branch: str, commit: str) -> None:
        self.driver.push(branch, commit)

    @rule(branch=branches, outcome=st.sampled_from(("SUCCEED", "FAILED")), echo=st.booleans())
    def plan(self, branch: str, outcome: str, echo: bool) -> None:
        plan = Plan(build=30, outcome=outcome, echo_message=echo)  # type: ignore[arg-type]
        self.driver.control.plan(APP, branch, plan)

    @precondition(lambda self: hasattr(self, "driver"))
    @rule(seconds=st.sampled_from((1, 100, 1000)))
    def wait(self, seconds: int) -> None:
        self.driver.pass_time(seconds)


TestReleases = Releases.TestCase
TestReleases.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
