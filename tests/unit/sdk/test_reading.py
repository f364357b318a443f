"""Records, lists, streams, waiting and files."""

import httpx
import pytest

from pentarch_client import Pentarch, Record, errors
from pentarch_client.models import Job, Training
from support.api_double import ApiDouble, Reply, streamed, told

URL = "https://api.test"


def client(*replies: Reply) -> tuple[Pentarch, ApiDouble]:
    api = ApiDouble(list(replies))
    return Pentarch(URL, "pk_test", http=api.http()), api


def test_a_record_has_its_fields_as_attributes_also_those_that_it_does_not_know() -> None:
    job = Job({"job_id": "job_1", "progress": {"completed": 3}, "new": [{"deep": 1}]})
    assert (job.job_id, job.progress.completed, job.new[0].deep) == ("job_1", 3, 1)
    assert job.results_url is None
    assert job == {"job_id": "job_1", "progress": {"completed": 3}, "new": [{"deep": 1}]}
    with pytest.raises(AttributeError, match="has no 'jobid'"):
        _ = job.jobid


def test_a_records_lists_hold_records_of_their_kind() -> None:
    training = Training({"status": "running", "loss_curve": [{"epoch": 1, "loss": 0.5}]})
    assert training.loss_curve[0].loss == 0.5
    assert training.loss_curve[0].accuracy is None
    assert not training.is_over


def test_a_list_goes_on_by_cursor() -> None:
    pentarch, api = client(
        told({"items": [{"id": "a"}], "total": 2, "next_cursor": "x"}),
        told({"items": [{"id": "b"}], "total": 2, "next_cursor": None}),
    )
    assert [key.id for key in pentarch.keys.list(limit=1)] == ["a", "b"]
    assert [dict(asked.url.params) for asked in api.asked] == [{"limit": "1"}, {"limit": "1", "cursor": "x"}]


def test_a_list_goes_on_by_page_and_by_a_cursor_where_there_is_one() -> None:
    first = {"data": [{"id": "a"}], "pagination": {"page": 1, "pageSize": 1, "totalItems": 2, "totalPages": 2}}
    last = {"data": [{"id": "b"}], "pagination": {"page": 2, "pageSize": 1, "totalItems": 2, "totalPages": 2}}
    pentarch, api = client(told(first), told(last))
    assert [workflow.id for workflow in pentarch.workflows.list(page_size=1)] == ["a", "b"]
    assert api.asked[1].url.params["page"] == "2"

    first["pagination"] |= {"nextCursor": "c"}  # type: ignore[operator]
    pentarch, api = client(told(first), told(last))
    assert [agent.id for agent in pentarch.agents.list(page=1)] == ["a", "b"]
    assert dict(api.asked[1].url.params) == {"cursor": "c"}


def test_a_list_goes_on_by_offset_and_says_its_total() -> None:
    pentarch, api = client(
        told(
            {"data": {"specialists": [{"id": "a"}, {"id": "b"}], "total": 3, "limit": 2, "offset": 0}, "success": True}
        ),
        told({"data": {"specialists": [{"id": "c"}], "total": 3, "limit": 2, "offset": 2}, "success": True}),
    )
    assert [one.id for one in pentarch.specialists.list()] == ["a", "b", "c"]
    assert api.asked[1].url.params["offset"] == "2"
    assert pentarch.specialists.list().page().total == 3


def test_a_history_goes_on_before_its_last() -> None:
    pentarch, api = client(
        told({"data": {"versions": [{"version": 3}], "next_before": 3}, "success": True}),
        told({"data": {"versions": [{"version": 2}], "next_before": None}, "success": True}),
    )
    assert [one.version for one in pentarch.specialists.versions("s")] == [3, 2]
    assert api.asked[1].url.params["before"] == "3"


def test_tokens_come_one_by_one_and_the_end_says_what_it_was() -> None:
    pentarch, _ = client(
        streamed(
            '{"event":"token","data":"Hel"}',
            '{"event":"token","data":"lo"}',
            '{"event":"complete","data":{"model":"m","total_tokens":2}}',
        )
    )
    with pentarch.llm.stream("hi") as pieces:
        assert list(pieces) == ["Hel", "lo"]
    assert pieces.completion is not None
    assert pieces.completion.model == "m"


