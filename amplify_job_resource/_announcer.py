"""What a preview says of a pending release: what it is, and what is surprising about it."""

from __future__ import annotations

from ._access import Access
from ._amplify.ids import BranchId
from ._ask import directly
from ._inputs.request import Properties
from ._inputs.secrets import IN_THE_ID, is_secret
from ._operation import Operation
from ._preview.branch_report import branch_report
from ._preview.changes import Change, ChangeKind, compare
from ._preview.sentences import in_clear, not_ignored, same_branch, sentence
from ._stack_defaults import lookahead_wanted
from ._values.unknown import UNKNOWN, contains_unknown


class Announcer:
    """Announces the releases of a process.

    Attributes:
        releasing: the URN that was the first of this process to announce a release of a branch.
    """

    def __init__(self, access: Access) -> None:
        """Nothing is announced yet.

        Args:
            access: How AWS is reached, for those who want a look at it.
        """
        self.releasing: dict[BranchId, str] = {}
        self._access = access

    def announce(self, operation: Operation, change: Change, news: Properties) -> None:
        """Say what is pending and, if that is asked for, how the branch of a release is now."""
        line = sentence(change, operation.front.input_name)
        if line:
            operation.info(line)
        if change.kind is not ChangeKind.RELEASE:
            return
        shown = [key for key in IN_THE_ID if is_secret(news, key)]
        if shown:
            operation.warn(in_clear(shown, operation.front.input_name))
        app, branch = news.get("appId"), news.get("branchName")
        if UNKNOWN in (app, branch):
            return
        branch_id = BranchId(str(app), str(branch))
        # Checks and diffs run side by side; exactly one of two resources is the first here. With
        # something unknown these may be recorded inputs, and not those of the program.
        certain = not contains_unknown(dict(news))
        first = self.releasing.setdefault(branch_id, operation.urn) if certain else operation.urn
        if first != operation.urn:
            name = operation.front.input_name
            operation.warn(same_branch(change.place, operation.urn, first, name))
        asked = lookahead_wanted(self._access.config, news, self._access.names)
        region, profile = news.get("region"), news.get("profile")
        if asked and UNKNOWN not in (region, profile):
            # The report itself gives up what takes too long.
            operation.info(
                branch_report(lambda: self._access.api(directly, branch_id, region, profile))
            )

    def tell_not_ignored(self, operation: Operation, shown: Properties, inputs: Properties) -> None:
        """Say which inputs of a replacement are not those that its diff was shown.

        Pulumi hands the recorded values of inputs under `ignore_changes` to a diff, and those of the
        program to the second check of a replacement, and so to create. Where something else that the
        resource depends on is replaced first, the diff is shown all recorded inputs, some as unknown.
        """
        change = compare(shown, inputs)
        if change.kind is ChangeKind.RELEASE and not contains_unknown(dict(shown)):
            operation.warn(not_ignored(change, operation.front.input_name))
