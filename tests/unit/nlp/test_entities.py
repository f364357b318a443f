"""What is found in a text, and what it is taken for."""

import pytest

from nlp.local import entities

LABELLED = [
    ("Dr. Angela Merkel met President Emmanuel Macron.", [("Angela Merkel", "PERSON"), ("Emmanuel Macron", "PERSON")]),
    (
        "Tim Cook of Apple Inc. met the Bank of England in London.",
        [
            ("Tim Cook", "PERSON"),
            ("Apple Inc", "ORGANIZATION"),
            ("Bank of England", "ORGANIZATION"),
            ("London", "LOCATION"),
        ],
    ),
    ("Ursula von der Leyen spoke. Leyen smiled.", [("Ursula von der Leyen", "PERSON"), ("Leyen", "PERSON")]),
    ("Microsoft's Satya Nadella spoke.", [("Microsoft", "ORGANIZATION"), ("Satya Nadella", "OTHER")]),
    ("Nice weather. We like Nice.", [("Nice", "LOCATION")]),
    ("He paid $4.5 million, 20 euros and 12%.", [("$4.5 million", "MONEY"), ("20 euros", "MONEY"), ("12%", "PERCENT")]),
    ("On 2024-03-05, on 5 March 2024 at 14:30.", [("2024-03-05", "DATE"), ("5 March 2024", "DATE"), ("14:30", "TIME")]),
    ("Am 3. März 2020 in Berlin", [("3. März 2020", "DATE"), ("Berlin", "LOCATION")]),
    ("Since 1998 it holds 2024 rows.", [("1998", "DATE")]),
    ("Write to jane.doe@example.com.", [("jane.doe@example.com", "EMAIL")]),
    ("See (https://en.example/wiki/Foo_(bar)).", [("https://en.example/wiki/Foo_(bar)", "URL")]),
    ("Call +49 30 1234567 now", [("+49 30 1234567", "PHONE")]),
    ("Please call 030-1234567, or ring me at (030) 7654321.", [("030-1234567", "PHONE"), ("(030) 7654321", "PHONE")]),
    ("The password is hunter2!now, he said.", [("hunter2!now", "SECRET")]),
    ("4111 1111 1111 1111", [("4111 1111 1111 1111", "CREDIT_CARD")]),
    ("我在北京。2024年3月5日", [("北京", "LOCATION"), ("2024年3月5日", "DATE")]),
    ("أنا أحب القاهرة", [("القاهرة", "LOCATION")]),
    ("The lamp is on the table.", []),
    ("THE LAMP IS ON THE TABLE", []),
]


@pytest.mark.parametrize(("text", "labelled"), LABELLED)
def test_names_and_shapes_are_told_by_their_kind(text: str, labelled: list[tuple[str, str]]) -> None:
    assert [(one.text, one.label) for one in entities.find(text, "en")] == labelled


def test_a_german_noun_is_no_name() -> None:
    found = entities.find("Das Haus von Angela Merkel hat eine Rote Tür.", "de")
    assert [one.text for one in found] == ["Angela Merkel"]


@pytest.mark.parametrize("text", ["A " * 25_000, "@." * 25_000, "1 " * 25_000, "(" * 50_000, "Ab-" * 15_000])
def test_no_text_takes_long(text: str) -> None:
    """A step too many for each character would be minutes here."""
    assert len(entities.find(text, "en")) <= len(text)
