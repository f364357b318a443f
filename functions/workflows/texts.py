"""JSON values of executions: in an item, or in S3 where they are too long for one."""

import json
from collections.abc import Sequence
from typing import Any

from pentarch.files import store as files
from pentarch.files.model import place
from pentarch.platform.ids import uuid7
from pentarch.platform.jsons import encoded
from pentarch.platform.tables import batch_get
from workflows.table import TextItem, partition_of

AREA = "executions"
MAX_INLINE_BYTES = 200_000
"""An item holds 400 KB."""
_PAGE = 100


def written(value: object) -> str:
    return encoded(value).decode()


def item(tenant: str, execution_id: str, key: str, value: object) -> TextItem:
    """The item of a value. What is long goes to S3 first, under a name that nothing else has."""
    text = encoded(value)
    if len(text) <= MAX_INLINE_BYTES:
        return TextItem(partition_of(tenant, execution_id), key, text=text.decode())
    name = place(AREA, tenant, execution_id, f"{key.replace('#', '-')}-{uuid7()}.json")
    files.put(name, text, "application/json")
    return TextItem(partition_of(tenant, execution_id), key, object=name)


def read(found: TextItem | None) -> Any:  # noqa: ANN401 (any JSON value)
    """What an item holds; None where there is none."""
    if found is None:
        return None
    return json.loads(found.text if found.text is not None else files.get(found.object))


def size(found: TextItem) -> int:
    """In bytes, without reading what lies in S3."""
    if found.text is not None:
        return len(found.text.encode())
    entry = files.entry(found.object)
    return 0 if entry is None else entry.size


def get_many(tenant: str, places: Sequence[tuple[str, str]]) -> list[Any]:
    """The values of (execution id, key) pairs, a hundred in one call, None for each that is missing."""
    values: list[Any] = []
    for start in range(0, len(places), _PAGE):
        chunk = places[start : start + _PAGE]
        items = batch_get([(TextItem, partition_of(tenant, one), key) for one, key in chunk], consistent=True)
        values += [read(one) for one in items]
    return values
