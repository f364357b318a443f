"""The MCP server message by message: its frame, what it offers, and what a call comes to."""

from typing import Any

import pytest

import agents.api
from mcpserver import offers
from mcpserver.protocol import MODERN, VERSIONS
from support.lambdas import Caller, Reply
from support.stack_doors import Executions, StackDoors
from support.tenants import make_key

AGENT = {"name": "Writer", "description": "Writes manuals", "type": "documentation"}


def send(api: Caller, method: str, params: Any = None, **more: Any) -> Reply:
    message = {"jsonrpc": "2.0", "id": 1, "method": method} | ({} if params is None else {"params": params})
    return api.post("/mcp", message, **more)


def result(api: Caller, method: str, params: Any = None) -> Any:
    body = send(api, method, params).expect(200).json()
    assert body.keys() == {"jsonrpc", "id", "result"}, body
    return body["result"]


def error(api: Caller, method: str, params: Any = None) -> Any:
    body = send(api, method, params).expect(200).json()
    assert body.keys() == {"jsonrpc", "id", "error"}, body
    return body["error"]


def call(api: Caller, name: str, **arguments: Any) -> Any:
    return result(api, "tools/call", {"name": name, "arguments": arguments})


def an_agent(api: Caller, **changes: Any) -> str:
    made = Caller(agents.api.handler, api.headers).post("/api/v1/agents", AGENT | changes).expect(201).json()
    return str(made["id"])


@pytest.mark.parametrize(
    ("wanted", "given"), [*((one, one) for one in VERSIONS), ("1999-01-01", VERSIONS[0]), (7, VERSIONS[0])]
)
def test_a_version_that_both_speak_is_agreed_on(acme: Caller, wanted: Any, given: str) -> None:
    told = result(acme, "initialize", {"protocolVersion": wanted, "capabilities": {}, "clientInfo": {"name": "t"}})
    assert (told["protocolVersion"], told["serverInfo"]["name"]) == (given, "pentarch")
    assert told["capabilities"] == {"tools": {"listChanged": False}}


def test_who_speaks_a_later_version_is_told_which_there_are(acme: Caller) -> None:
    reply = send(acme, "server/discover", headers={"MCP-Protocol-Version": "2030-01-01"}).expect(400).json()
    assert (reply["error"]["code"], reply["error"]["data"]["supported"]) == (-32022, [MODERN, *VERSIONS])


META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


def modern(api: Caller, method: str, *, meta: Any = META, headers: Any = None, **params: Any) -> Reply:
    """A request of the version without a handshake."""
    said = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
    return send(api, method, {"_meta": meta, **params}, headers=said | (headers or {}))


def test_without_a_handshake_each_request_is_understood_by_itself(acme: Caller) -> None:
    told = modern(acme, "server/discover").expect(200).json()["result"]
    assert (told["supportedVersions"], told["resultType"], told["cacheScope"]) == (
        [MODERN, *VERSIONS],
        "complete",
        "private",
    )
    assert told["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "pentarch"
    called = modern(acme, "tools/call", name="agent-1", headers={"Mcp-Name": "=?base64?YWdlbnQtMQ==?="})
    assert called.expect(200).json()["result"]["structuredContent"]["result"] == {"text": "done"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"method": "no/such"}, 404, -32601),
        ({"method": "tools/list", "meta": {}}, 400, -32602),
        ({"method": "tools/list", "meta": None}, 400, -32602),
        (
            {"method": "tools/list", "meta": META | {"io.modelcontextprotocol/protocolVersion": "2025-11-25"}},
            400,
            -32020,
        ),
        ({"method": "tools/list", "headers": {"Mcp-Method": "ping"}}, 400, -32020),
        ({"method": "tools/call", "name": "tool-git"}, 400, -32020),
        ({"method": "tools/call", "name": "tool-git", "headers": {"Mcp-Name": "=?base64?!?="}}, 400, -32020),
        ({"method": "tools/call", "name": "nothing", "headers": {"Mcp-Name": "nothing"}}, 400, -32602),
    ],
)
def test_without_a_handshake_refusals_have_their_own_statuses(
    acme: Caller, change: dict[str, Any], status: int, code: int
) -> None:
    assert modern(acme, **change).expect(status).json()["error"]["code"] == code


