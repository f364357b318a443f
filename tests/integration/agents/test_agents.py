from typing import Any

import pytest

from agents import service, store
from agents.schemas import AgentChange
from pentarch.agents import references
from pentarch.agents.errors import UnknownAgentError
from pentarch.agents.model import Status, User
from pentarch.events.actor import Actor
from pentarch.platform.shelves import Shelves
from pentarch.platform.tables import Transaction
from support.gateway import aws_calls, written
from support.lambdas import Caller, Reply
from support.stopped_clock import StoppedClock

PATH = "/api/v1/agents"
BODY: dict[str, Any] = {
    "name": "Documentation Agent",
    "description": "Generates technical documentation from code",
    "type": "documentation",
    "status": "active",
    "configuration": {
        "model": "gpt-4",
        "temperature": 0.5,
        "max_tokens": 4000,
        "system_prompt": "You are a technical documentation expert...",
        "tools": ["file_reader", "markdown_generator"],
    },
    "capabilities": ["code_analysis", "api_documentation"],
    "tags": ["docs", "automated"],
}


def made(api: Caller, **changes: Any) -> dict[str, Any]:
    agent: dict[str, Any] = api.post(PATH, json=BODY | changes).expect(201).json()
    return agent


def names(reply: Reply) -> list[str]:
    return [row["name"] for row in reply.expect(200).json()["data"]]


def test_an_agent_is_made_as_documented_and_read_back_whole(acme: Caller) -> None:
    reply = acme.post(PATH, json=BODY).expect(201)
    agent = reply.json()
    assert {name: agent[name] for name in BODY} == BODY
    assert agent["id"].startswith("agent-")
    assert agent["created_by"].startswith("key-")
    assert (agent["version"], agent["metadata"], agent["updated_at"]) == (1, {}, agent["created_at"])
    assert reply.headers["location"] == f"{PATH}/{agent['id']}"
    found = acme.get(f"{PATH}/{agent['id']}").expect(200)
    assert found.json() == agent
    assert found.headers["etag"] == '"1"'


def test_what_is_left_out_of_a_configuration_has_defaults(acme: Caller) -> None:
    agent = acme.post(PATH, json={"name": "Small", "type": "x"}).expect(201).json()
    assert agent["configuration"] == {
        "model": "gpt-4", "temperature": 0.7, "max_tokens": 1000, "system_prompt": "", "tools": []
    }  # fmt: skip
    assert (agent["status"], agent["description"]) == ("active", "")


def test_a_tool_that_nobody_has_is_a_warning(acme: Caller) -> None:
    agent = made(acme, configuration={"tools": ["git", "nonesuch"]})
    assert agent["warnings"] == ["no tool is named 'nonesuch'; the agent works without it"]
    assert agent["configuration"]["tools"] == ["git", "nonesuch"]


