"""`schema.json` is what the code says, and reads well in every language."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]
from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect
from amplify_job_resource._amplify.status import Status
from amplify_job_resource._inputs.deployment import ALL_INPUTS
from amplify_job_resource._inputs.schema import Row, snake_case
from amplify_job_resource._inputs.words import JobType, OnBusy
from amplify_job_resource._stack_defaults import LOG_LINES, LOOKAHEAD
from amplify_job_resource._state import OUTPUTS

from tests.engine.stack import NO_PULUMI, clean_environment
from tools.schema.package import FACES, PATH, as_text, package
from tools.schema.resources import Face

SCHEMA: Final[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))
RESOURCES: Final[dict[str, Any]] = SCHEMA["resources"]
PROVIDER: Final[dict[str, Any]] = SCHEMA["provider"]

TEXT: Final = {"type": "string"}
NUMBER: Final = {"type": "number"}
WHOLE: Final = {"type": "integer"}
FLAG: Final = {"type": "boolean"}
TEXTS: Final = {"type": "array", "items": TEXT}
ANY: Final = {"$ref": "pulumi.json#/Any"}

FLAGS: Final = [
    "waitForCompletion",
    "allowFailure",
    "verifyCommit",
    "skipIfBuilt",
    "lookahead",
    "healthy",
    "adopted",
]
#: The type of what is neither plain text nor a flag: as an input, and as an output.
TYPES: Final[dict[str, tuple[Any, Any]]] = {
    "commitTime": ({"oneOf": [TEXT, NUMBER]}, TEXT),
    "triggers": (ANY, ANY),
    "source": ({"oneOf": [TEXT, {"$ref": "pulumi.json#/Archive"}]}, ANY),
    "exclude": (TEXTS, TEXTS),
    "logLines": (WHOLE, WHOLE),
    "fileCount": (None, WHOLE),
    "totalBytes": (None, NUMBER),
    "durationSeconds": (None, NUMBER),
    "steps": (None, {"type": "array", "items": {"$ref": "#/types/amplify-job:index:Step"}}),
}
WORDS: Final = {
    ("Job", "jobType"): "JobType",
    ("Job", "onBusy"): "OnBusy",
    ("Deployment", "onBusy"): "DeploymentOnBusy",
}

LANGUAGES: Final = ["yaml", "typescript", "python", "go"]
FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def resource(face: Face) -> dict[str, Any]:
    """The entry of a resource in the file."""
    entry: dict[str, Any] = RESOURCES[f"amplify-job:index:{face.name}"]
    return entry


def descriptions(entry: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text below an entry, without the programs in it, by where it stands."""
    if isinstance(entry, dict):
        if isinstance(entry.get("description"), str):
            yield path, FENCE.sub("", entry["description"])
        for key, below in entry.items():
            yield from descriptions(below, f"{path}/{key}")
    elif isinstance(entry, list):
        for number, below in enumerate(entry):
            yield from descriptions(below, f"{path}/{number}")


def programs(language: str) -> list[Any]:
    """The programs of one language in the texts of the resources and the provider."""
    entries = {**RESOURCES, "provider": PROVIDER}
    return [
        pytest.param(program, id=f"{name}-{number}")
        for name, entry in entries.items()
        for number, (found, program) in enumerate(FENCE.findall(entry["description"]))
        if found == language
    ]


