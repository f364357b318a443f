"""Assessments that are worked on after the answer: whatever dies or comes twice, each is made once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from compliance import announcing, assessing, service, stopping, store
from compliance.assessment import Assessment, State
from pentarch.audit import store as audit
from pentarch.events.store import append
from pentarch.platform.clock import epoch_ms, iso
from pentarch.platform.ids import uuid7
from support.assessments import CHECK, CHECKS, Auditor, run, seen, stands
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key


def asked(api: Caller, **more: Any) -> str:
    reply = api.post(CHECK, {"framework": "SOC2", "async": True, **more}).expect(202).data
    assert reply["status"] == "queued"
    return str(reply["check_id"])


def cancelled(api: Caller, check_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.post(f"{CHECKS}/{check_id}/cancel", {}).expect(200).data
    return found


def completions() -> list[str]:
    return [event.resource for event in events_of("acme", "compliance.check_completed")]


def test_a_queued_assessment_is_worked_on(auditor: Auditor, api: Caller) -> None:
    assert auditor.house.doors is not None
    auditor.house.doors["front"] = False
    made = asked(api)
    assert (seen(api, made)["status"], seen(api, made)["report_url"], stands(api)) == ("queued", None, [])
    auditor.run()
    whole = seen(api, made)
    assert (whole["status"], whole["finding_counts"]["critical"]) == ("completed", 1)
    assert whole["report_url"].startswith(f"/api/v1/compliance/reports/{made}?")
    assert completions() == [made]
    assert api.get(CHECKS).data["total"] == 1
    assert [row["last_check_id"] for row in stands(api)] == [made]


def test_a_long_range_and_a_long_trail_are_worked_on_afterwards(
    auditor: Auditor, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = iso(auditor.clock.at - timedelta(days=200))
    api.post(CHECK, {"framework": "SOC2", "scope": {"time_range": {"start": start}}}).expect(202)
    run(api)
    monkeypatch.setattr(audit, "count", lambda *_: service.MAX_EVENTS_IN_A_REQUEST + 1)
    api.post(CHECK, {"framework": "SOC2"}).expect(202)


def test_what_turns_out_to_take_long_is_worked_on_afterwards(auditor: Auditor, api: Caller) -> None:
    auditor.house.late_looks = 1
    made = api.post(CHECK, {"framework": "SOC2"}).expect(202).data["check_id"]
    auditor.run()
    assert (seen(api, made)["status"], seen(api, made)["overall_compliance"]) == ("completed", 1.0)


def test_what_takes_too_long_even_afterwards_is_not_assessed(auditor: Auditor, api: Caller) -> None:
    auditor.house.late_looks = 2
    made = api.post(CHECK, {"framework": "SOC2"}).expect(202).data["check_id"]
    auditor.run()
    assert {check["verdict"] for check in seen(api, made)["checks"]} == {"not_assessed"}
    assert seen(api, made)["overall_compliance"] == 0


def test_everything_may_come_twice(auditor: Auditor, api: Caller) -> None:
    made = asked(api)
    auditor.run()
    auditor.replay_stream()
    auditor.run()
    assert completions() == [made]
    assert auditor.house.looks == 1


@pytest.mark.parametrize("after", range(1, 12))
def test_a_worker_that_dies_anywhere_loses_nothing_and_repeats_nothing(
    auditor: Auditor, api: Caller, after: int
) -> None:
    assert auditor.house.doors is not None
    auditor.house.doors["front"] = False
    made = asked(api)
    auditor.kill("worker", after=after)
    auditor.run()
    assert seen(api, made)["status"] == "completed"
    assert completions() == [made]
    assert len(events_of("acme", "compliance.violation")) == 1
    assert api.post(f"{CHECKS}/{made}/verify").data["verified"]


def test_a_worker_that_dies_behind_the_evidence_goes_on_with_it(auditor: Auditor, api: Caller) -> None:
    made = asked(api)
    keep = store.keep_document

    def die(*_: object) -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "keep_document", die)
        while seen(api, made)["status"] == "queued" and not auditor.house.looks:
            auditor.step()
    assert store.keep_document is keep
    assert auditor.house.doors is not None
    auditor.house.doors["front"] = False  # too late: it was closed when it was looked at
    auditor.run()
    assert seen(api, made)["finding_counts"]["critical"] == 0
    assert auditor.house.looks == 1


@pytest.mark.parametrize("after", range(1, 15))
def test_a_request_that_dies_leaves_a_whole_assessment_or_none(auditor: Auditor, api: Caller, after: int) -> None:
    with auditor.dying(after=after):
        api.post(CHECK, {"framework": "SOC2"})
    listed = api.get(CHECKS).expect(200).data
    made = [row["check_id"] for row in listed["checks"]]
    assert listed["total"] == len(made)
    assert completions() == made == [row["last_check_id"] for row in stands(api)]
    for check_id in made:
        assert seen(api, check_id)["status"] == "completed"


def test_an_assessment_that_waits_can_be_cancelled(auditor: Auditor, api: Caller) -> None:
    made = asked(api)
    for _ in range(2):  # again it changes nothing
        assert cancelled(api, made)["status"] == "cancelled"
    auditor.run()
    assert (seen(api, made)["status"], seen(api, made)["report_url"], stands(api)) == ("cancelled", None, [])
    assert auditor.house.looks == 0
    [told] = events_of("acme", "compliance.check_cancelled")
    assert (told.resource, completions()) == (made, [])
    assert auditor.messages("COMPLIANCE_DEAD_LETTER_QUEUE_URL") == []


def test_what_has_ended_is_not_cancelled_and_nobody_elses_is_seen(auditor: Auditor, api: Caller) -> None:
    made = run(api)["check_id"]
    api.post(f"{CHECKS}/{made}/cancel", {}).expect(409)
    waits = asked(api)
    auditor.tenant("other").post(f"{CHECKS}/{waits}/cancel", {}).expect(404)
    api.using(make_key("acme", "viewer")).post(f"{CHECKS}/{waits}/cancel", {}).expect(403)
    auditor.run()
    assert seen(api, waits)["status"] == "completed"


def test_a_cancellation_behind_any_call_of_the_worker_ends_it_once_one_way_or_the_other(
    auditor: Auditor, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "LOOK_EVERY_S", 0)
    ends = set()
    for after in range(1, 30):
        auditor.clock.advance(minutes=1)  # so many requests take that long
        made = asked(api)
        meanwhile = auditor.interrupt("worker", partial(api.post, f"{CHECKS}/{made}/cancel", {}), after=after)
        auditor.run()
        told = [event for kind in ("completed", "cancelled") for event in events_of("acme", f"compliance.check_{kind}")]
        [end] = [event.type.rpartition("_")[2] for event in told if event.resource == made]
        assert seen(api, made)["status"] == end
        ends.add(end)
        if not meanwhile.happened:
            break
    assert ends == {"completed", "cancelled"}
    assert after > 4


@pytest.mark.parametrize("after", range(1, 5))
def test_a_worker_that_dies_at_a_cancelled_assessment_leaves_it_cancelled(
    auditor: Auditor, api: Caller, after: int
) -> None:
    made = asked(api)
    auditor.interrupt("worker", lambda: api.post(f"{CHECKS}/{made}/cancel", {}).expect(200), after=1)
    while auditor.invocations("worker") == 0:
        auditor.step()
    auditor.kill("worker", after=after)
    auditor.replay_stream()
    auditor.run()
    assert seen(api, made)["status"] == "cancelled"
    assert len(events_of("acme", "compliance.check_cancelled")) == 1


def test_what_cannot_be_made_fails_in_the_end(auditor: Auditor, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked(api)

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(assessing, "deployed", broken)
    auditor.run()
    told = seen(api, made)
    assert (told["status"], told["failure"]) == ("failed", assessing.FAILURE)
    assert [event.resource for event in events_of("acme", "compliance.check_failed")] == [made]
    assert auditor.messages("COMPLIANCE_DEAD_LETTER_QUEUE_URL") == []
    assert api.post(f"{CHECKS}/{made}/verify").expect(409).json()["error"]["code"] == "CONFLICT"


def test_an_assessment_that_is_overtaken_is_compared_with_the_one_that_came_in_between(
    auditor: Auditor, api: Caller
) -> None:
    assert auditor.house.doors is not None
    auditor.house.doors["front"] = False
    earlier: Assessment = store.get("acme", run(api)["check_id"])  # type: ignore[assignment]
    auditor.clock.advance(minutes=1)
    other = replace(earlier, id=uuid7(epoch_ms(auditor.clock.at)), state=State.QUEUED)
    between: list[str] = []
    keep = store.keep_document

    def overtaken(tenant: str, check_id: str, content: Any) -> Any:
        if not between:
            between.append(other.id)
            assessing.assess(other, is_new=True, within_s=1)
        return keep(tenant, check_id, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "keep_document", overtaken)
        found = run(api)
    assert found["comparison"]["previous_check_id"] == between[0]
    assert [finding["state"] for finding in found["findings"]] == ["still_failing"]
    assert len(events_of("acme", "compliance.violation")) == 1
    assert sorted(completions()) == sorted([earlier.id, other.id, found["check_id"]])


def test_many_grave_findings_fit_into_one_transaction(auditor: Auditor, api: Caller) -> None:
    auditor.house.doors = {f"door-{number:03}": False for number in range(200)}
    found = run(api)
    assert found["finding_counts"]["critical"] == 200
    assert len(found["comparison"]["new"]) == 200
    told = events_of("acme", "compliance.violation")
    assert len(told) == announcing.MAX_VIOLATIONS
    [end] = events_of("acme", "compliance.check_completed")
    assert end.data["violations"] == 200


def test_a_message_of_no_known_kind_goes_to_the_dead_letters(auditor: Auditor, api: Caller) -> None:
    run(api)
    auditor.send("COMPLIANCE_QUEUE_URL", '{"kind":"dance","tenant":"acme","id":"x"}')
    auditor.run()
    assert len(auditor.messages("COMPLIANCE_DEAD_LETTER_QUEUE_URL")) == 1


def test_a_message_about_what_is_gone_is_done(auditor: Auditor, api: Caller) -> None:
    one: Assessment = store.get("acme", run(api)["check_id"])  # type: ignore[assignment]
    append(announcing.requested(one, auditor.clock.at))
    auditor.send("COMPLIANCE_QUEUE_URL", '{"kind":"assess","tenant":"acme","id":"gone"}')
    auditor.run()
    assert completions() == [one.id]
    assert auditor.messages("COMPLIANCE_DEAD_LETTER_QUEUE_URL") == []
