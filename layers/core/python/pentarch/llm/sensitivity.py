"""How confidential a text is, judged by what can be recognised in it.

`inspect` counts what it recognises and keeps none of it; `classify` turns the counts into a class. Each detector takes
what it recognises out of the text before the next one looks, so that nothing counts twice. Every pattern is bounded
(no unlimited repeat can start at each character of the same run), so the work grows in step with the text.

It is a net, not a proof: names, addresses and trade secrets have no shape. Who knows better declares a class.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from pentarch.llm.classification import Findings, Kind

Spans = list[tuple[int, int]]
"""Beginnings and ends, in code points."""
Recognised = Mapping[Kind, Spans]


def inspect(text: str) -> Findings:
    """Counts what can be recognised; an ordinary text costs a few searches for single characters and one pattern."""
    return counted(spans(text))


def counted(found: Recognised) -> Findings:
    return Findings(MappingProxyType({kind: len(places) for kind, places in found.items() if places}))


def spans(text: str) -> dict[Kind, Spans]:
    """Where each kind is recognised; of an e-mail address the part from its @ on."""
    found: dict[Kind, Spans] = {}
    found[Kind.SECRET_KEY], text = _secrets(text)
    if _SIX_DIGITS.search(text):
        found[Kind.IBAN], text = _take(_iban_pattern(), text, _iban_end)
        found[Kind.PAYMENT_CARD], text = _take(_card_pattern(), text, _card_end)
        found[Kind.NATIONAL_ID], text = _national_ids(text)
        found[Kind.PHONE], text = _phones(text)
    if "@" in text:
        found[Kind.EMAIL], text = _take(_email_pattern(), text, re.Match.end)
    return found


_GAP = r"[ \u00a0\u2007\u2009\u202f\-\u2010-\u2013]"
"""What people and word processors put between groups of digits."""

_SIX_DIGITS = re.compile(
    r"\d(?:(?:[ \u00a0\u2007\u2009\u202f().\-\u2010-\u2013/]{0,2}\d){5}|\d[A-Za-z]\d\d[A-Za-z]\d{3})"
)
"""No number below has fewer digits than six in a row, but the Italian tax code, which is the second branch.

