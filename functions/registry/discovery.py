"""Finding services by their contracts. It is not routing: nothing is sent, so external services are found too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pentarch.routing.model import DEFAULT_WEIGHTS, Need, Policies, Problem
from pentarch.routing.proof import snapshot_hash
from pentarch.routing.rules import decide
from pentarch.services import store
from pentarch.services.model import Service, Status
from registry import builtin
from registry.schemas import Discovery, summary

PERMISSIVE: Policies = {"allow_external_services": True}


def discover(tenant: str, asked: Discovery, at: datetime) -> dict[str, Any]:
    """One page of the capability's active services, and those of them that match, the best first."""
    page = store.page(tenant, capability=asked.capability, status=Status.ACTIVE, limit=asked.limit, cursor=asked.cursor)
    own = [] if asked.cursor else builtin.offering(tenant, asked.capability)
    need: Need = {
        "capabilities": [asked.capability],
        "constraints": asked.constraints.asked(),
        "traits": asked.traits,
    }
    problem: Problem = {
        "need": need,
        "policies": PERMISSIVE,
        "weights": DEFAULT_WEIGHTS,
        "candidates": store.with_measures(tenant, page.services, at) + own,
    }
    order = decide(problem)["order"]
    return {
        "services": [
            summary(one) for one in _in_order([*page.services, *(builtin.services(tenant) if own else ())], order)
        ],
        "proof": {
            "matching_contracts": order,
            "rule_satisfaction": True,
            "security_verified": True,
            "snapshot_hash": snapshot_hash(problem),
        },
        "next_cursor": page.next_cursor,
    }


def _in_order(services: Sequence[Service], order: Sequence[str]) -> list[Service]:
    by_id = {one.id: one for one in services}
    return [by_id[name] for name in order]
