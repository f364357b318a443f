"""Many inputs: a job's cost is a few calls for each shard, and its results are put together without being read."""

from typing import Any

import boto3
import pytest

from pentarch.files import store as files
from pentarch.files.assembly import MIN_PART_BYTES, Assembly
from pentarch.platform import clients
from pentarch.work import quota
from pentarch.work.quota import Quota
from support.job_stack import PATH, JobStack, a_job, create, lines, open_work
from support.lambdas import Caller

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


def test_a_jobs_parts_are_joined_in_order_and_removed(stack: JobStack, api: Caller) -> None:
    job_id = create(api, *(f"input {number}" for number in range(25)))
    stack.run()
    assert [line["index"] for line in lines(api, job_id)] == list(range(25))
    keys = [found["Key"] for found in boto3.client("s3").list_objects_v2(Bucket="filesbucket")["Contents"]]
    assert [key for key in keys if "/parts/" in key] == []


def test_a_tenant_may_bind_its_open_jobs_further(stack: JobStack, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "_configured", lambda tenant: {"open_jobs": 1} if tenant == "acme" else {})
    create(api, "one")
    refused = api.post(PATH, a_job("two")).expect(402)
    assert "1 at once" in refused.text
    create(stack.tenant("other"), "one")
    assert open_work("acme") == (1, 1)
    assert quota.QUOTAS[next(iter(quota.QUOTAS))] == Quota(100, 100_000)
