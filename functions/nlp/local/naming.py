"""People, organisations and places: runs of capitalised words, judged by what stands in and before them.

Where a script has no capitals, only names that are known beforehand are found. No rule here knows the world: a name
that nothing speaks for is told as OTHER, or not at all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.local import gazetteer
from nlp.local.gazetteer import words_of as known
from nlp.model import Entity
from pentarch.llm.extractive.text import has_unspaced
from pentarch.llm.extractive.vocabulary import STOP_WORDS

PERSON, ORGANIZATION, LOCATION, OTHER = "PERSON", "ORGANIZATION", "LOCATION", "OTHER"
_LONGEST_RUN = 8
"""Words; what is longer is a heading, or shouted."""
_POSSESSIVES = ("'s", "\u2019s")
_OF = frozenset(("of", "for", "the", "der", "für", "des"))
"""They join what is of something, as a bank is, and no people: "Tim Cook of Apple" are two names."""
_CAPITALISED_NOUNS = "de"
"""The language where every noun has a capital."""
_MOST_SHOUTED = 0.6
"""Of a text's words; where more are in capitals, capitals say nothing."""

_WORD = re.compile(r"[^\W\d_](?:[\w'\u2019&\-]|\.(?=[^\W\d_]))*")
_GAP = re.compile(r"[ \u00a0]|\.[ \u00a0]|[ \u00a0]&[ \u00a0]")
_OPENS = frozenset('.!?…:;。！？؟"“„«»\n\r-–—•*>|')  # noqa: RUF001 (typographic marks)


@dataclass(frozen=True, slots=True)
class _Spoken:
    text: str
    start: int
    end: int
    opens: bool
    """Whether it begins a sentence, or a line."""

    @property
    def plain(self) -> str:
        return self.text.lower().rstrip(".")


def names(text: str, language: str) -> Iterator[Entity]:
    """In the order of the text, none within another."""
    spoken = [_Spoken(match.group(), *match.span(), _opens(text, match.start())) for match in _WORD.finditer(text)]
    capitals = [one for one in spoken if one.text[:1].isupper()]
    shouted = sum(one.text.isupper() and len(one.text) > 1 for one in spoken) > _MOST_SHOUTED * len(spoken)
    small = {one.text for one in spoken if one.text[:1].islower()}
    people: set[str] = set()
    waiting: list[_Spoken] = []
    found: list[Entity] = []
    if capitals and not (shouted and len(spoken) > 1):
        for before, run in _runs(text, spoken):
            judged = _judge(before, run, small, language)
            if judged is None:
                waiting += run[:1] if len(run) == 1 else ()
                continue
            words, label, surety = judged
            found.append(_entity(text, words, label, surety))
            if label == PERSON:
                people |= {words[-1].text} if len(words) > 1 else set()
    found += [_entity(text, [one], PERSON, 0.7) for one in waiting if one.text in people]
    if has_unspaced(text) or not capitals:
        found += _known_without_capitals(text)
    return iter(sorted(found, key=lambda one: (one.start, -one.end)))


def _opens(text: str, at: int) -> bool:
    place = at - 1
    while place >= 0 and text[place] in " \u00a0\t('\u2019[":
        place -= 1
    return place < 0 or text[place] in _OPENS


def _runs(text: str, spoken: Sequence[_Spoken]) -> Iterator[tuple[_Spoken | None, list[_Spoken]]]:
    """Capitalised words that follow each other, each run with the word before it."""
    place = 0
    while place < len(spoken):
        if not spoken[place].text[0].isupper():
            place += 1
            continue
        run, end = [spoken[place]], place + 1
        while end < len(spoken):
            steps = _steps(text, spoken, end, run)
            if not steps:
                break
            run += spoken[end : end + steps] if len(run) <= _LONGEST_RUN else ()
            end += steps
        near = place and text[spoken[place - 1].end : spoken[place].start].strip(".") in (" ", "\u00a0")
        yield (spoken[place - 1] if near else None), run
        place = end


