"""ECS's own API, as far as roll-outs use it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from infrastructure.ecs.errors import GoneError, RefusedError
from infrastructure.ecs.model import Definition, Deployment, Service, TrafficShift
from pentarch.platform import clients

_GONE = frozenset({"ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"})
_FINAL = frozenset({"AccessDeniedException", "ClientException", "InvalidParameterException", "LimitExceededException",
                    "NamespaceNotFoundException", "PlatformTaskDefinitionIncompatibilityException",
                    "PlatformUnknownException", "UnsupportedFeatureException"})  # fmt: skip
"""Codes that trying again does not change."""
_NOT_NOW = "Too many concurrent attempts"
"""How the message begins with which a task definition of a family that others register too is put off."""
_FAILURES = ("TaskFailedToStart", "EssentialContainerExited")
_UNHEALTHY = "Task failed"
"""How the reason begins that the scheduler gives for stopping a task which a health check found ill."""
_AT_ONCE = 100
"""Tasks that one call describes."""


def described(arn: str) -> Service:
    """GoneError when there is none."""
    cluster = arn.split("/")[-2]
    with _asked(arn):
        found = _client().describe_services(cluster=cluster, services=[arn])["services"]
    if not found or found[0]["status"] != "ACTIVE":
        raise GoneError(_name(arn))
    return _service(cluster, found[0])


def definition(name: str) -> Definition:
    with _asked(name):
        found: Definition = _client().describe_task_definition(taskDefinition=name)["taskDefinition"]
    return found


def tags_of(name: str) -> list[dict[str, str]]:
    told = _client().describe_task_definition(taskDefinition=name, include=["TAGS"])
    return list(told.get("tags", ()))


def newest_of(family: str, most: int) -> list[str]:
    """ARNs of a family's newest task definitions."""
    told = _client().list_task_definitions(familyPrefix=family, sort="DESC", maxResults=most)
    return [arn for arn in told["taskDefinitionArns"] if _name(arn).rpartition(":")[0] == family]


def register(wanted: Mapping[str, Any], tags: list[dict[str, str]]) -> str:
    with _asked(wanted["family"]):
        made = _client().register_task_definition(**wanted, tags=tags)
    return str(made["taskDefinition"]["taskDefinitionArn"])


def update(service: Service, definition: str, configuration: Mapping[str, Any]) -> None:
    """Asking for what runs already changes nothing, and the configuration alone deploys nothing."""
    with _asked(service.arn):
        _client().update_service(
            cluster=service.cluster,
            service=service.arn,
            taskDefinition=definition,
            deploymentConfiguration=dict(configuration),
        )


def failures(service: Service, definition: str, since: datetime) -> list[str]:
    """Why tasks of a definition stopped by themselves, the latest first; ECS remembers an hour of them."""
    with _asked(service.arn):
        stopped = _client().list_tasks(
            cluster=service.cluster, serviceName=service.name, desiredStatus="STOPPED", maxResults=_AT_ONCE
        )["taskArns"]
        told = _client().describe_tasks(cluster=service.cluster, tasks=stopped)["tasks"] if stopped else []
    ours = [one for one in told if one["taskDefinitionArn"] == definition and _stopped_at(one, since) >= since]
    failed = [
        one
        for one in ours
        if one.get("stopCode") in _FAILURES or str(one.get("stoppedReason", "")).startswith(_UNHEALTHY)
    ]
    return [_why(one) for one in sorted(failed, key=lambda one: _stopped_at(one, since), reverse=True)]


def traffic_shift(service: Service, definition: str, since: datetime) -> TrafficShift | None:
    """The newest deployment to a task definition, of those that were begun since."""
    with _asked(service.arn):
        listed = _client().list_service_deployments(
            cluster=service.cluster, service=service.arn, createdAt={"after": since}
        )["serviceDeployments"]
        targets = {one["targetServiceRevisionArn"] for one in listed if one.get("targetServiceRevisionArn")}
        if not targets:
            return None
        revisions = _client().describe_service_revisions(serviceRevisionArns=sorted(targets))["serviceRevisions"]
        ours = {one["serviceRevisionArn"]: one for one in revisions if one["taskDefinition"] == definition}
        mine = [one for one in listed if one.get("targetServiceRevisionArn") in ours]
        if not mine:
            return None
        newest = max(mine, key=lambda one: one["createdAt"])
        [told] = _client().describe_service_deployments(serviceDeploymentArns=[newest["serviceDeploymentArn"]])[
            "serviceDeployments"
        ]
    return _shift(told, ours[newest["targetServiceRevisionArn"]])


