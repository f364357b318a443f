"""Which events a webhook hears."""

import pytest

from pentarch.events.published import ALIASES, PUBLISHED
from webhooks.matching import hears, is_known


@pytest.mark.parametrize(
    ("filters", "event", "heard"),
    [
        (("job.completed",), "job.completed", True),
        (("job.completed",), "job.failed", False),
        (("job.*",), "job.failed", True),
        (("job.*",), "jobs.failed", False),
        (("*",), "specialist.trained", True),
        (("deployment.completed",), "infrastructure.deployment_completed", True),
    ],
)
def test_filters_name_events_groups_or_all(filters: tuple[str, ...], event: str, *, heard: bool) -> None:
    assert hears(filters, event) is heard


@pytest.mark.parametrize(
    ("name", "known"),
    [("job.completed", True), ("job.*", True), ("*", True), ("deployment.completed", True), ("tea.ready", False),
     ("tea.*", False), ("llm.completed", False), ("job.", False), ("", False)],
)  # fmt: skip
def test_a_filter_that_nothing_can_meet_is_none(name: str, *, known: bool) -> None:
    assert is_known(name) is known


def test_what_an_alias_means_is_published() -> None:
    assert set(ALIASES.values()) <= PUBLISHED
