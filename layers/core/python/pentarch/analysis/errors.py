"""What can go wrong with an analysis, beside what can go wrong with every model call."""

from pentarch.platform.errors import Meaning, PentarchError


class NothingLoadedError(PentarchError):
    """No engine here can do what is asked: a model for it has to be loaded, or a cloud service configured."""

    meaning = Meaning.MODEL_NOT_LOADED
