# Written from _async by unasync.py ("make sdk"): change it there.
"""Ai-semble's language models, vision and texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client.models import Analysis, Answer, Chat, Classification, LanguageModel, Summary, VisionAnalysis
from pentarch_client.requests import given


class LanguageModels(Endpoints):
    def generate(
        self,
        prompt: str,
        *,
        model: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        parameters: Mapping[str, Any] | None = None,
        sensitivity: str | None = None,
        cache_ttl: int | None = None,
    ) -> Answer:
        body = given(
            prompt=prompt,
            model=model,
            max_tokens=max_tokens,
            temperature=temperature,
            parameters=parameters,
            sensitivity=sensitivity,
            cache_ttl=cache_ttl,
        )
        return Answer(self._send("POST", "/api/v2/ai/llm/generate", body=body, repeatable=False))

    def chat(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        model: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        parameters: Mapping[str, Any] | None = None,
        sensitivity: str | None = None,
        cache_ttl: int | None = None,
    ) -> Chat:
        body = given(
            messages=[dict(message) for message in messages],
            model=model,
            max_tokens=max_tokens,
            temperature=temperature,
            parameters=parameters,
            sensitivity=sensitivity,
            cache_ttl=cache_ttl,
        )
        return Chat(self._send("POST", "/api/v2/ai/llm/chat", body=body, repeatable=False))

    def models(self) -> list[LanguageModel]:
        return [LanguageModel(entry) for entry in (self._send("GET", "/api/v2/ai/llm/models"))["models"]]


class Vision(Endpoints):
    def analyze(
        self,
        image: bytes,
        analysis_type: Sequence[str] | None = None,
        *,
        model: str | None = None,
        sensitivity: str | None = None,
    ) -> VisionAnalysis:
        """`analysis_type`: object_detection, text_extraction, scene_analysis."""
        form = given(analysis_type=analysis_type, model=model, sensitivity=sensitivity)
        files = {"image": ("image", image)}
        return VisionAnalysis(self._send("POST", "/api/v2/ai/vision/analyze", form=form, files=files))

    def classify(
        self, image: bytes, *, model: str | None = None, top_k: int | None = None, sensitivity: str | None = None
    ) -> Classification:
        form = given(model=model, top_k=None if top_k is None else str(top_k), sensitivity=sensitivity)
        files = {"image": ("image", image)}
        return Classification(self._send("POST", "/api/v2/ai/vision/classify", form=form, files=files))


class Nlp(Endpoints):
    def analyze(
        self,
        text: str,
        analysis_types: Sequence[str] | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        sensitivity: str | None = None,
    ) -> Analysis:
        """`analysis_types`: sentiment, entities, keywords, language."""
        body = given(text=text, analysis_types=analysis_types, language=language, model=model, sensitivity=sensitivity)
        return Analysis(self._send("POST", "/api/v2/ai/nlp/analyze", body=body))

    def summarize(
        self,
        text: str,
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        model: str | None = None,
        sensitivity: str | None = None,
    ) -> Summary:
        """Lengths are in words."""
        body = given(text=text, max_length=max_length, min_length=min_length, model=model, sensitivity=sensitivity)
        return Summary(self._send("POST", "/api/v2/ai/nlp/summarize", body=body))