def go_on(shift: TrafficShift) -> None:
    """Let it out of its pause; somebody may have done so a moment ago, or its time ran out."""
    try:
        _client().continue_service_deployment(serviceDeploymentArn=shift.arn, hookId=shift.hook, action="CONTINUE")
    except ClientError as error:
        if error.response["Error"].get("Code") not in {"InvalidParameterException", "ClientException"}:
            raise


def go_back(shift: TrafficShift) -> None:
    """Have ECS send the traffic back; it may have ended a moment ago."""
    try:
        _client().stop_service_deployment(serviceDeploymentArn=shift.arn, stopType="ROLLBACK")
    except ClientError as error:
        if error.response["Error"].get("Code") not in {"ConflictException", "ServiceDeploymentNotFoundException"}:
            raise


def _client() -> Any:  # noqa: ANN401 (boto3 makes its classes at run time)
    return clients.inspection("ecs")


@contextmanager
def _asked(about: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code, message = (str(error.response["Error"].get(name, "")) for name in ("Code", "Message"))
        if code in _GONE:
            raise GoneError(_name(about)) from error
        if code in _FINAL and not message.startswith(_NOT_NOW):
            raise RefusedError(message or code) from error
        raise


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _service(cluster: str, told: Mapping[str, Any]) -> Service:
    deployments = tuple(_deployment(one) for one in told.get("deployments", ()))
    primary: Mapping[str, Any] = next((one for one in told.get("deployments", ()) if one["status"] == "PRIMARY"), {})
    providers = {one["capacityProvider"] for one in told.get("capacityProviderStrategy", ())}
    return Service(
        arn=told["serviceArn"],
        name=told["serviceName"],
        cluster=cluster,
        definition=told["taskDefinition"],
        desired=told["desiredCount"],
        controller=told.get("deploymentController", {}).get("type", "ECS"),
        scheduling=told.get("schedulingStrategy", "REPLICA"),
        configuration=told.get("deploymentConfiguration", {}),
        balancers=tuple(told.get("loadBalancers", ())),
        connects=bool(primary.get("serviceConnectConfiguration", {}).get("enabled")),
        on_fargate=told.get("launchType") == "FARGATE" or bool(providers & {"FARGATE", "FARGATE_SPOT"}),
        deployments=deployments,
    )


def _deployment(told: Mapping[str, Any]) -> Deployment:
    return Deployment(
        id=told["id"],
        status=told["status"],
        definition=told["taskDefinition"],
        desired=told["desiredCount"],
        running=told["runningCount"],
        state=told.get("rolloutState"),
        reason=told.get("rolloutStateReason", ""),
    )


def _shift(told: Mapping[str, Any], revision: Mapping[str, Any]) -> TrafficShift:
    waiting = [
        one["hookId"]
        for one in told.get("lifecycleHookDetails", ())
        if (one.get("targetType"), one.get("status")) == ("PAUSE", "AWAITING_ACTION")
    ]
    groups = revision.get("resolvedConfiguration", {}).get("loadBalancers", ())
    return TrafficShift(
        arn=told["serviceDeploymentArn"],
        status=told["status"],
        reason=told.get("rollback", {}).get("reason") or told.get("statusReason", ""),
        stage=told.get("lifecycleStage", ""),
        weight=told.get("targetServiceRevision", {}).get("requestedProductionTrafficWeight", 0.0),
        hook=waiting[0] if waiting else None,
        target_groups=tuple(one["targetGroupArn"] for one in groups if one.get("targetGroupArn")),
    )


def _stopped_at(task: Mapping[str, Any], otherwise: datetime) -> datetime:
    at: datetime = task.get("stoppedAt") or task.get("stoppingAt") or otherwise
    return at


def _why(task: Mapping[str, Any]) -> str:
    reasons = [one["reason"] for one in task.get("containers", ()) if one.get("reason")]
    codes = [f"{one['name']} ended with {one['exitCode']}" for one in task.get("containers", ()) if one.get("exitCode")]
    return "; ".join(dict.fromkeys([str(task.get("stoppedReason", "a task stopped")), *reasons, *codes]))
