"""The workspace by HTTP: files, their versions, and what is refused."""

from typing import Any

import pytest

from pentarch.workspace.model import MAX_FILE_BYTES
from support.lambdas import Caller
from support.sessions import BRIEF, CREATE, RUN, WORKSPACE, content, create, run, upload
from support.tenants import make_key

PNG = b"\x89PNG\r\n\x1a\n\x00\x01\xff"


def form(body: bytes, media: str = "image/png", field: str = "file") -> dict[str, Any]:
    head = f'--XX\r\nContent-Disposition: form-data; name="{field}"; filename="a"\r\nContent-Type: {media}\r\n\r\n'
    return {
        "raw": head.encode() + body + b"\r\n--XX--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=XX"},
    }


def test_a_file_is_written_read_and_replaced(acme: Caller) -> None:
    made = acme.put(f"{WORKSPACE}/a/PRD.md", raw=BRIEF, headers={"Content-Type": "text/markdown"}).expect(201)
    assert (made.json()["version"], made.headers["etag"]) == (1, '"1"')
    reply = acme.get(f"{WORKSPACE}/a/PRD.md").expect(200)
    assert (reply.text, reply.headers["content-type"].split(";")[0]) == (BRIEF, "text/markdown")
    assert "sandbox" in reply.headers["content-security-policy"]
    assert acme.put(f"{WORKSPACE}/a/PRD.md", raw="new").expect(200).json()["version"] == 2
    assert acme.get(f"{WORKSPACE}/a/PRD.md", query={"version": 1}).expect(200).text == BRIEF
    history = acme.get(f"{WORKSPACE}/a/PRD.md", query={"history": "true"}).expect(200).json()
    assert [one["version"] for one in history["versions"]] == [2, 1]
    listed = acme.get(WORKSPACE, query={"prefix": "a/"}).expect(200).json()
    assert ([one["path"] for one in listed["files"]], listed["total"], listed["total_bytes"]) == (["a/PRD.md"], 1, 3)
    assert acme.delete(f"{WORKSPACE}/a/PRD.md").expect(200).json()["deleted"] == "a/PRD.md"
    acme.get(f"{WORKSPACE}/a/PRD.md").expect(404)


def test_versions_guard_a_change(acme: Caller) -> None:
    upload(acme, "a.md")
    acme.put(f"{WORKSPACE}/a.md", raw="x", headers={"If-None-Match": "*"}).expect(409)
    acme.put(f"{WORKSPACE}/a.md", raw="x", headers={"If-Match": '"1"'}).expect(200)
    acme.put(f"{WORKSPACE}/a.md", raw="y", headers={"If-Match": '"1"'}).expect(409)
    acme.put(f"{WORKSPACE}/a.md", raw="y", headers={"If-Match": "newest"}).expect(400)
    acme.delete(f"{WORKSPACE}/a.md", headers={"If-Match": '"1"'}).expect(409)
    assert content(acme, "a.md") == "x"


def test_what_is_no_text_travels_as_a_form_and_by_an_address(acme: Caller) -> None:
    error = acme.put(f"{WORKSPACE}/a.png", raw=PNG, headers={"Content-Type": "image/png"}).expect(400).json()["error"]
    assert "multipart/form-data" in error["message"]
    made = acme.put(f"{WORKSPACE}/a.png", **form(PNG)).expect(201).json()
    assert (made["content_type"], made["size"]) == ("image/png", len(PNG))
    reply = acme.get(f"{WORKSPACE}/a.png").expect(307)
    assert "/files/acme/" in reply.headers["location"]
    acme.put(f"{WORKSPACE}/b.png", **form(PNG, field="other")).expect(400)


def test_a_text_stays_a_text_whatever_it_is_called(acme: Caller) -> None:
    made = acme.put(f"{WORKSPACE}/a.bin", raw="plain", headers={"Content-Type": "application/octet-stream"}).expect(201)
    assert made.json()["content_type"] == "text/plain; charset=utf-8"
    assert content(acme, "a.bin") == "plain"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a#b", "a\\b", "x" * 300, "a@b.c"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_odd_paths_are_refused(acme: Caller, method: str, path: str) -> None:
    raw = "x" if method == "PUT" else None
    error = acme.send(method, f"{WORKSPACE}/{path}", raw=raw).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", "path")


