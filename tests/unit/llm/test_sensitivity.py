"""What is recognised in a text, and what class follows."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pentarch
from pentarch.llm import sensitivity
from pentarch.llm.classification import FLOORS, POLICY_VERSION, Findings, Kind, classify
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import inspect

DECLARED = st.none() | st.sampled_from(Sensitivity)
FINDINGS = st.dictionaries(st.sampled_from(Kind), st.integers(min_value=1, max_value=9)).map(Findings)
SAMPLES: Mapping[Kind, tuple[str, ...]] = {
    Kind.EMAIL: (
        "write to jo.doe+news@mail.example.co.uk today",
        "<anna@firma.example>",
        "jürgen@straße.example",
        "a@b.io",
    ),
    Kind.PHONE: (
        "+49 171 1234567",
        "+1 (415) 555-2671",
        "(415) 555-2671",
        "415-555-2671",
        "call me at 020 7946 0958",
        "Tel.: 030 123456-78",
        "phone number 5551234567",
    ),
    Kind.PAYMENT_CARD: (
        "4111 1111 1111 1111",
        "4111111111111111, exp 12/27",
        "4111 1111 1111 1111 123",
        "5500-0000-0000-0004",
        "2221000000000009",
        "3782 822463 10005",
        "378282246310005.",
        "6011000990139424",
        "3530111333300000",
        "7,4111111111111111,2027",
        "4111\u00a01111\u00a01111\u00a01111",
        "４１１１ １１１１ １１１１ １１１１",  # noqa: RUF001 - full-width digits
    ),
    Kind.IBAN: (
        "DE89 3704 0044 0532 0130 00",
        "gb82west12345698765432",
        "ES91 2100 0418 4502 0005 1332 PARA",
        "NO93 8601 1117 947",
        "FR14 2004 1010 0505 0001 3M02 606.",
    ),
    Kind.NATIONAL_ID: (
        "536-90-4399",
        "my SSN is 536904399",
        "AB 12 34 56 C",
        "Steuer-ID 36 574 261 809",
        "DNI 54362315K",
        "x-number X2482300W",
        "2 95 10 99 126 111 93",
        "253072B07300470",
        "RSSMRA85T10A562S",
        "BSN: 111222333",
    ),
    Kind.SECRET_KEY: (
        "AKIAIOSFODNN7EXAMPLE",
        "sk-proj-abc123def456ghi789jkl012",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB",
        "github_pat_11ABCDEFG0123456789_abcdefghij",
        "xoxb-123456789012-abcdefghij",
        "AIza" + "Sy0-_" * 7,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
        "password = hunter2",
        '{"password": "hunter22"}',
        "DB_PASSWORD=Tr0ub4dor3",
        "my password is hunter2.",
        "api_key: 9a8b7c6d5e",
        "client-secret: 'q1w2e3r4t5'",
        "postgres://bob:s3cret@db.example.com/x",
        "Authorization: Bearer 0123456789abcdefghijklmnop",
    ),
}
HARMLESS = (
    "",
    "An ordinary prompt about nothing in particular.",
    "order 4512-3321-9987-1234 on 2024-01-15",
    "order id 4111111111111112",
    "1700000000 1700000000000 1700000000000000 1700000000000000000",
    "2024-01-01T00:00:00+00:00 and 12.05.2024 at 10:30:00",
    "550e8400-e29b-41d4-a716-446655440000",
    "12345678-1234-1234-1234-123456789012",
    "41111111-1111-1111-0000-000000000000",
    "pi is 3.1415926535897932 and 0.4111111111111111",
    "total 1,234,567,890.12 in 2024",
    "0x4111111111111111 and sha 4111111111111111abcdef",
    "111222333 and 36574261809 and 536904399",
    "078-05-1120 was in the wallets",
    "QQ123456C is the specimen",
    "RSSMRA85T10A562X",
    "DE00 3704 0044 0532 0130 00",
    "react@18.2.0 @decorator user@host git@github.com:org/repo",
    "password: your-password1",
    "password is required; the password is 12-digit",
    "secret: ${SECRET_VALUE1}",
    '"access_token": "eyJhbGciOiJIUzI1NiIs..."',
    "password = getpass.getpass()",
    "max_tokens: 1000, token: 123456789, the key: 'value' is here",
    "task-force, sk-learn, risk-averse-and-long-hyphenated-words",
    "http://example.com:8080/path@x",
    "call on 2024-01-15",
    "the eyJ prefix and xoxo and AKIA alone",
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAMPLES.items() for text in texts])
def test_each_kind_is_recognised_alone_and_in_a_sentence(kind: Kind, text: str) -> None:
    assert inspect(text).counts == {kind: 1}
    assert inspect(f"Please remember this:\n{text}\nThank you.").counts == {kind: 1}


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_numbers_words_and_code_are_left_alone(text: str) -> None:
    assert not inspect(text)


def test_a_number_that_only_its_context_explains_needs_the_context() -> None:
    assert not inspect("111222333")
    assert inspect("Haar burgerservicenummer staat hieronder.\n\n111222333").counts == {Kind.NATIONAL_ID: 1}


@pytest.mark.parametrize("placeholder", ["password", "***", "${PASS}", "<password>", "{password}", "$PASS"])
def test_a_placeholder_in_a_url_is_no_secret(placeholder: str) -> None:
    assert Kind.SECRET_KEY not in inspect(f"https://user:{placeholder}@proxy.example").kinds


def test_every_occurrence_counts_and_no_stretch_counts_twice() -> None:
    text = (
        "a@x.org b@x.org 4111 1111 1111 1111 DE89 3704 0044 0532 0130 00 +49 171 1234567 https://u:pa55word@h.example/"
    )

    assert inspect(text).counts == {
        Kind.EMAIL: 2,
        Kind.PHONE: 1,
        Kind.PAYMENT_CARD: 1,
        Kind.IBAN: 1,
        Kind.SECRET_KEY: 1,
    }


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAMPLES.items() for text in texts])
def test_findings_hold_kinds_and_counts_and_nothing_of_the_text(kind: Kind, text: str) -> None:
    findings = inspect(f"{text} {text}")

    assert set(findings.kinds) == {kind}
    assert {type(value) for pair in findings.counts.items() for value in pair} == {Kind, int}


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_can_be_inspected(text: str) -> None:
    assert set(inspect(text).kinds) <= set(Kind)


@given(st.text(alphabet="0123456789 -.+()@aA=:/", max_size=200), st.sampled_from(Kind))
@settings(deadline=None)
def test_a_finding_is_not_lost_for_what_else_is_in_the_text(noise: str, kind: Kind) -> None:
    assert kind in inspect(f"{SAMPLES[kind][0]}\n\n{noise}").kinds


# Classes


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.EMAIL, Sensitivity.SENSITIVE),
        (Kind.PHONE, Sensitivity.SENSITIVE),
        (Kind.PAYMENT_CARD, Sensitivity.CRITICAL),
        (Kind.IBAN, Sensitivity.CRITICAL),
        (Kind.NATIONAL_ID, Sensitivity.CRITICAL),
        (Kind.SECRET_KEY, Sensitivity.CRITICAL),
    ],
)
def test_a_finding_raises_the_class(kind: Kind, expected: Sensitivity) -> None:
    for declared in (None, Sensitivity.PUBLIC, Sensitivity.INTERNAL):
        assert classify(declared, Findings({kind: 1})) is expected


def test_what_is_undeclared_is_internal_and_what_is_declared_public_stays_public() -> None:
    assert classify(None, Findings()) is Sensitivity.INTERNAL
    assert classify(Sensitivity.PUBLIC, Findings()) is Sensitivity.PUBLIC


@given(DECLARED, FINDINGS)
def test_a_declared_class_is_never_lowered(declared: Sensitivity | None, findings: Findings) -> None:
    assert classify(declared, findings).rank >= (declared or Sensitivity.INTERNAL).rank


@given(st.sampled_from(Sensitivity), st.sampled_from(Sensitivity), FINDINGS, FINDINGS)
def test_more_declared_and_more_found_is_never_less_confidential(
    one: Sensitivity, other: Sensitivity, some: Findings, more: Findings
) -> None:
    lower, higher = sorted((one, other), key=lambda declared: declared.rank)
    both = Findings({**some.counts, **more.counts})

    assert classify(lower, some).rank <= classify(higher, both).rank


def test_every_kind_has_a_class_and_the_rules_have_a_name() -> None:
    assert set(FLOORS) == set(Kind)
    assert POLICY_VERSION


# Work


LONG = 200_000


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a",
            "1",
            "1 ",
            "12 34 ",
            "@",
            "a@",
            "a.",
            "@a.",
            "=",
            "password=",
            "password is ",
            "sk-",
            "eyJ",
            "eyJa.",
            "-----",
        ),
        *(
            "-----BEGIN ",
            "://a:",
            "earer a",
            "call ",
            "(1",
            "+1",
            "1.",
            "1-",
            "gh",
            "xox",
            "_",
            "DE89 ",
            "AB12",
            "A1",
            "x1",
        ),
    ],
)
def test_long_repetitions_are_read_through(pattern: str) -> None:
    """A pattern that went over the same text again and again would not come back from these."""
    inspect((pattern * LONG)[:LONG] + " jo@mail.example")


@pytest.mark.parametrize(
    "pattern", ["4111 ", "4111111111111112 ", "DE00370400440532013000 ", "123-45-6789 ", "12345678A "]
)
def test_candidates_to_verify_grow_in_step_with_the_text(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def candidates(repetitions: int) -> int:
        verified = 0

        def rule(_number: str, **_options: bool) -> bool:
            nonlocal verified
            verified += 1
            return False

        monkeypatch.setattr(sensitivity, "_is_valid", lambda _module: rule)
        inspect(pattern * repetitions)
        return verified

    assert 0 < candidates(400) <= 2 * candidates(200) + 10


def test_a_text_without_candidates_loads_no_rules_of_numbers() -> None:
    program = (
        "import sys; from pentarch.llm.sensitivity import inspect; inspect('A prompt of 2024, with a@b.org'); "
        "print(any(name.startswith('stdnum') for name in sys.modules))"
    )
    path = f"{Path(pentarch.__path__[0]).parent}:{':'.join(sys.path)}"
    run = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": path}, capture_output=True, check=True, text=True
    )

    assert run.stdout.strip() == "False"


def test_what_is_found_is_where_it_is_said_to_be() -> None:
    text = "😀 write to bob@example.com, or pay by 4111 1111 1111 1111, 4111 1111 1111 1111; password: hunter2hunter2!"
    found = sensitivity.spans(text)
    assert [text[start:end] for start, end in found[Kind.PAYMENT_CARD]] == ["4111 1111 1111 1111"] * 2
    assert [text[start:end] for start, end in found[Kind.EMAIL]] == ["@example.com"]
    assert len(found[Kind.SECRET_KEY]) == inspect(text).counts[Kind.SECRET_KEY] == 1
