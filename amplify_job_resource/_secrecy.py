"""What keeps secret inputs out of lines and errors.

Our own sentences do not name a secret input. This is for the words of others, such as AWS's, and for
what an input is a part of: a job's name, a link, a command.
"""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar
from urllib.parse import quote

from ._amplify.records import JobRecord
from ._inputs.deployment import ALL_INPUTS
from ._inputs.request import Properties
from ._inputs.schema import Form
from ._inputs.secrets import is_secret, secret_triggers
from ._inputs.words import JobType, OnBusy
from ._operation import Operation
from ._values.addresses import is_address
from ._values.commits import SECRET, SHORT
from ._values.text import harmless, on_one_line, untagged
from .errors import AmplifyJobError

P = ParamSpec("P")
T = TypeVar("T")

#: A shorter value is hidden only where it stands alone: as a part of a word it says nothing.
_LONG: Final = 8
#: Prose that is shorter hides words of our own, and no secret.
_INITIALS: Final = 3
_SHA: Final = re.compile(r"[0-9a-f]{8,64}", re.ASCII | re.IGNORECASE)
#: A path such as `/` is a part of any address; who shows it hides it.
_SHOWN_BY_ITSELF: Final = "healthCheck"
#: No secrets: what a release does shows them, and they are in many sentences.
_WORDS: Final = frozenset(word.value for words in (JobType, OnBusy) for word in words)


class Keeper(Protocol):
    """Has steps, and knows secrets that are not among their properties."""

    @property
    def secret_texts(self) -> Iterable[str]:
        """The texts that no step may show."""


S = TypeVar("S", bound=Keeper)


class Secrets:
    """The texts among the secret inputs of one operation.

    Those within triggers count too: no sentence of ours has one, but the log of a build may. So do
    other texts that are given.
    """

    def __init__(self, *properties: Properties, texts: Iterable[str] = ()) -> None:
        texts = set(texts) | {
            each[key]
            for each in properties
            for key in ALL_INPUTS.by_key
            if key != _SHOWN_BY_ITSELF
            and is_secret(each, key)
            and _says_something(key, each.get(key))
        }
        texts |= {
            text
            for each in properties
            for text in _texts(secret_triggers(each))
            if len(text) >= _INITIALS
        }
        patterns = {pattern for text in texts for pattern in _patterns(text)}
        # The longest first: it may hold a shorter one.
        alternatives = "|".join(sorted(patterns, key=len, reverse=True))
        self._pattern = re.compile(alternatives) if alternatives else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def hide(self, text: str) -> str:
        """The text with one word in the place of each secret, in whichever form it stands there."""
        return self._pattern.sub(SECRET, text) if self._pattern else text


class DiscreetOperation:
    """An operation that shows no secret."""

    def __init__(self, operation: Operation, secrets: Secrets) -> None:
        """Show what the operation at hand shows, without the secrets."""
        self._operation = operation
        self.hide = secrets.hide
        self.urn = operation.urn
        self.front = operation.front
        self.timeout = operation.timeout
        self.records_failures = operation.records_failures
        self.now = operation.now
        self.sleep = operation.sleep
        self.ask = operation.ask
        self.after_recorded = operation.after_recorded

    def status(self, text: str) -> None:
        """See `Operation`."""
        self._operation.status(self.hide(text))

    def info(self, text: str) -> None:
        """See `Operation`."""
        self._operation.info(self.hide(text))

    def warn(self, text: str) -> None:
        """See `Operation`."""
        self._operation.warn(self.hide(text))

    def warn_once(self, text: str) -> None:
        """See `Operation`."""
        self._operation.warn_once(self.hide(text))

    def debug(self, text: str) -> None:
        """See `Operation`."""
        self._operation.debug(self.hide(text))


def kept_job(job: JobRecord, hide: Callable[[str], str]) -> JobRecord:
    """The job as it may be kept, and shown by Pulumi: AWS's words can repeat a secret."""
    steps = [
        replace(step, status_reason=untagged(hide(step.status_reason)))
        if step.status_reason
        else step
        for step in job.steps
    ]
    return replace(job, steps=tuple(steps))


@contextmanager
def hidden(secrets: Secrets) -> Iterator[None]:
    """Let no error of the block show a secret."""
    try:
        yield
    except BaseException as error:
        for each in _chain(error):
            _hide_in(each, secrets.hide)
        raise


def discreet(
    step: Callable[Concatenate[S, Operation, P], T],
) -> Callable[Concatenate[S, Operation, P], T]:
    """Make a step of the lifecycle show no secret of its properties and settings, also in errors."""

    @functools.wraps(step)
    def wrapper(self: S, operation: Operation, /, *args: P.args, **kwargs: P.kwargs) -> T:
        properties = (each for each in args if isinstance(each, Mapping))
        secrets = Secrets(*properties, texts=self.secret_texts)
        if not secrets:
            return step(self, operation, *args, **kwargs)
        with hidden(secrets):
            return step(self, DiscreetOperation(operation, secrets), *args, **kwargs)

    return wrapper


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that led to it: a traceback shows them all."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.append(each)
            waiting += filter(None, (each.__cause__, each.__context__))
    return iter(found)


def _hide_in(error: BaseException, hide: Callable[[str], str]) -> None:
    error.args = tuple(hide(arg) if isinstance(arg, str) else arg for arg in error.args)
    if isinstance(error, AmplifyJobError):
        facts: dict[str, Any] = vars(error)
        facts.update({name: hide(text) for name, text in facts.items() if isinstance(text, str)})


def _texts(value: Any) -> Iterator[str]:
    """The texts and numbers in a value, as people write them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, float):
        yield str(int(value)) if value.is_integer() else str(value)
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _says_something(key: str, value: Any) -> bool:
    """Whether a value is a text that a sentence may give away: an initial says nothing."""
    if not isinstance(value, str) or value in _WORDS:
        return False
    return len(value) >= _INITIALS or ALL_INPUTS.by_key[key].input.form is not Form.PROSE


def _patterns(text: str) -> Iterator[str]:
    """Regular expressions for the forms in which a value may stand in a text."""
    if _SHA.fullmatch(text):
        yield f"(?i:{text[:SHORT]}[0-9a-f]*)"
    if is_address(text) and "?" in text:
        # Whoever repeats an address may cut it.
        yield re.escape(text.partition("?")[0] + "?") + r"[^\s'\"]*"
    forms = {
        text,
        on_one_line(text),
        harmless(text),
        *(line for line in text.splitlines() if len(line.strip()) >= _LONG),
        quote(text, safe=""),
        shlex.quote(text).strip("'"),
        repr(text)[1:-1],
        json.dumps(text)[1:-1],
    }
    for form in filter(None, map(str.strip, forms)):
        escaped = re.escape(form)
        yield escaped if len(form) >= _LONG else rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"
