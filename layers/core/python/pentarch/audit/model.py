"""Which lists an event is in, and which list answers a question: pure rules.

There is a list for every combination of agent, action and resource that some event has, and one of each actor. Each is
kept in parts by sensitivity, so a question about one sensitivity reads one part and any other merges at most five: that
halves what is written, compared with lists for every combination with a sensitivity and without.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from pentarch.events.model import Event

PARTS: Mapping[str | None, str] = {"PUBLIC": "P", "INTERNAL": "I", "SENSITIVE": "S", "CRITICAL": "C", None: "N"}
"""The letter of each sensitivity's part. Never change once events are listed: it is part of where an entry lies."""
SENSITIVITIES = tuple(name for name in PARTS if name is not None)
_COMBINED = ("agent", "action", "resource")


@dataclass(frozen=True, slots=True)
class Filters:
    """What an event must have, each None for anything. `actor` does not go together with agent, action, resource."""

    agent: str | None = None
    action: str | None = None
    resource: str | None = None
    sensitivity: str | None = None
    actor: str | None = None

    def __post_init__(self) -> None:
        if self.actor is not None and any(getattr(self, name) is not None for name in _COMBINED):
            msg = "there is no list by actor and agent, action or resource together"
            raise ValueError(msg)

    @property
    def list_name(self) -> str:
        given = {name: getattr(self, name) for name in (*_COMBINED, "actor")}
        return _name({name: value for name, value in given.items() if value is not None})

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(PARTS.values()) if self.sensitivity is None else (PARTS[self.sensitivity],)


def part_of(event: Event) -> str:
    """An event of an unheard-of sensitivity is found all the same: under none."""
    return PARTS.get(event.sensitivity, PARTS[None])


def lists_of(event: Event) -> list[str]:
    """The names of all lists that an event is in, the list of everything first."""
    values = {name: value for name in _COMBINED if (value := getattr(event, name)) is not None}
    names = [
        _name({key: values[key] for key in chosen})
        for size in range(len(values) + 1)
        for chosen in combinations(values, size)
    ]
    return [*names, _name({"actor": event.actor})]


def _name(values: Mapping[str, str]) -> str:
    """A digest, because values are of any length and any letters."""
    text = json.dumps(sorted(values.items()), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
