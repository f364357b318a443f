"""A job of many inputs, from the request to the file of results: how long, how much memory, which items are hot.

AWS is an emulator in another process. The planner, each worker and the collector are the functions' own handlers, each
in a process of its own that gets the queue's messages one by one, as Lambda hands them over; so their memory is their
own, and told by Linux. An emulator is slow, so of the shards workers take so many as make `WORKED` inputs; the others
are left as workers leave them, which is all that the collector sees of them. `python -m bench.jobs 10000 10000` has all
10,000 worked on.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
WORKED = 1_000
TENANT = "bench"
WORKERS = 2
_SAMPLES = 4
_QUEUES = {"jobs": "JOBS_QUEUE_URL", "nlp": "NLP_WORK_QUEUE_URL"}


def compare(sizes: tuple[int, ...] = SIZES, worked: int = WORKED) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for size in sizes:
        figures |= {f"{size} inputs, {name}": value for name, value in run(size, worked).items()}
    return figures


def run(count: int, worked: int) -> dict[str, Any]:
    """Upload, create, plan, work, collect, and hold the file against the inputs."""
    from bench.emulated import emulator

    with emulator():
        from jobs.api import handler
        from pentarch.files import store as files
        from pentarch.platform import clients
        from support.lambdas import Caller
        from support.tenants import make_tenant

        clients.forget()
        api = Caller(handler, {"X-API-Key": make_tenant(TENANT)})
        figures: dict[str, Any] = {}
        files.put(f"files/{TENANT}/in/texts.jsonl", b"".join(_inputs(count)), "application/x-ndjson")
        with redirect_stdout(sys.stderr):
            job_id = _created(api)
            begun = time.perf_counter()
            planned = _role("jobs", {"step": "plan", "tenant": TENANT, "job_id": job_id})
            done = _leave(job_id, worked)
            works, checks = _work(api, job_id)
            collected = _role("jobs", {"step": "collect", "tenant": TENANT, "job_id": job_id})
            ended = time.perf_counter() - begun
            job = api.get(f"/api/v2/jobs/{job_id}").expect(200).json()
        assert job["status"] == "completed", job
        assert job["progress"] == {"completed": count, "failed": 0, "total": count, "percentage": 100.0}
        figures["inputs worked on"] = done
        figures["in all, s"] = ended
        figures["inputs/s of a worker"] = done / sum(one["s"] for one in works)
        roles = {"planner": [planned], "worker": works, "collector": [collected]}
        for name, group in roles.items():
            figures[f"{name}, s"] = max(one["s"] for one in group)
            figures[f"{name}, peak memory MB"] = max(one["peak_mb"] for one in group)
            figures[f"{name}, AWS calls"] = sum(sum(one["calls"].values()) for one in group)
        figures["AWS calls an input"] = figures["worker, AWS calls"] / done + (
            (figures["planner, AWS calls"] + figures["collector, AWS calls"]) / count
        )
        figures |= _heat(works, done)
        figures["progress looked at, and exact"] = checks
        figures["results in order, byte for byte"] = _checked(job_id, count)
        return figures


def _created(api: Any) -> str:
    """As a client creates it: its inputs lie in the tenant's own part of the bucket."""
    wanted = {
        "name": "bench",
        "type": "batch_processing",
        "service": "nlp",
        "parameters": {
            "input_source": f"s3://{os.environ['FILES_BUCKET']}/files/{TENANT}/in/",
            "analysis_types": ["sentiment"],
            "language": "en",
        },
    }
    return str(api.post("/api/v2/jobs", wanted).expect(201).json()["job_id"])


def _inputs(count: int) -> Iterator[bytes]:
    for number in range(count):
        text = f"Report {number}: visitors love the new bridge, and nobody misses the terrible old ferry."
        yield json.dumps({"id": f"text-{number}", "text": text}).encode() + b"\n"


def _work(api: Any, job_id: str) -> tuple[list[dict[str, Any]], int]:
    """Let workers empty the queue, and meanwhile hold the progress that the API tells against the results there are."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "bench.jobs", "--role", "nlp"]
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    checks = 0
    while any(process.poll() is None for process in processes):
        time.sleep(1)
        if checks < _SAMPLES:
            before = _results(job_id)
            told = api.get(f"/api/v2/jobs/{job_id}").expect(200).json()["progress"]["completed"]
            assert before <= told <= _results(job_id), "the progress is not what results there are"
            checks += 1
    told = [process.communicate()[0] for process in processes]
    assert not any(process.returncode for process in processes), "a worker failed"
    return [json.loads(one) for one in told], checks


def _role(name: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
    given = [] if message is None else [json.dumps(message)]
    command = [sys.executable, "-m", "bench.jobs", "--role", name, *given]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _results(job_id: str) -> int:
    from pentarch.work import shards
    from pentarch.work.table import ResultItem, results_partition

    total = 0
    for shard in shards.of_job(TENANT, job_id):
        own = int(ResultItem.count(results_partition(TENANT, job_id, shard.number), consistent_read=True))
        total += own or (shard.count if shard.done else 0)
    return total


def _heat(roles: list[dict[str, Any]], done: int) -> dict[str, Any]:
    """Per input, so that what any number of workers makes of it can be told: a partition takes 1,000 units a second."""
    updates, units = Counter[str](), Counter[str]()
    for role in roles:
        updates.update(role["updates"])
        units.update(role["units"])
    (hottest, most), (partition, heaviest) = updates.most_common(1)[0], units.most_common(1)[0]
    return {
        "most written item": hottest.split()[-1],
        "its writes, part of all inputs'": most / done,
        "most written partition": partition.split()[0],
        "its write units an input": heaviest / done,
    }


def _leave(job_id: str, worked: int) -> int:
    """Leave all shards but the first as workers leave them; how many inputs workers are to take."""
    from pentarch.files import store as files
    from pentarch.platform import clients
    from pentarch.work import queue, shards
    from pentarch.work.results import part_key
    from pentarch.work.table import ShardItem, partition_of, shard_key
    from pentarch.work.worker import message

    found = shards.of_job(TENANT, job_id)
    first = [shard for shard in found if shard.first < worked]
    rest = [shard for shard in found if shard.first >= worked]
    if rest:
        clients.sqs().purge_queue(QueueUrl=os.environ[_QUEUES["nlp"]])
        queue.send_all(_QUEUES["nlp"], [message(TENANT, job_id, shard.number) for shard in first], tenant=TENANT)
    for shard in rest:
        part = b"".join(b"\n" + _made_up(index) for index in range(shard.first, shard.first + shard.count))
        files.put(part_key(shard), part, "application/x-ndjson")
        ShardItem(partition_of(TENANT, job_id), shard_key(shard.number)).update(
            actions=[
                ShardItem.resolved.set(shard.count),
                ShardItem.done.set(True),
                ShardItem.part_size.set(len(part)),
            ]
        )
    return sum(shard.count for shard in first)


def _made_up(index: int) -> bytes:
    """A result as long as a worker's."""
    output = {"text_length": 86, "sentiment": {"label": "positive"}, "event_id": "0" * 36, "filling": "x" * 80}
    line = {"index": index, "id": f"text-{index}", "status": "completed", "output": output}
    return json.dumps(line, separators=(",", ":")).encode()


