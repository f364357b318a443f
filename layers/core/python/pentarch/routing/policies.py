"""Combining policies: of two, the stricter."""

import json
from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

from .model import Policies

Value = TypeVar("Value")


def combine(first: Policies, second: Policies) -> Policies:
    """Both together. What one does not speak of is left to the other; nothing that either forbids is allowed.

    The order does not matter, nor does saying the same twice.
    """
    both: Policies = {}
    if encrypted := _given(first.get("require_encryption"), second.get("require_encryption")):
        both["require_encryption"] = any(encrypted)
    if external := _given(first.get("allow_external_services"), second.get("allow_external_services")):
        both["allow_external_services"] = all(external)
    if regions := _given(first.get("allowed_regions"), second.get("allowed_regions")):
        both["allowed_regions"] = sorted(set.intersection(*map(set, regions)))
    if certifications := _given(first.get("required_certifications"), second.get("required_certifications")):
        both["required_certifications"] = _union(certifications)
    if reliabilities := _given(first.get("min_reliability"), second.get("min_reliability")):
        both["min_reliability"] = max(reliabilities)
    if retentions := _given(first.get("max_retention_days"), second.get("max_retention_days")):
        both["max_retention_days"] = min(retentions)
    if gates := _given(first.get("compliance_gates"), second.get("compliance_gates")):
        by_text = {json.dumps(gate, sort_keys=True): gate for gate in chain(*gates)}
        both["compliance_gates"] = [by_text[text] for text in sorted(by_text)]
    if denied := _given(first.get("denied_services"), second.get("denied_services")):
        both["denied_services"] = _union(denied)
    return both


def _given(*values: Value | None) -> list[Value]:
    return [value for value in values if value is not None]


def _union(lists: Iterable[list[str]]) -> list[str]:
    return sorted(set().union(*lists))
