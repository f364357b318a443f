"""Asking AWS, or a cluster, for so many of a resource, and telling how many there are."""

from infrastructure.functions import ALIAS
from infrastructure.inventory import clusters
from infrastructure.inventory.model import Kind, Resource
from infrastructure.scaling.model import Mode
from pentarch.platform import clients

SCALABLE = frozenset({Kind.FUNCTION, Kind.CONTAINERS, Kind.SCALING_GROUP, Kind.DEPLOYMENT})


def present(one: Resource, mode: Mode) -> int | None:
    """How many run now; None where nothing is reserved."""
    if one.kind is Kind.FUNCTION and mode is Mode.RESERVED:
        reserved: int | None = one.details["reserved_concurrency"]
        return reserved
    return one.replicas


def bounds(one: Resource, lowest: int, highest: int) -> tuple[int, int]:
    """The stack's own, narrowed by those of the resource."""
    if one.kind is Kind.SCALING_GROUP:
        return max(lowest, one.details["minimum"]), min(highest, one.details["maximum"])
    return lowest, highest


def apply(one: Resource, wanted: int, mode: Mode) -> None:
    """The same twice changes nothing the second time."""
    match one.kind:
        case Kind.FUNCTION:
            _function(str(one.details["function"]), wanted, mode)
        case Kind.CONTAINERS:
            clients.inspection("ecs").update_service(
                cluster=one.details["cluster"], service=one.place, desiredCount=wanted
            )
        case Kind.SCALING_GROUP:
            clients.inspection("autoscaling").set_desired_capacity(
                AutoScalingGroupName=one.name, DesiredCapacity=wanted, HonorCooldown=False
            )
        case Kind.DEPLOYMENT:
            place = f"/apis/apps/v1/namespaces/{one.details['namespace']}/deployments/{one.name}/scale"
            clusters.cluster(str(one.details["cluster"])).patch(place, {"spec": {"replicas": wanted}})
        case Kind.INSTANCE:
            msg = "an instance has no replicas"
            raise ValueError(msg)


def _function(name: str, wanted: int, mode: Mode) -> None:
    client = clients.lambda_functions()
    if mode is Mode.RESERVED:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=wanted)
    elif wanted:
        client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=ALIAS, ProvisionedConcurrentExecutions=wanted
        )
    else:
        client.delete_provisioned_concurrency_config(FunctionName=name, Qualifier=ALIAS)
