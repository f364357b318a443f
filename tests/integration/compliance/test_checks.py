"""Running assessments: what is answered, what is kept, and what the log tells of it."""

from datetime import timedelta
from typing import Any

import pytest

from compliance import store
from pentarch.files import store as files
from pentarch.platform.clock import iso
from support.assessments import CHECK, CHECKS, STATUS, Auditor, run, seen, stands
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key

UNKNOWN = "01a1feb0-988a-72fb-b768-e0b7a7fadc66"


def test_a_house_in_order_is_compliant(auditor: Auditor, api: Caller) -> None:
    found = run(api)
    assert (found["framework"], found["status"], found["overall_compliance"]) == ("SOC2", "completed", 1.0)
    assert [(control["id"], control["status"], control["score"]) for control in found["controls"]] == [
        ("C1", "compliant", 1.0),
        ("C2", "compliant", 1.0),
        ("C3", "compliant", 1.0),
    ]
    assert [control["evidence_count"] for control in found["controls"]] == [2, 3, 1]
    assert found["report_url"].startswith(f"/api/v1/compliance/reports/{found['check_id']}?tenant=acme&format=pdf&")
    assert found["scope"]["time_range"] == {
        "start": iso(auditor.clock.at - timedelta(days=30)),
        "end": iso(auditor.clock.at),
    }
    assert found["assessed_share"] == 1.0


def test_an_open_door_is_found_and_told_once_and_fixed_when_it_is_closed(auditor: Auditor, api: Caller) -> None:
    assert auditor.house.doors is not None
    auditor.house.doors["back"] = False
    first = run(api)
    [finding] = first["findings"]
    assert (finding["resource"], finding["severity"], finding["state"]) == ("back", "critical", "new")
    assert finding["controls"] == ["C1", "C2"]
    assert first["overall_compliance"] == pytest.approx((0 + 0.1 + 1) / 4)
    auditor.clock.advance(minutes=1)

    second = run(api)
    assert [(one["id"], one["state"]) for one in second["findings"]] == [(finding["id"], "still_failing")]
    assert second["findings"][0]["first_seen"] == finding["first_seen"]
    assert second["comparison"]["previous_check_id"] == first["check_id"]

    auditor.clock.advance(minutes=1)
    auditor.house.doors["back"] = True
    third = run(api)
    assert third["findings"] == []
    assert third["comparison"]["fixed"] == [finding["id"]]
    assert [event.data["finding_id"] for event in events_of("acme", "compliance.violation")] == [finding["id"]]
    told = events_of("acme", "compliance.check_completed")
    assert [event.resource for event in told] == [first["check_id"], second["check_id"], third["check_id"]]
    assert [(event.data["new"], event.data["still_failing"], event.data["fixed"]) for event in told] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


def test_what_cannot_be_seen_is_not_assessed_and_lowers_the_score(auditor: Auditor, api: Caller) -> None:
    auditor.house.lamps = None
    found = run(api)
    assert [control["status"] for control in found["controls"]] == ["compliant", "partially_compliant", "not_assessed"]
    assert found["overall_compliance"] == pytest.approx((2 + 0.8) / 4)
    assert found["assessed_share"] == 0.75
    [unseen] = [check for check in seen(api, found["check_id"])["checks"] if check["verdict"] == "not_assessed"]
    assert unseen["reason"] == "lamps: nobody may look"


def test_a_finding_stays_open_while_nobody_can_look(auditor: Auditor, api: Caller) -> None:
    auditor.house.lamps = {"hall": False}
    first = run(api)["findings"][0]
    auditor.house.lamps = None
    [carried] = run(api)["findings"]
    assert (carried["id"], carried["state"], carried["first_seen"]) == (first["id"], "not_seen", first["first_seen"])
    auditor.house.lamps = {"hall": False}
    assert run(api)["findings"][0]["first_seen"] == first["first_seen"]


def test_evidence_that_is_left_out_is_not_assessed(api: Caller) -> None:
    found = run(api, evidence_types=["access_control", "access_control"])
    assert [control["status"] for control in found["controls"]] == ["compliant", "partially_compliant", "not_assessed"]
    assert found["overall_compliance"] < 1
    assert seen(api, found["check_id"])["evidence_types"] == ["access_control"]


def test_the_whole_assessment_can_be_read_again(api: Caller) -> None:
    found = run(api, scope={"organization": "shop", "project": "tills"})
    whole = seen(api, found["check_id"])
    assert whole["scope"]["organization"] == "shop"
    assert {"framework_title", "framework_version", "evidence", "seal", "document_sha256"} <= set(whole)
    assert [check["id"] for check in whole["checks"]] == ["doors-closed", "lamps-lit"]
    assert whole["checks"][0]["examined"] == ["front", "back"]
    assert whole["overall_compliance"] == found["overall_compliance"]


