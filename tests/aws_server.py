"""A server of this machine that answers as STS and Amplify do, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

#: A shared config with a role that asks for an MFA code.
MFA_PROFILE = """
[profile base]
aws_access_key_id = testing
aws_secret_access_key = testing

[profile dev]
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/me
"""
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass
class AwsServer:
    """What a test sets, and what it looks at.

    Attributes:
        url: the server's address.
        account: the account that GetCallerIdentity names; empty for none.
        status: the HTTP status of every answer; with any but 200 the answer is an error.
        code: the error's code.
        lifetime: seconds until the keys of an assumed role expire.
        calls: the STS actions that were asked for, each with its parameters.
        keys: the access key that each request was signed with, empty for none.
        paths: the paths of all requests, as they stood in the request line.
    """

    url: str = ""
    account: str = "111122223333"
    status: int = 200
    code: str = "AccessDenied"
    expiration: str = "2099-01-01T00:00:00Z"
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def actions(self) -> list[str]:
        """The names of the STS actions that were asked for."""
        return [action for action, _ in self.calls]

    def answer(self, parameters: dict[str, str]) -> str:
        """The XML of STS's answer."""
        action = parameters.get("Action", "")
        if self.status != 200:
            return (
                f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type>'
                f"<Code>{self.code}</Code><Message>AWS's own words</Message></Error></ErrorResponse>"
            )
        if action == "GetCallerIdentity":
            account = f"<Account>{self.account}</Account>" if self.account else ""
            body = f"{account}<Arn>arn:aws:iam::{self.account}:user/me</Arn>"
        else:
            key = f"ASIA{parameters['RoleArn'].rpartition('/')[2].upper()}"
            body = (
                f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                f"<SessionToken>t</SessionToken><Expiration>{self.expiration}</Expiration>"
                "</Credentials>"
            )
        return (
            f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{body}</{action}Result>'
            f"</{action}Response>"
        )


@contextmanager
def aws_server() -> Iterator[AwsServer]:
    """Serve until the block ends."""
    state = AwsServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = parse_qs(self.rfile.read(length).decode())
            parameters = {name: values[0] for name, values in asked.items()}
            state.calls.append((parameters.get("Action", ""), parameters))
            self._reply(state.answer(parameters), "text/xml")

        def do_GET(self) -> None:
            self._reply('{"app": {"repository": "https://example.com/site"}}', "application/json")

        def _reply(self, text: str, kind: str) -> None:
            signed = self.headers.get("Authorization", "")
            state.keys.append(signed.partition("Credential=")[2].partition("/")[0])
            state.paths.append(self.path)
            body = text.encode()
            self.send_response(state.status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
