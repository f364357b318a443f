"""How requests are routed where the tenant has configured nothing: stricter than for models about what is outside."""

from pentarch.llm import governance
from pentarch.llm.classification import classify
from pentarch.llm.governance import Governance
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import inspect

DEFAULT = Governance(policies={}, undeclared=Sensitivity.PUBLIC)
"""Undeclared is PUBLIC, because most services tell nothing of what they may see, and so may see this."""


def of(tenant: str, subject: str) -> Governance:
    return governance.of(tenant, subject, DEFAULT)


def sensitivity_of(text: str, declared: str | None, governed: Governance) -> str:
    """The class that is declared, raised to what can be recognised in the text."""
    given = None if declared is None else Sensitivity(declared)
    return str(classify(given, inspect(text), undeclared=governed.undeclared, floors=governed.floors))
