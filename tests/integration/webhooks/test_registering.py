"""Webhooks over HTTP, in both references' dialects."""

import json

import boto3
import pytest

from support.health_server import HealthServer
from support.job_stack import told
from support.lambdas import Caller
from support.tenants import make_key
from support.webhooks import PATH, SECRET, WebhookStack, deliveries, register, shown, tell
from webhooks import store
from webhooks.table import WebhookItem

URL = "http://127.0.0.1:9/hook"
GOOD = {"url": URL, "events": ["job.completed"], "secret": "your_webhook_secret"}


def test_a_webhook_is_made_seen_changed_and_removed(api: Caller) -> None:
    made = api.post(PATH, GOOD).expect(201).json()
    assert made["secret"] == GOOD["secret"]
    assert made["signing_key"] == "whsec_eW91cl93ZWJob29rX3NlY3JldA=="
    webhook = made["id"]
    seen = shown(api, webhook)
    assert "secret" not in seen
    assert (seen["status"], seen["format"], seen["statistics"]["success_rate"]) == ("active", "ai_semble", None)
    changed = api.put(f"{PATH}/{webhook}", {"events": ["job.*"], "description": "ours"}).expect(200).json()
    assert (changed["events"], changed["url"], changed["description"]) == (["job.*"], URL, "ours")
    listed = api.get(PATH).expect(200).json()
    assert ([one["id"] for one in listed["webhooks"]], listed["pagination"]["total"]) == ([webhook], 1)
    enveloped = api.get("/api/v1/webhooks").expect(200).json()
    assert enveloped["success"] is True
    assert enveloped["data"]["webhooks"][0]["id"] == webhook
    api.delete(f"{PATH}/{webhook}").expect(204)
    api.get(f"{PATH}/{webhook}").expect(404)
    assert api.get(PATH).json()["pagination"]["total"] == 0
    kinds = [event.type for event in told("acme") if event.type.startswith("webhook.")]
    assert sorted(kinds) == ["webhook.created", "webhook.deleted", "webhook.updated"]


def test_a_secret_is_generated_where_none_is_given_and_none_is_stored_or_told_of(api: Caller) -> None:
    first = api.post(PATH, {"url": URL, "events": ["job.completed"]}).expect(201).json()["secret"]
    second = api.post(PATH, GOOD).expect(201).json()
    assert first.startswith("whsec_")
    kept = boto3.client("dynamodb").scan(TableName=WebhookItem.Meta.table_name)["Items"]
    log = [event.as_json() for event in told("acme")]
    for secret in (first, second["secret"]):
        assert secret not in json.dumps(kept)
        assert secret not in json.dumps(log)
    assert URL not in json.dumps(log)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "nowhere"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": "http://user:pass@127.0.0.1/"}, "url"),
        ({"url": None}, "url"),
        ({"events": []}, "events"),
        ({"events": "job.completed"}, "events"),
        ({"events": ["tea.ready"]}, "events.0"),
        ({"events": ["llm.completed"]}, "events.0"),
        ({"secret": 7}, "secret"),
        ({"secret": "short"}, "secret"),
        ({"secret": "with space in it"}, "secret"),
        ({"description": "x" * 257}, "description"),
        ({"ordered": "maybe"}, "ordered"),
    ],
)
def test_a_bad_registration_names_its_field_and_makes_nothing(
    api: Caller, change: dict[str, object], field: str
) -> None:
    error = api.post(PATH, GOOD | change).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("INVALID_REQUEST", field)
    assert api.get(PATH).json()["webhooks"] == []


def test_where_the_stack_is_public_only_public_addresses_by_tls_are_taken(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_REACH", "off")
    for url in ("http://93.184.216.34/", "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/"):
        api.post(PATH, GOOD | {"url": url}).expect(400)
    api.post(PATH, GOOD | {"url": "https://93.184.216.34/"}).expect(201)


def test_others_see_and_reach_nothing(stack: WebhookStack, api: Caller, receiver: HealthServer) -> None:
    webhook = register(api, receiver.url)
    delivery = tell("acme")
    stack.run()
    other = stack.tenant("other")
    assert other.get(PATH).json()["webhooks"] == []
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"description": "mine"}),
        ("DELETE", "", None),
        ("POST", "/test", None),
        ("POST", "/secret/rotate", None),
        ("POST", "/redeliver", None),
        ("GET", "/deliveries", None),
        ("GET", f"/deliveries/{delivery}", None),
        ("POST", f"/deliveries/{delivery}/redeliver", None),
    ):
        other.send(method, f"{PATH}/{webhook}{path}", json=body).expect(404)
    viewer = api.using(make_key("acme", "viewer"))
    viewer.get(f"{PATH}/{webhook}").expect(200)
    viewer.post(PATH, GOOD).expect(403)
    assert len(receiver.asked) == 1


def test_a_tenant_has_a_bounded_number(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_WEBHOOKS", 2)
    first = api.post(PATH, GOOD).expect(201).json()["id"]
    api.post(PATH, GOOD).expect(201)
    api.post(PATH, GOOD).expect(409)
    api.delete(f"{PATH}/{first}").expect(204)
    api.post(PATH, GOOD).expect(201)


def test_a_former_secret_signs_beside_the_new_one_until_the_overlap_ends(
    stack: WebhookStack, api: Caller, receiver: HealthServer
) -> None:
    webhook = register(api, receiver.url)

    def signatures() -> int:
        api.post(f"{PATH}/{webhook}/test").expect(200)
        return len(receiver.asked[-1].headers["webhook-signature"].split())

    assert signatures() == 1
    rotated = api.post(f"{PATH}/{webhook}/secret/rotate", {"overlap_hours": 2}).expect(200).json()
    assert rotated["secret"] != SECRET
    assert signatures() == 2
    stack.clock.advance(hours=2, seconds=1)
    assert signatures() == 1
    api.post(f"{PATH}/{webhook}/secret/rotate", {"overlap_hours": 0}).expect(200)
    assert signatures() == 1
    api.post(f"{PATH}/{webhook}/secret/rotate", {"overlap_hours": 999}).expect(400)


def test_rubbish_finds_nothing(api: Caller) -> None:
    webhook = register(api, "http://127.0.0.1:9/")
    api.get(f"{PATH}/webhook_nothing").expect(404)
    api.get(f"{PATH}/{webhook}/deliveries/nothing").expect(404)
    api.get(f"{PATH}/{webhook}/deliveries", query={"cursor": "x"}).expect(400)
    api.get(f"{PATH}/{webhook}/deliveries", query={"status": "odd"}).expect(400)
    api.post(f"{PATH}/{webhook}/redeliver", {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}).expect(400)
    api.put(f"{PATH}/{webhook}", {"secret": "not by this route"}).expect(400)
    assert deliveries(api, webhook) == []
