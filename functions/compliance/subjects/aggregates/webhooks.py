"""Webhooks: what somebody wrote of them, and what receivers answered."""

from collections.abc import Iterator

from compliance.subjects.aggregates.rows import Texts, items_of

_TABLE = "WebhooksTable"
_HASH, _RANGE = "partition", "key"
_WEBHOOK = "webhook#"


def _partitions(tenant: str) -> Iterator[str]:
    """The tenant's webhooks, and the deliveries of each."""
    yield tenant
    for item in items_of(_TABLE, tenant, hash_key=_HASH, range_key=_RANGE):
        if item[_RANGE]["S"].startswith(_WEBHOOK):
            yield f"{tenant}#{item[_RANGE]['S'].removeprefix(_WEBHOOK)}"


WEBHOOKS = Texts(
    "webhooks",
    _TABLE,
    texts=("description", "data", "attempts"),
    references=frozenset({"url", "created_by"}),
    hash_key=_HASH,
    range_key=_RANGE,
    partitions=_partitions,
).aggregate()
