"""Objects of a job that somebody has deleted: S3 forgets nothing by itself, so they will not come back."""

import pytest

from pentarch.files import store as files
from pentarch.llm.errors import PromptRefusedError
from pentarch.work import sharding, shards
from pentarch.work.model import JobState
from support.fake_models import FakeModel
from support.job_stack import PATH, JobStack, assert_consistent, create, lines, open_work, seen, told
from support.lambdas import Caller


def lose(prefix: str) -> None:
    """Deletes what there is; there has to be something."""
    assert list(files.entries(prefix)), prefix
    files.delete_below(prefix)


def test_inputs_whose_list_is_gone_fail_and_the_job_ends(
    api: Caller, stack: JobStack, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 2)
    inputs = ["one", "two", "three", "four", "five"]
    job_id = create(api, *inputs)
    while seen(api, job_id)["status"] == "queued":
        stack.step()
    second = shards.of_job("acme", job_id)[1]
    lose(second.manifest)
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["progress"]["failed"]) == ("completed", second.count)
    found = lines(api, job_id)
    lost = range(second.first, second.first + second.count)
    for index, line in enumerate(found):
        assert line["index"] == index
        if index in lost:
            assert line["error"]["code"] == "RESOURCE_NOT_FOUND"
            assert line["error"]["message"] == "the list of the job's inputs no longer exists"
        else:
            assert line["status"] == "completed"
    assert sorted(model.asked) == sorted(text for index, text in enumerate(inputs) if index not in lost)
    assert_consistent("acme", job_id)


def test_a_job_whose_request_is_gone_fails_at_once_and_says_so(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one")
    lose(f"jobs/acme/{job_id}/request")
    before = stack.clock.at
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["logs"][-1]["message"]) == (JobState.FAILED, "The inputs are no longer there")
    assert (stack.clock.at - before).total_seconds() < 60, "it was tried again, although nothing comes back"
    assert open_work("acme") == (0, 0)
    assert len(told("acme", "job.failed")) == 1


def test_a_retry_of_inputs_that_are_gone_fails_and_says_so(api: Caller, stack: JobStack, model: FakeModel) -> None:
    def refused(_: str) -> str:
        msg = "not this one"
        raise PromptRefusedError(msg)

    model.answer = refused
    first = create(api, "one", "two")
    stack.run()
    lose(f"jobs/acme/{first}/")
    again = api.post(f"{PATH}/{first}/retry").expect(201).json()["job_id"]
    stack.run()
    job = seen(api, again)
    assert (job["status"], job["logs"][-1]["message"]) == (
        JobState.FAILED,
        "The inputs of the job that is to be tried again are no longer there",
    )
