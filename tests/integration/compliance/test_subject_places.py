"""A person's name wherever a tenant's data may hold it: found, given out, taken out, and what stays is told of."""

import gzip
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import llm.worker
from pentarch.configuration.table import ConfigItem, VersionItem
from pentarch.files import store as files
from pentarch.llm.cache import CacheItem
from pentarch.llm.service import Gateway
from pentarch.platform.clock import epoch_ms
from pentarch.services.traces import TraceItem
from pentarch.workspace import store as workspace
from pentarch.workspace.model import Author, Content
from support.fake_models import FakeModel
from support.log import events_of
from support.people import Administered, Town, holding, stored
from support.stopped_clock import StoppedClock

CSV = b"text,label\nRosalind likes it,good\nhe does not,bad\n"
MASKED = CSV.replace(b"Rosalind", b"*" * 8)
DATASET = "specialists/acme/datasets/2026-11/d1.csv"
MODELS = "specialists/acme/s1/models"
UPLOAD = "files/acme/letters/of rosalind.txt"
JSONL = json.dumps({"note": "Zoe\nRosalind"}).encode()


@pytest.fixture
def acme(
    aws: None,  # noqa: ARG001 (what it lies in)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> Administered:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(llm.worker, "GATEWAY", Gateway(load=FakeModel().catalogue))
    for bucket in ("FILES_BUCKET", "WORKSPACE_BUCKET"):
        kept: Any = {"Status": "Enabled"}
        boto3.client("s3").put_bucket_versioning(Bucket=os.environ[bucket], VersioningConfiguration=kept)
    return Town(monkeypatch, clock).tenant("acme", "boss")


def put(table: str, key: str, **texts: Any) -> None:
    attributes = {"tenant": {"S": "acme"}, "key": {"S": key}, "revision": {"N": "1"}}
    attributes |= {name: {"S": one if isinstance(one, str) else json.dumps(one)} for name, one in texts.items()}
    boto3.client("dynamodb").put_item(TableName=os.environ[table], Item=attributes)


def item(table: str, key: str) -> dict[str, Any]:
    place = {"tenant": {"S": "acme"}, "key": {"S": key}}
    found = boto3.client("dynamodb").get_item(TableName=os.environ[table], Key=place)["Item"]
    return {name: next(iter(value.values())) for name, value in found.items()}


def specialists() -> None:
    put("SPECIALISTS_TABLE", "specialist#s1", name="letters", description="As Rosalind wants it")
    put("SPECIALISTS_TABLE", "briefing#s1", examples=[["Rosalind likes it", "good"]])
    put("SPECIALISTS_TABLE", "training#s1#t1", source={"kind": "upload", "key": DATASET})
    put("SPECIALISTS_TABLE", "training#s1#t2", source={"kind": "upload", "key": "files/acme/other.csv"})
    put("SPECIALISTS_TABLE", "version#s1#000001", training_id="t1", model_hash="aa")
    put("SPECIALISTS_TABLE", "version#s1#000002", training_id="t2", model_hash="bb")
    files.put(DATASET, b"an older one of Rosalind", "text/csv")
    files.put(DATASET, CSV, "text/csv")
    files.put(f"{MODELS}/aa/rows.json", json.dumps({"examples": [{"text": "Rosalind"}]}).encode(), "application/json")
    files.put(f"{MODELS}/aa/arrays.npz", b"PK\0\0", "application/octet-stream")
    files.put("trainings/acme/s1/t1/prepared.json", b'{"probes": [{"text": "rosalind"}]}', "application/json")


def configurations(clock: StoppedClock) -> None:
    at = epoch_ms(clock.at)
    times: dict[str, Any] = {"created_at": at, "created_by": "key:1"}
    for number, text in ((1, "Rosalind decides"), (2, "Rosalind still decides")):
        content = {"value": {"text": text}, "description": None}
        VersionItem("acme", f"version#tenant-1#{number:08}", content=content, origin="update", **times).save()
    ConfigItem("acme", "config#tenant-1", label="x", name="y", active=2, content={"value": {}}, latest=2, revision=2,
               updated_at=at, updated_by="key:1", **times).save()  # fmt: skip


def everywhere(acme: Administered) -> None:
    clock = acme.town.clock
    acme.user("rosalind")
    acme.user("anna")
    anna = str(acme.log_in("anna")["access_token"])
    acme.job(anna, {"prompt": "What does Rosalind want?"}, name="for Rosalind")
    acme.town.run()
    specialists()
    configurations(clock)
    files.put(UPLOAD, b"Dear Rosalind,\nRosalinda is somebody else.", "text/plain")
    files.put("files/acme/picture.png", b"\x89PNG\0\0Rosalind", "image/png")
    files.put("files/other/letter.txt", b"Rosalind of another tenant", "text/plain")
    CacheItem("acme", "k1", text="Rosalind says so", model="m", provider="p", finish_reason="stop", prompt_tokens=1,
              completion_tokens=1, ttl=epoch_ms(clock.at)).save()  # fmt: skip
    CacheItem("acme", "k2", text="Nobody says so", model="m", provider="p", finish_reason="stop", prompt_tokens=1,
              completion_tokens=1, ttl=epoch_ms(clock.at)).save()  # fmt: skip
    put("SERVICES_TABLE", "service#v1", body={"id": "v1", "name": "Rosalind's service", "base_url": "http://x"})
    put("AGENTS_TABLE", "agent#a1", name="writer", configuration={"system_prompt": "You write for Rosalind"})
    put("TOOLS_TABLE", "tool#t1", body={"id": "t1", "description": "asks Rosalind"})
    trace = gzip.compress(b'{"request": {"traits": {"for": "Rosalind"}}}')
    TraceItem("acme", "01a1", summary={"services": ["v1"]}, body=trace, ttl=9_999_999_999).save()
    TraceItem("acme", "service#v1#01a1", summary={"services": ["v1"]}, ttl=9_999_999_999).save()
    author = Author("acme", "key:1")
    for body in (b"first of Rosalind", JSONL):
        workspace.put(author, Content("notes/a.json", body, "application/json"), clock.at)
    files.put("proposals/acme/s/1/a.txt", b"Rosalind", "text/plain", within=os.environ["WORKSPACE_BUCKET"])
    clock.advance(days=1)


def versions() -> Iterator[str]:
    """The text of every version of every object, with its key."""
    s3 = boto3.client("s3")
    for bucket in (os.environ["FILES_BUCKET"], os.environ["WORKSPACE_BUCKET"]):
        for one in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            body = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
            yield f"{one['Key']}: {body.decode(errors='replace')}"


def naming_files() -> list[str]:
    return sorted(text for text in versions() if "rosalind" in text.lower().replace("rosalinda", ""))


def test_a_name_is_found_wherever_it_stands(acme: Administered) -> None:
    everywhere(acme)
    told = acme.answered("access", "rosalind")
    found = told["found"]
    assert told["models"] == ["specialist s1 version 1"]
    assert found["others_jobs"]["rows"] >= 1
    assert found["job_files"]["files"] >= 1
    assert found["cache"] == {"rows": 1}
    assert found["specialists"] == {"rows": 2, "references": 0}
    assert found["datasets"] == {"files": 2, "former_versions": 1, "unread": 0}
    assert found["training_files"]["files"] == 1
    assert found["uploads"] == {"files": 1, "former_versions": 0, "unread": 1}
    assert found["configurations"] == {"versions": 2, "in_force": 1, "called_so": 0}
    assert (found["services"]["rows"], found["tools"]["rows"], found["traces"]) == (1, 1, {"traces": 1})
    assert found["agents"] == {"rows": 1, "references": 0}
    assert found["workspace"] == {"files": 1, "versions": 2, "unread": 0, "called_so": 0}
    assert found["proposals"]["files"] == 1
    [document] = [text for where, text in stored() if text.startswith("subjects/acme/")]
    parts = json.loads(document[document.index("{") :])["aggregates"]
    assert parts["uploads"] == [
        {"record": "file", "key": UPLOAD, "bytes": 42, "lines": ["Dear Rosalind,"], "all": True}
    ]
    assert [one["texts"] for one in parts["cache"]] == [{"text": "Rosalind says so"}]


def test_a_name_is_taken_out_wherever_it_stands_and_what_stays_is_told_of(acme: Administered) -> None:
    everywhere(acme)
    told = acme.answered("erasure", "rosalind")
    assert told["state"] == "answered"
    assert files.get(DATASET) == MASKED
    assert item("SPECIALISTS_TABLE", "specialist#s1")["description"] == "As ******** wants it"
    assert item("SPECIALISTS_TABLE", "specialist#s1")["revision"] == "2"
    assert workspace.get("acme", "notes/a.json").body == JSONL.replace(b"Rosalind", b"*" * 8)
    assert workspace.get("acme", "notes/a.json", 1).body == b"first of ********"
    assert files.get("files/acme/letters/of ********.txt").endswith(b"Rosalinda is somebody else.")
    assert CacheItem.count("acme") == 1
    assert [one.id for one in TraceItem.query("acme") if "01a1" in (one.id, one.id[-4:])] == []
    assert naming_files() == [
        "files/acme/picture.png: \ufffdPNG\0\0Rosalind",
        "files/other/letter.txt: Rosalind of another tenant",
    ]
    in_tables = set(holding("rosalind")) - {os.environ["FILES_BUCKET"]}
    assert in_tables == {"ConfigurationsTable"}
    assert VersionItem.get("acme", "version#tenant-1#00000001").content["value"] == {"text": "******** decides"}
    assert "tenant-1 version 2" in told["retained"]["configurations"]
    assert "1 files hold no plain text" in told["retained"]["uploads"]
    assert "trained again" in told["retained"]["specialists"]
    assert told["models"] == ["specialist s1 version 1"]
    [proof] = events_of("acme", "compliance.subject_erased")
    assert (proof.data["models"], proof.data["found"]) == (told["models"], told["found"])
    assert "rosalind" not in repr(proof).lower()


@pytest.mark.parametrize("after", [60, 110, 160])
def test_an_erasure_that_dies_among_files_and_rows_comes_to_the_same_end(acme: Administered, after: int) -> None:
    everywhere(acme)
    request_id = acme.ask("erasure", "rosalind")
    acme.town.kill("worker", after=after)
    acme.town.run()
    told = acme.stands(request_id)
    assert (told["state"], told["models"]) == ("answered", ["specialist s1 version 1"])
    assert told["found"]["datasets"] == {"files": 2, "former_versions": 1, "unread": 0}
    assert len(naming_files()) == 2
    assert workspace.get("acme", "notes/a.json", 1).body == b"first of ********"
    assert set(holding("rosalind")) - {os.environ["FILES_BUCKET"]} == {"ConfigurationsTable"}
    assert len(events_of("acme", "compliance.subject_erased")) == 1


def test_a_rule_that_was_updated_is_masked_when_it_is_asked_for_again(acme: Administered) -> None:
    configurations(acme.town.clock)
    acme.answered("erasure", "rosalind")
    VersionItem("acme", "version#tenant-1#00000003", content={"value": {}}, origin="update", created_at=1,
                created_by="key:1").save()  # fmt: skip
    ConfigItem("acme", "config#tenant-1").update(actions=[ConfigItem.active.set(3)])
    acme.answered("erasure", "rosalind")
    assert holding("rosalind") == []
