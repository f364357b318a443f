"""Lines of CloudWatch Logs, as functions write them."""

import json
from typing import Any

from pentarch.platform import clients


def write_logs(group: str, *lines: tuple[int, dict[str, Any] | str]) -> None:
    """Lines as (milliseconds, facts)."""
    logs = clients.inspection("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
    events = [
        {"timestamp": at, "message": facts if isinstance(facts, str) else json.dumps(facts)}
        for at, facts in sorted(lines, key=lambda line: line[0])
    ]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
