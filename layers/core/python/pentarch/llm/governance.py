"""What a tenant has configured about choosing, on top of what Pentarch itself demands: for models and for services."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple, cast

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType, JsonObject
from pentarch.llm.classification import FLOORS, POLICY_VERSION, UNDECLARED, Kind
from pentarch.llm.model import Sensitivity
from pentarch.routing.model import DEFAULT_WEIGHTS, Policies, Standing, Weights
from pentarch.routing.policies import combine

BASE: Policies = {}
"""The operator vouches for the providers, so they may be outside; a service that a tenant registered may not, unless
a policy of the tenant allows it. What each may see is told with it."""


class Governance(NamedTuple):
    policies: Policies = BASE
    weights: Weights = DEFAULT_WEIGHTS
    undeclared: Sensitivity = UNDECLARED
    floors: Mapping[Kind, Sensitivity] = FLOORS
    version: str = POLICY_VERSION
    standing: dict[str, Standing] | None = None
    """Of the frameworks that the policies' gates name; None where there is no gate."""


DEFAULT = Governance()


def of(tenant: str, subject: str, default: Governance = DEFAULT) -> Governance:
    """What is in force for a caller, from memory, at most a minute old; `default` where nothing is configured.

    When it has never been read and cannot be, the error passes on: a policy that is not known is not no policy.
    """
    weights, sensitivity = (
        accessor.current(tenant, kind, bucket_key=subject)
        for kind in (ConfigType.ROUTING_WEIGHTS, ConfigType.SENSITIVITY_POLICY)
    )
    rules, policies = (
        accessor.every(tenant, kind, bucket_key=subject) for kind in (ConfigType.ROUTING_POLICY, ConfigType.POLICY)
    )
    found = default._replace(policies=reduce(combine, _obeyed(rules, policies), default.policies))
    if gates := found.policies.get("compliance_gates"):
        from pentarch import standing

        found = found._replace(standing=standing.of(tenant, (gate["framework"] for gate in gates)))
    if weights:
        found = found._replace(weights=cast("Weights", weights))
    if sensitivity:
        floors = {Kind(kind): Sensitivity(floor) for kind, floor in sensitivity.get("floors", {}).items()}
        found = found._replace(
            undeclared=Sensitivity(sensitivity.get("undeclared", default.undeclared)),
            floors={**FLOORS, **floors},
            version=f"{POLICY_VERSION}+tenant",
        )
    return found


def _obeyed(rules: Iterable[JsonObject], policies: Iterable[JsonObject]) -> Iterable[Policies]:
    """Every policy that is stored counts, however it was filed; one that says it is not enabled does not."""
    yield from cast("Iterable[Policies]", rules)
    for policy in policies:
        if policy.get("enabled", True) and "routing" in policy:
            yield cast("Policies", policy["routing"])
