"""Every check of a tenant's log, identity and configuration, on evidence that is well and on evidence that is not."""

from typing import Any

import pytest

from compliance.checks import (
    CHECKS,
    actions,
    calls,
    configuration,
    identity,
    judge,
    requests,
    sessions,
    trail,
    uses,
)
from compliance.model import Outcome, Unseen, Verdict
from support.tenant_cases import FAULTY, ROUTED, WELL, Sections, changed, of_calls, of_principals, sent, traced
from support.tenant_evidence import (
    EVENT,
    action,
    call,
    log,
    principal,
    proven,
    request,
    seal,
    session,
)

MINE = [
    check
    for module in (actions, calls, configuration, identity, requests, sessions, trail, uses)
    for check in module.CHECKS
]


def verdict_of(check_id: str, sections: Sections) -> tuple[Verdict, Outcome | str]:
    return judge(CHECKS[check_id], sections)


@pytest.mark.parametrize(("check_id", "sections"), WELL, ids=[row[0] for row in WELL])
def test_what_is_well_passes(check_id: str, sections: Sections) -> None:
    verdict, outcome = verdict_of(check_id, sections)
    assert verdict is Verdict.PASSED, outcome


@pytest.mark.parametrize(("check_id", "sections", "message"), FAULTY, ids=[f"{row[0]}: {row[2]}" for row in FAULTY])
def test_what_is_not_well_is_found(check_id: str, sections: Sections, message: str) -> None:
    verdict, outcome = verdict_of(check_id, sections)
    assert verdict is Verdict.FAILED, outcome
    assert isinstance(outcome, Outcome)
    assert any(message in fault.message for fault in outcome.faults), outcome.faults


def test_every_check_is_in_both_tables() -> None:
    ids = {check.id for check in MINE}
    assert ids == {row[0] for row in WELL} == {row[0] for row in FAULTY}


@pytest.mark.parametrize("check", MINE, ids=lambda check: check.id)
def test_what_cannot_be_seen_is_not_assessed(check: Any) -> None:
    well = next(sections for check_id, sections in WELL if check_id == check.id)
    for name in check.needs:
        verdict, reason = judge(check, {**well, name: Unseen("it may not be read")})
        assert verdict is Verdict.NOT_ASSESSED
        assert "it may not be read" in str(reason)


@pytest.mark.parametrize("check", MINE, ids=lambda check: check.id)
def test_a_row_without_its_facts_is_not_assessed_either(check: Any) -> None:
    """A field that a collector leaves out can never make a check pass."""
    well = next(sections for check_id, sections in WELL if check_id == check.id and all(sections.values()))
    emptied = {name: [{"name": row["name"]} for row in rows] for name, rows in well.items()}
    verdict, _ = judge(check, emptied)
    assert verdict is Verdict.NOT_ASSESSED


def test_a_proof_whose_score_was_changed_does_not_hold() -> None:
    row = proven()
    row["routing"]["evaluations"][1]["score"] = 0.99
    verdict, outcome = verdict_of(
        "sensitive-calls-routed-as-policy-says", {"sensitive_calls": [row], "event_log": log()}
    )
    assert verdict is Verdict.FAILED
    assert isinstance(outcome, Outcome)
    assert "judged otherwise" in outcome.faults[0].message


def test_a_log_that_was_read_in_part_says_so() -> None:
    sections: Sections = {"model_calls": [call()], "event_log": log(is_whole=False, read=5000)}
    _, outcome = verdict_of("model-calls-classified", sections)
    assert isinstance(outcome, Outcome)
    assert outcome.examined[0] == EVENT
    assert "5000 events were read, which are all since" in outcome.examined[-1]


def test_a_part_of_a_log_without_anything_to_examine_is_no_proof() -> None:
    sections: Sections = {"model_calls": [], "event_log": log(is_whole=False)}
    verdict, _ = verdict_of("model-calls-classified", sections)
    assert verdict is Verdict.NOT_APPLICABLE


def test_a_proof_that_is_not_kept_was_verified_when_it_was_read() -> None:
    unkept = {name: fact for name, fact in proven().items() if name != "routing"}
    rows = [proven(), {**unkept, "found_faults": []}]
    verdict, outcome = verdict_of(ROUTED, {"sensitive_calls": rows, "event_log": log()})
    assert verdict is Verdict.PASSED
    assert isinstance(outcome, Outcome)
    assert outcome.examined[-1] == "the proofs of the newest 1 are kept with the evidence"
    rows[1]["found_faults"] = ["the order is otherwise"]
    assert verdict_of(ROUTED, {"sensitive_calls": rows, "event_log": log()})[0] is Verdict.FAILED


def test_a_sample_of_seals_says_what_it_is_of() -> None:
    _, outcome = verdict_of("audit-trail-sealed", {"seals": [seal(of=900)]})
    assert isinstance(outcome, Outcome)
    assert outcome.examined[-1] == "a sample of 1 of 900 events"


@pytest.mark.parametrize(
    ("check_id", "sections"),
    [
        ("sensitive-calls-sent-to-cleared-models", of_calls(sensitivity="PUBLIC", found={})),
        ("sensitive-calls-within-eea", sent(is_outside=False, region=None)),
        ("security-changes-approved-by-two", changed(type="configuration.updated", config_type="slo")),
        ("security-changes-approved-by-two", changed(type="configuration.rejected")),
        ("api-keys-rotated", of_principals(principal(is_usable=False, secret_age_days=900.0))),
        ("credentials-traced", traced(principal(name="key:old", created_at="2026-01-01T00:00:00.000Z"), action())),
        ("sessions-of-present-users", {"sessions": [session(is_open=False, user_is_usable=False)]}),
        ("erasures-in-time", {"subject_requests": [request("access", 99.0)]}),
        ("token-issuers-sound", {"token_issuers": []}),
    ],
)
def test_what_a_check_is_not_about_it_leaves_alone(check_id: str, sections: Sections) -> None:
    assert verdict_of(check_id, sections)[0] is Verdict.NOT_APPLICABLE
