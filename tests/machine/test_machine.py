"""Exactly one release, whatever fails: random histories, chosen by seeds and by Hypothesis."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

import pytest
from amplify_job_resource.emulator import Fault, Plan
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.machine import explore
from tests.machine.engine import APP, BRANCHES
from tests.machine.world import World

branches = st.sampled_from(BRANCHES)
refusals = st.sampled_from(("throttled", "limit", "denied", "expired"))
losses = st.sampled_from(("500", "503", "drop", "slow"))


#: In this history both machines started a job for one request, and the earlier one was purged.
PURGED = 1795677909112
#: In this one a forced release took the job in state, was killed, and the job failed.
FORCED = 1795679440161


@pytest.mark.parametrize("seed", [*range(60), PURGED, FORCED])
@pytest.mark.parametrize("resource", explore.GROUNDS)
def test_walks(resource: str, seed: int) -> None:
    """In a history of random commands, faults and kills each request gets one job, and none is lost."""
    explore.walk(seed, Counter(), resource=resource)


class Releases(RuleBasedStateMachine):
    """The same with steps that Hypothesis chooses; it shortens a history that breaks a rule."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.running = ExitStack()
        self.running.enter_context(self.world.running())

    def teardown(self) -> None:
        if hasattr(self, "running"):
            with self.running:
                explore.settle(self.world)

    @rule(kill_at=st.none() | st.integers(1, 30), replace=st.booleans())
    def up(self, kill_at: int | None, replace: bool) -> None:
        self.world.kill_at = kill_at
        self.world.up(replace=replace and kill_at is None)

    @rule(interrupt_at=st.integers(1, 20))
    def interrupted_up(self, interrupt_at: int) -> None:
        self.world.interrupt_at = interrupt_at
        self.world.up()

    @rule()
    def refresh(self) -> None:
        self.world.refresh()

    @rule()
    def destroy(self) -> None:
        self.world.destroy()

    @rule(commit=st.sampled_from(explore.COMMITS), branch=branches)
    def request(self, commit: str, branch: str) -> None:
        self.world.inputs.update(commitId=commit, branchName=branch)

    @rule(policy=st.sampled_from(("wait", "adopt", "stop", "fail")), waits=st.booleans())
    def policies(self, policy: str, waits: bool) -> None:
        self.world.inputs.update(onBusy=policy, waitForCompletion=waits)

    @rule(kind=refusals, operation=st.sampled_from(explore.OPERATIONS), times=st.integers(1, 40))
    def refuse(self, kind: str, operation: str, times: int) -> None:
        self.world.fault(Fault(kind, operation, times=times))  # type: ignore[arg-type]

    @rule(
        kind=losses,
        operation=st.sampled_from(explore.OPERATIONS),
        when=st.sampled_from(("before", "after")),
    )
    def lose(self, kind: str, operation: str, when: str) -> None:
        self.world.fault(Fault(kind, operation, when, seconds=20))  # type: ignore[arg-type]

    @rule()
    def heal(self) -> None:
        self.world.heal()

    @rule(branch=branches)
    def foreign(self, branch: str) -> None:
        self.world.foreign_start(branch)

    @rule(branch=branches, commit=st.sampled_from(explore.COMMITS))
    def push(self, branch: str, commit: str) -> None:
        self.world.push(branch, commit)

    @rule(branch=branches)
    def make_anew(self, branch: str) -> None:
        self.world.make_anew(branch)

    @rule(branch=branches, outcome=st.sampled_from(("SUCCEED", "FAILED")), echo=st.booleans())
    def plan(self, branch: str, outcome: str, echo: bool) -> None:
        plan = Plan(build=30, outcome=outcome, echo_message=echo)  # type: ignore[arg-type]
        self.world.control.plan(APP, branch, plan)

    @rule(seconds=st.sampled_from((1, 100, 1000)))
    def wait(self, seconds: int) -> None:
        self.world.pass_time(seconds)


TestReleases = Releases.TestCase
TestReleases.settings = settings(max_examples=25, stateful_step_count=20)