The only pattern that looks at every text; it begins with a digit, which the engine can skip to.
"""

_ALONE_BEFORE = r"(?<![\w\-])(?<!\d\.)"
_ALONE_AFTER = r"(?![\w\-])(?!\.\d)"
"""A number inside a word, a UUID, a decimal or a hyphenated order id is not one of ours; one in a CSV line is."""


def _take(pattern: re.Pattern[str], text: str, accepted_end: Callable[[re.Match[str]], int]) -> tuple[Spans, str]:
    """The matches that are accepted, and the text without. `accepted_end` says where one ends, or its start if not.

    Of a pattern with a group `value`, what stands before it only introduces what is taken. Newlines take the place of
    what is taken: no pattern crosses one, so what is left cannot grow together, and stays where it was.
    """
    taken: Spans = []
    introduced = "value" in pattern.groupindex

    def cut(match: re.Match[str]) -> str:
        first, end = match.start(), accepted_end(match)
        if end == first:
            return match.group()
        start = match.start("value") if introduced else first
        taken.append((start, end))
        return match.group()[: start - first] + "\n" * (end - start) + match.group()[end - first :]

    rest = pattern.sub(cut, text)
    return taken, rest


def _compact(number: str) -> str:
    """Letters and digits only, each digit (full-width, Arabic ...) as its ASCII one, as check-digit rules expect."""
    return "".join(str(int(c)) if c.isdecimal() else c.upper() for c in number if c.isalnum())


@cache
def _is_valid(module: str) -> Callable[[str], bool]:
    """A check-digit rule of python-stdnum, imported when its first candidate turns up (the library is slow to load)."""
    rule: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return rule


# Secrets


_URL_PLACEHOLDER = r"(?:(?i:password|passwd|pass|pwd|secret|token)|\*+|[$%]?[{<(][^@\s]{0,60}|\$\w{1,60})"


@cache
def _secret_patterns() -> Mapping[str, re.Pattern[str]]:
    """Keys by a piece of text that each must contain: finding that piece is a hundred times cheaper than matching."""
    word = r"A-Za-z0-9_\-"
    return {
        mark: re.compile(pattern)
        for mark, pattern in {
            "AKIA": r"(?<![A-Z0-9])AKIA[A-Z2-7]{16}(?![A-Z0-9])",
            "ASIA": r"(?<![A-Z0-9])ASIA[A-Z2-7]{16}(?![A-Z0-9])",
            "AIza": rf"(?<![{word}])AIza[{word}]{{35}}(?![{word}])",
            "sk-": rf"(?<![{word}])sk-(?=[{word}]{{0,200}}\d)[{word}]{{20,}}",
            "eyJ": rf"(?<![{word}])eyJ[{word}]{{10,}}+\.eyJ[{word}]{{5,}}+\.[{word}]{{10,}}+",
            "xox": r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9\-]{10,}",
            "glpat-": rf"(?<![{word}])glpat-[{word}]{{20,}}",
            "-----": r"-----BEGIN (?:[A-Z0-9]{1,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
            "_": (
                r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"
                r"|[rsw]h?k_live_[A-Za-z0-9]{16,}|[rs]k_test_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,})"
            ),
            "://": rf"(?<=://)[^\s:@/?#]{{0,100}}:(?!{_URL_PLACEHOLDER}@)[^\s:@/?#]{{3,200}}@(?=[\w\[])",
            "earer ": r"(?<=earer )(?=[A-Za-z._~+/\-]{0,200}\d)[A-Za-z0-9._~+/\-]{24,}",
        }.items()
    }


_SECRET_WORDS = ("password", "passwd", "passphrase", "passcode", "pwd", "secret", "key", "token")
_VALUE_FOLLOWS = r"""["'`\]]{0,2}[ \t]{0,4}(?:=>|:=|=|:|is\b)[ \t]{0,4}["'`]?[^\s"'`,;&<>{}()\[\]$]{6}"""
_ASSIGNMENT = r"""(?xi)
    (?<![a-z0-9])
    (?: pass(?:word|wd|phrase|code) | pwd | secret | client[_\- ]?secret
      | (?:api|access|secret|private|account|encryption|signing)[_\- ]?(?:access[_\- ]?)?key
      | (?:auth|access|refresh|api|bearer|secret)[_\- ]?token )
    ["'`\]]{0,2} [ \t]{0,4} (?: => | := | = | : | \bis\b ) [ \t]{0,4} ["'`]?
    (?P<value> [^\s"'`,;&<>{}()\[\]$]{6,200} )
"""
_PLACEHOLDER = (
    r"(?i)your|example|change.?me|placeholder|redacted|dummy|sample|xxx|\*\*\*|\.\.\.|env|config|process"
    r"|^\d+-?[a-z]+$|^https?:"
)


def _secrets(text: str) -> tuple[Spans, str]:
    found: Spans = []
    for mark, pattern in _secret_patterns().items():
        if mark in text:
            more, text = _take(pattern, text, re.Match.end)
            found += more
    if _may_assign(text.lower()):
        more, text = _take(_compiled(_ASSIGNMENT), text, _assigned_secret_end)
        found += more
    return found, text


def _may_assign(lowered: str) -> bool:
    """Whether a value follows one of the words; the pattern itself would read each character ten times."""
    return any(_compiled(_VALUE_FOLLOWS).match(lowered, end) for word in _SECRET_WORDS for end in _ends(word, lowered))


def _ends(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + len(word))


def _assigned_secret_end(match: re.Match[str]) -> int:
    """Accepts a value that looks chosen or generated (letters with digits or marks), not a word of prose or of code."""
    value = match["value"].rstrip(".!?:")
    mixed = re.search(r"[^\W\d]", value) and re.search(r"[\d!#%^*+?@~|=]", value)
    secret = mixed and len(value) >= _SHORTEST_SECRET and not _compiled(_PLACEHOLDER).search(match["value"])
    return match.end() if secret else match.start()


_SHORTEST_SECRET = 6


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at first need: most environments never see a candidate, and compiling is what an import would pay."""
    return re.compile(pattern)


# Bank accounts and payment cards


def _iban_pattern() -> re.Pattern[str]:
    return _compiled(rf"(?i)(?<![\w\-])[a-z]{{2}}\d\d(?:{_GAP}?[a-z\d]{{4}}){{2,7}}(?:{_GAP}?[a-z\d]{{1,4}})?(?!\w)")


def _iban_end(match: re.Match[str]) -> int:
    """The end of the longest prefix that is an IBAN: a following capitalised word looks like one more group."""
    groups = [m.end() for m in re.finditer(r"[^\W_]+", match.group())]
    for end in reversed(groups):
        number = _compact(match.group()[:end])
        # A country's own check adds nothing that would change the class, and costs an import per country.
        if len(number) >= _SHORTEST_IBAN and _is_valid("iban")(number, check_country=False):  # type: ignore[call-arg]
            return match.start() + end
    return match.start()


_SHORTEST_IBAN = 15
"""Norway's."""

_ISSUERS = (
    (r"4", (16, 19)),  # Visa; its 13 digits are gone, and look like the barcodes of German goods
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"6011|64[4-9]|65", (16, 17, 18, 19)),  # Discover
    (r"30[0-5]|3095|36|3[89]", (14, 16, 17, 18, 19)),  # Diners Club
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),  # JCB
    (r"62|81", (16, 17, 18, 19)),  # UnionPay
    (r"220[0-4]", (16, 17, 18, 19)),  # Mir
    (r"5018|5020|5038|5893|6304|6759|676[1-3]", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
)


def _card_pattern() -> re.Pattern[str]:
    grouped = rf"\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{3}})?|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}"
    return _compiled(rf"{_ALONE_BEFORE}(?:\d{{13,19}}|{grouped}){_ALONE_AFTER}")


def _card_end(match: re.Match[str]) -> int:
    """The end of the card number: a 16-digit one may be followed by its three-digit security code."""
    four_groups = re.match(rf"(?:\d{{4}}{_GAP}){{3}}\d{{4}}", match.group())
    for number in (match.group(), four_groups and four_groups.group()):
        if number and _is_card(_compact(number)):
            return match.start() + len(number)
    return match.start()


def _is_card(digits: str) -> bool:
    issued = any(len(digits) in lengths and _compiled(prefix).match(digits) for prefix, lengths in _ISSUERS)
    return issued and _is_valid("luhn")(digits)


# National identity numbers


class _NationalId(NamedTuple):
    shape: str
    rule: str | None
    """The python-stdnum module that knows the number's rules; None: the shape says all there is."""
    context: str | None = None
    """A word the text must contain, where the number alone could be anything."""


_NATIONAL_IDS = (
    _NationalId(r"\d{3}[\-\u2010-\u2013]\d\d[\-\u2010-\u2013]\d{4}", "us.ssn"),
    _NationalId(r"\d{3} ?\d\d ?\d{4}", "us.ssn", r"ssn|social.security"),
    _NationalId(
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", None
    ),  # UK National Insurance number: it has no check digit
    _NationalId(
        r"\d\d ?\d{3} ?\d{3} ?\d{3}", "de.idnr", r"steuer.?id\w*|steuerliche|identifikationsnummer|idnr|tax.?id|tin"
    ),
    _NationalId(r"\d{8}-?[A-Z]", "es.dni"),
    _NationalId(r"[XYZ]-?\d{7}-?[A-Z]", "es.nie"),
    _NationalId(r"[1-478] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", "fr.nir"),
    _NationalId(
        r"[A-Za-z]{6}[\dL-Vl-v]{2}[A-Ea-eHhLlMmPpR-Tr-t][\dL-Vl-v]{2}[A-Za-z][\dL-Vl-v]{3}[A-Za-z]",
        "it.codicefiscale",
    ),
    _NationalId(r"\d{9}|\d{4}\.\d\d\.\d{3}", "nl.bsn", r"bsn|burgerservicenummer|sofi.?nummer"),
)


def _national_ids(text: str) -> tuple[Spans, str]:
    found: Spans = []
    for identity in _NATIONAL_IDS:
        more, rest = _take(
            _compiled(_ALONE_BEFORE + f"(?:{identity.shape})" + _ALONE_AFTER), text, _national_id_end(identity)
        )
        if more and (identity.context is None or _compiled(rf"(?i)\b(?:{identity.context})\b").search(text)):
            found, text = found + more, rest
    return found, text


def _national_id_end(identity: _NationalId) -> Callable[[re.Match[str]], int]:
    def end(match: re.Match[str]) -> int:
        valid = identity.rule is None or _is_valid(identity.rule)(_compact(match.group()))
        return match.end() if valid else match.start()

    return end


# Telephone numbers


def _phone_patterns() -> Iterator[re.Pattern[str]]:
    """International numbers, North American ones, and any number that a word introduces as a telephone's."""
    yield _compiled(r"(?<![\w+])\+[1-9](?:[ \u00a0\u202f().\-/]{0,2}\d){7,14}(?!\d)")
    yield _compiled(r"(?<![\w.\-+])(?:1[ .\-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.\-])[2-9]\d\d[.\-]\d{4}(?![\w\-])")
    yield _compiled(
        r"(?i)(?<!\w)(?:phone|tel|telephone|telefon|téléphone|teléfono|telefono|mobile|mobil|móvil|cell|handy|fax"
        r"|rufnummer|call|ring|whatsapp)(?:[ .:]{1,3}(?:number|nummer|no|nr|is|me|us|him|her|them|at|on)){0,3}"
        r"[ .:#]{1,3}(?!\d{4}-\d\d-\d\d)(?P<value>\(?\d(?:[ ().\-/]{0,2}\d){6,13})(?![\w.\-]*\d)"
    )


def _phones(text: str) -> tuple[Spans, str]:
    found: Spans = []
    for pattern in _phone_patterns():
        more, text = _take(pattern, text, re.Match.end)
        found += more
    return found, text


# E-mail addresses


def _email_pattern() -> re.Pattern[str]:
    """Starts at the @, as a run of letters before it could be read again from each of its letters."""
    return _compiled(r"(?<=[\w.+%\-])@(?:(?!-)[\w\-]{1,63}+\.){1,8}[^\W\d_]{2,24}(?![\w\-])(?!:[\w~/])")
