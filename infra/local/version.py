"""What is being deployed: the commit, for `/api/v1/version`, and a name for the deployment."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from local.deploy import Profile


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


def deployment_id(checkout: Path) -> str:
    """The same until another commit or other parameters are deployed: until then, only what changed is published."""
    given = Profile(checkout / "samconfig.toml").parameters | of_checkout(checkout)
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:12]
