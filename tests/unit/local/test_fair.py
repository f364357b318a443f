"""The local stack's queues hand messages over as SQS's fair queues do."""

from typing import Any

from local.server import fair

NOW = 100.0


def message(group: str | None, *, in_flight: bool = False, delayed: bool = False) -> dict[str, Any]:
    return {
        "group_id": group,
        "visible_at": NOW + (10 if in_flight or delayed else 0),
        "receive_count": int(in_flight),
    }


def test_a_group_with_less_in_flight_comes_first() -> None:
    busy = [message("many", in_flight=True) for _ in range(5)]
    waiting = [*(message("many") for _ in range(50)), message("few"), message("few")]
    taken = fair([*busy, *waiting], 3, NOW)
    assert [one["group_id"] for one in taken] == ["few", "few", "many"]


def test_within_a_group_and_without_one_the_order_stays() -> None:
    waiting = [message(None), message(None), message("one"), message("one")]
    assert fair(waiting, 4, NOW) == [waiting[0], waiting[2], waiting[1], waiting[3]]
    assert fair(waiting[:2], 1, NOW) == waiting[:1]


def test_what_is_hidden_or_delayed_is_left() -> None:
    assert fair([message("one", in_flight=True), message("two", delayed=True)], 10, NOW) == []
