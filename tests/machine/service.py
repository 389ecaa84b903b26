"""The whole service under random requests, in two accounts and two regions.

Requests go to the emulator's server without a network between, so that what moto makes of them is part
of it.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from amplify_job_resource.emulator import Plan, emulator_state, register
from amplify_job_resource.emulator.server import Application
from amplify_job_resource.emulator.verbs import perform
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from werkzeug.test import Client, TestResponse

from tests.emulator.files import SITE
from tests.machine.answers import parsed
from tests.machine.requests import OPERATIONS, Draft, There, drafts

REGIONS: Final = ("us-east-1", "eu-west-1")
ACCOUNTS: Final = ("123456789012", "210987654321")
PLAN: Final = Plan(
    pending=1, provisioning=1, build=4, deploy=1, verify=1, cancelling=2, artifacts={"a/é.txt": "x"}
)
#: What a list holds, and what its entries are known by.
LISTS: Final = {
    "ListApps": ("apps", "appId"),
    "ListBranches": ("branches", "branchName"),
    "ListJobs": ("jobSummaries", "jobId"),
    "ListDomainAssociations": ("domainAssociations", "domainName"),
    "ListWebhooks": ("webhooks", "webhookId"),
    "ListBackendEnvironments": ("backendEnvironments", "environmentName"),
    "ListArtifacts": ("artifacts", "artifactId"),
}
#: What a Get finds exactly where it was made and not deleted since.
GETS: Final = {
    "GetApp": ("appId",),
    "GetBranch": ("appId", "branchName"),
    "GetDomainAssociation": ("appId", "domainName"),
    "GetWebhook": ("webhookId",),
    "GetBackendEnvironment": ("appId", "environmentName"),
}
_SIGNED: Final = (
    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/{}/amplify/aws4_request, "
    "SignedHeaders=host, Signature=x"
)


@dataclass
class Place:
    """One account in one region, and what is known to be there.

    Attributes:
        there: What requests can name.
        kept: What was made and not deleted: `(Get operation, *key)`.
        webhooks: The app and the branch of each webhook.
        last_job: The number of the last job of each branch.
    """

    account: str
    region: str
    there: There = field(default_factory=There)
    kept: set[tuple[str, ...]] = field(default_factory=set)
    webhooks: dict[str, tuple[str, str]] = field(default_factory=dict)
    last_job: dict[tuple[str, str], int] = field(default_factory=dict)


class Service(RuleBasedStateMachine):
    """Random requests, each answer of which is checked."""

    #: How often each operation was answered with each status, in all histories of this process.
    counts: Final[Counter[str]] = Counter()
    #: What was wrong, each time that a rule was broken: most often, while the history is made shorter.
    broken: Final[list[str]] = []
    places = st.integers(0, 3)

    @initialize()
    def begin(self) -> None:
        register()
        perform("reset", {})
        emulator_state.clock.freeze()
        emulator_state.default_plan = PLAN
        self.client = Client(Application())
        self.all = [Place(account, region) for account in ACCOUNTS for region in REGIONS]
        self.owners: dict[str, Place] = {}
        self.addresses: list[tuple[str, str]] = []
        for here in self.all:
            self._furnish(here)

    def teardown(self) -> None:
        if isinstance(error := sys.exc_info()[1], AssertionError):
            self.broken.append(str(error))
        perform("reset", {})

    @rule(
        data=st.data(),
        place=places,
        operations=st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=4, max_size=16),
    )
    def ask(self, data: st.DataObject, place: int, operations: list[str]) -> None:
        """Any operations, with whatever the model allows, or with one thing wrong."""
        here = self.all[place]
        for operation in operations:
            # Now and then it is asked for what is in another account or region.
            known = data.draw(st.sampled_from((here, here, here, here, *self.all)))
            self.send(here, data.draw(drafts(operation, known.there)))

    @rule(place=places)
    def deploy(self, place: int) -> None:
        """A deployment of files to a new app, up to its start."""
        here = self.all[place]
        branch = self._make_app(here, repository=False)
        if branch is None:
            return
        made = self.send(here, Draft("CreateDeployment", branch))
        self._open("PUT", made["zipUploadUrl"], SITE)
        self.send(here, Draft("StartDeployment", {**branch, "jobId": made["jobId"]}))

    @rule(data=st.data(), place=places, size=st.integers(1, 2))
    def pages(self, data: st.DataObject, place: int, size: int) -> None:
        """A list in pages has each item of the list as a whole, once."""
        here = self.all[place]
        operation = data.draw(st.sampled_from(sorted(LISTS)))
        draft = data.draw(drafts(operation, here.there).filter(lambda draft: not draft.wrong))
        members = {k: v for k, v in draft.members.items() if k not in ("maxResults", "nextToken")}
        items, key = LISTS[operation]
        whole = self.send(here, Draft(operation, members))
        if whole is None:
            return
        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.send(here, Draft(operation, {**members, **token, "maxResults": size}))
            assert page is not None
            assert len(page[items]) <= size
            found += [each[key] for each in page[items]]
            assert len(set(found)) == len(found)
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
            here.there.add("NextToken", page["nextToken"])
        assert "nextToken" in whole or found == [each[key] for each in whole[items]]

    @rule(seconds=st.sampled_from((1, 3, 20, 4 * 60 * 60)))
    def pass_time(self, seconds: int) -> None:
        emulator_state.clock.advance(seconds)

    @precondition(lambda self: self.addresses)
    @rule(data=st.data(), body=st.binary(min_size=1, max_size=5))
    def follow(self, data: st.DataObject, body: bytes) -> None:
        """An address that was handed out is never answered with a server's error."""
        method, address = data.draw(st.sampled_from(self.addresses[-6:]))
        answer = self._open(method, address, body)
        assert answer.status_code < 500, (method, address, answer.data)
        self.counts[f"{method} of an address, {answer.status_code}"] += 1

    def _open(self, method: str, address: str, body: bytes) -> TestResponse:
        """Send something to an address that was handed out."""
        url = urlsplit(address)
        return self.client.open(f"{url.path}?{url.query}", method=method, data=body)

    def _furnish(self, here: Place) -> None:
        """One thing of each kind, so that there is something to ask for."""
        branch = self._make_app(here, repository=True)
        assert branch
        self.send(here, Draft("StartJob", {**branch, "jobType": "RELEASE"}))
        self.send(here, Draft("CreateWebhook", branch))
        app = {"appId": branch["appId"]}
        domain = {"domainName": f"{app['appId']}.com", "subDomainSettings": []}
        self.send(here, Draft("CreateDomainAssociation", {**app, **domain}))
        self.send(here, Draft("CreateBackendEnvironment", {**app, "environmentName": "dev"}))

    def _make_app(self, here: Place, *, repository: bool) -> dict[str, str] | None:
        """The branch main of a new app; None where the quota allows no more apps."""
        settings = {"repository": "https://example.com/x"} if repository else {}
        made = self.send(here, Draft("CreateApp", {"name": "x", **settings}))
        if made is None:
            return None
        branch = {"appId": made["app"]["appId"], "branchName": "main"}
        self.send(here, Draft("CreateBranch", branch))
        return branch

    def send(self, here: Place, draft: Draft) -> Any:
        """Send a request and check the answer.

        Returns:
            The answer; None if the request was refused.
        """
        headers = {
            "Authorization": _SIGNED.format(here.region),
            "X-Moto-Account-Id": here.account,
            "Content-Type": "application/json",
        }
        content = draft.content()
        response = self.client.open(
            draft.target(), method=draft.method, headers=headers, data=content
        )
        answer = parsed(
            draft.operation, response.status_code, dict(response.headers), response.data
        )
        self.counts[f"{draft.operation}, {response.status_code}"] += 1
        self._check_leak(here, draft.target().encode() + content, response.data)
        refused = response.status_code != 200
        if draft.wrong:
            assert response.status_code == 400, (draft, response.data)
        elif draft.operation in GETS:
            key = (draft.operation, *(draft.members[name] for name in GETS[draft.operation]))
            assert refused != (key in here.kept), (key, response.data)
        if refused:
            return None
        self._record(here, draft, answer)
        return answer

    def _check_leak(self, here: Place, asked: bytes, answered: bytes) -> None:
        """An id of another account or region is said to nobody who has not said it first."""
        for identity, owner in self.owners.items():
            if owner is not here and identity.encode() in answered:
                assert identity.encode() in asked, (identity, answered)

    # --- books ------------------------------------------------------------------------------------

    def _record(self, here: Place, draft: Draft, answer: Any) -> None:
        members, operation = draft.members, draft.operation
        app, branch = members.get("appId", ""), members.get("branchName", "")
        if operation == "CreateApp":
            self._own(here, "AppId", answer["app"]["appId"])
            here.kept.add(("GetApp", answer["app"]["appId"]))
            here.there.add("ResourceArn", answer["app"]["appArn"])
        elif operation == "CreateBranch":
            here.kept.add(("GetBranch", app, branch))
            here.last_job[app, branch] = 0
            here.there.add("BranchName", branch)
            here.there.add("ResourceArn", answer["branch"]["branchArn"])
        elif operation == "CreateDomainAssociation":
            here.kept.add(("GetDomainAssociation", app, members["domainName"]))
            here.there.add("DomainName", members["domainName"])
            here.there.add("ResourceArn", answer["domainAssociation"]["domainAssociationArn"])
        elif operation == "CreateBackendEnvironment":
            here.kept.add(("GetBackendEnvironment", app, members["environmentName"]))
            here.there.add("EnvironmentName", members["environmentName"])
        elif operation in ("CreateWebhook", "UpdateWebhook"):
            webhook = answer["webhook"]
            if operation == "CreateWebhook":
                self._own(here, "WebhookId", webhook["webhookId"])
                here.there.add("ResourceArn", webhook["webhookArn"])
                self.addresses.append(("POST", webhook["webhookUrl"]))
            here.kept.add(("GetWebhook", webhook["webhookId"]))
            here.webhooks[webhook["webhookId"]] = (webhook["appId"], webhook["branchName"])
        elif operation.startswith("Delete") and operation != "DeleteJob":
            self._forget(here, operation, members)
        else:
            self._record_job(here, draft, answer)

    def _record_job(self, here: Place, draft: Draft, answer: Any) -> None:
        place = (draft.members.get("appId", ""), draft.members.get("branchName", ""))
        if draft.operation == "ListArtifacts":
            for each in answer["artifacts"]:
                if each["artifactId"] not in self.owners:
                    self._own(here, "ArtifactId", each["artifactId"])
        elif draft.operation == "GetArtifactUrl":
            self.addresses.append(("GET", answer["artifactUrl"]))
        elif draft.operation == "GenerateAccessLogs":
            self.addresses.append(("GET", answer["logUrl"]))
        elif draft.operation == "GetJob":
            steps = answer["job"]["steps"]
            self.addresses += [("GET", each["logUrl"]) for each in steps]
        elif draft.operation == "CreateDeployment":
            urls = [*answer["fileUploadUrls"].values(), answer.get("zipUploadUrl")]
            self.addresses += [("PUT", url) for url in urls if url]
            self._number(here, place, answer["jobId"])
        elif draft.operation == "StartJob" or "sourceUrl" in draft.members:
            self._number(here, place, answer["jobSummary"]["jobId"])
        elif draft.operation == "ListJobs" and place in here.last_job:
            # A webhook's job has a number as well.
            numbers = [int(each["jobId"]) for each in answer["jobSummaries"]]
            here.last_job[place] = max([here.last_job[place], *numbers])
            active = [each for each in answer["jobSummaries"] if "endTime" not in each]
            assert len(active) <= 1 or [each["jobType"] for each in active[:1]] == ["WEB_HOOK"]
            assert len(active) <= 2

    def _number(self, here: Place, place: tuple[str, str], job_id: str) -> None:
        """The number of a new job is one that the branch has not had."""
        assert int(job_id) > here.last_job[place], (place, job_id)
        here.last_job[place] = int(job_id)
        here.there.add("JobId", job_id)

    def _own(self, here: Place, shape_name: str, identity: str) -> None:
        """An id is new, in all accounts and regions; it belongs to one of them."""
        assert identity not in self.owners
        self.owners[identity] = here
        here.there.add(shape_name, identity)

    def _forget(self, here: Place, operation: str, members: Any) -> None:
        get = operation.replace("Delete", "Get")
        key = tuple(members[name] for name in GETS[get])
        here.kept.discard((get, *key))
        if get == "GetWebhook":
            del here.webhooks[key[0]]
        if get in ("GetApp", "GetBranch"):
            gone = [each for each, place in here.webhooks.items() if place[: len(key)] == key]
            for each in gone:
                here.kept.discard(("GetWebhook", each))
                del here.webhooks[each]
        if get == "GetApp":
            here.kept -= {each for each in here.kept if each[1] == key[0]}
