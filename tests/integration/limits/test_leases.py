from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentarch.limits import leases
from pentarch.limits.errors import NoFreeSlotError, SlotLostError
from pentarch.platform.ids import uuid7
from pentarch.platform.tables import Transaction
from support.atomic import make_calls_atomic
from support.gateway import aws_calls

START = datetime(2026, 1, 1, tzinfo=UTC)
POOL = "executions"

pytestmark = pytest.mark.usefixtures("aws")


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def take(holder: str, *, at_most: int = 2, second: float = 0, lease_s: float = 60, tenant: str = "acme") -> None:
    leases.acquire(tenant, POOL, holder, at_most=at_most, lease_s=lease_s, at=after(second))


def holders(second: float = 0, tenant: str = "acme") -> set[str]:
    return {lease.holder for lease in leases.held(tenant, POOL, after(second))}


def test_the_holder_after_the_last_slot_is_told_when_the_first_lease_ends() -> None:
    take("a", lease_s=60)
    take("b", lease_s=30)
    with pytest.raises(NoFreeSlotError) as refused:
        take("c", second=10)
    assert (refused.value.retry_after, refused.value.details["limit"]) == (20, 2)
    assert holders() == {"a", "b"}


def test_taking_a_slot_twice_is_one_slot_with_a_new_lease() -> None:
    take("a")
    take("a", second=50)
    take("b")
    assert leases.held("acme", POOL, after(100)) == (leases.Lease("a", after(110)),)


def test_a_slot_is_free_again_after_its_release_and_a_second_release_frees_no_other() -> None:
    take("a")
    take("b")
    leases.release("acme", POOL, "a")
    leases.release("acme", POOL, "a")
    take("c")
    assert holders() == {"b", "c"}


def test_the_slot_of_a_holder_that_died_is_given_to_another_when_its_lease_ends() -> None:
    take("dead", at_most=1)
    with pytest.raises(NoFreeSlotError):
        take("next", at_most=1, second=59)
    take("next", at_most=1, second=60)
    assert holders(60) == {"next"}
    with pytest.raises(SlotLostError):
        leases.renew("acme", POOL, "dead", lease_s=60, at=after(61))


def test_a_lease_that_is_renewed_does_not_end() -> None:
    take("a", at_most=1)
    leases.renew("acme", POOL, "a", lease_s=60, at=after(50))
    with pytest.raises(NoFreeSlotError):
        take("b", at_most=1, second=100)


def test_the_slots_of_one_tenant_are_none_of_another() -> None:
    take("a", at_most=1)
    take("a", at_most=1, tenant="other")
    assert (holders(), holders(tenant="other")) == ({"a"}, {"a"})


def test_what_ends_the_use_of_a_slot_frees_it_in_its_own_transaction() -> None:
    take("a", at_most=1)
    for _ in range(2):
        transaction = Transaction()
        leases.release_with(transaction, "acme", POOL, "a")
        transaction.commit()
    take("b", at_most=1)


def test_no_slot_is_taken_where_there_are_none() -> None:
    with pytest.raises(NoFreeSlotError):
        take("a", at_most=0)


def test_taking_renewing_and_freeing_is_one_write_each() -> None:
    take("first")
    with aws_calls() as calls:
        take("a")
        leases.renew("acme", POOL, "a", lease_s=60, at=START)
        leases.release("acme", POOL, "a")
    assert calls == {"UpdateItem": 3}


def test_holders_that_come_at_once_take_no_more_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)
    take("dead", at_most=3, second=-100)
    got: list[str] = []

    def try_it(holder: str) -> None:
        try:
            take(holder, at_most=3)
        except NoFreeSlotError:
            return
        got.append(holder)

    threads = [Thread(target=try_it, args=(f"h{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert holders() == set(got)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "renew", "free"]),
        st.sampled_from(["a", "b.c", "exec-1", "d"]),
        st.integers(1, 3),
        st.integers(0, 40),
    ),
    max_size=14,
)


@settings(max_examples=25)
@given(acts=ACTS)
def test_whatever_comes_a_slot_is_given_exactly_when_one_is_free(acts: list[tuple[str, str, int, int]]) -> None:
    tenant, second = uuid7(), 0
    ends: dict[str, int] = {}
    for act, holder, at_most, wait in acts:
        second += wait
        if act == "free":
            leases.release(tenant, POOL, holder)
            ends.pop(holder, None)
        elif act == "renew":
            try:
                leases.renew(tenant, POOL, holder, lease_s=50, at=after(second))
            except SlotLostError:
                assert ends.get(holder, 0) <= second
            else:
                ends[holder] = second + 50
        else:
            others = [name for name, end in ends.items() if end > second and name != holder]
            try:
                take(holder, at_most=at_most, second=second, lease_s=50, tenant=tenant)
            except NoFreeSlotError:
                assert len(others) >= at_most
                assert ends.get(holder, 0) <= second
            else:
                assert len(others) < at_most or holder in ends
                ends[holder] = second + 50
        assert holders(second, tenant) == {name for name, end in ends.items() if end > second}
