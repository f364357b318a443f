"""Transactions: what their failures mean, and reading several tables at once."""

import threading

import pytest

from pentarch.events import store
from pentarch.events.model import happened
from pentarch.events.store import EventItem, record
from pentarch.platform import clock
from pentarch.platform.errors import ConflictError
from pentarch.platform.tables import Transaction, batch_get
from pentarch.usage.store import UsageItem
from support.gateway import aws_calls

pytestmark = pytest.mark.usefixtures("aws")


def test_all_writes_happen_or_none() -> None:
    UsageItem("acme", "taken").save()
    transaction = Transaction()
    event = happened(clock.now(), "acme", "a.happened", action="a", actor="key:1", resource="r")
    record(transaction, event)
    transaction.put(
        UsageItem("acme", "taken"), condition=UsageItem.key.does_not_exist(), otherwise=ConflictError("taken")
    )
    with pytest.raises(ConflictError, match="taken"):
        transaction.commit()
    assert store.get("acme", event.id) is None


def test_the_error_of_the_first_failed_condition_is_raised() -> None:
    transaction = Transaction()
    for key in ("one", "two"):
        transaction.update(
            UsageItem("acme", key),
            [UsageItem.requests.add(1)],
            condition=UsageItem.key.exists(),
            otherwise=ConflictError(key),
        )
    with pytest.raises(ConflictError, match="one"):
        transaction.commit()


def test_one_unconditional_put_is_no_transaction() -> None:
    transaction = Transaction()
    transaction.put(UsageItem("acme", "k", requests=2))
    with aws_calls() as calls:
        transaction.commit()
    assert dict(calls) == {"PutItem": 1}
    assert UsageItem.get("acme", "k").requests == 2


def test_several_tables_are_read_in_one_call_and_what_is_missing_is_none() -> None:
    UsageItem("acme", "k", requests=3).save()
    with aws_calls() as calls:
        found = batch_get([(UsageItem, "acme", "k"), (UsageItem, "acme", "none"), (EventItem, "p", "i")])
    assert dict(calls) == {"BatchGetItem": 1}
    assert [item and item.requests for item in found] == [3, None, None]


def test_a_stores_models_share_one_client() -> None:
    seen = {id(model._get_connection().connection.client) for model in (UsageItem, EventItem)}
    assert len(seen) == 1
    threads = [threading.Thread(target=lambda: seen.add(id(UsageItem._get_connection().connection.client)))]
    [thread.start() for thread in threads]  # type: ignore[func-returns-value]
    [thread.join() for thread in threads]  # type: ignore[func-returns-value]
    assert len(seen) == 1
