"""Amplify Hosting on this machine, for tests, demos and development: an emulator on moto.

Three ways to use it:
    `register()` once, then boto3 inside `with mock_aws():` talks to it in process;
    `python -m amplify_job_resource.emulator` serves it on 127.0.0.1;
    the pytest fixture `amplify_emulator` of `amplify_job_resource.emulator.fixture`.

Needs the extra: `pip install 'amplify-job-resource[emulator]'`.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Server

try:
    import moto.backend_index
except ImportError as error:
    raise ImportError(
        "the Amplify emulator needs moto: pip install 'amplify-job-resource[emulator]'"
    ) from error

from .control import Control
from .faults import Fault
from .plans import Plan
from .world import world

__all__ = ["Control", "Fault", "Plan", "Server", "register", "world"]

_SERVICE = "amplify"
_MODULE = f"moto.{_SERVICE}"


def register() -> None:
    """Make moto know Amplify, in this process; doing so again changes nothing.

    moto finds a service by the pattern of its URLs and imports `moto.<service>`; both are added here,
    and nowhere else. Should moto come to have an Amplify of its own, this one takes its place.
    """
    if isinstance(sys.modules.get(_MODULE), _Registered):
        return
    from . import models, urls

    module = _Registered(_MODULE)
    module.amplify_backends = models.amplify_backends  # type: ignore[attr-defined]
    sys.modules[_MODULE] = module
    # moto asks a backend for its URLs by the name of the module that it expects.
    url_module = ModuleType(f"{_MODULE}.urls")
    url_module.__dict__.update(url_bases=urls.url_bases, url_paths=urls.url_paths)
    sys.modules[f"{_MODULE}.urls"] = url_module
    patterns = moto.backend_index.backend_url_patterns
    patterns[:] = [entry for entry in patterns if entry[0] != _SERVICE]
    patterns.append((_SERVICE, re.compile(urls.url_bases[0])))


class _Registered(ModuleType):
    """The module that moto takes for its own."""


def __getattr__(name: str) -> object:
    if name == "Server":  # needs moto[server], and time to import
        register()
        from .server import Server

        return Server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
