"""`Idempotency-Key`: the work is done once, and its answer is given again."""

import pytest

from pentarch.web.idempotency import IdempotencyItem
from support.lambdas import Caller, Reply
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

from .conftest import made

THINGS = "/api/v1/llm/things"
SECRETS = "/api/v1/llm/secrets"


def post(api: Caller, name: str = "one", key: str = "k1", path: str = THINGS) -> Reply:
    return api.post(path, {"name": name}, headers={"Idempotency-Key": key})


def test_the_same_request_gets_the_first_answer(api: Caller) -> None:
    first, again = post(api).expect(201), post(api).expect(201)
    assert again.text == first.text
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert made == ["one"]


def test_another_body_under_the_same_key_is_a_conflict(api: Caller) -> None:
    post(api).expect(201)
    assert post(api, "two").expect(409).json()["error"]["code"] == "CONFLICT"
    assert made == ["one"]


def test_a_key_belongs_to_one_caller_and_one_route(api: Caller, anybody: Caller) -> None:
    post(api).expect(201)
    post(anybody.using(make_key("acme", "operator")), "two").expect(201)
    post(anybody.using(make_tenant("other")), "three").expect(201)
    post(api, "four", path=SECRETS).expect(201)
    assert made == ["one", "two", "three", "four"]


def test_without_a_key_every_request_does_its_work(api: Caller) -> None:
    for _ in range(2):
        api.post(THINGS, {"name": "one"}).expect(201)
    assert made == ["one", "one"]


def test_a_refusal_frees_the_key(api: Caller) -> None:
    post(api, "taken").expect(409)
    post(api, "far too long a name").expect(400)
    post(api, "free").expect(201)


def test_the_same_request_while_the_first_is_at_work_is_told_to_wait(api: Caller, clock: StoppedClock) -> None:
    post(api).expect(201)
    forget_the_answer()
    waiting = post(api).expect(409)
    assert waiting.headers["retry-after"] == "1"
    assert made == ["one"]
    clock.advance(minutes=3)
    post(api).expect(201)
    assert made == ["one", "one"]


def test_a_key_whose_first_request_crashed_is_not_free_for_another_body(api: Caller, clock: StoppedClock) -> None:
    post(api).expect(201)
    forget_the_answer()
    clock.advance(minutes=3)
    post(api, "two").expect(409)


def test_a_key_is_forgotten_after_a_day(api: Caller, clock: StoppedClock) -> None:
    post(api).expect(201)
    clock.advance(hours=24, seconds=1)
    post(api, "two").expect(201)
    assert made == ["one", "two"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_out_of_bounds_is_refused(api: Caller, key: str) -> None:
    assert post(api, key=key).expect(400).json()["error"]["details"]["field"] == "Idempotency-Key"


def test_neither_the_request_nor_a_secret_answer_can_be_read_from_the_table(api: Caller) -> None:
    first = post(api, path=SECRETS, key="a-long-random-key").expect(201)
    [kept] = IdempotencyItem.query("acme")
    stored = repr(kept.attribute_values)
    assert first.json()["secret"] not in stored
    assert "a-long-random-key" not in stored
    assert post(api, path=SECRETS, key="a-long-random-key").expect(201).text == first.text


def forget_the_answer() -> None:
    """As after a crash between the beginning and the end."""
    [item] = IdempotencyItem.query("acme")
    item.update([IdempotencyItem.status.remove(), IdempotencyItem.body.remove()])
