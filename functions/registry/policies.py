"""What the tenant has configured about routing, from memory and at most a minute old.

A roll-out may show a new version to some of its callers first, so each reads with its own name.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.llm.classification import FLOORS, Kind, classify
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import inspect
from pentarch.routing.model import DEFAULT_WEIGHTS, Policies, Weights

UNDECLARED = Sensitivity.PUBLIC
"""Of a request that says nothing: most services tell nothing of what they may see, and so may see this."""


class Governance(NamedTuple):
    rules: Policies
    weights: Weights
    undeclared: Sensitivity = UNDECLARED
    floors: Mapping[Kind, Sensitivity] = FLOORS

    def sensitivity_of(self, text: str, declared: str | None) -> str:
        """The class that is declared, raised to what can be recognised in the text."""
        given = None if declared is None else Sensitivity(declared)
        return str(classify(given, inspect(text), undeclared=self.undeclared, floors=self.floors))


def of(tenant: str, subject: str) -> Governance:
    def current(config_type: ConfigType) -> dict[str, Any]:
        return {**(accessor.current(tenant, config_type, bucket_key=subject) or {})}

    weights, sensitivity = current(ConfigType.ROUTING_WEIGHTS), current(ConfigType.SENSITIVITY_POLICY)
    raised = {Kind(kind): Sensitivity(floor) for kind, floor in sensitivity.get("floors", {}).items()}
    return Governance(
        rules=cast("Policies", current(ConfigType.ROUTING_POLICY)),
        weights=cast("Weights", weights) if weights else DEFAULT_WEIGHTS,
        undeclared=Sensitivity(sensitivity.get("undeclared", UNDECLARED)),
        floors={**FLOORS, **raised},
    )
