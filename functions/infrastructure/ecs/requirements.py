"""What a service must have for a strategy: pure rules.

ECS shifts traffic between two sets of tasks where a load balancer's two target groups or Service Connect let it (ECS
developer guide, "Required resources for Amazon ECS canary deployments"). A rolling update needs nothing.
"""

from infrastructure.ecs.errors import BusyError, UnsuitedError
from infrastructure.ecs.model import Service
from infrastructure.model import Strategy

_NEEDED = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")


def check(service: Service, strategy: Strategy) -> None:
    """UnsuitedError, or BusyError while somebody else deploys it."""
    check_suited(service, strategy)
    if service.is_busy:
        raise BusyError(service.name)


def check_suited(service: Service, strategy: Strategy) -> None:
    lack = _lack(service, strategy)
    if lack is not None:
        raise UnsuitedError(service.name, strategy, lack)


def _lack(service: Service, strategy: Strategy) -> str | None:
    if service.controller != "ECS":
        return f"its deployments are made by {service.controller}"
    return None if strategy is Strategy.ROLLING_UPDATE else _lack_to_shift(service)


def _lack_to_shift(service: Service) -> str | None:
    if service.scheduling != "REPLICA":
        return "it runs a task on each instance"
    if not service.balancers and not service.connects:
        return "it has no load balancer and no Service Connect that could share traffic out"
    missing = {
        name for one in service.balancers for name in _NEEDED if not one.get("advancedConfiguration", {}).get(name)
    }
    if missing:
        return f"its load balancer lacks {', '.join(sorted(missing))} in advancedConfiguration"
    if any(hook.get("targetType") == "PAUSE" for hook in service.configuration.get("lifecycleHooks", ())):
        return "its deployments pause for somebody else to let them go on"
    return None
