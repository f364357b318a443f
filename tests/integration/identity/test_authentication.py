"""The authenticator against the table: what it reads, what it remembers, and for how long."""

from datetime import timedelta

import pytest

from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Kind, Status
from pentarch.identity.service import CACHE_S, Authenticator
from pentarch.identity.store import TENANT_KEY, IdentityItem, principal_key
from support.gateway import aws_calls
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

pytestmark = pytest.mark.usefixtures("aws")


def headers(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def key() -> str:
    return make_tenant("acme")


def set_status(tenant: str, place: str, status: Status) -> None:
    IdentityItem(tenant, place).update([IdentityItem.status.set(status)])


def test_a_known_credential_costs_one_read_and_then_none(key: str, clock: StoppedClock) -> None:
    authenticator = Authenticator()
    with aws_calls() as calls:
        authenticator.authenticate(headers(key), clock.at)
        assert calls == {"BatchGetItem": 1}
        authenticator.authenticate(headers(key), clock.at)
        assert calls == {"BatchGetItem": 1}
        clock.advance(seconds=CACHE_S)
        authenticator.authenticate(headers(key), clock.at)
        assert calls == {"BatchGetItem": 2}


@pytest.mark.parametrize("what", ["tenant", "key"])
def test_a_revocation_is_felt_when_memory_ends_and_never_a_minute_later(
    key: str, clock: StoppedClock, what: str
) -> None:
    authenticator = Authenticator()
    authenticator.authenticate(headers(key), clock.at)
    set_status("acme", TENANT_KEY if what == "tenant" else principal_key(Kind.KEY, key.split("_")[2]), Status.REVOKED)
    authenticator.authenticate(headers(key), clock.at + timedelta(seconds=CACHE_S - 1))
    with pytest.raises(AuthenticationError):
        authenticator.authenticate(headers(key), clock.at + timedelta(seconds=CACHE_S))


def test_a_key_that_was_unknown_a_moment_ago_works_as_soon_as_it_is_made(key: str, clock: StoppedClock) -> None:
    authenticator = Authenticator()
    fresh = make_key("acme", "viewer")
    item = IdentityItem.get("acme", principal_key(Kind.KEY, fresh.split("_")[2]))
    item.delete()
    with pytest.raises(AuthenticationError):
        authenticator.authenticate(headers(fresh), clock.at)
    item.save()
    assert authenticator.authenticate(headers(fresh), clock.at)[0].tenant == "acme"
    assert key != fresh


def test_the_caller_carries_what_the_tenant_has_booked(clock: StoppedClock) -> None:
    key = make_tenant("acme", requests_per_hour=7, monthly_budget_nano_usd=5)
    caller, _ = Authenticator().authenticate(headers(key), clock.at)
    assert (caller.requests_per_hour, caller.monthly_budget_nano_usd, caller.roles) == (7, 5, ("admin",))


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "nonsense",
        "pk_acme_00000000_" + "0" * 64,
        "pk_nowhere_00000000_" + "0" * 64,
        "a.b.c",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJwZW50YXJjaCJ9.",
        "é.è.ê",
        "x" * 10_000,
    ],
)
def test_what_is_no_credential_is_refused(key: str, clock: StoppedClock, secret: str) -> None:
    with pytest.raises(AuthenticationError):
        Authenticator().authenticate(headers(secret), clock.at)
    assert key


def test_a_right_key_with_a_wrong_secret_is_refused(key: str, clock: StoppedClock) -> None:
    with pytest.raises(AuthenticationError):
        Authenticator().authenticate(headers(key[:-1] + ("0" if key[-1] != "0" else "1")), clock.at)


def test_no_header_at_all_is_refused(clock: StoppedClock) -> None:
    with pytest.raises(AuthenticationError):
        Authenticator().authenticate({}, clock.at)
