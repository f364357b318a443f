"""Letting in a version whose model a provider keeps: it answers held-out rows, as one that is kept here does."""

from collections.abc import Callable, Mapping
from typing import Any

from pentarch.llm.errors import PromptRefusedError, PromptTooLongError, UpstreamError
from pentarch.llm.model import Sensitivity
from pentarch.platform import clock
from pentarch.platform.errors import PentarchError
from pentarch.platform.money import usd
from pentarch.work.owner import payer
from specialists import briefing
from specialists.errors import ModelTamperedError
from specialists.facts import MEASURE
from specialists.finetuning import answering
from specialists.model import Deployment, Specialist, Version
from specialists.training.measures import p95

_ATTEMPTS = 2
_RESERVE_S = 60.0


def probed(
    specialist: Specialist, version: Version, deployment: Deployment, remaining_s: Callable[[], float]
) -> tuple[dict[str, Any], str | None]:
    """How it answers as many rows as it was measured with, one at least; and why it does not answer at all."""
    try:
        about = answering.about(version)
        rows = briefing.rows(version)["probes"][: max(1, int(about["measured_rows"]))]
    except ModelTamperedError as error:
        return {"healthy": False}, str(error)
    said: list[tuple[answering.Said, bool]] = []
    refused = 0
    for row in rows:
        if remaining_s() < _RESERVE_S:
            break
        try:
            answer = _asked(specialist, version, deployment, about, str(row["text"]))
        except (PromptRefusedError, PromptTooLongError):
            refused += 1
            continue
        except PentarchError as error:
            failed = {"healthy": False, "rows": len(said) + refused}
            return failed, f"its model does not answer: {error.message} ({type(error).__name__})"
        said.append((answer, answer.prediction == row["label"]))
    asked = len(said) + refused
    measured = bool(about["measured_rows"]) and asked > 0
    told: dict[str, Any] = {
        "healthy": bool(said),
        "rows": asked,
        "accuracy": round(sum(right for _, right in said) / asked, 6) if measured else None,
        "latency_ms": p95([1000 * one.seconds for one, _ in said]),
        "tokens": sum(one.tokens for one, _ in said),
        "cost_usd": usd(sum(one.cost_nano_usd for one, _ in said)),
    }
    return told, None if said else "it answered no row: none was held out, or the provider refused all"


def _asked(
    specialist: Specialist, version: Version, deployment: Deployment, about: Mapping[str, Any], text: str
) -> answering.Said:
    facts = {"specialist_id": specialist.id, "version": version.number, "deployment_id": deployment.id}
    for attempt in range(1, _ATTEMPTS + 1):
        caller = payer(deployment.tenant, deployment.created_by, clock.now())
        try:
            return answering.ask(
                caller,
                specialist,
                about,
                text,
                action=MEASURE,
                facts=dict(facts),
                declared=Sensitivity(about["sensitivity"]),
                correlation_id=deployment.correlation_id,
            )
        except UpstreamError:
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError
