"""What a load balancer counted for the tasks of a service."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from infrastructure import health
from pentarch.platform import clients

_LOAD_BALANCER = ":loadbalancer/"


def error_rate(target_groups: Iterable[str], since: datetime, until: datetime) -> float:
    """Answers of tasks with a status of 500 and more, by requests; 0 where a load balancer counts none.

    Only Application Load Balancers see statuses.
    """
    errors = requests = 0.0
    for dimensions in _measured(list(target_groups)):
        errors += health.total("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", dimensions, since, until)
        requests += health.total("AWS/ApplicationELB", "RequestCount", dimensions, since, until)
    return errors / requests if requests else 0.0


def _measured(target_groups: list[str]) -> Iterator[dict[str, str]]:
    """CloudWatch's dimensions of each target group at each load balancer."""
    if not target_groups:
        return
    found = clients.inspection("elbv2").describe_target_groups(TargetGroupArns=target_groups)["TargetGroups"]
    for one in found:
        for balancer in one.get("LoadBalancerArns", ()):
            name = balancer.partition(_LOAD_BALANCER)[2]
            if name.startswith("app/"):
                yield {"TargetGroup": one["TargetGroupArn"].rpartition(":")[2], "LoadBalancer": name}