def _steps(text: str, spoken: Sequence[_Spoken], at: int, run: Sequence[_Spoken]) -> int:
    """How many words from there belong to the run before: 0, a capitalised one, or one after connectors."""
    if run[-1].text.endswith(_POSSESSIVES):
        return 0
    belongs = run[-1].plain in known("before_of")
    for ahead in range(3):
        if at + ahead >= len(spoken):
            return 0
        before, one = spoken[at + ahead - 1], spoken[at + ahead]
        gap = text[before.end : one.start]
        stops = gap.startswith(".") and not (len(before.text) == 1 or before.plain in known("titles") | {"st"})
        if not _GAP.fullmatch(gap) or stops:
            return 0
        if one.text[0].isupper():
            return ahead + 1
        if one.text not in known("connectors") and not (belongs and one.text in _OF):
            return 0
    return 0


_Judged = tuple[Sequence[_Spoken], str, float]


def _judge(before: _Spoken | None, run: list[_Spoken], small: set[str], language: str) -> _Judged | None:
    """What a run is, and which of its words are the name."""
    first = run[0]
    if first.plain in known("titles") and len(run) > 1:
        return run[1:], PERSON, 0.9
    listed = _known(run)
    if listed is not None and not (len(run) == 1 and first.opens and first.text in known("ambiguous")):
        return listed
    while run and run[0].plain in STOP_WORDS:
        run = run[1:]
    if first.opens and len(run) > 1 and run[0] is first and (first.plain in small or _begins_known(run[1:])):
        run = run[1:]
    if not run or len(run) > _LONGEST_RUN:
        return None
    if run[0] is not first:
        return _judge(None, run, small, language)
    return _by_parts(before, run, language)


def _known(run: Sequence[_Spoken]) -> _Judged | None:
    name = _name(run)
    for names, label in ((gazetteer.places(), LOCATION), (gazetteer.organizations(), ORGANIZATION)):
        if name in names or name.removesuffix("'s").removesuffix("\u2019s") in names:
            return run, label, 0.9
    return None


def _begins_known(run: Sequence[_Spoken]) -> bool:
    return _known(run) is not None or run[0].text in gazetteer.given_names() or run[0].plain in known("titles")


def _by_parts(before: _Spoken | None, run: list[_Spoken], language: str) -> _Judged | None:
    if before is not None and before.plain in known("titles"):
        return run, PERSON, 0.9
    return _of_several(run, language) if len(run) > 1 else _of_one(before, run, language)


def _of_several(run: list[_Spoken], language: str) -> _Judged | None:
    first, last = run[0], run[-1]
    given = next((place for place, one in enumerate(run[:-1]) if one.text in gazetteer.given_names()), None)
    rules: tuple[tuple[bool, _Judged], ...] = (
        (
            last.plain in known("organization_tails") or any(one.plain in known("organization_heads") for one in run),
            (run, ORGANIZATION, 0.85),
        ),
        (last.plain in known("place_tails"), (run, LOCATION, 0.75)),
        (given is not None, (run[given:], PERSON, 0.85)),
        (first.text in gazetteer.places(), (run, LOCATION, 0.5)),
        (language != _CAPITALISED_NOUNS, (run, OTHER, 0.4)),
    )
    return next((judged for holds, judged in rules if holds), None)


def _of_one(before: _Spoken | None, run: list[_Spoken], language: str) -> _Judged | None:
    [one] = run
    if one.text in gazetteer.given_names() and not (one.opens and one.text in known("ambiguous")):
        return run, PERSON, 0.6
    tells = not one.opens and language != _CAPITALISED_NOUNS
    if tells and before is not None and before.text in known("place_prepositions"):
        return run, LOCATION, 0.5
    return None


def _name(run: Sequence[_Spoken]) -> str:
    return " ".join(one.text for one in run)


def _entity(text: str, run: Sequence[_Spoken], label: str, surety: float) -> Entity:
    start, end = run[0].start, run[-1].end
    for possessive in _POSSESSIVES:
        if text[start:end].endswith(possessive) and text[start:end] not in gazetteer.organizations():
            end -= len(possessive)
    return Entity(text[start:end], label, start, end, surety)


@cache
def _uncased() -> re.Pattern[str]:
    names = [name for name in gazetteer.places() if not any(map(str.isupper, name)) and name.lower() == name.upper()]
    return re.compile("|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))))


def _known_without_capitals(text: str) -> Iterator[Entity]:
    for match in _uncased().finditer(text):
        spaced = not has_unspaced(match.group())
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if not (spaced and any(map(str.isalpha, around))):
            yield Entity(match.group(), LOCATION, *match.span(), 0.8)
