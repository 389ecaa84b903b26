"""What a server of the emulator answers without moto: sites, and addresses of all kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import downloads, log_addresses, sites, uploads, webhook_server
from .http_server import Application
from .log_server import serve_log
from .refusals import StartResponse, refuse
from .state import emulator_state

_APPLICATIONS: dict[str, Application] = {
    downloads.PREFIX: downloads.serve_download,
    webhook_server.PREFIX: webhook_server.serve_webhook,
    log_addresses.PREFIX: serve_log,
    uploads.PREFIX: uploads.serve_upload,
}


def application_for(environ: dict[str, Any]) -> Application | None:
    """What answers a WSGI request, if it is for one of these."""
    if sites.serves(environ):
        return sites.serve_site
    path = environ.get("PATH_INFO", "")
    return next((_APPLICATIONS[each] for each in _APPLICATIONS if path.startswith(each)), None)


def url() -> str:
    """The address of a server of this process for these, which runs until `reset`.

    In process the emulator has no address of its own, and moto does not see the HTTP clients that use
    such addresses.
    """
    return emulator_state.url_of_server(_serve)


def _serve(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    application = application_for(environ)
    if application is None:
        return refuse(environ, start, "404 Not Found", "NotFoundException", "Nothing is here.")
    return application(environ, start)
