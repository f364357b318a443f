"""Looking for common security faults in Python source with bandit, which reads source and never runs it."""

import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bandit.core.config import BanditConfig
from bandit.core.docs_utils import get_url
from bandit.core.manager import BanditManager

from tools.builtin import sources


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    folder = sources.gathered(request)
    logging.disable(logging.CRITICAL)  # it says of each file what it skips; that is in its result too
    manager = BanditManager(BanditConfig(), "file", quiet=True)  # bandit's own rules: no configuration is read
    manager.discover_files([str(path) for path in sources.files(folder)])
    manager.run_tests()
    issues = [
        _told(one, folder) for one in manager.get_issue_list(asked["severity"].upper(), asked["confidence"].upper())
    ]
    totals = manager.metrics.data["_totals"]
    most = asked["max_issues"]
    return {
        "issues": issues[:most],
        "issue_count": len(issues),
        "by_severity": dict(Counter(one["severity"] for one in issues)),
        "lines_scanned": totals["loc"],
        "suppressed_lines": totals["nosec"],
        "files_scanned": len(manager.files_list),
        "files_skipped": [{"file": sources.name_of(name, folder), "reason": why} for name, why in manager.skipped],
        "truncated": len(issues) > most,
    }


def _told(issue: Any, folder: Path) -> dict[str, Any]:  # noqa: ANN401 (bandit's issue)
    said = issue.as_dict()
    return {
        "file": sources.name_of(said["filename"], folder),
        "line": said["line_number"],
        "end_line": max(said["line_range"]),
        "rule": said["test_id"],
        "name": said["test_name"],
        "message": said["issue_text"],
        "severity": said["issue_severity"].lower(),
        "confidence": said["issue_confidence"].lower(),
        "cwe": said["issue_cwe"].get("id"),
        "url": get_url(said["test_id"]),
    }
