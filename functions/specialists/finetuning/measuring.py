"""How good a tuned model is, on rows that its provider never saw: each is one governed call, asked once and paid once.

What a row came to is kept before the next is asked, so a worker that dies asks one row again at most.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pentarch.llm.errors import PromptRefusedError, PromptTooLongError, UpstreamError
from pentarch.platform import clock
from pentarch.platform.errors import PentarchError
from pentarch.platform.money import usd
from pentarch.work.owner import payer
from specialists import trainings
from specialists.facts import MEASURE
from specialists.finetuning import answering
from specialists.finetuning.looking import LOOK_AGAIN_S
from specialists.model import Specialist, Training
from specialists.parameters import FineTuned
from specialists.training.measures import p95

MAX_FAILURES = 5
"""In a row: then the version is kept with what is known of it."""
_ROW_S = 45.0
"""A call's longest time, and what is read and written around it."""
_NOTHING: Mapping[str, Any] = {
    "rows": 0,
    "right": 0,
    "unknown": 0,
    "tokens": 0,
    "cost_nano_usd": 0,
    "failures": 0,
    "ms": [],
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The model of a training that ended at its provider, and the rows that it is to be asked."""

    specialist: Specialist
    parameters: FineTuned
    about: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]

    def go_on(self, training: Training, remaining_s: Callable[[], float]) -> tuple[Training, int | None]:
        """Ask the rows that were not asked yet. With the seconds to wait for the rest; None: there is no rest."""
        while True:
            found = dict(training.tuning.get("measured", _NOTHING))
            if found["rows"] == len(self.rows) or "stopped" in found:
                return training, None
            if remaining_s() < _ROW_S:
                return training, 0
            after = found | self._tried(training, found)
            training = trainings.record(training, {**training.tuning, "measured": after})
            if after["failures"] and "stopped" not in after:
                return training, LOOK_AGAIN_S

    def _tried(self, training: Training, found: Mapping[str, Any]) -> dict[str, Any]:
        """What changes by asking the next row."""
        try:
            return {**self._asked(training, found), "failures": 0}
        except UpstreamError as error:
            failures = found["failures"] + 1
            return {"failures": failures} | ({"stopped": type(error).__name__} if failures >= MAX_FAILURES else {})
        except PentarchError as error:  # the tenant's policy or budget, or the provider is gone: no row would differ
            return {"stopped": type(error).__name__}

    def _asked(self, training: Training, found: Mapping[str, Any]) -> dict[str, Any]:
        row = self.rows[found["rows"]]
        caller = payer(training.tenant, training.created_by, clock.now())
        try:
            said = answering.ask(
                caller,
                self.specialist,
                self.about,
                str(row["text"]),
                action=MEASURE,
                facts={"specialist_id": self.specialist.id, "training_id": training.id},
                declared=self.parameters.sensitivity,
                correlation_id=training.correlation_id,
                call_id=f"{training.id}-{found['rows']}",
            )
        except (PromptRefusedError, PromptTooLongError):
            return {"rows": found["rows"] + 1, "unknown": found["unknown"] + 1}
        return {
            "rows": found["rows"] + 1,
            "right": found["right"] + int(said.prediction == row["label"]),
            "unknown": found["unknown"] + int(said.prediction is None),
            "tokens": found["tokens"] + said.tokens,
            "cost_nano_usd": found["cost_nano_usd"] + said.cost_nano_usd,
            "ms": [*found["ms"], round(1000 * said.seconds, 3)],
        }


def about(parameters: FineTuned, prepared: Mapping[str, Any], model: str) -> dict[str, Any]:
    """What is signed of a tuned model."""
    return {
        "provider": parameters.provider,
        "base_model": parameters.base_model,
        "model": model,
        "labels": prepared["labels"],
        "sensitivity": str(parameters.sensitivity),
        "measured_rows": parameters.measured_rows,
    }


def named(about: Mapping[str, Any]) -> dict[str, str]:
    """What a version tells of it."""
    return {name: str(about[name]) for name in ("provider", "base_model", "model")}


def metrics(tuning: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured, and what that cost; accuracy only where a row was asked."""
    found = tuning.get("measured", _NOTHING)
    told: dict[str, Any] = {
        "measured_rows": found["rows"],
        "unknown_answers": found["unknown"],
        "measuring_tokens": found["tokens"],
        "measuring_cost_usd": usd(found["cost_nano_usd"]),
    }
    if found["rows"]:
        told["accuracy"] = round(found["right"] / found["rows"], 6)
    if "stopped" in found:
        told["measuring_stopped"] = found["stopped"]
    return told


def latency_ms(tuning: Mapping[str, Any]) -> float | None:
    return p95(tuning.get("measured", _NOTHING)["ms"])
