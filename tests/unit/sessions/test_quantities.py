"""Quantities as engineers write them, and their bounds in base units."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.spec import quantities, units
from sessions.spec.quantities import Relation


def told(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(one.relation, one.unit.dimension, one.told()["base"]) for one in quantities.find(text)]


@pytest.mark.parametrize(
    ("text", "relation", "dimension", "base"),
    [
        ("Output: 0 to 30 V", "range", "voltage", {"min": 0.0, "max": 30.0, "unit": "V"}),
        ("0-30 V", "range", "voltage", {"min": 0.0, "max": 30.0, "unit": "V"}),
        ("-20 \u2013 60 °C", "range", "temperature", {"min": 253.15, "max": 333.15, "unit": "K"}),
        ("between 100 mV and 2 V", "range", "voltage", {"min": 0.1, "max": 2.0, "unit": "V"}),
        ("Ripple: below 5 mV", "at_most", "voltage", {"max": 0.005, "unit": "V"}),
        ("shall not exceed 10 kg", "at_most", "mass", {"max": 10.0, "unit": "kg"}),
        ("5 W or less", "at_most", "power", {"max": 5.0, "unit": "W"}),
        ("≤ 1,5 s", "at_most", "time", {"max": 1.5, "unit": "s"}),
        ("at least 85 %", "at_least", "ratio", {"min": 0.85, "unit": "1"}),
        ("a minimum of 10 kΩ", "at_least", "resistance", {"min": 10000.0, "unit": "Ω"}),
        ("more than 1,000 hours", "at_least", "time", {"min": 3_600_000.0, "unit": "s"}),
        ("12 V ± 5 %", "tolerance", "voltage", {"value": 12.0, "min": 11.4, "max": 12.6}),
        ("25 ± 2 °C", "tolerance", "temperature", {"value": 298.15, "tolerance": 2.0}),
        ("about 4.7 µF", "about", "capacitance", {"value": 4.7e-06, "unit": "F"}),
        ("20 x 15 x 10 cm", "size", "length", {"values": [0.2, 0.15, 0.1], "unit": "m"}),
        ("below 120 EUR", "at_most", "money", {"max": 120.0, "unit": "EUR"}),
        ("€99", "equal", "money", {"value": 99.0, "unit": "EUR"}),
        ("115200 bit/s", "equal", "data rate", {"value": 115200.0, "unit": "bit/s"}),
        ("up to 8 GB", "at_most", "data", {"max": 6.4e10, "unit": "bit"}),
        ("3 mm²", "equal", "area", {"value": 3e-06, "unit": "m²"}),
        ("60 dBA", "equal", "level", {"value": 60.0, "unit": "dBA"}),
        ("3000 rpm", "equal", "rotational speed", {"value": 314.159265359}),
    ],
)
def test_a_quantity_is_read(text: str, relation: str, dimension: str, base: dict[str, Any]) -> None:
    [(found_relation, found_dimension, found_base)] = told(text)
    assert (found_relation, found_dimension) == (relation, dimension)
    assert {name: found_base[name] for name in base} == pytest.approx(base) if "values" not in base else found_base


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "USB 3.0",
        "RS-485",
        "IP67",
        "5 in total",
        "version 2.1.0",
        "3 a day",
        "chapter 4 As we saw",
        "#12 V",
    ],
)
def test_what_is_no_quantity_is_left_alone(text: str) -> None:
    assert told(text) == []


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_is_read_without_harm(text: str) -> None:
    for one in quantities.find(text):
        assert one.told()["base"]


@given(st.floats(0.001, 1e6), st.sampled_from(["V", "mA", "kHz", "µF", "cm", "kg", "°C", "GB", "EUR", "h"]))
@settings(max_examples=100)
def test_a_bound_keeps_its_value_in_its_own_unit(value: float, unit: str) -> None:
    [one] = quantities.find(f"at most {value:.6f} {unit}")
    assert (one.relation, one.unit.symbol) == (Relation.AT_MOST, unit)
    assert one.high == pytest.approx(value, abs=1e-6)


def test_every_spelling_is_a_unit_that_is_known() -> None:
    for spelling in units.symbols():
        unit = units.parse(spelling)
        assert unit is not None, spelling
        assert not unit.dimension.startswith("["), spelling
        assert units.based(1.0, unit).unit, spelling


@pytest.mark.parametrize(
    ("text", "symbol"), [("5 mV", "mV"), ("5 MV", "MV"), ("3 min", "min"), ("7 \u2126", "\u03a9"), ("7 kohm", "kohm")]
)
def test_spellings_that_are_near_each_other_are_told_apart(text: str, symbol: str) -> None:
    [one] = quantities.find(text)
    assert one.unit.symbol == symbol
