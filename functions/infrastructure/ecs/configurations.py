"""How ECS is asked to deploy as long as a roll-out goes: pure rules. The service's own way is given back after it."""

import math
from collections.abc import Mapping
from typing import Any

from infrastructure.model import Strategy
from infrastructure.rollout import CONTAINER_WEIGHTS

Configuration = Mapping[str, Any]
"""ECS's `deploymentConfiguration`."""
PAUSES = ("PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT")
DECISION_MINUTES = 60
"""A pause that lasted so much longer than the bake has lost whoever decides, and leads back."""
_MINUTE_S = 60
_OF_ONE_STRATEGY = frozenset({"linearConfiguration", "canaryConfiguration", "earlySuccessCriteria"})


def rolling(own: Configuration) -> dict[str, Any]:
    """With ECS's circuit breaker, so that it goes back by itself too, should nobody see to it here."""
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    return _plain(own) | breaker | {"strategy": "ROLLING"}


def shifting(own: Configuration, strategy: Strategy, bake_s: int) -> dict[str, Any]:
    """With a pause before each shift of traffic and after the last one, in which the new version bakes."""
    time_out = {"timeoutInMinutes": math.ceil(bake_s / _MINUTE_S) + DECISION_MINUTES, "action": "ROLLBACK"}
    pause = {"targetType": "PAUSE", "lifecycleStages": list(PAUSES), "timeoutConfiguration": time_out}
    hooks = [*own.get("lifecycleHooks", ()), pause]
    made = _plain(own) | {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "lifecycleHooks": hooks}
    if strategy is Strategy.CANARY:
        percent = float(CONTAINER_WEIGHTS[strategy][0])
        canary = {"canaryPercent": percent, "canaryBakeTimeInMinutes": 0}
        made |= {"strategy": "CANARY", "canaryConfiguration": canary}
    return made


def pauses(configuration: Configuration) -> bool:
    """Whether it is one that `shifting` made."""
    return any(hook.get("lifecycleStages") == list(PAUSES) for hook in configuration.get("lifecycleHooks", ()))


def returning(own: Configuration) -> dict[str, Any]:
    """The service's own, without hooks: what ran before needs nobody's leave."""
    return dict(own) | {"lifecycleHooks": []}


def _plain(configuration: Configuration) -> dict[str, Any]:
    return {name: value for name, value in configuration.items() if name not in _OF_ONE_STRATEGY}
