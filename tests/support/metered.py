"""What code uses of AWS: calls, DynamoDB's units as its documentation counts them, objects, signatures."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from costs.model import Use

WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_WRITE_BYTES = 1_024
_READ_BYTES = 4_096


class Meter:
    def __init__(self) -> None:
        self.calls = 0
        self.write_units = 0.0
        self.read_units = 0.0
        self.puts = 0
        self.signatures = 0

    @property
    def use(self) -> Use:
        return Use(self.calls, self.write_units, self.read_units, self.puts, self.signatures)

    def note(self, operation: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        self.calls += 1
        self.puts += operation == "PutObject"
        self.signatures += operation == "Sign"
        if operation in WRITES:
            self.write_units += _written(asked)
        elif operation == "TransactWriteItems":  # each is written twice, and a condition alone costs as much
            self.write_units += sum(2 * _written(next(iter(one.values()))) for one in asked["TransactItems"])
        elif operation == "GetItem":
            self.read_units += _read(
                [answer["Item"]] if "Item" in answer else [], consistent=asked.get("ConsistentRead")
            )
        elif operation == "Query":
            self.read_units += _read(answer.get("Items", []), consistent=asked.get("ConsistentRead"))
        elif operation == "BatchGetItem":
            for table, items in answer.get("Responses", {}).items():
                consistent = asked["RequestItems"][table].get("ConsistentRead")
                self.read_units += sum(_read([item], consistent=consistent) for item in items)


@contextmanager
def metered() -> Iterator[Meter]:
    meter = Meter()
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def noting(self: Any, operation: str, parameters: Any) -> Any:
        answer = original(self, operation, parameters)
        meter.note(operation, parameters, answer)
        return answer

    BaseClient._make_api_call = noting  # type: ignore[attr-defined]
    try:
        yield meter
    finally:
        BaseClient._make_api_call = original  # type: ignore[attr-defined]


def _written(asked: dict[str, Any]) -> float:
    """Of an update the item is not known; ours are counters and states, far below a kilobyte."""
    return max(1, math.ceil(_size(asked.get("Item", {})) / _WRITE_BYTES))


def _read(items: list[dict[str, Any]], *, consistent: bool | None) -> float:
    units = max(1, math.ceil(sum(map(_size, items)) / _READ_BYTES))
    return units if consistent else units / 2


def _size(value: Any) -> int:
    match value:
        case dict():
            return sum(len(str(name)) + _size(member) for name, member in value.items())
        case list() | tuple():
            return sum(map(_size, value))
        case bytes():
            return len(value)
        case _:
            return len(str(value).encode())
