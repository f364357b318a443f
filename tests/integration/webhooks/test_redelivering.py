"""Sending again: one, a span of time, what failed."""

import pytest

from support.health_server import HealthServer
from support.job_stack import told
from support.lambdas import Caller
from support.webhooks import PATH, WebhookStack, deliveries, register, shown, tell
from webhooks import redelivering


def fail(stack: WebhookStack, api: Caller, receiver: HealthServer, count: int) -> list[str]:
    receiver.status = 500
    told_of = []
    for _ in range(count):
        told_of.append(tell("acme"))
        stack.clock.advance(minutes=1)
    stack.run_all()
    receiver.status = 200
    receiver.asked.clear()
    del api
    return told_of


def test_one_is_sent_again_with_the_id_that_it_had(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    [failed] = fail(stack, api, receiver, 1)
    again = api.post(f"{PATH}/{webhook}/deliveries/{failed}/redeliver").expect(202).json()
    assert (again["status"], again["redelivered"]) == ("pending", 1)
    api.post(f"{PATH}/{webhook}/deliveries/{failed}/redeliver").expect(409)
    stack.run()
    assert [one.headers["webhook-id"] for one in receiver.asked] == [failed]
    assert deliveries(api, webhook)[0]["status"] == "delivered"
    api.post(f"{PATH}/{webhook}/deliveries/{failed}/redeliver").expect(202)  # what was delivered may come again too
    stack.run()
    assert len(receiver.asked) == 2
    assert len(told("acme", "webhook.redelivery_requested")) == 2


def test_all_that_failed_is_sent_again_once_however_often_a_page_is_walked(
    stack: WebhookStack, api: Caller, receiver: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redelivering, "PAGE", 3)
    webhook = register(api, receiver.url)
    failed = fail(stack, api, receiver, 7)
    taken = tell("acme")
    stack.run()
    receiver.asked.clear()
    for calls in range(1, 40):
        death = stack.kill("deliver", after=calls)
        api.post(f"{PATH}/{webhook}/redeliver").expect(202)
        stack.run()
        ids = [one.headers["webhook-id"] for one in receiver.asked]
        if calls == 1:
            assert sorted(set(ids)) == failed
            assert taken not in ids
        if not death.happened:
            break
    assert deliveries(api, webhook, status="failed") == []
    assert {one["status"] for one in deliveries(api, webhook)} == {"delivered"}


def test_a_span_sends_again_what_was_delivered_in_it(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    ids = []
    for _ in range(3):
        ids.append(tell("acme"))
        stack.run()
        stack.clock.advance(hours=1)
    receiver.asked.clear()
    seen = {one["id"]: one["event_at"] for one in deliveries(api, webhook)}
    span = {"from": seen[ids[1]], "to": seen[ids[2]], "status": "all"}
    api.post(f"{PATH}/{webhook}/redeliver", span).expect(202)
    stack.run()
    assert [one.headers["webhook-id"] for one in receiver.asked] == [ids[1]]
    stack.replay_stream()
    stack.run()
    assert [one.headers["webhook-id"] for one in receiver.asked] == [ids[1]]


def test_what_is_disabled_is_not_sent_again(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    [failed] = fail(stack, api, receiver, 1)
    api.put(f"{PATH}/{webhook}", {"status": "disabled"}).expect(200)
    api.post(f"{PATH}/{webhook}/deliveries/{failed}/redeliver").expect(409)
    api.post(f"{PATH}/{webhook}/redeliver").expect(409)
    api.post(f"{PATH}/{webhook}/test").expect(409)
    assert shown(api, webhook)["disabled_reason"] == "switched off"


def test_the_log_is_read_page_by_page(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    ids = []
    for _ in range(5):
        ids.append(tell("acme"))
        stack.clock.advance(seconds=1)
    stack.run()
    for status in (None, "delivered"):
        query = {"limit": 2} | ({"status": status} if status else {})
        found: list[str] = []
        while True:
            page = api.get(f"{PATH}/{webhook}/deliveries", query=query).json()
            found += [one["id"] for one in page["deliveries"]]
            if not page["pagination"]["has_more"]:
                break
            query["cursor"] = page["pagination"]["next_cursor"]
        assert found == ids[::-1]
