"""An emulator of Amplify Hosting, built on moto, for tests, demos and development.

There are three ways to use it:
    In process: call `register()` once, then use boto3 inside `with mock_aws():`.
    As a server on 127.0.0.1: `python -m amplify_job_resource.emulator`, or `Server` from Python.
    In pytest: the fixtures `amplify` and `amplify_server`, which are there without any set-up.

Needs the extra: `pip install 'amplify-job-resource[emulator]'`.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Server

from .extra import missing

try:
    import moto.backend_index
except ImportError as error:
    if sys.argv[:1] == ["-m"]:  # Python looks for the program `__main__`: nobody catches an error
        sys.exit(str(missing("the Amplify emulator", error)))
    raise missing("the Amplify emulator", error) from error

from .control import Control
from .faults import Fault
from .plans import Plan
from .state import emulator_state

__all__ = ["Control", "Fault", "Plan", "Server", "emulator_state", "register"]

_SERVICE = "amplify"
_MODULE = f"moto.{_SERVICE}"


def register() -> None:
    """Add Amplify to the services that moto mocks in this process.

    Further calls do nothing. If moto has an Amplify of its own, this one replaces it.
    """
    if isinstance(sys.modules.get(_MODULE), _Registered):
        return
    from . import models, urls

    # moto looks for a service in its list of URL patterns, then imports `moto.<service>`. No other
    # module of this package changes anything inside moto.
    module = _Registered(_MODULE)
    module.amplify_backends = models.amplify_backends  # type: ignore[attr-defined]
    sys.modules[_MODULE] = module
    # A backend finds its URLs in the module `moto.<service>.urls`.
    url_module = ModuleType(f"{_MODULE}.urls")
    url_module.__dict__.update(url_bases=urls.url_bases, url_paths=urls.url_paths)
    sys.modules[f"{_MODULE}.urls"] = url_module
    patterns = moto.backend_index.backend_url_patterns
    patterns[:] = [entry for entry in patterns if entry[0] != _SERVICE]
    patterns.append((_SERVICE, re.compile(urls.url_bases[0])))


class _Registered(ModuleType):
    """The module that moto imports as `moto.amplify`."""


def __getattr__(name: str) -> object:
    if name == "Server":  # imported on demand: it needs moto[server] and takes a while
        register()
        try:
            from .server import Server
        except ImportError as error:
            raise missing("the server of the Amplify emulator", error) from error
        return Server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
