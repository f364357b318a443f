"""What every table model shares, and transactions that say what each failed condition means."""

import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pentarch.platform import clients
from pentarch.platform.errors import UnavailableError
from pentarch.platform.ids import uuid7

MAX_TRANSACTION_ITEMS = 100
"""DynamoDB's bound for one transaction."""
_CONFLICT_ATTEMPTS = 8
_CONFLICT_PAUSE_S = 0.02


class TableName:
    """A table's name, read from the environment when it is first needed."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def __get__(self, instance: object, owner: type | None = None) -> str:
        try:
            return os.environ[self._variable]
        except KeyError:
            msg = f"the environment does not name a table in {self._variable}"
            raise AttributeError(msg) from None


class Table(Model):
    """Base of the table models. They stay inside the stores; what leaves a store is a plain value."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        # PynamoDB would make one botocore client per model, each 70 ms and more of a cold start.
        connection.connection._client = clients.dynamodb()  # type: ignore[assignment]  # noqa: SLF001
        return connection


class TenantTable(Table):
    """A table whose items lie under their tenant."""

    tenant = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


class PartitionTable(Table):
    """A table whose items lie under more than a tenant alone, such as a tenant and a list of its."""

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


def batch_get(keys: Sequence[tuple[type[Table], str, str]], *, consistent: bool = False) -> list[Any]:
    """The items of several tables (model, hash key, range key) in one call, None for each that is missing.

    A consistent read costs twice as much. Keys that DynamoDB leaves for later are asked for again.
    """
    client = clients.dynamodb()
    wanted: dict[str, Any] = {}
    for model, hash_key, range_key in keys:
        hash_name, range_name = key_names(model)
        key = {hash_name: {"S": hash_key}, range_name: {"S": range_key}}
        table = wanted.setdefault(model.Meta.table_name, {"Keys": [], "ConsistentRead": consistent})
        table["Keys"].append(key)
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    while wanted:
        answer = client.batch_get_item(RequestItems=wanted)
        for model in {model for model, _, _ in keys}:
            hash_name, range_name = key_names(model)
            for attributes in answer["Responses"].get(model.Meta.table_name, ()):
                place = (model.Meta.table_name, attributes[hash_name]["S"], attributes[range_name]["S"])
                found[place] = attributes
        wanted = answer.get("UnprocessedKeys", {})
    return [
        _loaded(model, found.get((model.Meta.table_name, hash_key, range_key))) for model, hash_key, range_key in keys
    ]


@cache
def key_names(model: type[Table]) -> tuple[str, str]:
    """The names of a model's hash and range key."""
    schema = {entry["KeyType"]: str(entry["AttributeName"]) for entry in model._get_schema()["key_schema"]}  # noqa: SLF001
    return schema["HASH"], schema["RANGE"]


def _loaded(model: type[Table], attributes: dict[str, Any] | None) -> Table | None:
    if attributes is None:
        return None
    item = model()
    item.deserialize(attributes)
    return item


@dataclass(slots=True)
class Transaction:
    """Writes that happen together or not at all.

    Each write may carry a condition and the error that its failure means; `commit` raises the first such error.
    A conflict with another transaction on the same item is tried again with jitter.
    """

    _writes: list[Any] = field(default_factory=list)
    _meanings: list[Exception | None] = field(default_factory=list)

    def put(self, item: Table, *, condition: Condition | None = None, otherwise: Exception | None = None) -> None:
        self._add("Put", item.get_save_kwargs_from_instance(condition=condition), otherwise)

    def put_attributes(self, table: str, attributes: dict[str, Any]) -> None:
        """Put an item that is given in DynamoDB's own JSON."""
        self._add("Put", {"TableName": table, "Item": attributes}, None)

    def update(
        self,
        item: Table,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        otherwise: Exception | None = None,
    ) -> None:
        kwargs = item.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
        self._add("Update", kwargs, otherwise)

    def delete(self, item: Table, *, condition: Condition | None = None, otherwise: Exception | None = None) -> None:
        self._add("Delete", item.get_delete_kwargs_from_instance(condition=condition), otherwise)

    def check(self, item: Table, condition: Condition, *, otherwise: Exception) -> None:
        """Require a condition of an item that the transaction does not change."""
        keys = item.get_delete_kwargs_from_instance(condition=condition)
        self._add("ConditionCheck", keys, otherwise)

    def _add(self, kind: str, kwargs: dict[str, Any], otherwise: Exception | None) -> None:
        for response_only in ("ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics"):
            kwargs.pop(response_only, None)
        self._writes.append({kind: kwargs})
        self._meanings.append(otherwise)

    def __len__(self) -> int:
        return len(self._writes)

    def commit(self) -> None:
        """Write all; one unconditional put is a plain PutItem, half the price of a transaction."""
        client = clients.dynamodb()
        if len(self._writes) == 1:
            put = self._writes[0].get("Put")
            if put is not None and "ConditionExpression" not in put:
                client.put_item(**put)
                return
        for attempt in range(_CONFLICT_ATTEMPTS):
            try:
                # The token makes a resend harmless when only the answer was lost.
                client.transact_write_items(TransactItems=self._writes, ClientRequestToken=uuid7())
            except client.exceptions.TransactionCanceledException as error:
                if attempt + 1 == _CONFLICT_ATTEMPTS or not _is_conflict(error):
                    self._raise_meaning(error)
            else:
                return
            time.sleep(random.uniform(0, _CONFLICT_PAUSE_S * 2**attempt))  # noqa: S311 (jitter is no secret)

    def _raise_meaning(self, error: ClientError) -> NoReturn:
        for meaning, code in zip(self._meanings, _reasons(error), strict=False):
            if code == "ConditionalCheckFailed" and meaning is not None:
                raise meaning from error
        if _is_conflict(error):
            msg = "others are changing the same items; try again"
            raise UnavailableError(msg, retry_after=1) from error
        raise error


def _reasons(error: ClientError) -> list[str]:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return [str(reason.get("Code")) for reason in reasons]


def _is_conflict(error: ClientError) -> bool:
    failed = {code for code in _reasons(error) if code != "None"}
    return bool(failed) and failed <= {"TransactionConflict", "ThrottlingError"}
