"""DynamoDB's bounds that moto does not know, and transactions and queries whose time does not grow with the table.

Moto copies every table that a transaction touches, to put it back if a condition fails; here all conditions are looked
at first and nothing is written unless all of them hold. Moto sorts a table to query a partition of it; here it is
shown the partition only.
"""

import json
from threading import Lock
from typing import Any

import pytest
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MockValidationException,
    MultipleTransactionsException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

MAX_ITEMS = 100
MAX_ITEM_BYTES = 400 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
_ONE_QUERY = Lock()
"""What a table is shown for a query is the table's, and pages are read by several threads."""


def use_strict_dynamodb(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DynamoDBBackend, "transact_write_items", _transact)
    put = DynamoDBBackend.put_item

    def put_of_bounded_size(self: DynamoDBBackend, table_name: str, item_attrs: Any, *rest: Any, **more: Any) -> Any:
        if _size(item_attrs) > MAX_ITEM_BYTES:
            msg = "Item size has exceeded the maximum allowed size"
            raise MockValidationException(msg)
        return put(self, table_name, item_attrs, *rest, **more)

    patch.setattr(DynamoDBBackend, "put_item", put_of_bounded_size)
    patch.setattr(Table, "query", _query_of(Table.query))


def _query_of(query: Any) -> Any:
    def of_one_partition(self: Table, hash_key: Any, *rest: Any, index_name: str | None = None, **more: Any) -> Any:
        if index_name is not None or hash_key is None:
            return query(self, hash_key, *rest, index_name=index_name, **more)
        items = self.items.get(hash_key, {})
        with _ONE_QUERY:
            self.all_items = lambda: list(items.values())  # type: ignore[method-assign]
            try:
                return query(self, hash_key, *rest, **more)
            finally:
                del self.all_items

    return of_one_partition


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    if len(transact_items) > MAX_ITEMS or _size(transact_items) > MAX_TRANSACTION_BYTES:
        msg = "the transaction is too large"
        raise MockValidationException(msg)
    operations = [next(iter(entry.items())) for entry in transact_items]
    places = [(operation["TableName"], json.dumps(_key(self, *pair), sort_keys=True))
              for pair in operations for operation in [pair[1]]]  # fmt: skip
    if len(set(places)) < len(places):
        raise MultipleTransactionsException
    reasons = [_refusal(self, kind, operation) for kind, operation in operations]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    for kind, operation in operations:
        _write(self, kind, operation)


def _key(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> dict[str, Any]:
    if kind != "Put":
        return dict(operation["Key"])
    table = backend.get_table(operation["TableName"])
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    return {name: operation["Item"][name] for name in names}


def _refusal(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> Any:
    expression = operation.get("ConditionExpression")
    if expression is None:
        return None, None, None
    current = backend.get_item(operation["TableName"], _key(backend, kind, operation))
    condition = get_filter_expression(
        expression, operation.get("ExpressionAttributeNames"), operation.get("ExpressionAttributeValues")
    )
    if condition.expr(current):
        return None, None, None
    return "ConditionalCheckFailed", str(ConditionalCheckFailed().message), None


def _write(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> None:
    table = operation["TableName"]
    if kind == "Put":
        backend.put_item(table, operation["Item"])
    elif kind == "Delete":
        backend.delete_item(table, operation["Key"])
    elif kind == "Update":
        backend.update_item(
            table,
            operation["Key"],
            update_expression=operation["UpdateExpression"],
            expression_attribute_names=operation.get("ExpressionAttributeNames") or {},
            expression_attribute_values=operation.get("ExpressionAttributeValues") or {},
        )


def _size(value: Any) -> int:
    return len(json.dumps(value, default=str, ensure_ascii=False).encode())
