"""What a run may use."""

import math
from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float
    """By the clock on the wall; processor time is bounded by the same figure."""
    memory_bytes: int = 1024 * MEGABYTE
    """Of address space."""
    file_bytes: int = 128 * MEGABYTE
    """Of one file that is written."""
    open_files: int = 256
    processes: int = 64
    """Processes and threads that the user may have beyond those that there are. Root has no such bound."""
    output_bytes: int = 4 * MEGABYTE

    def bounds(self) -> dict[str, int]:
        """What the kernel is told."""
        return {
            "cpu_seconds": math.ceil(self.seconds) + 1,
            "memory_bytes": self.memory_bytes,
            "file_bytes": self.file_bytes,
            "open_files": self.open_files,
            "processes": self.processes,
        }
