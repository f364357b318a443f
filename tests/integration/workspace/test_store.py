"""Files of a workspace over moto: versions, history, totals, and what happens when two write at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from pentarch.events import store as events
from pentarch.platform.tables import Transaction
from pentarch.workspace import objects, store
from pentarch.workspace.errors import FileMovedError, FileTooLargeError, NoSuchFileError
from pentarch.workspace.model import MAX_FILE_BYTES, Author, Content, Entry, Totals, resource
from support.atomic import make_calls_atomic
from support.strict_dynamodb import use_strict_dynamodb

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA = Author("acme", "key:anna")


@pytest.fixture(autouse=True)
def _stores(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 (a fixture that this one needs)
    use_strict_dynamodb(monkeypatch)


def put(path: str, text: str, author: Author = ANNA, expected: int = store.ANY) -> Entry:
    return store.put(author, Content(path, text.encode(), "text/plain"), AT, expected=expected)


def test_a_file_comes_back_in_each_of_its_versions() -> None:
    put("a/PRD.md", "one")
    put("a/PRD.md", "two")
    assert store.get("acme", "a/PRD.md").body == b"two"
    assert (store.get("acme", "a/PRD.md").version, store.get("acme", "a/PRD.md", 1).body) == (2, b"one")
    assert store.head("acme", "a/PRD.md").size == 3
    with pytest.raises(NoSuchFileError):
        store.get("acme", "a/PRD.md", 3)


def test_versions_count_on_over_a_deletion() -> None:
    put("PRD.md", "one")
    store.delete(ANNA, "PRD.md", AT)
    with pytest.raises(NoSuchFileError):
        store.head("acme", "PRD.md")
    assert store.page("acme").entries == ()
    assert put("PRD.md", "three").version == 3
    told = [(entry.version, entry.deleted) for entry in store.history("acme", "PRD.md").entries]
    assert told == [(3, False), (2, True), (1, False)]
    assert store.get("acme", "PRD.md", 1).body == b"one"
    with pytest.raises(NoSuchFileError):
        store.get("acme", "PRD.md", 2)


def test_pages_go_by_path_below_a_prefix() -> None:
    for path in ("b/1", "b/2", "b/3", "c", "a"):
        put(path, path)
    first = store.page("acme", "b/", limit=2)
    assert ([entry.path for entry in first.entries], first.next_cursor) == (["b/1", "b/2"], "b/2")
    rest = store.page("acme", "b/", limit=2, cursor=first.next_cursor)
    assert ([entry.path for entry in rest.entries], rest.next_cursor) == (["b/3"], None)
    assert [entry.path for entry in store.page("acme").entries] == ["a", "b/1", "b/2", "b/3", "c"]


def test_the_history_has_pages() -> None:
    for number in range(5):
        put("PRD.md", str(number))
    first = store.history("acme", "PRD.md", limit=2)
    assert ([entry.version for entry in first.entries], first.next_cursor) == ([5, 4], "4")
    rest = store.history("acme", "PRD.md", limit=5, before=4)
    assert ([entry.version for entry in rest.entries], rest.next_cursor) == ([3, 2, 1], None)
    assert store.history("acme", "PRD").entries == ()


def test_totals_are_those_of_the_present_files() -> None:
    put("a", "four")
    put("b", "12")
    put("a", "123")
    assert store.totals("acme") == Totals(2, 5)
    store.delete(ANNA, "b", AT)
    assert store.totals("acme") == Totals(1, 3)
    assert store.totals("other") == Totals()


def test_a_tenant_sees_nothing_of_anothers_files() -> None:
    put("PRD.md", "secret")
    with pytest.raises(NoSuchFileError):
        store.get("other", "PRD.md")
    put("PRD.md", "theirs", Author("other", "key:eve"))
    assert store.get("acme", "PRD.md").body == b"secret"


def test_every_change_has_its_event_and_none_tells_the_name() -> None:
    put("anna-smith.md", "one")
    store.delete(ANNA, "anna-smith.md", AT + timedelta(milliseconds=1))
    [deleted, written] = events.newest_first("acme", start=AT.replace(hour=11), end=AT.replace(hour=13))
    assert (written.type, written.actor, written.resource) == ("file.written", "key:anna", resource("anna-smith.md"))
    assert (written.data["version"], written.data["size"]) == (1, 3)
    assert (deleted.type, deleted.data["version"]) == ("file.deleted", 2)
    assert "smith" not in str(written.as_json()) + str(deleted.as_json())
    assert [one.event_id for one in store.history("acme", "anna-smith.md").entries] == [deleted.id, written.id]


def test_who_expects_another_version_changes_nothing() -> None:
    put("a", "one", expected=store.ABSENT)
    with pytest.raises(FileMovedError) as moved:
        put("a", "two", expected=store.ABSENT)
    assert moved.value.details == {"path": "a", "version": 1}
    put("a", "two", expected=1)
    with pytest.raises(FileMovedError):
        store.delete(ANNA, "a", AT, expected=1)
    assert store.get("acme", "a").body == b"two"


def test_writers_at_once_get_a_version_each(monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)

    def write(number: int) -> int:
        return put("a", str(number)).version

    with ThreadPoolExecutor(3) as pool:
        made = sorted(pool.map(write, range(3)))

    assert made == [1, 2, 3]
    assert store.totals("acme") == Totals(1, 1)


def test_several_files_change_together_or_not_at_all() -> None:
    put("a", "old")
    before = store.heads("acme", ["a", "b"])
    contents = [Content("a", b"new", "text/plain"), Content("b", b"new too", "text/plain")]
    store.keep("acme", contents)
    put("a", "newer")

    transaction = Transaction()
    store.add_changes(transaction, ANNA, contents, before, AT)
    with pytest.raises(FileMovedError):
        transaction.commit()

    assert store.get("acme", "a").body == b"newer"
    assert list(store.heads("acme", ["a", "b"])) == ["a"]
    assert store.totals("acme") == Totals(1, 5)

    transaction = Transaction()
    store.add_changes(transaction, ANNA, contents, store.heads("acme", ["a", "b"]), AT)
    transaction.commit()
    assert (store.get("acme", "a").body, store.get("acme", "b").version) == (b"new", 1)


def test_a_file_has_a_bound() -> None:
    with pytest.raises(FileTooLargeError):
        store.put(ANNA, Content("a", bytes(MAX_FILE_BYTES + 1), "text/plain"), AT)
    assert boto3.client("s3").list_objects_v2(Bucket=objects.bucket())["KeyCount"] == 0
