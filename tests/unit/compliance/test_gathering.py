"""Collectors run side by side; whatever one of them does, the others' evidence is there."""

import json
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from compliance.evidence import COLLECTORS, gathering, runtimes
from compliance.evidence.asking import document, field
from compliance.evidence.context import Context, Resource
from compliance.facts import UnseenFieldError, is_unseen, read, unseen
from compliance.model import JsonObject, Unseen
from support.lint_data import lint_data

AT = datetime(2026, 11, 21, tzinfo=UTC)
GONE = "ResourceNotFoundException"
ABSENT = "NoSuchThing"
CONTEXT = Context("acme", AT, AT, AT)


def refused(code: str = "AccessDenied") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn of somebody"}}, "GetThing")


def test_what_is_collected_is_there_and_what_fails_says_why() -> None:
    def broken(_: Context) -> Sequence[JsonObject]:
        raise refused()

    def unreached(_: Context) -> Sequence[JsonObject]:
        raise EndpointConnectionError(endpoint_url="http://nowhere")

    collectors = {"good": lambda _: [{"name": "x"}], "broken": broken, "unreached": unreached}
    sections = gathering.collect(CONTEXT, collectors, ["good", "broken", "unreached", "unknown"])
    assert sections == {
        "good": ({"name": "x"},),
        "broken": Unseen("GetThing answered AccessDenied"),
        "unreached": Unseen("the service was not reached (EndpointConnectionError)"),
        "unknown": Unseen("nothing collects unknown"),
    }


def test_a_collector_that_is_late_is_left_behind() -> None:
    go_on = threading.Event()

    def late(_: Context) -> Sequence[JsonObject]:
        go_on.wait(30)
        return []

    sections = gathering.collect(CONTEXT, {"late": late, "good": lambda _: []}, ["late", "good"], within=0.05)
    go_on.set()
    assert sections == {"late": Unseen("it was not collected in time"), "good": ()}


def test_collectors_run_side_by_side() -> None:
    meet = threading.Barrier(4, timeout=30)

    def meeting(_: Context) -> Sequence[JsonObject]:
        meet.wait()
        return []

    names = [str(n) for n in range(4)]
    assert gathering.collect(CONTEXT, dict.fromkeys(names, meeting), names) == dict.fromkeys(names, ())


def test_the_stack_is_listed_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def deployed() -> tuple[Resource, ...]:
        asked.append(1)
        return (Resource("Events", "events-1", "AWS::DynamoDB::Table"),)

    monkeypatch.setattr("compliance.evidence.context._deployed", deployed)
    context = Context("acme", AT, AT, AT)
    found = gathering.over(context.resources, ["AWS::DynamoDB::Table"] * 20)
    assert {len(resources) for resources in found} == {1}
    assert asked == [1]
    assert context.logical_id("events-1") == "Events"
    assert context.logical_id("other") is None


def test_one_resource_that_cannot_be_described_does_not_hide_the_others() -> None:
    def describe(resource: Resource) -> JsonObject:
        if resource.physical_id == "b":
            raise refused(GONE)
        return {"name": resource.physical_id, "on": True}

    found = gathering.items(describe, [Resource("A", "a", "T"), Resource("B", "b", "T")])
    assert found[0] == {"name": "a", "on": True}
    with pytest.raises(UnseenFieldError, match="b: on: GetThing answered ResourceNotFoundException"):
        read(found[1], "on")


def test_a_field_is_its_value_what_an_error_stands_for_or_a_mark() -> None:
    def refuse() -> str:
        raise refused(ABSENT)

    assert field(lambda: "x") == "x"
    assert field(refuse, {"NoSuchThing": None}) is None
    assert field(refuse, {"Other": None}) == unseen("GetThing answered NoSuchThing")
    answer: dict[str, str] = {}
    assert is_unseen(field(lambda: answer["gone"]))
    assert is_unseen(field(lambda: document("{not json")))
    assert "somebody" not in str(field(refuse))


def test_reading_what_is_not_there_or_marked_raises_and_says_where() -> None:
    item = {"name": "files", "lock": {"mode": None, "days": unseen("refused")}, "policy": unseen("denied")}
    assert read(item, "lock", "mode") is None
    with pytest.raises(UnseenFieldError, match=r"files: lock.days: refused"):
        read(item, "lock", "days")
    with pytest.raises(UnseenFieldError, match=r"files: policy.Statement: denied"):
        read(item, "policy", "Statement")
    with pytest.raises(UnseenFieldError, match=r"files: lock.years: the evidence does not hold it"):
        read(item, "lock", "years")


def test_every_section_that_a_check_needs_is_collected() -> None:
    from compliance.checks import CHECKS

    assert {section for check in CHECKS.values() for section in check.needs} <= COLLECTORS.keys()


def test_runtimes_end_when_aws_says_so() -> None:
    assert runtimes.support_days_left("python3.13", datetime(2029, 6, 29, 23, tzinfo=UTC)) == 1
    assert runtimes.support_days_left("python3.8", AT) == (date(2024, 10, 14) - AT.date()).days
    assert runtimes.support_days_left("cobol1", AT) is None


def test_the_dates_of_runtimes_are_those_that_the_linter_knows() -> None:
    """The linter is renewed with every release of AWS's table; when this fails, take its dates over."""
    known = {name: dates["deprecated"] for name, dates in lint_data("LmbdRuntimeLifecycle").items()}
    assert json.loads(Path(runtimes.__file__).with_name("runtimes.json").read_text())["deprecated"] == known
