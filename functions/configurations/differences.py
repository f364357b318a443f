"""What changed, in words: made from the versions that an event names, when somebody looks at it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from configurations import diff, store
from pentarch.configuration.model import Version
from pentarch.events.model import Event

Versions = Mapping[tuple[str, int], Version]


def shown(tenant: str, told: Sequence[Event | None]) -> list[Event | None]:
    """Events with their differences, in one read of the versions; events that hold theirs themselves stay."""
    places = [place for event in told if event is not None for change in _changes(event) for place in _places(change)]
    versions = store.versions_of(tenant, places)
    return [None if event is None else replace(event, data=_with_words(event.data, versions)) for event in told]


def _changes(event: Event) -> Iterator[Mapping[str, Any]]:
    """One, or those of an import."""
    yield from event.data.get("configurations") or (event.data,)


def _places(change: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for number in change.get("compared", {}).values():
        if number is not None:
            yield change["config_id"], number


def _with_words(data: Mapping[str, Any], versions: Versions) -> dict[str, Any]:
    if "configurations" in data:
        return {**data, "configurations": [_with_words(change, versions) for change in data["configurations"]]}
    if "compared" not in data:
        return dict(data)
    old, new = (_content(data, side, versions) for side in ("from", "to"))
    return {**data, "changes": diff.patch(old, new)}


def _content(change: Mapping[str, Any], side: str, versions: Versions) -> Any:  # noqa: ANN401 (a content or nothing)
    number = change["compared"][side]
    version = None if number is None else versions.get((change["config_id"], number))
    return version and version.content
