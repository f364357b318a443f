"""Credentials that services refer to: they go in, they count, they are never seen again."""

import json
import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pentarch.platform import clients
from pentarch.services import credentials
from pentarch.services.credentials import CredentialUnreadableError, Reference, secret_name
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.services import register, register_many
from support.tenants import make_key

PATH = "/api/credentials"
VALUE = "sk-the-first-value-of-it"
OTHER_VALUE = "sk-the-second-value-of-it"


def put(caller: Caller, name: str = "acme-key", value: str = VALUE, status: int = 200) -> dict[str, Any]:
    found: dict[str, Any] = caller.put(f"{PATH}/{name}", {"value": value}).expect(status).json()
    return found


def chosen(caller: Caller) -> tuple[int, Any]:
    reply = caller.post("/api/route", {"request": {"intent": "chat_completion"}, "dry_run": True})
    return reply.status, reply.json().get("decision", reply.json().get("error"))


def test_a_value_goes_in_and_only_its_fingerprint_comes_out(
    acme: Caller, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    made = put(acme)
    assert (made["name"], made["revision"]) == ("acme-key", 1)
    replaced = put(acme, value=OTHER_VALUE)
    assert replaced["revision"] == 2
    assert replaced["fingerprint"] != made["fingerprint"] == credentials_fingerprint(VALUE)
    listed = acme.get(PATH).expect(200)
    assert [(one["name"], one["fingerprint"]) for one in listed.json()["credentials"]] == [
        ("acme-key", replaced["fingerprint"])
    ]
    assert Reference("acme", "acme-key").authorization() == f"Bearer {OTHER_VALUE}"
    acme.delete(f"{PATH}/acme-key").expect(204)
    assert acme.get(PATH).json()["credentials"] == []
    kinds = [event.type for event in events_of("acme") if event.type.startswith("credential.")]
    assert sorted(kinds) == ["credential.removed", "credential.replaced", "credential.stored"]
    told = json.dumps([event.data for event in events_of("acme")]) + listed.text + "".join(capfd.readouterr())
    told += caplog.text
    assert VALUE not in told
    assert OTHER_VALUE not in told


def credentials_fingerprint(value: str) -> str:
    import hashlib

    return hashlib.sha256(value.encode()).hexdigest()[:12]


def test_a_service_whose_reference_names_nothing_is_not_chosen(acme: Caller) -> None:
    register(acme, "one", credential_ref="acme-key")
    status, error = chosen(acme)
    assert (status, error["code"]) == (403, "SECURITY_VIOLATION")
    assert error["details"]["excluded"][0]["reason"] == "its credential_ref names nothing that is stored"
    put(acme)
    assert chosen(acme)[1]["headers"] == {"Authorization": "ref:acme-key"}
    acme.delete(f"{PATH}/acme-key").expect(204)
    assert chosen(acme)[0] == 403
    acme.delete(f"{PATH}/acme-key").expect(404)


def test_that_a_credential_is_there_is_read_with_what_is_measured(acme: Caller) -> None:
    register_many("acme", 20, credential_ref="acme-key")
    put(acme)
    chosen(acme)  # fills the memory of credentials and configurations
    with aws_calls() as calls:
        assert chosen(acme)[0] == 200
    assert calls["GetSecretValue"] == 0
    assert calls["BatchGetItem"] <= 1
    assert calls["Query"] == 1


def test_a_tenants_credentials_are_its_own(acme: Caller, other: Caller) -> None:
    put(acme)
    put(other, value=OTHER_VALUE)
    assert Reference("acme", "acme-key").authorization() == f"Bearer {VALUE}"
    assert Reference("other", "acme-key").authorization() == f"Bearer {OTHER_VALUE}"
    other.delete(f"{PATH}/acme-key").expect(204)
    assert len(acme.get(PATH).json()["credentials"]) == 1
    register(other, "one", credential_ref="acme-key")
    assert chosen(other)[0] == 403


@pytest.mark.parametrize("role", ["developer", "operator", "auditor"])
def test_only_administrators_touch_them(acme: Caller, role: str) -> None:
    caller = acme.using(make_key("acme", role))
    put(caller, status=403)
    caller.get(PATH).expect(403)
    caller.delete(f"{PATH}/acme-key").expect(403)
    assert acme.get(PATH).json()["credentials"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("acme-key", "short"),
        ("acme-key", "sk-with-a-line\nend-in-it"),
        ("acme-key", " sk-with-a-space-before"),
        ("acme-key", "sk-geheim-schlüssel"),
        ("acme-key", "x" * 4097),
        ("-acme", VALUE),
        ("a%2Fb", VALUE),
    ],
)
def test_what_no_header_holds_is_refused_and_not_repeated(
    acme: Caller, name: str, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    reply = acme.put(f"{PATH}/{name}", {"value": value}).expect(400) if "%" not in name else None
    assert value not in "".join(capfd.readouterr())
    assert reply is None or value not in json.loads(reply.text)["error"]["message"]
    assert reply is None or value not in reply.text
    assert acme.get(PATH).json()["credentials"] == []


def test_names_come_in_pages(acme: Caller) -> None:
    for name in ("c", "a", "b"):
        put(acme, name)
    first = acme.get(PATH, query={"limit": "2"}).json()
    assert ([one["name"] for one in first["credentials"]], first["next_cursor"]) == (["a", "b"], "b")
    rest = acme.get(PATH, query={"limit": "2", "cursor": first["next_cursor"]}).json()
    assert ([one["name"] for one in rest["credentials"]], rest["next_cursor"]) == (["c"], None)


@pytest.mark.parametrize("operation", ["CreateSecret", "TransactWriteItems"])
def test_a_value_that_was_written_and_not_told_does_not_count_and_doing_it_again_ends_well(
    acme: Caller, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    with _dying_after(monkeypatch, operation):
        acme.put(f"{PATH}/acme-key", {"value": VALUE})
    counts = operation == "TransactWriteItems"
    assert [one["revision"] for one in acme.get(PATH).json()["credentials"]] == ([1] if counts else [])
    assert len(events_of("acme", "credential.stored")) == counts
    if not counts:
        with pytest.raises(CredentialUnreadableError):
            Reference("acme", "acme-key").authorization()
    put(acme, value=OTHER_VALUE)
    credentials.forget()
    assert Reference("acme", "acme-key").authorization() == f"Bearer {OTHER_VALUE}"


def test_a_replacement_that_was_written_and_not_told_leaves_the_former_value_in_force(
    acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(acme)
    with _dying_after(monkeypatch, "PutSecretValue"):
        acme.put(f"{PATH}/acme-key", {"value": OTHER_VALUE})
    credentials.forget()
    assert Reference("acme", "acme-key").authorization() == f"Bearer {VALUE}"


def test_a_removal_that_died_halfway_is_done_by_doing_it_again(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    put(acme)
    with _dying_after(monkeypatch, "DeleteSecret"):
        acme.delete(f"{PATH}/acme-key")
    acme.delete(f"{PATH}/acme-key").expect(204)
    assert len(events_of("acme", "credential.removed")) == 1
    with pytest.raises(ClientError):
        clients.secretsmanager().get_secret_value(SecretId=secret_name("acme", "acme-key"))


class _KilledError(Exception):
    """Stands for a process that ends."""


def _dying_after(monkeypatch: pytest.MonkeyPatch, operation: str) -> Any:
    from contextlib import contextmanager

    from botocore.client import BaseClient

    @contextmanager
    def dying() -> Any:
        original = BaseClient._make_api_call  # type: ignore[attr-defined]

        def call(self: Any, name: str, parameters: Any) -> Any:
            answer = original(self, name, parameters)
            if name == operation and "credential" in str(parameters):
                raise _KilledError
            return answer

        with monkeypatch.context() as patched:
            patched.setattr(BaseClient, "_make_api_call", call)
            yield

    return dying()
