"""Sums that take each thing in once."""

import pytest

from pentarch.platform.counting import Counted, Place, add_once, take_out_once
from pentarch.platform.tables import batch_get
from pentarch.usage.store import UsageItem
from support.gateway import aws_calls
from support.strict_dynamodb import use_strict_dynamodb

pytestmark = pytest.mark.usefixtures("aws", "strict")


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    use_strict_dynamodb(monkeypatch)


def mark(name: str) -> Place:
    return UsageItem, "acme", f"mark#{name}"


def a_sum(name: str) -> Place:
    return UsageItem, "acme", name


def things(first: int, last: int, **fields: int) -> dict[str, Counted]:
    """Each adds one to its own sum, and its number to that of all."""
    return {
        str(number): Counted(
            mark(str(number)),
            {a_sum("all"): {"requests": 1, "milliseconds": number}, a_sum(f"own{number}"): {"requests": 1}},
            fields,
        )
        for number in range(first, last)
    }


def value(name: str, attribute: str = "requests") -> int:
    [item] = batch_get([a_sum(name)])
    return int(getattr(item, attribute)) if item else 0


def test_things_that_overlap_with_earlier_ones_are_added_once() -> None:
    add_once(things(0, 130))
    add_once(things(120, 150))
    assert (value("all"), value("all", "milliseconds"), value("own125")) == (150, sum(range(150)), 1)


def test_what_is_taken_out_can_be_added_again() -> None:
    add_once(things(0, 10))
    take_out_once(things(5, 20))
    take_out_once(things(5, 20))
    assert (value("all"), value("own7"), value("own15")) == (5, 0, 0)
    add_once(things(0, 10))
    assert value("all") == 10


def test_as_many_things_as_fit_share_a_transaction() -> None:
    same = {str(number): Counted(mark(str(number)), {a_sum("all"): {"requests": 1}}) for number in range(99)}
    with aws_calls() as calls:
        add_once(same)
    assert calls == {"TransactWriteItems": 1}


def test_a_mark_holds_what_it_is_given() -> None:
    add_once(things(0, 1, ttl=7))
    [item] = batch_get([mark("0")])
    assert item.ttl == 7


def test_nothing_costs_nothing() -> None:
    with aws_calls() as calls:
        add_once({})
        take_out_once({})
    assert calls == {}
