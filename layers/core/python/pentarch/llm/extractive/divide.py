"""Telling what a message asks from the text that it is about.

In this order: by labels ("Context: ... Question: ..."), by fences and long quotations, by an instruction that ends
with a colon, by a paragraph of its own, and else by the first or last sentence, where it asks or tells to do something.
"""

import re

from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.text import words

_QUESTION_LABEL = re.compile(
    r"^[ \t#*]*(?:question|query|task|instructions?|frage|pregunta|domanda)\b[ \t*]*:[ \t*]*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_TEXT_LABEL = re.compile(
    r"^[ \t#*]*(?:context|text|document|passage|article|background|content|input|source|answer|kontext|texte|texto"
    r"|testo)\b[ \t*]*:[ \t*]*",
    re.IGNORECASE | re.MULTILINE,
)
_FENCES = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing))
    for opening, closing in (
        (r"```[^\n`]*\n", "```"),
        ('"""', '"""'),
        (r"<(?:context|text|document|article|passage|input)>", r"</\w{1,20}>"),
        (r'["“«„](?=[^"“”«»„]{40})', r'["”»“]'),
    )
)
_HEAD = re.compile(r"\s*+([^:：\n]{2,240})[:：]\s++(?=\S)")  # noqa: RUF001 - Chinese and Japanese colons
_LONGEST_AROUND = 480
"""What stands around a fence is an instruction up to this length, in characters."""
_LONGEST_REQUEST = 40
"""A sentence of more words than this is text rather than a request."""
_LONGEST_AIM = 13
"""A sentence of no more words than this that speaks of a summary asks for one."""
_MANUAL = 4
"""So many sentences that all tell to do something are a manual, not requests."""

_POLITE = (
    r"(?:(?:please|pls|kindly|now|then|hey|hi|hello|ok|okay|so|and|bitte|por favor|can you|could you|would you|will you"
    r"|can i|i want you to|i need you to|i'd like you to)[,\s]+)*"
)
_TELLS_AFTER = (
    r"summari[sz]e|sum up|condense|shorten|tl;?dr|recap|extract|list|tell me|explain|describe|define|name|translate"
    r"|paraphrase|rewrite|count|answer|compare|analy[sz]e|classify|identify|give me|show me|write (?!to\b)|outline"
    r"|highlight|make a|create a|fass?e?|nenne|erkläre|zähle|résume[zr]?|explique[rz]?|resume|resuma|explica|riassumi"
    r"|spiega"
)
_TELLS_BEFORE = (
    _TELLS_AFTER + r"|find|give|show|tell|compose|draft|repeat|echo|say|print|reply|respond|make|turn|convert|create"
    r"|generate|review|get|pull|calculate|compute|solve|discuss|help|using|based on|read|according to|format|present"
)
_WONDERS = (
    r"what|what's|who|whom|whose|when|where|why|which|how|wer|was|wann|wo|warum|wie|welche[rs]?|qui|quand|pourquoi"
)

_AFTER = re.compile(rf"{_POLITE}(?:{_TELLS_AFTER})(?!\w)", re.IGNORECASE)
_BEFORE = re.compile(rf"{_POLITE}(?:{_TELLS_BEFORE})(?!\w)", re.IGNORECASE)
_UNMARKED = re.compile(rf"{_POLITE}(?:{_WONDERS})\b.*[^.!…]$", re.IGNORECASE | re.DOTALL)

SUMMARISE = re.compile(
    r"\b(?:summari[sz]\w*|summary|summaries|sum up|tl;?\s?dr|condense|shorten|in short|in brief|gist|key points"
    r"|main points|main ideas?|takeaways|recap|zusammenfass\w*|fasse?\b.{0,80}\bzusammen|résum\w+"
    r"|resumen|resume[nr]?|resuma|resumo|resumir|riassum\w+|riassunto|samenvatt?\w*|vat\b.{0,80}\bsamen)\b"
    r"|要約|まとめて|总结|總結|概括|摘要|요약",
    re.IGNORECASE,
)


