"""The line of a preview, put together from the phrases of a change's reasons."""

from __future__ import annotations

from collections.abc import Callable

from .._inputs.schema import snake_case
from .changes import Change, ChangeKind
from .reasons import First, LastJobFailed, Moved, NewCommit


def sentence(change: Change, name: Callable[[str], str] = snake_case) -> str:
    """The line that a preview shows, empty when nothing is pending.

    Args:
        change: What is pending.
        name: The user's name of an input, made from its key: Python's, unless another front asks.
    """
    kinds = {type(reason) for reason in change.reasons}
    if change.kind is not ChangeKind.RELEASE or LastJobFailed in kinds:
        return "; ".join(reason.phrase(name) for reason in change.reasons)
    moved = [str(reason.before) for reason in change.reasons if isinstance(reason, Moved)]
    head = f"release {' -> '.join([*moved, str(change.place)])}"
    commit = change.commit.shown
    told = [reason for reason in change.reasons if not isinstance(reason, (First, Moved))]
    rest = [reason.phrase(name) for reason in told]
    if commit and First in kinds:
        rest = [commit, *rest]
    elif commit and NewCommit not in kinds:
        head = f"{head} at {commit}"
    return f"{head}: {'; '.join(rest)}" if rest else head
