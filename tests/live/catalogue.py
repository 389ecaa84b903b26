"""All facts, in the order in which a run asks for them, and what no probe can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.live import addresses, builds, deployments, records, waiting
from tests.live.fact import Fact, Topic


@dataclass(frozen=True, slots=True)
class Unprobed:
    """What is not confirmed, and why this suite does not ask for it."""

    sentence: str
    why: str


# Builds come first: nothing of the other app waits for them.
TOPICS: Final[tuple[Topic, ...]] = (
    *builds.TOPICS,
    *waiting.TOPICS,
    *deployments.TOPICS,
    *addresses.TOPICS,
    *records.TOPICS,
)
FACTS: Final[dict[str, Fact]] = {fact.name: fact for topic in TOPICS for fact in topic.facts}

UNPROBED: Final = (
    Unprobed(
        "`console_url` is the page of a branch's deployments in the AWS console.",
        "The console answers only a person who has signed in. The run prints an address to look at.",
    ),
    Unprobed(
        "The job of a push has the type WEB_HOOK.",
        "The suite cannot push to the repository.",
    ),
    Unprobed(
        "A push during a build waits, and a further push takes its place.",
        "The suite cannot push to the repository.",
    ),
    Unprobed(
        "A deployment cannot be started more than eight hours after CreateDeployment.",
        "It takes eight hours. So does whether its job then ends by itself.",
    ),
    Unprobed(
        "An address is refused with 403 when its three hours are over.",
        "It takes three hours. What the address itself says is asked.",
    ),
    Unprobed(
        "Five jobs build at once in an account and region, and further jobs are PENDING.",
        "It would take the build slots of everybody else in the account.",
    ),
    Unprobed(
        "AWS has a limit for the rate of calls, and refuses with 429 TooManyRequestsException.",
        "To find it, the suite would have to slow down everybody else in the account.",
    ),
    Unprobed(
        "A call without the permission is refused with 403 AccessDeniedException.",
        "It needs a second identity that lacks the permission.",
    ),
    Unprobed(
        "The service itself cancels the job of a monorepo in which nothing has changed.",
        "It needs a repository of that kind.",
    ),
    Unprobed(
        "`s3://bucket/site.zip` is a source, and what the policy of its bucket needs.",
        "The suite makes nothing outside of Amplify.",
    ),
    Unprobed(
        "A build that fails has its reason in the log, and no statusReason.",
        "It needs a repository whose builds fail in each way.",
    ),
    Unprobed(
        "A zip with `.amplify-hosting/` makes a site with a server; `_redirects` has no effect.",
        "It is about sites. This package only brings the files there.",
    ),
    Unprobed(
        "What GetBranch has in `customDomains`.",
        "It needs a domain.",
    ),
    Unprobed(
        "EventBridge has an event when a job ends CANCELLED.",
        "The suite makes nothing outside of Amplify. This package does not use events.",
    ),
    Unprobed(
        "What a step VERIFY logs.",
        "Whether it has a log is asked; what it says is for a person to read.",
    ),
)
