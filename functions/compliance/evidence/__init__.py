"""Every section of evidence, and how it is collected. A module holds the collectors of one subject as `COLLECTORS`."""

from collections.abc import Iterable, Mapping

from compliance.evidence import (
    account,
    calls,
    configuration,
    functions,
    gateway,
    identity,
    log,
    messaging,
    requests,
    roles,
    seals,
    secrecy,
    storage,
    uses,
    watching,
)
from compliance.evidence.context import Collector, Context
from compliance.evidence.gathering import WITHIN_S
from compliance.evidence.gathering import collect as _collect
from compliance.model import Section

MODULES = (
    storage,
    messaging,
    secrecy,
    functions,
    roles,
    gateway,
    watching,
    account,
    calls,
    configuration,
    identity,
    log,
    requests,
    seals,
    uses,
)


def _merged() -> dict[str, Collector]:
    merged: dict[str, Collector] = {}
    for module in MODULES:
        twice = merged.keys() & module.COLLECTORS.keys()
        if twice:
            message = f"sections are collected twice: {sorted(twice)}"
            raise ValueError(message)
        merged.update(module.COLLECTORS)
    return merged


COLLECTORS: Mapping[str, Collector] = _merged()


def collect(context: Context, names: Iterable[str], within: float = WITHIN_S) -> dict[str, Section]:
    """The named sections, collected side by side; what could not be seen within the time is `Unseen`."""
    return _collect(context, COLLECTORS, names, within)
