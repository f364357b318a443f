"""Events whose answers take what the sample events spare: a text's or a picture's first analysis, an ONNX model's load.

Each is made for a tenant and its key, with AWS emulated: a planned job, or a registered model.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.lambda_context import Context, arn_of
from support.lambdas import Caller, rest_event
from support.onnx_models import classifier, darkness
from support.pictures import BOUNDARY, drawn, encoded, form

TEXT = "Dr. Ada Keller of Siemens AG opened a wonderful bridge over the Rhine in Cologne on 12 March 2024."


class First(NamedTuple):
    function: str
    event: Callable[[str, str], dict[str, Any]]
    """Made of a tenant and its key."""


def _shard(service: str, **parameters: Any) -> Callable[[str, str], dict[str, Any]]:
    """The message that a worker gets of a job that was created over the API and planned."""

    def made(tenant: str, key: str) -> dict[str, Any]:
        from jobs.api import handler as api
        from jobs.services import QUEUES
        from jobs.worker import handler as planner
        from pentarch.work.worker import message

        wanted = {"name": "first", "type": "batch_processing", "service": service, "parameters": parameters}
        created = Caller(api, {"X-API-Key": key}).post("/api/v2/jobs", wanted).expect(201).json()
        plan = json.dumps({"step": "plan", "tenant": tenant, "job_id": created["job_id"]})
        assert not planner({"Records": [Context.record(plan, arn_of("JOBS_QUEUE_URL"))]}, Context())[
            "batchItemFailures"
        ]
        body = json.dumps(message(tenant, created["job_id"], 0))
        return {"Records": [Context.record(body, arn_of(QUEUES[service]))]}

    return made


def was_done(event: dict[str, Any], answer: dict[str, Any]) -> bool:
    if "Records" not in event:
        return bool(answer["statusCode"] == 200)
    from pentarch.work import shards

    body = json.loads(event["Records"][0]["body"])
    return all(shard.done for shard in shards.of_job(body["tenant"], body["job_id"]))


def _classified(tenant: str, key: str) -> dict[str, Any]:
    from support.registered import make_loaded

    make_loaded(classifier(), darkness(), tenant=tenant)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "X-API-Key": key}
    body = form(encoded(drawn("7")), [("model", "darkness")])
    return rest_event("POST", "/api/v2/ai/vision/classify", headers=headers, body=body)


PICTURE = f"data:image/png;base64,{b64encode(encoded(drawn('7'))).decode()}"
FIRST = {
    "NlpWorker, a text": First(
        "NlpWorkerFunction",
        _shard("nlp", inputs=[TEXT], analysis_types=["sentiment", "entities", "keywords", "language"]),
    ),
    "VisionWorker, a picture": First(
        "VisionWorkerFunction", _shard("vision", inputs=[PICTURE], analysis_type="scene_analysis")
    ),
    "VisionApi, an ONNX model": First("VisionApiFunction", _classified),
}
