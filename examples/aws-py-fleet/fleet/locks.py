"""The lock of a stack in S3: wait for it, and take it away from an owner that is gone.

`pulumi cancel` removes every lock of a stack. Two workers that see the same left-over lock would both
cancel, the second one perhaps after the first has begun to work: two engines would write one state. So
what is removed here is one lock, that of an owner which is known to be gone.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, parse_qs, urlsplit

import boto3
import psutil
from distributed import get_client
from pulumi.automation import ConcurrentUpdateError

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Object

T = TypeVar("T")


class LockedElsewhere(Exception):
    """A process of another machine holds a lock, and no worker is there to look at it."""


def when_free(project: str, stack: str, act: Callable[[], T], ended_hosts: Collection[str]) -> T:
    """Do what takes the stack's lock, as soon as nobody who may be alive holds it.

    Args:
        project: The project's name.
        stack: The stack's name in it.
        act: What to do.
        ended_hosts: Machines of which a person has said that they have ended for good.

    Raises:
        LockedElsewhere: see there.
        ConcurrentUpdateError: the stack is locked, and its state is not in S3.
    """
    while True:
        try:
            return act()
        except ConcurrentUpdateError:
            backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
            if backend.scheme != "s3":
                raise
            for lock, host, pid in _locks(backend, f"{project}/{stack}"):
                if host in ended_hosts or _owner_has_ended(host, pid, stack):
                    lock.delete()
            time.sleep(1)


def _owner_has_ended(host: str, pid: int, stack: str) -> bool:
    """Whether the process that has taken a lock is certainly gone, as the workers there see it."""
    if host == socket.gethostname():
        return _has_ended(pid)
    answers = get_client().run(_look, host, pid, on_error="ignore").values()
    seen = [has_ended for has_ended in answers if has_ended is not None]
    if not seen:
        raise LockedElsewhere(f"process {pid} on {host} holds the lock of {stack}") from None
    return all(seen)


def _look(host: str, pid: int) -> bool | None:
    """Whether a process has ended, if this is its machine; each worker of the cluster is asked."""
    return _has_ended(pid) if host == socket.gethostname() else None


def _has_ended(pid: int) -> bool:
    """Whether a process of this machine that has held a lock is certainly gone."""
    try:
        process = psutil.Process(pid)
        # The number may be another process's by now. If that is Pulumi's as well, it is waited for.
        return process.status() == psutil.STATUS_ZOMBIE or "pulumi" not in str(process.cmdline())
    except psutil.NoSuchProcess:
        return True


def _locks(backend: SplitResult, stack: str) -> Iterator[tuple[Object, str, int]]:
    """The locks of `project/stack` in the backend's bucket, each with its owner."""
    asked = {name: values[-1] for name, values in parse_qs(backend.query).items()}
    session = boto3.Session(profile_name=asked.get("profile"), region_name=asked.get("region"))
    s3 = session.resource("s3", endpoint_url=asked.get("endpoint"))
    folder = f"{backend.path.strip('/')}/.pulumi/locks/organization/{stack}/".lstrip("/")
    for found in s3.Bucket(backend.netloc).objects.filter(Prefix=folder):
        with suppress(s3.meta.client.exceptions.NoSuchKey):  # it has just been given back
            owner = json.load(found.get()["Body"])
            yield found.Object(), owner["hostname"], owner["pid"]