def test_a_name_is_taken_whatever_its_case_until_its_agent_goes(acme: Caller, other: Caller) -> None:
    first = made(acme)
    acme.post(PATH, json=BODY | {"name": " documentation AGENT"}).expect(409)
    made(other)
    second = made(acme, name="Second")
    acme.put(f"{PATH}/{second['id']}", json={"name": "DOCUMENTATION agent"}).expect(409)
    acme.put(f"{PATH}/{first['id']}", json={"name": "Renamed"}).expect(200)
    acme.put(f"{PATH}/{second['id']}", json={"name": "Documentation Agent"}).expect(200)
    acme.delete(f"{PATH}/{second['id']}").expect(204)
    made(acme)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": 7}, "name"),
        ({"type": 7}, "type"),
        ({"type": "a&status=x"}, "type"),
        ({"status": "asleep"}, "status"),
        ({"configuration": "gpt-4"}, "configuration"),
        ({"configuration": {"max_tokens": "many"}}, "configuration.max_tokens"),
        ({"configuration": {"temperature": 3}}, "configuration.temperature"),
        ({"configuration": {"api_key": "x"}}, "configuration.api_key"),
        ({"configuration": {"system_prompt": "Use sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD"}}, "configuration"),
        ({"capabilities": "all"}, "capabilities"),
        ({"metadata": {"x": "y" * 20_000}}, "metadata"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(acme: Caller, change: dict[str, Any], field: str) -> None:
    refused = acme.post(PATH, json=BODY | change).expect(400).json()
    assert list(refused["errors"]) == [field]
    agent = made(acme)
    assert list(acme.put(f"{PATH}/{agent['id']}", json=change).expect(400).json()["errors"]) == [field]
    assert acme.get(f"{PATH}/{agent['id']}").json() == agent


def test_a_change_keeps_what_is_not_sent_and_makes_a_version(acme: Caller, clock: StoppedClock) -> None:
    agent = made(acme)
    clock.advance(seconds=5)
    changed = acme.put(f"{PATH}/{agent['id']}", json={"configuration": {"temperature": 0.1}, "tags": ["new"]}).json()
    assert changed == agent | {
        "configuration": agent["configuration"] | {"temperature": 0.1},
        "tags": ["new"],
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert changed["updated_at"] > agent["updated_at"]
    versions = acme.get(f"{PATH}/{agent['id']}/versions").expect(200).json()
    assert [(one["version"], one["changed"]) for one in versions["data"]] == [
        (2, ["tags", "configuration.temperature"]), (1, [])
    ]  # fmt: skip
    first = acme.get(f"{PATH}/{agent['id']}/versions/1").expect(200).json()["agent"]
    assert first == {name: agent[name] for name in first}
    told = [(event.type, event.data.get("changed")) for event in reversed(written())]
    assert told == [("agent.created", None), ("agent.updated", ["tags", "configuration.temperature"])]


def test_a_change_that_changes_nothing_is_no_version(acme: Caller) -> None:
    agent = made(acme)
    assert acme.put(f"{PATH}/{agent['id']}", json={"status": "active"}).expect(200).json() == agent
    assert len(written()) == 1


def test_only_the_version_that_a_caller_saw_is_changed(acme: Caller) -> None:
    path = f"{PATH}/{made(acme)['id']}"
    stale = Caller(acme.handler, {**acme.headers, "If-Match": '"7"'})
    stale.put(path, json={"status": "inactive"}).expect(409)
    stale.delete(path).expect(409)
    seen = Caller(acme.handler, {**acme.headers, "If-Match": '"1"'})
    assert seen.put(path, json={"status": "inactive"}).expect(200).headers["etag"] == '"2"'
    seen.put(path, json={"status": "active"}).expect(409)


def test_versions_come_in_pages_and_outlive_their_agent(acme: Caller) -> None:
    path = f"{PATH}/{made(acme)['id']}"
    for number in range(4):
        acme.put(path, json={"description": f"change {number}"}).expect(200)
    page = acme.get(f"{path}/versions", query={"pageSize": 2}).json()
    assert ([one["version"] for one in page["data"]], page["nextBefore"]) == ([5, 4], 4)
    page = acme.get(f"{path}/versions", query={"pageSize": 3, "before": 4}).json()
    assert ([one["version"] for one in page["data"]], page["nextBefore"]) == ([3, 2, 1], None)
    acme.delete(path).expect(204)
    acme.get(f"{path}/versions/5").expect(200)
    acme.get(f"{path}/versions/6").expect(404)
    acme.get(f"{PATH}/agent-none/versions").expect(404)


def test_another_tenant_sees_nothing(acme: Caller, other: Caller) -> None:
    path = f"{PATH}/{made(acme)['id']}"
    for reply in (
        other.get(path),
        other.put(path, json={"status": "inactive"}),
        other.delete(path),
        other.get(f"{path}/versions"),
        other.get(f"{path}/versions/1"),
    ):
        reply.expect(404)
    assert names(other.get(PATH)) == names(other.get(PATH, query={"search": "doc"})) == []
    acme.get(path).expect(200)


def test_an_agent_in_use_stays_and_says_who_uses_it(acme: Caller) -> None:
    agent, free = made(acme), made(acme, name="Free")
    flow = User("workflow", "workflow-1")
    transaction = Transaction()
    references.change(transaction, "acme", flow, before=(), after={agent["id"], free["id"]})
    transaction.commit()
    refused = acme.delete(f"{PATH}/{agent['id']}").expect(409).json()
    assert refused["detail"] == "the agent is used by workflow workflow-1"
    acme.put(f"{PATH}/{agent['id']}", json={"description": "may still change"}).expect(200)
    acme.delete(f"{PATH}/{agent['id']}").expect(409)
    transaction = Transaction()
    references.change(transaction, "acme", flow, before={agent["id"], free["id"]}, after={free["id"]})
    transaction.commit()
    acme.delete(f"{PATH}/{agent['id']}").expect(204)
    assert references.of("acme", free["id"]) == [flow]


def test_a_use_of_an_agent_that_is_not_there_is_refused_by_its_id(acme: Caller) -> None:
    made(acme)
    transaction = Transaction()
    references.change(transaction, "acme", User("workflow", "w"), before=(), after={"agent-none"})
    with pytest.raises(UnknownAgentError, match="agent-none"):
        transaction.commit()


@pytest.fixture
def three(acme: Caller, clock: StoppedClock) -> Caller:
    """Three agents, of two types and both states, made one after the other; the first was changed last."""
    kinds: tuple[dict[str, Any], ...] = (
        {"name": "alpha", "type": "code_review"},
        {"name": "Beta", "status": "inactive", "description": "the SECONDone"},
        {"name": "gamma"},
    )
    agents = []
    for kind in kinds:
        agents.append(made(acme, **kind))
        clock.advance(seconds=1)
    acme.put(f"{PATH}/{agents[0]['id']}", json={"description": "touched"}).expect(200)
    return acme


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "gamma Beta alpha"),
        ({"sortBy": "name", "sortOrder": "asc"}, "alpha Beta gamma"),
        ({"sortBy": "name"}, "gamma Beta alpha"),
        ({"sortBy": "created_at", "sortOrder": "asc"}, "alpha Beta gamma"),
        ({"sortBy": "updated_at", "sortOrder": "asc"}, "Beta gamma alpha"),
        ({"type": "code_review"}, "alpha"),
        ({"status": "inactive"}, "Beta"),
        ({"type": "documentation", "status": "active"}, "gamma"),
        ({"type": "code_review", "status": "inactive"}, ""),
        ({"search": "secondone"}, "Beta"),
        ({"search": "A", "sortBy": "name", "sortOrder": "asc"}, "alpha Beta gamma"),
        ({"search": "A", "status": "active", "sortBy": "updated_at"}, "alpha gamma"),
        ({"search": "nothing like it"}, ""),
        ({"page": 2, "pageSize": 2}, "alpha"),
        ({"page": 2, "pageSize": 2, "search": "a"}, "alpha"),
        ({"page": 9}, ""),
    ],
)
def test_lists_filter_search_sort_and_page(three: Caller, query: dict[str, Any], expected: str) -> None:
    assert " ".join(names(three.get(PATH, query=query))) == expected


