"""The deployed stack's sealed trail, seen by somebody who trusts nothing but the public key."""

import json
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.target import Target
from pentarch.events.store import partition_of
from pentarch.sealing.examination import examine_text
from support.deployed import api, aws, eventually, new_tenant, resource

AUDIT = "/api/v1/compliance/audit"
SEALED_WITHIN_S = 60
PAUSE_S = 3
"""Between looks: 30 requests a minute are answered."""


def an_event(client: httpx.Client) -> str:
    reply = client.post("/api/v1/llm/generate", json={"prompt": "What is sealed?"})
    return str(reply.raise_for_status().json()["data"]["audit_event_id"])


def proof_of(client: httpx.Client, event_id: str) -> httpx.Response:
    return eventually(
        lambda: client.get(f"{AUDIT}/{event_id}/proof"),
        lambda reply: reply.status_code == 200,
        within_s=SEALED_WITHIN_S,
        every_s=PAUSE_S,
    )


def exported(client: httpx.Client) -> str:
    return client.get("/api/v1/compliance/export?format=json", follow_redirects=True).raise_for_status().text


def test_an_event_is_sealed_in_time_and_proven(stack: Target) -> None:
    made = new_tenant(stack, "sealed")
    with api(stack, made["api_key"]) as client:
        proof = proof_of(client, an_event(client))
        root = client.get(f"{AUDIT}/root").raise_for_status()
        verdict = examine_text(proof.text, [root.json()["data"]["public_key"]])
    assert verdict.holds, verdict.faults
    assert root.json()["data"]["sealing_on_time"] is True


def test_a_stored_event_that_is_tampered_with_is_named_until_it_is_put_back(stack: Target) -> None:
    made = new_tenant(stack, "tampered")
    dynamodb, table = aws(stack, "dynamodb"), resource(stack, "EventsTable")
    with api(stack, made["api_key"]) as client:
        event_id = an_event(client)
        tenant = str(proof_of(client, event_id).json()["data"]["event"]["tenant"])
        known = client.get(f"{AUDIT}/root").raise_for_status().text
        key = {"partition": {"S": partition_of(tenant, event_id)}, "id": {"S": event_id}}

        def faults() -> list[tuple[str, Any]]:
            pem = json.loads(known)["data"]["public_key"]
            return [(fault.kind.value, fault.event_id) for fault in examine_text(exported(client), [pem], known).faults]

        assert faults() == []
        stored = dynamodb.get_item(TableName=table, Key=key)["Item"]
        dynamodb.put_item(TableName=table, Item=stored | {"actor": {"S": "key:somebody-else"}})
        assert faults() == [("changed", event_id)]
        dynamodb.delete_item(TableName=table, Key=key)
        assert faults() == [("missing", event_id)]
        dynamodb.put_item(TableName=table, Item=stored)
        assert faults() == []


def test_what_was_archived_is_locked_and_is_the_trail(stack: Target) -> None:
    made = new_tenant(stack, "archived")
    s3, bucket = aws(stack, "s3"), resource(stack, "SealsBucket")
    with api(stack, made["api_key"]) as client:
        data = proof_of(client, an_event(client)).json()["data"]
    prefix = f"{data['event']['tenant']}/"
    found = eventually(
        lambda: s3.list_object_versions(Bucket=bucket, Prefix=prefix).get("Versions", []),
        lambda versions: len(versions) >= data["batch"],
    )
    lines = [s3.get_object(Bucket=bucket, Key=version["Key"])["Body"].read() for version in found]
    verdict = examine_text(b"".join(lines).decode(), [data["public_key"]])
    assert verdict.holds, verdict.faults
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=found[0]["Key"], VersionId=found[0]["VersionId"])