def test_a_file_that_is_too_large_is_refused(acme: Caller) -> None:
    error = acme.put(f"{WORKSPACE}/a.txt", raw="x" * (MAX_FILE_BYTES + 1)).expect(413).json()["error"]
    assert error["code"] == "PAYLOAD_TOO_LARGE"
    acme.get(f"{WORKSPACE}/a.txt").expect(404)


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": "few"}, {"prefix": "../"}, {"cursor": "/x"}, {"prefix": "a/", "cursor": "b"}]
)
def test_odd_lists_are_refused(acme: Caller, query: dict[str, Any]) -> None:
    acme.get(WORKSPACE, query=query).expect(400)


def test_a_viewer_reads_and_does_not_write(acme: Caller) -> None:
    upload(acme, "a.md")
    viewer = acme.using(make_key("acme", "viewer"))
    assert content(viewer, "a.md") == BRIEF
    viewer.put(f"{WORKSPACE}/a.md", raw="x").expect(403)
    viewer.delete(f"{WORKSPACE}/a.md").expect(403)
    developer = acme.using(make_key("acme", "developer"))
    developer.put(f"{WORKSPACE}/a.md", raw="x").expect(200)


@pytest.mark.parametrize("path", [CREATE, RUN])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": {"files": []}}, "skill"),
        ({"skill": 7}, "skill"),
        ({"skill": "spec", "input": "PRD.md"}, "input"),
        ({"skill": "spec", "input": {"files": "PRD.md"}}, "input.files"),
        ({"skill": "spec", "input": {"files": [7]}}, "input.files.0"),
        ({"skill": "spec", "input": {"files": ["../x"]}}, "input.files"),
        ({"skill": "spec", "input": {"files": ["a", "a"]}}, "input.files"),
        ({"skill": "spec", "input": {"files": ["x"] * 21}}, "input.files"),
        ([], "body"),
    ],
)
def test_a_wish_that_is_none_is_refused_by_its_field(acme: Caller, path: str, body: Any, field: str) -> None:
    error = acme.post(path, body).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert acme.get("/api/v1/sessions").json()["total"] == 0


@pytest.mark.parametrize("options", [{"temperature": 3}, {"temperature": "hot"}, {"verbose": "yes"}, {"wait": 60}])
def test_options_have_bounds(acme: Caller, options: dict[str, Any]) -> None:
    upload(acme, "PRD.md")
    acme.post(RUN, {"skill": "spec", "input": {"files": ["PRD.md"]}, "options": options}).expect(400)


def test_a_run_on_a_file_that_is_not_there_is_refused(acme: Caller) -> None:
    error = acme.post(RUN, {"skill": "spec", "input": {"files": ["no.md"]}}).expect(400).json()["error"]
    assert (error["details"]["field"], error["details"]["missing"]) == ("input.files", ["no.md"])
    acme.post(RUN, {"skill": "unknown", "input": {"files": []}}).expect(404)
    acme.post(RUN, {"skill": "spec", "input": {"files": []}}).expect(400)


def test_lists_have_totals_pages_and_states(acme: Caller) -> None:
    upload(acme)
    made = [create(acme) for _ in range(3)]
    run(acme)
    first = acme.get("/api/v1/sessions", query={"limit": 2}).json()
    assert (first["total"], first["limit"], first["offset"], len(first["sessions"])) == (3, 2, 0, 2)
    rest = acme.get("/api/v1/sessions", query={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert {one["id"] for page in (first, rest) for one in page["sessions"]} == set(made)
    assert rest["next_cursor"] is None
    assert acme.get("/api/v1/sessions", query={"status": "created"}).json()["total"] == 2
    assert acme.get("/api/v1/sessions", query={"status": "running"}).json()["total"] == 1
    acme.get("/api/v1/sessions", query={"status": "odd"}).expect(400)
    assert acme.get("/api/v1/status").json()["sessions"]["active"] == 3


def test_the_status_names_the_tenants_own_workspace(acme: Caller) -> None:
    found = acme.get("/api/v1/status").expect(200).json()
    assert found["workspace"] == "s3://workspacebucket/files/acme/"
    assert {one["name"] for one in found["agents"]} == {"requirements", "architecture", "simulation"}
