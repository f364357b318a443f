"""What the engine costs for each step and each item, the work itself being nothing: calls to AWS, transitions, CPU."""

from time import process_time
from typing import Any

import pytest

import conftest
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb
from support.tenants import make_tenant
from support.workflows import Machine, begin, make
from workflows import api as workflows_api

FEW, MANY = 5, 65
ITEMS = (100, 1_000)


def compare() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        running = conftest.aws.__wrapped__(patch)  # type: ignore[attr-defined]
        next(running)
        use_strict_dynamodb(patch)
        machine = Machine(patch, StoppedClock(patch))
        client = Caller(workflows_api.handler, {"X-API-Key": make_tenant("acme")})
        steps = _difference(_steps(client, machine, FEW), _steps(client, machine, MANY), MANY - FEW)
        few, many = (_items(client, machine, count) for count in ITEMS)
        items = _difference(few, many, ITEMS[1] - ITEMS[0])
        next(running, None)
    return {f"{name} a step": value for name, value in steps.items()} | {
        f"{name} an item": value for name, value in items.items()
    }


def _steps(client: Caller, machine: Machine, count: int) -> dict[str, float]:
    one = {"type": "transform", "input_mapping": {"n": 1}}
    return _measured(client, machine, [{**one, "id": f"s{n}", "name": "s"} for n in range(count)], {})


def _items(client: Caller, machine: Machine, count: int) -> dict[str, float]:
    one = {"id": "each", "name": "e", "type": "transform", "for_each": "$.input.all", "input_mapping": {"n": "$.item"}}
    return _measured(client, machine, [one], {"all": list(range(count))})


def _measured(
    client: Caller, machine: Machine, steps: list[dict[str, Any]], parameters: dict[str, Any]
) -> dict[str, float]:
    workflow = make(client, steps)
    machine.calls.count.clear()
    transitions, started = machine.transitions, process_time()
    begin(client, workflow, parameters=parameters)
    machine.run()
    return {
        "calls to AWS": machine.calls.count.total(),
        "transitions": machine.transitions - transitions,
        "milliseconds of CPU, moto's included": (process_time() - started) * 1000,
    }


def _difference(few: dict[str, float], many: dict[str, float], count: int) -> dict[str, float]:
    return {name: round((many[name] - few[name]) / count, 3) for name in few}
