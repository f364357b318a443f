"""Whatever is done to an exported trail is found, and what it was done to is named."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentarch.sealing import heads, merkle, tiles, trail
from pentarch.sealing.examination import examine_text
from pentarch.sealing.heads import head_of
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.verdict import Kind, Verdict
from pentarch.sealing.verify import examine
from support.trails import AT, TENANT, Key, anchored, event, exported, key, sealed

Document = dict[str, Any]

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def examined(document: Document) -> Verdict:
    return examine(document, [key().pem])


def named(verdict: Verdict) -> list[tuple[Kind, int | None, int | None]]:
    return [(fault.kind, fault.index, fault.batch) for fault in verdict.faults]


def event_id(number: int) -> str:
    return str(event(number)["id"])


@given(SIZES)
def test_an_untouched_trail_holds(sizes: list[int]) -> None:
    verdict = examined(exported(sealed(sizes)))
    assert verdict.holds, verdict.faults
    assert (verdict.events, verdict.batches, verdict.notes) == (sum(sizes), len(sizes), [])


@given(SIZES, st.data())
def test_a_changed_event_is_named(sizes: list[int], data: st.DataObject) -> None:
    document = exported(sealed(sizes))
    number = data.draw(st.integers(0, sum(sizes) - 1))
    fact = data.draw(st.sampled_from(["actor", "type", "tags", "data", "agent"]))
    document["events"][number]["event"][fact] = "somebody else"
    [fault] = examined(document).faults
    assert (fault.kind, fault.event_id, fault.index) == (Kind.CHANGED, event_id(number), number)
    assert event_id(number) in str(fault)


@given(SIZES, st.data())
def test_an_event_with_more_or_fewer_fields_is_changed(sizes: list[int], data: st.DataObject) -> None:
    document = exported(sealed(sizes))
    number = data.draw(st.integers(0, sum(sizes) - 1))
    told = document["events"][number]["event"]
    if data.draw(st.booleans()):
        told["note"] = ""
    else:
        del told["agent"]
    assert [(fault.kind, fault.index) for fault in examined(document).faults] == [(Kind.CHANGED, number)]


@given(SIZES, st.data())
def test_a_removed_event_is_named_by_its_id(sizes: list[int], data: st.DataObject) -> None:
    document = exported(sealed(sizes))
    number = data.draw(st.integers(0, sum(sizes) - 1))
    del document["events"][number]
    [fault] = examined(document).faults
    assert (fault.kind, fault.event_id, fault.index) == (Kind.MISSING, event_id(number), number)


@given(SIZES, st.data())
def test_an_inserted_event_is_named(sizes: list[int], data: st.DataObject) -> None:
    document = exported(sealed(sizes))
    place = data.draw(st.integers(0, sum(sizes)))
    document["events"].insert(place, trail.entry(place, event(10_000)))
    [fault] = examined(document).faults
    assert (fault.kind, fault.event_id) == (Kind.INSERTED, event_id(10_000))


@given(SIZES, st.data())
def test_an_event_that_is_there_twice_was_inserted(sizes: list[int], data: st.DataObject) -> None:
    document = exported(sealed(sizes))
    number = data.draw(st.integers(0, sum(sizes) - 1))
    document["events"].append(copy.deepcopy(document["events"][number]))
    assert [(fault.kind, fault.event_id) for fault in examined(document).faults] == [(Kind.INSERTED, event_id(number))]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.data())
def test_of_reordered_events_the_one_that_was_moved_is_named(sizes: list[int], data: st.DataObject) -> None:
    count = sum(sizes)
    start = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(0, count - 1).filter(lambda end: end != start))
    document = exported(sealed(sizes))
    document["events"].insert(end, document["events"].pop(start))
    [fault] = examined(document).faults
    assert fault.kind is Kind.OUT_OF_ORDER
    assert fault.index in ({start, end} if abs(start - end) == 1 else {start})


def test_events_that_changed_places_under_their_numbers_are_both_named() -> None:
    document = exported(sealed([3, 3]))
    first, second = document["events"][1], document["events"][4]
    first["event"], second["event"] = second["event"], first["event"]
    assert [(kind, index) for kind, index, _ in named(examined(document))] == [
        (Kind.OUT_OF_ORDER, 1),
        (Kind.OUT_OF_ORDER, 4),
    ]


def test_an_event_whose_id_was_changed_is_named_by_its_own() -> None:
    document = exported(sealed([4]))
    document["events"][2]["event"]["id"] = event_id(99)
    [fault] = examined(document).faults
    assert (fault.kind, fault.event_id, fault.index) == (Kind.CHANGED, event_id(2), 2)


def test_a_changed_event_whose_leaf_was_changed_with_it_leads_to_its_batch() -> None:
    document = exported(sealed([3, 4, 2]))
    told = document["events"][4]["event"]
    told["actor"] = "somebody else"
    document["seal"]["batches"][1]["leaves"][1][1] = leaf_of(told).hex()
    [fault] = examined(document).faults
    assert (fault.kind, fault.batch) == (Kind.BATCH, 2)
    assert "leaves 3 to 6" in str(fault)


@pytest.mark.parametrize(
    ("remove", "expected"),
    [
        (0, (Kind.MISSING, None, 1)),
        (1, (Kind.MISSING, 3, 2)),
    ],
)
def test_a_batch_that_was_removed_with_its_events_is_named(remove: int, expected: tuple[Kind, Any, Any]) -> None:
    batches = sealed([3, 4, 2])
    del batches[remove]
    assert named(examined(exported(batches))) == [expected]


def test_batches_in_another_order_are_named() -> None:
    first, second, third = sealed([3, 4, 2])
    document = exported([first, third, second])
    faults = examined(document).faults
    assert any(fault.kind is Kind.BATCH and fault.batch == 2 and "out of order" in str(fault) for fault in faults)


@pytest.mark.parametrize("fact", ["size", "root", "previous", "timestamp", "tenant", "batch"])
def test_a_changed_head_is_named(fact: str) -> None:
    document = exported(sealed([3, 4, 2]))
    statement = document["seal"]["batches"][1]["head"]["statement"]
    statement[fact] = statement[fact] + 1 if isinstance(statement[fact], int) else statement[fact][::-1]
    faults = examined(document).faults
    assert any(fault.kind is Kind.SIGNATURE for fault in faults)


def test_another_history_that_the_key_signed_too_does_not_continue_the_first() -> None:
    first, other = sealed([3, 4]), sealed([2, 1, 4])
    document = exported([first[0], other[1]])
    assert any("does not continue batch 1" in str(fault) for fault in examined(document).faults)


def test_a_trail_signed_by_another_key_is_not_trusted() -> None:
    forger = Key()
    document = exported(sealed([2], forger))
    document["seal"]["keys"] = {forger.id: forger.pem}
    assert [fault.kind for fault in examined(document).faults] == [Kind.SIGNATURE]
    verdict = examine(document)
    assert verdict.holds
    assert forger.id in verdict.notes[0], "without a key to trust, the reader is told whose it is"


def test_a_pruned_trail_begins_at_its_anchor() -> None:
    batches = sealed([3, 4, 2])
    verdict = examined(exported(batches[1:], anchor=anchored(batches[0])))
    assert verdict.holds, verdict.faults
    assert "begins at leaf 3" in verdict.notes[0]


def test_an_anchor_excuses_no_more_than_it_says() -> None:
    batches = sealed([3, 4, 2])
    document = exported(batches[2:], anchor=anchored(batches[0]))
    assert [fault.kind for fault in examined(document).faults] == [Kind.ANCHOR]
    document = exported(batches[1:], anchor=anchored(batches[0]))
    document["seal"]["anchor"]["statement"]["events_days"] = 1
    assert [fault.kind for fault in examined(document).faults] == [Kind.SIGNATURE]


def test_a_selection_says_that_it_is_one() -> None:
    document = exported(sealed([3, 4, 2]), complete=False)
    del document["events"][1:5], document["seal"]["batches"][1]
    verdict = examined(document)
    assert verdict.holds is False, "leaf 5 lost its batch"
    document["events"] = [entry for entry in document["events"] if entry["index"] in (0, 7)]
    verdict = examined(document)
    assert verdict.holds, verdict.faults
    assert "2 of the 5 events" in verdict.notes[0]


def test_an_end_that_was_cut_off_is_missed_by_who_knows_a_later_head() -> None:
    batches = sealed([3, 4, 2])
    known = heads.signed(batches[2].head, batches[2].signature)
    assert examine(exported(batches), [key().pem], known).holds
    assert examine(exported([*batches, *sealed([3, 4, 2, 5])[3:]]), [key().pem], known).holds
    [fault] = examine(exported(batches[:2]), [key().pem], known).faults
    assert (fault.kind, str(fault)) == (
        Kind.MISSING,
        "leaves 7 to 8 are missing: the head that you know has them",
    )


def test_a_trail_that_is_not_the_one_whose_head_is_known_is_found() -> None:
    known = sealed([3, 4])[1]
    verdict = examine(exported(sealed([3, 5])), [key().pem], heads.signed(known.head, known.signature))
    assert [(fault.kind, fault.batch) for fault in verdict.faults] == [(Kind.BATCH, 2)]


def a_selection(*numbers: int, of: int = 300) -> Document:
    batch = sealed([of])[0]
    kept = tiles.append({}, 0, [bytes.fromhex(leaf) for _, leaf in batch.leaves])
    entries = [
        trail.entry(
            number,
            event(number),
            [tiles.hash_of(kept, *part) for part in merkle.inclusion_ranges(number, of)],
        )
        for number in numbers
    ]
    pieces = trail.selection(
        {"filters": {"agent": "a"}},
        tenant=TENANT,
        keys={key().id: key().pem},
        head=(batch.head, batch.signature),
        entries=entries,
    )
    document: Document = json.loads("".join(pieces))
    return document


def test_events_with_a_path_each_are_proven_one_by_one() -> None:
    verdict = examined(a_selection(3, 77, 299))
    assert verdict.holds, verdict.faults
    assert "of the 300 events" in verdict.notes[0]


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda entries: entries[1]["event"].update(actor="x"), Kind.CHANGED),
        (lambda entries: entries[1]["path"].reverse(), Kind.CHANGED),
        (lambda entries: entries[1].update(index=78), Kind.CHANGED),
        (lambda entries: entries[1].update(index="77"), Kind.CHANGED),
        (lambda entries: entries[1].update(path=7), Kind.CHANGED),
        (lambda entries: entries.append(entries[1]), Kind.INSERTED),
        (lambda entries: entries.reverse(), Kind.OUT_OF_ORDER),
        (lambda entries: entries.append("x"), Kind.UNREADABLE),
    ],
)
def test_tampering_with_an_event_and_its_path_is_found(tamper: Callable[[Any], None], kind: Kind) -> None:
    document = a_selection(3, 77)
    tamper(document["events"])
    [fault] = examined(document).faults
    assert fault.kind is kind


def test_the_buckets_documents_one_behind_the_other_are_a_trail() -> None:
    batches = sealed([3, 4, 2])
    lines = [
        trail.archived(batch, [event(batch.first + place) for place in range(len(batch.leaves))], {key().id: key().pem})
        for batch in batches
    ]
    assert examine_text("".join(lines), [key().pem]).holds
    without = "".join([lines[0], lines[2]])
    assert named(examine_text(without, [key().pem])) == [(Kind.MISSING, 3, 2)]
    assert examine_text(lines[0], [key().pem]).holds


def test_the_reply_with_a_proof_is_a_trail_of_one_event() -> None:
    document = a_selection(77)
    [entry] = document["events"]
    data = {
        "event": entry["event"],
        "index": 77,
        "audit_path": entry["path"],
        "signed_head": document["seal"]["head"],
        "public_key": key().pem,
    }
    reply = {"success": True, "data": data}
    assert examine_text(json.dumps(reply), [key().pem]).holds
    data["event"]["actor"] = "somebody else"
    assert not examine_text(json.dumps(reply), [key().pem]).holds


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.data())
@settings(max_examples=300)
def test_any_member_may_hold_anything_and_something_is_said(junk: Any, data: st.DataObject) -> None:
    document = exported(sealed([2, 1]))
    place, steps = document, 0
    while True:
        name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        steps += 1
        if not isinstance(place[name], dict | list) or not place[name] or data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = junk
    verdict = examine_text(json.dumps(document), [key().pem])
    assert verdict.lines()


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "{}", '{"kind": "other"}', "x\ny", '"x"', "\ud800"])
def test_what_is_no_trail_is_called_so(text: str) -> None:
    assert [fault.kind for fault in examine_text(text, [key().pem]).faults] == [Kind.UNREADABLE]


def test_a_head_is_read_strictly() -> None:
    statement = sealed([1])[0].head.as_json()
    assert head_of(statement).as_json() == statement
    for wrong in ({"size": "1"}, {"size": True}, {"root": None}, {"kind": "other"}, {"more": 1}):
        with pytest.raises((TypeError, ValueError)):
            head_of(statement | wrong)


def test_what_is_signed_is_documented_bytes() -> None:
    batch = sealed([1])[0]
    signed = heads.signed(batch.head, batch.signature)
    expected = json.dumps(signed["statement"], sort_keys=True, separators=(",", ":")).encode()
    assert heads.signed_bytes(batch.head) == expected
    assert heads.verifier(key().pem)(expected, base64.b64decode(signed["signature"]))
    assert AT in expected.decode()
