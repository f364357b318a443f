"""Lambda, CloudFormation and CloudWatch as far as roll-outs use them, in memory, with Lambda's own rules.

Code runs if it is not BROKEN: what a version answers is decided by the bytes that it was made of.
"""

import base64
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pentarch.platform import clients

BROKEN = b"raise ImportError"
FAILING = b"answers with 500"
ACCOUNT = "arn:aws:lambda:us-east-1:123456789012"
LAYER = f"{ACCOUNT}:layer:pentarch-CoreLayer"


class NotFoundError(Exception):
    """Lambda's ResourceNotFoundException."""


class _Exceptions:
    ResourceNotFoundException = NotFoundError


@dataclass(frozen=True)
class Content:
    code: bytes
    environment: Mapping[str, str]
    memory_mb: int
    layers: tuple[str, ...]


@dataclass
class Function:
    latest: Content
    published: dict[str, Content] = field(default_factory=dict)
    version: str = "1"
    weights: dict[str, float] = field(default_factory=dict)


class FakeStack:
    """A deployed stack's functions; `functions[name].version` is what gets the traffic."""

    exceptions = _Exceptions

    def __init__(self, *names: str, name: str = "pentarch") -> None:
        self.name = name
        self.functions: dict[str, Function] = {}
        self.layers: dict[str, bytes] = {f"{LAYER}:1": b"layer"}
        self.alarms: list[str] = []
        self.errors: dict[str, float] = {}
        """Error rates by qualified names."""
        self.invoked: list[str] = []
        self.published_by_template: list[str] = []
        """Qualified names."""
        for one in names:
            content = Content(b"old code", {"EVENTS_TABLE": "Events"}, 512, (f"{LAYER}:1",))
            self.functions[f"{name}-{one}"] = Function(content, {"1": content})

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "FakeStack":
        monkeypatch.setattr(clients, "lambda_functions", lambda: self)
        monkeypatch.setattr(clients, "inspection", lambda _: self)
        return self

    def of(self, logical_id: str) -> Function:
        return self.functions[f"{self.name}-{logical_id}"]

    def running(self, logical_id: str) -> Content:
        function = self.of(logical_id)
        return function.published[function.version]

    # ------------------------------------------------------------------------------------------------------ Lambda

    def get_alias(self, *, FunctionName: str, Name: str) -> Any:  # noqa: N803 (as boto3 has it)
        assert Name == "live"
        function = self.functions[FunctionName]
        routing = {"RoutingConfig": {"AdditionalVersionWeights": function.weights}} if function.weights else {}
        return {"FunctionVersion": function.version} | routing

    def update_alias(self, *, FunctionName: str, Name: str, FunctionVersion: str, RoutingConfig: Any) -> None:  # noqa: N803
        assert Name == "live"
        function, weights = self.functions[FunctionName], RoutingConfig["AdditionalVersionWeights"]
        assert FunctionVersion in function.published
        assert weights.keys() <= function.published.keys() - {FunctionVersion}
        assert len(weights) <= 1
        function.version, function.weights = FunctionVersion, dict(weights)

    def get_function_configuration(self, *, FunctionName: str, Qualifier: str = "$LATEST") -> Any:  # noqa: N803
        content = self._content(FunctionName, Qualifier)
        return {
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "CodeSha256": _sha256(content.code),
            "MemorySize": content.memory_mb,
            "Environment": {"Variables": dict(content.environment)},
            "Layers": [{"Arn": arn} for arn in content.layers],
        }

    def update_function_code(self, *, FunctionName: str, ZipFile: bytes) -> None:  # noqa: N803
        function = self.functions[FunctionName]
        function.latest = replace(function.latest, code=ZipFile)

    def update_function_configuration(
        self,
        *,
        FunctionName: str,  # noqa: N803
        Environment: Any,  # noqa: N803
        MemorySize: int,  # noqa: N803
        Layers: list[str],  # noqa: N803
    ) -> None:
        assert set(Layers) <= self.layers.keys()
        function = self.functions[FunctionName]
        function.latest = Content(function.latest.code, Environment["Variables"], MemorySize, tuple(Layers))

    def publish_version(self, *, FunctionName: str, CodeSha256: str, Description: str) -> Any:  # noqa: N803
        function = self.functions[FunctionName]
        assert Description
        assert CodeSha256 == _sha256(function.latest.code)
        newest = max(function.published, key=int)
        if function.published[newest] != function.latest:
            newest = str(int(newest) + 1)
            function.published[newest] = function.latest
        return {"Version": newest}

    def delete_function(self, *, FunctionName: str, Qualifier: str) -> None:  # noqa: N803
        function = self.functions[FunctionName]
        if Qualifier in {function.version, *function.weights}:
            raise ClientError({"Error": {"Code": "ResourceConflictException", "Message": "in use"}}, "DeleteFunction")
        del function.published[Qualifier]

    def get_layer_version_by_arn(self, *, Arn: str) -> Any:  # noqa: N803
        return {"Content": {"CodeSha256": _sha256(self.layers[Arn])}}

    def publish_layer_version(self, *, LayerName: str, Description: str, Content: Any) -> Any:  # noqa: N803
        assert (LayerName, bool(Description)) == ("pentarch-CoreLayer", True)
        found = clients.s3().get_object(Bucket=Content["S3Bucket"], Key=Content["S3Key"])["Body"].read()
        arn = f"{LAYER}:{len(self.layers) + 1}"
        self.layers[arn] = found
        return {"LayerVersionArn": arn, "Content": {"CodeSha256": _sha256(found)}}

    def get_function(self, *, FunctionName: str, Qualifier: str) -> Any:  # noqa: N803
        content = self._content(FunctionName, Qualifier)
        return {"Code": {"Location": f"https://code.test/?{base64.b64encode(content.code).decode()}"}}

    def invoke(self, *, FunctionName: str, Qualifier: str, Payload: bytes) -> Any:  # noqa: N803
        code = self._content(FunctionName, Qualifier).code
        assert isinstance(json.loads(Payload), dict)
        self.invoked.append(f"{FunctionName}:{Qualifier}")
        if code == BROKEN:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "boom"}')}
        status = 500 if code == FAILING else 404
        return {"Payload": io.BytesIO(json.dumps({"statusCode": status}).encode())}

    def _content(self, function: str, qualifier: str) -> Content:
        found = self.functions[function]
        if qualifier == "$LATEST":
            return found.latest
        if qualifier not in found.published:
            raise NotFoundError(qualifier)
        return found.published[qualifier]

    # --------------------------------------------------------------------------------- CloudFormation and CloudWatch

    def get_paginator(self, operation: str) -> "_Pages":
        return _Pages(self, operation)

    def get_metric_statistics(self, *, MetricName: str, Dimensions: Any, **_: Any) -> Any:  # noqa: N803
        named = {dimension["Name"]: dimension["Value"] for dimension in Dimensions}
        rate = self.errors.get(f"{named['FunctionName']}:{named['ExecutedVersion']}", 0.0)
        return {"Datapoints": [{"Sum": 100 * rate if MetricName == "Errors" else 100.0}]}


