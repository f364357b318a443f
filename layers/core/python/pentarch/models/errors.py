"""What can go wrong with registered models."""

from pentarch.platform.errors import ConflictError, ForbiddenError, Meaning, NotFoundError, PentarchError


class ModelMissingError(NotFoundError):
    """No model of that id is known."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"no model is named {model_id!r}", details={"model_id": model_id})


class ModelNotLoadedError(PentarchError):
    """The model is not loaded, or there is none of that name."""

    meaning = Meaning.MODEL_NOT_LOADED

    def __init__(self, model_id: str, state: str | None = None) -> None:
        told = f"the model {model_id!r} is {state}" if state else f"no model {model_id!r} is loaded"
        super().__init__(told, details={"field": "model", "model": model_id, "status": state})


class ModelExistsError(ConflictError):
    """A model of that id is registered already."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"a model {model_id!r} is registered already", details={"field": "id"})


class TooManyModelsError(ConflictError):
    """The tenant has as many models as it may."""


class ModelMovedError(ConflictError):
    """The model is in another state than the change needs."""

    def __init__(self) -> None:
        super().__init__("the model was changed by somebody else meanwhile; look at it again")


class DeploymentsModelError(ForbiddenError):
    """A model of the deployment is changed by whoever operates it."""

    def __init__(self) -> None:
        super().__init__("the model belongs to the deployment: its operator loads and removes it")


class ProvidersModelError(ConflictError):
    """A language model is held by its provider."""

    def __init__(self) -> None:
        super().__init__("a language model is held by its provider: it is neither unloaded nor deleted here")


class LoadFailedError(Exception):
    """The file cannot be served as its manifest says; the message is for its owner."""
