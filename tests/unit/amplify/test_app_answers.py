"""Answers about an app: AWS is asked once for all of its branches."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from amplify_job_resource._amplify.app_answers import KEPT_SECONDS, AppAnswers


class Aws:
    """Answers with the number of the call, or raises."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False

    def __call__(self) -> int:
        """One call."""
        self.calls += 1
        if self.fails:
            raise PermissionError(self.calls)
        return self.calls


class Time:
    """A clock that stands still until somebody moves it."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_an_answer_is_kept_for_some_seconds() -> None:
    """The same question is not asked again, until its answer is ten seconds old."""
    aws, time = Aws(), Time()
    answers = AppAnswers(time)
    assert [answers.get("d1a2", aws) for _ in range(3)] == [1, 1, 1]
    time.now = KEPT_SECONDS - 1
    assert answers.get("d1a2", aws) == 1
    time.now = KEPT_SECONDS
    assert answers.get("d1a2", aws) == 2


def test_each_question_has_its_own_answer() -> None:
    """What is kept of one app is told of no other."""
    aws, answers = Aws(), AppAnswers()
    assert [answers.get(app, aws) for app in ("d1a2", "d3b4", "d1a2")] == [1, 2, 1]


def test_whoever_needs_to_know_asks_anew() -> None:
    """No kept answer will do then, and the new one serves the others."""
    aws, answers = Aws(), AppAnswers()
    answers.get("d1a2", aws)
    assert answers.get("d1a2", aws, anew=True) == 2
    assert answers.get("d1a2", aws) == 2


def test_an_error_is_not_kept() -> None:
    """The next one asks again."""
    aws, answers = Aws(), AppAnswers()
    aws.fails = True
    for _ in range(2):
        with pytest.raises(PermissionError):
            answers.get("d1a2", aws)
    aws.fails = False
    assert answers.get("d1a2", aws) == 3


@pytest.mark.parametrize("fails", [False, True])
def test_those_who_ask_meanwhile_wait_for_the_answer(fails: bool) -> None:
    """One call for all; where it fails, each asks for itself and has an error of its own call."""
    answers = AppAnswers()
    asked, may_answer = threading.Event(), threading.Event()
    numbers: list[int] = []

    def call() -> int:
        asked.set()
        assert may_answer.wait(60)
        numbers.append(len(numbers) + 1)
        if fails:
            raise PermissionError(numbers[-1])
        return numbers[-1]

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(answers.get, "d1a2", call)
        assert asked.wait(60)
        others = [pool.submit(answers.get, "d1a2", call) for _ in range(7)]
        may_answer.set()
        ends = [each.exception(60) or each.result() for each in (first, *others)]
    assert len(numbers) == (8 if fails else 1)
    assert all(isinstance(end, PermissionError) if fails else end == 1 for end in ends)
