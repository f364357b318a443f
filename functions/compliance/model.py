"""What an assessment is made of: frameworks with their controls, checks, the evidence they read, and what they found.

Evidence is plain JSON in named sections, collected first and judged afterwards by pure functions, so that a verdict can
be made again from the evidence that is kept with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

JsonObject = Mapping[str, Any]


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSED = "not_assessed"
    """The evidence could not be seen: neither good nor bad is known."""
    NOT_APPLICABLE = "not_applicable"
    """The evidence was seen, and holds nothing that the check is about."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a check found wrong."""

    resource: str
    """A name or ARN, never personal data."""
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check says of the evidence: what it looked at, and what of that is wrong."""

    examined: tuple[str, ...]
    """The resources or events that were looked at; none at all means that the check did not apply."""
    faults: tuple[Fault, ...] = ()


LATE = "it was not collected in time"
"""Why a section is unseen that more time would have shown."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A section of evidence that could not be collected."""

    reason: str


Section = Sequence[JsonObject] | Unseen


@dataclass(frozen=True, slots=True)
class Check:
    """A small read-only rule over evidence."""

    id: str
    """Stable and telling, `tables-encrypted`: findings are compared between scans by it."""
    title: str
    severity: Severity
    evidence_type: str
    """One of `EVIDENCE_TYPES`: what kind of evidence it reads."""
    needs: tuple[str, ...]
    """The sections that `judge` gets, in this order; if one is unseen, the check is not assessed."""
    rationale: str
    remediation: str
    judge: Callable[..., Outcome]
    """Called with the needed sections, each a sequence of JSON objects."""


EVIDENCE_TYPES = (
    "audit_logs",  # what happened: the event log, and what is logged and kept
    "data_processing",  # how data is stored, sent, kept and erased
    "access_control",  # who may do what: credentials, roles, policies
    "configuration",  # how the deployed stack is set up
    "monitoring",  # what watches it, and what would tell
)


@dataclass(frozen=True, slots=True)
class Control:
    """A requirement of a framework that machine-made evidence can speak to."""

    id: str
    """As the framework numbers it: `CC6.1`, `Art. 32`, `164.312(a)(1)`, `8.3.6`."""
    name: str
    description: str
    """In our own words."""
    weight: float
    """Its share of the overall score, relative to the framework's other controls."""
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    name: str
    """As callers name it: SOC2, GDPR, HIPAA, PCI-DSS."""
    title: str
    version: str
    controls: tuple[Control, ...]
