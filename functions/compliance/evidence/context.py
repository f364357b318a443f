"""What collectors are told: whose evidence, of which time, and what the stack is made of."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from compliance.model import JsonObject
from pentarch.platform import clients

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resource:
    logical_id: str
    physical_id: str
    """What the service calls it: a table's name, a queue's URL, a policy's ARN."""
    kind: str
    """CloudFormation's type, `AWS::DynamoDB::Table`."""


class _Stack:
    """The deployed resources, asked for once however many collectors want them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._resources: tuple[Resource, ...] | None = None

    def resources(self) -> tuple[Resource, ...]:
        with self._lock:
            if self._resources is None:
                self._resources = _deployed()
            return self._resources


class _Readings:
    """What several collectors use and one of them read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun: dict[str, Future[Any]] = {}

    def once(self, name: str, read: Callable[[], T]) -> T:
        with self._lock:
            mine = name not in self._begun
            reading: Future[T] = self._begun.setdefault(name, Future())
        if mine:
            try:
                reading.set_result(read())
            except BaseException as error:  # noqa: BLE001 (every collector that waits for it is told)
                reading.set_exception(error)
        return reading.result()


@dataclass(frozen=True, slots=True)
class Context:
    tenant: str
    start: datetime
    end: datetime
    at: datetime
    """Now; ages are counted from it."""
    _stack: _Stack = field(default_factory=_Stack, repr=False, compare=False)
    _readings: _Readings = field(default_factory=_Readings, repr=False, compare=False)

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives, read once however many collectors ask for it, or the error that stopped it."""
        return self._readings.once(name, read)

    def everything(self) -> tuple[Resource, ...]:
        """All resources of the stack; safe to ask from any thread."""
        return self._stack.resources()

    def resources(self, kind: str) -> tuple[Resource, ...]:
        """The stack's resources of one CloudFormation type."""
        return tuple(resource for resource in self._stack.resources() if resource.kind == kind)

    def logical_id(self, physical_id: str) -> str | None:
        """The template's name of a resource, for findings that somebody has to mend there."""
        found = [entry.logical_id for entry in self._stack.resources() if entry.physical_id == physical_id]
        return found[0] if found else None


Collector = Callable[[Context], Sequence[JsonObject]]
"""Raises when it may not see its evidence or cannot; what it returns is what there is."""


def _deployed() -> tuple[Resource, ...]:
    pages = clients.inspection("cloudformation").get_paginator("list_stack_resources")
    return tuple(
        Resource(entry["LogicalResourceId"], entry["PhysicalResourceId"], entry["ResourceType"])
        for page in pages.paginate(StackName=os.environ["STACK_ID"])
        for entry in page["StackResourceSummaries"]
        if entry.get("PhysicalResourceId") and entry["ResourceStatus"] != "DELETE_COMPLETE"
    )
