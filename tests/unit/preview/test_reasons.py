"""The reasons of a preview: where each has its place, and its words."""

from __future__ import annotations

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._preview import file_reasons, reasons
from amplify_job_resource._preview.changes import OTHER_REASONS, RELEASE_REASONS, compare
from amplify_job_resource._preview.reasons import (
    AnotherRetry,
    First,
    FoundReason,
    InputChanged,
    LastJobFailed,
    Moved,
    NewCommit,
    NotARelease,
    OnlyRecorded,
    OtherCommitBuilt,
    Place,
    Reason,
    StillActive,
    TriggersChanged,
)
from amplify_job_resource._values.commits import Commit
from amplify_job_resource._values.unknown import UNKNOWN

from tests.unit.preview.samples import NEW, OLD


def test_every_reason_is_asked_for() -> None:
    """A class that can be found stands in one of the two lists, else it never is."""
    modules = (reasons, file_reasons)
    classes = [cls for module in modules for cls in vars(module).values() if isinstance(cls, type)]
    here = {cls for cls in classes if cls.__module__ in [module.__name__ for module in modules]}
    kinds = {cls for cls in here if hasattr(cls, "find")} - {FoundReason}
    assert {*RELEASE_REASONS, *OTHER_REASONS} == kinds
    assert len(RELEASE_REASONS) + len(OTHER_REASONS) == len(kinds)


def test_what_asks_for_a_release_says_so() -> None:
    """Each kind that is asked first is a release; a mere update never hides one."""
    assert all(kind.releases for kind in RELEASE_REASONS)


@pytest.mark.parametrize("key", JOB_INPUTS.release_keys)
def test_each_release_key_has_exactly_one_reason(key: str) -> None:
    """An input of which a change means a release is asked for by one reason, not by none or two."""
    (reason,) = compare(OLD, {**NEW, key: UNKNOWN}).reasons
    assert reason.keys == (key,)
    assert reason.releases


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (First(), "first release"),
        (Moved(("branchName",), Place("d1a2", "main")), "moves from d1a2/main"),
        (
            Moved(("appId",), Place(None, None)),
            "moves from (app known after the update)/(branch known after the update)",
        ),
        (NewCommit(Commit(), Commit("1f3c9e2a77")), "no commit -> 1f3c9e2"),
        (TriggersChanged(("a\tname",)), "trigger a name changed"),
        (TriggersChanged(("n" * 41,)), f"trigger {'n' * 39}… changed"),
        (InputChanged("sourceJobId", None, "3"), "SOURCEJOBID none -> 3"),
        (
            InputChanged("region", "eu-west-1", None, unknown=True),
            "REGION eu-west-1 -> known after the update",
        ),
        (NotARelease(), "the recorded resource is not an Amplify job"),
        (LastJobFailed("41", "CANCELLED", "release"), "release again: job 41 CANCELLED"),
        (StillActive("41"), "keep waiting for job 41"),
        (AnotherRetry(("sourceJobId",), "3"), "run job 3 again"),
        (
            OtherCommitBuilt("41", Commit("HEAD"), Commit("1f3c9e2a77")),
            "VERIFYCOMMIT: job 41 reports HEAD, not 1f3c9e2",
        ),
        (
            OtherCommitBuilt("41", Commit("HEAD", secret=True), Commit("1f3", secret=True)),
            "VERIFYCOMMIT: job 41 reports another commit than the secret one",
        ),
        (OnlyRecorded(("onBusy", "jobReason")), "no release, only ONBUSY, JOBREASON changed"),
    ],
)
def test_each_reason_has_words(reason: Reason, words: str) -> None:
    """A report tells each reason by itself, in the user's words for the inputs."""
    assert reason.phrase(str.upper) == words
