"""From what was recognised in a text to its class: the rules, and what they are called in events and proofs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from pentarch.llm.model import Sensitivity

POLICY_VERSION = "sensitivity-1"
"""Names this rule set in events and proofs; it changes with any change of what is recognised or of its class."""

UNDECLARED = Sensitivity.INTERNAL


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    PAYMENT_CARD = "payment_card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    SECRET_KEY = "secret_key"  # noqa: S105 - a name, no secret


FLOORS: Mapping[Kind, Sensitivity] = MappingProxyType(
    {
        Kind.EMAIL: Sensitivity.SENSITIVE,
        Kind.PHONE: Sensitivity.SENSITIVE,
        Kind.PAYMENT_CARD: Sensitivity.CRITICAL,
        Kind.IBAN: Sensitivity.CRITICAL,
        Kind.NATIONAL_ID: Sensitivity.CRITICAL,
        Kind.SECRET_KEY: Sensitivity.CRITICAL,
    }
)
"""The least confidential class that a text with such a finding can have."""


@dataclass(frozen=True, slots=True)
class Findings:
    """How often each kind was recognised; kinds that were not are absent. Never holds a piece of the text."""

    counts: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self.counts)

    def __bool__(self) -> bool:
        return bool(self.counts)


def classify(
    declared: Sensitivity | None,
    findings: Findings,
    *,
    undeclared: Sensitivity = UNDECLARED,
    floors: Mapping[Kind, Sensitivity] = FLOORS,
) -> Sensitivity:
    """The declared class, raised to what the findings demand; never lowered."""
    demanded = (floors[kind] for kind in findings.kinds)
    return max((declared or undeclared, *demanded), key=lambda sensitivity: sensitivity.rank)
