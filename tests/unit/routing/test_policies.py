"""Laws of putting two sets of rules together: nothing that either forbids becomes allowed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pentarch.routing.model import Candidate, Need, Policies
from pentarch.routing.policies import combine
from pentarch.routing.proof import canonical
from pentarch.routing.rules import exclusion

REGIONS, CERTIFICATIONS, NAMES = ["eu", "us", "ap"], ["SOC2", "HIPAA"], ["a", "b"]
POLICIES = st.fixed_dictionaries(
    {"allow_external_services": st.booleans()},
    optional={
        "require_encryption": st.booleans(),
        "allowed_regions": st.lists(st.sampled_from(REGIONS), unique=True),
        "required_certifications": st.lists(st.sampled_from(CERTIFICATIONS), unique=True),
        "min_reliability": st.sampled_from([0.0, 0.5, 0.9]),
        "max_retention_days": st.integers(0, 30),
        "denied_services": st.lists(st.sampled_from(NAMES), unique=True),
        "compliance_gates": st.lists(
            st.fixed_dictionaries(
                {"framework": st.sampled_from(CERTIFICATIONS)}, optional={"min_score": st.sampled_from([0.5, 0.9])}
            ),
            unique_by=canonical,
        ),
    },
)
CANDIDATES = st.fixed_dictionaries(
    {
        "service_id": st.sampled_from([*NAMES, "c"]),
        "revision": st.just(1),
        "base_url": st.sampled_from(["http://localhost", "https://10.0.0.1", "https://ai.example.com"]),
        "protocol": st.just("http"),
        "active": st.just(True),
        "capabilities": st.just(["chat"]),
        "guarantees": st.fixed_dictionaries({}, optional={"reliability": st.sampled_from([0.4, 0.9, 1.0])}),
        "cost_per_token": st.none(),
        "traits": st.just({}),
        "data_policy": st.fixed_dictionaries(
            {},
            optional={
                "region": st.sampled_from(REGIONS),
                "retention_days": st.integers(0, 30),
                "certifications": st.lists(st.sampled_from(CERTIFICATIONS), unique=True),
            },
        ),
        "observed": st.just({}),
    }
)
NEED: Need = {"capabilities": ["chat"], "constraints": {}, "traits": {}}


def told(policies: Policies) -> dict[str, Any]:
    """Rules that mean the same look the same."""
    return {
        name: sorted(value, key=canonical) if isinstance(value, list) else value for name, value in policies.items()
    }


@given(CANDIDATES, POLICIES, POLICIES)
def test_who_keeps_both_keeps_each_and_the_other_way_round(
    candidate: Candidate, first: Policies, second: Policies
) -> None:
    each = [exclusion(candidate, NEED, one) is None for one in (first, second)]
    assert (exclusion(candidate, NEED, combine(first, second)) is None) == all(each)


@given(POLICIES, POLICIES, POLICIES)
def test_order_and_repetition_do_not_matter(first: Policies, second: Policies, third: Policies) -> None:
    assert combine(first, second) == combine(second, first)
    assert combine(combine(first, second), third) == combine(first, combine(second, third))
    assert told(combine(first, first)) == told(first)


@given(POLICIES)
def test_who_says_nothing_leaves_it_to_the_other(policies: Policies) -> None:
    assert told(combine({}, policies)) == told(policies)


def test_what_nobody_speaks_of_stays_unsaid_and_so_forbidden() -> None:
    assert combine({}, {"min_reliability": 0.5}) == {"min_reliability": 0.5}
