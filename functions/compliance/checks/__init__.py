"""Every check there is. A module of this package holds the checks of one subject as `CHECKS`."""

from collections.abc import Mapping

from compliance.checks import (
    account,
    actions,
    buckets,
    calls,
    configuration,
    functions,
    gateway,
    identity,
    messaging,
    requests,
    roles,
    secrecy,
    sessions,
    tables,
    trail,
    uses,
    watching,
)
from compliance.checks.judging import judge
from compliance.model import EVIDENCE_TYPES, Check

MODULES = (
    tables,
    buckets,
    messaging,
    secrecy,
    functions,
    roles,
    gateway,
    watching,
    account,
    actions,
    calls,
    configuration,
    identity,
    requests,
    sessions,
    trail,
    uses,
)

__all__ = ["CHECKS", "judge"]


def _merged() -> dict[str, Check]:
    merged: dict[str, Check] = {}
    for module in MODULES:
        for check in module.CHECKS:
            if check.id in merged or check.evidence_type not in EVIDENCE_TYPES:
                message = f"{check.id} is there twice, or of no known type of evidence"
                raise ValueError(message)
            merged[check.id] = check
    return merged


CHECKS: Mapping[str, Check] = _merged()
