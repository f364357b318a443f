"""Amazon Comprehend as a backend: real-time calls, long texts in pieces, places of the whole text.

An entry `{"kind": "comprehend", "name": ..., "region": ..., "data_policy": {...}}` in the providers' secret turns it
on. It does not tell how subjective a text is, how much a phrase counts in it, or what a phrase feels like: the first is
what it does not call neutral, the others are how sure it is and how often the phrase comes, and what the lexicon says.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from nlp.local import sentiment as lexicon
from nlp.model import Analysis, Entity, Keyword, Kind, Language, Sentiment
from nlp.splitting import Piece, pieces
from pentarch.analysis.model import Engine
from pentarch.llm.errors import (
    UpstreamCredentialsError,
    UpstreamError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.platform import clients
from pentarch.routing.model import DataPolicy

NAME = "amazon/comprehend"
LANGUAGES = frozenset(["en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"])
"""Of sentiments, entities and key phrases; a language alone is told of more than a hundred."""
MAX_BYTES = 5_000
"""Of a piece: batches take no longer ones."""
MAX_LANGUAGE_BYTES = 100_000
BATCH = 25
"""Guidelines and quotas of Amazon Comprehend, real-time analysis, as of 2025."""
UNIT_CHARACTERS = 100
LEAST_UNITS = 3
UNIT_NANO_USD = 100_000
"""0.0001 USD for each 100 characters of a request, 300 at least: the first tier of its prices, for each analysis."""
MOST_KEYWORDS = 20

_LABELS: Mapping[str, str] = {
    "COMMERCIAL_ITEM": "PRODUCT",
    **{name: name for name in ("PERSON", "LOCATION", "ORGANIZATION", "EVENT", "DATE", "QUANTITY", "TITLE", "OTHER")},
}
_FEELS: Mapping[str, Literal["positive", "negative", "neutral", "mixed"]] = {
    "POSITIVE": "positive",
    "NEGATIVE": "negative",
    "NEUTRAL": "neutral",
    "MIXED": "mixed",
}
_THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
_FORBIDDEN = frozenset({"AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"})


def engine(entry: Mapping[str, Any]) -> Engine:
    region = _region(entry)
    return Engine(
        NAME,
        str(entry.get("name", "comprehend")),
        tuple(Kind),
        f"https://comprehend.{region}.amazonaws.com",
        cast("DataPolicy", {"region": region, **(entry.get("data_policy") or {})}),
        int(entry.get("preference", 10)),
    )


def knowing(engine: Engine, language: str) -> Engine:
    """The engine with what it can do for a language: of the others it tells no more than which one it is."""
    return engine if language in LANGUAGES else replace(engine, capabilities=(Kind.LANGUAGE,))


def _region(entry: Mapping[str, Any]) -> str:
    return str(entry.get("region") or os.environ.get("AWS_REGION", "us-east-1"))


def _region_of(engine: Engine) -> str:
    return engine.base_url.split(".")[1]


def analyze(engine: Engine, text: str, kinds: frozenset[Kind], language: str, timeout_s: float) -> tuple[Analysis, int]:
    """What was asked for, and what it costs in nano-dollars. `language` is one of `LANGUAGES`."""
    asking = _Asking(clients.comprehend(_region_of(engine), timeout_s), language, time.monotonic() + timeout_s)
    if not text.strip():
        return _nothing(kinds), 0
    try:
        found = Analysis(
            language=asking.language_of(text) if Kind.LANGUAGE in kinds else None,
            sentiment=asking.sentiment(text) if Kind.SENTIMENT in kinds else None,
            entities=asking.entities(text) if Kind.ENTITIES in kinds else None,
            keywords=asking.keywords(text) if Kind.KEYWORDS in kinds else None,
        )
    except (BotoCoreError, ClientError) as error:
        raise _named(error) from error
    except (KeyError, TypeError, ValueError) as error:
        msg = "the answer lacks what its API promises"
        raise UpstreamGarbageError(msg) from error
    return found, asking.units * UNIT_NANO_USD


class _Asking:
    """The calls for one text, and how many units they cost."""

    def __init__(self, client: Any, language: str, deadline: float) -> None:  # noqa: ANN401 (boto3's)
        self._client = client
        self._language = language
        self._deadline = deadline
        self.units = 0

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's)
        if time.monotonic() > self._deadline:
            msg = "Comprehend did not answer in time"
            raise UpstreamTimeoutError(msg)
        answer: dict[str, Any] = getattr(self._client, operation)(**parameters)
        return answer

    def language_of(self, text: str) -> Language:
        piece = next(iter(pieces(text, MAX_LANGUAGE_BYTES)))
        self._pay([piece])
        ranked = self._call("detect_dominant_language", Text=piece.text)["Languages"]
        best = max(ranked, key=lambda one: one["Score"])
        return Language(str(best["LanguageCode"]), round(float(best["Score"]), 4))

    def sentiment(self, text: str) -> Sentiment:
        """Of several pieces the mean, each weighing by its length."""
        scores: Counter[str] = Counter()
        whole = 0
        for piece, told in self._batched("batch_detect_sentiment", text):
            whole += len(piece.text)
            for name, score in told["SentimentScore"].items():
                scores[name.upper()] += score * len(piece.text)
        mean = {name: scores[name] / whole for name in _FEELS}
        label = max(_FEELS, key=lambda name: mean[name])
        return Sentiment(
            round(_within(mean["POSITIVE"] - mean["NEGATIVE"], -1), 4),
            round(_within(1 - mean["NEUTRAL"]), 4),
            _FEELS[label],
            round(_within(mean[label]), 4),
        )

    def entities(self, text: str) -> tuple[Entity, ...]:
        told = self._batched("batch_detect_entities", text)
        return tuple(_entity(text, piece, one) for piece, found in told for one in found["Entities"])

    def keywords(self, text: str) -> tuple[Keyword, ...]:
        weights: Counter[str] = Counter()
        written: dict[str, str] = {}
        for _, told in self._batched("batch_detect_key_phrases", text):
            for one in told["KeyPhrases"]:
                weights[one["Text"].lower()] += one["Score"]
                written.setdefault(one["Text"].lower(), one["Text"])
        best = max(weights.values(), default=1.0)
        return tuple(
            Keyword(written[key], round(weight / best, 4), self._feeling(key))
            for key, weight in weights.most_common(MOST_KEYWORDS)
        )

    def _batched(self, operation: str, text: str) -> Iterator[tuple[Piece, Mapping[str, Any]]]:
        """Each piece of the text with what is told of it, in their order."""
        cut = [piece for piece in pieces(text, MAX_BYTES) if piece.text.strip()]
        self._pay(cut)
        for start in range(0, len(cut), BATCH):
            batch = cut[start : start + BATCH]
            answer = self._call(operation, TextList=[piece.text for piece in batch], LanguageCode=self._language)
            if answer["ErrorList"] or len(answer["ResultList"]) != len(batch):
                msg = "a piece of the text was refused"
                raise UpstreamGarbageError(msg, details={"codes": [one["ErrorCode"] for one in answer["ErrorList"]]})
            for one in sorted(answer["ResultList"], key=lambda result: result["Index"]):
                yield batch[one["Index"]], one

    def _feeling(self, phrase: str) -> float:
        return round(lexicon.feeling(phrase, self._language).compound, 4)

    def _pay(self, cut: Iterable[Piece]) -> None:
        self.units += sum(max(LEAST_UNITS, -(-len(piece.text) // UNIT_CHARACTERS)) for piece in cut)


def _entity(text: str, piece: Piece, told: Mapping[str, Any]) -> Entity:
    start, end = piece.start + int(told["BeginOffset"]), piece.start + int(told["EndOffset"])
    if not 0 <= start < end <= len(text):
        msg = "an entity lies outside of its text"
        raise ValueError(msg)
    return Entity(text[start:end], _LABELS.get(told["Type"], "OTHER"), start, end, round(_within(told["Score"]), 4))


def _within(value: float, least: float = 0.0) -> float:
    return max(least, min(1.0, float(value)))


def _nothing(kinds: frozenset[Kind]) -> Analysis:
    """Of a text without a character, which it refuses."""
    return Analysis(
        language=Language("und", 0.0) if Kind.LANGUAGE in kinds else None,
        sentiment=Sentiment(0.0, 0.0, "neutral", 0.0) if Kind.SENTIMENT in kinds else None,
        entities=() if Kind.ENTITIES in kinds else None,
        keywords=() if Kind.KEYWORDS in kinds else None,
    )


def _named(error: BotoCoreError | ClientError) -> UpstreamError:
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        msg = "Comprehend did not answer in time"
        return UpstreamTimeoutError(msg)
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    if code in _THROTTLED:
        msg = "Comprehend's own limit of requests is reached"
        return UpstreamRateLimitedError(msg, retry_after=1)
    if code in _FORBIDDEN:
        msg = "Comprehend does not accept the function's role"
        return UpstreamCredentialsError(msg)
    msg = f"Comprehend failed: {code or type(error).__name__}"
    return UpstreamUnavailableError(msg)
