"""Who changes the same thing at once: one conditional write decides, and no version is lost."""

import pytest

from support.atomic import make_calls_atomic
from support.configurations import PATH, at_once, create, seen, slo, update
from support.lambdas import Caller, Reply
from support.log import events_of


def test_of_many_who_insist_on_a_version_one_wins(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    make_calls_atomic(monkeypatch)

    def insist(number: int) -> Reply:
        return api.put(path, {"value": {"p95_ms": number + 1}}, headers={"If-Match": '"1"'})

    replies = at_once(6, insist)
    won = [reply.json() for reply in replies if reply.status == 200]
    lost = [reply for reply in replies if reply.status == 409]
    assert (len(won), len(lost)) == (1, 5)
    assert {reply.json()["error"]["code"] for reply in lost} == {"CONFLICT"}
    assert seen(api, made)["value"] == won[0]["value"]
    assert len(events_of("acme", "configuration.updated")) == 1


def test_of_many_who_do_not_insist_each_makes_a_version(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    make_calls_atomic(monkeypatch)
    replies = at_once(6, lambda number: api.put(path, {"value": {"p95_ms": number + 1}}))
    assert sorted(reply.expect(200).json()["version"] for reply in replies) == [2, 3, 4, 5, 6, 7]
    history = api.get(f"{path}/history").json()["versions"]
    assert {row["value"]["p95_ms"] for row in history} == {500, 1, 2, 3, 4, 5, 6}
    assert [row["version"] for row in history] == [7, 6, 5, 4, 3, 2, 1]
    told = [event.data["version"] for event in events_of("acme", "configuration.updated")]
    assert told == [2, 3, 4, 5, 6, 7]


def test_of_many_who_create_the_same_name_one_does(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)
    replies = at_once(5, lambda _: api.post(PATH, slo()))
    assert sorted(reply.status for reply in replies) == [201, 409, 409, 409, 409]
    page = api.get(PATH).json()
    assert page["total"] == len(page["configurations"]) == 1


def test_the_present_version_may_be_insisted_on(api: Caller) -> None:
    made = create(api)
    for present, tags in enumerate(('"1"', 'W/"2"', '"3", "7"', "*"), start=1):
        reply = api.put(f"{PATH}/{made['config_id']}", {"value": {}}, headers={"If-Match": tags}).expect(200)
        assert reply.headers["etag"] == f'"{present + 1}"'


def test_a_former_version_may_not(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    update(api, made, {"p95_ms": 1}, expected_version=1)
    stale = {"If-Match": '"1"'}
    for reply in (
        api.put(path, {"value": {}}, headers=stale),
        api.put(path, {"value": {}, "expected_version": 1}),
        api.delete(path, headers=stale),
        api.post(f"{path}/rollback/1", headers=stale),
    ):
        details = reply.expect(409).json()["error"]["details"]
        assert details == {"expected_version": "1", "version": 2}


def test_a_precondition_that_cannot_be_read_is_refused(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    api.put(path, {"value": {}}, headers={"If-Match": "1"}).expect(400)
    api.put(path, {"value": {}, "expected_version": 1}, headers={"If-Match": '"2"'}).expect(400)
