"""Nobody hands out more than they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.errors import ExceedsGrantorError, OAuthError
from identity.grants import check_grant, narrowed, rights
from pentarch.identity.model import Caller, Kind, Principal, Status, Tier
from pentarch.identity.roles import ROLES, permits
from support.tenants import LONG_AGO

GROUPS = ["agents", "compliance", "identity", "llm"]
ACTS = ["read", "write", "invoke", "admin"]
EVERY_SCOPE = [f"{group}:{act}" for group in GROUPS for act in ACTS]
patterns = st.builds(
    lambda group, act: f"{group}:{act}", st.sampled_from(["*", *GROUPS]), st.sampled_from(["*", *ACTS])
)
roles = st.lists(st.sampled_from(sorted(ROLES)), min_size=1, max_size=3).map(tuple)
narrowings = st.lists(patterns, max_size=3).map(tuple)


def caller(*held: str, scopes: tuple[str, ...] = ()) -> Caller:
    return Caller("acme", "key:one", Kind.KEY, held, scopes, Tier.PRO, 100)


def client(*held: str, scopes: tuple[str, ...] = ()) -> Principal:
    return Principal("acme", Kind.CLIENT, "one", "", held, scopes, Status.ACTIVE, "", LONG_AGO, "")


@given(roles, narrowings, roles, narrowings)
def test_a_credential_never_gets_what_its_maker_lacks(
    held: tuple[str, ...], narrowed_to: tuple[str, ...], wanted: tuple[str, ...], scopes: tuple[str, ...]
) -> None:
    maker = caller(*held, scopes=narrowed_to)
    try:
        check_grant(maker, wanted, scopes)
    except ExceedsGrantorError:
        return
    for scope in EVERY_SCOPE:
        assert not permits(wanted, scopes, scope) or maker.may(scope)


@given(roles, narrowings)
def test_everybody_may_hand_out_a_copy_of_their_own_roles_when_these_are_not_narrowed(
    held: tuple[str, ...], scopes: tuple[str, ...]
) -> None:
    check_grant(caller(*held), held, scopes)


@given(roles, narrowings)
def test_rights_are_exactly_what_is_permitted(held: tuple[str, ...], scopes: tuple[str, ...]) -> None:
    found = rights(held, scopes)
    for scope in EVERY_SCOPE:
        assert permits(held, scopes, scope) == any(permits(["admin"], (right,), scope) for right in found)


def test_a_narrowed_administrator_cannot_make_a_full_one() -> None:
    with pytest.raises(ExceedsGrantorError):
        check_grant(caller("admin", scopes=("identity:admin",)), ("admin",), ())


@pytest.mark.parametrize("asked", ["", "api://agentstudio/.default", "agents:read api://x/.default"])
def test_the_default_scope_stands_for_all_that_the_client_has(asked: str) -> None:
    assert narrowed(client("developer", scopes=("agents:read",)), asked) == ("agents:read",)
    assert narrowed(client("developer"), asked) == ()


def test_a_client_may_ask_for_less_than_it_has() -> None:
    assert narrowed(client("developer"), "agents:read llm:invoke agents:read") == ("agents:read", "llm:invoke")


@pytest.mark.parametrize(
    ("scopes", "asked"),
    [((), "infrastructure:admin"), ((), "*:*"), (("agents:read",), "agents:write"), ((), "nonsense"), ((), "a:b")],
)
def test_a_client_that_asks_for_more_gets_nothing(scopes: tuple[str, ...], asked: str) -> None:
    with pytest.raises(OAuthError) as refusal:
        narrowed(client("developer", scopes=scopes), asked)
    assert refusal.value.details["oauth_error"] == "invalid_scope"
