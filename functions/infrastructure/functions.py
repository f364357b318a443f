"""Lambda functions as a roll-out sees them: what runs, a new version beside it, and how much traffic each one gets.

Traffic always goes to the alias. The unpublished version ($LATEST) is only the workbench on which the next one is made.
"""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from infrastructure import releases
from infrastructure.errors import RolloutFailedError
from infrastructure.rollout import WHOLE
from pentarch.platform import clients

ALIAS = "live"
_FUNCTION_TYPE = "AWS::Lambda::Function"
_VERSION_TYPE = "AWS::Lambda::Version"
_SETTLE_S = 120
_POLL_S = 0.25
_DOWNLOAD_S = 60


@dataclass(frozen=True, slots=True)
class Version:
    """A published version's code and settings."""

    number: str
    sha256: str
    environment: dict[str, str]
    memory_mb: int
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a version said when it was invoked."""

    body: bytes
    failed: bool


def of_stack(stack: str) -> dict[str, str]:
    """The stack's functions: physical names by logical ids."""
    return dict(_resources(stack, _FUNCTION_TYPE))


def published_by_template(stack: str) -> set[tuple[str, str]]:
    """Functions' physical names and the versions of them that are resources of the stack themselves."""
    arns = [arn.split(":") for _, arn in _resources(stack, _VERSION_TYPE)]
    return {(arn[-2], arn[-1]) for arn in arns}


def _resources(stack: str, kind: str) -> Iterator[tuple[str, str]]:
    pages = clients.inspection("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for entry in page["StackResourceSummaries"]:
            if entry["ResourceType"] == kind and entry.get("PhysicalResourceId"):
                yield entry["LogicalResourceId"], entry["PhysicalResourceId"]


def published(function: str) -> list[str]:
    """The numbers of a function's versions."""
    pages = clients.lambda_functions().get_paginator("list_versions_by_function").paginate(FunctionName=function)
    return [one["Version"] for page in pages for one in page["Versions"] if one["Version"] != "$LATEST"]


def with_traffic(function: str) -> set[str]:
    """The versions that the alias sends traffic to."""
    found = clients.lambda_functions().get_alias(FunctionName=function, Name=ALIAS)
    return {found["FunctionVersion"], *found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})}


