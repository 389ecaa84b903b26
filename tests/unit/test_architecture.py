"""How the modules of the package depend on each other, read from their imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import amplify_job_resource
import pytest
from amplify_job_resource._amplify.status import Status
from amplify_job_resource._inputs.words import JobType, OnBusy

PACKAGE: Final = Path(amplify_job_resource.__file__).parent
TESTS: Final = Path(__file__).parent

#: The layers from the lowest to the highest, each with the lower layers that it imports. A layer is a
#: folder or a module; `records` is the part of `_amplify` that knows no error and no call.
LAYERS: Final[Mapping[str, str]] = {
    "_values": "",
    "records": "",
    "errors": "records",
    "_ask": "errors",
    "_amplify": "_values records errors _ask",
    "_inputs": "_values records",
    "_content": "_values",
    "_operation": "_ask _inputs",
    "_preview": "_values _content records errors _amplify _inputs",
    "_logs": "_values records errors _ask _amplify _operation",
    "_upload": "_values errors _ask _amplify",
    "_start": "_values _content records errors _amplify _upload _inputs _operation",
    "_follow": "_values records errors _ask _amplify _inputs _operation",
    "_state": "_values records errors _inputs",
    "_kind": "_values records _inputs _start _state",
    "_plan": "records _preview",
    "_secrecy": "_values records errors _inputs _operation",
    "_stack_defaults": "_values errors _amplify _inputs",
    "_access": "_values records _ask _amplify _inputs _operation _stack_defaults",
    "_announcer": "_values records _ask _inputs _operation _preview _stack_defaults _access",
    "_lifecycle": (
        "_values records errors _ask _amplify _inputs _operation _preview _start _follow _logs _state"
        " _kind _plan _secrecy _stack_defaults _access _announcer"
    ),
    "_engine": "_values errors _ask _operation _lifecycle",
    "provider": "_values _inputs _operation _preview _kind _lifecycle _engine",
    "_program": "_values _content _inputs _state",
    "_provider_settings": "_values errors _amplify _inputs _stack_defaults",
    "_native": (
        "_values records errors _ask _amplify _inputs _operation _preview _state _kind"
        " _provider_settings _lifecycle _engine _program"
    ),
    "resource": "_values _inputs _state provider _program",
    "deployment": "_inputs _state provider _program resource",
    "report": "_values _content _inputs _preview _state",
    "cli": (
        "_values _content records errors _amplify _inputs _operation _preview _start _follow _logs"
        " _state _kind _secrecy _stack_defaults _provider_settings report"
    ),
    "emulator": "",
}
RECORDS: Final = {"_amplify.ids", "_amplify.status", "_amplify.records"}
#: What is shipped beside the resource, and what the resource works without.
BESIDE: Final = {"report", "cli", "emulator"}

#: Modules that decide or describe, and so know neither Pulumi nor AWS's SDK, however far one follows.
PURE: Final = {
    *RECORDS,
    "errors",
    "_ask",
    "_values.*",
    "_amplify.proxies",
    "_amplify.roles",
    "_amplify.setting_names",
    "_amplify.settings",
    "_amplify.sign_in",
    "_amplify.aws_settings",
    "_amplify.stack_config",
    "_content.*",
    "_inputs.schema",
    "_inputs.deployment",
    "_inputs.digests",
    "_inputs.request",
    "_inputs.words",
    "_inputs.secrets",
    "_operation",
    "_preview.changes",
    "_preview.differences",
    "_preview.file_reasons",
    "_preview.reasons",
    "_preview.sentences",
    "_start.outcome",
    "_start.trailers",
    "_start.notes",
    "_start.patience",
    "_start.messages",
    "_logs.lines",
    "_logs.reason",
    "_upload.failures",
    "_follow.judge",
    "_follow.wait",
    "_follow.rows",
    "_follow.messages",
    "_state",
    "_plan",
    "_secrecy",
}
#: A protocol names the API's class, whose module imports boto3 within functions only; so do the modules
#: that read logs, and a preview loads nothing for them.
PURE_WHEN_IMPORTED: Final = PURE | {
    "_start.decide",
    "_start.method",
    "_amplify.signed_address",
    "_logs.failures",
    "_logs.address",
    "_logs.download",
    "_upload.*",
}
SDKS: Final = {"pulumi", "boto3", "botocore"}


@dataclass(frozen=True, slots=True)
class Imports:
    """What one module imports: modules of the package by their names in it, and others."""

    own: frozenset[str]
    foreign: frozenset[str]


@cache
def modules() -> dict[str, Path]:
    """Each module by its name within the package: `_inputs.rules`, and `` for the package itself."""
    return {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def imports_of(name: str, *, when_imported: bool = False) -> Imports:
    """The imports of a module, or only those that run when it is imported itself."""
    path = modules()[name]
    parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own: set[str] = set()
    foreign: set[str] = set()
    for node in running(tree) if when_imported else ast.walk(tree):
        if isinstance(node, ast.Import):
            foreign.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                foreign.add(node.module or "")
            else:
                own.update(imported(node, parent))
    return Imports(frozenset(own), frozenset(foreign))


def imported(node: ast.ImportFrom, parent: str) -> Iterator[str]:
    """The modules that a relative import names: `from .. import errors` names `errors`."""
    above = parent.split(".") if parent else []
    above = above[: len(above) - (node.level - 1)]
    base = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        full = f"{base}.{alias.name}".lstrip(".")
        yield full if full in modules() else base


def running(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: nothing in functions, nothing for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from running(child)


def reached(start: str, follow: Callable[[str], Iterable[str]]) -> dict[str, str]:
    """Each module that can be reached from one, with the module that imports it."""
    found: dict[str, str] = {}
    waiting = [start]
    while waiting:
        current = waiting.pop()
        for following in sorted(follow(current)):
            if following not in found:
                found[following] = current
                waiting.append(following)
    return found


def way(to: str, found: Mapping[str, str], start: str) -> str:
    """How a module is reached: `_follow.stop -> _follow.wait`."""
    steps = [to]
    while steps[-1] != start or len(steps) == 1:
        steps.append(found[steps[-1]])
    return " -> ".join(reversed(steps))


def layer_of(name: str) -> str:
    return "records" if name in RECORDS else name.partition(".")[0]


def matching(patterns: Iterable[str]) -> list[str]:
    """The modules that patterns such as `_values.*` name."""
    return sorted(
        name
        for pattern in patterns
        for name in modules()
        if name == pattern or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
    )


def test_the_reading_of_imports_sees_everything() -> None:
    """Imports in functions and for type checkers count; what runs at import is read separately."""
    session = imports_of("_amplify.session")
    assert {"_amplify.settings", "_amplify.aws_session", "errors"} <= session.own
    assert {"boto3", "botocore.config"} <= session.foreign
    assert not SDKS & roots(imports_of("_amplify.session", when_imported=True).foreign)
    assert imports_of("errors").own == {"_amplify.ids", "_amplify.records"}
    assert imports_of("errors", when_imported=True).own == frozenset()
    assert "_follow.messages" in imports_of("_follow.stop").own


def roots(names: Iterable[str]) -> set[str]:
    """The distributions' packages: `botocore` of `botocore.loaders`."""
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", modules())
def test_no_module_imports_itself_by_a_detour(name: str) -> None:
    """The imports of the package have no circle, those for type checkers and in functions included."""
    found = reached(name, lambda module: imports_of(module).own)
    assert name not in found, way(name, found, name)


