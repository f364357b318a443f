"""What commit is being deployed, for `/api/v1/version`."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path


def of_checkout(checkout: Path) -> dict[str, str]:
    """The template's build parameters; none where there is no history, and the template's defaults hold."""
    command = ["git", "-C", str(checkout), "log", "-1", "--format=%H %ct"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return {}
    commit, seconds = told
    date = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"BuildCommit": commit, "BuildDate": date}
