from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import amplify_job_resource
import pytest
from amplify_job_resource._amplify.aws_settings import SETTINGS, Form
from amplify_job_resource._amplify.settings import settings_from
from amplify_job_resource._amplify.stack_config import refuse, unused
from amplify_job_resource._native.wording import in_our_words
from amplify_job_resource._stack_defaults import lines_wanted, lookahead_wanted
from amplify_job_resource.errors import InvalidSettings

PACKAGE = Path(amplify_job_resource.__file__).parent
#: What only programs in Python and shells run.
ELSEWHERE = {"cli", "emulator", "report", "_native", "_program", "resource.py", "deployment.py"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            "no AWS region is set: set the stack's aws:region (pulumi config set aws:region …)",
            "no AWS region is set: set the provider's region (pulumi config set amplify-job:region …)",
        ),
        ("aws:accessKey of the stack's config", "accessKey of the provider's config"),
        (
            "amplify-job:lookahead of the stack's config must be true or false",
            "lookahead of the provider's config must be true or false",
        ),
        (
            "the stack's config has aws:token without keys: set aws:accessKey and aws:secretKey, too",
            "the provider's config has amplify-job:token without keys: set amplify-job:accessKey and "
            "amplify-job:secretKey, too",
        ),
        ("(aws:stsRegion, aws:endpoints)", "(amplify-job:stsRegion, amplify-job:endpoints)"),
        ("the stack's aws:assumeRoles has an entry", "the provider's assumeRoles has an entry"),
    ],
)  # fmt: skip
def test_settings_have_their_names_of_this_front(theirs: str, ours: str) -> None:
    """A setting is the provider's: by its plain name, or by the key that a stack's config has."""
    assert in_our_words(theirs) == ours


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:profile:eu-west-1:111122223333:region/x",
        "arn:aws:sts::111122223333:assumed-role/ci/token",
        "User: arn:aws:iam::111122223333:user/ci is not authorized (aws:RequestedRegion)",
        "explicit deny with aws:PrincipalTag/team, aws:SourceIp, aws:TokenIssueTime",
        "the stack's output, and the job is recorded in the stack",
    ],
)
def test_other_words_stay(text: str) -> None:
    """ARNs, condition keys and what AWS says otherwise are left as they are."""
    assert in_our_words(text) == text


@pytest.mark.parametrize("name", SETTINGS)
def test_no_setting_is_forgotten(name: str) -> None:
    """What is said of any setting names it as this front does."""
    assert in_our_words(str(refuse(name, "is wrong"))).startswith(
        f"the provider's {name} is wrong:"
    )
    value = '{"roleArn": "x", "typo": 1}' if SETTINGS[name].is_role else "socks5://x"
    value = f"[{value}]" if SETTINGS[name].form is Form.MAPS else value
    for line in unused({f"aws:{name}": value}):
        assert not foreign(in_our_words(line))
        assert in_our_words(line).startswith(f"the provider's {name}")


def read(config: dict[str, str]) -> None:
    settings_from(config, environ={})
    lookahead_wanted(config, {})
    lines_wanted(config, {})


@pytest.mark.parametrize(
    "config",
    [
        {"aws:allowedAccountIds": '["1"]'},
        {"aws:allowedAccountIds": '["111122223333"]', "aws:forbiddenAccountIds": '["111122223334"]'},
        {"aws:assumeRoles": "[5]"},
        {"aws:assumeRoles": '[{"roleArn": "arn:aws:iam::111122223333:role/x", "duration": "1y"}]'},
        {"aws:assumeRoleWithWebIdentity": "[]"},
        {"aws:httpsProxy": "nonsense://"},
        {"aws:endpoints": '[{"amplify": 5}]'},
        {"aws:region": "nowhere"},
        {"amplify-job:lookahead": "maybe"},
        {"amplify-job:logLines": "-1"},
    ],
)  # fmt: skip
def test_refusals_have_the_words_of_this_front(config: dict[str, str]) -> None:
    """A refused setting is not said to be the stack's, nor one of another provider."""
    with pytest.raises(InvalidSettings) as raised:
        read(config)
    said = in_our_words(str(raised.value))
    assert not foreign(said)
    assert "provider's" in said


def foreign(text: str) -> list[str]:
    """What in a message is of the other front."""
    return re.findall(r"(?<!arn:)\baws:(?!\w+:)\S*|\bthe stack's (?:aws|config|amplify)\S*", text)


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module that name a setting or the config, with their lines; no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped.update(map(id, node.values))
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.expr):
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(map(example, node.values)).removeprefix("aws::")
        text = text.replace("the stack's region", "the stack's aws:region")
        if text != "aws:" and foreign(text):
            yield node.lineno, text


def example(part: ast.expr) -> str:
    """A part of an f-string with an example of what it may hold."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    if isinstance(part.value, ast.IfExp) and isinstance(part.value.body, ast.Constant):
        return str(part.value.body.value)
    return "aws:" if ast.unparse(part.value) == "NAMESPACE" else "region"


MESSAGES = [
    (f"{path.relative_to(PACKAGE)}:{line}", text)
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE
    for line, text in messages(path)
    # A key by which the config is read is no message.
    if not re.fullmatch(r"aws:\w+", text) or text == "aws:profile"
]


def test_the_messages_are_found() -> None:
    """The search finds the messages about settings: in calls, in f-strings, in constants."""
    found = {where.partition(":")[0] for where, _ in MESSAGES}
    assert {
        "_amplify/session.py",
        "_amplify/settings.py",
        "_amplify/stack_config.py",
        "_amplify/account.py",
        "_amplify/roles.py",
        "_amplify/aws_errors.py",
        "_stack_defaults.py",
        "_upload/failures.py",
    } <= found


@pytest.mark.parametrize(("where", "text"), MESSAGES)
def test_no_message_names_a_setting_in_another_way(where: str, text: str) -> None:
    """Each message of the package about a setting is one that this front can put in its words."""
    assert foreign(in_our_words(text)) == [], where
