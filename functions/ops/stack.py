"""The stack's own resources, by the service that they belong to: the first word of a logical id is the service."""

import os
import re
import time
from dataclasses import dataclass, field
from functools import cache

from pentarch.platform import clients

_FRESH_S = 300
"""A service comes and goes with a deployment of the template, which is rare."""
_SLICE = re.compile(r"[A-Z][a-z0-9]*")


@dataclass(slots=True)
class Service:
    """What a service is made of, by physical names."""

    name: str
    functions: list[str] = field(default_factory=list)
    log_groups: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    """Addresses of queues of work; those of dead letters are not among them."""


@dataclass(slots=True)
class Stack:
    services: dict[str, Service] = field(default_factory=dict)
    dead_letters: dict[str, str] = field(default_factory=dict)
    """Addresses of queues by their logical ids."""


@dataclass(slots=True)
class _Known:
    read_at: float = float("-inf")
    stack: Stack = field(default_factory=Stack)


@cache
def _known() -> _Known:
    return _Known()


def current() -> Stack:
    """From memory, at most five minutes old."""
    known = _known()
    if time.monotonic() - known.read_at >= _FRESH_S:
        known.stack, known.read_at = _read(), time.monotonic()
    return known.stack


def forget() -> None:
    """Read again at the next use: for tests."""
    _known.cache_clear()


def _read() -> Stack:
    pages = clients.inspection("cloudformation").get_paginator("list_stack_resources")
    entries = [
        entry
        for page in pages.paginate(StackName=os.environ["STACK_NAME"])
        for entry in page["StackResourceSummaries"]
        if entry.get("PhysicalResourceId")
    ]
    stack = Stack()
    for entry in entries:
        if entry["ResourceType"] == "AWS::Lambda::Function":
            name = _slice(entry["LogicalResourceId"])
            stack.services.setdefault(name, Service(name)).functions.append(entry["PhysicalResourceId"])
    for entry in entries:
        service = stack.services.get(_slice(entry["LogicalResourceId"]))
        kind, logical, physical = entry["ResourceType"], entry["LogicalResourceId"], entry["PhysicalResourceId"]
        if kind == "AWS::SQS::Queue" and "DeadLetter" in logical:
            stack.dead_letters[logical] = physical
        elif service is not None and kind == "AWS::Logs::LogGroup":
            service.log_groups.append(physical)
        elif service is not None and kind == "AWS::SQS::Queue":
            service.queues.append(physical)
    return stack


def _slice(logical_id: str) -> str:
    found = _SLICE.match(logical_id)
    return found[0].lower() if found else ""
