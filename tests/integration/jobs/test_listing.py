from typing import Any

import pytest

from pentarch.work.table import ShardItem
from support.job_stack import PATH, JobStack, create, shards_of
from support.lambdas import Caller
from support.stopped_clock import StoppedClock


@pytest.fixture
def made(api: Caller, clock: StoppedClock) -> list[str]:
    """Five jobs, newest first; the last but one is cancelled."""
    ids = []
    for _ in range(5):
        ids.append(create(api, "one"))
        clock.advance(seconds=1)
    api.delete(f"{PATH}/{ids[1]}").expect(200)
    return ids[::-1]


def listed(api: Caller, **query: Any) -> tuple[list[str], dict[str, Any]]:
    body = api.get(PATH, query=query).expect(200).json()
    return [job["job_id"] for job in body["jobs"]], body["pagination"]


def test_pages_are_newest_first_and_end(api: Caller, made: list[str]) -> None:
    assert listed(api, limit=2, offset=0) == (
        made[:2],
        {"limit": 2, "offset": 0, "total": 5, "has_more": True, "next_cursor": made[1]},
    )
    assert listed(api, limit=2, offset=4) == (
        made[4:],
        {"limit": 2, "offset": 4, "total": 5, "has_more": False, "next_cursor": None},
    )
    assert listed(api, limit=2, offset=6)[0] == []


def test_a_cursor_goes_on_where_the_page_ended(api: Caller, made: list[str]) -> None:
    page, told = listed(api, limit=3)
    rest, last = listed(api, limit=3, cursor=told["next_cursor"])
    assert page + rest == made
    assert (last["has_more"], last["next_cursor"]) == (False, None)


def test_a_state_has_its_own_list_and_total(api: Caller, stack: JobStack, made: list[str]) -> None:
    assert listed(api, status="cancelled")[0] == [made[3]]
    stack.run()
    assert listed(api, status="cancelled")[1]["total"] == 1
    assert listed(api, status="completed")[0] == [made[0], made[1], made[2], made[4]]
    assert listed(api, status="queued") == (
        [],
        {"limit": 20, "offset": 0, "total": 0, "has_more": False, "next_cursor": None},
    )
    row = api.get(PATH, query={"limit": 1}).json()["jobs"][0]
    assert (row["name"], row["status"], row["progress"]) == ("a job", "completed", 100.0)


def test_a_page_tells_how_far_each_of_many_running_jobs_is(api: Caller, stack: JobStack) -> None:
    ids = [create(api, *["a text"] * 20) for _ in range(10)]
    while stack.deliver("fanout") or stack.deliver("jobs"):
        pass
    for done, job_id in enumerate(ids):
        first, second = shards_of("acme", job_id)
        first.update([ShardItem.resolved.set(done)])
        second.update([ShardItem.resolved.set(1)])
    rows = api.get(PATH).expect(200).json()["jobs"]
    assert {row["job_id"]: row["progress"] for row in rows} == {
        job_id: 5.0 * (done + 1) for done, job_id in enumerate(ids)
    }


@pytest.mark.parametrize(
    "query", [{"limit": -1}, {"limit": 101}, {"limit": "few"}, {"offset": -1}, {"status": "asleep"}, {"cursor": "#"}]
)
def test_bad_queries_are_refused(api: Caller, query: dict[str, Any]) -> None:
    assert api.get(PATH, query=query).expect(400).json()["error"]["code"] == "INVALID_REQUEST"
