"""No table and no bucket is forgotten when somebody asks what is known of them, or to be forgotten."""

import re
from pathlib import Path

import pytest

from compliance.subjects.aggregates import AGGREGATES, LEFT
from support.template import resources

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "data-subjects.md").read_text()
STORES = sorted(resources("AWS::DynamoDB::Table") | resources("AWS::S3::Bucket"))
COVERED = {place for one in AGGREGATES for place in one.covers} | set(LEFT)
AREA = re.compile(
    r'^_?(?:\w+_)?(?:AREA|UPLOADS|JOBS|FILES|PROPOSALS) = "([a-z_]+)"$|\bplace\("([a-z_]+)",', re.MULTILINE
)


def areas() -> set[str]:
    """The first parts of the keys of objects, as the code names them."""
    sources = [*CHECKOUT.glob("functions/**/*.py"), *CHECKOUT.glob("layers/core/python/**/*.py")]
    return {name for source in sources for pair in AREA.findall(source.read_text()) for name in pair if name}


def test_every_table_and_bucket_is_looked_into_or_left_for_a_reason() -> None:
    missing = [name for name in STORES if not any(place.partition("/")[0] == name for place in COVERED)]
    assert missing == [], "write an aggregate (functions/compliance/subjects/aggregates), or say in LEFT why not"


def test_every_area_of_the_bucket_is_looked_into_or_left_for_a_reason() -> None:
    known = {place.partition("/")[2] for place in COVERED}
    assert {"files", "jobs", "specialists", "trainings", "traces"} <= areas()
    assert sorted(areas() - known) == []


def test_nothing_is_covered_that_is_not_there() -> None:
    assert sorted(place for place in COVERED if place.partition("/")[0] not in STORES) == []


@pytest.mark.parametrize("place", sorted(COVERED))
def test_the_page_accounts_for_every_place(place: str) -> None:
    assert f"| {place} |" in PAGE


def test_the_worker_knows_every_table_that_is_looked_into() -> None:
    variables = resources()["ComplianceWorkerFunction"]["Properties"]["Environment"]["Variables"].values()
    named = {str(value) for value in variables}
    looked_into = {place for one in AGGREGATES for place in one.covers if place.endswith("Table")}
    assert sorted(name for name in looked_into if not any(name in value for value in named)) == []


def test_aggregates_have_names_of_their_own() -> None:
    names = [one.name for one in AGGREGATES]
    assert len(set(names)) == len(names)
