"""Which component of a product answers for a requirement, by the words and the quantities in it."""

import re
from typing import NamedTuple


class Component(NamedTuple):
    key: str
    """A node's name in the diagram."""
    name: str
    purpose: str
    words: re.Pattern[str]
    dimensions: frozenset[str] = frozenset()
    """Quantities that speak for it where no word does."""


def _component(key: str, name: str, purpose: str, words: str, *dimensions: str) -> Component:
    return Component(key, name, purpose, re.compile(rf"\b(?:{words})", re.IGNORECASE), frozenset(dimensions))


COMPONENTS = (
    _component(
        "protection", "Protection and safety", "Keeps people and the product from harm",
        r"protect|short[- ]circuit|over[- ]?(?:voltage|current|temperature)|fuse|isolat|esd\b|safety|earth|ground fault"
        r"|touchable",
    ),
    _component(
        "thermal", "Thermal management", "Carries heat away",
        r"thermal|cooling|heat|fans?\b|temperature|ambient", "temperature",
    ),
    _component(
        "enclosure", "Enclosure and mechanics", "Holds, seals and mounts everything",
        r"enclosure|housing|size\b|dimensions?\b|weigh|mass\b|mount|ip\d\d|drop|vibration|din[- ]rail|footprint"
        r"|material",
        "length", "area", "volume", "mass", "force", "torque",
    ),
    _component(
        "communication", "Communication", "Exchanges data with other systems",
        r"usb|uart|spi\b|i2c|can[- ](?:bus|fd)|ethernet|wi-?fi|wlan|bluetooth|ble\b|lora|lte\b|modbus|rs-?\d{3}|mqtt"
        r"|network|protocol|interface|antenna|radio|wireless", "data rate",
    ),
    _component(
        "user", "User interface", "Shows states and takes commands",
        r"display|screen|led\b|leds\b|button|knob|keypad|touch ?screen|indicator|buzzer|user interface|menu|operator",
    ),
    _component(
        "sensing", "Sensing and measurement", "Measures what the product has to know",
        r"sensor|measur|accuracy|resolution|sampl|adc\b|thermocouple|detect|calibrat",
    ),
    _component(
        "actuation", "Actuation", "Moves and switches what is outside",
        r"motor|actuator|relay|valve|solenoid|servo|pump\b|heater", "rotational speed",
    ),
    _component(
        "storage", "Storage and logging", "Keeps data",
        r"stor(?:e|age|ing)|log(?:s|ging)?\b|memory|flash|sd[- ]card|eeprom|record|histor", "data",
    ),
    _component(
        "control", "Control and software", "Decides what happens when",
        r"firmware|software|micro-?controller|mcu\b|processor|cpu\b|control|boot|update|api\b|algorithm|regulat|response|latency|startup",
        "time", "frequency",
    ),
    _component(
        "power", "Power", "Supplies and converts energy",
        r"power|supply|voltage|current|battery|charg|output\b|input\b|ripple|efficien|mains|converter|regulator",
        "voltage", "current", "power", "energy", "charge", "resistance", "capacitance", "inductance",
    ),
    _component(
        "project", "Cost and delivery", "What it costs, and when it is there",
        r"cost|price|budget|deadline|deliver(?:y|ed)|schedule|units? per|compl(?:y|iance|iant)|standard|certif|rohs"
        r"|ce\b[- ]mark",
        "money", "count",
    ),
)  # fmt: skip
"""In the order in which they are asked: the more particular first."""
BY_KEY = {one.key: one for one in COMPONENTS}
EDGES = (
    ("power", "control", "supplies"),
    ("power", "communication", "supplies"),
    ("power", "user", "supplies"),
    ("power", "sensing", "supplies"),
    ("power", "actuation", "supplies"),
    ("power", "storage", "supplies"),
    ("protection", "power", "guards"),
    ("sensing", "control", "measures for"),
    ("control", "actuation", "commands"),
    ("control", "power", "sets"),
    ("control", "storage", "writes to"),
    ("control", "communication", "exchanges data by"),
    ("user", "control", "commands"),
    ("thermal", "power", "cools"),
    ("enclosure", "thermal", "carries"),
)
"""How components connect, as far as both are there."""


def allocated(subject: str | None, text: str, section: list[str], dimensions: frozenset[str]) -> str | None:
    """The component that answers: by what it is about, by its words, by its heading, at last by its quantities."""
    for words in (subject or "", text, " ".join(section[1:])):
        for one in COMPONENTS:
            if words and one.words.search(words):
                return one.key
    return next((one.key for one in COMPONENTS if one.dimensions & dimensions), None)
