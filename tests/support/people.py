"""A tenant with people in it, who log in, run jobs and ask to be forgotten, through the real functions."""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

import compliance.worker
import fanout.stream
import jobs.worker
import llm.worker
from compliance.api import app, handler
from identity import api as identity
from identity import bootstrap
from jobs.api import app as jobs_app
from jobs.api import handler as jobs_handler
from pentarch.web.admission import Gate
from pentarch.web.app import lambda_handler
from support.job_stack import a_job
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock

REQUESTS = "/api/v1/compliance/subjects/requests"
PASSWORD = "correct horse battery"


class Town(Stack):
    """The functions that a request of a data subject passes through, and those that make something to be found."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        app.state.gate = Gate()
        jobs_app.state.gate = Gate()
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("jobs", "JOBS_QUEUE_URL", jobs.worker.handler)
        self.reads_queue("llm", "LLM_WORK_QUEUE_URL", llm.worker.handler, batch=1)
        self.reads_queue("worker", "COMPLIANCE_QUEUE_URL", compliance.worker.handler, batch=1)

    def tenant(self, name: str, admin: str) -> "Administered":
        issued = bootstrap.handler({"tenant": name, "tier": "enterprise", "admin": {"username": admin}}, None)
        return Administered(
            self,
            Caller(lambda_handler(identity.make_app()), {"X-API-Key": issued["api_key"]}),
            Caller(handler, {"X-API-Key": issued["api_key"]}),
            issued,
        )


@dataclass(frozen=True)
class Administered:
    """A tenant as its administrator's key sees it."""

    town: Town
    identity: Caller
    compliance: Caller
    issued: dict[str, Any]

    def user(self, username: str, role: str = "developer", **headers: str) -> dict[str, Any]:
        body = {"username": username, "password": PASSWORD, "role": role}
        made: dict[str, Any] = self.identity.post("/api/v1/users", body, headers=headers).expect(201).data
        return made

    def log_in(self, username: str) -> dict[str, Any]:
        body = {"username": username, "password": PASSWORD}
        anybody = Caller(self.identity.handler, {})
        tokens: dict[str, Any] = anybody.post("/api/v2/auth/login", body).expect(200).json()
        return tokens

    def job(self, token: str, *inputs: Any, name: str = "a job", **headers: str) -> str:
        caller = Caller(jobs_handler, {"Authorization": f"Bearer {token}"})
        made = caller.post("/api/v2/jobs", a_job(*inputs) | {"name": name}, headers=headers).expect(201).json()
        return str(made["job_id"])

    def ask(self, kind: str, subject: str, **more: Any) -> str:
        made = self.compliance.post(REQUESTS, {"kind": kind, "subject": subject, **more}).expect(202).data
        return str(made["request_id"])

    def stands(self, request_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.compliance.get(f"{REQUESTS}/{request_id}").expect(200).data
        return found

    def answered(self, kind: str, subject: str, **more: Any) -> dict[str, Any]:
        request_id = self.ask(kind, subject, **more)
        self.town.run()
        return self.stands(request_id)


def stored() -> Iterator[tuple[str, str]]:
    """Everything that lies in any table and any bucket, as text, and where."""
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    for table in dynamodb.list_tables()["TableNames"]:
        for item in dynamodb.scan(TableName=table)["Items"]:
            body = item.get("body", {}).get("S", "")
            readable = (
                base64.b64decode(body).decode(errors="replace") if table == os.environ["IDEMPOTENCY_TABLE"] else ""
            )
            yield table, f"{item}{readable}"
    for bucket in s3.list_buckets()["Buckets"]:
        for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            content = s3.get_object(Bucket=bucket["Name"], Key=found["Key"])["Body"].read()
            yield bucket["Name"], found["Key"] + content.decode(errors="replace")


def holding(text: str) -> list[str]:
    """Where a text is found."""
    return [where for where, content in stored() if text.lower() in content.lower()]
