"""Units as engineers write them, and what pint knows of them.

Only spellings that mean a unit are taken: pint itself takes `a` for a year and `h` with any prefix.
"""

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pint

_PREFIXED: dict[str, tuple[str, str]] = {
    # symbol: (what pint calls it, the prefixes that are in use)
    "V": ("volt", "nuµμmkM"),
    "A": ("ampere", "pnuµμmk"),
    "W": ("watt", "nuµμmkMG"),
    "\u03a9": ("ohm", "mkMG"),
    "ohm": ("ohm", "mkMG"),
    "Hz": ("hertz", "mkMGT"),
    "F": ("farad", "pnuµμm"),
    "H": ("henry", "nuµμm"),
    "J": ("joule", "mkM"),
    "Wh": ("watt_hour", "mkMG"),
    "Ah": ("ampere_hour", "mk"),
    "VA": ("volt_ampere", "kM"),
    "N": ("newton", "mk"),
    "Nm": ("newton*meter", "mk"),
    "Pa": ("pascal", "hkMG"),
    "bar": ("bar", "m"),
    "m": ("meter", "nuµμmcdk"),
    "m²": ("meter**2", "mck"),
    "m2": ("meter**2", "mck"),
    "m³": ("meter**3", "mc"),
    "m3": ("meter**3", "mc"),
    "g": ("gram", "uµμmk"),
    "s": ("second", "pnuµμm"),
    "L": ("liter", "uµμmcd"),
    "l": ("liter", "uµμmcd"),
    "B": ("byte", "kKMGT"),
    "bit": ("bit", "kMG"),
    "bps": ("bit/second", "kMG"),
    "lm": ("lumen", "k"),
    "lx": ("lux", "k"),
}
_POWERS = {"p": -12, "n": -9, "u": -6, "µ": -6, "μ": -6, "m": -3, "c": -2, "d": -1, "h": 2}
_POWERS |= {"k": 3, "K": 3, "M": 6, "G": 9, "T": 12}
_EXPONENTS = {"m²": 2, "m2": 2, "m³": 3, "m3": 3}
_WORDS: dict[str, str] = {
    **dict.fromkeys(("volt", "volts"), "volt"),
    **dict.fromkeys(("amp", "amps", "ampere", "amperes"), "ampere"),
    **dict.fromkeys(("watt", "watts"), "watt"),
    **dict.fromkeys(("ohms",), "ohm"),
    **dict.fromkeys(("hertz",), "hertz"),
    **dict.fromkeys(("sec", "second", "seconds"), "second"),
    **dict.fromkeys(("millisecond", "milliseconds"), "millisecond"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hour"),
    **dict.fromkeys(("day", "days"), "day"),
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("year", "years"), "year"),
    **dict.fromkeys(("meter", "meters", "metre", "metres"), "meter"),
    **dict.fromkeys(("millimeter", "millimeters", "millimetre", "millimetres"), "millimeter"),
    **dict.fromkeys(("centimeter", "centimeters", "centimetre", "centimetres"), "centimeter"),
    **dict.fromkeys(("inch", "inches", "in"), "inch"),
    **dict.fromkeys(("ft", "foot", "feet"), "foot"),
    **dict.fromkeys(("kilogram", "kilograms"), "kilogram"),
    **dict.fromkeys(("gram", "grams"), "gram"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "pound"),
    **dict.fromkeys(("%", "percent"), "percent"),
    **dict.fromkeys(("ppm",), "ppm"),
    **dict.fromkeys(("°", "deg", "degree", "degrees"), "degree"),
    **dict.fromkeys(("°C", "degC", "℃"), "degC"),
    **dict.fromkeys(("°F", "degF"), "degF"),
    **dict.fromkeys(("K", "kelvin"), "kelvin"),
    **dict.fromkeys(("rpm",), "rpm"),
    **dict.fromkeys(("psi",), "psi"),
    **dict.fromkeys(("mph",), "mile/hour"),
    **dict.fromkeys(("kph",), "kilometer/hour"),
    **dict.fromkeys(("KiB",), "kibibyte"),
    **dict.fromkeys(("MiB",), "mebibyte"),
    **dict.fromkeys(("GiB",), "gibibyte"),
    **dict.fromkeys(("EUR", "€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("USD", "$", "dollar", "dollars"), "USD"),
    **dict.fromkeys(("GBP", "£"), "GBP"),
    **dict.fromkeys(("CHF",), "CHF"),
    **dict.fromkeys(("pcs", "pc", "pieces", "piece"), "piece"),
    **dict.fromkeys(("dB",), "decibel_level"),
    **dict.fromkeys(("dBm",), "decibel_milliwatt_level"),
    **dict.fromkeys(("dBA", "dB(A)"), "decibel_sound_level"),
}
_OWN = ("EUR = [money_eur]", "USD = [money_usd]", "GBP = [money_gbp]", "CHF = [money_chf]", "piece = [pieces]",
        "decibel_level = [level]", "decibel_milliwatt_level = [level_of_power]",
        "decibel_sound_level = [level_of_sound]")  # fmt: skip
"""What pint does not have. A level is a logarithm: it is kept as it is written."""
_DIMENSIONS = (
    ("voltage", "volt", "V"),
    ("current", "ampere", "A"),
    ("power", "watt", "W"),
    ("resistance", "ohm", "Ω"),
    ("frequency", "hertz", "Hz"),
    ("capacitance", "farad", "F"),
    ("inductance", "henry", "H"),
    ("energy", "joule", "J"),
    ("charge", "coulomb", "C"),
    ("length", "meter", "m"),
    ("area", "meter**2", "m²"),
    ("volume", "meter**3", "m³"),
    ("mass", "kilogram", "kg"),
    ("time", "second", "s"),
    ("force", "newton", "N"),
    ("pressure", "pascal", "Pa"),
    ("temperature", "kelvin", "K"),
    ("speed", "meter/second", "m/s"),
    ("luminous flux", "lumen", "lm"),
    ("illuminance", "lux", "lx"),
    ("money", "EUR", "EUR"),
    ("money", "USD", "USD"),
    ("money", "GBP", "GBP"),
    ("money", "CHF", "CHF"),
    ("count", "piece", "piece"),
    ("level", "decibel_level", "dB"),
    ("level", "decibel_milliwatt_level", "dBm"),
    ("level", "decibel_sound_level", "dBA"),
)
"""Name, what pint calls its base unit, and that unit's symbol."""
_DATA = ("bit", "byte")
_BY_NAME = {"percent": "ratio", "ppm": "ratio", "degree": "angle", "rpm": "rotational speed", "newton*meter": "torque"}
_DIGITS = 12


class Unit(NamedTuple):
    symbol: str
    """As it was written."""
    name: str
    """What pint makes of it."""
    factor: float
    """In front of that: of a prefix that pint is not asked for."""
    dimension: str

    @property
    def is_temperature(self) -> bool:
        return self.name in ("degC", "degF")


class Based(NamedTuple):
    """A value in the base units of its dimension."""

    value: float
    unit: str


@cache
def registry() -> Any:  # noqa: ANN401 (pint makes the class of it at run time)
    made: Any = pint.UnitRegistry(cache_folder=None)
    for definition in _OWN:
        made.define(definition)
    return made


@cache
def symbols() -> dict[str, tuple[str, float]]:
    """Every spelling that is taken: pint's name, and a factor."""
    found = {word: (name, 1.0) for word, name in _WORDS.items()}
    for symbol, (name, prefixes) in _PREFIXED.items():
        found.setdefault(symbol, (name, 1.0))
        for prefix, base in product(prefixes, (symbol,)):
            found.setdefault(prefix + base, (name, 10.0 ** (_POWERS[prefix] * _EXPONENTS.get(symbol, 1))))
    return found


@cache
def parse(text: str) -> Unit | None:
    """A unit, or a quotient of two; None for what is none."""
    over, slash, under = text.partition("/")
    known = symbols()
    if not slash:
        found = known.get(text)
        return None if found is None else _unit(text, *found)
    if over not in known or under not in known:
        return None
    (name, factor), (per, divisor) = known[over], known[under]
    return _unit(text, f"({name})/({per})", factor / divisor)


def based(value: float, unit: Unit, *, is_difference: bool = False) -> Based:
    """A value in the base unit of its dimension; a difference of temperatures has no zero point."""
    ureg = registry()
    name = f"delta_{unit.name}" if unit.is_temperature and is_difference else unit.name
    quantity = ureg.Quantity(value * unit.factor, ureg.parse_units(name))
    reference, symbol = _reference(unit)
    if reference is None:
        quantity = quantity.to_base_units()
        return Based(rounded(float(quantity.magnitude)), f"{quantity.units:~}".replace(" ", "") or "1")
    return Based(rounded(float(quantity.to(reference).magnitude)), symbol)


@cache
def _reference(unit: Unit) -> tuple[str | None, str]:
    """What pint shall convert to, and how that is written; None: whatever pint's own base units are."""
    if unit.dimension == "data":
        return "bit", "bit"
    if unit.dimension == "data rate":
        return "bit/second", "bit/s"
    found = [row for row in _DIMENSIONS if row[0] == unit.dimension]
    if len(found) > 1:  # euros are no dollars
        found = [row for row in found if row[1] == unit.name]
    return (found[0][1], found[0][2]) if found else (None, "")


def rounded(value: float) -> float:
    """Without what binary fractions add."""
    return float(f"{value:.{_DIGITS}g}")


def _unit(symbol: str, name: str, factor: float) -> Unit:
    return Unit(symbol, name, factor, _dimension(name))


def _dimension(name: str) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if any(word in name for word in _DATA):  # pint counts bits as plain numbers
        return "data rate" if "second" in name else "data"
    ureg = registry()
    dimensionality = ureg.parse_units(name).dimensionality
    for word, reference, _ in _DIMENSIONS:
        if ureg.parse_units(reference).dimensionality == dimensionality:
            return word
    return str(dimensionality)
