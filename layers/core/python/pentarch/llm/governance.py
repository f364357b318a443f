"""What a tenant has configured about model calls, on top of what Pentarch itself demands."""

import os
from collections.abc import Mapping
from typing import NamedTuple, cast

from pentarch.identity.model import Caller
from pentarch.llm.classification import FLOORS, POLICY_VERSION, UNDECLARED, Kind
from pentarch.llm.model import Sensitivity
from pentarch.routing.model import DEFAULT_WEIGHTS, Policies, Weights
from pentarch.routing.policies import combine

BASE: Policies = {"allow_external_services": True}
"""An operator registered the providers, so their being outside is allowed; what they may see is told with each."""


class Governance(NamedTuple):
    policies: Policies = BASE
    weights: Weights = DEFAULT_WEIGHTS
    undeclared: Sensitivity = UNDECLARED
    floors: Mapping[Kind, Sensitivity] = FLOORS
    version: str = POLICY_VERSION


DEFAULT = Governance()


def of(caller: Caller) -> Governance:
    """What is in force for a caller, from memory, at most a minute old.

    When it has never been read and cannot be, the error passes on: a policy that is not known is not no policy.
    """
    if "CONFIGURATIONS_TABLE" not in os.environ:
        return DEFAULT
    from pentarch.configuration import accessor
    from pentarch.configuration.model import ConfigType

    policies, weights, sensitivity = (
        accessor.current(caller.tenant, kind, bucket_key=caller.subject)
        for kind in (ConfigType.ROUTING_POLICY, ConfigType.ROUTING_WEIGHTS, ConfigType.SENSITIVITY_POLICY)
    )
    found = DEFAULT
    if policies:
        found = found._replace(policies=combine(BASE, cast("Policies", policies)))
    if weights:
        found = found._replace(weights=cast("Weights", weights))
    if sensitivity:
        floors = {Kind(kind): Sensitivity(floor) for kind, floor in sensitivity.get("floors", {}).items()}
        found = found._replace(
            undeclared=Sensitivity(sensitivity.get("undeclared", UNDECLARED)),
            floors={**FLOORS, **floors},
            version=f"{POLICY_VERSION}+tenant",
        )
    return found
