"""Roll-outs of the deployed stack: real versions, real traffic, and the way back."""

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import httpx

import release
from infrastructure.services import slice_of
from local.target import Target
from support.deployed import api, aws, eventually, new_tenant, resource
from support.template import ROOT, resources

DEPLOY = "/api/v1/infrastructure/deploy"
DEPLOYMENTS = "/api/v1/infrastructure/deployments"
SERVICE = ("ModelsApiFunction", "ModelsWorkerFunction")
"""What the service `models` is made of."""
ENDED = {"completed", "failed", "rolled_back"}
BUILD = {"BuildCommit": "0" * 40, "BuildDate": "2026-11-01T00:00:00Z"}


def make_release(target: Target, place: Path, *functions: str, breaking: str | None = None) -> str:
    """A release of these functions' folders as they are, but for one that raises when it is imported."""
    version = f"9.{secrets.randbelow(10**6)}.0"
    template: dict[str, Any] = {"Resources": {}}
    for function in functions:
        name = slice_of(function).lower()
        if not (place / name).exists():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / "functions" / name, place / name / name, ignore=ignored)
            (place / name / "release.txt").write_text(version)
        if function == breaking:
            (place / name / name / "api.py").write_text('raise ImportError("broken on purpose")\n')
        template["Resources"][function] = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": name}}
    (place / "template.yaml").write_text(json.dumps(template))
    bucket = resource(target, "ReleasesBucket")
    release.publish(aws(target, "s3"), bucket, place / "template.yaml", version, BUILD)
    return version


def ended(client: httpx.Client, ident: str) -> dict[str, Any]:
    def fetch() -> dict[str, Any]:
        reply = client.get(f"{DEPLOYMENTS}/{ident}")
        if reply.status_code == 429:  # others' tests ask as well
            return {"status": "unknown"}
        found: dict[str, Any] = reply.raise_for_status().json()["data"]
        return found

    return eventually(fetch, lambda one: one["status"] in ENDED, within_s=400, every_s=6)  # a minute has 20 requests


def deploy(client: httpx.Client, version: str) -> dict[str, Any]:
    body = {"service": "models", "version": version, "strategy": "canary"}
    made = client.post(DEPLOY, json=body).raise_for_status().json()["data"]
    return ended(client, made["deployment_id"])


def running(target: Target, function: str) -> str:
    found = aws(target, "lambda").get_alias(FunctionName=resource(target, function), Name="live")
    return str(found["FunctionVersion"])


def test_a_canary_of_a_broken_version_goes_back_by_itself(stack: Target, tmp_path: Path) -> None:
    version = make_release(stack, tmp_path, *SERVICE, breaking="ModelsApiFunction")
    before = running(stack, "ModelsApiFunction")
    with api(stack) as client:
        found = deploy(client, version)

        assert found["status"] == "rolled_back", found
        assert "ModelsApiFunction" in found["reason"]
        assert {"warning", "error"} <= {event["level"] for event in found["events"]}
        assert running(stack, "ModelsApiFunction") == before
        assert client.get("/api/v2/models").status_code == 200


def test_a_good_version_completes_and_can_be_rolled_back(stack: Target, tmp_path: Path) -> None:
    version = make_release(stack, tmp_path, *SERVICE)
    before = running(stack, "ModelsApiFunction")
    with api(stack) as client:
        found = deploy(client, version)

        assert (found["status"], found["progress"]) == ("completed", 1), found
        assert running(stack, "ModelsApiFunction") != before
        assert client.get("/api/v2/models").status_code == 200
        back = client.post(f"{DEPLOYMENTS}/{found['deployment_id']}/rollback", json={}).raise_for_status()
        assert ended(client, back.json()["data"]["rollback_id"])["status"] == "completed"
        assert running(stack, "ModelsApiFunction") == before


def test_an_update_reaches_every_function(stack: Target, tmp_path: Path) -> None:
    version = make_release(stack, tmp_path, *resources("AWS::Serverless::Function"))
    with api(stack) as client:
        begun = client.post("/api/v1/update", json={"target_version": version}).raise_for_status().json()
        assert begun["status"] == "updating"

        found = ended(client, begun["deployment_id"])

        assert found["status"] == "completed", found
        told = {"version": version, "commit": BUILD["BuildCommit"], "build_date": BUILD["BuildDate"]}
        assert client.get("/api/v1/version").json() == told
        assert client.get("/health").json()["version"] == version
        again = client.post("/api/v1/update", json={"target_version": version}).raise_for_status().json()
        assert (again["status"], again["progress"]) == ("up_to_date", 100)


def test_another_tenants_admin_has_no_say_in_the_stack(stack: Target) -> None:
    other = new_tenant(stack, "neighbour")
    with api(stack, other["api_key"]) as client:
        assert client.post("/api/v1/restart", json={}).status_code == 403
        assert client.get(DEPLOYMENTS).json()["data"]["deployments"] == []
        assert client.get(DEPLOYMENTS, params={"kind": "service"}).status_code == 403


def test_a_tenant_takes_back_the_rollout_of_its_configuration_through_the_list_of_all(stack: Target) -> None:
    """A function asks another one in the caller's name: what only the deployed stack shows."""
    with api(stack, new_tenant(stack, "neighbour")["api_key"]) as client:
        slo = {"config_type": "slo", "name": "latency", "value": {"p95_ms": 500}}
        path = f"/configurations/{client.post('/configurations', json=slo).raise_for_status().json()['config_id']}"
        client.put(path, json={"value": {"p95_ms": 400}, "rollout": {"percentage": 10}}).raise_for_status()
        [row] = client.get(DEPLOYMENTS, params={"status": "deploying"}).raise_for_status().json()["data"]["deployments"]

        said = client.post(f"{DEPLOYMENTS}/{row['deployment_id']}/rollback", json={}).raise_for_status().json()["data"]

        assert (row["kind"], said["status"]) == ("configuration", "rolled_back")
        assert client.get(path).json()["state"] == "active"
