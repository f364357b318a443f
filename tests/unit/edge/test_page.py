"""The page that shows the reference, run by Node in a made-up document."""

import json
from functools import cache
from typing import Any

from edge.documents import HERE
from support import node
from support.template import ROOT


@cache
def shown() -> dict[str, list[str]]:
    """The texts of each section, by the id of its operation."""
    page: dict[str, list[str]] = json.loads(
        node.run(ROOT / "tests" / "support" / "page.mjs", HERE / "docs.html", HERE / "openapi.json")
    )
    return page


def test_the_page_shows_every_operation_of_the_document() -> None:
    documented: dict[str, Any] = json.loads((HERE / "openapi.json").read_text())
    known = [one["operationId"] for operations in documented["paths"].values() for one in operations.values()]
    assert sorted(shown()) == sorted(known)


def test_the_page_shows_what_an_answer_has() -> None:
    texts = shown()["metaqore_llm_used"]
    members = texts[texts.index("Members") :]
    assert members[1:4] == ["rows", "UsageRow[]", members[3]]
    assert "cost_usd" in members[3]
    assert members[members.index("budget_usd") + 1] == "number | null"
    assert "timestamp" not in members  # of the envelope
