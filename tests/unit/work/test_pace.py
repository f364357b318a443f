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
        (a_job(JobState.RUNNING), 2.0, 50, 60 + 60),
        (a_job(JobState.RUNNING), None, 100, 60),
        (a_job(JobState.COMPLETED), 2.0, 100, None),
    ],
)
def test_the_end_after_a_minute(job: Job, pace: float | None, resolved: int, seconds: float | None) -> None:
    """A hundred inputs are ten shards of ten, which run side by side."""
    progress = Progress(resolved=resolved, total=100)
    end = estimated_end(job, START + timedelta(minutes=1), seconds_per_input=pace, progress=progress)
    assert end == (None if seconds is None else START + timedelta(seconds=seconds))
