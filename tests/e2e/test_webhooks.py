"""Webhooks on the deployed stack: what arrives is held against the official verifiers, in Python and JavaScript."""

import json
import time
from typing import Any

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

from local.target import Target
from support import node
from support.deployed import api, eventually, new_tenant
from support.health_server import Asked, HealthServer

HOOKS = {"metaqore": "/api/v1/webhooks", "ai_semble": "/api/v2/webhooks"}
SECRETS = {"metaqore": "webhook-secret", "ai_semble": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
"""A plain text as MetaQore's example has it, and one as Standard Webhooks has them."""
A_JOB = {
    "name": "later",
    "type": "batch_processing",
    "service": "llm",
    "scheduled_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400)),
    "parameters": {"inputs": ["one"]},
}


def told(reply: httpx.Response) -> dict[str, Any]:
    assert reply.is_success, reply.text
    body: dict[str, Any] = reply.json()
    found: dict[str, Any] = body.get("data", body)
    return found


def by_python(key: str, one: Asked) -> Any:
    """What the official library makes of a request; None where it refuses it."""
    try:
        return Webhook(key).verify(one.body, dict(one.headers.items()))
    except WebhookVerificationError:
        return None


def by_javascript(asked: list[tuple[str, Asked]]) -> list[Any]:
    lines = (
        json.dumps({"key": key, "headers": dict(one.headers.items()), "body": one.body.decode()}) for key, one in asked
    )
    return [
        json.loads(line)
        for line in node.run_with_packages("standard-webhooks.mjs", given="\n".join(lines)).splitlines()
    ]


def test_the_official_verifiers_accept_what_arrives_through_a_rotation(stack: Target) -> None:
    with HealthServer() as receiver, api(stack, new_tenant(stack, "hooked")["api_key"]) as client:
        made = {
            name: told(
                client.post(
                    path,
                    json={"url": f"{receiver.url}/{name}", "events": ["job.created"], "secret": SECRETS[name]},
                )
            )
            for name, path in HOOKS.items()
        }

        def arrived() -> dict[str, Asked]:
            """What a new job's event brings to both."""
            before = len(receiver.asked)
            job = told(client.post("/api/v2/jobs", json=A_JOB))["job_id"]
            found = eventually(lambda: receiver.asked[before:], lambda some: len(some) >= len(HOOKS))
            assert all(json.loads(one.body)["data"]["job_id"] == job for one in found)
            assert len({one.headers["webhook-id"] for one in found}) == 1
            return {one.path.removeprefix("/"): one for one in found}

        def rotated(hours: int) -> dict[str, str]:
            return {
                name: told(client.post(f"{path}/{made[name]['id']}/secret/rotate", json={"overlap_hours": hours}))[
                    "signing_key"
                ]
                for name, path in HOOKS.items()
            }

        first = {name: one["signing_key"] for name, one in made.items()}
        before, second, during = arrived(), rotated(1), arrived()
        third, after = rotated(0), arrived()

    accepted = [(first, before), (first, during), (second, during), (third, after)]
    refused = [(second, before), (first, after), (second, after)]
    checked = [(keys[name], some[name]) for keys, some in (*accepted, *refused) for name in HOOKS]
    seen = [by_python(key, one) for key, one in checked]
    good = len(accepted) * len(HOOKS)
    assert [one is not None for one in seen] == [number < good for number in range(len(checked))]
    assert {one["event"] for one in seen[:good]} == {"job.created"}
    assert by_javascript(checked) == seen
    assert "signature" not in seen[1]
    assert seen[0]["signature"].startswith("sha256=")
