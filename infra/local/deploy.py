"""Deploy the packaged template through CloudFormation.

`sam deploy` does the same in 12 s where this takes 1, because it polls for AWS's pace. The template is the one that
`sam build` and `sam package` made of `template.yaml`; nothing is changed on the way.
"""

import time
import tomllib
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.clients import Clients
from local.errors import LocalStackError

ARTIFACTS = "pentarch-local-artifacts"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
DEPLOY_SECONDS = 900
POLL_SECONDS = 0.2
UNUSABLE = {"CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
"""A stack that never came to life can only be deleted and made again."""


class Profile:
    """The `local` profile of samconfig.toml, so that `sam deploy --config-env local` deploys the same."""

    def __init__(self, samconfig: Path) -> None:
        local = (tomllib.loads(samconfig.read_text()) if samconfig.exists() else {}).get("local", {})
        settings: dict[str, Any] = {}
        for section in ("global", "deploy"):
            settings |= local.get(section, {}).get("parameters", {})
        self.stack_name = str(settings.get("stack_name", "pentarch"))
        overrides = settings.get("parameter_overrides", [])
        self.parameters = dict(str(override).split("=", 1) for override in overrides)


def make_artifact_bucket(clients: Clients) -> str:
    try:
        clients["s3"].create_bucket(Bucket=ARTIFACTS)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
    return ARTIFACTS


def status(clients: Clients, stack: str) -> str | None:
    found = describe(clients, stack)
    return None if found is None else str(found["StackStatus"])


def describe(clients: Clients, stack: str) -> dict[str, Any] | None:
    try:
        stacks: list[dict[str, Any]] = clients["cloudformation"].describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stacks[0]["StackStatus"] == "DELETE_COMPLETE" else stacks[0]


def deploy(clients: Clients, profile: Profile, packaged: Path) -> None:
    """Create or update the stack."""
    cloudformation, stack = clients["cloudformation"], profile.stack_name
    before = status(clients, stack)
    if before in UNUSABLE:
        cloudformation.delete_stack(StackName=stack)
        _settled(clients, stack)
        before = None
    key = f"{stack}.template"
    clients["s3"].put_object(Bucket=ARTIFACTS, Key=key, Body=packaged.read_bytes())
    url = f"{clients['s3'].meta.endpoint_url}/{ARTIFACTS}/{key}"
    declared = cloudformation.get_template_summary(TemplateURL=url)["Parameters"]
    request = {
        "StackName": stack,
        "TemplateURL": url,
        "Capabilities": CAPABILITIES,
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": profile.parameters[name]}
            for name in sorted(parameter["ParameterKey"] for parameter in declared)
            if name in profile.parameters
        ],
    }
    known = {event["EventId"] for event in _events(clients, stack)} if before else set()
    try:
        (cloudformation.update_stack if before else cloudformation.create_stack)(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        message = f"The template was refused: {error.response['Error']['Message']}"
        raise LocalStackError(message) from error
    after = _settled(clients, stack)
    if after not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise LocalStackError(failure(after, [e for e in _events(clients, stack) if e["EventId"] not in known]))


def _settled(clients: Clients, stack: str) -> str | None:
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        now = status(clients, stack)
        if now is None or not now.endswith("_IN_PROGRESS"):
            return now
        time.sleep(POLL_SECONDS)
    message = f"The stack did not settle within {DEPLOY_SECONDS} s."
    raise LocalStackError(message)


def _events(clients: Clients, stack: str) -> list[dict[str, Any]]:
    pages = clients["cloudformation"].get_paginator("describe_stack_events").paginate(StackName=stack)
    return [event for page in pages for event in page["StackEvents"]]


def failure(after: str | None, events: list[dict[str, Any]]) -> str:
    """Name the resources that failed, oldest first: the first one is the cause, the others were cancelled."""
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    lines = [
        f"    {event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', 'no reason')}"
        for event in failed
    ]
    return f"The deployment failed ({after}):\n" + "\n".join(lines or ["    no resource gave a reason"])
