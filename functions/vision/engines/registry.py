"""Models of the registry, kept warm: the longest unused one leaves first when there is no room."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from pentarch.analysis.model import Engine, Outcome
from pentarch.models import sessions
from pentarch.models.errors import LoadFailedError, ModelNotLoadedError
from pentarch.models.manifest import CLASSIFICATION
from pentarch.models.model import Registered
from pentarch.models.sessions import Session
from vision import answers
from vision.model import Question
from vision.preparing import prepared

PROVIDER = "onnx"
OWN, DEPLOYMENTS = 30, 10
"""Without a wish a tenant's own model is asked before a cloud service, and that before one of the deployment."""
_MAX_WARM_BYTES = 512 * 1024 * 1024


@dataclass(slots=True)
class Shelf:
    """Opened models of this process, by their load: one that is loaded anew is opened anew."""

    _warm: OrderedDict[tuple[str, str, str], Session] = field(default_factory=OrderedDict)

    def get(self, model: Registered) -> Session:
        name = (model.tenant, model.id, f"{model.load}/{model.manifest.sha256}")
        found = self._warm.get(name)
        if found is None:
            try:
                found = self._warm[name] = sessions.opened(model)
            except LoadFailedError as error:
                raise ModelNotLoadedError(model.id, str(error)) from error
            while len(self._warm) > 1 and sum(one.size for one in self._warm.values()) > _MAX_WARM_BYTES:
                self._warm.popitem(last=False)
        self._warm.move_to_end(name)
        return found


SHELF = Shelf()


class ModelBackend:
    def __init__(self, model: Registered) -> None:
        self._model = model
        preference = DEPLOYMENTS if model.is_system else OWN
        self.engine = Engine(model.id, PROVIDER, (model.manifest.task,), preference=preference)

    def answer(self, question: Question, timeout_s: float) -> Outcome[Any]:
        del timeout_s  # a run cannot be stopped; the function's own time bounds it
        manifest, session = self._model.manifest, SHELF.get(self._model)
        given = prepared(question.picture.image, manifest.input)
        output = session.run(given.values)
        facts = {"model_sha256": manifest.sha256, "version": manifest.version}
        if manifest.task == CLASSIFICATION:
            found = answers.classes(output, manifest.labels, manifest.output, question.top_k)
            return Outcome([one.told() for one in found], facts=facts)
        picture = question.picture
        scale = (given.scale[0] / picture.scale, given.scale[1] / picture.scale)
        boxes = answers.boxes(output, manifest.labels, manifest.output, scale, given.offset)
        told = [one.told(picture.width, picture.height) for one in boxes]
        return Outcome(told, facts=facts | {"found": len(told)})
