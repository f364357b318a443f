"""Things with a shape: addresses, numbers, dates, amounts. All repeats are bounded, so the work grows with the text."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from nlp.model import Entity
from pentarch.llm.classification import Kind
from pentarch.llm.sensitivity import Recognised

_PERSONAL: Mapping[Kind, tuple[str, float]] = {
    Kind.SECRET_KEY: ("SECRET", 0.9),
    Kind.IBAN: ("IBAN", 0.99),
    Kind.PAYMENT_CARD: ("CREDIT_CARD", 0.99),
    Kind.NATIONAL_ID: ("NATIONAL_ID", 0.9),
    Kind.PHONE: ("PHONE", 0.9),
    Kind.EMAIL: ("EMAIL", 0.99),
}
"""What makes a text sensitive, recognised by the same patterns."""
_LONGEST_LOCAL_PART = 64

_SPACE = r"[ \u00a0]"
_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|aprile|may|mai|mayo"
    r"|maggio|maio|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|julio|luglio|julho|aug(?:ust)?|août|agosto"
    r"|sept?(?:ember|embre|iembre)?|settembre|setembro|o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre"
    r"|iembre)?|novembro|de[cz](?:ember)?|décembre|diciembre|dicembre|dezembro|enero|febrero|gennaio|febbraio|janeiro"
    r"|fevereiro|março|januari|februari|maart|augustus)"
)
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag"
    r"|zondag|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira)"
)
_NUMBER = r"\d{1,3}(?:[.,\u00a0 '\u2019]\d{3}){0,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,15}(?:[.,]\d{1,4})?"
_SCALE = (
    r"(?:[ \u00a0]?(?:k|m|bn|thousand|million|billion|trillion"
    r"|millionen|milliarden|mio|mrd|millones|milliards?|millions?)\b)"
)
_SIGN = r"[$€£¥₹₩₽₺₪₫฿₴]"
_CODE = r"(?:USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|BRL|MXN|ZAR|RUB|TRY|KRW)"
_CURRENCY = (
    r"(?:(?:us |australian |canadian )?dollars?|euros?|pounds?(?: sterling)?|(?:swiss )?fran(?:cs?|ken)|yen|yuan"
    r"|rupees?|rubles?|pesos?|kronor|kroner|cents)"
)

_PATTERNS = (
    (
        "URL",
        0.98,
        r"(?<![\w@])(?:https?|ftp)://[^\s<>\"'`{}|\\^]{1,2000}|(?<![\w@./])www\.[^\s<>\"'`{}|\\^]{1,2000}",
    ),
    (
        "MONEY",
        0.95,
        (
            rf"(?<![\w.,])(?:(?:{_CODE}|US)?[ \u00a0]?{_SIGN}[ \u00a0]?(?:{_NUMBER}){_SCALE}?"
            rf"|{_CODE}[ \u00a0](?:{_NUMBER}){_SCALE}?"
            rf"|(?:{_NUMBER}){_SCALE}?[ \u00a0]?(?:{_SIGN}|{_CODE}\b|{_CURRENCY}\b))"
        ),
    ),
    (
        "PERCENT",
        0.95,
        rf"(?<![\w.,])[+\-\u2212]?(?:{_NUMBER})[ \u00a0]?(?:%|percent\b|per cent\b|prozent\b|pour cent\b)",
    ),
    (
        "DATE",
        0.97,
        (
            r"(?<![\w\-/.])\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
            r"(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+\-]\d\d:?\d\d)?)?(?![\w\-/])"
        ),
    ),
    (
        "DATE",
        0.95,
        (
            rf"(?<!\w)(?:{_WEEKDAY},?{_SPACE}(?:den{_SPACE})?)?(?:the{_SPACE})?\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?"
            rf"{_SPACE}(?:of{_SPACE}|de{_SPACE})?"
            rf"{_MONTH}\.?(?:,?[ \u00a0](?:de[ \u00a0])?\d{{4}})?(?!\w)"
        ),
    ),
    (
        "DATE",
        0.95,
        rf"(?<!\w)(?:{_WEEKDAY},?{_SPACE})?{_MONTH}\.?{_SPACE}\d{{1,2}}(?:st|nd|rd|th)?(?:,?{_SPACE}\d{{4}})?(?!\w)",
    ),
    ("DATE", 0.9, rf"(?<!\w){_MONTH}[ \u00a0](?:de[ \u00a0])?(?:1[5-9]|20)\d\d(?!\w)"),
    ("DATE", 0.85, r"(?<![\w./\-])(?:0?[1-9]|[12]\d|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:\d{4}|\d\d)(?![\w/\-])"),
    ("DATE", 0.85, r"(?<![\w./\-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:\d{4}|\d\d)(?![\w/\-])"),
    ("DATE", 0.9, r"\d{2,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日|\d{4}년(?: ?\d{1,2}월(?: ?\d{1,2}일)?)?"),
    ("DATE", 0.85, rf"(?<!\w){_WEEKDAY}(?!\w)"),
    (
        "DATE",
        0.7,
        (
            r"(?<!\w)(?:today|tomorrow|yesterday|(?:last|next|this)[ \u00a0](?:week|month|year|quarter|decade|century)"
            r"|(?:in|since|by|until|from|im jahr|en)[ \u00a0](?=(?:1[5-9]|20)\d\d(?!\w|\.\d|,\d)))"
        ),
    ),
    ("TIME", 0.9, r"(?<![\w:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:[ \u00a0]?[ap]\.?m\.?)?(?![\w:])"),
    ("TIME", 0.9, r"(?<![\w:.])(?:1[0-2]|[1-9])[ \u00a0]?[ap]\.?m\b\.?"),
)
_YEAR_AFTER = re.compile(r"(?:1[5-9]|20)\d\d")


@cache
def _compiled() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    return tuple((label, surety, re.compile(pattern, re.IGNORECASE)) for label, surety, pattern in _PATTERNS)


def shaped(text: str, found: Recognised) -> Iterator[Entity]:
    """What has a shape, the surest kinds first; what comes later may overlap what came before.

    `found` is what makes the text sensitive.
    """
    [(_, surety, urls), *others] = _compiled()
    for match in urls.finditer(text):
        yield _entity(text, "URL", surety, match.start(), _url_end(match.group()) + match.start())
    for kind, (label, surety) in _PERSONAL.items():
        for start, end in sorted(found.get(kind, ())):
            yield _entity(text, label, surety, _beginning(text, start) if kind is Kind.EMAIL else start, end)
    for label, surety, pattern in others:
        for match in pattern.finditer(text):
            start, end = match.span()
            if (year := _YEAR_AFTER.match(text, end)) and match.group().endswith((" ", " ")):
                start, end = year.span()  # "since 1998" dates by its year
            yield _entity(text, label, surety, start, end)


def _entity(text: str, label: str, surety: float, start: int, end: int) -> Entity:
    return Entity(text[start:end], label, start, end, surety)


def _beginning(text: str, at: int) -> int:
    """Where the address begins whose @ is there."""
    start = at
    while start > max(0, at - _LONGEST_LOCAL_PART) and (text[start - 1].isalnum() or text[start - 1] in "._%+-"):
        start -= 1
    return start


def _url_end(url: str) -> int:
    """Without the marks that end a sentence, and a bracket that was opened before it."""
    while url and (
        url[-1] in ".,;:!?…。、" or (url[-1] in ")]" and url.count("(["[url[-1] == "]"]) < url.count(url[-1]))
    ):
        url = url[:-1]
    return len(url)
