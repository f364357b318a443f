"""The laws of roles and scopes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.identity.roles import ADMIN, ROLES, covers, permits

GROUPS = ["agents", "compliance", "identity", "jobs", "llm", "registry", "webhooks"]
ACTS = ["read", "write", "invoke", "admin"]
scopes = st.builds(lambda group, act: f"{group}:{act}", st.sampled_from(GROUPS), st.sampled_from(ACTS))
patterns = st.builds(
    lambda group, act: f"{group}:{act}", st.sampled_from(["*", *GROUPS]), st.sampled_from(["*", *ACTS])
)
roles = st.lists(st.sampled_from([*ROLES, "unknown"]), max_size=3)
narrowings = st.lists(patterns, max_size=3).map(tuple)


@given(roles, narrowings, scopes)
def test_narrowing_never_gives_what_the_roles_do_not_have(
    held: list[str], narrowed_to: tuple[str, ...], scope: str
) -> None:
    assert not permits(held, narrowed_to, scope) or permits(held, (), scope)


@given(roles, narrowings.filter(bool), scopes)
def test_a_narrowed_credential_has_nothing_outside_its_own_scopes(
    held: list[str], narrowed_to: tuple[str, ...], scope: str
) -> None:
    assert not permits(held, narrowed_to, scope) or any(covers(granted, scope) for granted in narrowed_to)


@given(roles, roles, narrowings, scopes)
def test_another_role_takes_nothing_away(
    held: list[str], more: list[str], narrowed_to: tuple[str, ...], scope: str
) -> None:
    assert not permits(held, narrowed_to, scope) or permits([*held, *more], narrowed_to, scope)


@given(scopes)
def test_an_administrator_may_everything(scope: str) -> None:
    assert permits([ADMIN], (), scope)


@given(narrowings, scopes)
def test_an_unknown_role_may_nothing(narrowed_to: tuple[str, ...], scope: str) -> None:
    assert not permits(["unknown"], narrowed_to, scope)


@given(patterns, patterns, scopes)
def test_what_covers_a_pattern_covers_all_that_it_covers(wide: str, narrow: str, scope: str) -> None:
    if covers(wide, narrow) and covers(narrow, scope):
        assert covers(wide, scope)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {ADMIN}))
def test_only_administrators_hand_out_credentials(role: str) -> None:
    assert not permits([role], (), "identity:admin")


@pytest.mark.parametrize(
    ("role", "scope", "allowed"),
    [
        ("viewer", "llm:read", True),
        ("viewer", "llm:invoke", False),
        ("auditor", "compliance:write", True),
        ("auditor", "llm:invoke", False),
        ("developer", "llm:invoke", True),
        ("developer", "agents:write", True),
        ("developer", "infrastructure:write", False),
        ("operator", "infrastructure:write", True),
        ("operator", "infrastructure:admin", False),
    ],
)
def test_each_role_may_what_its_name_says(role: str, scope: str, allowed: bool) -> None:  # noqa: FBT001
    assert permits([role], (), scope) is allowed
