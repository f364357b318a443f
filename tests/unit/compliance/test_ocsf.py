from typing import Any

import pytest

from compliance.reports import ocsf
from support import exports

REQUIRED = {"activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id", "time",
            "type_uid"}  # fmt: skip
"""Of the class Compliance Finding, version 1.3.0."""


def told(**changes: Any) -> list[dict[str, Any]]:
    return list(ocsf.findings(exports.document(**changes)))


def test_every_event_has_what_the_class_requires() -> None:
    for event in told():
        assert event.keys() >= REQUIRED
        assert (event["category_uid"], event["class_uid"]) == (2, 2003)
        assert event["type_uid"] == 2003 * 100 + event["activity_id"]
        assert event["metadata"]["version"] == "1.3.0"
        assert event["metadata"]["product"]["vendor_name"]
        assert event["compliance"]["standards"] == ["SOC2 2017"]
        assert event["finding_info"]["uid"]
        assert event["time"] == 1795255205000


def test_an_open_finding_fails_its_control() -> None:
    [event] = [event for event in told() if event["compliance"]["status"] == "Fail"]

    assert (event["severity_id"], event["severity"]) == (4, "High")
    assert (event["activity_name"], event["status"]) == ("Create", "New")
    assert event["compliance"] | {"status_detail": ""} == {
        "standards": ["SOC2 2017"],
        "control": "CC6.1",
        "requirements": ["CC6.1"],
        "status_id": 3,
        "status": "Fail",
        "status_detail": "",
    }
    assert event["remediation"] == {"desc": "Switch it on."}
    [resource] = event["resources"]
    assert resource["uid"].startswith("arn:aws:dynamodb:us-east-1:")
    assert (resource["name"], resource["type"], resource["region"]) == (
        "table/pentarch-EventsTable", "dynamodb", "us-east-1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "activity", "status", "outcome"),
    [
        ("new", "Create", "New", "Fail"),
        ("still_failing", "Update", "In Progress", "Fail"),
        ("not_seen", "Update", "In Progress", "Warning"),
    ],
)
def test_the_state_of_a_finding_says_what_happened_to_it(state: str, activity: str, status: str, outcome: str) -> None:
    event = told(findings=[exports.finding("tables-encrypted", "one", state=state)])[0]

    assert (event["activity_name"], event["status"], event["compliance"]["status"]) == (activity, status, outcome)


def test_a_mended_finding_is_closed() -> None:
    [event] = [event for event in told() if event["activity_name"] == "Close"]

    assert (event["activity_id"], event["status_id"], event["compliance"]["status_id"]) == (3, 4, 1)
    assert event["compliance"]["control"] == "CC6.1"


def test_checks_without_findings_are_told_too() -> None:
    by_uid = {event["finding_info"]["uid"]: event for event in told()}

    assert by_uid["keys-rotated"]["compliance"]["status"] == "Pass"
    assert by_uid["alarms-watched"]["compliance"]["status"] == "Warning"
    assert by_uid["alarms-watched"]["compliance"]["status_detail"] == "it was refused: AccessDenied"