def test_without_a_report_there_is_no_address_of_one(api: Caller) -> None:
    assert run(api, generate_report=False)["report_url"] is None


def test_the_list_has_the_newest_first_by_framework_and_page(auditor: Auditor, api: Caller) -> None:
    made = []
    for framework in ("SOC2", "GDPR", "SOC2"):
        made.append(run(api, framework)["check_id"])
        auditor.clock.advance(seconds=1)
    listed = api.get(CHECKS).expect(200).data
    assert ([row["check_id"] for row in listed["checks"]], listed["total"]) == (made[::-1], 3)
    first = api.get(CHECKS, query={"framework": "SOC2", "limit": 1}).expect(200).data
    assert ([row["check_id"] for row in first["checks"]], first["total"]) == ([made[2]], 2)
    query = {"framework": "SOC2", "limit": 1, "cursor": first["next_cursor"]}
    rest = api.get(CHECKS, query=query).expect(200).data
    assert ([row["check_id"] for row in rest["checks"]], rest["next_cursor"]) == ([made[0]], None)


def test_the_status_tells_where_each_framework_stands(auditor: Auditor, api: Caller) -> None:
    assert stands(api) == []
    assert auditor.house.doors is not None
    run(api, "GDPR")
    run(api, "SOC2", scope={"organization": "shop"})
    auditor.clock.advance(days=1)
    auditor.house.doors["front"] = False
    last = run(api, "SOC2")
    rows = {row["name"]: row for row in stands(api)}
    assert set(rows) == {"SOC2", "GDPR"}
    soc2 = rows["SOC2"]
    assert (soc2["last_check_id"], soc2["critical_findings"]) == (last["check_id"], 1)
    assert (soc2["overall_score"], soc2["previous_score"]) == (last["overall_compliance"], 1.0)
    assert soc2["trend"] == pytest.approx(last["overall_compliance"] - 1)
    assert soc2["last_assessment"] == iso(auditor.clock.at)
    assert soc2["next_assessment"] == iso(auditor.clock.at + timedelta(days=90))
    assert [row["name"] for row in stands(api, framework="GDPR")] == ["GDPR"]
    assert [(row["name"], row["overall_score"]) for row in stands(api, organization="shop")] == [("SOC2", 1.0)]
    assert stands(api, organization="nobody") == []


def test_the_status_costs_one_query_beside_the_gate(api: Caller) -> None:
    run(api)
    stands(api)
    with aws_calls() as calls:
        stands(api)
    assert calls["Query"] == 1
    with aws_calls() as calls:
        stands(api, organization="shop")
    assert calls["Query"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "framework"),
        ({"framework": "FUN"}, "framework"),
        ({"framework": 7}, "framework"),
        ({"framework": "SOC2", "scope": "all"}, "scope"),
        ({"framework": "SOC2", "generate_report": "please"}, "generate_report"),
        ({"framework": "SOC2", "evidence_type": ["audit_logs"]}, "evidence_type"),
        ({"framework": "SOC2", "evidence_types": ["gossip"]}, "evidence_types.0"),
        ({"framework": "SOC2", "evidence_types": []}, "evidence_types"),
        ({"framework": "SOC2", "scope": {"organisation": "x"}}, "scope.organisation"),
        ({"framework": "SOC2", "scope": {"organization": "a#b"}}, "scope.organization"),
        ({"framework": "SOC2", "scope": {"time_range": {"start": "yesterday"}}}, "scope.time_range.start"),
        ({"framework": "SOC2", "scope": {"time_range": {"start": "2199-01-01"}}}, "scope.time_range.start"),
        ({"framework": "SOC2", "scope": {"time_range": {"end": "2199-01-01"}}}, "scope.time_range.end"),
        ({"framework": "SOC2", "scope": {"time_range": {"end": "9999-12-31"}}}, "scope.time_range.end"),
        ({"framework": "SOC2", "scope": {"time_range": {"end": "0001-01-01T00:00:00+10:00"}}}, "scope.time_range.end"),
        ({"framework": "SOC2", "scope": {"time_range": {"end": "0001-01-01"}}}, "scope.time_range.end"),
        ({"framework": "SOC2", "scope": {"time_range": {"start": "2001-01-01"}}}, "scope.time_range.start"),
        (
            {"framework": "SOC2", "scope": {"time_range": {"start": "2026-02-01", "end": "2026-01-01"}}},
            "scope.time_range.end",
        ),
    ],
)
def test_a_bad_request_is_refused_by_its_field(auditor: Auditor, api: Caller, body: dict[str, Any], field: str) -> None:
    error = api.post(CHECK, body).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert auditor.house.looks == 0