def test_a_ping_is_answered_and_a_notification_accepted(acme: Caller) -> None:
    assert result(acme, "ping") == {}
    reply = acme.post("/mcp", {"jsonrpc": "2.0", "method": "notifications/initialized"}).expect(202)
    assert reply.text == ""
    acme.post("/mcp", {"jsonrpc": "2.0", "id": 4, "result": {}}).expect(202)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", -32700),
        ("[]", -32600),
        ('[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', -32600),
        ('{"id": 1, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": 1}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32600),
        ('{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        ("null", -32600),
    ],
)
def test_what_is_no_message_is_refused_as_json_rpc_has_it(acme: Caller, body: str, code: int) -> None:
    reply = acme.send("POST", "/mcp", raw=body).expect(400).json()
    assert (reply["jsonrpc"], reply["error"]["code"]) == ("2.0", code)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no/such", None, -32601),
        ("resources/list", None, -32601),
        ("tools/list", {"cursor": 7}, -32602),
        ("tools/list", {"cursor": "rubbish"}, -32602),
        ("tools/list", {"cursor": "eyJhZ2VudHMiOiAwfQ=="}, -32602),
        ("tools/call", {}, -32602),
        ("tools/call", {"name": "none"}, -32602),
        ("tools/call", {"name": "tool-none"}, -32602),
        ("tools/call", {"name": "agent-none"}, -32602),
        ("tools/call", {"name": "tool-../../../v1/keys"}, -32602),
        ("tools/call", {"name": "tool-git", "arguments": [1]}, -32602),
        ("tools/call", {"name": "get_execution", "arguments": {}}, -32602),
    ],
)
def test_a_request_that_cannot_be_met_is_an_error_of_the_protocol(
    acme: Caller, method: str, params: Any, code: int
) -> None:
    assert error(acme, method, params)["code"] == code


def test_strangers_are_told_to_show_a_credential(acme: Caller) -> None:
    reply = send(Caller(acme.handler, {}), "initialize").expect(401)
    assert reply.headers["www-authenticate"] == "Bearer"


def test_tools_agents_and_workflows_are_offered_alike(acme: Caller) -> None:
    writer = an_agent(acme)
    an_agent(acme, name="Asleep", status="inactive")
    told = {tool["name"]: tool for tool in result(acme, "tools/list")["tools"]}
    assert {"tool-git", "tool-json-transform", writer, "workflow-1", offers.LOOK, offers.CANCEL} <= told.keys()
    assert told[writer]["title"] == "Writer"
    assert told[writer]["description"].startswith("Writes manuals")
    assert all(tool["inputSchema"]["type"] == "object" for tool in told.values())
    assert not [tool for tool in told.values() if tool["title"] == "Asleep"]


def test_a_long_list_comes_in_pages(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "PAGE", 2)
    made = [an_agent(acme, name=f"agent {number}") for number in range(3)]
    first = result(acme, "tools/list")
    second = result(acme, "tools/list", {"cursor": first["nextCursor"]})
    assert [tool["name"] for tool in second["tools"]] == made[2:]
    assert "nextCursor" not in second


def test_who_may_not_read_agents_is_not_offered_them(acme: Caller) -> None:
    an_agent(acme)
    narrowed = acme.using(make_key("acme", "developer", scopes=("tools:read",)))
    names = [tool["name"] for tool in result(narrowed, "tools/list")["tools"]]
    assert "tool-git" in names
    assert not [name for name in names if name.startswith("agent-")]


def test_a_tool_runs_as_by_http(acme: Caller, doors: StackDoors) -> None:
    doors.asked.clear()
    told = call(acme, "tool-json-transform", data={"a": [1, 2]}, path="$.a[*]")
    assert told["isError"] is False, told
    assert told["structuredContent"]
    assert doors.asked[0] == "POST /api/v1/tools/tool-json-transform/execute"


def test_parameters_that_a_tool_cannot_take_are_told_to_the_model(acme: Caller) -> None:
    told = call(acme, "tool-json-transform")
    assert told["isError"] is True
    assert told["content"][0]["text"]


def test_who_may_not_run_tools_is_told_so(acme: Caller) -> None:
    viewer = acme.using(make_key("acme", "viewer"))
    assert call(viewer, "tool-json-transform", data={})["isError"] is True


def test_an_agent_that_ends_soon_answers_its_result(acme: Caller, executions: Executions) -> None:
    executions.looks = 2
    told = call(acme, "agent-1", prompt="Write", topic="tests")
    assert told["structuredContent"] == {"execution_id": "exec-1", "status": "completed", "result": {"text": "done"}}
    assert executions.begun == [("/api/v1/agents/agent-1/execute", {"prompt": "Write", "topic": "tests"})]


def test_a_workflow_that_goes_on_answers_its_execution(acme: Caller, executions: Executions) -> None:
    executions.looks = 99
    told = call(acme, "workflow-1")
    assert (told["structuredContent"], told["isError"]) == ({"execution_id": "exec-1", "status": "running"}, False)
    executions.looks = 0
    assert call(acme, offers.LOOK, execution_id="exec-1")["structuredContent"]["result"] == {"text": "done"}
    assert call(acme, offers.CANCEL, execution_id="exec-1")["structuredContent"]["status"] == "cancelled"
    assert call(acme, offers.LOOK, execution_id="other")["isError"] is True


def test_an_execution_that_failed_is_an_error_for_the_model(acme: Caller, executions: Executions) -> None:
    executions.end = "failed"
    assert call(acme, "agent-1")["isError"] is True


def test_a_part_of_the_stack_that_is_down_is_told_and_breaks_nothing(acme: Caller, doors: StackDoors) -> None:
    doors.down = {"tools"}
    assert error(acme, "tools/list")["code"] == -32603
    assert call(acme, "tool-git")["isError"] is True
    assert call(acme, "agent-1")["isError"] is False