@dataclass
class _Pages:
    stack: FakeStack
    operation: str

    def paginate(self, **asked: Any) -> Iterator[Any]:
        if self.operation == "describe_alarms":
            names = [name for name in self.stack.alarms if name.startswith(asked["AlarmNamePrefix"])]
            yield {"MetricAlarms": [{"AlarmName": name, "StateValue": "ALARM"} for name in names]}
            return
        if self.operation == "list_versions_by_function":
            published = self.stack.functions[asked["FunctionName"]].published
            yield {"Versions": [{"Version": number} for number in ("$LATEST", *published)]}
            return
        assert asked == {"StackName": self.stack.name}
        rows = [(f"V{number}", f"{ACCOUNT}:function:{arn}", "AWS::Lambda::Version")
                for number, arn in enumerate(self.stack.published_by_template)]  # fmt: skip
        yield {
            "StackResourceSummaries": [
                {"LogicalResourceId": name, "PhysicalResourceId": arn, "ResourceType": kind} for name, arn, kind in rows
            ]
        }
        for name in self.stack.functions:
            logical_id = name.removeprefix(f"{self.stack.name}-")
            kind = "AWS::Lambda::Function"
            row = {"LogicalResourceId": logical_id, "PhysicalResourceId": name, "ResourceType": kind}
            yield {"StackResourceSummaries": [row]}


def code_at(location: str) -> bytes:
    """What `get_function` says where to find."""
    return base64.b64decode(location.partition("?")[2])


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
