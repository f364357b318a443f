"""The evidence of a tenant as a whole: all of it is seen, and nothing of anybody else."""

import json
from collections.abc import Iterator

import pytest

import compliance.api
from compliance.checks import CHECKS, judge
from compliance.frameworks import FRAMEWORKS
from compliance.model import Unseen, Verdict
from pentarch.identity.store import IdentityItem
from pentarch.platform import clients
from pentarch.web.admission import Gate
from support.audited import GENERATE, SECTIONS, WRONG, House, audited, make_house
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock


@pytest.fixture
def acme(aws: None, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:  # noqa: ARG001 (what it runs in)
    with audited("acme", "alice", clock, monkeypatch) as house:
        yield house


def test_every_section_is_collected_and_every_check_can_read_it(acme: House) -> None:
    acme.log_in().expect(200)
    acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "SENSITIVE"}).expect(200)
    acme.seal()
    sections = acme.evidence()
    assert [name for name, section in sections.items() if isinstance(section, Unseen)] == []
    mine = [check for check in CHECKS.values() if set(check.needs) <= set(SECTIONS)]
    verdicts = {check.id: judge(check, sections)[0] for check in mine}
    assert len(mine) >= 40
    assert Verdict.NOT_ASSESSED not in verdicts.values(), verdicts


def test_evidence_is_plain_json_without_secrets_or_names(acme: House) -> None:
    acme.log_in().expect(200)
    acme.log_in(WRONG)
    acme.llm.post(GENERATE, {"prompt": "write to bob@example.com"}).expect(200)
    acme.seal()
    text = json.dumps(acme.evidence())
    for secret in ("alice", "bob@example.com", WRONG, acme.seeded["password"], acme.seeded["api_key"], "$argon2id"):
        assert secret not in text
    for item in IdentityItem.query("acme"):
        assert not item.secret_hash or item.secret_hash not in text


def test_nothing_of_another_tenant_is_evidence(acme: House, clock: StoppedClock) -> None:
    other = make_house("rival", "mallory", clock)
    for one in (acme, other):
        one.log_in().expect(200)
        one.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "SENSITIVE"}).expect(200)
        policy = {"tenant_id": one.tenant, "config_type": "limits", "name": "l", "value": {"requests_per_hour": 10}}
        one.configurations.post("/configurations", policy).expect(201)
        one.seal()
    text = json.dumps(acme.evidence())
    theirs = [event.id for event in events_of("rival")]
    theirs += [item.key.partition("#")[2] for item in IdentityItem.query("rival") if item.secret_hash]
    assert len(theirs) > 6
    assert [one for one in (*theirs, "rival") if one in text] == []


def test_without_the_right_to_read_it_evidence_is_unseen_and_no_check_passes(
    acme: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IDENTITY_TABLE", "CONFIGURATIONS_TABLE", "EVENTS_TABLE", "AUDIT_TABLE", "SEALS_TABLE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setenv("COMPLIANCE_TABLE", "nowhere")
    clients.forget()
    sections = acme.evidence()
    assert [name for name, section in sections.items() if not isinstance(section, Unseen)] == ["token_issuers"]
    verdicts = {check.id: judge(check, sections)[0] for check in CHECKS.values() if set(check.needs) <= set(SECTIONS)}
    del verdicts["token-issuers-sound"]
    assert set(verdicts.values()) == {Verdict.NOT_ASSESSED}


def test_an_assessment_judges_what_the_functions_did(acme: House) -> None:
    """The stack cannot be seen here, so what is about it is not assessed, and counts as if it had failed."""
    acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"}).expect(200)
    acme.seal()
    acme.clock.advance(seconds=1)  # an assessment is of the time before it
    compliance.api.app.state.gate = Gate()
    api = Caller(compliance.api.handler, acme.llm.headers)
    made = api.post("/api/v1/compliance/check", {"framework": "GDPR"}).expect(200).data
    document = api.get(f"/api/v1/compliance/checks/{made['check_id']}").expect(200).data
    verdicts = {check["id"]: check["verdict"] for check in document["checks"]}
    assert verdicts["sensitive-calls-routed-as-policy-says"] == "passed"
    assert verdicts["credentials-scoped"] == "failed"
    assert verdicts["buckets-not-public"] == "not_assessed"
    assert {control["id"] for control in document["controls"]} == {
        control.id for control in FRAMEWORKS["GDPR"].controls
    }
    assert not [finding for finding in document["findings"] if "alice" in json.dumps(finding)]
    assert 0 < document["overall_compliance"] < document["assessed_share"] <= 1
