"""Where a tenant's frameworks stand after their last assessments: the auditor writes it, others decide by it.

It is read only for tenants whose policies ask for it, and once a minute then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.tables import TableName, TenantTable, batch_get
from pentarch.routing.model import Standing

KEPT_FOR_S = 60
_TENANTS = 200
_MS_PER_DAY = 86_400_000
_DIGITS = 3


class StateItem(TenantTable):
    """Where a framework stands, or when it is assessed again."""

    class Meta:
        table_name = TableName("COMPLIANCE_TABLE")

    body = JSONAttribute()
    revision = UnicodeAttribute()
    """Of a standing the assessment's id; of a schedule its own."""


def latest_key(framework: str) -> str:
    return f"state#{framework}#latest"


@dataclass(slots=True)
class _Process:
    """What this process read: when, and each framework's figures."""

    known: dict[tuple[str, tuple[str, ...]], tuple[float, dict[str, StateItem]]] = field(default_factory=dict)


_process = _Process()


def of(tenant: str, frameworks: Iterable[str]) -> dict[str, Standing]:
    """By framework; one that was never assessed is not there."""
    now = clock.now()
    place = (tenant, tuple(sorted(set(frameworks))))
    read_at, items = _process.known.get(place, (None, {}))
    if read_at is None or not 0 <= now.timestamp() - read_at < KEPT_FOR_S:
        items = _read(*place)
        if len(_process.known) >= _TENANTS:
            _process.known.clear()
        _process.known[place] = now.timestamp(), items
    return {
        framework: {
            "score": float(item.body["score"]),
            "critical_findings": int(item.body["counts"].get("critical", 0)),
            "age_days": round(max(0, epoch_ms(now) - int(item.body["completed_at"])) / _MS_PER_DAY, _DIGITS),
        }
        for framework, item in items.items()
    }


def forget() -> None:
    """Read again at the next use: for tests."""
    _process.known.clear()


def _read(tenant: str, frameworks: tuple[str, ...]) -> dict[str, StateItem]:
    items = batch_get([(StateItem, tenant, latest_key(framework)) for framework in frameworks])
    return {framework: item for framework, item in zip(frameworks, items, strict=True) if item is not None}
