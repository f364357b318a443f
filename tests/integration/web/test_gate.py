"""Who is let in, in which order it is decided, and what every reply tells of the limits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pentarch.limits import store as limits
from pentarch.limits.errors import RateLimitedError
from pentarch.limits.model import GENERATE, Bucket
from pentarch.usage.model import Consumption
from pentarch.usage.store import count_once, month_key
from support.atomic import make_calls_atomic
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

THINGS = "/api/v1/llm/things"
GENERATE_PATH = "/api/v1/llm/generate"
RATE_HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@pytest.mark.parametrize("raw", ["{", '{"name": 7}', "", "\x00"])
def test_a_stranger_is_refused_before_the_body_is_read(anybody: Caller, raw: str) -> None:
    for headers in ({}, {"X-API-Key": "nonsense"}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "Basic eDp5"}):
        reply = anybody.post(THINGS, raw=raw, headers=headers).expect(401)
        assert reply.json()["error"]["code"] == "AUTHENTICATION_ERROR"
        assert reply.headers["www-authenticate"] == "Bearer"


def test_a_caller_without_the_scope_is_refused_before_the_body_is_read(anybody: Caller) -> None:
    make_tenant("acme")
    viewer = anybody.using(make_key("acme", "viewer"))
    reply = viewer.post(THINGS, raw="{").expect(403)
    assert reply.json()["error"]["details"] == {"required_scope": "llm:write"}
    viewer.get("/api/v2/models").expect(200)
    assert viewer.get("/api/v1/status/me").expect(200).json()["subject"].startswith("key:")


def test_a_scope_of_the_key_narrows_its_roles(anybody: Caller) -> None:
    make_tenant("acme")
    narrow = anybody.using(make_key("acme", "admin", scopes=("models:*",)))
    narrow.get("/api/v2/models").expect(200)
    narrow.get("/api/v1/agents/1").expect(403)


def test_a_public_route_asks_for_nothing_and_counts_nothing(anybody: Caller) -> None:
    with aws_calls() as calls:
        reply = anybody.get("/open", headers={"Authorization": "Bearer nonsense"}).expect(200)
    assert not calls
    assert not set(RATE_HEADERS) & set(reply.headers)


def test_a_request_costs_at_most_one_read_and_one_write(api: Caller) -> None:
    with aws_calls() as calls:
        api.post(GENERATE_PATH).expect(200)
    assert calls == {"BatchGetItem": 1, "UpdateItem": 1, "Query": 1}  # the query is the configurations', once a minute
    with aws_calls() as calls:
        api.post(GENERATE_PATH).expect(200)
        api.get("/api/v2/models").expect(200)
    assert calls == {"UpdateItem": 2}


def test_what_is_spent_is_read_where_there_is_a_budget(anybody: Caller) -> None:
    caller = anybody.using(make_tenant("acme", monthly_budget_nano_usd=1_000))
    caller.post(GENERATE_PATH).expect(200)
    with aws_calls() as calls:
        caller.post(GENERATE_PATH).expect(200)
    assert calls == {"BatchGetItem": 1, "UpdateItem": 1}


def test_every_reply_to_a_known_caller_tells_the_limit(api: Caller, clock: StoppedClock) -> None:
    replies = [
        api.get("/api/v2/models").expect(200),
        api.get("/api/v2/models", query={"limit": 0}).expect(400),
        api.post(THINGS, {"name": "taken"}).expect(409),
        api.get("/api/v1/agents/broken/outage").expect(503),
        api.get("/api/v1/agents/broken/fault").expect(500),
    ]
    for used, reply in enumerate(replies, start=1):
        limit, remaining, reset = (int(reply.headers[name]) for name in RATE_HEADERS)
        assert (limit, remaining) == (100_000, 100_000 - used)
        assert 0 < reset - clock.at.timestamp() <= 3600
        assert reply.headers["ratelimit-policy"] == '"default";q=100000;w=3600'


def test_the_hour_of_a_tenant_ends_for_all_of_its_credentials(anybody: Caller, clock: StoppedClock) -> None:
    first = anybody.using(make_tenant("acme", requests_per_hour=3))
    second = anybody.using(make_key("acme", "viewer"))
    for caller in (first, second, first):
        caller.get("/api/v2/models").expect(200)
    refused = second.get("/api/v2/models").expect(429)
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert int(refused.headers["retry-after"]) == 50 * 60
    assert [refused.headers[name] for name in RATE_HEADERS[:2]] == ["3", "0"]
    clock.advance(minutes=50)
    second.get("/api/v2/models").expect(200)


def test_the_minute_of_a_route_ends_for_that_route_alone(api: Caller, clock: StoppedClock) -> None:
    for _ in range(GENERATE.per_minute):
        last = api.post(GENERATE_PATH).expect(200)
    assert [last.headers[name] for name in RATE_HEADERS[:2]] == ["120", "0"]
    refused = api.post(GENERATE_PATH).expect(429)
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert refused.headers["retry-after"] == "60"
    api.get("/api/v2/models").expect(200)
    clock.advance(minutes=1)
    api.post(GENERATE_PATH).expect(200)


def test_of_two_hundred_requests_at_once_exactly_the_limit_passes(
    aws: None,  # noqa: ARG001 (what it runs in)
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_calls_atomic(monkeypatch)
    bucket = Bucket("g", 120)

    def passes(_: int) -> bool:
        try:
            limits.count("acme", per_hour=100_000, bucket=bucket, at=clock.at)
        except RateLimitedError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(passes, range(200))) == 120


def test_a_refused_request_is_not_counted(aws: None, clock: StoppedClock) -> None:  # noqa: ARG001 (what it runs in)
    bucket = Bucket("g", 1)
    limits.count("acme", per_hour=3, bucket=bucket, at=clock.at)
    for _ in range(5):
        with pytest.raises(RateLimitedError):
            limits.count("acme", per_hour=3, bucket=bucket, at=clock.at)
    assert limits.count("acme", per_hour=3, bucket=None, at=clock.at).remaining == 1


def test_a_spent_budget_stops_what_costs_money_and_nothing_else(anybody: Caller, clock: StoppedClock) -> None:
    caller = anybody.using(make_tenant("acme", monthly_budget_nano_usd=1_000))
    caller.post(GENERATE_PATH).expect(200)
    count_once("acme", {"e1": [(month_key(clock.at), Consumption(cost_nano_usd=1_000))]}, clock.at)
    refused = caller.post(GENERATE_PATH).expect(402)
    assert refused.json()["error"]["code"] == "QUOTA_EXCEEDED"
    caller.get("/api/v2/models").expect(200)
    clock.advance(days=31)
    caller.post(GENERATE_PATH).expect(200)


def test_a_wrong_secret_for_a_key_is_told_to_its_tenant_and_names_no_secret(
    anybody: Caller, clock: StoppedClock
) -> None:
    key = make_tenant("acme")
    wrong = f"{key[:-8]}{'0' * 8}"
    reply = anybody.using(wrong).get("/api/v2/models").expect(401)
    [event] = events_of("acme")
    assert (event.type, event.action, event.actor) == ("access.refused", "access_refuse", "anybody")
    assert event.resource == f"key:{key.split('_')[2]}"
    assert event.data == {"subject": event.resource, "reason": "wrong_secret"}
    assert event.correlation_id == reply.headers["x-correlation-id"]
    assert event.at == clock.at


def test_a_key_that_is_over_and_a_scope_that_is_lacking_are_told_too(anybody: Caller, clock: StoppedClock) -> None:
    make_tenant("acme")
    anybody.using(make_key("acme", "admin", expires_at=clock.at)).get("/api/v2/models").expect(401)
    anybody.using(make_key("acme", "viewer")).post(THINGS, {"name": "a"}).expect(403)
    over, denied = sorted(events_of("acme"), key=lambda event: event.type, reverse=True)
    assert over.data["reason"] == "not_active"
    assert (denied.type, denied.resource) == ("access.denied", "scope:llm:write")
    assert denied.actor == denied.data["subject"]


def test_who_shows_nothing_that_is_known_is_in_nobodys_log(anybody: Caller) -> None:
    key = make_tenant("acme")
    unknown = key.replace(key.split("_")[2], "01a1fe7c7bcc7540bb765966d0e90dd9")
    for secret in ("nonsense", "a.b.c", unknown, unknown.replace("acme", "nobody")):
        anybody.using(secret).get("/api/v2/models").expect(401)
    assert events_of("acme") == []


def test_knocking_cannot_fill_a_log(anybody: Caller, clock: StoppedClock) -> None:
    key = make_tenant("acme")
    wrong = anybody.using(f"{key[:-8]}{'0' * 8}")
    for _ in range(15):
        wrong.get("/api/v2/models").expect(401)
    assert len(events_of("acme")) == 12
    clock.advance(minutes=1)
    wrong.get("/api/v2/models").expect(401)
    assert len(events_of("acme")) == 13


def test_a_refusal_stands_when_it_cannot_be_told(anybody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tenant("acme")
    viewer = anybody.using(make_key("acme", "viewer"))
    viewer.get("/api/v2/models").expect(200)
    monkeypatch.setenv("EVENTS_TABLE", "nowhere")
    viewer.post(THINGS, {"name": "a"}).expect(403)
