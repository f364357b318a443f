"""Tools over files of the workspace and of the tenant's places in S3."""

import sqlite3
from pathlib import Path

import boto3
import pytest

from pentarch.platform import clock
from pentarch.workspace import store as workspace
from pentarch.workspace.model import Author, Content
from support.lambdas import Caller
from support.tools import completed, failed

pytestmark = pytest.mark.usefixtures("quick")
READER, SQL = "tool-file-reader", "tool-sql-query"


def put(path: str, body: bytes, *, tenant: str = "acme") -> int:
    entry = workspace.put(Author(tenant, "key:test"), Content(path, body, "text/plain"), clock.now())
    return entry.version


def put_object(key: str, body: bytes) -> str:
    boto3.client("s3").put_object(Bucket="filesbucket", Key=key, Body=body)
    return f"s3://filesbucket/{key}"


def a_shop(place: Path) -> bytes:
    file = place / "shop.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE items (name TEXT, price INTEGER, picture BLOB)")
    connection.executemany("INSERT INTO items VALUES (?, ?, ?)", [("lamp", 12, b"\x00\x01"), ("chair", 80, None)])
    connection.commit()
    connection.close()
    return file.read_bytes()


def test_a_file_is_read_piece_by_piece(acme: Caller) -> None:
    put("notes/day.md", "Grüße aus Köln".encode())
    first = completed(acme, READER, {"path": "notes/day.md", "max_bytes": 3})
    assert (first["content"], first["truncated"], first["next_offset"]) == ("Gr", True, 2)
    rest = completed(acme, READER, {"path": "notes/day.md", "offset": first["next_offset"]})
    assert first["content"] + rest["content"] == "Grüße aus Köln"
    assert (rest["truncated"], rest["version"]) == (False, 1)


def test_an_earlier_version_is_read(acme: Caller) -> None:
    put("a.txt", b"old")
    put("a.txt", b"new")
    assert completed(acme, READER, {"path": "a.txt"})["content"] == "new"
    assert completed(acme, READER, {"path": "a.txt", "version": 1})["content"] == "old"
    assert failed(acme, READER, {"path": "a.txt", "version": 3})["code"] == "not_found"


def test_what_is_no_text_comes_in_base64(acme: Caller) -> None:
    put("a.bin", b"\xff\x00")
    assert completed(acme, READER, {"path": "a.bin"})["content"] == "/wA="
    assert failed(acme, READER, {"path": "a.bin", "encoding": "text"})["code"] == "bad_parameters"


def test_a_folder_is_listed_page_by_page(acme: Caller) -> None:
    for name in ("a.txt", "b/c.txt", "b/d.txt"):
        put(name, b"x")
    first = completed(acme, READER, {"operation": "list", "path": "b/", "limit": 1})
    assert [one["path"] for one in first["entries"]] == ["b/c.txt"]
    rest = completed(acme, READER, {"operation": "list", "path": "b/", "cursor": first["next_cursor"]})
    assert [one["path"] for one in rest["entries"]] == ["b/d.txt"]
    assert len(completed(acme, READER, {"operation": "list", "path": "/"})["entries"]) == 3


def test_objects_of_the_tenants_own_places_are_read_and_listed(acme: Caller) -> None:
    address = put_object("files/acme/a/one.txt", b"hello")
    put_object("files/acme/a/two.txt", b"hello")
    assert completed(acme, READER, {"path": address})["content"] == "hello"
    listed = completed(acme, READER, {"operation": "list", "path": "s3://filesbucket/files/acme/", "limit": 1})
    assert [one["path"] for one in listed["entries"]] == [address]
    more = {"operation": "list", "path": "s3://filesbucket/files/acme/", "cursor": listed["next_cursor"]}
    assert len(completed(acme, READER, more)["entries"]) == 1
    assert failed(acme, READER, {"path": "s3://filesbucket/files/acme/none"})["code"] == "not_found"


def test_nothing_of_anybody_elses_is_read(acme: Caller) -> None:
    put_object("files/other/secret.txt", b"secret")
    for path in (
        "s3://filesbucket/files/other/secret.txt",
        "s3://filesbucket/files/acme/../other/secret.txt",
        "s3://filesbucket/specialists/acme/x",
        "s3://workspacebucket/files/acme/x",
        "s3://another-bucket/files/acme/x",
        "s3://",
    ):
        assert failed(acme, READER, {"path": path})["code"] in ("refused", "not_found")


def test_nobody_elses_places_are_listed(acme: Caller) -> None:
    put_object("files/other/secret.txt", b"secret")
    for path in ("s3://filesbucket/", "s3://filesbucket/files/", "s3://filesbucket/files/other/", "s3://x/files/acme/"):
        assert failed(acme, READER, {"operation": "list", "path": path})["code"] == "refused"
    odd = {"operation": "list", "path": "s3://filesbucket/files/acme/../other/"}
    assert completed(acme, READER, odd)["entries"] == []


def test_a_path_that_leads_elsewhere_is_refused(acme: Caller) -> None:
    for path in ("../other/a.txt", "/etc/passwd", "a/../../b", "a\\b", "a//b", "a\u0000b"):
        for tool, more in ((READER, {}), (SQL, {"query": "SELECT 1"}), ("tool-linter", {})):
            assert failed(acme, tool, {"path": path, **more})["code"] == "bad_parameters"


def test_a_neighbour_does_not_see_the_workspace(acme: Caller, other: Caller) -> None:
    put("a.txt", b"mine")
    assert completed(acme, READER, {"path": "a.txt"})["content"] == "mine"
    assert failed(other, READER, {"path": "a.txt"})["code"] == "not_found"
    assert completed(other, READER, {"operation": "list", "path": "/"})["entries"] == []


def test_a_database_of_the_workspace_is_asked(acme: Caller, tmp_path: Path) -> None:
    put("data/shop.sqlite", a_shop(tmp_path))
    asked = {"path": "data/shop.sqlite", "query": "SELECT * FROM items WHERE price < :most", "parameters": {"most": 50}}
    told = completed(acme, SQL, asked)
    assert told == {
        "columns": ["name", "price", "picture"],
        "rows": [["lamp", 12, "AAE="]],
        "row_count": 1,
        "truncated": False,
    }
    address = put_object("files/acme/shop.sqlite", a_shop(tmp_path.parent))
    assert completed(acme, SQL, {"path": address, "query": "SELECT count(*) FROM items"})["rows"] == [[2]]


def test_what_is_no_database_is_told(acme: Caller) -> None:
    put("a.txt", b"no database at all, but a text")
    error = failed(acme, SQL, {"path": "a.txt", "query": "SELECT * FROM items"})
    assert (error["code"], error["message"]) == ("bad_parameters", "the file is no SQLite database, or it is damaged")


def test_source_of_the_workspace_is_checked(acme: Caller) -> None:
    put("app/one.py", b"import os\n")
    put("app/deep/two.py", b"import sys\n")
    put("app/ruff.toml", b'exclude = ["*"]\n')
    told = completed(acme, "tool-linter", {"path": "app/", "select": ["F401"]})
    assert {(one["file"], one["rule"]) for one in told["issues"]} == {("one.py", "F401"), ("deep/two.py", "F401")}
    assert completed(acme, "tool-linter", {"path": "app/one.py", "select": ["F"]})["issue_count"] == 1
    assert failed(acme, "tool-linter", {"path": "nothing/"})["code"] == "not_found"