def divide(message: str) -> tuple[str, str]:
    """What a message asks, and the text that it brings; either may be empty."""
    return (
        _by_label(message)
        or _by_fence(message)
        or _by_colon(message)
        or _by_paragraph(message)
        or _by_sentence(message)
    )


def _by_label(message: str) -> tuple[str, str] | None:
    labels = list(_QUESTION_LABEL.finditer(message))
    if not labels:
        return None
    asked, _, after = message[labels[-1].end() :].partition("\n")
    text = f"{_without_opening(message[: labels[-1].start()])}\n\n{after}"
    return asked.strip(), _TEXT_LABEL.sub("", text).strip()


def _without_opening(text: str) -> str:
    """Drops an opening such as "Answer the question from the context below."."""
    first, _, rest = text.strip().partition("\n")
    return rest if rest.strip() and _opens(first.strip()) else text


def _by_fence(message: str) -> tuple[str, str] | None:
    for opening, closing in _FENCES:
        start = opening.search(message)
        end = closing.search(message, start.end()) if start else None
        if start and end:
            around = f"{message[: start.start()].strip()} {message[end.end() :].strip()}".strip(" :\n")
            if around and len(around) <= _LONGEST_AROUND:
                return around, message[start.end() : end.start()].strip()
    return None


def _by_colon(message: str) -> tuple[str, str] | None:
    head = _HEAD.match(message)
    if head is None or not _opens(head[1].strip()) or len(sentences(head[1])) > 1:
        return None
    return head[1].strip(), message[head.end() :].strip()


def _by_paragraph(message: str) -> tuple[str, str] | None:
    text = re.sub(r"\n[^\S\n]*\n\s*", "\n\n", message.strip())
    before, blank, last = text.rpartition("\n\n")
    if blank and _is_request(last):
        return last, before
    first, blank, after = text.partition("\n\n")
    if blank and _is_request(first):
        return first.rstrip(":"), after
    return None


def _is_request(paragraph: str) -> bool:
    return len(words(paragraph)) <= _LONGEST_REQUEST and all(map(_opens, sentences(paragraph)))


def _by_sentence(message: str) -> tuple[str, str]:
    found = sentences(message)
    if not found or _is_manual(found):
        return "", message.strip()
    alone = len(found) == 1 and len(words(message)) <= _LONGEST_REQUEST
    if alone or (_opens(found[0]) and not (found[1:] and _asks(found[-1]))):
        return _first(found)
    last = len(found)
    while last and _asks(found[last - 1]):
        last -= 1
    if last == len(found) and _closes(found[-1]):
        last -= 1
    return " ".join(found[last:]), "\n".join(found[:last])


def _is_manual(found: list[str]) -> bool:
    return len(found) >= _MANUAL and all(map(_opens, found)) and not _asks(found[-1])


def _first(found: list[str]) -> tuple[str, str]:
    """The request comes first. "Summarize the following text The quick ..." has no mark between the two."""
    asked, *rest = found
    opening = re.match(r"(?:\w+\W+){1,6}?(?:text|article|passage|document|following|this)\b\W+", asked)
    if opening and not rest and len(words(asked)) > _LONGEST_REQUEST // 2:
        return opening.group().strip(), asked[opening.end() :]
    return asked, "\n".join(rest)


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"'”’) ").endswith(("?", "？", "؟"))  # noqa: RUF001 - other scripts


def _opens(sentence: str) -> bool:
    """Whether a sentence before a text, or alone, is a request."""
    return _is_short(sentence) and (
        _asks(sentence) or bool(_BEFORE.match(sentence) or _UNMARKED.match(sentence)) or _aims_at_summary(sentence)
    )


def _closes(sentence: str) -> bool:
    """Whether a sentence after a text is a request; texts, too, tell their readers to use, check or write to."""
    return _is_short(sentence) and (_AFTER.match(sentence) is not None or _aims_at_summary(sentence))


def _is_short(sentence: str) -> bool:
    return len(words(sentence)) <= _LONGEST_REQUEST or SUMMARISE.match(sentence) is not None


def _aims_at_summary(sentence: str) -> bool:
    return len(words(sentence)) <= _LONGEST_AIM and SUMMARISE.search(sentence) is not None
