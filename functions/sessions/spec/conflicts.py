"""Requirements that cannot hold together: bounds of one thing that leave nothing between them."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from sessions.spec.levels import Level
from sessions.spec.quantities import Quantity, Relation

Row = tuple[str, str, Level, tuple[Quantity, ...]]
"""A requirement's id, its subject, its level, and its quantities."""
MAX_COMPARED = 50
"""Of one subject and dimension; beyond that the subject is no name of one thing."""
_CLOSE = 1e-9


class _Bound(NamedTuple):
    id: str
    low: float | None
    high: float | None
    text: str


def conflicts_in(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Each pair of musts about the same subject whose quantities of a dimension exclude each other."""
    bounds: dict[tuple[str, str, str], list[_Bound]] = {}
    for name, subject, level, found in rows:
        if not subject or level is not Level.MUST:
            continue
        for one in found:
            low, high = one.bounds
            if one.relation in (Relation.SIZE, Relation.ABOUT) or (low is None and high is None):
                continue
            unit = one.unit.name if one.unit.dimension in ("money", "level") else ""
            bounds.setdefault((subject, one.unit.dimension, unit), []).append(_Bound(name, low, high, one.text))
    for (subject, dimension, _), found_bounds in bounds.items():
        for bound, other in combinations(found_bounds[:MAX_COMPARED], 2):
            if bound.id != other.id and _excludes(bound, other):
                yield {
                    "requirements": [bound.id, other.id],
                    "subject": subject,
                    "dimension": dimension,
                    "texts": [bound.text, other.text],
                }


def _excludes(one: _Bound, other: _Bound) -> bool:
    return _is_above(one.low, other.high) or _is_above(other.low, one.high)


def _is_above(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high + _CLOSE * max(abs(low), abs(high))
