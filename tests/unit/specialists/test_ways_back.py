"""What a roll-back does, whatever stands or waits in the environment."""

from datetime import UTC, datetime

import pytest

from specialists.errors import NotDeployableError
from specialists.lifecycle import Environment, Status
from specialists.model import Served, Specialist
from specialists.rollbacks import way_back
from specialists.schemas import RollbackRequest

FIRST = Served(1, "d1")
SECOND = Served(2, "d2", previous=1)
CANARY = Served(2, "d2", previous=1, candidate=3, share=0.1, candidate_deployment="d3")
SHADOW = Served(2, "d2", previous=1, shadow=3, shadow_share=0.1, shadow_deployment="d3")


def specialist(served: Served | None, waiting: str | None) -> Specialist:
    return Specialist(
        tenant="acme", id="s", name="s", description="s", skills=(), status=Status.ACTIVE,
        created_at=datetime(2026, 11, 22, tzinfo=UTC), created_by="user:ana", latest_version=4,
        serving={} if served is None else {Environment.PRODUCTION: served},
        deploying={} if waiting is None else {Environment.PRODUCTION: waiting},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("served", "waiting", "asked", "number", "undone"),
    [
        (SECOND, None, {}, 1, ["d2"]),
        (SECOND, None, {"version": 4}, 4, ["d2"]),
        (SECOND, None, {"deployment_id": "d2", "environment": "staging"}, 1, ["d2"]),
        (SECOND, "d4", {}, 1, ["d4", "d2"]),
        (SECOND, "d4", {"deployment_id": "d2"}, 1, ["d4", "d2"]),
        (SECOND, "d4", {"deployment_id": "d4"}, 0, ["d4"]),
        (CANARY, None, {}, 2, ["d3"]),
        (SHADOW, None, {"deployment_id": "d3"}, 2, ["d3"]),
        (CANARY, None, {"deployment_id": "d2"}, 1, ["d3", "d2"]),
        (CANARY, None, {"version": 1}, 1, ["d3", "d2"]),
        (CANARY, "d4", {}, 2, ["d4", "d3"]),
        (FIRST, "d4", {}, 0, ["d4"]),
        (None, "d4", {}, 0, ["d4"]),
    ],
)
def test_it_takes_back_what_was_meant_and_what_rests_on_it(
    served: Served | None, waiting: str | None, asked: dict[str, object], number: int, undone: list[str]
) -> None:
    way = way_back(specialist(served, waiting), RollbackRequest.model_validate(asked))
    assert (way.number, way.undone, way.environment) == (number, undone, Environment.PRODUCTION)


@pytest.mark.parametrize(
    ("served", "waiting", "asked"),
    [
        (None, None, {}),
        (FIRST, None, {}),
        (FIRST, "d4", {"deployment_id": "d1"}),
        (SECOND, None, {"deployment_id": "d1"}),
        (SECOND, None, {"version": 5}),
        (SECOND, "d4", {"environment": "staging"}),
    ],
)
def test_what_does_not_stand_there_is_not_taken_back(
    served: Served | None, waiting: str | None, asked: dict[str, object]
) -> None:
    with pytest.raises(NotDeployableError):
        way_back(specialist(served, waiting), RollbackRequest.model_validate(asked))
