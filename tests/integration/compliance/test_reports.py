"""Reports of assessments, and exports with an assessment in them."""

import csv
import io

import pytest

from compliance import store
from compliance.reports import service
from pentarch.files import store as files
from support import exports
from support.assessments import Auditor, run
from support.lambdas import Caller

EXPORT = "/api/v1/compliance/export"


@pytest.fixture
def check_id(api: Caller, auditor: Auditor) -> str:
    """An assessment that found a door open, and could not see the lamps."""
    auditor.house.doors = {"front": False, "back": True}
    auditor.house.lamps = None
    return str(run(api)["check_id"])


def test_the_report_url_leads_to_a_pdf(api: Caller, auditor: Auditor) -> None:
    auditor.house.doors = {"front": False}
    reply = api.get(run(api)["report_url"]).expect(200)

    assert reply.headers["content-type"] == "application/pdf"
    said = exports.text_of(reply.text.encode())
    assert "Critical: 1 finding" in said
    assert "front is not as it should be" in said


def test_a_report_is_there_in_every_form(api: Caller, check_id: str) -> None:
    path = f"/api/v1/compliance/checks/{check_id}/report"

    assert api.get(path, query={"format": "json"}).expect(200).json() == store.document("acme", check_id)
    rows = list(csv.DictReader(io.StringIO(api.get(path, query={"format": "csv"}).expect(200).text)))
    assert [row["resource"] for row in rows if row["record"] == "finding"] == ["front"]
    told = api.get(path, query={"format": "ocsf"}).expect(200).json()
    assert [(event["finding_info"]["title"], event["compliance"]["status"]) for event in told] == [
        ("doors-closed is well", "Fail"),
        ("lamps-lit is well", "Warning"),
    ]


def test_a_report_that_is_too_large_for_a_reply_is_a_link(
    api: Caller, check_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_BYTES_AT_ONCE", 100)

    reply = api.get(f"/api/v1/compliance/checks/{check_id}/report").expect(303)

    assert f"exports/acme/reports/{check_id}.pdf?" in reply.headers["location"]
    assert files.get(f"exports/acme/reports/{check_id}.pdf").startswith(b"%PDF")


def test_a_report_can_be_passed_on_as_a_link_that_expires(api: Caller, check_id: str) -> None:
    given = api.get(f"/api/v1/compliance/checks/{check_id}/report", query={"link": "true"}).expect(200).json()["data"]

    assert f"exports/acme/reports/{check_id}.pdf?" in given["download_url"]
    assert given["expires_in"] == 900
    assert files.get(f"exports/acme/reports/{check_id}.pdf").startswith(b"%PDF")


def test_an_unknown_form_and_an_unknown_check_are_refused(api: Caller, check_id: str, auditor: Auditor) -> None:
    path = f"/api/v1/compliance/checks/{check_id}/report"

    assert api.get(path, query={"format": "docx"}).expect(400).json()["error"]["details"]["field"] == "format"
    api.get(path.replace(check_id, "none")).expect(404)
    auditor.tenant("other").get(path).expect(404)


def test_a_check_that_is_not_done_has_no_report_yet(api: Caller) -> None:
    waiting = api.post("/api/v1/compliance/check", {"framework": "SOC2", "async": True}).expect(202).data

    api.get(f"/api/v1/compliance/checks/{waiting['check_id']}/report").expect(409)


@pytest.mark.usefixtures("check_id")
def test_an_export_with_a_framework_holds_its_latest_assessment(api: Caller) -> None:
    as_json = api.get(EXPORT, query={"format": "json", "framework": "SOC2"}).expect(200).json()
    as_csv = api.get(EXPORT, query={"format": "csv", "framework": "SOC2"}).expect(200).text
    as_pdf = api.get(EXPORT, query={"format": "pdf", "framework": "SOC2"}).expect(200).text.encode()

    assert as_json["assessment"]["findings"][0]["resource"] == "front"
    assert {row["record"] for row in csv.DictReader(io.StringIO(as_csv))} >= {"control", "finding"}
    assert "front is not as it should be" in exports.text_of(as_pdf)


def test_a_framework_that_was_never_assessed_is_exported_without(api: Caller) -> None:
    assert api.get(EXPORT, query={"format": "json", "framework": "GDPR"}).expect(200).json()["assessment"] is None
    assert "was not assessed yet" in exports.text_of(
        api.get(EXPORT, query={"format": "pdf", "framework": "GDPR"}).expect(200).text.encode()
    )
    assert api.get(EXPORT, query={"format": "ocsf", "framework": "GDPR"}).expect(200).json() == []


@pytest.mark.usefixtures("check_id")
@pytest.mark.parametrize("query", [{"format": "ocsf"}, {"format": "json", "schema": "ocsf", "framework": "SOC2"}])
def test_findings_are_exported_as_ocsf(api: Caller, query: dict[str, str]) -> None:
    told = api.get(EXPORT, query=query).expect(200).json()

    assert [event["class_uid"] for event in told] == [2003, 2003]