def test_an_end_a_little_ahead_is_cut_to_now(auditor: Auditor, api: Caller) -> None:
    times = {"start": iso(auditor.clock.at - timedelta(days=1)), "end": iso(auditor.clock.at + timedelta(hours=1))}
    assert run(api, scope={"time_range": times})["scope"]["time_range"]["end"] == iso(auditor.clock.at)


def test_the_end_of_a_date_is_the_end_of_its_day(auditor: Auditor, api: Caller) -> None:
    day = (auditor.clock.at - timedelta(days=3)).date()
    found = run(api, scope={"time_range": {"start": day.isoformat(), "end": day.isoformat()}})["scope"]["time_range"]
    assert found == {"start": f"{day}T00:00:00.000Z", "end": f"{day + timedelta(days=1)}T00:00:00.000Z"}


@pytest.mark.parametrize("query", [{"framework": "FUN"}, {"limit": 0}, {"limit": 101}, {"cursor": "x"}])
def test_a_bad_query_is_refused(api: Caller, query: dict[str, Any]) -> None:
    assert api.get(CHECKS, query=query).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


def test_another_tenant_sees_nothing(auditor: Auditor, api: Caller) -> None:
    made = run(api, scope={"organization": "shop"})["check_id"]
    other = auditor.tenant("other")
    other.get(f"{CHECKS}/{made}").expect(404)
    other.post(f"{CHECKS}/{made}/verify").expect(404)
    assert other.get(CHECKS).data == {"checks": [], "total": 0, "limit": 50, "next_cursor": None}
    assert stands(other) == stands(other, organization="shop") == []
    assert run(other)["comparison"]["previous_check_id"] is None


@pytest.mark.parametrize("name", ["nothing", "x" * 64, UNKNOWN, "00000000-0000-4000-8000-000000000000"])
def test_a_check_that_is_not_there_is_not_found(api: Caller, name: str) -> None:
    assert api.get(f"{CHECKS}/{name}").expect(404).json()["error"]["code"] == "NOT_FOUND"


def test_a_viewer_sees_and_an_auditor_runs(api: Caller) -> None:
    viewer, reviewer = api.using(make_key("acme", "viewer")), api.using(make_key("acme", "auditor"))
    viewer.post(CHECK, {"framework": "SOC2"}).expect(403)
    run(reviewer)
    assert len(stands(viewer)) == 1


def test_the_same_idempotency_key_makes_one_assessment(auditor: Auditor, api: Caller) -> None:
    key = {"Idempotency-Key": "once"}
    first = api.post(CHECK, {"framework": "SOC2"}, headers=key).expect(200)
    again = api.post(CHECK, {"framework": "SOC2"}, headers=key).expect(200)
    assert first.data == again.data
    assert auditor.house.looks == 1


def test_a_stored_assessment_is_verified_until_somebody_touches_it(auditor: Auditor, api: Caller) -> None:
    auditor.house.lamps = {"hall": False}
    made = run(api)["check_id"]
    verify = f"{CHECKS}/{made}/verify"
    assert api.post(verify).expect(200).data == {"check_id": made, "verified": True, "problems": []}
    key = seen(api, made)["evidence"]["key"]
    files.put(key, files.get(key).replace(b'"fine":false', b'"fine":true '), "application/json")
    found = api.post(verify).expect(200).data
    assert not found["verified"]
    assert found["problems"] == ["the evidence is not the one that was stored: its SHA-256 is another"]


def test_a_document_that_somebody_touched_is_told_to_nobody(auditor: Auditor, api: Caller) -> None:
    auditor.house.lamps = {"hall": False}
    made = run(api)["check_id"]
    stored = store.get("acme", made)
    assert stored is not None
    assert stored.document is not None
    files.put(stored.document.key, files.get(stored.document.key).replace(b"hall", b"hole"), "application/json")
    assert api.get(f"{CHECKS}/{made}").expect(409).json()["error"]["code"] == "CONFLICT"
    assert api.post(f"{CHECKS}/{made}/verify").expect(200).data["problems"] == [
        "the document is not the one that was stored: its SHA-256 is another"
    ]
    assert [finding["state"] for finding in run(api)["findings"]] == ["new"]  # there is nothing to compare it with


def test_limits_are_those_of_the_reference(api: Caller) -> None:
    assert api.get(STATUS).headers["x-ratelimit-limit"] == "30"
