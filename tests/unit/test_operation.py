"""An operation without an engine, and the words of a front."""

from __future__ import annotations

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Row
from amplify_job_resource._operation import PYTHON, Operation, PlainOperation


def plain() -> Operation:
    """A plain operation, as whoever is handed one sees it."""
    return PlainOperation("urn:pulumi:dev::site::amplify:Job::site")


def test_lines_that_stay_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines and warnings are printed for people; rows and details have no place, and are not."""
    operation = plain()
    operation.status("a row")
    operation.info("a line")
    operation.warn("a doubt")
    operation.debug("a detail")
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "a line\nwarning: a doubt\n")


def test_a_warning_about_the_machine_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A release that is tried again does not say it again."""
    operation = plain()
    operation.warn_once("a doubt")
    operation.warn_once("a doubt")
    operation.warn_once("another")
    assert capsys.readouterr().err == "warning: a doubt\nwarning: another\n"


def test_nobody_cancels_a_plain_operation() -> None:
    """Its clock never goes back, and each pause comes to its end."""
    operation = plain()
    before = operation.now()
    assert operation.sleep(0)
    assert operation.now() >= before


def test_a_plain_operation_records_nothing() -> None:
    """No failure is saved and no timeout was set, so an action for later runs at once."""
    operation, ran = plain(), list[int]()
    assert (operation.records_failures, operation.timeout) == (False, None)
    operation.after_recorded(lambda: ran.append(1))
    assert ran == [1]


def test_an_operation_has_a_urn() -> None:
    """A resource is named even where no stack is."""
    assert plain().urn == "urn:pulumi:dev::site::amplify:Job::site"
    assert PlainOperation().urn.startswith("urn:pulumi:")


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_a_python_program_sees_pythons_names(row: Row) -> None:
    """In messages for a Python program each input has the name of its keyword."""
    assert PYTHON.input_name(row.key) == row.name


def test_a_pulumi_program_has_no_command_that_waits() -> None:
    """What keeps waiting for a job of a stack is the next `pulumi up`."""
    assert not PYTHON.waits_by_command
    assert "pulumi up" in PYTHON.next_run
