"""What this execution environment's machine is doing, as Linux tells it in /proc. A Lambda sees its own micro-VM."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROC = Path("/proc")
DISK = "/tmp"  # noqa: S108 (the one place that a Lambda may write to; only its size is read)
_DIGITS = 1


@dataclass(slots=True)
class _Cpu:
    """Ticks since the machine began, as the last reading found them."""

    busy: int = 0
    total: int = 0


@cache
def _last() -> _Cpu:
    return _Cpu()


def cpu_percent() -> float:
    """The busy share of all CPUs since this was asked last; at first, since the machine began."""
    ticks = [int(number) for number in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    idle = ticks[3] + ticks[4]  # waiting for a disk is idling
    total = sum(ticks)
    last = _last()
    passed, busy = total - last.total, total - idle - last.busy
    last.busy, last.total = total - idle, total
    return round(min(100.0, max(0.0, 100 * busy / passed)), _DIGITS) if passed > 0 else 0.0


def memory_percent() -> float:
    facts = dict(line.split(":", 1) for line in (PROC / "meminfo").read_text().splitlines())
    total, available = (int(facts[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    return round(100 * (total - available) / total, _DIGITS)


def disk_percent() -> float:
    usage = shutil.disk_usage(DISK)
    return round(100 * usage.used / usage.total, _DIGITS)


def network_bytes() -> dict[str, int]:
    """Since the machine began, without what it says to itself."""
    sent = received = 0
    for line in (PROC / "net" / "dev").read_text().splitlines()[2:]:
        name, _, numbers = line.partition(":")
        if name.strip() != "lo":
            columns = numbers.split()
            received += int(columns[0])
            sent += int(columns[8])
    return {"bytes_sent": sent, "bytes_received": received}


def metrics() -> dict[str, Any]:
    return {
        "cpu_usage": cpu_percent(),
        "memory_usage": memory_percent(),
        "disk_usage": disk_percent(),
        "network_io": network_bytes(),
    }
