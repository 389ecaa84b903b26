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
from urllib.parse import parse_qs, urlsplit

import boto3
import psutil
from pulumi.automation import ConcurrentUpdateError

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Object

T = TypeVar("T")


class LockedElsewhere(Exception):
    """A process of another machine holds a lock, and only that machine knows whether it still runs.

    The arguments are its message, and the machine's name.
    """


def when_free(stack: str, act: Callable[[], T], ended_hosts: Collection[str]) -> T:
    """Do what takes the stack's lock, as soon as nobody who may be alive holds it.

    Args:
        stack: The stack's name.
        act: What to do.
        ended_hosts: Machines of which a person has said that they have ended for good.

    Raises:
        LockedElsewhere: see there.
    """
    while True:
        try:
            return act()
        except ConcurrentUpdateError:
            for lock, host, pid in _locks(stack):
                if host in ended_hosts or (host == socket.gethostname() and _has_ended(pid)):
                    lock.delete()
                elif host != socket.gethostname():
                    message = f"process {pid} on {host} holds the lock of {stack}"
                    raise LockedElsewhere(message, host) from None
            time.sleep(1)


def _has_ended(pid: int) -> bool:
    """Whether a process of this machine that has held a lock is certainly gone."""
    try:
        process = psutil.Process(pid)
        # The number may be another process's by now. If that is Pulumi's as well, it is waited for.
        return process.status() == psutil.STATUS_ZOMBIE or "pulumi" not in str(process.cmdline())
    except psutil.NoSuchProcess:
        return True


def _locks(stack: str) -> Iterator[tuple[Object, str, int]]:
    """The stack's locks in the bucket that PULUMI_BACKEND_URL names, each with its owner."""
    backend = urlsplit(os.environ["PULUMI_BACKEND_URL"])
    asked = {name: values[-1] for name, values in parse_qs(backend.query).items()}
    s3 = boto3.resource("s3", region_name=asked.get("region"), endpoint_url=asked.get("endpoint"))
    folder = f"{backend.path.strip('/')}/.pulumi/locks/organization/".lstrip("/")
    for found in s3.Bucket(backend.netloc).objects.filter(Prefix=folder):
        if found.key.split("/")[-2] == stack:
            with suppress(s3.meta.client.exceptions.NoSuchKey):  # it has just been given back
                owner = json.load(found.get()["Body"])
                yield found.Object(), owner["hostname"], owner["pid"]
