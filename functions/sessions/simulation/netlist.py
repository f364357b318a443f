"""Which netlists may be simulated: those that describe a circuit and its analyses, and do nothing else.

ngspice runs commands, a shell among them, and reads and writes files where a netlist says so. Only cards that are known
to do neither are let through.
"""

import re

from sessions.errors import AgentError

MAX_LINES = 5_000
MAX_LINE_CHARACTERS = 2_000
_ALLOWED = frozenset(
    (".ac", ".dc", ".disto", ".else", ".elseif", ".end", ".endif", ".ends", ".four", ".func", ".global", ".ic", ".if",
     ".meas", ".measure", ".model", ".nodeset", ".noise", ".op", ".option", ".options", ".param", ".plot", ".print",
     ".probe", ".pz", ".save", ".sens", ".subckt", ".temp", ".tf", ".title", ".tran", ".width")
)  # fmt: skip
_MEASURED = re.compile(r"^\s*\.meas(?:ure)?\s+\w+\s+(\w+)", re.IGNORECASE | re.MULTILINE)
_ELEMENTS = frozenset("bcdefghijklmoqrstuvwxyz")
"""First letters of devices. `a` is left out: code models may read and write files."""
_FILES = re.compile(r"\b(?:file|wavefile|input_file|state_file|output_file|path)\s*=|[`$;]", re.IGNORECASE)
"""The signs begin what ngspice would take for a command or a comment in which one hides."""


def checked(text: str) -> str:
    """The netlist itself, ended as one; AgentError names the line that may not be there."""
    if not text.isascii() and any(ord(character) > 0xFFFF or character == "\x00" for character in text):  # noqa: PLR2004 (beyond the basic plane)
        _refuse(1, "it holds signs that no netlist has")
    lines = text.splitlines()
    if not lines or len(lines) > MAX_LINES:
        _refuse(1, f"a netlist has 1 to {MAX_LINES} lines")
    for number, line in enumerate(lines[1:], 2):  # the first is the title, whatever it says
        _check(number, line)
    has_end = any(line.strip().lower() == ".end" for line in lines)
    return "\n".join(["* " + lines[0].lstrip("*. "), *lines[1:], *([] if has_end else [".end"])]) + "\n"


def measured_in(text: str) -> list[str]:
    """The names of what a netlist asks to be measured."""
    return list(dict.fromkeys(_MEASURED.findall(text)))


def _check(number: int, line: str) -> None:
    if len(line) > MAX_LINE_CHARACTERS:
        _refuse(number, f"it has more than {MAX_LINE_CHARACTERS} characters")
    card = line.strip()
    if not card or card.startswith("*"):
        if card.lower().startswith(("*ng_script", "*#")):
            _refuse(number, "comments that ngspice takes for commands are not run")
        return
    if _FILES.search(card):
        _refuse(number, "it names a file, or holds a sign that begins a command")
    if card.startswith("+"):
        return
    word = card.split(maxsplit=1)[0].lower()
    if word.startswith("."):
        if word not in _ALLOWED:
            _refuse(number, f"`{word}` is not run here")
    elif word[0] not in _ELEMENTS:
        _refuse(number, f"`{word}` is no device that is simulated here")


def _refuse(number: int, reason: str) -> None:
    msg = f"the netlist cannot be simulated: line {number}: {reason}"
    raise AgentError(msg, details={"line": number})