def test_the_layers_stand_one_on_the_other() -> None:
    """Each layer names layers below it, so that the table is an order."""
    below: list[str] = []
    for layer, imports in LAYERS.items():
        assert set(imports.split()) <= set(below), layer
        below.append(layer)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_what_its_row_says(layer: str) -> None:
    """A layer imports what lies below it, exactly as in the table: no more, and nothing for long."""
    used: dict[str, str] = {}
    for name in modules():
        if name and layer_of(name) == layer:
            used.update({layer_of(own): f"{name} -> {own}" for own in imports_of(name).own})
    used.pop(layer, None)
    allowed = set(LAYERS[layer].split())
    assert set(used) == allowed, [used.get(each, each) for each in set(used) ^ allowed]


def test_every_module_has_a_layer() -> None:
    """A new folder or module at the top gets its place in the table."""
    assert {layer_of(name) for name in modules() if name} == set(LAYERS)


@pytest.mark.parametrize("name", [name for name in modules() if layer_of(name) not in BESIDE])
def test_the_resource_works_without_what_is_shipped_beside_it(name: str) -> None:
    """Whoever wants the resource alone needs neither the report, nor the command, nor the emulator."""
    found = reached(name, lambda module: imports_of(module).own)
    assert not {each for each in found if layer_of(each) in BESIDE}
    foreign = roots(imports_of(name).foreign)
    assert not foreign & {"click", "rich", "moto"}
    assert "amplify_job_resource" not in foreign


