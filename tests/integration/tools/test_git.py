"""Git over https, against a server on this machine."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pentarch.events.actor import Actor
from pentarch.platform import clock
from registry.credentials import put as put_credential
from support.git_server import GitServer
from support.lambdas import Caller
from support.tools import completed, failed

GIT = "tool-git"

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    with GitServer(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        monkeypatch.setenv("TOOLS_REACH", "local")
        running.commit("Begin", {"shop.py": b"import os\nprint(1)\n", "docs/a.md": b"# Shop\n"})
        running.commit("Say two", {"shop.py": b"import os\nprint(2)\nprint(3)\n"}, author="Bo <bo@b.test>")
        running.commit("Add lamps", {"lamp.py": b"price = 12\n", "docs/a.md": None}, branch="feature")
        running.commit("Add chairs", {"chair.py": b"price = 80\n"})
        yield running


def asked(server: GitServer, operation: str, **more: Any) -> dict[str, Any]:
    return {"repository": server.url, "operation": operation, **more}


def test_a_clone_tells_what_a_revision_holds(acme: Caller, server: GitServer) -> None:
    told = completed(acme, GIT, {"repository": server.url})
    assert [one["path"] for one in told["files"]] == ["chair.py", "docs/a.md", "shop.py"]
    assert (told["file_count"], told["default_branch"], told["branches"]) == (3, "main", ["feature", "main"])
    assert told["commit"]["message"] == "Add chairs"
    assert completed(acme, GIT, asked(server, "clone", ref=told["commit"]["id"]))["commit"] == told["commit"]


def test_a_diff_is_told_as_the_reference_has_it(acme: Caller, server: GitServer) -> None:
    told = completed(acme, GIT, asked(server, "diff", base="main", head="feature"))
    assert (told["files_changed"], told["insertions"], told["deletions"]) == (3, 1, 2)
    assert "+price = 12" in told["diff"]
    assert "-price = 80" in told["diff"]
    own = completed(acme, GIT, asked(server, "diff", base="main", head="feature", from_merge_base=True))
    assert [(one["path"], one["change"]) for one in own["files"]] == [("docs/a.md", "delete"), ("lamp.py", "add")]
    only = completed(acme, GIT, asked(server, "diff", base="main", head="feature", path="docs"))
    assert only["files_changed"] == 1


def test_history_and_authors_are_told(acme: Caller, server: GitServer) -> None:
    told = completed(acme, GIT, asked(server, "log", path="shop.py"))
    assert [one["message"] for one in told["commits"]] == ["Say two", "Begin"]
    shallow = completed(acme, GIT, asked(server, "log", depth=1))
    assert [one["message"] for one in shallow["commits"]] == ["Add chairs"]
    blamed = completed(acme, GIT, asked(server, "blame", path="shop.py"))
    authors = [blamed["commits"][line["commit"]]["author"] for line in blamed["lines"]]
    assert authors == ["Ada", "Bo", "Bo"]


def test_a_file_of_a_revision_is_shown(acme: Caller, server: GitServer) -> None:
    told = completed(acme, GIT, asked(server, "show", path="lamp.py", ref="feature"))
    assert told["content"] == "price = 12\n"
    assert failed(acme, GIT, asked(server, "show", path="lamp.py"))["code"] == "not_found"
    assert failed(acme, GIT, asked(server, "show", path="docs"))["code"] == "bad_parameters"


def test_a_repository_is_linted_scanned_and_documented(acme: Caller, server: GitServer) -> None:
    server.commit(
        "Lint me not", {"ruff.toml": b'extend = "/etc/passwd"\n', "pyproject.toml": b"[tool.ruff]\nexclude=['*']\n"}
    )
    linted = completed(acme, "tool-linter", {"repository": server.url, "select": ["F"]})
    assert [(one["file"], one["rule"]) for one in linted["issues"]] == [("shop.py", "F401")]
    scanned = completed(acme, "tool-security-scanner", {"repository": server.url, "ref": "feature"})
    assert scanned["files_scanned"] == 2
    written = completed(acme, "tool-markdown-generator", {"repository": server.url})
    assert "| `price` |  | `80` |" in written["markdown"]


def test_a_revision_that_is_none_is_told(acme: Caller, server: GitServer) -> None:
    for ref, code in {
        "nothing": "not_found",
        "0" * 40: "not_found",
        "a..b": "bad_parameters",
        "--upload-pack=x": "bad_parameters",
    }.items():
        assert failed(acme, GIT, asked(server, "clone", ref=ref))["code"] == code


def test_a_repository_is_named_by_https_alone(acme: Caller) -> None:
    for repository in (
        "file:///etc",
        "/etc",
        "git://localhost/x",
        "ssh://git@localhost/x",
        "http://localhost/x",
        "ext::sh -c id",
        "git@github.com:org/repo",
        "https://",
        "https://localhost/x?y=z",
        "https://[::1",
    ):
        assert failed(acme, GIT, {"repository": repository})["code"] == "bad_parameters"


def test_an_address_inside_is_not_asked(acme: Caller) -> None:
    for host in ("127.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "[::1]", "2130706433"):
        assert failed(acme, GIT, {"repository": f"https://{host}/x"})["code"] in ("refused", "upstream_failed")


def test_a_redirect_is_not_followed(acme: Caller, server: GitServer) -> None:
    server.answer = ("302 Found", [("Location", "https://169.254.169.254/"), ("Content-Length", "0")], b"")
    assert failed(acme, GIT, asked(server, "clone"))["code"] == "upstream_failed"
    assert len(server.requests) == 1


def test_a_server_that_speaks_no_git_is_told(acme: Caller, server: GitServer) -> None:
    for body in (b"", b"rubbish", b"001e# service=git-upload-pack\n0000ffff"):
        kind = [("Content-Type", "application/x-git-upload-pack-advertisement"), ("Content-Length", str(len(body)))]
        server.answer = ("200 OK", kind, body)
        assert failed(acme, GIT, asked(server, "clone"))["code"] == "upstream_failed"


def test_a_credential_goes_to_its_host_and_to_no_other(acme: Caller, server: GitServer) -> None:
    put_credential(Actor("acme", "key:test"), "localhost_ci", "ghp_secret", clock.now())
    completed(acme, GIT, asked(server, "clone", credential="localhost_ci"))
    basic = base64.b64encode(b"x-access-token:ghp_secret").decode()
    assert set(server.authorizations) == {f"Basic {basic}"}
    told = completed(acme, "tool-http-request", {"url": f"{server.url}info/refs", "credential": "localhost_ci"})
    assert "ghp_secret" not in str(told)
    assert server.authorizations[-1] == "Bearer ghp_secret"
    server.authorizations.clear()
    for tool, parameters in (
        (GIT, {"repository": server.url.replace("localhost", "127.0.0.1")}),
        ("tool-http-request", {"url": server.url.replace("localhost", "127.0.0.1")}),
        ("tool-http-request", {"url": "https://localhost.evil.test/"}),
        ("tool-http-request", {"url": "https://localhost@evil.test/"}),
    ):
        assert failed(acme, tool, {**parameters, "credential": "localhost_ci"})["code"] == "credential"
    assert failed(acme, GIT, asked(server, "clone", credential="localhost"))["code"] == "credential"
    plain = server.url.replace("https", "http")
    assert failed(acme, "tool-http-request", {"url": plain, "credential": "localhost_ci"})["code"] == "refused"
    assert server.authorizations == []
