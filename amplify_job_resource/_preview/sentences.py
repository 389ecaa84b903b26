"""The lines of a preview: what is pending, from the phrases of its reasons, and warnings about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .._inputs.schema import snake_case
from .._values.text import printable
from .._values.urns import Urn
from .changes import Change, ChangeKind
from .reasons import First, LastJobFailed, Moved, NewCommit, Place


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
    head = f"{change.verb} {' -> '.join([*moved, str(change.place)])}"
    commit = change.commit.shown
    told = [reason for reason in change.reasons if not isinstance(reason, (First, Moved))]
    rest = [reason.phrase(name) for reason in told]
    if commit and First in kinds:
        rest = [commit, *rest]
    elif commit and NewCommit not in kinds:
        head = f"{head} at {commit}"
    return f"{head}: {'; '.join(rest)}" if rest else head


def not_ignored(change: Change, name: Callable[[str], str]) -> str:
    """The warning about a release that takes inputs under `ignore_changes` as the program has them.

    Args:
        change: What is released in the end, held against what the diff was shown.
        name: The user's name of an input, made from its key.
    """
    commit = change.commit.shown
    head = f"{change.verb} {change.place}{f' at {commit}' if commit else ''}"
    taken = f"the program's {', '.join(map(name, change.keys))}"
    return f"{head}: {name('ignoreChanges')} does not hold for a release, which takes {taken}"


def same_branch(place: Place, urn: str, other: str, name: Callable[[str], str]) -> str:
    """The warning about two resources that release one branch in the same update.

    Args:
        place: The branch.
        urn: The resource whose row shows the warning.
        other: The URN of the other resource.
        name: The user's name of an input, made from its key.
    """
    parsed = Urn.parse(urn), Urn.parse(other)
    names = [printable(each.name, 80) for each in parsed if each]
    if len(set(names)) < len(parsed):
        names = [urn, other]  # Two parents have a resource of the same name.
    who = " and ".join(names)
    return (
        f"{who} both release {place}: they take turns, or do what {name('onBusy')} says, and the later "
        "one stays live. Declare one resource for each branch."
    )


def in_clear(keys: Sequence[str], name: Callable[[str], str] = snake_case) -> str:
    """The warning about secret inputs that cannot stay secret.

    Args:
        keys: The inputs' keys.
        name: The user's name of an input, made from its key.
    """
    names = " and ".join(map(name, keys))
    verb = "is a secret" if len(keys) == 1 else "are secrets"
    return (
        f"{names} {verb}, but also part of the resource's id, which Pulumi keeps and shows in clear"
    )
