"""The lock of a stack in S3: wait for it, and take it away from an owner that is gone.

`pulumi cancel` removes every lock of a stack, whoever holds it. Between the look at a lock and the
cancel, somebody else may have taken that step already and begun to work: their lock would go too, and
two engines would write one state. So the one lock is removed whose owner is known to be gone.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlsplit

import boto3
import psutil
from pulumi.automation import ConcurrentUpdateError

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Bucket

T = TypeVar("T")


@dataclass(frozen=True)
class Lock:
    """A lock as the Pulumi CLI writes it: the process that holds it, and the object that it is."""

    key: str
    hostname: str
    pid: int

    def owner_is_gone(self, ended_hosts: Collection[str]) -> bool:
        """Whether the process that took it has certainly ended.

        Only its own machine knows: a worker that a scheduler has lost may be alive, and its
        `pulumi up` with it. Of a machine that is gone, a person has to say so.
        """
        if self.hostname in ended_hosts:
            return True
        if self.hostname != socket.gethostname():
            return False
        try:
            owner = psutil.Process(self.pid)
            if owner.status() == psutil.STATUS_ZOMBIE:
                return True
            # Its number may be another process's by now.
            return not any("pulumi" in argument for argument in owner.cmdline())
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


class LockedElsewhere(Exception):
    """A process on another machine holds the lock, as far as this machine can know.

    Attributes:
        hostname: that machine, which can tell.
    """

    def __init__(self, hostname: str, pid: int) -> None:
        super().__init__(hostname, pid)
        self.hostname = hostname

    def __str__(self) -> str:
        return (
            f"process {self.args[1]} on {self.hostname} holds the stack's lock, and that machine "
            "cannot be asked"
        )


def locked(stack: str, act: Callable[[], T], ended_hosts: Collection[str]) -> T:
    """Do what needs a stack's lock, as soon as nobody else holds it.

    Args:
        stack: The stack's name.
        act: What to do.
        ended_hosts: Machines that have ended for good; nothing on them still runs.

    Raises:
        LockedElsewhere: another machine has to be asked whether the owner is gone.
    """
    while True:
        try:
            return act()
        except ConcurrentUpdateError:
            bucket, locks = _locks(stack)
            for lock in locks:
                if lock.owner_is_gone(ended_hosts):
                    bucket.Object(lock.key).delete()
                elif lock.hostname != socket.gethostname():
                    raise LockedElsewhere(lock.hostname, lock.pid) from None
            time.sleep(1)


def _locks(stack: str) -> tuple[Bucket, list[Lock]]:
    """The locks of a stack in the bucket that PULUMI_BACKEND_URL names."""
    backend = urlsplit(os.environ["PULUMI_BACKEND_URL"])
    asked = {name: values[-1] for name, values in parse_qs(backend.query).items()}
    s3 = boto3.resource(
        "s3", region_name=asked.get("region"), endpoint_url=asked.get("endpoint")
    )
    bucket = s3.Bucket(backend.netloc)
    found = []
    prefix = f"{backend.path.strip('/')}/.pulumi/locks/organization/".lstrip("/")
    for summary in bucket.objects.filter(Prefix=prefix):
        if summary.key.split("/")[-2] == stack:
            try:
                content = json.load(summary.get()["Body"])
            except s3.meta.client.exceptions.NoSuchKey:
                continue  # its owner has just given it back
            found.append(Lock(summary.key, content["hostname"], content["pid"]))
    return bucket, found
