"""Models as they answer: read, checked, and kept warm."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specialists import arrays, signing
from specialists.errors import PredictionInputError
from specialists.model import Version
from specialists.training import kinds

MAX_INPUTS = 1_000
_MAX_WARM_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Warm:
    model: kinds.Model
    form: str
    columns: Sequence[str]
    size: int

    def answer(self, inputs: Sequence[Any]) -> list[dict[str, Any]]:
        return self.model.predict([self._seen(one) for one in inputs])

    def _seen(self, given: Any) -> Any:  # noqa: ANN401 (JSON)
        return text_of(given) if self.form == "text" else self._numbers(given)

    def _numbers(self, given: Any) -> list[float]:  # noqa: ANN401 (JSON)
        if isinstance(given, Mapping):
            inner = given.get("features", given)
            given = [inner.get(name) for name in self.columns] if isinstance(inner, Mapping) else inner
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != len(self.columns):
            msg = f"this specialist answers {len(self.columns)} numbers: {', '.join(self.columns[:20])}"
            raise PredictionInputError(msg, "features")
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in given):
            msg = "a feature is missing, or is no number"
            raise PredictionInputError(msg, "features")
        return [float(one) for one in given]


def text_of(given: Any) -> str:  # noqa: ANN401 (JSON)
    text = given.get("text") if isinstance(given, Mapping) else given
    if not isinstance(text, str) or not text.strip():
        msg = "this specialist answers texts: give text, or a list of texts"
        raise PredictionInputError(msg)
    return text


class Shelf:
    """Models of this process, the longest unused one leaving first."""

    def __init__(self) -> None:
        self._warm: OrderedDict[tuple[str, str, str], Warm] = OrderedDict()

    def get(self, version: Version) -> Warm:
        name = (version.tenant, version.specialist_id, version.model_hash)
        found = self._warm.get(name)
        if found is None:
            found = self._warm[name] = load(version)
            while len(self._warm) > 1 and sum(one.size for one in self._warm.values()) > _MAX_WARM_BYTES:
                self._warm.popitem(last=False)
        self._warm.move_to_end(name)
        return found


def load(version: Version) -> Warm:
    """Raises ModelTamperedError for a model that is not what was signed."""
    signing.verify(version.tenant, version.specialist_id, version.model_hash)
    found, facts = arrays.read(signing.prefix(version.tenant, version.specialist_id), version.model_hash)
    size = sum(array.nbytes for array in found.values())
    return Warm(kinds.model(found, facts), str(facts["form"]), facts["columns"], size)
