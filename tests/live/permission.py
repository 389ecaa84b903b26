"""Whether a run may be: what it needs, what it will do, what that costs, and the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.live.build_stories import BUILDS
from tests.live.run import PREFIX

APP: Final = "AMPLIFY_LIVE_APP"
BRANCH: Final = "AMPLIFY_LIVE_BRANCH"
IN_CI: Final = "AMPLIFY_LIVE_IN_CI"
#: AWS's public price of a build minute on a standard build instance, in US dollars.
PRICE: Final = 0.01
#: What one build is taken to last until it is stopped, in minutes.
MINUTES: Final = 2


class Refused(Exception):
    """The run may not be; the message says what to do."""


def app_of(environment: Mapping[str, str]) -> str:
    """The app that a run may use.

    Raises:
        Refused: no app is named, a branch is named that is not a run's, or this is CI and nobody has
            said that it may be.
    """
    app_id = environment.get(APP)
    if not app_id:
        raise Refused(
            f"set {APP} to the id of an Amplify app that is connected to a repository. A run builds "
            "in it, with your credentials: it never starts without this."
        )
    if environment.get("CI") and environment.get(IN_CI) != "yes":
        raise Refused(f"this is CI: a live run costs money. Set {IN_CI}=yes if it is meant.")
    branch = environment.get(BRANCH)
    if branch and not branch.startswith(PREFIX):
        raise Refused(
            f"{BRANCH} is {branch!r}: it must begin with {PREFIX}, as it is deleted in the end."
        )
    return app_id


def announcement(asked: str, app_id: str, app_name: str, repository: str, region: str) -> str:
    """What a run will do at the service that is asked, and what it costs at AWS."""
    minutes = BUILDS * MINUTES
    return f"""\
This asks {asked}, in {region}, with your credentials:
  app {app_id} ({app_name}, {repository}):
    a new branch {PREFIX}…, and {BUILDS} builds on it, one after the other; each is stopped
    as soon as it was seen
  a new app {PREFIX}… without a repository:
    some deployments of one small file each, which build nothing
Both are deleted in the end. Other branches and apps are only listed.
It takes about a quarter of an hour, and about {minutes} build minutes. At AWS's public price of
${PRICE:.2f} a minute these are ${minutes * PRICE:.2f}: more on a larger build instance than the
standard one, nothing while the account has free minutes.
"""
