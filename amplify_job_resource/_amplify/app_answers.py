"""Answers about an app that many of its branches need: AWS is asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Final

#: For how long an answer serves, in seconds: releases that begin together share it. What is changed in
#: the same `up` takes longer, and a refusal never rests on an answer that was kept.
KEPT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Held:
    asked_at: float
    answer: Future[Any] = field(default_factory=Future)


class AppAnswers:
    """Answers of AWS, each asked for once and kept for ten seconds; safe to use from many threads."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Hold nothing.

        Args:
            now: Tells the time in seconds.
        """
        self._now = now
        self._held: dict[Hashable, _Held] = {}
        self._lock = Lock()

    def get(self, question: Hashable, call: Callable[[], Any], *, anew: bool = False) -> Any:
        """The answer to a question.

        Whoever asks while an answer is on its way waits for it; where it does not come, each asks for
        itself, so an error is about nobody else's call.

        Args:
            question: What is asked, and of which app.
            call: Asks AWS; what it raises is raised here.
            anew: Whether no answer will do that was asked for before.
        """
        held, is_mine = self._hold(question, anew=anew)
        if is_mine:
            return self._ask(question, held, call)
        try:
            return held.answer.result()
        except BaseException:  # of somebody else's call
            return call()

    def _hold(self, question: Hashable, *, anew: bool) -> tuple[_Held, bool]:
        """What is held for a question, and whether its answer is still to be asked for."""
        now = self._now()
        with self._lock:
            held = self._held.get(question)
            if held and not anew and now - held.asked_at < KEPT_SECONDS:
                return held, False
            held = self._held[question] = _Held(now)
            return held, True

    def _ask(self, question: Hashable, held: _Held, call: Callable[[], Any]) -> Any:
        try:
            answer = call()
        except BaseException as error:
            with self._lock:
                if self._held.get(question) is held:
                    del self._held[question]
            held.answer.set_exception(error)
            raise
        held.answer.set_result(answer)
        return answer
