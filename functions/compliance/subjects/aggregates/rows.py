"""Texts in a table's items that name a person: found, given out, and masked in place, or the items deleted."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from compliance.subjects.aggregates.aggregate import Aggregate, Record, environment_of
from compliance.subjects.model import Counts, Person, Request
from compliance.subjects.redaction import Names, texts_of
from pentarch.platform import clients
from pentarch.platform.errors import UnavailableError

_ATTEMPTS = 5
_REVISION = "revision"
"""What a store's conditional write compares: raised, so that nobody writes back what they read before."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """Which attributes of a table hold words of callers, as texts, JSON, or DynamoDB's own lists and maps."""

    name: str
    table: str
    """By its logical id."""
    texts: tuple[str, ...]
    references: frozenset[str] = frozenset()
    """Attributes, and members of JSON in them, that others find things by: a name in them is told of, and stays."""
    hash_key: str = "tenant"
    range_key: str = "key"
    partitions: Callable[[str], Iterator[str]] = lambda tenant: iter((tenant,))
    skips: tuple[str, ...] = ()
    """Beginnings of keys whose items another aggregate answers for."""
    deletes: bool = False
    """Whether an item that names the person goes as a whole."""
    ground: str = "others are found by names, keys and addresses that hold the name: rename what is called so"
    """Why a reference that holds the name stays."""

    def aggregate(self) -> Aggregate:
        return Aggregate(self.name, (self.table,), self.find, self.records, self.erase, self.kept)

    def find(self, tenant: str, person: Person) -> Counts:
        rows = references = 0
        for item in self._items(tenant):
            rows += int(bool(self._naming(item, person.name)))
            references += int(self._is_referred(item, person.name))
        return {"rows": rows, "references": references} if self._has_references else {"rows": rows}

    def records(self, tenant: str, person: Person) -> Iterator[Record]:
        for item in self._items(tenant):
            naming = self._naming(item, person.name)
            if naming or self._is_referred(item, person.name):
                yield {
                    "record": self.name,
                    "key": item[self.range_key]["S"],
                    "texts": {name: _plain(item[name]) for name in naming},
                }

    def erase(self, request: Request, person: Person) -> None:
        for item in self._items(request.tenant):
            if self._naming(item, person.name):
                self._forget(item, person.name)

    def kept(self, request: Request, _: Person) -> str | None:
        if not request.found[self.name].get("references"):
            return None
        return self.ground

    @property
    def _has_references(self) -> bool:
        return bool(self.references) and not self.deletes

    def _items(self, tenant: str) -> Iterator[Item]:
        for partition in self.partitions(tenant):
            for item in items_of(self.table, partition, hash_key=self.hash_key, range_key=self.range_key):
                if not item[self.range_key]["S"].startswith(self.skips or ("\0",)):
                    yield item

    def _naming(self, item: Item, names: Names) -> list[str]:
        """The attributes that an erasure changes."""
        return [name for name in self.texts if name in item and self._masked(item[name], names) != item[name]]

    def _is_referred(self, item: Item, names: Names) -> bool:
        if not self._has_references:
            return False
        parts = [item[self.range_key]["S"], *(_plain(item[name]) for name in self.references if name in item)]
        parts += [one for name in self.texts if name in item for one in _under(_plain(item[name]), self.references)]
        return names.are_among(parts)

    def _masked(self, attribute: Mapping[str, Any], names: Names) -> dict[str, Any]:
        [(kind, value)] = attribute.items()
        match kind:
            case "S":
                return {"S": self._masked_text(value, names)}
            case "L":
                return {"L": [self._masked(one, names) for one in value]}
            case "M":
                members = {
                    name: one if name in self.references else self._masked(one, names) for name, one in value.items()
                }
                return {"M": members}
        return {kind: value}

    def _masked_text(self, text: str, names: Names) -> str:
        """JSON is taken apart only where something in it must stay; else what is written stays as it was written."""
        value = _parsed(text) if self.references else text
        if isinstance(value, str) or not any(True for _ in _under(value, self.references)):
            return names.masked(text)
        masked = names.masked_in(value, self.references)
        return text if masked == value else json.dumps(masked)

    def _forget(self, item: Item, names: Names) -> None:
        key = {name: item[name] for name in (self.hash_key, self.range_key)}
        present: Item | None = item
        for _ in range(_ATTEMPTS):
            naming = [] if present is None else self._naming(present, names)
            if present is None or not naming:
                return
            if self.deletes:
                clients.dynamodb().delete_item(TableName=environment_of(self.table), Key=key)
                return
            if self._rewrite(key, present, naming, names):
                return
            answer = clients.dynamodb().get_item(TableName=environment_of(self.table), Key=key, ConsistentRead=True)
            present = answer.get("Item")
        msg = "others are changing the same item; try again"
        raise UnavailableError(msg, retry_after=1)

    def _rewrite(self, key: Item, item: Item, naming: list[str], names: Names) -> bool:
        """Whether it was still as it was read."""
        aliases = {f"#t{number}": name for number, name in enumerate(naming)}
        values: dict[str, Any] = {}
        for number, name in enumerate(naming):
            values |= {f":old{number}": item[name], f":new{number}": self._masked(item[name], names)}
        numbers = range(len(naming))
        change = "SET " + ", ".join(f"#t{number} = :new{number}" for number in numbers)
        if "N" in item.get(_REVISION, {}):
            change += " ADD #revision :one"
            aliases["#revision"], values[":one"] = _REVISION, {"N": "1"}
        try:
            clients.dynamodb().update_item(
                TableName=environment_of(self.table),
                Key=dict(key),
                UpdateExpression=change,
                ConditionExpression=" AND ".join(f"#t{number} = :old{number}" for number in numbers),
                ExpressionAttributeNames=aliases,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def items_of(
    table: str, partition: str, prefix: str = "", *, hash_key: str = "tenant", range_key: str = "key"
) -> Iterator[Item]:
    """The items of a partition, in DynamoDB's own form; a page in memory at a time."""
    condition, values = "#partition = :partition", {":partition": {"S": partition}}
    aliases = {"#partition": hash_key}
    if prefix:
        condition += " AND begins_with(#key, :prefix)"
        values[":prefix"], aliases["#key"] = {"S": prefix}, range_key
    asked = (
        clients.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=environment_of(table),
            KeyConditionExpression=condition,
            ExpressionAttributeNames=aliases,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
    )
    for page in asked:
        yield from page["Items"]


def _plain(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 (JSON)
    [(kind, value)] = attribute.items()
    match kind:
        case "S":
            return _parsed(value)
        case "L":
            return [_plain(one) for one in value]
        case "M":
            return {name: _plain(one) for name, one in value.items()}
    return str(value)


def _parsed(text: str) -> Any:  # noqa: ANN401 (JSON)
    """A JSON object or list, else the text."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _under(value: Any, members: frozenset[str]) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """The texts under members of these names."""
    match value:
        case Mapping():
            for name, one in value.items():
                yield from texts_of(one) if name in members else _under(one, members)
        case list():
            for one in value:
                yield from _under(one, members)
