"""Listing tools and running one, as a caller of the API does."""

from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key
from support.tools import PATH, Runner, completed, execute, failed

SHOP = {"items": [{"name": "lamp", "price": 12}, {"name": "chair", "price": 80}]}
DEAR = {"data": SHOP, "path": "$.items[?@.price > 20].name"}


def test_every_built_in_tool_is_listed_with_a_schema(acme: Caller) -> None:
    rows = acme.get(PATH).expect(200).json()["data"]
    assert [row["id"] for row in rows] == [
        "tool-git",
        "tool-linter",
        "tool-security-scanner",
        "tool-file-reader",
        "tool-markdown-generator",
        "tool-http-request",
        "tool-json-transform",
        "tool-sql-query",
    ]
    for row in rows:
        assert row["input_schema"]["type"] == "object"
        assert row == acme.get(f"{PATH}/{row['id']}").expect(200).json()


def test_a_tool_is_found_by_its_name_too(acme: Caller) -> None:
    assert acme.get(f"{PATH}/json_transform").expect(200).json()["id"] == "tool-json-transform"
    acme.get(f"{PATH}/tool-nothing").expect(404)


def test_a_run_answers_as_the_reference_says_and_is_told_to_the_log(acme: Caller) -> None:
    told = execute(acme, "tool-json-transform", DEAR).expect(200).json()
    assert (told["tool_id"], told["status"]) == ("tool-json-transform", "completed")
    assert told["result"] == {"values": ["chair"], "count": 1, "truncated": False}
    assert told["execution_time"] > 0
    [event] = events_of("acme", "tool.executed")
    assert event.id == told["event_id"]
    assert event.data["outcome"] == "completed"
    assert event.data["input_bytes"] > 0
    assert "chair" not in str(event.data)


def test_a_tools_own_failure_is_a_result_that_says_why(acme: Caller) -> None:
    error = failed(acme, "tool-json-transform", {"data": SHOP, "path": "items"})
    assert error["code"] == "bad_parameters"
    assert error["message"].startswith("path is no JSONPath")
    [event] = events_of("acme", "tool.executed")
    assert (event.data["outcome"], event.data["error"]) == ("failed", "bad_parameters")


def test_parameters_that_break_the_schema_are_refused_by_field(acme: Caller, runner: Runner) -> None:
    told = execute(acme, "tool-git", {"operation": "fly", "depth": "deep", "colour": 1}).expect(400).json()
    assert told["errors"] == {
        "parameters": ["no such parameter: colour"],
        "parameters.depth": ["it must be of type integer"],
        "parameters.operation": ["it must be one of clone, diff, blame, log, show"],
        "parameters.repository": ["it is required"],
    }
    told = execute(acme, "tool-git", {"repository": "https://example.com/x", "operation": "diff"}).expect(400).json()
    assert list(told["errors"]) == ["parameters.base"]
    wrongs: tuple[object, ...] = ("all", [], None, 7)
    for wrong in wrongs:
        execute(acme, "tool-git", wrong).expect(400)
    assert runner.asked == []


def test_an_unknown_tool_is_not_found(acme: Caller, runner: Runner) -> None:
    execute(acme, "nowhere-0000", {}).expect(404)
    assert runner.asked == []


def test_the_same_key_gives_the_first_result_again(acme: Caller) -> None:
    first = execute(acme, "tool-json-transform", DEAR, key="one").expect(200)
    again = execute(acme, "tool-json-transform", DEAR, key="one").expect(200)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(events_of("acme", "tool.executed")) == 1
    execute(acme, "tool-json-transform", {"data": 1}, key="one").expect(409)
    execute(acme, "tool-json-transform", DEAR, key="x" * 256).expect(400)


def test_keys_of_two_callers_are_two_keys(acme: Caller, other: Caller) -> None:
    execute(acme, "tool-json-transform", DEAR, key="one").expect(200)
    assert execute(other, "tool-json-transform", {"data": 7}, key="one").expect(200).json()["result"]["values"] == [7]


def test_without_its_runner_the_service_is_unavailable(acme: Caller, runner: Runner) -> None:
    runner.is_down = True
    execute(acme, "tool-json-transform", DEAR).expect(503)
    assert events_of("acme", "tool.executed") == []


def test_a_viewer_sees_tools_and_runs_none(acme: Caller) -> None:
    viewer = acme.using(make_key("acme", "viewer"))
    viewer.get(PATH).expect(200)
    execute(viewer, "tool-json-transform", DEAR).expect(403)
    assert completed(acme.using(make_key("acme", "developer")), "tool-json-transform", DEAR)["count"] == 1
