"""Small things that a tool for text can do exactly: repeat, count, extract.

Each takes the message or the request and gives the answer, or None where it is not asked for.
"""

import re
from collections.abc import Iterator
from itertools import chain, repeat

from pentarch.llm.extractive.request import Request
from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.style import NUMBER, number

Segments = Iterator[str]
"""An answer in parts, made as they are wanted; each part but the first begins with space."""

_PLEASE = r"\s*(?:please[,\s]+|can you\s+|could you\s+|now\s+)*"

_LONGEST_COMMAND = 300
"""A message with more characters says more than "repeat" or "count"."""

# Repeating

_ECHO_VERB = (
    r"(?:repeat|echo|say|print|output|(?:(?:only|just)\s+)?(?:reply|respond|answer|return)"
    r"(?:\s+(?:only|just|exactly))*\s+with)"
)
_ECHO_WORDS = (
    r"(?:\s++(?:this|the|these|following|next|words?|phrase|sentence|text|line|string|token|message|exactly|back"
    r"|after|me|just|only|to|verbatim|single|here|times?|once|twice|(?P<times>" + NUMBER + r")(?=\s+times)))*"
)
_ECHO_QUOTED = re.compile(
    rf"{_PLEASE}{_ECHO_VERB}{_ECHO_WORDS}\s*+[:,]?\s*+[\"'“‘`«](?P<said>.{{1,2000}}?)[\"'”’`»][.!\s]{{0,5}}$",  # noqa: RUF001 - typographic marks
    re.IGNORECASE | re.DOTALL,
)
_ECHO_COLON = re.compile(rf"{_PLEASE}{_ECHO_VERB}{_ECHO_WORDS}\s*+:\s*+(?P<said>.+)$", re.IGNORECASE | re.DOTALL)
_ECHO_BARE = re.compile(
    rf"{_PLEASE}(?:(?:repeat|echo|say)|(?:reply|respond|answer)\s+(?:only\s+|just\s+|exactly\s+)?with)"
    r"(?P<named>\s+(?:the\s+(?:single\s+)?(?:words?|phrase)|after me))?\s+(?P<said>[^\s:]+(?:\s[^\s:]+){0,2})\W*$",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"(?:that|it|this|the|a|an|my|your|yourself|something|anything|nothing|more|again|what|which|why|how|if|one|two|three"
    r"|only|just|hello in|hi in)\b",
    re.IGNORECASE,
)


def repeated(message: str) -> Segments | None:
    """The word or text that the message says to repeat, as often as it says."""
    asked = _ECHO_QUOTED.match(message) or _ECHO_COLON.match(message)
    if asked is None:
        return _repeated_bare(message)
    said = asked["said"].strip()
    if " " not in said:
        said = said.strip(".,;!?") or said
    times = number(asked["times"]) if asked["times"] else 1
    if re.search(r"\btwice\b", message[: asked.start("said")], re.IGNORECASE):
        times = 2
    return chain([said], repeat(f" {said}", (times or 1) - 1))


def _repeated_bare(message: str) -> Segments | None:
    asked = _ECHO_BARE.match(message) if len(message) <= _LONGEST_COMMAND else None
    if asked is None or (not asked["named"] and _NOT_SAID.match(asked["said"])):
        return None
    return iter((asked["said"].strip("\"'.,;!?“”") or asked["said"],))


# Counting

_COUNT_TO = re.compile(
    rf"{_PLEASE}count\s+(?:up\s+)?(?:from\s+(?P<first>{NUMBER})\s+)?(?:up\s+)?to\s+(?P<last>{NUMBER})\W*$",
    re.IGNORECASE,
)
_COUNT_DOWN = re.compile(
    rf"{_PLEASE}count\s+(?:down|backwards?)\s+from\s+(?P<first>{NUMBER})(?:\s+(?:down\s+)?to\s+(?P<last>{NUMBER}))?\W*$",
    re.IGNORECASE,
)


def counted(message: str) -> Segments | None:
    """The numbers that the message says to count, made one by one: a million of them would outlive the answer."""
    if len(message) > _LONGEST_COMMAND:
        return None
    down = _COUNT_DOWN.match(message)
    asked = down or _COUNT_TO.match(message)
    if asked is None:
        return None
    first, last = number(asked["first"] or "1"), number(asked["last"] or "1")
    if first is None or last is None:
        return None
    step = 1 if last >= first else -1
    numbers = range(first, last + step, step)
    return chain([str(first)], (f", {following}" for following in numbers[1:]))


_MEASURE = re.compile(
    rf"{_PLEASE}(?:count|how many|give me|what is|tell me)\s+(?:the\s+)?(?:number of\s+|count of\s+)?(?:the\s+)?"
    r"(words|characters|sentences|lines)\b",
    re.IGNORECASE,
)


def measured(request: Request) -> Segments | None:
    """How many words, characters, sentences or lines the given text has."""
    asked = _MEASURE.match(request.asked)
    if asked is None or not request.text:
        return None
    unit = asked[1].lower()
    text = request.text
    amount = {
        "words": lambda: len(re.findall(r"\w+(?:['’\-]\w+)*+", text)),  # noqa: RUF001 - typographic marks
        "characters": lambda: len(text),
        "sentences": lambda: len(sentences(text)),
        "lines": lambda: len(text.splitlines()),
    }[unit]()
    return iter((f"The text has {amount} {unit if amount != 1 else unit[:-1]}.",))


# Extracting

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin"
    r"|juillet|août|septembre|octobre|novembre|décembre)"
)
_DATE = (
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)\b"
    rf"|\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?{_MONTH}\b(?:,?\s(?:de\s)?\d{{4}}\b)?"
)
_KINDS = {
    "e-mail addresses": (
        r"e-?mails?(?:\s+addresses)?",
        r"(?<![\w.+%\-])[\w.+%\-]{1,64}+@(?:[\w\-]{1,63}+\.){1,8}[^\W\d_]{2,24}",
    ),
    "links": (r"urls?|links?|web\s*addresses", r"\bhttps?://[^\s<>\"']+(?<![.,;:!?)\]])"),
    "dates": (r"dates?", _DATE),
    "numbers": (r"numbers?|figures", r"(?<![\w.])(?<!\d,)[+\-−]?\d++(?:[.,]\d++)*+%?(?!\w)"),  # noqa: RUF001 - typographic marks
}
_EXTRACT = re.compile(
    rf"{_PLEASE}(?:extract|list|find|pull\s+out|get|show(?:\s+me)?|give\s+me|which|what)\s+"
    r"(?:me\s+)?(?:out\s+)?(?:all\s+|every\s+|any\s+|the\s+|of\s+)*(?P<kind>"
    + "|".join(f"(?:{name})" for name, _ in _KINDS.values())
    + r")(?:\s+(?:and|from|in|of|out|that|which|you|mentioned|are|contained|here)\b.*|\W*)$",
    re.IGNORECASE | re.DOTALL,
)


def extracted(request: Request) -> Segments | None:
    """The e-mail addresses, links, dates or numbers in the text, each once and in its order, a line each."""
    asked = _EXTRACT.match(request.asked)
    text = request.text or request.earlier
    if asked is None or not text:
        return None
    for name, (spelling, pattern) in _KINDS.items():
        if re.fullmatch(spelling, asked["kind"], re.IGNORECASE):
            found = dict.fromkeys(match.group() for match in re.finditer(pattern, text, re.IGNORECASE))
            lines = iter(found or [f"I found no {name} in the text you gave me."])
            return chain([next(lines)], (f"\n{line}" for line in lines))
    return None
