"""What is in the event log, in the configurations and under the seal is what the checks judge."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import configurations.api
import configurations.facts
import identity.api
import identity.facts
import infrastructure.facts
import models.facts
import nlp.api
import registry.facts
import sessions.facts
import specialists.facts
import tools.facts
import webhooks.facts
import workflows.facts
from compliance import announcing
from compliance.evidence import calls, log
from compliance.reports import facts as reports_facts
from pentarch.configuration import accessor
from pentarch.events import store as events
from pentarch.events.model import happened
from pentarch.events.store import EventItem, partition_of
from pentarch.platform import clock
from pentarch.web.admission import Gate
from pentarch.work import facts as work_facts
from support.audited import GENERATE, House, audited
from support.gateway import openai_like, use_providers
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.upstream import FakeUpstream


@pytest.fixture
def acme(aws: None, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:  # noqa: ARG001 (what it runs in)
    with audited("acme", "alice", clock, monkeypatch) as house:
        yield house


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    with FakeUpstream() as server:
        yield server


def test_confidential_calls_are_routed_as_policy_says_and_can_be_checked_again(
    acme: House, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="INTERNAL"))
    acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"}).expect(200)
    acme.llm.post(GENERATE, {"prompt": "write to bob@example.com"}).expect(200)
    acme.llm.post(GENERATE, {"prompt": "hello"}).expect(200)
    assert len(acme.is_well("sensitive-calls-routed-as-policy-says").examined) == 2
    for check_id in ("sensitive-calls-sent-to-cleared-models", "sensitive-calls-encrypted", "model-calls-classified"):
        acme.is_well(check_id)
    acme.is_well("prompt-classes-not-understated")
    assert len(upstream.requests) == 1


def test_analyses_of_texts_are_looked_at_as_calls_are(acme: House) -> None:
    nlp.api.app.state.gate = Gate()
    texts = replace(acme.llm, handler=nlp.api.handler)
    texts.post("/api/v2/ai/nlp/analyze", {"text": "write to bob@example.com", "language": "en"}).expect(200)
    assert len(acme.is_well("sensitive-calls-routed-as-policy-says").examined) == 1
    for check_id in ("sensitive-calls-sent-to-cleared-models", "sensitive-calls-encrypted", "model-calls-classified"):
        acme.is_well(check_id)


def test_a_call_that_went_elsewhere_than_its_proof_says_is_found(acme: House) -> None:
    acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"}).expect(200)
    [event] = events_of("acme", "llm.completed")
    item = EventItem.get(partition_of("acme", event.id), event.id)
    item.data = item.data.replace('"max_sensitivity":"CRITICAL"', '"max_sensitivity":"PUBLIC"')
    item.save()
    faults = acme.faults("sensitive-calls-routed-as-policy-says")
    assert any("snapshot_hash is not the hash of the problem" in fault for fault in faults)
    assert any("may see PUBLIC at most" in fault for fault in acme.faults("sensitive-calls-sent-to-cleared-models"))


def test_proofs_beyond_those_that_are_kept_are_verified_all_the_same(
    acme: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"}).expect(200)
    monkeypatch.setattr(calls, "MAX_PROOFS", 1)
    acme.is_well("sensitive-calls-routed-as-policy-says")
    oldest = events_of("acme", "llm.completed")[0]
    item = EventItem.get(partition_of("acme", oldest.id), oldest.id)
    item.data = item.data.replace('"snapshot_hash":"', '"snapshot_hash":"0')
    item.save()
    [fault] = acme.faults("sensitive-calls-routed-as-policy-says")
    assert fault == f"{oldest.id}: snapshot_hash is not the hash of the problem"


def test_a_loosened_sensitivity_policy_shows_in_configuration_and_in_calls(acme: House) -> None:
    value = {"floors": {"email": "PUBLIC"}, "undeclared": "PUBLIC", "acknowledge_risk": True}
    policy = {"tenant_id": "acme", "config_type": "sensitivity_policy", "name": "loose", "value": value}
    acme.is_well("sensitivity-policy-not-loosened")
    acme.configurations.post("/configurations", policy).expect(201)
    accessor.forget()
    acme.llm.post(GENERATE, {"prompt": "write to bob@example.com"}).expect(200)
    assert len(acme.faults("sensitivity-policy-not-loosened")) == 2
    [fault] = acme.faults("prompt-classes-not-understated")
    assert "email was recognised is classed PUBLIC, under SENSITIVE" in fault
    [fault] = acme.faults("security-changes-approved-by-two")
    assert "sensitivity_policy was changed without a second person" in fault


def test_a_change_that_somebody_else_approved_is_well(acme: House) -> None:
    approval = {"tenant_id": "acme", "config_type": "approval", "name": "all", "value": {"required": True}}
    acme.configurations.post("/configurations", approval).expect(201)
    acme.is_well("approval-demanded")
    policy = {"tenant_id": "acme", "config_type": "routing_policy", "name": "r", "value": {"require_encryption": True}}
    made = acme.configurations.post("/configurations", policy).expect(202).json()
    assert "no routing policy in force" in acme.faults("encryption-demanded")[0]
    second = acme.configurations.using(acme.identity.post("/api/v1/keys", {"name": "b", "role": "admin"}).data["key"])
    second.post(f"/configurations/{made['config_id']}/versions/1/approve").expect(200)
    acme.is_well("encryption-demanded")
    [fault] = acme.faults("security-changes-approved-by-two")
    assert "type approval" in fault  # the demand itself came before anybody demanded a second person


def test_events_of_real_functions_hold_nothing_personal(acme: House) -> None:
    acme.log_in().expect(200)
    acme.llm.post(GENERATE, {"prompt": "call +49 30 901820, write to bob@example.com"}).expect(200)
    acme.is_well("events-free-of-personal-data")


def test_an_address_in_a_configuration_stays_out_of_the_log_and_one_in_an_event_is_found(acme: House) -> None:
    value = {"contact": "bob@example.com"}
    body = {"tenant_id": "acme", "config_type": "tenant", "name": "shop", "value": value}
    acme.configurations.post("/configurations", body).expect(201)
    acme.is_well("events-free-of-personal-data")
    careless = {"action": "note", "actor": "system:test", "resource": "shop", "data": value}
    events.append(happened(clock.now(), "acme", "note.written", **careless))
    [fault] = acme.faults("events-free-of-personal-data")
    assert "note.written: its data holds what looks like email (1)" in fault


def test_sealed_events_verify_and_an_unsealed_one_is_late(acme: House, clock: StoppedClock) -> None:
    acme.seal()
    clock.advance(seconds=61)
    acme.is_well("audit-trail-sealed")
    acme.is_well("audit-trail-verifies")
    acme.log_in().expect(200)
    acme.is_well("audit-trail-sealed")  # it is a second old
    clock.advance(seconds=61)
    [fault] = acme.faults("audit-trail-sealed")
    assert "not sealed 62 seconds after it happened" in fault


@pytest.mark.parametrize("harm", ["changed", "removed"])
def test_harm_to_a_sealed_event_is_found(acme: House, harm: str) -> None:
    acme.log_in().expect(200)
    acme.seal()
    [event] = events_of("acme", "session.opened")
    item = EventItem.get(partition_of("acme", event.id), event.id)
    if harm == "changed":
        item.update(actions=[EventItem.actor.set("key:somebody-else")])
    else:
        item.delete()
    [fault] = acme.faults("audit-trail-verifies")
    assert fault.startswith(event.id)
    assert ("it was changed" if harm == "changed" else "gone from the log") in fault


def test_a_flood_of_calls_hides_no_privileged_action_and_no_confidential_call(
    acme: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"}).expect(200)
    for _ in range(8):
        acme.llm.post(GENERATE, {"prompt": "hello", "sensitivity": "PUBLIC"}).expect(200)
    acme.seal()
    whole = acme.evidence("privileged_actions", "sensitive_calls", "logins", "sessions_ended")
    monkeypatch.setattr(log, "MAX_EVENTS", 5)
    part = acme.evidence("privileged_actions", "sensitive_calls", "logins", "sessions_ended")
    assert part == whole
    assert len(whole["privileged_actions"]) >= 4  # type: ignore[arg-type]
    acme.is_well("credentials-traced")
    assert len(acme.is_well("sensitive-calls-routed-as-policy-says").examined) == 1
    assert "5 events were read" in acme.is_well("model-calls-classified").examined[-1]


def test_a_list_that_is_longer_than_what_is_read_says_since_when_it_is_whole(
    acme: House, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    for _ in range(4):
        clock.advance(seconds=30)
        acme.identity.post("/api/v1/keys", {"name": "ci", "role": "viewer", "expires_in_days": 30}).expect(201)
    acme.seal()
    monkeypatch.setattr(log, "MAX_EVENTS", 1)
    monkeypatch.setattr(log, "MAX_LISTED", 2)
    outcome = acme.is_well("credentials-traced")
    assert len(outcome.examined) == 3  # two keys, and the note
    assert "which are all since" in outcome.examined[-1]


RIGHTS = (identity.facts, configurations.facts, registry.facts)
OTHERS = (
    infrastructure.facts,
    models.facts,
    sessions.facts,
    specialists.facts,
    tools.facts,
    webhooks.facts,
    workflows.facts,
    announcing,
    reports_facts,
    work_facts,
)
TOLD_ELSEWHERE = {
    "audit_prune",
    "user_erase",
    "infrastructure_scale",
    "infrastructure_sync",
    "service_start",
    "service_stop",
}
"""By code that names its one action itself."""
NO_DECISION = {
    "route_decide",
    "route_invoke",
    "route_refuse",
    "service_activate",
    "service_deactivate",
    "signing_key_publish",
    "signing_keys_settle",
    "token_refresh",
}
"""What the system does by itself, or by the minute."""


def told_by(*modules: Any) -> set[str]:
    return {action for module in modules for action in module._ACTIONS.values()}


def test_no_action_of_the_slices_that_change_rights_is_forgotten() -> None:
    assert told_by(*RIGHTS) - NO_DECISION <= {*log.PRIVILEGED, *log.LOGINS, *log.SESSION_ENDS}


def test_every_privileged_action_is_one_that_something_tells() -> None:
    assert set(log.PRIVILEGED) - TOLD_ELSEWHERE <= told_by(*RIGHTS, *OTHERS)
