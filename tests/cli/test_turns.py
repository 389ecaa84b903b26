"""The lock by which starts of one branch take turns: at most one has it, and no file is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from amplify_job_resource.cli.turns import FileLock, NoLocks

#: Takes the lock many times; each time it must be alone between reading and writing a number.
COUNTS = """
import sys
from pathlib import Path
from amplify_job_resource.cli.turns import FileLock

lock, counter = FileLock(Path(sys.argv[1])), Path(sys.argv[2])
for _ in range(300):
    while not lock.take():
        pass
    counter.write_text(str(int(counter.read_text() or "0") + 1))
    lock.release()
"""
#: Holds the lock until its input ends.
HOLDS = """
import sys
from pathlib import Path
from amplify_job_resource.cli.turns import FileLock

assert FileLock(Path(sys.argv[1])).take()
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the lock's file is; its folder is not there yet."""
    return tmp_path / "folder" / "branch.lock"


def test_only_one_of_two_processes_has_it(path: Path, tmp_path: Path) -> None:
    """Although each deletes the file that the other may be waiting for, no turn is lost."""
    counter = tmp_path / "counter"
    counter.touch()
    command = [sys.executable, "-c", COUNTS, str(path), str(counter)]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert counter.read_text(encoding="utf-8") == "600"
    assert list(path.parent.iterdir()) == []


def test_the_lock_of_a_killed_process_is_free(path: Path) -> None:
    """The system gives it back, and the file that is left is used and deleted by the next one."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"taken\n"
        lock = FileLock(path)
        assert not lock.take()
        holder.kill()
    assert path.exists()
    assert lock.take()
    lock.release()
    assert not path.exists()


def test_a_deleted_file_locks_nothing(path: Path) -> None:
    """Whoever has the lock of a file that somebody deleted leaves the next one's file alone."""
    before, after = FileLock(path), FileLock(path)
    assert before.take()
    path.unlink()
    assert after.take()
    before.release()
    assert path.exists()
    assert not FileLock(path).take()
    after.release()
    assert not path.exists()


def test_it_can_be_taken_and_given_back_again(path: Path) -> None:
    """Taking twice and giving back twice do no harm."""
    lock = FileLock(path)
    lock.release()
    for _ in range(2):
        assert lock.take()
        assert lock.take()
        lock.release()
        lock.release()
    assert FileLock(path).take()


def test_where_there_can_be_no_file_it_says_so(tmp_path: Path) -> None:
    """No place for a file is another trouble than files without locks."""
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        FileLock(tmp_path / "file" / "branch.lock").take()
    assert not issubclass(NoLocks, OSError)
