"""Whether an answer is what AWS's model says: for botocore's parser, and to the last member."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any, Final

from amplify_job_resource.emulator.limits import shape
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

#: Where the emulator answers what AWS is known, or assumed, to answer, and not what the model says.
EXCEPTIONS: Final = {
    ("Branch", "stage"): "NONE stands for no stage: terraform-provider-aws knows it as the default",
    ("Step", "endTime"): "a step that runs has no end, whatever it is that AWS shows there",
    ("CreateDeploymentResult", "zipUploadUrl"): "there are addresses of files in its place",
}


class NotOfTheModel(AssertionError):
    """An answer is not what AWS's model says."""


def parsed(operation: str, status: int, headers: dict[str, str], body: bytes) -> Any:
    """An answer as a client gets it.

    Raises:
        NotOfTheModel: its status, its error's code or one of its members is not of the model.
    """
    model = _service().operation_model(operation)
    output = model.output_shape
    assert output
    lower = {name.lower(): value for name, value in headers.items()}
    response = {"status_code": status, "headers": lower, "body": body, "context": {}}
    answer = create_parser("rest-json").parse(response, output)
    if status == 200:
        written = json.loads(body or b"{}")
        if not isinstance(written, dict):
            raise NotOfTheModel(f"{operation} is answered with {body!r}")
        _check(operation, output.name, written, {k: v for k, v in answer.items() if k in written})
        return answer
    # Lists have no NotFoundException of their own in the model.
    codes = {each.name: each.metadata["error"]["httpStatusCode"] for each in model.error_shapes}
    codes |= {"NotFoundException": 404}
    code = answer["Error"]["Code"]
    if codes.get(code) != status or not answer["Error"]["Message"]:
        raise NotOfTheModel(f"{operation} is answered with {status} {code}: {body!r}")
    return answer


def _check(path: str, shape_name: str, written: Any, read: Any) -> None:
    """Check a value of an answer, as it is written and as botocore has read it."""
    found = shape(shape_name)
    kind = found["type"]
    if kind == "structure":
        _check_structure(path, shape_name, written, read)
    elif kind == "list":
        for index, each in enumerate(_typed(path, written, list)):
            _check(f"{path}[{index}]", found["member"]["shape"], each, read[index])
    elif kind == "map":
        for key, each in _typed(path, written, dict).items():
            _check(f"{path}[{key}]", found["value"]["shape"], each, read[key])
    elif kind == "string":
        if "enum" in found and _typed(path, written, str) not in found["enum"]:
            raise NotOfTheModel(f"{path} is {written!r}")
        _typed(path, written, str)
    elif kind == "boolean":
        _typed(path, written, bool)
    elif kind == "integer":
        _typed(path, written, int)
    else:
        _typed(path, read, datetime)


def _check_structure(path: str, shape_name: str, written: Any, read: Any) -> None:
    found = shape(shape_name)
    _typed(path, written, dict)
    for name in found.get("required", ()):
        if written.get(name) is None and (shape_name, name) not in EXCEPTIONS:
            raise NotOfTheModel(f"{path} has no {name}")
    for name, value in written.items():
        if name not in found["members"]:
            raise NotOfTheModel(f"{path}.{name} is unknown to the model")
        if (shape_name, name, value) != ("Branch", "stage", "NONE"):
            _check(f"{path}.{name}", found["members"][name]["shape"], value, read[name])


def _typed(path: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise NotOfTheModel(f"{path} is {value!r}, and no {kind.__name__}")
    return value


@cache
def _service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("amplify", "service-2"), "amplify")
