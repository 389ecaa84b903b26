"""What a message calls a setting, and that no message has a name for one by itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import amplify_job_resource
import pytest
from amplify_job_resource._amplify.aws_settings import SETTINGS
from amplify_job_resource._amplify.setting_names import (
    OWN,
    PROVIDER,
    SHELL,
    STACK,
    SettingNames,
    of_provider,
)

PACKAGE = Path(amplify_job_resource.__file__).parent
WEST = of_provider("west")
#: What only programs in Python and shells run.
ELSEWHERE = {"cli", "emulator", "report", "_program", "resource.py", "deployment.py"}


@pytest.mark.parametrize(
    ("names", "subject", "alone", "keys", "in_config"),
    [
        (
            STACK,
            "the stack's aws:region",
            "aws:region",
            "aws:httpsProxy, aws:httpProxy and aws:noProxy",
            "aws:accessKey of the stack's config",
        ),
        (
            PROVIDER,
            "the provider's region",
            "amplify-job:region",
            "amplify-job:httpsProxy, amplify-job:httpProxy and amplify-job:noProxy",
            "amplify-job:accessKey of the provider's config",
        ),
        (
            WEST,
            "the provider's region",
            "region of the provider west",
            "httpsProxy, httpProxy and noProxy",
            "accessKey of the provider west",
        ),
    ],
    ids=["stack", "provider", "explicit"],
)
def test_each_front_has_its_names(
    names: SettingNames, subject: str, alone: str, keys: str, in_config: str
) -> None:
    """A setting is named as it can be set: by a key of the stack's config, or by an input."""
    assert names.subject("region") == subject
    assert names.alone("region") == alone
    assert names.keys("httpsProxy", "httpProxy", "noProxy") == keys
    assert names.in_config("accessKey") == in_config


@pytest.mark.parametrize(
    ("names", "beside", "command"),
    [
        (STACK, "aws:httpsProxy, HTTPS_PROXY", " (pulumi config set aws:region …)"),
        (PROVIDER, "amplify-job:httpsProxy, HTTPS_PROXY", " (pulumi config set amplify-job:region …)"),
        (WEST, "httpsProxy of the provider west, HTTPS_PROXY", ""),
        (SHELL, "HTTPS_PROXY", ""),
    ],
    ids=["stack", "provider", "explicit", "shell"],
)  # fmt: skip
def test_only_what_can_be_set_is_advised(names: SettingNames, beside: str, command: str) -> None:
    """No stack has the settings of a provider in a program, and a shell has options for a few."""
    assert names.beside("HTTPS_PROXY", "httpsProxy") == beside
    assert names.command("region") == command


def test_several_settings_are_advised_in_one_place() -> None:
    """The place stands behind the last of them, and before what else there is."""
    ways = ("A and B", "httpProxy", "noProxy")
    assert STACK.beside(*ways, by=", or ") == "aws:httpProxy and aws:noProxy, or A and B"
    assert (
        WEST.beside(*ways, by=", or ") == "httpProxy and noProxy of the provider west, or A and B"
    )
    assert SHELL.beside(*ways, by=", or ") == "A and B"


def test_our_own_settings_have_a_namespace_of_their_own() -> None:
    """Pulumi's AWS provider does not have them, and the native provider has them with its others."""
    assert STACK.keys(*sorted(OWN)) == "amplify-job:logLines and amplify-job:lookahead"
    assert PROVIDER.in_config("logLines") == "amplify-job:logLines of the provider's config"
    assert not OWN & SETTINGS.keys()


def test_a_shell_has_options() -> None:
    """What it cannot set by one comes from the environment."""
    assert (SHELL.alone("profile"), SHELL.subject("region")) == ("--profile", "--region")


def test_the_name_of_a_provider_is_harmless() -> None:
    """A program may give any name: it is shown on one line of a decent length."""
    shown = of_provider("a\nb\x1b[31m" + "x" * 999).alone("region")
    assert shown.startswith("region of the provider a b")
    assert shown.isprintable()
    assert len(shown) < 200


def named(text: str) -> list[str]:
    """The settings that a text names by itself, and what it calls all of them."""
    key = r"(?<!arn:)\b(?:aws|amplify-job):(?!\w+:)(?:\w+|$)"
    return re.findall(rf"{key}|\bthe stack's (?:config|aws)\b", text)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The texts in a module's code with their lines; docstrings are for its readers.

    Of an f-string it is the whole, with `x` for each value. One that is a key and no more is left out.
    """
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(map(part_of, node.values))
            if not re.fullmatch(r"aws:\w+", text):
                yield node.lineno, text


def part_of(part: ast.expr) -> str:
    """A part of an f-string."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return "aws:" if ast.unparse(part.value) in ("AWS", "NAMESPACE") else "x"


#: What is no message: a namespace, the keys under which config is read, and tokens of resources.
NO_MESSAGES = {
    "_amplify/stack_config.py": {"aws:"},
    "_stack_defaults.py": {"amplify-job:lookahead", "amplify-job:logLines"},
    "_values/urns.py": {"amplify-job:index:Job", "amplify-job:index:Deployment"},
}
MODULES = {
    path.relative_to(PACKAGE).as_posix(): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE
}


def literal(name: str) -> list[tuple[int, str]]:
    """The messages of a module that name a setting by themselves."""
    found = texts(MODULES[name].read_text(encoding="utf-8"))
    return [(line, text) for line, text in found if named(text)]


@pytest.mark.parametrize("name", sorted(MODULES.keys() - {"_amplify/setting_names.py"}))
def test_no_message_has_a_name_for_a_setting(name: str) -> None:
    """Only the names' own module knows what a reader calls a setting, and its config."""
    assert {text for _, text in literal(name)} <= NO_MESSAGES.get(name, set())


def test_the_search_finds_names() -> None:
    """In texts, in parts of f-strings and beside values; not in docstrings, ARNs and condition keys."""
    source = '''
"""The stack's aws:region."""
def f(region):
    """Reads aws:region of the stack's config."""
    g("aws:region", f"set aws:{region}", f"amplify-job:{region} of {region}")
    g(f"{region} of the stack's config", ["the stack's aws"])
    g(f"{NAMESPACE}{region}", f"the {NAMESPACE}{region}")
    g(f"arn:aws:amplify:{region}:*", "arn:aws:sts::1:role", "amplify-job", "the stack's output")
'''
    found = [(line, text) for line, text in texts(source) if named(text)]
    assert sorted(line for line, _ in found) == [5, 5, 5, 6, 6, 7]
    assert literal("_amplify/setting_names.py")
