"""The four frameworks hold what an assessment needs, and every check there is serves some control."""

import pytest

from compliance.checks import CHECKS
from compliance.evidence import COLLECTORS
from compliance.frameworks import FRAMEWORKS, InvalidFrameworkError, faults, parse
from compliance.model import EVIDENCE_TYPES, Framework

LEAST_CONTROLS = 15


def control(**changes: object) -> dict[str, object]:
    return {"id": "1.1", "name": "n", "description": "d", "weight": 1, "checks": ["tables-recoverable"], **changes}


def framework(*controls: dict[str, object]) -> dict[str, object]:
    return {"name": "SOC2", "title": "t", "version": "v", "controls": list(controls)}


def test_there_are_the_four_that_the_reference_names() -> None:
    assert list(FRAMEWORKS) == ["SOC2", "GDPR", "HIPAA", "PCI-DSS"]
    assert all(FRAMEWORKS[name].name == name for name in FRAMEWORKS)
    with pytest.raises(KeyError):
        FRAMEWORKS["ISO27001"]


@pytest.mark.parametrize("name", list(FRAMEWORKS))
def test_a_framework_has_controls_enough_and_no_fault(name: str) -> None:
    found = FRAMEWORKS[name]
    assert not list(faults(found))
    assert len(found.controls) >= LEAST_CONTROLS
    assert found.title
    assert found.version


@pytest.mark.parametrize("name", list(FRAMEWORKS))
def test_every_control_is_named_and_described_in_a_sentence(name: str) -> None:
    for one in FRAMEWORKS[name].controls:
        assert one.name, one.id
        assert one.description[0].isupper(), one.id
        assert one.description.endswith("."), one.id


def test_a_framework_is_read_once() -> None:
    assert FRAMEWORKS["GDPR"] is FRAMEWORKS["GDPR"]


@pytest.mark.parametrize(
    ("controls", "fault"),
    [
        ((control(), control()), "there twice"),
        ((control(weight=0),), "no weight"),
        ((control(weight=-1),), "no weight"),
        ((control(checks=[]),), "no checks"),
        ((control(checks=["tables-recoverable", "tables-recoverable"]),), "one twice"),
        ((control(checks=["tables-imaginary"]),), "tables-imaginary, which there is not"),
    ],
)
def test_a_faulty_framework_is_refused(controls: tuple[dict[str, object], ...], fault: str) -> None:
    with pytest.raises(InvalidFrameworkError, match=fault):
        parse(framework(*controls))


def test_a_sound_framework_is_taken() -> None:
    assert isinstance(parse(framework(control())), Framework)


def test_there_are_sixty_checks_and_more_and_each_serves_a_control() -> None:
    serving = {check for one in FRAMEWORKS.values() for part in one.controls for check in part.checks}
    assert len(CHECKS) >= 60
    assert CHECKS.keys() == serving


def test_every_check_reads_sections_that_are_collected() -> None:
    assert {name for check in CHECKS.values() for name in check.needs} <= COLLECTORS.keys()


def test_each_kind_of_evidence_is_read_by_some_check() -> None:
    assert {check.evidence_type for check in CHECKS.values()} == set(EVIDENCE_TYPES)


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: str(check.id))
def test_a_check_says_what_it_is_about_why_and_what_to_do(check: object) -> None:
    for text in (check.title, check.rationale, check.remediation):  # type: ignore[attr-defined]
        assert len(text) > 10
    assert check.needs  # type: ignore[attr-defined]