@pytest.mark.parametrize("name", matching(PURE))
def test_a_pure_module_knows_no_sdk(name: str) -> None:
    """Neither it nor what it imports names Pulumi or AWS's SDK anywhere, not even in a function."""
    found = {name: name, **reached(name, lambda module: imports_of(module).own)}
    assert {each for each in found if SDKS & roots(imports_of(each).foreign)} == set()


@pytest.mark.parametrize("name", matching(PURE_WHEN_IMPORTED))
def test_a_pure_module_loads_no_sdk(name: str) -> None:
    """To import it loads no SDK: a decision is tested without Pulumi and without AWS."""
    found = [name, *reached(name, lambda module: imports_of(module, when_imported=True).own)]
    loaded = {each: roots(imports_of(each, when_imported=True).foreign) & SDKS for each in found}
    assert not any(loaded.values()), loaded


def test_every_pure_module_is_there() -> None:
    """No module that was renamed is left in the lists."""
    missing = [pattern for pattern in PURE_WHEN_IMPORTED if not matching([pattern])]
    assert missing == []


def test_only_the_front_and_its_engine_know_pulumi() -> None:
    """A front for another engine would stand beside these, on the same lifecycle."""
    knowing = {name for name in modules() if "pulumi" in roots(imports_of(name).foreign)}
    assert {layer_of(name) for name in knowing} == {
        "_engine",
        "_native",
        "provider",
        "_program",
        "deployment",
        "resource",
    }


def test_only_aws_and_its_limits_know_the_sdk() -> None:
    """AWS's SDK is asked in one folder; its model is read for limits, its HTTP for logs and uploads."""
    knowing = {
        name
        for name in modules()
        if layer_of(name) != "emulator" and {"boto3", "botocore"} & roots(imports_of(name).foreign)
    }
    assert knowing == {
        "_amplify.aws_errors",
        "_amplify.aws_session",
        "_amplify.credential_process",
        "_amplify.credentials",
        "_amplify.session",
        "_amplify.page_status",
        "_amplify.signed_address",
        "_inputs.limits",
        "_logs.address",
        "_logs.failures",
        "_upload.connection",
    }


#: The modules of the enums, where their words stand.
WORDS: Final = {"_inputs.words": (JobType, OnBusy), "_amplify.status": (Status,)}


def literals(name: str) -> Iterator[tuple[int, str]]:
    """Each text in a module's code with its line; docstrings are more than a word."""
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "name", [name for name in modules() if layer_of(name) != "emulator" and name not in WORDS]
)
def test_the_words_of_enums_are_written_once(name: str) -> None:
    """A job type, a policy or a status is a member of its enum everywhere: a typo cannot hide."""
    words = {word.value for enums in WORDS.values() for enum in enums for word in enum}
    assert [(line, text) for line, text in literals(name) if text in words] == []


#: Tests that are not about one module.
OVERALL: Final = {"test_architecture", "test_contracts"}
#: Modules without behaviour of their own, and the module that only starts a process.
UNTESTED: Final = {"_plan", "_start.method"}


def test_the_unit_tests_have_the_shape_of_the_package() -> None:
    """`_inputs/rules.py` is tested in `inputs/test_rules.py`: one file a module, and no other."""
    core = {
        name
        for name, path in modules().items()
        if name and path.name != "__init__.py" and layer_of(name) not in BESIDE
    }
    expected = {name.lstrip("_").replace(".", "/test_") for name in core - UNTESTED}
    expected = {name if "/" in name else f"test_{name}" for name in expected}
    found = {
        path.relative_to(TESTS).with_suffix("").as_posix() for path in TESTS.rglob("test_*.py")
    }
    assert found - OVERALL == expected
