"""What is chosen from, what is needed, and what was decided."""

from collections.abc import Mapping
from typing import NamedTuple


class Candidate(NamedTuple):
    """Something that could serve a request: a model of a provider, for example."""

    id: str
    capabilities: frozenset[str]
    clearance: int | None
    """The rank of the most confidential class that it may see; None: nobody said, which counts as the lowest."""
    capacity: int
    """Tokens that one request may hold."""
    cost_nano_usd: int
    """For a thousand tokens, half of them answer."""
    preference: int = 0


class Need(NamedTuple):
    """What a request demands. Every demand must hold: there is no trading one for another."""

    capability: str
    sensitivity: int
    size: int
    asked_for: str | None = None
    """A candidate that the caller named: it goes first if it is feasible."""


class Decision(NamedTuple):
    """Feasible candidates, the best first, and why each of the others is not among them."""

    order: tuple[str, ...]
    excluded: Mapping[str, str]
