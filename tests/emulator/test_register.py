"""`register()` and moto's `mock_aws()`, as somebody uses them who has no fixture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from moto import mock_aws

from tests.emulator.conftest import APP, make_client


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would lead elsewhere is out of the way."""
    monkeypatch.delenv("AWS_ENDPOINT_URL_AMPLIFY", raising=False)
    register()


def test_a_mock_forgets_everything_at_its_end() -> None:
    """What was set up in one is not there in the next one, also where no app was made."""
    with mock_aws():
        control = Control()
        control.run(0)
        control.default_plan(Plan.instant())
        control.fault(Fault("500", times=None))
    with mock_aws():
        assert not emulator_state.clock.frozen
        assert emulator_state.default_plan == Plan()
        assert make_client().list_apps()["apps"] == []
        assert len(Control().calls()) == 1


def test_a_mock_forgets_what_was_set_up_before_it() -> None:
    """Its start is a new beginning, as it is for moto's own services."""
    Control().create_app(APP)
    Control().fault(Fault("500", times=None))
    with mock_aws():
        assert make_client().list_apps()["apps"] == []


def test_a_mock_within_a_mock_sees_the_same() -> None:
    """Only the outermost one begins and ends anything."""
    with mock_aws():
        Control().create_app(APP)
        Control().run(0)
        with mock_aws():
            assert [app["appId"] for app in make_client().list_apps()["apps"]] == [APP]
        assert emulator_state.clock.frozen
        assert [app["appId"] for app in make_client().list_apps()["apps"]] == [APP]


def test_threads_share_one_emulator() -> None:
    """Of jobs that several threads start at once on one branch, one is started."""
    with mock_aws():
        control = Control()
        control.create_app(APP)
        client = make_client()

        def start(_: int) -> bool:
            try:
                client.start_job(appId=APP, branchName="main", jobType="RELEASE")
            except client.exceptions.LimitExceededException:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(start, range(16))) == 1
        assert len(control.calls("StartJob")) == 16