def _checked(job_id: str, count: int) -> int:
    """The file against the single results, read in order; the number of bytes that were the same."""
    from pentarch.files import store as files
    from pentarch.work import shards
    from pentarch.work.results import of_shard

    whole, size, number = sha256(), 0, 0
    for shard in shards.of_job(TENANT, job_id):
        lines = list(of_shard(shard)) or [_made_up(index) for index in range(shard.first, shard.first + shard.count)]
        for line in lines:
            told = json.loads(line)
            assert (told["index"], told["id"]) == (number, f"text-{number}"), told
            piece = (b"\n" if number else b"") + line
            whole.update(piece)
            size, number = size + len(piece), number + 1
    whole.update(b"\n")
    written = sha256()
    for chunk in files.chunks(f"jobs/{TENANT}/{job_id}/results.jsonl"):
        written.update(chunk)
    assert number == count, f"{number} results of {count} inputs"
    assert written.digest() == whole.digest(), "the file is not what the results are"
    return size + 1


class _Watch:
    """What a role asks of AWS: calls by operation, writes by item, and write units by partition."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.updates: Counter[str] = Counter()
        self.units: Counter[str] = Counter()

    def install(self) -> None:
        from botocore.client import BaseClient

        call = BaseClient._make_api_call  # type: ignore[attr-defined]

        def watched(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            self.calls[operation] += 1
            if operation == "TransactWriteItems":
                for action in parameters["TransactItems"]:
                    [(kind, write)] = action.items()
                    self._note(kind, write, 2)
            elif operation in ("PutItem", "UpdateItem"):
                self._note(operation.removesuffix("Item"), parameters, 1)
            return call(client, operation, parameters)

        BaseClient._make_api_call = watched  # type: ignore[attr-defined]

    def _note(self, kind: str, write: dict[str, Any], price: int) -> None:
        key = write.get("Key") or write["Item"]
        names = [key[name]["S"] for name in ("partition", "tenant", "key", "id") if name in key]
        self.units[f"{write['TableName']} {names[0]}"] += price * ceil(_size(write.get("Item", {})) / 1024 or 1)
        if kind == "Update":
            self.updates[f"{write['TableName']} {' '.join(names[:2])}"] += 1


def _size(item: dict[str, Any]) -> int:
    return sum(len(name) + len(json.dumps(next(iter(value.values())))) for name, value in item.items())


def play(name: str, message: str | None) -> dict[str, Any]:
    """Be one function: of the message that is given, or of all that wait in its queue."""
    from bench.lambda_context import Context, arn_of

    watch = _Watch()
    if name == "jobs":
        from jobs.worker import handler
    else:
        from nlp.worker import handler
    from pentarch.platform import clients

    watch.install()
    began, shards = time.perf_counter(), 0
    url = os.environ[_QUEUES[name]]
    arn = arn_of(_QUEUES[name])
    while True:
        if message is not None:
            body, receipt = message, ""
        else:
            found = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            if not found:
                break
            body, receipt = found[0]["Body"], found[0]["ReceiptHandle"]
        answer = handler({"Records": [Context.record(body, arn)]}, Context())
        assert not answer["batchItemFailures"], "the message failed"
        if message is not None:
            break
        clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=receipt)
        shards += 1
    taken = time.perf_counter() - began
    return {
        "s": taken,
        "messages": shards,
        "peak_mb": _peak_mb(),
        "calls": watch.calls,
        "updates": dict(watch.updates.most_common(5)),
        "units": dict(watch.units.most_common(5)),
    }


def _peak_mb() -> float:
    """Of this process alone: `getrusage` would tell its parent's too, which was there when it began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--role"]:
        with redirect_stdout(sys.stderr):
            told = play(sys.argv[2], sys.argv[3] if sys.argv[3:] else None)
        print(json.dumps(told))
    else:
        given = [int(one) for one in sys.argv[1:]]
        for name, value in compare(tuple(given[:1]) or SIZES, *given[1:]).items():
            print(f"  {name:50} {value:,.3f}" if isinstance(value, float) else f"  {name:50} {value}")
