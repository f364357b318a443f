"""What this process takes of its machine's memory, as Linux tells it."""

import os
from pathlib import Path


def resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
