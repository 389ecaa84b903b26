"""Backend environments: names that an app keeps."""

from __future__ import annotations

from typing import Any

from tests.emulator.conftest import APP, Branch
from tests.emulator.test_jobs import refused


def test_a_backend_environment_is_made_listed_and_deleted(branch: Branch) -> None:
    """It has what it was made with; there is one of a name."""
    client: Any = branch.client
    place: Any = {"appId": APP, "environmentName": "dev"}
    made = client.create_backend_environment(**place, stackName="amplify-shop-dev")
    made_one = made["backendEnvironment"]
    assert made_one["backendEnvironmentArn"].endswith(f":apps/{APP}/backendenvironments/dev")
    assert (made_one["environmentName"], made_one["stackName"]) == ("dev", "amplify-shop-dev")
    assert refused(client.create_backend_environment, **place)[:2] == (400, "BadRequestException")
    client.create_backend_environment(appId=APP, environmentName="prod")

    def listed(**members: Any) -> list[str]:
        found = client.list_backend_environments(appId=APP, **members)["backendEnvironments"]
        return [each["environmentName"] for each in found]

    assert listed() == ["dev", "prod"]
    assert listed(environmentName="prod") == ["prod"]
    assert client.get_backend_environment(**place)["backendEnvironment"] == made_one
    assert client.delete_backend_environment(**place)["backendEnvironment"] == made_one
    assert refused(client.get_backend_environment, **place) == (
        404,
        "NotFoundException",
        "BackendEnvironment dev does not exist.",
    )
    assert listed() == ["prod"]