def test_a_stream_that_breaks_says_so() -> None:
    pentarch, _ = client(
        streamed(
            '{"event":"token","data":"a"}', '{"event":"error","data":{"code":"SERVICE_UNAVAILABLE","message":"x"}}'
        )
    )
    pieces = iter(pentarch.llm.stream("hi"))
    assert next(pieces) == "a"
    with pytest.raises(errors.StreamBrokenError) as broken:
        next(pieces)
    assert broken.value.code == "SERVICE_UNAVAILABLE"


def test_a_stream_that_just_ends_is_not_taken_for_an_answer() -> None:
    pentarch, _ = client(streamed('{"event":"token","data":"a"}'))
    with pytest.raises(errors.StreamBrokenError, match="before the response did"):
        list(pentarch.llm.stream("hi"))


def test_a_stream_that_is_refused_raises_the_refusal() -> None:
    pentarch, _ = client(told({"error": {"code": "VALIDATION_ERROR", "message": "no", "details": {}}}, 400))
    with pytest.raises(errors.InvalidRequestError):
        list(pentarch.llm.stream(""))


def test_chunks_end_at_done() -> None:
    pentarch, _ = client(streamed('{"choices":[{"delta":{"content":"a"}}]}', '{"choices":[{"delta":{}}]}', "[DONE]"))
    chunks = list(pentarch.openai.stream("m", [{"role": "user", "content": "hi"}]))
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["a", None]


def test_waiting_tells_what_it_sees_and_ends_with_the_thing(pauses: list[float]) -> None:
    states = ["queued", "running", "completed"]
    pentarch, _ = client(*(told({"job_id": "j", "status": status}) for status in states))
    seen: list[str] = []
    done = pentarch.jobs.wait("j", on_progress=lambda job: seen.append(job.status))
    assert (done.status, seen) == ("completed", states)
    assert pauses[0] < pauses[1]


def test_waiting_ends_when_its_time_is_up() -> None:
    pentarch, _ = client(told({"job_id": "j", "status": "running"}))
    with pytest.raises(errors.WaitTimedOutError) as late:
        pentarch.jobs.wait("j", seconds=0)
    assert late.value.last.status == "running"


def test_an_export_that_is_made_in_the_background_is_fetched_without_the_key() -> None:
    begun = told({"success": True, "data": {"export_id": "exp_1", "status": "requested"}}, 202, Retry_After="5")
    made = told({"success": True, "data": {"export_id": "exp_1"}}, 303, Location="https://s3.test/file?signed")
    pentarch, api = client(begun, begun, made, httpx.Response(200, text="the file"))
    assert pentarch.compliance.export("csv") == b"the file"
    assert [asked.url.path for asked in api.asked[1:]] == ["/api/v1/compliance/exports/exp_1"] * 2 + ["/file"]
    assert api.asked[-1].url.host == "s3.test"
    assert "X-API-Key" not in api.asked[-1].headers


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_export_that_is_not_made_is_no_file(status: str) -> None:
    begun = told({"success": True, "data": {"export_id": "exp_1", "status": "requested"}}, 202)
    pentarch, _ = client(begun, told({"success": True, "data": {"export_id": "exp_1", "status": status}}))
    with pytest.raises(errors.NotMadeError, match=f"exp_1 is {status}"):
        pentarch.compliance.export("csv")


def test_results_that_lie_elsewhere_are_fetched_there() -> None:
    pentarch, api = client(
        told({"results_url": "https://s3.test/r", "expires_in": 60}),
        httpx.Response(200, text='{"index":0}\n{"index":1}\n'),
    )
    assert [row.index for row in pentarch.jobs.results("j")] == [0, 1]
    assert "X-API-Key" not in api.asked[1].headers


def test_a_session_is_approved_as_it_was_seen() -> None:
    waiting = {"session_id": "s", "status": "pending_approval", "artifacts": [], "approval": {"digest": "d1"}}
    pentarch, api = client(
        told({"session_id": "s", "status": "running", "agent": "a"}),
        told(waiting),
        told({"session_id": "s", "status": "approved", "applied": True}),
    )
    session = pentarch.run_skill("spec", files=["PRD.md"])
    session.wait_for_completion()
    assert session.status == "pending_approval"
    session.approve()
    assert session.status == "approved"
    assert api.bodies[0] == {"skill": "spec", "input": {"files": ["PRD.md"], "args": {}}}
    assert api.bodies[2] == {"digest": "d1"}


def test_a_plain_record_reads_as_a_dict() -> None:
    assert Record(a={"b": 1}).a.b == 1
