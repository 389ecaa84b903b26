"""Plan files: YAML that says how the jobs of which apps, branches and commits run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from .plans import Plan, check_field
from .rules import Rule

#: What YAML calls the key `<<`.
_MERGE = "tag:yaml.org,2002:merge"
_MATCHES = tuple(each.name for each in fields(Rule) if each.name != "plan")


@dataclass(frozen=True, slots=True)
class PlanFile:
    """What a plan file says: its rules, in their order, and the default plan if it has one."""

    rules: tuple[Rule, ...]
    default: Plan | None


def read(path: Path) -> PlanFile:
    """Read a plan file. What the plan of a rule leaves out, it takes from the file's default plan.

    Raises:
        ValueError: the file is wrong; the message has its name, the line and the key.
        OSError: it cannot be read.
    """
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        return _Reader(path, loader).file(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ValueError(f"{path}{line}: this is no YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path}: this is no YAML: {error}") from None


class _Reader:
    """Makes rules of YAML's nodes, which know their lines."""

    def __init__(self, path: Path, loader: yaml.SafeLoader) -> None:
        self._path = path
        self._loader = loader

    def file(self, node: yaml.Node | None) -> PlanFile:
        default: Plan | None = None
        rules: tuple[Rule, ...] = ()
        members = (
            {} if node is None else dict(self._members(node, "the file", ("default", "rules")))
        )
        # The default comes first, wherever it stands.
        if "default" in members:
            default = self._plan(members["default"], "default", Plan())
        if "rules" in members:
            given = members["rules"]
            if not isinstance(given, yaml.SequenceNode):
                raise self._wrong(given, "rules is a list")
            rules = tuple(
                self._rule(each, f"rules[{number}]", default or Plan())
                for number, each in enumerate(given.value)
            )
        return PlanFile(rules, default)

    def _rule(self, node: yaml.Node, key: str, default: Plan) -> Rule:
        found: dict[str, Any] = {}
        for name, value in self._members(node, key, (*_MATCHES, "plan")):
            if name == "plan":
                found["plan"] = self._plan(value, f"{key}.plan", default)
                continue
            found[name] = self._value(value, f"{key}.{name}")
            try:
                Rule(default, **{name: found[name]})
            except ValueError as error:
                raise self._wrong(value, f"{key}.{error}") from None
        if "plan" not in found:
            raise self._wrong(node, f"{key} has no plan")
        return Rule(**found)

    def _plan(self, node: yaml.Node, key: str, default: Plan) -> Plan:
        found: dict[str, Any] = {}
        for name, value in self._members(node, key, tuple(each.name for each in fields(Plan))):
            found[name] = self._value(value, f"{key}.{name}")
            try:
                check_field(name, found[name])
            except ValueError as error:
                raise self._wrong(value, f"{key}.{error}") from None
        try:
            return Plan(**{**asdict(default), **found})
        except ValueError as error:
            raise self._wrong(node, f"{key}: {error}") from None

    def _members(
        self, node: yaml.Node, key: str, names: tuple[str, ...]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """The members of a mapping, each of which must have one of these names, and only once."""
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, f"{key} is a mapping with {', '.join(names)}")
        seen = set()
        for name_node, value in node.value:
            if name_node.tag == _MERGE:
                reason = f"merge keys are not read; {key} needs the keys themselves in place of <<"
                raise self._wrong(name_node, reason)
            name = self._value(name_node, f"a key of {key}")
            if name not in names:
                known = ", ".join(names)
                raise self._wrong(name_node, f"{key} has no {name!r}; it can have {known}")
            if name in seen:
                raise self._wrong(name_node, f"{key} has {name} twice")
            seen.add(name)
            yield name, value

    def _value(self, node: yaml.Node, key: str) -> Any:
        """What a node says."""
        try:
            return self._loader.construct_object(node, deep=True)
        except (yaml.YAMLError, RecursionError):
            raise
        except Exception as error:  # of YAML's own reading, such as for 2026-13-01
            raise self._wrong(node, f"{key} cannot be read: {error}") from None

    def _wrong(self, node: yaml.Node, reason: str) -> ValueError:
        return ValueError(f"{self._path}:{node.start_mark.line + 1}: {reason}")
