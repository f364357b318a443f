"""From an event to the receiver, and what follows from what the receiver answers."""

import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from support.health_server import HealthServer
from support.job_stack import told
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.webhooks import PATH, SECRET, WebhookStack, deliveries, parsed, register, shown, tell
from webhooks import delivering


def test_an_event_arrives_signed_for_both_worlds(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    plain = register(api, receiver.url + "/plain")
    enveloped = (
        api.post("/api/v1/webhooks", {"url": receiver.url + "/field", "events": ["job.*"], "secret": SECRET})
        .expect(201)
        .data
    )
    event_id = tell("acme", status="completed", service="llm")
    tell("acme", "job.shard_completed")
    stack.run()
    by_path = {one.path: one for one in receiver.asked}
    assert set(by_path) == {"/plain", "/field"}
    assert len(receiver.asked) == 2
    for one in receiver.asked:
        assert one.method == "POST"
        assert one.headers["webhook-id"] == event_id
        payload = _verified(one.body, one.headers, stack.clock)
        assert payload["event"] == "job.completed"
        assert payload["data"]["results_url"] == "/jobs/job_1/results"
        assert payload["data"]["status"] == "completed"
    assert "signature" not in parsed(by_path["/plain"].body)
    assert parsed(by_path["/field"].body)["signature"].startswith("sha256=")
    assert deliveries(api, plain)[0]["status"] == "delivered"
    statistics = api.get(f"/api/v1/webhooks/{enveloped['id']}").data["statistics"]
    assert (statistics["delivered"], statistics["success_rate"]) == (1, 1.0)


def test_only_a_tenants_own_events_are_told(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    register(api, receiver.url, "*")
    stack.tenant("other")
    tell("other")
    stack.run()
    assert receiver.asked == []


def test_what_fails_is_tried_ten_times_over_three_days_with_one_id_and_then_told_of(
    stack: WebhookStack, api: Caller, receiver: HealthServer, clock: StoppedClock
) -> None:
    webhook = register(api, receiver.url)
    receiver.status, receiver.body = 500, b"out of order"
    event_id, begun = tell("acme"), clock.at
    stack.run_all()
    assert len(receiver.asked) == 10
    assert {one.headers["webhook-id"] for one in receiver.asked} == {event_id}
    assert len({one.headers["webhook-timestamp"] for one in receiver.asked}) == 10
    assert clock.at - begun >= timedelta(days=3)
    [one] = deliveries(api, webhook, status="failed")
    assert (one["attempts"], one["next_attempt_at"]) == (10, None)
    shown_one = api.get(f"{PATH}/{webhook}/deliveries/{event_id}").json()
    assert shown_one["request"] == parsed(receiver.asked[0].body)
    log = shown_one["attempt_log"]
    assert [(each["status_code"], each["response"]) for each in log] == [(500, "out of order")] * 10
    assert all(each["response_ms"] > 0 and each["error"] for each in log)
    assert [event.data["tries"] for event in told("acme", "webhook.delivery_failed")] == [10]
    assert shown(api, webhook)["failing_since"] is not None


def test_a_receiver_that_comes_back_gets_it_then(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    receiver.status = 503
    tell("acme")
    stack.run_all(until=lambda: len(receiver.asked) >= 4)
    receiver.status = 204
    stack.run_all()
    assert len(receiver.asked) == 5
    assert deliveries(api, webhook)[0]["status"] == "delivered"
    assert shown(api, webhook)["failing_since"] is None


def test_gone_disables_at_once(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    other = register(api, receiver.url + "/watch", "webhook.disabled")
    receiver.status = 410
    tell("acme")
    while not told("acme", "webhook.disabled"):
        assert stack.step()
    receiver.status = 200
    stack.run_all()
    seen = shown(api, webhook)
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "the receiver answered 410 Gone")
    assert shown(api, other)["status"] == "active"
    assert [one.path for one in receiver.asked] == ["/", "/watch"]
    asked = len(receiver.asked)
    tell("acme")
    stack.run_all()
    assert len(receiver.asked) == asked


def test_five_days_of_failures_disable(
    stack: WebhookStack, api: Caller, receiver: HealthServer, clock: StoppedClock
) -> None:
    webhook = register(api, receiver.url)
    receiver.status = 500
    tell("acme")
    stack.run_all()
    clock.advance(days=2)
    tell("acme")
    stack.run_all()
    seen = shown(api, webhook)
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "nothing could be delivered for 5 days")
    assert len(receiver.asked) == 11
    assert len(told("acme", "webhook.disabled")) == 1
    api.put(f"{PATH}/{webhook}", {"status": "active"}).expect(200)
    assert shown(api, webhook)["failing_since"] is None


def test_retry_after_is_waited_for(
    stack: WebhookStack, api: Caller, receiver: HealthServer, clock: StoppedClock
) -> None:
    register(api, receiver.url)
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    tell("acme")
    begun = clock.at
    while len(receiver.asked) < 2:
        if not stack.step():
            clock.advance(seconds=10)
    assert clock.at - begun >= timedelta(seconds=600)


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_no_redirect_is_followed_and_nothing_but_2xx_counts(
    stack: WebhookStack, api: Caller, receiver: HealthServer, status: int
) -> None:
    webhook = register(api, receiver.url + "/hook")
    receiver.status, receiver.headers = status, {"Location": receiver.url + "/elsewhere"}
    answer = api.post(f"{PATH}/{webhook}/test").expect(200).json()
    assert (answer["delivered"], answer["status_code"]) == (False, status)
    assert [one.path for one in receiver.asked] == ["/hook"]
    stack.run_all()
    assert len(receiver.asked) == 1  # a test is sent once


def test_a_receiver_that_hangs_drips_or_says_too_much_is_cut_off(
    stack: WebhookStack, api: Caller, receiver: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TIMEOUT_S", 0.2)
    webhook = register(api, receiver.url)
    receiver.delay_s = 0.4
    assert api.post(f"{PATH}/{webhook}/test").json()["status_code"] is None
    receiver.delay_s, receiver.drip_s, receiver.body = 0.0, 0.05, b"x" * 20
    assert api.post(f"{PATH}/{webhook}/test").json()["status_code"] is None
    receiver.drip_s, receiver.body = 0.0, b"x" * 10_000_000
    answer = api.post(f"{PATH}/{webhook}/test").json()
    assert (answer["delivered"], len(answer["response"])) == (True, 1024)
    del stack


def test_a_connection_that_is_reset_is_a_failed_try_that_is_tried_again(
    stack: WebhookStack, api: Caller, receiver: HealthServer
) -> None:
    webhook = register(api, receiver.url)
    receiver.resets = True
    tell("acme")
    stack.run_all(until=lambda: len(receiver.asked) >= 2)
    receiver.resets = False
    stack.run_all()
    [one] = deliveries(api, webhook)
    assert one["status"] == "delivered"
    assert one["attempts"] == len(receiver.asked) > 2
    first = api.get(f"{PATH}/{webhook}/deliveries/{one['id']}").json()["attempt_log"][0]
    assert (first["status_code"], first["response"]) == (None, "")
    assert "does not answer as it should" in first["error"]


def test_nobody_there_is_a_failed_try(stack: WebhookStack, api: Caller) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        webhook = register(api, f"http://127.0.0.1:{free.getsockname()[1]}/")
        tell("acme")
        while not deliveries(api, webhook) or not deliveries(api, webhook)[0]["attempts"]:
            stack.step()
    [one] = deliveries(api, webhook)
    assert (one["status"], one["last_attempt"]["status_code"]) == ("pending", None)
    assert "does not answer" in one["last_attempt"]["error"]


def test_a_name_that_leads_inside_later_is_not_asked(
    stack: WebhookStack, api: Caller, receiver: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = ["93.184.216.34"]

    def resolve(_: str, port: int, *__: object, **___: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setenv("EGRESS_REACH", "off")
    webhook = register(api, "https://rebound.example/hook")
    address[0] = "127.0.0.1"
    tell("acme")
    while not deliveries(api, webhook) or not deliveries(api, webhook)[0]["attempts"]:
        stack.step()
    assert "may not be asked" in deliveries(api, webhook)[0]["last_attempt"]["error"]
    assert receiver.asked == []


def test_what_was_changed_or_removed_meanwhile_counts(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    removed, moved = register(api, receiver.url + "/removed"), register(api, receiver.url + "/before")
    tell("acme")
    while not deliveries(api, moved):
        stack.step()
    api.delete(f"{PATH}/{removed}").expect(204)
    api.put(f"{PATH}/{moved}", {"url": receiver.url + "/after"}).expect(200)
    stack.run_all()
    assert [one.path for one in receiver.asked] == ["/after"]


def test_an_event_that_is_too_large_for_a_message_is_told_without_its_data(
    stack: WebhookStack, api: Caller, receiver: HealthServer
) -> None:
    register(api, receiver.url, "configuration.updated")
    tell("acme", "configuration.updated", text="x" * 150_000)
    stack.run()
    assert parsed(receiver.asked[0].body)["data"] == {"resource": "job_1", "truncated": True}


def _verified(body: bytes, headers: Any, clock: StoppedClock) -> dict[str, Any]:
    """By the official verifier, at the time of the test's clock."""
    assert abs(int(headers["webhook-timestamp"]) - clock.at.timestamp()) < 60
    sent = {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    verifier = Verifier(SECRET)
    moment = clock.at.replace(tzinfo=None)
    moment = moment.fromtimestamp(int(sent["webhook-timestamp"]), tz=clock.at.tzinfo).replace(tzinfo=None)
    assert sent["webhook-signature"] == verifier.sign(sent["webhook-id"], moment, body.decode())
    found: dict[str, Any] = json.loads(body)
    return found
