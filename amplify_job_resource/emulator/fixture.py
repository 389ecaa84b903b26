"""Two pytest fixtures: `pytest_plugins = ["amplify_job_resource.emulator.fixture"]`.

`amplify_emulator` is for tests whose own process calls Amplify. `amplify_server` is also for tests that
start other processes, such as a `pulumi up`. With both, no call of the test or of a process that it
starts reaches AWS.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from botocore.configprovider import ConfiguredEndpointProvider
from moto import mock_aws

from . import Control, register
from .http_server import HttpServer
from .refusals import StartResponse, refuse

_LOCAL = ("127.0.0.1", "localhost")


@pytest.fixture
def amplify_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The `Control` of an empty emulator in this process; boto3 calls reach the emulator.

    Until the test has ended, the environment has dummy AWS keys and the region us-east-1, and the
    addresses of logs, uploads and sites can be used. Calls of other processes are refused: they cannot
    reach an emulator in this one, and must not reach AWS.
    """
    _set_environment(monkeypatch, _refusing_url())
    # In this process moto answers, for which the calls must be meant for AWS.
    monkeypatch.setattr(ConfiguredEndpointProvider, "provide", lambda _: None)
    register()
    with mock_aws():
        control = Control()
        control.reset()
        yield control
        control.reset()  # which also ends the server of logs, uploads and sites


@pytest.fixture
def amplify_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The `Control` of an empty emulator server, which the calls of every process reach.

    Until the test has ended, the environment has the server's address, dummy AWS keys and the region
    us-east-1, and nothing else of AWS; processes that the test starts take it over.
    """
    from . import Server

    with Server() as server:
        _set_environment(monkeypatch, server.url)
        # Moto's other services are empty as well, and nothing that was made before is used again.
        with mock_aws():
            server.control.reset()
            yield server.control


def _set_environment(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let the AWS clients of this process and its children use a server, and no other setting."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    settings = {
        "AWS_ENDPOINT_URL": url,  # of all services
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        # An empty file, so that there are no profiles.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        direct = [entry for entry in os.environ.get(name, "").split(",") if entry]
        if direct != ["*"]:
            monkeypatch.setenv(name, ",".join([*direct, *_LOCAL]))


@cache
def _refusing_url() -> str:
    """The address of a server that refuses everything, for as long as this process lives."""
    server = HttpServer(_refuse)
    server.start()
    return server.url


def _refuse(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    message = (
        "The fixture amplify_emulator emulates Amplify in the test's own process. Another process, "
        "such as a `pulumi up`, needs the fixture amplify_server."
    )
    return refuse(environ, start, "400 Bad Request", "BadRequestException", message)
