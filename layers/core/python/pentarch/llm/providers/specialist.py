"""A tenant's specialist as a backend: its prediction is the answer, made by the function that keeps its models warm."""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from pentarch.llm.catalogue import Backend
from pentarch.llm.errors import (
    EmbeddingsUnsupportedError,
    UpstreamGarbageError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.llm.model import Completion, Embeddings, ModelSpec, Prompt, Sensitivity, Usage
from pentarch.llm.specialists import QUESTION, Briefing
from pentarch.platform import clients

FUNCTION = "SPECIALISTS_INFERENCE_FUNCTION"
NAME = "specialist"
TIMEOUT_S = 10
"""Room for a cold start, and for another model after it within the time of the call."""
_WINDOW = 100_000


class SpecialistProvider:
    """For one call: what it learns of the prediction is told in the call's event."""

    name = NAME

    def __init__(self, tenant: str, briefing: Briefing) -> None:
        self._tenant = tenant
        self._id = briefing.specialist_id
        self.facts: dict[str, Any] = {
            "specialist_id": briefing.specialist_id,
            "version": briefing.version,
            "answered": False,
        }
        """For the event: numbers only, since labels are a tenant's own words."""
        self.prediction: dict[str, Any] | None = None
        """For whoever asked: the scores by label."""

    def backend(self) -> Backend:
        """It runs inside the stack, so it may see everything, and costs nothing by the token."""
        spec = ModelSpec(
            name=f"{NAME}/{self._id}",
            provider=NAME,
            context_window=_WINDOW,
            max_output_tokens=_WINDOW,
            input_nano_usd=0,
            output_nano_usd=0,
            max_sensitivity=Sensitivity.CRITICAL,
            region=os.environ.get("AWS_REGION"),
        )
        return Backend(spec, self)

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:  # noqa: ARG002 (a provider's)
        """The label that it predicts for the message to answer. The client's own time-out holds: `TIMEOUT_S`."""
        said = self._ask(prompt.messages[-1].content)
        try:
            label, scores, number = str(said["prediction"]), said.get("scores"), int(said["version"])
            shares = sorted((round(float(one), 6) for one in (scores or {}).values()), reverse=True)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = "the specialist answered something that is no prediction"
            raise UpstreamGarbageError(msg) from error
        self.prediction = {"label": said["prediction"], "confidence": said.get("confidence"), "scores": scores}
        self.facts |= {"version": number, "answered": True, "confidence": said.get("confidence"), "scores": shares}
        if said.get("shadow") is not None:
            self.facts["shadow"] = said["shadow"]
        return Completion(label, "stop", Usage(0, 0))

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> "_OnePiece":
        return _OnePiece(self.complete(model, prompt, timeout=timeout))

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings:  # noqa: ARG002 (a provider's)
        msg = f"{model} does not make embeddings"
        raise EmbeddingsUnsupportedError(msg)

    def _ask(self, text: str) -> dict[str, Any]:
        question = {"tenant": self._tenant, "specialist_id": self._id, "text": text}
        try:
            reply = clients.prediction_functions(TIMEOUT_S).invoke(
                FunctionName=os.environ[FUNCTION], Payload=json.dumps({QUESTION: question}).encode()
            )
            said = json.loads(reply["Payload"].read())
        except ReadTimeoutError as error:
            msg = "the specialist did not answer in time"
            raise UpstreamTimeoutError(msg) from error
        except (BotoCoreError, ClientError) as error:
            msg = "the specialist cannot be asked"
            raise UpstreamUnavailableError(msg) from error
        except ValueError as error:
            msg = "the specialist did not answer in JSON"
            raise UpstreamGarbageError(msg) from error
        if "FunctionError" in reply or not isinstance(said, dict) or "error" in said:
            msg = "the specialist failed"
            raise UpstreamUnavailableError(msg)
        return said


class _OnePiece:
    """A prediction as a stream."""

    def __init__(self, completion: Completion) -> None:
        self._text, self.finish_reason, self.usage, self.tool_calls = completion[:4]

    def __iter__(self) -> Iterator[str]:
        return iter([self._text])

    def close(self) -> None:
        """Nothing is under way any more."""