@pytest.mark.parametrize("search", ["", "a"])
def test_a_cursor_goes_on_where_a_page_ended(three: Caller, search: str) -> None:
    query = {"pageSize": 2, "sortBy": "name", "sortOrder": "asc", "search": search}
    first = three.get(PATH, query=query).json()
    assert first["pagination"] == {
        "page": 1, "pageSize": 2, "totalItems": 3, "totalPages": 2, "nextCursor": first["pagination"]["nextCursor"]
    }  # fmt: skip
    last = three.get(PATH, query=query | {"cursor": first["pagination"]["nextCursor"]})
    assert (names(last), last.json()["pagination"]["nextCursor"]) == (["gamma"], None)


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0}, {"page": "one"}, {"pageSize": 101}, {"pageSize": -1}, {"sortBy": "shoe_size"},
        {"sortOrder": "sideways"}, {"status": "asleep"}, {"cursor": "!"}, {"cursor": "YQ"},
        {"cursor": "a", "search": "b"},
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_given_is_refused(three: Caller, query: dict[str, Any]) -> None:
    three.get(PATH, query=query).expect(400)


def test_a_list_shows_no_prompt_and_no_tools(three: Caller) -> None:
    [row] = three.get(PATH, query={"search": "gamma"}).json()["data"]
    assert row["configuration"] == {"model": "gpt-4", "temperature": 0.5, "max_tokens": 4000}


def test_totals_follow_changes_and_deletions(three: Caller) -> None:
    [row] = three.get(PATH, query={"search": "alpha"}).json()["data"]
    three.put(f"{PATH}/{row['id']}", json={"type": "documentation", "status": "inactive"}).expect(200)

    def total(**query: str) -> int:
        return int(three.get(PATH, query=query).json()["pagination"]["totalItems"])

    assert (total(), total(type="code_review"), total(status="inactive"), total(type="documentation")) == (3, 0, 2, 3)
    three.delete(f"{PATH}/{row['id']}").expect(204)
    assert (total(), total(type="documentation", status="inactive"), total(search="a")) == (2, 1, 2)


def test_a_tenant_has_no_more_agents_than_a_search_reads(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LISTS", Shelves("AGENTS_TABLE", 2))
    made(acme, name="one")
    made(acme, name="two")
    assert "at most" in acme.post(PATH, json=BODY).expect(409).json()["detail"]


def test_requests_cost_a_few_calls_however_many_agents_there_are(three: Caller) -> None:
    gate = 2  # the credential, and the count of requests
    with aws_calls() as calls:
        three.get(PATH, query={"pageSize": 1})
    assert calls.total() - gate <= 3  # the total, the page's keys, its agents
    agent = three.get(PATH).json()["data"][0]
    with aws_calls() as calls:
        three.put(f"{PATH}/{agent['id']}", json={"description": "cheap"}).expect(200)
    assert calls.total() - gate <= 2


def test_two_who_change_at_once_both_get_their_change(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = made(acme)
    actor = Actor("acme", "key:k")
    original = store.replace_with
    first = [True]

    def late(*given: Any, **more: Any) -> None:
        if first.pop() if first else False:
            acme.put(f"{PATH}/{agent['id']}", json={"description": "from another"}).expect(200)
        original(*given, **more)

    monkeypatch.setattr(store, "replace_with", late)
    change = AgentChange(status=Status.INACTIVE)
    after = service.update(actor, agent["id"], change, service.get("acme", agent["id"]).updated_at)
    assert (after.description, after.status, after.version) == ("from another", "inactive", 3)
