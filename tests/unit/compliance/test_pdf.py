"""Reports as PDF: what they say, whatever is in them."""

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from compliance.reports.asked import Asked, Form
from compliance.reports.pdf import assessment, look, trail
from pentarch.events.model import Event, happened
from support import exports
from support.template import ROOT

END = datetime(2026, 11, 21, 12, tzinfo=UTC)
ASKED = Asked("acme", Form.PDF, None, END, is_open=True)


def report(**changes: Any) -> bytes:
    return assessment.render(exports.document(**changes), ascii_only=True)


def listed(events: list[Event], *, document: dict[str, Any] | None = None, ascii_only: bool = True) -> bytes:
    return trail.render(ASKED, events, total=len(events), document=document, seal=None, ascii_only=ascii_only)


def some_events(count: int, **fields: Any) -> list[Event]:
    given = {"action": "llm_generate", "actor": "key:test", "resource": "gpt-4", "agent": "researcher"} | fields
    return [happened(END - timedelta(seconds=number), "acme", "llm.generated", **given) for number in range(count)]


def test_a_report_says_what_the_assessment_found() -> None:
    said = exports.text_of(report())

    for text in (
        "SOC 2 Trust Services Criteria",
        "Acme",
        "66.6 %",
        "CC6.1",
        "Logical access",
        "Partially compliant",
        "High: 1 finding",
        "is not encrypted",
        "Switch it on.",
        "Because it matters.",
        "Fixed since the assessment before",
        "it was refused: AccessDenied",
        "ef" * 32,
        "ab" * 32,
        "verify-audit",
    ):
        assert text in said, text


def test_a_report_without_findings_says_so() -> None:
    fine: dict[str, Any] = {"previous_check_id": None, "new": [], "fixed": [], "still_failing": [], "not_seen": []}
    counts = dict.fromkeys(("critical", "high", "medium", "low"), 0)

    said = exports.text_of(report(findings=[], checks=[], finding_counts=counts, comparison=fine, seal=None))

    assert "No check that could be assessed found anything wrong." in said
    assert "This is the first assessment" in said
    assert "had been sealed" in said


def test_pages_are_numbered_and_the_file_says_what_it_is() -> None:
    made = PdfReader(io.BytesIO(report()))
    root: Any = made.trailer["/Root"]

    pages = [page.extract_text() for page in made.pages]
    assert made.metadata is not None
    assert made.metadata.title == "SOC 2 Trust Services Criteria assessment"
    assert made.metadata.creation_date == datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)
    assert root["/Lang"] == "en"
    assert [f"Page {number} " in page.replace("\n", " ") for number, page in enumerate(pages, 1)][1:] == [True] * (
        len(pages) - 1
    )
    titles = [str(entry["/Title"]) for entry in made.outline if not isinstance(entry, list)]
    assert titles[:3] == ["Summary", "Controls", "Findings"]


def test_the_same_assessment_gives_the_same_bytes() -> None:
    assert report() == report()


def test_a_report_in_ascii_holds_no_other_byte() -> None:
    made = report(scope=exports.document()["scope"] | {"organization": "Żółw & Ελλάδα <b>"})

    assert made.isascii()
    assert made.startswith(b"%PDF-")
    assert b"%%EOF" in made[-1024:]
    assert "Żółw & Ελλάδα <b>" in exports.text_of(made)


def test_long_names_and_texts_stay_on_the_page() -> None:
    name = "arn:aws:iam::123456789012:role/" + "a-very-long-name/" * 40 + "end"
    control = exports.document()["controls"][0] | {"description": "word " * 3000, "name": "W" * 400}
    findings = [exports.finding("tables-encrypted", f"{name}{number}") for number in range(70)]

    said = exports.text_of(report(findings=findings, controls=[control]))

    ends = [f"a-very-long-name/end{number}" for number in range(70)]
    assert [end for end in ends if end not in "".join(said.split())] == []
    assert said.count("word") == 3000


def test_of_very_many_findings_of_one_check_the_report_says_how_many_more_there_are() -> None:
    findings = [exports.finding("tables-encrypted", f"table/{number}") for number in range(130)]

    assert "And 30 more of this check" in exports.text_of(report(findings=findings))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller, Łódź, Αθήνα, Київ — “quoted”", "Müller, Łódź, Αθήνα, Київ — “quoted”"),
        ("日本", "[U+65E5][U+672C]"),
        ("a\nb\x00c", "a b[U+0000]c"),
        ("👍", "[U+1F44D]"),
    ],
)
def test_letters_that_the_font_lacks_are_told_by_their_numbers(text: str, shown: str) -> None:
    assert look.printable(text) == shown


@pytest.mark.parametrize(("share", "told"), [(0, "0 %"), (0.9999, "99.9 %"), (1, "100 %"), (0.29, "29 %")])
def test_only_what_is_whole_looks_whole(share: float, told: str) -> None:
    assert look.percent(share) == told


@pytest.mark.parametrize("count", [0, 1, 28, 29, 300])
def test_a_trail_shows_every_event_once(count: int) -> None:
    events = some_events(count)

    said = exports.text_of(listed(events))

    assert [said.count(event.id) for event in events] == [1] * count
    assert f"{count} event{'' if count == 1 else 's'} in all" in said


def test_a_trail_counts_what_it_shows() -> None:
    events = [*some_events(3, action="login", tags=("access_control",)), *some_events(2, action="logout")]

    said = exports.text_of(listed(events))

    assert "By action login 3 logout 2" in said
    assert "By compliance tag access_control 3" in said


def test_a_trail_may_begin_with_an_assessment() -> None:
    said = exports.text_of(listed(some_events(1), document=exports.document()))

    assert said.index("High: 1 finding") < said.index("llm_generate")


def test_a_binary_file_says_the_same() -> None:
    events = some_events(2)

    assert exports.text_of(listed(events, ascii_only=False)) == exports.text_of(listed(events))


def test_of_thousands_of_findings_a_few_of_each_check_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessment, "MANY", 20)
    findings = [exports.finding("tables-encrypted", f"table/{number}") for number in range(30)]

    assert "And 20 more of this check" in exports.text_of(report(findings=findings))


def test_nothing_loads_the_library_before_a_pdf_is_made() -> None:
    program = "import compliance.routes.exports, compliance.reports.background, sys; print('reportlab' in sys.modules)"
    path = f"{ROOT}/functions:{ROOT}/layers/core/python"

    ran = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": path}, check=True, capture_output=True)

    assert ran.stdout == b"False\n"
