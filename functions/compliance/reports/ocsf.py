"""Findings as events of the Open Cybersecurity Schema Framework: class 2003, Compliance Finding, of version 1.3.0."""

from collections.abc import Iterator, Mapping
from typing import Any

from pentarch import __version__
from pentarch.platform.clock import epoch_ms, parse_iso

SCHEMA_VERSION = "1.3.0"
"""The first that has `resources` in place of the `resource` that it calls deprecated."""
CATEGORY_UID = 2
CLASS_UID = 2003
_PRODUCT = {"name": "Pentarch", "vendor_name": "Pentarch", "version": __version__}
_SEVERITIES = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
_INFORMATIONAL = (1, "Informational")
_CREATE, _UPDATE, _CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
_NEW, _IN_PROGRESS, _RESOLVED = (1, "New"), (2, "In Progress"), (4, "Resolved")
_PASS, _WARNING, _FAIL = (1, "Pass"), (2, "Warning"), (3, "Fail")
_STATES = {"new": (_CREATE, _NEW), "still_failing": (_UPDATE, _IN_PROGRESS), "not_seen": (_UPDATE, _IN_PROGRESS)}
_VERDICTS = {"passed": _PASS, "not_assessed": _WARNING}


def findings(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is open, what was mended since the assessment before, and the checks that found nothing or saw nothing."""
    for finding in document["findings"]:
        activity, status = _STATES[finding["state"]]
        outcome = _WARNING if finding["state"] == "not_seen" else _FAIL
        yield _event(document, finding, activity, status, outcome, controls=finding["controls"])
    for finding in document["comparison"]["fixed"]:
        controls = _controls_of(document, finding["check_id"])
        yield _event(document, finding, _CLOSE, _RESOLVED, _PASS, controls=controls)
    for check in document["checks"]:
        if check["verdict"] in _VERDICTS:
            yield _of_check(document, check)


def _event(
    document: Mapping[str, Any],
    finding: Mapping[str, Any],
    activity: tuple[int, str],
    status: tuple[int, str],
    outcome: tuple[int, str],
    *,
    controls: list[str],
) -> dict[str, Any]:
    """One finding about one resource."""
    info = {
        "uid": finding["id"],
        "title": finding.get("title") or finding["check_id"],
        "desc": finding["message"],
        "first_seen_time": epoch_ms(parse_iso(finding["first_seen"])),
        "last_seen_time": epoch_ms(parse_iso(document["completed_at"])),
        "types": [finding["check_id"]],
    }
    event = _frame(document, f"{document['check_id']}/{finding['id']}", activity, _SEVERITIES[finding["severity"]])
    event |= {
        "status_id": status[0],
        "status": status[1],
        "message": finding["message"],
        "finding_info": info,
        "compliance": _compliance(document, controls, outcome, finding["message"]),
        "resources": [_resource(finding["resource"])],
    }
    if finding.get("remediation"):
        event["remediation"] = {"desc": finding["remediation"]}
    return event


def _of_check(document: Mapping[str, Any], check: Mapping[str, Any]) -> dict[str, Any]:
    """A check that passed, or that could not see its evidence: no finding of its own, but an outcome of the scan."""
    outcome = _VERDICTS[check["verdict"]]
    said = check["reason"] or f"{check['examined_count']} examined, nothing found"
    event = _frame(document, f"{document['check_id']}/{check['id']}", _CREATE, _INFORMATIONAL)
    return event | {
        "status_id": (_RESOLVED if outcome is _PASS else _NEW)[0],
        "status": (_RESOLVED if outcome is _PASS else _NEW)[1],
        "message": said,
        "finding_info": {"uid": check["id"], "title": check["title"], "desc": check["rationale"]},
        "compliance": _compliance(document, _controls_of(document, check["id"]), outcome, said),
        "resources": [_resource(name) for name in check["examined"]],
    }


def _frame(
    document: Mapping[str, Any], uid: str, activity: tuple[int, str], severity: tuple[int, str]
) -> dict[str, Any]:
    """What every event of the class has."""
    return {
        "category_uid": CATEGORY_UID,
        "category_name": "Findings",
        "class_uid": CLASS_UID,
        "class_name": "Compliance Finding",
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": CLASS_UID * 100 + activity[0],
        "type_name": f"Compliance Finding: {activity[1]}",
        "severity_id": severity[0],
        "severity": severity[1],
        "time": epoch_ms(parse_iso(document["completed_at"])),
        "metadata": {
            "version": SCHEMA_VERSION,
            "product": _PRODUCT,
            "uid": uid,
            "tenant_uid": document["tenant"],
            "correlation_uid": document["check_id"],
        },
    }


def _compliance(
    document: Mapping[str, Any], controls: list[str], outcome: tuple[int, str], detail: str
) -> dict[str, Any]:
    """`control` is one name in the schema, so the others stand with it in `requirements`."""
    told: dict[str, Any] = {
        "standards": [f"{document['framework']} {document['framework_version']}".strip()],
        "requirements": list(controls),
        "status_id": outcome[0],
        "status": outcome[1],
        "status_detail": detail,
    }
    if controls:
        told["control"] = controls[0]
    return told


def _resource(name: str) -> dict[str, Any]:
    """An ARN says what kind of thing it names."""
    parts = name.split(":", 5)
    told: dict[str, Any] = {"uid": name, "name": name}
    if len(parts) == 6 and parts[0] == "arn":  # noqa: PLR2004 (arn:partition:service:region:account:resource)
        _, partition, service, region, _, resource = parts
        told |= {"name": resource, "type": service, "cloud_partition": partition}
        if region:
            told["region"] = region
    return told


def _controls_of(document: Mapping[str, Any], check_id: str) -> list[str]:
    return [control["id"] for control in document["controls"] if check_id in control["checks"]]
