"""Quantities in a sentence: values, bounds, ranges, tolerances and sizes, each with its unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sessions.spec import units
from sessions.spec.units import Unit

_SPELLINGS = "|".join(sorted((re.escape(one) for one in units.symbols()), key=len, reverse=True))
_UNIT = rf"(?:{_SPELLINGS})(?:/(?:{_SPELLINGS}))?(?![\w²³Ω°µ%])"
_NUMBER = r"[-+]?(?:\d{1,3}(?:[,'\u202f ]\d{3})+(?:\.\d+)?(?![\d])|\d+(?:[.,]\d+)?(?:[eE][-+]?\d{1,2}(?!\d))?)"
_START = r"(?<![\w.,#/-])"
_MONEY = r"[€$£]"
_RANGE = re.compile(
    rf"{_START}(?P<low>{_NUMBER})\s*(?P<low_unit>{_UNIT})?\s*(?:to|up to|through|and|\.\.\.?|…|-)\s*"
    rf"(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})"
)
_TOLERANCE = re.compile(
    rf"{_START}(?P<value>{_NUMBER})\s*(?P<value_unit>{_UNIT})?\s*(?:±|\+/-)\s*(?P<by>{_NUMBER})\s*(?P<unit>{_UNIT})"
)
_ABOUT_ZERO = re.compile(rf"(?:±|\+/-)\s*(?P<by>{_NUMBER})\s*(?P<unit>{_UNIT})")
_SIZE = re.compile(
    rf"{_START}(?P<first>{_NUMBER})\s*(?:{_UNIT})?\s*[x\u00d7]\s*(?P<second>{_NUMBER})\s*(?:{_UNIT})?"
    rf"(?:\s*[x\u00d7]\s*(?P<third>{_NUMBER}))?\s*(?P<unit>{_UNIT})"
)
_SINGLE = re.compile(rf"{_START}(?P<value>{_NUMBER})\s*(?P<unit>{_UNIT})")
_PRICE = re.compile(rf"(?P<unit>{_MONEY})\s*(?P<value>{_NUMBER})")
_SPELT = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00a0": " ", "\u2126": "\u03a9"})
"""Minus, dashes, the space that does not break, and the sign of ohm that is not the letter."""
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_AT_MOST = re.compile(
    r"(?:at most|(?:no|not) (?:more|greater|larger|longer|higher) than|not (?:to )?exceed|never exceeds?|below|under"
    r"|(?:less|fewer|smaller|lower|shorter|lighter|cheaper) than|up to|maximum(?: of)?|max\.?(?: of)?|within|limited to"
    r"|<=?|≤|⩽)[\s:=]*(?:of|a|an|is|the)?\s*$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:at least|(?:no|not) (?:less|fewer|smaller|lower|shorter) than|above|over|exceeds?"
    r"|(?:more|greater|larger|longer|higher) than|minimum(?: of)?|min\.?(?: of)?|starting at|>=?|≥|⩾)"
    r"[\s:=]*(?:of|a|an|is|the)?\s*$",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"(?:about|approximately|approx\.?|roughly|around|circa|ca\.|typically|typ\.?|nominal(?:ly)?|~|≈)\s*$",
    re.IGNORECASE,
)
_OR_LESS = re.compile(
    r"^\s*(?:or (?:less|lower|below|smaller|shorter)|max(?:imum|\.)?\b|at most|or under)", re.IGNORECASE
)
_OR_MORE = re.compile(
    r"^\s*(?:or (?:more|higher|above|larger|longer)|min(?:imum|\.)\b|minimum|at least)", re.IGNORECASE
)
_PROSE = re.compile(r"^\s+[a-z]{2,}")


class Relation(StrEnum):
    EQUAL = "equal"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    RANGE = "range"
    TOLERANCE = "tolerance"
    ABOUT = "about"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated amount. Bounds are in its unit; None: open."""

    text: str
    unit: Unit
    relation: Relation
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float | None = None
    tolerance_unit: Unit | None = None
    values: tuple[float, ...] = ()
    """Of a size, in the order in which it is written."""

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the greatest that it allows, in base units."""
        low, high = self.low, self.high
        if self.relation is Relation.EQUAL:
            low = high = self.value
        return self._in_base(low), self._in_base(high)

    def _in_base(self, value: float | None) -> float | None:
        return None if value is None else units.based(value, self.unit).value

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "text": self.text,
            "relation": self.relation,
            "dimension": self.unit.dimension,
            "unit": self.unit.symbol,
        }
        named = {"value": self.value, "min": self.low, "max": self.high, "tolerance": self.tolerance}
        told |= {name: value for name, value in named.items() if value is not None}
        if self.values:
            told["values"] = list(self.values)
        if self.tolerance_unit is not None and self.tolerance_unit != self.unit:
            told["tolerance_unit"] = self.tolerance_unit.symbol
        return told | {"base": self._base()}

    def _base(self) -> dict[str, Any]:
        base: dict[str, Any] = {}
        for name, value in (("value", self.value), ("min", self.low), ("max", self.high)):
            if value is not None:
                base[name], base["unit"] = units.based(value, self.unit)
        if self.values:
            found = [units.based(value, self.unit) for value in self.values]
            base["values"], base["unit"] = [one.value for one in found], found[0].unit
        if self.tolerance is not None and self.tolerance_unit is not None:
            by = units.based(self.tolerance, self.tolerance_unit, is_difference=True)
            base["tolerance"] = by.value
            base.setdefault("unit", by.unit)
            if by.unit != base["unit"]:
                base["tolerance_unit"] = by.unit
        return base


def find(text: str) -> list[Quantity]:
    """The quantities of a sentence in their order; each part of the text is in one at most."""
    plain = _plain(text)
    found: dict[int, Quantity] = {}
    taken = [False] * len(plain)
    for pattern, make in (
        (_SIZE, _size),
        (_TOLERANCE, _tolerance),
        (_RANGE, _range),
        (_ABOUT_ZERO, _about_zero),
        (_PRICE, _single),
        (_SINGLE, _single),
    ):
        for match in pattern.finditer(plain):
            if any(taken[match.start() : match.end()]):
                continue
            quantity = make(match, plain)
            if quantity is not None:
                found[match.start()] = quantity
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    return [found[start] for start in sorted(found)]


def stated(value: str | None, low: str | None, high: str | None, unit_text: str, text: str) -> Quantity | None:
    """A quantity from the cells of a table, which are numbers in one unit; None where they are not."""
    unit = units.parse(unit_text.strip())
    numbers = [None if cell is None else _cell(cell) for cell in (value, low, high)]
    if unit is None or all(number is None for number in numbers):
        return None
    typical, least, most = numbers
    if least is not None and most is not None:
        return Quantity(text, unit, Relation.RANGE, value=typical, low=least, high=most)
    if most is not None:
        return Quantity(text, unit, Relation.AT_MOST, value=typical, high=most)
    if least is not None:
        return Quantity(text, unit, Relation.AT_LEAST, value=typical, low=least)
    return Quantity(text, unit, Relation.EQUAL, value=typical)


def _cell(text: str) -> float | None:
    match = re.fullmatch(_NUMBER, _plain(text).strip())
    return _number(match[0]) if match else None


def _plain(text: str) -> str:
    """One spelling for what has several, at the same places. Dates are no quantities."""
    even = text.translate(_SPELT)
    return _DATE.sub(lambda found: "_" * len(found[0]), even)


def _number(text: str) -> float:
    plain = re.sub(r"['\u202f ]", "", text)
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))


def _usable_unit(match: re.Match[str], plain: str) -> Unit | None:
    """`in` is a unit where no words follow: `5 in total` is none."""
    unit = units.parse(match["unit"])
    if match["unit"] in ("in", "min") and match.end() < len(plain) and _PROSE.match(plain[match.end() :]):
        return unit if match["unit"] == "min" else None
    return unit


def _size(match: re.Match[str], plain: str) -> Quantity | None:
    unit = _usable_unit(match, plain)
    if unit is None:
        return None
    values = tuple(_number(match[name]) for name in ("first", "second", "third") if match[name])
    return Quantity(match[0].strip(), unit, Relation.SIZE, values=values)


def _tolerance(match: re.Match[str], _: str) -> Quantity | None:
    by_unit = units.parse(match["unit"])
    unit = units.parse(match["value_unit"]) if match["value_unit"] else by_unit
    if unit is None or by_unit is None:
        return None
    value, by = _number(match["value"]), _number(match["by"])
    amount = value * by / 100 if by_unit.name == "percent" and unit.name != "percent" else by
    comparable = by_unit == unit or by_unit.name == "percent"
    return Quantity(
        match[0],
        unit,
        Relation.TOLERANCE,
        value=value,
        low=units.rounded(value - abs(amount)) if comparable else None,
        high=units.rounded(value + abs(amount)) if comparable else None,
        tolerance=by,
        tolerance_unit=by_unit,
    )


def _about_zero(match: re.Match[str], _: str) -> Quantity | None:
    unit = units.parse(match["unit"])
    if unit is None:
        return None
    return Quantity(match[0], unit, Relation.TOLERANCE, tolerance=_number(match["by"]), tolerance_unit=unit)


def _range(match: re.Match[str], plain: str) -> Quantity | None:
    unit = _usable_unit(match, plain)
    if unit is None:
        return None
    low, high = _number(match["low"]), _number(match["high"])
    low_unit = units.parse(match["low_unit"]) if match["low_unit"] else unit
    if low_unit is None or low_unit.dimension != unit.dimension:
        return None
    if low_unit != unit:
        if low_unit.is_temperature or unit.is_temperature:
            return None
        low = units.rounded(low * units.based(1, low_unit).value / units.based(1, unit).value)
    if low > high:
        return None
    return Quantity(match[0], unit, Relation.RANGE, low=low, high=high)


def _single(match: re.Match[str], plain: str) -> Quantity | None:
    unit = _usable_unit(match, plain)
    if unit is None:
        return None
    value, before, after = _number(match["value"]), plain[: match.start()], plain[match.end() :]
    if _AT_MOST.search(before) or _OR_LESS.search(after):
        return Quantity(match[0], unit, Relation.AT_MOST, high=value)
    if _AT_LEAST.search(before) or _OR_MORE.search(after):
        return Quantity(match[0], unit, Relation.AT_LEAST, low=value)
    relation = Relation.ABOUT if _ROUGHLY.search(before) else Relation.EQUAL
    return Quantity(match[0], unit, relation, value=value)


def in_dimension(found: list[Quantity], dimension: str) -> Iterator[Quantity]:
    return (one for one in found if one.unit.dimension == dimension)
