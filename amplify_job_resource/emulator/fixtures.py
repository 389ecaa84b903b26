"""What the fixtures of the pytest plugin do: an empty emulator, and an environment that leads to it.

No call of a test with one of them, or of a process that it starts, reaches AWS. The environment is as
before when a fixture has ended.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.models import botocore_stubber

from . import Control, register
from .http_server import HttpServer
from .refusals import StartResponse, refuse

if TYPE_CHECKING:
    import pytest

_LOCAL = ("127.0.0.1", "localhost")


@contextmanager
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The `Control` of an empty emulator in this process; boto3 calls reach the emulator.

    Calls of other processes are refused: they cannot reach an emulator in this one, and must not reach
    AWS.
    """
    _set_environment(monkeypatch, _refusing_url())
    # In this process moto answers, for which the calls must be meant for AWS.
    monkeypatch.setattr(ConfiguredEndpointProvider, "provide", lambda _: None)
    _answer_older_clients(monkeypatch)
    register()
    with mock_aws():  # which also ends the server of logs, uploads and sites
        control = Control()
        control.reset()
        yield control


@contextmanager
def as_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The `Control` of an empty emulator server, which the calls of every process reach."""
    from . import Server

    with Server() as server:
        _set_environment(monkeypatch, server.url)
        _answer_older_clients(monkeypatch)
        # Moto's other services are empty as well, and nothing that was made before is used again.
        with mock_aws():
            server.control.reset()
            yield server.control


def _answer_older_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto answer clients, too, that modules made before moto was imported.

    They know no moto, and the address of AWS.
    """
    send = URLLib3Session.send

    def answer(session: URLLib3Session, request: Any) -> Any:
        found = botocore_stubber("before-send.older", request)
        return send(session, request) if found is None else found

    monkeypatch.setattr(URLLib3Session, "send", answer)


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
        "The fixture amplify emulates Amplify in the test's own process. Another process, "
        "such as a `pulumi up`, needs the fixture amplify_server."
    )
    return refuse(environ, start, "400 Bad Request", "BadRequestException", message)
