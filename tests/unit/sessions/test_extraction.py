"""From a requirements document to constraints: what is taken, what is left, and where it was read."""

import json
from typing import Any

import pytest

from sessions.errors import AgentError, RunTimeoutError
from sessions.spec.extraction import extract
from sessions.work import Source, Task

DOCUMENT = """# Bench supply

Some words about the market, which is worth 5 million.

## Electrical requirements

The supply shall deliver at least 90 W. Ripple must be below 5 mV.
The front panel should show voltage and current. R-7: A USB port may be added.
It must not be sold without a cover.

| Parameter | Min | Typ | Max | Unit | Priority |
| --- | --- | --- | --- | --- | --- |
| Input voltage | 90 | 230 | 264 | V | must |
| Standby power | | | 0.5 | W | should |

```
The code must not be read.
```

## Mechanics

- Size: at most 20 x 15 x 10 cm
- Housing: TBD
- **Weight**: below 2 kg

## Nice to have

- Wireless control

## Non-goals

- The supply must not have 48 V.
"""


def a_task(*texts: str, instructions: tuple[str, ...] = (), remaining: float = 60) -> Task:
    sources = tuple(Source(f"doc{number}.md", text, 1, "0" * 64) for number, text in enumerate(texts))
    return Task(sources, {}, instructions, lambda *_: None, lambda _: None, lambda: remaining)


def constraints(*texts: str, instructions: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(extract(a_task(*texts, instructions=instructions))["constraints.json"])
    return made


def by_subject(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(one["subject"]): one for one in made["requirements"]}


def test_every_requirement_is_found_and_nothing_else() -> None:
    made = constraints(DOCUMENT)
    assert made["title"] == "Bench supply"
    found = [(one["id"], one["level"], one["subject"], one["source"]["line"]) for one in made["requirements"]]
    assert found == [
        ("REQ-001", "must", "supply", 7),
        ("REQ-002", "must", "Ripple", 7),
        ("REQ-003", "should", "front panel", 8),
        ("R-7", "may", "USB port", 8),
        ("REQ-004", "must", None, 9),
        ("REQ-005", "must", "Input voltage", 13),
        ("REQ-006", "should", "Standby power", 14),
        ("REQ-007", "must", "Size", 22),
        ("REQ-008", "must", "Housing", 23),
        ("REQ-009", "must", "Weight", 24),
        ("REQ-010", "may", None, 28),
    ]
    assert made["summary"]["requirements"] == len(found)
    assert made["requirements"][4]["prohibits"] is True


def test_the_same_documents_give_the_same_bytes() -> None:
    assert extract(a_task(DOCUMENT)) == extract(a_task(DOCUMENT))


def test_what_cannot_be_verified_is_an_open_point() -> None:
    made = constraints("- Housing: TBD\n- The start must be fast\n- The start must be fast: below 2 s\n")
    assert [one["id"] for one in made["open_points"]] == ["REQ-001", "REQ-002"]


def test_bounds_that_exclude_each_other_are_a_conflict() -> None:
    made = constraints("- Ripple: below 2 mV\n- Ripple: at least 3 mV\n- Noise: at least 3 mV\n", "- Ripple: < 5 mV\n")
    [conflict] = made["conflicts"]
    assert (conflict["requirements"], conflict["dimension"]) == (["REQ-001", "REQ-002"], "voltage")


def test_a_reviewer_replaces_a_bound_and_adds_another() -> None:
    made = constraints(DOCUMENT, instructions=("Ripple: below 2 mV. The fan must be quiet.",))
    ripple = by_subject(made)["Ripple"]
    assert (ripple["quantities"][0]["max"], ripple["supersedes"]) == (2.0, ["REQ-002"])
    assert ripple["source"]["path"] == "revision-1"
    assert by_subject(made)["fan"]["level"] == "must"
    assert made["revisions"] == ["Ripple: below 2 mV. The fan must be quiet."]


def test_a_document_that_requires_nothing_is_a_failure_that_says_so() -> None:
    with pytest.raises(AgentError, match="state no requirement"):
        extract(a_task("# A poem\n\nRoses are red.\n"))


def test_a_run_that_is_out_of_time_ends() -> None:
    with pytest.raises(RunTimeoutError):
        extract(a_task(DOCUMENT, remaining=0))
