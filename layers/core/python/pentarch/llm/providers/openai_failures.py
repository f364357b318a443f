"""What an OpenAI-compatible server's refusals mean. Nothing here does I/O.

The server's own words are looked at and never passed on: they quote keys and prompts.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamUnavailableError,
)
from pentarch.llm.providers.openai_wire import DISPENSABLE_PARAMETERS
from pentarch.llm.providers.shapes import parsed

_TOO_LONG = re.compile(r"context.?(length|window|size)|maximum context|too (long|large)|too many tokens")
_FILTERED = re.compile(r"content.?(filter|policy|management)")
_NO_TOOLS = re.compile(r"does not support tools|tool choice requires|tool.?(use|calling) is not supported")
"""Ollama's words, and vLLM's of a server that was started without them."""
_PARAMETER_REFUSED = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})
_NO_MONEY = "insufficient_quota"


class ParameterRefusedError(PromptRefusedError):
    """The model cannot take one of the dispensable parameters; without it the same prompt may do."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"The backend does not accept {parameter} for this model.")
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error to raise, and whether the same request may do on another try."""

    error: UpstreamError | PromptRefusedError
    retryable: bool = False


def refusal(status: int, body: bytes, *, retry_after: int | None) -> Refusal:
    """What an answer other than 200 means."""
    report = _Report.read(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        message = "The backend's own rate limit is reached."
        error = UpstreamRateLimitedError(message, retry_after=retry_after)
        return Refusal(error, retryable=report.code != _NO_MONEY)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        message = f"The backend answers with status {status}."
        return Refusal(UpstreamUnavailableError(message, retry_after=retry_after), retryable=True)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN):
        return Refusal(UpstreamCredentialsError(f"The backend does not accept its credentials ({status})."))
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE) or report.no_model:
        return Refusal(UpstreamUnavailableError(f"The backend does not have this model or method ({status})."))
    if status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ):
        return Refusal(report.about_the_prompt(status))
    return Refusal(UpstreamGarbageError(f"The backend answers with the unexpected status {status}."))


@dataclass(frozen=True, slots=True)
class _Report:
    """The parts of an error body that tell kinds of error apart, in lower case, empty where missing."""

    code: str = ""
    parameter: str = ""
    words: str = ""

    @classmethod
    def read(cls, body: bytes) -> "_Report":
        """OpenAI and most others nest the report under `error`; some put a string there, or no nest at all."""
        answer = parsed(body)
        nested = answer.get("error", answer) if isinstance(answer, dict) else answer
        if not isinstance(nested, dict):
            return cls(words=str(nested).lower())
        code, kind, parameter, message = (
            str(nested.get(key) or "").lower() for key in ("code", "type", "param", "message")
        )
        return cls(code=code, parameter=parameter, words=f"{code} {kind} {message}")

    @property
    def no_model(self) -> bool:
        return self.code in ("model_not_found", "model_not_supported") or self.parameter == "model"

    def about_the_prompt(self, status: int) -> PromptRefusedError:
        if self.code in _PARAMETER_REFUSED and self.parameter in DISPENSABLE_PARAMETERS:
            return ParameterRefusedError(self.parameter)
        if _NO_TOOLS.search(self.words):
            return ParameterRefusedError("tools")
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _TOO_LONG.search(self.words):
            return PromptRefusedError("Prompt and answer are too long for this model.")
        if _FILTERED.search(self.words):
            return PromptRefusedError("The backend's content filter refuses the prompt.")
        return PromptRefusedError(f"The backend refuses the prompt as invalid ({status}).")
