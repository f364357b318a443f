"""Requests of data subjects: who may ask, what is found, what is forgotten, and what is left to prove it."""

import json
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

import llm.worker
from compliance.subjects import store
from identity import bootstrap
from jobs.api import handler as jobs_handler
from pentarch.files import store as files
from pentarch.identity.model import Kind
from pentarch.identity.store import IdentityItem, principal_key, pseudonym_key
from pentarch.llm.service import Gateway
from pentarch.work import recurrences
from support.fake_models import FakeModel
from support.job_stack import a_job
from support.lambdas import Caller
from support.log import events_of
from support.people import REQUESTS, Administered, Town, holding
from support.stopped_clock import StoppedClock
from support.tenants import make_key


@pytest.fixture
def town(
    aws: None,  # noqa: ARG001 (what it lies in)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> Town:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(llm.worker, "GATEWAY", Gateway(load=FakeModel().catalogue))
    return Town(monkeypatch, clock)


@pytest.fixture
def acme(town: Town) -> Administered:
    return town.tenant("acme", "boss")


def document_of(told: dict[str, Any]) -> dict[str, Any]:
    bucket, _, key = urlsplit(told["export_url"]).path.lstrip("/").partition("/")
    document: dict[str, Any] = json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    return document


def busy_life(acme: Administered) -> tuple[str, str]:
    """Rosalind makes two jobs, one done and one waiting, and leaves traces of her name; her token and her subject."""
    subject = str(acme.user("rosalind", **{"Idempotency-Key": "one"})["subject"])
    token = str(acme.log_in("rosalind")["access_token"])
    acme.log_in("rosalind")
    acme.identity.post("/api/v1/keys", {"name": "Rosalind's laptop", "role": "viewer"}).expect(201)
    acme.job(token, {"prompt": "Hello, I am Rosalind"}, name="rosalind one", **{"Idempotency-Key": "two"})
    acme.town.run()
    acme.job(token, {"prompt": "Rosalind again"}, name="rosalind two")
    return token, subject


def test_a_copy_holds_what_is_known_of_a_person(acme: Administered) -> None:
    _, subject = busy_life(acme)
    acme.town.run()
    told = acme.answered("access", "user:rosalind", reason="her letter")
    assert (told["state"], told["subject"], told["reason"]) == ("answered", None, None)
    assert told["found"]["identity"] == {"users": 1, "sessions": 2, "labels": 1}
    assert told["found"]["jobs"]["jobs"] == 2
    assert told["found"]["idempotency"] == {"answers": 2}
    found = document_of(told)
    parts = found["aggregates"]
    assert found["subject"] == "user:rosalind"
    assert {record["record"] for record in parts["identity"]} == {"user", "session", "label of a key"}
    assert {job["name"] for job in parts["jobs"]} == {"rosalind one", "rosalind two"}
    assert [{"prompt": "Hello, I am Rosalind"}] in [job["inputs"] for job in parts["jobs"]]
    assert {record["actor"] for record in parts["events"] if record["record"] == "session.opened"} == {subject}
    assert [row["requests"] for row in parts["usage"]] == [2]


def test_a_person_may_be_asked_for_by_name_or_by_pseudonym(acme: Administered) -> None:
    subject = acme.user("rosalind")["subject"]
    digests = {acme.answered("access", one)["subject_digest"] for one in ("rosalind", "user:Rosalind", subject)}
    assert len(digests) == 1
    assert acme.answered("access", "somebody")["subject_digest"] not in digests


def test_nothing_but_the_proof_is_left_of_an_erased_person(acme: Administered) -> None:
    token, subject = busy_life(acme)
    acme.answered("access", "rosalind", reason="Rosalind asked")
    told = acme.answered("erasure", "rosalind", reason="Rosalind asked")
    assert (told["state"], told["found"]["identity"]["users"], told["found"]["jobs"]["jobs"]) == ("answered", 1, 2)
    assert set(told["retained"]) == {"events", "usage"}
    assert holding("rosalind") == []
    [proof] = events_of("acme", "compliance.subject_erased")
    assert proof.action == "subject_erase"
    assert proof.resource == proof.data["request_id"] == told["request_id"]
    assert proof.data["subject_digest"] == told["subject_digest"] == store.digest("acme", "rosalind")
    assert proof.data["found"] == told["found"]
    [erased] = events_of("acme", "user.erased")
    assert erased.resource == subject
    anybody = Caller(acme.identity.handler, {})
    anybody.post("/api/v2/auth/login", {"username": "rosalind", "password": "correct horse battery"}).expect(401)
    acme.town.clock.advance(seconds=60)
    Caller(acme.compliance.handler, {"Authorization": f"Bearer {token}"}).get(REQUESTS).expect(401)


def test_a_waiting_job_of_an_erased_person_is_cancelled_and_never_runs(acme: Administered) -> None:
    token = str(acme.user("rosalind") and acme.log_in("rosalind")["access_token"])
    job_id = acme.job(token, {"prompt": "x"})
    acme.ask("erasure", "rosalind")
    for _ in range(3):
        acme.town.deliver("fanout")
        acme.town.deliver("worker")
    acme.town.run()
    assert [event.resource for event in events_of("acme", "job.cancelled")] == [job_id]
    assert events_of("acme", "llm.completed") == []


def test_what_recurs_for_an_erased_person_ends(acme: Administered) -> None:
    token = str(acme.user("rosalind") and acme.log_in("rosalind")["access_token"])
    caller = Caller(jobs_handler, {"Authorization": f"Bearer {token}"})
    asked = {"name": "nightly", "interval": "daily", "job": a_job({"prompt": "x"})}
    caller.post("/api/v2/jobs/recurring", asked).expect(201)
    assert acme.answered("erasure", "rosalind")["found"]["recurring_jobs"] == {"recurring_jobs": 1}
    assert list(recurrences.page("acme", 10).recurrences) == []


def test_others_keep_what_is_theirs(acme: Administered) -> None:
    busy_life(acme)
    acme.user("anna")
    anna = str(acme.log_in("anna")["access_token"])
    acme.job(anna, {"prompt": "Anna was here"}, name="of anna", **{"Idempotency-Key": "three"})
    other = acme.town.tenant("other", "other-boss")
    acme.identity.post("/api/v1/keys", {"name": "Rosalinda", "role": "viewer"}).expect(201)
    acme.town.run()
    acme.answered("erasure", "rosalind")
    assert set(holding("rosalind")) == {"IdentityTable"}  # Rosalinda is another name
    assert "FilesBucket".lower() in holding("Anna was here")
    Caller(acme.compliance.handler, {"Authorization": f"Bearer {anna}"}).get("/api/v1/compliance/audit").expect(200)
    assert other.answered("access", "rosalind")["found"]["identity"] == {"users": 0, "sessions": 0, "labels": 0}


@pytest.mark.parametrize("after", range(2, 40, 6))
def test_an_erasure_that_dies_half_way_comes_to_the_same_end(acme: Administered, after: int) -> None:
    busy_life(acme)
    acme.town.run()
    request_id = acme.ask("erasure", "rosalind")
    acme.town.kill("worker", after=after)
    acme.town.run()
    told = acme.stands(request_id)
    assert (told["state"], told["found"]["jobs"]["jobs"], told["found"]["identity"]["users"]) == ("answered", 2, 1)
    assert holding("rosalind") == []
    assert len(events_of("acme", "compliance.subject_erased")) == len(events_of("acme", "user.erased")) == 1


def test_a_request_that_comes_again_from_the_stream_is_answered_once(acme: Administered) -> None:
    acme.user("rosalind")
    acme.answered("erasure", "rosalind")
    acme.town.replay_stream()
    acme.town.run()
    assert len(events_of("acme", "compliance.subject_erased")) == 1


def test_the_last_administrator_cannot_be_erased(acme: Administered) -> None:
    body = {"kind": "erasure", "subject": "boss"}
    assert acme.compliance.post(REQUESTS, body).expect(409).json()["error"]["code"] == "CONFLICT"
    acme.user("rosalind", role="admin")
    assert acme.answered("erasure", "boss")["state"] == "answered"
    assert holding("boss") == []
    acme.compliance.post(REQUESTS, body | {"subject": "rosalind"}).expect(409)


def test_of_two_last_administrators_one_stays(acme: Administered) -> None:
    acme.user("rosalind", role="admin")
    asked = [acme.ask("erasure", name) for name in ("boss", "rosalind")]
    acme.town.run()
    told = [acme.stands(request_id) for request_id in asked]
    assert sorted(one["state"] for one in told) == ["answered", "refused"]
    assert "administrator" in next(one["refusal"] for one in told if one["state"] == "refused")
    assert len(list(IdentityItem.query("acme", IdentityItem.key.startswith(f"{Kind.USER}#")))) == 1


def test_the_bootstrap_gives_an_erased_administrator_a_successor(acme: Administered) -> None:
    acme.user("rosalind", role="admin")
    acme.answered("erasure", "boss")
    again = bootstrap.handler({"tenant": "acme", "reset_credentials": True, "admin": {"username": "next"}}, None)
    assert again["username"] == "next"
    body = {"username": "next", "password": again["password"]}
    Caller(acme.identity.handler, {}).post("/api/v2/auth/login", body).expect(200)


def test_a_user_from_before_pseudonyms_is_erased_and_the_answer_says_what_still_names_them(
    acme: Administered,
) -> None:
    pseudonym = str(acme.user("rosalind")["subject"]).removeprefix("user:")
    IdentityItem("acme", principal_key(Kind.USER, "rosalind")).update(actions=[IdentityItem.pseudonym.remove()])
    IdentityItem("acme", pseudonym_key(pseudonym)).delete()
    acme.log_in("rosalind")
    acme.town.run()
    told = acme.answered("erasure", "rosalind")
    assert "by name" in told["retained"]["events"]
    assert set(holding("rosalind")) == {"EventsTable"}


def test_what_is_asked_twice_is_a_conflict_until_it_is_answered(acme: Administered) -> None:
    acme.user("rosalind")
    first = acme.ask("access", "rosalind")
    error = acme.compliance.post(REQUESTS, {"kind": "access", "subject": "user:rosalind"}).expect(409).json()["error"]
    assert error["details"]["request_id"] == first
    acme.town.run()
    assert acme.ask("access", "rosalind") != first


def test_a_request_that_was_given_up_stays_open_and_can_be_asked_for_again(
    acme: Administered, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.user("rosalind")
    with monkeypatch.context() as patch:
        patch.setattr(files, "delete_for_good", _broken)
        request_id = acme.ask("erasure", "rosalind")
        acme.town.run()
        assert acme.stands(request_id)["state"] == "failed"
    acme.town.clock.advance(days=40)
    assert acme.stands(request_id)["is_overdue"]
    assert [one.id for one in store.open_requests("acme")] == [request_id]
    assert acme.ask("erasure", "rosalind") == request_id
    acme.town.run()
    told = acme.stands(request_id)
    assert (told["state"], told["found"]["identity"]["users"]) == ("answered", 1)
    assert list(store.open_requests("acme")) == []


def _broken(_: str) -> None:
    msg = "the bucket does not answer"
    raise OSError(msg)


def test_requests_are_listed_newest_first_a_page_at_a_time(acme: Administered) -> None:
    asked = []
    for name in ("anna", "bert", "cleo"):
        asked.append(acme.ask("access", name))
        acme.town.clock.advance(seconds=1)
    first = acme.compliance.get(REQUESTS, query={"limit": 2}).expect(200).data
    rest = acme.compliance.get(REQUESTS, query={"limit": 2, "cursor": first["next_cursor"]}).expect(200).data
    seen = [one["request_id"] for one in first["requests"] + rest["requests"]]
    assert (seen, first["total"], rest["next_cursor"]) == (asked[::-1], 3, None)
    assert "anna" not in json.dumps(first | rest)


def test_open_and_answered_requests_are_found_by_their_dates(acme: Administered) -> None:
    start = acme.town.clock.at
    late = acme.ask("access", "anna")
    acme.town.clock.advance(days=2)
    soon = acme.ask("access", "bert")
    assert [one.id for one in store.open_requests("acme")] == [late, soon]
    acme.town.run()
    end = acme.town.clock.at
    assert list(store.open_requests("acme")) == []
    acme.town.clock.advance(days=1)
    assert {one.id for one in store.answered("acme", start, acme.town.clock.at)} == {late, soon}
    assert list(store.answered("acme", start, start)) == []
    assert end < acme.town.clock.at


@pytest.mark.parametrize(("kind", "role", "status"), [
    ("access", "viewer", 403), ("access", "developer", 403), ("access", "auditor", 202), ("access", "operator", 202),
    ("erasure", "auditor", 403), ("erasure", "operator", 403), ("erasure", "admin", 202),
])  # fmt: skip
def test_who_may_ask(api: Caller, kind: str, role: str, status: int) -> None:
    caller = api.using(make_key("acme", role))
    caller.post(REQUESTS, {"kind": kind, "subject": "rosalind"}).expect(status)


def test_only_who_may_ask_may_look(acme: Administered) -> None:
    request_id = acme.ask("access", "rosalind")
    viewer = acme.compliance.using(make_key("acme", "viewer"))
    viewer.get(REQUESTS).expect(403)
    viewer.get(f"{REQUESTS}/{request_id}").expect(403)
    Caller(acme.compliance.handler, {}).get(REQUESTS).expect(401)


def test_another_tenant_sees_no_request(acme: Administered) -> None:
    request_id = acme.ask("access", "rosalind")
    other = acme.town.tenant("other", "other-boss").compliance
    other.get(f"{REQUESTS}/{request_id}").expect(404)
    assert other.get(REQUESTS).expect(200).data["requests"] == []


@pytest.mark.parametrize(("body", "field"), [
    ({"kind": "forget", "subject": "anna"}, "kind"),
    ({"subject": "anna"}, "kind"),
    ({"kind": "access"}, "subject"),
    ({"kind": "access", "subject": "  "}, "subject"),
    ({"kind": "access", "subject": "a" * 321}, "subject"),
    ({"kind": "access", "subject": "anna", "reason": "x" * 1001}, "reason"),
    ({"kind": "access", "subject": "anna", "user": "anna"}, "user"),
])  # fmt: skip
def test_bad_input_is_refused_by_field(api: Caller, body: dict[str, Any], field: str) -> None:
    error = api.post(REQUESTS, body).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)


def test_no_event_tells_whom_a_request_is_about(acme: Administered) -> None:
    acme.user("rosalind")
    acme.answered("access", "rosalind", reason="Rosalind's letter")
    assert "rosalind" not in repr(events_of("acme")).lower()
