"""The provider as it stands in every user's state: a pickle by reference, always the same."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import dill
import pulumi
import pytest
from amplify_job_resource import Job, JobProvider
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider

from tests.unit.test_resource import TOKEN, Engine

KNOWN = "gASVNAAAAAAAAACMHWFtcGxpZnlfam9iX3Jlc291cmNlLnByb3ZpZGVylIwLSm9iUHJvdmlkZXKUk5QpgZQu"

PROGRAM = (
    "from amplify_job_resource import JobProvider\n"
    "from pulumi.dynamic.dynamic import serialize_provider\n"
    "print(serialize_provider(JobProvider()))\n"
)


def test_the_pickle_is_small_and_known() -> None:
    """These bytes are in state: a change of them would show as a change of every resource."""
    assert serialize_provider(JobProvider()) == KNOWN
    assert len(KNOWN) < 100


def test_the_pickle_names_the_class_and_holds_nothing() -> None:
    """Loading it gives the installed class, so code in state is always the code of today."""
    provider = dill.loads(base64.b64decode(KNOWN))
    assert type(provider) is JobProvider
    assert vars(provider) == {}


@pytest.mark.parametrize("seed", ["0", "1", "4242", "random"])
def test_the_pickle_is_the_same_in_every_process(seed: str, tmp_path: Path) -> None:
    """Neither the hash seed nor the folder of the program is in the bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == KNOWN


def test_a_configured_provider_has_the_same_pickle() -> None:
    """What the plugin keeps of the stack's config is on the class and never in the bytes."""
    before = JobProvider.lifecycle.config
    try:
        provider = JobProvider()
        config = Config(raw_config={"aws:secretKey": "hush"}, project_name="shop")
        provider.configure(ConfigureRequest(config=config))
        assert serialize_provider(provider) == KNOWN
    finally:
        JobProvider.lifecycle.config = before


def test_many_releases_fit_in_a_program() -> None:
    """1,500 jobs in one program do not use up Python's stack, and all carry the same bytes."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")

    def program() -> None:
        for number in range(1500):
            Job(f"site-{number}", app_id="d1a2", branch_name=f"b{number}")

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    assert len(engine.declared) == 1500
    assert {declared.typ for declared in engine.declared} == {TOKEN}
    assert {declared.inputs["__provider"] for declared in engine.declared} == {KNOWN}
