"""What a large export takes on the stack that `make up` runs: `python -m bench.exports_deployed [events]`.

Nothing is replaced: the events are written to the log in the store's own transactions, listed by the fan-out and
sealed by the sealer; then each form is asked for as a client asks, made by the worker, and fetched from the bucket.
The worker's peak is its process's high-water mark of resident memory, which only Linux tells.
"""

import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from bench.exports import FORMS
from local.target import Target
from support.deployed import api, eventually, new_tenant, resource

EVENTS = 100_000
WORKER = "ComplianceWorkerFunction"
_A_TRANSACTION = 100
_AUDIT = "/api/v1/compliance/audit"
_EXPORT = "/api/v1/compliance/export"
_PATIENCE_S = 3600.0


def run(target: Target, count: int) -> dict[str, float]:
    tenant = new_tenant(target, "bench")
    begun = time.perf_counter()
    _fill(target, tenant["tenant"], count)
    figures = {"written, s": time.perf_counter() - begun}
    with api(target, tenant["api_key"]) as client:
        eventually(lambda: _sealed(client), lambda leaves: leaves >= count, within_s=_PATIENCE_S, every_s=10)
        figures["listed and sealed, s"] = time.perf_counter() - begun
        for form in FORMS:
            figures |= {f"{form}, {name}": value for name, value in _export(target, client, form).items()}
    return figures


def _fill(target: Target, tenant: str, count: int) -> None:
    os.environ |= {
        "AWS_ENDPOINT_URL": str(target["endpoint_url"]),
        "AWS_DEFAULT_REGION": str(target["region"]),
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "test",
        "EVENTS_TABLE": resource(target, "EventsTable"),
    }
    from pentarch.events import store
    from pentarch.events.model import happened
    from pentarch.platform import clock
    from pentarch.platform.tables import Transaction

    for first in range(0, count, _A_TRANSACTION):
        transaction = Transaction()
        for number in range(first, min(first + _A_TRANSACTION, count)):
            facts = {"model": "pentarch/extractive", "requested_model": "gpt-4", "tokens": number, "latency_ms": 17,
                     "cost_nano_usd": 12_000, "cached": False, "decision": "allowed"}  # fmt: skip
            event = happened(
                clock.now(),
                tenant,
                "bench.happened",
                action="bench_happen",
                actor="key:01a1fe7364417e92a1f6a6afe0e5888d",
                resource="pentarch/extractive",
                agent=f"agent-{number % 50}",
                sensitivity="INTERNAL",
                tags=("data_processing", "access_control"),
                correlation_id="834b9f7e-58ee-4a67-a0b4-113316efbe14",
                data=facts,
            )
            store.record(transaction, event)
        transaction.commit()


def _sealed(client: httpx.Client) -> int:
    """How many events are both listed and leaves of the tree."""
    root, listed = client.get(f"{_AUDIT}/root"), client.get(_AUDIT, params={"limit": 1})
    if not (root.is_success and listed.is_success):
        return 0
    leaves = root.json()["data"]["signed_head"]["statement"]["size"]
    return min(int(leaves), int(listed.json()["data"]["total"]))


def _export(target: Target, client: httpx.Client, form: str) -> dict[str, float]:
    """Ask, wait, fetch; the worker's peak is that since the one before."""
    for process in _workers(target):
        (process / "clear_refs").write_text("5")  # begins the high-water mark anew
    begun = time.perf_counter()
    asked = client.get(_EXPORT, params={"format": form})
    assert asked.status_code == 202, asked.text
    place = asked.json()["data"]["status_url"]
    made = eventually(lambda: client.get(place), lambda told: told.status_code != 202, within_s=_PATIENCE_S, every_s=3)
    seconds = time.perf_counter() - begun
    assert made.status_code == 303, made.text
    told: dict[str, Any] = made.json()["data"]
    digest, size = sha256(), 0
    with httpx.stream("GET", told["download_url"]) as file:
        for piece in file.iter_bytes():
            digest.update(piece)
            size += len(piece)
    assert (digest.hexdigest(), size) == (told["sha256"], told["bytes"]), "the file is not the one that was made"
    peak = max((_peak_mb(process) for process in _workers(target)), default=0.0)
    return {"events": told["events"], "s": seconds, "file MB": size / 1e6, "worker's peak MB": peak}


def _workers(target: Target) -> list[Path]:
    """The processes of the compliance worker, told by the function's name in their environment."""
    name = resource(target, WORKER).encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and name in (process / "environ").read_bytes():
                found.append(process)
        except OSError:
            continue  # another user's, or gone
    return found


def _peak_mb(process: Path) -> float:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    home = Path(os.environ.get("PENTARCH_HOME", ".local"))
    figures = run(json.loads((home / "target.json").read_text()), int(sys.argv[1]) if sys.argv[1:] else EVENTS)
    for name, value in figures.items():
        print(f"  {name:34} {value:,.3f}")
