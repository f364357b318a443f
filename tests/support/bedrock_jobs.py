"""A small server that customises and serves models as Amazon Bedrock does, for boto3's own clients.

    with FakeBedrockJobs() as bedrock:
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK", bedrock.url)
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url)

A job stands still until the test moves it: `bedrock.complete()`, `bedrock.jobs[name]["status"] = "Failed"`. moto knows
the jobs and neither the deployments nor what a deployed model says.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from support.fine_tuning import sentiment
from support.upstream import Exchange, FakeUpstream, Request

_ARN = "arn:aws:bedrock:us-east-1:123456789012"
_BASE = "amazon.nova-micro-v1:0"


class FakeBedrockJobs(FakeUpstream):
    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        """By the job's name."""
        self.deployments: dict[str, dict[str, Any]] = {}
        self.deleted: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.refuses: dict[str, str] = {}
        """The error's code by the first part of the path."""
        self.answer: Callable[[str], str] = sentiment

    @property
    def url(self) -> str:
        return self.base_url.removesuffix("/v1")

    def complete(self) -> None:
        for number, job in enumerate(self.jobs.values()):
            model = f"{_ARN}:custom-model/amazon.nova-micro-v1:0:128k/{number:012}"
            job |= {"status": "Completed", "outputModelArn": model, "trainingMetrics": {"trainingLoss": 0.125}}

    def activate(self) -> None:
        for deployment in self.deployments.values():
            deployment["status"] = "Active"

    def _serve(self, request: Request, exchange: Exchange) -> None:
        self.requests.append(request)
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        code = self.refuses.get(parts[0])
        if code is not None:
            _fail(exchange, code)
            return
        match request.method, parts:
            case "POST", ["model-customization-jobs"]:
                self._begin(request.body, exchange)
            case "GET", ["model-customization-jobs", name]:
                _found(exchange, self.jobs.get(name))
            case "POST", ["model-customization-jobs", name, "stop"]:
                self.jobs[name]["status"] = "Stopping"
                exchange.json({})
            case "POST", ["model-customization", "custom-model-deployments"]:
                self._deploy(request.body, exchange)
            case "GET", ["model-customization", "custom-model-deployments", name]:
                _found(exchange, self.deployments.get(name))
            case "DELETE", ["model-customization", "custom-model-deployments", name]:
                self.deleted.append("deployment")
                _found(exchange, self.deployments.pop(name, None) and {})
            case "DELETE", ["custom-models", _]:
                self.deleted.append("model")
                exchange.json({})
            case "POST", ["model", name, "converse"]:
                self._converse(name, request.body, exchange)
            case _:
                _fail(exchange, "ValidationException")

    def _begin(self, asked: dict[str, Any], exchange: Exchange) -> None:
        name = asked["jobName"]
        if name in self.jobs and self.jobs[name]["clientRequestToken"] != asked["clientRequestToken"]:
            _fail(exchange, "ConflictException")
            return
        job = {
            **asked,
            "jobArn": f"{_ARN}:model-customization-job/{_BASE}/{len(self.jobs):012}",
            "outputModelName": asked["customModelName"],
            "baseModelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{_BASE}",
            "validationDataConfig": {"validators": []},
            "status": "InProgress",
            "creationTime": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
        }
        exchange.json({"jobArn": self.jobs.setdefault(name, job)["jobArn"]}, 201)

    def _deploy(self, asked: dict[str, Any], exchange: Exchange) -> None:
        made = {
            "customModelDeploymentArn": f"{_ARN}:custom-model-deployment/{len(self.deployments):012}",
            "modelDeploymentName": asked["modelDeploymentName"],
            "modelArn": asked["modelArn"],
            "createdAt": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
            "status": "Creating",
        }
        kept = self.deployments.setdefault(asked["modelDeploymentName"], made)
        exchange.json({"customModelDeploymentArn": kept["customModelDeploymentArn"]}, 202)

    def _converse(self, model: str, asked: dict[str, Any], exchange: Exchange) -> None:
        if model not in {one["customModelDeploymentArn"] for one in self.deployments.values()}:
            _fail(exchange, "ResourceNotFoundException")
            return
        self.asked.append(asked)
        words = self.answer(asked["messages"][-1]["content"][0]["text"])
        exchange.json(
            {
                "output": {"message": {"role": "assistant", "content": [{"text": words}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 30, "outputTokens": 2, "totalTokens": 32},
                "metrics": {"latencyMs": 3},
            }
        )


def _found(exchange: Exchange, thing: dict[str, Any] | None) -> None:
    if thing is None:
        _fail(exchange, "ResourceNotFoundException")
    else:
        exchange.json(thing)


def _fail(exchange: Exchange, code: str) -> None:
    body = json.dumps({"message": "the rows' own words"}).encode()
    exchange.whole(400, body, headers={"x-amzn-ErrorType": code})
