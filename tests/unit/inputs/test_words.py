"""The words of the inputs."""

from __future__ import annotations

import json

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.words import JobType, OnBusy, Word
from amplify_job_resource._values.unknown import canonical
from botocore.loaders import Loader

WORDS: list[Word] = [*JobType, *OnBusy]


@pytest.mark.parametrize("word", WORDS, ids=str)
def test_a_word_is_its_text(word: Word) -> None:
    """A word looks the same in state, in a sentence and in a hash, whatever the version of Python."""
    assert word == word.value
    assert (str(word), f"{word}", f"{word:>9}".strip(), "%s" % word) == (word.value,) * 4  # noqa: UP031
    assert json.loads(json.dumps({word: word})) == {word.value: word.value}
    assert canonical(word) == canonical(word.value)
    assert {word.value: 1}[word] == 1


def test_the_kinds_of_jobs_are_awss() -> None:
    """Each kind in AWS's model has its member, and no other kind has one."""
    model = Loader().load_service_model("amplify", "service-2")["shapes"]["JobType"]["enum"]
    assert set(JobType) == set(model)


def test_the_policies_are_those_of_their_input() -> None:
    """Each policy is offered by `on_busy`, and a release waits unless it says otherwise."""
    row = JOB_INPUTS.by_key["onBusy"]
    assert row.input.words is OnBusy
    assert row.default is OnBusy.WAIT
    assert [policy.value for policy in OnBusy] == ["wait", "adopt", "stop", "fail"]
