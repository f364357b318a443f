from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pentarch.identity.model import Kind
from pentarch.work.model import Job, JobState, Owner, Priority, Progress, Source
from pentarch.work.pace import FIRST_S, estimated_end

START = datetime(2026, 1, 1, tzinfo=UTC)


def a_job(state: JobState, total: int | None = 100) -> Job:
    return Job(
        tenant="acme",
        id="job_1",
        name="n",
        type="inference",
        service="llm",
        parameters={},
        priority=Priority.NORMAL,
        state=state,
        created_at=START,
        owner=Owner("key:k", Kind.KEY, ("admin",), ()),
        source=Source("k", is_prefix=False),
        total=total,
        started_at=START if state is JobState.RUNNING else None,
    )


@pytest.mark.parametrize(
    ("job", "pace", "resolved", "seconds"),
    [
        (a_job(JobState.QUEUED), None, 0, 60 + 10 * FIRST_S["llm"]),
        (replace(a_job(JobState.QUEUED), service="unheard-of"), None, 0, None),
        (a_job(JobState.QUEUED, None), 2.0, 0, 60 + 20),
        (a_job(JobState.QUEUED, 0), 2.0, 0, None),
        (a_job(JobState.QUEUED), 2.0, 0, 60 + 20),
        (a_job(JobState.RUNNING), 10.0, 0, 100),
        (a_job(JobState.RUNNING), 2.0, 0, 60),
        (replace(a_job(JobState.QUEUED, 100_000), priority=Priority.LOW), 2.0, 0, 60 + 10 * 500 * 2),
        (a_job(JobState.RUNNING), 2.0, 50, 60 + 60),
        (replace(a_job(JobState.RUNNING), service="unheard-of"), None, 50, 60 + 60),
        (a_job(JobState.RUNNING), None, 100, 60),
        (a_job(JobState.COMPLETED), 2.0, 100, None),
    ],
)
def test_the_end_after_a_minute(job: Job, pace: float | None, resolved: int, seconds: float | None) -> None:
    """A hundred inputs are ten shards of ten, which run side by side; of 200 shards, low priority's workers take 20."""
    progress = Progress(resolved=resolved, total=100)
    end = estimated_end(job, START + timedelta(minutes=1), seconds_per_input=pace, progress=progress)
    assert end == (None if seconds is None else START + timedelta(seconds=seconds))


@pytest.mark.parametrize("pace", [0.1, 2.0, 10.0])
@pytest.mark.parametrize("resolved", [1, 100, 1_000, 5_000, 9_999])
def test_first_results_that_were_late_do_not_make_hours_of_minutes(pace: float, resolved: int) -> None:
    """Cold starts took 10 s; then a hundred workers answer."""
    run_s = 100 * pace
    at = START + timedelta(seconds=10 + run_s * resolved / 10_000)
    progress = Progress(resolved=resolved, total=10_000, worked_s=pace * resolved)
    end = estimated_end(a_job(JobState.RUNNING, 10_000), at, seconds_per_input=60.0, progress=progress)
    assert end is not None
    left_s = run_s * (1 - resolved / 10_000)
    assert (end - at).total_seconds() == pytest.approx(left_s, rel=0.35)


def test_a_job_that_gets_few_of_the_workers_is_estimated_by_what_it_did() -> None:
    """Others have nine of ten: for ten minutes a tenth was done of what all workers could do."""
    progress = Progress(resolved=3_000, total=10_000, worked_s=6_000)
    at = START + timedelta(seconds=600)
    end = estimated_end(a_job(JobState.RUNNING, 10_000), at, seconds_per_input=2.0, progress=progress)
    assert end is not None
    assert (end - at).total_seconds() == pytest.approx(7_000 / 5, rel=0.35)
