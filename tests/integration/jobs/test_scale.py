"""Many inputs: a job's cost is a few calls for each shard, and its results are put together without being read."""

import threading
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import configurations.api
from pentarch.configuration import accessor
from pentarch.files import store as files
from pentarch.files.assembly import MIN_PART_BYTES, Assembly
from pentarch.platform import clients
from support.configurations import create as configured
from support.configurations import update
from support.job_stack import PATH, JobStack, a_job, create, lines, open_work, seen
from support.lambdas import Caller
from support.stopped_clock import StoppedClock

MB = 1024 * 1024


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("sizes", "copied"),
    [((6, 7, 6), 2), ((1, 6, 1), 0), ((1, 1, 1), 0), ((1, 12, 6, 1), 2), ((5, 1, 5), 1), ((0, 6), 0)],
)
def test_large_objects_are_joined_by_copies(
    sizes: tuple[int, ...], copied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [bytes([65 + number]) * (size * MB) for number, size in enumerate(sizes)]
    for number, body in enumerate(parts):
        files.put(f"part-{number}", body, "text/plain")
    copies: list[str] = []
    client = clients.s3()
    real = client.upload_part_copy

    def counted(**given: Any) -> Any:
        copies.append(given["CopySourceRange"])
        return real(**given)

    monkeypatch.setattr(client, "upload_part_copy", counted)
    with Assembly("whole", "text/plain") as whole:
        whole.write(b"[")
        for number, body in enumerate(parts):
            whole.append(f"part-{number}", len(body))
        whole.write(b"]")
    assert files.get("whole") == b"[" + b"".join(parts) + b"]"
    assert len(copies) == copied
    assert MIN_PART_BYTES == 5 * MB


@pytest.mark.usefixtures("aws")
def test_copies_are_made_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=30)
    real = clients.s3().upload_part_copy

    def met(**given: Any) -> Any:
        both.wait()
        return real(**given)

    monkeypatch.setattr(clients.s3(), "upload_part_copy", met)
    parts = [letter * 6 * MB for letter in (b"a", b"b")]
    for number, body in enumerate(parts):
        files.put(f"part-{number}", body, "text/plain")
    joined("part-0", "part-1", size=6 * MB)
    assert files.get("whole") == b"".join(parts)


@pytest.mark.usefixtures("aws")
def test_a_copy_that_fails_makes_no_object_and_leaves_no_upload() -> None:
    files.put("there", b"a" * 6 * MB, "text/plain")
    with pytest.raises(ClientError):
        joined("there", "gone", size=6 * MB)
    assert files.entry("whole") is None
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket=files.bucket())


def joined(*keys: str, size: int) -> None:
    with Assembly("whole", "text/plain") as whole:
        for key in keys:
            whole.append(key, size)


def test_a_jobs_parts_are_joined_in_order_and_removed(stack: JobStack, api: Caller) -> None:
    job_id = create(api, *(f"input {number}" for number in range(25)))
    stack.run()
    assert [line["index"] for line in lines(api, job_id)] == list(range(25))
    keys = [found["Key"] for found in boto3.client("s3").list_objects_v2(Bucket="filesbucket")["Contents"]]
    assert [key for key in keys if "/parts/" in key] == []


def test_a_tenant_may_bind_its_open_jobs_further(stack: JobStack, api: Caller, clock: StoppedClock) -> None:
    """By a configuration that its administrator makes; it is in force within a minute, also when it changes."""
    settings = Caller(configurations.api.handler, api.headers)
    made = configured(settings, tenant_id="acme", config_type="limits", name="bounds", value={"open_jobs": 1})
    clock.advance(seconds=accessor.KEPT_FOR_S + 1)
    first = create(api, "one")
    refused = api.post(PATH, a_job("two")).expect(402).json()["error"]
    assert (refused["code"], refused["details"]["open_jobs"]) == ("QUOTA_EXCEEDED", 1)
    create(stack.tenant("other"), "one")
    assert open_work("acme") == (1, 1)
    api.delete(f"{PATH}/{first}").expect(200)

    update(settings, made, {"open_job_inputs": 3})
    clock.advance(seconds=accessor.KEPT_FOR_S + 1)
    for inputs in (["one"], ["two", "three"]):
        create(api, *inputs)
    api.post(PATH, a_job("four")).expect(402)
    assert open_work("acme") == (2, 3)


def test_what_a_configuration_binds_holds_for_inputs_that_are_counted_later(
    stack: JobStack, api: Caller, clock: StoppedClock
) -> None:
    settings = Caller(configurations.api.handler, api.headers)
    configured(settings, tenant_id="acme", config_type="limits", name="bounds", value={"open_job_inputs": 1})
    clock.advance(seconds=accessor.KEPT_FOR_S + 1)
    for name in ("a.txt", "b.txt"):
        files.put(f"files/acme/in/{name}", b"text", "text/plain")
    job_id = create(api, input_source="s3://filesbucket/files/acme/in/")
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], open_work("acme")) == ("failed", (0, 0))
    assert "1 inputs" in job["logs"][-1]["message"]
