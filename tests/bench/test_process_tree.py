"""What a command's processes have used, the short-lived ones included."""

from __future__ import annotations

import subprocess
import sys

from bench.process_tree import Watch
from tests.waiting import wait_until

#: Uses 0.3 s of CPU and 60 MB, and ends when its stdin does, before its parent.
CHILD = """
import sys, time
held = bytearray(60_000_000)
while time.process_time() < 0.3:
    pass
sys.stdin.read()
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], check=True)"


def test_children_count() -> None:
    """CPU and memory of a child are those of the command, and a command without plugin has none."""
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        with Watch(process.pid) as watch:
            wait_until(lambda: watch.memory > 60, "the child's memory is seen")
            process.communicate()
        assert process.returncode == 0
    assert 0.3 <= watch.usage.cpu < 10
    assert 60 < watch.usage.memory < 500
    assert watch.usage.plugin_memory == watch.usage.plugin_threads == 0
