"""What pentarch/extractive answers, decided by rules in a fixed order.

1. Repeat a word, count, extract addresses or dates, measure a text: done exactly.
2. A summary or a bullet list is asked for, or a text of some length came without a question: sentences of that text.
3. A question: the sentences that answer it, from the text that came with it, then the conversation, then the passages
   of the tenant's specialists, then Pentarch's documentation.
4. Else it says what it is and that it found nothing.
"""

import re
from collections.abc import Sequence
from itertools import chain

from pentarch.llm.extractive import small, summary
from pentarch.llm.extractive.divide import SUMMARISE
from pentarch.llm.extractive.quote import Quotation, Room, Source, quotation
from pentarch.llm.extractive.request import SELF, Request, read
from pentarch.llm.extractive.search import question_terms
from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.small import Segments
from pentarch.llm.extractive.sources import Passage, documentation
from pentarch.llm.extractive.style import read_style
from pentarch.llm.extractive.text import terms
from pentarch.llm.model import Prompt

_WHAT_I_AM = f"I am {SELF}, a model that quotes and summarises and has no knowledge of the world"


def answer(prompt: Prompt, passages: Sequence[Passage] = ()) -> Segments:
    """The answer in segments that together are its text; each but the first begins with space."""
    request = read(prompt)
    return (
        small.repeated(request.message)
        or small.counted(request.message)
        or small.measured(request)
        or small.extracted(request)
        or _summary(request)
        or _introduction(request)
        or _reply(request, passages)
    )


def _written(chosen: Sequence[str], *, bullets: bool) -> Segments:
    mark, join = ("- ", "\n- ") if bullets else ("", " ")
    for place, sentence in enumerate(chosen):
        yield f"{join if place else mark}{sentence}"


# Summaries

_LONG_TEXT = 4
"""A text of this many sentences that comes without a question is summed up."""
_USUAL_SUMMARY = 5
"""Sentences of a summary at most when nobody says how many; a short text is cut to a third."""
_WORDS_FOR_TEXT = {"text", "article", "document", "passage", "conversation", "chat", "message", "following", "story"}


_HOW = re.compile(r"\W*(?:how|where|which|can)\b", re.IGNORECASE)
"""Opens a question about summaries rather than the wish for one, where there is no text to sum up."""


def _summary(request: Request) -> Segments | None:
    style = request.style
    wanted = SUMMARISE.search(request.asked) is not None
    listed = not request.asked.endswith("?") and read_style(request.asked).bullets
    if request.asked and not wanted and not listed:
        return None
    found = sentences(request.text or (request.earlier if request.asked else ""))
    if not found:
        return _no_text(request.asked) if wanted and not _HOW.match(request.asked) else None
    if not request.asked and len(found) < _LONG_TEXT:
        return None
    if listed and not wanted:
        return _written(found[: style.sentences], bullets=True)
    count = style.sentences or max(1, min(_USUAL_SUMMARY, round(len(found) / 3)))
    room = Room(found, style, request.max_tokens)
    chosen = summary.choose(summary.ranked(found), count=count, fits=room.has_place_for)
    return _written([found[position] for position in chosen], bullets=style.bullets)


def _no_text(asked: str) -> Segments | None:
    """None where the request names a subject, which may be found elsewhere: "a summary of the rate limits"."""
    subject = set(terms(SUMMARISE.sub(" ", asked))) - _WORDS_FOR_TEXT
    if subject and not any(word.isdecimal() for word in subject):
        return None
    return iter(("I found no text to summarise.", " Put it into the message, or into one before it."))


# Talk about itself

_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|bonjour|hola|ciao)\b\W*(?:there)?\W*$", re.IGNORECASE
)
_ABOUT_ME = re.compile(
    r"\W*(?:(?:hi|hello|hey)\W+)?(?:(?:who|what)(?: exactly)? are you\b|what(?: can|'s| is)? (?:you do|your name)\b"
    r"|what (?:model|ai|llm) are you|are you (?:an? )?(?:ai|bot|human|llm)\b|(?:can you )?help(?: me)?(?: please)?\W*$"
    r"|wer bist du|wie heißt du|qui es[- ]tu|quién eres|chi sei)",
    re.IGNORECASE,
)


_LONGEST_ADDRESS = 200
"""Who says more, in characters, does not greet."""


def _introduction(request: Request) -> Segments | None:
    asked = request.asked
    if len(asked) > _LONGEST_ADDRESS:
        return None
    if _GREETING.match(asked):
        return iter((f"Hello. {_WHAT_I_AM}; ask me about a text that you give me, or about Pentarch.",))
    if _ABOUT_ME.match(asked) or not (asked.strip() and terms(request.message)):
        offer = " Give me a text with a question or ask for its summary, or ask me about Pentarch."
        return iter((f"{_WHAT_I_AM}.", offer)[: request.style.sentences])
    return None


# Questions

_GIVEN = "the text you gave me"
_ENOUGH_OF_TEXT = 0.45
_ENOUGH_ELSEWHERE = 0.56
"""From which coverage on a passage is taken for an answer: sooner in a text that came with the question."""

_CANNOT = re.compile(
    r"\W*(?:please\s+|can you\s+|could you\s+)*"
    r"(translate|write|compose|rewrite|paraphrase|draft|draw|calculate|compute|solve|review|fix|refactor|debug)\b",
    re.IGNORECASE,
)


def _reply(request: Request, passages: Sequence[Passage]) -> Segments:
    unable = _CANNOT.match(request.asked)
    if unable:
        return iter((f"{_WHAT_I_AM}: I cannot {unable[1].lower()}.",))
    sources = _sources(request, passages)
    asked = request.asked or request.text
    nearest: Quotation | None = None
    for source in sources:
        quoted = quotation(source, asked, request.style, request.max_tokens)
        if quoted and quoted.direct:
            return _written(quoted.sentences, bullets=request.style.bullets)
        if quoted and source.name == _GIVEN:
            nearest = quoted
    if nearest:
        opening = f"I found no direct answer; the nearest in {_GIVEN} is:"
        return chain([opening], (f" {sentence}" for sentence in nearest.sentences))
    places = " or in ".join(source.name for source in sources)
    about = _topic(asked)
    found = f"nothing about '{about}'" if about else "no answer to that"
    return iter((f"I am {SELF}, a model without knowledge of the world, and I found {found} in {places}.",))


def _sources(request: Request, passages: Sequence[Passage]) -> list[Source]:
    """Where to look, nearest to the question first."""
    told = (
        Source(_GIVEN, _told(request.text), _ENOUGH_OF_TEXT, in_context=True),
        Source("our conversation", _told(request.earlier), _ENOUGH_OF_TEXT, in_context=True),
        Source("your specialists' passages", tuple(passages), _ENOUGH_ELSEWHERE),
        Source("Pentarch's documentation", documentation(), _ENOUGH_ELSEWHERE),
    )
    return [source for source in told if source.passages]


def _told(text: str) -> tuple[Passage, ...]:
    return tuple(map(Passage, sentences(text)))


_LONGEST_TOPIC = 6


def _topic(asked: str) -> str:
    """The words of the question that say what it is about, as they stand there."""
    about = set(question_terms(asked))
    telling = [word for word in re.finditer(r"[\w'’\-]+", asked) if about.intersection(terms(word.group()))]  # noqa: RUF001 - typographic marks
    if not telling:
        return ""
    return " ".join(asked[telling[0].start() : telling[:_LONGEST_TOPIC][-1].end()].split()[: 2 * _LONGEST_TOPIC])
