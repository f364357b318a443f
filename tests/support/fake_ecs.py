"""ECS as far as roll-outs use it, in memory: task definitions, services, rolling and traffic-shifting deployments.

It stands behind boto3's own client: botocore's model checks each request before it comes here, and each answer against
the operation's output shape, so neither side can speak of what ECS does not. Time goes on by `tick` alone: tasks start,
traffic moves, a deployment comes to its next pause.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from uuid import uuid4

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.validate import ParamValidator

from pentarch.platform import clients, clock

ACCOUNT = "us-east-1:123456789012"
CLUSTER = f"arn:aws:ecs:{ACCOUNT}:cluster/main"
BALANCER = f"arn:aws:elasticloadbalancing:{ACCOUNT}:loadbalancer/app/front/1"
GROUPS = tuple(f"arn:aws:elasticloadbalancing:{ACCOUNT}:targetgroup/{color}/2" for color in ("blue", "green"))
BALANCED = {
    "targetGroupArn": GROUPS[0],
    "containerName": "app",
    "containerPort": 80,
    "advancedConfiguration": {
        "alternateTargetGroupArn": GROUPS[1],
        "productionListenerRule": f"arn:aws:elasticloadbalancing:{ACCOUNT}:listener-rule/app/front/1/3/4",
        "roleArn": "arn:aws:iam::123456789012:role/shifter",
    },
}
OWN = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}
"""How a service deploys of which nobody said how."""
UNPULLABLE = "broken"
"""The tag of an image that is not there."""
_STAGES = {
    "BLUE_GREEN": (("PRE_PRODUCTION_TRAFFIC_SHIFT", 0.0), ("POST_PRODUCTION_TRAFFIC_SHIFT", 100.0)),
    "CANARY": (
        ("PRE_PRODUCTION_TRAFFIC_SHIFT", 0.0),
        ("PRE_PRODUCTION_TRAFFIC_SHIFT", 10.0),
        ("POST_PRODUCTION_TRAFFIC_SHIFT", 100.0),
    ),
}
"""Where a deployment may pause, and how much traffic the new tasks have there."""


class _RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Shift:
    arn: str
    definition: str
    before: str
    configuration: dict[str, Any]
    created_at: datetime
    status: str = "IN_PROGRESS"
    reason: str = ""
    stage: int = -1
    """Of `_STAGES`; before the first one its tasks start."""
    hook: str | None = None

    @property
    def weight(self) -> float:
        """What the new tasks get of the traffic."""
        return 0.0 if self.stage < 0 else _STAGES[self.configuration["strategy"]][self.stage][1]


@dataclass
class FakeEcs:
    name: str = "web"
    tagged: bool = True
    service: dict[str, Any] = field(default_factory=dict)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    stopped: list[dict[str, Any]] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    """Operations, in their order."""
    after: Callable[[str], None] = lambda _: None
    """Called with each operation when it is done."""

    def __post_init__(self) -> None:
        self.register({"cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
                       "taskRoleArn": "arn:aws:iam::123456789012:role/app"})  # fmt: skip
        arn = f"arn:aws:ecs:{ACCOUNT}:service/main/{self.name}"
        self.service = {
            "serviceArn": arn, "serviceName": self.name, "clusterArn": CLUSTER, "status": "ACTIVE", "desiredCount": 2,
            "runningCount": 2, "pendingCount": 0, "launchType": "FARGATE", "schedulingStrategy": "REPLICA",
            "taskDefinition": self.newest, "deploymentConfiguration": copy.deepcopy(OWN), "loadBalancers": [],
            "deploymentController": {"type": "ECS"},
        }  # fmt: skip
        self.service["deployments"] = [self._deployment(self.newest, "COMPLETED", 2)]

    def register(self, more: dict[str, Any], family: str = "web") -> None:
        """A task definition of the team's own."""
        app = {"name": "app", "image": "registry.example:5000/team/web:1.0", "essential": True, "memory": 512,
               "environment": [{"name": "MODE", "value": "slow"}]}  # fmt: skip
        self._register_task_definition(family=family, containerDefinitions=[app], tags=[_tag("team", "web")], **more)

    @property
    def newest(self) -> str:
        return next(reversed(self.definitions))

    @property
    def running(self) -> dict[str, Any]:
        """The task definition that the service runs."""
        return self.definitions[self.service["taskDefinition"]]

    @property
    def app(self) -> dict[str, Any]:
        """Its container that is called so."""
        return next(one for one in self.running["containerDefinitions"] if one["name"] == "app")

    def balance(self, *, shifts: bool = True) -> None:
        """Give the service a load balancer, which can shift its traffic or cannot."""
        balanced: dict[str, Any] = copy.deepcopy(BALANCED)
        if not shifts:
            del balanced["advancedConfiguration"]["alternateTargetGroupArn"]
        self.service["loadBalancers"] = [balanced]

    def stop_task(self, definition: str, reason: str, code: str = "EssentialContainerExited") -> None:
        arn = f"arn:aws:ecs:{ACCOUNT}:task/main/{uuid4().hex}"
        self.stopped.append({"taskArn": arn, "taskDefinitionArn": definition, "lastStatus": "STOPPED", "stopCode": code,
                             "stoppedReason": reason, "stoppedAt": clock.now()})  # fmt: skip

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "FakeEcs":
        other = clients.inspection
        made = {name: self._client(name) for name in ("ecs", "resourcegroupstaggingapi", "elbv2")}
        monkeypatch.setattr(clients, "inspection", lambda name, *more: made.get(name) or other(name, *more))
        return self

    def _client(self, name: str) -> Any:
        client = boto3.client(name)  # type: ignore[call-overload]
        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register(f"provide-client-params.{service}", self._asked)
        client.meta.events.register(f"before-call.{service}", self._heard)
        return client

    # ------------------------------------------------------------------------------------------------ botocore's side

    def _asked(self, params: dict[str, Any], **_: Any) -> None:
        self._params = copy.deepcopy(params)

    def _heard(self, model: Any, request_signer: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        """Answer in place of the service."""
        assert request_signer
        self.called.append(model.name)
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in model.name)
        try:
            told = getattr(self, name)(**self._params) or {}
        except _RefusedError as error:
            parsed = {"Error": {"Code": error.code, "Message": str(error)}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            return AWSResponse("https://ecs.test", 400, HTTPHeaders(), None), parsed
        report = ParamValidator().validate(told, model.output_shape)
        assert not report.has_errors(), report.generate_report()
        self.after(model.name)
        parsed = {**copy.deepcopy(told), "ResponseMetadata": {"HTTPStatusCode": 200}}
        return AWSResponse("https://ecs.test", 200, HTTPHeaders(), None), parsed

    # ------------------------------------------------------------------------------------------------------------ ECS

    def _register_task_definition(self, *, family: str, tags: Any = (), **given: Any) -> Any:
        revision = 1 + sum(arn.rpartition("/")[2].rpartition(":")[0] == family for arn in self.definitions)
        arn = f"arn:aws:ecs:{ACCOUNT}:task-definition/{family}:{revision}"
        made = {"taskDefinitionArn": arn, "family": family, "revision": revision, "status": "ACTIVE", **given}
        self.definitions[arn], self.tags[arn] = made, list(tags)
        return {"taskDefinition": made}

    def _describe_task_definition(self, *, taskDefinition: str, include: Any = ()) -> Any:  # noqa: N803
        if taskDefinition not in self.definitions:
            refuse("ClientException", "Unable to describe task definition.")
        return {"taskDefinition": self.definitions[taskDefinition]} | (
            {"tags": self.tags[taskDefinition]} if "TAGS" in include else {}
        )

    def _list_task_definitions(self, *, familyPrefix: str, sort: str, maxResults: int) -> Any:  # noqa: N803
        assert sort == "DESC"
        arns = [arn for arn, one in self.definitions.items() if one["family"].startswith(familyPrefix)]
        return {"taskDefinitionArns": arns[::-1][:maxResults]}

    def _describe_services(self, *, cluster: str, services: list[str]) -> Any:
        assert cluster == "main"
        return {
            "services": [self.service] if services == [self.service["serviceArn"]] and self.service["status"] else []
        }

    def _update_service(self, *, cluster: str, service: str, taskDefinition: str, deploymentConfiguration: Any) -> None:  # noqa: N803
        assert cluster == "main"
        self._check_there(service)
        wanted = self.definitions[taskDefinition]
        if wanted["status"] != "ACTIVE":
            refuse("ClientException", "TaskDefinition is inactive")
        before = self.service["taskDefinition"]
        self.service |= {"taskDefinition": taskDefinition, "deploymentConfiguration": deploymentConfiguration}
        if taskDefinition == before:
            return
        if deploymentConfiguration["strategy"] == "ROLLING":
            self._roll(taskDefinition)
            return
        arn = f"arn:aws:ecs:{ACCOUNT}:service-deployment/main/{self.name}/{len(self.shifts)}"
        self.shifts.append(Shift(arn, taskDefinition, before, deploymentConfiguration, clock.now()))
        self._roll(taskDefinition, state=None)

    def _list_service_deployments(self, *, cluster: str, service: str, createdAt: Any) -> Any:  # noqa: N803
        assert cluster == "main"
        self._check_there(service)
        return {
            "serviceDeployments": [
                {"serviceDeploymentArn": one.arn, "targetServiceRevisionArn": f"{one.arn}-revision",
                 "createdAt": one.created_at, "status": one.status}
                for one in self.shifts if one.created_at >= createdAt["after"]
            ]
        }  # fmt: skip

    def _describe_service_revisions(self, *, serviceRevisionArns: list[str]) -> Any:  # noqa: N803
        resolved = {"loadBalancers": [{"targetGroupArn": GROUPS[1]}]} if self.service["loadBalancers"] else {}
        return {
            "serviceRevisions": [
                {"serviceRevisionArn": f"{one.arn}-revision", "taskDefinition": one.definition,
                 "resolvedConfiguration": resolved}
                for one in self.shifts if f"{one.arn}-revision" in serviceRevisionArns
            ]
        }  # fmt: skip

    def _describe_service_deployments(self, *, serviceDeploymentArns: list[str]) -> Any:  # noqa: N803
        return {"serviceDeployments": [self._told(one) for one in self.shifts if one.arn in serviceDeploymentArns]}

    def _told(self, shift: Shift) -> Any:
        hooks = [{"hookId": shift.hook, "targetType": "PAUSE", "status": "AWAITING_ACTION"}] if shift.hook else []
        revision = {"arn": f"{shift.arn}-revision", "requestedProductionTrafficWeight": shift.weight}
        return {"serviceDeploymentArn": shift.arn, "status": shift.status, "statusReason": shift.reason,
                "targetServiceRevision": revision, "lifecycleHookDetails": hooks}  # fmt: skip

    def _continue_service_deployment(self, *, serviceDeploymentArn: str, hookId: str, action: str) -> None:  # noqa: N803
        [shift] = [one for one in self.shifts if one.arn == serviceDeploymentArn]
        assert action == "CONTINUE"
        if shift.hook != hookId:
            refuse("InvalidParameterException", "The hook does not await an action.")
        shift.hook = None

    def _stop_service_deployment(self, *, serviceDeploymentArn: str, stopType: str) -> None:  # noqa: N803
        [shift] = [one for one in self.shifts if one.arn == serviceDeploymentArn]
        assert stopType == "ROLLBACK"
        if shift.status not in {"IN_PROGRESS", "ROLLBACK_REQUESTED"}:
            refuse("ConflictException", "It has ended.")
        shift.status, shift.hook = "ROLLBACK_REQUESTED", None

    def _list_tasks(self, *, cluster: str, serviceName: str, desiredStatus: str, maxResults: int) -> Any:  # noqa: N803
        assert (cluster, serviceName, desiredStatus) == ("main", self.name, "STOPPED")
        self._check_there(self.service["serviceArn"])
        return {"taskArns": [one["taskArn"] for one in self.stopped][:maxResults]}

    def _describe_tasks(self, *, cluster: str, tasks: list[str]) -> Any:
        assert cluster == "main"
        return {"tasks": [one for one in self.stopped if one["taskArn"] in tasks]}

    # --------------------------------------------------------------------------------------------------- other services

    def _get_resources(self, *, TagFilters: Any, ResourceTypeFilters: list[str]) -> Any:  # noqa: N803
        assert TagFilters == [{"Key": "pentarch:stack", "Values": ["pentarch"]}]
        ours = [{"ResourceARN": self.service["serviceArn"], "Tags": []}] if self.tagged else []
        return {"ResourceTagMappingList": ours if ResourceTypeFilters == ["ecs:service"] else []}

    def _describe_target_groups(self, *, TargetGroupArns: list[str]) -> Any:  # noqa: N803
        return {"TargetGroups": [{"TargetGroupArn": one, "LoadBalancerArns": [BALANCER]} for one in TargetGroupArns]}

    # ----------------------------------------------------------------------------------------------------------- time

    def tick(self) -> None:
        """Some time goes by."""
        for shift in self.shifts:
            self._tick_shift(shift)
        primary = self.service["deployments"][0]
        if primary["rolloutState"] == "IN_PROGRESS" if "rolloutState" in primary else False:
            self._tick_rolling(primary)

    def _tick_shift(self, shift: Shift) -> None:
        if shift.status == "ROLLBACK_REQUESTED":
            shift.status = "ROLLBACK_SUCCESSFUL"
            self._settle(shift.before)
        elif shift.status == "IN_PROGRESS" and shift.hook is None:
            if self._cannot_start(shift.definition):
                return
            shift.stage += 1
            stages = _STAGES[shift.configuration["strategy"]]
            if shift.stage == len(stages):
                shift.stage, shift.status = len(stages) - 1, "SUCCESSFUL"
                self._settle(shift.definition)
            elif any(
                stages[shift.stage][0] in hook["lifecycleStages"] for hook in shift.configuration["lifecycleHooks"]
            ):
                shift.hook = f"ecs-pause-{shift.stage}"

    def _tick_rolling(self, primary: dict[str, Any]) -> None:
        if not self._cannot_start(primary["taskDefinition"]):
            self._settle(primary["taskDefinition"])
            return
        breaker = self.service["deploymentConfiguration"]["deploymentCircuitBreaker"]
        if len(self.stopped) >= 3 and breaker["enable"]:
            primary |= {
                "rolloutState": "FAILED",
                "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.",
            }
            if breaker["rollback"]:
                old = self.service["deployments"][1]["taskDefinition"]
                self.service["taskDefinition"] = old
                self._roll(old)

    def _cannot_start(self, definition: str) -> bool:
        images = [one["image"] for one in self.definitions[definition]["containerDefinitions"]]
        if not any(image.endswith(f":{UNPULLABLE}") for image in images):
            return False
        self.stop_task(definition, "CannotPullContainerError: manifest unknown", "TaskFailedToStart")
        return True

    def _roll(self, definition: str, state: str | None = "IN_PROGRESS") -> None:
        others = [one | {"status": "ACTIVE"} for one in self.service["deployments"]]
        self.service["deployments"] = [self._deployment(definition, state, 0), *others]

    def _settle(self, definition: str) -> None:
        self.service["taskDefinition"] = definition
        self.service["deployments"] = [self._deployment(definition, "COMPLETED", self.service["desiredCount"])]

    def _deployment(self, definition: str, state: str | None, running: int) -> dict[str, Any]:
        made = {"id": f"ecs-svc/{uuid4().int % 10**9}", "status": "PRIMARY", "taskDefinition": definition,
                "desiredCount": self.service.get("desiredCount", 2), "runningCount": running,
                "createdAt": clock.now(), "updatedAt": clock.now()}  # fmt: skip
        return made | ({"rolloutState": state} if state else {})

    def _check_there(self, service: str) -> None:
        if service != self.service["serviceArn"] or self.service["status"] != "ACTIVE":
            refuse("ServiceNotFoundException", "Service not found.")


def refuse(code: str, message: str) -> NoReturn:
    raise _RefusedError(code, message)


def _tag(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}