def running(function: str) -> Version:
    """The version that the alias sends traffic to."""
    return version(function, clients.lambda_functions().get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"])


def version(function: str, number: str) -> Version:
    try:
        found = clients.lambda_functions().get_function_configuration(FunctionName=function, Qualifier=number)
    except clients.lambda_functions().exceptions.ResourceNotFoundException as error:
        msg = f"version {number} of {function} is gone"
        raise RolloutFailedError(msg) from error
    return _version(number, found)


def publish(function: str, wanted: Version, *, label: str) -> str:
    """Make a version with this code and these settings, and return its number. Twice the same makes one version."""
    _put_code(function, wanted.sha256)
    _put_settings(function, wanted)
    made = clients.lambda_functions().publish_version(
        FunctionName=function, CodeSha256=_encoded(wanted.sha256), Description=label
    )["Version"]
    _settle(function, made)
    return made


def restore(function: str, number: str) -> None:
    """Bring the workbench back to a published version, for whoever invokes the function without its alias."""
    wanted = version(function, number)
    _put_code(function, wanted.sha256)
    _put_settings(function, wanted)


def keep_code(function: str, number: str) -> None:
    """Have the code of a running version in the bucket: from Lambda itself, a version's code can only be read."""
    sha256 = version(function, number).sha256
    if releases.is_kept(sha256):
        return
    for qualifier in ("$LATEST", number):
        place = clients.lambda_functions().get_function(FunctionName=function, Qualifier=qualifier)["Code"]["Location"]
        found = httpx.get(place, timeout=_DOWNLOAD_S).raise_for_status().content
        if releases.hash_of(found) == sha256:
            releases.keep(found)
            return
    msg = f"the code of {function} that runs cannot be read, so there would be no way back"
    raise RolloutFailedError(msg)


def shift(function: str, *, old: str, new: str, weight: int) -> None:
    """Send `weight` percent of the traffic to the new version."""
    routing = {} if weight == WHOLE or old == new else {new: weight / 100}
    clients.lambda_functions().update_alias(
        FunctionName=function,
        Name=ALIAS,
        FunctionVersion=new if weight == WHOLE else old,
        RoutingConfig={"AdditionalVersionWeights": routing},
    )


def give_back(function: str, *, old: str, new: str) -> bool:
    """Send all traffic to the old version; False when none goes to the new one, whoever saw to that."""
    if new not in with_traffic(function):
        return False
    shift(function, old=old, new=old, weight=WHOLE)
    return True


def invoke(function: str, number: str, event: dict[str, Any]) -> Answer:
    said = clients.lambda_functions().invoke(
        FunctionName=function, Qualifier=number, Payload=json.dumps(event).encode()
    )
    return Answer(said["Payload"].read(), "FunctionError" in said)


def publish_layer(name: str, sha256: str, *, label: str) -> str:
    """Publish a layer of a release, and return its version's address."""
    made = clients.lambda_functions().publish_layer_version(
        LayerName=name,
        Description=label,
        Content={"S3Bucket": releases.bucket(), "S3Key": releases.code_key(sha256)},
    )
    if made["Content"]["CodeSha256"] != _encoded(sha256):
        msg = f"{releases.code_key(sha256)} is not what its name says: it was changed after it was written"
        raise RolloutFailedError(msg)
    return made["LayerVersionArn"]


def layer_sha256(arn: str) -> str:
    found = clients.lambda_functions().get_layer_version_by_arn(Arn=arn)
    return base64.b64decode(found["Content"]["CodeSha256"]).hex()


def _put_code(function: str, sha256: str) -> None:
    present = clients.lambda_functions().get_function_configuration(FunctionName=function)
    if present["CodeSha256"] == _encoded(sha256):
        return
    clients.lambda_functions().update_function_code(FunctionName=function, ZipFile=_code(sha256))
    _settle(function)


@cache
def _code(sha256: str) -> bytes:
    """Functions of one slice share their code, and an environment that rolls them out reads it once."""
    return releases.code_or_raise(sha256)


def _put_settings(function: str, wanted: Version) -> None:
    present = _version(wanted.number, clients.lambda_functions().get_function_configuration(FunctionName=function))
    if (present.environment, present.memory_mb, present.layers) == (
        wanted.environment,
        wanted.memory_mb,
        wanted.layers,
    ):
        return
    clients.lambda_functions().update_function_configuration(
        FunctionName=function,
        Environment={"Variables": wanted.environment},
        MemorySize=wanted.memory_mb,
        Layers=list(wanted.layers),
    )
    _settle(function)


def _settle(function: str, number: str | None = None) -> None:
    """Lambda takes one change at a time, and says when it is through with the last one."""
    qualifier: Any = {} if number is None else {"Qualifier": number}
    deadline = time.monotonic() + _SETTLE_S
    while time.monotonic() < deadline:
        found = clients.lambda_functions().get_function_configuration(FunctionName=function, **qualifier)
        states = {found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")}
        if states <= {"Active", "Inactive", "Successful"}:
            return
        if "Failed" in states:
            msg = f"Lambda could not change {function}: {found.get('LastUpdateStatusReason', found.get('StateReason'))}"
            raise RolloutFailedError(msg)
        time.sleep(_POLL_S)
    msg = f"{function} did not settle within {_SETTLE_S} s"
    raise RolloutFailedError(msg)


def _version(number: str, found: Any) -> Version:  # noqa: ANN401 (an answer of Lambda)
    return Version(
        number,
        base64.b64decode(found["CodeSha256"]).hex(),
        dict(found.get("Environment", {}).get("Variables", {})),
        int(found["MemorySize"]),
        tuple(layer["Arn"] for layer in found.get("Layers", ())),
    )


def _encoded(sha256: str) -> str:
    """A hash as Lambda writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()
