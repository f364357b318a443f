"""Whoever delivers may die at any moment: every event arrives with its own id, and in order where that is kept."""

import pytest

from support.health_server import HealthServer
from support.lambdas import Caller
from support.webhooks import WebhookStack, deliveries, register, tell

MOST_CALLS = 60


@pytest.mark.parametrize("function", ["fanout", "match", "deliver"])
@pytest.mark.parametrize("ordered", [False, True])
def test_a_function_that_dies_after_any_call_loses_nothing(
    stack: WebhookStack, receiver: HealthServer, function: str, *, ordered: bool
) -> None:
    for calls in range(1, MOST_CALLS):
        tenant = f"{function}-{calls}"
        api = stack.tenant(tenant)
        webhook = register(api, f"{receiver.url}/{tenant}", ordered=ordered)
        receiver.status = 500
        ids = []
        for _ in range(2):
            ids.append(tell(tenant))
            stack.clock.advance(seconds=1)
        death = stack.kill(function, after=calls)
        while not any(one.path.endswith(tenant) for one in receiver.asked):
            if not stack.step():
                stack.clock.advance(seconds=10)
        receiver.status = 200
        stack.run_all()
        arrived = [one.headers["webhook-id"] for one in receiver.asked if one.path.endswith(tenant)]
        assert set(arrived) == set(ids)
        assert [one["status"] for one in deliveries(api, webhook)] == ["delivered"] * 2
        if ordered:
            assert sorted(arrived) == arrived
        if not death.happened:
            break
    else:
        pytest.fail("the function makes more calls than expected")
    assert calls > 3, "the function was hardly called at all"


def test_what_comes_twice_is_delivered_once(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    ids = [tell("acme") for _ in range(3)]
    stack.run()
    stack.replay_stream()
    stack.run()
    assert sorted(one.headers["webhook-id"] for one in receiver.asked) == sorted(ids)
    assert len(deliveries(api, webhook)) == 3


def test_while_nobody_delivers_events_wait(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    ids = []
    for _ in range(20):
        ids.append(tell("acme"))
        stack.deliver("fanout")
    assert receiver.asked == []
    stack.run()
    assert {one.headers["webhook-id"] for one in receiver.asked} == set(ids)
    assert deliveries(api, webhook, limit=100)[0]["status"] == "delivered"


def test_an_order_is_kept_through_failures(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url, ordered=True)
    ids = []
    for _ in range(4):
        ids.append(tell("acme"))
        stack.clock.advance(milliseconds=10)
    receiver.status = 500
    while len(receiver.asked) < 2:
        if not stack.step():
            stack.clock.advance(seconds=5)
    assert {one.headers["webhook-id"] for one in receiver.asked} == {ids[0]}
    receiver.status = 200
    stack.run_all()
    arrived = [one.headers["webhook-id"] for one in receiver.asked]
    assert list(dict.fromkeys(arrived)) == ids
    assert arrived[-3:] == ids[1:]
    assert [one["status"] for one in deliveries(api, webhook)] == ["delivered"] * 4
