"""What can be asked of a picture, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pentarch.analysis.model import Engine, Outcome
from pentarch.models.manifest import CLASSIFICATION
from vision.pictures import Picture

CLASSIFY = CLASSIFICATION
MAX_TOP_K = 100
DEFAULT_TOP_K = 5


class Analysis(StrEnum):
    """As the reference calls them; each has its place in the results."""

    OBJECT_DETECTION = "object_detection"
    TEXT_EXTRACTION = "text_extraction"
    SCENE_ANALYSIS = "scene_analysis"

    @property
    def place(self) -> str:
        return _PLACES[self]


_PLACES = {
    Analysis.OBJECT_DETECTION: "objects",
    Analysis.TEXT_EXTRACTION: "text",
    Analysis.SCENE_ANALYSIS: "scene",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One capability asked of an engine."""

    capability: str
    picture: Picture
    top_k: int = DEFAULT_TOP_K


class Backend(Protocol):
    """One way to look at pictures; raises UpstreamError when another one may be asked."""

    engine: Engine

    def answer(self, question: Question, timeout_s: float) -> Outcome[Any]:
        """What `Found.told`, `Class.told` and the like tell, as JSON."""


Backends = Mapping[str, Backend]