def type_of(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is no part of its type."""
    return {key: value for key, value in entry.items() if key not in ("description", "secret")}


def test_the_file_is_current() -> None:
    """What is committed is what `make schema` would write."""
    assert PATH.read_text(encoding="utf-8") == as_text(package()), "run: make schema"


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_it_has_every_input_and_output(face: Face) -> None:
    """The inputs are those of the table, the required ones too; each input is an output as well."""
    entry, rows = resource(face), face.kind.inputs
    assert list(entry["inputProperties"]) == list(rows.given.values())
    assert entry["requiredInputs"] == [row.key for row in rows.rows if row.required]
    assert set(entry["properties"]) == {*rows.by_key, *face.kind.outputs.values()}


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_each_input_and_output_has_its_type(face: Face) -> None:
    """Texts are texts, words are texts or words, numbers fit, and what may be anything is."""
    entry = resource(face)
    for place, side in (("inputProperties", 0), ("properties", 1)):
        for key, found in entry[place].items():
            wanted = FLAG if key in FLAGS else TYPES.get(key, (TEXT, TEXT))[side]
            if side == 0 and (face.name, key) in WORDS:
                words = f"#/types/amplify-job:index:{WORDS[face.name, key]}"
                wanted = {"oneOf": [TEXT, {"$ref": words}]}
            assert type_of(found) == wanted, key


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_what_is_always_set_is_required(face: Face) -> None:
    """An input with a default and the status are always there; what AWS may leave out is not."""
    required = set(resource(face)["required"])
    always = {"appId", "branchName", "jobId", "status", "steps", *face.kind.inputs.defaults}
    assert required >= always
    assert not required & {
        "endTime",
        "url",
        "healthy",
        "triggers",
        "source",
        "commitId",
        "manifest",
    }


def test_the_words_are_those_of_the_inputs() -> None:
    """Each policy and kind of job that may be asked for has its line; `MANUAL` is none of them."""
    types = SCHEMA["types"]
    values = {
        name: [each["value"] for each in types[f"amplify-job:index:{name}"]["enum"]]
        for name in WORDS.values()
    }
    assert values == {
        "JobType": [word.value for word in JobType if word is not JobType.MANUAL],
        "OnBusy": [word.value for word in OnBusy],
        "DeploymentOnBusy": ["wait", "stop", "fail"],
    }
    for name in WORDS.values():
        assert all(each["description"] for each in types[f"amplify-job:index:{name}"]["enum"])


def test_a_step_has_the_keys_of_state() -> None:
    """A step in state has a name and a status, and the others where AWS tells them."""
    step = SCHEMA["types"]["amplify-job:index:Step"]
    assert list(step["properties"]) == ["name", "status", "startTime", "endTime", "statusReason"]
    assert step["required"] == ["name", "status"]


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_a_resource_was_a_dynamic_one(face: Face) -> None:
    """Every SDK names the dynamic resource as an alias, and none decides what is a replacement."""
    token = f"pulumi-python:dynamic/amplify:{face.name}"
    assert resource(face)["aliases"] == [{"type": token}]
    assert "replaceOnChanges" not in PATH.read_text(encoding="utf-8")


def default_stated(row: Row, text: str) -> bool:
    """Whether a text says what the default of an input is."""
    value = row.default
    if isinstance(value, bool):
        return f"Default {str(value).lower()}." in text
    return f"`{value}` (the default)" in text


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_each_default_is_stated(face: Face) -> None:
    """A default is told, and is not the SDK's: the plugin writes it, whatever the age of the SDK."""
    entry = resource(face)
    for key, row in face.kind.inputs.by_key.items():
        if row.default is not None:
            assert default_stated(row, entry["inputProperties"][key]["description"]), key
    assert '"default"' not in PATH.read_text(encoding="utf-8")
    assert "else 20." in entry["inputProperties"]["logLines"]["description"]
    assert "else false." in entry["inputProperties"]["lookahead"]["description"]


def test_the_status_lists_its_words() -> None:
    """The status is plain text, since AWS may add words; its text has those that are known."""
    for entry in RESOURCES.values():
        text = entry["properties"]["status"]["description"]
        assert all(status.value in text for status in Status)


@pytest.mark.parametrize(("path", "text"), list(descriptions(SCHEMA)))
def test_a_text_reads_in_all_languages(path: str, text: str) -> None:
    """No name, value, type or habit of Python is in a text, and nothing of the dynamic resource."""
    names = {row.name for row in ALL_INPUTS.rows} | {*OUTPUTS, "end_time", "status_reason"}
    names = {name for name in names if "_" in name} | {"custom_timeouts", "depends_on"}
    foreign = {"None", "True", "False", "keyword", "opts", "datetime", "boto3", "Python", "kwargs"}
    words = set(re.findall(r"\w+", text))
    assert not words & (names | foreign), path
    assert "aws:" not in text.replace("arn:aws:", ""), path
    assert "the stack's `" not in text, path
    assert text.strip()[0].isupper() or text.startswith("`"), path
    assert text.strip().endswith((".", ":", "%}}")), path


def test_every_entry_has_a_text() -> None:
    """No input, output, setting, field or type is left without a sentence."""
    told = dict(descriptions(SCHEMA))
    entries = [
        *(f"/resources/{token}" for token in RESOURCES),
        *(
            f"/resources/{token}/{place}/{key}"
            for token, entry in RESOURCES.items()
            for place in ("inputProperties", "properties")
            for key in entry[place]
        ),
        *(f"/provider/inputProperties/{key}" for key in PROVIDER["inputProperties"]),
        *(f"/types/{token}" for token in SCHEMA["types"]),
    ]
    assert [path for path in entries if not told.get(path)] == []


def test_the_provider_has_the_settings_of_the_aws_provider() -> None:
    """Each of them and our own two, both in a stack's config and as inputs of an explicit provider."""
    own = {key.partition(":")[2] for key in (LOOKAHEAD, LOG_LINES)}
    assert set(PROVIDER["inputProperties"]) == {*SETTINGS, *own}
    assert SCHEMA["config"]["variables"] == PROVIDER["inputProperties"]
    for name, row in SETTINGS.items():
        text = PROVIDER["inputProperties"][name]["description"]
        assert text.startswith("Has no effect: ") is (row.effect is not Effect.USED), name


def test_keys_and_tokens_are_secrets() -> None:
    """What lets its holder sign in is marked wherever it may be given, and never an output."""
    variables = SCHEMA["config"]["variables"]
    secrets = {name for name, entry in variables.items() if entry.get("secret")}
    assert secrets == {"accessKey", "secretKey", "token"}
    assert not secrets & set(PROVIDER["properties"])
    role = SCHEMA["types"]["amplify-job:index:AssumeRoleWithWebIdentity"]["properties"]
    assert role["webIdentityToken"]["secret"] is True


def test_roles_and_endpoints_have_types() -> None:
    """A setting that is a map, or a list of maps, has a type with the fields that are read."""
    inputs, types = PROVIDER["inputProperties"], SCHEMA["types"]
    role = {"$ref": "#/types/amplify-job:index:AssumeRole"}
    assert type_of(inputs["assumeRole"]) == role
    assert type_of(inputs["assumeRoles"]) == {"type": "array", "items": role}
    assert set(types["amplify-job:index:Endpoints"]["properties"]) == {"amplify", "sso", "sts"}
    fields = types["amplify-job:index:AssumeRole"]["properties"]
    assert (type_of(fields["durationSeconds"]), type_of(fields["policyArns"])) == (WHOLE, TEXTS)
    assert types["amplify-job:index:AssumeRole"]["required"] == ["roleArn"]


def test_each_example_is_in_each_language() -> None:
    """An example has one program in each language; commands for a shell stand beside them."""
    for entry in (*RESOURCES.values(), PROVIDER):
        text = entry["description"]
        parts = text.split("{{% example %}}")[1:]
        assert parts
        assert text.count("{{% /example %}}") == len(parts)
        for part in parts:
            example = part.partition("{{% /example %}}")[0]
            assert [language for language, _ in FENCE.findall(example)] == LANGUAGES
        outside = text.partition("{{% /examples %}}")[2]
        assert {language for language, _ in FENCE.findall(outside)} <= {"sh"}


@pytest.mark.parametrize("program", programs("yaml"))
def test_a_yaml_example_has_what_the_schema_has(program: str) -> None:
    """Each resource of a YAML program is one of ours, and its properties are inputs of it."""
    for declared in yaml.safe_load(program)["resources"].values():
        token = declared["type"].replace("amplify-job:", "amplify-job:index:", 1)
        is_provider = declared["type"] == "pulumi:providers:amplify-job"
        entry = PROVIDER if is_provider else RESOURCES[token]
        given = set(declared["properties"])
        assert set(entry.get("requiredInputs", ())) <= given <= set(entry["inputProperties"])


@pytest.mark.parametrize("program", programs("python"))
def test_a_python_example_has_what_the_schema_has(program: str) -> None:
    """Each resource of a Python program is one of ours, and its keywords are inputs of it."""
    entries = {token.rpartition(":")[2]: entry for token, entry in RESOURCES.items()}
    found = 0
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("amplify_job."):
            name = ast.unparse(node.func).removeprefix("amplify_job.")
            entry = {**entries, "Provider": PROVIDER}[name]
            names = {snake_case(key) for key in entry["inputProperties"]} | {"opts"}
            assert {keyword.arg for keyword in node.keywords} <= names
            found += 1
    assert found


@pytest.mark.engine
def test_pulumi_accepts_it(tmp_path: Path) -> None:
    """Pulumi's own check finds nothing in the file, and does find a reference that leads nowhere."""
    if shutil.which("pulumi") is None:
        pytest.fail(NO_PULUMI)
    broken = tmp_path / "broken.json"
    broken.write_text(as_text(package()).replace("#/types/amplify-job:index:Step", "#/types/x:y:Z"))
    (good, bad) = (
        subprocess.run(
            ["pulumi", "schema", "check", str(path)],
            env=clean_environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        for path in (PATH, broken)
    )
    assert (good.returncode, good.stdout + good.stderr) == (0, "")
    assert bad.returncode != 0
